"""Half-right answers to the exercises of lesson 10, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

Q1, Q5 = task("10.1"), task("10.5")
A, B = Q5.opener, Q5.other
USER = Q1._task.parts[4].judge.__self__.options[0]

HALF_RIGHT = [
    ("10.1", {"same": "granted", "hosts": "granted", "other": "granted", "after": "granted", "child": USER}, 3,
     ("the-process-token-counts", "children-inherit-impersonation")),
    ("10.1", {"same": "refused", "hosts": "granted", "other": "refused", "after": "refused", "child": None}, 2,
     ("impersonation-is-of-the-process",)),
    ("10.2", {"identification": "opens the file", "impersonation": "opens the file", "delegation": "error 5",
              "further": "set Delegation in the server's code", "cause": "the file's DACL"}, 1,
     ("true-means-it-worked", "the-level-is-ours-to-set")),
    ("10.2", {"identification": "error 5", "impersonation": "opens the file", "delegation": "opens the file",
              "further": "run the server as SYSTEM", "cause": "the level"}, 3,
     ("true-means-it-worked", "the-process-token-counts")),
    ("10.4", ["ImpersonateLoggedOnUser", "CreateProcess", "RevertToSelf"], 0,
     ("children-inherit-impersonation", "impersonation-is-of-the-process")),
    ("10.4", ["ImpersonateLoggedOnUser", "DuplicateTokenEx", "CreateProcessWithTokenW"], 3, None),
    ("10.4", ["DuplicateTokenEx", "CreateProcessWithTokenW", "CreateProcess"], 3, ("children-inherit-impersonation",)),
    ("10.5", {"fails": A + A + B + B, "works": A + A + B + B}, 1, ("impersonation-is-of-the-process",)),
    ("10.5", {"fails": A + B + B + A, "works": None}, 2, ("impersonation-is-of-the-process",)),
    ("10.7", {"usual": "error 5", "modest": "error 1346", "plain": "error 1346", "stripped": "a primary token of SYSTEM",
              "log": "4624 of SYSTEM, then 4688", "watch": "TargetUserName in 4688"}, 2,
     ("a-weak-account-is-safe", "the-level-is-ours-to-set", "somebody-else-is-a-logon")),
    ("10.7", {**dict.fromkeys(("usual", "modest", "plain", "stripped"), "error 1346"), "log": None,
              "watch": "ParentUser beside User in Sysmon 1"}, 4, ("a-weak-account-is-safe",)),
    ("10.8", {**dict.fromkeys("ABCDE", "runas /netonly"), "added": "SYSTEM", "checked": "in the traces of type 9", "counts": "at once"}, 1,
     ("somebody-else-is-a-logon", "the-process-token-counts", "a-logon-is-a-checked-password", "sid-history-counts-at-once")),
    ("10.8", {**dict.fromkeys("ABCDE", "LogonUser of type 9"), "added": task("10.8").admin, "checked": "in no trace", "counts": None}, 3, ("somebody-else-is-a-logon",)),
    ("10.6", {"pipe": "ImpersonateNamedPipeClient", "rpc": "RpcImpersonateClient", "com": "CoImpersonateClient",
              "usual": "Impersonation", "capped": "Impersonation"}, 3, ("true-means-it-worked",)),
    ("10.6", {**dict.fromkeys(("pipe", "rpc", "com"), "RpcImpersonateClient"), **dict.fromkeys(("usual", "capped"), "Identification")},
     3, ("any-impersonation-call-does",)),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert beliefs is None or set(result.misconceptions) == set(beliefs), str(result)


def test_who_impersonates_before_reading_and_opens_before_that_loses_two_rules():
    words = ("makes the pipe", "connects", "writes", "opens", "Impersonate", "reads the request", "Revert")
    order = in_order("10.3", words)
    result = judged(find("10.3"), order)
    assert result.points == 3
    assert result.misconceptions == ("a-client-at-any-moment", "the-process-token-counts")


def test_who_reverts_before_the_open_loses_that_rule_alone():
    words = ("makes the pipe", "connects", "writes", "reads the request", "Impersonate", "Revert", "opens")
    order = in_order("10.3", words)
    result = judged(find("10.3"), order)
    assert result.points == 4
    assert result.misconceptions == ("impersonation-is-of-the-process",)
