"""The class overview: counts that add up, a table that says what the picture says."""

import csv
import json
import sys
from pathlib import Path

import pytest

from tokenlab.teach.exercises import exercises
from tokenlab.teach.misconceptions import catalogue
from tokenlab.teach.overview import COLUMNS, Grade, Overview, make_up_class, read_grades

SMALL = [
    Grade("ada", "04_access_check", "04.1", 4, 4),
    Grade("ada", "04_access_check", "04.2", 0, 3, ("deny-always-wins",)),
    Grade("neil", "04_access_check", "04.1", 1, 4, ("rights-are-one", "deny-always-wins")),
    Grade("neil", "04_access_check", "04.2", 0, 3, ("deny-always-wins",)),
]
CLASS = make_up_class()


def written(path: Path, rows: list[list[object]], columns: tuple[str, ...] = COLUMNS) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def test_an_exercise_counts_who_got_all_some_and_none_of_its_points():
    first, second = Overview(SMALL).scores
    assert (first.number, first.all, first.some, first.none, first.share) == ("04.1", 1, 1, 0, 5 / 8)
    assert (second.number, second.all, second.some, second.none, second.share) == ("04.2", 0, 0, 2, 0)


def test_a_student_counts_once_for_a_misconception_wherever_it_showed():
    first, second = Overview(SMALL).beliefs
    assert (first.key, first.students, first.exercises) == ("deny-always-wins", 2, ("04.1", "04.2"))
    assert (second.key, second.students, second.exercises) == ("rights-are-one", 1, ("04.1",))


def test_the_plan_begins_with_the_hardest_exercise_and_the_most_frequent_belief():
    lines = Overview(SMALL).plan(1).splitlines()
    assert lines[1] == "  04.2 Which ACE was it? (0% of the points)"
    assert lines[3] == "  A deny beats every allow, wherever it stands. (2 of 2; 04.1, 04.2)"
    assert lines[4].startswith("    In truth: Only the order counts")


def test_nothing_handed_in_is_said_and_drawn_without_a_crash():
    assert Overview([]).plan() == "Nobody has handed anything in."
    assert str(Overview([])).startswith("0 students")
    pytest.importorskip("matplotlib")
    assert Overview([]).png()


def test_a_table_is_read_and_rows_without_an_exercise_are_left_out(tmp_path):
    columns = (*COLUMNS, "status", "note")
    rows: list[list[object]] = [
        ["ada", "04_access_check", "04.1", 4, 4, "", "graded", ""],
        ["neil", "04_access_check", "04.1", "1.0", "4", "rights-are-one; deny-always-wins", "graded", ""],
        ["yuri", "04_access_check", "", "", "", "", "unreadable", "not a notebook"],
    ]
    grades = read_grades(written(tmp_path / "grades.csv", rows, columns))
    assert grades == [SMALL[0], SMALL[2]]


def test_another_table_is_refused_by_the_columns_it_lacks(tmp_path):
    with pytest.raises(ValueError, match=r"lacks of, misconceptions: expected the columns student,"):
        read_grades(written(tmp_path / "other.csv", [], COLUMNS[:4]))


def test_points_that_are_no_numbers_are_refused_with_their_row(tmp_path):
    path = written(tmp_path / "grades.csv", [["ada", "04", "04.1", "many", "4", ""]])
    with pytest.raises(ValueError, match=r"ada, 04\.1: 'many' of '4' are no points: expected numbers"):
        read_grades(path)


def test_the_made_up_class_is_the_same_every_time_and_made_of_real_exercises():
    assert make_up_class() == CLASS
    assert len({grade.student for grade in CLASS}) == 24
    assert {(grade.exercise, grade.of) for grade in CLASS} == {(e.number, e.points) for e in exercises("04")}
    assert {key for grade in CLASS for key in grade.misconceptions} <= catalogue().keys()
    assert all(0 <= grade.points <= grade.of for grade in CLASS)


@pytest.mark.parametrize("score", Overview(CLASS).scores, ids=lambda score: score.number)
def test_every_student_is_counted_once_for_an_exercise(score):
    assert score.students == 24


def test_the_table_says_what_the_picture_shows():
    pytest.importorskip("matplotlib")
    bundle = Overview(CLASS)._repr_mimebundle_()
    assert bundle["image/png"]
    for score in Overview(CLASS).scores:
        assert f"{score.number}      {score.title}" in bundle["text/plain"]
    for belief in Overview(CLASS).beliefs:
        assert belief.key in bundle["text/plain"]


def test_the_picture_is_grey_and_the_same_every_time():
    pytest.importorskip("matplotlib")
    from io import BytesIO

    from matplotlib.image import imread

    picture = Overview(CLASS).png()
    assert picture == Overview(CLASS).png()
    pixels = imread(BytesIO(picture), format="png")
    assert float((pixels[..., 0] - pixels[..., 2]).max()) == 0.0


def test_without_matplotlib_the_table_is_shown(monkeypatch):
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    assert Overview(CLASS)._repr_mimebundle_() == {"text/plain": str(Overview(CLASS))}


def test_the_notebook_was_run_from_top_to_bottom():
    notebook = Path(__file__).parents[2] / "teaching" / "class_overview.ipynb"
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
