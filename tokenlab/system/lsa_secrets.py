r"""What the memory of lsass.exe gives away, and what Credential Guard keeps out of it.

With Credential Guard the hashes and the ticket-granting tickets of people who signed in lie in LSAIso.exe,
which nothing in this Windows can read. It leaves out local accounts, what was typed in for another
machine, and service tickets; and it stops nobody who *uses* a session or a token: "How Credential Guard
works", *protection limits*, on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from tokenlab.system.logon_session import LogonSession
from tokenlab.system.logon_type import CredentialKind, LogonType
from tokenlab.system.policy import LocalPolicy

_SUPPLIED = (LogonType.NEW_CREDENTIALS, LogonType.NETWORK_CLEARTEXT)


class SessionKeeper(Protocol):
    """A machine, as far as its memory is asked: its living sessions, and whether Credential Guard runs."""

    name: str

    @property
    def policy(self) -> LocalPolicy: ...
    @property
    def sessions(self) -> Iterable[LogonSession]: ...


class SessionSecret(NamedTuple):
    r"""What a session keeps of somebody, ``ASTRO\nova``; ``isolated`` from lsass.exe or in its memory."""

    owner: str
    session: LogonSession
    isolated: bool


def is_isolated(machine: SessionKeeper, session: LogonSession) -> bool:
    """True if the secrets of this session are out of reach for who reads lsass.exe."""
    local = session.credentials.domain.lower() == machine.name.lower()
    return machine.policy.credential_guard and not local and session.logon_type not in _SUPPLIED


def find_secrets(machine: SessionKeeper) -> tuple[SessionSecret, ...]:
    """What the living sessions keep that can be carried off, oldest first; each owner once in each place.

    The account of the machine itself, which is always there, is left out.
    """
    found: dict[tuple[str, bool], SessionSecret] = {}
    for session in machine.sessions:
        held = session.credentials
        if held.kind in (CredentialKind.PASSWORD, CredentialKind.TICKETS):
            secret = SessionSecret(rf"{held.domain}\{held.user_name}", session, is_isolated(machine, session))
            found.setdefault((secret.owner, secret.isolated), secret)
    return tuple(found.values())


def memory_of_lsass(machine: SessionKeeper) -> str:
    """What a reader finds, in one sentence."""
    kept = find_secrets(machine)
    there = [one.owner for one in kept if not one.isolated]
    guarded = [one.owner for one in kept if one.isolated]
    words = f"the memory of lsass.exe, with the secrets of {' and '.join(there) or 'nobody'}"
    return f"{words}; LSAIso.exe keeps those of {' and '.join(guarded)}" if guarded else words
