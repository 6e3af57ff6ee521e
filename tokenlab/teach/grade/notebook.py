"""The code of a submitted notebook, read without trust: no links, no pipes, nothing too large."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from tokenlab.teach.grade.limits import NOTEBOOK

MOST_CELLS = 2_000


class NotebookError(ValueError):
    """A file whose code cannot be had, and why."""


def read(path: Path) -> bytes:
    """The bytes of a notebook. Raises NotebookError."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    if path.is_symlink():
        raise NotebookError(f"{path.name} is a symbolic link: expected the notebook itself")
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise NotebookError(f"there is no {path.name}") from None
    except (OSError, ValueError) as error:
        raise NotebookError(f"{path.name} cannot be read: {getattr(error, 'strerror', error)}") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotebookError(f"{path.name} is no file: expected a notebook")
        if status.st_size > NOTEBOOK:
            raise NotebookError(
                f"{path.name} has {status.st_size:,} bytes: a notebook has at most {NOTEBOOK:,}"
            )
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read(NOTEBOOK)
    finally:
        os.close(descriptor)


def code_cells(content: bytes) -> list[str]:
    """The sources of the code cells, in order; nothing else of the file counts. Raises NotebookError."""
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        raise NotebookError("this is no notebook: expected JSON as Jupyter saves it") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or len(cells) > MOST_CELLS:
        raise NotebookError('this is no notebook of format 4: expected {"cells": [...]}')
    sources = (_source(cell.get("source")) for cell in cells if isinstance(cell, dict) and _is_code(cell))
    return [source for source in sources if source.strip()]


def _is_code(cell: dict[str, object]) -> bool:
    return cell.get("cell_type") == "code"


def _source(source: object) -> str:
    if isinstance(source, str):
        return source
    return "".join(line for line in source if isinstance(line, str)) if isinstance(source, list) else ""
