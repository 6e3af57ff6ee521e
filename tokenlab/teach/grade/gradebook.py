"""Points into nbgrader's gradebook, so that its formgrader and its exports show them."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tokenlab.teach.deadlines import Lateness
from tokenlab.teach.grade.report import Times, when
from tokenlab.teach.grade.result import Result


class NoNbgrader(RuntimeError):
    """nbgrader is not installed."""


@dataclass
class WrittenPoints:
    """How many points were set, and where a teacher's own points stand, which were kept."""

    count: int = 0
    by_hand: list[str] = field(default_factory=list)


@contextmanager
def open_gradebook(path: Path) -> Iterator[Any]:
    """nbgrader's gradebook; it is made if there is none, and saved at the end. Raises `NoNbgrader`."""
    try:
        from nbgrader.api import Gradebook  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise NoNbgrader("the gradebook needs nbgrader: python lab.py teach installs it") from None
    # nbgrader makes a new gradebook with a program that stands beside this Python
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own code
        with Gradebook(f"sqlite:///{path.resolve()}", "tokenlab") as book:
            yield book
            book.db.commit()


def write_gradebook(results: Iterable[Result], path: Path, times: Times | None = None) -> WrittenPoints:
    """Set the autograder's scores of the cells ``check_NN_M``, the times and the penalties.

    Students, assignments and cells that the gradebook does not know are added. Points that a teacher gave by
    hand (``manual_score``) stay, and nbgrader lets them count. Raises `NoNbgrader`.
    """
    written = WrittenPoints()
    with open_gradebook(path) as book:
        for result in results:
            if result.rows:
                _write(book, result, when(times, result), written)
    return written


def _write(book: Any, result: Result, time: Lateness, written: WrittenPoints) -> None:
    name = result.assignment
    dates = {"duedate": utc(time.due)} if time.due and not _has_due_date(book, name) else {}
    book.update_or_create_assignment(name, **dates)
    book.update_or_create_notebook(name, name)
    for row in result.rows:
        book.update_or_create_grade_cell(_cell(row.exercise), name, name, max_score=row.of, cell_type="code")
    book.update_or_create_student(result.student)
    known = {"timestamp": utc(time.handed_in)} if time.handed_in else {}
    book.update_or_create_submission(name, result.student, **known)
    book.find_submission_notebook(name, name, result.student).late_submission_penalty = time.penalty(
        result.points
    )
    for row in result.rows:
        grade = book.find_grade(_cell(row.exercise), name, name, result.student)
        grade.auto_score = row.points
        grade.needs_manual_grade = False
        written.count += 1
        if grade.manual_score is not None and grade.manual_score != row.points:
            written.by_hand.append(
                f"{result.student}/{name} {row.exercise}: {grade.manual_score:g} (the grader: {row.points})"
            )


def _has_due_date(book: Any, assignment: str) -> bool:
    return any(one.name == assignment and one.duedate for one in book.assignments)


def utc(time: datetime) -> datetime:
    """As nbgrader keeps times: UTC, without saying so."""
    return time.astimezone(UTC).replace(tzinfo=None)


def _cell(exercise: str) -> str:
    return f"check_{exercise.replace('.', '_')}"
