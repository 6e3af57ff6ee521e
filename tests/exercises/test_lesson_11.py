"""Half-right answers to the exercises of lesson 11, by hand."""

import pytest

from tests.exercises.course import judged
from tokenlab.teach import task
from tokenlab.teach.exercises import find

FIRST, SECOND = map(str, task("11.1").visits)
USER, MACHINE, CLIENT = task("11.3").user, task("11.3").machine, task("11.3").client
ANONYMOUS = r"NT AUTHORITY\ANONYMOUS LOGON"
BY = dict(zip(task("11.4").order, "ABC", strict=True))
SID = task("11.6").user


def by_process(thread, process, sessions, machine):
    """Asks the process, whatever the thread carries."""
    held = sessions[process]
    return f"{machine}$" if held == "the machine" else held.rpartition("\\")[2]


def steps_in(thread, process, sessions, machine):
    """Where the thread's session has nothing, the process goes out instead."""
    held = sessions[thread or process] or sessions[process]
    return f"{machine}$" if held == "the machine" else held.rpartition("\\")[2]


def as_system(thread, process, sessions, machine):
    held = sessions[thread or process]
    if held == "the machine":
        return "SYSTEM"
    return held.rpartition("\\")[2] if held else "ANONYMOUS LOGON"


HALF_RIGHT = [
    (
        "11.1",
        {
            "first": "0",
            "second": "0",
            "luid": "that session",
            "token": "the one from the desk",
            "holds": "nothing",
        },
        1,
        {"a-token-can-be-sent"},
    ),
    (
        "11.1",
        {
            "first": FIRST,
            "second": SECOND,
            "luid": "no such session",
            "token": "a new one, made there",
            "holds": "a ticket-granting ticket",
        },
        4,
        {"network-logons-keep-credentials"},
    ),
    (
        "11.3",
        {
            "service": ANONYMOUS,
            "impersonating": MACHINE,
            "reverted": MACHINE,
            "onward": USER,
            "rights": CLIENT,
        },
        2,
        {"system-is-a-network-account", "the-process-goes-out", "network-logons-keep-credentials"},
    ),
    (
        "11.3",
        {
            "service": MACHINE,
            "impersonating": USER,
            "reverted": USER,
            "onward": ANONYMOUS,
            "rights": "the service's own",
        },
        3,
        {"the-process-goes-out", "servers-answer-with-their-own-rights"},
    ),
    (
        "11.4",
        {
            "address": BY["name"],
            "password": BY["name"],
            "kerberos": "the server, during",
            "ntlm": "the server, during",
            "relay": "does not insist on signing",
        },
        2,
        {"a-domain-speaks-kerberos", "network-logons-keep-credentials", "the-server-asks-the-controller"},
    ),
    (
        "11.4",
        {
            "address": BY["address"],
            "password": BY["basic"],
            "kerberos": None,
            "ntlm": "the client, before",
            "relay": "knows the user's LUID",
        },
        2,
        {"the-server-asks-the-controller", "a-token-can-be-sent"},
    ),
    ("11.5", by_process, 2, {"the-process-goes-out", "network-logons-keep-credentials"}),
    ("11.5", steps_in, 4, {"network-logons-keep-credentials"}),
    ("11.5", as_system, 5, {"system-is-a-network-account"}),
    ("11.5", lambda *_: "ANONYMOUS LOGON", 2, None),
    ("11.6", f"D:(A;;0x7;;;{SID})", 4, {"a-user-is-the-same-token-everywhere"}),
    ("11.6", "D:(D;;0x6;;;NU)(A;;0x7;;;BU)", 4, {"servers-answer-with-their-own-rights"}),
    ("11.6", "D:(A;;FA;;;SY)", 0, None),
    ("11.6", f"D:(A;;0x7;;;{SID})(D;;0x6;;;NU)", 4, {"a-user-is-the-same-token-everywhere"}),
    (
        "11.7",
        {f"visit_{n}": "Kerberos" for n in range(1, 7)},
        2,
        {
            "a-domain-speaks-kerberos",
            "an-alias-is-as-good-as-the-name",
            "the-first-account-with-the-name-counts",
        },
    ),
    ("11.7", {f"visit_{n}": "NTLM" for n in range(1, 7)}, 3, None),
]


@pytest.mark.parametrize(("number", "answer", "points", "beliefs"), HALF_RIGHT)
def test_half_right_answers_get_what_they_should(number, answer, points, beliefs):
    result = judged(find(number), answer)
    assert result.points == points, str(result)
    assert beliefs is None or set(result.misconceptions) == beliefs, str(result)


ORDERS = [
    (("(AS)", "(AP)", "(TGS)", "own key", "makes a logon", "impersonates", "rights decide"), 4,
     "the-server-asks-the-controller"),
    (("(AS)", "(TGS)", "(AP)", "own key", "makes a logon", "rights decide", "impersonates"), 4,
     "servers-answer-with-their-own-rights"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "points", "belief"), ORDERS)
def test_a_wrong_order_keeps_the_points_of_the_rules_it_keeps(words, points, belief):
    lines = task("11.2").lines
    order = "".join(letter for word in words for letter, line in lines.items() if word in line)
    result = judged(find("11.2"), order)
    assert result.points == points and result.misconceptions == (belief,), str(result)
