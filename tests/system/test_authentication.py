"""Names and passwords: how a name is read, and what happens while the domain is away."""

from __future__ import annotations

import pytest

from tests.system.people import BOB, COSMO, DOMAIN, NOVA, refused
from tokenlab.security import GroupAttributes
from tokenlab.system import CredentialKind, Directory, LogonType, Machine

NETWORK = LogonType.NETWORK


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "user"),
    [
        (r"ASTRO\cosmo", r"ASTRO\cosmo"),
        (r"astro\COSMO", r"ASTRO\cosmo"),
        ("cosmo@astro.example", r"ASTRO\cosmo"),
        ("cosmo", r"ASTRO\cosmo"),
        (r"ws-1\eve", r"WS-1\eve"),
    ],
)
def test_a_name_can_be_written_in_several_ways(desk: Machine, name: str, user: str) -> None:
    password = "apple" if user.endswith("eve") else "pod bay"
    token = desk.log_on(name, password)
    assert token.session is not None
    assert rf"{token.session.domain}\{token.session.user_name}" == user


def test_a_bare_name_is_looked_for_on_the_machine_first(desk: Machine) -> None:
    desk.sam.add_user("cosmo", "local")
    assert "S-1-5-113" in desk.log_on("cosmo", "local").context


def test_names_come_with_the_token(desk: Machine) -> None:
    context = desk.log_on(*NOVA).context
    assert context.user_label == r"ASTRO\nova"
    assert context.name_of(f"{DOMAIN}-512") == r"ASTRO\Domain Admins"
    assert GroupAttributes.LOGON_ID  # the logon SID has a name too
    assert context.name_of(desk.log_on(*NOVA).context.groups[0].sid) == r"ASTRO\Domain Users"


# --- the domain is away: "Cached and Stored Credentials" on Microsoft Learn -------------------------


def test_who_was_here_before_gets_in_from_a_verifier(desk: Machine, domain: Directory) -> None:
    desk.log_on(*COSMO)
    domain.available = False
    token = desk.log_on(*COSMO)
    assert token.session is not None and token.session.logon_type is LogonType.CACHED_INTERACTIVE
    assert token.session.credentials.kind is CredentialKind.PASSWORD, "it was typed"
    assert desk.log.events(4624)[-1]["LogonType"] == "11"
    refused(desk, 1326, COSMO[0], "wrong")


def test_who_was_never_here_does_not(desk: Machine, domain: Directory) -> None:
    desk.log_on(*COSMO, NETWORK)  # a network logon leaves no verifier
    domain.available = False
    event = refused(desk, 1311, *COSMO)
    assert event["Status"] == "0xc000005e"
    refused(desk, 1311, *COSMO, NETWORK)
    assert desk.log_on(*BOB), "local accounts need no domain"


def test_a_verifier_is_for_people_at_the_machine_only(desk: Machine, domain: Directory) -> None:
    desk.log_on(*COSMO)
    domain.available = False
    refused(desk, 1311, *COSMO, NETWORK)


def test_a_refused_logon_leaves_no_verifier(desk: Machine, domain: Directory) -> None:
    desk.policy.grant(f"{DOMAIN}-513", "SeDenyInteractiveLogonRight")
    refused(desk, 1385, *COSMO)
    domain.available = False
    refused(desk, 1311, *COSMO)


def test_verifiers_are_few(desk: Machine, domain: Directory) -> None:
    desk.policy.cached_logons_count = 1
    desk.log_on(*COSMO)
    desk.log_on(*NOVA)
    domain.available = False
    refused(desk, 1311, *COSMO)
    assert desk.log_on(*NOVA)


@pytest.mark.parametrize("how", [LogonType.INTERACTIVE, LogonType.BATCH, LogonType.NETWORK_CLEARTEXT])
def test_protected_users_keep_a_ticket_and_no_password(
    desk: Machine, domain: Directory, how: LogonType
) -> None:
    """D: "Protected Users security group": neither plaintext nor NT hash nor long-term keys are kept."""
    nova = domain.find("nova")
    assert nova is not None
    domain.add_members("Protected Users", nova.sid)
    session = desk.log_on(*NOVA, how).session
    assert session is not None
    assert session.credentials.kind is CredentialKind.TICKETS and session.credentials.secret is None


def test_protected_users_leave_no_verifier(desk: Machine, domain: Directory) -> None:  # D
    cosmo = domain.find("cosmo")
    assert cosmo is not None
    domain.add_members("Protected Users", cosmo.sid)
    desk.log_on(*COSMO)
    domain.available = False
    refused(desk, 1311, *COSMO)
