"""Sigma's log sources: which records each of them means here, and the names of their fields.

"Sigma rules specification", *log sources*. A service is a channel; a category is a kind of event of Sysmon's,
and for process creation Windows' own 4688 too, under Sysmon's names (Microsoft Learn, *4688(S)*, has what
each of its fields holds).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tokenlab.values import Event, Events

SYSMON = "Microsoft-Windows-Sysmon/Operational"
POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
SERVICES = {
    "security": "Security",
    "system": "System",
    "application": "Application",
    "ntlm": "Microsoft-Windows-NTLM/Operational",
    "powershell": POWERSHELL,
    "sysmon": SYSMON,
}
CATEGORIES: dict[str, tuple[tuple[str, int], ...]] = {
    "process_creation": ((SYSMON, 1), ("Security", 4688)),
    "network_connection": ((SYSMON, 3),),
    "process_termination": ((SYSMON, 5),),
    "driver_load": ((SYSMON, 6),),
    "image_load": ((SYSMON, 7),),
    "create_remote_thread": ((SYSMON, 8),),
    "process_access": ((SYSMON, 10),),
    "file_event": ((SYSMON, 11),),
    "registry_set": ((SYSMON, 13),),
    "pipe_created": ((SYSMON, 17), (SYSMON, 18)),
    "dns_query": ((SYSMON, 22),),
    "ps_script": ((POWERSHELL, 4104),),
}
_PROVIDERS = {
    "Security": "Microsoft-Windows-Security-Auditing",
    "Microsoft-Windows-NTLM/Operational": "Microsoft-Windows-NTLM",
    POWERSHELL: "Microsoft-Windows-PowerShell",
    SYSMON: "Microsoft-Windows-Sysmon",
}
_LEVELS = {
    "S-1-16-0": "Untrusted",
    "S-1-16-4096": "Low",
    "S-1-16-8192": "Medium",
    "S-1-16-8448": "Medium",
    "S-1-16-12288": "High",
    "S-1-16-16384": "System",
}
_SERVICE_USERS = {
    "S-1-5-18": "NT AUTHORITY\\SYSTEM",
    "S-1-5-19": "NT AUTHORITY\\LOCAL SERVICE",
    "S-1-5-20": "NT AUTHORITY\\NETWORK SERVICE",
}


class LogSource(NamedTuple):
    """A log source of Windows: its category or its service, one of them empty."""

    category: str
    service: str

    @classmethod
    def read(cls, product: str | None, category: str | None, service: str | None) -> LogSource:
        """Raises ValueError for a log source that no log here can be."""
        known = category in CATEGORIES if category else service in SERVICES
        if product not in (None, "windows") or not known:
            names = {"product": product, "category": category, "service": service}
            told = ", ".join(f"{name}: {value}" for name, value in names.items() if value) or "nothing"
            raise ValueError(
                f"its log source is {told}: expected product: windows and a service ({', '.join(SERVICES)}) "
                f"or a category ({', '.join(CATEGORIES)}), "
                "for example {product: windows, service: security}"
            )
        return cls(category or "", "" if category else service or "")

    @property
    def table(self) -> str:
        """A name for the records of this source."""
        return self.category or self.service

    @property
    def needs(self) -> str:
        """What must be switched on for such records to be written."""
        if self.table == "process_creation":
            return 'Sysmon (event 1), or Audit "Process Creation" with its command line'
        if self.category and CATEGORIES[self.category][0][0] == SYSMON:
            numbers = ", ".join(str(number) for _, number in CATEGORIES[self.category])
            return f"Sysmon, with a configuration that asks for event {numbers}"
        if self.service == "security":
            return "the Audit subcategory that writes these events"
        return f"the channel {SERVICES.get(self.service, POWERSHELL)}"

    def records(self, log: Events) -> Iterator[tuple[int, Event]]:
        """The records of this source, each with its place in the log."""
        if self.service:
            wanted = SERVICES[self.service].casefold()
            return ((place, event) for place, event in enumerate(log) if _channel(event) == wanted)
        kinds = {(channel.casefold(), number) for channel, number in CATEGORIES[self.category]}
        return (
            (place, event) for place, event in enumerate(log) if (_channel(event), event["EventID"]) in kinds
        )

    def value(self, event: Event, field: str) -> object:
        """What a field of Sigma's holds in this record; None where it has no such field."""
        if self.table == "process_creation" and event["EventID"] == 4688:
            read = _STARTS.get(field)
            if read:
                return read(event)
        if field in event:
            return event[field]
        if field == "Computer":
            return event.get("Hostname")
        return _PROVIDERS.get(str(event.get("Channel", "Security"))) if field == "Provider_Name" else None


def _channel(event: Event) -> str:
    return str(event.get("Channel", "") or "Security").casefold()


def _whose(event: Event) -> str:
    """The new process stands for Target where that is filled in, else for its creator."""
    return "Target" if event.get("TargetLogonId", "0x0") not in ("0x0", "-", "") else "Subject"


def _user(event: Event) -> str:
    who = _whose(event)
    name = f"{event.get(f'{who}DomainName', '-')}\\{event.get(f'{who}UserName', '-')}"
    return _SERVICE_USERS.get(str(event.get(f"{who}UserSid", "")), name)


def _number(text: object) -> str:
    """Sysmon writes process ids in decimal, 4688 in hexadecimal."""
    try:
        return str(int(str(text), 0))
    except ValueError:
        return str(text)


_STARTS: dict[str, Callable[[Event], object]] = {
    "Image": lambda event: event.get("NewProcessName"),
    "ParentImage": lambda event: event.get("ParentProcessName"),
    "ProcessId": lambda event: _number(event.get("NewProcessId", "-")),
    "ParentProcessId": lambda event: _number(event.get("ProcessId", "-")),
    "User": _user,
    "LogonId": lambda event: event.get(f"{_whose(event)}LogonId"),
    "IntegrityLevel": lambda event: _LEVELS.get(str(event.get("MandatoryLabel", ""))),
}
"""A 4688 under the names of Sysmon's event 1; it has no hashes, and no command line of the parent."""
