"""Who was authenticated, and how: what an authentication package hands to LSA.

"Authentication Packages" and ``LSA_TOKEN_INFORMATION_V2`` on Microsoft Learn; accounts of services: "Service
Accounts" and "Virtual accounts", ibidem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from struct import unpack

from tokenlab.system.accounts import ENTERPRISE_DOMAIN_CONTROLLERS, Account, AccountDatabase, GroupScope
from tokenlab.system.directory import Directory
from tokenlab.system.logon_type import NO_CREDENTIALS, CredentialKind, Credentials, LogonType
from tokenlab.system.policy import ALL_APPLICATION_POOLS, ALL_SERVICES
from tokenlab.values import (
    LOCAL_SERVICE_LUID,
    NETWORK_SERVICE_LUID,
    SYSTEM_LUID,
    Luid,
    Sid,
)
from tokenlab.values.well_known import ANONYMOUS, IUSR, LOCAL_SERVICE, LOCAL_SYSTEM, NETWORK_SERVICE

PROTECTED_USERS_RID = 525
KERBEROS, NTLM, NEGOTIATE = "Kerberos", "NTLM", "Negotiate"
NT_AUTHORITY, NT_SERVICE, APPLICATION_POOL = "NT AUTHORITY", "NT SERVICE", "IIS APPPOOL"
WINDOW_MANAGER, FONT_DRIVER_HOST = "Window Manager", "Font Driver Host"


@dataclass(frozen=True)
class Identity:
    """An authenticated user.

    ``groups`` are those that count everywhere, the primary one first; ``domain_local`` those of the domain
    itself; ``sid_history`` what the account was elsewhere. ``package`` vouches for it. ``local`` is a user
    of this machine's SAM, ``s4u`` came without a password, ``system_managed`` stands in for an administrator
    who elevates, ``fixed_session`` is the LUID of a session that the machine has anyway.
    """

    sid: Sid
    name: str
    domain: str
    dns_domain: str = ""
    package: str = NEGOTIATE
    groups: tuple[Sid, ...] = ()
    domain_local: tuple[Sid, ...] = ()
    sid_history: tuple[Sid, ...] = ()
    local: bool = False
    s4u: bool = False
    virtual: bool = False
    system_managed: bool = False
    fixed_session: Luid | None = None
    password: str | None = field(default=None, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_machine(self) -> bool:
        """True for the account of a computer, ``WS-1$``."""
        return self.name.endswith("$")

    @property
    def is_windows_own(self) -> bool:
        """A part of Windows itself, which needs no right to log on."""
        return self.domain in (NT_AUTHORITY, WINDOW_MANAGER, FONT_DRIVER_HOST)

    @property
    def is_protected(self) -> bool:
        """In Protected Users: what could be stolen of it is not kept."""
        return any(sid.domain and sid.rid == PROTECTED_USERS_RID for sid in self.groups)

    @property
    def is_built_in_administrator(self) -> bool:
        """RID 500, which UAC leaves alone unless told otherwise."""
        return self.sid.domain is not None and self.sid.rid == 500

    def credentials(self, logon_type: LogonType) -> Credentials:
        """What a logon of this type leaves in the session, to be shown to other machines.

        Of a member of Protected Users neither password nor hash nor long-term key stays once the first
        ticket is there ("Protected Users security group"). Who was let in by a cached verifier has typed the
        password all the same, so the session keeps it ("Credentials Processes in Windows Authentication").
        """
        if not logon_type.rule.keeps_credentials:
            return NO_CREDENTIALS
        if self.virtual:
            return Credentials(CredentialKind.MACHINE)
        if self.password is None:
            return NO_CREDENTIALS
        if self.is_protected:
            return Credentials(CredentialKind.TICKETS, self.domain, self.name)
        return Credentials(CredentialKind.PASSWORD, self.domain, self.name, self.password)


def identity_of(account: Account, database: AccountDatabase, package: str, s4u: bool = False) -> Identity:
    """What ``database`` says about one of its accounts."""
    directory = database if isinstance(database, Directory) else None
    local = directory is None
    groups = () if local else database.groups_of([account.sid], GroupScope.GLOBAL)
    # A group of the SAM such as "None" (513) is global too: it comes first, and alone.
    groups = (account.primary_group, *(sid for sid in groups if sid != account.primary_group))
    if any(sid.rid == 516 for sid in groups) and not local:
        groups = (*groups, ENTERPRISE_DOMAIN_CONTROLLERS)
    history = tuple(account.sid_history)
    domain_local = database.groups_of([account.sid, *history, *groups], GroupScope.DOMAIN_LOCAL)
    return Identity(
        account.sid,
        account.name,
        database.name,
        directory.dns_name if directory else "",
        package,
        groups,
        domain_local,
        history,
        local=local,
        s4u=s4u,
        password=None if s4u else account.password,
        names={sid: name for sid in (account.sid, *groups, *domain_local) if (name := database.name_of(sid))},
    )


SYSTEM_IDENTITY = Identity(LOCAL_SYSTEM, "SYSTEM", NT_AUTHORITY, fixed_session=SYSTEM_LUID)
NETWORK_SERVICE_IDENTITY = Identity(
    NETWORK_SERVICE, "NETWORK SERVICE", NT_AUTHORITY, fixed_session=NETWORK_SERVICE_LUID
)
ANONYMOUS_IDENTITY = Identity(ANONYMOUS, "ANONYMOUS LOGON", NT_AUTHORITY, package=NTLM)
_BUILT_IN = {
    "system": SYSTEM_IDENTITY,
    "local service": Identity(LOCAL_SERVICE, "LOCAL SERVICE", NT_AUTHORITY, fixed_session=LOCAL_SERVICE_LUID),
    "network service": NETWORK_SERVICE_IDENTITY,
    "iusr": Identity(IUSR, "IUSR", NT_AUTHORITY),
}


def service_sid(name: str) -> Sid:
    """S-1-5-80-...: the SID that a service has because of its name alone (``sc showsid``).

    Five numbers of the SHA-1 of the name in capitals, as UTF-16.
    """
    return _hashed(80, name.upper())


def application_pool_sid(name: str) -> Sid:
    """S-1-5-82-...: the same for an application pool of IIS, with its name in small letters."""
    return _hashed(82, name.lower())


def service_identity(domain: str, name: str) -> Identity | None:
    r"""The accounts without a password: ``NT AUTHORITY\SYSTEM``, ``NT SERVICE\Spooler``; else None."""
    authority = domain.upper()
    if authority == NT_AUTHORITY:
        return _BUILT_IN.get(name.lower())
    if authority == NT_SERVICE:
        return Identity(service_sid(name), name, NT_SERVICE, groups=(ALL_SERVICES,), virtual=True)
    if authority == APPLICATION_POOL:
        pool = application_pool_sid(name)
        return Identity(pool, name, APPLICATION_POOL, groups=(ALL_APPLICATION_POOLS,), virtual=True)
    return None


def _hashed(number: int, name: str) -> Sid:
    from hashlib import sha1  # it loads OpenSSL

    return Sid.from_parts(5, (number, *unpack("<5I", sha1(name.encode("utf-16-le")).digest())))
