"""The floors of the house: an arrow only points down, and only the pictures need a notebook."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "tokenlab"

# Each floor, and the floors it may stand on.
FLOORS = {
    "values": set[str](),
    "security": {"values"},
    "system": {"security", "values"},
    "network": {"system", "security", "values"},
    "real": {"security", "values"},
    "worlds": {"real", "network", "system", "security", "values"},
    "detect": {"worlds", "real", "network", "system", "security", "values"},
    "view": {"detect", "worlds", "real", "network", "system", "security", "values"},
    "teach": {"view", "detect", "worlds", "real", "network", "system", "security", "values"},
}
FRONT_DOOR = ""  # tokenlab/__init__.py itself
PICTURES = {"view", "teach"}
EXTRAS = {  # packages that a module, or a whole floor, may use where they are installed
    "tokenlab.real.forms.evtx_file": {"evtx"},
    "tokenlab.detect": {"sigma", "yaml"},
}
NOTEBOOK = {"IPython", "anywidget", "ipywidgets", "matplotlib", "nbconvert", "nbgrader", "traitlets"}


def arrows(source: str, module: str, *, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """The line and the full name of every import in a module's source, wherever it stands."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            for name in node.names:
                yield node.lineno, f"{base}.{name.name}"


def violations(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """What a module imports against the rules: one sentence each, none if it keeps them."""
    floor = [*module.split("."), FRONT_DOOR][1]
    if floor != FRONT_DOOR and floor not in FLOORS:
        return [f"{module} stands on no floor: expected one of {', '.join(FLOORS)}"]
    below = set(FLOORS) - PICTURES if floor == FRONT_DOOR else FLOORS[floor] | {floor}
    found = []
    for line, name in arrows(source, module, is_package=is_package):
        top, target = [*name.split("."), FRONT_DOOR][:2]
        if top == "tokenlab":
            allowed = target in below
        else:
            allowed = top in sys.stdlib_module_names or (floor in PICTURES and top in NOTEBOOK)
            allowed |= top in EXTRAS.get(module, EXTRAS.get(f"tokenlab.{floor}", set()))
        if not allowed:
            found.append(f"{module}, line {line}: must not import {name}")
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@pytest.mark.parametrize("module", MODULES)
def test_an_arrow_only_points_down(module: str) -> None:
    path = MODULES[module]
    source = path.read_text(encoding="utf-8")
    assert violations(source, module, is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tokenlab.values.sid", "from tokenlab.security.descriptor.ace import Ace"),
        ("tokenlab.values.sid", "import tokenlab.view"),
        ("tokenlab.values.sid", "from ..security import ace"),
        ("tokenlab.values.sid", "from .. import security"),
        ("tokenlab.values.sid", "def later():\n    from tokenlab import view"),
        ("tokenlab.values.sid", "import numpy"),
        ("tokenlab.security.descriptor.ace", "from tokenlab import Sid"),
        ("tokenlab.security.descriptor.ace", "import tokenlab"),
        ("tokenlab.real.whoami", "from tokenlab.system.token import Token"),
        ("tokenlab.network.kerberos", "from tokenlab.worlds import astro"),
        ("tokenlab.worlds.astro", "if True:\n    import IPython.display"),
        ("tokenlab.worlds.rules", "from tokenlab.detect import sigma"),
        ("tokenlab.worlds.rules", "import yaml"),
        ("tokenlab.detect.sources", "import sqlalchemy"),
        ("tokenlab.view.show", "import tokenlab.teach"),
        ("tokenlab.view.charts", "import pandas"),
        ("tokenlab", "from tokenlab.view import show"),
        ("tokenlab.helpers", ""),
    ],
)
def test_an_arrow_that_points_up_or_out_is_found(module: str, source: str) -> None:
    assert len(violations(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("tokenlab.security.descriptor.ace", "from tokenlab.values.sid import Sid"),
        ("tokenlab.security.descriptor.ace", "from ..values import sid"),
        ("tokenlab.security.descriptor.ace", "from .acl import Acl"),
        ("tokenlab.security.descriptor.ace", "import collections.abc, enum"),
        ("tokenlab.view.charts", "import matplotlib.pyplot"),
        ("tokenlab.teach.hint", "from tokenlab.view import show"),
    ],
)
def test_an_arrow_that_points_down_is_not(module: str, source: str) -> None:
    assert violations(source, module) == []


def test_a_package_resolves_its_own_dots() -> None:
    assert violations("from .security import ace", "tokenlab", is_package=True) == []
    assert violations("from .view import show", "tokenlab", is_package=True) != []


def test_everything_below_the_pictures_runs_on_a_bare_python() -> None:
    """`-I -S` leaves out every installed package, so what imports here imports everywhere."""
    below = [name for name in MODULES if not PICTURES & set(name.split("."))]
    lines = [f"import sys; sys.path.append({str(PACKAGE.parent)!r})"]
    lines += [f"import {name}" for name in below]
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "\n".join(lines)], capture_output=True, text=True
    )
    assert bare.returncode == 0, bare.stderr
