"""Results that Splunk exports: what was indexed stands in ``_raw``.

That is Windows' XML where the input has ``renderXml = true`` (source type XmlWinEventLog). The other form,
WinEventLog, is the rendered text, whose names Windows translates and repeats.
"""

from __future__ import annotations

from tokenlab.real.forms.record import RawRow, UnreadableRecord, plain
from tokenlab.real.forms.xml import pieces, read_piece
from tokenlab.values import Event


def fits(row: RawRow) -> bool:
    """True if a row is of this form."""
    return "_raw" in row or (isinstance(row.get("result"), dict) and "_raw" in row["result"])


def read(row: RawRow) -> tuple[Event, ...]:
    """The records of a row. Raises `UnreadableRecord`."""
    raw = plain(row["_raw"] if "_raw" in row else row["result"]["_raw"])
    found = tuple(read_piece(piece) for piece in pieces(raw) if piece.whole)
    if not found:
        raise UnreadableRecord(
            f"_raw is no XML but {raw[:40]!r}, which names no fields: expected renderXml = true in "
            "inputs.conf, or the event from the machine itself: wevtutil qe Security /f:xml"
        )
    return found
