"""Alerts and archives of Wazuh: below ``win`` or ``data.win``, the first letters of names in lower case.

"Windows eventchannel" in Wazuh's documentation; its decoder writes every value as text.
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
    if "win" in row:
        return True
    data = row.get("data")
    return isinstance(data, dict) and "win" in data


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    win = mapping(row["win"] if "win" in row else row["data"]["win"], "win")
    system = mapping(win.get("system"), "system")
    others = {name: value for name, value in win.items() if name not in ("system", "eventdata")}
    fields = {**data_fields(win.get("eventdata")), **user_fields(others)}
    event = make_record(
        system.get("eventID"),
        {**fields, **keywords(first_of(system, "keywords", "severityValue"))},
        number=system.get("eventRecordID"),
        time=system.get("systemTime"),
        channel=system.get("channel"),
        host=system.get("computer"),
        version=system.get("version"),
    )
    return (event,)
