"""Half-right answers to the exercises of lesson 04, by hand: what they earn, and what is said of them."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

TEAM, USER, APPRENTICE = task("04.5").team, task("04.5").user, task("04.5").apprentice


def first_line_only(sids, owner, dacl, desired):
    """Takes the first line for the whole DACL, and forgets the owner."""
    if dacl is None:
        return True
    for kind, mask, sid in dacl:
        if sid in sids and mask & desired:
            return kind == "allow" and mask & desired == desired
    return False


HALF_RIGHT = [
    (
        "04.1",
        {"read": "granted", "denied": "granted", "delete": "granted", "both": "granted"},
        2,
        ("allow-beats-deny",),
    ),
    (
        "04.1",
        {"read": "refused", "denied": "refused", "delete": "refused", "both": "refused"},
        2,
        ("other-peoples-lines", "rights-are-one"),
    ),
    ("04.2", {"reading": "line 5", "writing": "line 5", "deleting": "line 5"}, 1, ("deny-always-wins",)),
    (
        "04.2",
        {"reading": "line 1", "writing": None, "deleting": "line 6"},
        0,
        ("other-peoples-lines", "allow-beats-deny"),
    ),
    (
        "04.3",
        {
            "empty": "refused",
            "null": "refused",
            "low": "granted",
            "owner_dacl": "refused",
            "owner_read": "refused",
        },
        2,
        ("null-is-empty", "dacl-is-all"),
    ),
    ("04.5", "D:(A;;FR;;;BU)", 3, ("other-peoples-lines", "groups-are-narrow")),
    ("04.5", "D:", 0, ("other-peoples-lines", "null-is-empty")),
    ("04.5", f"D:(A;;FR;;;{TEAM})(A;;FA;;;{USER})", 4, ("rights-are-one",)),
    ("04.5", f"D:(A;;0x1201bf;;;{TEAM})(D;;0x6;;;{APPRENTICE})", 4, ("allow-beats-deny",)),
    (
        "04.7",
        {"ask": "ALL_ACCESS", "all": "granted", "without": None, "write": "line 2", "dac": "line 1"},
        1,
        ("rights-are-one", "allow-beats-deny", "deny-always-wins"),
    ),
    ("04.6", first_line_only, 3, ("rights-are-one", "deny-always-wins", "dacl-is-all")),
    ("04.6", lambda sids, owner, dacl, desired: True, 0, None),
    ("04.6", lambda sids, owner, dacl, desired: 1 / 0, 0, None),
]


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    if beliefs is not None:
        assert result.misconceptions == beliefs, str(result)


def test_a_wrong_order_keeps_the_points_of_the_rules_it_keeps():
    words = ("becomes", "integrity", "first line", "privileges", "owner gets", "no line")
    order = in_order("04.4", words)
    result = judged(find("04.4"), order)
    assert result.points == 3 and result.misconceptions == ("order-of-check",)
