"""A teacher's own exercises, in a folder of their own: the example of the guide, from its text to points."""

import re
import shutil
import sys
import zipfile

import pytest

from tests.support import ROOT, require
from tests.teach.grade.classroom import rows
from tokenlab.teach import exercises as package
from tokenlab.teach.course.class_copy import release
from tokenlab.teach.exercise import REGISTRY
from tokenlab.teach.exercise_file import ExerciseError
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.grade.__main__ import main as grade
from tokenlab.teach.grade.isolation import NoIsolation, find_isolation
from tokenlab.teach.misconceptions import catalogue
from tokenlab.teach.own_exercises import VARIABLE
from tools import check_exercises, make_exercises

pytest.importorskip("nbgrader")
GUIDE = (ROOT / "docs" / "instructor_guide.md").read_text(encoding="utf-8")
EXAMPLE = GUIDE.partition("\n## Write an exercise\n")[2].partition("\n## ")[0]
NAME = "99_which_entry_decides"


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The guide's three files in a folder that the variable names; afterwards nobody knows them."""
    folder = tmp_path / "own"
    folder.mkdir()
    asked, beliefs = re.findall(r"```toml\n(.*?)```", EXAMPLE, re.DOTALL)
    (world,) = re.findall(r"```python\n(.*?)```", EXAMPLE, re.DOTALL)
    (folder / "lesson_99.toml").write_text(asked, encoding="utf-8")
    (folder / "lesson_99.py").write_text(world, encoding="utf-8")
    (folder / "misconceptions.toml").write_text(beliefs, encoding="utf-8")
    exercises()
    monkeypatch.setattr(package, "REGISTRY", {**REGISTRY})
    monkeypatch.setattr(package, "__path__", [*package.__path__])
    monkeypatch.setenv(VARIABLE, str(folder))
    yield folder
    sys.modules.pop(f"{package.__name__}.lesson_99", None)


def test_the_guides_example_is_checked_made_solved_and_graded(own, tmp_path, monkeypatch, capsys):
    try:
        find_isolation()
    except NoIsolation as error:
        require(False, f"isolation for student code: {error}")
    assert check_exercises.main(["99", "--worlds", "40"]) == 0, capsys.readouterr().out
    assert "1 exercises in 40 worlds: 0 problems" in capsys.readouterr().out

    course = tmp_path / "course"
    course.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", course)
    monkeypatch.setattr(make_exercises, "ROOT", course)
    assert make_exercises.main(["99"]) == 0
    solution = course / "solutions" / NAME / f"{NAME}.ipynb"
    handed_out = course / "exercises" / NAME / f"{NAME}.ipynb"
    assert "2 of 2 points" in solution.read_text(encoding="utf-8")
    assert "lesson](" not in solution.read_text(encoding="utf-8")  # there is none to lead to
    assert "SOLUTION" not in handed_out.read_text(encoding="utf-8")

    for student, file in (("ada", solution), ("ben", handed_out)):
        place = tmp_path / "submitted" / student / NAME
        place.mkdir(parents=True)
        text = file.read_text(encoding="utf-8").replace("anyone", student)
        (place / file.name).write_text(text, encoding="utf-8")
    line = [str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv"), "--jobs", "1"]
    assert grade(line) == 0
    found = {row["student"]: (row["exercise"], row["points"]) for row in rows(tmp_path / "grades.csv")}
    assert found == {"ada": ("99.1", "2"), "ben": ("99.1", "0")}


def test_a_belief_that_no_answer_shows_is_told(own, capsys):
    file = own / "lesson_99.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("_last}", "}"), encoding="utf-8")
    assert check_exercises.main(["99"]) == 1
    assert "99.1, wrong: in 20 worlds no answer shows the-last-entry-decides" in capsys.readouterr().out


def test_the_class_copy_takes_them_along_without_their_answers(own, tmp_path):
    (tmp_path / "course").mkdir()
    release(tmp_path / "course", tmp_path / "class.zip")
    with zipfile.ZipFile(tmp_path / "class.zip") as archive:
        names = [name.removeprefix("tokenlab-course/my_exercises/") for name in archive.namelist()]
        assert names == ["lesson_99.py", "lesson_99.toml", "misconceptions.toml"]
        assert b"solution" not in archive.read("tokenlab-course/my_exercises/lesson_99.toml")


def test_a_number_of_the_courses_is_refused(own):
    (own / "lesson_99.toml").rename(own / "lesson_04.toml")
    with pytest.raises(ExerciseError, match=r"lesson_04.toml: the course has a lesson 04: .* 50 to 99"):
        exercises()


def test_an_exercise_with_another_lessons_number_replaces_nothing(own):
    file = own / "lesson_99.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"99.1"', '"04.1"'), encoding="utf-8")
    before = find("04.1")
    with pytest.raises(ExerciseError, match=r"lesson_99.toml, 04.1: expected a number such as 99.1"):
        exercises("99")
    assert find("04.1") is before


def test_worlds_that_are_missing_or_broken_are_told(own):
    (own / "lesson_99.py").write_text("import nothing_of_this_name", encoding="utf-8")
    with pytest.raises(ExerciseError, match=r"lesson_99.py: ModuleNotFoundError"):
        find("99.1")
    (own / "lesson_99.py").unlink()
    with pytest.raises(ExerciseError, match=r"there is no lesson_99.py beside it"):
        find("99.1")


def test_a_belief_of_the_courses_is_not_said_again(own):
    (own / "misconceptions.toml").write_text("[null-is-empty]\nbelief = 'a'\ntruth = 'b'\nsource = 'c'\n")
    with pytest.raises(ValueError, match="the course has 'null-is-empty' already"):
        catalogue()


def test_a_variable_that_names_no_folder_is_told(own, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match=r"TOKENLAB_EXERCISES: .*nowhere is no folder"):
        find("99.1")
