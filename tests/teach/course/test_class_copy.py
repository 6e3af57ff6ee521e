"""What a class is given works, and holds no answer."""

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from xml.etree import ElementTree

import pytest

from tests.support import ROOT
from tokenlab.teach.check import make_task
from tokenlab.teach.course.__main__ import main
from tokenlab.teach.course.class_copy import without_answers
from tokenlab.teach.course.quiz import moodle_quiz
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant

SUMMARY = """student,assignment,points,of,status,note,handed_in,due,penalty,total
ada,04_access_check,34,34,graded,,,,3.4,30.6
ben,04_access_check,0,34,nothing handed in,,,,0,0
eve,04_access_check,19,34,graded,,,,0,19
eve,notes,0,0,no exercises,,,,0,0
ada,03_x,7,7,graded,,,,0,7
"""
ROSTER = """login,first_name,last_name,email,id,section,canvas_id
ada,Ada,Lind,ada@school.example,1001,A,77
ben,Ben,=Orr,ben@school.example,1002,A,
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The unpacked class copy."""
    folder = tmp_path_factory.mktemp("class")
    assert main(["--course", str(ROOT), "release", str(folder / "class.zip")]) == 0
    with zipfile.ZipFile(folder / "class.zip") as archive:
        archive.extractall(folder)
    return folder / "tokenlab-course"


def test_solutions_tests_teachers_pages_and_history_stay_at_home(copy):
    names = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert {"lab.py", "requirements.lock", "notebooks/04_access_check.ipynb"} <= names
    for mark in (
        "solutions/",
        "tests/",
        "tools/",
        ".git",
        "instructor_guide",
        "requirements-all",
        "teach/exam",
    ):
        assert not [name for name in names if mark in name], mark
    for file in (copy / "tokenlab/teach/exercises").glob("lesson_*.toml"):
        table = tomllib.loads(file.read_text(encoding="utf-8"))["exercise"]
        assert table and not any({"solution", "half_right"} & one.keys() for one in table.values())


def test_lab_py_and_the_exercises_work_in_it(copy, tmp_path):
    """What ``python lab.py`` runs of the course, and an exercise: with nothing else on the path."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}

    def python(*line: str) -> str:
        done = subprocess.run(
            [sys.executable, *line], cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    python("-m", "tokenlab.teach.workspace", str(copy), str(tmp_path / "mine"))
    assert (tmp_path / "mine/exercises/04_access_check/04_access_check.ipynb").is_file()
    assert "usage: lab.py" in python("lab.py", "--help")
    ask = "from tokenlab.teach import check, learner, task; learner('ada'); task('04.2'); check('04.2', None)"
    assert "Put it into answer_04_2" in python("-c", ask)
    every = "from tokenlab.teach.exercises import exercises; print(len(exercises()))"
    assert int(python("-c", every)) == len(exercises())


def test_the_same_course_is_the_same_zip(copy, tmp_path):
    main(["--course", str(ROOT), "release", str(tmp_path / "again.zip")])
    assert (tmp_path / "again.zip").read_bytes() == (copy.parent / "class.zip").read_bytes()


def test_a_solution_that_cannot_be_taken_out_is_told():
    text = '[lesson]\n[exercise."99.1"]\n"solution" = "x"\n'
    with pytest.raises(ValueError, match="cannot be taken out"):
        without_answers(text)


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def exported(tmp_path):
    (tmp_path / "grades_summary.csv").write_text(SUMMARY)
    (tmp_path / "roster.csv").write_text(ROSTER)
    line = ["export", str(tmp_path / "grades_summary.csv"), "--roster", str(tmp_path / "roster.csv")]
    assert main([*line, "--out", str(tmp_path / "exports")]) == 0
    return tmp_path / "exports"


def test_canvas_gets_the_columns_that_it_reads(exported):
    """lib/gradebook_importer.rb of instructure/canvas-lms: the header by these names in this order, then
    *Points Possible*, then students; an empty cell is no score."""
    head, possible, *students = table(exported / "canvas.csv")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "03_x", "04_access_check"]
    assert possible == ["Points Possible", "", "", "", "", "7", "34"]
    assert students == [
        ["Lind, Ada", "77", "1001", "ada", "A", "7", "30.6"],
        ["'=Orr, Ben", "", "1002", "ben", "A", "", ""],
        ["eve", "", "", "eve", "", "", "19"],
    ]


def test_moodle_gets_ids_and_numbers(exported):
    """grade/import/csv/classes/load_data.php of moodle/moodle: a user by idnumber, username or email; a grade
    is a number, or empty."""
    head, *students = table(exported / "moodle.csv")
    assert head == ["username", "idnumber", "email", "03_x", "04_access_check"]
    assert students[0] == ["ada", "1001", "ada@school.example", "7", "30.6"]
    assert students[1] == ["ben", "1002", "ben@school.example", "", ""]


def test_long_and_wide_have_names_and_ids(exported):
    wide = table(exported / "wide.csv")
    assert wide[0][:6] == ["login", "first_name", "last_name", "email", "id", "section"]
    assert [row[0] for row in wide[1:]] == ["ada", "ben", "eve"]
    long = table(exported / "long.csv")
    assert long[2][:9] == [
        "ben",
        "Ben",
        "'=Orr",
        "ben@school.example",
        "1002",
        "A",
        "04_access_check",
        "",
        "34",
    ]
    assert long[2][9] == "nothing handed in" and len(long) == 5


def test_a_quiz_has_one_right_option_for_each_part():
    quiz = ElementTree.fromstring(moodle_quiz(["04.1", "04.2"], "quiz"))
    assert len(quiz) == sum(
        len(make_task(find(number), Variant("quiz")).parts) for number in ("04.1", "04.2")
    )
    for question in quiz:
        fractions = [answer.get("fraction") for answer in question.iter("answer")]
        assert question.get("type") == "multichoice" and sorted(fractions)[-1] == "100"
        assert fractions.count("100") == 1 and set(fractions) == {"0", "100"}
        assert question.findtext("generalfeedback/text")


def test_another_table_than_the_graders_is_told_so(tmp_path, capsys):
    (tmp_path / "x.csv").write_text(json.dumps({}))
    assert main(["export", str(tmp_path / "x.csv")]) == 2
    assert "no summary of the grader's" in capsys.readouterr().err


def test_beliefs_are_listed_by_lesson_with_what_is_true(tmp_path):
    assert main(["beliefs", str(tmp_path / "beliefs.md")]) == 0
    text = (tmp_path / "beliefs.md").read_text(encoding="utf-8")
    lessons = text.split("\n## Lesson ")[1:]
    assert [lesson[:2] for lesson in lessons] == [f"{number:02}" for number in range(1, 16)]
    assert all(lesson.count("In truth:") >= 2 for lesson in lessons)


def test_a_key_has_each_students_right_answers_with_their_reasons(tmp_path, capsys):
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    line = ["key", "04", "--students", str(tmp_path / "roster.csv"), "--out", str(tmp_path / "keys")]
    assert main(line) == 0
    assert [path.name for path in sorted((tmp_path / "keys").iterdir())] == ["04_ada.md", "04_ben.md"]
    for student in ("ada", "ben"):
        text = (tmp_path / "keys" / f"04_{student}.md").read_text(encoding="utf-8")
        assert all(f"## {one.number} {one.title}" in text for one in exercises("04"))
        assert f"`{solve(find('04.2'), make_task(find('04.2'), Variant(student)))!r}`" in text
    assert main(["key", "99"]) == 2
    assert "'99' has no exercises" in capsys.readouterr().err


def test_slides_have_headings_laws_and_pictures_and_load_nothing(tmp_path, capsys):
    pytest.importorskip("nbconvert")
    file = tmp_path / "04.html"
    assert main(["--course", str(ROOT), "slides", "04", "--out", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    (path,) = ROOT.glob("notebooks/04_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    told = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert text.count("<section>") == len(re.findall(r"^#{1,2} ", told, re.MULTILINE))
    assert text.count("<strong>Law.</strong>") == told.count("**Law.**")
    shown = [one for cell in cells for one in cell.get("outputs", ()) if "text/html" in one.get("data", {})]
    assert text.count('<div class="picture">') == len(shown) > 0
    assert "default-src 'none'" in text and not re.search(r"""(?:src|href)=["'](?!data:|#)""", text)
    assert main(["--course", str(ROOT), "slides", "77"]) == 2
    assert "'77' is no lesson" in capsys.readouterr().err
