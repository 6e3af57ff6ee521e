"""How far a learner is, from what the workspace keeps."""

import json

import pytest

pytest.importorskip("ipywidgets")

from tests.exercises.course import solve
from tokenlab.teach import check, learner, predict, prediction, progress, progress_file, review, task
from tokenlab.teach.check import make_task
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.progress_file import STATE
from tokenlab.teach.variant import Variant


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    (tmp_path / STATE).write_text("{}", encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    for name, asked in (("03_security_descriptors", 0), ("04_access_check", 2)):
        cells = [{"cell_type": "markdown", "source": ["# 04 · How does Windows decide?\n", "text"]}]
        cells += [{"cell_type": "code", "source": [f'predict("{n}?", True)']} for n in range(asked)]
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("JPY_SESSION_NAME", "04_access_check.ipynb")
    progress_file.forget()
    prediction._drafts.clear()
    learner("anyone")
    return tmp_path


def test_outside_a_workspace_it_says_how_to_have_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "python lab.py" in str(progress()) and "python lab.py" in progress()._repr_html_()


def test_a_front_end_that_names_no_notebook_still_runs_its_cells(workspace, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME")
    for source, lesson in (('predict("0?", True)', "04"), ("1 + 1", ""), ("", "")):
        progress_file.forget()
        monkeypatch.setattr(progress_file, "_running_cell", lambda source=source: source)
        assert progress_file.current_lesson() == lesson


def test_a_cell_is_looked_for_beside_the_kernel_first_and_then_everywhere(workspace, monkeypatch):
    """In a browser it takes 20 ms to read a notebook, and half a second to find all of them."""
    monkeypatch.delenv("JPY_SESSION_NAME")
    monkeypatch.setattr(progress_file, "_running_cell", lambda: 'predict("0?", True)')
    with monkeypatch.context() as beside:
        beside.setattr(progress_file, "_listed", lambda workspace: pytest.fail("it lies beside the kernel"))
        assert progress_file.current_lesson() == "04"
    (workspace / "mine").mkdir()
    monkeypatch.chdir(workspace / "mine")
    assert progress_file.current_lesson() == "04"


def test_a_lesson_that_was_reworded_counts_no_more_predictions_than_it_asks(workspace):
    for question in ("0, as it was asked once?", "1, as it was asked once?", "0?"):
        predict(question, True).commit("granted")
    fourth = progress().lessons[1]
    assert (fourth.asked, fourth.made, fourth.right) == (2, 2, 2)


def test_predictions_and_exercises_are_counted_by_lesson(workspace, capsys):
    predict("0?", True).commit("granted")
    predict("1?", True).skip()
    exercise = find("04.1")
    check("04.1", solve(exercise, make_task(exercise, Variant())))
    check("04.3", task("04.3")._task.example)
    third, fourth = progress().lessons
    assert (fourth.title, fourth.asked, fourth.made, fourth.right) == ("How does Windows decide?", 2, 1, 1)
    assert (fourth.solved, fourth.exercises) == (1, len(exercises("04")))
    assert 4 < fourth.points < fourth.of == sum(one.points for one in exercises("04"))
    assert third.solved == 0 and "Go on with the exercises of lesson 03" in progress().go_on


def test_the_text_says_what_the_page_says(workspace):
    found = progress()
    assert "04 How does Windows decide?" in str(found) and "0 of 2" in str(found)
    assert "04 How does Windows decide?" in found._repr_html_() and "0 of 2" in found._repr_html_()


def test_a_better_answer_counts_and_practice_does_not(workspace, capsys):
    from tokenlab.teach import another

    exercise = find("04.1")
    more = another("04.1")
    more.check(solve(exercise, more._task))
    assert progress().lessons[1].points == 0
    check("04.1", dict.fromkeys(("read", "denied", "delete", "both"), "granted by ACE 5"))
    check("04.1", solve(exercise, make_task(exercise, Variant())))
    check("04.1", dict.fromkeys(("read", "denied", "delete", "both"), "granted by ACE 5"))
    assert progress().lessons[1].points == 4


def test_what_went_wrong_comes_back_first_on_another_day(workspace):
    predict("right?", True).commit("granted")
    predict("wrong?", True).commit("refused")
    predict("skipped?", True).skip()
    assert "Nothing to review yet" in review()
    cards = review(count=2, today="2999-01-01").children
    assert {card.question for card in cards} == {"wrong?", "skipped?"}
    assert all(card.answer is None for card in cards)  # to be made again
    cards[0].commit("granted")
    again = {card.question: card.answer for card in review(count=3, today="2999-01-01").children}
    assert again[cards[0].question] == "granted"
    assert {one["lesson"] for one in progress_file.recall("predictions").values()} == {
        "04",
        "review 2999-01-01",
    }


def test_a_broken_notebook_costs_no_progress(workspace):
    (workspace / "notebooks" / "04_access_check.ipynb").write_text("{", encoding="utf-8")
    assert progress().lessons[1].title == "access check"
