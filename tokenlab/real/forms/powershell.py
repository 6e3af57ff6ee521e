"""``Get-WinEvent | ConvertTo-Json``: values without their names, and a message that Windows translates."""

from __future__ import annotations

from tokenlab.real.forms.record import RawRow, Unreadable
from tokenlab.values import Event

COMMAND = (
    "Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4624,4688} | "
    "ForEach-Object { $_.ToXml() } | Set-Content log.xml -Encoding utf8"
)


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return ("Properties" in row and "Id" in row) or ("ProviderName" in row and "Id" in row)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `Unreadable`."""
    raise Unreadable(
        f"ConvertTo-Json of Get-WinEvent leaves out the names of the fields: expected XML, from {COMMAND}"
    )
