"""Packaged apps: who starts them, with which token, and what event 4688 says of it."""

import pytest

from tests.system.scene import COSMO, NOVA, desk, shell
from tokenlab import FileRights, IntegrityLevel
from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.system import Machine
from tokenlab.system.apps import package_sid

CALCULATOR = "Microsoft.WindowsCalculator_8wekyb3d8bbwe"
PACKAGE = "466767348-3739614953-2700836392-1801644223-4227750657-1087833535-2488631167"


@pytest.fixture
def machine() -> Machine:
    return desk()


def test_a_package_has_the_sid_that_windows_derives_from_its_family_name():
    """*Windows Internals*, 7th ed., ch. 7: the token of Calculator.exe."""
    assert package_sid(CALCULATOR) == package_sid(CALCULATOR.upper()) == f"S-1-15-2-{PACKAGE}"


def test_an_app_has_its_users_token_at_low_with_the_package(machine):
    """The same print-out: user, groups, privileges and logon session of the user's explorer.exe; Low; one
    capability, which is the package's own."""
    explorer = shell(machine, COSMO)
    app = machine.activate(explorer.token, "Calculator.exe", CALCULATOR)
    mine, its = explorer.token.context, app.token.context
    assert (its.user, its.groups, its.privileges) == (mine.user, mine.groups, mine.privileges)
    assert its.integrity == IntegrityLevel.LOW and its.app is not None
    assert (its.app.package, its.app.capabilities) == (f"S-1-15-2-{PACKAGE}", (f"S-1-15-3-{PACKAGE}",))
    assert app.token.authentication_id == explorer.token.authentication_id
    assert mine.app is None, "the user's own token is what it was"


def test_an_app_is_a_child_of_the_launcher_and_the_log_names_nobody_who_asked(machine):
    """Recorded (OTRF): HxTsr.exe at Low, RuntimeBroker.exe at Medium, both by svchost.exe for a user; Sysmon
    has its command line, ``-k DcomLaunch -p``. ChrisTitusTech/winutil#980, winsiderss/systeminformer#511."""
    nova = shell(machine, NOVA)
    app = machine.activate(nova.token, "Calculator.exe", CALCULATOR)
    broker = machine.activate(nova.token, "RuntimeBroker.exe")
    events = [event for event in machine.log.events(4688) if event["TargetUserName"] == "nova"][-2:]
    for process, event, label in zip((app, broker), events, ("S-1-16-4096", "S-1-16-8192"), strict=True):
        assert process.parent is process.created_by is machine.process("svchost.exe")
        assert event["NewProcessId"] == f"{process.pid:#x}"
        assert event["ParentProcessName"].endswith("svchost.exe") and event["SubjectLogonId"] == "0x3e7"
        assert event["TargetLogonId"] == str(nova.token.authentication_id)
        assert event["MandatoryLabel"] == label
        assert not any("explorer" in str(value) for value in event.values())


def test_an_app_is_refused_what_its_user_may_do(machine):
    """What names no package grants an app nothing, however it is about the user (AppContainer isolation)."""
    explorer = shell(machine, COSMO)
    app = machine.activate(explorer.token, "Calculator.exe", CALCULATOR)
    user = explorer.token.context.user
    for extra, granted in (("", False), (f"(A;;FR;;;S-1-15-2-{PACKAGE})", True)):
        file = SecurityDescriptor.from_sddl(f"O:{user}G:{user}D:(A;;FA;;;{user}){extra}")
        assert bool(access_check(app.token.context, file, FileRights.READ_DATA)) is granted
        assert access_check(explorer.token.context, file, FileRights.READ_DATA)
