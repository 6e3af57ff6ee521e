"""A real JupyterLab in a real browser, for tests: start both, open a notebook, run it, look at it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import ROOT, require
from tokenlab.teach.launch import SETTINGS

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = ROOT / "screenshots"
PATIENCE = 180.0
"""Seconds until a page that does not change counts as broken: a slow machine is not."""


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """A JupyterLab that serves ``folder``; gives its address, and ends it whatever happens."""
    for plugin, values in SETTINGS.items():  # those that learners get
        package, _, name = plugin.partition(":")
        settings = folder / ".test-settings" / package
        settings.mkdir(parents=True, exist_ok=True)
        (settings / f"{name}.jupyterlab-settings").write_text(json.dumps(values), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
        *("--ServerApp.port_retries=0", "--IdentityProvider.token=test", f"--ServerApp.root_dir={folder}"),
        "--LabApp.expose_app_in_browser=True",
    ]
    environment = os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(folder / ".test-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / ".test-workspaces"),
        "JUPYTER_CONFIG_DIR": str(folder / ".test-config"),
        "JUPYTER_DATA_DIR": str(folder / ".test-data"),
        "PYTHONPATH": str(ROOT),
    }
    log = (folder / ".test-jupyter.log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(server, f"{address}/api/status?token=test", folder / ".test-jupyter.log")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
        log.close()


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < give_up:
        try:
            urllib.request.urlopen(url, timeout=PATIENCE)
            return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")


@contextmanager
def chromium(*, dark: bool = False, width: int = 1280, height: int = 1000) -> Iterator[Any]:
    """A page of a headless Chromium."""
    playwright = _playwright()
    with playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page.set_default_timeout(1000 * PATIENCE)
            yield page
        finally:
            browser.close()


def _playwright() -> Any:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    require(sync_playwright, "no browser driver: playwright is not installed")
    require(Path(CHROMIUM).exists(), "no browser: chromium is not installed")
    return sync_playwright


def open_notebook(page: Any, address: str, notebook: str, dark: bool = False, run: bool = True) -> None:
    """Open a notebook alone in the window, wait for its kernel, and run every cell unless told not to."""
    page.goto(f"{address}/doc/tree/{notebook}?token=test&reset", wait_until="domcontentloaded")
    page.wait_for_function("() => window.jupyterapp && window.jupyterapp.shell.currentWidget")
    if dark:
        page.evaluate(
            "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
        )
    page.wait_for_function(
        """() => {
            const kernel = window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel;
            return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
        }"""
    )
    if not run:
        return
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(
        """() => {
            const cells = window.jupyterapp.shell.currentWidget.content.model.cells;
            const all = Array.from({length: cells.length}, (_, i) => cells.get(i));
            return all.filter(c => c.type === 'code').every(c => c.executionCount > 0);
        }"""
    )


def notebook(cells: list[str]) -> dict[str, Any]:
    """A notebook with these cells of code, as `json.dumps` writes it into a file."""
    code: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"cell{n}", "metadata": {}, "outputs": [], "execution_count": None}
        | {"source": source}
        for n, source in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def use_theme(page: Any, dark: bool) -> None:
    """Change to the light or the dark theme, as the menu does, and wait until it is there."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    name = "JupyterLab Dark" if dark else "JupyterLab Light"
    page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
    light = str(not dark).lower()
    page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=light)


def faults(page: Any, inside: str | None = None, leave_out: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds in a part of the page, a sentence each; none if nobody is shut out."""
    from axe_playwright_python.sync_playwright import Axe

    rules = {rule: {"enabled": False} for rule in leave_out}
    found = Axe().run(page, context=inside, options={"rules": rules}).response["violations"]
    return [f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in found for node in one["nodes"][:3]]


def screenshot(target: Any, name: str) -> Path:
    """Keep a picture of a page or an element for somebody to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    target.screenshot(path=str(path))
    return path
