"""Marks for an exam. Answers are read, not run: only where a function is asked for does student code run.

It then runs as in practice (`tokenlab.teach.grade`), and is not told whose world it is judged in.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from tokenlab.teach.exam.paper import Exam
from tokenlab.teach.exam.secret import world
from tokenlab.teach.grade.conversation import converse
from tokenlab.teach.grade.grader import MISSING
from tokenlab.teach.grade.isolation import Isolation
from tokenlab.teach.grade.judge import AnswerRequest, Judge, JudgedAnswer
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.notebook import NotebookError, code_cells
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import Submission


class Marker:
    """Marks exams with the secret; ``isolation`` is needed where functions are asked for."""

    def __init__(self, exam: Exam, secret: bytes, isolation: Isolation | None = None) -> None:
        self._exam, self._secret, self._isolation = exam, secret, isolation
        self._judge = Judge()

    def mark(self, submission: Submission) -> Result:
        """Never raises for anything in a submission."""
        student, name = submission.student, world(self._secret, self._exam.title, submission.learner)
        asked = self._asked(name)
        try:
            cells = code_cells(submission.read())
        except NotebookError as error:
            status = "unreadable" if submission.path.exists() else MISSING
            rows = tuple(JudgedAnswer(one.number, 0, one.points, [], "unanswered") for one in asked)
            return Result(student, self._exam.title, rows, status, (str(error),))
        answers = literal_answers(cells, asked)
        status = "graded"
        if self._isolation is not None and any(one.questions for one in asked):
            heard = converse(
                self._isolation.start(SubmissionLimits()),
                cells,
                "exam",
                [one for one in asked if one.questions],
                SubmissionLimits(),
            )
            answers |= heard.answers
            status = heard.status
        rows = tuple(self._judge.judge(one, name, answers.get(one.number, {})) for one in asked)
        return Result(student, self._exam.title, rows, status)

    def close(self) -> None:
        """End the process that judges."""
        self._judge.close()

    def _asked(self, name: str) -> list[AnswerRequest]:
        lessons = sorted({number[:2] for number in self._exam.exercises})
        found = {one.number: one for lesson in lessons for one in self._judge.prepare(lesson, name)}
        return [found[number] for number in self._exam.exercises]


def literal_answers(cells: Sequence[str], asked: Sequence[AnswerRequest]) -> dict[str, dict[str, Any]]:
    """The answers that stand in the cells as values, by number; the last one counts. Nothing is run."""
    wanted = {one.name: one.number for one in asked if not one.questions}
    found: dict[str, dict[str, Any]] = {}
    for cell in cells:
        for statement in _statements(cell):
            for name in _assigned(statement):
                if name in wanted:
                    found[wanted[name]] = _value(statement.value)
    return found


def _statements(cell: str) -> list[ast.Assign]:
    try:
        body = ast.parse(cell).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [one for one in body if isinstance(one, ast.Assign)]


def _assigned(statement: ast.Assign) -> list[str]:
    return [one.id for one in statement.targets if isinstance(one, ast.Name)]


def _value(node: ast.expr) -> dict[str, Any]:
    try:
        return {"plain": _listed(ast.literal_eval(node))}
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return {"unusable": "expected the value itself, for example {'A': 'granted'}: a program is not run"}


def _listed(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, list | tuple | set):
        return [_listed(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _listed(one) for key, one in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(value)
