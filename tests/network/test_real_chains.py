"""Two recorded chains of real Windows, replayed: the same kinds of events, with the same who and how.

Compared are the fields that are not arbitrary; names of people, machines and domains are mapped.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tests.support import shared_file
from tokenlab.network import WinRm

COVENANT = "real/events/covenant_psremoting_command_2020-08-06115603.security_subset.json"
RUBEUS = "real/events/empire_shell_rubeus_asktgt_createnetonly_2020-09-21230246.security_subset.json"
Event = dict[str, Any]


def records(path: str) -> list[Event]:
    text = shared_file(path).read_text(encoding="utf-8")
    try:
        rows = json.loads(text)
    except json.JSONDecodeError:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    return list(rows["events"] if isinstance(rows, dict) else rows)


def first(events: list[Event], number: int, **fields: str) -> Event:
    return next(e for e in events if e["EventID"] == number and fields.items() <= e.items())


def told(event: Event, fields: str, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for field in fields.split():
        text = str(event[field]).lower()
        for real, ours in names.items():
            text = text.replace(real.lower(), ours.lower())
        yield field, text


LOGON = (
    "LogonType AuthenticationPackageName LogonProcessName ImpersonationLevel TargetUserName TargetDomainName "
    "SubjectUserSid SubjectUserName SubjectDomainName SubjectLogonId WorkstationName LmPackageName KeyLength "
    "VirtualAccount ElevatedToken TargetLinkedLogonId TransmittedServices RestrictedAdminMode ProcessId "
    "ProcessName TargetOutboundUserName TargetOutboundDomainName IpAddress"
)
GIVEN = (
    "TargetUserName TargetDomainName TargetServerName TargetInfo SubjectUserName SubjectDomainName IpAddress "
    "IpPort"
)
REQUEST = "TargetUserName TargetDomainName ServiceName TicketOptions Status TicketEncryptionType"
CHAIN: list[tuple[int, dict[str, str], str]] = [
    (4648, {}, GIVEN),
    (4768, {}, f"{REQUEST} PreAuthType"),
    (4769, {}, f"{REQUEST} TransmittedServices"),
    (4624, {"LogonType": "3", "TargetUserName": "pgustavo"}, LOGON),
]
COVENANT_NAMES = {
    "theshire.local": "astro.example",
    "theshire": "astro",
    "pgustavo": "nova",
    "workstation6": "a",
    "workstation5": "ws",
}


@pytest.mark.parametrize(("number", "which", "fields"), CHAIN, ids=lambda value: str(value)[:4])
def test_remoting_with_a_given_password_leaves_what_a_real_one_left(
    number: int, which: dict[str, str], fields: str
) -> None:
    scene = Scene()
    outcome = scene.network.connect(
        scene.at_desk(NOVA), WinRm(scene.a), name=r"ASTRO.EXAMPLE\nova", password=PASSWORDS[NOVA]
    )
    assert outcome.ok, outcome
    log = {4648: scene.desk.log, 4624: scene.a.log}.get(number, scene.controller.log)
    real = first(records(COVENANT), number, **which)
    mine = [e for e in log.events(number) if e.get("TargetServerName") != "localhost"][-1]
    assert dict(told(mine, fields, {})) == dict(told(real, fields, COVENANT_NAMES))


def test_the_host_process_of_remoting_runs_as_the_user_in_the_record_and_here() -> None:
    scene = Scene()
    scene.network.connect(scene.at_desk(), WinRm(scene.a))
    real = [e for e in records(COVENANT) if str(e.get("NewProcessName", "")).endswith("wsmprovhost.exe")]
    mine = [e for e in scene.a.log.events(4688) if e["NewProcessName"].endswith("wsmprovhost.exe")]
    assert real[0]["TargetUserName"] == "pgustavo" and mine[0]["TargetUserName"] == "cosmo"


def test_a_ticket_asked_for_beside_a_netonly_session_leaves_what_a_real_one_left() -> None:
    scene = Scene()
    shell = scene.desk.start("explorer.exe", scene.desk.log_on(NOVA, PASSWORDS[NOVA]))
    child = shell.start_with_logon(r"JVFWGN4A\ZIH6WC80", "anything", "cmd.exe", net_only=True)
    ticket = scene.network.ask_tgt(scene.desk, "cosmo", PASSWORDS[COSMO])
    session = child.token.session
    assert session is not None
    scene.network.inject(session, ticket)
    events = records(RUBEUS)
    names = {"theshire.local": "astro.example", "theshire": "astro", "wardog": "nova", "pgustavo": "cosmo"}

    logon = (
        "LogonType AuthenticationPackageName LogonProcessName ImpersonationLevel TargetUserName IpAddress "
        "IpPort TargetDomainName TargetOutboundUserName TargetOutboundDomainName SubjectUserName LogonGuid "
        "ProcessName"
    )
    mine = scene.desk.log.events(4624)[-1]
    assert dict(told(mine, logon, {})) == dict(told(first(events, 4624, LogonType="9"), logon, names))
    request = CHAIN[1][2]
    mine = scene.controller.log.events(4768)[-1]
    assert dict(told(mine, request, {})) == dict(told(first(events, 4768), request, names))
    assert scene.network.connect(child.thread, WinRm(scene.a)).who == COSMO
