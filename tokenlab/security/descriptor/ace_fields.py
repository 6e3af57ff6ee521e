"""What an ACE consists of: its type, its flags, and the fields in the order in which Windows stores them.

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
    """How an entry is passed on to children, and what an audit entry waits for ([MS-DTYP] 2.4.4.1)."""

    OBJECT_INHERIT = 0x01  # OI: files below take it
    CONTAINER_INHERIT = 0x02  # CI: folders below take it
    NO_PROPAGATE_INHERIT = 0x04  # NP: children take it, grandchildren do not
    INHERIT_ONLY = 0x08  # IO: for children only; the check on this object passes it by
    INHERITED = 0x10  # ID: came from the parent
    CRITICAL = 0x20  # CR
    SUCCESSFUL_ACCESS = 0x40  # SA; in an access filter entry: trust-protected (TP)
    FAILED_ACCESS = 0x80  # FA


class MandatoryPolicy(IntFlag):
    """The mask of a mandatory label: what a lower level may not do ([MS-DTYP] 2.4.4.13)."""

    NO_WRITE_UP = 0x1  # NW
    NO_READ_UP = 0x2  # NR
    NO_EXECUTE_UP = 0x4  # NX


ALLOW_TYPES = frozenset({0x00, 0x05, 0x09, 0x0B})
DENY_TYPES = frozenset({0x01, 0x06, 0x0A, 0x0C})
OBJECT_ACE_TYPES = frozenset({0x05, 0x06, 0x07, 0x08, 0x0B, 0x0C, 0x0F, 0x10})
CONDITIONAL_TYPES = frozenset({0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F, 0x15})


class AceFields(NamedTuple):
    """The seven fields of an ACE; see `Ace`."""

    type: AceType
    flags: AceFlags
    mask: int
    sid: Sid
    object_type: UUID | None
    inherited_object_type: UUID | None
    data: bytes
