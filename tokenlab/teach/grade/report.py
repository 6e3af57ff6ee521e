"""The files a teacher gets. Each is written whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tokenlab.teach.deadlines import Lateness
from tokenlab.teach.grade.notebook import NotebookError, read
from tokenlab.teach.grade.page import page
from tokenlab.teach.grade.result import Result

GRADES = ("student", "assignment", "exercise", "points", "of", "misconceptions", "status", "note")
_FORMULA = re.compile(r"(^|[;,|]\s*)([=+\-@])")
SUMMARY = ("student", "assignment", "points", "of", "status", "note", "handed_in", "due", "penalty", "total")
Times = Mapping[tuple[str, str], Lateness]  # by student and assignment
ON_TIME = Lateness()


def write_grades(results: Sequence[Result], path: Path, times: Times | None = None) -> Path:
    """A row for each exercise to ``grades.csv``, one for each submission to ``grades_summary.csv`` beside it.

    Gives the path of the summary. A submission without exercises has a row in both. ``points`` are what was
    earned, ``total`` is that without the ``penalty`` for being late.
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
    write_table(summary, SUMMARY, [_summary(one, when(times, one)) for one in results])
    return summary


def when(times: Times | None, result: Result) -> Lateness:
    """When a result's work was handed in."""
    return (times or {}).get((result.student, result.assignment), ON_TIME)


def _summary(one: Result, time: Lateness) -> tuple[object, ...]:
    penalty = time.penalty(one.points)
    dates = [date.isoformat(" ", "seconds") if date else "" for date in (time.handed_in, time.due)]
    counted = (*dates, f"{penalty:g}", f"{one.points - penalty:g}")
    return (one.student, one.assignment, one.points, one.of, one.status, one.note, *counted)


def write_feedback(
    results: Iterable[Result], folder: Path, times: Times | None = None, submitted: Path | None = None
) -> None:
    """``<folder>/<student>/<assignment>.html`` and ``.txt``, what the student may read.

    With the folder of submissions, what ``nbgrader release_feedback`` looks for lies in
    ``<folder>/<student>/<assignment>/`` for those who submitted by nbgrader.
    """
    for one in results:
        if one.status == "counted once" and _own_name_counts(one):
            continue
        place, told = folder / one.student, one.feedback()
        place.mkdir(parents=True, exist_ok=True)
        late = when(times, one)
        if late.percent:
            lost = late.penalty(one.points)
            told += (
                f"\nHanded in late: {lost:g} of {one.points} points are lost, {one.points - lost:g} count.\n"
            )
        html = page(f"{one.student}, {one.assignment}", told)
        _write(place / f"{one.assignment}.txt", told)
        _write(place / f"{one.assignment}.html", html)
        if submitted:
            _for_nbgrader(submitted / one.student / one.assignment, place / one.assignment, html)


def _for_nbgrader(source: Path, place: Path, html: str) -> None:
    try:
        found = {name: read(source / name) for name in ("timestamp.txt", "submission_secret.txt")}
    except NotebookError:  # handed in without nbgrader
        return
    place.mkdir(exist_ok=True)
    for name, content in found.items():
        (place / name).write_bytes(content)
    _write(place / f"{place.name}.html", html)


def _own_name_counts(one: Result) -> bool:
    """Does another file of the same folder count, whose feedback has the same name?"""
    return f": {one.student}/{one.assignment}" in one.note


def write_table(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A CSV file, whole or not at all, with no cell that a spreadsheet would take for a formula."""
    _write(path, _table(head, rows))


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
