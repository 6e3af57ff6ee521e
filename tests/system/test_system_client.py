"""A client that is SYSTEM, and what becomes of it: service accounts, plain users, administrators.

The scenes of ATT&CK T1134.001 and T1134.002, without a tool: the client connects because the scene says so.
"""

import pytest

from tests.system.scene import COSMO, desk, elevated, error, shell
from tokenlab import LogonType
from tokenlab.system import ImpersonationLevel, Machine, Process, TokenType, Win32Error

IDENTIFICATION, IMPERSONATION = ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.IMPERSONATION
PIPE = r"\\.\pipe\guestbook"


@pytest.fixture
def machine() -> Machine:
    return desk()


def guestbook(machine: Machine, account: str, privileges: list[str] | None = None) -> Process:
    handle = elevated(machine).create_service("Guestbook", r"C:\Guestbook\guestbook.exe", account)
    if privileges is not None:
        handle.require_privileges(privileges)
    return handle.start()


def visited(server: Process, level: ImpersonationLevel | None = None) -> ImpersonationLevel:
    """SYSTEM connects to a pipe of this server and writes; the level at which the server can be SYSTEM."""
    server.create_pipe(PIPE)
    line = server.machine.start_service("Spooler").connect(PIPE, level)
    line.send("hello")
    return server.thread.impersonate_client(line)


@pytest.mark.parametrize("account", ["LocalService", "NetworkService"])
def test_a_service_account_becomes_its_system_client(machine, account):
    """ohpe/juicy-potato; itm4n/PrintSpoofer#1; EVTX-ATTACK-SAMPLES: a service with SeImpersonatePrivilege."""
    server = guestbook(machine, account)
    assert visited(server) is IMPERSONATION
    token = server.thread.token.duplicate(TokenType.PRIMARY)
    server.revert()
    for child in (server.start_with_token(token, "cmd.exe"), server.start_as_user(token, "cmd.exe")):
        assert child.token.context.user == "S-1-5-18"


@pytest.mark.parametrize(
    ("server", "level"),
    [
        (lambda machine: guestbook(machine, "LocalService"), IDENTIFICATION),
        (lambda machine: guestbook(machine, "LocalService", []), None),
        (lambda machine: shell(machine, COSMO), None),
    ],
    ids=["the client grants less", "the service does without the privilege", "a plain user's program"],
)
def test_without_the_level_or_the_privilege_the_client_is_only_to_look_at(machine, server, level):
    """``ImpersonateNamedPipeClient``, Remarks; SECURITY_SQOS: the client decides how far a server may go."""
    server = server(machine)
    assert visited(server, level) is IDENTIFICATION
    refusal = error(server.thread.token.duplicate, TokenType.PRIMARY)
    assert refusal.code is Win32Error.BAD_IMPERSONATION_LEVEL


def test_the_log_has_the_child_and_neither_a_logon_nor_the_impersonation(machine):
    """No event of the audit categories tells of an impersonation; SYSTEM's session was there before."""
    sysmon, server = machine.install_sysmon(), guestbook(machine, "LocalService")
    server.create_pipe(PIPE)
    line = machine.start_service("Spooler").connect(PIPE)
    line.send("hello")
    records, others = len(machine.log), len(sysmon)
    server.thread.impersonate_client(line)
    child = server.start_with_token(server.thread.token.duplicate(TokenType.PRIMARY), "cmd.exe")
    (event,) = machine.log.since(records)
    assert (event["EventID"], event["SubjectUserSid"], event["TargetUserName"]) == (4688, "S-1-5-18", "-")
    assert event["ParentProcessName"] == server.image and event["NewProcessId"] == f"{child.pid:#x}"
    (start,) = sysmon.since(others)
    assert (start["User"], start["ParentUser"]) == (r"NT AUTHORITY\SYSTEM", r"NT AUTHORITY\LOCAL SERVICE")


def test_by_create_process_as_user_the_record_names_both_accounts(machine):
    """4688(S): the creator subject is who made the call, the target whose token it is."""
    server = guestbook(machine, "LocalService")
    visited(server)
    token = server.thread.token.duplicate(TokenType.PRIMARY)
    server.revert()
    server.start_as_user(token, "cmd.exe")
    event = machine.log.events(4688)[-1]
    assert (event["SubjectUserSid"], event["TargetLogonId"]) == ("S-1-5-19", "0x3e7")


def test_an_administrator_who_adds_a_service_to_be_system_leaves_it_in_every_log(machine):
    """SigmaHQ: *Meterpreter or Cobalt Strike Getsystem Service Installation*, on 4697 and on 7045."""
    sysmon, nova = machine.install_sysmon(), elevated(machine)
    nova.create_pipe(PIPE)
    service = nova.create_service("Hello", rf"cmd.exe /c echo hello > {PIPE}").start()
    line = service.connect(PIPE)
    line.send("hello")
    assert nova.thread.impersonate_client(line) is IMPERSONATION
    (added,), (told,) = machine.log.events(4697), machine.system_log.events(7045)
    started = machine.log.events(4688)[-1]
    assert added["SubjectUserName"] == "nova"
    for text in (added["ServiceFileName"], told["ImagePath"], started["CommandLine"]):
        assert all(word in text for word in ("cmd", "/c", "echo", "\\pipe\\"))
    assert started["ParentProcessName"].endswith("services.exe") and started["SubjectLogonId"] == "0x3e7"
    assert [event["User"] for event in sysmon.events(17, 18)] == [r"ASTRO\nova", r"NT AUTHORITY\SYSTEM"]


@pytest.mark.parametrize("how", [LogonType.INTERACTIVE, LogonType.NEW_CREDENTIALS])
def test_a_token_made_by_name_and_password_is_impersonated_without_a_privilege(machine, how):
    """ATT&CK T1134.003; ``ImpersonateLoggedOnUser``: explicit credentials of this logon session."""
    cosmo = shell(machine, COSMO)
    token = cosmo.log_on(r"ASTRO\nova", "two roads diverged", how)
    records = len(machine.log)
    assert cosmo.impersonate(token) is IMPERSONATION
    here = token.context.name_of(cosmo.thread.context.user)
    assert here == (r"ASTRO\nova" if how is LogonType.INTERACTIVE else r"ASTRO\cosmo")
    assert token.session.credentials.user_name == "nova"
    assert not machine.log.since(records), "no program was started, and impersonation is not written down"
