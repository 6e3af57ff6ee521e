"""Records of real logs: XML as wevtutil prints it, JSON as collectors pass it on."""

import json

import pytest

from tests.support import SHARED, require
from tokenlab import worlds
from tokenlab.real import EventError, load_events, read_events

# after the example on the page "4624(S)" of Microsoft Learn, shortened
ONE = """<?xml version="1.0"?>
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
    <Provider Name="Microsoft-Windows-Security-Auditing" Guid="{54849625-5478-4994-A5BA-3E3B0328C30D}"/>
    <EventID>4624</EventID>
    <Keywords>0x8020000000000000</Keywords>
    <TimeCreated SystemTime="2015-11-12T00:24:35.079785200Z"/>
    <EventRecordID>211</EventRecordID>
    <Execution ProcessID="716" ThreadID="760"/>
    <Channel>Security</Channel>
    <Computer>WS-1.astro.example</Computer>
  </System>
  <EventData>
    <Data Name="LogonType">2</Data>
    <Data Name="TargetLogonId">0x8dcdc</Data>
    <Data Name="CommandLine"/>
  </EventData>
</Event>"""


def test_one_event_as_xml():
    (event,) = read_events(ONE)
    assert event == {
        "EventID": 4624,
        "RecordNumber": 211,
        "TimeCreated": "2015-11-12T00:24:35.079785200Z",
        "Channel": "Security",
        "Hostname": "WS-1.astro.example",
        "LogonType": "2",
        "TargetLogonId": "0x8dcdc",
        "CommandLine": "",
        "Keywords": "0x8020000000000000",
    }


def test_many_events_with_or_without_an_element_around_them():
    line = ONE.partition("\n")[2].replace("\n", "")
    for text in (f"{line}\n{line}", f"<Events>{line}{line}</Events>", f"\ufeff{ONE}\n{ONE}"):
        assert [event["EventID"] for event in read_events(text)] == [4624, 4624]


def test_the_folding_view_of_a_browser_is_read_too():
    pasted = ONE.partition("\n")[2].replace("<Event ", "- <Event ").replace("<System>", "- <System>")
    assert read_events(pasted)[0]["LogonType"] == "2"


def test_a_cleared_log_has_its_fields_one_level_down():
    text = (
        "<Event><System><EventID>1102</EventID></System><UserData><LogFileCleared xmlns='x'>"
        "<SubjectUserName>nova</SubjectUserName></LogFileCleared></UserData></Event>"
    )
    (event,) = read_events(text)
    assert (event["EventID"], event["SubjectUserName"], event["Hostname"]) == (1102, "nova", "-")


def test_the_simulated_log_comes_back_as_it_was():
    desk = worlds.astro().machine("MISTAKENOT-WS-1")
    cosmo = desk.start("explorer.exe", desk.log_on(r"ASTRO\cosmo", "open the pod bay doors"))
    cosmo.start_with_logon(r"ASTRO\nova", "two roads diverged", "cmd.exe", net_only=True)
    for text in (desk.log.to_xml(), desk.log.to_json_lines(), json.dumps(list(desk.log), indent=1)):
        back = read_events(text)
        assert len(back) == len(desk.log) > 5
        for mine, its in zip(desk.log, back, strict=True):
            assert {name: str(its[name]).replace("\r", "") for name in mine} == {
                name: str(value).replace("\r", "") for name, value in mine.items()
            }


def test_json_fields_become_text_and_heads_get_one_name():
    head = '"EventId": "4624", "EventTime": "2026-03-02 08:00:01", "Computer": "WS-1", "RecordId": 7'
    text = f'{{{head}, "LogonType": 9, "x": null}}'
    assert list(read_events(text)) == [
        {
            "EventID": 4624,
            "RecordNumber": 7,
            "TimeCreated": "2026-03-02T08:00:01",
            "Channel": "Security",
            "Hostname": "WS-1",
            "LogonType": "9",
            "x": "",
        }
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_be_in_any_encoding_that_windows_writes(tmp_path, encoding):
    file = tmp_path / "log.xml"
    file.write_bytes(ONE.partition("\n")[2].replace("WS-1", "WS-Ü").encode(encoding))
    assert load_events(file)[0]["Hostname"] == "WS-Ü.astro.example"


def test_nothing_gives_nothing():
    assert len(read_events(" \n")) == len(read_events("[]")) == 0


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("An account was logged on", (1, 1), "no event begins with 'A'"),
        ("\n  EventID 4624", (2, 3), "expected XML"),
        ("<Event><System></Event>", (1, 18), "no XML: mismatched tag"),
        ("<Event>\n<System>\n<EventID>4624</EventID></Event>", (3, 26), "mismatched tag"),
        ("<Log/>", (1, 1), "no <Event> in it"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><Event/>", (1, 1), "no DOCTYPE"),
        ("<Event><System><EventID>1</EventID></System></Event>\n <Event/>", (2, 2), "there is no EventID"),
        ("<Event><System><EventID>x</EventID></System></Event>", (1, 1), "EventID 'x' is no number"),
        ('[{"EventID": 1},\n {"EventID": }]', (2, 14), "no JSON"),
        ('{"EventID": 1}\n{oops', (2, 2), "no JSON"),
        ('{"EventID": 1}\n{"Id": null}', (2, 1), "there is no EventID"),
        ('[{"EventID": 1}, 7]', (1, 18), "7 is no event"),
        ("[", (1, 2), "the array does not end"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, place, words):
    with pytest.raises(EventError, match=words) as error:
        read_events(text)
    assert (error.value.line, error.value.column) == place


# Six recorded attacks -------------------------------------------------------------------------------------

REAL = SHARED / "real" / "events"
LOGS = {
    "cmd_seatbelt": 14,
    "covenant_psremoting": 119,
    "empire_invoke_runas": 79,
    "empire_over_pth": 60,
    "empire_powerview": 153,
    "empire_shell_rubeus": 86,
}


def real(name):
    require(REAL.is_dir(), "no conformance material: real/events (set TOKENLAB_SHARED to its folder)")
    (file,) = REAL.glob(f"{name}*.json")
    return load_events(file)


@pytest.mark.parametrize(("name", "count"), LOGS.items())
def test_every_record_of_a_real_log_is_read_with_all_it_says(name, count):
    log = real(name)
    (file,) = REAL.glob(f"{name}*.json")
    rows = json.loads(file.read_text(encoding="utf-8"))
    assert len(log) == len(rows) == count
    for event, row in zip(log, rows, strict=True):
        told = {key: str(value) for key, value in event.items()}
        lost = {key for key, value in row.items() if told.get(key, "").lower() != str(value).lower()}
        assert lost <= {"TimeCreated", "EventTime", "@timestamp"} and event["TimeCreated"]


def test_a_type_9_logon_is_tied_to_the_program_that_asked_by_its_logon_id():
    pairs = {}
    for name in LOGS:
        log = real(name)
        for logon, start in log.where(4624, LogonType="9").join(log.where(4688), "TargetLogonId"):
            pairs[name] = (logon["TargetOutboundUserName"], start["ParentProcessName"].rpartition("\\")[2])
            assert logon["ProcessName"].endswith("svchost.exe") and logon["LogonProcessName"] == "seclogo"
    assert pairs == {
        "empire_over_pth": ("pgustavo", "powershell.exe"),
        "empire_shell_rubeus": ("ZIH6WC80", "Rubeus.exe"),
    }


def test_a_logon_guid_ties_some_records_across_machines_and_some_not():
    runas, remoting = real("empire_invoke_runas"), real("covenant_psremoting")
    tied = runas.where(4624).join(runas.where(4769), "LogonGuid", across=True)
    assert [(logon["TargetUserName"], ticket["ServiceName"]) for logon, ticket in tied] == [
        ("pgustavo", "HR001$")
    ]
    given = remoting.where(4648).join(remoting.where(4769), "TargetLogonGuid", "LogonGuid", across=True)
    assert [ticket["ServiceName"] for _, ticket in given] == ["WORKSTATION6$"]
    assert remoting.where(4624).join(remoting.where(4769), "LogonGuid", across=True) == []
