"""A labelled day, and what the rules of lesson 14 do with it."""

import pytest

from tokenlab.values import Events
from tokenlab.worlds import rules
from tokenlab.worlds.busy_day import AGENT, DOWNLOAD, busy_day
from tokenlab.worlds.labelled_log import Chronicle, LabelledLog, Story, key

KNOWN = (*rules.STARTERS, AGENT)
TASK_MANAGER = (r"C:\Windows\System32\taskmgr.exe",)
WORK, ATTACKS = 11, 7


def not_the_full_half(log):
    """The rule as it was first written: it leaves out what is elevated, and so the theft of a full token."""
    return [
        start
        for start in log.where(4688)
        if start["TargetLogonId"] != "0x0"
        and start["TokenElevationType"] != "%%1937"
        and start["ParentProcessName"] not in KNOWN
    ]


@pytest.mark.parametrize(
    ("rule", "found", "false"),
    [
        (rules.type_9(), 3, 3),
        (rules.type_9_by_parent(rules.STARTERS), 2, 0),
        (rules.type_9_by_itself(()), 1, 1),
        (rules.type_9_by_itself(KNOWN), 1, 0),
        (not_the_full_half, 2, 0),
        (rules.other_logon(()), 3, 7),
        (rules.other_logon(KNOWN), 3, 0),
        (rules.ticket_without_first(), 1, 0),
        (rules.unusual_options(), 1, 0),
        (rules.port_88(), 1, 0),
        (rules.opened_process(()), 2, 1),
        (rules.opened_process(TASK_MANAGER), 2, 0),
        (lambda log: log, 7, 11),
        (lambda log: [], 0, 0),
    ],
)
def test_what_each_rule_finds_and_its_false_positives(rule, found, false):
    trial = busy_day().judge(rule)
    assert (len(trial.found), len(trial.missed)) == (found, ATTACKS - found)
    assert (len(trial.false_positives), len(trial.quiet)) == (false, WORK - false)
    assert trial.recall == found / ATTACKS
    assert trial.precision == (found / (found + false) if found + false else None)


def test_a_logon_by_a_program_itself_is_missed_by_its_child_and_found_by_its_logon_process():
    """Type 9 by LogonUser: `Advapi  `, the program's own process, and no 4688 with the new logon id."""
    day = busy_day()
    alone = day.log.where(4624, LogonType="9", LogonProcessName="Advapi")
    assert {event["ProcessName"] for event in alone} == {AGENT, DOWNLOAD}
    assert not alone.join(day.log.where(4688), "TargetLogonId")
    title = "a download logs on as nova by itself"
    assert title in [story.title for story in day.judge(rules.type_9_by_parent(KNOWN)).missed]
    assert title in [story.title for story in day.judge(rules.type_9_by_itself(KNOWN)).found]


def test_the_theft_of_a_full_token_is_found_by_its_link_and_missed_by_its_elevation_type():
    day = busy_day()
    (start,) = day.events_of("starts a program on SRV2").where(4688, ParentProcessName=(SPOOLER,))
    assert start["TokenElevationType"] == "%%1937"
    assert start in list(rules.other_logon(KNOWN)(day.log))
    assert start not in not_the_full_half(day.log)


SPOOLER = r"C:\Windows\System32\spoolsv.exe"


@pytest.mark.parametrize("story", ["pilot elevates", "stella installs"])
def test_what_a_user_elevates_is_left_out_by_its_link_or_by_the_consent_prompt(story):
    """A recorded 4688 of a consent: Subject SYSTEM, Target the user's full half, parent explorer.exe."""
    day = busy_day()
    full = day.events_of(story).where(4688, TokenElevationType="%%1937")
    assert full and all(start["SubjectLogonId"] == "0x3e7" for start in full)
    assert not set(map(id, full)) & set(map(id, rules.other_logon(())(day.log)))


def test_the_five_best_rules_together_find_every_attack():
    day = busy_day()
    best = (
        rules.type_9_by_itself(KNOWN),
        rules.other_logon(KNOWN),
        rules.ticket_without_first(),
        rules.port_88(),
        rules.opened_process(TASK_MANAGER),
    )
    trial = day.judge(lambda log: [event for rule in best for event in rule(log)])
    assert not trial.missed and not trial.false_positives


def test_every_story_leaves_something_somewhere_and_every_event_belongs_to_one():
    day = busy_day()
    for story in day.stories:
        assert day.events_of(story), story
    told = frozenset().union(*(story.records for story in day.stories))
    rest = [event for event in day.log if key(event) not in told]
    assert len(rest) == 5  # a service that started before the day, in both channels


def test_of_the_machine_where_a_token_is_worn_only_sysmon_saw_the_open_before():
    there = busy_day().events_of("worn").where(Hostname="MISTAKENOT-SRV2")
    assert [event["EventID"] for event in there] == [10, 3]
    assert there[0]["SourceImage"] == SPOOLER and there[0]["TargetUser"] == r"ASTRO\pulsar"


def test_the_same_day_is_the_same_log_twice():
    assert list(busy_day().log) == list(busy_day().log)


def test_a_rule_must_give_events_of_the_log():
    with pytest.raises(ValueError, match="no event of this log"):
        busy_day().judge(lambda log: ["4624"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="no event of this log"):
        busy_day().judge(lambda log: [{"EventID": 1, "RecordNumber": 1, "Hostname": "x"}])
    with pytest.raises(KeyError, match="no story"):
        busy_day().events_of("lunch")


def test_a_score_is_said_in_words():
    day = busy_day()
    assert day.judge(rules.type_9()).score == "precision 3 of 6 alerts, recall 3 of 7 attacks"
    assert day.judge(lambda log: []).score == "no alert at all, recall 0 of 7 attacks"
    empty = LabelledLog(Events(), (Story("work"),)).judge(lambda log: [])
    assert (empty.precision, empty.recall) == (None, None)


def test_a_chronicle_gives_a_story_what_was_written_while_it_was_acted():
    log = busy_day().log
    written = Events(log[:2])
    chronicle = Chronicle([written])
    chronicle.tell("one", lambda: written._events.append(log[2]))
    assert [len(story.records) for story in chronicle.stories] == [1]
