"""How Windows decides who may do what: the page to read.

Three questions: *who* asks (a `SecurityContext`), *what for* (a mask of rights), and *who may* (a
`SecurityDescriptor`). The answer is yes or no, and it comes with the rule that decided each right.
`decide` is the check itself; each of its questions is a function below it, numbered in Windows' order.

Sources: [MS-DTYP] 2.5.3.2 (the walk) and 2.5.3.3 (integrity); James Forshaw, *Windows Security
Internals* (2024), ch. 7; Wine's and Samba's tests that run on real Windows. Where [MS-DTYP]'s
pseudo-code hands the owner WRITE_OWNER, real Windows hands out WRITE_DAC, and so does this page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenlab.security.check.central_policy import Policies, rules_for
from tokenlab.security.check.decision import AccessDecision
from tokenlab.security.check.limits import find_rights_granted_twice, withhold_rights
from tokenlab.security.check.prepared_dacl import (
    TAKES_NO_PART,
    WITHOUT_IF,
    PreparedDacl,
    counts,
    matching_only,
    prepare,
    with_self,
)
from tokenlab.security.check.question import check_question, type_of
from tokenlab.security.check.rule import Rule
from tokenlab.security.check.trail import NO_PLACE, READ_TO_THE_END, UNRECORDED, Finding, Record
from tokenlab.security.context import Matching, SecurityContext
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.security.status import NtStatus
from tokenlab.values import DIRECTORY, FILE, GenericMapping, ObjectType, Sid

if TYPE_CHECKING:
    from uuid import UUID

DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x10000, 0x20000, 0x40000, 0x80000
ACCESS_SYSTEM_SECURITY, MAXIMUM_ALLOWED, GENERIC = 0x01000000, 0x02000000, 0xF0000000
EVERY_RIGHT = 0x00FFFFFF  # all that an ACE can give: neither generic bits nor the two above
BY_PRIVILEGE = ACCESS_SYSTEM_SECURITY | WRITE_OWNER
READ_ATTRIBUTES, LIST_DIRECTORY, DELETE_CHILD = 0x80, 0x1, 0x40
ACE_ALLOWS, ACE_DENIES, ACE_PASSED_BY = Rule.ACE_ALLOWS, Rule.ACE_DENIES, Rule.ACE_PASSED_BY
NOTHING_GRANTS = Rule.NOTHING_GRANTS
SUCCESS, ACCESS_DENIED = NtStatus.SUCCESS, NtStatus.ACCESS_DENIED
WHOLE: frozenset[UUID] = frozenset()  # the whole object is asked about, no part of it

Answer = tuple[NtStatus, int]
"""A status, and the rights granted."""


def access_check(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType | None = None,
    *,
    principal_self: Sid | str | None = None,
    parent: SecurityDescriptor | None = None,
    policies: Policies | None = None,
    premapped: bool = False,
) -> AccessDecision:
    """May this context have these rights to the object with this descriptor, and why?

    ``desired`` is a mask: an int or a rights flag, generic bits and MAXIMUM_ALLOWED included.
    ``object_type`` says what generic bits mean: by default the type whose rights ``desired`` are, for a plain
    number a file. ``principal_self`` stands in for SELF (S-1-5-10).
    ``parent`` is the descriptor of a file's folder, where NTFS looks for DELETE and READ_ATTRIBUTES
    that the file alone refuses. ``policies`` are the central access policies that the domain has, by their
    SIDs. ``premapped`` keeps the contract of Win32's ``AccessCheck``: a generic
    bit left in ``desired`` is an error. A refusal is an answer, never an exception.

    >>> memo = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")
    >>> decision = access_check(SecurityContext("S-1-5-18", ["S-1-1-0"]), memo, 0x1)
    >>> bool(decision), decision.granted_access, [reason.rule.name for reason in decision.reasons.values()]
    (True, 1, ['ACE_ALLOWS'])

    Raises TypeError and ValueError for arguments that are no question.
    """
    kind = type_of(desired, object_type)
    mask = check_question(context, descriptor, desired)
    if premapped and mask & GENERIC:
        return AccessDecision(context, descriptor, kind, mask, NtStatus.GENERIC_NOT_MAPPED, 0, [])
    mask = kind.mapping.map(mask)
    record: list[Finding] = []
    status, granted = decide(context, descriptor, mask, kind, principal_self, record)
    if parent is not None and (status is ACCESS_DENIED or mask & MAXIMUM_ALLOWED):
        record = []
        lent = _lent_by_parent(context, parent, mask, record)
        status, granted = decide(context, descriptor, mask, kind, principal_self, record, lent=lent)
    if policies is not None and status is SUCCESS:
        status, granted = _agreed(context, descriptor, mask, kind, granted, policies, record)
    options = {"principal_self": principal_self, "parent": parent, "policies": policies}
    return AccessDecision(context, descriptor, kind, mask, status, granted, record, options)


def granted_access(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType | None = None,
) -> int:
    """The mask that a handle would carry, 0 for a refusal: the same decision, fast and unexplained.

    >>> memo = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")
    >>> granted_access(SecurityContext("S-1-5-18", ["S-1-1-0"]), memo, 0x1 | 0x80)
    129

    Raises TypeError and ValueError as `access_check` does.
    """
    if type(desired) is not int:
        object_type = type_of(desired, object_type)
    elif object_type is None:
        object_type = FILE
    mapped = object_type.mapping.map(desired) if desired & GENERIC else int(desired)
    return decide(context, descriptor, mapped, object_type)[1]


def decide(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType,
    principal_self: Sid | str | None = None,
    record: Record = UNRECORDED,
    path: frozenset[UUID] = WHOLE,
    lent: int = 0,
) -> Answer:
    """The decision on rights without generic bits; the record takes down what is found.

    ``path`` is for `by_type`: the part of a directory object that is asked about, and what it is part of.
    ``lent`` are rights that the parent folder has given already.
    """
    # 1. A descriptor without owner or group is no descriptor. Wine, test_AccessCheck
    if not descriptor.complete:
        return NtStatus.INVALID_SECURITY_DESCR, 0
    asked = desired & ~MAXIMUM_ALLOWED
    maximum = desired != asked
    still_open = (asked | EVERY_RIGHT * maximum) & ~lent
    granted = lent

    # 2. Is a right kept back from those who are not trusted enough, whom a filter stops, or whose level is
    #    too low? Then it is refused, no matter who owns the object and what the DACL says. `limits`
    if descriptor.limited or context.level < descriptor.level:
        kept = withhold_rights(context, descriptor, object_type.mapping, still_open, asked, record)
        if kept & asked:
            return ACCESS_DENIED, 0
        still_open &= ~kept

    # 3. Does a privilege give it?
    if asked & still_open & BY_PRIVILEGE:
        granted |= _by_privilege(context, asked & still_open, record)
        if asked & ~granted & ACCESS_SYSTEM_SECURITY:
            return NtStatus.PRIVILEGE_NOT_HELD, 0
        still_open &= ~granted

    # 4. to 8. Does the DACL give it, or owning the object?
    who = context, descriptor, path
    granted |= _by_dacl(who, object_type.mapping, asked, still_open, maximum, principal_self, record)

    # 9. Yes only if every right that was named is granted; asking for nothing is refused.
    missing = asked & ~granted
    if granted and not missing:
        return SUCCESS, granted
    left = missing or still_open & object_type.mapping.all
    record.append((NOTHING_GRANTS, left, NO_PLACE, None))
    return ACCESS_DENIED, 0


def _by_privilege(context: SecurityContext, wanted: int, record: Record) -> int:
    """3. Two rights come from privileges, if they are enabled. No ACE gives the first; no ACE takes the
    second. [MS-DTYP] 2.5.3.2; Forshaw, ch. 7"""
    given = 0
    if wanted & ACCESS_SYSTEM_SECURITY:
        held = context.has_privilege("SeSecurityPrivilege")
        rule = Rule.PRIVILEGE if held else Rule.PRIVILEGE_MISSING
        record.append((rule, ACCESS_SYSTEM_SECURITY, NO_PLACE, "SeSecurityPrivilege"))
        if not held:
            return 0
        given = ACCESS_SYSTEM_SECURITY
    if wanted & WRITE_OWNER:
        for privilege in ("SeTakeOwnershipPrivilege", "SeRelabelPrivilege"):
            if context.has_privilege(privilege):
                record.append((Rule.PRIVILEGE, WRITE_OWNER, NO_PLACE, privilege))
                return given | WRITE_OWNER
    return given


Who = tuple[SecurityContext, SecurityDescriptor, "frozenset[UUID]"]


def _by_dacl(
    who: Who,
    mapping: GenericMapping,
    asked: int,
    still_open: int,
    maximum: bool,
    principal_self: Sid | str | None,
    record: Record,
) -> int:
    """What the DACL gives: to the owner, and by its ACEs, in every pass that this token needs."""
    context, descriptor, path = who
    dacl = descriptor.dacl
    if dacl is None:
        return _without_dacl(context, still_open & (asked | mapping.all), record)
    if not still_open:
        return 0
    entries: PreparedDacl = dacl.prepared.get((mapping, True) if path else mapping) or prepare(
        dacl, mapping, path
    )
    matching, owned = context.matching, 0
    if descriptor.owner in context.enabled_sids:
        matching, owned = _as_owner(who, entries, still_open, record)
    if principal_self in context.deny_sids:
        matching = with_self(context, matching, principal_self)
    if not dacl.aces:
        record.append((Rule.EMPTY_DACL, still_open & (asked | mapping.all) & ~owned, NO_PLACE, None))
    granted = _walk(entries, matching, still_open & ~owned, maximum, record, who)
    if context.restricted:
        granted = _granted_twice(entries, granted, mapping, maximum, record, who)
    granted |= owned
    return _granted_to_app(entries, granted, maximum, record, who) if context.app else granted


def _without_dacl(context: SecurityContext, rights: int, record: Record) -> int:
    """4. No DACL, or a NULL DACL: everybody gets everything, but no app. Wine, test_AccessCheck; Forshaw,
    ch. 7"""
    record.append((Rule.NOT_FOR_APPS if context.app else Rule.NO_DACL, rights, NO_PLACE, None))
    return 0 if context.app else rights


def _as_owner(who: Who, entries: PreparedDacl, still_open: int, record: Record) -> tuple[Matching, int]:
    """5. The owner may read and rewrite the DACL, unless an ACE for OWNER RIGHTS says what the owner may.
    A deny ACE does not take this away; a restricted token owns only what its restricting SIDs own.
    [MS-DTYP] 2.5.3.2; Samba, smb2.acls OWNER-RIGHTS; Forshaw, ch. 7"""
    context, descriptor, _ = who
    if context.restricted and descriptor.owner not in context.restricted:
        return context.matching, 0
    owned = 0 if entries.has_owner_rights else still_open & (READ_CONTROL | WRITE_DAC)
    if owned:
        record.append((Rule.OWNERSHIP, owned, NO_PLACE, None))
    return context.matching_as_owner, owned


def _walk(
    entries: PreparedDacl, matching: Matching, still_open: int, maximum: bool, record: Record, who: Who
) -> int:
    """6. The ACEs of the DACL in their stored order: which rights do they grant? [MS-DTYP] 2.5.3.2

    The first ACE that mentions a right decides it: an allow grants it, a deny ends the check. With
    MAXIMUM_ALLOWED a deny only settles its own rights, and the walk goes on.
    """
    granted = 0
    for place, sid, effect, mask in entries.about(matching[0]):
        if sid not in matching[effect]:
            continue
        part = None
        if effect > TAKES_NO_PART:  # a condition, or one property of a directory object
            it_counts, part = counts(place, effect, *who)
            if not it_counts:
                record.append((ACE_PASSED_BY, 0, place, part))
                continue
            effect = WITHOUT_IF[effect]
        rights = mask & still_open
        record.append((ACE_ALLOWS if effect else ACE_DENIES, rights, place, part))
        if not rights:
            continue
        still_open ^= rights
        if effect:
            granted |= rights
        if not still_open or not (effect or maximum):
            break
    else:
        record.append(READ_TO_THE_END)
    return granted


def _granted_twice(
    entries: PreparedDacl, granted: int, mapping: GenericMapping, maximum: bool, record: Record, who: Who
) -> int:
    """7. What a restricted token is granted must be granted again, to its restricting SIDs alone.
    [MS-DTYP] 2.5.3.2; Forshaw, ch. 7"""
    context, descriptor, _ = who
    again = find_rights_granted_twice(context, granted, mapping)
    if not again:
        return granted
    record.append((Rule.SECOND_PASS, again, NO_PLACE, None))
    only = matching_only(context.restricted, descriptor.owner)
    return granted ^ again | _walk(entries, only, again, maximum, record, who)


def _granted_to_app(entries: PreparedDacl, granted: int, maximum: bool, record: Record, who: Who) -> int:
    """8. What the user of an app is granted must be granted again, to its package and capabilities alone,
    what owning gave too. Forshaw, ch. 7"""
    context, descriptor, _ = who
    if not granted or context.app is None:
        return granted
    record.append((Rule.PACKAGE_PASS, granted, NO_PLACE, None))
    only = matching_only(context.app.sids, descriptor.owner)
    return _walk(entries, only, granted, maximum, record, who)


def _agreed(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType,
    granted: int,
    policies: Policies,
    record: Record,
) -> Answer:
    """What is left where the rules of a central access policy must grant too, but for what a privilege
    gave. Forshaw, ch. 7"""
    by_privilege = sum(rights for found, rights, _, _ in record if found is Rule.PRIVILEGE)
    for rule, as_if in rules_for(context, descriptor, policies):
        also = decide(context, as_if, MAXIMUM_ALLOWED, object_type)[1]
        refused = granted & ~also & ~by_privilege
        record.append((Rule.CENTRAL_RULE, refused, NO_PLACE, rule.name))
        granted &= ~refused
        if refused & desired or not granted:
            return ACCESS_DENIED, 0
    return SUCCESS, granted


def _lent_by_parent(
    context: SecurityContext, parent: SecurityDescriptor, desired: int, record: Record
) -> int:
    """What NTFS grants because of the folder: LIST_DIRECTORY there lets read attributes here,
    DELETE_CHILD there lets delete here. Seen in events 4656 as reason 1811."""
    lent = 0
    for right, right_on_parent in ((READ_ATTRIBUTES, LIST_DIRECTORY), (DELETE, DELETE_CHILD)):
        if desired & (right | MAXIMUM_ALLOWED):
            decision = access_check(context, parent, right_on_parent, DIRECTORY)
            if decision:
                record.append((Rule.PARENT, right, NO_PLACE, decision.reasons[right_on_parent].ace))
                lent |= right
    return lent
