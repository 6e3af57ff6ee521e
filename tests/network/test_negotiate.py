"""Which package Negotiate takes, and NTLM's way to the machine that has the account. [MS-SPNG], [MS-NLMP]."""

import pytest

from tests.network.scene import COSMO, PASSWORDS, Scene
from tokenlab.network import Http, SmbShare, SqlServer, knowledge
from tokenlab.network.negotiate import choose
from tokenlab.network.outbound import OutboundCredentials
from tokenlab.system import Win32Error
from tokenlab.system.identity import KERBEROS, NTLM


@pytest.mark.parametrize(
    ("host", "spn", "domain", "package"),
    [
        ("A", "cifs/A", "ASTRO", KERBEROS),
        ("A.astro.example", "cifs/A.astro.example", "ASTRO", KERBEROS),
        ("10.0.0.3", "cifs/10.0.0.3", "ASTRO", NTLM),
        ("fe80::1", "cifs/fe80::1", "ASTRO", NTLM),
        ("nickname", "cifs/nickname", "ASTRO", NTLM),
        ("A", "MSSQLSvc/A:1433", "ASTRO", NTLM),
        ("A", "cifs/A", "A", NTLM),
    ],
)
def test_kerberos_takes_a_name_the_domain_knows_and_an_account_of_it(host, spn, domain, package):
    shown = OutboundCredentials("", domain, "cosmo", "key")
    assert choose(host, spn, shown, Scene().domain)[0] == package


def test_host_stands_for_the_services_of_a_machine_not_for_a_database():
    domain = Scene().domain
    for name in ("cifs/A", "HTTP/A", "RPCSS/A", "WSMAN/A", "HOST/A"):
        assert domain.service_account(name).name == "A$"
    assert domain.service_account("MSSQLSvc/A:1433") is None


def test_a_database_registers_its_own_name_when_it_starts():
    scene = Scene()
    scene.network.offer(SqlServer(scene.b))
    assert scene.domain.service_account("MSSQLSvc/B:1433").name == "B$"


def test_a_name_is_used_once():
    scene = Scene()
    scene.domain.register(scene.account("svc-web"), "HTTP/portal")
    with pytest.raises(ValueError, match="belongs to svc-web"):
        scene.domain.register(scene.account("A$"), "HTTP/portal")
    with pytest.raises(ValueError, match="expected cifs/WS-1"):
        scene.domain.register(scene.account("A$"), "portal")


def test_ntlm_asks_the_controller_about_an_account_of_the_domain():
    scene = Scene()
    outcome = scene.network.connect(scene.at_desk(), SmbShare(scene.a), host="10.0.0.3")
    assert [one.receiver for one in outcome.messages] == ["A", "WS", "A", "DC", "A"]
    assert [event["EventID"] for event in scene.controller.log.events(4776)] == [4776]
    assert not scene.controller.log.events(4768, 4769)


def test_ntlm_hands_the_server_nothing_that_it_could_use():
    scene = Scene()
    outcome = scene.network.connect(scene.at_desk(), SmbShare(scene.a), host="10.0.0.3")
    assert knowledge(outcome.messages)["A"] == ()
    cleartext = scene.network.connect(scene.at_desk(), Http(scene.a), way=Http.ways[1])
    assert knowledge(cleartext.messages)["A"] == (rf"password of {COSMO}",)


def test_a_wrong_password_is_refused_by_the_machine_that_has_the_account():
    scene = Scene()
    outcome = scene.network.connect(
        scene.at_desk(), SmbShare(scene.a), host="10.0.0.3", name=COSMO, password="wrong"
    )
    assert outcome.refusal.code == Win32Error.LOGON_FAILURE
    assert scene.controller.log.events(4776)[-1]["Status"] == "0xc000006a"
    assert scene.a.log.events(4625)[-1]["LogonType"] == "3"
    assert scene.desk.log.events(4648)[-1]["TargetUserName"] == "cosmo"


def test_kerberos_is_asked_once_and_then_the_ticket_is_used_again():
    scene = Scene()
    desk = scene.at_desk()
    for _ in range(3):
        scene.network.connect(desk, SmbShare(scene.a))
    assert len(scene.controller.log.events(4768)) == len(scene.controller.log.events(4769)) == 1
    assert PASSWORDS[COSMO] not in scene.controller.log.to_json_lines()
