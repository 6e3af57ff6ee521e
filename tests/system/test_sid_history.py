"""SID history: the token holds it as groups, Windows' own way in is watched, the database itself is not.

D: [MS-DRSR] 4.1.2.3, "Audit User Account Management", DsAddSidHistory; the rule "Addition of SID History to
Active Directory Object" of SigmaHQ asks for 4765, 4766, and 4738 with a SidHistory.
"""

from __future__ import annotations

import pytest

from tests.system.people import COSMO, NOVA
from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.system import Directory, GroupScope, LogonType, Machine, Refusal, Token
from tokenlab.system.sid_history import add_sid_history
from tokenlab.values import FileRights, Sid

ELSEWHERE = "S-1-5-21-9-9-9"
OLD = f"{ELSEWHERE}-1107"
DOMAIN_ADMINS = f"{ELSEWHERE}-512"
NETWORK = LogonType.NETWORK


@pytest.fixture
def controller(domain: Directory) -> Machine:
    return Machine("DC-1", domain, controller=True)


def admin(controller: Machine) -> Token:
    return controller.log_on(*NOVA, NETWORK)


def test_what_an_account_was_elsewhere_is_a_group_of_its_tokens(desk: Machine, controller: Machine) -> None:
    before = desk.log_on(*COSMO)
    add_sid_history(controller, admin(controller), "cosmo", r"VOYAGER\cosmo", OLD)
    assert OLD not in before.context, "a token that exists stays what it is"
    for token in (
        desk.log_on(*COSMO),
        desk.log_on(*COSMO, NETWORK),
        desk.log_on(*COSMO, NETWORK, package="NTLM"),
    ):
        assert OLD in token.context and token.context.user != OLD


def test_an_old_dacl_knows_the_account_again(desk: Machine, controller: Machine) -> None:
    descriptor = SecurityDescriptor.from_sddl(f"O:BAG:BAD:(A;;FR;;;{OLD})")
    assert not access_check(desk.log_on(*COSMO).context, descriptor, FileRights.READ_DATA)
    add_sid_history(controller, admin(controller), "cosmo", r"VOYAGER\cosmo", OLD)
    assert access_check(desk.log_on(*COSMO).context, descriptor, FileRights.READ_DATA)


def test_it_reaches_the_groups_that_hold_the_old_account(
    desk: Machine, domain: Directory, controller: Machine
) -> None:
    desk.sam.add_members("Remote Desktop Users", OLD)
    add_sid_history(controller, admin(controller), "cosmo", r"VOYAGER\cosmo", OLD)
    vault = domain.add_group("Vault", OLD, scope=GroupScope.DOMAIN_LOCAL)
    context = desk.log_on(*COSMO).context
    assert "S-1-5-32-555" in context and vault.sid in context


def test_windows_own_way_writes_4765_and_4738(controller: Machine) -> None:
    caller, records = admin(controller), len(controller.log)
    account = add_sid_history(controller, caller, "cosmo", r"VOYAGER\cosmo", OLD)
    added, changed = controller.log.since(records)
    assert (added["EventID"], changed["EventID"]) == (4765, 4738)
    assert added["SourceSid"] == OLD and OLD in changed["SidHistory"]
    for event in (added, changed):
        assert event["TargetSid"] == str(account.sid) and event["SubjectUserName"] == "nova"


@pytest.mark.parametrize(
    ("by", "sid", "code"),
    [(COSMO, OLD, 5), (NOVA, "S-1-5-21-11-22-33-512", 8534), (NOVA, DOMAIN_ADMINS, 8539)],
)
def test_a_refusal_writes_4766_and_changes_nothing(
    controller: Machine, domain: Directory, by: tuple[str, str], sid: str, code: int
) -> None:
    nova, cosmo = domain.find("nova"), domain.find("cosmo")
    assert nova is not None and cosmo is not None
    nova.sid_history.append(Sid(DOMAIN_ADMINS))
    caller, records = controller.log_on(*by, NETWORK), len(controller.log)
    with pytest.raises(Refusal) as refused:
        add_sid_history(controller, caller, "cosmo", r"VOYAGER\somebody", sid)
    assert refused.value.win32_error == code and cosmo.sid_history == []
    (event,) = controller.log.since(records)
    assert event["EventID"] == 4766


def test_who_writes_into_the_database_is_asked_nothing_and_leaves_no_event(
    desk: Machine, domain: Directory, controller: Machine
) -> None:
    """So even a SID of the own domain gets in: with 512 the account is an administrator everywhere."""
    cosmo = domain.find("cosmo")
    assert cosmo is not None
    records = len(controller.log)
    cosmo.sid_history.append(Sid(f"{domain.sid}-512"))
    assert len(controller.log) == records
    token = desk.log_on(*COSMO, NETWORK)
    assert "S-1-5-32-544" in token.context and token.elevated
    assert cosmo.sid not in domain.group("Domain Admins").members, "no list of members tells of it"


def test_only_a_controller_can_add_to_it(desk: Machine) -> None:
    with pytest.raises(ValueError, match="no domain controller"):
        add_sid_history(desk, desk.system_token, "cosmo", r"VOYAGER\cosmo", OLD)
