"""A connection that is tried: made once, and handed from step to step."""

from __future__ import annotations

from dataclasses import dataclass

from tokenlab.network.message import ProtocolMessage
from tokenlab.network.outbound import OutboundCredentials
from tokenlab.network.outcome import ConnectionOutcome
from tokenlab.network.services import AuthenticationMechanism, RemoteService
from tokenlab.system import Machine, Thread


@dataclass(eq=False)
class ConnectionAttempt:
    """Who wants which service, in which way, with what to show; and what has come of it so far.

    ``host`` is what the client calls the server, ``spn`` the name that it asks a ticket for; ``address`` is
    the client's. ``outcome`` keeps what was found out even where the attempt ends in a refusal.
    """

    thread: Thread
    service: RemoteService
    way: AuthenticationMechanism
    host: str
    spn: str
    address: str
    shown: OutboundCredentials
    outcome: ConnectionOutcome

    @property
    def client(self) -> Machine:
        """The machine that asks."""
        return self.thread.process.machine

    @property
    def server(self) -> Machine:
        """The machine that is asked."""
        return self.service.machine

    def say(self, *messages: ProtocolMessage) -> None:
        """What client and server said to each other."""
        self.outcome.messages += messages

    def drop_tickets(self) -> None:
        """Go on with what the session was made with: no ticket counts from here on."""
        had_something = bool(self.shown)
        self.shown = self.shown.without_tickets
        if had_something or not self.way.negotiates:
            self.outcome.why = self.shown.why
