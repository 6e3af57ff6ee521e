"""Rows of EvtxECmd (CSV or JSON): the fields lie as JSON in ``Payload``, beside extracts that its maps make.

EricZimmerman/evtx. ``RecordNumber`` counts the records of the file, ``ProcessId`` is who wrote the record:
the record's own are ``EventRecordId`` and what the payload says. Times are in UTC.
"""

from __future__ import annotations

import json

from tokenlab.real.forms.record import (
    RawRow,
    UnreadableRecord,
    data_fields,
    make_record,
    mapping,
    user_fields,
)
from tokenlab.values import Event


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return "Payload" in row and ("MapDescription" in row or "ChunkNumber" in row)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    payload = row["Payload"]
    if isinstance(payload, str):
        try:
            payload = json.loads(payload or "{}")
        except (ValueError, RecursionError) as error:
            raise UnreadableRecord(
                f"Payload is no JSON: {error!s:.80}: expected EvtxECmd's own, --json or --csv"
            ) from None
    payload = mapping(payload, "Payload")
    fields = {**user_fields(payload.get("UserData")), **data_fields(payload.get("EventData"))}
    time = row.get("TimeCreated")
    if isinstance(time, str) and time[-1:].isdigit() and time[-6:-5] not in ("+", "-"):
        time += "Z"
    event = make_record(
        row.get("EventId"),
        fields,
        number=row.get("EventRecordId"),
        time=time,
        channel=row.get("Channel"),
        host=row.get("Computer"),
    )
    return (event,)
