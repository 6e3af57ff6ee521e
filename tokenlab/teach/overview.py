"""What a class can do already, and what it believes: the next hour is planned on it.

``Overview(read_grades("grades.csv"))`` is a picture in a notebook, and always a table: ``print(overview)``.
"""

from __future__ import annotations

import base64
import contextlib
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tokenlab.teach import cast
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.attempts import FILE, AttemptsError, first_attempts, read_attempts
from tokenlab.teach.check import make_task
from tokenlab.teach.exercise import Choice, ExercisePart, Task
from tokenlab.teach.exercises import exercises
from tokenlab.teach.grade.notebook import NotebookError, read
from tokenlab.teach.grade.submission import submissions
from tokenlab.teach.misconceptions import catalogue
from tokenlab.teach.variant import Variant

COLUMNS = ("student", "assignment", "exercise", "points", "of", "misconceptions")


@dataclass(frozen=True)
class Grade:
    """What one student got for one exercise: ``points`` of ``of``, and the keys of the misconceptions.

    ``status`` is the grader's: ``unanswered`` and ``unusable`` earn nothing for another reason than an error.
    """

    student: str
    assignment: str
    exercise: str
    points: float
    of: float
    misconceptions: tuple[str, ...] = ()
    status: str = "judged"


@dataclass(frozen=True)
class ExerciseScore:
    """How many students got all points of an exercise, some, or none."""

    number: str
    title: str
    all: int
    some: int
    none: int
    share: float

    @property
    def students(self) -> int:
        """How many handed it in."""
        return self.all + self.some + self.none


@dataclass(frozen=True)
class Belief:
    """A misconception, how many students it cost a point, and in which exercises."""

    key: str
    students: int
    exercises: tuple[str, ...]

    @property
    def text(self) -> str:
        """What they believe; the key itself where the catalogue has no such name."""
        known = catalogue().get(self.key)
        return known.belief if known else self.key


def read_grades(path: str | Path) -> list[Grade]:
    """The table that ``python -m tokenlab.teach.grade`` writes, a row an exercise.

    A row that names no exercise tells of a whole submission, and is left out. Raises ValueError for another
    kind of table.
    """
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise ValueError(f"{path} lacks {', '.join(missing)}: expected the columns {', '.join(COLUMNS)}")
        return [_grade(row) for row in rows if row["exercise"]]


def _grade(row: dict[str, str]) -> Grade:
    student, assignment, exercise, points, of, beliefs = (row[name] or "" for name in COLUMNS)
    keys = tuple(beliefs.replace(";", " ").replace(",", " ").split())
    try:
        status = row["status"] if row.get("status") in ("unanswered", "unusable") else "judged"
        return Grade(student, assignment, exercise, float(points), float(of), keys, status)
    except ValueError:
        raise ValueError(
            f"{student}, {exercise}: {points!r} of {of!r} are no points: expected numbers, for example 3 of 4"
        ) from None


def read_first_attempts(submitted: str | Path) -> list[Grade]:
    """What the students of a folder of submissions answered first, as ``attempts.json`` beside their
    notebooks says. What cannot be read, or was changed, is left out: it is the students' own word.

    Raises NotADirectoryError.
    """
    found = []
    for one in {each.path.parent: each for each in submissions(Path(submitted))}.values():
        try:
            attempts = read_attempts(read(one.path.with_name(FILE)))
        except (NotebookError, AttemptsError):
            continue
        for first in first_attempts(attempts):
            known = tuple(key for key in first.beliefs if key in catalogue())
            found.append(Grade(one.student, one.assignment, first.exercise, first.points, first.of, known))
    return found


class Overview:
    """A class by exercise and by misconception, the hardest and the most frequent first in `plan`."""

    def __init__(self, grades: Iterable[Grade]) -> None:
        self.grades = list(grades)

    @cached_property
    def students(self) -> int:
        """How many handed anything in."""
        return len({grade.student for grade in self.grades})

    @cached_property
    def scores(self) -> list[ExerciseScore]:
        """By exercise, in their order."""
        titles = {one.number: one.title for one in exercises()}
        found = []
        for number in sorted({grade.exercise for grade in self.grades}):
            rows = [grade for grade in self.grades if grade.exercise == number]
            full = sum(row.points >= row.of for row in rows)
            none = sum(row.points <= 0 < row.of for row in rows)
            most = sum(row.of for row in rows)
            share = sum(row.points for row in rows) / most if most else 1.0
            title = titles.get(number, "")
            found.append(ExerciseScore(number, title, full, len(rows) - full - none, none, share))
        return found

    @cached_property
    def beliefs(self) -> list[Belief]:
        """By misconception, the most frequent first."""
        students: dict[str, set[str]] = {}
        where: dict[str, set[str]] = {}
        for grade in self.grades:
            for key in grade.misconceptions:
                students.setdefault(key, set()).add(grade.student)
                where.setdefault(key, set()).add(grade.exercise)
        found = [Belief(key, len(students[key]), tuple(sorted(where[key]))) for key in students]
        return sorted(found, key=lambda belief: (-belief.students, belief.key))

    def count(self, exercise: str, status: str) -> int:
        """How many have this status in an exercise: ``unanswered`` (not tried), ``unusable``."""
        return sum(one.exercise == exercise and one.status == status for one in self.grades)

    def _without_an_answer(self) -> list[str]:
        """Who earned nothing because nothing could be judged, if anybody."""
        told = []
        for one in self.scores:
            untried, unusable = (self.count(one.number, status) for status in ("unanswered", "unusable"))
            if untried or unusable:
                told.append(f"{one.number:<9} {untried:>9} {unusable:>9}")
        return ["", f"{'exercise':<9} {'not tried':>9} {'unusable':>9}", *told] if told else []

    def plan(self, most: int = 3) -> str:
        """The exercises to look at again, and what to talk about."""
        if not self.grades:
            return "Nobody has handed anything in."
        hardest = sorted(self.scores, key=lambda score: (score.share, score.number))[:most]
        lines = ["Look at these again:"]
        lines += [f"  {one.number} {one.title} ({one.share:.0%} of the points)" for one in hardest]
        if self.beliefs:
            lines.append("Talk about these beliefs:")
        for belief in self.beliefs[:most]:
            who = f"{belief.students} of {self.students}; {', '.join(belief.exercises)}"
            lines.append(f"  {belief.text} ({who})")
            truth = catalogue().get(belief.key)
            lines += [f"    In truth: {truth.truth} ({truth.source})"] if truth else []
        return "\n".join(lines)

    def __str__(self) -> str:
        width = max([len(one.title) for one in self.scores], default=0)
        lines = [f"{self.students} students", ""]
        lines.append(f"{'exercise':<9} {'':<{width}} {'all':>5} {'some':>5} {'none':>5} {'points':>7}")
        for one in self.scores:
            counts = f"{one.all:>5} {one.some:>5} {one.none:>5} {one.share:>7.0%}"
            lines.append(f"{one.number:<9} {one.title:<{width}} {counts}")
        lines += self._without_an_answer()
        lines += ["", "students  misconception (exercises)"]
        lines += [f"{one.students:>8}  {one.key} ({', '.join(one.exercises)})" for one in self.beliefs]
        return "\n".join(lines)

    __repr__ = __str__

    def png(self, beliefs: int = 10) -> bytes:
        """The picture, with the most frequent beliefs. Raises ImportError without matplotlib."""
        from matplotlib.figure import Figure

        frequent = self.beliefs[:beliefs]
        height = 1.3 + 0.42 * max(len(self.scores), len(frequent), 2)
        figure = Figure(figsize=(11, height), layout="constrained")
        left, right = figure.subplots(1, 2)
        names = [f"{one.number} {one.title}" for one in self.scores]
        before = [0] * len(names)
        # Three greys far apart, and a pattern each: a grey print tells them apart too.
        for label, grey, hatch in (("all", "0.25", ""), ("some", "0.65", "///"), ("none", "1.0", "..")):
            counts = [getattr(one, label) for one in self.scores]
            bars = left.barh(names, counts, left=before, color=grey, hatch=hatch, edgecolor="0.1")
            marks = [str(count or "") for count in counts]
            boxed = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            left.bar_label(bars, marks, label_type="center", fontsize=9, bbox=boxed)
            bars.set_label(f"{label} points" if label != "none" else "no point")
            before = [sum(pair) for pair in zip(before, counts, strict=True)]
        left.set(title="By exercise", xlabel="students")
        left.invert_yaxis()
        figure.legend(loc="outside lower left", ncols=3, frameon=False)
        bars = right.barh([one.key for one in frequent], [one.students for one in frequent], color="0.45")
        right.bar_label(bars, padding=3)
        right.set(title="By misconception", xlabel="students", xlim=(0, max(self.students, 1) * 1.05))
        right.invert_yaxis()
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
            axes.xaxis.get_major_locator().set_params(integer=True)
        data = io.BytesIO()
        figure.savefig(data, format="png", dpi=100, metadata={"Software": None})
        return data.getvalue()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        bundle = {"text/plain": str(self)}
        with contextlib.suppress(ImportError):  # the table says the same
            bundle["image/png"] = base64.b64encode(self.png()).decode()
        return bundle


# A class to try it on ------------------------------------------------------------------------------------


def make_up_class(lesson: str = "04", students: int = 24) -> list[Grade]:
    """A class that never was: real exercises, real misconceptions, and dice that fall alike everywhere.

    Each student is as able as the name's dice say; the judgement of a usual wrong answer names the belief.
    """
    return list(_made_up(lesson, students))


def _made_up(lesson: str, students: int) -> Iterator[Grade]:
    for place in range(students):
        student = f"{cast.PEOPLE[place % len(cast.PEOPLE)]}{place // len(cast.PEOPLE) or ''}"
        dice = Variant(student).stream(f"class/{lesson}")
        able = dice.number(60, 100)
        for rank, exercise in enumerate(exercises(lesson)):
            task = make_task(exercise, Variant(student))
            points, beliefs = 0, []
            for part in task.parts:
                if dice.number(1, 100) <= able - 4 * rank:
                    points += part.points
                else:
                    beliefs += _believed(part, task, dice.number(0, 9))
            keys = tuple(dict.fromkeys(beliefs))
            yield Grade(student, f"lesson {lesson}", exercise.number, points, task.points, keys)


def _believed(part: ExercisePart, task: Task, die: int) -> list[str]:
    """The belief behind a wrong answer to a part, if a usual one is."""
    choice = getattr(part.judge, "__self__", None)
    try:
        if isinstance(choice, Choice):
            wrong = [one for one in choice.options if one != choice.right]
            finding = choice.judge({choice.name: wrong[die % len(wrong)]})
        elif task.questions:
            finding = part.judge(task.read([{"returned": None}] * len(task.questions)))
        else:
            finding = part.judge(task.read(task.example))
    except (AnswerError, ValueError):
        return []
    known = None if finding.right else finding.misconception
    return [known.key] if known else []
