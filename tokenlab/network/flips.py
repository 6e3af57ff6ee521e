"""The smallest change that flips a hop: what would have made it arrive otherwise, and what else it would do.

Nothing is guessed: each change is applied, the question is asked again, and the change is undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tokenlab.network.domain import Delegation, Domain
from tokenlab.network.outcome import Arrival, Outcome
from tokenlab.system import Account


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
    """Changes of delegation, the least exposure first; then those that take something away."""
    target = domain.service_account(spn)
    settings = domain.delegation(front)
    listed = settings.to | {spn}
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
    if target is not None:
        yield Change(
            f"let {target.name} name {front.name} (resource-based)",
            f"{front.name} can reach every service of {target.name} as anybody who may be delegated",
            lambda: _named(domain, target, front),
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
