"""Half-right answers to the exercises of lesson 07, by hand."""

import pytest

from tests.exercises.course import judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

USER, ADMIN = task("07.1").user, task("07.1").admin
HIM, HER = task("07.5").user, task("07.5").admin
BOSS = task("07.7").admin


def by_the_tree(starts):
    """A child has its parent's user, always."""
    users = {4: "SYSTEM"}
    for pid, parent, _, _ in starts:
        users[pid] = users[parent]
    return [users[pid] for pid, *_ in starts]


def impersonation_counts(starts):
    users = {4: "SYSTEM"}
    for pid, parent, _, user in starts:
        users[pid] = user or users[parent]
    return [users[pid] for pid, *_ in starts]


HALF_RIGHT = [
    ("07.1", {"child": USER, "service": USER, "task": r"NT AUTHORITY\SYSTEM", "wmi": r"NT AUTHORITY\SYSTEM", "runas": USER}, 1,
     ("impersonation-is-inherited", "the-tree-tells-the-user")),
    ("07.1", {"child": USER, "service": r"NT AUTHORITY\SYSTEM", "task": ADMIN, "wmi": None, "runas": ADMIN}, 4, ()),
    ("07.2", {"parent": "lost it", "grandchild": "lost it", "later": "lost it", "last": "lost it", "cousin": "lost it"}, 2,
     ("one-user-one-token",)),
    ("07.2", {"parent": "has it", "grandchild": "has it", "later": "has it", "last": "has it", "cousin": "has it"}, 3, ()),
    ("07.4", {"as_user": "works", "with_token": "works", "filtered": "works", "logon": "works", "service": "works"}, 3,
     ("a-token-is-enough",)),
    ("07.4", {"as_user": "error 1314", "with_token": "error 1314", "filtered": "error 1314", "logon": "error 1314", "service": None}, 2, ()),
    ("07.5", {"first_user": HIM, "second_user": HIM, "second_way": "CreateProcess", "third_way": "runas"}, 1, ("the-tree-tells-the-user",)),
    ("07.5", {"first_user": HER, "second_user": HER, "second_way": "a scheduled task", "third_way": "a scheduled task"}, 2,
     ("the-tree-tells-the-user",)),
    ("07.7", {"first": "activation by COM", "second": "CreateProcess, with a claimed parent", "third": "UAC, after a question",
              "runs_as": BOSS, "caller": "SYSTEM", "asked": "explorer.exe"}, 1,
     ("the-parent-made-the-call", "the-tree-tells-the-user")),
    ("07.7", {"first": "activation by COM", "second": "UAC, after a question", "third": None, "runs_as": "SYSTEM", "caller": BOSS,
              "asked": "svchost.exe"}, 4, ("the-parent-made-the-call",)),
    ("07.6", by_the_tree, 0, None),
    ("07.6", impersonation_counts, 4, ("impersonation-is-inherited",)),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert beliefs is None or result.misconceptions == beliefs, str(result)


def test_who_makes_the_token_first_loses_that_rule():
    words = (
        "types name",
        "makes a token",
        "a logon session",
        "CreateProcessAsUser",
        "calls CreateProcess",
        "has a copy",
    )
    lines = task("07.3").lines
    order = "".join(letter for word in words for letter, line in lines.items() if word in line)
    assert judged(find("07.3"), order).points == 3
