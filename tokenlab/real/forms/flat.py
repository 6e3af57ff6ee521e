"""Objects with the fields of an event side by side: NXLog, Logstash, the rows of many tools.

The head has other names in each; whatever is no part of it is kept.
"""

from __future__ import annotations

from tokenlab.real.forms.record import RawRow, data_fields, first_of, make_record, user_fields
from tokenlab.real.forms.velociraptor import in_hexadecimal
from tokenlab.values import Event

_ID = ("EventID", "EventId", "EventCode", "event_id", "Id")
_HOST = ("Hostname", "Computer", "ComputerName", "MachineName", "computer_name", "host")
_NUMBER = (
    "RecordNumber",
    "EventRecordID",
    "EventRecordId",
    "RecordId",
    "RecordID",
    "record_id",
    "record_number",
)
_TIME = ("TimeCreated", "EventTime", "@timestamp", "TimeGenerated", "_time")
_CHANNEL = ("Channel", "log_name", "LogName")
_PARTS = ("EventData", "event_data", "UserData", "user_data")
_HEAD = {*_ID, *_HOST[:-1], *_NUMBER, *_TIME, *_CHANNEL}


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return any(name in row for name in _ID)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    fields = {name: value for name, value in row.items() if name not in _HEAD}
    for name in _PARTS:
        part = fields.get(name)
        if isinstance(part, dict):
            inside = user_fields(part) if name[0] in "Uu" else data_fields(part)
            fields.pop(name)
            if first_of(row, *_CHANNEL) in ("", "Security"):
                inside = {name: in_hexadecimal(name, value) for name, value in inside.items()}
            fields |= inside
    event = make_record(
        first_of(row, *_ID),
        fields,
        number=first_of(row, *_NUMBER),
        time=first_of(row, *_TIME),
        channel=first_of(row, *_CHANNEL),
        host=first_of(row, *_HOST),
        version=first_of(row, "Version", "version"),
    )
    return (event,)
