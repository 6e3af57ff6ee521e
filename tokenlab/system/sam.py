"""The SAM of a machine: the accounts and groups that count on it alone ([MS-SAMR] 3.1)."""

from __future__ import annotations

from tokenlab.system.accounts import Account, AccountDatabase, GroupScope
from tokenlab.values import Sid
from tokenlab.values.well_known import ADMINISTRATORS, GUESTS, USERS


class Sam(AccountDatabase):
    """The accounts of one machine, ``WS-1``. A new one has the built-in groups; Administrator and Guest, both
    disabled."""

    first_own_rid = 1001
    own_scope = GroupScope.ALIAS

    def __init__(self, machine: str, sid: Sid | str) -> None:
        super().__init__(machine, sid)
        self._add_builtin_groups()
        self.add_members("IIS_IUSRS", "S-1-5-82-0")
        none = self.add_group("None", rid=513, scope=GroupScope.GLOBAL)
        for name, rid, group in (("Administrator", 500, ADMINISTRATORS), ("Guest", 501, GUESTS)):
            account = self._add(Account(name, self._sid(rid), "", none.sid, enabled=False))
            self.add_members(group, account.sid)

    def add_user(self, name: str, password: str, *groups: str, sensitive: bool = False) -> Account:
        """A new user, in Users and in these groups; see `AccountDatabase.add_user`."""
        return super().add_user(name, password, USERS, *groups, sensitive=sensitive)
