"""A log written as Windows keeps it, in chunks of binary XML: small, and enough for a reader of real ones.

Layout: "Windows XML Event Log (EVTX) format" (libyal/libevtx, documentation); [MS-EVEN6] 2.2.12 (BinXml).
Records of the same fields share a template in their chunk, as Windows' do; numbers have their own types.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from zlib import crc32

from tokenlab.values import Event

HEAD = ("EventID", "RecordNumber", "TimeCreated", "Channel", "Hostname")
_CHUNK, _CHUNK_HEAD, _FILE_HEAD = 65_536, 512, 4096
_STRING, _WORD, _QUAD, _TIME = 0x01, 0x06, 0x0A, 0x11  # types of values
_FRAGMENT, _EOF, _OPEN, _CLOSE, _END, _EMPTY = b"\x0f\x01\x01\0", b"\0", 0x01, b"\x02", b"\x04", b"\x03"
_MORE = 0x40  # of an element: it has attributes


def evtx(log: Iterable[Event]) -> bytes:
    """The bytes of a file."""
    chunks = [_with_head(*chunk) for chunk in _chunks(log)]
    last = sum(chunk[1] for chunk in chunks)
    head = struct.pack(
        "<8sQQQIHHHH", b"ElfFile\0", 0, max(len(chunks) - 1, 0), last + 1, 128, 1, 3, _FILE_HEAD, len(chunks)
    ).ljust(120, b"\0")
    head += struct.pack("<II", 0, crc32(head))
    return head.ljust(_FILE_HEAD, b"\0") + b"".join(chunk[0] for chunk in chunks)


def _chunks(log: Iterable[Event]) -> Iterator[tuple[bytes, int, list[int]]]:
    """The records of each chunk, the offset of the last, and their numbers."""
    body, last = b"", 0
    numbers: list[int] = []
    templates: dict[tuple[str, ...], int] = {}
    for event in log:
        record = _record(event, _CHUNK_HEAD + len(body), templates)
        if _CHUNK_HEAD + len(body) + len(record) > _CHUNK:
            yield body, last, numbers
            body, numbers, templates = b"", [], {}
            record = _record(event, _CHUNK_HEAD, templates)
        last, body = _CHUNK_HEAD + len(body), body + record
        numbers.append(event["RecordNumber"])
    if numbers:
        yield body, last, numbers


def _with_head(body: bytes, last: int, numbers: list[int]) -> tuple[bytes, int]:
    first, end = numbers[0], numbers[-1]
    head = struct.pack("<8sQQQQ", b"ElfChnk\0", first, end, first, end)
    head += struct.pack("<IIII", 128, last, _CHUNK_HEAD + len(body), crc32(body))
    head = head.ljust(124, b"\0")
    tables = bytes(_CHUNK_HEAD - 128)  # of strings and templates: none, all stand where they are used first
    head += struct.pack("<I", crc32(head[:120] + tables)) + tables
    return (head + body).ljust(_CHUNK, b"\0"), len(numbers)


def _record(event: Event, offset: int, templates: dict[tuple[str, ...], int]) -> bytes:
    time = _filetime(event["TimeCreated"])
    content = _FRAGMENT + _instance(event, time, offset + 24 + len(_FRAGMENT), templates) + _EOF
    size = 24 + len(content) + 4
    return struct.pack("<IIQQ", 0x2A2A, size, event["RecordNumber"], time) + content + struct.pack("<I", size)


def _filetime(text: str) -> int:
    """Units of 100 nanoseconds since 1601."""
    moment = datetime.fromisoformat(text[:19] + "+00:00")
    fraction = int(text[20:].rstrip("Z").ljust(7, "0")[:7] or 0)
    return (int(moment.timestamp()) + 11_644_473_600) * 10**7 + fraction


def _instance(event: Event, time: int, offset: int, templates: dict[tuple[str, ...], int]) -> bytes:
    """A template, or where it stands, with the values that it leaves open."""
    names = tuple(name for name in event if name not in HEAD)
    values: list[tuple[int, bytes]] = [
        (_WORD, struct.pack("<H", event["EventID"])),
        (_TIME, struct.pack("<Q", time)),
        (_QUAD, struct.pack("<Q", event["RecordNumber"])),
        *((_STRING, str(event[name]).encode("utf-16-le")) for name in ("Channel", "Hostname", *names)),
    ]
    place = templates.get(names, offset + 10)
    found = b"\x0c\x01" + struct.pack("<II", 1, place)
    if place == offset + 10:
        templates[names] = place
        content = _FRAGMENT + _Template(place + 24 + len(_FRAGMENT)).of(names) + _EOF
        found += struct.pack("<I16sI", 0, bytes(16), len(content)) + content
    found += struct.pack("<I", len(values))
    found += b"".join(struct.pack("<HBB", len(value), kind, 0) for kind, value in values)
    return found + b"".join(value for _, value in values)


class _Template:
    """The tree of a record, whose values are numbered in order."""

    def __init__(self, offset: int) -> None:
        self._offset, self._numbers, self.data = offset, count(), b""

    def of(self, names: Iterable[str]) -> bytes:
        self._begin("Event")
        self._begin("System")
        self._value("EventID", _WORD)
        self._begin("TimeCreated", SystemTime=self._open(_TIME))
        self.data = self.data[: -len(_CLOSE)] + _EMPTY
        self._value("EventRecordID", _QUAD)
        self._value("Channel", _STRING)
        self._value("Computer", _STRING)
        self.data += _END
        self._begin("EventData")
        for name in names:
            text = name.encode("utf-16-le")
            self._begin("Data", Name=b"\x05\x01" + struct.pack("<H", len(name)) + text)
            self.data += self._open(_STRING) + _END
        self.data += _END + _END
        return self.data

    def _open(self, kind: int) -> bytes:
        return b"\x0d" + struct.pack("<HB", next(self._numbers), kind)

    def _begin(self, element: str, **attributes: bytes) -> None:
        self.data += struct.pack("<BHI", _OPEN | (_MORE if attributes else 0), 0xFFFF, 0)
        self._name(element)
        for name, value in attributes.items():
            size = 4 + 1 + 4 + 10 + 2 * len(name) + len(value)
            self.data += struct.pack("<IB", size - 4, 0x06)
            self._name(name)
            self.data += value
        self.data += _CLOSE

    def _value(self, element: str, kind: int) -> None:
        self._begin(element)
        self.data += self._open(kind) + _END

    def _name(self, name: str) -> None:
        """A name where it is used: its place is where the place itself ends."""
        self.data += struct.pack("<I", self._offset + len(self.data) + 4)
        self.data += struct.pack("<IHH", 0, 0, len(name)) + name.encode("utf-16-le") + b"\0\0"
