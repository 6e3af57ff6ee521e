"""A machine: its log tells the story of a logon in Windows' own words, from the first record to the last."""

from __future__ import annotations

import json

import pytest

from tests.support import SHARED, load_json
from tests.system.people import BOB, COSMO, NOVA
from tokenlab.system import Clock, Directory, LogonType, Machine, Refusal
from tokenlab.system.origin import Origin

# what collectors add to a record, each in its own way
COLLECTED = {
    *("@timestamp", "@version", "EventTime", "Level", "TimeCreated", "RecordNumber", "Channel"),
    *("Hostname", "EventID"),
}


def real_fields(event_id: int) -> set[str]:
    """The fields of all real records of an event."""
    names = sorted(path.name for path in (SHARED / "real/events").glob("*.json"))
    rows = [row for name in names for row in load_json(f"real/events/{name}")]
    found = [set(row) - COLLECTED for row in rows if row["EventID"] == event_id]
    assert found, f"no record of {event_id}"
    return set.union(*found)


def numbers(machine: Machine, since: int = 0) -> list[int]:
    return [event["EventID"] for event in machine.log.since(since)]


def a_whole_day(desk: Machine) -> None:
    """Something of every event."""
    load_json("real/logon_tokens.json")  # skips where there is no material
    nova = desk.log_on(*NOVA)
    nova.adjust_privileges({"SeShutdownPrivilege": 2})
    desk.log_off(nova)
    with pytest.raises(Refusal):
        desk.log_on(NOVA[0], "wrong")


@pytest.mark.parametrize("event_id", [4624, 4627, 4634, 4648, 4672, 4703])
def test_an_event_has_exactly_the_fields_of_real_records(desk: Machine, event_id: int) -> None:
    a_whole_day(desk)
    for event in desk.log.events(event_id):
        assert set(event) - COLLECTED == real_fields(event_id)


def test_4625_has_the_fields_that_its_page_lists(desk: Machine) -> None:  # "4625(F)" on Microsoft Learn
    a_whole_day(desk)
    (event,) = desk.log.events(4625)
    assert set(event) - COLLECTED == {
        *("SubjectUserSid", "SubjectUserName", "SubjectDomainName", "SubjectLogonId"),
        *("TargetUserSid", "TargetUserName", "TargetDomainName", "Status", "FailureReason", "SubStatus"),
        *("LogonType", "LogonProcessName", "AuthenticationPackageName", "WorkstationName"),
        *("TransmittedServices", "LmPackageName", "KeyLength", "ProcessId", "ProcessName"),
        *("IpAddress", "IpPort"),
    }


def test_4647_has_the_fields_that_its_page_lists(desk: Machine) -> None:  # "4647(S)" on Microsoft Learn
    a_whole_day(desk)
    (event,) = desk.log.events(4647)
    assert set(event) - COLLECTED == {
        *("TargetUserSid", "TargetUserName", "TargetDomainName", "TargetLogonId")
    }


# --- the order of real logs: OTRF empire_invoke_runas, covenant_psremoting ---------------------------


def test_a_person_at_the_machine(desk: Machine) -> None:
    desk.log_on(*COSMO)
    assert numbers(desk) == [4648, 4624, 4627]


def test_an_administrator_at_the_machine(desk: Machine) -> None:
    desk.log_on(*NOVA)
    assert numbers(desk) == [4648, 4624, 4627, 4624, 4627, 4672]
    full, limited = desk.log.events(4624)
    assert (full["ElevatedToken"], limited["ElevatedToken"]) == ("%%1842", "%%1843")
    assert full["TargetLinkedLogonId"] == limited["TargetLogonId"]
    assert limited["TargetLinkedLogonId"] == full["TargetLogonId"]
    (special,) = desk.log.events(4672)
    assert special["SubjectLogonId"] == full["TargetLogonId"]


def test_an_administrator_from_the_network(desk: Machine) -> None:
    desk.log_on(*NOVA, LogonType.NETWORK)
    assert numbers(desk) == [4672, 4624, 4627]


def test_a_service(desk: Machine) -> None:
    desk.log_on(r"NT AUTHORITY\SYSTEM", None, LogonType.SERVICE)
    assert numbers(desk) == [4624, 4627, 4672]


# --- values of real records: OTRF ---------------------------------------------------------------------


def test_a_network_logon_by_kerberos(desk: Machine) -> None:
    desk.log_on(*NOVA, LogonType.NETWORK, origin=Origin(address="172.18.39.5"))
    (event,) = desk.log.events(4624)
    expected = {
        "SubjectUserSid": "S-1-0-0",
        "SubjectUserName": "-",
        "SubjectLogonId": "0x0",
        "TargetUserName": "nova",
        "TargetDomainName": "ASTRO.EXAMPLE",
        "LogonType": "3",
        "LogonProcessName": "Kerberos",
        "AuthenticationPackageName": "Kerberos",
        "LmPackageName": "-",
        "KeyLength": "0",
        "ProcessId": "0x0",
        "ProcessName": "-",
        "IpAddress": "172.18.39.5",
        "ImpersonationLevel": "%%1833",
        "ElevatedToken": "%%1842",
        "TargetLinkedLogonId": "0x0",
        "VirtualAccount": "%%1843",
    }
    assert {name: event[name] for name in expected} == expected


def test_a_network_logon_by_ntlm(desk: Machine) -> None:
    desk.log_on(*BOB, LogonType.NETWORK, origin=Origin(workstation="LAPTOP"))
    (event,) = desk.log.events(4624)
    expected = {
        "TargetDomainName": "WS-1",
        "LogonProcessName": "NtLmSsp ",
        "AuthenticationPackageName": "NTLM",
        "LmPackageName": "NTLM V2",
        "KeyLength": "128",
        "WorkstationName": "LAPTOP",
        "LogonGuid": "{00000000-0000-0000-0000-000000000000}",
        "ElevatedToken": "%%1843",
    }
    assert {name: event[name] for name in expected} == expected


def test_a_service_logon_of_system(desk: Machine) -> None:
    desk.log_on(r"NT AUTHORITY\SYSTEM", None, LogonType.SERVICE)
    (event,) = desk.log.events(4624)
    expected = {
        "SubjectUserSid": "S-1-5-18",
        "SubjectUserName": "WS-1$",
        "SubjectDomainName": "ASTRO",
        "SubjectLogonId": "0x3e7",
        "TargetUserSid": "S-1-5-18",
        "TargetUserName": "SYSTEM",
        "TargetDomainName": "NT AUTHORITY",
        "TargetLogonId": "0x3e7",
        "LogonType": "5",
        "LogonProcessName": "Advapi  ",
        "AuthenticationPackageName": "Negotiate",
        "ProcessName": "C:\\Windows\\System32\\services.exe",
        "WorkstationName": "-",
        "IpAddress": "-",
        "IpPort": "-",
        "LogonGuid": "{00000000-0000-0000-0000-000000000000}",
    }
    assert {name: event[name] for name in expected} == expected
    (special,) = desk.log.events(4672)
    assert (special["SubjectUserName"], special["SubjectDomainName"]) == ("SYSTEM", "NT AUTHORITY")


def test_a_virtual_account_is_told_as_one(desk: Machine) -> None:
    desk.log_on(r"NT SERVICE\Spooler", None, LogonType.SERVICE)
    desk.log_on(*COSMO)
    assert [event["VirtualAccount"] for event in desk.log.events(4624)] == ["%%1842", "%%1843"]


def test_a_logon_at_the_keyboard(desk: Machine) -> None:
    desk.log_on(*COSMO)
    (event,) = desk.log.events(4624)
    assert (event["LogonProcessName"], event["AuthenticationPackageName"]) == ("User32 ", "Negotiate")
    assert (event["TargetDomainName"], event["WorkstationName"]) == ("ASTRO", "WS-1")
    assert event["LogonGuid"] not in ("-", "{00000000-0000-0000-0000-000000000000}")


def test_a_program_that_logs_somebody_on_is_named(desk: Machine) -> None:
    caller = desk.log_on(*COSMO)
    desk.log_on(*BOB, LogonType.BATCH, origin=Origin(caller=caller))
    explicit, logon = desk.log.events(4648)[-1], desk.log.events(4624)[-1]
    for event in (explicit, logon):
        assert event["SubjectUserName"] == "cosmo"
        assert event["SubjectLogonId"] == str(caller.authentication_id)
    assert (explicit["TargetUserName"], explicit["TargetServerName"]) == ("bob", "localhost")
    assert logon["LogonProcessName"] == "Advapi  "


def test_who_comes_over_the_network_gave_the_password_elsewhere(desk: Machine) -> None:
    desk.log_on(*COSMO, LogonType.NETWORK)
    assert not desk.log.events(4648)


def test_a_plain_user_has_no_special_privileges(desk: Machine) -> None:
    desk.log_on(*COSMO)
    assert not desk.log.events(4672)


def test_groups_are_listed_as_windows_lists_them(desk: Machine) -> None:
    desk.log_on(*COSMO)
    (event,) = desk.log.events(4627)
    first, *_, last = event["GroupMembership"].split("\r\n\t\t")[1:]
    assert (first, last) == ("%{S-1-5-21-11-22-33-513}", "%{S-1-16-8192}")
    assert "S-1-5-5-" not in event["GroupMembership"], "the logon SID is not in it"


# --- leaving ------------------------------------------------------------------------------------------


def test_a_person_who_leaves(desk: Machine) -> None:  # D: 4647, then 4634
    token = desk.log_on(*COSMO)
    records = len(desk.log)
    desk.log_off(token)
    assert numbers(desk, records) == [4647, 4634]
    assert token.closed and token.authentication_id not in desk.lsa.sessions
    assert {event["TargetLogonId"] for event in desk.log.since(records)} == {str(token.authentication_id)}


def test_both_halves_end(desk: Machine) -> None:
    token = desk.log_on(*NOVA)
    records, before = len(desk.log), len(desk.sessions)
    desk.log_off(token)
    assert numbers(desk, records) == [4647, 4634, 4634] and len(desk.sessions) == before - 2


def test_a_network_session_ends_with_its_token(desk: Machine) -> None:
    token = desk.log_on(*NOVA, LogonType.NETWORK)
    records = len(desk.log)
    token.close()
    assert numbers(desk, records) == [4634]
    assert desk.log.events(4634)[-1]["LogonType"] == "3"


def test_an_everyday_token_that_is_closed_ends_the_split_logon(desk: Machine) -> None:
    token = desk.log_on(*NOVA)
    full = token.linked_token()
    assert full is not None
    token.close()
    assert not desk.log.events(4634), "somebody still holds the other half"
    full.close()
    assert len(desk.log.events(4634)) == 2


def test_who_left_cannot_leave_again(desk: Machine) -> None:
    token = desk.log_on(*COSMO)
    desk.log_off(token)
    with pytest.raises(Refusal) as refusal:
        desk.log_off(token)
    assert refusal.value.win32_error == 1312


def test_windows_itself_cannot_be_logged_off(desk: Machine) -> None:
    with pytest.raises(Refusal) as refusal:
        desk.log_off(desk.system_token)
    assert refusal.value.win32_error == 1312 and desk.system_token.session is not None
    desk.system_token.duplicate().close()
    assert desk.session(0x3E7).alive


# --- the machine ---------------------------------------------------------------------------------------


def test_a_machine_starts_with_four_sessions_and_an_empty_log() -> None:
    machine = Machine("WS-1")
    assert sorted(machine.lsa.sessions) == [0x3E4, 0x3E5, 0x3E6, 0x3E7]
    assert len(machine.log) == 0


def test_a_machine_alone_is_in_a_workgroup() -> None:
    machine = Machine("alone")
    machine.sam.add_user("bob", "builder")
    machine.log_on("bob", "builder")
    assert machine.log.events(4624)[0]["SubjectDomainName"] == "WORKGROUP"
    assert (machine.name, repr(machine)) == ("ALONE", "<Machine ALONE, 5 logon sessions>")


def test_joining_a_domain_makes_an_account_and_lets_its_administrators_in(domain: Directory) -> None:
    machine = Machine("WS-9", domain)
    assert domain.find("WS-9$") is not None
    assert "S-1-5-32-544" in machine.log_on(*NOVA, LogonType.NETWORK).context


def test_a_controller_needs_a_domain() -> None:
    with pytest.raises(ValueError, match="controller of no domain"):
        Machine("DC-1", controller=True)


def test_a_controller_has_the_accounts_of_its_domain(domain: Directory) -> None:
    controller = Machine("DC-1", domain, controller=True)
    assert controller.sam is domain
    assert controller.log_on("cosmo", "pod bay", LogonType.NETWORK)
    with pytest.raises(Refusal) as refusal:
        controller.log_on("cosmo", "pod bay")  # users do not sit at a controller
    assert refusal.value.win32_error == 1385


def test_the_same_day_is_the_same_log_twice(domain: Directory) -> None:
    logs = []
    for _ in range(2):
        machine = Machine("WS-1", domain, clock=Clock())
        machine.log_off(machine.log_on(*NOVA))
        logs.append(machine.log.to_json_lines())
    assert logs[0] == logs[1]
    assert all(json.loads(line)["Hostname"] == "WS-1.astro.example" for line in logs[0].splitlines())
