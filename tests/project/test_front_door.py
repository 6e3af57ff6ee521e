"""The front door: what it offers, that each of its names shows how it is used, and what it costs to open."""

import ast
import doctest
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tokenlab
from tests.support import ROOT

LESSONS = sorted(ROOT.glob("notebooks/*.ipynb")) + sorted(ROOT.glob("solutions/*/*.ipynb"))
VALUES = {"MAXIMUM_ALLOWED", "OBJECT_TYPES"}  # have no docstring: the module's shows them
ANSWERS = {  # no lesson names these: they are what it is answered with, or what it makes one of
    "AccessDecision", "AccessDenied", "IntegrityLevel", "Machine", "granted_access", "smallest_flip",
    "MAXIMUM_ALLOWED",
}  # fmt: skip
DEEPER = {  # what lessons import from below the door, on purpose: what one or two of them are about
    "tokenlab.security.check.by_type", "tokenlab.security.check.central_policy", "tokenlab.values",
    "tokenlab.system", "tokenlab.system.sid_history", "tokenlab.network", "tokenlab.real",
    "tokenlab.real.exports", "tokenlab.detect", "tokenlab.worlds",
}  # fmt: skip


def cells(lesson: Path) -> Iterator[str]:
    """The code of a lesson, without the lines that are not Python."""
    for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield re.sub(r"^\s*[%!].*$", "", "".join(cell["source"]), flags=re.MULTILINE)


CODE = {lesson: "\n".join(cells(lesson)) for lesson in LESSONS}


def below_the_door(source: str) -> set[tuple[str, str]]:
    """What this source imports of the model (not of `view` and `teach`) from a module below the door."""
    return {
        (node.module, name.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and node.module.split(".")[1:2] not in ([], ["view"], ["teach"])
        and node.module.startswith("tokenlab")
        for name in node.names
    }


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem[:2] + path.parent.name[:3])
def test_what_lessons_use_of_the_model_is_on_the_door_or_below_it_on_purpose(lesson: Path) -> None:
    found = below_the_door(CODE[lesson])
    assert not {name for _, name in found if name in tokenlab.__all__}, "the door has it"
    modules = {module for module, _ in found if not module.startswith("tokenlab.worlds.")}
    assert modules <= DEEPER


def test_what_no_lesson_uses_is_not_on_the_door() -> None:
    words = set(re.findall(r"(?<!\.)\b\w+\b", "\n".join(CODE.values())))
    assert set(tokenlab.__all__) - words - ANSWERS == set()


def test_the_door_is_read_from_the_question_to_the_worlds() -> None:
    assert len(set(tokenlab.__all__)) == len(tokenlab.__all__)
    assert tokenlab.__all__[0] == "access_check" and tokenlab.__all__[-1] == "worlds"
    assert all(getattr(tokenlab, name) is not None for name in tokenlab.__all__)
    with pytest.raises(AttributeError, match="no attribute 'worldz'"):
        tokenlab.worldz  # noqa: B018


def examples(thing: object) -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(recurse=False)
    home = sys.modules[thing.__module__] if hasattr(thing, "__module__") else thing
    found = finder.find(thing, getattr(thing, "__name__", ""), module=False, globs=dict(vars(home)))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", ["tokenlab", *(one for one in tokenlab.__all__ if one not in VALUES)])
def test_each_name_of_the_door_shows_how_it_is_used(name: str) -> None:
    tests = examples(tokenlab if name == "tokenlab" else getattr(tokenlab, name))
    assert tests, f"{name} has no example: expected one, after >>>"
    runner = doctest.DocTestRunner()
    said: list[str] = []
    for test in tests:
        runner.run(test, out=said.append)
    assert not runner.failures, "".join(said)


def test_the_values_of_the_door_are_shown_by_its_module() -> None:
    assert all(name in (tokenlab.__doc__ or "") for name in VALUES)


HEAVY = {"uuid", "platform", "hashlib", "ssl", "json", "html", "difflib", "xml", "http", "email", "random"}
HEAVY |= {"ipaddress", "tempfile", "ipywidgets", "IPython"}


@pytest.mark.parametrize(
    ("code", "most"),
    [("import tokenlab", 145), ("from tokenlab import worlds", 175)],
)
def test_opening_the_door_is_cheap(code: str, most: int) -> None:
    """By the modules that it loads: a browser pays for each of them."""
    line = f"import sys; before = set(sys.modules); {code}; print(*set(sys.modules) - before)"
    loaded = subprocess.check_output([sys.executable, "-c", line], cwd=ROOT, text=True).split()
    assert not HEAVY & set(loaded)
    assert len(loaded) <= most, sorted(loaded)


def test_a_user_s_type_checker_may_read_it() -> None:
    assert (ROOT / "tokenlab" / "py.typed").read_bytes() == b""
