"""A log as Windows keeps it, ``.evtx``: the package ``evtx`` (omerbenamram/evtx) reads it, if it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO

from tokenlab.real.forms import evtx_dump
from tokenlab.real.forms.record import UnreadableRecord
from tokenlab.values import Event

MARK = b"ElfFile\0"
_ANY = BaseException  # the package raises several kinds, and its panics are no Exception
_PATIENCE = 1000  # damaged records in a row
INSTEAD = (
    "pip install evtx (or the course's extra: pip install tokenlab[detect]), or export it, on any Windows: "
    "wevtutil qe Security.evtx /lf:true /f:xml > log.xml"
)


def read_evtx(raw: bytes, notes: list[str]) -> Iterator[Event]:
    """The records in the bytes of a file. Raises `UnreadableRecord` without the package, or for no record."""
    try:
        from evtx import PyEvtxParser
    except ImportError:
        raise UnreadableRecord(
            f"this is a binary log, and the package evtx is not installed: {INSTEAD}"
        ) from None
    try:
        records = iter(PyEvtxParser(BytesIO(raw)).records_json())
    except _ANY as error:
        _let_through(error)
        raise UnreadableRecord(
            f"no binary log: {error}: expected one that is whole. Else: {INSTEAD}"
        ) from None
    found = damaged = 0
    while damaged <= found + _PATIENCE:
        try:
            record = next(records, None)
            event = None if record is None else evtx_dump.read_event(json.loads(record["data"])["Event"])
        except _ANY as error:  # a damaged record: those after it may be whole
            _let_through(error)
            damaged += 1
            continue
        if event is None:
            break
        found += 1
        yield event
    if damaged:
        notes.append(f"{damaged} damaged records of the binary log were left out.")
    if not found:
        raise UnreadableRecord(f"no record is in this binary log: expected one with records. Else: {INSTEAD}")


def _let_through(error: BaseException) -> None:
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
        raise error
