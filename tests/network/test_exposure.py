"""What lies where, and sessions whose credentials were changed: tokens stay, the wire does not."""

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tokenlab.network import Http, SmbShare, Way, exposed_on, exposure, score
from tokenlab.system import LogonType


def kinds(scene, machine):
    return sorted((one.owner, one.kind) for one in exposure(scene.network)[machine.name])


def test_a_desk_holds_what_its_user_brought():
    scene = Scene()
    assert score(scene.network) == 0
    desk = scene.at_desk()
    assert kinds(scene, scene.desk) == [(COSMO, "password")] and score(scene.network) == 3
    scene.network.connect(desk, SmbShare(scene.a))
    assert kinds(scene, scene.desk) == [(COSMO, "TGT"), (COSMO, "password"), (COSMO, "service ticket")]
    assert kinds(scene, scene.a) == []


def test_what_lay_there_goes_with_the_session():
    scene = Scene()
    outcome = scene.network.connect(scene.at_desk(), Http(scene.a), way=Way.BASIC)
    assert (COSMO, "password") in kinds(scene, scene.a)
    outcome.close()
    assert kinds(scene, scene.a) == []


def test_a_machine_always_has_its_own_secret_and_it_is_counted_apart():
    scene = Scene()
    assert [one.owner for one in exposed_on(scene.network, scene.a)] == [r"ASTRO\A$"]
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
    """NTLM answers with what the session was made with, whoever's tickets lie in it."""
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
