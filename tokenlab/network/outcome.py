"""What came of a connection: who arrived, and with what; or what was missing, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tokenlab.network.message import ProtocolMessage
from tokenlab.system import LogonSession, Machine, Thread, Token
from tokenlab.system.observing import observe
from tokenlab.values.well_known import ANONYMOUS

if TYPE_CHECKING:
    from tokenlab.network.outbound import OutboundCredentials
    from tokenlab.network.services import RemoteService


class Arrival(Enum):
    """As whom a connection reached the service."""

    AS_USER = "as the user"
    AS_MACHINE = "as the machine"
    ANONYMOUS = "anonymous"
    NOBODY = "refused"


@dataclass(frozen=True)
class NetworkRefusal:
    """Which machine said no, about which session, what was missing, and the error that Windows gives."""

    machine: str
    session: LogonSession | None
    missing: str
    code: int
    name: str

    def __str__(self) -> str:
        whose = "" if self.session is None else f" (session {self.session.authentication_id})"
        return f"{self.machine}{whose}: {self.missing}: {self.name} ({self.code})"


@dataclass(eq=False)
class ConnectionOutcome:
    """A connection, made or refused.

    ``thread`` serves the client on the server: it carries the client's token, or belongs to a process that
    runs as the client. It can connect on: that is the next hop. ``proves`` says that the client's session
    had something to show, ``why`` where that came from, or why there was nothing; ``leaves`` is what the new
    session has for the wire when it has been made; ``why_package`` why it was NTLM.
    """

    client: Machine
    session: LogonSession | None
    service: RemoteService
    package: str = ""
    why: str = ""
    why_package: str = ""
    proves: bool = False
    messages: tuple[ProtocolMessage, ...] = ()
    token: Token | None = field(default=None, repr=False)
    thread: Thread | None = field(default=None, repr=False)
    leaves: OutboundCredentials | None = field(default=None, repr=False)
    refusal: NetworkRefusal | None = None

    @property
    def ok(self) -> bool:
        """True if the connection was made."""
        return self.refusal is None

    @property
    def who(self) -> str:
        r"""Who arrived, ``ASTRO\cosmo``; empty if nobody did."""
        session = self.token.session if self.token else None
        return "" if session is None else rf"{session.domain}\{session.user_name}"

    @property
    def arrival(self) -> Arrival:
        """As whom it reached the service."""
        if self.token is None:
            return Arrival.NOBODY
        user, own = self.token.context.user, self.client.account
        if user == ANONYMOUS:
            return Arrival.ANONYMOUS
        return Arrival.AS_MACHINE if own is not None and user == own.sid else Arrival.AS_USER

    @observe("hang up")
    def close(self) -> None:
        """Hang up: the server gives up the client's token, and the session ends with its last one."""
        if self.thread is not None and self.thread.token is not None:
            self.thread.revert()
            self.thread.process.threads.remove(self.thread)
        elif self.thread is not None:
            self.thread.process.exit()
        if self.token is not None and not self.token.closed:
            self.token.close()

    def __str__(self) -> str:
        to = f"{self.client.name} -> {self.service.name}"
        return f"{to}: {self.refusal}" if self.refusal else f"{to}: {self.who} by {self.package}"
