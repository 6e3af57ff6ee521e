"""No function is too long or too branched to be read at one sitting."""

import pytest
from radon.complexity import cc_visit
from radon.visitors import Function

from tests.support import ROOT

MOST_LINES = 50
MOST_WAYS = 15  # McCabe's cyclomatic complexity, as radon counts it
PAGE = "tokenlab/security/check/access_check.py", "decide", 10  # the function that everybody is told to read
BEING_SPLIT = set[str]()
FOLDERS = ("tokenlab", "tools", "benchmarks")


def too_much(source: str, where: str) -> list[str]:
    """A sentence for each function of this source that is over a limit."""
    blocks = [block for block in cc_visit(source) if isinstance(block, Function)]
    for block in blocks:
        blocks += block.closures
    found = []
    for block in blocks:
        most = PAGE[2] if (where, block.name) == PAGE[:2] else MOST_WAYS
        lines = block.endline - block.lineno + 1
        if lines > MOST_LINES:
            found.append(f"{where}, {block.name}: {lines} lines, expected at most {MOST_LINES}")
        if block.complexity > most:
            found.append(
                f"{where}, {block.name}: a complexity of {block.complexity}, expected at most {most}"
            )
    return found


def test_no_function_is_longer_than_a_screen_or_has_too_many_ways_through_it() -> None:
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    found = [
        sentence
        for path in [ROOT / "lab.py", *files]
        for sentence in too_much(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("where", "source"),
    [
        ("a.py", "def long():\n" + "    pass\n" * MOST_LINES),
        ("a.py", "def branched(x):\n" + "    if x: pass\n" * MOST_WAYS),
        ("a.py", "class A:\n    def branched(self, x):\n" + "        if x: pass\n" * MOST_WAYS),
        ("a.py", "def outer(x):\n    def inner():\n" + "        if x: pass\n" * MOST_WAYS),
        (PAGE[0], "def decide(x):\n" + "    if x: pass\n" * PAGE[2]),
    ],
)
def test_a_function_over_a_limit_is_found(where: str, source: str) -> None:
    assert len(too_much(source, where)) == 1


def test_the_page_is_where_it_is_looked_for() -> None:
    assert f"def {PAGE[1]}(" in (ROOT / PAGE[0]).read_text(encoding="utf-8")
