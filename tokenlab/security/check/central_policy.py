"""Central access policies: rules of the domain that an object points to, and that must grant too.

[MS-GPCAP]; "Dynamic Access Control" on Microsoft Learn; Forshaw, ch. 7. The object's SACL names the policy
(``(SP;;;;;S-1-17-...)``); what the policy says comes from the domain, so the check is given it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.ace_fields import AceType
from tokenlab.security.descriptor.acl import Acl
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import Sid


@dataclass(frozen=True)
class CentralRule:
    """One rule: to which objects it applies (a condition on ``@Resource``; all if empty), and who may.

    ``dacl`` is a text in SDDL, ``D:(XA;...)``.
    """

    name: str
    dacl: str
    applies_to: str = ""


@dataclass(frozen=True)
class CentralPolicy:
    """A policy under its SID, S-1-17-...: every rule that applies must grant."""

    sid: Sid
    rules: tuple[CentralRule, ...]


Policies = Mapping[str, CentralPolicy]

RECOVERY = CentralRule("recovery policy", "D:(A;;GA;;;BA)(A;;GA;;;SY)(A;;GA;;;OW)")
"""What counts while the domain's policy is not there: administrators, SYSTEM and the owner."""


def rules_for(
    context: SecurityContext, descriptor: SecurityDescriptor, policies: Policies
) -> list[tuple[CentralRule, SecurityDescriptor]]:
    """The rules that apply to an object, each as the descriptor that must grant."""
    from tokenlab.security.check.evaluation import Evaluation, resource_attributes
    from tokenlab.security.condition.infix import parse

    found = []
    for ace in descriptor.sacl or ():
        if ace.type is not AceType.SYSTEM_SCOPED_POLICY_ID or ace.inherit_only:
            continue
        policy = policies.get(ace.sid)
        for rule in policy.rules if policy else (RECOVERY,):
            about = Evaluation(context, resource_attributes(descriptor.sacl))
            if not rule.applies_to or about.of(parse(rule.applies_to)[0]).value is True:
                found.append((rule, descriptor.with_dacl(_dacl(rule))))
    return found


def _dacl(rule: CentralRule) -> Acl | None:
    return SecurityDescriptor.from_sddl(rule.dacl).dacl
