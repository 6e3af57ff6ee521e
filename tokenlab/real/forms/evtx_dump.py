"""JSON of ``evtx_dump`` and its kin: the tree of Windows' XML, attributes in objects of their own.

omerbenamram/evtx writes ``{"Event": {"System": {"TimeCreated": {"#attributes": {"SystemTime": ...}}}}}``, or
with ``--separate-json-attributes``, as Chainsaw does, ``"TimeCreated_attributes"``; golang-evtx none of both.
"""

from __future__ import annotations

from tokenlab.real.forms.record import (
    RawRow,
    data_fields,
    first_of,
    keywords,
    make_record,
    mapping,
    user_fields,
)
from tokenlab.values import Event


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return isinstance(row.get("Event"), dict)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    return (read_event(row["Event"]),)


def read_event(event: RawRow) -> Event:
    """The record that stands below ``Event``. Raises `UnreadableRecord`."""
    system = mapping(event.get("System"), "System")
    created = system.get("TimeCreated_attributes") or system.get("TimeCreated")
    if isinstance(created, dict):
        created = created.get("#attributes", created)
    if isinstance(created, dict):
        created = created.get("SystemTime")
    data = event.get("EventData")
    fields = data_fields(data) if data else user_fields(event.get("UserData"))
    if "Keywords" in system:
        fields = {**fields, **keywords(system["Keywords"])}
    return make_record(
        system.get("EventID"),
        fields,
        number=system.get("EventRecordID"),
        time=created,
        channel=system.get("Channel"),
        host=first_of(system, "Computer"),
        version=system.get("Version"),
    )
