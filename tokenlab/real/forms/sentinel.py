"""Rows of Microsoft Sentinel and Log Analytics: the tables SecurityEvent, WindowsEvent and Event.

"Azure Monitor Logs reference" on Microsoft Learn. SecurityEvent has a column for each field of any event, so
empty ones of other events are left out, and columns that it works out itself.
"""

from __future__ import annotations

import json
from functools import lru_cache

from tokenlab.real.forms.fields import FIELDS
from tokenlab.real.forms.record import Row, Unreadable, data_fields, event_number, first_of, make_record
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


@lru_cache(maxsize=512)
def _fields(number: int, columns: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Which columns of a row of this event are fields: those of the event, and others if they are filled."""
    known = {name for part in FIELDS.get(number, ()) for name in part.split()}
    others = [name for name in columns if name not in known and name not in _OWN]
    return [name for name in columns if name in known], others


def fits(row: Row) -> bool:
    """True if a row is of this form."""
    return any(name in row for name in _TIME) and "EventID" in row


def read(row: Row) -> tuple[Event, ...]:
    """The records of a row. Raises `Unreadable`."""
    number = event_number(row["EventID"])
    of_event, others = _fields(number, tuple(row))
    fields = {name: row[name] for name in of_event}
    for name in others:
        if row[name] not in (None, ""):
            fields[name] = row[name]
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
