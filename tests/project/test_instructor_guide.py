"""docs/instructor_guide.md keeps what it says: plans that add up, an example that runs, paths that exist."""

import os
import re
import subprocess
import sys

import pytest

from support import ROOT
from tokenlab.teach.exercises import exercises

GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
PLANS = re.findall(r"<!-- plan: (\d+) -->\n((?:\|.*\n)+)", GUIDE)


def plan_rows(table: str) -> list[list[str]]:
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def minutes_of(lesson: str) -> int:
    (path,) = ROOT.glob(f"notebooks/{lesson}_*.ipynb")
    stated = re.search(r"\*Minutes: (\d+)", path.read_text(encoding="utf-8"))
    assert stated, path
    return int(stated[1])


def test_there_is_a_plan_for_twelve_hours_and_one_for_three():
    assert [int(minutes) for minutes, _ in PLANS] == [720, 180]


@pytest.mark.parametrize(("minutes", "table"), PLANS, ids=["twelve hours", "three hours"])
def test_a_plan_adds_up(minutes, table):
    assert sum(int(row[-1]) for row in plan_rows(table)) == int(minutes)


def test_each_of_the_six_sessions_takes_two_hours():
    sessions: dict[str, int] = {}
    for session, _, minutes in plan_rows(PLANS[0][1]):
        sessions[session] = sessions.get(session, 0) + int(minutes)
    assert sessions == dict.fromkeys("123456", 120)


@pytest.mark.parametrize(("_", "table"), PLANS, ids=["twelve hours", "three hours"])
def test_a_plan_gives_lessons_and_exercises_the_minutes_they_state(_, table):
    stated = {one.number: one.minutes for one in exercises()}
    for *_, what, minutes in plan_rows(table):
        if what.startswith("lesson "):
            assert int(minutes) == minutes_of(what.split()[1]), what
        numbers = re.findall(r"\d\d\.\d", what)
        if numbers:
            assert int(minutes) == sum(stated[number] for number in numbers), what


def test_the_lessons_together_take_what_the_guide_says():
    total = sum(minutes_of(f"{lesson:02}") for lesson in range(15))
    assert f"fifteen lessons 00 to 14 alone take {total} minutes" in " ".join(GUIDE.split())


def test_the_capstone_and_its_exercises_take_what_the_guide_says():
    total = sum(one.minutes for one in exercises("15"))
    said = f"Lesson 15, the capstone, takes {minutes_of('15')} minutes, its exercises {total}"
    assert said in " ".join(GUIDE.split())


def test_the_example_exercise_runs_and_prints_its_judgement():
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, "-c", example]
    done = subprocess.run(line, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("99.1 Two lines: 1 of 2 points")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:[a-z_]+/)+[\w.]*)`", GUIDE))))
def test_paths_in_the_guide_lead_somewhere(path):
    if "NN" not in path:
        assert (ROOT / path).exists()
