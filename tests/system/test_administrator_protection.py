"""Administrator protection: elevating as another account, in a logon of its own.

"Administrator protection" on Microsoft Learn, as quoted in microsoft/winget-cli#6497 and
Ameliorated-LLC/privacy_plus#13.
"""

import pytest

from tests.system.scene import COSMO, HOSTS, NOVA, error, shell
from tokenlab import FileRights, IntegrityLevel, worlds
from tokenlab.system import ElevationType, LogonType, Machine, Win32Error
from tokenlab.values import Sid
from tokenlab.values.well_known import ADMINISTRATORS

PILOT = (r".\pilot", "per aspera")


@pytest.fixture
def machine() -> Machine:
    desk = worlds.astro(client="Windows 11 24H2").machine("MISTAKENOT-WS-1")
    desk.policy.administrator_protection = True
    return desk


def test_an_administrator_logs_on_once_without_another_half(machine):
    token = machine.log_on(*NOVA)
    assert token.elevation_type is ElevationType.DEFAULT and not token.elevated
    assert token.session.linked is None and token.query("TokenLinkedToken") is None
    (logon,) = machine.log.events(4624)
    assert (logon["TargetLinkedLogonId"], logon["ElevatedToken"]) == ("0x0", "%%1843")
    assert not machine.log.events(4672)


@pytest.mark.parametrize("who", [NOVA, PILOT])
def test_elevation_is_a_new_logon_of_a_hidden_account_with_its_own_sid(machine, who):
    process = shell(machine, who)
    child = process.elevate("cmd.exe")
    context, session = child.token.context, child.token.session
    assert context.user != process.token.context.user
    assert session is not process.token.session and session.linked is None
    assert session.user_name.startswith("ADMIN_") and session.domain == machine.name
    assert child.token.elevated and context.integrity == IntegrityLevel.HIGH
    assert ADMINISTRATORS in context.enabled_sids
    assert not any(sid.rid == 512 for sid in map(Sid, context.enabled_sids) if sid.domain), (
        "it is a local account"
    )
    child.open(HOSTS, FileRights.WRITE_DATA)
    assert error(process.open, HOSTS, FileRights.WRITE_DATA).win32_error == 5


def test_each_elevation_is_a_session_of_its_own_which_ends_with_its_program(machine):
    process = shell(machine, NOVA)
    one, other = process.elevate("cmd.exe"), process.elevate("cmd.exe")
    first, second = one.token.session, other.token.session
    assert first is not second and first.user == second.user
    one.exit()
    assert not first.alive and second.alive
    machine.log_off(process.token)
    assert not second.alive and not other.alive


def test_drives_and_profile_are_not_shared(machine):
    process = shell(machine, NOVA)
    process.map_drive("P:", r"\\MISTAKENOT-SRV1\plans")
    child = process.elevate("cmd.exe")
    assert child.drives == {}
    profile = rf"C:\Users\{child.token.session.user_name}"
    mine = r"C:\Users\nova\plan.txt"
    process.create(mine, FileRights.ALL_ACCESS)
    child.create(rf"{profile}\plan.txt", FileRights.ALL_ACCESS)
    assert error(process.create, rf"{profile}\trap.txt", FileRights.ALL_ACCESS).win32_error == 5
    hive = rf"HKU\{child.token.context.user}"
    assert child.open(r"HKEY_CURRENT_USER", 0x20019).object.name == hive


def test_the_elevated_session_has_nothing_to_show_elsewhere(machine):
    """ "Single Sign-On (SSO) credentials from the standard session aren't available"."""
    process = shell(machine, NOVA)
    child = process.elevate("cmd.exe")
    assert process.token.session.credentials and not child.token.session.credentials


def test_no_password_opens_the_hidden_account(machine):
    name = shell(machine, NOVA).elevate("cmd.exe").token.session.user_name
    for password in ("", "per aspera", name):
        assert error(machine.log_on, rf".\{name}", password).code is Win32Error.LOGON_FAILURE


def test_the_log_names_the_hidden_account_where_it_named_the_full_half(machine):
    process = shell(machine, NOVA)
    before = len(machine.log)
    child = process.elevate("cmd.exe")
    written = machine.log.since(before)
    logon = next(event for event in written if event["EventID"] == 4624)
    assert logon["TargetUserName"].startswith("ADMIN_") and logon["TargetLinkedLogonId"] == "0x0"
    prompt, start = (event for event in written if event["EventID"] == 4688)
    assert prompt["NewProcessName"].endswith("consent.exe")
    assert start["TokenElevationType"] == "%%1936" and start["TargetLogonId"] == logon["TargetLogonId"]
    assert start["ProcessId"] == f"{process.pid:#x}" and child.parent is process


def test_a_plain_user_and_a_refusal_are_what_they_were(machine):
    assert "name=" in error(shell(machine, COSMO).elevate, "cmd.exe").reason
    assert error(shell(machine, NOVA).elevate, "cmd.exe", consent=False).code is Win32Error.CANCELLED
    helped = shell(machine, COSMO).elevate("cmd.exe", name=PILOT[0], password=PILOT[1])
    assert helped.token.session.user_name.startswith("ADMIN_")


def test_over_the_network_nothing_changes(machine):
    token = machine.log_on(*NOVA, LogonType.NETWORK)
    assert token.elevated


def test_a_release_that_has_not_got_it_ignores_the_setting():
    machine = worlds.astro().machine("MISTAKENOT-WS-1")
    machine.policy.administrator_protection = True
    child = shell(machine, NOVA).elevate("cmd.exe")
    assert child.token.session.user_name == "nova" and child.token.elevation_type is ElevationType.FULL
