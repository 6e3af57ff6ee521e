"""Worlds of lesson 13: when the wire says someone else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.network import SmbShare
from tokenlab.system import Process, Refusal
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, Office, attempt, office, players, user_of
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights

NOTES = r"C:\Users\Public\notes.txt"


OPENED = {"granted": "granted: its token is {user}'s", "refused": "refused: its token is {admin}'s"}


def two_names(stream: Stream) -> Names:
    """A window of runas, with /netonly or without, its password right or wrong; and the old shell."""
    here = office(stream)
    shell, sid = here.shell(), here.domain.account(here.user).sid
    shell.create(NOTES, FileRights.READ_DATA, descriptor=f"D:P(A;;FA;;;{sid})")
    net_only, right = stream.pick(((True, True), (True, False), (False, True)))
    password = here.passwords[here.admin] if right else "no such password"
    window = shell.start_with_logon(here.full(here.admin), password, "cmd.exe", net_only=net_only)
    child = window.start("notepad.exe")
    server = stream.pick((here.first, here.second))

    def seen(program: Process) -> str:
        came = here.network.connect(program.thread, SmbShare(server))
        return came.who if came.ok else "nobody: it is refused"

    return here.names | {
        "net_only": net_only,
        "right_password": right,
        "command": f"runas {'/netonly ' if net_only else ''}/user:{here.full(here.admin)} cmd.exe",
        "typed": "right" if right else "wrong",
        "server": server.name,
        "share": rf"\\{server.name}\data",
        "whoami": user_of(window),
        "by_window": seen(window),
        "by_child": seen(child),
        "by_explorer": seen(shell),
        "notes": NOTES,
        "opened": OPENED[attempt(lambda: window.open(NOTES, 0x1))].format(user=here.user, admin=here.admin),
        "machine": rf"{here.name}\{here.desk.name}$",
    }


# Type 9 or not, and is the password right: so often that no report is the usual one.
TRIES = (*((True, True),) * 2, (True, False), *((False, True),) * 3, *((False, False),) * 2)


def does_not_work(stream: Stream) -> Names:
    """A tool that logs on as somebody else, with type 9 or type 2 and a password that is right or wrong."""
    here = office(stream)
    net_only, right = stream.pick(TRIES)
    typed = here.passwords[here.admin] if right else "let me in"
    none = "no program is started"
    told, whoami, seen = "failure: the password was checked", none, none
    try:
        window = here.shell().start_with_logon(here.full(here.admin), typed, "cmd.exe", net_only=net_only)
    except Refusal:
        assert not net_only and not right
    else:
        told = "success: nobody checked the password" if net_only else "success: the password was checked"
        whoami = user_of(window)
        visit = here.network.connect(window.thread, SmbShare(here.first))
        seen = visit.who if visit.ok else "nobody: it is refused"
    return here.names | {
        "net_only": net_only,
        "right_password": right,
        "type": "9 (NewCredentials)" if net_only else "2 (Interactive)",
        "typed": "right" if right else "mistyped",
        "told": told,
        "whoami": whoami,
        "seen": seen,
    }


SHOWN = (
    *(
        "LogonType",
        "LogonProcessName",
        "SubjectUserName",
        "SubjectLogonId",
        "TargetUserName",
        "TargetLogonId",
    ),
    *("TargetOutboundUserName", "TargetOutboundDomainName", "ElevatedToken"),
)


FOLLOWS, REFUTES, OPEN = "it follows from this event", "this event refutes it", "this event leaves it open"
VERDICTS_OF_PEOPLE = ("it was an attack", "it was ordinary work")
USED = ("another machine was reached as {admin}", OPEN, "It tells of a session that is made, not of its use.")
CLAIMS: dict[bool | None, list[tuple[str, str, str]]] = {
    True: [
        ("the password of {admin} was right", OPEN, "A logon of type 9 checks no password."),
        ("the new program has a copy of {user}'s token", FOLLOWS, "Type 9 copies the caller's token."),
        USED,
    ],
    False: [
        ("the password of {admin} was right", FOLLOWS, "A logon of type 2 succeeds with the right one only."),
        ("the new program has a copy of {user}'s token", REFUTES, "Type 2 makes a new token, of the target."),
        USED,
    ],
    None: [
        *(
            (claim, OPEN, "Administrators do this all day: see what came of it.")
            for claim in VERDICTS_OF_PEOPLE
        ),
        ("{user} had no session on {desk} before", REFUTES, "The subject is that session."),
    ],
}


def read_type_9(stream: Stream) -> Names:
    """The 4624 of a window of runas, with /netonly or without."""
    here, net_only = office(stream), stream.pick((True, False))
    here.shell().start_with_logon(
        here.full(here.admin), here.passwords[here.admin], "cmd.exe", net_only=net_only
    )
    event = here.desk.log.events(4624)[-1]
    subject, target = event["SubjectLogonId"], event["TargetLogonId"]
    claim, verdict, why = stream.pick(CLAIMS[net_only] + CLAIMS[None])
    wrong = dict.fromkeys(("it follows from this event", "this event refutes it"), "one-event-is-a-verdict")
    return here.names | {
        "listing": "\n".join(f"{name:26}{event[name]}" for name in SHOWN),
        "event": {name: event[name] for name in SHOWN},
        "acts_as": here.user if net_only else here.admin,
        "ids": stream.shuffled((subject, target, "0x3e7", "0x3e4")),
        "machine": f"{here.desk.name}$",
        "claim": claim.format(**here.names),
        "verdict": verdict,
        "why": why,
        "beliefs": wrong if claim in VERDICTS_OF_PEOPLE else {},
        "subject": subject,
        "target": target,
    }


def from_window_to_server(stream: Stream) -> Names:
    return office(stream).names


# 13.5 ----------------------------------------------------------------------------------------------------
Incident = Callable[[Office], None]


def _netonly(here: Office) -> None:
    window = here.shell().start_with_logon(
        here.full(here.admin), here.passwords[here.admin], "cmd.exe", net_only=True
    )
    here.network.connect(window.thread, SmbShare(here.first))


def _ticket(here: Office) -> None:
    shell, away = here.shell(), here.shell(here.admin, here.second)
    here.network.connect(away.thread, SmbShare(here.second))
    assert shell.token.session is not None and away.token.session is not None
    granting = here.network.tickets(away.token.session).granting
    assert granting is not None
    here.network.inject(shell.token.session, granting)
    here.network.connect(shell.thread, SmbShare(here.first))


def _key(here: Office) -> None:
    shell = here.shell()
    assert shell.token.session is not None
    ticket = here.network.ask_tgt(here.desk, here.admin, here.passwords[here.admin])
    here.network.inject(shell.token.session, ticket)
    here.network.connect(shell.thread, SmbShare(here.first))


def _honest(here: Office) -> None:
    here.network.connect(here.shell(here.admin).thread, SmbShare(here.first))


INCIDENTS: dict[str, tuple[Incident, str]] = {
    "new credentials": (
        _netonly,
        "The desk has a 4624 of type 9 with the borrowed name, then comes AES (0x12).",
    ),
    "a ticket from elsewhere": (
        _ticket,
        "The desk has no logon and asked for no TGT: it shows one that another machine got.",
    ),
    "the key alone": (
        _key,
        "A TGT was asked for from the desk with RC4 (0x17), where its owner never logged on.",
    ),
    "the person": (_honest, "The desk has the person's own interactive logon, type 2, and AES tickets."),
}
KEPT = {
    4624: ("LogonType", "TargetUserName", "TargetOutboundUserName"),
    4768: ("TargetUserName", "TicketEncryptionType", "IpAddress"),
    4769: ("TargetUserName", "ServiceName", "IpAddress"),
}


def _trace(here: Office, incident: Incident) -> list[str]:
    """The events of the desk and the controller that name the administrator or a logon of a person."""
    machines = (here.desk, here.controller)
    marks = [len(machine.log) for machine in machines]
    incident(here)
    lines = []
    for machine, mark in zip(machines, marks, strict=True):
        for event in machine.log.since(mark):
            number = int(event["EventID"])
            user = str(event.get("TargetUserName", "")).partition("@")[0]
            if number in KEPT and here.admin in (user, event.get("TargetOutboundUserName")):
                told = ", ".join(f"{name} {event[name]}" for name in KEPT[number] if event[name] != "-")
                lines.append(f"{machine.name:12} {number}  {told}")
    return lines


def what_was_borrowed(stream: Stream) -> Names:
    """Four mornings with the same people: what the desk and the controller wrote of the administrator."""
    cast = players(stream)
    here = office(cast)
    kinds = stream.shuffled(tuple(INCIDENTS))
    incidents = {
        letter: _trace(office(cast), INCIDENTS[kind][0]) for letter, kind in zip("ABCD", kinds, strict=True)
    }
    return here.names | {
        "desk_address": here.network.address(here.desk),
        "second_address": here.network.address(here.second),
        "incidents": incidents,
        "shown": "\n\n".join(
            f"**{letter}**\n\n```\n" + "\n".join(lines) + "\n```" for letter, lines in incidents.items()
        ),
        "mornings": {
            letter: {
                "letter": letter,
                "kind": kind,
                "trace": INCIDENTS[kind][1],
                "wrong": WRONG.get(kind, {}),
            }
            for letter, kind in zip("ABCD", kinds, strict=True)
        },
    }


WRONG = {
    "a ticket from elsewhere": {"the person": "the-log-sees-all", "the key alone": "tickets-are-bound"},
    "the key alone": {"the person": "the-log-sees-all"},
    "the person": {"new credentials": "one-event-is-a-verdict"},
}


# 13.6 ----------------------------------------------------------------------------------------------------
def a_rule(stream: Stream) -> Names:
    groups = ("at home", "type 9", "stranger", "RC4")
    return {"cases": [_rule_case(stream, group) for group in groups for _ in range(5)]}


def _explained(logons: list[Plain]) -> set[tuple[str, str]]:
    """Addresses with the names that a logon there explains."""
    return {(str(at), str(name)) for at, user, out in logons for name in (user, out)}  # type: ignore[misc, str-unpack]


def _pairs(stream: Stream, group: str, inside: list[tuple[str, str]], outside: list[tuple[str, str]]) -> Any:
    """Who asks for a ticket from where."""
    pairs = stream.picks(inside, 2)
    return stream.shuffled([*pairs, *stream.picks(outside, 2)]) if group in ("stranger", "type 9") else pairs


def _tickets(
    pairs: Any, weak: int | None, explained: set[tuple[str, str]]
) -> tuple[list[Plain], list[Plain]]:
    """The tickets, one of them with RC4 perhaps; and the places of those to look at."""
    tickets: list[Plain] = [[*pair, "0x17" if n == weak else "0x12"] for n, pair in enumerate(pairs)]
    return tickets, [n for n, pair in enumerate(pairs) if n == weak or pair not in explained]


def _rule_case(stream: Stream, group: str) -> FunctionCall:
    people = [one.name for one in stream.people(4)]
    addresses = [f"10.0.0.{number}" for number in stream.picks(range(2, 60), 3)]
    logons: list[Plain] = [[stream.pick(addresses), stream.pick(people), ""] for _ in range(4)]
    if group == "type 9":
        logons += [[address, stream.pick(people), stream.pick(people)] for address in addresses]
    explained = _explained(logons)
    inside = sorted(pair for pair in explained if pair[1])
    outside = [(at, name) for at in addresses for name in people if (at, name) not in explained]
    pairs = _pairs(stream, group, inside, outside)
    weak = stream.number(0, len(pairs) - 1) if group == "RC4" else None
    tickets, odd = _tickets(pairs, weak, explained)
    return FunctionCall((logons, tickets), odd, group)


def session_to_spare(stream: Stream) -> Names:
    """A tool brings a key, and puts its ticket into its own session or into a new one."""
    here = office(stream)
    own, log = stream.pick((True, False)), here.desk.install_sysmon()
    shell = here.shell()
    tool = shell.start(stream.pick(("asktgt.exe", "tickets.exe", "getkey.exe")))
    ticket = here.network.ask_tgt(here.desk, here.admin, here.passwords[here.admin], by=tool)
    window = shell if own else shell.start_with_logon("NOWHERE\\nobody", "x", "cmd.exe", net_only=True)
    assert window.token.session is not None
    here.network.inject(window.token.session, ticket)
    mail = here.network.connect(shell.thread, SmbShare(here.second)).who
    seen = here.network.connect(window.thread, SmbShare(here.first)).who
    flow = next(flow for flow in log.events(3) if flow["DestinationPort"] == "88")
    where = (
        f"into the session of `{here.user}` itself"
        if own
        else "into a new session of type 9, made with the name `NOWHERE\\nobody` and a made-up password"
    )
    return here.names | {
        "own": own,
        "tool": tool.name,
        "people": (here.full(here.user), here.full(here.admin)),
        "where": where,
        "speaker": str(flow["Image"]).rpartition("\\")[2],
        "whoami": user_of(window),
        "by_window": seen,
        "by_explorer": mail,
        "trace": "a 4624 of type 9" if here.desk.log.where(4624, LogonType="9") else "nothing",
    }
