"""The directory of a domain: the accounts and groups that its members trust.

[MS-ADTS] 6.1.1.4 lists those that a domain is born with.
"""

from __future__ import annotations

from tokenlab.system.accounts import (
    ENTERPRISE_DOMAIN_CONTROLLERS,
    PRE_WINDOWS_2000,
    WINDOWS_AUTHORIZATION_ACCESS,
    Account,
    AccountDatabase,
    GroupScope,
)
from tokenlab.values import Sid
from tokenlab.values.sid_names import DOMAIN_NAMES
from tokenlab.values.well_known import ADMINISTRATORS, AUTHENTICATED_USERS, GUESTS, USERS

_GLOBAL_RIDS = (512, 513, 514, 515, 516, 518, 519, 520, 525)
_DOMAIN_LOCAL_RIDS = (517, 553, 571, 572)


class Directory(AccountDatabase):
    """The accounts of one domain, ``ASTRO`` and in DNS ``astro.example``, with the built-in groups of its
    controllers. ``available`` is False while no controller can be reached."""

    first_own_rid = 1104
    own_scope = GroupScope.GLOBAL

    def __init__(self, name: str, sid: Sid | str, dns_name: str) -> None:
        super().__init__(name, sid)
        self.dns_name = dns_name
        self.available = True
        self._add_builtin_groups(
            PRE_WINDOWS_2000, WINDOWS_AUTHORIZATION_ACCESS, *(Sid(f"S-1-5-32-{rid}") for rid in (548, 549))
        )
        for rid in (*_GLOBAL_RIDS, *_DOMAIN_LOCAL_RIDS):
            scope = GroupScope.GLOBAL if rid in _GLOBAL_RIDS else GroupScope.DOMAIN_LOCAL
            self.add_group(DOMAIN_NAMES[rid], scope=scope, rid=rid)
        by_rid = self._sid
        self.add_members(by_rid(572), *map(by_rid, (502, 512, 516, 517, 518, 519, 520)))
        self.add_members(ADMINISTRATORS, by_rid(512), by_rid(519))
        self.add_members(USERS, by_rid(513))
        self.add_members(GUESTS, by_rid(514))
        self.add_members(PRE_WINDOWS_2000, AUTHENTICATED_USERS)
        self.add_members(WINDOWS_AUTHORIZATION_ACCESS, ENTERPRISE_DOMAIN_CONTROLLERS)
        self._add(Account("Administrator", by_rid(500), "", by_rid(513), enabled=False))
        for rid in (512, 518, 519, 520):
            self.add_members(by_rid(rid), by_rid(500))
        self._add(Account("krbtgt", by_rid(502), "", by_rid(513), enabled=False))

    def is_named(self, name: str) -> bool:
        """Is this its name, short or of DNS?"""
        return super().is_named(name) or name.lower() == self.dns_name.lower()

    def add_computer(self, name: str, password: str = "", *, controller: bool = False) -> Account:
        """The account of a machine, ``WS-1$``, in Domain Computers or Domain Controllers."""
        primary = self._sid(516 if controller else 515)
        secret = password or f"password of {name.upper()}$"
        return self._add(Account(f"{name.upper()}$", self._new_sid(), secret, primary))

    def add_managed_account(self, name: str, *retrieved_by: Sid | str) -> Account:
        """A group managed service account (gMSA), ``svc$``: nobody types its password, machines get it.

        ``retrieved_by`` are accounts of machines or groups of them, Domain Computers if none is named
        ("Group Managed Service Accounts Overview"). Raises ValueError if the name is taken.
        """
        name = name if name.endswith("$") else f"{name}$"
        account = self._add(Account(name, self._new_sid(), f"240 bytes for {name}", self._sid(515)))
        account.retrieved_by = set(map(Sid, retrieved_by)) or {self._sid(515)}
        return account
