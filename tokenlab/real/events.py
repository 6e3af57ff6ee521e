r"""Records of real Windows logs in, in the form in which they lie there.

On a real machine, as administrator::

    wevtutil qe Security /f:xml /q:"*[System[(EventID=4624 or EventID=4688)]]" > log.xml

or, in PowerShell::

    Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4624,4688} -Oldest |
        ForEach-Object { $_.ToXml() } | Set-Content log.xml -Encoding utf8

`read_events` and `load_events` find out by the content what it is: that XML, a binary ``.evtx``, JSON or JSON
lines of evtx_dump, Winlogbeat, Wazuh, Splunk, Velociraptor, Chainsaw and others, rows of Sentinel, CSV of
these. `forms` has a file for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

from tokenlab.real.forms import evtx_file, objects, xml
from tokenlab.real.forms.prompts import BEFORE, without_counts
from tokenlab.real.forms.record import EXPORT, UnreadableRecord
from tokenlab.real.progress import show_progress
from tokenlab.values import Event, Events, ParseError

_MARKS = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
_PACKED = {b"PK\x03\x04": "a zip archive", b"\x1f\x8b": "a gzip archive"}
_TABLE = re.compile(  # a heading with one of these among its names
    r"(?:[^\n]*[,;\t])?\"?(?:EventID|EventId|EventCode|_raw|winlog\.event_id|event\.code|ProviderName|TimeGenerated[^,\n]{0,9})"
    r"\"?(?:[,;\t\r\n]|\Z)"
)
_INSTEAD = f"expected XML (<Event ...>) or JSON ([{{...}}] or {{...}}). {EXPORT}"


class EventError(ParseError):
    """No event: ``line`` and ``column`` of the text say where, both from 1."""

    def __init__(self, reason: str, line: int, column: int = 1) -> None:
        message = f"line {line}, column {column}: {reason}"
        super().__init__(reason, line=line, column=column, message=message)


def load_events(path: str | Path) -> Events:
    """The events in a file: a binary log, or text in UTF-8 or in what Windows' ``>`` makes of it.

    What takes longer than two seconds shows its progress. Raises `EventError`, OSError.
    """
    raw = Path(path).read_bytes()
    if raw.startswith(evtx_file.MARK):
        told: list[str] = []
        return _collected(evtx_file.read_evtx(raw, told), "", told)
    for mark, name in _PACKED.items():
        if raw.startswith(mark):
            raise EventError(f"this is {name}: expected the log that is in it", 1)
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    text = raw.decode(encoding, "replace")
    lost = text.count("\ufffd") - raw.count("\ufffd".encode())
    notes = [f"{lost} signs were not {encoding}, and are read as \ufffd."] if lost > 0 else []
    return _read(text, notes)


def read_events(text: str) -> Events:
    """The events in this text, in its order.

    Their fields have the names and values of Windows, all as text; ``EventID`` and ``RecordNumber`` are
    numbers. What was left out stands in ``notes`` of the result. Raises `EventError` with the place.
    """
    return _read(text, [])


def _read(text: str, notes: list[str]) -> Events:
    text = text.removeprefix("\ufeff")
    start = BEFORE.match(text).end()  # type: ignore[union-attr]
    start += len(text) - start - len(text[start:].lstrip())
    if start == len(text):
        return Events((), notes)
    if text.startswith("&lt;", start):  # out of a page's source
        notes.append("The text was escaped for HTML, and was read without that.")
        return _read(unescape(text[start:]), notes)
    if before := without_counts(text[:start]):
        notes.append(f"Left out, before the first record: {before:.80}")
    return _collected(_records(text, start, notes), text, notes)


def _records(text: str, start: int, notes: list[str]) -> Iterator[Event]:
    first = text[start]
    if first in "<-":  # Internet Explorer's view, much pasted, puts a minus before what folds
        return xml.records_in(text, start, notes)
    if first in "[{":
        return objects.records_in(objects.rows_of_json(text, start), notes)
    if _TABLE.match(text, start):
        return objects.records_in(objects.rows_of_csv(text, start), notes)
    raise EventError(_why_none(text[start:]), *_place(text, start))


def _collected(records: Iterator[Event], text: str, notes: list[str]) -> Events:
    try:
        return Events(show_progress(records), notes)
    except UnreadableRecord as error:
        raise EventError(str(error), *_place(text, getattr(error, "offset", 0))) from None


def _why_none(text: str) -> str:
    if text.startswith("ElfFile"):
        return f"this is a binary log: expected load_events(path). Else: {evtx_file.INSTEAD}"
    if re.match(r"Event\[\d+\]|Log Name:\s|[^\n]{0,40}:\s[^\n]*\n[^\n]{0,40}:\s", text):
        return f"text as Event Viewer and wevtutil /f:text show it has no names of fields: {_INSTEAD}"
    return f"no event begins with {text[0]!r}: {_INSTEAD}"


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
