"""Which subcategory of the audit policy an event belongs to, as ``auditpol /get /category:*`` names them.

"Advanced security audit policy settings" on Microsoft Learn, a page a subcategory. A log is asked for all of
them here; a real client audits few by default: logons, logoffs and special logons, but no object, no use of
a privilege and no start of a process ("Audit Policy Recommendations").
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_BY_EVENT = {
    4624: "Logon",
    4625: "Logon",
    4648: "Logon",
    4675: "Logon",
    4634: "Logoff",
    4647: "Logoff",
    4627: "Group Membership",
    4672: "Special Logon",
    4658: "Handle Manipulation",
    4670: "Authorization Policy Change",
    4688: "Process Creation",
    4689: "Process Termination",
    4697: "Security System Extension",
    4703: "Token Right Adjusted",
    4738: "User Account Management",
    4765: "User Account Management",
    4766: "User Account Management",
    4768: "Kerberos Authentication Service",
    4771: "Kerberos Authentication Service",
    4769: "Kerberos Service Ticket Operations",
    4770: "Kerberos Service Ticket Operations",
    4776: "Credential Validation",
    5140: "File Share",
    5145: "Detailed File Share",
}
_BY_OBJECT = {"File": "File System", "Key": "Registry", "SERVICE OBJECT": "Other Object Access Events"}
KERNEL_OBJECT, SENSITIVE, NOT_SENSITIVE = (
    "Kernel Object",
    "Sensitive Privilege Use",
    "Non Sensitive Privilege Use",
)
_SENSITIVE = frozenset(
    f"Se{name}Privilege"
    for name in (
        *("Tcb", "Backup", "Restore", "CreateToken", "Debug", "EnableDelegation", "Audit", "Impersonate"),
        *("LoadDriver", "Security", "SystemEnvironment", "AssignPrimaryToken", "TakeOwnership"),
    )
)
SUBCATEGORIES = frozenset(
    (*_BY_EVENT.values(), *_BY_OBJECT.values(), KERNEL_OBJECT, SENSITIVE, NOT_SENSITIVE)
)


_NO_FIELDS: Mapping[str, object] = MappingProxyType({})


def subcategory_of(event_id: int, fields: Mapping[str, object] = _NO_FIELDS) -> str:
    """The subcategory that writes this event; for 4656, 4663, 4673 and 4674 its fields decide. ``-`` for
    an event that is in none."""
    if event_id in (4656, 4663):
        return _BY_OBJECT.get(str(fields.get("ObjectType")), KERNEL_OBJECT)
    if event_id in (4673, 4674):
        used = str(fields.get("PrivilegeList", "")).split()
        return SENSITIVE if _SENSITIVE.intersection(used) else NOT_SENSITIVE
    return _BY_EVENT.get(event_id, "-")


def subcategories_of(event_id: int) -> tuple[str, ...]:
    """All subcategories that can write this event: several where its fields decide."""
    if event_id in (4656, 4663):
        return (*_BY_OBJECT.values(), KERNEL_OBJECT)
    if event_id in (4673, 4674):
        return SENSITIVE, NOT_SENSITIVE
    return (subcategory_of(event_id),)
