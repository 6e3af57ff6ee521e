"""What lies where, and sessions whose credentials were changed: tokens stay, the wire does not."""

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tokenlab.network import (
    AuthenticationMechanism,
    Exposure,
    Http,
    SmbShare,
    exposure,
    find_exposed,
    find_playable,
    measure,
)
from tokenlab.system import LogonType


def kinds(scene, machine):
    return sorted((one.owner, one.kind) for one in exposure(scene.network)[machine.name])


def test_a_desk_holds_what_its_user_brought():
    scene = Scene()
    assert measure(scene.network) == (0, 0)
    desk = scene.at_desk()
    assert kinds(scene, scene.desk) == [(COSMO, "password")] and measure(scene.network) == (3, 0)
    scene.network.connect(desk, SmbShare(scene.a))
    assert kinds(scene, scene.desk) == [(COSMO, "TGT"), (COSMO, "password"), (COSMO, "service ticket")]
    assert kinds(scene, scene.a) == []


def test_what_lay_there_goes_with_the_session():
    scene = Scene()
    outcome = scene.network.connect(scene.at_desk(), Http(scene.a), way=AuthenticationMechanism.BASIC)
    assert (COSMO, "password") in kinds(scene, scene.a)
    outcome.close()
    assert kinds(scene, scene.a) == []


def test_a_machine_always_has_its_own_secret_and_it_is_counted_apart():
    scene = Scene()
    assert [one.owner for one in find_exposed(scene.network, scene.a)] == [r"ASTRO\A$"]
    assert exposure(scene.network)["A"] == ()


def test_pass_the_ticket_changes_the_wire_and_no_token():
    """Another's TGT in one's session: whoami is unchanged, the server sees the other."""
    scene = Scene()
    nova = scene.b.log_on(NOVA, PASSWORDS[NOVA])
    stolen = scene.network.ask_tgt(scene.desk, "nova", PASSWORDS[NOVA])
    desk = scene.at_desk()
    before = desk.effective_token.context
    scene.network.inject(desk.effective_token.session, stolen)
    outcome = scene.network.connect(desk, SmbShare(scene.a))
    assert desk.effective_token.context == before and outcome.who == NOVA
    assert nova.session.alive and scene.a.log.events(4624)[-1]["TargetUserName"] == "nova"
    assert scene.desk.log.events(4624)[-1]["TargetUserName"] == "cosmo"


def test_a_ticket_put_into_a_session_is_for_kerberos_only():
    """NTLM answers with what the session was made with, not with another's tickets that lie in it."""
    scene = Scene()
    desk = scene.at_desk()
    stolen = scene.network.ask_tgt(scene.desk, "nova", PASSWORDS[NOVA])
    scene.network.inject(desk.effective_token.session, stolen)
    by_name, by_address = (
        scene.network.connect(desk, SmbShare(scene.a), host=host)
        for host in ("A", scene.network.address(scene.a))
    )
    assert (by_name.who, by_name.why) == (NOVA, "a cached TGT of nova")
    assert (by_address.who, by_address.why) == (COSMO, "the password of cosmo")


def test_overpass_the_hash_is_a_ticket_request_without_a_logon():
    scene = Scene()
    logons = len(scene.desk.log.events(4624))
    scene.network.ask_tgt(scene.desk, "cosmo", PASSWORDS[COSMO])
    (event,) = scene.controller.log.events(4768)
    assert (event["TargetUserName"], event["TicketEncryptionType"]) == ("cosmo", "0x17")
    assert len(scene.desk.log.events(4624)) == logons


def test_new_credentials_show_in_the_log_what_whoami_does_not():
    scene = Scene()
    shell = scene.at_desk().process
    child = shell.start_with_logon(NOVA, "not her password", "cmd.exe", net_only=True)
    assert child.token.context == shell.token.context
    event = scene.desk.log.events(4624)[-1]
    assert (event["LogonType"], event["TargetUserName"], event["TargetOutboundUserName"]) == (
        "9",
        "cosmo",
        "nova",
    )
    refused = scene.network.connect(child.thread, SmbShare(scene.a))
    assert not refused.ok and child.token.session.logon_type is LogonType.NEW_CREDENTIALS
    right = shell.start_with_logon(NOVA, PASSWORDS[NOVA], "cmd.exe", net_only=True)
    assert scene.network.connect(right.thread, SmbShare(scene.a)).who == NOVA


def test_a_changed_key_is_what_the_wire_shows():
    scene = Scene()
    child = scene.at_desk().process.start_with_logon(NOVA, "x", "cmd.exe", net_only=True)
    scene.network.change_key(child.token.session, "ASTRO", "nova", PASSWORDS[NOVA])
    assert scene.network.connect(child.thread, SmbShare(scene.a)).who == NOVA


# The two numbers --------------------------------------------------------------------------------------------


def second_hop(setting, way=AuthenticationMechanism.NEGOTIATE, service=Http, host="A"):
    """From the desk to A, from there to a share of B; A's account is set so."""
    scene = Scene()
    a, b = scene.account("A$"), scene.account("B$")
    settings = scene.domain.delegation(a)
    settings.to = frozenset({"cifs/B"} if setting in ("Kerberos only", "any protocol") else ())
    settings.any_protocol = setting == "any protocol"
    settings.unconstrained = setting == "unconstrained"
    if setting == "resource-based":
        scene.domain.allow_on_behalf(b, a)
    first = scene.network.connect(scene.at_desk(), service(scene.a), way=way, host=host)
    second = scene.network.connect(first.thread, SmbShare(scene.b))
    return scene, first, second


def names(found):
    return sorted((one.person, one.by, one.at) for one in found)


PEOPLE = [("cosmo", "A$", "B$"), ("nova", "A$", "B$"), ("svc-web", "A$", "B$")]


@pytest.mark.parametrize(
    ("setting", "lies", "plays"),
    [
        ("none", [], []),
        ("unconstrained", [(COSMO, "TGT"), (COSMO, "service ticket")], []),
        ("Kerberos only", [(COSMO, "service ticket")], []),
        ("any protocol", [(COSMO, "service ticket")], PEOPLE),
        ("resource-based", [(COSMO, "service ticket")], PEOPLE),
    ],
)
def test_exposure_is_what_lies_there_and_who_can_be_played_from_there(setting, lies, plays):
    """[MS-SFU] 3.1.5.2.4: service 1 holds a ticket of the user for service 2. 5.1: with S4U2self before it,
    service 1 can be any user at service 2."""
    scene, _, second = second_hop(setting)
    assert second.arrival.value == ("anonymous" if setting == "none" else "as the user")
    assert kinds(scene, scene.a) == lies
    assert names(find_playable(scene.network, scene.a)) == plays
    weight = {"TGT": 2, "service ticket": 1}
    assert measure(scene.network, [scene.a]) == (sum(weight[kind] for _, kind in lies), len(plays))


def test_a_plain_network_logon_leaves_nothing_and_lets_nobody_be_played():
    scene = Scene()
    scene.network.connect(scene.at_desk(), SmbShare(scene.a))
    assert measure(scene.network, [scene.a, scene.b]) == (0, 0)


@pytest.mark.parametrize("how", ["sensitive", "protected"])
@pytest.mark.parametrize("setting", ["any protocol", "resource-based"])
def test_nobody_who_may_not_be_delegated_can_be_played(setting, how):
    """Protected Users, and "Account is sensitive and cannot be delegated"."""
    scene, _, _ = second_hop(setting)
    nova = scene.account("nova")
    nova.sensitive = how == "sensitive"
    if how == "protected":
        scene.directory.add_members("Protected Users", nova.sid)
    assert names(find_playable(scene.network, scene.a)) == [one for one in PEOPLE if one[0] != "nova"]


@pytest.mark.parametrize("setting", ["any protocol", "resource-based"])
def test_who_can_be_played_gets_there_without_a_visit(setting):
    """The number is no guess: with the machine's key the controller gives a ticket for each of them."""
    scene, _, _ = second_hop(setting)
    kdc = scene.network.kdc
    granting = kdc.authenticate("A$", scene.account("A$").password, "A")
    for one in find_playable(scene.network, scene.a):
        evidence = kdc.for_self(granting, one.person, "A")
        ticket = kdc.on_behalf(granting, evidence, "cifs/B", "A")
        kdc.accept(ticket, one.at, "cifs/B")
        assert ticket.client.name == one.person


def test_a_service_account_is_played_with_where_its_key_lies():
    scene = Scene()
    service = scene.account("svc-web")
    scene.domain.delegation(service).to = frozenset({"cifs/B"})
    scene.domain.delegation(service).any_protocol = True
    assert find_playable(scene.network, scene.a) == ()
    scene.a.policy.grant(service.sid, "SeServiceLogonRight")
    scene.a.log_on(r"ASTRO\svc-web", service.password, LogonType.SERVICE)
    assert {one.by for one in find_playable(scene.network, scene.a)} == {"svc-web"}
    assert find_playable(scene.network, scene.b) == ()


def test_what_lies_there_counts_before_who_can_be_played():
    """The order of the course, stated openly in lesson 12."""
    assert Exposure(0, 9) < Exposure(1, 0) < Exposure(1, 2) < Exposure(3, 0)
    assert str(Exposure(1, 2)) == "1 lies there, 2 can be played"


def test_the_ticket_of_a_second_hop_is_kept_and_goes_with_the_session():
    scene, first, _ = second_hop("Kerberos only")
    asked = len(scene.controller.log.events(4769))
    again = scene.network.connect(first.thread, SmbShare(scene.b))
    assert again.who == COSMO and len(scene.controller.log.events(4769)) == asked
    assert again.why == rf"a ticket for cifs/B of {COSMO}, asked for by A$"
    first.close()
    assert kinds(scene, scene.a) == []
