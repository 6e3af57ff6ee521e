"""Exercises of lesson 14: what the log sees, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.network import SmbShare
from tokenlab.system import LogonType, Machine, Token
from tokenlab.system.handle_kinds import FileHandle
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
from tokenlab.teach.exercises.lesson_13 import LOG_SEES_ALL, ONE_EVENT
from tokenlab.teach.exercises.scenes import Office, office
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import Event, Events, FileRights
from tokenlab.worlds.labelled_log import Chronicle

SUBJECT_CAME = Misconception(
    "subject-is-who-came",
    "Subject is who logged on.",
    "Subject asked for the logon, Target came; the number to follow is TargetLogonId.",
    "lesson 14",
)
NAME_TELLS_HOW = Misconception(
    "the-name-tells-how",
    "The user's name tells how somebody came.",
    "LogonType tells how; the same user comes in many ways.",
    "lesson 14",
)
ONE_NUMBER_EVERYWHERE = Misconception(
    "a-logon-id-is-the-same-everywhere",
    "A logon id is the same everywhere.",
    "Each machine counts its own: the same number elsewhere is another session.",
    "lesson 14",
)
SAME_USER = Misconception(
    "same-user-same-session",
    "Events of the same user belong together.",
    "A user has many sessions; what ties events of one machine is the logon id.",
    "lesson 14",
)
LEAVES_NOTHING = Misconception(
    "what-is-done-with-tokens-leaves-nothing",
    "What is done with tokens leaves nothing in the log.",
    "Wearing one leaves nothing; a new logon, a new process or an audited file does.",
    "lesson 14",
)
FINDS_ALL = Misconception(
    "finding-all-is-enough",
    "A rule that finds all attacks is a good rule.",
    "Ask too what else it fires for: a rule that fires for everything finds everything.",
    "lesson 14, three questions",
)
NO_CHILD_NO_LOGON = Misconception(
    "new-credentials-start-a-program",
    "A logon of type 9 is always followed by a new program.",
    "Only runas and its like start one; a program that calls LogonUser itself wears the token on a thread.",
    "lesson 14",
)
SVCHOST = r"C:\Windows\System32\svchost.exe"
RUNAS = r"C:\Windows\System32\runas.exe"


def _listing(event: Event, *fields: str) -> str:
    return "\n".join(f"{name:24}{event[name]}" for name in fields)


@exercise("14.1", "How did they come?", Kind.READ, minutes=5, points=6, aims=(1,), rows=(51, 53))
def how_did_they_come(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    here.network.connect(shell.thread, SmbShare(here.first))
    shell.start_with_logon(here.full(here.admin), here.passwords[here.admin], "cmd.exe", net_only=True)
    here.first.run_task("report.exe", here.full(here.admin), here.passwords[here.admin])
    kinds = {
        "2": ("at the machine", here.desk),
        "3": ("over the network", here.first),
        "4": ("as a scheduled task", here.first),
        "9": ("with new credentials", here.desk),
    }
    ways = (*(way for way, _ in kinds.values()), "as a service", "by remote desktop")
    order = stream.shuffled(tuple(kinds))
    shown, choices = [], []
    ids: dict[str, Event] = {}
    for letter, kind in zip("ABCD", order, strict=True):
        way, machine = kinds[kind]
        event = machine.log.where(4624, LogonType=kind)[-1]
        ids[letter] = event
        fields = ("SubjectUserName", "SubjectLogonId", "TargetUserName", "TargetLogonId", "LogonType")
        shown.append(f"**{letter}**, on `{machine.name}`\n\n```\n{_listing(event, *fields)}\n```")
        choices.append(
            Choice(
                letter,
                f"how did {letter}'s user come",
                ways,
                way,
                f"Type {kind}: {way}.",
                instead(ways, way, NAME_TELLS_HOW),
            )
        )
    nine = ids["ABCD"[order.index("9")]]
    task = ids["ABCD"[order.index("4")]]
    numbers = tuple(stream.shuffled((nine["SubjectLogonId"], nine["TargetLogonId"])))
    choices += [
        Choice(
            "follow",
            "somebody starts programs in the session that the logon of type 9 made; which logon id do they carry",
            numbers,
            nine["TargetLogonId"],
            "The session that was made is the Target's.",
            {nine["SubjectLogonId"]: SUBJECT_CAME},
        ),
        Choice(
            "asked",
            "who asked for the logon of type 4",
            (task["SubjectUserName"], task["TargetUserName"]),
            task["SubjectUserName"],
            "Subject: the machine's own account, for the Task Scheduler is a part of Windows.",
            {task["TargetUserName"]: SUBJECT_CAME},
        ),
    ]
    return choose(
        f"Four events 4624, from `{here.desk.name}` and `{here.first.name}`.\n\n" + "\n\n".join(shown),
        choices,
        hints=("One field says how: LogonType.", "Subject asked, Target came."),
        difficulty={"events": 4},
        given={"events": ids},
    )


@exercise("14.2", "Which belong together?", Kind.READ, minutes=5, points=4, aims=(1,), rows=(53,))
def which_belong_together(stream: Stream) -> Task:
    here = office(stream)
    for _ in range(stream.number(0, 5)):  # everybody's numbers are other ones
        here.desk.luids.next()
    shell = here.shell()
    program = stream.pick(("notepad.exe", "calc.exe", "mspaint.exe"))
    shell.start(program)
    window = shell.start_with_logon(
        here.full(here.admin), here.passwords[here.admin], "cmd.exe", net_only=True
    )
    window.start("ping.exe")
    logon = here.desk.log.where(4624, LogonType="2")[-1]
    luid = str(logon["TargetLogonId"])
    while here.first.luids.next() + 1 < int(luid, 16):
        pass
    here.network.connect(shell.thread, SmbShare(here.first))
    assert here.first.log.where(5140)[-1]["SubjectLogonId"] == luid
    starts = {str(event["NewProcessName"]).rpartition("\\")[2]: event for event in here.desk.log.where(4688)}
    lines = [
        (starts[program], SUBJECT_CAME, "It carries the session's logon id as Subject."),
        (
            starts["userinit.exe"],
            SUBJECT_CAME,
            "SYSTEM did it, but its Target is this session: Windows started it for the user.",
        ),
        (starts["ping.exe"], SAME_USER, "The same user, but another logon id: the session of type 9."),
        (
            here.first.log.where(5140)[-1],
            ONE_NUMBER_EVERYWHERE,
            f"The number is the same; but it was counted by {here.first.name}, and is another session there.",
        ),
    ]
    belong = Events([*here.desk.log, *here.first.log]).follow(luid, here.desk.name)
    options = ("that session", "another session")
    shown, choices, events = [], [], {}
    for letter, (event, belief, says) in zip("ABCD", stream.shuffled(lines), strict=True):
        right = options[0] if event in belong else options[1]
        name = "ShareName" if event["EventID"] == 5140 else "NewProcessName"
        fields = [one for one in ("SubjectUserName", "SubjectLogonId", name, "TargetLogonId") if one in event]
        machine = str(event["Hostname"]).partition(".")[0]
        shown.append(
            f"**{letter}**: {event['EventID']} on `{machine}`\n\n```\n{_listing(event, *fields)}\n```"
        )
        choices.append(
            Choice(letter, f"event {letter}", options, right, says, instead(options, right, belief))
        )
        events[letter] = event
    return choose(
        f"`{here.user}` logged on at `{here.desk.name}`; the 4624 has the TargetLogonId `{luid}`. Which of these events "
        "tell of that session?\n\n" + "\n\n".join(shown),
        choices,
        hints=("First the machine, then the number.", "An event may name a session as Subject or as Target."),
        difficulty={"belonging": sum(choice.right == options[0] for choice in choices)},
        given={"events": events, "logon_id": luid, "machine": here.desk.name},
    )


Deed = Callable[[Office], None]
WATCHED = r"C:\Users\Public\watched.txt"


def _wear(here: Office) -> None:
    service = here.desk.process("spoolsv.exe")
    service.impersonate(_admin_token(here))
    service.revert()


def _duplicate(here: Office) -> None:
    _admin_token(here).duplicate()


def _inject(here: Office) -> None:
    session = here.desk.process("explorer.exe").token.session
    assert session is not None
    here.network.inject(session, here.network.ask_tgt(here.first, here.admin, here.passwords[here.admin]))


def _read_unwatched(here: Office) -> None:
    _read(here, r"C:\Windows\System32\drivers\etc\hosts")


def _start(here: Office) -> None:
    here.desk.process("spoolsv.exe").start_as_user(_admin_token(here), "cmd.exe")


def _netonly(here: Office) -> None:
    here.desk.process("explorer.exe").start_with_logon(here.full(here.admin), "x", "cmd.exe", net_only=True)


def _by_itself(here: Office) -> None:
    program = here.desk.process("explorer.exe")
    program.impersonate(program.log_on(here.full(here.admin), "x", LogonType.NEW_CREDENTIALS))
    program.revert()


def _read_watched(here: Office) -> None:
    _read(here, WATCHED)


def _read(here: Office, path: str) -> None:
    handle = here.desk.process("explorer.exe").open(path, FileRights.READ_DATA)
    assert isinstance(handle, FileHandle)
    handle.read()


def _admin_token(here: Office) -> Token:
    found = [one for one in here.desk.processes if one.name == "explorer.exe"]
    return found[-1].token


UNSEEN: dict[str, tuple[str, Deed, str]] = {
    "worn": (
        "a service wears {admin}'s token on a thread, and takes it off",
        _wear,
        "Impersonation has no event.",
    ),
    "copied": ("a service duplicates {admin}'s token", _duplicate, "Duplicating a token has no event."),
    "ticket": (
        "a ticket of {admin} that was got elsewhere is put into {user}'s session",
        _inject,
        "A cache of tickets changes; the log does not.",
    ),
    "read": (
        "{user} reads a file whose SACL asks for nothing",
        _read_unwatched,
        "Without an audit entry there is no 4656 and no 4663.",
    ),
}
SEEN: dict[str, tuple[str, Deed, str]] = {
    "started": (
        "a service starts a program with {admin}'s token",
        _start,
        "4688, whose Target is {admin}, with {admin}'s old logon id.",
    ),
    "netonly": (
        "{user} borrows {admin}'s name by runas /netonly, with a wrong password",
        _netonly,
        "4624 of type 9, and the 4688 of the program: nobody checks the password here.",
    ),
    "itself": (
        "{user}'s program calls LogonUser for {admin} with new credentials, and one of its threads carries the token",
        _by_itself,
        "4624 of type 9 by Advapi: a new logon, although no program starts.",
    ),
    "watched": (
        "{user} reads a file whose SACL asks for successful reading by Everyone",
        _read_watched,
        "4656 and 4663: the audit entry asks for them.",
    ),
}


@exercise("14.3", "What is not written down", Kind.PREDICT, minutes=5, points=8, aims=(2,), rows=(53,))
def not_written_down(stream: Stream) -> Task:
    here = office(stream)
    here.shell()
    here.shell(here.admin)
    service = here.desk.start_service("Spooler")
    service.token.adjust_privileges({"SeSecurityPrivilege": 2})  # a SACL takes it
    service.create(WATCHED, FileRights.ALL_ACCESS, descriptor="D:P(A;;FA;;;WD)S:(AU;SA;FR;;;WD)").close()
    options = ("nothing", "something")
    chosen = stream.shuffled((*UNSEEN.items(), *SEEN.items()))
    choices = []
    for name, (prompt, act, says) in chosen:
        before = len(here.desk.log)
        act(here)
        right = options[len(here.desk.log) > before]
        belief = LEAVES_NOTHING if right == "something" else LOG_SEES_ALL
        told = says.format(user=here.user, admin=here.admin)
        choices.append(
            Choice(
                name,
                prompt.format(user=here.user, admin=here.admin),
                options,
                right,
                told,
                instead(options, right, belief),
            )
        )
    return choose(
        f"`{here.user}` and the administrator `{here.admin}` are logged on at `{here.desk.name}`, where a service runs as "
        f"SYSTEM. Auditing of logons, processes and files is on. What does each of these add to the Security log of "
        f"`{here.desk.name}`?",
        choices,
        hints=(
            "Is there a new session, or a new process?",
            "A file is audited if a line of its SACL asks for it.",
        ),
        difficulty={"silent": sum(choice.right == "nothing" for choice in choices)},
    )


@exercise("14.4", "Across three machines", Kind.ORDER, minutes=5, points=4, aims=(1, 2), rows=(53,))
def across_three_machines(stream: Stream) -> Task:
    here = office(stream)
    for machine in (here.first, here.second):
        for _ in range(stream.number(0, 9)):
            machine.luids.next()
    admin = here.shell(here.admin, here.first)
    service = here.first.start_service("Spooler")
    child = service.start_as_user(admin.token, "cmd.exe")
    tool = child.start(stream.pick(("net.exe", "robocopy.exe", "xcopy.exe")))
    here.network.connect(tool.thread, SmbShare(here.second))

    def line(machine: Machine, event: Event, *fields: str) -> str:
        told = ", ".join(f"{name} {event[name]}" for name in fields)
        return f"`{machine.name}` {event['EventID']}: `{told}`"

    logon = here.first.log.where(4624, LogonType="2", ElevatedToken="%%1843")[-1]
    first, second = here.first.log.where(4688)[-2:]
    ticket = here.controller.log.where(4769)[-1]
    arrival = here.second.log.where(4624, LogonType="3")[-1]
    share = here.second.log.where(5140)[-1]
    lines = [
        line(here.first, logon, "LogonType", "TargetUserName", "TargetLogonId"),
        line(here.first, first, "NewProcessName", "NewProcessId", "TargetLogonId", "ParentProcessName"),
        line(here.first, second, "NewProcessName", "SubjectLogonId", "ProcessId"),
        line(here.controller, ticket, "TargetUserName", "ServiceName", "IpAddress"),
        line(here.second, arrival, "LogonType", "TargetUserName", "TargetLogonId", "IpAddress"),
        line(here.second, share, "SubjectLogonId", "ShareName"),
    ]
    return arrange(
        f"On `{here.first.name}` (`{here.network.address(here.first)}`) a service that was taken over uses the token of "
        f"`{here.admin}`. Somebody lost the times. Put the events into order, by what ties them.",
        lines,
        [
            Before(0, 1, "the stolen token's logon id is that of a session that was there before"),
            Before(
                1,
                2,
                "the second program's creator has the process id of the first, and acts under its logon id",
                SAME_USER,
            ),
            Before(
                3,
                4,
                "the server makes its session from the ticket; address and user tie the two",
                ONE_NUMBER_EVERYWHERE,
            ),
            Before(4, 5, "the share is reached in the session of type 3: the same logon id"),
        ],
        stream,
        hints=(
            "On one machine: which logon id, which process id does a line need that another one gives?",
            "Between machines: user and address. First the ticket, then the visit.",
        ),
        difficulty={},
    )


@exercise(
    "14.5",
    "A rule of two events",
    Kind.IMPLEMENT,
    minutes=15,
    points=9,
    aims=(3,),
    rows=(53,),
    cases=("UnitOneAI/SecuritySkills#842",),
)
def two_events(stream: Stream) -> Task:
    groups = {
        "work": (1, "Who borrows a name by a known program is left alone.", ONE_EVENT),
        "odd program": (
            2,
            "A program that is not known is an alert: its 4688 has the logon id of the 4624.",
            ONE_EVENT,
        ),
        "by itself": (
            2,
            "A program that calls LogonUser itself starts nothing: the 4624 says Advapi, and names it.",
            NO_CHILD_NO_LOGON,
        ),
        "other machine": (
            2,
            "The same logon id on another machine is another session's.",
            ONE_NUMBER_EVERYWHERE,
        ),
        "other types": (
            2,
            "Only logons of type 9 are asked about, and only events 4624 are alerts.",
            FINDS_ALL,
        ),
    }
    cases = [case for group in groups for case in (_rule_case(stream, group) for _ in range(5))]
    question = (
        "Write a function `odd(log, known)` that gives the places in the log of the logons to look at, from low to high.\n\n"
        "* `log`: a list of events, each a dict with `EventID`, `Hostname`, `TargetLogonId`; a 4624 also has `LogonType`, "
        "`LogonProcessName` and `ProcessName`, a 4688 also `ParentProcessName`\n"
        "* `known`: a list of paths of programs that may borrow a name\n\n"
        "Look at a 4624 of type `'9'` if a 4688 **of the same machine** with the same `TargetLogonId` has a "
        "`ParentProcessName` that is not known; or if its `LogonProcessName` is `'Advapi  '` (with two blanks: the program "
        "logged on by itself, and starts nothing) and its own `ProcessName` is not known. Types are texts, as in Windows' "
        "records. It is tried on twenty-five logs that you do not see."
    )
    return implement(
        question,
        cases,
        groups,
        hints=(
            "First collect, for each machine and logon id, the parents that its 4688 name.",
            "The places are those of the 4624, not of the 4688: enumerate(log) counts them.",
            "`.strip()` takes the blanks away.",
        ),
        difficulty={},
    )


def _rule_case(stream: Stream, group: str) -> Case:
    hosts = stream.hosts(2)
    odd = rf"C:\Users\{stream.people(1)[0].name}\Downloads\{stream.pick(('update', 'invoice', 'viewer'))}.exe"
    agent = rf"C:\Program Files\{stream.pick(('Backup', 'Inventory', 'Vault'))}\agent.exe"
    known: list[Plain] = [RUNAS, agent]
    ids = [f"{0x1A2B3 + number:#x}" for number in stream.picks(range(400), 8)]
    log: list[dict[str, Plain]] = []

    def logon(host: str, luid: str, kind: str, process: str, program: str) -> None:
        log.append(
            {
                "EventID": 4624,
                "Hostname": host,
                "TargetLogonId": luid,
                "LogonType": kind,
                "LogonProcessName": process,
                "ProcessName": program,
            }
        )

    def borrow(host: str, luid: str, parent: str, kind: str = "9") -> None:
        logon(host, luid, kind, "seclogo", SVCHOST)
        log.append({"EventID": 4688, "Hostname": host, "TargetLogonId": luid, "ParentProcessName": parent})

    for luid in ids[:3]:
        borrow(stream.pick(hosts), luid, stream.pick((RUNAS, agent)))
    if group != "work":
        for luid in ids[3:5]:
            borrow(stream.pick(hosts), luid, odd)
    if group == "other machine":  # work here; there the same number belongs to another type of logon
        borrow(hosts[0], ids[5], RUNAS)
        borrow(hosts[1], ids[5], odd, "2")
    if group == "other types":
        borrow(hosts[0], ids[6], odd, stream.pick(("2", "3", "10")))
        borrow(hosts[1], ids[7], odd, stream.pick(("4", "5")))
    if group == "by itself":
        logon(hosts[0], ids[6], "9", "Advapi  ", odd)
        logon(hosts[1], ids[7], "9", "Advapi  ", agent)
    log = stream.shuffled(log)
    strange = {
        (str(event["Hostname"]), str(event["TargetLogonId"]))
        for event in log
        if event["EventID"] == 4688 and event["ParentProcessName"] not in known
    }
    expected: list[Plain] = [
        place
        for place, event in enumerate(log)
        if event.get("LogonType") == "9"
        and (
            (str(event["Hostname"]), str(event["TargetLogonId"])) in strange
            or (event["LogonProcessName"] == "Advapi  " and event["ProcessName"] not in known)
        )
    ]
    return Case((list(log), known), expected, group)


@exercise(
    "14.6",
    "It alerts all day",
    Kind.DIAGNOSE,
    minutes=10,
    points=5,
    aims=(2, 3),
    rows=(53,),
    cases=("UnitOneAI/SecuritySkills#842",),
)
def alerts_all_day(stream: Stream) -> Task:
    here = office(stream)
    work, attacks = stream.number(3, 6), stream.number(1, 2)
    shell = here.shell()
    admin = here.shell(here.admin, here.second)
    service = here.second.start_service("Spooler")
    chronicle = Chronicle(machine.log for machine in (here.controller, here.desk, here.first, here.second))
    full, password = here.full(here.admin), here.passwords[here.admin]

    def by(program: str) -> None:
        caller = shell.start(program)
        caller.start_with_logon(full, password, "mmc.exe", net_only=True).exit()
        caller.exit()

    def worn() -> None:
        service.impersonate(admin.token)
        here.network.connect(service.thread, SmbShare(here.first))
        service.revert()

    download = rf"C:\Users\{here.user}\Downloads\{stream.pick(('update', 'invoice', 'viewer'))}.exe"
    for number in range(work):
        chronicle.tell(f"work {number}", lambda: by(RUNAS))
    for number in range(attacks):
        chronicle.tell(f"attack {number}", lambda: by(download), "T1134.002")
    chronicle.tell("worn", worn, "T1134.001")
    day = chronicle.labelled()
    every = day.judge(lambda log: log.where(4624, LogonType="9"))
    joined = day.judge(
        lambda log: [
            logon
            for logon, start in log.where(4624, LogonType="9").join(log.where(4688), "TargetLogonId")
            if start["ParentProcessName"] != RUNAS
        ]
    )
    assert not joined.false_positives and len(joined.missed) == 1
    fired = work + attacks
    precision, recall = f"{attacks} of {fired}", f"{attacks} of {attacks + 1}"
    times = "once" if attacks == 1 else "twice"
    assert every.score == f"precision {precision} alerts, recall {recall} attacks"
    cures = (
        "leave out logons whose outbound name is the administrator's",
        "leave out logons whose outbound name differs from the user",
        "tie each to its 4688, and leave out parents that are known, by their whole paths",
        "leave out programs called runas.exe, wherever they lie",
    )
    events = ("4624 of type 9", "4688 with another user", "none")
    return choose(
        f"In {here.name} `{here.user}` administers by `runas /netonly`, with the name `{here.admin}`. A rule fires for every "
        f"4624 of type 9. In one day there were:\n\n* {work} times `runas /netonly` by {here.user}: work\n* {times} a "
        f"download, `{download}`, that borrowed {here.admin}'s name\n* once a service on `{here.second.name}` that wore "
        f"{here.admin}'s token on a thread, and opened a share of `{here.first.name}`\n\n*It alerts all day,* writes "
        f"{here.user}.",
        [
            Choice(
                "precision",
                "of the stories it fired for, how many were attacks",
                tuple(stream.shuffled((precision, f"{attacks + 1} of {fired + 1}", recall))),
                precision,
                f"It fired for {fired} stories; {attacks} of them were attacks.",
                {recall: FINDS_ALL},
            ),
            Choice(
                "recall",
                "of the attacks, how many did it find",
                tuple(stream.shuffled((recall, f"{attacks + 1} of {attacks + 1}", precision))),
                recall,
                "The token on the thread made no logon: the rule could not fire for it.",
                {f"{attacks + 1} of {attacks + 1}": LOG_SEES_ALL},
            ),
            Choice(
                "cure",
                "what removes the false positives, and keeps the right alerts",
                tuple(stream.shuffled(cures)),
                cures[2],
                "What differs is the program that asked; the 4688 with the same logon id names it.",
                {
                    cures[0]: (
                        ONE_EVENT,
                        "The download borrowed the same name: this loses the right alerts too.",
                    ),
                    cures[1]: (
                        ONE_EVENT,
                        "It differs in all of them, work and attacks: nothing would be left.",
                    ),
                    cures[3]: (
                        ONE_EVENT,
                        "Anybody can call a program runas.exe; the whole path is what is known.",
                    ),
                },
            ),
            Choice(
                "unseen",
                f"which event on `{here.second.name}` shows that the service wore the token",
                events,
                events[2],
                "Impersonation writes none; the share sees an ordinary visit.",
                instead(events, events[2], LOG_SEES_ALL),
                points=2,
            ),
        ],
        hints=(
            "Count stories: alert and attack, alert and work, no alert and attack.",
            "What is the same in work and attack cannot tell them apart.",
        ),
        difficulty={"cures": len(cures)},
        given={"work": work, "attacks": attacks},
    )
