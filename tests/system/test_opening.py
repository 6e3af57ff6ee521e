"""Opening: which privileges skip the check, where, and what the check sees."""

import pytest

from tests.system.scene import COSMO, DIARY, HOSTS, NOVA, desk, elevated, error, shell
from tokenlab import FileRights, KeyRights, ProcessRights, TokenRights
from tokenlab.security import Ace, Acl, Rule
from tokenlab.system import ImpersonationLevel, Machine, Win32Error
from tokenlab.values import DirectoryRights, ThreadRights

READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA
LOW_LEVELS = [ImpersonationLevel.ANONYMOUS, ImpersonationLevel.IDENTIFICATION]


@pytest.fixture
def machine() -> Machine:
    return desk()


def test_a_refused_open_says_which_rule_refused(machine):
    refusal = error(shell(machine, COSMO).open, HOSTS, WRITE)
    assert refusal.code is Win32Error.ACCESS_DENIED
    assert refusal.decision.reasons[WRITE].code == 1805


@pytest.mark.parametrize(
    ("desired", "carried"),
    [
        # Wine, test_file_security, which runs on Windows
        (0, 0x100080),
        (FileRights.GENERIC_WRITE, 0x120196),
        (FileRights.GENERIC_ALL, 0x1F01FF),
        # events 4663 and 5145: 433 of 434 masks of recorded attacks have both bits
        (FileRights.READ_DATA, 0x100081),
        (FileRights.GENERIC_READ, 0x120089),
    ],
)
@pytest.mark.parametrize("container", [False, True])
def test_create_file_asks_for_attributes_and_synchronize_as_well(machine, desired, carried, container):
    process = shell(machine, COSMO)
    path = r"C:\Users\cosmo\thing"
    made = process.create(path, desired, container=container)
    assert int(made.granted_access) == carried
    assert int(process.open(path, desired).granted_access) == carried


def test_what_grants_no_synchronize_lets_no_create_file_in(machine):
    """The two bits are asked for like the others: an ACE for reading alone is not enough for CreateFile."""
    process = shell(machine, COSMO)
    process.create(DIARY, READ, descriptor="D:(A;;0x1;;;WD)")
    refusal = error(process.open, DIARY, READ)
    assert refusal.decision.reasons[FileRights.SYNCHRONIZE].code == 1805
    process.open(r"HKLM\SOFTWARE", KeyRights.QUERY_VALUE)
    (handle,) = (one for one in process.handles if one.object.kind == "Key")
    assert handle.granted_access == KeyRights.QUERY_VALUE  # RegOpenKeyEx adds nothing


@pytest.mark.parametrize(
    ("desired", "carried"),
    [
        # Wine, test_process_access, on Windows 10; 33 of 33 events 4656 and Sysmon 10 with 0x400 have 0x1000
        (ProcessRights.QUERY_INFORMATION, 0x1400),
        (ProcessRights.GENERIC_READ, 0x21410),
        (ProcessRights.GENERIC_WRITE, 0x23BEA),
        (ProcessRights.GENERIC_EXECUTE, 0x121001),
        (ProcessRights.SET_INFORMATION, 0x2200),
        (ProcessRights.VM_OPERATION | ProcessRights.VM_WRITE, 0x1028),
        (ProcessRights.VM_OPERATION, 0x8),
        (ProcessRights.VM_READ, 0x10),
    ],
)
def test_some_rights_to_a_process_bring_limited_ones_along(machine, desired, carried):
    """ "Process Security and Access Rights": is automatically granted PROCESS_QUERY_LIMITED_INFORMATION."""
    process = shell(machine, COSMO)
    child = process.start("cmd.exe")
    child.descriptor = child.descriptor.with_dacl(Acl([Ace.allow(process.token.context.user, desired)]))
    handle = process.open(child, desired)
    assert int(handle.granted_access) == carried
    whole = process.open(process, ProcessRights.ALL_ACCESS)
    assert int(whole.duplicate(desired=desired).granted_access) == carried
    debugger = elevated(machine, "SeDebugPrivilege")
    assert int(debugger.open(machine.process("winlogon.exe"), desired).granted_access) == carried


@pytest.mark.parametrize(
    ("desired", "carried"),
    [
        # Wine, test_thread_security, on Windows; "Thread Security and Access Rights"
        (ThreadRights.QUERY_INFORMATION, 0x840),
        (ThreadRights.GENERIC_READ, 0x20848),
        (ThreadRights.SET_INFORMATION, 0x420),
        (ThreadRights.GET_CONTEXT, 0x8),
    ],
)
def test_some_rights_to_a_thread_bring_limited_ones_along(machine, desired, carried):
    process = shell(machine, COSMO)
    child = process.start("cmd.exe")
    assert int(process.open(child.thread, desired).granted_access) == carried


def test_an_event_tells_of_a_handle_with_all_it_carries(machine):
    """Events 4656 of lsass.exe: 0x1410 where a program asked for QUERY_INFORMATION and VM_READ."""
    admin = elevated(machine, "SeDebugPrivilege")
    admin.open(machine.process("lsass.exe"), ProcessRights.QUERY_INFORMATION | ProcessRights.VM_READ)
    assert machine.log.events(4656)[-1]["AccessMask"] == "0x1410"


def test_a_refused_open_leaves_no_handle(machine):
    process = shell(machine, COSMO)
    error(process.open, HOSTS, WRITE)
    assert not len(process.handles)


@pytest.mark.parametrize("level", LOW_LEVELS)
def test_a_thread_below_impersonation_opens_nothing(machine, level):
    """Wine advapi32: RegOpenKeyEx under Identification or Anonymous fails with 1346."""
    process = shell(machine, COSMO)
    process.thread.impersonate_self(level)
    for path, right in ((HOSTS, READ), (r"HKLM\SOFTWARE", KeyRights.READ)):
        assert error(process.open, path, right).code is Win32Error.BAD_IMPERSONATION_LEVEL
    process.revert()
    process.open(HOSTS, READ)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (r"C:\no\such", Win32Error.FILE_NOT_FOUND),
        (r"Q:\x", Win32Error.PATH_NOT_FOUND),
        ("nonsense", Win32Error.PATH_NOT_FOUND),
        (r"\\.\pipe\none", Win32Error.FILE_NOT_FOUND),
        (r"HKCU\Nothing", Win32Error.FILE_NOT_FOUND),
    ],
)
def test_what_is_not_there_is_not_found(machine, path, code):
    assert error(shell(machine, COSMO).open, path, READ).code is code


def test_paths_are_found_whatever_the_case_and_the_long_name(machine):
    process = shell(machine, COSMO)
    assert process.open(HOSTS.upper(), READ).object is process.open(HOSTS, READ).object
    user = process.token.context.user
    assert process.open(r"HKEY_CURRENT_USER\Software", KeyRights.READ).object.name == rf"HKU\{user}\Software"


# SeDebugPrivilege: OpenProcess


def test_debug_opens_any_process_without_a_check_but_only_if_enabled(machine):
    process, lsass = elevated(machine), machine.process("lsass.exe")
    assert error(process.open, lsass, ProcessRights.ALL_ACCESS).win32_error == 5
    process.token.adjust_privileges({"SeDebugPrivilege": 2})
    handle = process.open(lsass, ProcessRights.ALL_ACCESS)
    assert handle.decision is None and handle.privileges == {"SeDebugPrivilege": ProcessRights.ALL_ACCESS}
    assert "SeDebugPrivilege gives" in handle.explain()
    process.token.adjust_privileges({"SeDebugPrivilege": 4})
    assert error(process.open, lsass, ProcessRights.VM_READ).win32_error == 5


def test_debug_is_for_threads_too_and_for_nothing_else(machine):
    process = elevated(machine, "SeDebugPrivilege")
    process.open(machine.process("lsass.exe").thread, ThreadRights.ALL_ACCESS)
    assert error(process.open, r"HKLM\SAM", KeyRights.READ).win32_error == 5
    token = machine.process("lsass.exe").token
    assert error(process.open, token, TokenRights.ADJUST_PRIVILEGES).win32_error == 5


def test_debug_gives_the_maximum_where_that_is_asked_for(machine):
    process = elevated(machine, "SeDebugPrivilege")
    handle = process.open(machine.process("lsass.exe"), ProcessRights.MAXIMUM_ALLOWED)
    assert handle.granted_access == ProcessRights.ALL_ACCESS


PROTECTED = [
    (ProcessRights.VM_READ, False),
    (ProcessRights.VM_WRITE, False),
    (ProcessRights.CREATE_THREAD, False),
    (ProcessRights.DUP_HANDLE, False),
    (ProcessRights.QUERY_INFORMATION, False),
    (ProcessRights.ALL_ACCESS, False),
    (ProcessRights.QUERY_LIMITED_INFORMATION, True),
    (ProcessRights.TERMINATE, True),
    (ProcessRights.SUSPEND_RESUME, True),
]


@pytest.mark.parametrize(("right", "granted"), PROTECTED, ids=[str(row[0]) for row in PROTECTED])
def test_a_protected_process_keeps_most_rights_from_debuggers(machine, right, granted):
    """Process Security and Access Rights, "Protected Processes"."""
    machine.policy.lsa_protection = True
    process = elevated(machine, "SeDebugPrivilege")
    lsass = machine.process("lsass.exe")
    if granted:
        process.open(lsass, right)
    else:
        assert "protected" in error(process.open, lsass, right).reason


def test_the_threads_of_a_protected_process_are_protected(machine):
    process = elevated(machine, "SeDebugPrivilege")
    services = machine.process("services.exe")
    assert "protected" in error(process.open, services.thread, ThreadRights.SET_CONTEXT).reason
    process.open(services.thread, ThreadRights.SUSPEND_RESUME)


def test_the_maximum_of_a_protected_process_is_little(machine):
    process = elevated(machine, "SeDebugPrivilege")
    handle = process.open(machine.process("services.exe"), ProcessRights.MAXIMUM_ALLOWED)
    assert not handle.granted_access & (ProcessRights.VM_READ | ProcessRights.DUP_HANDLE)
    assert handle.granted_access & ProcessRights.TERMINATE


def test_a_protected_process_may_open_another(machine):
    machine.process("csrss.exe").open(machine.process("services.exe"), ProcessRights.VM_READ)


# SeBackupPrivilege and SeRestorePrivilege: opened for backup, and not otherwise

SAM = r"C:\Windows\System32\config\SAM"
NOTEPAD = r"C:\Windows\System32\notepad.exe"


@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("backup", [False, True])
def test_backup_reads_what_the_dacl_keeps_only_if_enabled_and_asked_for(machine, enabled, backup):
    process = shell(machine, COSMO)
    context = process.token.context.with_privilege("SeBackupPrivilege", enabled=enabled)
    process.token.context = context
    if enabled and backup:
        handle = process.open(SAM, FileRights.READ, backup=True)
        assert handle.privileges == {"SeBackupPrivilege": FileRights.READ}
    else:
        assert error(process.open, SAM, FileRights.READ, backup=backup).win32_error == 5


@pytest.mark.parametrize("enabled", [False, True])
@pytest.mark.parametrize("backup", [False, True])
def test_a_folder_is_listed_by_backup_without_asking_for_it(machine, enabled, backup):
    """PowerShell/PowerShell#20770, windirstat/windirstat#5: the privilege enabled is enough, for folders.

    ``CreateFile`` opens a folder with FILE_FLAG_BACKUP_SEMANTICS only, and ``FindFirstFile`` does the same.
    """
    process = shell(machine, COSMO)
    process.token.context = process.token.context.with_privilege("SeBackupPrivilege", enabled=enabled)
    config = r"C:\Windows\System32\config"
    if enabled:
        handle = process.open(config, DirectoryRights.LIST_DIRECTORY, backup=backup)
        assert handle.names() == ["SAM"] and handle.privileges.keys() == {"SeBackupPrivilege"}
    else:
        refusal = error(process.open, config, DirectoryRights.LIST_DIRECTORY, backup=backup)
        assert refusal.win32_error == 5


def test_restore_changes_a_folder_without_asking_for_it(machine):
    process = elevated(machine, "SeRestorePrivilege")
    windows = r"C:\Windows"
    process.open(windows, DirectoryRights.WRITE_DAC)
    process.token.adjust_privileges({"SeRestorePrivilege": 0})
    assert error(process.open, windows, DirectoryRights.WRITE_DAC).win32_error == 5


def test_backup_does_not_write_and_restore_does_not_read(machine):
    process = shell(machine, COSMO)
    plain = process.token.context
    process.token.context = plain.with_privilege("SeBackupPrivilege")
    assert error(process.open, SAM, FileRights.WRITE, backup=True).win32_error == 5
    process.token.context = plain.with_privilege("SeRestorePrivilege")
    assert error(process.open, SAM, READ, backup=True).win32_error == 5
    for right in (FileRights.WRITE_DATA, FileRights.WRITE_DAC, FileRights.WRITE_OWNER, FileRights.DELETE):
        process.open(NOTEPAD, right, backup=True)
    # "Any access request other than write is still evaluated with the ACL" (Privilege Constants)
    refusal = error(process.open, SAM, FileRights.WRITE | READ, backup=True)
    assert refusal.decision.desired == READ | FileRights.READ_ATTRIBUTES
    assert error(process.open, SAM, WRITE, backup=True).decision.desired == FileRights.READ_ATTRIBUTES


def test_backup_opens_the_keys_that_administrators_cannot_read(machine):
    process = elevated(machine, "SeBackupPrivilege")
    assert error(process.open, r"HKLM\SAM", KeyRights.QUERY_VALUE).win32_error == 5
    process.open(r"HKLM\SAM", KeyRights.QUERY_VALUE, backup=True)


# The privileges that the check itself looks at


def test_take_ownership_opens_for_nothing_but_write_owner(machine):
    process = elevated(machine, "SeTakeOwnershipPrivilege")
    handle = process.open(r"HKLM\SAM", KeyRights.WRITE_OWNER)
    assert handle.decision.reasons[KeyRights.WRITE_OWNER].privilege == "SeTakeOwnershipPrivilege"
    assert error(process.open, r"HKLM\SAM", KeyRights.WRITE_OWNER | KeyRights.QUERY_VALUE).win32_error == 5


def test_the_sacl_is_for_the_security_privilege(machine):
    """SACL Access Right; Samba smb2.maximum_allowed: STATUS_PRIVILEGE_NOT_HELD, not ACCESS_DENIED."""
    refusal = error(elevated(machine).open, HOSTS, FileRights.ACCESS_SYSTEM_SECURITY)
    assert refusal.code is Win32Error.PRIVILEGE_NOT_HELD and refusal.decision.win32_error == 1314
    elevated(machine, "SeSecurityPrivilege").open(HOSTS, FileRights.ACCESS_SYSTEM_SECURITY)


# SeChangeNotifyPrivilege: the way to a file


def test_without_change_notify_every_folder_above_must_let_pass(machine):
    """Bypass traverse checking: what the file itself says is not enough then."""
    process = shell(machine, COSMO)
    owner = process.create(r"C:\Users\cosmo\gate", DirectoryRights.ALL_ACCESS, container=True)
    process.create(r"C:\Users\cosmo\gate\inner.txt", READ, descriptor="D:(A;;FA;;;WD)")
    owner.set_dacl("D:P")
    process.open(r"C:\Users\cosmo\gate\inner.txt", READ)
    process.token.adjust_privileges({"SeChangeNotifyPrivilege": 0})
    refusal = error(process.open, r"C:\Users\cosmo\gate\inner.txt", READ)
    assert r"C:\Users\cosmo\gate does not let pass" in refusal.reason
    assert refusal.decision.desired == DirectoryRights.TRAVERSE


def test_keys_have_no_way_to_check(machine):
    process = shell(machine, COSMO)
    process.token.adjust_privileges({"SeChangeNotifyPrivilege": 0})
    process.open(r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa", KeyRights.QUERY_VALUE)


# What is created


def test_a_new_file_takes_what_its_folder_passes_on(machine):
    process = shell(machine, COSMO)
    handle = process.create(DIARY, FileRights.ALL_ACCESS)
    user = process.token.context.user
    assert str(handle.descriptor.dacl) == f"(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;{user})"
    assert handle.descriptor.owner == user


def test_what_an_administrator_makes_belongs_to_administrators(machine):
    handle = elevated(machine).create(r"C:\Windows\new.txt", FileRights.READ_CONTROL)
    assert handle.descriptor.owner == "S-1-5-32-544"


def test_creating_needs_a_right_to_the_folder(machine):
    process = shell(machine, COSMO)
    refusal = error(process.create, r"C:\Windows\new.txt", FileRights.ALL_ACCESS)
    assert refusal.decision.desired == DirectoryRights.ADD_FILE
    assert machine.objects.files.find(r"C:\Windows\new.txt") is None
    assert error(process.create, r"HKLM\SOFTWARE\New", KeyRights.READ).win32_error == 5


def test_a_name_is_used_once(machine):
    process = shell(machine, COSMO)
    process.create(DIARY, READ).close()
    assert error(process.create, DIARY, READ).code is Win32Error.ALREADY_EXISTS


def test_a_folder_lends_the_right_to_delete(machine):
    """[MS-FSA] 2.1.5.1.2.1; seen as reason 1811 in events 4656."""
    process = shell(machine, COSMO)
    process.create(DIARY, FileRights.ALL_ACCESS).set_dacl("D:P(A;;FR;;;WD)")
    handle = process.open(DIARY, FileRights.DELETE)
    assert handle.decision.trail[0][0] is Rule.PARENT
    handle.delete()
    assert error(process.open, DIARY, READ).code is Win32Error.FILE_NOT_FOUND


def test_drive_letters_belong_to_the_logon_session(machine):
    process = shell(machine, COSMO)
    process.map_drive("z:", r"C:\Users\Public")
    assert process.open("Z:\\", DirectoryRights.LIST_DIRECTORY).names() == []
    assert process.start("cmd.exe").drives == {"Z:": r"C:\Users\Public"}
    assert error(process.map_drive, "Z:", "C:\\").code is Win32Error.ALREADY_ASSIGNED
    other = process.start_with_logon(*COSMO, "cmd.exe")
    assert error(other.open, "Z:\\", DirectoryRights.LIST_DIRECTORY).code is Win32Error.PATH_NOT_FOUND


@pytest.mark.parametrize("setting", [False, True])
def test_a_mapped_share_is_there_for_both_halves_only_with_linked_connections(machine, setting):
    """EnableLinkedConnections: mapped drives are not available from an elevated prompt (Microsoft Learn);
    windirstat#379, notepad-plus-plus#8976."""
    machine.policy.enable_linked_connections = setting
    process = shell(machine, NOVA)
    console = process.elevate("cmd.exe")
    process.map_drive("P:", r"\\MISTAKENOT-SRV1\plans")
    console.map_drive("Q:", r"\\MISTAKENOT-SRV2\plans")
    assert (("P:" in console.drives), ("Q:" in process.drives)) == (setting, setting)
    process.map_drive("T:", r"C:\Temp")
    assert "T:" not in console.drives, "a folder is no connection"
    other = shell(machine, COSMO)
    assert not other.drives


def test_what_edits_security_asks_for_no_more_than_it_needs(machine):
    """``SetNamedSecurityInfo`` opens with WRITE_OWNER alone: so takeown works where ``CreateFile``, which
    adds READ_ATTRIBUTES and SYNCHRONIZE, is refused."""
    owner = shell(machine, COSMO)
    path = r"C:\Users\cosmo\alone"
    descriptor = f"D:P(A;OICI;FA;;;{owner.token.context.user})"
    owner.create(path, FileRights.READ_DATA, container=True, descriptor=descriptor)
    owner.create(path + r"\diary.txt", FileRights.ALL_ACCESS)
    admin = elevated(machine, "SeTakeOwnershipPrivilege")
    assert "SYNCHRONIZE" in error(admin.open, path + r"\diary.txt", FileRights.WRITE_OWNER).reason
    handle = admin.open(path + r"\diary.txt", FileRights.WRITE_OWNER, exactly=True)
    assert handle.granted_access == FileRights.WRITE_OWNER


def test_rights_of_another_type_of_object_are_refused_however_it_is_opened(machine):
    """No call of Windows is told a type: a constant of another type is a programmer's mistake."""
    process = shell(machine, COSMO)
    handle = process.open(HOSTS, READ)
    asks = (
        lambda: process.open(HOSTS, KeyRights.QUERY_VALUE),
        lambda: process.create(r"C:\Users\cosmo\thing", KeyRights.QUERY_VALUE),
        lambda: process.open(process, KeyRights.QUERY_VALUE),
        lambda: handle.duplicate(desired=KeyRights.QUERY_VALUE),
    )
    for ask in asks:
        with pytest.raises(ValueError, match=r"are rights to a key, the object is a (file|process)"):
            ask()
    assert process.open(HOSTS, READ | DirectoryRights.READ_EA), "files and folders share their numbers"
