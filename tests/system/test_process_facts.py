"""What tests on real Windows assert of handles, impersonation and new processes, fact by fact.

W: asserted on Windows (Wine's advapi32 and kernel32 tests, NtObjectManager's Pester tests). D: documented.
What test_process_creation, test_thread, test_handle and test_opening hold already is not written twice.
"""

import pytest

from tests.system.scene import COSMO, LAIKA, NOVA, desk, elevated, error, shell
from tokenlab import TokenRights
from tokenlab.security import SecurityDescriptor
from tokenlab.system import ImpersonationLevel, Machine, TokenType, Win32Error
from tokenlab.system.origin import Origin
from tokenlab.values import FileRights

IDENTIFICATION, IMPERSONATION = ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.IMPERSONATION


@pytest.fixture
def machine() -> Machine:
    return desk()


# Starting


def test_a_child_does_not_inherit_the_descriptor_of_its_parents_token(machine):
    """W: Wine advapi32: neither the descriptor nor the label of the token is passed on."""
    parent = shell(machine, COSMO)
    parent.token.descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;GA;;;WD)S:(ML;;NW;;;LW)")
    child = parent.start("notepad.exe")
    assert "S-1-1-0" not in {ace.sid for ace in child.token.descriptor.dacl}
    assert str(child.token.descriptor.label[0]) == str(child.token.context.integrity)


@pytest.mark.parametrize("right", [TokenRights.QUERY, TokenRights.ASSIGN_PRIMARY])
def test_as_user_needs_query_and_assign_primary(machine, right):
    """W: Wine advapi32: either missing gives ERROR_ACCESS_DENIED."""
    process = shell(machine, COSMO)
    token = process.token.restrict()
    both = TokenRights.QUERY | TokenRights.ASSIGN_PRIMARY
    refusal = error(process.start_as_user, process.open(token, both & ~right), "cmd.exe")
    assert refusal.code is Win32Error.ACCESS_DENIED


def test_as_user_needs_no_right_to_duplicate(machine):
    """W: Wine advapi32: since Windows 7 TOKEN_DUPLICATE is not asked for."""
    process = shell(machine, COSMO)
    handle = process.open(process.token.restrict(), TokenRights.QUERY | TokenRights.ASSIGN_PRIMARY)
    assert process.start_as_user(handle, "cmd.exe").alive


def test_with_token_needs_duplicate_as_well(machine):
    """D: CreateProcessWithTokenW: TOKEN_QUERY, TOKEN_DUPLICATE and TOKEN_ASSIGN_PRIMARY."""
    process = elevated(machine)
    handle = process.open(process.token, TokenRights.QUERY | TokenRights.ASSIGN_PRIMARY)
    assert error(process.start_with_token, handle, "cmd.exe").code is Win32Error.ACCESS_DENIED


def test_runas_needs_no_privilege_but_the_right_to_log_on_interactively(machine):
    """D: CreateProcessWithLogonW."""
    process = shell(machine, COSMO)
    process.token.adjust_privileges({str(one.privilege): 4 for one in process.token.context.privileges})
    assert process.start_with_logon(*LAIKA, "cmd.exe").alive
    machine.policy.grant(machine.sam.find("laika").sid, "SeDenyInteractiveLogonRight")
    refusal = error(process.start_with_logon, *LAIKA, "cmd.exe")
    assert refusal.code is Win32Error.LOGON_TYPE_NOT_GRANTED


@pytest.mark.parametrize("level", ImpersonationLevel)
def test_a_child_of_an_impersonating_thread_is_a_child_of_the_process_at_every_level(machine, level):
    """D: CreateProcessW: the primary token counts, whatever the thread carries."""
    service = machine.start_service("Spooler")
    service.thread.set_token(machine.log_on(*COSMO).duplicate(TokenType.IMPERSONATION, level))
    assert service.start("cmd.exe").token.context.user == "S-1-5-18"


# Impersonating: the four reasons why a level is not lowered, and nothing else


def test_a_level_below_impersonation_is_given_to_anybody(machine):
    """D: ImpersonateLoggedOnUser, first case: less than SecurityImpersonation was asked for."""
    process = shell(machine, LAIKA)
    looking = machine.log_on(*NOVA).duplicate(TokenType.IMPERSONATION, IDENTIFICATION)
    assert process.thread.set_token(looking) is IDENTIFICATION
    assert process.thread.token is looking, "this very token, no copy"


def test_the_privilege_of_the_process_is_enough(machine):
    """D: second case: SeImpersonatePrivilege."""
    assert machine.start_service("Spooler").impersonate(machine.log_on(*LAIKA)) is IMPERSONATION


def test_explicit_credentials_of_the_same_session_are_enough(machine):
    """D: third case; W: TokenOrigin is the session that called LogonUser, 0x3e7 where SYSTEM did."""
    process = shell(machine, LAIKA)
    token = machine.log_on(*COSMO, origin=Origin(caller=process.token))
    assert token.origin == process.token.authentication_id
    assert machine.log_on(*COSMO).origin == 0x3E7
    assert process.start("cmd.exe").impersonate(token) is IMPERSONATION, "the session counts, not the process"


def test_ones_own_identity_is_enough(machine):
    """D: fourth case: the authenticated identity is the caller's."""
    one, other = shell(machine, COSMO), shell(machine, COSMO)
    assert one.token.authentication_id != other.token.authentication_id
    assert one.impersonate(other.token) is IMPERSONATION


def test_a_lowered_level_is_no_error_and_the_token_is_a_copy(machine):
    """D: ImpersonateLoggedOnUser succeeds; only the next open tells."""
    process = shell(machine, LAIKA)
    token = machine.log_on(*NOVA).duplicate(TokenType.IMPERSONATION, IMPERSONATION)
    assert process.thread.set_token(token) is IDENTIFICATION
    assert token.level is IMPERSONATION and process.thread.token is not token
    assert error(process.open, "C:\\", FileRights.READ_DATA).win32_error == 1346


# Handles


def test_the_right_to_the_sacl_is_asked_of_the_handle(machine):
    """W: Wine test_system_security_access: the handle must carry ACCESS_SYSTEM_SECURITY itself."""
    process = elevated(machine, "SeSecurityPrivilege")
    key = r"HKLM\SOFTWARE"
    assert process.open(key, 0x01000000 | 0x20019).granted_access & 0x01000000
    process.token.adjust_privileges({"SeSecurityPrivilege": 0})
    assert error(process.open, key, 0x01000000).win32_error == 1314
