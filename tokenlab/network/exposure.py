"""What lies where: whose password, key or ticket an attacker with SYSTEM on a machine could take.

"Credential Theft Mitigation" and "Protected Users" on Microsoft Learn. The account of the machine itself and
its own accounts are always there; they are counted too.
"""

from __future__ import annotations

from dataclasses import dataclass

from tokenlab.network.network import Network
from tokenlab.system import CredentialKind, LogonSession, Machine

WEIGHTS = {"password": 3, "TGT": 2, "service ticket": 1}
"""How far a secret reaches: until it is changed; until it expires, anywhere; one service only."""


@dataclass(frozen=True)
class Exposed:
    """A secret of ``owner`` that lies on ``machine``, in this session; None for the machine's own."""

    machine: str
    owner: str
    kind: str
    session: LogonSession | None = None

    @property
    def weight(self) -> int:
        return WEIGHTS[self.kind]


def exposed_on(network: Network, machine: Machine) -> tuple[Exposed, ...]:
    """All secrets on one machine."""
    found: dict[tuple[str, str], Exposed] = {}
    if machine.domain is not None:
        own = rf"{machine.domain.name}\{machine.name}$"
        found[own, "password"] = Exposed(machine.name, own, "password")
    for session in machine.sessions:
        for owner, kind in _secrets(network, session):
            found.setdefault((owner, kind), Exposed(machine.name, owner, kind, session))
    return tuple(found.values())


def exposure(network: Network) -> dict[str, tuple[Exposed, ...]]:
    """All secrets of people, machine by machine; those of computers are left out."""
    return {
        name: tuple(one for one in exposed_on(network, machine) if not one.owner.endswith("$"))
        for name, machine in network.machines.items()
    }


def score(network: Network) -> int:
    """The sum of `WEIGHTS` over all secrets of people, wherever they lie."""
    return sum(one.weight for secrets in exposure(network).values() for one in secrets)


def _secrets(network: Network, session: LogonSession) -> list[tuple[str, str]]:
    held, cache = session.credentials, network.tickets(session)
    found = []
    if held.kind is CredentialKind.PASSWORD:
        found.append((rf"{held.domain}\{held.user_name}", "password"))
    if cache.granting is not None:
        client = cache.granting.client
        found.append((rf"{client.domain}\{client.name}", "TGT"))
    for ticket in cache.services.values():
        found.append((rf"{ticket.client.domain}\{ticket.client.name}", "service ticket"))
    return found
