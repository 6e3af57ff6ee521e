// How the knobs of one widget behave in a browser. The element stands in the box that it looks after.
//
// Groups: one Tab stop each, and the arrow keys move inside (WAI-ARIA practices: radio group, toolbar).
// Keys:   letters typed on a knob do not reach JupyterLab, whose `x` cuts the cell.
// Focus:  stays in its group when what had it is disabled or drawn anew.
// Answer: hidden from the moment a knob moves, or a button asks, until Python has answered for the knobs as they stand.

const CHOICES = ".widget-toggle-buttons";
const BARS = ".tl-bar";
const NAMED = "tl-named-"; // a class that names a bar: boxes of ipywidgets take no other attribute
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

async function render({ model, el }) {
  const root = await boxAround(el);
  if (!root) return;
  const stop = new AbortController();
  keepKeys(root, stop.signal);
  moveInGroups(root, stop.signal);
  const refocus = keepFocus(root, stop.signal);
  const dress = () => { nameParts(root); refocus(); };
  const watch = new MutationObserver(dress);
  watch.observe(root, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["class", "disabled", "style"],
  });
  dress();
  const leave = await hideOldAnswers(model, root, stop.signal);
  return () => { stop.abort(); watch.disconnect(); leave(); };
}

export default { render };

async function boxAround(el) {
  for (let tries = 0; tries < 600 && !el.parentElement?.isConnected; tries++)
    await new Promise((resolve) => setTimeout(resolve, 16));
  return el.parentElement;
}

// Roles, names and Tab stops

function nameParts(root) {
  for (const group of root.querySelectorAll(CHOICES)) {
    set(group, { role: "radiogroup", "aria-label": labelOf(group) });
    for (const item of group.querySelectorAll("button"))
      set(item, { role: "radio", "aria-checked": String(item.classList.contains("mod-active")) });
  }
  for (const bar of root.querySelectorAll(BARS))
    set(bar, { role: "toolbar", "aria-label": nameOf(bar) });
  for (const group of root.querySelectorAll(`${CHOICES}, ${BARS}`)) oneTabStop(group);
  for (const item of root.querySelectorAll("button.widget-toggle-button"))
    if (!item.closest(CHOICES)) set(item, { "aria-pressed": String(item.classList.contains("mod-active")) });
  for (const slider of root.querySelectorAll(".widget-slider")) {
    const name = labelOf(slider);
    slider.querySelectorAll("[role=slider]").forEach((one) => set(one, { "aria-label": name }));
    slider.querySelectorAll(".widget-readout").forEach((one) =>
      set(one, { role: "textbox", "aria-label": `${name}, as a number` }));
  }
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function nameOf(bar) {
  const named = [...bar.classList].find((name) => name.startsWith(NAMED));
  return named ? named.slice(NAMED.length).replaceAll("_", " ") : "Actions";
}

function labelOf(group) {
  return group.querySelector(".widget-label")?.textContent.trim() || group.title || "Choice";
}

function itemsOf(group) {
  return [...group.querySelectorAll("button, input[type=checkbox]")].filter(
    (item) => !item.disabled && item.getClientRects().length);
}

function oneTabStop(group) {
  const items = itemsOf(group);
  const stop = items.find((item) => item === document.activeElement)
    ?? items.find((item) => item.getAttribute("aria-checked") === "true")
    ?? items.find((item) => item === group.tlLast) ?? items[0];
  for (const item of items) item.tabIndex = item === stop ? 0 : -1;
}

function moveInGroups(root, signal) {
  root.addEventListener("keydown", (event) => {
    const item = event.target.closest("button, input[type=checkbox]");
    const group = item?.closest(`${CHOICES}, ${BARS}`);
    const step = STEPS[event.key];
    if (!group || !step || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const items = itemsOf(group);
    const place = items.indexOf(item) + step;
    const next = Number.isFinite(step) ? items.at(place % items.length) : items.at(step > 0 ? -1 : 0);
    event.preventDefault();
    next.focus();
    if (group.matches(CHOICES)) next.click();
  }, { signal });
  root.addEventListener("focusin", (event) => {
    const group = event.target.closest(`${CHOICES}, ${BARS}`);
    if (!group) return;
    group.tlLast = event.target;
    oneTabStop(group);
  }, { signal });
}

// JupyterLab listens at the document, while an event is captured: the window comes before it. It looks for
// the mark from the focused element outwards, and that element fits its selectors already: mark that one.
function keepKeys(root, signal) {
  window.addEventListener("keydown", (event) => {
    if (!root.contains(event.target)) return;
    const forLab = event.ctrlKey || event.metaKey || (event.key === "Enter" && (event.shiftKey || event.altKey));
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !forLab);
  }, { capture: true, signal });
}

function keepFocus(root, signal) {
  let last = null;
  root.addEventListener("focusin", ({ target }) => {
    const group = target.closest(`${CHOICES}, ${BARS}`);
    last = { target, group, place: group ? itemsOf(group).indexOf(target) : 0 };
  }, { signal });
  root.addEventListener("focusout", ({ target }) => {
    setTimeout(() => {
      if (last?.target === target && usable(target) && document.activeElement !== target) last = null;
    });
  }, { signal });
  return () => {
    if (!last || usable(last.target)) return;
    const now = document.activeElement;
    const elsewhere = now && now !== document.body && now !== last.target && root.contains(now);
    const { group, place } = last;
    last = null;
    if (elsewhere) return;
    const items = group?.isConnected ? itemsOf(group) : [];
    const next = items[Math.min(Math.max(place, 0), items.length - 1)]
      ?? root.querySelector("button:not([disabled])");
    if (!next) root.tabIndex = -1;
    (next ?? root).focus({ preventScroll: true });
  };
}

function usable(element) {
  return element.isConnected && !element.disabled && element.getClientRects().length > 0;
}

// Answers

async function hideOldAnswers(model, root, signal) {
  const ids = model.get("knobs").map((reference) => reference.replace("IPY_MODEL_", ""));
  const knobs = await Promise.all(ids.map((id) => model.widget_manager.get_model(id)));
  let presses = model.get("presses");
  const compare = () => {
    const stand = knobs.map((knob) => knob.get("index") ?? knob.get("value") ?? null);
    const waiting = presses > model.get("presses")
      || JSON.stringify(stand) !== JSON.stringify(model.get("answered"));
    root.classList.toggle("tl-waiting", waiting);
    for (const answer of root.querySelectorAll(".tl-answer")) set(answer, { "aria-busy": String(waiting) });
  };
  const answered = () => { presses = Math.max(presses, model.get("presses")); compare(); };
  root.addEventListener("click", ({ target }) => {
    if (!target.closest("button.tl-asks:not([disabled])")) return;
    presses += 1;
    compare();
  }, { signal });
  for (const knob of knobs) knob.on("change", compare);
  model.on("change:answered", compare);
  model.on("change:presses", answered);
  compare();
  return () => {
    for (const knob of knobs) knob.off("change", compare);
    model.off("change:answered", compare);
    model.off("change:presses", answered);
  };
}
