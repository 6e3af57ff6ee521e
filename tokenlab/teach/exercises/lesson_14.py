"""Worlds of lesson 14: what the log sees, and what a rule makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tokenlab.network import RemoteDesktop, SmbShare
from tokenlab.system import LogonType, Machine, Process
from tokenlab.system.handle_kinds import FileHandle
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, Office, attempt, office
from tokenlab.teach.variant import Stream
from tokenlab.values import Event, Events, FileRights
from tokenlab.worlds import rules
from tokenlab.worlds.labelled_log import Chronicle, LabelledLog, RuleTrial
from tokenlab.worlds.rules import DetectionRule, Rule

SVCHOST = r"C:\Windows\System32\svchost.exe"
RUNAS = r"C:\Windows\System32\runas.exe"
LAUNCHER = r"C:\Program Files\Support\launcher.exe"
NOBODY = "nobody is named"
WAYS = {
    "2": "at the machine",
    "3": "over the network",
    "4": "as a scheduled task",
    "5": "as a service",
    "8": "over the network, with a password in clear text",
    "9": "with new credentials",
    "10": "by Remote Desktop",
}
WATCHED, FAILURES, GUARDED = (rf"C:\Users\Public\{name}.txt" for name in ("watched", "failures", "guarded"))
FILES = {
    WATCHED: "D:P(A;;FA;;;WD)S:(AU;SA;FR;;;WD)",
    FAILURES: "D:P(A;;FA;;;WD)S:(AU;FA;FR;;;WD)",
    GUARDED: "D:P(A;;FA;;;SY)S:(AU;FA;FR;;;WD)",
}


def listing(event: Event, *fields: str) -> str:
    return "\n".join(f"{name:24}{event[name]}" for name in fields)


def four_logons(stream: Stream) -> Names:
    """Four logons out of seven kinds, one over the network and one with new credentials among them."""
    here = office(stream)
    full, password = here.full(here.admin), here.passwords[here.admin]
    shell = here.shell()
    here.network.connect(shell.thread, SmbShare(here.first))
    here.network.connect(shell.thread, RemoteDesktop(here.first))
    shell.start_with_logon(full, password, "cmd.exe", net_only=True)
    here.first.run_task("report.exe", full, password)
    here.first.policy.grant(here.network.domain.account(here.user).sid, "SeServiceLogonRight")
    user = here.full(here.user), here.passwords[here.user]
    here.first.log_on(*user, LogonType.SERVICE)
    here.first.log_on(*user, LogonType.NETWORK_CLEARTEXT)
    others = stream.picks(("2", "4", "5", "8", "10"), 2)
    fields = ("SubjectUserName", "SubjectLogonId", "TargetUserName", "TargetLogonId", "LogonType")
    shown, logons, events = [], {}, {}
    for letter, kind in zip("ABCD", stream.shuffled(("3", "9", *others)), strict=True):
        machine = here.desk if kind in "29" else here.first
        event = events[letter] = machine.log.where(4624, LogonType=kind)[-1]
        shown.append(f"**{letter}**, on `{machine.name}`\n\n```\n{listing(event, *fields)}\n```")
        logons[letter] = {"letter": letter, "type": kind, "way": WAYS[kind]}
    made = stream.pick("ABCD")
    by_type = {event["LogonType"]: letter for letter, event in events.items()}
    asked = by_type[stream.pick(("3", "9", others[0]))]
    event, rest = events[made], [one for letter, one in events.items() if letter != made]
    ids = {one["TargetLogonId"] for one in rest} - {event["TargetLogonId"], event["SubjectLogonId"]}
    asker = events[asked]["SubjectUserName"].replace("-", NOBODY)
    return here.names | {
        "shown": "\n\n".join(shown),
        "logons": logons,
        "events": events,
        "ways": tuple(WAYS.values()),
        "made": made,
        "new": event["TargetLogonId"],
        "ids": stream.shuffled(
            (event["TargetLogonId"], event["SubjectLogonId"], *stream.picks(sorted(ids), 2))
        ),
        "asked": asked,
        "asker": asker,
        "beliefs": {event["SubjectLogonId"]: "subject-is-who-came"},
        "askers": (
            f"{events[asked]['Hostname'].partition('.')[0]}$",
            events[asked]["TargetUserName"],
            NOBODY,
        ),
    }


def one_session(stream: Stream) -> Names:
    """Five events, of the user's session or not, on two machines that count with the same numbers."""
    here = office(stream)
    for _ in range(stream.number(0, 5)):  # everybody's numbers are other ones
        here.desk.luids.next()
    shell, full, password = here.shell(), here.full(here.admin), here.passwords[here.admin]
    program = stream.pick(("notepad.exe", "calc.exe", "mspaint.exe"))
    shell.start(program).exit()
    shell.start_with_logon(full, password, "cmd.exe", net_only=True).start("ping.exe")
    luid = str(here.desk.log.where(4624, LogonType="2")[-1]["TargetLogonId"])
    while here.first.luids.next() + 1 < int(luid, 16):
        pass
    here.network.connect(shell.thread, SmbShare(here.first))
    here.shell(here.admin).start("mmc.exe")
    desk, first = here.desk.log, here.first.log
    starts = {str(event["NewProcessName"]).rpartition("\\")[2]: event for event in desk.where(4688)}
    pool = {
        "started": starts[program],
        "ended": desk.where(4689)[-2],
        "asked": desk.where(4624, LogonType="9")[-1],
        "shell": desk.where(4688, TargetLogonId=luid)[0],
        "groups": desk.where(4627, TargetLogonId=luid)[-1],
        "child": starts["ping.exe"],
        "admin": starts["mmc.exe"],
        "visit": first.where(4624, TargetLogonId=luid)[-1],
        "share": first.where(5140, SubjectLogonId=luid)[-1],
    }
    ours = stream.picks(("started", "ended", "asked"), 2)
    others = [name for name in pool if name not in ("started", "ended", "asked")]
    order = stream.picks((*ours, *others), 5)
    return here.names | {
        "machine": here.desk.name,
        "logon_id": luid,
        "program": program,
        "order": order,
        "events": {f"event_{number}": pool[name] for number, name in enumerate(order, 1)},
        "shown": "\n\n".join(_shown(number, pool[name]) for number, name in enumerate(order, 1)),
    }


def _shown(number: int, event: Event) -> str:
    names = ("SubjectUserName", "SubjectLogonId", "LogonType", "NewProcessName", "ShareName")
    fields = [one for one in (*names, "TargetUserName", "TargetLogonId") if event.get(one, "-") != "-"]
    machine = str(event["Hostname"]).partition(".")[0]
    return f"`event_{number}`: {event['EventID']} on `{machine}`\n\n```\n{listing(event, *fields)}\n```"


def _user(here: Office) -> Process:
    return next(one for one in here.desk.processes if one.name == "explorer.exe")


def _admin(here: Office) -> Process:
    return [one for one in here.desk.processes if one.name == "explorer.exe"][-1]


def _service(here: Office) -> Process:
    return here.desk.process("spoolsv.exe")


def _wear(here: Office) -> None:
    _service(here).impersonate(_admin(here).token)
    _service(here).revert()


def _inject(here: Office) -> None:
    session = _user(here).token.session
    assert session is not None
    here.network.inject(session, here.network.ask_tgt(here.first, here.admin, here.passwords[here.admin]))


def _carry(here: Office, password: str, kind: LogonType) -> None:
    """The user's program calls LogonUser, and a thread of it carries the token."""
    program = _user(here)
    program.impersonate(program.log_on(here.full(here.admin), password, kind))
    program.revert()


def _runas(here: Office, password: str, net_only: bool = False) -> None:
    _user(here).start_with_logon(here.full(here.admin), password, "cmd.exe", net_only=net_only)


def _read(here: Office, path: str) -> None:
    handle = _user(here).open(path, FileRights.READ_DATA)
    assert isinstance(handle, FileHandle)
    handle.read()


def _unaudited(here: Office) -> None:
    here.desk.log.audit("Process Creation", False)
    _service(here).start_as_user(_admin(here).token, "cmd.exe")
    here.desk.log.audit("Process Creation", True)


HOSTS = r"C:\Windows\System32\drivers\etc\hosts"
DEEDS: Mapping[str, Callable[[Office], object]] = {
    "worn": _wear,
    "copied": lambda here: _admin(here).token.duplicate(),
    "ticket": _inject,
    "hosts": lambda here: _read(here, HOSTS),
    "failures": lambda here: _read(here, FAILURES),
    "unaudited": _unaudited,
    "started": lambda here: _service(here).start_as_user(_admin(here).token, "cmd.exe"),
    "program": lambda here: _user(here).start("notepad.exe"),
    "netonly": lambda here: _runas(here, "x", net_only=True),
    "runas": lambda here: _runas(here, here.passwords[here.admin]),
    "itself": lambda here: _carry(here, "x", LogonType.NEW_CREDENTIALS),
    "carried": lambda here: _carry(here, here.passwords[here.admin], LogonType.INTERACTIVE),
    "visit": lambda here: here.network.connect(here.shell(machine=here.first).thread, SmbShare(here.desk)),
    "typo": lambda here: attempt(lambda: _runas(here, "x")),
    "guess": lambda here: attempt(lambda: _carry(here, "x", LogonType.INTERACTIVE)),
    "watched": lambda here: _read(here, WATCHED),
    "opened": lambda here: _user(here).open(WATCHED, FileRights.READ_DATA).close(),
    "guarded": lambda here: attempt(lambda: _read(here, GUARDED)),
}
LEFT: tuple[tuple[set[int], str], ...] = (
    ({4624, 4688}, "4624 and 4688"),
    ({4624}, "4624, no 4688"),
    ({4688}, "4688, no 4624"),
    ({4625}, "4625"),
    ({4656, 4663}, "4656 and 4663"),
    ({4656}, "4656, no 4663"),
    (set(), "nothing"),
)


def _left(events: Events) -> str:
    """Which of the seven answers fits these events."""
    ids = {event["EventID"] for event in events}
    return next(text for wanted, text in LEFT if wanted <= ids and (wanted or not ids))


def deeds(stream: Stream) -> Names:
    """What each deed leaves in the desk's Security log; eight of them, of every answer one."""
    here = office(stream)
    here.shell()
    here.shell(here.admin)
    service = here.desk.start_service("Spooler")
    service.token.adjust_privileges({"SeSecurityPrivilege": 2})  # a SACL takes it
    for path, descriptor in FILES.items():
        service.create(path, FileRights.ALL_ACCESS, descriptor=descriptor).close()
    found: dict[str, list[str]] = {text: [] for _, text in LEFT}
    for name in stream.shuffled(tuple(DEEDS)):
        before = len(here.desk.log)
        DEEDS[name](here)
        found[_left(here.desk.log.since(before))].append(name)
    order = stream.shuffled([*(names[0] for names in found.values()), found["nothing"][1]])
    rights = {name: text for text, names in found.items() for name in names}
    return here.names | rights | {"order": order, "options": tuple(found)}


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
    return here.names | {
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


def _rule_case(stream: Stream, group: str) -> FunctionCall:
    hosts = stream.hosts(2)
    odd = rf"C:\Users\{stream.people(1)[0].name}\Downloads\{stream.pick(('update', 'invoice', 'viewer'))}.exe"
    agent = rf"C:\Program Files\{stream.pick(('Backup', 'Inventory', 'Vault'))}\agent.exe"
    known: list[Plain] = [RUNAS, agent]
    ids = [f"{0x1A2B3 + number:#x}" for number in stream.picks(range(400), 8)]
    log: list[dict[str, Plain]] = []

    def logon(host: str, luid: str, kind: str, process: str, program: str) -> None:
        told: dict[str, Plain] = {"LogonType": kind, "LogonProcessName": process, "ProcessName": program}
        log.append({"EventID": 4624, "Hostname": host, "TargetLogonId": luid, **told})

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
    return FunctionCall((list(log), known), _odd(log, known), group)


def _odd(log: list[dict[str, Plain]], known: list[Plain]) -> list[Plain]:
    """The places of the logons to look at."""
    strange = {
        (event["Hostname"], event["TargetLogonId"])
        for event in log
        if event["EventID"] == 4688 and event["ParentProcessName"] not in known
    }
    return [
        place
        for place, event in enumerate(log)
        if event.get("LogonType") == "9"
        and (
            (event["Hostname"], event["TargetLogonId"]) in strange
            or (event["LogonProcessName"] == "Advapi  " and event["ProcessName"] not in known)
        )
    ]


HIDDEN = ("worn", "runas", "started")
LEAVE_OUT: Mapping[str, Callable[[Event, Events, Office], bool]] = {
    "program": lambda one, log, _: any(
        start["ParentProcessName"] == RUNAS
        for start in log.where(4688, TargetLogonId=one["TargetLogonId"], Hostname=one["Hostname"])
    ),
    "process": lambda one, *_: one["LogonProcessName"] == "seclogo",
    "name": lambda one, _, here: one["TargetOutboundUserName"] == here.admin,
    "machine": lambda one, _, here: one["Hostname"].startswith(f"{here.desk.name}."),
}


@dataclass
class WorkDay:
    """A day of work and attacks; ``differs`` tells the attacks from work, ``hidden`` is one without type 9."""

    here: Office
    differs: str
    hidden: str
    download: str

    def play(self, work: int, attacks: int, unseen: int) -> LabelledLog:
        here = self.here
        self.shell, self.there = here.shell(), here.shell(machine=here.second)
        self.admin = here.shell(here.admin, here.second)
        self.service = here.second.start_service("Spooler")
        machines = (here.controller, here.desk, here.first, here.second)
        chronicle = Chronicle(machine.log for machine in machines)
        for number in range(work):
            tool = LAUNCHER if self.differs == "process" and number % 2 else RUNAS
            chronicle.tell(f"work {number}", partial(self.borrow, tool))
        for number in range(attacks):
            chronicle.tell(f"attack {number}", self.attack, "T1134")
        for number in range(unseen):
            chronicle.tell(f"unseen {number}", self.unnoticed, "T1134.001")
        return chronicle.label()

    @property
    def borrowed(self) -> str:
        """Whose name the attacks borrow."""
        return "svc-backup" if self.differs == "name" else self.here.admin

    def borrow(self, program: str, name: str = "", start: Process | None = None) -> None:
        caller = (start or self.shell).start(program)
        name = self.here.full(name or self.here.admin)
        caller.start_with_logon(name, "x", "mmc.exe", net_only=True).exit()
        caller.exit()

    def attack(self) -> None:
        if self.differs == "process":
            caller, name = self.shell.start(self.download), self.here.full(self.here.admin)
            caller.impersonate(caller.log_on(name, "x", LogonType.NEW_CREDENTIALS))
            return
        start = self.there if self.differs == "machine" else self.shell
        self.borrow(self.download if self.differs == "program" else RUNAS, self.borrowed, start)

    def unnoticed(self) -> None:
        here = self.here
        if self.hidden == "worn":
            self.service.impersonate(self.admin.token)
            here.network.connect(self.service.thread, SmbShare(here.first))
            self.service.revert()
        elif self.hidden == "started":
            self.service.start_as_user(self.admin.token, "cmd.exe")
        else:
            self.there.start_with_logon(here.full(here.admin), here.passwords[here.admin], "cmd.exe")


def alerts_all_day(stream: Stream) -> Names:
    """A day of work and attacks, and four ways to leave something out of the rule for type 9."""
    here = office(stream)
    download = rf"C:\Users\{here.user}\Downloads\{stream.pick(('update', 'invoice', 'viewer'))}.exe"
    day = WorkDay(here, stream.pick(tuple(LEAVE_OUT)), stream.pick(HIDDEN), download)
    work, attacks, unseen = stream.number(4, 6), stream.number(1, 3), stream.number(1, 2)
    log = day.play(work, attacks, unseen)
    fired, every = work + attacks, attacks + unseen
    precision, recall = f"{attacks} of {fired}", f"{attacks} of {every}"
    wrong = f"{every} of {fired + unseen}"
    told = log.judge(lambda log: log.where(4624, LogonType="9")).score
    assert told == f"precision {precision} alerts, recall {recall} attacks"
    trials = {key: log.judge(_without(out, here)) for key, out in LEAVE_OUT.items()}
    (cure,) = (key for key, one in trials.items() if len(one.found) == attacks and not one.false_positives)
    why = {f"why_{key}": _told(one, attacks) for key, one in trials.items()}
    times = ("never", "once", "twice", "three times")
    return (
        here.names
        | why
        | _proposed(stream)
        | {
            "download": download,
            "other": day.borrowed,
            "work": work,
            "attacks": attacks,
            "unseen": unseen,
            "attack_times": times[attacks],
            "unseen_times": times[unseen],
            "fired": fired,
            "all": every,
            "precision": precision,
            "recall": recall,
            "precisions": stream.shuffled((precision, recall, wrong, f"{work} of {fired}")),
            "recalls": stream.shuffled((recall, precision, wrong, f"{every} of {every}")),
            **dict.fromkeys(("cure", "blind", "tool", "attack"), cure),
            **dict.fromkeys(("trace", "other_attack"), day.hidden),
        }
    )


PROPOSED: Mapping[str, DetectionRule] = {
    "itself": rules.type_9_by_itself(()),
    "other logon": rules.other_logon(()),
    "ticket": rules.ticket_without_first(),
    "wire": rules.port_88(),
    "opened": rules.opened_process(()),
}
COMMAND_LINES = 'Audit "Process Creation", and the policy that puts command lines into its events'


def _proposed(stream: Stream) -> Names:
    """One of the rules of lesson 14: what it needs, and its technique."""
    key = stream.pick(tuple(PROPOSED))
    needs = {name: rule.needs.partition(": ")[0] for name, rule in PROPOSED.items()}
    return {
        "rule": PROPOSED[key].title,
        "needs": needs[key],
        "technique": PROPOSED[key].technique,
        "all_needs": (*needs.values(), COMMAND_LINES),
        **dict.fromkeys(("against", "reads", "done"), key),
    }


def _without(out: Callable[[Event, Events, Office], bool], here: Office) -> Rule:
    """The rule for type 9, without what is left out."""
    return lambda log: [one for one in log.where(4624, LogonType="9") if not out(one, log, here)]


def _told(trial: RuleTrial, attacks: int) -> str:
    """What the rule does where something was left out."""
    lost, left = attacks - len(trial.found), len(trial.false_positives)
    said = [f"it loses {lost} right alert{'s'[: lost > 1]}"] if lost else []
    said += [f"it leaves {left} false positive{'s'[: left > 1]}"] if left else []
    return f"Played on this day, {' and '.join(said)}."
