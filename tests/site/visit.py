"""A visit to the site in a real browser: a notebook of the lab is opened, run, and compared."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

from tests.support import ROOT
from tools.site.__main__ import serve

KINDS = ("text/plain", "text/html", "image/svg+xml")
_KERNEL = """() => {
    const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
    return kernel && kernel.connectionStatus === 'connected' && kernel.status === 'idle';
}"""
_RAN = """() => {
    const all = [...window.jupyterapp.shell.currentWidget.content.model.cells];
    const cells = all.filter(c => c.type === 'code');
    const failed = cells.some(c => c.outputs.toJSON().some(o => o.output_type === 'error'));
    return cells.every(c => c.executionState !== 'running' && (c.executionCount || failed));
}"""
_OUTPUTS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].map(
    c => c.type === 'code' ? c.outputs.toJSON() : [])"""
Outputs = list[list[str]]


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of the site, on this machine alone."""
    server = serve(site, 0)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def open_in_lab(page: Any, address: str, notebook: str) -> None:
    """Open a notebook of the lab and wait until Python is there."""
    page.goto(f"{address}/lab/lab/index.html?path={notebook}", wait_until="domcontentloaded")
    page.wait_for_function(
        "name => window.jupyterapp?.shell.currentWidget?.context?.path === name"
        " && window.jupyterapp.shell.currentWidget.content.model?.cells.length > 1",
        arg=notebook,
    )
    page.wait_for_function(_KERNEL)


def run_all(page: Any) -> Outputs:
    """Run every cell; what each shows, as `shown` gives it."""
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(_RAN)
    return shown(page.evaluate(_OUTPUTS))


def committed(notebook: str) -> Outputs:
    """What the cells of a committed notebook show."""
    cells = json.loads((ROOT / notebook).read_text(encoding="utf-8"))["cells"]
    return shown([cell.get("outputs", []) for cell in cells])


def shown(cells: list[list[dict[str, Any]]]) -> Outputs:
    """Outputs as texts that can be compared: printed text as one, pictures and values by kind."""
    found = []
    for outputs in cells:
        texts = []
        streams = [output for output in outputs if output.get("name") == "stdout"]
        printed = "".join(_text(stream["text"]) for stream in streams)
        if printed:
            texts.append(printed)
        for output in outputs:
            if output["output_type"] == "error":
                texts.append(f"{output['ename']}: {output['evalue']}")
            data = output.get("data", {})
            texts += [f"{kind}: {_text(data[kind])}" for kind in KINDS if kind in data]
        found.append(texts)
    return found


def _text(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
