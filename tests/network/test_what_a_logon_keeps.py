"""What a logon without a controller, or of a member of Protected Users, can show to other machines; which
program of a server logs its client on."""

import pytest

from tests.network.scene import COSMO, PASSWORDS, Scene
from tokenlab.network import Arrival, AuthenticationMechanism, Http, SmbShare, Ssh, exposure
from tokenlab.network.ticket import TicketFlags
from tokenlab.system import LogonType


def protected() -> Scene:
    scene = Scene()
    scene.directory.add_members("Protected Users", scene.directory.find("cosmo").sid)
    return scene


def test_who_was_let_in_by_a_verifier_arrives_as_themselves_once_a_controller_answers():
    """D: "Credentials Processes in Windows Authentication": what was typed stays in LSA; the verifier on disk
    is what it was compared with."""
    scene = Scene()
    scene.desk.log_on(COSMO, PASSWORDS[COSMO]).close()
    scene.directory.available = False
    token = scene.desk.log_on(COSMO, PASSWORDS[COSMO])
    assert token.session.logon_type is LogonType.CACHED_INTERACTIVE
    thread = scene.desk.start("explorer.exe", token).thread
    scene.directory.available = True
    for host in ("A", scene.network.address(scene.a)):
        outcome = scene.network.connect(thread, SmbShare(scene.a), host=host)
        assert outcome.arrival is Arrival.AS_USER


def test_a_protected_user_goes_on_by_kerberos_and_not_by_ntlm():
    """D: "Protected Users security group"."""
    scene = protected()
    thread = scene.at_desk()
    assert scene.network.connect(thread, SmbShare(scene.a)).arrival is Arrival.AS_USER
    refused = scene.network.connect(thread, SmbShare(scene.a), host=scene.network.address(scene.a))
    assert refused.arrival is Arrival.NOBODY and "no password and no hash" in refused.refusal.missing


def test_what_lies_at_the_desk_of_a_protected_user_is_a_ticket():
    scene = protected()
    scene.at_desk()
    assert [(one.owner, one.kind) for one in exposure(scene.network)["WS"]] == [(COSMO, "TGT")]


def test_the_one_ticket_is_good_for_four_hours_from_the_logon_and_cannot_be_renewed():
    """D: [MS-KILE] 3.3.5.7: four hours, for lifetime and renewal."""
    scene = protected()
    thread = scene.at_desk()
    assert scene.network.connect(thread, SmbShare(scene.a)).ok
    granting = scene.network.tickets(thread.effective_token.session).granting
    assert TicketFlags.RENEWABLE not in granting.flags
    scene.desk.clock.pass_time(hours=4, minutes=1)
    late = scene.network.connect(thread, Http(scene.b))
    assert not late.ok and "KRB_AP_ERR_TKT_EXPIRED" in str(late.refusal)


def test_a_ticket_that_was_purged_is_not_got_anew():
    """There is no key left to prove anything with."""
    scene = protected()
    thread = scene.at_desk()
    assert scene.network.connect(thread, SmbShare(scene.a)).ok
    scene.network.tickets(thread.effective_token.session).purge()
    assert scene.network.connect(thread, SmbShare(scene.a)).arrival is not Arrival.AS_USER


def test_who_sits_there_can_still_type_the_password():
    scene = protected()
    outcome = scene.network.connect(scene.at_desk(), Http(scene.a), way=AuthenticationMechanism.BASIC)
    assert outcome.arrival is Arrival.AS_USER
    assert (COSMO, "TGT") in [(one.owner, one.kind) for one in exposure(scene.network)["A"]]


@pytest.mark.parametrize(
    ("kind", "way", "image"),
    [
        (Ssh, AuthenticationMechanism.PASSWORD, "sshd.exe"),
        (Ssh, AuthenticationMechanism.KEY, "sshd.exe"),
        (Http, AuthenticationMechanism.BASIC, "w3wp.exe"),
    ],
)
def test_a_service_that_logs_its_client_on_is_named_by_the_logon(kind, way, image):
    """D: 4624(S): the process that attempted the logon."""
    scene = Scene()
    assert scene.network.connect(scene.at_desk(), kind(scene.a), way=way).ok
    event = next(e for e in scene.a.log.events(4624) if e["TargetUserName"] == "cosmo")
    assert event["ProcessName"].endswith(image)
    process = scene.a.processes[int(event["ProcessId"], 16)]
    assert process.image == event["ProcessName"]
