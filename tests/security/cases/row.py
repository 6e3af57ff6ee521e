"""What a row of facts about the access check is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tokenlab.security import NtStatus, SecurityContext
from tokenlab.values import FILE, ObjectType

OK, DENIED = NtStatus.SUCCESS, NtStatus.ACCESS_DENIED
NOT_HELD, NO_OWNER = NtStatus.PRIVILEGE_NOT_HELD, NtStatus.INVALID_SECURITY_DESCR
NOT_MAPPED = NtStatus.GENERIC_NOT_MAPPED
MAXIMUM, SACL = 0x02000000, 0x01000000  # MAXIMUM_ALLOWED, ACCESS_SYSTEM_SECURITY

# The codes of Security events 4656 and 5145.
BY_ACE, DENIED_BY_ACE, INTEGRITY, OWNER, NOTHING = 1801, 1802, 1803, 1804, 1805
NO_DACL, EMPTY, PRIVILEGE, PARENT = 1806, 1807, 1810, 1811

SUE = "S-1-5-21-7-7-7-1200"
STAFF = "S-1-5-21-7-7-7-2100"
STRANGER = "S-1-5-21-7-7-7-1300"
EVERYONE, ADMINISTRATORS, USERS = "S-1-1-0", "S-1-5-32-544", "S-1-5-32-545"
ENABLED, DISABLED, DENY_ONLY = 0x7, 0x0, 0x10

sue = SecurityContext(SUE, [EVERYONE, USERS, STAFF])
administrator = SecurityContext(
    SUE,
    [EVERYONE, USERS, (ADMINISTRATORS, 0xF)],
    ["SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeBackupPrivilege", "SeRestorePrivilege"],
    integrity="high",
)
filtered = SecurityContext(SUE, [EVERYONE, USERS, (ADMINISTRATORS, DENY_ONLY)])

# Where a fact comes from. [W]: tests that run on real Windows, or its event log. [D]: Microsoft's
# documents. [F]: the book and its scripts. [M]: unverified, and said so on the card of fidelity.
SMB2 = "Samba, smb2.acls {} [W]"
WINE = "Wine, test_AccessCheck [W]"
DTYP = "[MS-DTYP] {} [D]"
BOOK = "Forshaw, Windows Security Internals, ch. 7 [F]"


class Row(NamedTuple):
    """A question, the answer of Windows, and where that is written."""

    fact: str
    context: SecurityContext
    sddl: str
    desired: int
    status: NtStatus
    why: Mapping[int, int]
    """For each right, the code of its reason; of a maximum, for the rights that the fact is about."""
    source: str
    object_type: ObjectType = FILE
    place: int | None = None
    """The place in the DACL of the ACE that decided, from 0, where there is only one."""
    mask: int | None = None
    """What is granted, where that is not simply what was asked for."""
    principal_self: str | None = None
    parent: str | None = None
    premapped: bool = False
