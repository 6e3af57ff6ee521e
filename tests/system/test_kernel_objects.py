"""Semaphores, sections, window stations, desktops: made, found, protected, gone with the last handle."""

import pytest

from tests.system.scene import COSMO, NOVA, desk, elevated, error, shell
from tokenlab.system import Desktop, Machine, Section, Semaphore, Win32Error, WindowStation
from tokenlab.values import DesktopRights, SectionRights, SemaphoreRights, WindowStationRights

KINDS = {
    "semaphore": (Semaphore, r"Local\gate", SemaphoreRights.ALL_ACCESS),
    "section": (Section, r"Local\shared", SectionRights.ALL_ACCESS),
    "window station": (WindowStation, r"WindowStations\Lab", WindowStationRights.ALL_ACCESS),
}


@pytest.fixture
def machine() -> Machine:
    return desk()


@pytest.mark.parametrize("kind", KINDS)
def test_the_maker_gets_every_right_and_the_default_dacl_protects(machine, kind):
    """Wine, test_semaphore_security: SEMAPHORE_ALL_ACCESS; "Window Station Security and Access Rights": the
    default descriptor comes from the token of the creator."""
    made, name, everything = KINDS[kind]
    process = shell(machine, COSMO)
    handle = process.create_object(made, name)
    assert handle.granted_access == everything
    granted = {ace.sid for ace in handle.object.descriptor.dacl}
    assert granted == {ace.sid for ace in process.token.context.default_dacl}
    assert process.open(name, everything).object is handle.object
    assert error(shell(machine, NOVA).open, handle.object, everything).win32_error == 5
    assert error(process.create_object, made, name.upper()).code is Win32Error.ALREADY_EXISTS


def test_a_desktop_lies_in_a_window_station_that_must_let_it_be_made(machine):
    """ "CreateDesktop": WINSTA_CREATEDESKTOP; "Desktop Security and Access Rights": the default entries come
    from the window station."""
    process = shell(machine, COSMO)
    dacl = "D:(A;;GRGX;;;WD)(A;OIIO;GR;;;AU)"
    station = process.create_object(WindowStation, r"WindowStations\Lab", descriptor=dacl)
    refusal = error(process.create_object, Desktop, r"WindowStations\Lab\Default")
    assert refusal.decision.reasons[WindowStationRights.CREATEDESKTOP].code == 1805
    station.set_dacl("D:(A;;GA;;;WD)(A;OIIO;GR;;;AU)")
    desktop = process.create_object(Desktop, r"WindowStations\Lab\Default", DesktopRights.CREATEWINDOW)
    assert desktop.granted_access == DesktopRights.CREATEWINDOW
    assert [str(ace) for ace in desktop.object.descriptor.dacl] == ["(A;;CCDTRC;;;AU)"]


def test_an_object_ends_with_its_last_handle(machine):
    process = shell(machine, COSMO)
    first = process.create_object(Semaphore, r"Local\gate")
    second = first.duplicate()
    first.close()
    process.open(r"Local\gate", SemaphoreRights.SYNCHRONIZE).close()
    second.close()
    assert error(process.open, r"Local\gate", SemaphoreRights.SYNCHRONIZE).code is Win32Error.FILE_NOT_FOUND
    child = process.start("cmd.exe")
    child.create_object(Semaphore, r"Local\gate")
    child.exit()
    process.create_object(Semaphore, r"Local\gate")


def test_local_names_belong_to_the_session_and_global_ones_to_the_machine(machine):
    """ "Kernel object namespaces": services have session 0, whose names are those for everybody."""
    cosmo, service = shell(machine, COSMO), machine.start_service("Spooler")
    gate = cosmo.create_object(Semaphore, r"Local\gate", descriptor="D:(A;;GA;;;WD)")
    assert gate.object.name == r"\Sessions\1\BaseNamedObjects\gate"
    assert error(service.open, r"Global\gate", SemaphoreRights.SYNCHRONIZE).code is Win32Error.FILE_NOT_FOUND
    theirs = service.create_object(Semaphore, r"Local\gate", descriptor="D:(A;;GA;;;WD)")
    assert theirs.object.name == r"\BaseNamedObjects\gate"
    assert cosmo.open(r"Global\gate", SemaphoreRights.SYNCHRONIZE).object is theirs.object


def test_a_global_section_takes_a_privilege_at_a_desktop(machine):
    """ "CreateFileMapping", Remarks: SeCreateGlobalPrivilege, unless in session 0."""
    refusal = error(shell(machine, COSMO).create_object, Section, r"Global\shared")
    assert refusal.code is Win32Error.PRIVILEGE_NOT_HELD and "SeCreateGlobalPrivilege" in refusal.reason
    elevated(machine).create_object(Section, r"Global\shared").close()  # it is enabled there
    service = machine.start_service("Spooler")
    service.token.adjust_privileges({"SeCreateGlobalPrivilege": 0})
    service.create_object(Section, r"Global\shared")


def test_the_right_to_the_sacl_of_a_new_semaphore_takes_its_privilege(machine):
    refusal = error(shell(machine, COSMO).create_object, Semaphore, r"Local\gate", 0x01000000)
    assert refusal.code is Win32Error.PRIVILEGE_NOT_HELD
    shell(machine, COSMO).create_object(Semaphore, r"Local\gate")  # nothing was left


def test_a_low_process_makes_low_objects_and_may_not_name_a_foreign_owner(machine):
    process = shell(machine, COSMO)
    process.token.set_integrity("low")
    made = process.create_object(Semaphore, r"Local\gate").object
    assert [str(ace) for ace in made.descriptor.sacl] == ["(ML;;NW;;;LW)"]
    refusal = error(process.create_object, Semaphore, r"Local\other", descriptor="O:SYD:")
    assert refusal.code is Win32Error.INVALID_OWNER


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Semaphore, "gate"),
        (Semaphore, "Global\\"),
        (Semaphore, r"WindowStations\Lab"),
        (Desktop, r"WindowStations\Lab"),
        (WindowStation, r"Local\Lab"),
    ],
)
def test_a_name_in_the_wrong_place_is_told_with_an_example(machine, kind, name):
    with pytest.raises(ValueError, match="expected for example") as raised:
        shell(machine, COSMO).create_object(kind, name)
    assert kind.example in str(raised.value)
