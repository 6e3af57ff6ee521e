"""Exercises of lesson 13: when the wire says someone else."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.network import SmbShare
from tokenlab.system import Process
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import (
    Before,
    Case,
    Choice,
    Kind,
    Task,
    arrange,
    choose,
    exercise,
    implement,
    instead,
)
from tokenlab.teach.exercises.scenes import Office, attempt, office, players
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream

WHOAMI_IS_THE_WIRE = Misconception(
    "whoami-is-the-wire",
    "whoami tells who one is on the wire.",
    "whoami reads the token; the wire shows the credentials of the session behind it.",
    "BishopFox/sliver#983",
)
TOKEN_IS_NEW = Misconception(
    "netonly-changes-the-token",
    "New credentials make one somebody else on this machine too.",
    "The token is a copy of the caller's: every access check here says what it said before.",
    "BishopFox/sliver#983",
)
ACCEPTED_IS_VERIFIED = Misconception(
    "accepted-means-verified",
    "Accepted means verified.",
    "New credentials are for elsewhere: nobody can check them here, so nobody does.",
    "mattjohnsonpint/SimpleImpersonation#47",
)
ONE_EVENT = Misconception(
    "one-event-is-a-verdict",
    "One event is a verdict.",
    "A type 9 logon is what tools and administrators do all day; what follows elsewhere tells them apart.",
    "UnitOneAI/SecuritySkills#842",
)
LOG_SEES_ALL = Misconception(
    "the-log-sees-all",
    "Whatever changes who one is leaves an event on the machine.",
    "A ticket put into a session changes no token and writes no event there; the controller has the trace.",
    "lesson 13",
)
TICKETS_ARE_BOUND = Misconception(
    "tickets-are-bound",
    "A ticket works only on the machine it was given to.",
    "Whoever holds a ticket and its key can use it; nothing in it names a machine.",
    "lesson 13",
)


@exercise("13.1", "Two names for one window", Kind.PREDICT, minutes=5, points=5, aims=(1,), rows=(7, 46))
def two_names(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    window = shell.start_with_logon(
        here.full(here.admin), here.passwords[here.admin], "cmd.exe", net_only=True
    )
    child = window.start("notepad.exe")
    server = stream.pick((here.first, here.second))
    found = {
        "whoami": window.token.context.name_of(window.token.context.user),
        "share": here.network.connect(window.thread, SmbShare(server)).who,
        "child": here.network.connect(child.thread, SmbShare(server)).who,
        "explorer": here.network.connect(shell.thread, SmbShare(server)).who,
    }
    people = (here.full(here.user), here.full(here.admin))
    asked = {
        "whoami": (f"{here.user} types whoami in the new window", TOKEN_IS_NEW, "The token was copied."),
        "share": (
            rf"from that window, `\\{server.name}\data`: whom does {server.name} see",
            WHOAMI_IS_THE_WIRE,
            "The window's session holds the name and password that were typed.",
        ),
        "child": (
            "a program started from that window opens the share: whom does the server see",
            WHOAMI_IS_THE_WIRE,
            "A child's token is a copy, and points to the same session.",
        ),
        "explorer": (
            "the old explorer.exe opens the share: whom does the server see",
            WHOAMI_IS_THE_WIRE,
            "Its session is the one of the logon at the desk: nothing was put into that.",
        ),
    }
    choices = [
        Choice(
            name,
            prompt,
            people,
            found[name],
            f"{found[name]}. {says}",
            dict.fromkeys(set(people) - {found[name]}, belief),
        )
        for name, (prompt, belief, says) in asked.items()
    ]
    choices.append(_local_file(window, here))
    question = (
        f"`{here.full(here.user)}`, a plain user, sits at `{here.desk.name}` and runs\n\n"
        f"```\nrunas /netonly /user:{here.full(here.admin)} cmd.exe\n```\n\nwith the right password of "
        f"{here.admin}, a domain administrator. Who is who?"
    )
    return choose(
        question,
        choices,
        hints=(
            "Ask twice: what does the token say, and what lies in the session it points to?",
            "A copy of a token points to the session of the original.",
        ),
        difficulty={"asked": len(choices)},
        given={"user": people[0], "admin": people[1]},
    )


def _local_file(window: Process, here: Office) -> Choice:
    """The one question about an access check on the desk."""
    sam = r"C:\Windows\System32\config\SAM"
    right = attempt(lambda: window.open(sam, 0x1))
    return Choice(
        "file",
        f"that window opens `{sam}` on the desk, which Administrators may read",
        ("granted", "refused"),
        right,
        f"{right}: {here.desk.name} asks the token, and in it {here.user} is no administrator.",
        {"granted": TOKEN_IS_NEW},
    )


@exercise(
    "13.2",
    "It does not work",
    Kind.DIAGNOSE,
    minutes=5,
    points=3,
    aims=(2,),
    rows=(7, 46),
    cases=("BishopFox/sliver#983", "mattjohnsonpint/SimpleImpersonation#47"),
)
def does_not_work(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    typed = stream.pick(("no such password", "hunter two", "let me in"))
    window = shell.start_with_logon(here.full(here.admin), typed, "cmd.exe", net_only=True)
    visit = here.network.connect(window.thread, SmbShare(here.first))
    assert visit.refusal is not None
    cause = "the token is the old one, on purpose"
    where = ("at the logon, on " + here.desk.name, "when the share is opened", "never")
    return choose(
        f"A tool at `{here.desk.name}` made `{here.user}` a token with new credentials: `{here.full(here.admin)}`, and a "
        f"password that somebody mistyped as *{typed}*. The tool reports success. whoami still prints "
        f"`{here.full(here.user)}`. *It does not work,* writes {here.user}.",
        [
            Choice(
                "cause",
                "why does whoami print the old name",
                (cause, "the password was wrong", "the tool is broken"),
                cause,
                f"New credentials change the session, not the token: whoami prints {here.full(here.user)} even with "
                "the right password.",
                {"the password was wrong": ACCEPTED_IS_VERIFIED, "the tool is broken": WHOAMI_IS_THE_WIRE},
            ),
            Choice(
                "error",
                "when does the wrong password show",
                where,
                where[1],
                f"{visit.refusal}: the wire is where it is used for the first time.",
                {where[0]: ACCEPTED_IS_VERIFIED, where[2]: ACCEPTED_IS_VERIFIED},
            ),
            Choice(
                "test",
                "what tells whether it works",
                ("whoami /all", f"open a file on {here.desk.name}", f"open a share on {here.first.name}"),
                f"open a share on {here.first.name}",
                "Only the wire uses what was typed; that is where to look.",
                {"whoami /all": WHOAMI_IS_THE_WIRE, f"open a file on {here.desk.name}": TOKEN_IS_NEW},
            ),
        ],
        hints=(
            "What did the tool change: the token, or the session behind it?",
            "Who could check a password that is meant for elsewhere?",
        ),
        difficulty={"causes": 3},
        given={"server": here.first.name},
    )


@exercise(
    "13.3",
    "Read a 4624 of type 9",
    Kind.READ,
    minutes=5,
    points=4,
    aims=(1, 3),
    rows=(51, 53),
    cases=("UnitOneAI/SecuritySkills#842",),
)
def read_type_9(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    shell.start_with_logon(here.full(here.admin), here.passwords[here.admin], "cmd.exe", net_only=True)
    event = here.desk.log.events(4624)[-1]
    shown = (
        "LogonType",
        "LogonProcessName",
        "SubjectUserName",
        "SubjectLogonId",
        "TargetUserName",
        "TargetLogonId",
        "TargetOutboundUserName",
        "TargetOutboundDomainName",
        "ElevatedToken",
    )
    listing = "\n".join(f"{name:26}{event[name]}" for name in shown)
    people = (here.user, here.admin, "nobody that is known")
    ids = tuple(stream.shuffled((event["SubjectLogonId"], event["TargetLogonId"])))
    verdicts = ("an attack", "a mistake in the log", "not decided by this event")
    return choose(
        f"From the Security log of `{here.desk.name}`, event 4624:\n\n```\n{listing}\n```",
        [
            Choice(
                "here",
                "as whom does the new program act on this machine",
                people,
                here.user,
                "TargetUserName: the token is a copy of the caller's.",
                {here.admin: TOKEN_IS_NEW},
            ),
            Choice(
                "wire",
                "as whom does it go out",
                people,
                here.admin,
                "TargetOutboundUserName: the name in the session's credentials.",
                {here.user: WHOAMI_IS_THE_WIRE},
            ),
            Choice(
                "follow",
                "which logon id do you look for in the events of the new program",
                ids,
                event["TargetLogonId"],
                "The new session is the target; the subject is the session that asked for it.",
                {event["SubjectLogonId"]: ONE_EVENT},
            ),
            Choice(
                "verdict",
                "what is it",
                verdicts,
                verdicts[2],
                "Administrators do this all day. Look at who was borrowed, and at what came of it on other machines.",
                {verdicts[0]: ONE_EVENT, verdicts[1]: TOKEN_IS_NEW},
            ),
        ],
        hints=(
            "Subject asked for it, Target is what was made.",
            "One field names what other machines will see.",
        ),
        difficulty={"fields": len(shown)},
        given={"event": {name: event[name] for name in shown}},
    )


@exercise("13.4", "From the window to the server", Kind.ORDER, minutes=5, points=4, aims=(1, 3), rows=(7, 53))
def from_window_to_server(stream: Stream) -> Task:
    here = office(stream)
    lines = [
        f"{here.user} types `runas /netonly` with the name {here.admin}",
        f"{here.desk.name} writes 4624 of type 9; the new program has a copy of {here.user}'s token",
        f"{here.controller.name} writes 4768: a ticket-granting ticket for {here.admin}",
        f"{here.controller.name} writes 4769: a ticket to {here.first.name}",
        f"{here.first.name} writes 4624 of type 3 for {here.admin}",
        f"a thread on {here.first.name} opens the file as {here.admin}",
    ]
    return arrange(
        f"{here.user} opens a share of `{here.first.name}` from a window of `runas /netonly`. The password is right. "
        "Put into order what happens.",
        lines,
        [
            Before(
                1,
                2,
                "the controller hears of it only when the wire is used, after the new session was made",
                ACCEPTED_IS_VERIFIED,
            ),
            Before(2, 3, "with the ticket-granting ticket one asks for the ticket to a service"),
            Before(3, 4, "the server makes its session from the ticket it is shown"),
            Before(4, 5, "only a token of the server's own can open files there"),
        ],
        stream,
        hints=(
            "Nobody checks the password before it is used.",
            "Kerberos: first the TGT, then the ticket, then the visit.",
        ),
        difficulty={},
    )


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
    here.network.inject(
        shell.token.session, here.network.ask_tgt(here.desk, here.admin, here.passwords[here.admin])
    )
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
            named = {
                str(event.get("TargetUserName", "")).partition("@")[0],
                event.get("TargetOutboundUserName"),
            }
            if number in (4624, 4768, 4769) and here.admin in named:
                told = ", ".join(f"{name} {event[name]}" for name in KEPT[number] if event[name] != "-")
                lines.append(f"{machine.name:12} {number}  {told}")
    return lines


@exercise(
    "13.5",
    "What was borrowed?",
    Kind.DIAGNOSE,
    minutes=10,
    points=4,
    aims=(2, 3),
    rows=(46, 53),
    cases=("UnitOneAI/SecuritySkills#842",),
)
def what_was_borrowed(stream: Stream) -> Task:
    cast = players(stream)
    here = office(cast)
    kinds = stream.shuffled(tuple(INCIDENTS))
    options = tuple(INCIDENTS)
    blocks, choices = [], []
    incidents: dict[str, list[str]] = {}
    for letter, kind in zip("ABCD", kinds, strict=True):
        world = office(cast)
        lines = _trace(world, INCIDENTS[kind][0])
        incidents[letter] = lines
        blocks.append(f"**{letter}**\n\n```\n" + "\n".join(lines) + "\n```")
        wrong = dict.fromkeys(options, ONE_EVENT) | {"the person": LOG_SEES_ALL}
        if kind == "a ticket from elsewhere":
            wrong["the key alone"] = TICKETS_ARE_BOUND
        wrong.pop(kind)
        choices.append(
            Choice(letter, f"incident {letter}", options, kind, f"{kind}. {INCIDENTS[kind][1]}", wrong)
        )
    desk, elsewhere = (here.network.address(machine) for machine in (here.desk, here.second))
    return choose(
        f"Four mornings at `{here.desk.name}` (`{desk}`), where `{here.user}` works; `{here.second.name}` is `{elsewhere}`. "
        f"Below is every event of the desk and of the controller `{here.controller.name}` that names `{here.admin}`. What "
        "went out over the wire each time?\n\n" + "\n\n".join(blocks),
        choices,
        hints=(
            "Look for a logon at the desk first: of type 2, of type 9, or none at all.",
            "From which address was the TGT asked for, and with which encryption?",
            "0x12 is AES, 0x17 is RC4, whose key is the NT hash.",
        ),
        difficulty={"incidents": len(kinds)},
        given={"incidents": incidents},
    )


@exercise(
    "13.6",
    "A rule that lets administrators work",
    Kind.IMPLEMENT,
    minutes=15,
    points=6,
    aims=(2, 3),
    rows=(53,),
    cases=("UnitOneAI/SecuritySkills#842",),
)
def a_rule(stream: Stream) -> Task:
    groups = {
        "at home": (1, "A ticket for somebody who logged on at that address is no news.", None),
        "type 9": (2, "The outbound name of a type 9 logon explains a ticket from there.", ONE_EVENT),
        "stranger": (
            2,
            "A ticket from an address where its owner never logged on is the trace.",
            LOG_SEES_ALL,
        ),
        "RC4": (1, "RC4 (0x17) is told wherever it comes from.", None),
    }
    cases = [case for group in groups for case in (_rule_case(stream, group) for _ in range(5))]
    question = (
        "Write a function `odd(logons, tickets)` that gives the indexes of the tickets to look at, as a list from low to "
        "high.\n\n"
        "* `logons`: lines `[address, user, outbound]` from events 4624 of types 2, 9 and 10 of all machines; `outbound` is "
        "`''` where there is none\n"
        "* `tickets`: lines `[address, user, encryption]` from events 4768 and 4769\n\n"
        "Look at a ticket if its encryption is `'0x17'`, or if at its address nobody logged on by that name, neither as the "
        "user nor as the outbound name."
    )
    return implement(
        question,
        cases,
        groups,
        hints=(
            "First collect the pairs of address and name that are explained.",
            "A logon explains two names at its address: the user and the outbound one.",
        ),
        difficulty={},
    )


def _rule_case(stream: Stream, group: str) -> Case:
    people = [one.name for one in stream.people(4)]
    addresses = [f"10.0.0.{number}" for number in stream.picks(range(2, 60), 3)]
    logons: list[Plain] = [[stream.pick(addresses), stream.pick(people), ""] for _ in range(4)]
    if group == "type 9":
        logons += [[address, stream.pick(people), stream.pick(people)] for address in addresses]
    explained = {(str(at), str(name)) for at, user, out in logons for name in (user, out)}  # type: ignore[misc, str-unpack]
    inside = sorted(pair for pair in explained if pair[1])
    outside = [(at, name) for at in addresses for name in people if (at, name) not in explained]
    pairs = stream.picks(inside, 2)
    if group in ("stranger", "type 9"):
        pairs = stream.shuffled([*pairs, *stream.picks(outside, 2)])
    ciphers = ["0x12"] * len(pairs)
    if group == "RC4":
        ciphers[stream.number(0, len(pairs) - 1)] = "0x17"
    tickets: list[Plain] = [[at, name, cipher] for (at, name), cipher in zip(pairs, ciphers, strict=True)]
    expected: list[Plain] = [
        place
        for place, (pair, cipher) in enumerate(zip(pairs, ciphers, strict=True))
        if cipher == "0x17" or pair not in explained
    ]
    return Case((logons, tickets), expected, group)


@exercise("13.7", "A session to spare", Kind.PREDICT, minutes=6, points=5, aims=(1, 3), rows=(46, 53))
def session_to_spare(stream: Stream) -> Task:
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
    whoami = window.token.context.name_of(window.token.context.user)
    speakers = [
        str(flow["Image"]).rpartition("\\")[2] for flow in log.events(3) if flow["DestinationPort"] == "88"
    ]
    traces = ("nothing", "a 4624 of type 9", "a 4624 of type 3")
    trace = traces[1] if here.desk.log.where(4624, LogonType="9") else traces[0]
    people, programs = (here.full(here.user), here.full(here.admin)), ("lsass.exe", tool.name, "explorer.exe")
    where = (
        f"into the session of `{here.user}` itself"
        if own
        else "into a new session of type 9, made with the name `NOWHERE\\nobody` and a made-up password"
    )
    return choose(
        f"`{tool.name}`, started by `{here.full(here.user)}` at `{here.desk.name}`, has the key of `{here.full(here.admin)}`. It asks the controller for a ticket-granting ticket, and puts it {where}. "
        f"From that session a share of `{here.first.name}` is opened; from explorer.exe, as ever, one of `{here.second.name}`.",
        [
            Choice(
                "speaks",
                "which program asks the controller for that ticket",
                programs,
                speakers[0],
                "Programs ask LSA, and lsass.exe speaks for all; who brings a key of its own has to speak itself.",
                instead(programs, speakers[0], LOG_SEES_ALL),
            ),
            Choice(
                "whoami",
                "whoami in that session",
                people,
                whoami,
                "No token was touched.",
                instead(people, whoami, TOKEN_IS_NEW),
            ),
            Choice(
                "share",
                f"whom `{here.first.name}` sees",
                people,
                seen,
                "Kerberos shows the ticket that lies in the session.",
                instead(people, seen, WHOAMI_IS_THE_WIRE),
            ),
            Choice(
                "explorer",
                f"whom `{here.second.name}` sees",
                people,
                mail,
                "A session has one ticket-granting ticket: what explorer.exe shows is what lies in its own session.",
                instead(people, mail, TICKETS_ARE_BOUND),
            ),
            Choice(
                "trace",
                f"what the Security log of `{here.desk.name}` has of the putting-in",
                traces,
                trace,
                "A ticket that is put into a session writes nothing; a session that is made for it is a logon of type 9.",
                instead(traces, trace, LOG_SEES_ALL),
            ),
        ],
        hints=(
            "Whose session is it that the ticket lies in now, and what else goes out from there?",
            "A ticket is no logon; a new session is one.",
        ),
        difficulty={"programs": len(programs)},
        given={"own": own, "tool": tool.name, "people": people},
    )
