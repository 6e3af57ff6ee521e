"""Rows of Microsoft Sentinel and Log Analytics: the tables SecurityEvent, WindowsEvent and Event.

"Azure Monitor Logs reference" on Microsoft Learn. SecurityEvent has a column for each field of any event, so
empty ones of other events are left out, and columns that it works out itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from tokenlab.real.forms.fields import FIELDS
from tokenlab.real.forms.record import (
    RawRow,
    UnreadableRecord,
    data_fields,
    event_number,
    first_of,
    make_record,
)
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


@dataclass(slots=True)
class _Columns:
    """Which columns of a row are fields: those of its event, and others where they are filled."""

    names: tuple[str, ...]
    of_event: tuple[str, ...]
    of_event_in: _Chosen
    others: tuple[str, ...]
    others_in: _Chosen
    nothing: tuple[Any, ...] = ()
    """The others where none is filled, as in most rows: empty texts, and null for numbers."""

    def fields(self, row: RawRow) -> RawRow:
        cells = tuple(row.values())
        found = dict(zip(self.of_event, self.of_event_in(cells), strict=True))
        values = self.others_in(cells)
        if values != self.nothing:
            filled = zip(self.others, values, strict=True)
            others = {name: value for name, value in filled if value is not None and value != ""}
            found |= others
            self.nothing = self.nothing if others else values
        return found


_SORTS = 512  # of rows: a log has few
_latest: dict[int, _Columns] = {}


def _columns(number: int, row: RawRow) -> _Columns:
    """The columns of a row; those of the last row with this number are at hand."""
    names = tuple(row)
    found = _latest.get(number)
    if found is None or found.names != names:
        if len(_latest) >= _SORTS:
            _latest.clear()
        found = _latest[number] = _columns_named(number, names)
    found.names = names  # a log's rows share these texts, which compares faster than equal ones
    return found


@lru_cache(maxsize=_SORTS)
def _columns_named(number: int, names: tuple[str, ...]) -> _Columns:
    known = {name for part in FIELDS.get(number, ()) for name in part.split()}
    of_event = tuple(name for name in names if name in known)
    others = tuple(name for name in names if name not in known and name not in _OWN)
    of_event_in, others_in = (_chosen(list(map(names.index, part))) for part in (of_event, others))
    return _Columns(names, of_event, of_event_in, others, others_in)


def _chosen(places: list[int]) -> _Chosen:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)  # of one alone, itemgetter makes no tuple


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return "EventID" in row and not row.keys().isdisjoint(_TIME)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    number = event_number(row["EventID"])
    fields = _columns(number, row).fields(row)
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
        raise UnreadableRecord(f"EventData is no JSON: {error!s:.80}") from None
