"""Who speaks to which port: what Sysmon's event 3 tells of a connection, on the machine where it begins.

Seen in real records: port 88 is lsass.exe's alone, for it asks for tickets in everybody's name; port 445 is
System's, where the client of SMB lives; other programs speak for themselves. Only a ticket tool speaks to
port 88 itself.
"""

from __future__ import annotations

from tokenlab.network.names import HostNames
from tokenlab.network.services import RemoteService
from tokenlab.system import Machine, Process, Thread

KERBEROS_PORT, SMB_PORT = 88, 445


def write_visit(names: HostNames, thread: Thread, service: RemoteService) -> None:
    """3, where Sysmon is installed: a program connects to a service of another machine."""
    machine = thread.process.machine
    if machine.sysmon is not None:
        process = machine.process("System") if service.port == SMB_PORT else thread.process
        _write(names, process, service.machine, service.port)


def write_kerberos(
    names: HostNames, machine: Machine, controller: Machine, tool: Process | None = None
) -> None:
    """3: a ticket is asked for, by lsass.exe, or by a ``tool`` that speaks Kerberos itself."""
    if machine.sysmon is not None:
        _write(names, tool or machine.process("lsass.exe"), controller, KERBEROS_PORT)


def _write(names: HostNames, process: Process, target: Machine, port: int) -> None:
    source = process.machine
    if source.sysmon is not None and source is not target:
        source.sysmon.write_connection(process, names.address(source), names.address(target), port)
