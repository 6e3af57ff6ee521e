"""No two files of the reference monitor import each other, be it late or for types only."""

from __future__ import annotations

import ast
from pathlib import Path

import tokenlab.security

FOLDER = Path(tokenlab.security.__file__).parent
FORMS = {("ace", "sddl"), ("descriptor", "sddl"), ("descriptor", "wire")}
"""A descriptor writes itself as text and bytes; the two forms load when first needed."""


def imports() -> dict[str, set[str]]:
    """Which file imports which, wherever in it the import stands."""
    found: dict[str, set[str]] = {path.stem: set() for path in FOLDER.glob("*.py") if path.stem != "__init__"}
    for name, below in found.items():
        for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tokenlab.security"):
                named = [(node.module or "").removeprefix("tokenlab.security").lstrip(".")]
                below |= {one for one in (*named, *(alias.name for alias in node.names)) if one in found}
    return found


def test_no_file_imports_itself_round_about() -> None:
    left = {name: {b for b in below if (name, b) not in FORMS} for name, below in imports().items()}
    while free := [name for name, below in left.items() if not below & left.keys()]:
        for name in free:
            del left[name]
    assert not left


def test_the_forms_of_a_descriptor_are_the_only_way_back() -> None:
    assert all(below in imports()[name] for name, below in FORMS)
