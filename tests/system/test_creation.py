"""Making objects: the handle that comes back, and who may choose an owner, a SACL or a label."""

import pytest

from tests.system.scene import COSMO, DIARY, desk, elevated, error, shell
from tokenlab import FileRights, KeyRights
from tokenlab.security import SecurityDescriptor
from tokenlab.system import Machine, Win32Error
from tokenlab.values import DirectoryRights

NOTES = r"C:\Users\cosmo\notes"
KEY = r"HKCU\Software\Notes"
MAXIMUM, SACL = 0x02000000, 0x01000000


@pytest.fixture
def machine() -> Machine:
    return desk()


@pytest.mark.parametrize(
    ("path", "container", "rights"),
    [(NOTES, False, FileRights), (NOTES, True, DirectoryRights), (KEY, True, KeyRights)],
)
def test_the_creator_gets_every_right_for_maximum_allowed(machine, path, container, rights):
    """Wine, test_NtCreateKey and test_CreateFile: whatever the new descriptor says."""
    handle = shell(machine, COSMO).create(path, MAXIMUM, container=container, descriptor="D:P")
    assert handle.granted_access == rights.ALL_ACCESS


@pytest.mark.parametrize("enabled", [False, True])
def test_the_right_to_the_sacl_takes_its_privilege_at_a_creation_too(machine, enabled):
    """ "SACL Access Right"; Wine, test_named_pipe_security: ERROR_PRIVILEGE_NOT_HELD."""
    admin = elevated(machine, *(["SeSecurityPrivilege"] if enabled else []))
    if enabled:
        assert admin.create(r"C:\Temp\x", FileRights.READ | SACL).granted_access & SACL
        assert machine.log.events(4674)[-1]["PrivilegeList"] == "SeSecurityPrivilege"
    else:
        assert error(admin.create, r"C:\Temp\x", FileRights.READ | SACL).code == 1314
        assert machine.objects.files.find(r"C:\Temp\x") is None  # nothing is left half made


@pytest.mark.parametrize(
    ("descriptor", "privilege", "code"),
    [
        # Forshaw, listings 6-29 and 6-30; "Security Descriptors for New Objects"
        ("O:SYD:(A;;FA;;;WD)", "SeRestorePrivilege", Win32Error.INVALID_OWNER),
        ("D:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)", "SeSecurityPrivilege", Win32Error.PRIVILEGE_NOT_HELD),
        ("D:(A;;FA;;;WD)S:(XU;SA;FA;;;WD;(a))", "SeSecurityPrivilege", Win32Error.PRIVILEGE_NOT_HELD),
        ("D:(A;;FA;;;WD)S:(ML;;NW;;;SI)", "SeRelabelPrivilege", Win32Error.PRIVILEGE_NOT_HELD),
    ],
)
def test_some_wishes_of_a_creator_take_a_privilege(machine, descriptor, privilege, code):
    admin = elevated(machine)
    refusal = error(admin.create, r"C:\Temp\x", FileRights.READ, descriptor=descriptor)
    assert refusal.code is code and int(code) in (1307, 1314)
    assert machine.objects.files.find(r"C:\Temp\x") is None
    assert error(admin.create_pipe, r"\\.\pipe\x", descriptor).code is code
    admin.token.context = admin.token.context.with_privilege(privilege)
    made = admin.create(r"C:\Temp\x", FileRights.READ, descriptor=descriptor).object
    wished = SecurityDescriptor.from_sddl(descriptor)
    assert made.descriptor.sacl == wished.sacl and wished.owner in (None, made.descriptor.owner)
    admin.create_pipe(r"\\.\pipe\x", descriptor)


@pytest.mark.parametrize(
    "descriptor", ["O:BAD:(A;;FA;;;WD)", "D:(A;;FA;;;WD)S:(ML;;NW;;;HI)", "S:(ML;;NRNW;;;LW)"]
)
def test_ones_own_group_and_a_label_up_to_ones_own_take_none(machine, descriptor):
    elevated(machine).create(r"C:\Temp\x", FileRights.READ, descriptor=descriptor)


@pytest.mark.parametrize(
    ("level", "label"),
    [("untrusted", "(ML;;NW;;;S-1-16-0)"), ("low", "(ML;;NW;;;LW)"), ("medium", None)],
)
def test_what_a_creator_below_medium_makes_has_the_creators_level(machine, level, label):
    """ "Mandatory Integrity Control"; Forshaw, ch. 6. Without a label an object counts as Medium."""
    process = shell(machine, COSMO)
    box = process.create(
        r"C:\Users\cosmo\box", MAXIMUM, container=True, descriptor="D:P(A;OICI;FA;;;WD)S:(ML;;NW;;;S-1-16-0)"
    )
    process.token.set_integrity(level)
    made = process.create(rf"{box.object.name}\note.txt", MAXIMUM).object
    assert [str(ace) for ace in made.descriptor.sacl or ()] == ([label] if label else [])
    process.open(made, FileRights.WRITE)
    pipe = process.create_pipe(r"\\.\pipe\notes", "D:(A;;FA;;;WD)")
    assert [str(ace) for ace in pipe.descriptor.sacl or ()] == ([label] if label else [])


def test_a_label_that_the_folder_passes_on_stays(machine):
    process = shell(machine, COSMO)
    process.create(NOTES, MAXIMUM, container=True, descriptor="D:(A;OICI;FA;;;WD)S:(ML;OICI;NW;;;S-1-16-0)")
    process.token.set_integrity("low")
    made = process.create(rf"{NOTES}\note.txt", MAXIMUM).object
    assert [str(ace) for ace in made.descriptor.sacl] == ["(ML;;NW;;;S-1-16-0)"]


def test_without_change_notify_the_way_to_a_new_file_must_let_pass(machine):
    process = shell(machine, COSMO)
    gate = process.create(r"C:\Users\cosmo\gate", DirectoryRights.ALL_ACCESS, container=True)
    process.create(r"C:\Users\cosmo\gate\inner", MAXIMUM, container=True, descriptor="D:(A;;FA;;;WD)")
    gate.set_dacl("D:P")
    process.create(r"C:\Users\cosmo\gate\inner\a.txt", MAXIMUM)
    process.token.adjust_privileges({"SeChangeNotifyPrivilege": 0})
    refusal = error(process.create, r"C:\Users\cosmo\gate\inner\b.txt", MAXIMUM)
    assert refusal.win32_error == 5 and "does not let pass" in refusal.reason


def test_a_generic_right_in_a_descriptor_of_a_pipe_is_mapped(machine):
    pipe = shell(machine, COSMO).create_pipe(r"\\.\pipe\notes", "D:(A;;GRGW;;;WD)")
    assert [ace.mask for ace in pipe.descriptor.dacl] == [0x12019F]


def test_the_diary_is_not_made_twice(machine):
    process = shell(machine, COSMO)
    process.create(DIARY, MAXIMUM)
    assert error(process.create, DIARY, MAXIMUM).code is Win32Error.ALREADY_EXISTS
