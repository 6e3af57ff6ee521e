"""What runs before anybody logs on: the processes of Windows itself, made from `windows_programs`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tokenlab.security import Acl, SecurityDescriptor
from tokenlab.system.identity import NETWORK_SERVICE_IDENTITY
from tokenlab.system.process import Process, ProcessTable
from tokenlab.system.windows_programs import PROGRAMS

if TYPE_CHECKING:
    from tokenlab.system.machine import Machine

LSASS_AUDIT = "S:(AU;SAFA;0x10;;;WD)"
"""Windows 10 audits who reads the memory of lsass.exe ("What's new in Windows 10 security auditing")."""

_ACCOUNTS = {
    "localsystem": r"NT AUTHORITY\SYSTEM",
    "localservice": r"NT AUTHORITY\LOCAL SERVICE",
    "networkservice": r"NT AUTHORITY\NETWORK SERVICE",
}


def boot(machine: Machine, table: ProcessTable) -> None:
    """Start Windows on a machine: no log tells of it, because the log begins later."""
    by_name: dict[str, Process] = {}
    for image, parent, protected in PROGRAMS:
        token = (
            machine.lsa.token_of_windows(NETWORK_SERVICE_IDENTITY)
            if image.endswith("WmiPrvSE.exe")
            else machine.system_token.duplicate()
        )
        process = table.new(image, token, by_name.get(parent), protected=protected)
        by_name[process.name] = process
    lsass = by_name["lsass.exe"]
    lsass.protected = machine.policy.lsa_protection
    label = lsass.descriptor.sacl or ()
    audit = SecurityDescriptor.from_sddl(LSASS_AUDIT).sacl or ()
    lsass.descriptor = replace(lsass.descriptor, sacl=Acl((*label, *audit)))
    if machine.policy.credential_guard:
        token = machine.system_token.duplicate()
        table.new(machine.full_path("LsaIso.exe"), token, by_name["wininit.exe"], protected=True)


def service_account(name: str) -> str:
    """The account of a service, as the LSA names it: ``LocalSystem`` is SYSTEM."""
    return _ACCOUNTS.get(name.lower(), name)
