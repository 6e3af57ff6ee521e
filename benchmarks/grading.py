"""How long grading a class takes: the trusted grader beside ``nbgrader autograde``, on the same notebooks."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "04_access_check"
FULL, QUICK = (100, 10), (10, 2)
WRONG = "\nanswer_04_1 = dict.fromkeys(answer_04_1, 'granted')"


class Graded(NamedTuple):
    """So many submissions each; seconds a submission; whether those graded by both have equal scores."""

    ours: int
    theirs: int
    seconds: float
    nbgraders_seconds: float
    equal: bool
    note: str = ""

    @property
    def times_as_fast(self) -> float:
        return self.nbgraders_seconds / self.seconds


def hand_in(course: Path, students: list[str]) -> None:
    """The solution in every student's own world; every second one has answered an exercise wrongly."""
    text = (ROOT / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    for number, student in enumerate(students):
        notebook = json.loads(text)
        for cell in notebook["cells"]:
            source = "".join(cell["source"]).replace('learner("anyone")', f'learner("{student}")')
            if number % 2 and cell["metadata"].get("nbgrader", {}).get("grade_id") == "answer_04_1":
                source += WRONG
            cell["source"] = source
        path = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")


def ours(course: Path, count: int) -> tuple[float, dict[str, float]]:
    """Seconds for all, the start of the command included, and the points by student."""
    students = [f"student{number:03}" for number in range(count)]
    hand_in(course, students)
    line = ["-m", "tokenlab.teach.grade", str(course / "submitted"), "--out", str(course / "grades.csv")]
    seconds = _run(course, [sys.executable, *line])
    with (course / "grades_summary.csv").open(encoding="utf-8", newline="") as file:
        return seconds, {row["student"]: float(row["points"]) for row in csv.DictReader(file)}


def nbgraders(course: Path, count: int) -> tuple[float, dict[str, float]]:
    """The same by ``nbgrader autograde``; making the assignment is not counted."""
    shutil.copytree(ROOT / "solutions" / ASSIGNMENT, course / "solutions" / ASSIGNMENT)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    command = [sys.executable, "-m", "nbgrader"]
    _run(course, [*command, "generate_assignment", ASSIGNMENT])
    hand_in(course, [f"student{number:03}" for number in range(count)])
    seconds = _run(course, [*command, "autograde", ASSIGNMENT])
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = book.assignment_submissions(ASSIGNMENT)
        return seconds, {one.student.id: float(one.score) for one in found}


def measured(size: tuple[int, int]) -> Graded:
    """So many submissions by ours and so many by nbgrader, one after the other."""
    mine, theirs = size
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        seconds, points = ours(Path(one), mine)
        if find_spec("nbgrader") is None:
            return Graded(mine, 0, seconds / mine, 0.0, True, "nbgrader is not installed")
        slow, scores = nbgraders(Path(other), theirs)
    equal = len(scores) == theirs and all(points[student] == score for student, score in scores.items())
    return Graded(mine, theirs, seconds / mine, slow / theirs, equal)


def text(found: Graded) -> str:
    """A sentence for each half."""
    lines = [f"  {found.ours} submissions, {found.seconds:.3f} s each, with the start of the command"]
    if found.note:
        return "\n".join([*lines, f"  {found.note}"])
    same = "the same scores" if found.equal else "OTHER SCORES"
    return "\n".join(
        [
            *lines,
            f"  nbgrader autograde: {found.theirs} submissions, {found.nbgraders_seconds:.3f} s each, "
            f"{same}; ours is {found.times_as_fast:.0f} times as fast",
        ]
    )


def _run(course: Path, command: list[str]) -> float:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": programs}
    start = time.perf_counter()
    run = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)}: {run.stderr.strip()[-500:]}")
    return seconds
