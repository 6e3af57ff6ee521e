"""The entries of a DACL as the walk reads them, and which SIDs can match them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tokenlab.security.check.trail import ConditionPart
from tokenlab.security.context import Matching, SecurityContext
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import CONDITIONAL_TYPES
from tokenlab.security.descriptor.acl import Acl
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import GenericMapping, Sid
from tokenlab.values.well_known import OWNER_RIGHTS, PRINCIPAL_SELF

if TYPE_CHECKING:
    from uuid import UUID

EVERY_RIGHT = 0x00FFFFFF  # all that an ACE can give

DENIES, ALLOWS, TAKES_NO_PART, DENIES_IF, ALLOWS_IF = 0, 1, 2, 3, 4
WITHOUT_IF = {DENIES_IF: DENIES, ALLOWS_IF: ALLOWS}
"""What an ACE does that depends on something, once that is so."""
PreparedAce = tuple[int, str, int, int]  # place, SID, effect, mask


@dataclass(slots=True)
class PreparedDacl:
    """A DACL, prepared: its ACEs in order, whether one speaks of OWNER RIGHTS, and the ACEs by SID."""

    in_order: list[PreparedAce]
    few: bool
    has_owner_rights: bool
    sids: frozenset[str]
    by_sid: dict[str, list[PreparedAce]]

    def about(self, sids: frozenset[str]) -> list[PreparedAce]:
        """Only the ACEs for these SIDs, in their order: all that can decide something for them."""
        if self.few:  # to read them is quicker than to choose
            return self.in_order
        held = self.sids & sids
        if not held:
            return []
        by_sid = self.by_sid
        if len(held) == 1:
            return by_sid[next(iter(held))]
        return sorted([entry for sid in held for entry in by_sid[sid]])


def prepare(dacl: Acl, mapping: GenericMapping, path: frozenset[UUID]) -> PreparedDacl:
    """The ACEs as the walk reads them, for the whole object or for its parts; kept with the DACL."""
    by_type = bool(path)
    in_order = []
    by_sid: dict[str, list[PreparedAce]] = {}
    for place, ace in enumerate(dacl):
        sid = str(ace.sid)
        entry = (place, sid, _effect(ace, by_type), mapping.map(ace.mask) & EVERY_RIGHT)
        in_order.append(entry)
        by_sid.setdefault(sid, []).append(entry)
    has_owner_rights = any(ace.sid == OWNER_RIGHTS and not ace.inherit_only for ace in dacl)
    entries = PreparedDacl(in_order, len(in_order) < 8, has_owner_rights, frozenset(by_sid), by_sid)
    dacl.prepared[(mapping, True) if by_type else mapping] = entries
    return entries


def _effect(ace: Ace, by_type: bool) -> int:
    """What an ACE does if its SID matches; the last two depend on a condition, or on the part asked about."""
    if ace.inherit_only:  # it waits for children
        return TAKES_NO_PART
    asks = ace.type in CONDITIONAL_TYPES or (by_type and ace.object_type is not None)
    if ace.is_deny:
        return DENIES_IF if asks else DENIES
    if ace.is_allow and (by_type or not ace.object_type):
        return ALLOWS_IF if asks else ALLOWS
    return TAKES_NO_PART  # about one property, where the whole object was asked for


def counts(
    index: int, effect: int, context: SecurityContext, descriptor: SecurityDescriptor, path: frozenset[UUID]
) -> tuple[bool, ConditionPart | None]:
    """Whether an entry that depends on something counts, and its condition with its value, if it has one.

    A deny counts unless its condition is false, an allow only if it is true.
    """
    from tokenlab.security.check.evaluation import evaluate  # few DACLs have a condition

    assert descriptor.dacl is not None
    ace = descriptor.dacl[index]
    if ace.object_type is not None and path and ace.object_type not in path:
        return False, None
    if ace.type not in CONDITIONAL_TYPES:
        return True, None
    part = evaluate(ace.data, context, descriptor.sacl, for_deny=effect == DENIES_IF)
    return part.value is True or (part.value is None and effect == DENIES_IF), part


def matching(deny: frozenset[str], allow: frozenset[str]) -> Matching:
    """The two sets, for entries with a condition too."""
    return deny, allow, frozenset(), deny, allow


def with_self(context: SecurityContext, by_effect: Matching, principal: str) -> Matching:
    """Entries for SELF match too, as entries for that principal would. [MS-DTYP] 2.5.3.2"""
    deny, allow, *_ = by_effect
    if principal in context.enabled_sids:
        allow |= {PRINCIPAL_SELF}
    return matching(deny | {PRINCIPAL_SELF}, allow)


def matching_only(sids: frozenset[str], owner: Sid | None) -> Matching:
    """In a second pass a SID counts if it is one of these, whatever else the token holds."""
    if owner in sids:
        sids |= {OWNER_RIGHTS}
    return matching(sids, sids)
