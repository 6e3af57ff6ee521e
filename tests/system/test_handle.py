"""Handles: checked once, then only what the handle carries counts."""

import pytest

from tests.system.scene import COSMO, DIARY, LAIKA, desk, error, shell
from tokenlab import FileRights, ProcessRights, SecurityDescriptor, TokenRights
from tokenlab.system import ImpersonationLevel, TokenType, Win32Error
from tokenlab.system.handle_kinds import FileHandle, TokenHandle

READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA


@pytest.fixture
def diary():
    """A handle to cosmo's diary that carries everything."""
    handle = shell(desk(), COSMO).create(DIARY, FileRights.ALL_ACCESS)
    handle.write("dear diary")
    return handle


def test_a_handle_does_what_it_carries_and_no_more(diary):
    reader = diary.process.open(DIARY, READ)
    assert isinstance(reader, FileHandle) and reader.read() == "dear diary"
    refusal = error(reader.write, "no")
    assert refusal.code is Win32Error.ACCESS_DENIED and refusal.decision is None
    assert "carries READ_DATA | READ_ATTRIBUTES | SYNCHRONIZE, not WRITE_DATA" in refusal.reason
    assert reader.read() == "dear diary"


def test_a_handle_keeps_its_rights_when_the_dacl_changes(diary):
    """Samba smb2.acls: access is checked at open."""
    diary.set_dacl("D:")
    diary.write("still open")
    assert diary.read() == "still open"
    assert error(diary.process.open, DIARY, READ).win32_error == 5


def test_a_handle_keeps_its_rights_when_the_token_changes(diary):
    diary.process.token.set_integrity("low")
    diary.write("still")
    assert error(diary.process.open, DIARY, WRITE).win32_error == 5


def test_generic_rights_become_those_of_the_type(diary):
    handle = diary.process.open(DIARY, 0x80000000)
    assert handle.granted_access == FileRights.READ


def test_maximum_allowed_gives_all_that_the_descriptor_allows(diary):
    assert diary.process.open(DIARY, FileRights.MAXIMUM_ALLOWED).granted_access == FileRights.ALL_ACCESS


def test_a_closed_handle_is_no_handle(diary):
    value = diary.value
    diary.close()
    diary.close()
    assert error(diary.read).code is Win32Error.INVALID_HANDLE
    assert error(diary.process.handles.__getitem__, value).code is Win32Error.INVALID_HANDLE


def test_values_are_multiples_of_four_and_never_used_twice(diary):
    more = [diary.process.open(DIARY, READ) for _ in range(3)]
    more[0].close()
    values = [diary.value, *(one.value for one in more), diary.process.open(DIARY, READ).value]
    assert values == [4, 8, 12, 16, 20]


def test_a_duplicate_carries_the_same_or_less_without_a_new_check(diary):
    diary.set_dacl("D:")
    assert diary.duplicate().granted_access == diary.granted_access
    assert diary.duplicate(desired=READ).granted_access == READ


def test_a_file_handle_cannot_be_duplicated_with_more_rights(diary):
    """ "DuplicateHandle" on Microsoft Learn, Remarks: GENERIC_READ does not become GENERIC_WRITE, too."""
    reader = diary.process.open(DIARY, READ)
    assert error(reader.duplicate, desired=READ | WRITE).win32_error == 5


def test_a_duplicate_of_a_process_handle_with_more_rights_is_a_new_open(diary):
    child = diary.process.start("notepad.exe")
    modest = diary.process.open(child, ProcessRights.QUERY_LIMITED_INFORMATION)
    more = ProcessRights.QUERY_LIMITED_INFORMATION | ProcessRights.TERMINATE
    assert modest.duplicate(desired=more).granted_access == more
    child.descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:")
    assert error(modest.duplicate, desired=more).win32_error == 5


def test_a_process_that_is_given_a_handle_may_use_it(diary):
    """The other process could not open the file itself."""
    machine = diary.process.machine
    other = shell(machine, LAIKA)
    assert error(other.open, DIARY, READ).win32_error == 5
    spooler = machine.start_service("Spooler")
    given = spooler.open(diary.object, READ).duplicate(other)
    assert given in tuple(other.handles) and given.read() == "dear diary"


def test_handles_cannot_be_put_into_a_process_that_does_not_let_you(diary):
    refusal = error(diary.duplicate, diary.process.machine.process("services.exe"))
    assert refusal.win32_error == 5
    assert len(diary.process.handles) == 1


def test_only_inheritable_handles_are_inherited_under_the_same_number(diary):
    diary.process.open(DIARY, READ)
    diary.inheritable = True
    child = diary.process.start("notepad.exe", inherit_handles=True)
    assert [one.value for one in child.handles] == [diary.value]
    assert child.handles[diary.value].read() == "dear diary"
    assert child.handles[diary.value] is not diary
    assert not list(diary.process.start("notepad.exe").handles)


def test_reading_and_changing_the_descriptor_need_their_rights(diary):
    reader = diary.process.open(DIARY, READ)
    assert "READ_CONTROL" in error(lambda: reader.descriptor).reason
    assert "WRITE_DAC" in error(reader.set_dacl, "D:").reason
    assert "WRITE_OWNER" in error(reader.set_owner, "S-1-5-32-544").reason
    before = diary.descriptor
    diary.set_dacl("D:P(A;;GR;;;WD)")
    assert str(diary.descriptor.dacl) == "(A;;FR;;;WD)"
    assert diary.descriptor.owner == before.owner and diary.descriptor.sacl == before.sacl


def test_only_oneself_or_an_owner_group_can_be_made_the_owner(diary):
    """[MS-DTYP] 2.5.3; SetSecurityInfo: ERROR_INVALID_OWNER."""
    assert error(diary.set_owner, "S-1-5-18").code is Win32Error.INVALID_OWNER
    diary.set_owner(diary.process.token.context.user)
    diary.process.token.context = diary.process.token.context.with_privilege("SeRestorePrivilege")
    diary.set_owner("S-1-5-18")
    assert diary.object.descriptor.owner == "S-1-5-18"


TOKEN_CALLS = [
    (TokenRights.QUERY, lambda handle: handle.query("TokenUser")),
    (TokenRights.QUERY_SOURCE, lambda handle: handle.query("TokenSource")),
    (TokenRights.ADJUST_PRIVILEGES, lambda handle: handle.adjust_privileges({"SeShutdownPrivilege": 2})),
    (TokenRights.ADJUST_GROUPS, lambda handle: handle.adjust_groups(reset=True)),
    (TokenRights.ADJUST_DEFAULT, lambda handle: handle.set_default_dacl(None)),
    (TokenRights.ADJUST_DEFAULT, lambda handle: handle.set_integrity("low")),
    (TokenRights.ADJUST_DEFAULT, lambda handle: handle.set_owner_of_new_objects(handle.object.context.user)),
    (TokenRights.DUPLICATE, lambda handle: handle.duplicate_token()),
    (TokenRights.DUPLICATE, lambda handle: handle.restrict()),
    (TokenRights.QUERY | TokenRights.DUPLICATE, lambda handle: handle.process.impersonate(handle)),
    (
        TokenRights.QUERY | TokenRights.ASSIGN_PRIMARY,
        lambda handle: handle.process.machine.process("services.exe").start_as_user(handle, "cmd.exe"),
    ),
    (
        TokenRights.QUERY | TokenRights.DUPLICATE | TokenRights.ASSIGN_PRIMARY,
        lambda handle: handle.process.machine.process("services.exe").start_with_token(handle, "cmd.exe"),
    ),
]


@pytest.mark.parametrize(("needed", "call"), TOKEN_CALLS, ids=[str(row[0]) for row in TOKEN_CALLS])
def test_every_call_on_a_token_needs_its_rights_each_of_them(needed, call):
    """Access Rights for Access-Token Objects; the pages of the calls."""
    process = shell(desk(), COSMO)
    handle = process.open_token(needed)
    assert isinstance(handle, TokenHandle)
    bits = [1 << n for n in range(9) if needed >> n & 1]
    lacking = [process.open_token(TokenRights.ALL_ACCESS & ~bit) for bit in bits]
    call(handle)
    for without in lacking:
        state = process.token.context, process.token.modified_id
        assert error(call, without).win32_error == 5
        assert (process.token.context, process.token.modified_id) == state


def test_an_impersonation_token_needs_impersonate_instead():
    """ImpersonateLoggedOnUser: TOKEN_QUERY and TOKEN_IMPERSONATE for an impersonation token."""
    process = shell(desk(), COSMO)
    token = process.token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION)
    assert process.impersonate(process.open(token, TokenRights.QUERY | TokenRights.IMPERSONATE)) == 2
    process.revert()
    assert error(process.impersonate, process.open(token, TokenRights.QUERY)).win32_error == 5


def test_a_process_handle_opens_the_token_only_with_a_right_to_query():
    machine = desk()
    process = shell(machine, COSMO)
    child = process.start("notepad.exe")
    for right in (ProcessRights.QUERY_INFORMATION, ProcessRights.QUERY_LIMITED_INFORMATION):
        assert process.open(child, right).open_token().query("TokenUser") == process.token.query("TokenUser")
    assert error(process.open(child, ProcessRights.VM_READ).open_token).win32_error == 5


def test_terminating_needs_its_right():
    process = shell(desk(), COSMO)
    child = process.start("notepad.exe")
    assert error(process.open(child, ProcessRights.VM_READ).terminate).win32_error == 5
    process.open(child, ProcessRights.TERMINATE).terminate()
    assert not child.alive
