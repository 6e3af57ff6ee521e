"""The Security log, held against field names of real records."""

import json

import pytest

from tokenlab.system.clock import Clock
from tokenlab.system.event_log import NOBODY, EventProgram, EventSubject, SecurityLog, lines, yes_or_no
from tokenlab.values import Luid, Sid

CMD = EventProgram(0x1C48, "C:\\Windows\\System32\\cmd.exe")


def test_an_event_carries_number_machine_and_time() -> None:
    log = SecurityLog("WS-1")
    event = log.append(4624, LogonType="2")
    assert event["EventID"] == 4624 and event["RecordNumber"] == 1
    assert event["Hostname"] == "WS-1" and event["LogonType"] == "2"
    assert event["TimeCreated"] == "2026-03-02T08:00:00.001Z"


def test_the_same_story_has_the_same_times() -> None:
    first, second = SecurityLog("A"), SecurityLog("A")
    for log in (first, second):
        log.append(4624)
        log.append(4634)
    assert first.to_json_lines() == second.to_json_lines()


def test_time_never_runs_backwards() -> None:
    clock = Clock()
    before = clock.now()
    clock.pass_time(hours=1)
    assert clock.now() > before
    with pytest.raises(ValueError, match="is not a time to wait"):
        clock.pass_time(minutes=-1)


def test_events_are_found_by_their_numbers() -> None:
    log = SecurityLog()
    for number in (4624, 4672, 4624, 4634):
        log.append(number)
    assert [event["RecordNumber"] for event in log.events(4624)] == [1, 3]
    assert len(log.events()) == len(log) == len(list(log)) == 4
    assert [event["EventID"] for event in log.since(2)] == [4624, 4634]


def test_json_lines_can_be_read_back() -> None:
    log = SecurityLog("WS-1")
    log.append(4672, PrivilegeList=lines(["SeDebugPrivilege", "SeBackupPrivilege"]))
    assert [json.loads(line) for line in log.to_json_lines().splitlines()] == list(log.events())


def test_an_empty_list_is_a_dash() -> None:
    assert lines([]) == "-"
    assert lines(["SeDebugPrivilege"]) == "SeDebugPrivilege"


def test_yes_and_no_are_message_numbers() -> None:
    assert (yes_or_no(True), yes_or_no(False)) == ("%%1842", "%%1843")


def test_a_subject_and_a_program_have_the_fields_of_real_records() -> None:
    subject = EventSubject(Sid("S-1-5-18"), "WS-1$", "ASTRO", Luid(0x3E7))
    assert subject.fields() == {
        "SubjectUserSid": "S-1-5-18",
        "SubjectUserName": "WS-1$",
        "SubjectDomainName": "ASTRO",
        "SubjectLogonId": "0x3e7",
    }
    assert set(subject.fields("Target")) == {
        "TargetUserSid",
        "TargetUserName",
        "TargetDomainName",
        "TargetLogonId",
    }
    assert CMD.fields() == {"ProcessId": "0x1c48", "ProcessName": "C:\\Windows\\System32\\cmd.exe"}


def test_nobody_is_the_subject_of_a_network_logon() -> None:
    assert NOBODY.fields()["SubjectUserSid"] == "S-1-0-0"
    assert NOBODY.fields()["SubjectLogonId"] == "0x0"


def test_a_clock_waits_until_a_time_of_the_day_and_never_goes_back():
    clock = Clock()
    clock.wait_until("11:40")
    assert clock.now() == "2026-03-02T11:40:00.001Z"
    with pytest.raises(ValueError, match="not a time to wait"):
        clock.wait_until("11:40")


def test_a_field_of_an_event_cannot_take_the_name_of_one_in_the_header() -> None:
    log = SecurityLog()
    for name in ("EventID", "RecordNumber", "TimeCreated", "Channel", "Hostname"):
        with pytest.raises(ValueError, match=f"{name} is in every event's header"):
            log.append(4624, **{name: "1102"})
    assert not log
