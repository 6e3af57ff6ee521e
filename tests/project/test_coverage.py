"""The page that says where each idea and each question is taught and practised, held to what is there."""

import json
import re
from pathlib import Path

import pytest

from tokenlab.teach.exercises import exercises

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
TABLES = [
    [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in part.splitlines()
        if line.startswith("|")
    ][2:]
    for part in PAGE.split("\n## ")[1:]
]
IDEAS, QUESTIONS = TABLES
SLUGS = {row[0].strip("`") for row in IDEAS}
EXERCISES = {one.number: one for one in exercises()}
THREAD = re.compile(r"[\w.-]+/[\w.-]+#\d+")


def code_of(link: str) -> str:
    match = re.fullmatch(r"\[(\d\d)\]\(\.\./(notebooks/\1_\w+\.ipynb)\)", link)
    assert match, link
    cells = json.loads((ROOT / match[2]).read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def numbers(cell: str) -> list[str]:
    return [number.strip() for number in cell.split(",")]


def test_all_ideas_and_questions_are_there():
    assert len(SLUGS) == len(IDEAS) and all(re.fullmatch("[a-z]+(-[a-z]+)*", slug) for slug in SLUGS)
    assert len(IDEAS) >= 55 and len(QUESTIONS) >= 24


@pytest.mark.parametrize("row", IDEAS, ids=lambda row: row[0])
def test_an_idea_has_a_cell_in_its_lesson_and_an_exercise_that_says_so(row):
    slug, _, lesson, cell, practised = row
    assert cell.strip("`") in code_of(lesson)
    claimed = [one.number for one in EXERCISES.values() if slug.strip("`") in one.rows]
    assert numbers(practised) == claimed and claimed


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row[1])
def test_a_question_has_a_scene_in_its_lesson_and_an_exercise_that_says_so(row):
    _, threads, lesson, cell, practised = row
    assert cell.strip("`") in code_of(lesson)
    asked = threads.split(", ")
    claimed = sorted(one.number for one in EXERCISES.values() if set(asked) & set(one.cases))
    assert numbers(practised) == claimed and claimed


def test_no_exercise_stands_for_an_idea_or_a_thread_that_is_none():
    threads = {thread for row in QUESTIONS for thread in row[1].split(", ")}
    for one in EXERCISES.values():
        assert set(one.rows) <= SLUGS and one.rows, one.number
        assert set(one.cases) <= threads, one.number
