"""Security descriptors as text: SDDL, both ways ([MS-DTYP] 2.5.1).

Reading is as forgiving as Windows is: blanks before most fields, lower case, numbers in octal or hex,
numbers that overflow. Writing gives what Windows writes: aliases, rights as letters where letters say
all, flags in one order. Rows read off real Windows hold both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import combinations
from typing import TypeVar
from uuid import UUID

from tokenlab.security import claims, condition
from tokenlab.security.ace import CONDITIONAL_TYPES, OBJECT_ACE_TYPES, Ace, AceFlags, AceType
from tokenlab.security.acl import ACL_REVISION, ACL_REVISION_DS, Acl
from tokenlab.security.descriptor import ControlFlags, SecurityDescriptor
from tokenlab.values import Sid
from tokenlab.values.well_known import ALIAS_OF, ALIASES, DOMAIN_ALIAS_OF, DOMAIN_ALIASES

MAX_ACL_SIZE = 0xFFFF


class SddlError(ValueError):
    """Text that Windows would refuse, with the place where it goes wrong.

    ``position`` counts characters of ``text`` from 0; the message shows the place.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason, self.text, self.position = reason, text, position
        start = max(0, position - 30)
        excerpt = text[start : position + 30].replace("\n", " ").replace("\t", " ")
        super().__init__(f"{reason}\n  {excerpt}\n  {' ' * (position - start)}^ character {position + 1}")


# The letters ----------------------------------------------------------------------------------------

DACL_CODES = {
    "A": AceType.ACCESS_ALLOWED,
    "D": AceType.ACCESS_DENIED,
    "OA": AceType.ACCESS_ALLOWED_OBJECT,
    "OD": AceType.ACCESS_DENIED_OBJECT,
    "XA": AceType.ACCESS_ALLOWED_CALLBACK,
    "XD": AceType.ACCESS_DENIED_CALLBACK,
    "ZA": AceType.ACCESS_ALLOWED_CALLBACK_OBJECT,
}
SACL_CODES = {
    "AU": AceType.SYSTEM_AUDIT,
    "AL": AceType.SYSTEM_ALARM,
    "OU": AceType.SYSTEM_AUDIT_OBJECT,
    "OL": AceType.SYSTEM_ALARM_OBJECT,
    "XU": AceType.SYSTEM_AUDIT_CALLBACK,
    "ML": AceType.SYSTEM_MANDATORY_LABEL,
    "RA": AceType.SYSTEM_RESOURCE_ATTRIBUTE,
    "SP": AceType.SYSTEM_SCOPED_POLICY_ID,
    "TL": AceType.SYSTEM_PROCESS_TRUST_LABEL,
    "FL": AceType.SYSTEM_ACCESS_FILTER,
}
CODE_OF_TYPE = {kind: code for codes in (DACL_CODES, SACL_CODES) for code, kind in codes.items()}
PLAIN_TYPE = {  # an object ACE without a GUID is the plain one
    AceType.ACCESS_ALLOWED_OBJECT: AceType.ACCESS_ALLOWED,
    AceType.ACCESS_DENIED_OBJECT: AceType.ACCESS_DENIED,
    AceType.SYSTEM_AUDIT_OBJECT: AceType.SYSTEM_AUDIT,
    AceType.SYSTEM_ALARM_OBJECT: AceType.SYSTEM_ALARM,
}

FLAG_CODES = {  # in the order in which Windows writes them
    "OI": 0x01,
    "CI": 0x02,
    "NP": 0x04,
    "IO": 0x08,
    "ID": 0x10,
    "CR": 0x20,
    "SA": 0x40,
    "FA": 0x80,
}
FLAG_READ = FLAG_CODES | {"TP": 0x40}

BIT_CODES = {  # single bits, low to high, as Windows writes them
    "CC": 0x00000001,
    "DC": 0x00000002,
    "LC": 0x00000004,
    "SW": 0x00000008,
    "RP": 0x00000010,
    "WP": 0x00000020,
    "DT": 0x00000040,
    "LO": 0x00000080,
    "CR": 0x00000100,
    "SD": 0x00010000,
    "RC": 0x00020000,
    "WD": 0x00040000,
    "WO": 0x00080000,
    "GA": 0x10000000,
    "GX": 0x20000000,
    "GW": 0x40000000,
    "GR": 0x80000000,
}
MASK_CODES = {  # whole masks; Windows writes them only if nothing else is in the mask
    "FA": 0x001F01FF,
    "FR": 0x00120089,
    "FW": 0x00120116,
    "FX": 0x001200A0,
    "KA": 0x000F003F,
    "KR": 0x00020019,
    "KW": 0x00020006,
}
LABEL_CODES = {"NW": 0x1, "NR": 0x2, "NX": 0x4}
MASK_READ = BIT_CODES | MASK_CODES | LABEL_CODES | {"KX": 0x00020019}
CODE_OF_MASK = {mask: code for code, mask in MASK_CODES.items()}
BITS_WITH_CODE = sum(BIT_CODES.values())

# A domain controller was seen (in events 5136) to write these out as numbers, though it reads them:
NEVER_WRITTEN = frozenset({"EA", "SA", "RO", "CN", "KA", "EK"})

ACL_CONTROL = {"P": 0x1000, "AR": 0x0100, "AI": 0x0400}  # of a DACL; those of a SACL are twice that
NO_ACCESS_CONTROL = "NO_ACCESS_CONTROL"


# Reading --------------------------------------------------------------------------------------------

_T = TypeVar("_T")

_COMPONENT = re.compile(r"\s*([OGDS]):\s*", re.IGNORECASE)
_NEXT_COMPONENT = re.compile(r"[OGDS]:|$", re.IGNORECASE)
_CONTROL = re.compile(r"\s*(P|AR|AI)", re.IGNORECASE)
_BLANKS = re.compile(r"\s*")
_NUMBER = re.compile(r"([+-]?)(0X[0-9A-F]+|0[0-7]*|[1-9][0-9]*)", re.IGNORECASE)
_SID = re.compile(r"S-\s*(0X)?0*1((?:-\s*(?:0X)?[0-9A-F]+)+)", re.IGNORECASE)
_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)


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
        bit = FLAG_READ.get(field[at : at + 2].upper())
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
        bits = MASK_READ.get(field[at : at + 2].upper())
        if bits is None:
            raise _Bad(
                "unknown right: expected letters such as FA, GR, RC or a number such as 0x1200a9",
                at,
            )
        mask |= bits
        at += 2
    return mask


def _to_32_bits(sign: str, digits: str) -> int:
    """As C's strtoul reads it: too large a number becomes the largest, a minus wraps around."""
    base = 16 if digits[1:2] in ("x", "X") else 8 if digits[0] == "0" else 10
    value = int(digits, base)
    if value > 0xFFFFFFFF:
        return 0xFFFFFFFF
    return -value & 0xFFFFFFFF if sign == "-" else value


def _guid(field: str) -> UUID | None:
    if not field or field.isspace():
        return None
    if not _GUID.fullmatch(field):
        raise _Bad("expected a GUID, for example bf967aba-0de6-11d0-a285-00aa003049e2, or nothing")
    return UUID(field)


def _sid(field: str, domain: Sid | None) -> Sid:
    word = field.strip().upper()
    sid = ALIASES.get(word)
    if sid is not None:
        return sid
    rid = DOMAIN_ALIASES.get(word)
    if rid is not None:
        if domain is None:
            raise _Bad(f"{word} is relative to a domain: say which, for example domain='S-1-5-21-1-2-3'")
        return Sid(f"{domain}-{rid}")
    number = _SID.fullmatch(word)
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


def parse(text: str, domain: Sid | str | None = None) -> SecurityDescriptor:
    """The descriptor that ``text`` names. Raises `SddlError`."""
    sids = _sids(None if domain is None else Sid(domain))
    return _read_quickly(text, sids) or _Reader(text, sids).descriptor()


def _read_quickly(text: str, sids: _Memo[Sid]) -> SecurityDescriptor | None:
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
    return SecurityDescriptor(owner, group, dacl, sacl, control)


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

    def descriptor(self) -> SecurityDescriptor:
        text, position = self.text, 0
        owner = group = dacl = sacl = None
        control, seen = 0, ""
        while component := _COMPONENT.match(text, position):
            letter = component[1].upper()
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
        return SecurityDescriptor(owner, group, dacl, sacl, control)

    def component_sid(self, position: int) -> tuple[Sid, int]:
        """The SID of ``O:`` or ``G:``; it ends where the next component begins."""
        end = _NEXT_COMPONENT.search(self.text, position).start()  # type: ignore[union-attr]  # "$" is found
        return self.field(self.sids.__getitem__, position, end), end

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
            elif text[position + 1 : position + 3].lstrip()[:1] in ("O", "o"):
                revision, reserved = ACL_REVISION_DS, reserved + 4
            position = self.skip(end)
        if position - start > 8000 and sum(ace.size for ace in aces) + 8 > MAX_ACL_SIZE:
            raise self.error(f"too many ACEs: a list holds {MAX_ACL_SIZE} bytes", position)
        return Acl(aces, revision, bytes(reserved)), bits, position

    def no_access_control(self, position: int, bits: int) -> tuple[Acl | None, int, int]:
        """A list without ACEs: NULL if it says so, else empty."""
        end = position + len(NO_ACCESS_CONTROL)
        if self.text[position:end].upper() == NO_ACCESS_CONTROL:
            return None, bits, end
        return Acl(), bits, position

    def ace(self, position: int, codes: Mapping[str, AceType]) -> tuple[Ace, int]:
        def kind_of(field: str) -> AceType:
            kind = codes.get(field.lstrip().upper())
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

        def sid(field: str) -> Sid:
            try:
                return self.sids[field]
            except _Bad as bad:
                raise ValueError(bad.reason) from None

        try:
            if kind in CONDITIONAL_TYPES:
                expression, end = condition.parse(self.text, position, sid)
                return condition.encode(expression), self.skip(end)
            if kind is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
                attribute, end = claims.parse_resource_attribute(self.text, position, sid)
                return claims.encode(attribute), self.skip(end)
        except (condition.ConditionError, claims.ClaimError) as error:
            raise self.error(error.reason, error.position) from None
        raise self.error("only conditional ACEs, such as XA, and RA have a seventh field", position)

    def field_until(self, ends: str, read: Callable[[str], _T], start: int) -> tuple[_T, int]:
        """What stands between ``start`` and the first of ``ends``, and the place after that."""
        places = [at for at in (self.text.find(end, start) for end in ends) if at >= 0]
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


# Writing --------------------------------------------------------------------------------------------


def format_descriptor(descriptor: SecurityDescriptor, domain: Sid | str | None = None) -> str:
    """The SDDL that Windows writes for it. Raises ValueError where a part has no SDDL."""
    parts = []
    if descriptor.owner is not None:
        parts.append(f"O:{format_sid(descriptor.owner, domain)}")
    if descriptor.group is not None:
        parts.append(f"G:{format_sid(descriptor.group, domain)}")
    control = int(descriptor.control)
    for letter, acl, present, bits in (
        ("D", descriptor.dacl, ControlFlags.DACL_PRESENT, control),
        ("S", descriptor.sacl, ControlFlags.SACL_PRESENT, control >> 1),
    ):
        if control & present:
            flags = "".join(code for code, bit in ACL_CONTROL.items() if bits & bit)
            aces = NO_ACCESS_CONTROL if acl is None else "".join(format_ace(ace, domain) for ace in acl)
            parts.append(f"{letter}:{flags}{aces}")
    return "".join(parts)


def format_ace(ace: Ace, domain: Sid | str | None = None) -> str:
    """One ACE in parentheses, as Windows writes it. Raises ValueError where its type has no SDDL."""
    code = CODE_OF_TYPE.get(ace.type)
    if code is None:
        raise ValueError(f"an ACE of the type {ace.type.name} has no SDDL; its bytes say it")

    def sid(value: Sid) -> str:
        return format_sid(value, domain)

    flags = "".join(letters for letters, bit in FLAG_CODES.items() if ace.flags & bit)
    fields = [code, flags, format_mask(ace.mask, ace.type)]
    fields += [str(guid) if guid else "" for guid in (ace.object_type, ace.inherited_object_type)]
    fields.append(sid(ace.sid))
    if ace.type in CONDITIONAL_TYPES:
        fields.append(condition.format_condition(condition.decode(ace.data), sid))
    elif ace.type is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
        fields.append(claims.format_resource_attribute(claims.decode(ace.data), sid))
    return f"({';'.join(fields)})"


def format_mask(mask: int, kind: AceType = AceType.ACCESS_ALLOWED) -> str:
    """``FA`` for 0x1f01ff, ``CCDC`` for 0x3, ``0x1200a9`` where letters cannot say it all."""
    if kind is AceType.SYSTEM_MANDATORY_LABEL and mask <= 0x7:
        return "".join(code for code, bit in LABEL_CODES.items() if mask & bit)
    if mask in CODE_OF_MASK:
        return CODE_OF_MASK[mask]
    if mask & ~BITS_WITH_CODE:
        return f"{mask:#x}"
    return "".join(code for code, bit in BIT_CODES.items() if mask & bit)


def format_sid(sid: Sid, domain: Sid | str | None = None) -> str:
    """``BA``, ``DA`` if it belongs to ``domain``, else the numbers."""
    if alias := ALIAS_OF.get(sid):
        return alias
    if domain is not None and sid.domain == domain:
        alias = DOMAIN_ALIAS_OF.get(sid.rid)
        if alias and alias not in NEVER_WRITTEN:
            return alias
    return str(sid)
