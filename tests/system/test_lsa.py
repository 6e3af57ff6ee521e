"""LSA: who is let in, with which token and session, and what is refused with which error."""

from __future__ import annotations

import pytest

from tests.support import shared_file
from tests.system.people import BOB, COSMO, DOMAIN, EVE, NOVA, refused
from tokenlab.real.whoami import from_whoami
from tokenlab.system import (
    CredentialKind,
    Directory,
    ImpersonationLevel,
    LogonType,
    Machine,
    Refusal,
    TokenType,
)
from tokenlab.system.identity import application_pool_sid, identity_of, service_sid
from tokenlab.system.origin import HERE, Origin
from tokenlab.values import IntegrityLevel, Sid

ADMINISTRATORS = "S-1-5-32-544"
INTERACTIVE, NETWORK, BATCH = LogonType.INTERACTIVE, LogonType.NETWORK, LogonType.BATCH
SERVICE, CLEARTEXT, NEW = LogonType.SERVICE, LogonType.NETWORK_CLEARTEXT, LogonType.NEW_CREDENTIALS
REMOTE = LogonType.REMOTE_INTERACTIVE


# --- refusals: "4625(F)" on Microsoft Learn, [MS-ERREF]; wrong password 1326 is asserted on Windows ---


@pytest.mark.parametrize("logon_type", [INTERACTIVE, NETWORK, BATCH, CLEARTEXT])
def test_a_wrong_password_is_1326(desk: Machine, logon_type: LogonType) -> None:
    event = refused(desk, 1326, COSMO[0], "wrong", logon_type)
    assert (event["Status"], event["SubStatus"]) == ("0xc000006d", "0xc000006a")
    assert event["FailureReason"] == "%%2313" and event["LogonType"] == str(int(logon_type))
    assert (event["TargetUserName"], event["TargetUserSid"]) == ("cosmo", "S-1-0-0")


@pytest.mark.parametrize("name", [r"ASTRO\nobody", r".\nobody", r"ELSE\cosmo", "nobody"])
def test_an_unknown_user_is_1326_too_and_only_the_sub_status_tells(desk: Machine, name: str) -> None:
    event = refused(desk, 1326, name, "x")
    assert (event["Status"], event["SubStatus"]) == ("0xc000006d", "0xc0000064")


def test_a_disabled_account_is_1331(desk: Machine, domain: Directory) -> None:
    cosmo = domain.find("cosmo")
    assert cosmo is not None
    cosmo.enabled = False
    event = refused(desk, 1331, *COSMO)
    assert (event["Status"], event["SubStatus"]) == ("0xc000006e", "0xc0000072")
    refused(desk, 1331, COSMO[0], "wrong")  # Kerberos looks at the account before it asks for proof
    refused(desk, 1326, COSMO[0], "wrong", NETWORK, package="NTLM")  # NTLM compares the answer first


@pytest.mark.parametrize(
    ("who", "logon_type"), [(COSMO, BATCH), (COSMO, REMOTE), (COSMO, SERVICE), (NOVA, SERVICE)]
)
def test_a_type_that_is_not_granted_is_1385(
    desk: Machine, who: tuple[str, str], logon_type: LogonType
) -> None:
    event = refused(desk, 1385, *who, logon_type)
    assert (event["Status"], event["FailureReason"]) == ("0xc000015b", "%%2308")


def test_a_denied_right_is_1385(desk: Machine, domain: Directory) -> None:
    desk.policy.grant(f"{DOMAIN}-512", "SeDenyInteractiveLogonRight")
    refused(desk, 1385, *NOVA)
    assert desk.log_on(*NOVA, NETWORK), "only this way is shut"


def test_a_right_that_was_granted_opens_the_door(desk: Machine) -> None:
    desk.policy.grant(f"{DOMAIN}-513", "SeBatchLogonRight")
    assert desk.log_on(*COSMO, BATCH)


# --- what each type gives: "LogonUserW"; NtObjectManager's tests on Windows --------------------------


@pytest.mark.parametrize(
    ("logon_type", "token_type"),
    [
        (INTERACTIVE, TokenType.PRIMARY),
        (NETWORK, TokenType.IMPERSONATION),
        (BATCH, TokenType.PRIMARY),
        (LogonType.UNLOCK, TokenType.PRIMARY),
        (CLEARTEXT, TokenType.PRIMARY),
        (NEW, TokenType.PRIMARY),
        (REMOTE, TokenType.PRIMARY),
    ],
)
def test_only_a_network_logon_gives_an_impersonation_token(
    desk: Machine, logon_type: LogonType, token_type: TokenType
) -> None:
    token = desk.log_on(*NOVA, logon_type)
    assert token.token_type is token_type
    assert token.duplicate().token_type is TokenType.PRIMARY  # good for CreateProcessAsUser


@pytest.mark.parametrize(
    ("logon_type", "kind"),
    [
        (INTERACTIVE, CredentialKind.PASSWORD),
        (NETWORK, CredentialKind.NONE),
        (BATCH, CredentialKind.PASSWORD),
        (CLEARTEXT, CredentialKind.PASSWORD),
        (REMOTE, CredentialKind.PASSWORD),
    ],
)
def test_a_network_logon_leaves_no_credentials(
    desk: Machine, logon_type: LogonType, kind: CredentialKind
) -> None:
    session = desk.log_on(*NOVA, logon_type).session
    assert session is not None and session.credentials.kind is kind


def test_every_logon_has_a_session_of_its_own(desk: Machine) -> None:
    first, second = desk.log_on(*COSMO), desk.log_on(*COSMO)
    assert first.authentication_id != second.authentication_id
    assert first.session is desk.session(first.authentication_id)


def test_the_logon_sid_is_marked_and_differs_each_time(desk: Machine) -> None:  # attributes 0xC0000007: W
    sids = set()
    for _ in range(2):
        (group,) = (g for g in desk.log_on(*COSMO).context.groups if g.sid.startswith("S-1-5-5-"))
        assert group.attributes == 0xC0000007
        sids.add(group.sid)
    assert len(sids) == 2
    assert desk.log_on(*COSMO).query("TokenLogonSid").startswith("S-1-5-5-0-")


def test_who_comes_over_the_network_gets_no_logon_sid(desk: Machine) -> None:
    assert desk.log_on(*COSMO, NETWORK).query("TokenLogonSid") is None


def test_origin_is_the_session_that_asked(desk: Machine) -> None:  # TokenOrigin: W (Pester), 0 inbound: D
    caller = desk.log_on(*COSMO)
    assert desk.log_on(*BOB, origin=Origin(caller=caller)).origin == caller.authentication_id
    assert desk.log_on(*BOB, NETWORK, origin=Origin(caller=caller)).origin == caller.authentication_id
    assert desk.log_on(*BOB).origin == 0x3E7
    assert desk.log_on(*BOB, NETWORK).origin == 0


def test_domain_local_groups_are_marked_as_resource_groups(desk: Machine) -> None:
    groups = {group.sid: group.attributes for group in desk.log_on(*NOVA, NETWORK).context.groups}
    assert groups[Sid(f"{DOMAIN}-572")] == 0x20000007


def test_nested_groups_of_the_domain_reach_local_groups(desk: Machine, domain: Directory) -> None:
    cosmo = domain.find("cosmo")
    assert cosmo is not None
    helpers = domain.add_group("Helpers", cosmo.sid)
    leads = domain.add_group("Leads", helpers.sid)
    desk.sam.add_members("Remote Desktop Users", leads.sid)
    assert "S-1-5-32-555" in desk.log_on(*COSMO).context
    assert desk.log_on(*COSMO, REMOTE), "so the door is open"


# --- special ways in --------------------------------------------------------------------------------


def test_new_credentials_are_the_caller_with_another_name_for_the_wire(desk: Machine) -> None:  # D, W 4624
    caller = desk.log_on(*COSMO)
    token = desk.log_on(r"ASTRO\nova", "whatever", NEW, origin=Origin(caller=caller))
    assert token.context == caller.context and token.authentication_id != caller.authentication_id
    assert token.session is not None and token.session.credentials.user_name == "nova"
    event = desk.log.events(4624)[-1]
    assert (event["LogonType"], event["LogonProcessName"]) == ("9", "Advapi  ")
    assert event["TargetUserSid"] == event["SubjectUserSid"] == caller.context.user
    assert (event["TargetOutboundDomainName"], event["TargetOutboundUserName"]) == ("ASTRO", "nova")


def test_nobody_verifies_new_credentials(desk: Machine) -> None:  # D
    assert desk.log_on(r"NOWHERE\nobody", "nonsense", NEW, origin=Origin(caller=desk.log_on(*COSMO)))


def test_a_logon_without_a_password_takes_tcb_and_leaves_nothing_for_the_wire(desk: Machine) -> None:  # W
    token = desk.log_on(NOVA[0], None, BATCH, origin=Origin(caller=desk.system_token))
    assert token.session is not None and not token.session.credentials
    assert "S-1-18-2" in token.context and "S-1-18-1" not in token.context
    with pytest.raises(Refusal) as refusal:
        desk.log_on(NOVA[0], None, BATCH, origin=Origin(caller=desk.log_on(*COSMO)))
    assert refusal.value.win32_error == 1314


def test_a_logon_without_a_password_is_for_batch_and_network_only(desk: Machine) -> None:  # W (Pester)
    assert desk.log_on(NOVA[0], None, NETWORK, origin=Origin(caller=desk.system_token))
    refused(desk, 1326, NOVA[0], None, INTERACTIVE)


@pytest.mark.parametrize(
    ("name", "luid", "machine_account"),
    [("SYSTEM", 0x3E7, True), ("LOCAL SERVICE", 0x3E5, False), ("NETWORK SERVICE", 0x3E4, True)],
)
def test_the_accounts_of_services_use_the_sessions_of_the_machine(
    desk: Machine, name: str, luid: int, machine_account: bool
) -> None:  # D: fixed LUIDs; SYSTEM and NETWORK SERVICE go out as the machine
    before = len(desk.sessions)
    token = desk.log_on(rf"NT AUTHORITY\{name}", None, SERVICE)
    assert token.authentication_id == luid and len(desk.sessions) == before
    assert token.context.integrity == IntegrityLevel.SYSTEM and token.elevated
    assert token.session is not None
    assert (token.session.credentials.kind is CredentialKind.MACHINE) is machine_account
    if machine_account:
        assert token.session.credentials.user_name == "WS-1$"


@pytest.mark.parametrize("logon_type", [INTERACTIVE, NETWORK, BATCH])
def test_the_accounts_of_services_log_on_as_services_only(desk: Machine, logon_type: LogonType) -> None:
    refused(desk, 1385, r"NT AUTHORITY\NETWORK SERVICE", None, logon_type)  # W (Pester): only type Service


def test_system_holds_what_real_system_holds(desk: Machine) -> None:  # W: whoami, 27
    real = from_whoami(shared_file("real/whoami/local_system.txt").read_text(encoding="utf-8"))
    ours = desk.system_token.context
    assert ours.groups == real.groups and ours.integrity == real.integrity
    assert {p.privilege for p in ours.privileges} == {p.privilege for p in real.privileges}
    assert (ours.owner, ours.primary_group) == (ADMINISTRATORS, "S-1-5-18")
    assert [(ace.sid, ace.mask) for ace in ours.default_dacl or ()] == [
        ("S-1-5-18", 0x10000000),
        (ADMINISTRATORS, 0xA0020000),
    ]


def test_an_application_pool_holds_what_a_real_one_holds(desk: Machine) -> None:  # W: whoami
    real = from_whoami(shared_file("real/whoami/iis_apppool_service.txt").read_text(encoding="utf-8"))
    ours = desk.log_on(r"IIS APPPOOL\DefaultAppPool", None, SERVICE).context
    assert ours.user == real.user and ours.integrity == real.integrity
    assert {g.sid for g in ours.groups if not g.sid.startswith("S-1-5-5-")} == {g.sid for g in real.groups}
    assert set(ours.privileges) >= {p for p in real.privileges if not p.enabled}
    assert ours.enabled_privileges == real.enabled_privileges


def test_the_sid_of_a_service_is_made_of_its_name() -> None:  # D: `sc showsid`
    assert service_sid("TrustedInstaller").name == r"NT SERVICE\TrustedInstaller"
    assert service_sid("trustedinstaller") == service_sid("TrustedInstaller")
    assert application_pool_sid("DefaultAppPool").endswith("-4004696415")


def test_a_user_token_is_what_a_real_filtered_administrator_shows(desk: Machine) -> None:  # W: whoami
    real = from_whoami(shared_file("real/whoami/filtered_administrator.txt").read_text(encoding="utf-8"))
    ours = desk.log_on(*BOB).context
    shown = {g.sid: g.attributes for g in ours.groups if g.sid.rid != 513 and "S-1-5-5-" not in g.sid}
    theirs = {g.sid: g.attributes for g in real.groups if g.sid != "S-1-5-32-559"}  # their own choice
    assert shown == theirs
    assert ours.enabled_privileges == real.enabled_privileges


def test_the_anonymous_are_untrusted_and_not_everyone(desk: Machine) -> None:  # W: real 4624 and 4627
    token = desk.lsa.log_on_anonymously()
    assert {g.sid for g in token.context.groups} == {"S-1-0-0", "S-1-5-2", "S-1-5-15", "S-1-5-64-10"}
    assert token.context.integrity == IntegrityLevel.UNTRUSTED and not token.context.privileges
    desk.policy.everyone_includes_anonymous = True
    assert "S-1-1-0" in desk.lsa.log_on_anonymously().context


def test_the_anonymous_token_of_the_machine_belongs_to_a_session_of_its_own(desk: Machine) -> None:  # W
    token = desk.lsa.anonymous_token()
    assert (token.authentication_id, token.context.user) == (0x3E6, "S-1-5-7")
    assert not token.context.privileges and "S-1-1-0" not in token.context


def test_the_machines_own_account_is_system(desk: Machine) -> None:  # W: real 4624 and 4627
    token = desk.log_on("WS-1$", "password of WS-1$", NETWORK)
    assert token.context.user == "S-1-5-18" and token.context.integrity == IntegrityLevel.SYSTEM
    other = Machine("WS-2", desk.domain, sid="S-1-5-21-7-7-7")
    guest = other.log_on(r"ASTRO\WS-1$", "password of WS-1$", NETWORK)
    assert guest.context.integrity == IntegrityLevel.MEDIUM and not guest.elevated


@pytest.mark.parametrize(("name", "password"), [COSMO, ("WS-1$", "password of WS-1$")])
def test_medium_plus_goes_with_pre_windows_2000_compatible_access(
    desk: Machine, name: str, password: str
) -> None:
    """E: 129 of 129 logons, a plain user at a controller and the accounts of machines alike; also the
    `whoami /all` of a plain user of a controller by WinRM."""
    controller = Machine("DC-1", desk.domain, controller=True)
    token = controller.log_on(name, password, NETWORK)
    assert "S-1-5-32-554" in token.context
    assert token.context.integrity == IntegrityLevel.MEDIUM_PLUS and token.elevated
    assert controller.log.events(4624)[-1]["ElevatedToken"] == "%%1842"


@pytest.mark.parametrize(("package", "first"), [("Kerberos", "S-1-18-1"), ("NTLM", f"{DOMAIN}-572")])
def test_where_the_proof_stands_among_the_groups(desk: Machine, package: str, first: str) -> None:
    """E: NTLM lists 572 before S-1-5-64-10 in 11 of 11 events 4627, Kerberos S-1-18-1 first in 622 of 622."""
    proof = {"S-1-18-1", "S-1-5-64-10", f"{DOMAIN}-572"}
    groups = [group.sid for group in desk.log_on(*NOVA, NETWORK, package=package).context.groups]
    assert next(sid for sid in groups if sid in proof) == first and len(proof.intersection(groups)) == 2


def test_the_package_can_be_chosen_for_the_network(desk: Machine) -> None:
    kerberos, ntlm = desk.log_on(*COSMO, NETWORK), desk.log_on(*COSMO, NETWORK, package="NTLM")
    assert "S-1-18-1" in kerberos.context and "S-1-5-64-10" not in kerberos.context
    assert "S-1-5-64-10" in ntlm.context and "S-1-18-1" not in ntlm.context
    local = desk.log_on(*EVE, NETWORK, package="Kerberos")
    assert "S-1-5-64-10" in local.context, "no domain controller vouches for a local account"


def test_a_protocol_that_delegates_says_so(desk: Machine, domain: Directory) -> None:
    account = domain.find("cosmo")
    assert account is not None
    token = desk.lsa.admit(
        identity_of(account, domain, "Kerberos"),
        NETWORK,
        desk.lsa.describe_origin(HERE, NETWORK, "Kerberos"),
        level=ImpersonationLevel.DELEGATION,
    )
    assert token.level is ImpersonationLevel.DELEGATION
    assert desk.log.events(4624)[-1]["ImpersonationLevel"] == "%%1840"
