"""The benchmarks run and measure what they say; no test asserts a time."""

import json
import subprocess
import sys
from functools import partial
from itertools import count, islice

import pytest

from benchmarks import __main__ as command
from benchmarks import beside_parsers, grading, growth, logs, machines, networks
from benchmarks.inputs import SIZES, descriptors, fresh
from benchmarks.machines import Grown
from benchmarks.measure import LARGEST_BATCH, Effort, Racer, batch_size, compared, side_by_side
from tests.support import ROOT
from tokenlab.security import SecurityDescriptor

EFFORT = Effort(2, 0.0001)


@pytest.mark.parametrize("size", SIZES)
def test_the_descriptors_are_distinct_and_of_their_size(size):
    texts = descriptors(size, 30)
    assert len(set(texts)) == 30 and texts == descriptors(size, 30)
    assert all(len(SecurityDescriptor.from_sddl(text).dacl) == size for text in texts)


def test_fresh_sids_are_met_once():
    texts = islice(fresh(5), 20)
    sids = [ace.sid for text in texts for ace in SecurityDescriptor.from_sddl(text).dacl]
    assert len(set(sids)) == 100


def test_racers_take_turns_and_the_other_begins_every_second_round():
    runs: list[str] = []

    def note(name: str, batch: object) -> None:
        runs.append(name)

    racers = {name: Racer(partial(note, name), count()) for name in ("one", "two")}
    times = side_by_side(racers, Effort(4, 0))
    assert runs[-8:] == ["one", "two", "two", "one"] * 2
    assert {name: len(seconds) for name, seconds in times.items()} == {"one": 4, "two": 4}


def test_a_batch_is_neither_empty_nor_endless():
    racer = Racer(lambda batch: None, count())
    assert batch_size(racer, 0) == 1 and batch_size(racer, 1000) == LARGEST_BATCH


def test_a_ratio_is_the_middle_one_and_the_lowest_stands_beside_it():
    line = compared("read", 5, {"a": [1.0, 2.0, 9.0], "b": [2.0, 2.0, 3.0]}, "a", "b")
    assert (line.ratio, line.lowest) == (1.0, 0.5)
    assert (line.ours_per_second, line.other_per_second) == (0.5, 0.5)


def test_a_peer_that_is_missing_is_named_as_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(beside_parsers, "MODULES", {"winacl": "no_such_module"})
    monkeypatch.setattr(command, "SAMBAS_PYTHON", "/no/such/python")
    assert beside_parsers.installed() == {"winacl": "not installed"}
    monkeypatch.setattr(command, "QUICK", EFFORT)
    monkeypatch.setitem(beside_parsers.MODULES, "sddl-parser", "no_such_module_either")
    command.main(["--quick", "--only", "bytes"])
    printed = capsys.readouterr().out
    assert "Beside Samba: not installed" in printed and "winacl not installed" in printed


def test_what_a_machine_does_all_day_leaves_it_as_it_was():
    for name, do in machines.everyday().items():
        do()
        do()
        assert do.__closure__, name
    rates = machines.rates(EFFORT)
    assert set(rates) == set(machines.everyday()) and min(rates.values()) > 0


def test_a_world_holds_what_it_says_and_answers_for_everybody():
    world = machines.build(200)
    sessions = [one for machine in world for one in machine.sessions if not one.permanent]
    assert (len(world), len(sessions)) == (2, 200)
    assert machines.ask(world).total() == 200 and len(machines.ask(world)) == 200


def test_every_hop_of_a_network_arrives():
    found = networks.measured(60, machines=20)
    assert (found.machines, found.hops, found.arrived) == (20, 60, 60)
    assert "times as much" in networks.table([found, found])


def test_worlds_are_compared_by_their_ratios():
    small, large = Grown(10, 1000, 1.0, 0.5, 100), Grown(100, 10_000, 11.0, 4.0, 900)
    assert tuple(machines.ratios(small, large).values()) == (10, 10, 11, 8, 9)
    assert "11.0" in machines.table([small, large])


def test_a_class_is_graded_and_without_nbgrader_that_is_said(monkeypatch):
    monkeypatch.setattr(grading, "find_spec", lambda name: None)
    found = grading.measured((2, 2))
    assert (found.ours, found.theirs) == (2, 0) and found.seconds > 0
    assert "nbgrader is not installed" in grading.text(found)
    other = grading.Graded(100, 10, 0.1, 2.5, True)
    assert "the same scores; ours is 25 times as fast" in grading.text(other)


def test_memory_grows_with_the_sessions_and_no_faster():
    """Bytes are counted, not timed. What every world has is left out by a difference."""
    none, some, more = (machines.weighed(sessions)["memory"] for sessions in (0, 400, 1200))
    assert 2.5 < (more - none) / (some - none) < 3.2


def test_only_one_part_is_measured_if_that_is_asked_for(tmp_path):
    file = tmp_path / "figures.json"
    command.main(["--quick", "--only", "machine", "--json", str(file)])
    assert list(json.loads(file.read_text(encoding="utf-8"))) == ["machine"]


@pytest.mark.slow
def test_the_command_prints_and_keeps_its_figures(tmp_path, monkeypatch, capsys):
    """Every part runs; its sizes are smaller than ``--quick`` has them, for nothing here looks at a time."""
    for part, size in ((machines, (100, 200)), (networks, (50, 100)), (logs, 200), (grading, (2, 2))):
        monkeypatch.setattr(part, "QUICK", size)
    command.main(["--quick", "--json", str(tmp_path / "figures.json")])
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    parts = {
        "samba",
        "parsers",
        "survey",
        "machine",
        "world",
        "network",
        "logs",
        "growth",
        "grading",
        "import",
    }
    assert set(figures) == parts and figures["grading"]["theirs"] == 2 and figures["grading"]["equal"]
    assert "sddl-parser" in capsys.readouterr().out


def test_python_runs_the_folder_as_a_command():
    line = [sys.executable, "-m", "benchmarks", "--quick", "--only", "bytes"]
    run = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "sddl-parser" in run.stdout


def test_logs_are_read_beside_the_library_that_only_parses_them():
    found = logs.measure(200)
    assert [one.form for one in found][: len(logs.FORMS)] == list(logs.FORMS) and all(
        one.records >= 200 for one in found
    )
    assert all(value > 0 for one in found for value in one[2:])
    assert "Winlogbeat" in logs.table(found)


def test_growth_is_the_last_time_beside_what_the_first_lets_expect():
    line = growth.Grown("x", 10, 0.001, (1.0, 2.0, 4.0, 8.8))
    assert round(line.growth, 3) == 1.1 and "FASTER" not in growth.table([line])
    assert "FASTER THAN THE INPUT" in growth.table([line._replace(times=(1.0, 4.0, 16.0, 64.0))])


@pytest.mark.parametrize("what", growth.CASES)
def test_what_growth_is_measured_of_can_be_done(what):
    first, make = growth.CASES[what]
    line = growth.grown(what, max(1, first // 50), make, Effort(1, 0.0))
    assert line.what == what and len(line.times) == 4 and min(line.times) >= 0
