"""Rows of Velociraptor's ``parse_evtx``: System and EventData side by side, time as seconds since 1970.

Its artifacts flatten System (``EventTime``, ``EventID`` ... beside ``EventData``): `flat` reads these.
"""

from __future__ import annotations

from tokenlab.real.forms import evtx_dump
from tokenlab.real.forms.record import RawRow
from tokenlab.values import Event

_HEXADECIMAL = ("LogonId", "ProcessId", "AccessMask", "Status", "HandleId", "TicketOptions", "EncryptionType")


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return isinstance(row.get("System"), dict)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    data = row.get("EventData")
    if isinstance(data, dict) and row["System"].get("Channel") == "Security":
        row = {**row, "EventData": {name: in_hexadecimal(name, value) for name, value in data.items()}}
    return (evtx_dump.read_event(row),)


def in_hexadecimal(name: str, value: object) -> object:
    """Numbers that Windows writes as 0x3e7 are plain ones there: the Security log's, not Sysmon's."""
    return hex(value) if type(value) is int and name.endswith(_HEXADECIMAL) else value
