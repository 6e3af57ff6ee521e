"""What a token says about its holder, as one frozen value: the *who* of an access check.

A token (with identity, a descriptor of its own, and a life) *holds* a context; the check reads only
the context. [MS-DTYP] 2.5.2 describes the same thing as the "token/authorization context".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntFlag
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from tokenlab.security.descriptor.acl import Acl
from tokenlab.values import IntegrityLevel, Privilege, PrivilegeAttributes, Sid
from tokenlab.values.visible import make_visible
from tokenlab.values.well_known import (
    ALL_APPLICATION_PACKAGES,
    ALL_RESTRICTED_APPLICATION_PACKAGES,
    OWNER_RIGHTS,
)

if TYPE_CHECKING:
    from tokenlab.security.condition.claims import ResourceAttribute

Matching = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str], frozenset[str]]


class GroupAttributes(IntFlag):
    """How a group counts (``SE_GROUP_...``, [MS-DTYP] 2.4.2 and winnt.h)."""

    MANDATORY = 0x00000001
    ENABLED_BY_DEFAULT = 0x00000002
    ENABLED = 0x00000004
    OWNER = 0x00000008
    USE_FOR_DENY_ONLY = 0x00000010
    INTEGRITY = 0x00000020
    INTEGRITY_ENABLED = 0x00000040
    RESOURCE = 0x20000000
    LOGON_ID = 0xC0000000


PLAIN_GROUP = GroupAttributes(0x7)  # mandatory, enabled by default, enabled: what nearly every group has


class TokenGroup(NamedTuple):
    """A group SID of a token with its attributes."""

    sid: Sid
    attributes: GroupAttributes = PLAIN_GROUP

    @property
    def enabled(self) -> bool:
        """True if allow *and* deny entries for this SID count."""
        return int(self.attributes) & 0x14 == 0x04  # plain integers: flags are slow

    @property
    def deny_only(self) -> bool:
        """True if only deny entries for this SID count."""
        return int(self.attributes) & 0x10 != 0


class PrivilegeState(NamedTuple):
    """A privilege of a token: being there is not enough, it must be enabled."""

    privilege: Privilege
    attributes: PrivilegeAttributes = PrivilegeAttributes.ENABLED

    @property
    def enabled(self) -> bool:
        """True if an access check may use it now (SE_PRIVILEGE_ENABLED)."""
        return int(self.attributes) & 0x2 != 0


class AppContainer(NamedTuple):
    """The package that a token belongs to, with its capabilities. ALL RESTRICTED APPLICATION PACKAGES means
    every app, ALL APPLICATION PACKAGES all but the ``less_privileged`` ones (LPAC). NtObjectManager"""

    package: Sid
    capabilities: tuple[Sid, ...] = ()
    less_privileged: bool = False

    @property
    def sids(self) -> frozenset[str]:
        """The SIDs that can grant in the pass for the package."""
        held = {self.package, *self.capabilities, ALL_RESTRICTED_APPLICATION_PACKAGES}
        return frozenset(held if self.less_privileged else held | {ALL_APPLICATION_PACKAGES})


@dataclass(frozen=True)
class Claims:
    """What a token says beyond groups: claims of the user and of the device, and the device's groups.

    ``local`` are the attributes without @ that the caller of the check brings. A claim is a
    `ResourceAttribute`: a name, a type, values.
    """

    user: tuple[ResourceAttribute, ...] = ()
    device: tuple[ResourceAttribute, ...] = ()
    device_groups: tuple[TokenGroup, ...] = ()
    local: tuple[ResourceAttribute, ...] = ()


class TokenMandatoryPolicy(IntFlag):
    """``TOKEN_MANDATORY_POLICY_...`` ([MS-DTYP] 2.5.2; winnt.h)."""

    NO_WRITE_UP = 0x1
    NEW_PROCESS_MIN = 0x2


def _groups(items: Iterable[TokenGroup | str | tuple[str, int]]) -> Iterable[TokenGroup]:
    for item in items:
        sid, attributes = (item, PLAIN_GROUP) if isinstance(item, str) else item
        if sid.startswith("S-1-16-"):
            raise ValueError(f"{sid} is an integrity level, not a group: give it as integrity={str(sid)!r}")
        yield TokenGroup(Sid(sid), GroupAttributes(attributes))


def _privileges(
    items: Iterable[PrivilegeState | str | tuple[str, int]],
) -> Iterable[PrivilegeState]:
    for item in items:
        name, attributes = (item, 0x2) if isinstance(item, str) else item
        yield PrivilegeState(Privilege(name), PrivilegeAttributes(attributes))


class _DerivedContext:
    """What the access check asks of a context, worked out once."""

    level: int
    """The integrity level as a number, 0x2000 for Medium."""
    enabled_sids: frozenset[str]
    """The SIDs that allow entries can match."""
    deny_sids: frozenset[str]
    """The SIDs that deny entries can match: the enabled and the deny-only ones."""
    enabled_privileges: frozenset[str]
    """Names of the privileges that are there and enabled."""
    matching: Matching
    """The SIDs that a deny entry, an allow entry, and an entry that takes no part can match; then those
    for a deny and an allow entry with a condition."""
    restricted: frozenset[str]
    """The restricting SIDs: the only ones that count in the second pass of a restricted token."""
    matching_as_owner: Matching
    """The same where the token holds the owner: lines for OWNER RIGHTS match too."""


@dataclass(frozen=True, init=False)
class SecurityContext(_DerivedContext):
    """User, groups, privileges and integrity level; compared by value.

    ``groups`` takes SIDs (a plain one is mandatory and enabled) or pairs ``(sid, GroupAttributes)``;
    ``privileges`` takes names (a plain one is enabled) or pairs ``(name, PrivilegeAttributes)``.
    ``owner`` and ``primary_group`` are what new objects get, the user by default; ``default_dacl`` is
    what they get where nothing is inherited. ``restricted_sids`` make a restricted token: what is granted
    must be granted a second time, to these alone; with ``write_restricted`` only rights that write.
    ``claims`` are for conditions, ``app`` makes an AppContainer's token, ``trust`` is the level of a
    protected process (S-1-19-...). ``notes`` say what a reader of real text had to assume, ``names`` what
    SIDs of accounts are called; neither counts in a comparison.

    >>> cosmo = SecurityContext("S-1-5-21-1-2-3-1104", ["S-1-1-0"], ["SeChangeNotifyPrivilege"])
    >>> cosmo.user.rid, cosmo.has_privilege("SeChangeNotifyPrivilege"), cosmo.level
    (1104, True, 8192)

    Raises ValueError if a part is not what it should be.
    """

    user: Sid
    groups: tuple[TokenGroup, ...]
    privileges: tuple[PrivilegeState, ...]
    integrity: IntegrityLevel
    user_deny_only: bool
    mandatory_policy: TokenMandatoryPolicy
    owner: Sid
    primary_group: Sid
    default_dacl: Acl | None
    restricted_sids: tuple[Sid, ...]
    write_restricted: bool
    claims: Claims | None
    app: AppContainer | None
    trust: Sid | None
    notes: tuple[str, ...] = field(compare=False)
    names: Mapping[str, str] = field(compare=False, repr=False)

    def __init__(
        self,
        user: Sid | str,
        groups: Iterable[TokenGroup | str | tuple[str, int]] = (),
        privileges: Iterable[PrivilegeState | str | tuple[str, int]] = (),
        integrity: IntegrityLevel | str | int = IntegrityLevel.MEDIUM,
        user_deny_only: bool = False,
        mandatory_policy: TokenMandatoryPolicy | int = 3,
        owner: Sid | str | None = None,
        primary_group: Sid | str | None = None,
        default_dacl: Acl | None = None,
        restricted_sids: Iterable[Sid | str] = (),
        write_restricted: bool = False,
        claims: Claims | None = None,
        app: AppContainer | None = None,
        trust: Sid | str | None = None,
        notes: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        user = Sid(user)
        values = self.__dict__  # a frozen dataclass is filled once, here
        values["user"] = user
        values["groups"] = tuple(_groups(groups))
        values["privileges"] = tuple(_privileges(privileges))
        values["integrity"] = IntegrityLevel(integrity)
        values["user_deny_only"] = user_deny_only
        values["mandatory_policy"] = TokenMandatoryPolicy(mandatory_policy)
        values["owner"] = Sid(owner) if owner else user
        values["primary_group"] = Sid(primary_group) if primary_group else user
        values["default_dacl"] = default_dacl
        values["restricted_sids"] = tuple(Sid(sid) for sid in restricted_sids)
        values["write_restricted"] = write_restricted
        values["claims"] = claims
        values["app"] = app
        values["trust"] = Sid(trust) if trust else None
        values["notes"] = tuple(notes)
        # One that nobody can change is shared: a domain's names are the same for all its people
        values["names"] = names if isinstance(names, MappingProxyType) else dict(names or {})
        self._work_out(values)

    def _work_out(self, values: dict[str, Any]) -> None:
        enabled = frozenset(group.sid for group in self.groups if group.enabled)
        if not self.user_deny_only:
            enabled |= {self.user}
        deny = enabled.union((group.sid for group in self.groups if group.deny_only), {self.user})
        if deny == enabled:
            deny = enabled  # one set for both, as in most contexts
        values["level"] = self.integrity.level
        values["enabled_sids"] = enabled
        values["deny_sids"] = deny
        values["enabled_privileges"] = frozenset(p.privilege for p in self.privileges if p.enabled)
        values["restricted"] = frozenset(self.restricted_sids)
        nobody: frozenset[str] = frozenset()
        values["matching"] = (deny, enabled, nobody, deny, enabled)
        with_owner = enabled | {OWNER_RIGHTS}
        deny = with_owner if deny is enabled else deny | {OWNER_RIGHTS}
        values["matching_as_owner"] = (deny, with_owner, nobody, deny, with_owner)

    def name_of(self, sid: str) -> str:
        """What people call this SID: a name that came with the context, or a well-known one; else the SID."""
        return make_visible(self.names.get(sid, "")) or (Sid(sid).label if sid else "nobody")

    @property
    def user_label(self) -> str:
        """What people call the user, for example ``ASTRO\\cosmo``."""
        return self.name_of(self.user)

    def has_privilege(self, name: str) -> bool:
        """True if the privilege is there *and* enabled."""
        return name in self.enabled_privileges

    def __contains__(self, sid: object) -> bool:
        """True if the SID is enabled in the token (``CheckTokenMembership``)."""
        return sid in self.enabled_sids

    def with_privilege(self, name: str, enabled: bool = True) -> SecurityContext:
        """The same context with one privilege added, enabled or disabled."""
        attributes = PrivilegeAttributes(2 if enabled else 0)
        others = [state for state in self.privileges if state.privilege != name]
        return replace(self, privileges=(*others, PrivilegeState(Privilege(name), attributes)))

    def with_group(self, sid: str, attributes: int = PLAIN_GROUP) -> SecurityContext:
        """The same context with one group more, or with other attributes for it."""
        others = [group for group in self.groups if group.sid != sid]
        return replace(self, groups=(*others, TokenGroup(Sid(sid), GroupAttributes(attributes))))
