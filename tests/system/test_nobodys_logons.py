"""Logons that no person made: the window manager's, the font driver's, and a service's question.

E: every boot writes them. A page of lsass of real machines: DWM-1 twice, UMFD-0 and UMFD-1, all of them
"Interactive", with the account of the machine for the wire. An Authz record names the service's own process.
"""

from __future__ import annotations

import pytest

from tests.system.people import COSMO, NOVA
from tokenlab.system import CredentialKind, LogonType, Machine, Refusal


def logons(machine: Machine, since: int = 0) -> list[tuple[str, str, str]]:
    found = [event for event in machine.log.since(since) if event["EventID"] == 4624]
    return [(event["TargetUserName"], event["LogonType"], event["ElevatedToken"]) for event in found]


def test_a_desktop_session_has_logons_of_type_2_that_are_nobodys(desk: Machine) -> None:
    fonts, windows = desk.prepare_desktop()
    assert logons(desk) == [
        ("UMFD-1", "2", "%%1843"),
        ("DWM-1", "2", "%%1842"),
        ("DWM-1", "2", "%%1843"),
    ]
    assert (windows.token.context.user, windows.token.context.integrity.level) == ("S-1-5-90-0-1", 0x4000)
    assert (fonts.token.context.user, fonts.token.context.integrity.level) == ("S-1-5-96-0-1", 0x2000)
    for event in desk.log.events(4624):
        assert event["VirtualAccount"] == "%%1842" and event["SubjectUserSid"] == "S-1-5-18"
    assert (fonts.parent, windows.parent) == (desk.process("winlogon.exe"),) * 2
    assert windows.alive and fonts.alive


def test_they_go_out_as_the_machine(desk: Machine) -> None:
    for process in (*desk.prepare_desktop(0), *desk.prepare_desktop(1)):
        session = process.token.session
        assert session is not None and session.credentials.kind is CredentialKind.MACHINE


def test_session_zero_has_a_font_driver_alone(desk: Machine) -> None:
    (fonts,) = desk.prepare_desktop(0)
    assert fonts.token.session_id == 0 and fonts.parent is desk.process("wininit.exe")


def test_a_machine_shows_none_of_them_unless_asked(desk: Machine) -> None:
    desk.start("explorer.exe", desk.log_on(*COSMO))
    assert {name for name, _, _ in logons(desk)} == {"cosmo"}


def test_a_controller_lets_them_in_too(desk: Machine) -> None:
    controller = Machine("DC-1", desk.domain, controller=True)
    assert len(controller.prepare_desktop()) == 2


def test_a_service_may_ask_what_a_users_token_would_say(desk: Machine) -> None:
    """A 4624 and 4625 by sqlservr.exe: type 3, Kerberos, `Authz`, the service's own process and account."""
    service = desk.process("WmiPrvSE.exe")
    token = service.context_of("nova")
    assert "S-1-18-2" in token.context and "S-1-18-1" not in token.context
    assert token.level is not None and token.level.name == "IDENTIFICATION"
    event = desk.log.events(4624)[-1]
    assert (event["LogonType"], event["LogonProcessName"]) == ("3", "Authz   ")
    assert (event["SubjectUserSid"], event["ProcessName"]) == ("S-1-5-20", service.image)
    assert event["ImpersonationLevel"] == "%%1832" and token.session is not None
    assert not token.session.credentials and not desk.log.events(4648)


def test_there_is_no_such_question_about_a_local_account(desk: Machine) -> None:
    with pytest.raises(Refusal) as refused:
        desk.process("svchost.exe").context_of(r".\bob")
    assert refused.value.win32_error == 1326


def test_the_answer_is_that_of_a_network_logon(desk: Machine) -> None:
    asked = desk.process("svchost.exe").context_of("nova").context
    came = desk.log_on(*NOVA, LogonType.NETWORK).context
    vouching = {"S-1-18-1", "S-1-18-2"}
    marked = {group.sid for group in asked.groups if group.sid.startswith("S-1-5-5-")}
    assert asked.enabled_sids - vouching - marked == came.enabled_sids - vouching
