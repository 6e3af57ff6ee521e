"""Half-right answers to the exercises of lesson 08, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

WORK, USER = task("08.4").work, str(task("08.5").user)


def walk(allowed, denied, dacl, desired):
    for kind, mask, sid in dacl:
        if kind == "deny" and sid in denied and mask & desired:
            return False
        if kind == "allow" and sid in allowed:
            desired &= ~mask
    return not desired


def first_pass_only(sids, deny_only, restricting, dacl, desired):
    return walk(sids, sids + deny_only, dacl, desired)


def deny_only_is_gone(sids, deny_only, restricting, dacl, desired):
    return walk(sids, sids, dacl, desired) and (
        not restricting or walk(restricting, restricting, dacl, desired)
    )


STATES = [f"{state}_{file}" for state in ("enabled", "disabled", "deny_only") for file in ("allow", "deny")]
HALF_RIGHT = [
    ("08.1", dict.fromkeys(STATES, "refused"), 4, {"deny-only-is-gone"}),
    ("08.1", dict.fromkeys(STATES, "granted"), 2, {"deny-only-is-gone"}),
    ("08.2", {"notes": "refused", "compiler": "refused", "jail_notes": "refused", "jail_compiler": "granted", "cure": "fewer privileges still"}, 1,
     {"privileges-open-files", "the-users-rights-are-enough"}),
    ("08.2", {"notes": "granted", "compiler": "granted", "jail_notes": "granted", "jail_compiler": "granted", "cure": None}, 2,
     {"the-users-rights-are-enough"}),
    ("08.3", dict.fromkeys(("both", "first", "other", "own_read", "own_write"), "granted"), 2, {"the-users-rights-are-enough"}),
    ("08.3", dict.fromkeys(("both", "first", "other", "own_read", "own_write"), "refused"), 3, {"the-users-rights-are-enough"}),
    ("08.4", ["S-1-1-0", "S-1-5-32-545", WORK], 2, {"any-second-pass-is-a-wall"}),
    ("08.4", [WORK], 3, {"the-users-rights-are-enough"}),
    ("08.4", ["S-1-5-12"], 0, {"the-users-rights-are-enough"}),
    ("08.5", {"deny_only": [], "restricting": [], "strip_privileges": True, "integrity": "low"}, 4, {"low-cannot-read", "any-second-pass-is-a-wall"}),
    ("08.5", {"deny_only": [USER], "restricting": ["S-1-5-32-545"], "strip_privileges": False, "integrity": "medium"}, 4,
     {"the-users-rights-are-enough", "privileges-open-files"}),
    ("08.5", {"deny_only": [], "restricting": ["S-1-5-12"], "strip_privileges": True, "integrity": "untrusted"}, 0,
     {"the-users-rights-are-enough"}),
    ("08.7", first_pass_only, 4, {"the-users-rights-are-enough"}),
    ("08.7", deny_only_is_gone, 4, {"deny-only-is-gone"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert set(result.misconceptions) == beliefs, str(result)


def test_starting_before_weakening_loses_that_rule():
    words = ("is started", "makes a locked", "opens what", "drops the more", "from a stranger")
    result = judged(find("08.6"), in_order("08.6", words))
    assert result.points == 3 and result.misconceptions == ("the-users-rights-are-enough",)


def test_a_strangers_page_before_the_walls_loses_that_rule():
    words = ("from a stranger", "makes a locked", "is started", "opens what", "drops the more")
    result = judged(find("08.6"), in_order("08.6", words))
    assert result.points == 3 and result.misconceptions == ("locked-from-the-start",)


def test_dropping_the_powerful_token_before_anything_is_open_loses_that_rule():
    words = ("makes a locked", "is started", "drops the more", "opens what", "from a stranger")
    result = judged(find("08.6"), in_order("08.6", words))
    assert result.points == 3 and result.misconceptions == ("locked-from-the-start",)
