"""A folder of submissions as nbgrader collects them, of lesson 04."""

import csv
import json
import re
from functools import cache
from pathlib import Path

from tests.support import ROOT
from tokenlab.teach.exercises import exercises

ASSIGNMENT = "04_access_check"
WORTH = {one.number: one.points for one in exercises("04")}
ALL = sum(WORTH.values())
HALF = tuple(number for number in WORTH if int(number[-1]) % 2)  # what the half-right answer
HALF_POINTS = sum(WORTH[number] for number in HALF)
FUNCTION = "04.6"


@cache
def _text(folder: str) -> str:
    return (ROOT / folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")


def solved(student: str) -> dict:
    """The solution, with the student's name in it."""
    return _named(json.loads(_text("solutions")), student)


def untouched(student: str) -> dict:
    """The assignment as it is handed out."""
    return _named(json.loads(_text("exercises")), student)


def _named(notebook: dict, student: str) -> dict:
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        cell["source"] = re.sub(r'learner\("\w*"\)', lambda _: f"learner({student!r})", source)
    return notebook


def answers_of(notebook: dict) -> dict[str, dict]:
    """The cells of the answers by the exercise's number."""
    found = {}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name.startswith("answer_"):
            found[name.removeprefix("answer_").replace("_", ".")] = cell
    return found


def half_right(student: str) -> dict:
    """The solution without the exercises with an even number."""
    notebook, blank = solved(student), answers_of(untouched(student))
    for number, cell in answers_of(notebook).items():
        if number not in HALF:
            cell["source"] = "".join(blank[number]["source"])
    return notebook


def cell(source: str) -> dict:
    """A cell that a student added."""
    return {
        "cell_type": "code",
        "id": "x",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": source,
    }


def with_cell(notebook: dict, source: str, place: int = -1) -> dict:
    """The notebook with one more code cell, at the end unless told."""
    cells = notebook["cells"]
    cells.insert(len(cells) if place < 0 else place, cell(source))
    return notebook


def only(*sources: str) -> dict:
    """A notebook of these cells alone."""
    return {"cells": [cell(source) for source in sources], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def hand_in(submitted: Path, student: str, content: dict | str | bytes) -> Path:
    """Write a submission; its path."""
    path = submitted / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
