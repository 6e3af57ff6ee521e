"""What LSA writes into a new token: groups, privileges, integrity, owner, default DACL.

The order and the SIDs are those of real logons (events 4624 and 4627) and of ``whoami /all``; "Well-known
SIDs" and "Mandatory Integrity Control" on Microsoft Learn name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tokenlab.security import Ace, Acl, GroupAttributes, PrivilegeState, SecurityContext, TokenGroup
from tokenlab.security.context import PLAIN_GROUP
from tokenlab.system.accounts import PRE_WINDOWS_2000, AccountDatabase, GroupScope
from tokenlab.system.identity import KERBEROS, NTLM, Identity
from tokenlab.system.logon_type import LogonType
from tokenlab.system.policy import LocalPolicy, privilege
from tokenlab.system.uac import is_powerful_group
from tokenlab.values import (
    GENERIC_ALL,
    GENERIC_EXECUTE,
    GENERIC_READ,
    PRIVILEGES,
    IntegrityLevel,
    Privilege,
    PrivilegeAttributes,
    Sid,
)
from tokenlab.values.well_known import (
    ADMINISTRATORS,
    ANONYMOUS,
    AUTHENTICATED_USERS,
    AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY,
    CONSOLE_LOGON,
    EVERYONE,
    IUSR,
    LOCAL,
    LOCAL_ACCOUNT,
    LOCAL_ACCOUNT_AND_ADMINISTRATOR,
    LOCAL_SERVICE,
    LOCAL_SYSTEM,
    NETWORK_SERVICE,
    NTLM_AUTHENTICATION,
    NULL_SID,
    SERVICE,
    SERVICE_ASSERTED_IDENTITY,
    THIS_ORGANIZATION,
    WINDOW_MANAGER_GROUP,
)

OWNER_GROUP = PLAIN_GROUP | GroupAttributes.OWNER
SYSTEM_ADMINISTRATORS = GroupAttributes(0xE)  # as OWNER_GROUP, but not mandatory
LOGON_SID = PLAIN_GROUP | GroupAttributes.LOGON_ID
DOMAIN_LOCAL = PLAIN_GROUP | GroupAttributes.RESOURCE

_DEFAULT_ON = frozenset(map(privilege, ("ChangeNotify", "Impersonate", "CreateGlobal")))
_NOT_FOR_SYSTEM = frozenset(
    map(privilege, ("UnsolicitedInput", "MachineAccount", "RemoteShutdown", "SyncAgent", "EnableDelegation"))
)
_SYSTEM_NAMES = (
    "LockMemory Tcb SystemProfile ProfileSingleProcess IncreaseBasePriority CreatePagefile CreatePermanent"
    " Debug Audit ChangeNotify Impersonate CreateGlobal IncreaseWorkingSet TimeZone CreateSymbolicLink"
    " DelegateSessionUserImpersonate"
)
_SYSTEM_ON = frozenset(map(privilege, _SYSTEM_NAMES.split()))
SYSTEM_PRIVILEGES = tuple(one for one in PRIVILEGES if one not in _NOT_FOR_SYSTEM)
# Services run as SYSTEM without these three: the real 4672 and 4703 of services.exe and svchost.exe
KEPT_BY_LSA = frozenset(map(privilege, ("CreateToken", "TrustedCredManAccess", "Relabel")))


def logon_context(
    identity: Identity,
    logon_type: LogonType,
    aliases: AccountDatabase,
    policy: LocalPolicy,
    logon_sid: Sid | None = None,
    own_account: bool = False,
) -> SecurityContext:
    """The whole context, as an administrator has it before UAC looks at it.

    ``aliases`` has the local groups of the machine. ``own_account`` says that it is the machine's own
    account that came back over the network: it is SYSTEM then.
    """
    if identity.sid == LOCAL_SYSTEM:
        return system_context(identity, logon_type)
    user = LOCAL_SYSTEM if own_account else identity.sid
    groups = tuple(_groups(identity, logon_type, aliases, logon_sid, own_account, policy))
    sids = [user, *(group.sid for group in groups)]
    administrator = ADMINISTRATORS in sids
    owner = ADMINISTRATORS if administrator else user
    privileges = () if user == ANONYMOUS else policy.privileges_of(sids)
    # Who comes over the network has no program yet that could enable one: all are enabled from the start
    on = frozenset(privileges) if logon_type.is_network else _DEFAULT_ON
    return SecurityContext(
        user,
        groups,
        _states(privileges, on),
        _integrity(user, groups),
        owner=owner,
        primary_group=identity.groups[0] if identity.groups and not identity.virtual else user,
        default_dacl=_default_dacl(owner, logon_sid),
        names=_names(identity, logon_sid),
    )


def system_context(identity: Identity, logon_type: LogonType = LogonType.UNDEFINED) -> SecurityContext:
    """SYSTEM: three groups, nearly every privilege ("LocalSystem Account" on Microsoft Learn)."""
    service = logon_type is LogonType.SERVICE
    privileges = [one for one in SYSTEM_PRIVILEGES if not (service and one in KEPT_BY_LSA)]
    default = Acl(
        [
            Ace.allow(LOCAL_SYSTEM, GENERIC_ALL),
            Ace.allow(ADMINISTRATORS, GENERIC_READ | GENERIC_EXECUTE | 0x20000),
        ]
    )
    return SecurityContext(
        identity.sid,
        [(ADMINISTRATORS, SYSTEM_ADMINISTRATORS), EVERYONE, AUTHENTICATED_USERS],
        _states(privileges, _SYSTEM_ON),
        IntegrityLevel.SYSTEM,
        owner=ADMINISTRATORS,
        default_dacl=default,
    )


def _groups(
    identity: Identity,
    logon_type: LogonType,
    aliases: AccountDatabase,
    logon_sid: Sid | None,
    own_account: bool,
    policy: LocalPolicy,
) -> Iterator[TokenGroup]:
    """All groups, in the order in which Windows lists them."""
    if identity.sid == ANONYMOUS:
        yield from _anonymous_groups(logon_type, policy)
        return
    first, others = identity.groups[:1], identity.groups[1:]
    if own_account or identity.virtual:  # its own account is a group of SYSTEM then
        first, others = (), (*((identity.sid,) if own_account else ()), *identity.groups)
    added = _added_groups(identity, logon_type)
    local = _local_groups(identity, added, aliases, own_account or ADMINISTRATORS in others)
    others = tuple(sid for sid in others if sid not in local)
    yield from map(TokenGroup, (*first, EVERYONE))
    if identity.local and ADMINISTRATORS in local:
        yield TokenGroup(LOCAL_ACCOUNT_AND_ADMINISTRATOR)
    for sid in local:
        yield TokenGroup(sid, OWNER_GROUP if sid == ADMINISTRATORS else PLAIN_GROUP)
    for sid in added:  # a print-out of a real IUSR: SERVICE is there for deny only
        denies_only = identity.sid == IUSR and sid == SERVICE
        yield TokenGroup(sid, GroupAttributes.USE_FOR_DENY_ONLY if denies_only else PLAIN_GROUP)
    yield from map(TokenGroup, (AUTHENTICATED_USERS, THIS_ORGANIZATION))
    yield from _place_groups(identity, logon_type, logon_sid)
    yield from map(TokenGroup, (*others, *identity.sid_history))
    yield from _last_groups(identity)


def _added_groups(identity: Identity, logon_type: LogonType) -> tuple[Sid, ...]:
    """What the logon type adds. Events 4627: LOCAL SERVICE has CONSOLE LOGON, NETWORK SERVICE has not."""
    leaves_out = CONSOLE_LOGON if identity.sid == NETWORK_SERVICE else None
    return tuple(sid for sid in logon_type.rule.adds if sid != leaves_out)


def _anonymous_groups(logon_type: LogonType, policy: LocalPolicy) -> Iterator[TokenGroup]:
    everyone = (EVERYONE,) if policy.everyone_includes_anonymous else ()
    sids = (*everyone, NULL_SID, *logon_type.rule.adds, THIS_ORGANIZATION, NTLM_AUTHENTICATION)
    yield from map(TokenGroup, sids)


def _local_groups(
    identity: Identity, added: tuple[Sid, ...], aliases: AccountDatabase, administrator: bool
) -> tuple[Sid, ...]:
    """The machine's own groups; Administrators also for its own account and a virtual account of JEA."""
    of_domain = (*identity.groups, *identity.sid_history, *identity.domain_local)
    known = [identity.sid, *of_domain, EVERYONE, AUTHENTICATED_USERS, *added]
    local = tuple(aliases.groups_of(known, GroupScope.ALIAS))
    return (ADMINISTRATORS, *local) if administrator and ADMINISTRATORS not in local else local


def _place_groups(identity: Identity, logon_type: LogonType, logon_sid: Sid | None) -> Iterator[TokenGroup]:
    """Whether account and logon are of this machine, and which logon it was."""
    if identity.local:
        yield TokenGroup(LOCAL_ACCOUNT)
    if logon_sid:
        yield TokenGroup(logon_sid, LOGON_SID)
    if not logon_type.is_network:
        yield TokenGroup(LOCAL)


def _last_groups(identity: Identity) -> Iterator[TokenGroup]:
    """NTLM brings the groups of the domain first, Kerberos what proves the identity: events 4627."""
    domain_local = [TokenGroup(sid, DOMAIN_LOCAL) for sid in identity.domain_local]
    vouching = list(map(TokenGroup, _vouching(identity)))
    yield from (*domain_local, *vouching) if identity.package == NTLM else (*vouching, *domain_local)


def _vouching(identity: Identity) -> tuple[Sid, ...]:
    """The SID that tells how the identity was proved."""
    if identity.package == NTLM:
        return (NTLM_AUTHENTICATION,)
    if identity.package != KERBEROS:
        return ()
    return (SERVICE_ASSERTED_IDENTITY if identity.s4u else AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY,)


def _integrity(user: Sid, groups: Iterable[TokenGroup]) -> IntegrityLevel:
    sids = {group.sid for group in groups}
    if user in (LOCAL_SYSTEM, LOCAL_SERVICE, NETWORK_SERVICE) or WINDOW_MANAGER_GROUP in sids:
        return IntegrityLevel.SYSTEM
    if user == ANONYMOUS:
        return IntegrityLevel.UNTRUSTED
    if SERVICE in sids or any(is_powerful_group(sid) for sid in sids - {PRE_WINDOWS_2000}):
        return IntegrityLevel.HIGH
    return IntegrityLevel.MEDIUM_PLUS if PRE_WINDOWS_2000 in sids else IntegrityLevel.MEDIUM


def _states(privileges: Iterable[Privilege], on: frozenset[Privilege]) -> list[PrivilegeState]:
    enabled = PrivilegeAttributes.ENABLED_BY_DEFAULT | PrivilegeAttributes.ENABLED
    return [PrivilegeState(one, enabled if one in on else PrivilegeAttributes(0)) for one in privileges]


def _default_dacl(owner: Sid, logon_sid: Sid | None) -> Acl:
    lines = [Ace.allow(owner, GENERIC_ALL), Ace.allow(LOCAL_SYSTEM, GENERIC_ALL)]
    if logon_sid:
        lines.append(Ace.allow(logon_sid, GENERIC_READ | GENERIC_EXECUTE))
    return Acl(lines)


def _names(identity: Identity, logon_sid: Sid | None) -> dict[str, str]:
    """What the SIDs of this logon are called, for pictures and messages."""
    account = rf"{identity.domain}\{identity.name}"
    names = dict(identity.names)
    if logon_sid:
        names[logon_sid] = f"{account}'s logon"
    return names
