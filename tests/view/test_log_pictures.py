"""A log as threads, and a rule's trial story by story: pictures and their text."""

from tests.view.pages import Page
from tokenlab.values import Events
from tokenlab.view import show
from tokenlab.view.log_threads import threads_html
from tokenlab.worlds.busy_day import busy_day
from tokenlab.worlds.rules import port_88

DAY = busy_day()
IDS = (4624, 4688, 4768, 4769, 5140)


def test_an_event_that_names_two_sessions_goes_from_one_to_the_other():
    lines = repr(show(DAY.events_of("download"), threads=True, ids=IDS)).splitlines()
    assert lines[0] == "Events by logon id"
    assert lines[1] == "1. 4688 A process started: update.exe [WS-1 0x1a2b6 cosmo]"
    assert lines[2].startswith("2. 4624 logon, type 9: outbound nova [WS-1 0x1a2b6 cosmo -> WS-1 0x")
    assert lines[3].startswith("3. 4688 A process started: cmd.exe [WS-1 0x3e7 SYSTEM -> WS-1 0x")
    assert lines[4] == "4. 4768 a TGT was asked for: nova [DC-1]"
    assert lines[6].startswith("6. 4624 logon, type 3 [SRV1 0x")


def test_one_machine_needs_no_name_in_its_columns():
    desk = DAY.events_of("download").where(Hostname="MISTAKENOT-WS-1")
    assert "[0x1a2b6 cosmo]" in repr(show(desk, threads=True))


def test_the_drawing_has_a_column_for_each_session_and_a_row_for_each_event():
    log = DAY.events_of("download").where(*IDS)
    page = Page(threads_html(log))
    for column in ("0x1a2b6", "0x3e7", "no id", "SRV1", "DC-1", "SYSTEM"):
        assert column in page.visible, column
    assert page.count("polyline") == 2  # arrows: the logon of type 9, and the program that SYSTEM started
    for number in range(1, len(log) + 1):
        assert f"{number}. " in page.visible


def test_an_empty_log_and_records_without_ids_can_be_drawn():
    assert "Events by logon id" in repr(show(Events(), threads=True))
    assert "1. 1102 The log was cleared [-]" in repr(show([{"EventID": 1102}], threads=True))


def test_a_trial_says_of_every_story_whether_the_rule_was_right():
    trial = DAY.judge(lambda log: log.where(4624, LogonType="9"))
    text, page = repr(show(trial)), Page(show(trial).html)
    assert text.count("right alert") == 3 and text.count("! false positive") == 3
    assert text.count("✗ missed") == 4 and text.count("no alert, right") == 8
    assert text.endswith("Precision 3 of 6 alerts, recall 3 of 7 attacks.")
    for story in DAY.stories:
        assert story.title in page.visible
    assert max(map(len, text.splitlines())) <= 112


def test_a_labelled_log_shows_its_stories_and_marks_the_attacks():
    text = repr(show(DAY))
    assert text.startswith(f"{len(DAY.log)} events, 18 stories")
    assert sum(line.startswith("> ") for line in text.splitlines()) == 7


def test_a_trial_of_a_rule_with_a_header_says_what_sigma_asks_for():
    rule = port_88()
    shown = show(DAY.judge(rule))
    for words in (rule.title, rule.technique, rule.needs, rule.false_positives, rule.blind_spots):
        assert words in " ".join(Page(shown.html).visible.split())
    assert "Blind spots" in repr(shown) and "Kerberos by another program" in repr(show(rule))
