"""The reference monitor: pure functions on frozen values."""

from tokenlab.security.access_check import access_check, granted_access
from tokenlab.security.ace import Ace, AceFlags, AceType, MandatoryPolicy
from tokenlab.security.acl import Acl
from tokenlab.security.context import Group, GroupAttributes, PrivilegeState, SecurityContext
from tokenlab.security.decision import AccessDecision, Reason, ReasonCode, Rule, Step
from tokenlab.security.descriptor import ControlFlags, SecurityDescriptor
from tokenlab.security.inheritance import as_stored, new_object_descriptor
from tokenlab.security.sddl import SddlError
from tokenlab.security.status import NtStatus, Win32Error
from tokenlab.security.wire import WireError

__all__ = [
    "AccessDecision",
    "Ace",
    "AceFlags",
    "AceType",
    "Acl",
    "ControlFlags",
    "Group",
    "GroupAttributes",
    "MandatoryPolicy",
    "NtStatus",
    "PrivilegeState",
    "Reason",
    "ReasonCode",
    "Rule",
    "SddlError",
    "SecurityContext",
    "SecurityDescriptor",
    "Step",
    "Win32Error",
    "WireError",
    "access_check",
    "as_stored",
    "granted_access",
    "new_object_descriptor",
]
