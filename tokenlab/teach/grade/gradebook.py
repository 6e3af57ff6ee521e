"""Points into nbgrader's gradebook, so that its formgrader and its exports show them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from tokenlab.teach.grade.result import Result


class NoNbgrader(RuntimeError):
    """nbgrader is not installed."""


def write_gradebook(results: Iterable[Result], path: Path) -> int:
    """Set the scores of the cells ``check_NN_M``; how many were set. Students, assignments and cells that the
    gradebook does not know are added. Raises `NoNbgrader`."""
    try:
        from nbgrader.api import Gradebook  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        raise NoNbgrader("--gradebook needs nbgrader: pip install 'tokenlab[grade]'") from None
    # nbgrader makes a new gradebook with a program that stands beside this Python
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    count = 0
    with Gradebook(f"sqlite:///{path.resolve()}", "tokenlab") as book:
        for result in results:
            if not result.rows:
                continue
            name = result.assignment
            book.update_or_create_assignment(name)
            book.update_or_create_notebook(name, name)
            for row in result.rows:
                book.update_or_create_grade_cell(
                    _cell(row.exercise), name, name, max_score=row.of, cell_type="code"
                )
            book.update_or_create_student(result.student)
            book.update_or_create_submission(name, result.student)
            for row in result.rows:
                grade = book.find_grade(_cell(row.exercise), name, name, result.student)
                grade.auto_score = grade.manual_score = row.points
                grade.needs_manual_grade = False
                count += 1
        book.db.commit()
    return count


def _cell(exercise: str) -> str:
    return f"check_{exercise.replace('.', '_')}"
