"""What is read from submissions, and what a teacher gets."""

import io
import json
import os
import re
import sys
from dataclasses import replace

import pytest

from tests.support import ROOT, require
from tests.teach.grade.classroom import (
    ALL,
    ASSIGNMENT,
    WORTH,
    half_right,
    hand_in,
    only,
    rows,
    solved,
    untouched,
)
from tokenlab.teach.grade import __main__ as command
from tokenlab.teach.grade import judge as judges
from tokenlab.teach.grade.gradebook import write_gradebook
from tokenlab.teach.grade.grader import Grader
from tokenlab.teach.grade.journal import Journal
from tokenlab.teach.grade.judge import Judge, JudgedAnswer
from tokenlab.teach.grade.lines import BadMessage, strict
from tokenlab.teach.grade.notebook import NotebookError, code_cells
from tokenlab.teach.grade.progress import ProgressBar
from tokenlab.teach.grade.report import cell, write_grades
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import submissions

NESTED = b'{"a": ' + b"[" * 950 + b"]" * 950 + b"}"
RESULT = Result(
    "ada",
    ASSIGNMENT,
    (JudgedAnswer("04.1", 2, 4, ["null-is-empty"], "judged", "", "text"),),
    "graded",
    ("a",),
    "one",
)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\n=1", "=1; x"])
def test_no_cell_is_a_formula(text):
    assert str(cell(text)).startswith("'")


@pytest.mark.parametrize("text", ["a; =1+1", "a;-1", "a,@SUM(A1)", "a| +1"])
def test_no_part_of_a_cell_is_a_formula_where_another_mark_separates_columns(text):
    assert re.search(r"[;,|] ?'[=+@-]", str(cell(text)))


def test_cells_are_one_line_of_printable_text():
    assert cell("a\r\nb\tc\x1b[2J\ud800") == "a b c\N{REPLACEMENT CHARACTER}[2J?"
    assert (cell(4), cell("ada")) == (4, "ada")


def test_grades_have_a_row_for_each_exercise_and_the_summary_one_for_each_submission(tmp_path):
    none = Result("=bob", "99_nothing", (), "no exercises", ("why",))
    summary = write_grades([RESULT, none], tmp_path / "grades.csv")
    assert [tuple(row.values()) for row in rows(tmp_path / "grades.csv")] == [
        ("ada", ASSIGNMENT, "04.1", "2", "4", "null-is-empty", "judged", ""),
        ("'=bob", "99_nothing", "", "0", "0", "", "no exercises", "why"),
    ]
    assert [tuple(row.values()) for row in rows(summary)] == [
        ("ada", ASSIGNMENT, "2", "4", "graded", "a", "", "", "0", "2"),
        ("'=bob", "99_nothing", "0", "0", "no exercises", "why", "", "", "0", "0"),
    ]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["grades.csv", "grades_summary.csv"]


def test_a_journal_remembers_whole_lines(tmp_path):
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.add(RESULT)
    journal.add(replace(RESULT, status="not graded", key="two"))
    journal.add(replace(RESULT, status="unreadable", key=""))
    journal.close()
    assert path.read_bytes().count(b"\n") == 1  # the two others are looked at again
    path.write_bytes(path.read_bytes() + b'{"key": "three", "resu' + b"\n" + b"[" * 100_000)
    journal = Journal(path)
    assert journal.get("one") == RESULT
    assert journal.get("two") is None and journal.get("three") is None and journal.get("") is None
    journal.add(replace(RESULT, key="four"))
    journal.close()
    journal = Journal(path)
    assert journal.get("four") == replace(RESULT, key="four")
    journal.close()


def test_a_journal_on_a_full_disk_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.add(RESULT)
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda file, data: write(file, data[:7]))
        with pytest.raises(OSError, match="No space left"):
            journal.add(replace(RESULT, key="two"))
    journal.add(replace(RESULT, key="three"))
    journal.close()
    journal = Journal(path)
    assert journal.get("one") and journal.get("two") is None and journal.get("three")
    journal.close()


def test_a_run_goes_on_when_the_journal_cannot_be_written(tmp_path, monkeypatch, capsys):
    for student in ("ada", "bob"):
        hand_in(tmp_path / "submitted", student, solved(student))

    def full(journal, result):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "add", full)
    assert command.main([str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv")]) == 0
    assert "journal is not whole (No space left on device)" in capsys.readouterr().err
    assert [row["points"] for row in rows(tmp_path / "grades_summary.csv")] == [str(ALL)] * 2


def test_another_notebook_or_student_is_another_key(tmp_path):
    hand_in(tmp_path, "ada", only("1"))
    hand_in(tmp_path, "bob", only("1"))
    ada, bob = submissions(tmp_path)
    before = ada.key(ada.read())
    assert before != bob.key(bob.read()) and before == ada.key(ada.read())
    hand_in(tmp_path, "ada", only("2"))
    assert ada.key(ada.read()) != before


def test_what_could_not_be_read_is_looked_at_again(tmp_path, capsys):
    """A file that somebody made unreadable was graded 0, and kept so for ever."""
    path = hand_in(tmp_path / "submitted", "ada", solved("ada"))
    away = path.rename(path.with_name("away"))
    line = [str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv"), "--assignment", ASSIGNMENT]
    assert command.main(line) == 0
    assert [(row["points"], row["status"]) for row in rows(tmp_path / "grades_summary.csv")] == [
        ("0", "nothing handed in")
    ]
    away.rename(path)
    assert command.main(line) == 0
    assert "1 to grade" in capsys.readouterr().err
    assert [row["points"] for row in rows(tmp_path / "grades_summary.csv")] == [str(ALL)]


def test_a_second_assignment_does_not_drop_the_first(tmp_path):
    hand_in(tmp_path / "submitted", "ada", solved("ada"))
    other = tmp_path / "submitted" / "ada" / "05_handles" / "05_handles.ipynb"
    other.parent.mkdir()
    other.write_text(json.dumps(only("pass")))
    for assignment in (ASSIGNMENT, "05_handles"):
        line = [str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv")]
        assert command.main([*line, "--assignment", assignment]) == 0
    assert [row["assignment"] for row in rows(tmp_path / "grades_summary.csv")] == [ASSIGNMENT, "05_handles"]


def test_one_lesson_of_one_student_counts_once_and_the_best_counts(tmp_path):
    for student, name, content in (
        ("h01", "04", untouched("h01")),
        ("h01", ASSIGNMENT, half_right("h01")),
        ("h01 ", ASSIGNMENT, solved("h01")),
        ("h02", ASSIGNMENT, untouched("h02")),
    ):
        path = tmp_path / "submitted" / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    assert command.main([str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv")]) == 0
    told = [(row["points"], row["of"], row["status"]) for row in rows(tmp_path / "grades_summary.csv")]
    once = ("0", "0", "counted once")
    assert told == [once, once, (str(ALL), str(ALL), "graded"), ("0", str(ALL), "graded")]
    assert len(rows(tmp_path / "grades.csv")) == 2 + 2 * len(WORTH)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")
def test_a_name_that_is_no_text_stops_nobody_behind_it(tmp_path):
    pytest.importorskip("nbgrader.api")
    book = tmp_path / "gradebook.db"
    for student in ("\udcff", "zoe"):
        hand_in(tmp_path / "submitted", student, solved("zoe"))
    line = [str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv"), "--gradebook", str(book)]
    assert command.main(line) == 0
    told = [(row["points"], row["status"]) for row in rows(tmp_path / "grades_summary.csv")]
    assert told == [(str(ALL), "graded"), ("0", "unreadable")] or told == [
        ("0", "unreadable"),
        (str(ALL), "graded"),
    ]


def test_a_students_folder_that_is_a_link_is_not_followed(tmp_path):
    hand_in(tmp_path / "elsewhere", "ada", solved("ada"))
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "eve").symlink_to(tmp_path / "elsewhere" / "ada")
    [one] = submissions(tmp_path / "submitted")
    with pytest.raises(NotebookError, match="symbolic link"):
        one.read()
    assert one.assignment == "eve"  # what lies behind the link was not listed


def test_with_an_assignment_named_everybody_has_a_result(tmp_path):
    (tmp_path / "bob").mkdir()
    hand_in(tmp_path, "ada", only("1"))
    assert [one.student for one in submissions(tmp_path)] == ["ada"]
    named = submissions(tmp_path, [ASSIGNMENT])
    assert [(one.student, one.lesson) for one in named] == [("ada", "04"), ("bob", "04")]
    with pytest.raises(NotebookError, match=r"there is no 04_access_check\.ipynb"):
        named[1].read()


def test_code_cells_are_sources_and_nothing_else():
    assert code_cells(
        b'{"cells": [{"cell_type": "code", "source": ["a\\n", "b"]}, {"cell_type": "markdown"}]}'
    ) == ["a\nb"]


@pytest.mark.parametrize(
    "line",
    [
        b"NaN",
        b'{"a": Infinity}',
        b"[" * 100_000,
        b"{",
        b"\xff",
        b"[]",
        b'"a"',
        b'{"a": ' + b"[" * 950 + b"]" * 950 + b"}",
    ],
)
def test_what_is_no_strict_object_is_no_message(line):
    with pytest.raises(BadMessage):
        strict(line)


def test_a_bar_moves_on_a_terminal_and_lines_go_elsewhere():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    for stream, lines in ((Terminal(), 1), (io.StringIO(), 10)):
        progress = ProgressBar(20, stream)
        for _ in range(20):
            progress.step()
        assert stream.getvalue().count("\n") == lines and "20 of 20, 0 s left" in stream.getvalue()


def test_the_command_grades_and_says_what_it_cannot(tmp_path, capsys):
    hand_in(tmp_path / "submitted", "ada", solved("ada"))
    hand_in(tmp_path / "submitted", "bob", untouched("bob"))
    (tmp_path / "submitted" / "bob" / "notes").mkdir()
    out = tmp_path / "out" / "grades.csv"
    line = [str(tmp_path / "submitted"), "--out", str(out), "--feedback", str(tmp_path / "feedback")]
    assert command.main([*line, "--jobs", "1"]) == 0
    assert "Around each: " in capsys.readouterr().err
    found = [tuple(row.values())[:5] for row in rows(out.with_name("grades_summary.csv"))]
    assert found == [
        ("ada", ASSIGNMENT, str(ALL), str(ALL), "graded"),
        ("bob", ASSIGNMENT, "0", str(ALL), "graded"),
        ("bob", "notes", "0", "0", "no exercises"),
    ]
    told = (tmp_path / "feedback" / "ada" / f"{ASSIGNMENT}.txt").read_text(encoding="utf-8")
    assert f"{ALL} of {ALL} points" in told and "✓" in told
    assert command.main([str(tmp_path / "nothing"), "--out", str(out)]) == 2
    assert "is no folder" in capsys.readouterr().err


def test_a_judgement_that_takes_too_long_costs_one_answer(monkeypatch):
    judge = Judge()
    asked = judge.prepare("04", "ada")[0]
    with monkeypatch.context() as patch:
        patch.setattr(judges, "SECONDS", 0.0)
        row = judge.judge(asked, "ada", {"plain": "x"})
        assert (row.status, row.points, row.of) == ("unjudged", 0, asked.points)
    assert judge.judge(asked, "ada", {"plain": "x"}).status == "unusable"
    judge.close()


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({}, "unanswered"),
        ({"plain": None}, "unanswered"),
        ({"unusable": "why"}, "unusable"),
        ({"plain": [[[[[[[[[[]]]]]]]]]]}, "unusable"),
        ({"plain": "\x00"}, "unusable"),
        ({"results": []}, "unusable"),
        ({"results": [{"raised": "no"}]}, "unusable"),
    ],
)
def test_the_judge_looks_at_an_answer_again(answer, status):
    judge = Judge()
    asked = judge.prepare("04", "ada")[0]
    assert judge.judge(asked, "ada", answer).status == status
    judge.close()


LESSONS = sorted(path.name for path in (ROOT / "solutions").glob("[01][0-9]_*"))


@pytest.mark.parametrize("name", LESSONS)
def test_every_solution_has_full_points_and_every_assignment_none(tmp_path, name):
    grader = Grader()
    for folder in ("solutions", "exercises"):
        path = tmp_path / "submitted" / f"of-{folder}" / name / f"{name}.ipynb"
        require((ROOT / folder / name / path.name).is_file(), f"{folder}/{name}")
        path.parent.mkdir(parents=True)
        text = (ROOT / folder / name / path.name).read_text(encoding="utf-8")
        path.write_text(
            text.replace('learner(\\"anyone\\")', f'learner(\\"of-{folder}\\")'), encoding="utf-8"
        )
    exercises, solutions = map(grader.grade, submissions(tmp_path / "submitted"))
    grader.close()
    assert (solutions.points, solutions.status, solutions.notes) == (solutions.of, "graded", ())
    assert (exercises.points, exercises.status) == (0, "graded") and exercises.of == solutions.of > 0


def test_points_go_into_nbgraders_gradebook(tmp_path):
    gradebooks = pytest.importorskip("nbgrader.api")
    result = Result(
        "ada", ASSIGNMENT, tuple(JudgedAnswer(n, of, of, [], "judged") for n, of in WORTH.items()), "graded"
    )
    for _ in range(2):  # again is the same
        assert write_gradebook([result], tmp_path / "gradebook.db").count == len(WORTH)
    with gradebooks.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        submission = book.find_submission(ASSIGNMENT, "ada")
        assert (submission.score, submission.max_score) == (ALL, ALL)
        assert not submission.needs_manual_grade
