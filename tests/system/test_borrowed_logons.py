"""Who asks LSA for a logon in somebody else's name, and how the log tells them apart."""

from tests.system.scene import COSMO, NOVA, desk, error, shell
from tokenlab.system import LogonType, Machine, Process
from tokenlab.values import Event

NEW = LogonType.NEW_CREDENTIALS


def at_work() -> tuple[Machine, Process, int]:
    machine = desk()
    program = shell(machine, COSMO).start("tool.exe")
    return machine, program, len(machine.log)


def type_9(machine: Machine, since: int) -> Event:
    (event,) = [event for event in machine.log.since(since) if event.get("LogonType") == "9"][:1]
    assert event["EventID"] == 4624
    return event


def test_a_program_that_calls_logon_user_for_new_credentials_is_named_and_starts_nothing():
    """Rules of two vendors split here: `Advapi`, the program's own process, and no 4688."""
    machine, program, records = at_work()
    token = program.log_on(r"ELSE\where", "not checked", NEW)
    event = type_9(machine, records)
    assert event["LogonProcessName"] == "Advapi  "
    assert (event["ProcessId"], event["ProcessName"]) == (f"{program.pid:#x}", program.image)
    assert event["TargetLogonId"] == str(token.authentication_id)
    assert event["SubjectLogonId"] == str(program.token.authentication_id)
    assert not [event for event in machine.log.since(records) if event["EventID"] in (4688, 4648)]


def test_runas_netonly_is_the_secondary_logon_service_and_a_start_follows():
    """E: three recorded logons of type 9: `seclogo`, svchost.exe, from ::1; then 4688 with that logon id."""
    machine, program, records = at_work()
    child = program.start_with_logon(r"ELSE\where", "not checked", "cmd.exe", net_only=True)
    event = type_9(machine, records)
    svchost = machine.process("svchost.exe")
    assert (event["LogonProcessName"], event["IpAddress"]) == ("seclogo", "::1")
    assert (event["ProcessId"], event["ProcessName"]) == (f"{svchost.pid:#x}", svchost.image)
    start = machine.log.events(4688)[-1]
    assert start["TargetLogonId"] == event["TargetLogonId"] and start["NewProcessId"] == f"{child.pid:#x}"


def test_a_program_that_logs_a_person_on_is_named_too():
    """D: 4624(S): Process Information is the process that attempted the logon; 4648 comes with it."""
    machine, program, records = at_work()
    program.log_on(*NOVA)
    events = {event["EventID"]: event for event in machine.log.since(records)}
    for number in (4624, 4648):
        assert events[number]["ProcessName"] == program.image
    assert events[4624]["LogonProcessName"] == "Advapi  "


def test_a_consent_prompt_with_a_password_is_credpro_and_leaves_a_4648_by_consent_exe():
    """E: 42 of 42 logons at such a prompt: CredPro, consent.exe, from ::1."""
    machine, _, records = at_work()
    machine.processes[machine.process("tool.exe").pid].elevate("cmd.exe", name=NOVA[0], password=NOVA[1])
    new = machine.log.since(records)
    logons = [event for event in new if event["EventID"] == 4624]
    (explicit,) = [event for event in new if event["EventID"] == 4648]
    assert len(logons) == 2
    for event in (*logons, explicit):
        assert event["ProcessName"] == r"C:\Windows\System32\consent.exe" and event["IpAddress"] == "::1"
    assert {event["LogonProcessName"] for event in logons} == {"CredPro"}
    assert explicit["SubjectUserSid"] == "S-1-5-18" and explicit["TargetUserName"] == "nova"


def test_the_prompt_ends_even_if_the_password_is_wrong():
    machine, program, records = at_work()
    assert error(program.elevate, "cmd.exe", name=NOVA[0], password="wrong").code == 1326
    assert "consent.exe" not in [process.name for process in machine.processes]
    failure = next(event for event in machine.log.since(records) if event["EventID"] == 4625)
    assert failure["LogonProcessName"] == "CredPro"


def test_wmi_starts_programs_as_network_service():
    """E: 4688 by S-1-5-20 under 0x3e4, 5 of 5."""
    machine = desk()
    client = machine.log_on(*NOVA, LogonType.NETWORK)
    machine.create_by_wmi(client, "cmd.exe")
    event = machine.log.events(4688)[-1]
    assert (event["SubjectUserSid"], event["SubjectLogonId"]) == ("S-1-5-20", "0x3e4")
    assert event["ParentProcessName"].endswith("WmiPrvSE.exe")


def test_network_service_has_no_console_logon_and_local_service_has():
    """E: 4627: both have S-1-2-0, only LOCAL SERVICE S-1-2-1."""
    machine = desk()
    for name, console in (("LOCAL SERVICE", True), ("NETWORK SERVICE", False)):
        context = machine.log_on(rf"NT AUTHORITY\{name}", None, LogonType.SERVICE).context
        assert "S-1-2-0" in context and ("S-1-2-1" in context) is console
