"""Impersonation: which call, which level, who is capped, and what a thread then is."""

import pytest

from tests.system.scene import COSMO, LAIKA, NOVA, desk, elevated, error, shell
from tokenlab import FileRights, LogonType, TokenRights
from tokenlab.system import ImpersonationCall, ImpersonationLevel, Machine, TokenType, Win32Error
from tokenlab.system.origin import Origin

ANONYMOUS, IDENTIFICATION, IMPERSONATION, DELEGATION = ImpersonationLevel
PIPE = r"\\.\pipe\guestbook"


@pytest.fixture
def machine() -> Machine:
    return desk()


@pytest.fixture
def server(machine):
    return machine.start_service("Spooler")


def test_a_thread_is_its_process_until_it_impersonates_and_after(server, machine):
    token = machine.log_on(*COSMO)
    thread = server.new_thread()
    assert thread.effective_token is server.token
    assert thread.impersonate(token) is IMPERSONATION
    assert thread.context == token.context and thread.token.token_type is TokenType.IMPERSONATION
    assert server.thread.context == server.token.context, "other threads stay what they are"
    thread.revert()
    assert thread.effective_token is server.token
    thread.revert()


def test_what_a_thread_may_is_what_its_token_may(server, machine):
    path = r"C:\Windows\System32\config\SAM"
    server.open(path, FileRights.READ)
    server.impersonate(machine.log_on(*COSMO))
    assert error(server.open, path, FileRights.READ).win32_error == 5
    server.revert()
    server.open(path, FileRights.READ)


# The cap


def test_without_a_reason_to_be_trusted_one_only_identifies(machine):
    """ImpersonateLoggedOnUser: the four cases in which impersonation is allowed."""
    process = shell(machine, COSMO)
    token = machine.log_on(*NOVA)
    assert process.impersonate(token) is IDENTIFICATION
    assert "another user" in process.thread.capped_because
    assert process.thread.context.user == token.context.user, "it did succeed"
    assert error(process.open, "C:\\", 1).code is Win32Error.BAD_IMPERSONATION_LEVEL
    process.revert()
    assert process.thread.capped_because == ""


@pytest.mark.parametrize("enabled", [True, False])
def test_the_privilege_must_be_enabled(machine, enabled):
    process = elevated(machine)
    process.token.adjust_privileges({"SeImpersonatePrivilege": 2 if enabled else 0})
    level = process.impersonate(machine.log_on(*COSMO))
    assert level is (IMPERSONATION if enabled else IDENTIFICATION)


def test_who_gave_the_password_may_use_what_came_of_it(machine):
    """TokenOrigin is the logon session that called LogonUser."""
    process, other = shell(machine, COSMO), shell(machine, LAIKA)
    token = machine.log_on(*NOVA, origin=Origin(caller=process.token))
    assert process.impersonate(token) is IMPERSONATION
    assert other.impersonate(token) is IDENTIFICATION


def test_the_same_user_may_unless_higher_elevated_or_freer(machine):
    process = shell(machine, NOVA)
    assert process.impersonate(process.token) is IMPERSONATION
    full = process.elevate("cmd.exe").token
    assert process.impersonate(full) is IDENTIFICATION
    assert "higher" in process.thread.capped_because
    lowered = full.duplicate()
    lowered.set_integrity("medium")
    assert process.impersonate(lowered) is IDENTIFICATION
    assert "elevated" in process.thread.capped_because
    restricted = process.token.restrict(restrict_to=["S-1-1-0"])
    sandbox = process.start_as_user(restricted, "cmd.exe")
    assert sandbox.impersonate(process.token) is IDENTIFICATION
    assert "restricted" in sandbox.thread.capped_because
    assert sandbox.impersonate(restricted) is IMPERSONATION


def test_a_process_lowered_to_low_cannot_be_its_old_self(machine):
    """Forshaw, listing 4-32."""
    process = shell(machine, COSMO)
    token = process.token.duplicate()
    process.token.set_integrity("low")
    assert process.impersonate(token) is IDENTIFICATION


def test_a_lower_level_is_never_refused(machine):
    process = shell(machine, COSMO)
    for level in (ANONYMOUS, IDENTIFICATION):
        token = machine.log_on(*NOVA).duplicate(TokenType.IMPERSONATION, level)
        assert process.thread.set_token(token) is level
        assert process.thread.capped_because == ""


def test_only_the_process_is_judged_not_what_its_thread_already_is(machine):
    process = shell(machine, COSMO)
    system = machine.system_token.duplicate(TokenType.IMPERSONATION, IDENTIFICATION)
    process.thread.set_token(system)
    assert process.impersonate(machine.log_on(*NOVA)) is IDENTIFICATION


# The calls


def test_set_token_shares_the_token_and_impersonate_copies_a_primary_one(server, machine):
    token = machine.log_on(*COSMO).duplicate(TokenType.IMPERSONATION, IMPERSONATION)
    one, other = server.thread, server.new_thread()
    one.set_token(token)
    other.set_token(token)
    assert one.token is other.token is token
    one.token.adjust_privileges({"SeShutdownPrivilege": 2})
    assert other.context.has_privilege("SeShutdownPrivilege")
    one.revert()
    assert not token.closed, "it was not the thread's to close"


def test_a_thread_carries_no_primary_token(server, machine):
    """ReactOS, PsImpersonateClient: STATUS_BAD_TOKEN_TYPE."""
    assert error(server.thread.set_token, machine.log_on(*COSMO)).code is Win32Error.BAD_TOKEN_TYPE
    assert server.thread.token is None


def test_impersonating_oneself_lets_one_thread_differ(machine):
    process = elevated(machine)
    process.thread.impersonate_self()
    process.thread.token.adjust_privileges({"SeDebugPrivilege": 2})
    process.open(machine.process("lsass.exe"), 0x10)
    assert error(process.new_thread().open, machine.process("lsass.exe"), 0x10).win32_error == 5


def test_being_nobody(server):
    server.thread.impersonate_anonymous()
    assert server.thread.context.user == "S-1-5-7"


def test_open_thread_token(server, machine):
    """Wine advapi32: ERROR_NO_TOKEN, ERROR_CANT_OPEN_ANONYMOUS."""
    assert error(server.thread.open_token).code is Win32Error.NO_TOKEN
    server.impersonate(machine.log_on(*COSMO))
    handle = server.thread.open_token(TokenRights.QUERY)
    assert handle.token is server.thread.token
    server.thread.impersonate_self(ANONYMOUS)
    assert error(server.thread.open_token).code is Win32Error.CANT_OPEN_ANONYMOUS


# Clients


def test_a_pipe_client_is_impersonated_after_its_first_message(server, machine):
    """ImpersonateNamedPipeClient; ERROR_CANNOT_IMPERSONATE."""
    server.create_pipe(PIPE, "O:SYG:SYD:(A;;FRFW;;;AU)")
    client = shell(machine, COSMO)
    connection = client.connect(PIPE)
    assert error(server.thread.impersonate_client, connection).code is Win32Error.CANNOT_IMPERSONATE
    connection.send("hello")
    assert server.thread.impersonate_client(connection) is IMPERSONATION
    assert server.thread.context == client.token.context


def test_a_pipe_lets_in_whom_its_descriptor_does(server, machine):
    server.create_pipe(PIPE)
    assert error(shell(machine, COSMO).connect, PIPE).win32_error == 5
    assert error(shell(machine, COSMO).create_pipe, PIPE).win32_error == 5


@pytest.mark.parametrize(
    ("call", "level"),
    [
        (ImpersonationCall.PIPE, IMPERSONATION),
        (ImpersonationCall.RPC, IMPERSONATION),
        (ImpersonationCall.COM, IDENTIFICATION),
    ],
)
def test_what_a_client_grants_if_it_says_nothing(server, machine, call, level):
    connection = shell(machine, COSMO).connect(server, call=call)
    connection.send("hello")
    assert server.thread.impersonate_client(connection) is level


@pytest.mark.parametrize("level", ImpersonationLevel)
def test_the_client_says_how_far_the_server_may_go(server, machine, level):
    connection = shell(machine, COSMO).connect(server, level)
    assert server.thread.impersonate_client(connection) is level


def test_a_client_cannot_grant_more_than_it_has(server, machine):
    process = shell(machine, COSMO)
    process.thread.set_token(machine.log_on(*COSMO).duplicate(TokenType.IMPERSONATION, IMPERSONATION))
    assert error(process.connect, server, DELEGATION).code is Win32Error.BAD_IMPERSONATION_LEVEL


def test_the_client_is_who_it_was_when_it_connected(server, machine):
    client = shell(machine, COSMO)
    connection = client.connect(server)
    client.token.adjust_privileges({"SeShutdownPrivilege": 2})
    server.thread.impersonate_client(connection)
    assert not server.thread.context.has_privilege("SeShutdownPrivilege")


def test_a_server_cannot_be_another_servers_client(server, machine):
    connection = shell(machine, COSMO).connect(server)
    other = machine.start_service("Dnscache")
    assert error(other.thread.impersonate_client, connection).code is Win32Error.INVALID_HANDLE


def test_a_network_logon_can_be_impersonated_and_is_capped_like_any_other(server, machine):
    token = machine.log_on(*COSMO, LogonType.NETWORK)
    assert server.impersonate(token) is IMPERSONATION
    assert shell(machine, LAIKA).impersonate(token) is IDENTIFICATION
