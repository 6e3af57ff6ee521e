"""Access masks: 32 bits that say what somebody wants, or may do ([MS-DTYP] 2.4.3).

Bits 0 to 15 mean something else for every type of object, 16 to 20 are the standard rights, 24 and 25 are
special, 28 to 31 are generic: they stand for a set of the others, each type of object says which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag
from typing import NamedTuple

ACCESS_SYSTEM_SECURITY = 0x01000000
MAXIMUM_ALLOWED = 0x02000000
GENERIC_ALL = 0x10000000
GENERIC_EXECUTE = 0x20000000
GENERIC_WRITE = 0x40000000
GENERIC_READ = 0x80000000


class AccessRights(IntFlag):
    """What all kinds of rights share: how they print."""

    def __str__(self) -> str:
        return " | ".join(name for _, name in self._named_bits()) or "nothing"

    def __repr__(self) -> str:
        kind = type(self).__name__
        parts = [name if name.startswith("0x") else f"{kind}.{name}" for _, name in self._named_bits()]
        if not parts or all(part.startswith("0x") for part in parts):
            return f"{kind}({int(self):#x})"
        return " | ".join(parts)

    def _named_bits(self) -> Iterator[tuple[int, str]]:
        mask = int(self) & 0xFFFFFFFF
        while mask:
            bit = mask & -mask
            mask ^= bit
            member = type(self)(bit)
            yield bit, member.name or f"{bit:#x}"


class GenericMapping(NamedTuple):
    """What the four generic rights stand for, for one type of object (``GENERIC_MAPPING``)."""

    read: int
    write: int
    execute: int
    all: int

    def map(self, mask: int) -> int:
        """The mask with its generic bits replaced (``MapGenericMask``), as a plain int."""
        mask = int(mask)
        if mask & 0xF0000000:
            if mask & GENERIC_READ:
                mask |= self.read
            if mask & GENERIC_WRITE:
                mask |= self.write
            if mask & GENERIC_EXECUTE:
                mask |= self.execute
            if mask & GENERIC_ALL:
                mask |= self.all
        return mask & 0x0FFFFFFF


@dataclass(frozen=True)
class ObjectType:
    """A type of securable object: its rights, and what generic rights mean for it.

    ``brings`` are pairs of masks: a handle that carries all of the first carries the second, too.

    Types of one's own are made the same way, and the access check takes them like the others:

    >>> from tokenlab.security import SecurityContext, SecurityDescriptor, access_check
    >>> class GateRights(AccessRights):
    ...     OPEN = 0x1
    ...     LOCK = 0x2
    ...     READ_CONTROL = 0x20000
    ...     ALL_ACCESS = 0xF0003
    >>> GATE = ObjectType("gate", GateRights, GenericMapping(0x20000, 0x2, 0x1, 0xF0003))
    >>> gate = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;GX;;;WD)")
    >>> visitor = SecurityContext("S-1-5-21-1-2-3-1000", ["S-1-1-0"])
    >>> [bool(access_check(visitor, gate, right, GATE)) for right in (GateRights.OPEN, GateRights.LOCK)]
    [True, False]
    >>> GATE.describe(0x3)
    [(1, 'OPEN'), (2, 'LOCK')]
    """

    name: str
    rights: type[AccessRights]
    mapping: GenericMapping
    brings: tuple[tuple[int, int], ...] = ()

    def with_brought(self, granted: int) -> int:
        """What a handle carries if this was granted: the same, and what some rights bring along."""
        return granted | self._brought(granted)

    def without_brought(self, granted: int) -> int:
        """The part of a handle's rights that has to be granted for it."""
        return granted & ~self._brought(granted)

    def _brought(self, granted: int) -> int:
        brought = 0
        for first, second in self.brings:
            if granted & first == first:
                brought |= second
        return brought

    def describe(self, mask: int) -> list[tuple[int, str]]:
        """The single rights in a mask, low to high: ``[(0x1, 'READ_DATA'), ...]``."""
        return list(self.rights(mask)._named_bits())

    def __repr__(self) -> str:
        return f"OBJECT_TYPES[{self.name!r}]"
