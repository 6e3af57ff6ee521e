"""What classes and functions of the package are called: CONTRIBUTING.md, "The house"."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.support import ROOT

PACKAGE = ROOT / "tokenlab"
PARTICIPLE = re.compile(
    r"\w{3,}ed|brought|built|chosen|done|drawn|found|given|gone|got|had|heard|held|kept|known|left|made|met|said|"
    r"seen|sent|shown|taken|told|worn|written"
)
BEFORE_ONE = re.compile(r"create|find|has|is|list|log|may|only|read|why|with|without")
"""Verbs, and what begins a question (`is_named`) or a copy (`with_brought`): there one may follow."""
ON_PURPOSE = {"Stream.shuffled"}  # gives a copy, as Python's own `sorted` does
LESSONS = PACKAGE / "teach" / "exercises"  # functions of its worlds are called as their exercises are


def repeated_classes(modules: Iterable[ast.Module]) -> list[str]:
    """The names that more than one class has, private ones too."""
    nodes = (node for module in modules for node in ast.walk(module))
    names = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef))
    return [name for name, times in names.items() if times > 1]


def actions(module: ast.Module) -> Iterator[tuple[str, str]]:
    """The public functions and methods: whole names, and names. A property may be a noun."""
    classes = [node for node in module.body if isinstance(node, ast.ClassDef)]
    bodies = [("", module.body), *((f"{one.name}.", one.body) for one in classes)]
    for owner, body in bodies:
        for node in (node for node in body if isinstance(node, ast.FunctionDef)):
            is_property = any("property" in ast.unparse(one) for one in node.decorator_list)
            if not is_property and not node.name.startswith("_"):
                yield owner + node.name, node.name


def is_participle(name: str) -> bool:
    words = name.split("_")
    at_the_end = PARTICIPLE.fullmatch(words[-1]) and not any(map(BEFORE_ONE.fullmatch, words[:-1]))
    return bool(at_the_end)


@pytest.fixture(scope="module")
def modules():
    paths = sorted(PACKAGE.rglob("*.py"))
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_a_class_name_means_one_thing(modules):
    assert repeated_classes(modules.values()) == []


def test_a_function_says_what_it_does_not_what_was_done(modules):
    outside = [module for path, module in modules.items() if LESSONS not in path.parents]
    named = [one for module in outside for one in actions(module)]
    assert {whole for whole, name in named if is_participle(name)} == ON_PURPOSE


def test_both_would_be_found():
    twice = ["class Row: pass", "def f():\n    class Row: pass"]
    assert repeated_classes(map(ast.parse, twice)) == ["Row"]
    text = "def told(): pass\nclass A:\n    @property\n    def told(self): pass\n    def made(self): pass"
    assert [whole for whole, _ in actions(ast.parse(text))] == ["told", "A.made"]
    assert all(map(is_participle, ("told", "marked", "asked_for_and_given")))
    assert not any(map(is_participle, ("is_named", "hash_is_passed", "linked_token", "read", "feed")))
