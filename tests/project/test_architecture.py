"""`docs/architecture.md` is a map of the house as it stands."""

import re

import pytest

from tests.support import ROOT

MAP = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z_0-9]+\.py)`", MAP))


def test_each_file_on_the_map_exists() -> None:
    there = {path.name for part in ("tokenlab", "tools") for path in (ROOT / part).rglob("*.py")}
    assert there >= NAMED, sorted(NAMED - there)


@pytest.mark.parametrize("floor", ["values", "security", "system", "network", "worlds"])
def test_each_file_of_the_kernel_is_on_the_map(floor: str) -> None:
    files = {path.name for path in (ROOT / "tokenlab" / floor).rglob("*.py")} - {"__init__.py"}
    assert files <= NAMED, sorted(files - NAMED)


def test_the_object_graph_on_the_map_is_the_one_that_the_test_of_cycles_allows() -> None:
    explained = MAP[MAP.index("## The object graph") : MAP.index("## The way of a question")]
    for name in ("machine", "process", "thread", "handle", "token", "logon_session"):
        assert f"`{name}`" in explained
