"""Half-right answers to the exercises of lesson 13, by hand."""

import pytest

from tests.exercises.course import in_order, judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

Q1, Q3 = task("13.1"), task("13.3")
Q7 = task("13.7")
FIRST = task("13.2").server


def no_outbound(logons, tickets):
    """Forgets what type 9 logons explain."""
    seen = {(address, user) for address, user, _ in logons}
    return [
        n
        for n, (address, user, cipher) in enumerate(tickets)
        if cipher == "0x17" or (address, user) not in seen
    ]


def only_rc4(logons, tickets):
    return [n for n, ticket in enumerate(tickets) if ticket[2] == "0x17"]


HALF_RIGHT = [
    (
        "13.1",
        {"whoami": Q1.admin, "share": Q1.admin, "child": Q1.user, "explorer": Q1.admin, "file": "granted"},
        1,
        ("netonly-changes-the-token", "whoami-is-the-wire"),
    ),
    ("13.1", {"whoami": Q1.user, "share": Q1.user, "child": None, "explorer": Q1.user, "file": "refused"}, 3,
     ("whoami-is-the-wire",)),
    ("13.2", {"cause": "the password was wrong", "error": "never", "test": "whoami /all"}, 0,
     ("accepted-means-verified", "whoami-is-the-wire")),
    ("13.2", {"cause": "the token is the old one, on purpose",
              "error": None, "test": f"open a share on {FIRST}"}, 2, ()),
    (
        "13.3",
        {"here": Q3.event["TargetOutboundUserName"], "wire": Q3.event["TargetUserName"],
         "follow": Q3.event["SubjectLogonId"], "verdict": "an attack"},
        0,
        ("netonly-changes-the-token", "whoami-is-the-wire", "one-event-is-a-verdict"),
    ),
    ("13.3", {"here": Q3.event["TargetUserName"], "wire": Q3.event["TargetOutboundUserName"],
              "follow": Q3.event["TargetLogonId"], "verdict": "an attack"}, 3, ("one-event-is-a-verdict",)),
    ("13.5", dict.fromkeys("ABCD", "new credentials"), 1, ("one-event-is-a-verdict",)),
    ("13.5", dict.fromkeys("ABCD", "the person"), 1, ("the-log-sees-all",)),
    ("13.6", no_outbound, 4, ("one-event-is-a-verdict",)),
    ("13.6", only_rc4, 2, ("one-event-is-a-verdict", "the-log-sees-all")),
    ("13.6", lambda logons, tickets: [], 1, ("one-event-is-a-verdict", "the-log-sees-all")),
    ("13.7", {"speaks": "lsass.exe", "whoami": Q7.people[0], "share": Q7.people[0],
              "explorer": Q7.people[1] if Q7.own else Q7.people[0],
              "trace": "nothing" if Q7.own else "a 4624 of type 9"}, 3, ("the-log-sees-all", "whoami-is-the-wire")),
    ("13.7", {"speaks": Q7.tool, "whoami": Q7.people[1], "share": Q7.people[1],
              "explorer": Q7.people[0] if Q7.own else Q7.people[1], "trace": "a 4624 of type 3"}, 2,
     ("netonly-changes-the-token", "tickets-are-bound", "the-log-sees-all")),
]  # fmt: skip


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert result.misconceptions == beliefs, str(result)


def test_who_lets_the_controller_check_first_loses_that_rule():
    words = ("types", "4768", "type 9", "4769", "type 3", "opens the file")
    order = in_order("13.4", words)
    result = judged(find("13.4"), order)
    assert result.points == 3 and result.misconceptions == ("accepted-means-verified",)
