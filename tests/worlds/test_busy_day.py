"""A labelled day, and what rules of lesson 14 do with it."""

import pytest

from tokenlab.values import Events
from tokenlab.worlds.busy_day import AGENT, busy_day
from tokenlab.worlds.labelled_log import Chronicle, LabelledLog, Story

STARTERS = ("winlogon.exe", "svchost.exe", "services.exe", "runas.exe")


def type_9(log):
    return log.where(4624, LogonType="9")


def odd_parent(log):
    pairs = type_9(log).join(log.where(4688), "TargetLogonId")
    return [logon for logon, start in pairs if not start["ParentProcessName"].endswith("runas.exe")]


def odd_child(log):
    return [
        start
        for start in log.where(4688)
        if start["TargetLogonId"] != "0x0"
        and start["TokenElevationType"] != "%%1937"
        and not start["ParentProcessName"].endswith((*STARTERS, AGENT))
    ]


def odd_ticket(log):
    return [
        ticket
        for ticket in log.where(4769)
        if not log.where(
            4768, IpAddress=ticket["IpAddress"], TargetUserName=ticket["TargetUserName"].partition("@")[0]
        )
    ]


@pytest.mark.parametrize(
    ("rule", "found", "false"),
    [
        (type_9, 2, 3),
        (odd_parent, 2, 1),
        (odd_child, 3, 0),
        (odd_ticket, 1, 0),
        (lambda log: log, 5, 10),
        (lambda log: [], 0, 0),
    ],
)
def test_what_each_rule_finds_and_rings_for_nothing(rule, found, false):
    trial = busy_day().judge(rule)
    assert (len(trial.found), len(trial.missed), len(trial.false_positives), len(trial.quiet)) == (
        found,
        5 - found,
        false,
        10 - false,
    )
    assert trial.recall == found / 5
    assert trial.precision == (found / (found + false) if found + false else None)


def test_every_story_leaves_something_somewhere_and_every_event_belongs_to_one():
    day = busy_day()
    for story in day.stories:
        assert day.events_of(story), story
    told = [day.story_of(event) for event in day.log]
    assert told.count(None) == 4  # a service that started before the day
    assert {story for story in told if story} == set(day.stories)


def test_the_machine_where_a_thread_wears_a_stolen_token_has_no_event_of_it():
    day = busy_day()
    assert not day.events_of("worn").where(Hostname="MISTAKENOT-SRV-2")
    assert set(day.events_of("worn").machines) == {"MISTAKENOT-SRV-1.astro.example"}


def test_the_same_day_is_the_same_log_twice():
    assert list(busy_day().log) == list(busy_day().log)


def test_a_rule_must_give_events_of_the_log():
    with pytest.raises(ValueError, match="no event of this log"):
        busy_day().judge(lambda log: ["4624"])
    with pytest.raises(ValueError, match="no event of this log"):
        busy_day().judge(lambda log: [{"EventID": 1, "RecordNumber": 1, "Hostname": "x"}])
    with pytest.raises(KeyError, match="no story"):
        busy_day().events_of("lunch")


def test_a_score_is_said_in_words():
    assert busy_day().judge(type_9).score == "precision 2 of 5 alerts, recall 2 of 5 attacks"
    assert busy_day().judge(lambda log: []).score == "no alert at all, recall 0 of 5 attacks"
    empty = LabelledLog(Events(), (Story("work"),)).judge(lambda log: [])
    assert (empty.precision, empty.recall) == (None, None)


def test_a_chronicle_gives_a_story_what_was_written_while_it_was_acted():
    log = busy_day().log
    written = Events(log[:2])
    chronicle = Chronicle([written])
    chronicle.tell("one", lambda: written._events.append(log[2]))
    assert [len(story.records) for story in chronicle.stories] == [1]
