"""The steps of an access check in plain sentences."""

from __future__ import annotations

from tokenlab.security.ace import Ace
from tokenlab.security.context import SecurityContext
from tokenlab.security.decision import Rule, Step
from tokenlab.values.well_known import CREATOR_GROUP, CREATOR_OWNER, OWNER_RIGHTS


def describe(step: Step) -> str:
    """A step of the check in a sentence."""
    decision = step.decision
    name = decision.object_type.rights
    if step.finding is None:
        if step.number == 1:
            return f"Asked for {name(decision.desired)} ({decision.desired:#x})."
        if decision.granted:
            return f"Granted: {decision.granted_access:#x}."
        return f"Refused: {decision.status} (Win32 error {decision.win32_error:d})."
    rule, mask, _, by = step.finding
    rights = f"{name(mask)} ({mask:#x})"
    if step.ace is not None:
        return f"ACE {step.finding[2] + 1} {step.ace}: {_describe_ace(step, step.ace, rights)}"
    if rule is Rule.INTEGRITY:
        level, policy = decision.descriptor.label
        here = decision.context.integrity
        return (
            f"Integrity: {here.label} is below {level.label}, and the label says {policy.name}. "
            f"Refused before the DACL is read: {rights}."
        )
    left = by if isinstance(by, Ace) else None
    owner = decision.context.name_of(decision.descriptor.owner or "")
    return {
        Rule.PRIVILEGE: f"Privilege: {by} is enabled and gives {rights}.",
        Rule.PRIVILEGE_MISSING: f"Privilege: {rights} needs {by}, enabled. No ACE can give it.",
        Rule.OWNERSHIP: f"Owner: the token holds {owner}; an owner has {rights}.",
        Rule.NO_DACL: f"No DACL: everybody gets everything, so also {rights}.",
        Rule.NOTHING_GRANTS: f"The walk is over; what nothing granted: {rights}.",
        Rule.EMPTY_DACL: f"The DACL is empty: nobody gets {rights}.",
        Rule.SECOND_PASS: "The token is restricted: a second pass, in which only its restricting SIDs "
        f"count, must grant again {rights}.",
        Rule.PARENT: f"Parent folder: its {by} gives {rights}.",
        Rule.TRUST: f"Trust label {left}: the token is less trusted. Refused before all else: {rights}.",
        Rule.FILTER: f"Access filter: {by}. Refused before the DACL is read: {rights}.",
        Rule.PACKAGE_PASS: "The token is an app's: a pass in which only its package and capabilities count "
        f"must grant again {rights}.",
        Rule.NOT_FOR_APPS: f"No DACL: everybody gets everything, but no app gets {rights}.",
        Rule.CENTRAL_RULE: f"Central access rule {by!r}: it does not grant {rights}."
        if mask
        else f"Central access rule {by!r}: it grants all that is granted so far.",
    }[rule]


def _describe_ace(step: Step, ace: Ace, rights: str) -> str:
    condition = f" The condition {step.condition}." if step.condition else ""
    if step.rule is Rule.ACE_PASSED_BY:
        if condition:
            return f"passed by, for its condition {step.condition}."
        before = {rule for rule, *_ in step.decision.trail[: step.number - 2]}
        package, second = Rule.PACKAGE_PASS in before, Rule.SECOND_PASS in before
        if package:
            name = step.decision.context.name_of(ace.sid)
            return f"passed by, for {name} is neither the package nor one of its capabilities."
        return f"passed by, {why_passed_by(ace, step.decision.context, second)}."
    name = step.decision.context.name_of(ace.sid)
    if not step.rights:
        return f"{name} matches, but this line decides nothing that is still open.{condition}"
    verb = "allows" if step.rule is Rule.ACE_ALLOWS else "denies"
    return f"{name} matches; the line {verb} {rights}.{condition}"


def why_passed_by(ace: Ace, context: SecurityContext, second_pass: bool = False) -> str:
    """Why the walk passed this ACE by, in words."""
    name = context.name_of(ace.sid)
    if ace.inherit_only:
        return "for it is inherit-only: meant for children, not for this object"
    if ace.is_allow and ace.object_type:
        return "for it is about one property or class, and the question was about the whole object"
    if ace.sid in (CREATOR_OWNER, CREATOR_GROUP):
        return f"for {name} is a placeholder that inheritance fills; no token holds it"
    if second_pass:
        return f"for {name} is not among the restricting SIDs"
    if ace.sid == OWNER_RIGHTS:
        return "for the token does not hold the owner"
    if ace.sid in context.deny_sids:
        return f"for the token holds {name} for deny only, and this is an allow"
    if any(group.sid == ace.sid for group in context.groups):
        return f"for {name} is disabled in the token"
    return f"for the token does not hold {name}"
