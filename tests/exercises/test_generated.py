"""``exercises/`` is what nbgrader makes of ``solutions/``, and gives nothing away."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbgrader")

from nbgrader.api import Gradebook

from tests.exercises.course import EVERY, LESSONS, ROOT, SOLUTION, code, folder, notebook
from tokenlab.teach.check import make_task
from tokenlab.teach.variant import Variant
from tools import make_exercises

every_lesson = pytest.mark.parametrize("lesson", LESSONS)


@pytest.mark.slow
def test_making_the_exercises_again_changes_nothing(capsys):
    assert make_exercises.main(["--check"]) == 0, capsys.readouterr().out


@every_lesson
def test_no_solution_and_no_output_is_handed_out(lesson):
    handed_out = notebook(lesson, "exercises")
    assert len(handed_out["cells"]) == len(notebook(lesson)["cells"])
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in handed_out["cells"])
    text = json.dumps(handed_out)
    assert "SOLUTION" not in text
    for source in code(lesson):
        match = SOLUTION.search(source)
        if match:
            assert json.dumps(match[1])[1:-1] not in text


@every_lesson
def test_an_answer_cell_is_blank_and_says_what_to_do(lesson):
    answers = {
        source.partition(" = ")[0]: source
        for source in code(lesson, "exercises")
        if source.startswith("answer_")
    }
    here = [one for one in EVERY if one.lesson == lesson]
    assert list(answers) == [one.answer_name for one in here]
    for one in here:
        names: dict[str, object] = {}
        exec(answers[one.answer_name], names)
        assert names[one.answer_name] == make_task(one, Variant()).blank
        assert "# Write your answer here" in answers[one.answer_name]


@pytest.mark.slow
def test_nbgrader_gives_the_solution_all_points_and_an_untouched_exercise_none(tmp_path: Path):
    name, lesson = folder("04").name, "04"
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(folder(lesson), tmp_path / "solutions" / name)
    for student, top in (("ada", "solutions"), ("grace", "exercises")):
        shutil.copytree(folder(lesson, top), tmp_path / "submitted" / student / name)
    _nbgrader(tmp_path, "generate_assignment", name)
    _nbgrader(tmp_path, "autograde", name)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        scores = {student: book.find_submission(name, student).score for student in ("ada", "grace")}
        most = book.find_assignment(name).max_score
    points = sum(one.points for one in EVERY if one.lesson == lesson)
    assert (scores, most) == ({"ada": points, "grace": 0}, points)


def _nbgrader(course: Path, *command: str) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # it calls alembic
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "nbgrader", *command]
    done = subprocess.run(line, cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
