"""Half-right answers to the exercises of lesson 02, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.real import from_whoami
from tokenlab.teach import task
from tokenlab.teach.exercises import find

TOKEN = from_whoami(task("02.5").text)
ON = [str(one.privilege) for one in TOKEN.privileges if one.enabled]
OFF = [str(one.privilege) for one in TOKEN.privileges if not one.enabled]
ADMINISTRATOR = next((group for group in task("02.1").context.groups if group.sid == "S-1-5-32-544"), None)

HALF_RIGHT = [
    ("02.2", dict.fromkeys(("second", "before", "after", "own"), "enabled"), 2, {"a-copy-is-its-original"}),
    ("02.2", dict.fromkeys(("second", "before", "after", "own"), "disabled"), 2, {"a-handle-is-a-token", "a-copy-is-its-original"}),
    ("02.3", {"token_id": "the same", "session": "the same", "user": "the same", "higher": "works", "primary": "works", "password": "in the token"}, 2,
     {"a-copy-is-its-original", "a-copy-can-be-more"}),
    ("02.3", {"token_id": "another", "session": "another", "user": None, "higher": "refused", "primary": "works", "password": None}, 2,
     {"a-copy-is-its-original", "a-copy-can-be-more"}),
    ("02.4", {"running": "no", "child": "no", "again": "no", "later": "no", "cure": "wait an hour"}, 1, {"the-directory-is-asked"}),
    ("02.4", {"running": "yes", "child": "yes", "again": "no", "later": "no", "cure": "end the sessions"}, 4, {"the-directory-is-asked"}),
    ("02.5", {"user": str(TOKEN.user), "integrity": 12288, "deny_only": [], "enabled": ON, "disabled": OFF, "elevated": True}, 3,
     {"listed-means-enabled"}),
    ("02.5", {"user": "S-1-5-32-544", "integrity": None, "deny_only": "S-1-5-32-544", "enabled": ON + OFF, "disabled": [], "elevated": False}, 1,
     {"the-directory-is-asked", "listed-means-enabled"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert set(result.misconceptions) == beliefs, str(result)


def test_who_takes_every_listed_group_for_an_enabled_one_is_told():
    answer = {
        "who": "an administrator, elevated",
        "administrators": "enabled",
        "integrity": "High",
        "way": None,
        "linked": None,
    }
    result = judged(find("02.1"), answer)
    assert "listed-means-enabled" in result.misconceptions or (ADMINISTRATOR and not ADMINISTRATOR.deny_only)


def test_who_lets_the_change_count_at_once_loses_rules():
    words = ("are read into", "is refused", "puts", "opens the file", "logs off", "logs on again")
    order = in_order("02.6", words)
    result = judged(find("02.6"), order)
    assert result.points == 3 and result.misconceptions == (
        "the-directory-is-asked",
        "a-copy-is-its-original",
    )
