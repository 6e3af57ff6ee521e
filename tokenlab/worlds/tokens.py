r"""What four tokens say: a plain user, one administrator before and after UAC, and the machine itself.

The people live in the made-up domain ASTRO and sit at one of its machines (logon type 2, Kerberos). Which
SIDs such a logon adds: "Well-known SIDs" on Microsoft Learn; what UAC takes away: "How User Account
Control works"; who has which privilege: "User Rights Assignment" and "LocalSystem Account", ibidem.
"""

from __future__ import annotations

from dataclasses import dataclass

from tokenlab.security import Acl, Group, GroupAttributes, PrivilegeState, SecurityContext, SecurityDescriptor
from tokenlab.values import IntegrityLevel, Privilege, PrivilegeAttributes, Sid
from tokenlab.values.well_known import (
    ADMINISTRATORS,
    AUTHENTICATED_USERS,
    AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY,
    CONSOLE_LOGON,
    EVERYONE,
    INTERACTIVE,
    LOCAL,
    LOCAL_SYSTEM,
    THIS_ORGANIZATION,
    USERS,
)

ASTRO_SID = Sid("S-1-5-21-2154378322-3929449213-1104335884")
COSMO_SID = Sid(f"{ASTRO_SID}-1104")
NOVA_SID = Sid(f"{ASTRO_SID}-1105")
DOMAIN_ADMINS = Sid(f"{ASTRO_SID}-512")
DOMAIN_USERS = Sid(f"{ASTRO_SID}-513")
DENIED_RODC_REPLICATION = Sid(f"{ASTRO_SID}-572")
COSMO_LOGON_SID = Sid("S-1-5-5-0-183452")
NOVA_LOGON_SID = Sid("S-1-5-5-0-205377")

NAMES: dict[str, str] = {
    COSMO_SID: r"ASTRO\cosmo",
    NOVA_SID: r"ASTRO\nova",
    DOMAIN_ADMINS: r"ASTRO\Domain Admins",
    DOMAIN_USERS: r"ASTRO\Domain Users",
    DENIED_RODC_REPLICATION: r"ASTRO\Denied RODC Password Replication Group",
    COSMO_LOGON_SID: r"ASTRO\cosmo's logon",
    NOVA_LOGON_SID: r"ASTRO\nova's logon",
}


def name_of(sid: Sid | str) -> str:
    r"""The name of a SID in the domain ASTRO (``ASTRO\cosmo``) or on every Windows; else the SID itself."""
    sid = Sid(sid)
    return NAMES.get(sid) or sid.label


@dataclass(frozen=True)
class ReadyToken:
    """A context with a name, and a note on who would have it."""

    name: str
    context: SecurityContext
    note: str


_PLAIN = GroupAttributes(0x00000007)
_OWNER = GroupAttributes(0x0000000F)
_DENY_ONLY = GroupAttributes.USE_FOR_DENY_ONLY
_LOGON_ID = GroupAttributes(0xC0000007)
_DOMAIN_LOCAL = GroupAttributes(0x20000007)


def _groups(logon: Sid, administrator: GroupAttributes | None = None) -> tuple[Group, ...]:
    """The groups of someone of ASTRO at the keyboard, in the order in which Windows lists them."""
    groups: list[tuple[Sid, GroupAttributes | None]] = [
        (DOMAIN_USERS, _PLAIN),
        (EVERYONE, _PLAIN),
        (USERS, _PLAIN),
        (ADMINISTRATORS, administrator),
        (INTERACTIVE, _PLAIN),
        (CONSOLE_LOGON, _PLAIN),
        (AUTHENTICATED_USERS, _PLAIN),
        (THIS_ORGANIZATION, _PLAIN),
        (logon, _LOGON_ID),
        (LOCAL, _PLAIN),
        (DOMAIN_ADMINS, administrator and administrator & ~GroupAttributes.OWNER),
        (AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY, _PLAIN),
        (DENIED_RODC_REPLICATION, administrator and _DOMAIN_LOCAL),
    ]
    return tuple(Group(sid, attributes) for sid, attributes in groups if attributes)


def _privileges(names: str, enabled: str) -> tuple[PrivilegeState, ...]:
    """Privileges by their short names; those enabled are enabled by default too."""
    on = PrivilegeAttributes.ENABLED_BY_DEFAULT | PrivilegeAttributes.ENABLED
    states = ((name, on if name in enabled.split() else 0) for name in names.split())
    return tuple(
        PrivilegeState(Privilege(f"Se{name}Privilege"), PrivilegeAttributes(state)) for name, state in states
    )


def _default_dacl(aces: str) -> Acl | None:
    return SecurityDescriptor.from_sddl(f"D:{aces}").dacl


_USER_PRIVILEGES = _privileges(
    "Shutdown ChangeNotify Undock IncreaseWorkingSet TimeZone", enabled="ChangeNotify"
)
_ADMINISTRATOR_PRIVILEGES = _privileges(
    "IncreaseQuota Security TakeOwnership LoadDriver SystemProfile Systemtime ProfileSingleProcess"
    " IncreaseBasePriority CreatePagefile Backup Restore Shutdown Debug SystemEnvironment ChangeNotify"
    " RemoteShutdown Undock ManageVolume Impersonate CreateGlobal IncreaseWorkingSet TimeZone"
    " CreateSymbolicLink DelegateSessionUserImpersonate",
    enabled="ChangeNotify Impersonate CreateGlobal",
)
_SYSTEM_PRIVILEGES = _privileges(
    "CreateToken AssignPrimaryToken LockMemory IncreaseQuota Tcb Security TakeOwnership LoadDriver"
    " SystemProfile Systemtime ProfileSingleProcess IncreaseBasePriority CreatePagefile CreatePermanent"
    " Backup Restore Shutdown Debug Audit SystemEnvironment ChangeNotify Undock ManageVolume Impersonate"
    " CreateGlobal TrustedCredManAccess Relabel IncreaseWorkingSet TimeZone CreateSymbolicLink"
    " DelegateSessionUserImpersonate",
    enabled="LockMemory Tcb SystemProfile ProfileSingleProcess IncreaseBasePriority CreatePagefile"
    " CreatePermanent Debug Audit ChangeNotify Impersonate CreateGlobal IncreaseWorkingSet TimeZone"
    " CreateSymbolicLink DelegateSessionUserImpersonate",
)

COSMO = ReadyToken(
    name=r"ASTRO\cosmo",
    context=SecurityContext(
        COSMO_SID,
        _groups(COSMO_LOGON_SID),
        _USER_PRIVILEGES,
        IntegrityLevel.MEDIUM,
        primary_group=DOMAIN_USERS,
        names=NAMES,
        default_dacl=_default_dacl(f"(A;;GA;;;{COSMO_SID})(A;;GA;;;SY)(A;;GXGR;;;{COSMO_LOGON_SID})"),
    ),
    note="A plain user of the domain, logged on at the keyboard.",
)

NOVA_FILTERED = ReadyToken(
    name=r"ASTRO\nova, filtered",
    context=SecurityContext(
        NOVA_SID,
        _groups(NOVA_LOGON_SID, _DENY_ONLY),
        _USER_PRIVILEGES,
        IntegrityLevel.MEDIUM,
        primary_group=DOMAIN_USERS,
        names=NAMES,
        default_dacl=_default_dacl(f"(A;;GA;;;{NOVA_SID})(A;;GA;;;SY)(A;;GXGR;;;{NOVA_LOGON_SID})"),
    ),
    note="An administrator as UAC starts her programs: her powerful groups only deny, few privileges.",
)

NOVA_ELEVATED = ReadyToken(
    name=r"ASTRO\nova, elevated",
    context=SecurityContext(
        NOVA_SID,
        _groups(NOVA_LOGON_SID, _OWNER),
        _ADMINISTRATOR_PRIVILEGES,
        IntegrityLevel.HIGH,
        owner=ADMINISTRATORS,
        primary_group=DOMAIN_USERS,
        names=NAMES,
        default_dacl=_default_dacl(f"(A;;GA;;;BA)(A;;GA;;;SY)(A;;GXGR;;;{NOVA_LOGON_SID})"),
    ),
    note="The same person after 'Run as administrator': most of her privileges are there, but disabled.",
)

SYSTEM = ReadyToken(
    name=r"NT AUTHORITY\SYSTEM",
    context=SecurityContext(
        LOCAL_SYSTEM,
        (
            (ADMINISTRATORS, GroupAttributes(0x0000000E)),
            (EVERYONE, _PLAIN),
            (AUTHENTICATED_USERS, _PLAIN),
        ),
        _SYSTEM_PRIVILEGES,
        IntegrityLevel.SYSTEM,
        owner=ADMINISTRATORS,
        primary_group=LOCAL_SYSTEM,
        default_dacl=_default_dacl("(A;;GA;;;SY)(A;;RCGXGR;;;BA)"),
    ),
    note="The machine itself: what a service that runs as LocalSystem holds.",
)

TOKENS: tuple[ReadyToken, ...] = (COSMO, NOVA_FILTERED, NOVA_ELEVATED, SYSTEM)
