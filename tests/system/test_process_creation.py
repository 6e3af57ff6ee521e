"""Starting programs: whose token, what it takes, who is the parent, what the log says."""

import pytest

from tests.system.scene import COSMO, HOSTS, LAIKA, NOVA, desk, elevated, error, shell
from tokenlab import FileRights, IntegrityLevel, LogonType, ProcessRights
from tokenlab.security import SecurityDescriptor
from tokenlab.system import ElevationType, ImpersonationLevel, Machine, TokenType, Win32Error


@pytest.fixture
def machine() -> Machine:
    return desk()


def started(process):
    """The 4688 of this process."""
    (event,) = [
        event for event in process.machine.log.events(4688) if event["NewProcessId"] == f"{process.pid:#x}"
    ]
    return event


# CreateProcess


def test_a_child_has_its_own_copy_of_the_parents_token(machine):
    parent = shell(machine, COSMO)
    child = parent.start("notepad.exe")
    assert child.token is not parent.token and child.token.token_id != parent.token.token_id
    assert child.token.context == parent.token.context
    assert child.token.authentication_id == parent.token.authentication_id
    child.token.adjust_privileges({"SeShutdownPrivilege": 2})
    assert child.token.context.has_privilege("SeShutdownPrivilege")
    assert not parent.token.context.has_privilege("SeShutdownPrivilege")


def test_a_child_takes_what_its_parent_has_become(machine):
    parent = shell(machine, COSMO)
    parent.token.adjust_privileges({"SeTimeZonePrivilege": 4})
    assert "SeTimeZonePrivilege" not in {
        state.privilege for state in parent.start("cmd.exe").token.context.privileges
    }


def test_an_impersonating_thread_starts_children_as_the_process(machine):
    """CreateProcessW: "If the calling process is impersonating another user, the new process uses the token
    for the calling process"."""
    spooler = machine.start_service("Spooler")
    spooler.impersonate(machine.log_on(*COSMO))
    child = spooler.start("cmd.exe")
    assert child.token.context.user == spooler.token.context.user != spooler.thread.context.user
    assert child.thread.token is None


def test_the_default_dacl_of_the_creator_protects_a_process(machine):
    """CreateProcessW: from the primary token of the creator."""
    process = shell(machine, COSMO)
    user = process.token.context.user
    logon = process.token.session.logon_sid
    text = f"D:(A;;0x1fffff;;;{user})(A;;0x1fffff;;;SY)(A;;0x121411;;;{logon})S:(ML;;NWNR;;;ME)"
    assert str(process.descriptor).endswith(str(SecurityDescriptor.from_sddl(text)))


def test_a_program_with_a_low_label_runs_low(machine):
    """ "How the Integrity Mechanism is implemented": the lesser of the two, with NEW_PROCESS_MIN."""
    process = shell(machine, COSMO)
    file = machine.objects.files.find(r"C:\Windows\System32\notepad.exe")
    file.descriptor = SecurityDescriptor.from_sddl(f"{file.descriptor}S:(ML;;NW;;;LW)")
    assert process.start("notepad.exe").token.context.integrity == IntegrityLevel.LOW
    assert process.start("cmd.exe").token.context.integrity == IntegrityLevel.MEDIUM


def test_a_started_program_is_named_with_its_arguments(machine):
    process = shell(machine, COSMO).start("cmd.exe /c dir")
    assert process.image == r"C:\Windows\System32\cmd.exe"
    assert process.command_line == "cmd.exe /c dir"


# A claimed parent


def test_a_child_of_a_claimed_parent_has_that_ones_token_and_handles(machine):
    """``UpdateProcThreadAttribute``: handles, the device map and the process token come from the parent that
    is named; ATT&CK T1134.004."""
    caller, winlogon = elevated(machine, "SeDebugPrivilege"), machine.process("winlogon.exe")
    hers, theirs = (one.open(HOSTS, FileRights.READ_DATA) for one in (caller, winlogon))
    hers.inheritable = theirs.inheritable = True
    child = caller.start(
        "cmd.exe", parent=caller.open(winlogon, ProcessRights.CREATE_PROCESS), inherit_handles=True
    )
    assert child.token.context == winlogon.token.context != caller.token.context
    assert child.token.authentication_id == winlogon.token.authentication_id
    assert [handle.value for handle in child.handles] == [theirs.value]


def test_the_log_names_the_claimed_parent_and_the_account_of_the_real_one(machine):
    """Recorded starts by seclogon (OTRF): the subject is SYSTEM, who called, the parent the claimed one."""
    caller, winlogon = elevated(machine, "SeDebugPrivilege"), machine.process("winlogon.exe")
    child = caller.start("cmd.exe", parent=caller.open(winlogon, ProcessRights.CREATE_PROCESS))
    assert (child.parent, child.created_by) == (winlogon, caller)
    event = started(child)
    assert event["ProcessId"] == f"{winlogon.pid:#x}" and event["ParentProcessName"] == winlogon.image
    assert event["SubjectLogonId"] == str(caller.token.authentication_id)
    assert (event["TargetLogonId"], event["MandatoryLabel"]) == ("0x3e7", "S-1-16-16384")
    assert f"{caller.pid:#x}" not in event.values()


def test_a_child_of_a_claimed_parent_is_protected_by_the_callers_default_dacl(machine):
    """No source was found: as for every process, the creator's."""
    caller, winlogon = elevated(machine, "SeDebugPrivilege"), machine.process("winlogon.exe")
    child = caller.start("cmd.exe", parent=caller.open(winlogon, ProcessRights.CREATE_PROCESS))
    assert child.descriptor.dacl == caller.start("cmd.exe").descriptor.dacl != winlogon.descriptor.dacl


@pytest.mark.parametrize("rights", [ProcessRights.QUERY_INFORMATION, ProcessRights.DUP_HANDLE])
def test_to_claim_a_parent_takes_create_process_on_it(machine, rights):
    """The page of the attribute: the handle must have PROCESS_CREATE_PROCESS."""
    caller = shell(machine, COSMO)
    other = caller.start("notepad.exe")
    refusal = error(caller.start, "cmd.exe", parent=caller.open(other, rights))
    assert refusal.code is Win32Error.ACCESS_DENIED
    assert caller.start("cmd.exe", parent=caller.open(other, ProcessRights.CREATE_PROCESS)).parent is other


def test_nobody_claims_a_parent_that_is_protected_or_is_no_process(machine):
    """Protected Processes: PROCESS_CREATE_PROCESS is not among the rights that a debugger gets."""
    caller = elevated(machine, "SeDebugPrivilege")
    refusal = error(caller.open, machine.process("services.exe"), ProcessRights.CREATE_PROCESS)
    assert refusal.code is Win32Error.ACCESS_DENIED
    file = caller.open(HOSTS, FileRights.READ_DATA)
    assert error(caller.start, "cmd.exe", parent=file).code is Win32Error.INVALID_HANDLE
    plain = shell(machine, COSMO)
    assert error(plain.open, machine.process("winlogon.exe"), 0x80).code is Win32Error.ACCESS_DENIED


def test_windows_claims_the_caller_as_parent_where_a_service_starts_the_program(machine):
    """AppInfo and seclogon start it and name who asked as its parent (winsiderss/systeminformer#354)."""
    her = shell(machine, NOVA)
    service = machine.process("svchost.exe")
    for child in (her.elevate("cmd.exe"), her.start_with_logon(*COSMO, "cmd.exe")):
        assert (child.parent, child.created_by) == (her, service)
        assert started(child)["SubjectLogonId"] == "0x3e7"
    plain = her.start("cmd.exe")
    assert plain.created_by is plain.parent is her


# The shell


def test_winlogon_starts_the_shell_by_way_of_userinit(machine):
    """*Windows Internals*: userinit.exe starts the shell and ends."""
    process = shell(machine, COSMO)
    userinit = process.parent
    assert (userinit.name, userinit.parent.name, userinit.alive) == ("userinit.exe", "winlogon.exe", False)
    event = started(userinit)
    assert (event["SubjectLogonId"], event["TargetUserName"]) == ("0x3e7", "cosmo")
    assert started(process)["SubjectUserName"] == "cosmo" and started(process)["TargetUserName"] == "-"


def test_a_person_gets_a_profile_of_their_own(machine):
    process = shell(machine, COSMO)
    assert machine.objects.files.find(r"C:\Users\cosmo\Documents") is not None
    laika = shell(machine, LAIKA)
    assert error(laika.open, r"C:\Users\cosmo\Documents", 1).win32_error == 5
    process.open(r"C:\Users\cosmo\Documents", 1)


# CreateProcessAsUser


def test_a_token_filtered_from_ones_own_may_be_given_to_a_child(machine):
    """CreateProcessAsUserW: no SeAssignPrimaryTokenPrivilege for a restricted version of one's own token."""
    process = shell(machine, COSMO)
    token = process.token.restrict(disable=["S-1-5-32-545"])
    assert process.start_as_user(token, "cmd.exe").token.context == token.context


def test_a_filter_of_a_filter_is_somebody_elses_token(machine):
    """Forshaw, listing 4-30."""
    process = shell(machine, COSMO)
    twice = process.token.restrict().restrict()
    assert error(process.start_as_user, twice, "cmd.exe").code is Win32Error.PRIVILEGE_NOT_HELD


def test_a_sibling_may_be_given_too(machine):
    process = shell(machine, COSMO)
    one, other = process.token.restrict(), process.token.restrict()
    child = process.start_as_user(one, "cmd.exe")
    assert child.start_as_user(other, "cmd.exe").alive


def test_any_other_token_takes_two_privileges(machine):
    process, token = shell(machine, COSMO), machine.log_on(*NOVA)
    refusal = error(process.start_as_user, token, "cmd.exe")
    assert refusal.code is Win32Error.PRIVILEGE_NOT_HELD and "SeAssignPrimaryTokenPrivilege" in refusal.reason
    context = process.token.context.with_privilege("SeAssignPrimaryTokenPrivilege")
    process.token.context = context
    assert "SeIncreaseQuotaPrivilege" in error(process.start_as_user, token, "cmd.exe").reason
    process.token.context = context.with_privilege("SeIncreaseQuotaPrivilege", enabled=False)
    assert process.start_as_user(token, "cmd.exe").token.context == token.context


def test_an_impersonation_token_becomes_primary_if_its_level_suffices(machine):
    """Windows 7 and later; Wine advapi32."""
    service = machine.start_service("Spooler")
    token = machine.log_on(*COSMO, LogonType.NETWORK)
    assert token.token_type is TokenType.IMPERSONATION
    assert service.start_as_user(token, "cmd.exe").token.token_type is TokenType.PRIMARY
    looking = token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IDENTIFICATION)
    before = len(machine.processes)
    assert error(service.start_as_user, looking, "cmd.exe").code is Win32Error.BAD_IMPERSONATION_LEVEL
    assert len(machine.processes) == before


# CreateProcessWithTokenW, CreateProcessWithLogonW


def test_with_token_takes_the_impersonate_privilege(machine):
    token = machine.log_on(*COSMO)
    refusal = error(shell(machine, COSMO).start_with_token, token, "cmd.exe")
    assert refusal.code is Win32Error.PRIVILEGE_NOT_HELD and "SeImpersonatePrivilege" in refusal.reason
    admin = elevated(machine)
    child = admin.start_with_token(token, "cmd.exe")
    assert (child.token.context.user, child.parent) == (token.context.user, admin)
    assert started(child)["SubjectLogonId"] == "0x3e7"


def test_runas_logs_on_and_names_the_caller_as_parent(machine):
    """The 4624 and 4688 of a recorded runas: seclogo, type 2, done by SYSTEM for the caller's process."""
    process = shell(machine, COSMO)
    child = process.start_with_logon(*NOVA, "cmd.exe")
    assert child.parent is process and child.token.elevation_type is ElevationType.LIMITED
    event = started(child)
    assert (event["SubjectLogonId"], event["ProcessId"]) == ("0x3e7", f"{process.pid:#x}")
    assert (event["TargetUserName"], event["TokenElevationType"]) == ("nova", "%%1938")
    logon = machine.log.events(4624)[-1]
    assert (logon["SubjectUserName"], logon["LogonType"], logon["TargetUserName"]) == ("cosmo", "2", "nova")
    assert (logon["LogonProcessName"], logon["IpAddress"], logon["IpPort"]) == ("seclogo", "::1", "0")


def test_a_refused_runas_leaves_nothing_but_its_event(machine):
    process = shell(machine, COSMO)
    before = len(machine.processes), machine.sessions
    assert error(process.start_with_logon, NOVA[0], "wrong", "cmd.exe").code is Win32Error.LOGON_FAILURE
    assert (len(machine.processes), machine.sessions) == before
    assert machine.log.events()[-1]["EventID"] == 4625


def test_netonly_is_the_caller_here_whatever_the_name_and_password(machine):
    process = shell(machine, COSMO)
    child = process.start_with_logon(r"NOWHERE\nobody", "not a password", "cmd.exe", net_only=True)
    assert child.token.context == process.token.context
    assert child.token.authentication_id != process.token.authentication_id
    session = child.token.session
    assert (session.logon_type, session.credentials.user_name) == (LogonType.NEW_CREDENTIALS, "nobody")


def test_the_session_of_a_runas_ends_with_its_last_process(machine):
    process = shell(machine, COSMO)
    child = process.start_with_logon(*LAIKA, "cmd.exe")
    session = child.token.session
    grandchild = child.start("notepad.exe")
    child.exit()
    assert session.alive
    grandchild.exit()
    assert not session.alive
    assert machine.log.events()[-1]["EventID"] == 4634


# UAC


def test_elevation_gives_the_other_half(machine):
    process = shell(machine, NOVA)
    child = process.elevate("cmd.exe")
    assert child.token.elevated and child.token.elevation_type is ElevationType.FULL
    assert child.token.session is process.token.session.linked
    assert child.parent is process and started(child)["TokenElevationType"] == "%%1937"


def test_who_says_no_gets_nothing(machine):
    process = shell(machine, NOVA)
    before = len(machine.processes)
    assert error(process.elevate, "cmd.exe", consent=False).code is Win32Error.CANCELLED
    assert len(machine.processes) == before


def test_a_plain_user_needs_somebody_elses_name_and_password(machine):
    process = shell(machine, COSMO)
    assert "name=" in error(process.elevate, "cmd.exe").reason
    child = process.elevate("cmd.exe", name=NOVA[0], password=NOVA[1])
    assert child.token.elevated and child.token.context.user != process.token.context.user
    assert error(process.elevate, "cmd.exe", name=LAIKA[0], password=LAIKA[1]).code is (
        Win32Error.ELEVATION_REQUIRED
    )


def test_who_is_elevated_is_not_asked_again(machine):
    child = elevated(machine).elevate("cmd.exe")
    assert child.token.elevated


# Those who break the rule


def test_a_service_runs_as_its_account_also_if_another_started_it(machine):
    handle = elevated(machine).open(machine.objects.service("Spooler"), 0x10)
    service = handle.start()
    assert (service.token.context.user, service.parent.name) == ("S-1-5-18", "services.exe")
    network = machine.start_service("Dnscache")
    assert (network.token.authentication_id, network.name) == (0x3E4, "svchost.exe")


def test_a_service_is_started_only_by_who_may(machine):
    process = shell(machine, COSMO)
    assert error(process.open, machine.objects.service("Spooler"), 0x10).win32_error == 5
    process.open(machine.objects.service("wuauserv"), 0x10).start()
    assert error(machine.start_service, "nothing").code is Win32Error.SERVICE_DOES_NOT_EXIST


def test_a_task_logs_its_account_on_as_batch(machine):
    task = machine.run_task("backup.exe", *NOVA)
    assert (task.token.session.logon_type, task.parent.name) == (LogonType.BATCH, "svchost.exe")
    assert bool(task.token.session.credentials)
    s4u = machine.run_task("backup.exe", NOVA[0])
    assert not s4u.token.session.credentials


def test_wmi_starts_as_the_client_but_under_its_own_host(machine):
    process = shell(machine, COSMO)
    child = machine.create_by_wmi(process.token, "calc.exe")
    assert (child.token.context, child.parent.name) == (process.token.context, "WmiPrvSE.exe")
    assert child.token.authentication_id == process.token.authentication_id


# The end


def test_a_process_that_ends_gives_everything_up(machine):
    process = shell(machine, COSMO)
    child = process.start("notepad.exe")
    handle = child.open(process, ProcessRights.QUERY_LIMITED_INFORMATION)
    child.exit(3)
    child.exit()
    assert (child.alive, child.exit_status, handle.closed, child.token.closed) == (False, 3, True, True)
    (event,) = [one for one in machine.log.events(4689) if one["ProcessId"] == f"{child.pid:#x}"]
    assert event["Status"] == "0x3"


def test_children_outlive_their_parent(machine):
    process = shell(machine, COSMO)
    child = process.start("notepad.exe")
    process.exit()
    assert child.alive and child.parent is process


def test_a_logoff_ends_all_that_runs_on_the_desktop(machine):
    token = machine.log_on(*NOVA)
    process = machine.start("explorer.exe", token)
    all_of_them = [process, process.start("cmd.exe"), process.elevate("cmd.exe")]
    all_of_them.append(process.start_with_logon(*COSMO, "cmd.exe"))
    all_of_them.append(process.start_with_logon("x", "y", "cmd.exe", net_only=True))
    task = machine.run_task("backup.exe", *NOVA)
    laika = shell(machine, LAIKA)
    machine.log_off(token)
    assert not any(one.alive for one in all_of_them) and task.alive and laika.alive
    assert {session.user_name for session in machine.sessions if not session.permanent} == {"nova", "laika"}


def test_logging_off_twice_is_refused_and_ends_nothing(machine):
    token = machine.log_on(*COSMO)
    machine.log_off(token)
    assert error(machine.log_off, token).code is Win32Error.NO_SUCH_LOGON_SESSION
