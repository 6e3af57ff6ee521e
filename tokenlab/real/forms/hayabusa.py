"""Hayabusa's timelines: a detection a row. Only the profiles with AllFieldInfo hold the record's fields.

Yamato-Security/hayabusa, "Output Profiles": the others hold an extract under names of its own (``TgtUser``).
"""

from __future__ import annotations

from tokenlab.real.forms.record import RawRow, UnreadableRecord, make_record
from tokenlab.values import Event

_CHANNELS = {
    "Sec": "Security",
    "Sys": "System",
    "App": "Application",
    "Sysmon": "Microsoft-Windows-Sysmon/Operational",
    "PwSh": "Microsoft-Windows-PowerShell/Operational",
    "PwShClassic": "Windows PowerShell",
}


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return "RuleTitle" in row


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    fields = row.get("AllFieldInfo")
    if not isinstance(fields, dict):
        raise UnreadableRecord(
            "this timeline of Hayabusa holds an extract under names of its own, not the record's fields: "
            "expected AllFieldInfo, from hayabusa json-timeline -p all-field-info, or the record itself, "
            "from evtx_dump -o jsonl Security.evtx"
        )
    channel = str(row.get("Channel", ""))
    event = make_record(
        row.get("EventID"),
        fields,
        number=row.get("RecordID"),
        time=row.get("Timestamp"),
        channel=_CHANNELS.get(channel, channel),
        host=row.get("Computer"),
    )
    return (event,)
