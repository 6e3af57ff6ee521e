"""What a refused logon leaves, and where: on the machine that was asked, and on the one that has the account.

Codes: "4625(F)", "4768(S, F)", "4771(F)", "4769(S, F)", "4776(S, F)" on Microsoft Learn; [RFC 4120] 7.5.9.
"""

from dataclasses import replace

import pytest

from tests.network.scene import COSMO, PASSWORDS, Scene
from tokenlab import worlds
from tokenlab.network import KerberosError, SmbShare, TicketFlags, wire_events
from tokenlab.system import LogonType, Machine, Refusal
from tokenlab.system.event_log import AUDIT_FAILURE
from tokenlab.system.origin import Origin

DISABLED, PASSWORD = r"ASTRO\svc-web", "per aspera ad astra"
BY_KERBEROS = [
    # a 4771 that somebody published (failure code 0x18, options 0x40810010); "4771(F)"
    (COSMO, "wrong", "0xc000006a", 4771, "0x18"),
    # "4768(S, F)": 0x6, the account is not there
    (r"ASTRO\nobody", "x", "0xc0000064", 4768, "0x6"),
    # 0x12: disabled; [MS-KILE] 3.3.5.7.1
    (DISABLED, PASSWORD, "0xc0000072", 4768, "0x12"),
    # told before any proof of the key: rapid7/metasploit-framework#7497, ropnop/kerbrute#27
    (DISABLED, "wrong", "0xc0000072", 4768, "0x12"),
]


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.account("svc-web").enabled = False
    return scene


def refused(machine: Machine, *logon: object, **how: object) -> None:
    with pytest.raises(Refusal):
        machine.log_on(*logon, **how)  # type: ignore[arg-type]


AT_A_SCREEN = [LogonType.INTERACTIVE, LogonType.UNLOCK, LogonType.REMOTE_INTERACTIVE]


@pytest.mark.parametrize("logon_type", AT_A_SCREEN)
@pytest.mark.parametrize(("name", "password", "sub_status", "number", "status"), BY_KERBEROS)
def test_a_refusal_at_a_desk_is_a_4625_there_and_kerberos_answer_on_the_controller(
    scene: Scene, logon_type: LogonType, name: str, password: str, sub_status: str, number: int, status: str
) -> None:
    refused(scene.desk, name, password, logon_type)
    assert [(event["EventID"], event["SubStatus"]) for event in scene.desk.log] == [(4625, sub_status)]
    (event,) = scene.controller.log  # one answer: nobody asks again by NTLM
    assert (event["EventID"], event["Status"], event["TicketOptions"]) == (number, status, "0x40810010")
    assert event["TargetUserName"] == name.partition("\\")[2]
    assert event["IpAddress"] == f"::ffff:{scene.network.address(scene.desk)}"
    for log in (scene.desk.log, scene.controller.log):
        assert f"<Keywords>{AUDIT_FAILURE}</Keywords>" in log.to_xml()


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [  # the codes of "4776(S, F)"
        (COSMO, "wrong", "0xc000006a"),
        (r"ASTRO\nobody", "x", "0xc0000064"),
        (DISABLED, PASSWORD, "0xc0000072"),
        (DISABLED, "wrong", "0xc000006a"),  # NTLM compares the answer first
    ],
)
def test_by_ntlm_the_controller_writes_4776_with_the_error_and_no_kerberos(
    scene: Scene, name: str, password: str, status: str
) -> None:
    origin = Origin(workstation="LAPTOP")
    refused(scene.desk, name, password, LogonType.NETWORK, origin, package="NTLM")
    visit = scene.network.connect(
        scene.at_desk(), SmbShare(scene.a), host=scene.network.address(scene.a), name=name, password=password
    )
    assert not visit.ok
    events = scene.controller.log.where(4768, 4771, 4776)
    told = [(event["EventID"], event["Status"], event["Workstation"]) for event in events]
    assert told == [(4776, status, "LAPTOP"), (4776, status, "WS")]


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [(r".\pilot", "wrong", "0xc000006a"), (r".\nobody", "x", "0xc0000064"), (r".\old", "x", "0xc0000072")],
)
def test_of_a_local_account_the_member_itself_writes_4776(
    scene: Scene, name: str, password: str, status: str
) -> None:  # "4776(S, F)": the machine that has the account is the one that writes
    scene.desk.sam.add_user("pilot", "x")
    scene.desk.sam.add_user("old", "x").enabled = False
    refused(scene.desk, name, password)
    first, second = scene.desk.log
    assert (first["EventID"], first["Status"], first["Workstation"]) == (4776, status, "WS")
    assert (second["EventID"], second["SubStatus"]) == (4625, status)
    assert not scene.controller.log


def test_a_refusal_of_the_desk_itself_leaves_nothing_on_the_controller(scene: Scene) -> None:
    refused(scene.desk, COSMO, PASSWORDS[COSMO], LogonType.BATCH)  # 1385: it is the right that is missing
    scene.directory.available = False
    refused(scene.desk, COSMO, "wrong")
    assert not scene.controller.log.where(4771, 4776)
    assert [event["SubStatus"] for event in scene.desk.log.where(4625)] == ["0x0", "0x0"]


def test_a_spray_by_a_tool_has_the_tools_options_and_no_4625_anywhere(scene: Scene) -> None:
    """gwen001/offsectools_www#1623: such a spray leaves no 4625; 4771 and 4768 on the controller alone."""
    for name in ("cosmo", "nova", "nobody", "svc-web"):
        with pytest.raises(KerberosError):
            scene.network.ask_tgt(scene.desk, name, "Summer2026")
    events = scene.controller.log
    told = [(event["EventID"], event["Status"]) for event in events]
    assert told == [(4771, "0x18"), (4771, "0x18"), (4768, "0x6"), (4768, "0x12")]
    assert {event["TicketOptions"] for event in events} == {wire_events.BY_TOOL}
    assert not scene.desk.log and not scene.a.log


def test_each_ticket_that_is_refused_is_a_4769_with_its_code(scene: Scene) -> None:  # [RFC 4120] 7.5.9
    kdc = scene.network.kdc
    granting = kdc.authenticate("cosmo", PASSWORDS[COSMO], "WS")
    server = kdc.authenticate("A$", "password of A$", "A")
    ticket = kdc.ticket(granting, "cifs/A", "WS")
    bare = replace(granting, flags=TicketFlags(0))
    asked = [
        ("0x7", lambda: kdc.ticket(granting, "cifs/nowhere", "WS")),
        ("0x7", lambda: kdc.on_behalf(server, ticket, "cifs/nowhere", "A")),
        ("0xd", lambda: kdc.on_behalf(server, ticket, "cifs/B", "A")),
        ("0xd", lambda: kdc.forward(bare, "WS")),
    ]
    for status, ask in asked:
        with pytest.raises(KerberosError):
            ask()
        assert scene.controller.log[-1]["EventID"] == 4769 and scene.controller.log[-1]["Status"] == status
    scene.clock.pass_time(hours=11)
    with pytest.raises(KerberosError):
        kdc.ticket(granting, "cifs/A", "WS")
    assert scene.controller.log.where(4769)[-1]["Status"] == "0x20"


def test_a_world_has_its_controllers_events_before_anybody_looks_at_its_network() -> None:
    astro = worlds.astro()
    controller, desk = list(astro.machines.values())[:2]
    refused(desk, r"ASTRO\cosmo", "wrong")
    (event,) = controller.log
    assert (event["EventID"], event["IpAddress"]) == (4771, "::ffff:10.0.0.2")
