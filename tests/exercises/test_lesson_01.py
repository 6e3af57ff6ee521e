"""Half-right answers to the exercises of lesson 01, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

TOKENS, SESSIONS, KINDS = task("01.3").tokens, task("01.3").sessions, task("01.5").kinds
SAM, DC, CACHE, NOBODY = (
    "the machine's SAM",
    "the domain controller",
    "the cached verifier",
    "nobody: refused",
)
KEPT, NOTHING = "a password or what is derived from it", "nothing that could be shown elsewhere"


def forgets_duplicates(steps):
    """A session ends when its first token is closed."""
    there = {}
    for what, *rest in steps:
        if what == "logon":
            there[rest[2]] = [rest[0], rest[1]]
        elif what == "close":
            there.pop(rest[0], None)
    return sorted(there.values())


def forgets_machines(steps):
    tokens = {}
    machine_of = {}
    for what, *rest in steps:
        if what == "logon":
            tokens[rest[2]] = rest[1]
            machine_of.setdefault(rest[1], rest[0])
        elif what == "duplicate":
            tokens[rest[1]] = tokens[rest[0]]
        else:
            del tokens[rest[0]]
    return sorted([machine_of[one], one] for one in set(tokens.values()))


HALF_RIGHT = [
    ("01.1", {"local": DC, "cached": NOBODY, "wrong": NOBODY, "new": NOBODY, "domain": DC, "again": DC}, 3, {"the-domain-checks-everybody"}),
    ("01.1", {"local": SAM, "cached": CACHE, "wrong": CACHE, "new": CACHE, "domain": CACHE, "again": None}, 2, {"the-domain-checks-everybody"}),
    ("01.3", {**{f"token_{letter}": next(iter(SESSIONS.values())) for letter in TOKENS}, "stale": "nobody"}, 3, {"a-logon-id-is-global"}),
    ("01.3", {**{f"token_{letter}": "nobody" for letter in TOKENS}, "stale": next(iter(SESSIONS.values()))}, 0,
     {"a-logon-id-is-global", "logoff-ends-everything"}),
    ("01.4", dict.fromkeys(("copy", "desk", "server", "last"), "has ended"), 2, {"logoff-ends-everything"}),
    ("01.4", dict.fromkeys(("copy", "desk", "server", "last"), "lives"), 2, {"logoff-ends-everything"}),
    ("01.5", {f"{letter}_{what}": "at the keyboard" if what == "way" else KEPT for letter in "ABC" for what in ("way", "left")},
     1 + sum(kind in (2, 10) for kind in KINDS), {"a-logon-id-is-global", "every-logon-keeps-a-password"}),
    ("01.7", dict.fromkeys("ABCDEF", "something for the wire"), 3, {"every-logon-keeps-a-password"}),
    ("01.7", dict.fromkeys("ABCDEF", "nothing"), 3, {"a-cached-logon-keeps-nothing"}),
    ("01.6", forgets_duplicates, 4, {"logoff-ends-everything"}),
    ("01.6", forgets_machines, 4, {"a-logon-id-is-global"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert set(result.misconceptions) == beliefs, str(result)


def test_a_token_before_its_session_loses_that_rule():
    words = ("types name", "hands them", "checked by", "makes a token", "a logon session", "explorer.exe")
    order = in_order("01.2", words)
    result = judged(find("01.2"), order)
    assert result.points == 4 and result.misconceptions == ("a-logon-id-is-global",)
