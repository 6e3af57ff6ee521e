"""Opening an object: find it, see which privileges skip the check, check, and give a handle.

The access check itself knows nothing of backup, debugging or folders on the way: the part of Windows that
an object belongs to looks at these before it asks. "Privilege Constants", "Process Security and Access
Rights" and "File Security and Access Rights" on Microsoft Learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tokenlab.security import AccessDecision, Rule, SecurityDescriptor, access_check
from tokenlab.security.check.decision import Reason
from tokenlab.security.check.question import type_of
from tokenlab.system import object_events
from tokenlab.system.errors import AccessDenied, Refusal, Win32Error
from tokenlab.system.handle import Handle
from tokenlab.system.handle_kinds import HANDLES
from tokenlab.system.objects import Securable, StoredObject
from tokenlab.system.token_types import ImpersonationLevel
from tokenlab.values import DirectoryRights, ProcessRights, ThreadRights

if TYPE_CHECKING:
    from tokenlab.system.process import Process
    from tokenlab.system.thread import Thread

MAXIMUM_ALLOWED = 0x02000000
SYSTEM_SECURITY = 0x01000000
BY_CREATE_FILE = 0x00100080
"""READ_ATTRIBUTES and SYNCHRONIZE: ``CreateFile`` always asks for them, too. Wine, test_file_security."""

_BACKUP = 0x00020000 | SYSTEM_SECURITY | 0x120089 | DirectoryRights.TRAVERSE
_RESTORE = 0x000C0000 | SYSTEM_SECURITY | 0x120116 | 0x10000
"""FILE_GENERIC_READ, FILE_TRAVERSE, READ_CONTROL and the SACL; FILE_GENERIC_WRITE, adding to folders, DELETE,
WRITE_DAC, WRITE_OWNER and the SACL: what "Privilege Constants" promises. A file must be opened for backup for
that. A folder always is: ``CreateFile`` takes FILE_FLAG_BACKUP_SEMANTICS to open one, and listing it
(``FindFirstFile``) asks for the same."""

_KEPT_FROM_ALL = {
    "process": ~(
        ProcessRights.QUERY_LIMITED_INFORMATION
        | ProcessRights.SET_LIMITED_INFORMATION
        | ProcessRights.SUSPEND_RESUME
        | ProcessRights.TERMINATE
        | ProcessRights.SYNCHRONIZE
    ),
    "thread": ~(
        ThreadRights.QUERY_LIMITED_INFORMATION
        | ThreadRights.SET_LIMITED_INFORMATION
        | ThreadRights.SUSPEND_RESUME
        | ThreadRights.SYNCHRONIZE
    ),
}
"""What nobody who is not protected gets to a protected process and its threads, whatever the privileges."""


def open_object(
    thread: Thread, target: Securable | str, desired: int, *, backup: bool = False, exactly: bool = False
) -> Handle:
    """Open something for a thread; see `Thread.open`.

    Raises `Refusal`: 2 or 3 (there is none), 5 (refused), 1346 (too low an impersonation level).
    """
    token = thread.effective_token
    if token.level is not None and token.level < ImpersonationLevel.IMPERSONATION:
        raise Refusal(
            Win32Error.BAD_IMPERSONATION_LEVEL, f"a thread at level {token.level.name} can open nothing"
        )
    found = thread.process.machine.objects.find(target, token.session) if isinstance(target, str) else target
    if isinstance(found, StoredObject):
        check_way(thread, found)
    kept = find_protected_rights(thread, found)

    object_type, wanted = found.object_type, map_request(found, desired, exactly=exactly)
    if kept & wanted & ~MAXIMUM_ALLOWED:
        rights = object_type.rights(kept & wanted)
        raise AccessDenied(f"{found.name} is protected: {rights!s} is for protected processes only")
    privileges = rights_by_privilege(thread, found, wanted, backup)
    granted = sum(privileges.values())
    decision = None
    if wanted & ~granted or not privileges:
        decision = check_access(thread, found, wanted & ~granted)
        granted |= decision.granted_access
    handle = thread.process.handles.add(
        HANDLES.get(object_type.name, Handle)(
            thread.process,
            0,
            found,
            object_type.rights(object_type.with_brought(granted & ~kept & ~MAXIMUM_ALLOWED)),
            decision=decision,
            privileges=privileges,
            thread=thread,
        )
    )
    for name in privileges:
        object_events.write_privilege_use(thread, name)
    carried = int(handle.granted_access)
    if privileges.keys() & {"SeBackupPrivilege", "SeRestorePrivilege"}:
        reasons = without_privileges(thread, found, carried)
    else:
        reasons = {} if decision is None else decision.reasons
    object_events.write_open(thread, found, carried, reasons, handle)
    sysmon = thread.process.machine.sysmon
    if sysmon is not None and found.kind == "Process" and found is not thread.process:
        sysmon.write_process_access(thread, cast("Process", found), int(handle.granted_access))
    return handle


def map_request(target: Securable, desired: int, *, exactly: bool = False) -> int:
    """What is really asked for: generic rights mapped, and what ``CreateFile`` adds to every mask. Raises
    ValueError for the rights of another type of object."""
    added = BY_CREATE_FILE if target.kind == "File" and not exactly else 0
    return type_of(desired, target.object_type).mapping.map(desired) | added


def check_access(thread: Thread, target: Securable, desired: int) -> AccessDecision:
    """The access check for a thread's effective token. Raises `AccessDenied` with the decision, or `Refusal`
    1314 where only a privilege could have given the SACL."""
    context = thread.context
    decision = access_check(context, target.descriptor, desired, target.object_type, parent=lender_of(target))
    for right, reason in decision.reasons.items():
        if reason.privilege:
            object_events.write_privilege_use(
                thread, reason.privilege, target, right, success=decision.granted
            )
    if not decision.granted:
        object_events.write_open(thread, target, decision.desired, decision.reasons, None)
        rights = target.object_type.rights(decision.desired)
        words = f"{context.user_label} may not open {target.name} for {rights!s}"
        if (code := Win32Error(decision.win32_error)) is not Win32Error.ACCESS_DENIED:
            raise Refusal(code, words, decision)
        raise AccessDenied(words, decision)
    return decision


def lender_of(target: Securable) -> SecurityDescriptor | None:
    """The descriptor of the folder that may lend rights to what it holds, as NTFS does it."""
    parent = target.parent if isinstance(target, StoredObject) and target.kind == "File" else None
    return None if parent is None else parent.descriptor


def without_privileges(thread: Thread, target: Securable, rights: int) -> dict[int, Reason]:
    """The reasons that events give after an open for backup: what the DACL grants, it grants; the rest, which
    only SeBackupPrivilege or SeRestorePrivilege gave, is "not granted" (1805). Events 4656 of real logs."""
    decision = access_check(
        thread.context, target.descriptor, rights, target.object_type, parent=lender_of(target)
    )
    not_granted = Reason(Rule.NOTHING_GRANTS)
    return {right: why if why.granted else not_granted for right, why in decision.reasons.items()}


def check_way(thread: Thread, target: StoredObject) -> None:
    """Every folder above must let pass, unless SeChangeNotifyPrivilege is enabled, as it nearly always is.

    Raises `AccessDenied`.
    """
    if target.kind != "File" or thread.context.has_privilege("SeChangeNotifyPrivilege"):
        return
    for folder in target.folders_above:
        decision = access_check(
            thread.context, folder.descriptor, DirectoryRights.TRAVERSE, folder.object_type
        )
        if not decision.granted:
            raise AccessDenied(
                f"SeChangeNotifyPrivilege is not enabled, and {folder.name} does not let pass", decision
            )


def find_protected_rights(thread: Thread, target: Securable) -> int:
    """What a protected process keeps from those that are not, for itself and its threads."""
    owner = getattr(target, "process", target)  # a thread is protected as its process is
    protected = getattr(owner, "protected", False) and not thread.process.protected
    return _KEPT_FROM_ALL[target.object_type.name] & 0x1FFFFF if protected else 0


def rights_by_privilege(thread: Thread, target: Securable, wanted: int, backup: bool) -> dict[str, int]:
    """The rights that enabled privileges give outside the access check, by privilege."""
    has, kind = thread.context.has_privilege, target.object_type.name
    if kind in ("process", "thread") and has("SeDebugPrivilege"):
        everything = MAXIMUM_ALLOWED | target.object_type.mapping.all
        return {"SeDebugPrivilege": everything if wanted & MAXIMUM_ALLOWED else wanted}
    given: dict[str, int] = {}
    if kind == "folder" or (backup and kind in ("file", "key")):  # CreateFile opens folders in no other way
        if has("SeBackupPrivilege"):
            given["SeBackupPrivilege"] = _BACKUP & wanted
        if has("SeRestorePrivilege"):
            given["SeRestorePrivilege"] = _RESTORE & wanted & ~given.get("SeBackupPrivilege", 0)
    return {name: rights for name, rights in given.items() if rights}
