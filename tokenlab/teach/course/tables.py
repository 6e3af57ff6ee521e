"""Marks for other systems: two tables for a spreadsheet, and files that Canvas and Moodle import as they are.

Canvas reads the columns ``Student, ID, SIS User ID, SIS Login ID, Section``, then one for each assignment,
and a row whose first cell has ``Points Possible`` (``lib/gradebook_importer.rb`` of instructure/canvas-lms);
it finds a student by one of the ids, else by the name. Moodle finds a user by ``idnumber``, ``username`` or
email address, and takes a number or nothing for each grade item (``grade/import/csv/classes/load_data.php``
of moodle/moodle). An empty cell is no grade.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tokenlab.teach.grade.grader import MISSING
from tokenlab.teach.grade.report import write_table
from tokenlab.teach.roster import Student, by_login

HEAD = ("login", "first_name", "last_name", "email", "id", "section")


@dataclass(frozen=True)
class AssignmentMark:
    """What one student got for one assignment, penalties taken off; None for nothing handed in."""

    student: str
    assignment: str
    points: float | None
    of: float
    status: str = ""


def read_marks(summary: Path) -> list[AssignmentMark]:
    """The grader's ``grades_summary.csv``. Raises ValueError for another table."""
    with summary.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if not {"student", "assignment", "of", "total", "status"} <= set(rows.fieldnames or ()):
            raise ValueError(f"{summary} is no summary of the grader's: expected grades_summary.csv")
        return [_mark(row) for row in rows if row["status"] not in ("no exercises", "counted once")]


def _mark(row: dict[str, str]) -> AssignmentMark:
    points = None if row["status"] == MISSING else float(row["total"])
    return AssignmentMark(row["student"], row["assignment"], points, float(row["of"]), row["status"])


def with_manual_points(
    marks: Sequence[AssignmentMark], scores: dict[tuple[str, str], float]
) -> list[AssignmentMark]:
    """The marks, with the gradebook's scores where it has one: points given by hand count."""
    return [replace(one, points=scores.get((one.student, one.assignment), one.points)) for one in marks]


def write_tables(marks: Sequence[AssignmentMark], roster: Sequence[Student], folder: Path) -> list[Path]:
    """``long.csv``, ``wide.csv``, ``canvas.csv`` and ``moodle.csv``; everybody of the roster has a row."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [one.login for one in roster]
    others = sorted({one.student for one in marks}.difference(known))
    students = [by_login(roster, login) for login in [*known, *others]]
    assignments = {one.assignment: one.of for one in sorted(marks, key=lambda one: one.assignment)}
    got = {(one.student, one.assignment): one.points for one in marks}
    points = {one.login: [_cell(got.get((one.login, name))) for name in assignments] for one in students}
    long = [
        (*_who(by_login(roster, one.student)), one.assignment, _cell(one.points), f"{one.of:g}", one.status)
        for one in marks
    ]
    wide = [(*_who(one), *points[one.login]) for one in students]
    canvas = [("Points Possible", "", "", "", "", *(f"{of:g}" for of in assignments.values()))]
    canvas += [
        (_last_first(one), one.canvas_id, one.id, one.login, one.section, *points[one.login])
        for one in students
    ]
    moodle = [(one.login, one.id, one.email, *points[one.login]) for one in students]
    tables = {
        "long": ((*HEAD, "assignment", "points", "of", "status"), long),
        "wide": ((*HEAD, *assignments), wide),
        "canvas": (("Student", "ID", "SIS User ID", "SIS Login ID", "Section", *assignments), canvas),
        "moodle": (("username", "idnumber", "email", *assignments), moodle),
    }
    for name, (head, rows) in tables.items():
        write_table(folder / f"{name}.csv", head, rows)
    return [folder / f"{name}.csv" for name in tables]


def _who(one: Student) -> tuple[str, ...]:
    return (one.login, one.first_name, one.last_name, one.email, one.id, one.section)


def _last_first(one: Student) -> str:
    return f"{one.last_name}, {one.first_name}" if one.last_name else one.name


def _cell(points: float | None) -> str:
    return "" if points is None else f"{points:g}"
