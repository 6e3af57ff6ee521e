"""Windows' own XML: what ``wevtutil``, PowerShell's ``ToXml()`` and Event Viewer write.

Each ``<Event>`` is read by itself, so that a prompt before it, an element around it or an end that is
missing spoil nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from tokenlab.real.forms.prompts import without_counts
from tokenlab.real.forms.record import EXPORT, BrokenRecord, RawRow, UnreadableRecord, keywords, make_record
from tokenlab.values import Event

EXAMPLE = "<Event xmlns='...'><System><EventID>4624</EventID>...</System>...</Event>"

_BEGIN = re.compile(r"<Event(?=[\s/>])(?:[^<>]*/>)?")
_END = "</Event>"
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));")
_STAND_IN = 0xE000  # in Unicode's private use: where a sign is kept that XML cannot hold
_KEPT = re.compile(f"[{chr(_STAND_IN)}-{chr(_STAND_IN + 0x1F)}]")


class XmlEvent(NamedTuple):
    """An event's text, where it begins, and whether its end is there."""

    text: str
    offset: int
    whole: bool


def records_in(text: str, start: int, notes: list[str]) -> Iterator[Event]:
    """The records of a text from ``start`` on. Raises `BrokenRecord`."""
    place, found, cut = start, 0, None
    between: list[str] = []
    for piece in pieces(text):
        between.append(_gap(text, place, piece.offset))
        place = piece.offset + len(piece.text)
        if not piece.whole:
            cut = piece.offset
            break
        try:
            event = read_piece(piece)
        except BrokenRecord:
            raise
        except UnreadableRecord as error:
            raise BrokenRecord(str(error), piece.offset) from None
        found += 1
        yield event
    between.append(_gap(text, place, len(text)))
    if not found:
        reason = "no <Event> in it" if cut is None else "the text ends within its first event"
        raise BrokenRecord(f"{reason}: expected {EXAMPLE}. {EXPORT}", start if cut is None else cut)
    if cut is not None:
        notes.append(f"The text is cut: its last record, from sign {cut + 1} on, was left out.")
    if others := _told(" ".join(between)):
        notes.append(f"Left out, between the records: {others:.80}")


def _told(between: str) -> str:
    """What stands between the records, without tags and the minus signs of a folding view."""
    return without_counts(re.sub(r"<[^<>]*>|^[^\S\n]*-", " ", between, flags=re.MULTILINE))


def pieces(text: str) -> Iterator[XmlEvent]:
    """The events in a text, in its order."""
    place = 0
    while found := _BEGIN.search(text, place):
        if found[0].endswith("/>"):
            end = found.end()
        else:
            end = text.find(_END, found.end())
            if end < 0:
                yield XmlEvent(text[found.start() :], found.start(), whole=False)
                return
            end += len(_END)
        yield XmlEvent(text[found.start() : end], found.start(), whole=True)
        place = end


def read_piece(piece: XmlEvent) -> Event:
    """The record of one ``<Event>``. Raises `BrokenRecord`, or `UnreadableRecord` without a number in it."""
    _gap(piece.text, 0, len(piece.text), piece.offset)
    try:
        return _record(ElementTree.fromstring(piece.text))
    except (ElementTree.ParseError, UnicodeEncodeError) as error:
        again = _with_stand_ins(piece.text)
        if again == piece.text:
            raise BrokenRecord(*_what_and_where(piece, error)) from None
    try:
        return _record(ElementTree.fromstring(again), stand_ins=True)
    except ElementTree.ParseError as error:
        raise BrokenRecord(*_what_and_where(piece, error)) from None


def _gap(text: str, start: int, end: int, offset: int = 0) -> str:
    """This part of the text. Raises `BrokenRecord` for what could make XML grow: entities."""
    if (found := _DECLARATION.search(text, start, end)) is not None:
        raise BrokenRecord("no DOCTYPE is read: expected <Event> elements only", offset + found.start())
    return text[start:end]


def _record(root: ElementTree.Element, *, stand_ins: bool = False) -> Event:
    head: RawRow = {}
    fields: RawRow = {}
    for part in root:
        name = _name(part)
        if name == "System":
            for child in part:
                head[_name(child)] = child.get("SystemTime") or child.text or ""
        elif name == "EventData":
            fields |= event_data(part)
        elif name == "UserData":  # 1102, for example: named elements, one level down
            fields |= {_name(child): child.text or "" for child in part.iter() if len(child) == 0}
    for field, value in fields.items():
        if "\n" in value:
            value = re.sub(r"(?<!\r)\n(?=\t)", "\r\n", value)  # XML drops the \r of Windows' lists
        fields[field] = _KEPT.sub(lambda sign: chr(ord(sign[0]) - _STAND_IN), value) if stand_ins else value
    return make_record(
        head.get("EventID"),
        {**fields, **keywords(head.get("Keywords"))},
        number=head.get("EventRecordID"),
        time=head.get("TimeCreated"),
        channel=head.get("Channel"),
        host=head.get("Computer"),
        version=head.get("Version"),
    )


def event_data(part: ElementTree.Element) -> dict[str, str]:
    """The fields below ``<EventData>``; those without a name are Data0, Data1 ..., and bytes are Binary."""
    found = {}
    for index, child in enumerate(part):
        kind = _name(child)
        if kind != "Binary" or child.text:
            found[child.get("Name") or (kind if kind == "Binary" else f"Data{index}")] = child.text or ""
    return found


def read_event_data(text: str) -> dict[str, str]:
    """The fields in a text that is an ``<EventData>`` (a column of Sentinel). Raises `UnreadableRecord`."""
    if "<!" in text:
        raise UnreadableRecord("no DOCTYPE is read")
    try:
        root = ElementTree.fromstring(_with_stand_ins(text))
    except ElementTree.ParseError as error:
        raise UnreadableRecord(f"EventData is no XML: {error}") from None
    found = next((part for part in root.iter() if _name(part) == "EventData"), root)
    return {
        name: _KEPT.sub(lambda sign: chr(ord(sign[0]) - _STAND_IN), value)
        for name, value in event_data(found).items()
    }


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _with_stand_ins(text: str) -> str:
    """Without what XML cannot hold: evtx_dump writes control characters as they are."""

    def kept(code: int) -> str:
        return chr(_STAND_IN + code) if code < 0x20 else "\ufffd"

    def reference(found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else int(found[2])
        return kept(code) if code > 0x10FFFF or _NOT_XML.match(chr(code)) else found[0]

    return _REFERENCE.sub(reference, _NOT_XML.sub(lambda sign: kept(ord(sign[0])), text))


def _what_and_where(piece: XmlEvent, error: Exception) -> tuple[str, int]:
    if not isinstance(error, ElementTree.ParseError):
        return f"no XML: {error}", piece.offset
    line, column = error.position
    lines = piece.text.split("\n", line - 1)[: line - 1]
    return f"no XML: {error}", piece.offset + sum(len(one) + 1 for one in lines) + column
