"""The smallest change that flips a decision: what would have let them in, or kept them out, and what else
that does.

Every change is tried: it is in the answer only if the access check, asked again, says the opposite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tokenlab.security.check.access_check import access_check
from tokenlab.security.check.decision import AccessDecision
from tokenlab.security.context import SecurityContext, TokenGroup
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import AceFlags, AceType, MandatoryPolicy
from tokenlab.security.descriptor.acl import Acl
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import MAXIMUM_ALLOWED, IntegrityLevel, Privilege
from tokenlab.values.well_known import EVERYONE, OWNER_RIGHTS

ENABLED = 0x7
PRIVILEGES = ("SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeRelabelPrivilege")
LABEL = AceType.SYSTEM_MANDATORY_LABEL


@dataclass(frozen=True)
class Flip:
    """A change and what comes of it.

    ``cost`` orders changes: 1 what one program can do for itself (enable what it holds, ask for less), 2 what
    is done to this one object, 3 what changes the token and so concerns every object. ``decision`` is the
    answer after the change, ``side_effects`` say what else it changes.
    """

    words: str
    cost: int
    decision: AccessDecision
    side_effects: tuple[str, ...] = ()

    def __str__(self) -> str:
        after = f" Side effects: {'; '.join(self.side_effects)}." if self.side_effects else ""
        return f"{self.words}.{after}"


@dataclass(frozen=True)
class _Question:
    """A context, a descriptor, rights: what a change may change."""

    context: SecurityContext
    descriptor: SecurityDescriptor
    desired: int


def flips(decision: AccessDecision) -> list[Flip]:
    """All single changes that flip a decision, the smallest first; empty if no single one does.

    For a refusal: what would have granted it. For a grant: what would have refused it.
    """
    asked = _Question(decision.context, decision.descriptor, decision.desired)
    wanted = not decision.granted
    tried = _grants(asked, decision) if wanted else _refusals(asked, decision)
    found: dict[str, Flip] = {}
    for words, cost, changed in tried:
        after = access_check(
            changed.context, changed.descriptor, changed.desired, decision.object_type, **decision.options
        )
        if after.granted is wanted and words not in found:
            effects = tuple(_side_effects(asked, changed, decision))
            found[words] = Flip(words, cost, after, effects)
    return sorted(found.values(), key=lambda flip: (flip.cost, len(flip.side_effects)))


def smallest_flip(decision: AccessDecision) -> Flip | None:
    """The smallest single change that would have made the answer the opposite; None if there is none.

    >>> from tokenlab import SecurityContext, SecurityDescriptor, access_check
    >>> memo = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")
    >>> print(smallest_flip(access_check(SecurityContext("S-1-5-18", ["S-1-1-0"]), memo, 0x3)))
    Ask only for READ_DATA.
    """
    return next(iter(flips(decision)), None)


Change = tuple[str, int, _Question]


def _grants(asked: _Question, decision: AccessDecision) -> Iterator[Change]:
    """Changes that may open what was refused."""
    yield from _by_asking_less(asked, decision)
    yield from _by_privileges(asked)
    yield from _by_levels(asked)
    yield from _by_restricting_less(asked)
    if asked.descriptor.dacl is not None:
        yield from _by_aces(asked, asked.descriptor.dacl.aces, decision)
        yield from _by_membership(asked, asked.descriptor.dacl.aces)


def _by_asking_less(asked: _Question, decision: AccessDecision) -> Iterator[Change]:
    possible = _most(asked.context, asked.descriptor, decision) & decision.desired
    if possible:
        words = f"Ask only for {decision.object_type.rights(possible)!s}"
        yield words, 1, replace(asked, desired=possible)


def _by_privileges(asked: _Question) -> Iterator[Change]:
    context = asked.context
    held = {state.privilege for state in context.privileges}
    for state in context.privileges:
        if not state.enabled and state.privilege in PRIVILEGES:
            change = context.with_privilege(state.privilege)
            yield f"Enable {state.privilege}, which the token holds", 1, replace(asked, context=change)
    for privilege in PRIVILEGES:
        if privilege not in held:
            change = context.with_privilege(privilege)
            yield f"Give the token {Privilege(privilege)}, enabled", 3, replace(asked, context=change)


def _by_levels(asked: _Question) -> Iterator[Change]:
    context, level = asked.context, asked.descriptor.label[0]
    if context.integrity < level:
        change = replace(context, integrity=level)
        yield f"Raise the token to {level.label}", 3, replace(asked, context=change)
        yield f"Label the object {context.integrity.label}", 2, _labelled(asked, context.integrity)


def _by_restricting_less(asked: _Question) -> Iterator[Change]:
    context = asked.context
    if not context.restricted_sids:
        return
    for ace in asked.descriptor.dacl or ():
        if ace.is_allow and ace.sid not in context.restricted_sids:
            more = replace(context, restricted_sids=(*context.restricted_sids, ace.sid))
            words = f"Add {context.name_of(ace.sid)} to the restricting SIDs"
            yield words, 3, replace(asked, context=more)
    free = replace(context, restricted_sids=(), write_restricted=False)
    yield "Take the restricting SIDs away", 3, replace(asked, context=free)


def _by_aces(asked: _Question, aces: tuple[Ace, ...], decision: AccessDecision) -> Iterator[Change]:
    missing = sum(bit for bit, why in decision.reasons.items() if not why.granted)
    allow = Ace.allow(asked.context.user, missing & 0x01FFFFFF & ~0x01000000)
    yield f"Put {allow} first into the DACL", 2, _with_lines(asked, (allow, *aces))
    for place, ace in enumerate(aces):
        others = (*aces[:place], *aces[place + 1 :])
        if ace.is_deny or ace.sid == OWNER_RIGHTS:  # which also takes from the owner what it does not allow
            yield f"Take ACE {place + 1} {ace} out of the DACL", 2, _with_lines(asked, others)
            yield f"Move ACE {place + 1} {ace} to the end", 2, _with_lines(asked, (*others, ace))


def _by_membership(asked: _Question, aces: tuple[Ace, ...]) -> Iterator[Change]:
    context, owner = asked.context, asked.descriptor.owner
    named = [ace.sid for ace in aces if ace.is_allow and not ace.inherit_only]
    if owner is not None:
        named.append(owner)
    for sid in dict.fromkeys(named):
        if sid not in context.enabled_sids and sid != context.user:
            known = any(group.sid == sid for group in context.groups)
            words = "Let {} be enabled in the token" if known else "Make the user a member of {}"
            member = context.with_group(sid, ENABLED)
            yield words.format(context.name_of(sid)), 3, replace(asked, context=member)


def _refusals(asked: _Question, decision: AccessDecision) -> Iterator[Change]:
    """Changes that may close what was granted."""
    yield from _by_closing(asked, decision)
    yield from _by_weakening(asked)


def _by_closing(asked: _Question, decision: AccessDecision) -> Iterator[Change]:
    """Changes of the object."""
    context, dacl = asked.context, asked.descriptor.dacl
    aces = dacl.aces if dacl is not None else ()
    for place, ace in enumerate(aces):
        if ace.is_allow and not ace.inherit_only:
            others = (*aces[:place], *aces[place + 1 :])
            yield f"Take ACE {place + 1} {ace} out of the DACL", 2, _with_lines(asked, others)
    if dacl is None:
        yield "Give the object an empty DACL", 2, _with_lines(asked, ())
    deny = Ace.deny(context.user, decision.desired & 0x00FFFFFF or 0x00FFFFFF)
    yield f"Put {deny} first into the DACL", 2, _with_lines(asked, (deny, *aces))
    for level in (IntegrityLevel.HIGH, IntegrityLevel.SYSTEM):
        if context.integrity < level:
            yield f"Label the object {level.label}", 2, _labelled(asked, level)
            break


def _by_weakening(asked: _Question) -> Iterator[Change]:
    """Changes of the token."""
    context = asked.context
    for state in context.privileges:
        if state.enabled and state.privilege in PRIVILEGES:
            change = context.with_privilege(state.privilege, enabled=False)
            yield f"Disable {state.privilege}", 1, replace(asked, context=change)
    for group in context.groups:
        if group.enabled:
            without = tuple(one for one in context.groups if one.sid != group.sid)
            words = f"Take the user out of {context.name_of(group.sid)}"
            yield words, 3, replace(asked, context=replace(context, groups=without))
    for lower in (IntegrityLevel.LOW, IntegrityLevel.UNTRUSTED):
        if lower < context.integrity:
            change = replace(context, integrity=lower)
            yield f"Lower the token to {lower.label}", 3, replace(asked, context=change)


def _most(context: SecurityContext, descriptor: SecurityDescriptor, decision: AccessDecision) -> int:
    """All that there is for somebody, asked as the decision was: with the same folder and policies."""
    kind = decision.object_type
    return access_check(context, descriptor, MAXIMUM_ALLOWED, kind, **decision.options).granted_access


def _side_effects(asked: _Question, changed: _Question, decision: AccessDecision) -> Iterator[str]:
    """Who gains or loses what else: bystanders on this object, or this token on other ones."""
    kind = decision.object_type
    if changed.descriptor != asked.descriptor:
        for words, someone in _bystanders(asked):
            before = _most(someone, asked.descriptor, decision)
            after = _most(someone, changed.descriptor, decision)
            if gained := after & ~before:
                yield f"{words} gains {kind.rights(gained)!s}"
            if lost := before & ~after:
                yield f"{words} loses {kind.rights(lost)!s}"
    if changed.context != asked.context:
        before = _most(asked.context, asked.descriptor, decision)
        after = _most(changed.context, asked.descriptor, decision)
        more = after & ~before & ~decision.desired
        if more:
            yield f"here also {kind.rights(more)!s}"
        if changed.context.integrity != asked.context.integrity or _groups(changed) != _groups(asked):
            yield "it counts for every other object too"


def _bystanders(asked: _Question) -> Iterator[tuple[str, SecurityContext]]:
    """One token for each principal of the DACL, and one that holds nothing but Everyone."""
    name = asked.context.name_of
    sids = {ace.sid: None for ace in asked.descriptor.dacl or () if ace.sid != asked.context.user}
    yield "Everyone else", SecurityContext("S-1-5-21-0-0-0-1", [EVERYONE])
    for sid in sids:
        if sid != EVERYONE:
            yield name(sid), SecurityContext(sid, [EVERYONE])


def _with_lines(asked: _Question, lines: tuple[Ace, ...]) -> _Question:
    return replace(asked, descriptor=asked.descriptor.with_dacl(Acl(lines)))


def _labelled(asked: _Question, level: IntegrityLevel) -> _Question:
    others = (ace for ace in asked.descriptor.sacl or () if ace.type is not LABEL)
    label = Ace(LABEL, AceFlags(0), MandatoryPolicy.NO_WRITE_UP, level)
    return replace(asked, descriptor=replace(asked.descriptor, sacl=Acl((label, *others))))


def _groups(question: _Question) -> tuple[TokenGroup, ...]:
    return question.context.groups
