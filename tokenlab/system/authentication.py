"""Is it really you? A name and a password against the machine's accounts, the domain's, or what is cached.

"Windows Authentication Concepts" and "Cached and Stored Credentials" on Microsoft Learn.
"""

from __future__ import annotations

from typing import NoReturn

from tokenlab.system.accounts import Account, AccountDatabase, GroupScope, RefusedPassword
from tokenlab.system.directory import Directory
from tokenlab.system.identity import KERBEROS, NEGOTIATE, NTLM, Identity, identity_of, service_identity
from tokenlab.system.logon_events import (
    DISABLED,
    NO_CONTROLLER,
    NOT_GRANTED,
    UNKNOWN_USER,
    WRONG_PASSWORD,
    LogonFailure,
)
from tokenlab.system.logon_type import LogonType
from tokenlab.system.policy import LocalPolicy
from tokenlab.values import Sid


class AuthenticationError(Exception):
    """Not let in; ``failure`` is what event 4625 tells."""

    def __init__(self, failure: LogonFailure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Authentication:
    """The authentication packages of one machine, and the verifiers that earlier logons left."""

    def __init__(
        self, machine: str, sam: AccountDatabase, domain: Directory | None, policy: LocalPolicy
    ) -> None:
        self.machine, self.sam, self.domain, self.policy = machine, sam, domain, policy
        self._verifiers: dict[Sid, Identity] = {}  # oldest first

    def split(self, name: str) -> tuple[str, str]:
        r"""``ASTRO\cosmo``, ``cosmo@astro.example``, ``.\bob`` or ``bob`` as domain and user.

        A bare name is looked for on this machine first, then in the domain.
        """
        domain, backslash, user = name.rpartition("\\")
        if not backslash and "@" in name:
            user, _, domain = name.partition("@")
        if domain == "." or (not domain and (self.domain is None or self.sam.find(user))):
            domain = self.sam.name
        elif not domain and self.domain is not None:
            domain = self.domain.name
        return domain, user

    def package_for(self, name: str, wanted: str = "") -> str:
        """Who vouches: Kerberos for the domain unless NTLM is wanted, NTLM for this machine's accounts."""
        domain, user = self.split(name)
        if service_identity(domain, user):
            return NEGOTIATE
        database = self._database(domain)
        return wanted or KERBEROS if isinstance(database, Directory) else NTLM

    def identify(
        self, name: str, password: str | None, logon_type: LogonType, package: str, workstation: str = ""
    ) -> tuple[Identity, LogonType]:
        """Who that is, and how they came in: CACHED_INTERACTIVE where only a verifier could answer.

        ``password`` None asks for nothing (S4U, accounts of services); of a group managed service account the
        machine gets the password from the controller then. A password that is refused is told to the machine
        that has the account, with the ``workstation``. Raises `AuthenticationError`.
        """
        domain, user = self.split(name)
        service = service_identity(domain, user) if password is None else None
        if service is not None:
            if logon_type is not LogonType.SERVICE:
                _fail(NOT_GRANTED)
            return service, logon_type
        database = self._database(domain)
        if database is None:
            _fail(UNKNOWN_USER)
        if not database.available:
            return self._from_verifier(user, password, logon_type), LogonType.CACHED_INTERACTIVE
        account = _proved(database, user, password, package, workstation or self.machine)
        managed = account.retrieved_by is not None
        if managed and password is None and not self._may_retrieve(account, database):
            _fail(WRONG_PASSWORD)
        return identity_of(account, database, package, s4u=password is None and not managed), logon_type

    def is_managed(self, name: str) -> bool:
        """True for a group managed service account of the domain."""
        domain, user = self.split(name)
        database = self._database(domain)
        account = database.find(user) if database is not None else None
        return account is not None and account.retrieved_by is not None

    def remember(self, identity: Identity, logon_type: LogonType) -> None:
        """Leave a verifier for the day the domain is away: of the last few users who sat here.

        None is left of a member of Protected Users.
        """
        if identity.local or identity.is_protected or not logon_type.is_interactive:
            return
        self._verifiers.pop(identity.sid, None)
        self._verifiers[identity.sid] = identity
        while len(self._verifiers) > self.policy.cached_logons_count:
            del self._verifiers[next(iter(self._verifiers))]

    def _may_retrieve(self, account: Account, database: AccountDatabase) -> bool:
        own = database.find(f"{self.machine}$")
        if own is None or account.retrieved_by is None:
            return False
        groups = database.groups_of([own.sid], GroupScope.GLOBAL, GroupScope.DOMAIN_LOCAL)
        return not account.retrieved_by.isdisjoint((own.sid, *groups))

    def _database(self, domain: str) -> AccountDatabase | None:
        if domain.lower() == self.machine.lower():
            return self.sam
        known = (one for one in (self.sam, self.domain) if one is not None and one.is_named(domain))
        return next(known, None)

    def _from_verifier(self, user: str, password: str | None, logon_type: LogonType) -> Identity:
        for identity in self._verifiers.values():
            if identity.name.lower() == user.lower() and logon_type.is_interactive:
                if identity.password != password:
                    _fail(WRONG_PASSWORD)
                return identity
        _fail(NO_CONTROLLER)


def _proved(
    database: AccountDatabase, user: str, password: str | None, package: str, workstation: str
) -> Account:
    """The account whose password that is; ``database`` is told of a password that is refused."""
    account = database.find(user)
    wrong = account is not None and password is not None and password != account.password
    failure = find_failure(account, wrong, package)
    if failure is not None and password is not None:
        database.on_refusal(RefusedPassword(user, password, package, failure.sub_status, workstation))
    if account is None or failure is not None:
        _fail(failure or UNKNOWN_USER)
    return account


def find_failure(account: Account | None, wrong: bool, package: str) -> LogonFailure | None:
    """Why nobody gets in; ``wrong`` is a proof that does not fit. Kerberos looks at the account before it
    asks for proof, NTLM the other way round.

    So a controller tells by Kerberos that an account is disabled even to those who do not know its password
    (KDC_ERR_CLIENT_REVOKED, [MS-KILE] 3.3.5.7.1; rapid7/metasploit-framework#7497).
    """
    if account is None:
        return UNKNOWN_USER
    proof = WRONG_PASSWORD if wrong else None
    disabled = None if account.enabled else DISABLED
    return disabled or proof if package == KERBEROS else proof or disabled


def _fail(failure: LogonFailure) -> NoReturn:
    raise AuthenticationError(failure)
