"""The Security log as a table to read."""

import pytest

from tests.system.scene import COSMO, NOVA, desk, shell
from tests.view.pages import Page
from tokenlab.system import Machine
from tokenlab.values import Event
from tokenlab.view import show
from tokenlab.view.event_table import all_fields, describe_event, events_html, events_text, target
from tokenlab.worlds.incident import incident


def busy_desk() -> Machine:
    machine = desk()
    shell(machine, COSMO).start("notepad.exe")
    shell(machine, NOVA).elevate("cmd.exe").exit()
    return machine


def test_every_event_is_a_row_with_its_number_and_what_happened() -> None:
    log = busy_desk().log
    page, text = Page(events_html(log)), events_text(log)
    assert page.count("details") == len(log)
    for event in log:
        assert describe_event(event) != "Another event", event["EventID"]
        assert describe_event(event) in page.visible
    assert f"({len(log)} events)" in text
    assert max(map(len, text.splitlines())) <= 112


def test_a_logon_says_who_asked_who_came_and_how() -> None:
    log = busy_desk().log
    event = log.events(4624)[0]
    assert describe_event(event) == "Logged on: interactive, type 2"
    text = " ".join(events_text([event]).split())
    assert event["SubjectLogonId"] in text
    assert f"ASTRO\\cosmo ({event['TargetLogonId']})" in text


def test_the_numbers_chosen_are_shown_and_no_other() -> None:
    log = busy_desk().log
    assert repr(show(log, ids=[4688])) == repr(show(log.events(4688)))
    assert "Logged on" not in repr(show(log, ids=[4688]))
    assert repr(show(log, ids=[1])) == "No such events in the log."


def test_all_fields_unfold_in_the_page_and_follow_in_the_text_on_demand() -> None:
    event = busy_desk().log.events(4688)[0]
    assert "CommandLine: " in Page(events_html([event])).visible
    assert "CommandLine" not in repr(show([event]))
    text = repr(show([event], fields=True))
    assert all(f"\n{name}: " in text for name in event)


def test_a_list_in_a_field_stands_on_one_line_and_spaces_in_paths_stay() -> None:
    event = {"EventID": 4672, "A": "SeDebugPrivilege\r\n\t\t\tSeTcbPrivilege", "B": r"C:\Program Files\x"}
    lines = all_fields(event).splitlines()
    assert lines[1:] == ["A: SeDebugPrivilege, SeTcbPrivilege", r"B: C:\Program Files\x"]


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({"EventID": 4625, "LogonType": "3"}, "Failed to log on: network, type 3"),
        ({"EventID": 4624, "LogonType": "77"}, "Logged on: type 77"),
        ({"EventID": 4624}, "Logged on: type not told"),
        ({"EventID": 9999}, "Another event"),
        ({"EventID": 4656, "AccessMask": "0x2"}, "A handle was asked for: 0x2"),
        (
            {"EventID": 4656, "AccessMask": "0x2", "Keywords": "0x8010000000000000"},
            "A handle was asked for: 0x2; refused",
        ),
        ({"EventID": 4673, "PrivilegeList": "{x}"}, "A privilege was used: {x}"),
    ],
)
def test_odd_events_have_words_too(event: Event, what: str) -> None:
    assert describe_event(event) == what
    Page(events_html([event | {"RecordNumber": 1}]))
    assert target(event).text()


def test_a_field_with_a_tag_stays_text() -> None:
    event = {"EventID": 4688, "CommandLine": "<script>", "NewProcessName": "<b>", "SubjectUserName": "<i>"}
    page = Page(events_html([event]))
    assert {name for name, _ in page.tags}.isdisjoint({"script", "b", "i"})
    assert "<script>" in page.visible


def test_a_list_of_something_else_has_no_picture() -> None:
    with pytest.raises(TypeError, match="no picture for list"):
        show([1])


def test_logs_of_several_machines_say_on_which_one_it_happened() -> None:
    day = incident()
    merged = events_text(day.events(4663))
    assert "Security log of 2 machines, by time (4 events)" in merged
    assert "Machine" in merged and "MISTAKENOT-SRV2" in merged
    one = events_text(day.scene.second.log, [4663])
    assert "Security log of MISTAKENOT-SRV2.astro.example (2 events)" in one and "Machine" not in one
    assert "<th" in events_html(day.events(4663))
