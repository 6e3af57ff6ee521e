"""No two files of the reference monitor import each other, be it late or for types only."""

from __future__ import annotations

import ast
from pathlib import Path

import tokenlab.security

FOLDER = Path(tokenlab.security.__file__).parent
FORMS = {("ace", "sddl"), ("security_descriptor", "sddl"), ("security_descriptor", "wire")}
"""A descriptor writes itself as text and bytes; the two forms load when first needed."""


def imports() -> dict[str, set[str]]:
    """Which file imports which, wherever in it the import stands."""
    paths = {path.stem: path for path in FOLDER.rglob("*.py") if path.stem != "__init__"}
    found: dict[str, set[str]] = {name: set() for name in paths}
    for name, below in found.items():
        for node in ast.walk(ast.parse(paths[name].read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tokenlab.security"):
                named = [(node.module or "").rpartition(".")[2]]
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
