"""Who may do what on a machine as a whole: logon rights, privileges, and the settings of UAC.

Defaults of a client: "User Rights Assignment" and "User Account Control settings" on Microsoft Learn
(``secpol.msc``; the settings lie under HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tokenlab.system.release import WINDOWS_10_1809, WindowsRelease
from tokenlab.values import Privilege, Sid
from tokenlab.values.well_known import (
    ADMINISTRATORS,
    BACKUP_OPERATORS,
    EVERYONE,
    GUESTS,
    LOCAL_SERVICE,
    NETWORK_SERVICE,
    REMOTE_DESKTOP_USERS,
    SERVICE,
    USERS,
    WINDOW_MANAGER_GROUP,
)

PERFORMANCE_LOG_USERS = Sid("S-1-5-32-559")
ALL_SERVICES = Sid("S-1-5-80-0")
ALL_APPLICATION_POOLS = Sid("S-1-5-82-0")

# Account rights ("Account Rights Constants"): they open the door, and no token shows them.
_ACCOUNT_RIGHTS = {
    "SeInteractiveLogonRight": (ADMINISTRATORS, BACKUP_OPERATORS, USERS),
    "SeNetworkLogonRight": (ADMINISTRATORS, BACKUP_OPERATORS, EVERYONE, USERS),
    "SeBatchLogonRight": (ADMINISTRATORS, BACKUP_OPERATORS, PERFORMANCE_LOG_USERS),
    "SeServiceLogonRight": (ALL_SERVICES, ALL_APPLICATION_POOLS),
    "SeRemoteInteractiveLogonRight": (ADMINISTRATORS, REMOTE_DESKTOP_USERS),
    "SeDenyInteractiveLogonRight": (GUESTS,),
    "SeDenyNetworkLogonRight": (GUESTS,),
    "SeDenyBatchLogonRight": (),
    "SeDenyServiceLogonRight": (),
    "SeDenyRemoteInteractiveLogonRight": (),
}

# Privileges by their short names: LSA puts them into the token, most of them disabled.
_PRIVILEGES = {
    EVERYONE: "ChangeNotify",
    USERS: "Shutdown ChangeNotify Undock IncreaseWorkingSet TimeZone",
    ADMINISTRATORS: "IncreaseQuota Security TakeOwnership LoadDriver SystemProfile Systemtime"
    " ProfileSingleProcess IncreaseBasePriority CreatePagefile Backup Restore Shutdown Debug"
    " SystemEnvironment ChangeNotify RemoteShutdown Undock ManageVolume Impersonate CreateGlobal"
    " IncreaseWorkingSet TimeZone CreateSymbolicLink DelegateSessionUserImpersonate",
    BACKUP_OPERATORS: "Backup Restore Shutdown ChangeNotify",
    SERVICE: "Impersonate CreateGlobal",
    LOCAL_SERVICE: "AssignPrimaryToken IncreaseQuota Systemtime Audit Impersonate CreateGlobal TimeZone",
    NETWORK_SERVICE: "AssignPrimaryToken IncreaseQuota Audit Impersonate CreateGlobal",
    ALL_APPLICATION_POOLS: "AssignPrimaryToken IncreaseQuota Audit",
    WINDOW_MANAGER_GROUP: "AssignPrimaryToken IncreaseBasePriority Audit Impersonate",
}


def privilege(short_name: str) -> Privilege:
    """``privilege("Debug")`` is SeDebugPrivilege."""
    return Privilege(f"Se{short_name}Privilege")


@dataclass
class LocalPolicy:
    """Rights granted to SIDs, and settings under the names of their registry values.

    ``rights`` maps an account right or a privilege to the SIDs that have it. Raises ValueError for a name
    that is neither.
    """

    rights: dict[str, set[Sid]] = field(default_factory=dict)
    enable_lua: bool = True
    """EnableLUA: whether UAC is on at all."""
    filter_administrator_token: bool = False
    """FilterAdministratorToken: whether UAC splits the built-in Administrator (RID 500) too."""
    local_account_token_filter_policy: bool = False
    """LocalAccountTokenFilterPolicy: True lets local administrators in over the network unfiltered."""
    enable_linked_connections: bool = False
    """EnableLinkedConnections: whether a share that one half of a split logon maps is there for the other."""
    cached_logons_count: int = 10
    """CachedLogonsCount: for how many accounts a verifier is left for the day the domain is away."""
    everyone_includes_anonymous: bool = False
    """EveryoneIncludesAnonymous: whether Everyone counts the nameless in."""
    lsa_protection: bool = False
    """RunAsPPL: whether lsass.exe is a protected process; looked at when Windows starts."""
    credential_guard: bool = False
    """LsaCfgFlags: whether hashes and the keys of TGTs lie in LSAIso.exe, out of reach for lsass.exe."""
    administrator_protection: bool = False
    """TypeOfAdminApprovalMode = 2: elevation is a logon of another account. Needs a release that has it."""
    disable_restricted_admin: bool = True
    """DisableRestrictedAdmin: 0 (False) lets desktops come by Restricted Admin or Remote Credential Guard."""
    disable_loopback_check: bool = False
    """DisableLoopbackCheck: True lets a machine speak NTLM to itself under any name."""
    back_connection_host_names: frozenset[str] = frozenset()
    """BackConnectionHostNames: names of its own under which a machine may speak NTLM to itself."""
    full_privilege_auditing: bool = False
    """FullPrivilegeAuditing: whether the use of seven more privileges is written down (`NOT_AUDITED`)."""
    release: WindowsRelease = WINDOWS_10_1809
    """What there is to be set at all."""

    @classmethod
    def of_a_client(cls) -> LocalPolicy:
        """The defaults of a workstation."""
        policy = cls({right: set(sids) for right, sids in _ACCOUNT_RIGHTS.items()})
        for sid, names in _PRIVILEGES.items():
            for name in names.split():
                policy.grant(sid, privilege(name))
        return policy

    @classmethod
    def of_a_controller(cls) -> LocalPolicy:
        """The defaults of a domain controller: users log on over the network only."""
        policy = cls.of_a_client()
        policy.rights["SeInteractiveLogonRight"].discard(USERS)
        policy.rights["SeRemoteInteractiveLogonRight"].discard(REMOTE_DESKTOP_USERS)
        policy.grant(ADMINISTRATORS, "SeEnableDelegationPrivilege")
        return policy

    @property
    def protects_administrators(self) -> bool:
        """True if Administrator protection is on, and the release has it."""
        return self.administrator_protection and self.release.administrator_protection

    def grant(self, sid: Sid | str, *rights: str) -> None:
        """Give rights or privileges to a SID (``LsaAddAccountRights``)."""
        for right in rights:
            self.rights.setdefault(_known(right), set()).add(Sid(sid))

    def revoke(self, sid: Sid | str, *rights: str) -> None:
        """Take them away again (``LsaRemoveAccountRights``); tokens that exist keep what they have."""
        for right in rights:
            self.rights.get(_known(right), set()).discard(Sid(sid))

    def holds(self, right: str, sids: Iterable[str]) -> bool:
        """True if one of these SIDs has the right."""
        return not self.rights.get(right, set()).isdisjoint(sids)

    def may_log_on(self, right: str | None, sids: Iterable[str]) -> bool:
        """True if the logon right is there and not denied; ``SeDeny...`` always wins."""
        if right is None:
            return True
        sids = tuple(sids)
        return self.holds(right, sids) and not self.holds(right.replace("Se", "SeDeny", 1), sids)

    def privileges_of(self, sids: Iterable[str]) -> tuple[Privilege, ...]:
        """All privileges of these SIDs together, in the order of their LUIDs."""
        sids = frozenset(sids)
        found = {
            Privilege(right)
            for right, holders in self.rights.items()
            if right not in _ACCOUNT_RIGHTS and not holders.isdisjoint(sids)
        }
        return tuple(sorted(found, key=lambda one: (one.luid, one)))


def _known(right: str) -> str:
    if right in _ACCOUNT_RIGHTS:
        return right
    if right.endswith("LogonRight"):
        raise ValueError(
            f"{right!r} is not an account right: expected one of {', '.join(sorted(_ACCOUNT_RIGHTS))}"
        )
    return Privilege(right)
