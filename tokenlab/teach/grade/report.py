"""The files a teacher gets. Each is written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenlab.teach.grade.result import Result

GRADES = ("student", "assignment", "exercise", "points", "of", "misconceptions", "status", "note")
_FORMULA = re.compile(r"(^|[;,|]\s*)([=+\-@])")
SUMMARY = ("student", "assignment", "points", "of", "status", "note")


def write_grades(results: Sequence[Result], path: Path) -> Path:
    """A row for each exercise to ``grades.csv``, one for each submission to ``grades_summary.csv`` beside it.

    Gives the path of the summary. A submission without exercises has a row in both.
    """
    rows: list[tuple[object, ...]] = []
    for one in results:
        who = (one.student, one.assignment)
        rows += [
            (*who, row.exercise, row.points, row.of, " ".join(row.misconceptions), row.status, row.note)
            for row in one.rows
        ] or [(*who, "", 0, 0, "", one.status, one.note)]
    _write(path, _table(GRADES, rows))
    summary = path.with_name(f"{path.stem}_summary{path.suffix}")
    told = [(one.student, one.assignment, one.points, one.of, one.status, one.note) for one in results]
    _write(summary, _table(SUMMARY, told))
    return summary


def write_feedback(results: Iterable[Result], folder: Path) -> None:
    """``<folder>/<student>/<assignment>.txt``, what the student may read."""
    for one in results:
        place = folder / one.student
        place.mkdir(parents=True, exist_ok=True)
        _write(place / f"{one.assignment}.txt", one.feedback())


def cell(value: object) -> object:
    """A text that a spreadsheet will not take for a formula, on one line; nor any part of it, where a
    semicolon or a bar separates columns."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.encode(errors="replace").decode().split())
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return _FORMULA.sub(r"\1'\2", text)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    return file.getvalue()


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
