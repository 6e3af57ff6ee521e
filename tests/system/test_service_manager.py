"""Adding a service: who may, under which account it runs, and what the log has of it."""

import pytest

from tests.system.scene import COSMO, NOVA, desk, elevated, error, shell
from tokenlab import access_check
from tokenlab.system import Machine, Win32Error
from tokenlab.system.service_manager import ServiceManager
from tokenlab.values import SERVICE_MANAGER, ServiceManagerRights, ServiceRights

IMAGE = r"cmd.exe /c echo hello > \\.\pipe\hello"


@pytest.fixture
def machine() -> Machine:
    return desk()


def test_who_may_what_at_the_manager_is_what_its_page_says(machine):
    """ "Service Security and Access Rights": administrators everything; a local user connects, enumerates and
    queries the lock; a remote one connects."""
    descriptor = ServiceManager().descriptor
    local = ServiceManagerRights.CONNECT | 0x4 | 0x10 | 0x20000
    for context, rights in (
        (elevated(machine).token.context, ServiceManagerRights.ALL_ACCESS),
        (shell(machine, COSMO).token.context, local),
    ):
        found = access_check(context, descriptor, 0x02000000, SERVICE_MANAGER)
        assert found.granted_access == rights


@pytest.mark.parametrize("who", [COSMO, NOVA], ids=["a plain user", "an administrator who is not elevated"])
def test_only_an_elevated_administrator_adds_a_service(machine, who):
    refusal = error(shell(machine, who).create_service, "hello", IMAGE)
    assert refusal.code is Win32Error.ACCESS_DENIED
    assert not machine.log.events(4697)
    assert elevated(machine).create_service("hello", IMAGE).object.account == "LocalSystem"


def test_a_new_service_leaves_4697_with_the_account_that_added_it_and_7045(machine):
    """4697(S): ServiceName, ServiceFileName, ServiceType, ServiceStartType, ServiceAccount; 7045: the name,
    ImagePath, AccountName (SigmaHQ's rules of the service control manager)."""
    nova = elevated(machine)
    nova.create_service("hello", IMAGE)
    (event,) = machine.log.events(4697)
    assert event["SubjectLogonId"] == str(nova.token.authentication_id)
    assert (event["ServiceName"], event["ServiceFileName"]) == ("hello", IMAGE)
    assert (event["ServiceType"], event["ServiceStartType"], event["ServiceAccount"]) == (
        "0x10",
        "3",
        "LocalSystem",
    )
    (other,) = machine.system_log.events(7045)
    assert (other["ServiceName"], other["ImagePath"], other["AccountName"]) == ("hello", IMAGE, "LocalSystem")
    assert (other["Channel"], event["Channel"]) == ("System", "Security")
    assert error(nova.create_service, "Hello", IMAGE).code is Win32Error.SERVICE_EXISTS


def test_a_service_that_anybody_added_runs_as_its_account_below_services_exe(machine):
    service = elevated(machine).create_service("hello", IMAGE).start()
    assert service.token.context.user == "S-1-5-18" and service.parent.name == "services.exe"
    assert (service.name, service.command_line) == ("cmd.exe", IMAGE)
    assert machine.log.events(4688)[-1]["CommandLine"] == IMAGE


def test_a_service_gets_only_the_privileges_that_it_asks_for(machine):
    """``SERVICE_REQUIRED_PRIVILEGES_INFO``: the manager removes all others from the token of its process."""
    handle = elevated(machine).create_service("hello", IMAGE, "LocalService")
    before = {state.privilege for state in handle.start().token.context.privileges}
    handle.require_privileges(["SeTimeZonePrivilege"])
    after = {state.privilege for state in handle.start().token.context.privileges}
    assert "SeImpersonatePrivilege" in before
    assert after == {"SeChangeNotifyPrivilege", "SeTimeZonePrivilege"}


def test_to_name_the_privileges_of_a_service_takes_change_config(machine):
    """The same right as for every other change of its configuration."""
    nova = elevated(machine)
    nova.create_service("hello", IMAGE)
    handle = nova.open(machine.objects.service("hello"), ServiceRights.START)
    assert error(handle.require_privileges, []).code is Win32Error.ACCESS_DENIED
