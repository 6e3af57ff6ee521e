"""Accounts of services: group managed ones, IUSR, and those that JEA makes.

D: "Group Managed Service Accounts Overview", LogonUserW. T: powershell-universal#4548 (an empty password is
1326), MicrosoftDocs/sdk-api#1420 (no new credentials for one), the print-out of IUSR's token on a server.
"""

from __future__ import annotations

import pytest

from tests.support import shared_file
from tests.system.people import NOVA, refused
from tokenlab.real.whoami import from_whoami
from tokenlab.system import Account, CredentialKind, Directory, LogonType, Machine
from tokenlab.system.identity import Identity
from tokenlab.system.origin import Origin
from tokenlab.values import Sid
from tokenlab.values.well_known import ADMINISTRATORS

SVC = r"ASTRO\svc$"
BATCH, SERVICE, NEW = LogonType.BATCH, LogonType.SERVICE, LogonType.NEW_CREDENTIALS


@pytest.fixture
def managed(desk: Machine, domain: Directory) -> Account:
    account = domain.add_managed_account("svc")
    desk.policy.grant(account.sid, "SeBatchLogonRight", "SeServiceLogonRight")
    return account


@pytest.mark.parametrize("how", [BATCH, SERVICE])
def test_a_managed_account_logs_on_without_a_password_and_has_credentials(
    desk: Machine, managed: Account, how: LogonType
) -> None:
    token = desk.log_on(SVC, None, how)
    assert token.session is not None and token.session.credentials.kind is CredentialKind.PASSWORD
    assert "S-1-18-1" in token.context and "S-1-18-2" not in token.context, "no S4U: a password was shown"


@pytest.mark.parametrize("typed", ["", "svc", "password of svc$"])
def test_a_password_that_somebody_types_for_it_is_1326(desk: Machine, managed: Account, typed: str) -> None:
    refused(desk, 1326, SVC, typed, BATCH)


def test_new_credentials_cannot_name_it(desk: Machine, managed: Account) -> None:
    event = refused(desk, 1326, SVC, "", NEW, origin=Origin(desk.log_on(*NOVA)))
    assert event["LogonType"] == "9"
    assert desk.log_on(r"ASTRO\nobody", "", NEW), "another name is not looked at"


def test_only_machines_that_may_retrieve_it_can_use_it(desk: Machine, domain: Directory) -> None:
    other = Machine("WS-2", domain, sid="S-1-5-21-8-8-8")
    account = domain.add_managed_account("vault$", domain.find("WS-2$").sid)
    for machine in (desk, other):
        machine.policy.grant(account.sid, "SeServiceLogonRight")
    assert other.log_on(r"ASTRO\vault$", None, SERVICE)
    refused(desk, 1326, r"ASTRO\vault$", None, SERVICE)


def test_a_sam_keeps_no_managed_accounts(desk: Machine) -> None:
    assert not hasattr(desk.sam, "add_managed_account") and not hasattr(desk.sam, "dns_name")


def test_iusr_holds_what_a_real_one_holds(desk: Machine) -> None:
    real = from_whoami(shared_file("field/w01_es_iusr.txt").read_text(encoding="utf-8"))
    token = desk.log_on(r"NT AUTHORITY\IUSR", None, SERVICE)
    ours = token.context
    assert (ours.user, ours.integrity) == (real.user, real.integrity)
    assert {group for group in ours.groups if "S-1-5-5-" not in group.sid} == set(real.groups)
    assert ours.enabled_privileges == real.enabled_privileges
    assert token.session is not None and not token.session.credentials, "anonymous on the wire"
    refused(desk, 1385, r"NT AUTHORITY\IUSR", None, BATCH)


def test_a_virtual_account_of_jea_is_an_administrator_of_this_machine_only(desk: Machine) -> None:
    """D: "JEA Security Considerations": a member of the local Administrators, for one connection; it goes
    out as the machine. Administrators count as in any administrator's token: they may own what it makes."""
    name = "WinRM VA_1_ASTRO_cosmo"
    who = Identity(Sid("S-1-5-94-1"), name, "WinRM Virtual Users", groups=(ADMINISTRATORS,), virtual=True)
    token = desk.lsa.admit(
        who, BATCH, desk.lsa.describe_origin(Origin(desk.system_token), BATCH, who.package)
    )
    groups = {group.sid: int(group.attributes) for group in token.context.groups}
    assert groups[ADMINISTRATORS] == 0xF and token.context.owner == ADMINISTRATORS and token.elevated
    assert token.session is not None and token.session.credentials.kind is CredentialKind.MACHINE
    assert desk.log.events(4624)[-1]["VirtualAccount"] == "%%1842"
