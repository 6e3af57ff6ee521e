"""The Security log of one machine: what a defender sees of all this.

Events are dictionaries with the field names and values of Windows' own records. Which event has which
fields: "Advanced security audit policy settings" on Microsoft Learn, a page an event (4624, 4672, ...).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from tokenlab.system.audit_policy import SUBCATEGORIES, subcategory_of
from tokenlab.system.clock import Clock
from tokenlab.values import Event, Events, Luid, Sid
from tokenlab.values.well_known import NULL_SID

YES, NO = "%%1842", "%%1843"
IMPERSONATION_LEVELS = ("%%1831", "%%1832", "%%1833", "%%1840")
NO_GUID = "{00000000-0000-0000-0000-000000000000}"
SYSTEM32 = "C:\\Windows\\System32\\"


def yes_or_no(value: object) -> str:
    """``%%1842`` for yes, ``%%1843`` for no: message numbers that Event Viewer puts into words."""
    return YES if value else NO


AUDIT_SUCCESS, AUDIT_FAILURE = "0x8020000000000000", "0x8010000000000000"


def lines(names: Iterable[str]) -> str:
    """A list in one field: a name a line, indented as Windows indents it; ``-`` if there is none."""
    return "\r\n\t\t\t".join(names) or "-"


@dataclass(frozen=True)
class EventSubject:
    """Who did it: the four fields that begin with Subject or Target in nearly every event."""

    sid: Sid
    name: str
    domain: str
    logon_id: Luid

    def fields(self, prefix: str = "Subject") -> dict[str, str]:
        """``SubjectUserSid``, ``SubjectUserName``, ``SubjectDomainName``, ``SubjectLogonId``."""
        return {
            f"{prefix}UserSid": str(self.sid),
            f"{prefix}UserName": self.name,
            f"{prefix}DomainName": self.domain,
            f"{prefix}LogonId": str(self.logon_id),
        }


NOBODY = EventSubject(NULL_SID, "-", "-", Luid(0))
"""The subject of a logon that came over the network: no process of this machine asked for it."""


@dataclass(frozen=True)
class EventProgram:
    """The process that an event names."""

    process_id: int = 0
    name: str = "-"

    def fields(self) -> dict[str, str]:
        """``ProcessId`` (in hex) and ``ProcessName``."""
        return {"ProcessId": f"{self.process_id:#x}", "ProcessName": self.name}


NO_PROGRAM = EventProgram()


class EventLog(Events):
    """One channel of one machine: events in the order in which they happened. See `Events` for what can be
    asked of them."""

    channel: ClassVar[str]
    provider: ClassVar[str]

    def __init__(self, computer: str = "-", clock: Clock | None = None) -> None:
        super().__init__()
        self.computer = computer
        self.clock = clock or Clock()

    def append(self, event_id: int, **fields: str) -> Event:
        """Write an event down, with its number, the machine and the time; gives it back.

        Raises ValueError for a field that has the name of one of the header.
        """
        if clash := sorted(fields.keys() & {*_HEAD} - {"Keywords"}):
            raise ValueError(f"{clash[0]} is in every event's header: expected another name for the field")
        event: Event = {
            "EventID": event_id,
            "RecordNumber": len(self._events) + 1,
            "TimeCreated": self.clock.now(),
            "Channel": self.channel,
            "Hostname": self.computer,
            **fields,
        }
        self._events.append(event)
        return event

    def events(self, *event_ids: int) -> Events:
        """All events, or those with one of these numbers, oldest first."""
        return self.where(*event_ids)

    def since(self, record: int) -> Events:
        """What was written after the record with this number (0: everything)."""
        return self[record:]

    def to_json_lines(self) -> str:
        """An event a line, the form in which collectors pass them on."""
        import json  # few ask for it

        return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in self._events)

    def to_xml(self) -> str:
        """An event a line, as ``wevtutil qe Security /f:xml`` prints them."""
        return "".join(_xml(event, self.provider) for event in self._events)


class SecurityLog(EventLog):
    """The Security log: what Windows itself audits, in every subcategory unless told otherwise."""

    channel, provider = "Security", "Microsoft-Windows-Security-Auditing"

    def __init__(self, computer: str = "-", clock: Clock | None = None) -> None:
        super().__init__(computer, clock)
        self.logon_version = 2
        """Of 4624: version 3 has a field more, RemoteCredentialGuard."""
        self._off: set[str] = set()

    def audit(self, subcategory: str, on: bool = True) -> None:
        """Turn a subcategory on or off: ``auditpol /set /subcategory:"Kernel Object" /success:disable``.

        Raises KeyError for a subcategory that is not known.
        """
        if subcategory not in SUBCATEGORIES:
            known = ", ".join(sorted(SUBCATEGORIES))
            raise KeyError(f"{subcategory!r} is not a subcategory known here: expected one of {known}")
        self._off.discard(subcategory) if on else self._off.add(subcategory)

    def append(self, event_id: int, **fields: str) -> Event:
        """Write an event down, unless its subcategory is off; see `EventLog.append`."""
        event = super().append(event_id, **fields)
        if self._off and subcategory_of(event_id, event) in self._off:
            self._events.pop()
        return event


class SystemLog(EventLog):
    """The System log: of what Windows writes there, only the services that were added."""

    channel, provider = "System", "Service Control Manager"


_HEAD = ("EventID", "RecordNumber", "TimeCreated", "Channel", "Hostname", "Keywords")
_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def _result(event: Event) -> str:
    """The keyword of an audit: of a refused logon, or of a request to a controller that has an error code."""
    number = event["EventID"]
    wrong = number in (4768, 4769, 4776) and event.get("Status", "0x0") != "0x0"
    return AUDIT_FAILURE if wrong or number in (4625, 4771) else AUDIT_SUCCESS


def _xml(event: Event, provider: str) -> str:
    from html import escape  # few ask for it

    head = {name: escape(str(event.get(name, ""))) for name in _HEAD}
    data = "".join(
        f'<Data Name="{escape(name)}">{escape(str(value))}</Data>'
        for name, value in event.items()
        if name not in _HEAD
    )
    return (
        f"<Event xmlns='{_NAMESPACE}'><System><Provider Name='{provider}'/>"
        f"<EventID>{head['EventID']}</EventID><Keywords>{head['Keywords'] or _result(event)}</Keywords>"
        f"<TimeCreated SystemTime='{head['TimeCreated']}'/>"
        f"<EventRecordID>{head['RecordNumber']}</EventRecordID><Channel>{head['Channel']}</Channel>"
        f"<Computer>{head['Hostname']}</Computer></System><EventData>{data}</EventData></Event>\n"
    )
