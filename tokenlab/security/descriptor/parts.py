"""What a security descriptor consists of ([MS-DTYP] 2.4.6): what its text and its bytes are read into."""

from __future__ import annotations

from enum import IntFlag
from typing import NamedTuple

from tokenlab.security.descriptor.acl import Acl
from tokenlab.values import Sid


class ControlFlags(IntFlag):
    """The 16 control bits of a descriptor ([MS-DTYP] 2.4.6)."""

    OWNER_DEFAULTED = 0x0001
    GROUP_DEFAULTED = 0x0002
    DACL_PRESENT = 0x0004
    DACL_DEFAULTED = 0x0008
    SACL_PRESENT = 0x0010
    SACL_DEFAULTED = 0x0020
    DACL_TRUSTED = 0x0040
    SERVER_SECURITY = 0x0080
    DACL_AUTO_INHERIT_REQ = 0x0100  # AR
    SACL_AUTO_INHERIT_REQ = 0x0200
    DACL_AUTO_INHERITED = 0x0400  # AI
    SACL_AUTO_INHERITED = 0x0800
    DACL_PROTECTED = 0x1000  # P
    SACL_PROTECTED = 0x2000
    RM_CONTROL_VALID = 0x4000
    SELF_RELATIVE = 0x8000  # says only how bytes lie: a value of the model does not carry it


class DescriptorParts(NamedTuple):
    """The fields of a `SecurityDescriptor`, in its order."""

    owner: Sid | None
    group: Sid | None
    dacl: Acl | None
    sacl: Acl | None
    control: ControlFlags | int
    resource_manager_control: int = 0
