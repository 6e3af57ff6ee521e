"""What Chainsaw's ``hunt`` writes with ``--json``: what a rule found, with the record, or several, in it.

WithSecureLabs/chainsaw; its ``search`` and ``dump`` write the records alone, as evtx_dump does.
"""

from __future__ import annotations

from tokenlab.real.forms import evtx_dump
from tokenlab.real.forms.record import Row, mapping
from tokenlab.values import Event


def fits(row: Row) -> bool:
    """True if a row is of this form."""
    return isinstance(row.get("document"), dict) or isinstance(row.get("documents"), list)


def read(row: Row) -> tuple[Event, ...]:
    """The records of a row. Raises `Unreadable`."""
    documents = row["documents"] if isinstance(row.get("documents"), list) else [row["document"]]
    return tuple(_record(mapping(document, "document")) for document in documents)


def _record(document: Row) -> Event:
    data = mapping(document.get("data", document), "data")
    return evtx_dump.read_event(mapping(data.get("Event"), "Event"))
