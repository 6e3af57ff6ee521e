"""``Get-WinEvent | ConvertTo-Json``: values without their names, and a message that Windows translates."""

from __future__ import annotations

from tokenlab.real.forms.record import COMMAND, RawRow, UnreadableRecord
from tokenlab.values import Event


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return ("Properties" in row and "Id" in row) or ("ProviderName" in row and "Id" in row)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    raise UnreadableRecord(
        "ConvertTo-Json or Export-Csv of Get-WinEvent leaves out the names of the fields: expected XML, "
        f"from {COMMAND}"
    )
