"""Who may act as whom: the rule behind every call that puts a token on a thread.

``ImpersonateLoggedOnUser`` and "Impersonation Levels" on Microsoft Learn; *Windows Security Internals*,
ch. 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tokenlab.system.actors import RunningProcess
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.token import NO_LUID, Token
from tokenlab.system.token_types import ImpersonationLevel
from tokenlab.values import ANONYMOUS_LUID


def why_not(process: Token, token: Token) -> str:
    """Why Windows caps the impersonation of ``token`` at IDENTIFICATION; empty if it does not.

    ``process`` is the primary token of the process that impersonates: no other token is asked. One of these
    is enough: the level is lower anyway; SeImpersonatePrivilege is enabled; this logon session made the
    token, with a name and a password; it is the same user, no higher and no freer than the process.
    """
    assert token.level is not None
    if token.level < ImpersonationLevel.IMPERSONATION or token.authentication_id == ANONYMOUS_LUID:
        return ""
    mine, other = process.context, token.context
    if mine.has_privilege("SeImpersonatePrivilege"):
        return ""
    if token.origin != NO_LUID and token.origin == process.authentication_id:
        return ""
    rest = "and SeImpersonatePrivilege is not enabled"
    if mine.user != other.user:
        return f"it is another user's token, this logon session did not make it, {rest}"
    if other.integrity > mine.integrity:
        return f"its integrity level is higher than that of the process, {rest}"
    if token.elevated and not process.elevated:
        return f"it is elevated and the process is not, {rest}"
    if mine.restricted_sids and not other.restricted_sids:
        return f"the process is restricted and the token is not, {rest}"
    return ""


class ImpersonationCall(Enum):
    """How a client asks a server for something, with what ImpersonateXxxClient is called there."""

    PIPE = "ImpersonateNamedPipeClient"
    RPC = "RpcImpersonateClient"
    COM = "CoImpersonateClient"

    @property
    def usual_level(self) -> ImpersonationLevel:
        """What a client grants if it says nothing: COM asks for IDENTIFICATION only."""
        return (
            ImpersonationLevel.IDENTIFICATION
            if self is ImpersonationCall.COM
            else ImpersonationLevel.IMPERSONATION
        )


@dataclass(eq=False)
class Connection:
    """A client that is connected to a server process of the same machine.

    ``token`` is the client as it was then: an impersonation token of the level that the client granted.
    """

    server: RunningProcess = field(repr=False)
    token: Token
    call: ImpersonationCall = ImpersonationCall.PIPE
    messages: list[str] = field(default_factory=list)

    def send(self, text: str) -> None:
        """Send the server a message."""
        self.messages.append(text)

    def token_for_server(self) -> Token:
        """The client, for the server's thread. Raises `Refusal` 1368 before the first message of a pipe."""
        if self.call is ImpersonationCall.PIPE and not self.messages:
            raise Refusal(
                Win32Error.CANNOT_IMPERSONATE, "a pipe's client can be impersonated once a message was read"
            )
        return self.token

    def close(self) -> None:
        """Hang up; the server's copy of the client goes away."""
        self.token.close()
