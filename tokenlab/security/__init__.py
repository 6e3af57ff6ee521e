"""The reference monitor: pure functions on frozen values."""

from tokenlab.security.check.access_check import access_check, granted_access
from tokenlab.security.check.decision import AccessDecision, CheckStep, Reason
from tokenlab.security.check.rule import ReasonCode, Rule
from tokenlab.security.context import GroupAttributes, PrivilegeState, SecurityContext, TokenGroup
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import AceFlags, AceType, MandatoryPolicy
from tokenlab.security.descriptor.acl import Acl
from tokenlab.security.descriptor.parts import ControlFlags
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.security.inheritance import new_object_descriptor, store_descriptor
from tokenlab.security.status import NtStatus, Win32Error

__all__ = [
    "AccessDecision",
    "Ace",
    "AceFlags",
    "AceType",
    "Acl",
    "ControlFlags",
    "TokenGroup",
    "GroupAttributes",
    "MandatoryPolicy",
    "NtStatus",
    "PrivilegeState",
    "Reason",
    "ReasonCode",
    "Rule",
    "SecurityContext",
    "SecurityDescriptor",
    "CheckStep",
    "Win32Error",
    "access_check",
    "store_descriptor",
    "granted_access",
    "new_object_descriptor",
]
