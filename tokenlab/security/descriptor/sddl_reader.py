"""Reading SDDL: from text to a security descriptor ([MS-DTYP] 2.5.1).

As forgiving as Windows is: blanks before most fields and between rights, lower case inside ACEs, numbers in
octal or hex, numbers that overflow. Rows read off real Windows hold it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import CONDITIONAL_TYPES, OBJECT_ACE_TYPES, AceFlags, AceType
from tokenlab.security.descriptor.acl import ACL_REVISION, ACL_REVISION_DS, Acl
from tokenlab.security.descriptor.parts import DescriptorParts
from tokenlab.security.descriptor.sddl_letters import (
    ACL_CONTROL,
    DACL_CODES,
    FLAG_READ,
    MASK_READ,
    NO_ACCESS_CONTROL,
    PLAIN_TYPE,
    SACL_CODES,
)
from tokenlab.values import ParseError, Sid, SidError
from tokenlab.values.sid_names import DOMAIN_ALIASES
from tokenlab.values.well_known import ALIASES

if TYPE_CHECKING:
    from uuid import UUID

MAX_ACL_SIZE = 0xFFFF


class SddlError(ParseError):
    """Text that Windows would refuse, with the place where it goes wrong.

    ``position`` counts characters of ``text`` from 0; the message shows the place.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.text, self.position = text, position
        start = max(0, position - 30)
        excerpt = text[start : position + 30].replace("\n", " ").replace("\t", " ")
        super().__init__(
            reason,
            line=text.count("\n", 0, position) + 1,
            column=position - text.rfind("\n", 0, position),
            message=f"{reason}\n  {excerpt}\n  {' ' * (position - start)}^ character {position + 1}",
        )


_T = TypeVar("_T")

_COMPONENT = re.compile(r"\s*([OGDS]):\s*")  # never in lower case, unlike what is inside an ACE
_NEXT_COMPONENT = re.compile(r"[OGDS]:|$")
_CONTROL = re.compile(r"\s*((?ai:P|AR|AI))")  # ASCII's letters: a dotless i is no I
_BLANKS = re.compile(r"\s*")
_BETWEEN_RIGHTS = re.compile(r" *(?=[A-Za-z])")  # no tabs, and none after the last right
_NUMBER = re.compile(r"([+-]?)(0X[0-9A-F]+|0[0-7]*|[1-9][0-9]*)", re.IGNORECASE)
_SID = re.compile(r"[Ss]-\s*(0[Xx])?0*1((?:-\s*(?:0[Xx])?[0-9A-Fa-f]+)+)")
_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)


def _capital(text: str) -> str:
    """In capital letters, if all are ASCII's: others have capitals among them (a long s, a dotless i)."""
    return text.upper() if text.isascii() else text


class _Bad(Exception):
    """A field that cannot be read; the offset counts from its first character."""

    def __init__(self, reason: str, offset: int = 0) -> None:
        self.reason, self.offset = reason, offset


class _Memo(dict[str, _T]):
    """Remembers what a field meant: the same few fields make up most real descriptors."""

    def __init__(self, read: Callable[[str], _T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, field: str) -> _T:
        value = self._read(field)
        if len(self) >= 16384:
            self.clear()
        self[field] = value
        return value


def _flags(field: str) -> AceFlags:
    bits = 0
    start = len(field) - len(field.lstrip())
    for at in range(start, len(field), 2):
        bit = FLAG_READ.get(_capital(field[at : at + 2]))
        if bit is None:
            raise _Bad("unknown flag: expected OI, CI, NP, IO, ID, SA or FA", at)
        bits |= bit
    return AceFlags(bits)


def _mask(field: str) -> int:
    mask = 0
    at = len(field) - len(field.lstrip())
    while at < len(field):
        number = _NUMBER.match(field, at)
        if number:
            mask |= _to_32_bits(number[1], number[2])
            at = number.end()
            continue
        bits = MASK_READ.get(_capital(field[at : at + 2]))
        if bits is None:
            raise _Bad(
                "unknown right: expected letters such as FA, GR, RC or a number such as 0x1200a9",
                at,
            )
        mask |= bits
        at += 2
        if blanks := _BETWEEN_RIGHTS.match(field, at):
            at = blanks.end()
    return mask


def _to_32_bits(sign: str, digits: str) -> int:
    """Too large a number becomes the largest; then a minus wraps around, so that -9876543210 is 1."""
    base = 16 if digits[1:2] in ("x", "X") else 8 if digits[0] == "0" else 10
    value = min(int(digits, base), 0xFFFFFFFF)
    return -value & 0xFFFFFFFF if sign == "-" else value


def _guid(field: str) -> UUID | None:
    if not field or field.isspace():
        return None
    if not _GUID.fullmatch(field):
        raise _Bad("expected a GUID, for example bf967aba-0de6-11d0-a285-00aa003049e2, or nothing")
    from uuid import UUID  # most descriptors have none

    return UUID(field)


def _sid(field: str, domain: Sid | None) -> Sid:
    if field.startswith("S-1-"):
        try:
            return Sid(field)
        except SidError:
            pass  # read as forgivingly as Windows does
    numbers = _capital(field.lstrip())
    word = numbers.rstrip()  # a blank may follow the two letters, but not the numbers
    sid = ALIASES.get(word)
    if sid is not None:
        return sid
    rid = DOMAIN_ALIASES.get(word)
    if rid is not None:
        if domain is None:
            raise _Bad(f"{word} is relative to a domain: say which, for example domain='S-1-5-21-1-2-3'")
        return Sid(f"{domain}-{rid}")
    number = _SID.fullmatch(numbers)
    if not number:
        raise _Bad("expected a SID: two letters such as BA, or numbers such as S-1-5-18")
    return _sid_from_numbers(number[2], hexadecimal=bool(number[1]))


def _sid_from_numbers(numbers: str, hexadecimal: bool) -> Sid:
    """As Windows reads it: too large a number becomes the largest; a hex revision makes all hex."""
    authority, *rest = [part.strip() for part in numbers[1:].split("-")]
    try:
        values = [int(part, 16 if hexadecimal or part[:2] == "0X" else 10) for part in (authority, *rest)]
        return Sid.from_parts(values[0], [min(value, 0xFFFFFFFF) for value in values[1:]])
    except ValueError as error:  # SidError is one
        raise _Bad(str(error)) from None


_FLAGS = _Memo(_flags)
_MASKS = _Memo(_mask)
_GUIDS = _Memo(_guid)
_CONTROLS = {
    "".join(code for code in ACL_CONTROL if code in chosen): sum(ACL_CONTROL[code] for code in chosen)
    for count in range(4)
    for chosen in combinations(ACL_CONTROL, count)
}
_QUICK_DACL = {code: DACL_CODES[code] for code in ("A", "D", "OA", "OD")}
_QUICK_SACL = {code: SACL_CODES[code] for code in ("AU", "OU", "ML")}


@lru_cache(64)
def _sids(domain: Sid | None) -> _Memo[Sid]:
    return _Memo(lambda field: _sid(field, domain))


def parse(text: str, domain: Sid | str | None = None) -> DescriptorParts:
    """The parts of the descriptor that ``text`` names. Raises `SddlError`."""
    sids = _sids(None if domain is None else Sid(domain))
    return _read_quickly(text, sids) or _Reader(text, sids).descriptor()


def _read_quickly(text: str, sids: _Memo[Sid]) -> DescriptorParts | None:
    """The descriptor if the text is as Windows writes it, without conditions; else None.

    Most real text is. `_Reader` reads everything, and finds the place of an error.
    """
    above, _, audit = text.partition("S:")
    head, _, access = above.partition("(")
    pieces = head.split(":")  # "O:BAG:SYD:PAI" -> O, BAG, SYD, PAI
    try:
        owner = group = sacl = None
        if len(pieces) == 4 and pieces[0] == "O" and pieces[1][-1] == "G" and pieces[2][-1] == "D":
            owner, group = sids[pieces[1][:-1]], sids[pieces[2][:-1]]
        elif len(pieces) != 2 or pieces[0] != "D":
            return None
        control = _CONTROLS[pieces[-1]]
        dacl = _read_aces_quickly(access, _QUICK_DACL, sids)
        if audit:
            flags, _, audit = audit.partition("(")
            control |= _CONTROLS[flags] << 1
            sacl = _read_aces_quickly(audit, _QUICK_SACL, sids)
        elif len(above) != len(text):
            return None
    except (KeyError, ValueError, IndexError, _Bad):
        return None
    return DescriptorParts(owner, group, dacl, sacl, control)


def _read_aces_quickly(text: str, codes: Mapping[str, AceType], sids: _Memo[Sid]) -> Acl:
    """The list, its first ``(`` taken away; any error means that this is not the way to read it."""
    aces: list[Ace] = []
    revision = ACL_REVISION
    if text:
        if text[-1] != ")" or len(text) > 8000:
            raise ValueError
        for body in text[:-1].split(")("):
            code, flags, mask, guid, inherited_guid, sid = body.split(";")
            kind = codes[code]
            first = second = None
            if guid or inherited_guid:
                first, second, revision = _GUIDS[guid], _GUIDS[inherited_guid], ACL_REVISION_DS
            if (kind in OBJECT_ACE_TYPES) is not bool(guid or inherited_guid):
                raise ValueError
            values = (kind, _FLAGS[flags], _MASKS[mask], sids[sid], first, second, b"")
            aces.append(tuple.__new__(Ace, values))
    return Acl(aces, revision)


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, sids: _Memo[Sid]) -> None:
        self.text, self.sids = text, sids

    def descriptor(self) -> DescriptorParts:
        text, position = self.text, 0
        owner = group = dacl = sacl = None
        control, seen = 0, ""
        while component := _COMPONENT.match(text, position):
            letter = component[1]
            if letter in seen:
                raise self.error(f"{letter}: stands here for the second time", component.start(1))
            seen += letter
            position = component.end()
            if letter == "O":
                owner, position = self.component_sid(position)
            elif letter == "G":
                group, position = self.component_sid(position)
            elif letter == "D":
                dacl, bits, position = self.acl(position, DACL_CODES)
                control |= bits | 0x0004
            else:
                sacl, bits, position = self.acl(position, SACL_CODES)
                control |= bits << 1 | 0x0010
        if position < len(text) and not text[position:].isspace():
            raise self.error("expected O:, G:, D: or S: here, for example O:BAG:SYD:(A;;FA;;;SY)", position)
        return DescriptorParts(owner, group, dacl, sacl, control)

    def component_sid(self, position: int) -> tuple[Sid, int]:
        """The SID of ``O:`` or ``G:``; it ends where the next component begins."""
        end = _NEXT_COMPONENT.search(self.text, position).start()  # type: ignore[union-attr]  # "$" is found
        blanks = len(self.text[position:end]) - len(self.text[position:end].rstrip())
        return self.field(self.sids.__getitem__, position, end - blanks), end

    def acl(self, position: int, codes: Mapping[str, AceType]) -> tuple[Acl | None, int, int]:
        """Control flags (bits as of a DACL) and ACEs; None for NO_ACCESS_CONTROL."""
        text = self.text
        start = position
        bits = 0
        while found := _CONTROL.match(text, position):
            bits |= ACL_CONTROL[found[1].upper()]
            position = found.end()
        position = self.skip(position)
        if text[position : position + 1] not in "(":
            return self.no_access_control(position, bits)
        aces: list[Ace] = []
        revision, reserved = ACL_REVISION, 0
        while text.startswith("(", position):
            ace, end = self.ace(position, codes)
            aces.append(ace)
            if ace.type in OBJECT_ACE_TYPES:
                revision = ACL_REVISION_DS
            elif text[self.skip(position + 1)] in "Oo":
                revision, reserved = ACL_REVISION_DS, reserved + 4
            position = self.skip(end)
        if position - start > 8000 and sum(ace.size for ace in aces) + 8 > MAX_ACL_SIZE:
            raise self.error(f"too many ACEs: a list holds {MAX_ACL_SIZE} bytes", position)
        return Acl(aces, revision, bytes(reserved)), bits, position

    def no_access_control(self, position: int, bits: int) -> tuple[Acl | None, int, int]:
        """A list without ACEs: NULL if it says so, else empty."""
        end = position + len(NO_ACCESS_CONTROL)
        if _capital(self.text[position:end]) == NO_ACCESS_CONTROL:
            return None, bits, end
        return Acl(), bits, position

    def ace(self, position: int, codes: Mapping[str, AceType]) -> tuple[Ace, int]:
        def kind_of(field: str) -> AceType:
            kind = codes.get(_capital(field.lstrip()))
            if kind is None:
                raise _Bad(f"unknown type of ACE here: expected one of {', '.join(codes)}")
            return kind

        start = position + 1
        kind, start = self.field_until(";", kind_of, start)
        flags, start = self.field_until(";", _FLAGS.__getitem__, start)
        mask, start = self.field_until(";", _MASKS.__getitem__, start)
        guid, start = self.field_until(";", _guid, start)
        inherited_guid, start = self.field_until(";", _guid, start)
        sid, end = self.field_until(");", self.sids.__getitem__, start)
        end -= 1
        data = b""
        if self.text[end] == ";":
            data, end = self.data(self.skip(end + 1), kind)
        elif kind in CONDITIONAL_TYPES or kind is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
            raise self.error("this type of ACE has a seventh field, in parentheses", end)
        if not self.text.startswith(")", end):
            raise self.error("expected the ')' that ends the ACE here", end)
        if not guid and not inherited_guid:
            kind = PLAIN_TYPE.get(kind, kind)
        elif kind not in OBJECT_ACE_TYPES:
            raise self.error("only object ACEs, for example OA, carry GUIDs", position)
        return Ace(kind, flags, mask, sid, guid, inherited_guid, data), end + 1

    def data(self, position: int, kind: AceType) -> tuple[bytes, int]:
        """The seventh field: a condition, or a resource attribute."""
        from tokenlab.security.condition import claims, infix  # 10 ms to load, and most descriptors have none

        def sid(field: str) -> Sid:
            try:
                return self.sids[field]
            except _Bad as bad:
                raise ValueError(bad.reason) from None

        try:
            if kind in CONDITIONAL_TYPES:
                expression, end = infix.parse(self.text, position, sid)
                return infix.encode(expression), self.skip(end)
            if kind is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
                attribute, end = claims.parse_resource_attribute(self.text, position, sid)
                return claims.encode(attribute), self.skip(end)
        except (infix.ConditionError, claims.ClaimError) as error:
            raise self.error(error.reason, error.position) from None
        raise self.error("only conditional ACEs, such as XA, and RA have a seventh field", position)

    def field_until(self, ends: str, read: Callable[[str], _T], start: int) -> tuple[_T, int]:
        """What stands between ``start`` and the first of ``ends``, and the place after that."""
        places = [at for at in (self.text.find(end, start) for end in ends) if at >= 0]
        if not places and ")" in ends:
            raise self.error("this ACE has no end: expected ')'", start)
        if not places:
            raise self.error("an ACE has six fields: (type;flags;rights;object;inherited object;SID)", start)
        return self.field(read, start, min(places)), min(places) + 1

    def field(self, read: Callable[[str], _T], start: int, end: int) -> _T:
        try:
            return read(self.text[start:end])
        except _Bad as bad:
            raise self.error(bad.reason, start + bad.offset) from None

    def skip(self, position: int) -> int:
        return _BLANKS.match(self.text, position).end()  # type: ignore[union-attr]  # it matches nothing, too

    def error(self, reason: str, position: int) -> SddlError:
        return SddlError(reason, self.text, position)
