r"""The last challenge: a small network, and one file to reach, or to keep from being reached.

``Challenge()`` is a morning at ASTRO. You are ``ASTRO\cosmo`` at his desk, and what you do is done with the
model's own calls; `Challenge.score` says what the log has of it. In `challenge_defence` you change something
first, and then four ways to the file are tried. Names and passwords are made up; nothing leaves the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from tokenlab.network import ConnectionOutcome, ExposedSecret, RemoteDesktop, SmbShare, exposure
from tokenlab.security import SecurityDescriptor
from tokenlab.system import LogonType, Machine, Process, Refusal, Thread, Win32Error
from tokenlab.system.handle_kinds import FileHandle
from tokenlab.system.origin import Origin
from tokenlab.values import Event, Events, FileRights
from tokenlab.values.privilege import PrivilegeAttributes
from tokenlab.worlds import rules
from tokenlab.worlds.incident_scene import RECORDS, IncidentCast, IncidentScene
from tokenlab.worlds.labelled_log import key

GOAL, SCRIPT, JOURNAL = "flight-plan.txt", "deploy.cmd", "journal.txt"
READ = FileRights.READ_DATA

TASK = rf"""You are ASTRO\cosmo, at your desk MISTAKENOT-WS-1.
You test the network for its owners: read \\MISTAKENOT-SRV2\data\{GOAL}.
Begin with case.shell, and act only through what you get from there.

Ten points for the file.
Less two for each rule that raises an alert.
Less the weight of other people's secrets that lie on the machines when you are done:
3 for a password, 2 for a ticket-granting ticket, 1 for a ticket to one service."""

HINTS = (
    rf"Look around first. Which share can cosmo open, and what is in \\MISTAKENOT-SRV1\data\{SCRIPT}?",
    "The DACL of the file names one account besides SYSTEM and Administrators. Which session would have to "
    "go out as that account? Lesson 13 has three ways to borrow it.",
    "Each way leaves something else: a start under another logon, a request with other options, a program at "
    "port 88, an opened process. Read the blind spots of the rules: print(case.rules[1].blind_spots).",
    "A session that has ended holds no secret. desk.log_off(token) ends one.",
)


def watch_log() -> tuple[rules.DetectionRule, ...]:
    """The rules of lesson 14 that watch this network."""
    known = rules.STARTERS
    return (
        rules.type_9_by_itself(known),
        rules.other_logon(known),
        rules.ticket_without_first(),
        rules.unusual_options(),
        rules.port_88(),
        rules.opened_process([f"{rules.SYSTEM32}taskmgr.exe"]),
    )


class Challenge:
    r"""The network on a morning: everybody has begun to work, and cosmo's desk is yours.

    ``shell`` is his explorer.exe; ``desk``, ``first``, ``second``, ``controller`` are the machines, ``data``
    is the share of the first server, ``share`` that of the second. For a defender: ``script`` and ``goal``
    are the two files, ``service`` is the account of the archive, ``console`` an administrator's elevated
    program on the first server.
    """

    def __init__(self) -> None:
        scene = IncidentScene(IncidentCast(secret=GOAL, script=SCRIPT), "desktop", "none")
        self.scene, self.network, self.rules = scene, scene.network, watch_log()
        self.desk, self.first, self.second = scene.desk, scene.first, scene.second
        self.controller, self.data, self.share = scene.controller, scene.data, scene.share
        self.script, self.goal, self.service = scene.script, scene.secret, scene.service
        self.script.content = 'net use R: \\\\MISTAKENOT-SRV2\\data /user:ASTRO\\svc-archive "nightly at two"'
        before, _, audit = str(self.goal.descriptor).partition("S:")
        self.goal.descriptor = SecurityDescriptor.from_sddl(f"{before}(A;;FR;;;{self.service.sid})S:{audit}")
        self._administer()
        self.work()
        user = scene.cast.full(scene.cast.user)
        token = self.desk.log_on(user, scene.cast.password(scene.cast.user))
        self.shell = self.desk.start("explorer.exe", token)
        self._marks = [len(log) for log in self._logs()]
        self._lay = self._lying()

    def __repr__(self) -> str:
        return TASK

    # The task -----------------------------------------------------------------------------------------

    def hint(self, number: int = 1) -> str:
        """A hint; each says a little more. Raises ValueError for a number that none has."""
        if not 1 <= number <= len(HINTS):
            raise ValueError(f"there is no hint {number}: expected 1 to {len(HINTS)}")
        return HINTS[number - 1]

    def open(self, thread: Thread | Process, file: str = GOAL, share: SmbShare | None = None) -> str:
        """What is in a file of a share, read over the network with what this thread can show there.

        Raises `Refusal`.
        """
        share = share or self.share
        visit = self.network.connect(thread.thread if isinstance(thread, Process) else thread, share)
        try:
            handle = share.open(get_arrived_thread(visit), file, READ, self.network.address(visit.client))
            assert isinstance(handle, FileHandle)
            return handle.read()
        finally:
            visit.close()

    def score(self) -> ChallengeScore:
        """What came of it, from the log alone."""
        new = {
            key(event) for log, mark in zip(self._logs(), self._marks, strict=True) for event in log[mark:]
        }
        everything = Events.merge(*self._logs())
        alerts = tuple(
            (rule, tuple(event for event in rule(everything) if key(event) in new)) for rule in self.rules
        )
        readers = [
            str(event["SubjectUserName"])
            for event in everything
            if event["EventID"] == 4663 and key(event) in new and str(event["ObjectName"]).endswith(GOAL)
        ]
        mine = self.scene.cast.full(self.scene.cast.user)
        left = (one for name, one in self._lying().items() if name not in self._lay)
        others = tuple(one for one in left if one.owner != mine)
        return ChallengeScore(tuple(dict.fromkeys(readers)), alerts, others, len(new))

    # Ordinary work ------------------------------------------------------------------------------------

    def work(self) -> tuple[str, ...]:
        """The day's ordinary work, done now; gives what of it Windows refused."""
        jobs: tuple[tuple[str, Callable[[], object]], ...] = (
            ("the archive", self._archive),
            ("cosmo's report", self._report),
        )
        refused = []
        for name, job in jobs:
            try:
                job()
            except Refusal:
                refused.append(name)
        return tuple(refused)

    def _archive(self) -> None:
        """The service reads records by its privilege, its script, and a journal on the second server."""
        cast, first = self.scene.cast, self.first
        services, name = first.process("services.exe"), cast.service
        origin = Origin(program=services.program)
        token = first.log_on(cast.full(name), cast.password(name), LogonType.SERVICE, origin)
        job = services.start_as_user(token, r"C:\Program Files\Archive\archive.exe")
        try:
            job.token.adjust_privileges({"SeBackupPrivilege": PrivilegeAttributes.ENABLED}, job.program)
            job.open(rf"{RECORDS}\ledger.txt", READ, backup=True).close()
            job.open(self.script, READ).close()
            self.open(job, JOURNAL)
        finally:
            first.log_off(token)

    def _report(self) -> None:
        """cosmo lists the folder where his reports are."""
        cast = self.scene.cast
        token = self.desk.log_on(cast.full(cast.user), cast.password(cast.user))
        try:
            visit = self.network.connect(self.desk.start("explorer.exe", token).thread, self.data)
            get_arrived_thread(visit).open(r"C:\data", READ).close()
            visit.close()
        finally:
            self.desk.log_off(token)

    def _administer(self) -> None:
        """The administrator works on a desktop of the first server, and leaves it open."""
        cast = self.scene.cast
        token = self.scene.away.log_on(cast.full(cast.admin), cast.password(cast.admin))
        shell = self.scene.away.start("explorer.exe", token)
        desktop = self.network.connect(shell.thread, RemoteDesktop(self.first))
        self.console = get_arrived_thread(desktop).process.elevate("mmc.exe")

    def administer(self, machine: Machine) -> Process:
        """An administrator's elevated program on that machine, for a fix there."""
        if machine is self.first:
            return self.console
        cast = self.scene.cast
        token = machine.log_on(cast.full(cast.admin), cast.password(cast.admin))
        return machine.start("explorer.exe", token).elevate("mmc.exe")

    def _logs(self) -> list[Events]:
        return [log for machine in self.scene.world.machines.values() for log in machine.logs]

    def _lying(self) -> dict[tuple[str, str, str], ExposedSecret]:
        """The secrets of people and services that lie on desks and servers, each once a machine."""
        found = chain.from_iterable(exposure(self.network).values())
        return {(one.machine, one.owner, one.kind): one for one in found}


def get_arrived_thread(visit: ConnectionOutcome) -> Thread:
    """The thread that serves a visitor. Raises `Refusal` where nobody came in."""
    if visit.thread is None or visit.refusal is not None:
        raise Refusal(Win32Error.ACCESS_DENIED, f"{visit.arrival.value}: {visit.why}")
    return visit.thread


@dataclass(frozen=True)
class ChallengeScore:
    """What the log has of it: who read the file, which rule raised alerts for what, which secrets of others
    now lie where they did not lie before, and how many records were written."""

    readers: tuple[str, ...]
    alerts: tuple[tuple[rules.DetectionRule, tuple[Event, ...]], ...]
    left: tuple[ExposedSecret, ...]
    records: int

    @property
    def reached(self) -> bool:
        """True if the file was read."""
        return bool(self.readers)

    @property
    def loud(self) -> int:
        """How many rules raised an alert."""
        return sum(bool(events) for _, events in self.alerts)

    @property
    def cost(self) -> int:
        """What lies there now: 3 for a password or a hash, 2 for a ticket-granting ticket, 1 for a ticket."""
        return sum(one.weight for one in self.left)

    @property
    def points(self) -> int:
        """Ten if the file was read, less two for each rule that raised an alert, less the cost."""
        return max(0, 10 - 2 * self.loud - self.cost) if self.reached else 0

    def __str__(self) -> str:
        who = " and ".join(self.readers)
        lines = [f"{GOAL} was read as {who}." if self.reached else f"{GOAL} was not read."]
        lines += [_seen(rule, events) for rule, events in self.alerts if events]
        lines += [f"{len(self.alerts) - self.loud} of {len(self.alerts)} rules saw nothing."]
        lies = sorted(f"{one.kind} of {one.owner} on {one.machine}" for one in self.left)
        lines += [f"What lies there because of you ({self.cost}): {', '.join(lies) or 'nothing'}."]
        lines += [f"{self.records} records were written. Points: {self.points} of 10."]
        return "\n".join(lines)

    __repr__ = __str__


def _seen(rule: rules.DetectionRule, events: tuple[Event, ...]) -> str:
    """Which rule saw what, in a sentence."""
    first = events[0]
    host = str(first["Hostname"]).partition(".")[0]
    more = f" and {len(events) - 1} more" if len(events) > 1 else ""
    return f'Alert of "{rule.title}" ({rule.technique}): event {first["EventID"]} on {host}{more}.'
