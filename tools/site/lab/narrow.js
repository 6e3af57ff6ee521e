// On a phone a notebook has the whole width: the list of files folds away when one is opened.
const waiting = setInterval(async () => {
  const app = window.jupyterapp;
  if (!app?.restored) return;
  clearInterval(waiting);
  await app.restored;
  if (window.innerWidth > 700) return;
  if (app.shell.isSideTabBarVisible("right")) app.shell.toggleSideTabBarVisibility("right");
  const fold = () => setTimeout(() => app.shell.collapseLeft(), 500); // after the list has shown where it is
  app.shell.currentChanged.connect(fold);
  fold();
}, 100);
