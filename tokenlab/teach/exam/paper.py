"""The questions of an exam: which exercises, and what one student is handed."""

from __future__ import annotations

import json
import pprint
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tokenlab.teach.answers import AnswerError, plain
from tokenlab.teach.check import make_task
from tokenlab.teach.exam.secret import ExamError
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.grade.page import page
from tokenlab.teach.variant import Variant

# Of eight lessons the exercise where one answer for everybody, guessing and a neighbour's answers earn least
# (tools/check_exercises.py --measure), of those that may be in an exam.
FINAL = ("01.3", "03.6", "05.1", "07.5", "09.5", "10.6", "13.7", "14.3")
_HOW = (
    "Write the value itself into each answer: a text, a list or a dict, as it stands there at first. "
    "What a program works out is not read. Where a function is asked for, write the function. "
    "The model (`import tokenlab`) may be used to try things. Save the notebook before you hand it in."
)


@dataclass(frozen=True)
class Exam:
    """``title`` is the name of the students' notebooks; ``package`` says which tokenlab made them."""

    title: str
    exercises: tuple[str, ...]
    package: str = ""

    @classmethod
    def of(cls, title: str, numbers: Sequence[str], package: str = "") -> Exam:
        """Raises `ExamError` for an exercise that cannot be in an exam, or is there twice."""
        if not title.replace("_", "").replace("-", "").isalnum() or not title.isascii():
            raise ExamError(
                f"{title!r} is no title: expected letters, digits, - and _, for example final_exam"
            )
        known = {one.number: one for one in exercises()}
        for number in numbers:
            if number not in known:
                raise ExamError(f"there is no exercise {number!r}: expected a number such as {FINAL[0]}")
            if not known[number].exam:
                raise ExamError(f"{number} cannot be in an exam: a call of the model has its answer")
        if not numbers or len(set(numbers)) < len(numbers):
            raise ExamError("expected one exercise or more, each once")
        return cls(title, tuple(numbers), package)

    @property
    def points(self) -> int:
        """The points of all its exercises."""
        return sum(find(number).points for number in self.exercises)

    @property
    def minutes(self) -> int:
        """The minutes of all its exercises."""
        return sum(find(number).minutes for number in self.exercises)

    def save(self, path: Path) -> None:
        """Write it as JSON. Raises OSError."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Exam:
        """Raises `ExamError`, OSError."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls.of(content["title"], content["exercises"], content["package"])
        except (ValueError, KeyError, TypeError) as error:
            raise ExamError(f"{path} is no exam of `exam make`: {error}") from None


def notebook(exam: Exam, student: str, world: str) -> dict[str, Any]:
    """What one student is handed: questions, what is given, and blanks."""
    head = f"# {exam.title} of {student}\n\n*Minutes: {exam.minutes}. Points: {exam.points}.* {_HOW}"
    cells = [_cell("markdown", head)]
    for exercise, task in _tasks(exam, world):
        cells.append(_cell("markdown", f"{_heading(exercise)}\n\n{task.question}"))
        given = list_given(task)
        if given:
            name = f"q{exercise.number.replace('.', '_')}"
            cells.append(_cell("code", f"{name} = {pprint.pformat(given, width=100, sort_dicts=False)}"))
        cells.append(_cell("code", _blank(exercise, task)))
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"e{number:02}"
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def sheet(exam: Exam, student: str, world: str) -> str:
    """The same as a page to print, with room to write."""
    parts = [f"Name: {student}    Points: {exam.points}    Minutes: {exam.minutes}"]
    for exercise, task in _tasks(exam, world):
        given = list_given(task)
        shown = [pprint.pformat(given, width=100, sort_dicts=False)] if given else []
        parts += [_heading(exercise).removeprefix("## "), task.question, *shown, f"Answer:{chr(10) * 6}_"]
    return page(f"{exam.title} of {student}", "\n\n".join(parts))


def list_given(task: Task) -> dict[str, Any]:
    """What a task gives, as plain data: SIDs and descriptors as their text."""
    return {name: _data(value) for name, value in task.given.items() if name != "lines"}


def _tasks(exam: Exam, world: str) -> list[tuple[Exercise, Task]]:
    found = [find(number) for number in exam.exercises]
    return [(one, make_task(one, Variant(world))) for one in found]


def _data(value: Any) -> Any:
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _data(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_data(one) for one in value]
    try:
        return plain(value)
    except AnswerError:
        return str(value)


def _heading(exercise: Exercise) -> str:
    return (
        f"## {exercise.number} · {exercise.title}\n\n*{exercise.minutes} minutes · {exercise.points} points*"
    )


def _blank(exercise: Exercise, task: Task) -> str:
    if task.questions:
        return f"# Write the function, and put it into {exercise.answer_name}.\n{exercise.answer_name} = None"
    return f"{exercise.answer_name} = {pprint.pformat(task.blank, width=60, sort_dicts=False)}"


def _cell(kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
