"""Security identifiers: the names that Windows compares ([MS-DTYP] 2.4.2).

A `Sid` *is* its canonical text, so it hashes and compares as fast as any string. An integrity level is
a SID too: S-1-16-8192 is Medium.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from struct import pack, unpack_from
from typing import ClassVar

from tokenlab.values.sid_names import ALIAS_OF, DOMAIN_NAMES, NAMES

_EXAMPLE = "expected S-1-<authority>-<numbers>, for example S-1-5-18 (Local System)"
# What needs no second look: decimal numbers that cannot be too large, without leading zeros.
_NUMBER = "(?:0|[1-9][0-9]{0,8}|[1-3][0-9]{9})"
_CANONICAL = re.compile(f"S-1-{_NUMBER}(?:-{_NUMBER}){{1,15}}")
_CACHE: dict[str, Sid] = {}
_CACHE_LIMIT = 65536


class SidError(ValueError):
    """Text or bytes that are no SID."""


class Sid(str):
    """A security identifier: authority (48 bits), then one to fifteen numbers of 32 bits.

    ``Sid(text)`` takes ``S-1-...`` in decimal (an authority from 2**32 on in hex, as Windows writes it)
    and gives the canonical text ([MS-DTYP] 2.4.2).

    >>> Sid("S-1-5-21-1-2-3-1104").rid, Sid("S-1-1-0").name
    (1104, 'Everyone')

    Raises `SidError`.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Sid:
        known = _CACHE.get(text)
        if known is not None:
            return known
        if not isinstance(text, str):
            raise SidError(f"{_shown(text)} is not a SID: {_EXAMPLE}")
        canonical = _CANONICAL.fullmatch(text)
        sid = str.__new__(Sid, text) if canonical else cls.from_parts(*_split(text))
        if len(_CACHE) >= _CACHE_LIMIT:
            _CACHE.clear()
        _CACHE[str(text)] = sid
        return sid

    @classmethod
    def from_parts(cls, authority: int, subauthorities: Iterable[int]) -> Sid:
        """The SID with these numbers. Raises `SidError` if one is out of range."""
        numbers = tuple(subauthorities)
        text = f"S-1-{_authority_text(authority)}" + "".join(f"-{number}" for number in numbers)
        if not 0 <= authority < 2**48:
            raise SidError(f"{_shown(text)} is not a SID: its authority has more than 48 bits; {_EXAMPLE}")
        if not 1 <= len(numbers) <= 15:
            raise SidError(f"{_shown(text)} is not a SID: 1 to 15 numbers follow the authority; {_EXAMPLE}")
        if not all(0 <= number < 2**32 for number in numbers):
            raise SidError(f"{_shown(text)} is not a SID: a number has more than 32 bits; {_EXAMPLE}")
        return _CACHE.get(text) or str.__new__(Sid, text)

    @classmethod
    def from_bytes(cls, data: bytes) -> Sid:
        """The SID in these bytes, all of them ([MS-DTYP] 2.4.2.2). Raises `SidError`."""
        if len(data) < 8 or data[0] != 1 or len(data) != 8 + 4 * data[1]:
            raise SidError(
                f"{bytes(data)!r} is not a SID: expected 01, a count, 6 bytes, and 4 bytes a number"
            )
        return cls.from_parts(int.from_bytes(data[2:8], "big"), unpack_from(f"<{data[1]}I", data, 8))

    def to_bytes(self) -> bytes:
        """Revision, count, authority (big-endian), numbers (little-endian): [MS-DTYP] 2.4.2.2."""
        authority, numbers = _split(self)
        return pack(f"<BB6s{len(numbers)}I", 1, len(numbers), authority.to_bytes(6, "big"), *numbers)

    @property
    def authority(self) -> int:
        """The identifier authority, a number of 48 bits: 5 is NT AUTHORITY ([MS-DTYP] 2.4.1)."""
        return _split(self)[0]

    @property
    def subauthorities(self) -> tuple[int, ...]:
        """The one to fifteen numbers after the authority, 32 bits each."""
        return _split(self)[1]

    @property
    def rid(self) -> int:
        """The last number: the relative identifier."""
        return int(self.rpartition("-")[2])

    @property
    def domain(self) -> Sid | None:
        """S-1-5-21-a-b-c of an account or group of a domain or machine; else None."""
        if self.startswith("S-1-5-21-") and self.count("-") == 7:
            return Sid(self.rpartition("-")[0])
        return None

    @property
    def alias(self) -> str | None:
        """The two letters of SDDL, if they always mean this SID: SY for S-1-5-18."""
        return ALIAS_OF.get(self)

    @property
    def name(self) -> str | None:
        """The name that Windows shows, if it is the same on every machine: NT AUTHORITY\\SYSTEM."""
        if self.domain is not None:
            return DOMAIN_NAMES.get(self.rid)
        return NAMES.get(self)

    @property
    def label(self) -> str:
        """The name, or the SID itself where there is none."""
        return self.name or str.__str__(self)

    def __repr__(self) -> str:
        return f"Sid({str.__str__(self)!r})"

    def __str__(self) -> str:
        return str.__str__(self)


def _shown(text: object) -> str:
    """The text for a message, shortened if it is absurdly long."""
    shown = str(text) if isinstance(text, str) else repr(text)
    return repr(shown if len(shown) <= 200 else f"{shown[:200]}...")


def _authority_text(authority: int) -> str:
    return str(authority) if authority < 2**32 else f"0x{authority:X}"


def _split(text: str) -> tuple[int, tuple[int, ...]]:
    parts = text.split("-")
    if len(parts) < 4 or parts[0] not in ("S", "s") or parts[1] != "1":
        raise SidError(f"{_shown(text)} is not a SID: {_EXAMPLE}")
    authority, *numbers = parts[2:]
    hexadecimal = authority[:2] in ("0x", "0X")
    try:
        if not all(part.isascii() and part.isalnum() for part in parts[2:]):
            raise ValueError
        values = tuple(int(number) for number in numbers)
        return int(authority, 16 if hexadecimal else 10), values
    except ValueError:
        raise SidError(f"{_shown(text)} is not a SID: {_EXAMPLE}") from None


class IntegrityLevel(Sid):
    """How far something is trusted, from Untrusted to System: S-1-16-<level> ([MS-DTYP] 2.4.4.13).

    Takes the SID, its level as a number (0x2000) or its name ("medium"). ``<`` and ``>`` compare levels.

    >>> IntegrityLevel("low") < IntegrityLevel.MEDIUM, IntegrityLevel(0x3000) == "S-1-16-12288"
    (True, True)
    """

    __slots__ = ()

    UNTRUSTED: ClassVar[IntegrityLevel]
    LOW: ClassVar[IntegrityLevel]
    MEDIUM: ClassVar[IntegrityLevel]
    MEDIUM_PLUS: ClassVar[IntegrityLevel]
    HIGH: ClassVar[IntegrityLevel]
    SYSTEM: ClassVar[IntegrityLevel]
    PROTECTED_PROCESS: ClassVar[IntegrityLevel]

    def __new__(cls, level: str | int) -> IntegrityLevel:
        if isinstance(level, int):
            text = f"S-1-16-{level}"
        else:
            text = _LEVEL_NAMES.get(level.lower().replace(" ", "_"), level)
        sid = Sid(text)
        if not sid.startswith("S-1-16-") or sid.count("-") != 3:
            raise SidError(
                f"{level!r} is not an integrity level: expected S-1-16-<level>, for example S-1-16-8192"
            )
        return str.__new__(cls, str.__str__(sid))

    @property
    def level(self) -> int:
        """The number that is compared: 0x2000 for Medium."""
        return self.rid

    def __lt__(self, other: object) -> bool:
        return self.rid < _level(other)

    def __le__(self, other: object) -> bool:
        return self.rid <= _level(other)

    def __gt__(self, other: object) -> bool:
        return self.rid > _level(other)

    def __ge__(self, other: object) -> bool:
        return self.rid >= _level(other)

    def __repr__(self) -> str:
        return f"IntegrityLevel({self.level:#x})"


def _level(value: object) -> int:
    return IntegrityLevel(value).rid if isinstance(value, (str, int)) else NotImplemented


_LEVEL_NAMES: dict[str, str] = {}
for _name, _rid in (
    ("UNTRUSTED", 0x0000),
    ("LOW", 0x1000),
    ("MEDIUM", 0x2000),
    ("MEDIUM_PLUS", 0x2100),
    ("HIGH", 0x3000),
    ("SYSTEM", 0x4000),
    ("PROTECTED_PROCESS", 0x5000),
):
    _LEVEL_NAMES[_name.lower()] = f"S-1-16-{_rid}"
    setattr(IntegrityLevel, _name, IntegrityLevel(_rid))
