"""How Windows decides who may do what: the page to read.

Three questions: *who* asks (a `SecurityContext`), *what for* (a mask of rights), and *who may* (a
`SecurityDescriptor`). The answer is yes or no, and it comes with the rule that decided each right.

Sources: [MS-DTYP] 2.5.3.2 (the walk) and 2.5.3.3 (integrity); James Forshaw, *Windows Security
Internals* (2024), ch. 7; Wine's and Samba's tests that run on real Windows. Where [MS-DTYP]'s
pseudo-code hands the owner WRITE_OWNER, real Windows hands out WRITE_DAC, and so does this page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tokenlab.security.context import Matching, SecurityContext, TokenMandatoryPolicy
from tokenlab.security.decision import AccessDecision, Rule, Trail, checked_mask
from tokenlab.security.descriptor import SecurityDescriptor
from tokenlab.security.limits import limits, open_to_lower_levels, to_grant_twice
from tokenlab.security.lines import (
    DENIES_IF,
    TAKES_NO_PART,
    Line,
    Lines,
    counts,
    matching_only,
    prepare,
    with_self,
)
from tokenlab.security.status import NtStatus
from tokenlab.values import DIRECTORY, FILE, ObjectType, Sid

if TYPE_CHECKING:
    from tokenlab.security.central_policy import Policies

DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x10000, 0x20000, 0x40000, 0x80000
ACCESS_SYSTEM_SECURITY, MAXIMUM_ALLOWED, GENERIC = 0x01000000, 0x02000000, 0xF0000000
EVERY_RIGHT = 0x00FFFFFF  # all that an ACE can give: neither generic bits nor the two above
READ_ATTRIBUTES, LIST_DIRECTORY, DELETE_CHILD = 0x80, 0x1, 0x40
ACE_ALLOWS, ACE_DENIES, ACE_PASSED_BY = Rule.ACE_ALLOWS, Rule.ACE_DENIES, Rule.ACE_PASSED_BY
NO_LINE = -1  # the place of a finding that is about no line of the DACL
SUCCESS, ACCESS_DENIED = NtStatus.SUCCESS, NtStatus.ACCESS_DENIED


def access_check(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType = FILE,
    *,
    principal_self: Sid | str | None = None,
    parent: SecurityDescriptor | None = None,
    policies: Policies | None = None,
    premapped: bool = False,
) -> AccessDecision:
    """May this context have these rights to the object with this descriptor, and why?

    ``desired`` is a mask: an int or a rights flag, generic bits and MAXIMUM_ALLOWED included.
    ``object_type`` says what generic bits mean. ``principal_self`` stands in for SELF (S-1-5-10).
    ``parent`` is the descriptor of a file's folder, where NTFS looks for DELETE and READ_ATTRIBUTES
    that the file alone refuses. ``policies`` are the central access policies that the domain has, by their
    SIDs. ``premapped`` keeps the contract of Win32's ``AccessCheck``: a generic
    bit left in ``desired`` is an error. A refusal is an answer, never an exception; TypeError and ValueError
    are for arguments that are no question.
    """
    desired = checked_mask(context, descriptor, desired, object_type)
    mapped = desired if premapped else object_type.mapping.map(desired)
    trail: Trail = []
    status, granted = decide(context, descriptor, mapped, object_type, principal_self, trail)
    if parent is not None and (status is ACCESS_DENIED or mapped & MAXIMUM_ALLOWED):
        trail = _lent_by_parent(context, parent, mapped)
        status, granted = decide(context, descriptor, mapped, object_type, principal_self, trail)
    if policies is not None and status is SUCCESS:
        status, granted = _agreed(context, descriptor, mapped, object_type, granted, policies, trail)
    return AccessDecision(context, descriptor, object_type, mapped, status, granted, trail)


def granted_access(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType = FILE,
) -> int:
    """The mask that a handle would carry, 0 for a refusal: the same decision, fast and unexplained."""
    mapped = object_type.mapping.map(desired) if desired & GENERIC else int(desired)
    return decide(context, descriptor, mapped, object_type)[1]


def decide(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType,
    principal_self: Sid | str | None = None,
    trail: Trail | None = None,
    path: frozenset[UUID] = frozenset(),
) -> tuple[NtStatus, int]:
    """The decision: a status, and the rights granted. The trail, if given, records every finding.

    ``path`` is for `by_type`: the part of a directory object that is asked about, and what it is part of.
    """

    # 1. What is asked for. Generic rights have become the specific ones of this type of object; a caller
    #    of Win32's AccessCheck must see to that. Wine, test_AccessCheck
    if desired & GENERIC:
        return NtStatus.GENERIC_NOT_MAPPED, 0
    asked = desired & ~MAXIMUM_ALLOWED
    maximum = desired != asked
    still_open = asked | EVERY_RIGHT if maximum else asked
    granted = 0
    if trail:  # rights lent by the parent folder
        granted = sum(rights for _, rights, _, _ in trail)
        still_open &= ~granted

    # 2. A descriptor without owner or group is no descriptor. Wine, test_AccessCheck
    owner = descriptor.owner
    if owner is None or descriptor.group is None:
        return NtStatus.INVALID_SECURITY_DESCR, 0

    # 3. Some objects let only a part be asked for: by those who are not trusted enough, or whom a
    #    filter does not let through. Forshaw, ch. 7
    mapping = object_type.mapping
    if descriptor.limited:
        for rule, left, ace, part in limits(context, descriptor, mapping):
            refused = still_open & ~left
            if trail is not None:
                trail.append((rule, refused, NO_LINE, part or ace))
            if refused & asked:
                return ACCESS_DENIED, 0
            still_open &= ~refused

    # 4. Then integrity: what the label keeps from lower levels is refused, whoever owns the object
    #    and whatever the DACL says. [MS-DTYP] 2.5.3.3
    if context.level < descriptor.level and context.mandatory_policy & TokenMandatoryPolicy.NO_WRITE_UP:
        refused = still_open & ~open_to_lower_levels(context, descriptor, mapping)
        if refused and trail is not None:
            trail.append((Rule.INTEGRITY, refused, NO_LINE, None))
        if refused & asked:
            return ACCESS_DENIED, 0
        still_open &= ~refused

    # 5. Two rights come from privileges, if they are enabled. No ACE gives the first; no ACE takes
    #    the second. [MS-DTYP] 2.5.3.2; Forshaw, ch. 7
    if asked & ACCESS_SYSTEM_SECURITY:
        held = context.has_privilege("SeSecurityPrivilege")
        if trail is not None:
            rule = Rule.PRIVILEGE if held else Rule.PRIVILEGE_MISSING
            trail.append((rule, ACCESS_SYSTEM_SECURITY, NO_LINE, "SeSecurityPrivilege"))
        if not held:
            return NtStatus.PRIVILEGE_NOT_HELD, 0
        granted |= ACCESS_SYSTEM_SECURITY
    if asked & still_open & WRITE_OWNER:
        for privilege in ("SeTakeOwnershipPrivilege", "SeRelabelPrivilege"):
            if context.has_privilege(privilege):
                if trail is not None:
                    trail.append((Rule.PRIVILEGE, WRITE_OWNER, NO_LINE, privilege))
                granted |= WRITE_OWNER
                break
    still_open &= ~granted

    dacl = descriptor.dacl
    if dacl is None:
        # 6. No DACL, or a NULL DACL: everybody gets everything, but no app. Wine, test_AccessCheck
        rest = still_open & (asked | mapping.all)
        if trail is not None:
            trail.append((Rule.NOT_FOR_APPS if context.app else Rule.NO_DACL, rest, NO_LINE, None))
        granted |= 0 if context.app else rest
    elif still_open:
        # 7. The owner may read and rewrite the DACL, unless a line for OWNER RIGHTS says what the
        #    owner may. A deny line does not take this away. Samba, smb2.acls OWNER-RIGHTS
        lines: Lines = dacl.prepared.get((mapping, True) if path else mapping) or prepare(
            dacl, mapping, bool(path)
        )
        owned = 0
        matching = context.matching
        if owner in context.enabled_sids and (not context.restricted or owner in context.restricted):
            matching = context.matching_as_owner
            owned = 0 if lines.has_owner_rights else still_open & (READ_CONTROL | WRITE_DAC)
            if owned and trail is not None:
                trail.append((Rule.OWNERSHIP, owned, NO_LINE, None))
        if principal_self in context.deny_sids:
            matching = with_self(context, matching, principal_self)

        # 8. The lines of the DACL, first to last. What they grant to a restricted token, they must grant
        #    a second time, to its restricting SIDs alone; to an app, to its package and capabilities.
        #    [MS-DTYP] 2.5.3.2; Forshaw, ch. 7. (Where nobody wants an explanation, lines about others
        #    are left out.)
        who = context, descriptor, path
        mine = lines.in_order if trail is not None else lines.about(matching[0])
        found = _walk(mine, matching, still_open & ~owned, maximum, trail, who)
        if context.restricted and (again := to_grant_twice(context, found, mapping)):
            if trail is not None:
                trail.append((Rule.SECOND_PASS, again, NO_LINE, None))
            only = matching_only(context.restricted, owner)
            found = found ^ again | _walk(lines.in_order, only, again, maximum, trail, who)
        found |= owned
        if context.app and found:
            if trail is not None:
                trail.append((Rule.PACKAGE_PASS, found, NO_LINE, None))
            app = matching_only(context.app.sids, owner)
            found = _walk(lines.in_order, app, found, maximum, trail, who)
        granted |= found

    # 9. Yes only if every right that was named is granted; asking for nothing is refused.
    missing = asked & ~granted
    if granted and not missing:
        return SUCCESS, granted
    if trail is not None:
        rule = Rule.EMPTY_DACL if dacl is not None and not dacl.aces else Rule.NOTHING_GRANTS
        left = missing or still_open & object_type.mapping.all
        for found_rule, rights, _, _ in trail:
            if found_rule is ACE_DENIES:
                left &= ~rights
        if left or not asked:
            trail.append((rule, left, NO_LINE, None))
    return ACCESS_DENIED, 0


def _walk(
    lines: list[Line],
    matching: Matching,
    still_open: int,
    maximum: bool,
    trail: Trail | None,
    who: tuple[SecurityContext, SecurityDescriptor, frozenset[UUID]],
) -> int:
    """Read the DACL in its stored order; return the rights its lines grant. [MS-DTYP] 2.5.3.2

    The first line that mentions a right decides it: an allow grants it, a deny ends the check. With
    MAXIMUM_ALLOWED a deny only settles its own rights, and the walk goes on.
    """
    granted = 0
    for index, sid, effect, mask in lines:
        if sid in matching[effect]:
            part = None
            if effect > TAKES_NO_PART:  # a condition, or one property of a directory object
                context, descriptor, path = who
                it_counts, part = counts(index, effect, context, descriptor, path)
                if not it_counts:
                    if trail is not None:
                        trail.append((ACE_PASSED_BY, 0, index, part))
                    continue
                effect -= DENIES_IF
            rights = mask & still_open
            if trail is not None:
                trail.append((ACE_ALLOWS if effect else ACE_DENIES, rights, index, part))
            if rights:
                still_open ^= rights
                if effect:
                    granted |= rights
                elif not maximum:
                    break
                if not still_open:
                    break
        elif trail is not None:
            trail.append((ACE_PASSED_BY, 0, index, None))
    return granted


def _agreed(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType,
    granted: int,
    policies: Policies,
    trail: Trail,
) -> tuple[NtStatus, int]:
    """What is left where the rules of a central access policy must grant too. Forshaw, ch. 7"""
    from tokenlab.security.central_policy import rules_for

    for rule, as_if in rules_for(context, descriptor, policies):
        also = decide(context, as_if, MAXIMUM_ALLOWED, object_type)[1]
        for found, rights, _, _ in trail:
            also |= rights if found is Rule.PRIVILEGE else 0
        refused = granted & ~also
        trail.append((Rule.CENTRAL_RULE, refused, NO_LINE, rule.name))
        granted &= ~refused
        if refused & desired or not granted:
            return ACCESS_DENIED, 0
    return SUCCESS, granted


def _lent_by_parent(context: SecurityContext, parent: SecurityDescriptor, desired: int) -> Trail:
    """What NTFS grants because of the folder: LIST_DIRECTORY there lets read attributes here,
    DELETE_CHILD there lets delete here. Seen in events 4656 as reason 1811."""
    lent: Trail = []
    for right, right_on_parent in ((READ_ATTRIBUTES, LIST_DIRECTORY), (DELETE, DELETE_CHILD)):
        if desired & (right | MAXIMUM_ALLOWED):
            decision = access_check(context, parent, right_on_parent, DIRECTORY)
            if decision:
                lent.append((Rule.PARENT, right, NO_LINE, decision.reasons[right_on_parent].ace))
    return lent
