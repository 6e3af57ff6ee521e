"""The guide's own commands, in its order, in a copy of the course, with a class of a bit of everything."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, require
from tests.teach.grade.classroom import (
    ALL,
    ASSIGNMENT,
    half_right,
    hand_in,
    rows,
    solved,
    untouched,
    with_cell,
)
from tokenlab.teach.grade.isolation import NoIsolation, find_isolation

GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
pwd: Any = pytest.importorskip("pwd")  # an exchange needs accounts with names
ME = pwd.getpwuid(os.geteuid()).pw_name  # whose submission nbgrader's own commands make
FORGED = "import tokenlab.teach.check\ncheck = lambda *a, **k: 34\nanswer_04_1 = answer_04_2 = {'forged': 34}"


def commands(mark: str) -> list[str]:
    block = GUIDE.partition(f"<!-- run: {mark} -->\n\n")[2].partition("\n\n")[0]
    return [line.strip() for line in block.splitlines()]


def sample(language: str, word: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return next(block for block in blocks if word in block)


def told() -> dict[str, tuple[str, ...]]:
    """The guide's table: points, total and status by student."""
    table = GUIDE.partition("<!-- table: class -->\n")[2].partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {cell[0]: tuple(cell[2:]) for cell in cells}


WORK: dict[str, list[tuple[str, Callable[[str], Any]]]] = {
    "ada": [("09:00:00", solved)],
    "ben": [("09:00:00", half_right)],
    "cleo": [("09:00:00", untouched)],
    "dan": [("31:00:00", solved)],
    "eve": [("31:00:00", solved)],
    "finn": [("09:00:00", half_right), ("10:00:00", solved)],
    "gwen": [("09:00:00", solved)],
    "hal": [("09:00:00", lambda student: solved("anyone"))],
    "ivy": [("09:00:00", lambda student: with_cell(half_right(student), "import os\nos._exit(3)"))],
    "kim": [("09:00:00", lambda student: "{broken")],
    "leo": [("09:00:00", lambda student: with_cell(untouched(student), FORGED))],
}


def submit(exchange: Path, student: str, time: str, content: dict | str) -> None:
    """Lay a submission where ``nbgrader submit`` lays it, with the same files beside it."""
    hours, _, rest = time.partition(":")
    stamp = f"2026-12-{1 + int(hours) // 24:02} {int(hours) % 24:02}:{rest}.000000 UTC"
    path = hand_in(exchange / "lay", student, content)
    (path.parent / "timestamp.txt").write_text(stamp)
    (path.parent / "submission_secret.txt").write_text(f"secret of {student}")
    if student == "gwen":
        path.rename(path.with_name(f"{ASSIGNMENT} (1).ipynb"))
    path.parent.rename(exchange / "tokenlab" / "inbound" / f"{student}+{ASSIGNMENT}+{stamp}+x")


class Course:
    """A copy of the course's folder, and a terminal in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.exchange = folder / "course", folder / "exchange"
        self.said = self.grade = ""
        for part in ("solutions", "exercises"):
            shutil.copytree(ROOT / part / ASSIGNMENT, self.folder / part / ASSIGNMENT)
        shutil.copy(ROOT / "nbgrader_config.py", self.folder)
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = os.environ | {
            "PATH": paths,
            "PYTHONPATH": str(ROOT),
            "TOKENLAB_EXCHANGE": str(self.exchange),
            "JUPYTER_DATA_DIR": str(folder / "data"),
        }

    def run(self, command: str, where: str = ".") -> str:
        """What it says; it has to end well."""
        place = self.folder / where
        place.mkdir(exist_ok=True)
        if where != ".":
            shutil.copy(ROOT / "nbgrader_config.py", place)
        line = [sys.executable if word == "python" else word for word in shlex.split(command)]
        done = subprocess.run(line, cwd=place, env=self._environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after all of the guide's commands; what the grader said is ``said``."""
    pytest.importorskip("nbgrader.api")
    try:
        find_isolation()
    except NoIsolation as error:
        require(False, f"isolation for student code: {error}")
    course = Course(tmp_path_factory.mktemp("class"))
    lines = [f"{login},,,," for login in [*WORK, "jo", ME] if login not in ("ada", "ben")]
    roster = "\n".join([sample("text", "login").strip(), *lines]) + "\n"
    (course.folder / "roster.csv").write_text(roster)
    (course.folder / "deadlines.toml").write_text(sample("toml", "[due]"))

    (init,) = commands("teacher, before")
    course.run(init)
    for command in commands("student, before"):
        course.run(command, "home")
    for student, work in WORK.items():
        for time, make in work:
            submit(course.exchange, student, time, make(student))
    collect, grade, release, export = commands("teacher, after")
    course.run(collect)
    course.said, course.grade = course.run(grade), grade
    course.run(release)
    course.run(export)
    for command in commands("student, after"):
        course.run(command, "home")
    return course


@pytest.mark.slow
def test_the_class_gets_what_the_guides_table_says(course):
    found = {
        row["student"]: (row["points"], row["total"], row["status"])
        for row in rows(course.folder / "grades_summary.csv")
    }
    assert found.pop(ME) == ("0", "0", "graded")
    assert len(found) == 12
    assert found == told()


@pytest.mark.slow
def test_what_a_teacher_has_to_look_at_is_listed_at_the_end(course):
    for head, who in (
        ("LOOK AT THESE", f'hal/{ASSIGNMENT}: learner("anyone")'),
        ("Nothing handed in:", f"jo/{ASSIGNMENT}"),
        ("Another file name:", f"gwen/{ASSIGNMENT}: {ASSIGNMENT} (1).ipynb"),
        ("Late:", f"dan/{ASSIGNMENT}: 12:00:00, 10 % off"),
    ):
        listed = course.said.partition(head)[2].partition("\n\n")[0]
        assert who in listed, course.said
    assert "eve" not in course.said.partition("Late:")[2]


@pytest.mark.slow
def test_the_gradebook_has_points_penalties_and_everybody(course):
    with (course.folder / "nbgrader.csv").open(newline="") as file:
        exported = {row["student_id"]: row for row in csv.DictReader(file)}
    assert exported.keys() == {*told(), ME}
    assert exported["ada"]["last_name"] == "Lind"
    for student, (points, total, _) in told().items():
        row = exported[student]
        assert (float(row["score"]), float(row["raw_score"])) == (float(total), float(points)), student
        assert float(row["max_score"]) == ALL


@pytest.mark.slow
def test_feedback_reaches_the_student_by_nbgraders_own_way(course):
    (page,) = (course.folder / "home").rglob("feedback/*/*.html")
    assert "0 of 34 points" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_points_given_by_hand_stay_and_are_listed(course):
    from nbgrader.api import Gradebook

    address = f"sqlite:///{course.folder / 'gradebook.db'}"
    with Gradebook(address) as book:
        book.find_grade("check_04_1", ASSIGNMENT, ASSIGNMENT, "ben").manual_score = 0.5
        before = book.find_grade("check_04_1", ASSIGNMENT, ASSIGNMENT, "ben").auto_score
        book.db.commit()
    said = course.run(course.grade)
    assert f"ben/{ASSIGNMENT} 04.1: 0.5 (the grader: {before:g})" in said
    with Gradebook(address) as book:
        grade = book.find_grade("check_04_1", ASSIGNMENT, ASSIGNMENT, "ben")
        assert (grade.score, grade.auto_score) == (0.5, before)


@pytest.mark.slow
def test_an_answer_in_anothers_world_can_be_judged_there(course):
    out = course.folder / "again.csv"
    course.run(
        f"python -m tokenlab.teach.grade submitted --out {out} --world hal=anyone --assignment {ASSIGNMENT}"
    )
    summary = {row["student"]: row["points"] for row in rows(out.with_name("again_summary.csv"))}
    assert summary["hal"] == str(ALL)
