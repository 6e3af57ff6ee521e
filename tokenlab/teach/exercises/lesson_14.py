"""Worlds of lesson 14: what the log sees, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tokenlab.network import SmbShare
from tokenlab.system import LogonType, Machine, Token
from tokenlab.system.handle_kinds import FileHandle
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.scenes import Office, office
from tokenlab.teach.variant import Stream
from tokenlab.values import Event, Events, FileRights
from tokenlab.worlds.labelled_log import Chronicle

Names = dict[str, Any]
SVCHOST = r"C:\Windows\System32\svchost.exe"
RUNAS = r"C:\Windows\System32\runas.exe"
WATCHED = r"C:\Users\Public\watched.txt"


def people(here: Office) -> Names:
    machines = {name: getattr(here, name).name for name in ("desk", "first", "second")}
    return {"user": here.user, "admin": here.admin, "domain": here.name} | machines


def listing(event: Event, *fields: str) -> str:
    return "\n".join(f"{name:24}{event[name]}" for name in fields)


def four_logons(stream: Stream) -> Names:
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
    fields = ("SubjectUserName", "SubjectLogonId", "TargetUserName", "TargetLogonId", "LogonType")
    shown, logons, events, by_type = [], {}, {}, {}
    for letter, kind in zip("ABCD", stream.shuffled(tuple(kinds)), strict=True):
        way, machine = kinds[kind]
        event = events[letter] = by_type[kind] = machine.log.where(4624, LogonType=kind)[-1]
        shown.append(f"**{letter}**, on `{machine.name}`\n\n```\n{listing(event, *fields)}\n```")
        logons[letter] = {"letter": letter, "type": kind, "way": way}
    nine, task = by_type["9"], by_type["4"]
    return people(here) | {
        "shown": "\n\n".join(shown),
        "logons": logons,
        "events": events,
        "new": nine["TargetLogonId"],
        "numbers": stream.shuffled((nine["SubjectLogonId"], nine["TargetLogonId"])),
        "asker": task["SubjectUserName"],
        "came": task["TargetUserName"],
    }


def one_session(stream: Stream) -> Names:
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
    luid = str(here.desk.log.where(4624, LogonType="2")[-1]["TargetLogonId"])
    while here.first.luids.next() + 1 < int(luid, 16):
        pass
    here.network.connect(shell.thread, SmbShare(here.first))
    share = here.first.log.where(5140)[-1]
    assert share["SubjectLogonId"] == luid
    starts = {str(event["NewProcessName"]).rpartition("\\")[2]: event for event in here.desk.log.where(4688)}
    told = [
        (starts[program], "subject-is-who-came", "It carries the session's logon id as Subject."),
        (
            starts["userinit.exe"],
            "subject-is-who-came",
            "SYSTEM did it, but its Target is this session: Windows started it for the user.",
        ),
        (
            starts["ping.exe"],
            "same-user-same-session",
            "The same user, but another logon id: the session of type 9.",
        ),
        (
            share,
            "a-logon-id-is-the-same-everywhere",
            f"The number is the same; but it was counted by {here.first.name}, and is another session there.",
        ),
    ]
    belong = Events([*here.desk.log, *here.first.log]).follow(luid, here.desk.name)
    shown, lines, events = [], {}, {}
    for letter, (event, belief, says) in zip("ABCD", stream.shuffled(told), strict=True):
        name = "ShareName" if event["EventID"] == 5140 else "NewProcessName"
        fields = [one for one in ("SubjectUserName", "SubjectLogonId", name, "TargetLogonId") if one in event]
        machine = str(event["Hostname"]).partition(".")[0]
        shown.append(
            f"**{letter}**: {event['EventID']} on `{machine}`\n\n```\n{listing(event, *fields)}\n```"
        )
        right = "that session" if event in belong else "another session"
        lines[letter] = {"letter": letter, "right": right, "says": says, "belief": belief}
        events[letter] = event
    return people(here) | {
        "machine": here.desk.name,
        "logon_id": luid,
        "shown": "\n\n".join(shown),
        "lines": lines,
        "events": events,
        "belonging": sum(one["right"] == "that session" for one in lines.values()),
    }


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


DEEDS: Mapping[str, Callable[[Office], None]] = {
    "worn": _wear,
    "copied": _duplicate,
    "ticket": _inject,
    "read": _read_unwatched,
    "started": _start,
    "netonly": _netonly,
    "itself": _by_itself,
    "watched": _read_watched,
}


def deeds(stream: Stream) -> Names:
    """What each deed leaves in the desk's Security log, in the learner's own order."""
    here = office(stream)
    here.shell()
    here.shell(here.admin)
    service = here.desk.start_service("Spooler")
    service.token.adjust_privileges({"SeSecurityPrivilege": 2})  # a SACL takes it
    service.create(WATCHED, FileRights.ALL_ACCESS, descriptor="D:P(A;;FA;;;WD)S:(AU;SA;FR;;;WD)").close()
    order = stream.shuffled(tuple(DEEDS))
    found = {}
    for name in order:
        before = len(here.desk.log)
        DEEDS[name](here)
        found[name] = "something" if len(here.desk.log) > before else "nothing"
    silent = sum(one == "nothing" for one in found.values())
    return people(here) | found | {"order": order, "silent": silent}


def three_machines(stream: Stream) -> Names:
    """A stolen token starts a program, and that goes on to a share."""
    here = office(stream)
    for machine in (here.first, here.second):
        for _ in range(stream.number(0, 9)):
            machine.luids.next()
    admin = here.shell(here.admin, here.first)
    child = here.first.start_service("Spooler").start_as_user(admin.token, "cmd.exe")
    tool = child.start(stream.pick(("net.exe", "robocopy.exe", "xcopy.exe")))
    here.network.connect(tool.thread, SmbShare(here.second))

    def line(machine: Machine, event: Event, fields: str) -> str:
        told = ", ".join(f"{name} {event[name]}" for name in fields.split())
        return f"`{machine.name}` {event['EventID']}: `{told}`"

    first, second = here.first.log, here.second.log
    starts = first.where(4688)
    logon = first.where(4624, LogonType="2", ElevatedToken="%%1843")[-1]
    ticket, arrival = here.controller.log.where(4769)[-1], second.where(4624, LogonType="3")[-1]
    return people(here) | {
        "address": here.network.address(here.first),
        "logon": line(here.first, logon, "LogonType TargetUserName TargetLogonId"),
        "child": line(here.first, starts[-2], "NewProcessName NewProcessId TargetLogonId ParentProcessName"),
        "tool": line(here.first, starts[-1], "NewProcessName SubjectLogonId ProcessId"),
        "ticket": line(here.controller, ticket, "TargetUserName ServiceName IpAddress"),
        "arrival": line(here.second, arrival, "LogonType TargetUserName TargetLogonId IpAddress"),
        "share": line(here.second, second.where(5140)[-1], "SubjectLogonId ShareName"),
    }


def two_events(stream: Stream) -> Names:
    groups = ("work", "odd program", "by itself", "other machine", "other types")
    return {"cases": [_rule_case(stream, group) for group in groups for _ in range(5)]}


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


def alerts_all_day(stream: Stream) -> Names:
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
    assert every.score == f"precision {precision} alerts, recall {recall} attacks"
    every_attack = f"{attacks + 1} of {attacks + 1}"
    return people(here) | {
        "work": work,
        "attacks": attacks,
        "fired": fired,
        "times": "once" if attacks == 1 else "twice",
        "download": download,
        "precision": precision,
        "recall": recall,
        "all": every_attack,
        "precisions": stream.shuffled((precision, f"{attacks + 1} of {fired + 1}", recall)),
        "recalls": stream.shuffled((recall, every_attack, precision)),
        "cures": stream.shuffled(
            (
                "leave out logons whose outbound name is the administrator's",
                "leave out logons whose outbound name differs from the user",
                "tie each to its 4688, and leave out parents that are known, by their whole paths",
                "leave out programs called runas.exe, wherever they lie",
            )
        ),
    }
