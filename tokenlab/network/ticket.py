"""Kerberos tickets: what they say, and what they cannot be used for. [RFC 4120] 5.3, [MS-KILE]."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntFlag

from tokenlab.system.identity import Identity


class TicketFlags(IntFlag):
    """[RFC 4120] 5.3, as ``klist`` prints them."""

    FORWARDABLE = 0x40000000
    FORWARDED = 0x20000000
    RENEWABLE = 0x00800000
    INITIAL = 0x00400000
    PRE_AUTHENT = 0x00200000
    OK_AS_DELEGATE = 0x00040000


@dataclass(frozen=True)
class Ticket:
    """A ticket. ``key_of`` names the account with whose key it is sealed: only that account can read it.

    ``client`` is what its authorization data (PAC) says; ``transited`` the services that asked for it in
    the client's name. Who holds a ticket with its session key can use it: nothing in it names a machine.
    """

    client: Identity
    service: str
    key_of: str
    flags: TicketFlags
    expires: datetime
    transited: tuple[str, ...] = field(default=())

    @property
    def is_granting(self) -> bool:
        """True for a ticket-granting ticket: good for tickets to anything."""
        return self.service.startswith("krbtgt/")

    @property
    def forwardable(self) -> bool:
        """True if a server may pass it on, or show it for its client (RFC 4120, 2.6)."""
        return TicketFlags.FORWARDABLE in self.flags

    @property
    def name(self) -> str:
        r"""How a list of what lies where calls it: ``TGT of ASTRO\cosmo``."""
        kind = "TGT" if self.is_granting else f"ticket for {self.service}"
        return rf"{kind} of {self.client.domain}\{self.client.name}"


@dataclass
class TicketCache:
    """The tickets of one logon session (``klist``).

    ``evidence`` is the service ticket with which the client came: not the session's own to show, but a
    service may lay it before the KDC (S4U2proxy).
    """

    granting: Ticket | None = None
    services: dict[str, Ticket] = field(default_factory=dict)
    evidence: Ticket | None = None

    def __bool__(self) -> bool:
        return self.granting is not None or bool(self.services)

    def purge(self) -> None:
        """``klist purge``."""
        self.granting, self.evidence = None, None
        self.services.clear()
