"""One entry of an access control list: who, what, and how it is passed on ([MS-DTYP] 2.4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenlab.security.descriptor.ace_fields import (
    ALLOW_TYPES,
    DENY_TYPES,
    OBJECT_ACE_TYPES,
    AceFields,
    AceFlags,
    AceType,
)
from tokenlab.security.descriptor.ace_text import format_ace
from tokenlab.values import Sid

if TYPE_CHECKING:
    from uuid import UUID


class Ace(AceFields):
    """An access control entry.

    ``mask`` is a 32-bit access mask (of a mandatory label: a `MandatoryPolicy`). ``object_type`` and
    ``inherited_object_type`` name a property, property set, extended right or class of a directory
    object. ``data`` is what follows the SID, as Windows stores it: the condition of a callback line,
    the value of a resource attribute ([MS-DTYP] 2.4.4).

    >>> ace = Ace.allow("S-1-1-0", 0x1)
    >>> print(ace, ace.is_allow, ace.sid.name)
    (A;;CC;;;WD) True Everyone

    Raises ValueError where the parts do not fit together.
    """

    __slots__ = ()

    def __new__(
        cls,
        type: AceType | int,
        flags: AceFlags | int,
        mask: int,
        sid: Sid | str,
        object_type: UUID | None = None,
        inherited_object_type: UUID | None = None,
        data: bytes = b"",
    ) -> Ace:
        kind = AceType(type)
        if not 0 <= mask <= 0xFFFFFFFF:
            raise ValueError(f"{mask:#x} is not an access mask: expected 32 bits, for example 0x1F01FF")
        if not 0 <= flags <= 0xFF:
            raise ValueError(f"{flags:#x} are not ACE flags: expected 8 bits, for example 0x03 (OICI)")
        if (object_type or inherited_object_type) and kind not in OBJECT_ACE_TYPES:
            raise ValueError(
                f"{kind.name} carries no GUID: only object ACEs do, for example ACCESS_ALLOWED_OBJECT"
            )
        fields = (kind, AceFlags(flags), int(mask), Sid(sid))
        return tuple.__new__(cls, (*fields, object_type, inherited_object_type, bytes(data)))

    @classmethod
    def allow(cls, sid: Sid | str, mask: int, flags: AceFlags | int = 0) -> Ace:
        """``(A;flags;mask;;;sid)``"""
        return cls(AceType.ACCESS_ALLOWED, flags, mask, sid)

    @classmethod
    def deny(cls, sid: Sid | str, mask: int, flags: AceFlags | int = 0) -> Ace:
        """``(D;flags;mask;;;sid)``"""
        return cls(AceType.ACCESS_DENIED, flags, mask, sid)

    def with_flags(self, flags: int) -> Ace:
        """The same line with other flags."""
        return self._replace(flags=AceFlags(flags))

    @property
    def is_allow(self) -> bool:
        """True for an ACE of a DACL that grants, conditional ones included."""
        return self.type in ALLOW_TYPES

    @property
    def is_deny(self) -> bool:
        """True for an ACE of a DACL that denies, conditional ones included."""
        return self.type in DENY_TYPES

    @property
    def inherit_only(self) -> bool:
        """True if the check on the object itself passes this line by."""
        return bool(self.flags & AceFlags.INHERIT_ONLY)

    @property
    def inherited(self) -> bool:
        """True if the line came from the parent."""
        return bool(self.flags & AceFlags.INHERITED)

    @property
    def size(self) -> int:
        """How many bytes it takes in a list ([MS-DTYP] 2.4.4)."""
        size = 8 + 8 + 4 * (self.sid.count("-") - 2) + len(self.data)
        if self.type in OBJECT_ACE_TYPES:
            size += 4 + 16 * (bool(self.object_type) + bool(self.inherited_object_type))
        return size

    def __str__(self) -> str:
        """The SDDL; what has none (two reserved types, damaged conditions) in words of our own."""
        try:
            return format_ace(self)
        except ValueError:
            return f"({self.type.name} {self.mask:#x} {self.sid})"

    def __repr__(self) -> str:
        flags = " | ".join(f"AceFlags.{flag.name}" for flag in AceFlags if flag & self.flags) or "0"
        parts = [f"AceType.{self.type.name}", flags, f"{self.mask:#x}", repr(str.__str__(self.sid))]
        for name in ("object_type", "inherited_object_type", "data"):
            if value := getattr(self, name):
                parts.append(f"{name}={value!r}")
        return f"Ace({', '.join(parts)})"
