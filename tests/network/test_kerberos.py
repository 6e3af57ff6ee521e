"""Tickets cannot be used where real ones could not. [RFC 4120], [MS-SFU]."""

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tokenlab.network import Http, KerberosError, SmbShare, TicketFlags, WinRm, exposure, knowledge, measure
from tokenlab.system import AccessDenied
from tokenlab.values import FileRights


@pytest.fixture
def scene() -> Scene:
    return Scene()


def code(failed: pytest.ExceptionInfo[KerberosError]) -> str:
    return failed.value.code.name


@pytest.mark.parametrize(
    ("name", "key", "error", "event", "status"),
    [
        ("nobody", "x", "KDC_ERR_C_PRINCIPAL_UNKNOWN", 4768, "0x6"),
        ("cosmo", "wrong", "KDC_ERR_PREAUTH_FAILED", 4771, "0x18"),
        ("krbtgt", "", "KDC_ERR_CLIENT_REVOKED", 4768, "0x12"),
    ],
)
def test_no_ticket_without_the_key(
    scene: Scene, name: str, key: str, error: str, event: int, status: str
) -> None:
    with pytest.raises(KerberosError) as failed:
        scene.network.kdc.authenticate(name, key, "WS")
    assert code(failed) == error
    assert scene.controller.log.events(event)[-1]["Status"] == status


def test_a_ticket_opens_one_service_of_one_account_for_ten_hours(scene: Scene) -> None:
    kdc = scene.network.kdc
    granting = kdc.authenticate("cosmo", PASSWORDS[COSMO], "WS")
    ticket = kdc.ticket(granting, "cifs/A", "WS")
    kdc.accept(ticket, "A$", "cifs/A")
    for account, service, error in (
        ("B$", "cifs/A", "KRB_AP_ERR_MODIFIED"),
        ("A$", "HTTP/A", "KRB_AP_ERR_NOT_US"),
    ):
        with pytest.raises(KerberosError) as failed:
            kdc.accept(ticket, account, service)
        assert code(failed) == error
    scene.clock.pass_time(hours=11)
    for use in (lambda: kdc.accept(ticket, "A$", "cifs/A"), lambda: kdc.ticket(granting, "cifs/A", "WS")):
        with pytest.raises(KerberosError) as failed:
            use()
        assert code(failed) == "KRB_AP_ERR_TKT_EXPIRED"


def test_a_service_ticket_is_no_granting_one(scene: Scene) -> None:
    kdc = scene.network.kdc
    ticket = kdc.ticket(kdc.authenticate("cosmo", PASSWORDS[COSMO], "WS"), "cifs/A", "WS")
    with pytest.raises(KerberosError):
        kdc.ticket(ticket, "cifs/B", "WS")


@pytest.mark.parametrize("how", ["sensitive", "protected"])
def test_who_cannot_be_delegated_gets_no_forwardable_ticket(scene: Scene, how: str) -> None:
    cosmo = scene.account("cosmo")
    cosmo.sensitive = how == "sensitive"
    if how == "protected":
        scene.directory.add_members("Protected Users", cosmo.sid)
    granting = scene.network.kdc.authenticate("cosmo", PASSWORDS[COSMO], "WS")
    assert TicketFlags.FORWARDABLE not in granting.flags
    with pytest.raises(KerberosError) as failed:
        scene.network.kdc.forward(granting, "WS")
    assert code(failed) == "KDC_ERR_BADOPTION"


def test_evidence_must_be_a_ticket_to_the_one_who_shows_it(scene: Scene) -> None:
    kdc = scene.network.kdc
    scene.domain.allow_on_behalf(scene.account("B$"), scene.account("A$"))
    evidence = kdc.ticket(kdc.authenticate("cosmo", PASSWORDS[COSMO], "WS"), "cifs/DC", "WS")
    granting = kdc.authenticate("A$", scene.account("A$").password, "A")
    with pytest.raises(KerberosError) as failed:
        kdc.on_behalf(granting, evidence, "cifs/B", "A")
    assert code(failed) == "KDC_ERR_BADOPTION"


def test_a_name_on_the_wrong_account_breaks_a_site(scene: Scene) -> None:
    """ "Service principal names" on Microsoft Learn: the account that runs the service must have it."""
    scene.domain.register(scene.account("svc-web"), "HTTP/A")
    outcome = scene.network.connect(scene.at_desk(), Http(scene.a))
    assert outcome.refusal is not None and outcome.refusal.name == "KRB_AP_ERR_MODIFIED"


def test_a_wrong_password_at_netonly_is_refused_by_the_wire_only(scene: Scene) -> None:
    shell = scene.desk.start("explorer.exe", scene.desk.log_on(COSMO, PASSWORDS[COSMO]))
    child = shell.start_with_logon(NOVA, "not her password", "cmd.exe", net_only=True)
    by_name = scene.network.connect(child.thread, SmbShare(scene.a))
    assert by_name.refusal is not None and by_name.refusal.name == "KDC_ERR_PREAUTH_FAILED"
    by_address = scene.network.connect(child.thread, SmbShare(scene.a), host="10.0.0.3")
    assert by_address.refusal is not None and by_address.refusal.code == 1326
    assert scene.controller.log.events(4776)[-1]["Status"] == "0xc000006a"
    assert scene.a.log.events(4625)[-1]["SubStatus"] == "0xc000006a"


def test_who_may_not_come_by_the_network_is_refused_with_1385(scene: Scene) -> None:
    scene.a.policy.grant(scene.account("cosmo").sid, "SeDenyNetworkLogonRight")
    outcome = scene.network.connect(scene.at_desk(), SmbShare(scene.a))
    assert outcome.refusal is not None and outcome.refusal.code == 1385


def test_the_price_of_a_fix_lies_on_the_server(scene: Scene) -> None:
    desk = scene.at_desk()
    scene.network.connect(desk, WinRm(scene.a))
    assert exposure(scene.network)["A"] == ()
    before = measure(scene.network)
    scene.domain.delegation(scene.account("A$")).unconstrained = True
    scene.network.tickets(desk.process.token.session).purge()
    forwarded = scene.network.connect(desk, WinRm(scene.a))
    assert [(one.owner, one.kind) for one in exposure(scene.network)["A"]] == [(COSMO, "TGT")]
    assert measure(scene.network) == (before.lies + 2, before.playable)
    assert f"forwarded TGT of {COSMO}" in knowledge(forwarded.messages)["A"]
    forwarded.close()
    assert exposure(scene.network)["A"] == ()


def test_a_share_and_its_file_must_both_grant(scene: Scene) -> None:
    share = SmbShare(scene.a, path=r"C:\Windows")
    outcome = scene.network.connect(scene.at_desk(), share)
    assert outcome.thread is not None
    with pytest.raises(AccessDenied):
        share.open(outcome.thread, "notepad.exe", FileRights.WRITE)  # the share grants reading only
    assert scene.a.log.events(5140, 5145)[-1]["ShareName"] == "\\\\*\\data"
