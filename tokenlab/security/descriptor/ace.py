"""One line of an access control list: who, what, and how it is passed on.

[MS-DTYP] 2.4.4 gives the layouts, ``ACE_HEADER`` on Microsoft Learn the types and flags.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, NamedTuple

from tokenlab.values import Sid

if TYPE_CHECKING:
    from uuid import UUID


class AceType(IntEnum):
    """What kind of line it is ([MS-DTYP] 2.4.4.1). The SDDL code stands behind each."""

    ACCESS_ALLOWED = 0x00  # A
    ACCESS_DENIED = 0x01  # D
    SYSTEM_AUDIT = 0x02  # AU
    SYSTEM_ALARM = 0x03  # AL, reserved
    ACCESS_ALLOWED_OBJECT = 0x05  # OA
    ACCESS_DENIED_OBJECT = 0x06  # OD
    SYSTEM_AUDIT_OBJECT = 0x07  # OU
    SYSTEM_ALARM_OBJECT = 0x08  # OL, reserved
    ACCESS_ALLOWED_CALLBACK = 0x09  # XA
    ACCESS_DENIED_CALLBACK = 0x0A  # XD
    ACCESS_ALLOWED_CALLBACK_OBJECT = 0x0B  # ZA
    ACCESS_DENIED_CALLBACK_OBJECT = 0x0C  # no SDDL
    SYSTEM_AUDIT_CALLBACK = 0x0D  # XU
    SYSTEM_ALARM_CALLBACK = 0x0E  # reserved
    SYSTEM_AUDIT_CALLBACK_OBJECT = 0x0F  # no SDDL
    SYSTEM_ALARM_CALLBACK_OBJECT = 0x10  # reserved
    SYSTEM_MANDATORY_LABEL = 0x11  # ML
    SYSTEM_RESOURCE_ATTRIBUTE = 0x12  # RA
    SYSTEM_SCOPED_POLICY_ID = 0x13  # SP
    SYSTEM_PROCESS_TRUST_LABEL = 0x14  # TL
    SYSTEM_ACCESS_FILTER = 0x15  # FL


class AceFlags(IntFlag):
    """How a line is passed on to children, and what an audit line waits for ([MS-DTYP] 2.4.4.1)."""

    OBJECT_INHERIT = 0x01  # OI: files below take it
    CONTAINER_INHERIT = 0x02  # CI: folders below take it
    NO_PROPAGATE_INHERIT = 0x04  # NP: children take it, grandchildren do not
    INHERIT_ONLY = 0x08  # IO: for children only; the check on this object passes it by
    INHERITED = 0x10  # ID: came from the parent
    CRITICAL = 0x20  # CR
    SUCCESSFUL_ACCESS = 0x40  # SA; in an access filter line: trust-protected (TP)
    FAILED_ACCESS = 0x80  # FA


class MandatoryPolicy(IntFlag):
    """The mask of a mandatory label line: what a lower level may not do ([MS-DTYP] 2.4.4.13)."""

    NO_WRITE_UP = 0x1  # NW
    NO_READ_UP = 0x2  # NR
    NO_EXECUTE_UP = 0x4  # NX


ALLOW_TYPES = frozenset({0x00, 0x05, 0x09, 0x0B})
DENY_TYPES = frozenset({0x01, 0x06, 0x0A, 0x0C})
OBJECT_ACE_TYPES = frozenset({0x05, 0x06, 0x07, 0x08, 0x0B, 0x0C, 0x0F, 0x10})
CONDITIONAL_TYPES = frozenset({0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F, 0x15})


class _AceFields(NamedTuple):
    type: AceType
    flags: AceFlags
    mask: int
    sid: Sid
    object_type: UUID | None
    inherited_object_type: UUID | None
    data: bytes


class Ace(_AceFields):
    """An access control entry.

    ``mask`` is a 32-bit access mask (of a mandatory label: a `MandatoryPolicy`). ``object_type`` and
    ``inherited_object_type`` name a property, property set, extended right or class of a directory
    object. ``data`` is what follows the SID, as Windows stores it: the condition of a callback line,
    the value of a resource attribute.

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
        return self.type in ALLOW_TYPES

    @property
    def is_deny(self) -> bool:
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
        from tokenlab.security.descriptor.sddl import format_ace

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
