"""A learner's own copies of the lessons and exercises: ``my_course/``, beside the course, not part of it.

`update` makes them at the first start, without outputs (what a cell shows is for the learner to find), and
brings them up to date later. **It never writes over a cell that the learner changed**: then the new version
is put beside theirs. `start_afresh` sets a notebook aside and copies it anew.

    python -m tokenlab.teach.workspace COURSE WORKSPACE [afresh NAME ...]
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenlab.teach.progress_file import STATE

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = ("notebooks/*.ipynb", "exercises/*/*.ipynb")
_LINK = re.compile(r"\]\(((?:\.\./)+)((?!\.\./|notebooks/|exercises/)[^)#\s]+)")


class WorkspaceError(Exception):
    """The workspace cannot be used as it is; the text says why."""


def update(course: Path, workspace: Path) -> list[str]:
    """Make or renew the learner's copies; a sentence for each thing that the learner should know.

    Raises `WorkspaceError`, OSError.
    """
    state = read_state(workspace)
    told = []
    for shipped in _shipped(course):
        name = shipped.relative_to(course).as_posix()
        notebook = _copy(shipped)
        told += _renew(workspace, name, notebook, state)
    for source in read_along(course):
        _write(workspace / "reading" / source.name, source.read_text(encoding="utf-8"))
    _write(workspace / STATE, json.dumps(state, indent=1, sort_keys=True) + "\n")
    return told


def start_afresh(course: Path, workspace: Path, name: str) -> str:
    """Set the learner's copy aside and copy it anew; a sentence says where the old one is.

    ``name`` is the number of a lesson, ``04``, or ``exercises/04``. Raises `WorkspaceError`, OSError.
    """
    place, _, number = name.rpartition("/")
    found = [
        shipped
        for shipped in _shipped(course)
        if shipped.relative_to(course).parts[0] == (place or "notebooks") and shipped.stem[:2] == number
    ]
    if not found:
        raise WorkspaceError(f"there is no {name!r}: expected a lesson such as 04, or exercises/04")
    state = read_state(workspace)
    path = found[0].relative_to(course).as_posix()
    own = workspace / path
    kept = None
    if own.exists():
        kept = _free(workspace / "set_aside" / own.name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        own.rename(kept)
    _renew(workspace, path, _copy(found[0]), state)
    _write(workspace / STATE, json.dumps(state, indent=1, sort_keys=True) + "\n")
    yours = f"; yours is kept as {kept.relative_to(workspace).as_posix()}" if kept else ""
    return f"{path} is as new{yours}"


def _shipped(course: Path) -> Iterator[Path]:
    for place in _PLACES:
        yield from sorted(path for path in course.glob(place) if ".ipynb_checkpoints" not in path.parts)


def _renew(workspace: Path, name: str, notebook: dict[str, Any], state: dict[str, str]) -> list[str]:
    """Write a copy where that takes nothing from the learner."""
    own, new = workspace / name, _digest(notebook)
    current = _digest_of(own)
    if current == new:
        state[name] = new
        return []
    if current is None or current == state.get(name):
        _write(own, _text(notebook))
        state[name] = new
        return []
    if state.get(f"{name} offered") == new or state.get(name) == new:  # they have seen this version
        return []
    beside = own.with_name(f"{own.stem} (new version).ipynb")
    _write(beside, _text(notebook))
    state[f"{name} offered"] = new
    return [f"{name} has changed, and so has your copy: the new version lies beside it."]


def _copy(shipped: Path) -> dict[str, Any]:
    """A notebook as a learner gets it: no outputs, links that lead somewhere."""
    notebook: dict[str, Any] = json.loads(shipped.read_text(encoding="utf-8"))
    for cell in _cells(notebook):
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
        elif isinstance(cell.get("source"), list):
            cell["source"] = [_LINK.sub(_to_reading, line) for line in cell["source"]]
    return notebook


def _to_reading(link: re.Match[str]) -> str:
    return f"]({link[1]}reading/{link[2].rpartition('/')[2]}"


def read_along(course: Path) -> set[Path]:
    """Files of the course that lessons link to, apart from notebooks."""
    found = set()
    for shipped in _shipped(course):
        for cell in _cells(json.loads(shipped.read_text(encoding="utf-8"))):
            if cell.get("cell_type") == "markdown":
                for link in _LINK.finditer("".join(cell["source"])):
                    found.add(_linked(course.resolve(), (shipped.parent / link[1] / link[2]).resolve()))
    return {path for path in found if path.is_file()}


def _linked(course: Path, path: Path) -> Path:
    """A file of the model is not beside the lessons where the package is installed: it is the package's."""
    part = path.relative_to(course) if path.is_relative_to(course) else path
    return _PACKAGE.parent / part if part.parts[0] == _PACKAGE.name and not path.is_file() else path


def _cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    cells = notebook.get("cells")
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _digest(notebook: dict[str, Any]) -> str:
    """What a learner can change in a notebook: its cells' kinds and sources."""
    sources = [(cell.get("cell_type"), "".join(map(str, _lines(cell)))) for cell in _cells(notebook)]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def _lines(cell: dict[str, Any]) -> list[object]:
    source = cell.get("source")
    return source if isinstance(source, list) else [source]


def _digest_of(path: Path) -> str | None:
    """None if there is no such file; a digest that fits nothing if it cannot be understood."""
    if not path.exists():
        return None
    try:
        return _digest(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, AttributeError, RecursionError):
        return "not a notebook"


def same_cells(path: Path, digest: str | None) -> bool:
    """Has a copy the cells that it was made with, as the workspace's state names them? Raises OSError."""
    return digest is not None and path.suffix == ".ipynb" and _digest_of(path) == digest


def read_state(workspace: Path) -> dict[str, str]:
    """What each copy was made from: a digest by the notebook's name. Raises `WorkspaceError`, OSError."""
    if workspace.exists() and not workspace.is_dir():
        raise WorkspaceError(
            f"{workspace.name} is in the way: expected a folder, or nothing. Move it elsewhere."
        )
    path = workspace / STATE
    if not path.exists():
        return {}
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}  # every copy that was changed then counts as the learner's
    return {str(key): str(value) for key, value in state.items()} if isinstance(state, dict) else {}


def _text(notebook: dict[str, Any]) -> str:
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and only if it changes."""
    if path.exists() and path.read_bytes() == text.encode():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(text.encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _free(path: Path) -> Path:
    """A name that is not taken: ``04.ipynb``, ``04 (2).ipynb``."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return found


def main(arguments: list[str]) -> int:
    """0, or 1 with a sentence on standard error."""
    course, workspace, *rest = arguments
    try:
        if rest:
            told = [start_afresh(Path(course), Path(workspace), name) for name in rest[1:]]
        else:
            told = update(Path(course), Path(workspace))
    except (WorkspaceError, OSError) as error:
        print(f"The workspace: {error}", file=sys.stderr)
        return 1
    for sentence in told:
        print(sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
