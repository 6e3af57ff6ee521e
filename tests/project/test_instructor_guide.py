"""docs/instructor_guide.md keeps what it says: plans that add up, an example that runs, paths that exist."""

import re

import pytest

from tests.support import ROOT
from tokenlab.teach.exam.paper import FINAL, Exam
from tokenlab.teach.exercise_file import KEYS, PART_KEYS
from tokenlab.teach.exercises import exercises

GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
PLANS = re.findall(r"<!-- plan: (\d+) -->\n((?:\|.*\n)+)", GUIDE)


MADE = ("exam/", "submitted/")  # by the commands that the guide tells


def plan_rows(table: str) -> list[list[str]]:
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def minutes_of(lesson: str) -> int:
    (path,) = ROOT.glob(f"notebooks/{lesson}_*.ipynb")
    stated = re.search(r"\*Minutes: (\d+)", path.read_text(encoding="utf-8"))
    assert stated, path
    return int(stated[1])


def test_there_are_plans_for_twelve_hours_a_semester_a_day_and_three_hours():
    assert [int(minutes) for minutes, _ in PLANS] == [720, 1260, 360, 180]


@pytest.mark.parametrize(("minutes", "table"), PLANS, ids=["twelve hours", "semester", "day", "three hours"])
def test_a_plan_adds_up(minutes, table):
    assert sum(int(row[-1]) for row in plan_rows(table)) == int(minutes)


def test_each_of_the_fourteen_weeks_takes_ninety_minutes():
    weeks: dict[str, int] = {}
    for week, _, minutes in plan_rows(PLANS[1][1]):
        weeks[week] = weeks.get(week, 0) + int(minutes)
    assert weeks == {str(week): 90 for week in range(1, 15)}


def test_the_homework_is_what_the_guide_says():
    total = sum(one.minutes for one in exercises() if "01" <= one.lesson <= "14")
    assert f"of the exercises, {total} minutes for lessons 01 to 14" in " ".join(GUIDE.split())


def test_each_of_the_six_sessions_takes_two_hours():
    sessions: dict[str, int] = {}
    for session, _, minutes in plan_rows(PLANS[0][1]):
        sessions[session] = sessions.get(session, 0) + int(minutes)
    assert sessions == dict.fromkeys("123456", 120)


@pytest.mark.parametrize(("_", "table"), PLANS, ids=["twelve hours", "semester", "day", "three hours"])
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


def section(title: str) -> str:
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_tables_of_keys_name_all_of_them():
    tables = "".join(line for line in section("Write an exercise").splitlines() if line.startswith("|"))
    named = set(re.findall(r"`(\w+)`", tables))
    assert named >= KEYS | set().union(*PART_KEYS.values())


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:[a-z_]+/)+[\w.]*)`", GUIDE))))
def test_paths_in_the_guide_lead_somewhere(path):
    if "NN" not in path and not path.startswith(MADE):
        assert (ROOT / path).exists()


def test_the_exam_of_the_guide_is_the_one_that_is_made():
    exam = Exam.of("final_exam", FINAL)
    said = f"these eight are asked, {exam.points} points in {exam.minutes} minutes: {', '.join(FINAL)}."
    assert said in " ".join(GUIDE.split()) and len(FINAL) == 8
