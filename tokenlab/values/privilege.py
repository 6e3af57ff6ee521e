"""Privileges: rights to do things on a machine, whatever a DACL says.

Names and LUIDs: winnt.h and [MS-LSAD] 3.1.1.2.1; descriptions: what ``whoami /priv`` shows on an English
Windows ("Privilege Constants" on Microsoft Learn names the user rights).
"""

from __future__ import annotations

from enum import IntFlag

from tokenlab.values.luid import Luid

_TABLE = """
2 SE_CREATE_TOKEN_NAME SeCreateTokenPrivilege Create a token object
3 SE_ASSIGNPRIMARYTOKEN_NAME SeAssignPrimaryTokenPrivilege Replace a process level token
4 SE_LOCK_MEMORY_NAME SeLockMemoryPrivilege Lock pages in memory
5 SE_INCREASE_QUOTA_NAME SeIncreaseQuotaPrivilege Adjust memory quotas for a process
6 SE_MACHINE_ACCOUNT_NAME SeMachineAccountPrivilege Add workstations to domain
6 SE_UNSOLICITED_INPUT_NAME SeUnsolicitedInputPrivilege Read unsolicited input from a terminal device (obsolete)
7 SE_TCB_NAME SeTcbPrivilege Act as part of the operating system
8 SE_SECURITY_NAME SeSecurityPrivilege Manage auditing and security log
9 SE_TAKE_OWNERSHIP_NAME SeTakeOwnershipPrivilege Take ownership of files or other objects
10 SE_LOAD_DRIVER_NAME SeLoadDriverPrivilege Load and unload device drivers
11 SE_SYSTEM_PROFILE_NAME SeSystemProfilePrivilege Profile system performance
12 SE_SYSTEMTIME_NAME SeSystemtimePrivilege Change the system time
13 SE_PROF_SINGLE_PROCESS_NAME SeProfileSingleProcessPrivilege Profile single process
14 SE_INC_BASE_PRIORITY_NAME SeIncreaseBasePriorityPrivilege Increase scheduling priority
15 SE_CREATE_PAGEFILE_NAME SeCreatePagefilePrivilege Create a pagefile
16 SE_CREATE_PERMANENT_NAME SeCreatePermanentPrivilege Create permanent shared objects
17 SE_BACKUP_NAME SeBackupPrivilege Back up files and directories
18 SE_RESTORE_NAME SeRestorePrivilege Restore files and directories
19 SE_SHUTDOWN_NAME SeShutdownPrivilege Shut down the system
20 SE_DEBUG_NAME SeDebugPrivilege Debug programs
21 SE_AUDIT_NAME SeAuditPrivilege Generate security audits
22 SE_SYSTEM_ENVIRONMENT_NAME SeSystemEnvironmentPrivilege Modify firmware environment values
23 SE_CHANGE_NOTIFY_NAME SeChangeNotifyPrivilege Bypass traverse checking
24 SE_REMOTE_SHUTDOWN_NAME SeRemoteShutdownPrivilege Force shutdown from a remote system
25 SE_UNDOCK_NAME SeUndockPrivilege Remove computer from docking station
26 SE_SYNC_AGENT_NAME SeSyncAgentPrivilege Synchronize directory service data
27 SE_ENABLE_DELEGATION_NAME SeEnableDelegationPrivilege Enable computer and user accounts to be trusted for delegation
28 SE_MANAGE_VOLUME_NAME SeManageVolumePrivilege Perform volume maintenance tasks
29 SE_IMPERSONATE_NAME SeImpersonatePrivilege Impersonate a client after authentication
30 SE_CREATE_GLOBAL_NAME SeCreateGlobalPrivilege Create global objects
31 SE_TRUSTED_CREDMAN_ACCESS_NAME SeTrustedCredManAccessPrivilege Access Credential Manager as a trusted caller
32 SE_RELABEL_NAME SeRelabelPrivilege Modify an object label
33 SE_INC_WORKING_SET_NAME SeIncreaseWorkingSetPrivilege Increase a process working set
34 SE_TIME_ZONE_NAME SeTimeZonePrivilege Change the time zone
35 SE_CREATE_SYMBOLIC_LINK_NAME SeCreateSymbolicLinkPrivilege Create symbolic links
36 SE_DELEGATE_SESSION_USER_IMPERSONATE_NAME SeDelegateSessionUserImpersonatePrivilege \
Obtain an impersonation token for another user in the same session
"""

_ROWS = {
    name: (Luid(int(number)), constant, description)
    for number, constant, name, description in (line.split(" ", 3) for line in _TABLE.strip().splitlines())
}
_LOWER = {name.lower(): name for name in _ROWS}


class Privilege(str):
    """A privilege *is* its name, ``SeDebugPrivilege``; case does not matter on the way in.

    >>> Privilege("sedebugprivilege")
    Privilege('SeDebugPrivilege')

    Raises ValueError for a name that Windows does not know, with the nearest ones.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> Privilege:
        known = _PRIVILEGES.get(name)
        if known is None:
            known = _PRIVILEGES.get(_LOWER.get(name.lower(), ""))
        if known is None:
            from difflib import get_close_matches  # only for a mistake

            near = get_close_matches(name, _ROWS, n=2, cutoff=0.5) or ["SeDebugPrivilege"]
            raise ValueError(f"{name!r} is not a privilege: expected a name such as {' or '.join(near)}")
        return known

    @classmethod
    def from_luid(cls, luid: int) -> Privilege:
        """The privilege with this LUID, the same on every Windows. Raises ValueError."""
        for name, (number, _, _) in _ROWS.items():
            if number == luid:
                return cls(name)
        raise ValueError(f"{luid} is not the LUID of a privilege: expected 2 to 36, for example 20 (SeDebug)")

    @property
    def luid(self) -> Luid:
        """Its LUID, which only looks as if it could differ from machine to machine."""
        return _ROWS[self][0]

    @property
    def constant(self) -> str:
        """Its name in winnt.h: SE_DEBUG_NAME."""
        return _ROWS[self][1]

    @property
    def description(self) -> str:
        """What ``whoami /priv`` says it is for."""
        return _ROWS[self][2]

    def __repr__(self) -> str:
        return f"Privilege({str.__str__(self)!r})"


_PRIVILEGES = {name: str.__new__(Privilege, name) for name in _ROWS}
PRIVILEGES = tuple(_PRIVILEGES.values())


class PrivilegeAttributes(IntFlag):
    """The state of a privilege in a token (``SE_PRIVILEGE_...``, winnt.h)."""

    ENABLED_BY_DEFAULT = 0x00000001
    ENABLED = 0x00000002
    REMOVED = 0x00000004
    USED_FOR_ACCESS = 0x80000000
