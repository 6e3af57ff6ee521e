"""A decision, whole and step by step."""

import pytest

from tests.view.pages import DECISIONS, Page
from tokenlab.security import Rule
from tokenlab.view.tables import decision_html, decision_text
from tokenlab.view.verdict import deciding_step, number_deciding_steps


@pytest.mark.parametrize("name", DECISIONS)
def test_verdict_reasons_and_steps_are_well_formed_html(name: str) -> None:
    decision = DECISIONS[name]
    page = Page(decision_html(decision))
    assert page.count("li") == len(decision.steps)
    assert page.count("tr") == 1 + len(decision.reasons)
    assert ("✓ Granted" if decision.granted else "✗ Refused") in page.visible
    assert "status" in [values.get("role") for _, values in page.tags]


@pytest.mark.parametrize("name", DECISIONS)
def test_the_text_has_the_same_facts(name: str) -> None:
    decision = DECISIONS[name]
    page, text = Page(decision_html(decision)), decision_text(decision)
    for bit, right in decision.object_type.describe(decision.rights_in_question):
        row = next(line for line in text.splitlines() if line.split()[:2] == [right, f"{bit:#x}"])
        assert f"{decision.reasons[bit].code:d}" in row
        assert f"{bit:#x}" in page.visible
    for step in decision.steps:
        words = [word.rstrip(":") for word in step.text.split()]
        assert [word for word in words if word not in page.visible or word not in text] == []


@pytest.mark.parametrize("name", DECISIONS)
def test_stepping_moves_nothing(name: str) -> None:
    decision = DECISIONS[name]
    pages = [Page(decision_html(decision, upto)) for upto in range(len(decision.steps) + 1)]
    shapes = {
        tuple(name for name, _ in page.tags if name in ("tr", "td", "th", "li", "col")) for page in pages
    }
    assert len(shapes) == 1


@pytest.mark.parametrize("name", DECISIONS)
def test_a_step_that_is_to_come_says_nothing(name: str) -> None:
    decision = DECISIONS[name]
    page, text = Page(decision_html(decision, 1)), decision_text(decision, 1)
    for verdict in ("Granted:", "Refused:"):
        assert verdict not in page.visible
        assert verdict not in text
    assert page.visible.count("… open") == text.count("… open") == len(decision.reasons)
    assert "Step 1 of" in page.visible
    assert (
        decision_text(decision, len(decision.steps)).splitlines()[0]
        == decision_text(decision).splitlines()[0]
    )


def test_each_step_tells_the_rights_it_decided() -> None:
    decision = DECISIONS["granted in part"]
    told = [decision_text(decision, upto).count("✓ granted") for upto in range(1, len(decision.steps) + 1)]
    assert told == [0, 0, 0, 5, 5, 5, 5]


def test_exactly_the_current_step_is_lit() -> None:
    decision = DECISIONS["granted in part"]
    for upto in range(1, len(decision.steps) + 1):
        current = [
            values for name, values in Page(decision_html(decision, upto)).tags if "aria-current" in values
        ]
        assert current == [{"class": "lit", "aria-current": "step"}]
        lit = [line for line in decision_text(decision, upto).splitlines() if line.startswith("> ")]
        assert [line.split()[1] for line in lit] == [f"{upto}."]
    assert "> " not in decision_text(decision)


@pytest.mark.parametrize(
    ("name", "rule", "place"),
    [
        ("granted", Rule.ACE_ALLOWS, 2),
        ("granted in part", Rule.NOTHING_GRANTS, None),
        ("the most there is", Rule.ACE_ALLOWS, 2),
        ("denied by a line", Rule.ACE_DENIES, 2),
        ("denied by integrity", Rule.INTEGRITY, None),
        ("privilege missing", Rule.PRIVILEGE_MISSING, None),
        ("by privilege alone", Rule.PRIVILEGE, None),
        ("by ownership", Rule.OWNERSHIP, None),
        ("NULL DACL", Rule.NO_DACL, None),
        ("empty DACL", Rule.EMPTY_DACL, None),
        ("lent by the folder", Rule.PARENT, None),
        ("no owner", None, None),
    ],
)
def test_the_step_that_decided(name: str, rule: Rule | None, place: int | None) -> None:
    step = deciding_step(DECISIONS[name])
    assert (step.rule, step.place) == (rule, place)


@pytest.mark.parametrize("name", DECISIONS)
def test_every_right_is_decided_at_a_step(name: str) -> None:
    decision = DECISIONS[name]
    decided = number_deciding_steps(decision)
    assert decided.keys() == decision.reasons.keys()
    assert all(1 < number <= len(decision.steps) for number in decided.values())


def test_a_refusal_says_what_is_missing() -> None:
    assert "Missing: WRITE_DATA. Without all that was asked for, nothing is granted." in decision_text(
        DECISIONS["granted in part"]
    )
