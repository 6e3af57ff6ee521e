"""The last challenge: several ways to the file, what each leaves, and what a fix stops."""

import pytest

from tokenlab.system import Refusal
from tokenlab.worlds.challenge import GOAL, HINTS, SCRIPT, Challenge
from tokenlab.worlds.challenge_defence import WAYS, defend

SVC = r"ASTRO\svc-archive"


@pytest.fixture(scope="module")
def unfixed():
    return defend(lambda case: None)


def titles(score):
    return [rule.technique for rule, events in score.alerts if events]


def test_the_morning_is_quiet_and_ordinary_work_goes():
    case = Challenge()
    assert case.work() == ()
    score = case.score()
    assert not score.reached and score.points == 0 and not titles(score) and score.left == ()


def test_cosmo_himself_is_refused_and_finds_the_password_where_an_entry_too_many_lets_him():
    case = Challenge()
    with pytest.raises(Refusal) as refused:
        case.open(case.shell)
    assert refused.value.win32_error == 5
    assert SVC in case.open(case.shell, SCRIPT, case.data)
    assert case.score().readers == ()


# What each way leaves: lesson 14's rules with their blind spots, and the weights of lesson 12.
@pytest.mark.parametrize(
    ("way", "reader", "seen", "cost"),
    [
        ("a window with new credentials", "svc-archive", ["T1134.002"], 6),
        ("the same through runas.exe, and tidied up", "svc-archive", [], 0),
        ("a ticket in the own session", "svc-archive", ["T1550.002", "T1558"], 3),
        ("a stolen token on MISTAKENOT-SRV1", "nova", ["T1134.002", "T1134.001"], 9),
    ],
)
def test_a_way_reads_the_file_and_leaves_its_own_traces(unfixed, way, reader, seen, cost):
    score = unfixed.tried[way]
    assert (score.readers, titles(score), score.cost) == ((reader,), seen, cost)
    assert f"{GOAL} was read as {reader}." in str(score) and f"Points: {score.points} of 10." in str(score)


def test_the_double_hop_ends_a_way_over_the_first_server():
    from tokenlab.network import WinRm
    from tokenlab.worlds.challenge import get_arrived_thread

    case = Challenge()
    window = case.shell.start_with_logon(SVC, "nightly at two", "cmd.exe", net_only=True)
    host = get_arrived_thread(case.network.connect(window.thread, WinRm(case.first)))
    with pytest.raises(Refusal, match="anonymous"):
        case.open(host)
    assert not case.score().reached


def test_a_session_that_has_ended_costs_nothing():
    case = Challenge()
    window = case.shell.start_with_logon(SVC, "nightly at two", "cmd.exe", net_only=True)
    case.open(window)
    before = case.score().cost
    case.desk.log_off(window.token)
    assert before == 6 and case.score().cost == 0


def test_the_entry_too_many_is_the_cause(unfixed):
    closed = "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;{})"

    def fix(case):
        case.console.open(case.script, 0x60000).set_dacl(closed.format(case.service.sid))

    defence = defend(fix)
    assert defence.through == () and defence.refused == () and defence.points == 10
    assert unfixed.through == tuple(WAYS) and unfixed.points == 1


def test_the_files_own_dacl_stops_three_ways_of_four():
    def fix(case):
        case.administer(case.second).open(case.goal, 0x60000).set_dacl("D:P(A;;FA;;;SY)(A;;FA;;;BA)")

    defence = defend(fix)
    assert defence.through == ("a stolen token on MISTAKENOT-SRV1",) and defence.points == 8


def test_an_account_that_is_disabled_stops_the_work_too():
    def fix(case):
        case.service.enabled = False

    defence = defend(fix)
    assert defence.through == () and defence.refused == ("the archive",) and defence.points == 5
    assert "Work that is refused now: the archive." in str(defence)


def test_hints_come_one_by_one():
    case = Challenge()
    assert [case.hint(number) for number in range(1, 1 + len(HINTS))] == list(HINTS)
    with pytest.raises(ValueError, match="no hint 0: expected 1 to 4"):
        case.hint(0)
