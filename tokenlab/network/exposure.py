"""What an attacker with SYSTEM on a machine gets: what lies there, and who can be played from there.

What lies there are passwords, tickets to get tickets with, and tickets for one service: "Credential Theft
Mitigation" and "Protected Users" on Microsoft Learn; a service ticket for the back end is among them once
the server asked for one in a client's name ([MS-SFU] 3.1.5.2.4). Who can be played needs no visit at all:
S4U2self and S4U2proxy together let a service be any user at the second service ([MS-SFU] 5.1).
The account of the machine itself and its own accounts are always there; they are counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tokenlab.network.domain import Domain
from tokenlab.network.network import Network
from tokenlab.network.ticket import TicketFlags
from tokenlab.system import Account, CredentialKind, LogonSession, Machine
from tokenlab.system.lsa_secrets import is_isolated

WEIGHTS = {"password": 3, "NT hash": 3, "TGT": 2, "service ticket": 1}
"""How far a secret reaches: until it is changed; until it expires, anywhere; one service only."""


@dataclass(frozen=True)
class ExposedSecret:
    """A secret of ``owner`` that lies on ``machine``, in this session; None for the machine's own."""

    machine: str
    owner: str
    kind: str
    session: LogonSession | None = None

    @property
    def weight(self) -> int:
        """How much it is worth to who takes it, in the points of `WEIGHTS`."""
        return WEIGHTS[self.kind]


@dataclass(frozen=True)
class PlayableIdentity:
    """Somebody whom SYSTEM on ``machine`` can be without their visit: ``person``, at the services of ``at``,
    because the controller believes ``by``, an account whose key lies on that machine."""

    machine: str
    by: str
    person: str
    at: str


class Exposure(NamedTuple):
    """The two numbers. Compared in this order: what lies there reaches everywhere and outlasts the server's
    repair; who can be played ends with the setting. Of two that lay open the same, fewer to play is less."""

    lies: int
    playable: int

    def __str__(self) -> str:
        return f"{self.lies} lies there, {self.playable} can be played"


def find_exposed(network: Network, machine: Machine) -> tuple[ExposedSecret, ...]:
    """All secrets that lie on one machine."""
    found: dict[tuple[str, str], ExposedSecret] = {}
    if machine.domain is not None:
        own = rf"{machine.domain.name}\{machine.name}$"
        found[own, "password"] = ExposedSecret(machine.name, own, "password")
    for session in machine.sessions:
        for owner, kind in _secrets(network, machine, session):
            found.setdefault((owner, kind), ExposedSecret(machine.name, owner, kind, session))
    return tuple(found.values())


def exposure(network: Network) -> dict[str, tuple[ExposedSecret, ...]]:
    """All secrets of people and services, machine by machine; those of computers are left out."""
    return {
        name: tuple(
            one for one in find_exposed(network, machine) if not _of_computer(network.domain, one.owner)
        )
        for name, machine in network.machines.items()
    }


def find_playable(network: Network, machine: Machine) -> tuple[PlayableIdentity, ...]:
    """Whom SYSTEM on this machine can be at other machines' services, although they never came.

    Asked for each account whose key, or ticket to get tickets with, lies there: any protocol lets it be
    anybody at the listed services, a target that names it (resource-based) at all services of the target.
    Nobody who is sensitive or in Protected Users. (A controller can be everybody anyhow, and is not counted.)
    """
    domain, own = network.domain, f"{machine.name}$".lower()
    owners = (one.owner for one in find_exposed(network, machine) if one.kind != "service ticket")
    callers = {account.name: account for owner in owners if (account := _account(domain, owner))}
    people = [one.name for one in domain.people() if not domain.why_not_delegated(one)]
    return tuple(
        PlayableIdentity(machine.name, caller.name, person, target.name)
        for caller in callers.values()
        for target in _targets(domain, caller)
        if target.name.lower() != own
        for person in people
    )


def measure(network: Network, machines: Iterable[Machine] | None = None) -> Exposure:
    """The two numbers, over these machines, or all: the `WEIGHTS` of the secrets of people that lie there,
    and how many people can be played there, each counted once a target."""
    chosen = list(network.machines.values() if machines is None else machines)
    lies = [one for machine in chosen for one in exposure(network)[machine.name]]
    played = {(one.person, one.at) for machine in chosen for one in find_playable(network, machine)}
    return Exposure(sum(one.weight for one in lies), len(played))


def _secrets(network: Network, machine: Machine, session: LogonSession) -> list[tuple[str, str]]:
    held, cache = session.credentials, network.tickets(session)
    found = []
    out_of_reach = is_isolated(machine, session)  # Credential Guard: it can be used, and not carried off
    if held.kind is CredentialKind.PASSWORD and not out_of_reach:
        kind = "NT hash" if session in network.caches.hashes else "password"
        found.append((rf"{held.domain}\{held.user_name}", kind))
    if network.caches.first_is_due(session) and not out_of_reach:
        found.append((rf"{held.domain}\{held.user_name}", "TGT"))
    if cache.granting is not None and (not out_of_reach or TicketFlags.FORWARDED in cache.granting.flags):
        client = cache.granting.client
        found.append((rf"{client.domain}\{client.name}", "TGT"))
    for ticket in cache.services.values():
        found.append((rf"{ticket.client.domain}\{ticket.client.name}", "service ticket"))
    return found


def _of_computer(domain: Domain, owner: str) -> bool:
    """Is it the account of a computer? A managed one ends with a dollar sign too, and is none."""
    account = _account(domain, owner)
    return owner.endswith("$") and (account is None or account.retrieved_by is None)


def _account(domain: Domain, owner: str) -> Account | None:
    authority, _, name = owner.rpartition("\\")
    return domain.directory.find(name) if authority.upper() == domain.directory.name else None


def _targets(domain: Domain, caller: Account) -> Iterator[Account]:
    """The accounts at whose services this one can be anybody."""
    settings = domain.delegation(caller)
    listed = map(domain.service_account, sorted(settings.to) if settings.any_protocol else ())
    found = {account.name: account for account in listed if account is not None}
    for target in domain.directory.accounts:
        if domain.may_act_on_behalf(target, caller):
            found.setdefault(target.name, target)
    yield from found.values()
