"""How somebody came in, and what that leaves for the wire.

``SECURITY_LOGON_TYPE`` (ntsecapi.h); "Windows logon scenarios" on Microsoft Learn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

from tokenlab.values import Sid
from tokenlab.values.well_known import (
    BATCH,
    CONSOLE_LOGON,
    INTERACTIVE,
    NETWORK,
    REMOTE_INTERACTIVE,
    SERVICE,
)


class LogonType(IntEnum):
    """How somebody came in (``SECURITY_LOGON_TYPE``, ntsecapi.h). UNDEFINED: there since the machine runs.

    >>> LogonType(3), LogonType.NETWORK.is_network
    (<LogonType.NETWORK: 3>, True)
    """

    UNDEFINED = 0
    INTERACTIVE = 2
    NETWORK = 3
    BATCH = 4
    SERVICE = 5
    UNLOCK = 7
    NETWORK_CLEARTEXT = 8
    NEW_CREDENTIALS = 9
    REMOTE_INTERACTIVE = 10
    CACHED_INTERACTIVE = 11

    @property
    def rule(self) -> LogonRule:
        """What follows from coming in this way."""
        return _RULES[self]

    @property
    def is_interactive(self) -> bool:
        """True where a person sits in front of it: only these logons are split by UAC."""
        return self in (
            LogonType.INTERACTIVE,
            LogonType.UNLOCK,
            LogonType.REMOTE_INTERACTIVE,
            LogonType.CACHED_INTERACTIVE,
        )

    @property
    def is_network(self) -> bool:
        """True where only a request came, and no person."""
        return self in (LogonType.NETWORK, LogonType.NETWORK_CLEARTEXT)


class LogonRule(NamedTuple):
    """What a way of coming in adds to the token, needs as a right, and leaves in the session."""

    adds: tuple[Sid, ...]
    right: str | None
    keeps_credentials: bool


_CONSOLE = (INTERACTIVE, CONSOLE_LOGON)
_AT_THE_KEYBOARD = LogonRule(_CONSOLE, "SeInteractiveLogonRight", True)

# SIDs: real events 4627 and `whoami /groups`; rights: "Account Rights Constants"; credentials: LogonUserW.
_RULES = {
    LogonType.UNDEFINED: LogonRule((), None, True),
    LogonType.INTERACTIVE: _AT_THE_KEYBOARD,
    LogonType.NETWORK: LogonRule((NETWORK,), "SeNetworkLogonRight", False),
    LogonType.BATCH: LogonRule((BATCH, CONSOLE_LOGON), "SeBatchLogonRight", True),
    LogonType.SERVICE: LogonRule((SERVICE, CONSOLE_LOGON), "SeServiceLogonRight", True),
    LogonType.UNLOCK: _AT_THE_KEYBOARD,
    LogonType.NETWORK_CLEARTEXT: LogonRule((NETWORK,), "SeNetworkLogonRight", True),
    LogonType.NEW_CREDENTIALS: LogonRule((), None, True),
    LogonType.REMOTE_INTERACTIVE: LogonRule(
        (REMOTE_INTERACTIVE, INTERACTIVE), "SeRemoteInteractiveLogonRight", True
    ),
    LogonType.CACHED_INTERACTIVE: _AT_THE_KEYBOARD,
}


class CredentialKind(Enum):
    """What a session can show to another machine."""

    NONE = "nothing"
    PASSWORD = "a password, and what is derived from it"
    TICKETS = "a ticket-granting ticket, and nothing to get another one with"
    MACHINE = "the account of the machine"
    REDIRECTED = "nothing here: each request goes back to the client's machine, which answers it"


@dataclass(frozen=True)
class Credentials:
    """What lies in LSA for the wire; used by the network, never by an access check on this machine."""

    kind: CredentialKind = CredentialKind.NONE
    domain: str = ""
    user_name: str = ""
    secret: str | None = field(default=None, repr=False)

    def __bool__(self) -> bool:
        """True if there is something to show."""
        return self.kind is not CredentialKind.NONE


NO_CREDENTIALS = Credentials()
