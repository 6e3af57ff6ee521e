r"""A week at ASTRO in which nothing bad happens: what a rule's false positives are counted on.

Monday to Friday, sixty people at the desk, one after the other, and the administrators of `busy_day` at their
work. How often each thing happens is made up, the same in every run. Sysmon runs on all machines.
"""

from __future__ import annotations

from functools import partial

from tokenlab.system import LogonType, Refusal
from tokenlab.worlds.astro import CONTROLLER, astro
from tokenlab.worlds.busy_day import BusyDay
from tokenlab.worlds.labelled_log import Chronicle, LabelledLog

PEOPLE = 60
PROGRAMS = ("outlook.exe", "winword.exe", "excel.exe", "notepad.exe", "calc.exe", "mspaint.exe")
_PASSWORD = "the same for all of them"


class QuietWeek(BusyDay):
    """The same people and machines as in `busy_day`, and a crew of sixty."""

    def crew_works(self, person: int, day: int) -> None:
        """One person's day at the desk: programs, shares, a pause or two, now and then a wrong password."""
        name = rf"ASTRO\crew-{person:02}"
        if (person + 3 * day) % 11 == 0:
            self._mistype(name)
        token = self.desk.log_on(name, _PASSWORD)
        shell = self.desk.start("explorer.exe", token)
        for place in range(4 + (person + day) % 6):
            shell.start(PROGRAMS[(person + place) % len(PROGRAMS)]).exit()
            self.network.connect(shell.thread, self.share).close()
            self.clock.pass_time(seconds=41)
        for _ in range(1 + person % 2):
            self.desk.log_on(name, _PASSWORD, LogonType.UNLOCK).close()
        self.desk.log_off(token)

    def _mistype(self, name: str) -> None:
        try:
            self.desk.log_on(name, "not this one")
        except Refusal:
            self.clock.pass_time(seconds=5)


def quiet_week() -> LabelledLog:
    """Five days without an attack: 361 stories of work, over 20,000 events. Takes seconds."""
    world = astro()
    for machine in world.machines.values():
        machine.install_sysmon()
    week = QuietWeek(world)
    for person in range(PEOPLE):
        world.domain.add_user(f"crew-{person:02}", _PASSWORD)
    machines = (world.machine(CONTROLLER), week.desk, week.first, week.second)
    chronicle = Chronicle(log for machine in machines for log in machine.logs)
    chronicle.tell("stella logs on", week.stella_arrives)
    for day in range(5):
        _one_day(week, chronicle, day)
        world.clock.wait_until("22:00")
        world.clock.pass_time(hours=10)
    return chronicle.label()


def _one_day(week: QuietWeek, chronicle: Chronicle, day: int) -> None:
    """The crew one after the other; after each third of them some of the administrators' work."""
    work = [
        ("pulsar works on SRV2 and remotes to SRV1", week.pulsar_administers),
        ("stella borrows nova's name: runas /netonly", week.stella_borrows),
        ("pilot elevates the Task Manager", week.pilot_elevates),
        ("stella mistypes her password", week.stella_mistypes),
        ("stella becomes nova: runas", week.stella_becomes_nova),
        ("stella borrows nova's name: runas /netonly", week.stella_borrows),
        ("stella installs a program with pilot's password", week.stella_installs),
        ("a service starts on SRV1", week.service_starts),
        ("stella borrows nova's name: runas /netonly", week.stella_borrows),
        ("stella mistypes her password", week.stella_mistypes),
        ("stella borrows nova's name: runas /netonly", week.stella_borrows),
        ("the backup program logs on to its vault", week.backup_runs),
    ]
    for person in range(PEOPLE):
        chronicle.tell(f"crew-{person:02} works at the desk", partial(week.crew_works, person, day))
        week.clock.pass_time(minutes=6)
        if person % 3 == 2 and work:
            title, act = work.pop(0)
            chronicle.tell(title, act)
