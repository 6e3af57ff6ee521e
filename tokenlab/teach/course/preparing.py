"""A course prepared for nbgrader: the gradebook with all assignments and points, the class, the exchange."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tokenlab.teach.deadlines import Deadlines
from tokenlab.teach.grade.gradebook import NoNbgrader, open_gradebook, utc
from tokenlab.teach.roster import Student

CONFIGURATION, GRADEBOOK = "nbgrader_config.py", "gradebook.db"


class CourseError(RuntimeError):
    """The course cannot be prepared, and why."""


def assignments(course: Path, lessons: Sequence[str] = ()) -> list[str]:
    """The names of the assignments, ``04_access_check``; of some lessons only. Raises `CourseError`."""
    if not (course / CONFIGURATION).is_file():
        raise CourseError(
            f"{course} is no course of nbgrader's: there is no {CONFIGURATION}. Go to its folder."
        )
    found = sorted(path.parent.name for path in course.glob("solutions/*/*.ipynb"))
    for lesson in lessons:
        if not any(name[:2] == lesson for name in found):
            raise CourseError(f"{lesson!r} has no exercises: expected a number such as {found[0][:2]}")
    return [name for name in found if not lessons or name[:2] in lessons]


def fill_gradebook(course: Path, names: Iterable[str]) -> None:
    """Have nbgrader make the gradebook: each assignment with its cells and their points.

    It writes ``exercises/`` again, the same bytes. Raises `CourseError`, `NoNbgrader`.
    """
    api = _api(course)
    for name in names:
        _done(api.generate_assignment(name, force=True), name)


def release(course: Path, names: Iterable[str]) -> None:
    """Put assignments into the exchange, where students fetch them. Raises `CourseError`, `NoNbgrader`."""
    api = _api(course)
    for name in names:
        _done(api.release_assignment(name), name)


def enrol(course: Path, students: Iterable[Student]) -> None:
    """Put the class into the gradebook; who is there already is brought up to date. Raises `NoNbgrader`."""
    with open_gradebook(course / GRADEBOOK) as book:
        for one in students:
            book.update_or_create_student(
                one.login,
                first_name=one.first_name,
                last_name=one.last_name,
                email=one.email,
                lms_user_id=one.id,
            )


def set_due_dates(course: Path, deadlines: Deadlines) -> None:
    """Put due dates into the gradebook, where the formgrader shows them. Raises `NoNbgrader`."""
    with open_gradebook(course / GRADEBOOK) as book:
        for name, date in deadlines.due.items():
            book.update_or_create_assignment(name, duedate=utc(date))


def scores(gradebook: Path) -> dict[tuple[str, str], float]:
    """What counts in a gradebook, by student and assignment: points given by hand first, penalties taken off.

    Raises `NoNbgrader`.
    """
    with open_gradebook(gradebook) as book:
        submitted = [one for assignment in book.assignments for one in assignment.submissions]
        return {
            (one.student.id, one.name): max(0.0, one.score - one.late_submission_penalty) for one in submitted
        }


def _api(course: Path) -> Any:
    try:
        from nbgrader.apps import NbGraderAPI  # type: ignore[import-untyped,unused-ignore]
        from nbgrader.coursedir import CourseDirectory  # type: ignore[import-untyped,unused-ignore]
        from traitlets.config.loader import PyFileConfigLoader
    except ImportError:
        raise NoNbgrader("preparing a course needs nbgrader: python lab.py teach installs it") from None
    os.chdir(course)  # nbgrader's paths are relative to the course
    configuration = PyFileConfigLoader(CONFIGURATION, str(course)).load_config()
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    return NbGraderAPI(CourseDirectory(config=configuration), config=configuration)


def _done(result: dict[str, Any], name: str) -> None:
    if not result["success"]:
        said = [line for line in str(result.get("error") or result.get("log")).splitlines() if line.strip()]
        raise CourseError(f"{name}: nbgrader said: {' / '.join(said[-3:])}")
