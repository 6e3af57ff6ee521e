"""What Chainsaw's ``hunt`` writes with ``--json``: what a rule found, with the record, or several, in it.

WithSecureLabs/chainsaw; its ``search`` and ``dump`` write the records alone, as evtx_dump does.
"""

from __future__ import annotations

from tokenlab.real.forms import evtx_dump
from tokenlab.real.forms.record import RawRow, mapping
from tokenlab.values import Event


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return isinstance(row.get("document"), dict) or isinstance(row.get("documents"), list)


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    documents = row["documents"] if isinstance(row.get("documents"), list) else [row["document"]]
    return tuple(_record(mapping(document, "document")) for document in documents)


def _record(document: RawRow) -> Event:
    data = mapping(document.get("data", document), "data")
    return evtx_dump.read_event(mapping(data.get("Event"), "Event"))
