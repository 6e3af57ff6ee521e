"""Resource attributes: what the SACL says *about* an object, for ``@Resource.name`` in conditions.

A line ``(RA;;;;;WD;("colour",TS,0x0,"blue","red"))`` carries a name, a type, flags and values. The
text is in [MS-DTYP] 2.5.1.1. Behind the SID of the ACE lie the bytes of [MS-DTYP] 2.4.10.1,
``CLAIM_SECURITY_ATTRIBUTE_RELATIVE_V1``: a head of 16 bytes, the offset of each value, the name,
and the values.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from tokenlab.security.condition.scanner import (
    MAX_SIZE,
    ScanError,
    Scanner,
    SidReader,
    SidWriter,
    escape_name,
    from_utf16,
    read_sid,
    to_utf16,
    write_sid,
)
from tokenlab.values import Sid

Value = int | str | Sid | bytes

_HEAD = struct.Struct("<IHHII")  # offset of the name, type, reserved, flags, number of values
_NAME = re.compile(r'"([^"]+)"')
_TYPE = re.compile(r"T[IUSDBX]\b")
_SID = re.compile(r"[^,()\s]+")


class ClaimError(ScanError):
    """No resource attribute. ``position`` counts characters of the text, or bytes of the data."""


class ClaimType(IntEnum):
    """What the values are. The SDDL code stands behind each."""

    INT64 = 0x01  # TI
    UINT64 = 0x02  # TU
    STRING = 0x03  # TS
    SID = 0x05  # TD
    BOOLEAN = 0x06  # TB: 0 or 1
    OCTET_STRING = 0x10  # TX

    def __repr__(self) -> str:
        return f"ClaimType.{self.name}"


_CODES = {
    "TI": ClaimType.INT64,
    "TU": ClaimType.UINT64,
    "TS": ClaimType.STRING,
    "TD": ClaimType.SID,
    "TB": ClaimType.BOOLEAN,
    "TX": ClaimType.OCTET_STRING,
}
_RANGES = {
    ClaimType.INT64: range(-(1 << 63), 1 << 63),
    ClaimType.UINT64: range(1 << 64),
    ClaimType.BOOLEAN: range(2),
}


class ClaimFlags(IntFlag):
    """``CLAIM_SECURITY_ATTRIBUTE_...``. The upper 16 bits are free for applications."""

    NONE = 0x00
    NON_INHERITABLE = 0x01
    VALUE_CASE_SENSITIVE = 0x02
    USE_FOR_DENY_ONLY = 0x04
    DISABLED_BY_DEFAULT = 0x08
    DISABLED = 0x10
    MANDATORY = 0x20

    def __repr__(self) -> str:
        return f"ClaimFlags({int(self):#x})"


@dataclass(frozen=True, slots=True)
class ResourceAttribute:
    """A name with values of one type: int for TI, TU and TB, str for TS, Sid for TD, bytes for TX.

    Raises `ClaimError` where they do not fit together.
    """

    name: str
    type: ClaimType
    values: tuple[Value, ...]
    flags: ClaimFlags = ClaimFlags.NONE

    def __post_init__(self) -> None:
        if not self.name or "\0" in self.name:
            raise ClaimError(f"{self.name!r} cannot name a resource attribute")
        if not 0 <= self.flags <= 0xFFFFFFFF:
            raise ClaimError(f"{self.flags:#x} are not flags: expected 32 bits, for example 0x2")
        for value in self.values:
            if not self._fits(value):
                raise ClaimError(f"{value!r} is no value of the type {self.type.name}")

    def _fits(self, value: Value) -> bool:
        if self.type in _RANGES:
            return isinstance(value, int) and value in _RANGES[self.type]
        if self.type is ClaimType.STRING:
            return isinstance(value, str) and not isinstance(value, Sid) and "\0" not in value
        return isinstance(value, Sid if self.type is ClaimType.SID else bytes)


def parse_resource_attribute(
    text: str, start: int = 0, sid: SidReader = read_sid
) -> tuple[ResourceAttribute, int]:
    """The attribute whose ``(`` stands at ``start``, and the place after its ``)``.

    ``sid`` reads the values of the type TD. Raises `ClaimError`.
    """
    scanner = Scanner(text, start, ClaimError)
    opening = scanner.take("(")
    start = scanner.position
    name = scanner.match(_NAME) if opening else None
    if not name:
        scanner.fail('expected (, and a name in quotes: for example ("colour",TS,0x0,"blue")')
    _comma(scanner)
    code = scanner.match(_TYPE)
    if not code:
        scanner.fail("expected the type of the values: TI, TU, TS, TD, TB or TX")
    _comma(scanner)
    place = scanner.position
    _, flags, _ = scanner.integer()
    if not 0 <= flags <= 0xFFFFFFFF:
        scanner.fail(f"{flags:#x} are not flags: expected 32 bits, for example 0x2", place)
    values: list[Value] = []
    while scanner.take(","):
        values.append(_value(scanner, _CODES[code[0]], sid))
    if not scanner.take(")"):
        scanner.fail("expected ',' or ')' here")
    try:
        attribute = ResourceAttribute(
            scanner.unescape(name[1], name.start(1)),
            _CODES[code[0]],
            tuple(values),
            ClaimFlags(flags),
        )
    except ClaimError as error:
        scanner.fail(error.reason, error.position or start)
    return attribute, scanner.position


def _comma(scanner: Scanner) -> None:
    if not scanner.take(","):
        scanner.fail("expected ','")


def _value(scanner: Scanner, type: ClaimType, sid: SidReader) -> Value:
    if type is ClaimType.STRING:
        return scanner.read_quoted()
    if type is ClaimType.OCTET_STRING:
        if octets := scanner.octets():
            return octets
        scanner.fail("expected hex digits, for example 0077")
    if type is ClaimType.SID:
        if found := scanner.match(_SID):
            return scanner.sid(found[0], found.start(), sid)
        scanner.fail("expected a SID, for example BA or S-1-5-32-544")
    return scanner.integer()[1]


def format_resource_attribute(attribute: ResourceAttribute, sid: SidWriter = write_sid) -> str:
    """The SDDL that Windows writes. `parse_resource_attribute` reads back the same.

    Raises `ClaimError` where no text could: a string that holds a quote, octets without any.
    """
    code = next(code for code, type in _CODES.items() if type is attribute.type)
    fields = [f'"{escape_name(attribute.name)}"', code, f"{attribute.flags:#x}"]
    for value in attribute.values:
        match value:
            case Sid():
                fields.append(sid(value))
            case str():
                if '"' in value:
                    raise ClaimError(f"{value!r} has no SDDL: a string cannot hold a quote")
                fields.append(f'"{value}"')
            case bytes():
                if not value:
                    raise ClaimError("an empty octet string has no SDDL")
                fields.append(value.hex())
            case _:
                fields.append(f"{value:d}")
    return f"({','.join(fields)})"


def encode(attribute: ResourceAttribute) -> bytes:
    """The bytes behind the SID of the ACE, filled with zeros to a multiple of 4.

    Raises `ClaimError` if they are more than an ACE holds.
    """
    count = len(attribute.values)
    start = _HEAD.size + 4 * count
    parts = [to_utf16(attribute.name + "\0"), *map(_bytes, attribute.values)]
    offsets = [start]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + len(part))
    head = _HEAD.pack(start, attribute.type, 0, attribute.flags, count)
    data = head + struct.pack(f"<{count}I", *offsets[1:]) + b"".join(parts)
    data += bytes(-len(data) % 4)
    if len(data) > MAX_SIZE:
        raise ClaimError(f"attribute too long: {len(data)} bytes, an ACE holds {MAX_SIZE}")
    return data


def _bytes(value: Value) -> bytes:
    match value:
        case Sid():
            return _bytes(value.to_bytes())
        case str():
            return to_utf16(value + "\0")
        case bytes():
            return struct.pack("<I", len(value)) + value
        case _:
            return (value & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "little")


def decode(data: bytes) -> ResourceAttribute:
    """The attribute that stands behind the SID of a resource attribute ACE. Raises `ClaimError`."""
    if len(data) > MAX_SIZE:
        raise ClaimError(f"attribute too long: {len(data)} bytes, an ACE holds {MAX_SIZE}")
    name_at, type, _, flags, count = _HEAD.unpack(_slice(data, 0, _HEAD.size))
    offsets = struct.unpack(f"<{count}I", _slice(data, _HEAD.size, 4 * count))
    try:
        kind = ClaimType(type)
    except ValueError:
        raise ClaimError(f"{type:#x} is not the type of a resource attribute") from None
    values = []
    total = 0  # many offsets may point at one long value
    for offset in offsets:
        value, size = _value_at(data, offset, kind)
        values.append(value)
        total += size
        if total > MAX_SIZE:
            raise ClaimError(f"values too long: more than {MAX_SIZE} bytes", offset)
    return ResourceAttribute(_string_at(data, name_at), kind, tuple(values), ClaimFlags(flags))


def _value_at(data: bytes, offset: int, type: ClaimType) -> tuple[Value, int]:
    """A value and the number of its bytes."""
    if type is ClaimType.STRING:
        text = _string_at(data, offset)
        return text, 2 * len(text) + 2
    if type in _RANGES:
        signed = type is ClaimType.INT64
        return int.from_bytes(_slice(data, offset, 8), "little", signed=signed), 8
    length = int.from_bytes(_slice(data, offset, 4), "little")
    octets = _slice(data, offset + 4, length)
    return _sid(octets, offset) if type is ClaimType.SID else octets, 4 + length


def _slice(data: bytes, offset: int, size: int) -> bytes:
    if offset + size > len(data):
        raise ClaimError(f"data end too early: {size} bytes expected at {offset}", offset)
    return data[offset : offset + size]


def _string_at(data: bytes, offset: int) -> str:
    for end in range(offset, len(data), 2):
        if data[end : end + 2] == b"\0\0":
            return from_utf16(data[offset:end])
    raise ClaimError("text without an end: expected a zero character", offset)


def _sid(octets: bytes, offset: int) -> Sid:
    """A binary SID; or its text, which is how [MS-DTYP] describes it."""
    try:
        if octets.startswith(b"S-"):
            return Sid(octets.rstrip(b"\0").decode("ascii"))
        return Sid.from_bytes(octets)
    except ValueError as error:
        raise ClaimError(str(error), offset) from None
