"""Wherever an event names a process, that process was running then: its number, under that image.

D: the pages of 4624, 4648, 4656, 4688 and their like say of the process id that it ties the event to others,
for example to 4688; a number that no process ever had would lead a reader nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.system import test_real_logons
from tests.system.scene import COSMO, NOVA, desk, shell
from tokenlab import worlds
from tokenlab.network import AuthenticationMechanism, RemoteDesktop, SqlServer, Ssh, WinRm
from tokenlab.system import LogonType, Machine, Refusal
from tokenlab.values import Event
from tokenlab.worlds.busy_day import busy_day
from tokenlab.worlds.double_hop import HOPS, WAYS, double_hop
from tokenlab.worlds.incident import incident
from tokenlab.worlds.incident_scene import BORROWING, CAUSES

NOBODY = "0x0"
PAIRS = (
    ("ProcessId", "ProcessName"),
    ("NewProcessId", "NewProcessName"),
    ("ProcessId", "ParentProcessName"),
    ("CallerProcessId", "CallerProcessName"),
)


def named(event: Event) -> Iterator[tuple[str, str]]:
    """The processes that an event names, by number and image."""
    for number, image in PAIRS:
        if number in event and image in event and event[number] != NOBODY:
            yield event[number], event[image]


def strangers(machine: Machine) -> list[Event]:
    """Events that name a process that did not run when they were written."""
    alive = {(f"{process.pid:#x}", process.image) for process in machine.processes}
    started = {
        (event["NewProcessId"], event["NewProcessName"]): event["RecordNumber"]
        for event in machine.log.events(4688)
    }
    ended = {
        (event["ProcessId"], event["ProcessName"]): event["RecordNumber"]
        for event in machine.log.events(4689)
    }
    found = []
    for event in machine.log.events():
        record = event["RecordNumber"]
        for process in named(event):
            born, died = started.get(process), ended.get(process)
            here = born is not None or died is not None or process in alive
            if not here or (born or 0) > record or (died or record) < record:
                found.append(event)
    return found


def logons_of_every_kind() -> None:
    test_real_logons.modelled()


def programs() -> None:
    machine = desk()
    program = shell(machine, COSMO).start("tool.exe")
    program.log_on(r"ELSE\where", "x", LogonType.NEW_CREDENTIALS)
    program.log_on(*NOVA)
    program.start_with_logon(*NOVA, "cmd.exe")
    program.start_with_logon(*NOVA, "cmd.exe", net_only=True)
    program.elevate("cmd.exe", name=NOVA[0], password=NOVA[1])
    with pytest.raises(Refusal):
        program.elevate("cmd.exe", name=NOVA[0], password="wrong")
    shell(machine, NOVA).elevate("cmd.exe").token.adjust_privileges({"SeDebugPrivilege": 2})
    machine.start_service("Spooler")
    machine.create_by_wmi(machine.log_on(*NOVA, LogonType.NETWORK), "cmd.exe")


def hops() -> None:
    for way in WAYS:
        for hop in HOPS:
            double_hop(way, "any protocol", hop)


def services() -> None:
    """Remoting, also as a virtual account (JEA); a shell by SSH; what a desktop brings; a question."""
    world = worlds.astro()
    first, thread = world.machine("MISTAKENOT-SRV1"), shell(world.machine("MISTAKENOT-WS-1"), NOVA).thread
    for service, way in (
        (WinRm(first), AuthenticationMechanism.NEGOTIATE),
        (WinRm(first, virtual_account=True), AuthenticationMechanism.NEGOTIATE),
        (Ssh(first), AuthenticationMechanism.KEY),
        (Ssh(first), AuthenticationMechanism.PASSWORD),
        (RemoteDesktop(first), AuthenticationMechanism.REMOTE_DESKTOP),
        (SqlServer(first), AuthenticationMechanism.NEGOTIATE),
    ):
        world.network.offer(service)
        assert world.network.connect(thread, service, way=way).ok
    first.prepare_desktop()
    first.process("sqlservr.exe").context_of("nova")


def incidents() -> None:
    for cause in CAUSES:
        for borrowing in BORROWING:
            incident(cause=cause, borrowing=borrowing)


SCENES: list[Callable[[], object]] = [logons_of_every_kind, programs, busy_day, hops, services, incidents]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_an_event_that_names_a_process_names_one_that_was_running(
    scene: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    machines: list[Machine] = []
    as_ever = Machine.__init__

    def remembered(self: Machine, *arguments: object, **options: object) -> None:
        as_ever(self, *arguments, **options)  # type: ignore[arg-type]
        machines.append(self)

    monkeypatch.setattr(Machine, "__init__", remembered)
    scene()
    assert sum(sum(1 for _ in named(event)) for one in machines for event in one.log.events())
    assert [event for one in machines for event in strangers(one)] == []
