"""Who speaks to which port: what Sysmon's event 3 tells of a connection, on the machine where it begins.

Seen in real records: port 88 is lsass.exe's alone, for it asks for tickets in everybody's name; port 445 is
System's, where the client of SMB lives; other programs speak for themselves. Only a ticket tool speaks to
port 88 itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenlab.system import Machine, Process, Thread

if TYPE_CHECKING:
    from tokenlab.network.network import Network
    from tokenlab.network.services import Service

KERBEROS_PORT = 88
PORTS = {
    "SMB": 445,
    "pipe": 445,
    "WinRM": 5985,
    "HTTP": 80,
    "LDAP": 389,
    "SQL Server": 1433,
    "RDP": 3389,
    "SSH": 22,
}
"""By the kind of service; RPC begins at 135."""


def write_visit(network: Network, thread: Thread, service: Service) -> None:
    """3, where Sysmon is installed: a program connects to a service of another machine."""
    machine, port = thread.process.machine, PORTS.get(service.kind, 135)
    if machine.sysmon is not None:
        process = machine.process("System") if port == 445 else thread.process
        _write(network, process, service.machine, port)


def write_kerberos(network: Network, machine: Machine, tool: Process | None = None) -> None:
    """3: a ticket is asked for, by lsass.exe, or by a ``tool`` that speaks Kerberos itself."""
    if machine.sysmon is not None:
        _write(network, tool or machine.process("lsass.exe"), network.controller, KERBEROS_PORT)


def _write(network: Network, process: Process, target: Machine, port: int) -> None:
    source = process.machine
    if source.sysmon is not None and source is not target:
        source.sysmon.connected(process, network.address(source), network.address(target), port)
