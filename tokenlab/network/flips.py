"""The smallest change that flips an answer: what would have made it succeed, and what else it would do.

Nothing is guessed: each change is applied, the question is asked again, and the change is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tokenlab.network.domain import Delegation, Domain
from tokenlab.network.outcome import Arrival, Outcome
from tokenlab.security import Ace, AceType, Acl, SecurityContext, SecurityDescriptor, access_check
from tokenlab.system import Account
from tokenlab.values import FILE, ObjectType


@dataclass(frozen=True)
class Change:
    """One change: in words, with its price. ``apply`` does it and gives back what undoes it."""

    text: str
    side_effect: str
    apply: Callable[[], Callable[[], None]]


def flip(changes: Iterable[Change], ask: Callable[[], bool]) -> Change | None:
    """The first change after which the answer is yes; None if no single one is enough.

    The world is left as it was, except for what asking itself leaves in the logs.
    """
    for change in changes:
        undo = change.apply()
        try:
            if ask():
                return change
        finally:
            undo()
    return None


# Hops -------------------------------------------------------------------------------------------------


def flip_hop(
    domain: Domain,
    user: Account,
    front: Account,
    spn: str,
    hop: Callable[[], Outcome],
    wanted: Arrival = Arrival.AS_USER,
) -> Change | None:
    """What would let ``hop`` arrive as wanted. ``hop`` must go the whole way, from the desk, each time."""
    return flip(hop_changes(domain, user, front, spn), lambda: hop().arrival is wanted)


def hop_changes(domain: Domain, user: Account, front: Account, spn: str) -> Iterator[Change]:
    """Changes of delegation, those that let in the least first; then those that take something away."""
    target = domain.service_account(spn)
    settings = domain.delegation(front)
    listed = settings.to | {spn}
    if target is not None:
        yield Change(
            f"let {target.name} name {front.name} (resource-based)",
            f"{front.name} can reach every service of {target.name} as anybody who may be delegated",
            lambda: _named(domain, target, front),
        )
    yield Change(
        f"let {front.name} delegate to {spn}, Kerberos only",
        f"{front.name} can reach {spn} as everybody who shows it a ticket",
        lambda: _set(domain, front, replace(settings, to=listed)),
    )
    yield Change(
        f"let {front.name} delegate to {spn}, any protocol",
        f"{front.name} can reach {spn} as anybody, who never came near it",
        lambda: _set(domain, front, replace(settings, to=listed, any_protocol=True)),
    )
    yield Change(
        f"trust {front.name} for delegation to any service",
        f"the TGT of everybody who comes lies on {front.name}",
        lambda: _set(domain, front, replace(settings, unconstrained=True)),
    )
    yield Change(
        f"let {user.name} be delegated (not sensitive)",
        f"every server that may delegate can act as {user.name}",
        lambda: _sensitive(user, False),
    )
    yield Change(
        f"make {user.name} sensitive: cannot be delegated",
        f"no server can act as {user.name} any more",
        lambda: _sensitive(user, True),
    )
    yield Change(
        f"let {front.name} delegate to nothing",
        f"all second hops by way of {front.name} end",
        lambda: _set(domain, front, Delegation(from_others=settings.from_others)),
    )


def _set(domain: Domain, account: Account, new: Delegation) -> Callable[[], None]:
    settings = domain.delegation(account)
    old = dict(vars(settings))
    vars(settings).update(vars(new))
    return lambda: vars(settings).update(old)


def _named(domain: Domain, target: Account, front: Account) -> Callable[[], None]:
    settings = domain.delegation(target)
    old = settings.from_others
    domain.allow_on_behalf(target, front)

    def undo() -> None:
        settings.from_others = old

    return undo


def _sensitive(user: Account, value: bool) -> Callable[[], None]:
    old, user.sensitive = user.sensitive, value

    def undo() -> None:
        user.sensitive = old

    return undo


# Access checks ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CheckChange:
    """A changed question: another context, or another descriptor; in words, with its price."""

    text: str
    side_effect: str
    context: SecurityContext
    descriptor: SecurityDescriptor


def flip_check(
    context: SecurityContext, descriptor: SecurityDescriptor, desired: int, object_type: ObjectType = FILE
) -> CheckChange | None:
    """The smallest change that turns the answer over: a no into a yes, or a yes into a no."""
    before = access_check(context, descriptor, desired, object_type).granted
    for change in check_changes(context, descriptor, object_type.mapping.map(desired)):
        after = access_check(change.context, change.descriptor, desired, object_type)
        if after.granted is not before:
            return change
    return None


def check_changes(
    context: SecurityContext, descriptor: SecurityDescriptor, desired: int
) -> Iterator[CheckChange]:
    """Changes of the token first, for they are for one logon; then of the descriptor, an ACE at a time."""
    for state in context.privileges:
        if not context.has_privilege(state.privilege):
            yield _token(f"enable {state.privilege}", context.with_privilege(state.privilege), descriptor)
    aces = tuple(descriptor.dacl or ())
    for ace in aces:
        if ace.is_allow and ace.sid not in context:
            yield _token(f"put the user into {ace.sid.label}", context.with_group(ace.sid), descriptor)
    for place, ace in enumerate(aces):
        rest = Acl((*aces[:place], *aces[place + 1 :]))
        text = f"take out ACE {place} {ace}"
        price = f"it no longer holds for anybody in {ace.sid.label}"
        yield CheckChange(text, price, context, replace(descriptor, dacl=rest))
    for kind, word in ((AceType.ACCESS_ALLOWED, "allow"), (AceType.ACCESS_DENIED, "deny")):
        ace = Ace(kind, 0, desired, context.user)
        text = f"{word} {context.user.label} {desired:#x} with one ACE in front"
        new = replace(descriptor, dacl=Acl((ace, *aces)))
        yield CheckChange(text, f"it holds for every logon of {context.user.label}", context, new)


def _token(text: str, context: SecurityContext, descriptor: SecurityDescriptor) -> CheckChange:
    return CheckChange(text, "every object that this decides about is open too", context, descriptor)
