"""Accounts and groups: what the SAM of a machine and the directory of a domain have in common ([MS-SAMR])."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, NamedTuple, TypeVar

from tokenlab.values import Sid
from tokenlab.values.sid_names import NAMES
from tokenlab.values.well_known import AUTHENTICATED_USERS, INTERACTIVE, USERS

PRE_WINDOWS_2000 = Sid("S-1-5-32-554")
WINDOWS_AUTHORIZATION_ACCESS = Sid("S-1-5-32-560")
ENTERPRISE_DOMAIN_CONTROLLERS = Sid("S-1-5-9")
# Nor control characters: "SAM-Account-Name attribute" and "USER_INFO_0" on Microsoft Learn.
_NOT_IN_NAMES = frozenset('"/\\[]:;|=,+*?<>')
_BUILTIN_RIDS = (544, 545, 546, 547, 550, 551, 555, 556, 558, 559, 562, 568, 569, 573, 578, 579, 580)


class GroupScope(Enum):
    """Where a group counts: everywhere it is trusted, in its own domain, on its own machine."""

    GLOBAL = "global"
    DOMAIN_LOCAL = "domain local"
    ALIAS = "local"


@dataclass(eq=False)
class Account:
    """A user or a computer. ``password`` is a made-up string; a computer's name ends with a dollar sign.

    ``sensitive`` is "Account is sensitive and cannot be delegated"; ``sid_history`` what the account was in
    other domains, or is said to have been: these SIDs are groups of its tokens (``sIDHistory``, [MS-ADTS]).
    ``retrieved_by`` is who may get the password of a group managed service account from a controller
    (``msDS-GroupMSAMembership``); None for all other accounts.
    """

    name: str
    sid: Sid
    password: str = field(repr=False)  # in the model only: Windows keeps hashes
    primary_group: Sid
    enabled: bool = True
    sensitive: bool = False
    sid_history: list[Sid] = field(default_factory=list)
    retrieved_by: set[Sid] | None = None

    @property
    def is_computer(self) -> bool:
        """True for the account of a machine: its name ends in ``$``."""
        return self.name.endswith("$")


@dataclass(eq=False)
class AccountGroup:
    """A group and the SIDs in it: of accounts, of other groups, well-known ones."""

    name: str
    sid: Sid
    scope: GroupScope
    members: set[Sid] = field(default_factory=set)


class RefusedPassword(NamedTuple):
    """A name and a password that did not let anybody in: which package asked, the NTSTATUS, and where the
    person sat."""

    name: str
    password: str
    package: str
    status: str
    workstation: str


Entry = TypeVar("Entry", Account, AccountGroup)


class AccountDatabase:
    """Accounts and groups under one name: see `Sam` and `Directory`, the two there are.

    ``sid`` is the S-1-5-21-a-b-c that all its own SIDs begin with. Names are compared without case.
    """

    first_own_rid: ClassVar[int]
    own_scope: ClassVar[GroupScope]
    """Where a new group counts."""
    available = True
    """False while the one who keeps it cannot be reached."""

    def __init__(self, name: str, sid: Sid | str) -> None:
        self.name, self.sid = name.upper(), Sid(sid)
        self.on_refusal: Callable[[RefusedPassword], None] = lambda refused: None
        """Told of each password that is refused: the machine that has the accounts writes it down."""
        if self.sid.count("-") != 6 or not self.sid.startswith("S-1-5-21-"):
            raise ValueError(f"{sid} is not the SID of a domain or machine: expected S-1-5-21-<a>-<b>-<c>")
        self._next_rid = self.first_own_rid
        self._accounts: dict[str, Account] = {}
        self._groups: dict[str, AccountGroup] = {}
        self._by_sid: dict[Sid, Account | AccountGroup] = {}
        self._groups_of: dict[Sid, list[AccountGroup]] = {}

    # Filling it ---------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str, *groups: str, sensitive: bool = False) -> Account:
        """A new user, in these groups (names or SIDs) and in those of every new user.

        Raises ValueError if the name is taken, KeyError if there is no such group.
        """
        into = [self.group(group) for group in groups]  # before anything is changed
        primary = self._sid(513)
        account = self._add(Account(name, self._new_sid(), password, primary, sensitive=sensitive))
        for group in into:
            self.add_members(group.sid, account.sid)
        return account

    def add_group(
        self, name: str, *members: Sid | str, scope: GroupScope | None = None, rid: int | None = None
    ) -> AccountGroup:
        """A new group with these members (SIDs), global in a domain, local in a SAM.

        Raises ValueError if the name is taken.
        """
        sid = self._new_sid() if rid is None else self._sid(rid)
        group = self._add(AccountGroup(name, sid, scope or self.own_scope))
        self.add_members(group.sid, *members)
        return group

    def add_members(self, group: str, *members: Sid | str) -> None:
        """Put SIDs into a group; tokens that exist do not change. Raises KeyError."""
        target = self.group(group)
        for member in map(Sid, members):
            if member not in target.members:
                target.members.add(member)
                self._groups_of.setdefault(member, []).append(target)

    def remove_members(self, group: str, *members: Sid | str) -> None:
        """Take SIDs out of a group."""
        target = self.group(group)
        for member in map(Sid, members):
            if member in target.members:
                target.members.remove(member)
                self._groups_of[member].remove(target)

    # Asking it ----------------------------------------------------------------------------------------

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All accounts, in the order in which they were made."""
        return tuple(self._accounts.values())

    def is_named(self, name: str) -> bool:
        """Is this its name?"""
        return name.upper() == self.name

    def find(self, name: str) -> Account | None:
        """The account with this name, or None."""
        return self._accounts.get(name.lower())

    def group(self, name: str) -> AccountGroup:
        """The group with this name or SID. Raises KeyError."""
        found = self._by_sid.get(Sid(name)) if name.startswith("S-1-") else self._groups.get(name.lower())
        if not isinstance(found, AccountGroup):
            raise KeyError(f"{self.name} has no group {name!r}: for example 'Domain Admins' or S-1-5-32-544")
        return found

    def groups_of(self, sids: Iterable[Sid], *scopes: GroupScope) -> tuple[Sid, ...]:
        """All groups of these scopes that one of the SIDs is in, directly or through other groups."""
        found: dict[Sid, None] = {}
        todo = list(sids)
        for sid in todo:  # grows while it is read
            for group in self._groups_of.get(sid, ()):
                if group.scope in scopes and group.sid not in found:
                    found[group.sid] = None
                    todo.append(group.sid)
        return tuple(found)

    def name_of(self, sid: str) -> str | None:
        r"""``ASTRO\cosmo``, ``ASTRO\Domain Admins``; None for what is not from here."""
        known = self._by_sid.get(Sid(sid))
        return None if known is None or sid in NAMES else rf"{self.name}\{known.name}"

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.name}, {len(self._accounts)} accounts, {len(self._groups)} groups>"
        )

    def _add_builtin_groups(self, *more: Sid) -> None:
        for sid in (*(Sid(f"S-1-5-32-{rid}") for rid in _BUILTIN_RIDS), *more):
            self._add(AccountGroup(NAMES[sid].rpartition("\\")[2], sid, GroupScope.ALIAS))
        self.add_members(USERS, AUTHENTICATED_USERS, INTERACTIVE)

    def _add(self, entry: Entry) -> Entry:
        if wrong := {letter for letter in entry.name if letter in _NOT_IN_NAMES or letter < " "}:
            letters = ", ".join(map(repr, sorted(wrong)))
            raise ValueError(f"{entry.name!r} is no name of an account: it may not hold {letters}")
        key = entry.name.lower()
        if key in self._accounts or key in self._groups:
            raise ValueError(
                f"{self.name} has a {entry.name!r} already: names are used once, whatever the case"
            )
        if isinstance(entry, Account):
            self._accounts[key] = entry
            self._groups_of.setdefault(entry.sid, [])
            if isinstance(primary := self._by_sid.get(entry.primary_group), AccountGroup):
                self.add_members(primary.sid, entry.sid)
        else:
            self._groups[key] = entry
        self._by_sid[entry.sid] = entry
        return entry

    def _new_sid(self) -> Sid:
        self._next_rid += 1
        return self._sid(self._next_rid - 1)

    def _sid(self, rid: int) -> Sid:
        return Sid(f"{self.sid}-{rid}")
