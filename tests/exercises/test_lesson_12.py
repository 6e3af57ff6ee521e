"""Half-right answers to the exercises of lesson 12, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find
from tokenlab.teach.exercises.lesson_12 import CARRIED, EMPTY, ITSELF

WAYS, CASES = task("12.1").ways, task("12.4").cases
FIRST, LISTED, MISSING = task("12.2").first, task("12.3").listed, task("12.3").missing
CALLER, WAY = task("12.7").caller, task("12.5").way
U, M, A = "as the user", "as the machine", "anonymous"

HALF_RIGHT = [
    ("12.1", {f"way_{n}": U for n in range(1, 6)}, 2, {"every-logon-has-credentials", "the-hop-is-about-permissions"}),
    ("12.1", {f"way_{n}": A if way in EMPTY else U for n, way in enumerate(WAYS, 1)}, 4, {"the-hop-is-about-permissions"}),
    ("12.2", {"missing": "a right on the share", "where": FIRST, "grant": "it works then", "level": "it works then"}, 1,
     {"the-hop-is-about-permissions", "the-level-makes-the-credentials"}),
    ("12.2", {"missing": "the impersonation level", "where": FIRST, "grant": "the user still does not arrive", "level": None}, 2,
     {"the-level-makes-the-credentials"}),
    ("12.3", {"share": U, "sql": U, "fix": "set the level to Delegation", "lies": "a service ticket", "plays": "nobody"}, 3,
     {"delegation-is-to-a-machine", "the-level-makes-the-credentials"}),
    ("12.3", {"share": U if LISTED == "cifs" else A, "sql": A if LISTED == "cifs" else U, "fix": f"add {MISSING} to the list",
              "lies": "nothing", "plays": "anybody who may be delegated"}, 3, {"what-works-costs-nothing"}),
    ("12.4", {f"case_{n}": "nothing; nobody" for n in range(1, 7)}, 1, {"what-works-costs-nothing"}),
    ("12.4", {f"case_{n}": "a service ticket; anybody" for n in range(1, 7)}, 2, {"what-works-costs-nothing"}),
    ("12.4", {f"case_{n}": "the password; nobody" for n in range(1, 7)}, 1, None),
    ("12.5", "unconstrained", 3 if "NTLM" not in WAY else 0, None),
    ("12.5", "any protocol", {"WinRM, Kerberos": 0, "web, Kerberos": 3}.get(WAY, 5), None),
    ("12.5", "none", 0, None),
    ("12.7", "D:(A;;0xF01FF;;;WD)", 3, {"delegation-is-to-a-machine"}),
    ("12.7", "D:(A;;FR;;;BU)", 0, {"the-hop-is-about-permissions", "delegation-is-to-a-machine", "constrained-fixes-remoting"}),
    ("12.7", f"D:(A;;GA;;;{CALLER})", 0,
     {"the-hop-is-about-permissions", "delegation-is-to-a-machine", "generic-all-is-full-control-everywhere"}),
    ("12.7", f"D:(D;;0xF01FF;;;WD)(A;;0xF01FF;;;{CALLER})", 0, None),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert beliefs is None or set(result.misconceptions) == beliefs, str(result)


def test_the_ways_of_the_first_exercise_are_of_three_kinds():
    assert sorted(sum(way in kind for way in WAYS) for kind in (CARRIED, EMPTY, ITSELF)) == [1, 2, 2]


def test_asking_before_the_visit_loses_the_rule_of_the_evidence():
    words = ("(AS)", "(TGS)", "(S4U2proxy)", "looks whether", "(AP)", "shows the new")
    order = in_order("12.6", words)
    result = judged(find("12.6"), order)
    assert result.points == 4 and result.misconceptions == ("constrained-fixes-remoting",)
