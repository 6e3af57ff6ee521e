"""What a learner has done, kept in the workspace: one small file, readable, deletable, sent nowhere.

``my_course/progress.json`` holds predictions and answers by their keys. Outside a workspace (in a test, in
the committed notebooks) nothing is kept longer than the kernel lives.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

STATE = ".tokenlab.json"  # it marks a workspace, and says what its copies were made from
FILE = "progress.json"
NOTEBOOK = "[0-9][0-9]_*.ipynb"
_EXERCISE = {"exercise": str, "attempts": int, "first": int, "best": int, "of": int}
_PREDICTION = {"lesson": str, "day": str, "question": str, "answers": list, "answer": str, "right": bool}
_memory: dict[str, dict[str, Any]] = {}


def find_workspace(start: Path | None = None) -> Path | None:
    """The workspace that a notebook runs in: its folder, or one above it; None if it runs in none."""
    here = start.resolve() if start else Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / STATE).is_file()), None)


def current_lesson() -> str:
    """``04`` in lesson 04 and its exercises; empty where nobody says which notebook this is."""
    name = os.path.basename(os.environ.get("JPY_SESSION_NAME", ""))
    found = re.match(r"\d\d(?=_)", name)
    return found[0] if found else _lesson_of(_running_cell())


def _running_cell() -> str:
    """The source of the cell that runs now; empty outside of IPython."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    raw = getattr(getattr(shell, "history_manager", None), "input_hist_raw", None) or [""]
    return str(raw[-1]).strip()


def _lesson_of(cell: str) -> str:
    """The lesson of a cell of the workspace: a front end that names no notebook (a browser's own Python, an
    editor) still runs its cells. One notebook after the other: a browser takes long to read each."""
    here, workspace = Path.cwd(), find_workspace()
    if not cell or workspace is None:
        return ""
    notebooks = chain(sorted(here.glob(NOTEBOOK)), _everywhere(workspace))
    return next((path.name[:2] for path in notebooks if cell in _cells(path)), "")


def _everywhere(workspace: Path) -> Iterator[Path]:
    yield from _listed(workspace)  # not before it is needed


@cache
def _listed(workspace: Path) -> list[Path]:
    return sorted(workspace.glob(f"*/**/{NOTEBOOK}"))


@cache
def _cells(notebook: Path) -> frozenset[str]:
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return frozenset("".join(cell["source"]).strip() for cell in cells)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()  # a learner's file that is no notebook


def recall(kind: str) -> dict[str, Any]:
    """What is kept of a kind (``predictions``, ``exercises``), by key; a copy.

    A file that cannot be read as JSON counts as empty, and is kept beside as ``progress (unreadable).json``.
    """
    return dict(_load().get(kind, {}))


def record(kind: str, key: str, value: Any) -> None:
    """Keep a value (plain data). A file that cannot be written is no reason to stop a lesson: the value then
    lives as long as the kernel."""
    everything = _load()
    everything.setdefault(kind, {})[key] = value
    _save(everything)


def add(other: dict[str, dict[str, Any]]) -> None:
    """Add what was kept elsewhere. Of what both have, that of here stays, but for an exercise that has more
    points there. Raises ValueError, and adds nothing, if it is not such a record."""
    check(other)
    everything = _load()
    for kind, values in other.items():
        here = everything.setdefault(kind, {})
        for key, value in values.items():
            if key not in here or (kind == "exercises" and value["best"] > here[key].get("best", 0)):
                here[key] = value
    _save(everything)


def check(other: object) -> None:
    """Raises ValueError if this is not what `record` keeps."""
    if not isinstance(other, dict) or not all(isinstance(values, dict) for values in other.values()):
        raise ValueError("this is no record of progress: expected objects of JSON by kind and key")
    for kind, fields in (("exercises", _EXERCISE), ("predictions", _PREDICTION)):
        for one in other.get(kind, {}).values():
            if not isinstance(one, dict) or not all(isinstance(one.get(n), fields[n]) for n in fields):
                raise ValueError(f"this is no record of progress: expected {', '.join(fields)} in {kind}")


def _save(everything: dict[str, dict[str, Any]]) -> None:
    _memory.clear()
    _memory.update(everything)
    workspace = find_workspace()
    if workspace is None:
        return
    part = workspace / f".{FILE}.part"
    try:
        part.write_text(
            json.dumps(everything, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8"
        )
        part.replace(workspace / FILE)
    except OSError:
        return


def forget() -> None:
    """Forget what is only in memory, as a new kernel does."""
    _memory.clear()
    _listed.cache_clear()
    _cells.cache_clear()


def _load() -> dict[str, dict[str, Any]]:
    workspace = find_workspace()
    if workspace is None:
        return {kind: dict(values) for kind, values in _memory.items()}
    try:
        found = json.loads((workspace / FILE).read_text(encoding="utf-8"))
    except OSError:
        return {kind: dict(values) for kind, values in _memory.items()}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(values, dict) for values in found.values()):
        (workspace / FILE).replace(workspace / "progress (unreadable).json")
        return {}
    return found
