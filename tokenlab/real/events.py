r"""Records of real Windows logs in: what ``wevtutil`` and PowerShell print as XML, and JSON of collectors.

On a real machine, as administrator::

    wevtutil qe Security /f:xml /q:"*[System[(EventID=4624 or EventID=4688)]]" > log.xml

or, in PowerShell::

    Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4624,4688} -Oldest |
        ForEach-Object { $_.ToXml() } | Set-Content log.xml -Encoding utf8

`read_events` takes that, one event or many, with or without an element around them; and JSON, an array or an
object a line, with the fields of an event side by side.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tokenlab.values import Event, Events

_EXAMPLE = "<Event xmlns='...'><System><EventID>4624</EventID>...</System>...</Event>"
_MARKS = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
_ID = ("EventID", "EventId", "event_id", "Id")
_HOST = ("Hostname", "Computer", "MachineName", "computer_name")
_NUMBER = ("RecordNumber", "EventRecordID", "RecordId", "record_id")
_TIME = ("TimeCreated", "EventTime", "@timestamp")
_HEAD = {*_ID, *_HOST, *_NUMBER, *_TIME, "Channel"}


class EventError(ValueError):
    """No event: ``line`` and ``column`` of the text say where, both from 1."""

    def __init__(self, reason: str, line: int, column: int = 1) -> None:
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line, self.column = line, column


def load_events(path: str | Path) -> Events:
    """The events in a file, in UTF-8 or in what Windows' ``>`` makes of it. Raises `EventError`, OSError."""
    raw = Path(path).read_bytes()
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    return read_events(raw.decode(encoding, "replace"))


def read_events(text: str) -> Events:
    """The events in this text, in its order: Windows' XML, a JSON array, or JSON lines.

    Their fields have the names and values of the text, all as text; ``EventID`` and ``RecordNumber`` are
    numbers. Raises `EventError` with the place.
    """
    text = text.removeprefix("\ufeff")
    start = re.search(r"\S", text)
    if start is None:
        return Events()
    first = text[start.start()]
    if first in "[{":
        return Events(_from_json(text))
    if first in "<-":  # Internet Explorer's view, much pasted, puts a minus before what folds
        return Events(_from_xml(text))
    raise EventError(
        f"no event begins with {first!r}: expected XML (<Event ...>) or JSON ([{{...}}] or {{...}})",
        *_place(text, start.start()),
    )


# XML ---------------------------------------------------------------------------------------------------

_OPENING = "<Events>"


def _from_xml(text: str) -> Iterator[Event]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        place = text.index("<!")
        raise EventError("no DOCTYPE is read: expected <Event> elements only", *_place(text, place))
    # what stands before is blanked, not cut, so that places stay true
    body = re.sub(r"<\?xml[^>]*\?>", lambda found: " " * len(found[0]), text)
    try:
        root = ElementTree.fromstring(f"{_OPENING}{body}</Events>")
    except ElementTree.ParseError as error:
        line, column = error.position
        column = column + 1 - (len(_OPENING) if line == 1 else 0)
        raise EventError(f"no XML: {error}", line, column) from None
    starts = [found.start() for found in re.finditer(r"<Event[\s/>]", text)]
    found = [element for element in root.iter() if _name(element) == "Event"]
    if not found:
        raise EventError(f"no <Event> in it: expected {_EXAMPLE}", *_place(text, 0))
    for number, element in enumerate(found):
        place = starts[number] if number < len(starts) else 0
        yield _element(element, text, place)


def _element(element: ElementTree.Element, text: str, place: int) -> Event:
    head: dict[str, Any] = {}
    fields: dict[str, str] = {}
    for part in element:
        if _name(part) == "System":
            for child in part:
                name, value = _name(child), child.text or ""
                head[name] = child.get("SystemTime", value) if name == "TimeCreated" else value
        elif _name(part) == "EventData":
            for index, child in enumerate(part):
                fields[child.get("Name") or f"Data{index}"] = child.text or ""
        elif _name(part) == "UserData":  # 1102, for example: named elements, one level down
            fields |= {_name(child): child.text or "" for child in part.iter() if len(child) == 0}
    kept = {name: head[name] for name in ("Keywords",) if name in head}
    return _event(head, {**fields, **kept}, text, place)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


# JSON --------------------------------------------------------------------------------------------------


def _from_json(text: str) -> Iterator[Event]:
    decoder, place = json.JSONDecoder(), 0
    in_array = text.lstrip()[0] == "["
    beginning = re.compile(r"[^\s,\[\]]" if in_array else r"\S")
    while (start := beginning.search(text, place)) is not None:
        try:
            row, place = decoder.raw_decode(text, start.start())
        except json.JSONDecodeError as error:
            raise EventError(f"no JSON: {error.msg}", error.lineno, error.colno) from None
        if not isinstance(row, dict):
            reason = f"{row!r:.40} is no event: expected {{'EventID': 4624, ...}}"
            raise EventError(reason, *_place(text, start.start()))
        fields = {
            name: "" if value is None else value if isinstance(value, str) else json.dumps(value)
            for name, value in row.items()
            if name not in _HEAD
        }
        yield _event(row, fields, text, start.start())
    if in_array and not text.rstrip().endswith("]"):
        raise EventError("the array does not end: expected ]", *_place(text, len(text)))


# Both --------------------------------------------------------------------------------------------------


def _event(head: dict[str, Any], fields: dict[str, str], text: str, offset: int) -> Event:
    number = _first(head, _ID)
    if not number.isascii() or not number.isdecimal():
        found = f"EventID {number!r} is no number" if number else "there is no EventID"
        raise EventError(f"{found}: expected one such as 4624", *_place(text, offset))
    record = _first(head, _NUMBER)
    return {
        "EventID": int(number),
        "RecordNumber": int(record) if record.isascii() and record.isdecimal() else 0,
        "TimeCreated": _first(head, _TIME).replace(" ", "T"),
        "Channel": str(head.get("Channel") or "Security"),
        "Hostname": _first(head, _HOST) or "-",
        **fields,
    }


def _first(head: dict[str, Any], names: tuple[str, ...]) -> str:
    """The first of these fields that says something."""
    return next((str(head[name]) for name in names if head.get(name) not in (None, "")), "")


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
