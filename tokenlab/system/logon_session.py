"""The logon session: what LSA remembers of somebody who was let in, until the last token is gone.

A token says what its holder may do *here*; the session behind it holds what can be shown *elsewhere*.
"LSA Logon Sessions" and ``LsaEnumerateLogonSessions`` on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, NamedTuple

from tokenlab.system.event_log import Subject
from tokenlab.values import (
    ANONYMOUS_LUID,
    LOCAL_SERVICE_LUID,
    NETWORK_SERVICE_LUID,
    SYSTEM_LUID,
    Luid,
    Sid,
)
from tokenlab.values.well_known import (
    ANONYMOUS,
    BATCH,
    CONSOLE_LOGON,
    INTERACTIVE,
    LOCAL_SERVICE,
    LOCAL_SYSTEM,
    NETWORK,
    NETWORK_SERVICE,
    REMOTE_INTERACTIVE,
    SERVICE,
)

if TYPE_CHECKING:
    from tokenlab.system.token import Token


class LogonType(IntEnum):
    """How somebody came in (``SECURITY_LOGON_TYPE``, ntsecapi.h). UNDEFINED: there since the machine runs."""

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


@dataclass(eq=False)
class LogonSession:
    """One logon, named by its ``authentication_id``.

    ``package`` says who authenticated it (Kerberos, NTLM). ``linked`` is the other half of a logon that UAC
    split. ``tokens`` are those not closed yet, by their ``token_id``: the session ends with the last of
    them, and both halves of a split logon end together. ``drives`` are its
    drive letters. ``first_token`` of such a half is what LSA made,
    untouched; whoever asks the other half for its linked token gets a copy.
    """

    authentication_id: Luid
    user: Sid
    user_name: str
    domain: str
    logon_type: LogonType
    package: str = "Negotiate"
    credentials: Credentials = NO_CREDENTIALS
    logon_sid: Sid | None = None
    logon_time: str = ""
    permanent: bool = False
    on_end: Callable[[LogonSession], None] | None = field(default=None, repr=False)
    linked: LogonSession | None = field(default=None, repr=False)
    first_token: Token | None = field(default=None, repr=False)
    tokens: dict[Luid, Token] = field(default_factory=dict, repr=False)
    drives: dict[str, str] = field(default_factory=dict, repr=False)
    alive: bool = True

    @property
    def subject(self) -> Subject:
        """This session as events name it."""
        return Subject(self.user, self.user_name, self.domain, self.authentication_id)

    @property
    def linked_id(self) -> Luid:
        """``TargetLinkedLogonId``: 0 where nothing was split."""
        return self.linked.authentication_id if self.linked else Luid(0)

    def link(self, other: LogonSession) -> None:
        """Make the two the halves of one logon."""
        self.linked, other.linked = other, self

    def add(self, token: Token) -> None:
        """A new token stands for this session."""
        self.tokens[token.token_id] = token

    def keep(self, token: Token) -> None:
        """LSA's own copy, from which linked tokens are made: it does not keep the session alive."""
        self.first_token = token
        self.tokens.pop(token.token_id, None)

    def remove(self, token: Token) -> None:
        """A token was closed. With the last one the session ends."""
        self.tokens.pop(token.token_id, None)
        halves = [self] if self.linked is None else [self, self.linked]
        if not any(half.tokens for half in halves):
            for half in halves:
                half.end()

    def end(self) -> None:
        """Forget it, with its credentials. The sessions of the machine itself stay."""
        if self.permanent or not self.alive:
            return
        self.alive = False
        self.credentials = NO_CREDENTIALS
        for token in self.tokens.values():
            token.closed = True
        self.tokens.clear()
        if self.on_end:
            self.on_end(self)

    def __repr__(self) -> str:
        how = self.logon_type.name.lower().replace("_", " ")
        state = "" if self.alive else ", ended"
        return rf"<LogonSession {self.authentication_id} of {self.domain}\{self.user_name}, {how}{state}>"


def fixed_sessions(machine: str, domain: str) -> Iterator[LogonSession]:
    """The sessions that every machine has from the start, under LUIDs that never change.

    SYSTEM and NETWORK SERVICE go out to other machines as the account of the machine; the others as nobody.
    """
    account = Credentials(CredentialKind.MACHINE, domain, f"{machine}$")
    for luid, sid, credentials in (
        (SYSTEM_LUID, LOCAL_SYSTEM, account),
        (NETWORK_SERVICE_LUID, NETWORK_SERVICE, account),
        (LOCAL_SERVICE_LUID, LOCAL_SERVICE, NO_CREDENTIALS),
        (ANONYMOUS_LUID, ANONYMOUS, NO_CREDENTIALS),
    ):
        authority, _, name = sid.label.partition("\\")
        if credentials:
            authority, name = domain, account.user_name
        yield LogonSession(
            luid, sid, name, authority, LogonType.UNDEFINED, credentials=credentials, permanent=True
        )
