"""Run notebooks from top to bottom and write them back as they are committed.

    python tools/run_notebooks.py                       all of notebooks/, solutions/ and teaching/
    python tools/run_notebooks.py notebooks/04_*.ipynb  these
    python tools/run_notebooks.py --check               write nothing, fail where they would change

The same notebook gives the same file on every machine: cells are numbered, and what depends on the
day, the machine or the run (timings, versions, ids of widgets, paths in tracebacks) is left out.
"""

import argparse
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
WIDGET = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
PASSING = ("collapsed", "execution", "scrolled", "trusted")  # metadata of one sitting


def lessons() -> list[Path]:
    """Every notebook that is committed with its outputs."""
    places = ("notebooks/*.ipynb", "solutions/**/*.ipynb", "teaching/*.ipynb")
    found = [path for place in places for path in ROOT.glob(place)]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def run(path: Path) -> str:
    """The text of a notebook after a run. Raises CellExecutionError where a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    settle(notebook)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        timeout=300,
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    settle(notebook)
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)
    return text.rstrip("\n") + "\n"


def settle(notebook: NotebookNode) -> None:
    """Take out of a notebook what differs from run to run."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info=LANGUAGE)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"c{number:02}"
        for name in PASSING:
            cell.metadata.pop(name, None)
        for output in cell.get("outputs", ()):
            # A widget lives as long as its kernel; its text stays in its place.
            output.get("data", {}).pop(WIDGET, None)
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]


def main(arguments: list[str]) -> int:
    """Run what the command line names; 1 where a check finds a change."""
    parser = argparse.ArgumentParser(description="Run notebooks and write them back.")
    parser.add_argument("paths", nargs="*", type=Path, help="all committed notebooks if none")
    parser.add_argument("--check", action="store_true", help="write nothing, only compare")
    options = parser.parse_args(arguments)
    changed = 0
    for path in [path.resolve() for path in options.paths] or lessons():
        before, after = path.read_text(encoding="utf-8"), run(path)
        same = before == after
        changed += not same
        print(f"{'as it was' if same else 'changed':>9}  {path.name}", flush=True)
        if not (same or options.check):
            path.write_text(after, encoding="utf-8", newline="\n")
    return 1 if changed and options.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
