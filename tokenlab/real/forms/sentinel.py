"""Rows of Microsoft Sentinel and Log Analytics: the tables SecurityEvent, WindowsEvent and Event.

"Azure Monitor Logs reference" on Microsoft Learn. SecurityEvent has a column for each field of any event, so
empty ones of other events are left out, and columns that it works out itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from tokenlab.real.forms.fields import FIELDS
from tokenlab.real.forms.record import RawRow, Unreadable, data_fields, event_number, first_of, make_record
from tokenlab.real.forms.xml import read_event_data
from tokenlab.values import Event

_TIME = ("TimeGenerated", "TimeGenerated [UTC]", "TimeCreated [UTC]")
_OWN = {
    *("TenantId", "SourceSystem", "Account", "AccountType", "Activity", "EventSourceName", "Level"),
    *("EventLevelName", "Task", "Type", "SourceComputerId", "EventOriginId", "MG", "TimeCollected"),
    *("ManagementGroupName", "SystemUserId", "SystemThreadId", "SystemProcessId", "Correlation", "Provider"),
    *("ProviderName", "EventData", "ExtendedDetails", "Opcode", "Keywords", "_ResourceId", "_SubscriptionId"),
    *("_IsBillable", "_BilledSize", "_ItemId", "SubjectAccount", "TargetAccount", "LogonTypeName", "Process"),
    *("AzureDeploymentID", "PartitionKey", "RowKey", "StorageAccount", "RenderedDescription", "ParameterXml"),
    *("Source", "UserName", "Message", "Channel", "EventLog", "Computer", "EventID", "EventRecordId"),
    *("EventRecordID", "Version", *_TIME),
}
"""Columns that are no fields of the record."""


_Chosen = Callable[[tuple[Any, ...]], tuple[Any, ...]]


class _Columns(NamedTuple):
    """Which columns of a row are fields: those of its event, and others where they are filled."""

    of_event: tuple[str, ...]
    of_event_in: _Chosen
    others: tuple[str, ...]
    others_in: _Chosen
    nothing: tuple[str, ...]
    """The others where none is filled, as in most rows."""

    def fields(self, row: RawRow) -> RawRow:
        cells = tuple(row.values())
        found = dict(zip(self.of_event, self.of_event_in(cells), strict=True))
        values = self.others_in(cells)
        if values != self.nothing:
            filled = zip(self.others, values, strict=True)
            found |= {name: value for name, value in filled if value is not None and value != ""}
        return found


@lru_cache(maxsize=512)
def _columns(number: int, names: tuple[str, ...]) -> _Columns:
    known = {name for part in FIELDS.get(number, ()) for name in part.split()}
    of_event = tuple(name for name in names if name in known)
    others = tuple(name for name in names if name not in known and name not in _OWN)
    of_event_in, others_in = (_chosen(list(map(names.index, part))) for part in (of_event, others))
    return _Columns(of_event, of_event_in, others, others_in, ("",) * len(others))


def _chosen(places: list[int]) -> _Chosen:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)  # of one alone, itemgetter makes no tuple


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return "EventID" in row and any(name in row for name in _TIME)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `Unreadable`."""
    number = event_number(row["EventID"])
    fields = _columns(number, tuple(row)).fields(row)
    inside = row.get("EventData")
    if isinstance(inside, str) and inside.lstrip().startswith("<"):
        fields |= read_event_data(inside.strip())
    elif isinstance(inside, str) and inside.lstrip().startswith("{"):  # WindowsEvent, as CSV
        fields |= data_fields(_from_json(inside))
    elif inside:
        fields |= data_fields(inside)
    event = make_record(
        number,
        fields,
        number=first_of(row, "EventRecordId", "EventRecordID"),
        time=first_of(row, *_TIME),
        channel=first_of(row, "Channel", "EventLog"),
        host=row.get("Computer"),
        version=row.get("Version"),
    )
    return (event,)


def _from_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"EventData is no JSON: {error!s:.80}") from None
