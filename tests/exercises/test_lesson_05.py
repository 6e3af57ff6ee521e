"""Half-right answers to the exercises of lesson 05, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find
from tokenlab.values import FileRights

RIGHTS = {
    "reads the content": FileRights.READ_DATA,
    "adds lines at the end": FileRights.APPEND_DATA,
    "changes its dates": FileRights.WRITE_ATTRIBUTES,
    "shows owner and DACL": FileRights.READ_CONTROL,
    "deletes the file when it is done": FileRights.DELETE,
}
NEEDS = [RIGHTS[words] for words in task("05.3").work]
RIGHT = sum(map(int, NEEDS))
W, R = "works", "refused"


def asks_every_time(steps):
    """Believes that the DACL is asked at each use."""
    dacl, table, results = 0, {}, []
    for what, *rest in steps:
        if what == "dacl":
            dacl = rest[0]
        elif what == "open":
            results.append(not rest[1] & ~dacl)
            if results[-1]:
                table[rest[0]] = rest[1]
        elif what == "use":
            results.append(bool(table.get(rest[0], 0) & rest[1] & dacl))
        elif what == "copy" and rest[0] in table:
            table[rest[1]] = table[rest[0]]
        elif what == "close":
            table.pop(rest[0], None)
    return results


HALF_RIGHT = [
    ("05.1", dict.fromkeys(("old_write", "new_open", "low_write", "low_open", "low_read", "closed"), R), 3, {"checked-at-every-write"}),
    ("05.1", dict.fromkeys(("old_write", "new_open", "low_write", "low_open", "low_read", "closed"), W), 3,
     {"rights-belong-to-the-user"}),
    ("05.2", {"read": W, "write": W, "asked": "the DACL", "cure": "give the user more rights on the file"}, 1,
     {"rights-belong-to-the-user", "checked-at-every-write"}),
    ("05.2", {"read": W, "write": R, "asked": "the token", "cure": None}, 2, {"rights-belong-to-the-user"}),
    ("05.3", 0x1F01FF, 0, {"ask-for-more"}),
    ("05.3", RIGHT | 0x100080, 5, set()),
    ("05.3", RIGHT | 0x8, 4, {"ask-for-more"}),
    ("05.3", int(NEEDS[0]), 2, {"rights-belong-to-the-user", "ask-for-more"}),
    ("05.4", dict.fromkeys(("open", "duplicated", "more", "inherited", "number"), R), 3, {"every-user-has-opened"}),
    ("05.4", dict.fromkeys(("open", "duplicated", "more", "inherited", "number"), W), 2,
     {"rights-belong-to-the-user", "the-number-is-enough"}),
    ("05.7", {"nothing": "0x0", "write": "0x120116", "process": None, "key": "0x20019", "copy": "0x1"}, 1,
     {"the-mask-asked-for-is-the-handle", "ask-for-more"}),
    ("05.6", asks_every_time, 4, {"checked-at-every-write"}),
    ("05.6", lambda steps: [True for step in steps if step[0] in ("open", "use")], 0, None),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert beliefs is None or set(result.misconceptions) == beliefs, str(result)


def test_reading_before_there_is_a_handle_loses_that_rule():
    words = ("asks for", "becomes", "check grants", "reads through", "is put into", "is closed")
    order = in_order("05.5", words)
    result = judged(find("05.5"), order)
    assert result.points == 3 and result.misconceptions == ("checked-at-every-write",)
