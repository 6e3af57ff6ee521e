"""What may be asked of an object at all: limits that stand before its DACL.

A process trust label, access filters, and the mandatory label each name rights that stay open to those who
do not come up to them.
"""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.security.check.rule import Rule
from tokenlab.security.check.trail import NO_PLACE, ConditionPart, Record
from tokenlab.security.context import SecurityContext, TokenMandatoryPolicy
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import AceType, MandatoryPolicy
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import ACCESS_SYSTEM_SECURITY, GenericMapping, Sid

DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x10000, 0x20000, 0x40000, 0x80000
SYNCHRONIZE, MEDIUM = 0x100000, 0x2000

Limit = tuple[Rule, int, Ace | ConditionPart | None]
"""A rule, the rights that it leaves open, and what says so."""


def withhold_rights(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    mapping: GenericMapping,
    still_open: int,
    asked: int,
    record: Record,
) -> int:
    """Of the rights still open, those that a limit keeps from this token. The first that keeps back a right
    asked for is the last to be looked at."""
    kept = 0
    for rule, left, by in limits(context, descriptor, mapping):
        refused = still_open & ~left & ~kept
        if refused:
            record.append((rule, refused, NO_PLACE, by))
            kept |= refused
        if kept & asked:
            break
    return kept


def limits(
    context: SecurityContext, descriptor: SecurityDescriptor, mapping: GenericMapping
) -> Iterator[Limit]:
    """The limits that hold for this token. Forshaw, ch. 7; [MS-DTYP] 2.5.3.3"""
    if descriptor.limited:
        yield from _trust(context, descriptor, mapping)
        yield from _filters(context, descriptor, mapping)
    if is_below(context, descriptor):
        yield Rule.INTEGRITY, find_rights_below(context, descriptor, mapping), None


def _trust(
    context: SecurityContext, descriptor: SecurityDescriptor, mapping: GenericMapping
) -> Iterator[Limit]:
    """The first trust label counts, as the first mandatory label does. Forshaw, ch. 7"""
    labels = (ace for ace in descriptor.sacl or () if ace.type is AceType.SYSTEM_PROCESS_TRUST_LABEL)
    label = next((ace for ace in labels if not ace.inherit_only), None)
    if label is not None and not trusts(context.trust, label.sid):
        yield Rule.TRUST, mapping.map(label.mask) | ACCESS_SYSTEM_SECURITY, label


def _filters(
    context: SecurityContext, descriptor: SecurityDescriptor, mapping: GenericMapping
) -> Iterator[Limit]:
    """Every filter whose condition is not true; the SACL is left to its privilege. Forshaw, ch. 7"""
    from tokenlab.security.check.evaluation import evaluate  # few objects have a filter

    for ace in descriptor.sacl or ():
        if ace.type is AceType.SYSTEM_ACCESS_FILTER and not ace.inherit_only:
            part = evaluate(ace.data, context, descriptor.sacl, for_deny=False)
            if part.value is not True:
                yield Rule.FILTER, mapping.map(ace.mask) | ACCESS_SYSTEM_SECURITY, part


def trusts(held: Sid | None, needed: Sid) -> bool:
    """True if a token of this trust comes up to a label: in the type and in the level. S-1-19-512-8192 is
    protected light at the level of Windows; no trust at all is S-1-19-0-0."""
    mine = held.subauthorities if held is not None else (0, 0)
    return all(one >= other for one, other in zip(mine, needed.subauthorities, strict=False))


def is_below(context: SecurityContext, descriptor: SecurityDescriptor) -> bool:
    """True if the token does not come up to the object's integrity level, and that counts: its policy says
    so, and it is no app before an object of at most Medium, of which the DACL alone decides.

    [MS-DTYP] 2.5.3.3; Forshaw, ch. 7 (apps)
    """
    return (
        context.level < descriptor.level
        and bool(context.mandatory_policy & TokenMandatoryPolicy.NO_WRITE_UP)
        and (context.app is None or descriptor.level > MEDIUM)
    )


def find_rights_below(
    context: SecurityContext, descriptor: SecurityDescriptor, mapping: GenericMapping
) -> int:
    """The rights that the object's label leaves to lower levels.

    Reading, writing and executing are a class of rights each. A class that the label closes takes its rights
    along, but for those that one still open has too. [MS-DTYP] 2.4.4.13, 2.5.3.3; NtCoreLib,
    GetAllowedMandatoryAccess.
    """
    policy = descriptor.label[1]
    classes = (
        (MandatoryPolicy.NO_READ_UP, mapping.read | READ_CONTROL),
        (MandatoryPolicy.NO_EXECUTE_UP, mapping.execute & ~mapping.read | SYNCHRONIZE),
        (MandatoryPolicy.NO_WRITE_UP, mapping.write | DELETE | WRITE_DAC | WRITE_OWNER),
    )
    left = closed = 0
    for closes, rights in classes:
        if policy & closes:
            closed |= rights
        else:
            left |= rights
    if not policy & MandatoryPolicy.NO_WRITE_UP:
        left |= mapping.all & ~closed
    return left | WRITE_OWNER if context.has_privilege("SeRelabelPrivilege") else left


def find_rights_granted_twice(context: SecurityContext, rights: int, mapping: GenericMapping) -> int:
    """All of the rights; of a write-restricted token only those that write. Forshaw, ch. 7"""
    if not context.write_restricted:
        return rights
    writing = mapping.write & ~(mapping.read | mapping.execute)
    return rights & (writing | DELETE | WRITE_DAC | WRITE_OWNER)
