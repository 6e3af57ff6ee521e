"""What may be asked of an object at all: limits that stand before its DACL.

A process trust label, access filters, and the mandatory label each name rights that stay open to those who
do not come up to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tokenlab.security.ace import Ace, AceType, MandatoryPolicy
from tokenlab.security.context import SecurityContext
from tokenlab.security.decision import Rule
from tokenlab.security.descriptor import SecurityDescriptor
from tokenlab.values import ACCESS_SYSTEM_SECURITY, GenericMapping, Sid

if TYPE_CHECKING:
    from tokenlab.security.evaluation import Part

DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE = (
    0x10000,
    0x20000,
    0x40000,
    0x80000,
    0x100000,
)


def limits(
    context: SecurityContext, descriptor: SecurityDescriptor, mapping: GenericMapping
) -> Iterator[tuple[Rule, int, Ace, Part | None]]:
    """The rights that a trust label and the filters leave, a rule each. Forshaw, ch. 7."""
    for ace in descriptor.sacl or ():
        if ace.inherit_only:
            continue
        if ace.type is AceType.SYSTEM_PROCESS_TRUST_LABEL and not trusts(context.trust, ace.sid):
            yield Rule.TRUST, mapping.map(ace.mask) | ACCESS_SYSTEM_SECURITY, ace, None
        if ace.type is AceType.SYSTEM_ACCESS_FILTER:
            from tokenlab.security.evaluation import evaluate

            part = evaluate(ace.data, context, descriptor.sacl, for_deny=False)
            if part.value is not True:
                yield Rule.FILTER, mapping.map(ace.mask), ace, part


def trusts(held: Sid | None, needed: Sid) -> bool:
    """True if a token of this trust comes up to a label: in the type and in the level. S-1-19-512-8192 is
    protected light at the level of Windows; no trust at all is S-1-19-0-0."""
    mine = held.subauthorities if held is not None else (0, 0)
    return all(one >= other for one, other in zip(mine, needed.subauthorities, strict=False))


def open_to_lower_levels(
    context: SecurityContext, descriptor: SecurityDescriptor, mapping: GenericMapping
) -> int:
    """The rights that the object's label leaves to lower levels. [MS-DTYP] 2.5.3.3; Forshaw, ch. 7"""
    policy = descriptor.label[1]
    rights = 0
    if not policy & MandatoryPolicy.NO_READ_UP:
        rights |= mapping.read | READ_CONTROL | SYNCHRONIZE
    if not policy & MandatoryPolicy.NO_EXECUTE_UP:
        rights |= mapping.execute
    if policy & MandatoryPolicy.NO_WRITE_UP:
        rights &= ~(DELETE | WRITE_DAC | WRITE_OWNER)
    else:
        rights |= mapping.write | DELETE | WRITE_DAC | WRITE_OWNER
    if context.has_privilege("SeRelabelPrivilege"):
        rights |= WRITE_OWNER
    return rights


def to_grant_twice(context: SecurityContext, rights: int, mapping: GenericMapping) -> int:
    """All of the rights; of a write-restricted token only those that write. Forshaw, ch. 7"""
    if not context.write_restricted:
        return rights
    writing = mapping.write & ~(mapping.read | mapping.execute)
    return rights & (writing | DELETE | WRITE_DAC | WRITE_OWNER)
