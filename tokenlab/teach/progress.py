"""How far a learner is: what was predicted and solved, lesson by lesson, and where to go on.

    progress()   the table
    review()     five predictions of earlier days, those that went wrong first

It reads the workspace and what `progress_file` keeps there; nothing leaves the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tokenlab.teach.exercises import exercises
from tokenlab.teach.progress_file import find_workspace, recall
from tokenlab.view.markup import Cell, Column, Table, TableRow, page_html, page_text, tag
from tokenlab.view.theme import css

NOT_HERE = "Progress is kept in your own copy of the course: start it with the command python lab.py."
COLUMNS = (
    Column("Lesson", "34%"), Column("Predictions", "16%"), Column("Right", "12%"),
    Column("Exercises solved", "20%"), Column("Points", "18%"),
)  # fmt: skip


@dataclass(frozen=True)
class LessonProgress:
    """One lesson: predictions made (locked in, not skipped) of those it asks, exercises solved, points."""

    number: str
    title: str
    asked: int
    made: int
    right: int
    exercises: int
    solved: int
    points: int
    of: int

    @property
    def done(self) -> bool:
        """True if everything it offers was done."""
        return self.made >= self.asked and self.solved == self.exercises

    def cells(self) -> tuple[str, ...]:
        """As the table shows it."""
        return (
            f"{self.number} {self.title}",
            f"{self.made} of {self.asked}",
            str(self.right),
            f"{self.solved} of {self.exercises}" if self.exercises else "–",
            f"{self.points} of {self.of}" if self.of else "–",
        )


@dataclass(frozen=True)
class CourseProgress:
    """All lessons; ``str()`` is a text table, a notebook shows it as HTML."""

    lessons: tuple[LessonProgress, ...]

    @property
    def go_on(self) -> str:
        """What to do next, in a sentence."""
        if not self.lessons:
            return NOT_HERE
        for one in self.lessons:
            if one.made < one.asked:
                return f"Go on with lesson {one.number}: {one.title}."
            if one.solved < one.exercises:
                return f"Go on with the exercises of lesson {one.number}."
        return "You have done everything. Lesson 04's last part is about your own machine."

    def __str__(self) -> str:
        return page_text([self._table()]) if self.lessons else NOT_HERE

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return css() + (page_html([self._table()]) if self.lessons else tag("p", NOT_HERE))

    def _table(self) -> Table:
        rows = [TableRow([Cell(cell) for cell in one.cells()]) for one in self.lessons]
        return Table(self.go_on, COLUMNS, rows)


def progress() -> CourseProgress:
    """How far this learner is; empty outside a workspace."""
    workspace = find_workspace()
    return CourseProgress(tuple(_lessons(workspace)) if workspace else ())


def _lessons(workspace: Path) -> Iterator[LessonProgress]:
    predictions, answered = recall("predictions").values(), recall("exercises")
    for path in sorted(workspace.glob("notebooks/[0-9][0-9]_*.ipynb")):
        number = path.stem[:2]
        if "(" in path.stem:  # a new version beside the learner's own
            continue
        title, asked = _look_into(path)
        made = _newest((one for one in predictions if one["lesson"] == number and one["answer"]), asked)
        offered = exercises(number)
        best = [_best(answered, one.number) for one in offered]
        yield LessonProgress(
            number,
            title,
            asked,
            len(made),
            sum(one["right"] for one in made),
            len(offered),
            sum(points == one.points for points, one in zip(best, offered, strict=True)),
            sum(best),
            sum(one.points for one in offered),
        )


def _newest(made: Iterable[dict[str, Any]], asked: int) -> list[dict[str, Any]]:
    """No more than the lesson asks for: an update may ask the same in other words, which counts once."""
    return sorted(made, key=lambda one: str(one["day"]), reverse=True)[:asked]


def _best(answered: dict[str, Any], number: str) -> int:
    """The most points for an exercise in the learner's own world; practice does not count."""
    found = [
        one["best"] for key, one in answered.items() if one["exercise"] == number and "practice" not in key
    ]
    return max(found, default=0)


def _look_into(path: Path) -> tuple[str, int]:
    """The title of a lesson, and how many predictions it asks for."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return path.stem[3:].replace("_", " "), 0
    texts = ["".join(cell.get("source", "")) for cell in cells]
    title = next((text for text in texts if text.startswith("# ")), path.stem).splitlines()[0].strip("# ")
    code = [text for cell, text in zip(cells, texts, strict=True) if cell["cell_type"] == "code"]
    asked = sum("predict(" in text for text in code)
    return title.removeprefix(path.stem[:2]).strip(" ·:"), asked


def review(count: int = 5, today: str = "") -> Any:
    """Predictions of earlier days to make again, those that went wrong or were skipped first.

    ``today`` is a day as ``2026-11-28``, the machine's own unless given. Gives a widget, or a sentence if
    there is nothing to review.
    """
    import ipywidgets as widgets

    from tokenlab.teach.prediction import Prediction

    today = today or date.today().isoformat()
    kept = [one for one in recall("predictions").values() if one["day"] < today]
    kept = [one for one in kept if not one["lesson"].startswith("review")]
    kept.sort(key=lambda one: (one["right"], one["day"], one["question"]))
    if not kept:
        return "Nothing to review yet: predictions come back from the day after."
    said = [(one["question"], tuple(one["answers"]), one["outcome"], one["because"]) for one in kept[:count]]
    return widgets.VBox([Prediction(*one, f"review {today}") for one in said])
