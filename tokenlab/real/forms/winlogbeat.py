"""Documents of Winlogbeat and the Elastic Agent: the record stands below ``winlog``.

"Winlogbeat exported fields" (Elastic). Kibana and the search API may write ``winlog.event_data.LogonType``
for what is nested in the document, and every value of ``fields`` as a list.
"""

from __future__ import annotations

from typing import Any

from tokenlab.real.forms.record import (
    RawRow,
    UnreadableRecord,
    data_fields,
    first_of,
    keywords,
    make_record,
    mapping,
)
from tokenlab.values import Event

_BETWEEN = "\r\n\t\t\t"  # the module for Security splits Windows' lists of privileges


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return "winlog" in row or "winlog.event_id" in row or "winlog.channel" in row


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    if "winlog" not in row:
        row = _nested(row)
    log = mapping(row["winlog"], "winlog")
    data = {**data_fields(log.get("event_data")), **data_fields(log.get("user_data"))}
    data.pop("xml_name", None)
    fields = {name: _BETWEEN.join(value) if _is_words(value) else value for name, value in data.items()}
    event = make_record(
        first_of(log, "event_id") or first_of(_object(row, "event"), "code"),
        {**fields, **keywords(log.get("keywords"))},
        number=log.get("record_id"),
        time=first_of(row, "@timestamp") or first_of(_object(row, "event"), "created"),
        channel=log.get("channel"),
        host=first_of(log, "computer_name") or first_of(_object(row, "host"), "name", "hostname"),
        version=log.get("version"),
    )
    return (event,)


def _object(row: RawRow, name: str) -> RawRow:
    found = row.get(name)
    return found if isinstance(found, dict) else {}


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _nested(row: RawRow) -> RawRow:
    """``{"winlog.channel": ["Security"]}`` as ``{"winlog": {"channel": "Security"}}``."""
    found: RawRow = {}
    for path, value in row.items():
        *above, name = path.split(".", 3) if path.startswith("winlog.") else path.split(".", 1)
        place: Any = found
        for part in above:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise UnreadableRecord(f"{path!r} stands below {part!r}, which is a value")
        single = isinstance(value, list) and len(value) == 1
        place[name] = value[0] if single else value
    return found
