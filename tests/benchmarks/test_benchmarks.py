"""The benchmarks run and measure what they say; no test asserts a time."""

import json
import subprocess
import sys

import pytest

from benchmarks.inputs import SIZES, descriptors, fresh
from benchmarks.measure import side_by_side, summary
from support import ROOT
from tokenlab.security import SecurityDescriptor


@pytest.mark.parametrize("size", SIZES)
def test_the_descriptors_are_distinct_and_of_their_size(size):
    texts = descriptors(size, 30)
    assert len(set(texts)) == 30 and texts == descriptors(size, 30)
    assert all(len(SecurityDescriptor.from_sddl(text).dacl) == size for text in texts)


def test_fresh_sids_are_met_once():
    sids = [ace.sid for text in fresh(5, 20) for ace in SecurityDescriptor.from_sddl(text).dacl]
    assert len(set(sids)) == 100


def test_candidates_take_turns_and_are_compared_with_the_first():
    calls = []
    work = {"one": lambda: calls.append("one"), "two": lambda: calls.append("two")}
    times = side_by_side(work, rounds=2, per_round=1)
    assert calls == ["one", "two", "one", "two", "two", "one"]
    assert summary({"one": [1.0, 1.0], "two": [2.0, 4.0]})["two"] == {"per_second": 1 / 3, "times_first": 3.0}
    assert {name: len(seconds) for name, seconds in times.items()} == {"one": 2, "two": 2}


@pytest.mark.slow
def test_the_command_prints_and_keeps_its_figures(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(tmp_path / "figures.json")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert set(figures) == {"samba", "parsers", "import"}
    assert "tokenlab" in run.stdout
