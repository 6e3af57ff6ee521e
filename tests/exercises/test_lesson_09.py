"""Half-right answers to the exercises of lesson 09, by hand."""

import pytest

from tests.exercises.course import judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

EVENTS = task("09.5").events
HERE, GONE = "it is there", "no such drive"


def takes_groups_out(groups, privileges, integrity, powerful):
    """Forgets that a group stays, for deny only; and the integrity."""
    kept = ("ChangeNotify", "IncreaseWorkingSet", "Shutdown", "TimeZone", "Undock")
    if any(group in powerful for group in groups):
        privileges = [name for name in privileges if name[2:-9] in kept]
    return {"deny_only": [], "privileges": privileges, "integrity": integrity}


def marks_groups_only(groups, privileges, integrity, powerful):
    return {
        "deny_only": [group for group in groups if group in powerful],
        "privileges": privileges,
        "integrity": integrity,
    }


HALF_RIGHT = [
    ("09.1", {"sessions": "one", "group": "enabled", "level": "High", "dropped": "both", "kept": "both", "logon_id": "the same"}, 1,
     {"both-halves-say-the-same", "member-means-may"}),
    ("09.1", {"sessions": "two", "group": "not there", "level": "Medium", "dropped": "the full half", "kept": "the full half",
              "logon_id": "another"}, 4, {"both-halves-say-the-same"}),
    ("09.2", {"started": "granted", "elevated": "granted", "child": "refused", "cause": "the account is not in Administrators",
              "cure": "give Users the right to write"}, 1, {"member-means-may", "only-full-means-powerful"}),
    ("09.2", {"started": "refused", "elevated": "granted", "child": "granted", "cause": "the integrity of the file", "cure": None}, 3,
     set()),
    ("09.3", {"explorer": HERE, "child": HERE, "elevated": HERE, "grandchild": HERE, "cure": "give the user more rights on the share"}, 2,
     {"both-halves-say-the-same", "a-refusal-after-the-logon"}),
    ("09.3", {"explorer": HERE, "child": GONE, "elevated": GONE, "grandchild": HERE, "cure": "log off and on"}, 2,
     {"both-halves-say-the-same"}),
    ("09.4", {"local": "all rights", "domain": "all rights", "policy": "all rights", "cause": "the password is wrong", "price": "nothing"}, 2,
     {"a-refusal-after-the-logon"}),
    ("09.4", {"local": "no more than a user", "domain": "no more than a user", "policy": "no more than a user",
              "cause": "the token is the limited one", "price": None}, 2, {"member-means-may", "a-refusal-after-the-logon"}),
    ("09.5", {f"tool_{n}": "elevated by consent" for n in range(1, 5)}, 1, {"a-prompt-elevates-the-user"}),
    ("09.5", {f"tool_{n}": "a plain user's" for n in range(1, 5)}, 1, {"only-full-means-powerful"}),
    ("09.6", takes_groups_out, 1, {"member-means-may", "both-halves-say-the-same"}),
    ("09.7", {"sessions": "two", "who": "SYSTEM", "drive": HERE, "profile": "granted", "again": "in the session of the first",
              "type": "%%1937"}, 0, {"elevated-is-the-same-person", "only-full-means-powerful"}),
    ("09.7", {"sessions": "one", "who": "another account", "drive": HERE, "profile": "refused", "again": None, "type": "%%1938"}, 3,
     {"elevated-is-the-same-person", "only-full-means-powerful"}),
    ("09.6", marks_groups_only, 3, {"both-halves-say-the-same"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert set(result.misconceptions) == beliefs, str(result)


def test_each_of_the_four_events_is_another_case():
    assert len({(event["TokenElevationType"], event["TargetUserName"]) for event in EVENTS.values()}) == 4
