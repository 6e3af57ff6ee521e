"""The logon session: what LSA remembers of somebody who was let in, until the last token is gone.

A token says what its holder may do *here*; the session behind it holds what can be shown *elsewhere*.
"LSA Logon Sessions" and ``LsaEnumerateLogonSessions`` on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenlab.system.event_log import EventSubject
from tokenlab.system.logon_type import NO_CREDENTIALS, CredentialKind, Credentials, LogonType
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
    LOCAL_SERVICE,
    LOCAL_SYSTEM,
    NETWORK_SERVICE,
)

if TYPE_CHECKING:
    from tokenlab.system.token import Token


@dataclass(eq=False)
class LogonSession:
    """One logon, named by its ``authentication_id``.

    ``package`` says who authenticated it (Kerberos, NTLM). ``linked`` is the other half of a logon that UAC
    split. ``tokens`` are those not closed yet, by their ``token_id``: the session ends with the last of
    them, and both halves of a split logon end together. ``drives`` are its
    drive letters. ``first_token`` of such a half is what LSA made,
    untouched; a caller who asks the other half for its linked token gets a copy.
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
    def subject(self) -> EventSubject:
        """This session as events name it."""
        return EventSubject(self.user, self.user_name, self.domain, self.authentication_id)

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
