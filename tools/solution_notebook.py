"""The notebooks of ``solutions/``, made from the exercises' files: cells, marks for nbgrader, sums."""

import json
from typing import Any

from tokenlab.teach.answer_cell import assignment
from tokenlab.teach.check import make_task
from tokenlab.teach.exercise import Exercise
from tokenlab.teach.exercise_file import LessonFile
from tokenlab.teach.variant import Variant

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
_HOW = (
    "Put your login name into the next cell, then go from task to task: read, answer, `check`. "
    '`hint("{}.1")` helps on.'
)
Cell = dict[str, Any]


def solution_notebook(
    lesson: str, name: str, file: LessonFile, exercises: list[Exercise], taught: bool = True
) -> str:
    """The notebook of a lesson's solutions, not yet run. ``name`` is the lesson's: ``04_access_check``;
    ``taught`` if there is a notebook of that name to link to."""
    cells = [_introduction(lesson, name if taught else "", file, exercises), _cell("code", _setup(file))]
    for one in exercises:
        cells += _exercise(one)
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"c{number:02}"
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": KERNEL, "language_info": LANGUAGE},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _introduction(lesson: str, name: str, file: LessonFile, exercises: list[Exercise]) -> Cell:
    head = file.head
    aims = "; ".join(f"({number}) {aim}" for number, aim in enumerate(head["aims"], 1))
    minutes, points = sum(one.minutes for one in exercises), sum(one.points for one in exercises)
    more, how = head.get("more", ""), head.get("how", _HOW.format(lesson))
    lead = f"They test what [the lesson](../../notebooks/{name}.ipynb) promised" if name else "They test"
    text = (
        f"# {lesson} · Exercises: {head['title']}\n\n"
        f"{lead}: {aims}.{more}\n\n"
        f"*Minutes: {minutes}. Points: {points}.* {how}"
    )
    return _cell("markdown", text, _marks(f"intro_{lesson}"))


def _setup(file: LessonFile) -> str:
    setup: str = file.head["setup"].strip()
    return f'{setup}\n\nlearner("anyone")  # your login name here'


def _exercise(one: Exercise) -> list[Cell]:
    lesson, _, number = one.number.partition(".")
    head = f"## {one.number} · {one.title}\n\n*{one.kind} · {one.minutes} minutes · {one.points} points*"
    blank = assignment(one.answer_name, make_task(one, Variant()).blank)
    answer = f"{blank}\n### BEGIN SOLUTION\n{one.solution.strip()}\n### END SOLUTION"
    mark = f"{lesson}_{number}"
    graded = _marks(f"check_{mark}", grade=True) | {"points": one.points}
    return [
        _cell("markdown", head, _marks(f"head_{mark}")),
        _cell("code", f'q{number} = task("{one.number}")\nq{number}', _marks(f"task_{mark}")),
        _cell("code", answer, _marks(f"answer_{mark}", locked=False, solution=True)),
        _cell("code", f'check("{one.number}", {one.answer_name})', graded),
    ]


def _marks(name: str, *, grade: bool = False, locked: bool = True, solution: bool = False) -> dict[str, Any]:
    marks = {"grade": grade, "grade_id": name, "locked": locked, "solution": solution, "task": False}
    return marks | {"schema_version": 3}


def _cell(kind: str, source: str, marks: dict[str, Any] | None = None) -> Cell:
    cell: Cell = {
        "cell_type": kind,
        "metadata": {"nbgrader": marks} if marks else {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
