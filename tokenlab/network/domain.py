"""The domain as its controller sees it: accounts, the names of services, and who may delegate.

[MS-KILE] 3.3.1.1 names the settings of an account, [MS-SFU] 3.2.1 those of constrained delegation; in the
directory they are ``servicePrincipalName``, ``msDS-AllowedToDelegateTo``,
``msDS-AllowedToActOnBehalfOfOtherIdentity`` and bits of ``userAccountControl``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tokenlab.security import Acl, SecurityContext, SecurityDescriptor, access_check
from tokenlab.system.accounts import Account, AccountGroup, GroupScope
from tokenlab.system.directory import Directory
from tokenlab.values import DIRECTORY_OBJECT, Sid
from tokenlab.values.rights import DirectoryServiceRights
from tokenlab.values.well_known import AUTHENTICATED_USERS, EVERYONE

PROTECTED_USERS = 525
ACT_ON_BEHALF = DirectoryServiceRights.CONTROL_ACCESS
GENERIC_RIGHTS = 0xF0000000
HOST_CLASSES = frozenset({"host", "cifs", "http", "rpcss", "wsman"})
"""HOST stands for these and some more (``sPNMappings``, "Service principal names")."""


@dataclass
class Delegation:
    """What an account may do with its clients' names.

    ``unconstrained`` is "trust for delegation to any service"; ``to`` the services it may call for them,
    with Kerberos only unless ``any_protocol``; ``from_others`` says who may call *this* account for others
    (resource-based).
    """

    unconstrained: bool = False
    to: frozenset[str] = frozenset()
    any_protocol: bool = False
    from_others: SecurityDescriptor | None = None


class Domain:
    """A forest of one domain: its directory, its service principal names, its delegation settings."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._services: dict[str, list[Account]] = {}
        self._settings: dict[Sid, Delegation] = {}

    @property
    def realm(self) -> str:
        """``ASTRO.EXAMPLE``."""
        return self.directory.dns_name.upper()

    def account(self, name: str) -> Account:
        """The account of this name. Raises KeyError."""
        found = self.directory.find(name)
        if found is None:
            raise KeyError(f"{self.directory.name} has no account {name!r}: for example 'cosmo' or 'WS-1$'")
        return found

    def people(self) -> tuple[Account, ...]:
        """The accounts that a person or a program can use: enabled, and no machine's."""
        return tuple(one for one in self.directory.accounts if one.enabled and not one.is_computer)

    # Service principal names --------------------------------------------------------------------------

    def register(self, account: Account, *names: str, look_first: bool = True) -> None:
        """Give an account service principal names (``setspn -S``): ``HTTP/web.astro.example``.

        Raises ValueError where another account has one of them. With ``look_first=False`` nobody looks, as
        in old tools and in a directory that has not replicated yet: then Kerberos fails for both accounts.
        """
        for name in names:
            others = [one for one in self._services.get(name.lower(), ()) if one is not account]
            if others and look_first:
                raise ValueError(f"{name} belongs to {others[0].name}: a service principal name is used once")
            if "/" not in name:
                raise ValueError(f"{name!r} is no service principal name: expected cifs/WS-1")
        for name in names:
            owners = self._services.setdefault(name.lower(), [])
            if account not in owners:
                owners.append(account)

    def unregister(self, name: str, account: Account | None = None) -> None:
        """Take a service principal name away (``setspn -D``): from this account, or from all that have it."""
        owners = self._services.pop(name.lower(), [])
        kept = [one for one in owners if account is not None and one is not account]
        if kept:
            self._services[name.lower()] = kept

    def register_computer(self, machine: str) -> None:
        """The names that a computer gives its own account when it joins."""
        account = self.account(f"{machine}$")
        hosts = (machine, f"{machine}.{self.directory.dns_name}")
        self.register(account, *(f"{kind}/{host}" for kind in ("HOST", "TERMSRV") for host in hosts))

    def owners(self, name: str) -> tuple[Account, ...]:
        """All accounts that have this service principal name, or that of HOST which stands for it."""
        kind, _, host = name.lower().partition("/")
        exact = self._services.get(f"{kind}/{host}", [])
        if not exact and kind in HOST_CLASSES:
            exact = self._services.get(f"host/{host.partition(':')[0]}", [])
        return tuple(exact)

    def service_account(self, name: str) -> Account | None:
        """Whose key a ticket for this name is sealed with; None where no account has it, or more than one."""
        owners = self.owners(name)
        return owners[0] if len(owners) == 1 else None

    def why_no_owner(self, name: str) -> str:
        """Why there is no ticket for this name: nobody has it, or more than one. For two of them the
        controller writes event 11 into its System log, and answers the client as if there were none."""
        owners = self.owners(name)
        if not owners:
            return f"no account has the service principal name {name}"
        return f"more than one account has the service principal name {name}: {_names(owners)}"

    # Delegation ---------------------------------------------------------------------------------------

    def delegation(self, account: Account) -> Delegation:
        """The settings of an account, to be read and changed."""
        return self._settings.setdefault(account.sid, Delegation())

    def allow_on_behalf(self, target: Account, *callers: Account | AccountGroup) -> None:
        """``PrincipalsAllowedToDelegateToAccount``: these may call ``target`` in their clients' names."""
        aces = "".join(f"(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{caller.sid})" for caller in callers)
        self.delegation(target).from_others = SecurityDescriptor.from_sddl(f"O:BAG:BAD:{aces}")

    def may_act_on_behalf(self, target: Account, caller: Account) -> bool:
        """Does ``target`` let ``caller`` speak for others? An access check, on the descriptor it keeps.

        The attribute is bytes that nobody maps when they are written: generic rights in it grant nothing, and
        a group may be missing.
        """
        kept = self.delegation(target).from_others
        if kept is None:
            return False
        dacl = kept.dacl
        if dacl is not None:
            dacl = Acl(ace._replace(mask=ace.mask & ~GENERIC_RIGHTS) for ace in dacl)
        descriptor = replace(kept, dacl=dacl, group=kept.group or kept.owner)
        groups = self.directory.groups_of([caller.sid], GroupScope.GLOBAL, GroupScope.DOMAIN_LOCAL)
        context = SecurityContext(caller.sid, (EVERYONE, AUTHENTICATED_USERS, *groups))
        return access_check(context, descriptor, ACT_ON_BEHALF, DIRECTORY_OBJECT).granted

    def lists_service(self, caller: Account, service: str) -> bool:
        """Is the service among those that ``caller`` may call for its clients?"""
        return service.lower() in map(str.lower, self.delegation(caller).to)

    def is_protected(self, account: Account) -> bool:
        """In Protected Users: no NTLM, no delegation, tickets for four hours."""
        protected = self.directory.groups_of([account.sid], GroupScope.GLOBAL)
        return Sid(f"{self.directory.sid}-{PROTECTED_USERS}") in protected

    def why_not_delegated(self, account: Account) -> str:
        """Why nobody may speak for this account; empty if somebody may."""
        if account.sensitive:
            return f"{account.name} is sensitive and cannot be delegated"
        return f"{account.name} is in Protected Users" if self.is_protected(account) else ""


def _names(accounts: tuple[Account, ...]) -> str:
    return ", ".join(one.name for one in accounts)
