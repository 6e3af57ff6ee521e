"""What a thread can show to another machine: the credentials of its *effective* token's logon session."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary, WeakSet

from tokenlab.network.domain import Domain
from tokenlab.network.ticket import Ticket, TicketCache, TicketFlags
from tokenlab.system import CredentialKind, ImpersonationLevel, LogonSession, LogonType, Machine, Thread


@dataclass(frozen=True)
class OutboundCredentials:
    """A name, and what proves it: a key (a password), or a ticket-granting ticket; or neither.

    ``only_hash`` says that the key is the password's NT hash, and the password itself is not known;
    ``given`` that somebody typed it just now, for this connection. ``first`` is a session whose first ticket
    was got at the logon, with a password that it does not keep; ``typed`` is what the person in front of it
    types where somebody asks.
    """

    why: str
    domain: str = ""
    user: str = ""
    key: str | None = field(default=None, repr=False)
    cache: TicketCache | None = field(default=None, repr=False)
    held: OutboundCredentials | None = field(default=None, repr=False)
    only_hash: bool = False
    first: LogonSession | None = field(default=None, repr=False)
    typed: str | None = field(default=None, repr=False)
    given: bool = False

    @property
    def password(self) -> str | None:
        """The password, where it is known and not only its hash."""
        return None if self.only_hash else self.key

    @property
    def without_tickets(self) -> OutboundCredentials:
        """What is left where no ticket counts: NTLM knows only what the session was made with."""
        return self.held or self

    def __bool__(self) -> bool:
        return self.key is not None or self.granting is not None or self.first is not None

    @property
    def granting(self) -> Ticket | None:
        """The ticket-granting ticket that gets tickets for services; None without one."""
        return None if self.cache is None else self.cache.granting


class TicketCaches:
    """The ticket caches of all logon sessions; ``home`` of a session whose requests go back to a client;
    ``hashes`` are the sessions into which somebody wrote the hash of a password."""

    def __init__(self) -> None:
        self._caches: WeakKeyDictionary[LogonSession, TicketCache] = WeakKeyDictionary()
        self.home: WeakKeyDictionary[LogonSession, tuple[Machine, LogonSession]] = WeakKeyDictionary()
        self._took_first: WeakSet[LogonSession] = WeakSet()
        self.hashes: WeakSet[LogonSession] = WeakSet()

    def of(self, session: LogonSession) -> TicketCache:
        """The tickets of a session; none once it has ended."""
        return self._caches.setdefault(session, TicketCache()) if session.alive else TicketCache()

    def first_is_due(self, session: LogonSession) -> bool:
        """A member of Protected Users got one ticket-granting ticket at the logon. It is written down when it
        is first looked for, and never made again: there is no key for that."""
        return _keeps_no_key(session) and session.alive and session not in self._took_first

    def put_first(self, session: LogonSession, ticket: Ticket) -> None:
        """The ticket of the logon itself."""
        self._took_first.add(session)
        self.of(session).granting = ticket


def find_outbound(thread: Thread, domain: Domain, caches: TicketCaches) -> OutboundCredentials:
    """What this thread has for the wire. A token of its own counts, not that of its process."""
    token = thread.effective_token
    if token.level is not None and token.level < ImpersonationLevel.IMPERSONATION:
        return OutboundCredentials(f"the thread's token is at level {token.level.name}")
    if token.session is None:
        return OutboundCredentials("the token has no logon session")
    return of_session(thread.process.machine, token.session, domain, caches)


def of_session(
    machine: Machine, session: LogonSession, domain: Domain, caches: TicketCaches
) -> OutboundCredentials:
    """What a logon session has for the wire."""
    cache, held = caches.of(session), _held(machine, session, domain, caches)
    if cache.granting is None:
        return held
    client = cache.granting.client
    kind = "forwarded" if TicketFlags.FORWARDED in cache.granting.flags else "cached"
    key = held.key if client.name.lower() == held.user.lower() else None
    why = f"a {kind} TGT of {client.name}"
    return OutboundCredentials(why, client.domain, client.name, key, cache, held, held.only_hash)


def _held(
    machine: Machine, session: LogonSession, domain: Domain, caches: TicketCaches
) -> OutboundCredentials:
    cache, held = caches.of(session), session.credentials
    if held.kind is CredentialKind.PASSWORD:
        hashed = session in caches.hashes
        why = f"the {'NT hash' if hashed else 'password'} of {held.user_name}"
        return OutboundCredentials(why, held.domain, held.user_name, held.secret, cache, only_hash=hashed)
    if held.kind is CredentialKind.MACHINE:
        return of_machine(machine, domain, cache)
    if _keeps_no_key(session):
        account = domain.directory.find(held.user_name) if session.logon_type.is_interactive else None
        return OutboundCredentials(
            f"session {session.authentication_id} keeps a TGT of {held.user_name}: no password and no hash",
            held.domain,
            held.user_name,
            cache=cache,
            first=session if caches.first_is_due(session) else None,
            typed=account.password if account else None,
        )
    if held.kind is CredentialKind.REDIRECTED:
        return of_session(*caches.home[session], domain, caches)
    nothing = f"session {session.authentication_id} ({session.logon_type.name}) holds no credentials"
    return OutboundCredentials(nothing, cache=cache)


def _keeps_no_key(session: LogonSession) -> bool:
    """A ticket of its own alone; that of a NETWORK session was forwarded by a client."""
    own = session.logon_type is not LogonType.NETWORK
    return own and session.credentials.kind is CredentialKind.TICKETS


def of_machine(machine: Machine, domain: Domain, cache: TicketCache | None = None) -> OutboundCredentials:
    """The account of the machine itself; nothing where it is in no domain."""
    name = f"{machine.name}$"
    account = domain.directory.find(name)
    if account is None or machine.domain is not domain.directory:
        return OutboundCredentials(f"{machine.name} has no account in {domain.directory.name}")
    return OutboundCredentials(
        f"the account of {machine.name}", domain.directory.name, name, account.password, cache
    )
