"""Half-right answers to the exercises of lesson 06, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

HAS, CHECKS = task("06.2").has, task("06.5").checks


def never_1300(token, changes):
    """Believes in success, and enables what is not there."""
    for name, change in changes.items():
        token[name] = change == "enable"
    return [token, 0]


def removes_nothing(token, changes):
    error = 0
    for name, change in changes.items():
        if name not in token:
            error = 1300
        elif change != "remove":
            token[name] = change == "enable"
        else:
            token[name] = False
    return [token, error]


HALF_RIGHT = [
    ("06.1", dict.fromkeys(("present", "enabled", "removed", "thread", "file"), "granted"), 2, {"to-hold-is-to-use", "privileges-have-no-limits"}),
    ("06.1", {"present": "granted", "enabled": "granted", "removed": "refused", "thread": "refused", "file": None}, 2,
     {"to-hold-is-to-use"}),
    ("06.2", {"returns": "FALSE", "error": "ERROR_PRIVILEGE_NOT_HELD (1314)", "enabled": "neither", "other": "disabled", "copy": "disabled"}, 1,
     {"success-means-done", "to-hold-is-to-use"}),
    ("06.2", {"returns": "TRUE", "error": "ERROR_SUCCESS (0)", "enabled": "both", "other": "enabled", "copy": "enabled"}, 2,
     {"success-means-done", "to-hold-is-to-use"}),
    ("06.3", {"folder": "refused", "plain": "granted", "both": "granted", "write": "granted", "cure": "run it as SYSTEM"}, 1,
     {"a-folder-needs-the-flag-too", "to-hold-is-to-use", "privileges-have-no-limits"}),
    ("06.3", {"folder": "granted", "plain": "refused", "both": "refused", "write": "refused", "cure": None}, 3, set()),
    ("06.4", {"memory": "granted", "limited": "granted", "other": "granted", "cause": "the privilege is disabled"}, 2,
     {"privileges-have-no-limits", "to-hold-is-to-use"}),
    ("06.4", {"memory": "refused", "limited": "refused", "other": "refused", "cause": "lsass.exe is a protected process"}, 2, set()),
    ("06.5", {f"check_{n}": "SeDebugPrivilege" for n in range(1, 7)}, 1, {"privileges-have-no-limits"}),
    ("06.8", dict.fromkeys(("enable", "spooler", "lsass", "backup", "owner", "network", "silent"), "4673"), 0, {"the-log-sees-every-use"}),
    ("06.8", dict.fromkeys(("enable", "spooler", "lsass", "backup", "owner", "network", "silent"), "nothing"), 4,
     {"the-log-sees-every-use"}),
    ("06.7", never_1300, 2, {"success-means-done", "removed-comes-back"}),
    ("06.7", removes_nothing, 4, {"removed-comes-back"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert set(result.misconceptions) == beliefs, str(result)


def test_who_reads_as_soon_as_the_owner_is_set_loses_the_last_rule():
    words = (
        "enable Se",
        "with WRITE_OWNER",
        "set the owner",
        "for reading",
        "with WRITE_DAC",
        "write a DACL",
    )
    order = in_order("06.6", words)
    result = judged(find("06.6"), order)
    assert result.points == 4 and result.misconceptions == ("owner-reads",)
