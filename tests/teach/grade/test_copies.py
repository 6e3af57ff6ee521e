"""Who hands in a classmate's literal answers is listed for the teacher; who is wrong alone is not."""

from collections.abc import Mapping
from dataclasses import replace

from tests.teach.grade.classroom import ASSIGNMENT, WORTH, hand_in, only, rows
from tokenlab.teach.answers import plain
from tokenlab.teach.check import judge_task, make_task
from tokenlab.teach.exercises import find
from tokenlab.teach.grade.__main__ import main
from tokenlab.teach.grade.copies import FEWEST, comparable, copy_hints
from tokenlab.teach.grade.judge import JudgedAnswer
from tokenlab.teach.grade.result import Result
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant

ASKED = [number for number in WORTH if not make_task(find(number), Variant("ada")).questions]


def right_for(student: str, number: str) -> object:
    exercise = find(number)
    return solve(exercise, make_task(exercise, Variant(student)))


def literal(answers: Mapping[str, object]) -> dict:
    return only(*(f"{find(number).answer_name} = {answer!r}" for number, answer in answers.items()))


def test_the_literal_answers_of_a_classmate_are_listed_and_cost_nothing(tmp_path, capsys):
    adas = {number: plain(right_for("ada", number)) for number in ASKED}
    bens = {
        number: judge_task(find(number), make_task(find(number), Variant("ben")), answer).points
        for number, answer in adas.items()
    }
    assert sum(points < WORTH[number] for number, points in bens.items()) >= FEWEST
    for student in ("ada", "ben"):
        hand_in(tmp_path / "submitted", student, literal(adas))
    line = [str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv"), "--jobs", "1"]
    for _ in range(2):  # the second time from the journal
        assert main(line) == 0
        told = capsys.readouterr().err.partition("Perhaps copied")[2]
        assert f"ben/{ASSIGNMENT}: " in told and "would be right for ada" in told
        assert "right for ben" not in told
    found = {
        row["exercise"]: int(row["points"])
        for row in rows(tmp_path / "grades.csv")
        if row["student"] == "ben"
    }
    assert {number: found[number] for number in bens} == bens


def result(student: str, points: int, **answers: object) -> Result:
    made = tuple(JudgedAnswer(number, points, 3, [], "judged") for number in answers)
    kept = comparable({number: {"plain": answer} for number, answer in answers.items()})
    return Result(student, ASSIGNMENT, made, "graded", answers=kept)


ADA = result("ada", 3, a={"one": "ACE 1", "two": "ACE 2"}, b=["x", "y"], c="D:")


def test_wrong_answers_that_are_nobodys_right_ones_are_not_listed():
    cleo = result("cleo", 1, a={"one": "ACE 3", "two": "ACE 2"}, b=["y", "x"], c="D:(A;;FR;;;BU)")
    dan = result("dan", 1, a={"one": "ACE 3", "two": "ACE 2"}, b=["y", "x"], c="D:(A;;FR;;;BU)")
    assert copy_hints([ADA, cleo, dan]) == []  # also where two have the same error


def test_one_answer_is_chance_and_two_are_told_with_how_many_were_wrong():
    one = result("eve", 0, a={"two": "ace 2", "one": "ace 1"}, b=["y", "x"])
    assert copy_hints([ADA, one]) == []
    two = result("eve", 0, a={"two": "ace 2", "one": "ace 1"}, b=["x", "y"], c="D:P")
    assert copy_hints([ADA, two]) == [
        f"eve/{ASSIGNMENT}: a, b (2 of 3 wrong answers) would be right for ada, who gave the same"
    ]


def test_what_is_right_in_both_worlds_is_no_hint():
    assert copy_hints([ADA, replace(ADA, student="finn")]) == []


def test_an_answer_too_large_or_too_deep_to_compare_is_left_out():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    assert comparable({"a": {"plain": deep}, "b": {"plain": "x" * 9999}, "c": {"unusable": "why"}}) == {}
