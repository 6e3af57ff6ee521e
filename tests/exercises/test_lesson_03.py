"""Half-right answers to the exercises of lesson 03, by hand."""

import pytest

from tests.exercises.course import judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

Q1, Q3, TEAM = task("03.1"), task("03.3"), task("03.6").team
RIGHT_3 = {"type": "allow" if Q3.data[0] == 0 else "deny", "flags": Q3.data[1], "mask": int.from_bytes(Q3.data[4:8], "little"),
           "rid": int.from_bytes(Q3.data[-4:], "little")}  # fmt: skip
OWNER = Q1.names[str(Q1.descriptor.owner)]
WORDS = {0x120089: "read", 0x1200A9: "read and execute", 0x1301BF: "read, write, execute and delete"}[
    Q1.descriptor.dacl[1].mask
]
NAME = task("03.7")._task.parts[0].judge.__self__.right

HALF_RIGHT = [
    ("03.1", {"owner": "Administrators", "mask": "full control", "denied": "everything", "inherited": "three", "owner_writes": "granted"}, 0,
     ("owner-is-a-line", "rights-are-words", "every-child-inherits")),
    ("03.1", {"owner": OWNER, "mask": WORDS, "denied": "writing", "inherited": "none", "owner_writes": "refused"}, 3,
     ("rights-are-words", "inheritance-at-check-time")),
    ("03.2", {"absent": "refused", "null": "refused", "empty": "refused", "waiting": "granted"}, 1, {"null-is-empty", "inherit-only-acts-here"}),
    ("03.2", {"absent": "granted", "null": "granted", "empty": "granted", "waiting": "refused"}, 3, ("null-is-empty",)),
    ("03.3", {**RIGHT_3, "mask": int.from_bytes(Q3.data[4:8], "big")}, 3, ("rights-are-words",)),
    ("03.3", {**RIGHT_3, "rid": str(RIGHT_3["rid"]), "flags": None}, 2, {"rights-are-words", "inherit-only-acts-here"}),
    ("03.5", dict.fromkeys(("oi_file", "oi_sub", "ci_file", "ci_sub", "oiciio_file", "here"), "granted"), 3,
     {"every-child-inherits", "inherit-only-acts-here"}),
    ("03.5", dict.fromkeys(("oi_file", "oi_sub", "ci_file", "ci_sub", "oiciio_file", "here"), "refused"), 3,
     {"every-child-inherits", "inherit-only-acts-here"}),
    ("03.6", f"D:P(A;OICI;0x1301bf;;;{TEAM})", 5, ("every-child-inherits",)),
    ("03.6", f"D:P(A;;0x1200ab;;;{TEAM})(A;OICIIO;FA;;;CO)", 4, ("every-child-inherits",)),
    ("03.6", "D:P", 0, None),
    ("03.7", dict.fromkeys(task("03.7").kinds, NAME), 1, ("rights-are-words",)),
    ("03.6", f"D:P(A;OICI;0x1200ab;;;{TEAM})(A;OICIIO;FA;;;CO)(A;OICI;FR;;;WD)", 4, {"every-child-inherits", "groups-are-narrow"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert beliefs is None or set(result.misconceptions) == set(beliefs), str(result)


def test_who_sorts_by_deny_alone_loses_the_rule_of_the_explicit_lines():
    lines = task("03.4").lines
    order = "".join(
        letter
        for start in ("(D;;", "(D;ID", "(A;;", "(A;ID")
        for letter, line in lines.items()
        if start in line
    )
    result = judged(find("03.4"), order)
    assert result.points == 2 and result.misconceptions == ("inheritance-at-check-time",)
