"""The smallest change that flips a decision: what would have let them in, or kept them out, and what else
that does.

Every change is tried: it is in the answer only if the access check, asked again, says the opposite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tokenlab.security.access_check import access_check, granted_access
from tokenlab.security.ace import Ace, AceFlags, AceType, MandatoryPolicy
from tokenlab.security.acl import Acl
from tokenlab.security.context import Group, SecurityContext
from tokenlab.security.decision import AccessDecision
from tokenlab.security.descriptor import SecurityDescriptor
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
        after = access_check(changed.context, changed.descriptor, changed.desired, decision.object_type)
        if after.granted is wanted and words not in found:
            effects = tuple(_side_effects(asked, changed, decision))
            found[words] = Flip(words, cost, after, effects)
    return sorted(found.values(), key=lambda flip: (flip.cost, len(flip.side_effects)))


def smallest_flip(decision: AccessDecision) -> Flip | None:
    """The first of `flips`; None if no single change flips the decision."""
    return next(iter(flips(decision)), None)


Change = tuple[str, int, _Question]


def _grants(asked: _Question, decision: AccessDecision) -> Iterator[Change]:
    """Changes that may open what was refused."""
    context, descriptor = asked.context, asked.descriptor
    name, rights = context.name_of, decision.object_type.rights
    possible = granted_access(context, descriptor, MAXIMUM_ALLOWED, decision.object_type) & decision.desired
    if possible:
        yield f"Ask only for {rights(possible)!s}", 1, replace(asked, desired=possible)
    for state in context.privileges:
        if not state.enabled and state.privilege in PRIVILEGES:
            change = context.with_privilege(state.privilege)
            yield f"Enable {state.privilege}, which the token holds", 1, replace(asked, context=change)
    held = {state.privilege for state in context.privileges}
    for privilege in PRIVILEGES:
        if privilege not in held:
            change = context.with_privilege(privilege)
            yield f"Give the token {Privilege(privilege)}, enabled", 3, replace(asked, context=change)
    if context.integrity < descriptor.label[0]:
        level = descriptor.label[0]
        change = replace(context, integrity=level)
        yield f"Raise the token to {level.label}", 3, replace(asked, context=change)
        yield f"Label the object {context.integrity.label}", 2, _labelled(asked, context.integrity)
    if context.restricted_sids:
        for ace in descriptor.dacl or ():
            if ace.is_allow and ace.sid not in context.restricted_sids:
                more = replace(context, restricted_sids=(*context.restricted_sids, ace.sid))
                yield f"Add {name(ace.sid)} to the restricting SIDs", 3, replace(asked, context=more)
        free = replace(context, restricted_sids=(), write_restricted=False)
        yield "Take the restricting SIDs away", 3, replace(asked, context=free)
    if descriptor.dacl is None:
        return
    missing = sum(bit for bit, why in decision.reasons.items() if not why.granted)
    lines = descriptor.dacl.aces
    allow = Ace.allow(context.user, missing & 0x01FFFFFF & ~0x01000000)
    yield f"Put {allow} first into the DACL", 2, _with_lines(asked, (allow, *lines))
    for place, ace in enumerate(lines):
        others = (*lines[:place], *lines[place + 1 :])
        if ace.is_deny or ace.sid == OWNER_RIGHTS:  # which also takes from the owner what it does not allow
            yield f"Take line {place + 1} {ace} out of the DACL", 2, _with_lines(asked, others)
            yield f"Move line {place + 1} {ace} to the end", 2, _with_lines(asked, (*others, ace))
    named = [ace.sid for ace in lines if ace.is_allow and not ace.inherit_only]
    if descriptor.owner is not None:
        named.append(descriptor.owner)
    for sid in dict.fromkeys(named):
        if sid not in context.enabled_sids and sid != context.user:
            member = context.with_group(sid, ENABLED)
            known = any(group.sid == sid for group in context.groups)
            words = (
                f"Let {name(sid)} be enabled in the token"
                if known
                else f"Make the user a member of {name(sid)}"
            )
            yield words.format(name(sid)), 3, replace(asked, context=member)


def _refusals(asked: _Question, decision: AccessDecision) -> Iterator[Change]:
    """Changes that may close what was granted."""
    context, descriptor = asked.context, asked.descriptor
    name = context.name_of
    lines = descriptor.dacl.aces if descriptor.dacl is not None else ()
    for place, ace in enumerate(lines):
        if ace.is_allow and not ace.inherit_only:
            others = (*lines[:place], *lines[place + 1 :])
            yield f"Take line {place + 1} {ace} out of the DACL", 2, _with_lines(asked, others)
    if descriptor.dacl is None:
        yield "Give the object an empty DACL", 2, _with_lines(asked, ())
    deny = Ace.deny(context.user, decision.desired & 0x00FFFFFF or 0x00FFFFFF)
    yield f"Put {deny} first into the DACL", 2, _with_lines(asked, (deny, *lines))
    for level in (IntegrityLevel.HIGH, IntegrityLevel.SYSTEM):
        if context.integrity < level:
            yield f"Label the object {level.label}", 2, _labelled(asked, level)
            break
    for state in context.privileges:
        if state.enabled and state.privilege in PRIVILEGES:
            change = context.with_privilege(state.privilege, enabled=False)
            yield f"Disable {state.privilege}", 1, replace(asked, context=change)
    for group in context.groups:
        if group.enabled:
            without = tuple(one for one in context.groups if one.sid != group.sid)
            words = f"Take the user out of {name(group.sid)}"
            yield words, 3, replace(asked, context=replace(context, groups=without))
    for lower in (IntegrityLevel.LOW, IntegrityLevel.UNTRUSTED):
        if lower < context.integrity:
            change = replace(context, integrity=lower)
            yield f"Lower the token to {lower.label}", 3, replace(asked, context=change)


def _side_effects(asked: _Question, changed: _Question, decision: AccessDecision) -> Iterator[str]:
    """Who gains or loses what else: bystanders on this object, or this token on other ones."""
    kind = decision.object_type
    if changed.descriptor != asked.descriptor:
        for words, someone in _bystanders(asked):
            before = granted_access(someone, asked.descriptor, MAXIMUM_ALLOWED, kind)
            after = granted_access(someone, changed.descriptor, MAXIMUM_ALLOWED, kind)
            if gained := after & ~before:
                yield f"{words} gains {kind.rights(gained)!s}"
            if lost := before & ~after:
                yield f"{words} loses {kind.rights(lost)!s}"
    if changed.context != asked.context:
        before = granted_access(asked.context, asked.descriptor, MAXIMUM_ALLOWED, kind)
        after = granted_access(changed.context, asked.descriptor, MAXIMUM_ALLOWED, kind)
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


def _groups(question: _Question) -> tuple[Group, ...]:
    return question.context.groups
