"""Records of a log, and the questions one asks of them."""

import pytest

from tokenlab.values import Events

LOGON = {
    "EventID": 4624,
    "RecordNumber": 1,
    "TimeCreated": "2026-03-02T08:00:01Z",
    "Hostname": "WS-1.astro.example",
    "LogonType": "9",
    "SubjectLogonId": "0x1a",
    "TargetLogonId": "0x2B",
    "TargetLinkedLogonId": "0x0",
    "LogonGuid": "{ABC}",
}
START = {
    "EventID": 4688,
    "RecordNumber": 2,
    "TimeCreated": "2026-03-02T08:00:03Z",
    "Hostname": "WS-1.astro.example",
    "SubjectLogonId": "0x3e7",
    "TargetLogonId": "0x2b",
    "NewProcessName": "cmd.exe",
}
ELSEWHERE = START | {
    "Hostname": "SRV1.astro.example",
    "RecordNumber": 1,
    "TimeCreated": "2026-03-02T08:00:02Z",
}
TICKET = {
    "EventID": 4769,
    "RecordNumber": 1,
    "TimeCreated": "2026-03-02T08:00:00Z",
    "Hostname": "DC-1.astro.example",
    "LogonGuid": "{abc}",
}
DESK, ALL = Events([LOGON, START]), Events([LOGON, START, ELSEWHERE, TICKET])


def test_where_takes_numbers_and_fields():
    assert list(ALL.where(4624)) == [LOGON] and list(ALL.where(4624, 4769)) == [LOGON, TICKET]
    assert list(ALL.where(LogonType="9")) == [LOGON]
    assert list(ALL.where(4624, LogonType="3")) == []
    assert list(ALL.where(NewProcessName=("notepad.exe", "CMD.EXE"))) == [START, ELSEWHERE]


def test_a_machine_may_be_named_without_its_domain():
    assert list(ALL.where(Hostname="srv1")) == list(ALL.where(Hostname="SRV1.astro.example")) == [ELSEWHERE]


def test_a_field_that_no_record_has_is_an_error_with_the_nearest_names_and_never_an_empty_answer():
    with pytest.raises(ValueError, match="'LogonTipe': expected one such as 'LogonType'"):
        ALL.where(LogonTipe="9")
    with pytest.raises(ValueError, match="'ShareName'"):
        ALL.where(ShareName="data")
    with pytest.raises(ValueError, match="'LogonType'"):
        ALL.where(4688, LogonType="9")  # records of others have it, the asked ones do not
    with pytest.raises(ValueError, match="'TargetLogonID'"):
        ALL.join(ALL, "LogonGuid", "TargetLogonID")
    assert len(Events().where(LogonTipe="9")) == 0 == len(ALL.where(9999, LogonTipe="9"))


def test_a_number_is_asked_for_as_a_number_or_as_text():
    assert list(DESK.where(4624, LogonType=9)) == list(DESK.where(4624, LogonType="9")) == [LOGON]


def test_a_guid_is_the_same_with_and_without_braces_and_the_null_guid_ties_nothing():
    guid, null = "f09e5f81-9f19-5f11-29b8-8750c7c02be3", "00000000-0000-0000-0000-000000000000"
    log = Events([LOGON | {"LogonGuid": guid.upper()}, LOGON | {"LogonGuid": f"{{{guid}}}"}])
    assert len(log.where(LogonGuid=guid)) == 2 and len(log.join(log, "LogonGuid")) == 4
    nothing = Events([LOGON | {"LogonGuid": null}])
    assert nothing.join(nothing, "LogonGuid") == []


def test_what_was_left_out_when_a_log_was_read_is_told_with_it():
    assert "1 record of WS-1.astro.example. The text is cut>" in repr(Events([LOGON], ["The text is cut."]))


def test_one_logon_id_is_followed_through_one_machine():
    assert list(DESK.follow("0x2b")) == [LOGON, START] == list(DESK.follow(0x2B))
    assert list(DESK.follow("0x1A")) == [LOGON]
    assert list(ALL.follow("0x2b", "SRV1")) == [ELSEWHERE]


def test_a_logon_id_of_several_machines_needs_to_be_told_which():
    with pytest.raises(ValueError, match=r"0x2b is a number on WS-1\.astro\.example, SRV1\.astro\.example"):
        ALL.follow("0x2b")
    with pytest.raises(ValueError, match="nobody's"):
        ALL.follow("0x0")


def test_a_linked_logon_id_ties_too():
    half = LOGON | {"TargetLogonId": "0x9", "TargetLinkedLogonId": "0x2b"}
    assert list(Events([half]).follow("0x2b")) == [half]


def test_a_join_ties_records_of_one_machine_by_a_field():
    assert ALL.where(4624).join(ALL.where(4688), "TargetLogonId") == [(LOGON, START)]
    assert ALL.where(4688).join(ALL.where(4624), "SubjectLogonId", "TargetLogonId") == []


def test_a_join_across_machines_takes_what_means_the_same_there():
    assert ALL.where(4624).join(ALL.where(4769), "LogonGuid") == []
    assert ALL.where(4624).join(ALL.where(4769), "LogonGuid", across=True) == [(LOGON, TICKET)]
    with pytest.raises(ValueError, match="means nothing on another machine"):
        ALL.join(ALL, "TargetLogonId", across=True)


@pytest.mark.parametrize("nothing", ["-", "0x0", "", "{00000000-0000-0000-0000-000000000000}"])
def test_what_says_nothing_ties_nothing(nothing):
    log = Events([LOGON | {"LogonGuid": nothing}])
    assert (
        log.join(log, "LogonGuid") == []
        and log.join(Events([{**LOGON, "LogonGuid": "-"}]), "LogonGuid") == []
    )


def test_logs_are_merged_by_time_and_each_keeps_its_order():
    merged = Events.merge(DESK, [ELSEWHERE], [TICKET])
    assert [event["EventID"] for event in merged] == [4769, 4624, 4688, 4688]
    assert merged.machines == ["DC-1.astro.example", "WS-1.astro.example", "SRV1.astro.example"]
    same = [LOGON | {"RecordNumber": 2}, LOGON]
    assert list(Events.merge(same)) == same


def test_events_are_a_sequence():
    assert DESK[0] is LOGON and list(DESK[1:]) == [START] and isinstance(DESK[1:], Events)
    assert LOGON in DESK and len(DESK) == 2 and not Events()
    assert repr(DESK) == "<Events: 2 records of WS-1.astro.example>"
