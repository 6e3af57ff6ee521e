"""A week without an attack, to count false positives on."""

from collections import Counter

import pytest

from tokenlab.worlds import rules
from tokenlab.worlds.busy_day import AGENT
from tokenlab.worlds.quiet_week import PEOPLE, quiet_week

KNOWN = {*rules.STARTERS, AGENT}


@pytest.fixture(scope="module")
def week():
    return quiet_week()


def test_it_is_five_days_of_work_and_tens_of_thousands_of_events(week):
    assert len(week.log) > 20_000
    assert not any(story.is_attack for story in week.stories)
    assert len(week.stories) == 1 + 5 * (PEOPLE + 12)
    days = Counter(event["TimeCreated"][:10] for event in week.log)
    assert list(days) == [f"2026-03-0{day}" for day in range(2, 7)]  # Monday to Friday
    assert min(days.values()) > 3_000


def test_its_borrowed_names_are_four_a_day_by_runas_and_one_by_the_backup(week):
    nine = week.log.where(4624, LogonType="9")
    assert Counter(event["LogonProcessName"].strip() for event in nine) == {"seclogo": 20, "Advapi": 5}


@pytest.mark.parametrize(
    ("rule", "stories"),
    [  # counted from the programme of a day: 4 borrow, 1 backup, 1 Task Manager
        (rules.type_9(), 25),
        (rules.type_9_by_parent(KNOWN), 0),
        (rules.type_9_by_itself(()), 5),
        (rules.type_9_by_itself(KNOWN), 0),
        (rules.other_logon(KNOWN), 0),
        (rules.ticket_without_first(), 0),
        (rules.port_88(), 0),
        (rules.opened_process(()), 5),
    ],
)
def test_a_rule_has_so_many_false_positives_a_week(week, rule, stories):
    assert len(week.judge(rule).false_positives) == stories


def test_a_wrong_password_is_typed_now_and_then(week):
    """Two a day by stella, and by each eleventh of the crew."""
    crew = sum((person + 3 * day) % 11 == 0 for person in range(PEOPLE) for day in range(5))
    assert len(week.log.where(4625)) == 10 + crew
