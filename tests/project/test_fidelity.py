"""The fidelity card and the tests belong together."""

import re

import pytest

from tests.support import ROOT

CARD = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in CARD.splitlines()
    if line.startswith("| ") and not line.startswith("| rule")
]
TESTS = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:60])
def test_a_rule_says_how_true_it_is_and_what_holds_it(row):
    _, state, source, held_by = row
    assert re.match("modelled|simplified|left out", state)
    assert source or not state.startswith("modelled")
    for name in re.findall(r"`(test_\w+)`", held_by):
        assert f"def {name}(" in TESTS, name
    for name in re.findall(r"`(test_\w+\.py)`", held_by):
        assert list(ROOT.glob(f"tests/**/{name}")), name
    assert held_by or state.startswith("left out")


def test_the_card_is_not_empty():
    assert len(ROWS) > 25
