"""What holds for each exercise: it can be solved in everybody's world, and is as hard for everybody."""

import os

import pytest

from tests.exercises.course import EVERY, LESSONS, code, folder, judged, notebook, solve
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.check import Assignment, check, judge_task, make_task, read_answer
from tokenlab.teach.exercises import find
from tokenlab.teach.misconceptions import catalogue
from tokenlab.teach.variant import Variant
from tools.check_exercises import calls_the_model, half_right_problems, measured, unused_beliefs
from tools.exercise_beliefs import named, shown
from tools.exercise_measures import Measures, measure

VARIANTS = [f"learner{number}" for number in range(int(os.environ.get("TOKENLAB_VARIANTS", 50)))]
every = pytest.mark.parametrize("exercise", EVERY, ids=lambda one: one.number)
every_lesson = pytest.mark.parametrize("lesson", LESSONS)


@every
def test_many_worlds_are_solved_and_equally_hard_and_wrong_answers_are_told_their_belief(exercise):
    first = dict(make_task(exercise, Variant()).difficulty)
    told, tasks, answers, beliefs = set(), [], [], set()
    for name in VARIANTS:
        task = make_task(exercise, Variant(name))
        answer = solve(exercise, task)
        right = read_answer(task, answer)
        result = judge_task(exercise, task, right)
        beliefs |= shown(exercise, task, right)
        assert result.right, f"{name}\n{task.question}\n{answer!r}\n{result}"
        assert dict(task.difficulty) == first, name
        told.add((task.question, repr(task.questions)))
        tasks.append(task)
        answers.append(answer)
    MEASURES[exercise.number] = None if tasks[0].questions else measure(exercise, tasks, answers)
    assert len(VARIANTS) < 50 or named(exercise) <= beliefs, "a belief that no answer shows"
    assert len(told) > min(20, len(VARIANTS) // 4), "nearly everybody has the same world"


@every
def test_half_right_answers_earn_what_their_file_says(exercise):
    told = (problem for one in exercise.half_right for problem in half_right_problems(exercise, one))
    assert not list(told)


def test_each_lesson_has_two_exercises_that_may_be_in_an_exam():
    assert not [one.number for one in EVERY if calls_the_model(one)]
    assert all(sum(one.exam for one in EVERY if one.lesson == lesson) >= 2 for lesson in LESSONS)


# What one answer for everybody, guessing and a neighbour's answers earn, by exercise: measured in the worlds
# that were solved above. In few worlds the best constant is luck, so it may earn more there.
MEASURES: dict[str, Measures | None] = {}
CONSTANT = 0.35 + 0.1 * max(0.0, 1 - len(VARIANTS) / 200)
enough = pytest.mark.skipif(len(VARIANTS) < 50, reason="too few worlds to measure anything")


def measures(exercise):
    if exercise.number not in MEASURES:
        MEASURES[exercise.number] = measured(exercise, len(VARIANTS))
    return MEASURES[exercise.number]


@enough
@every
def test_one_answer_for_everybody_earns_about_a_third(exercise):
    found = measures(exercise)
    assert found is None or found.constant <= CONSTANT, found


@enough
def test_guessing_earns_a_quarter_and_a_neighbours_answers_less_than_half():
    found = [one for one in map(measures, EVERY) if one is not None]
    guesses = [one.guess for one in found if one.guess is not None]
    assert sum(guesses) / len(guesses) <= 0.25
    assert sum(one.copied for one in found) / len(found) <= 0.45


@every
def test_an_untouched_exercise_says_what_is_expected_and_earns_nothing(exercise, capsys):
    assert check(exercise.number, make_task(exercise, Variant()).blank) == 0
    said = capsys.readouterr().out
    assert "no answer yet" in said and exercise.answer_name in said


@every
def test_nonsense_is_refused_with_an_example(exercise):
    for nonsense in (object(), 3.5, {"nonsense": 1}, ["nonsense"], "nonsense", float("nan"), b"x"):
        try:
            assert judged(exercise, nonsense).points == 0
        except AnswerError as refused:
            assert (
                "expected" in str(refused) or "no answer" in str(refused) or "for example" in str(refused)
            ), refused


@every
def test_a_task_is_made_the_same_each_time(exercise):
    one, two = (make_task(exercise, Variant("jdoe")) for _ in range(2))
    assert (one.question, one.questions, one.blank) == (two.question, two.questions, two.blank)
    assert str(Assignment(exercise, one)) == str(Assignment(exercise, two))


@every
def test_each_part_tells_what_windows_does_and_hints_come_in_steps(exercise):
    task = make_task(exercise, Variant())
    result = judge_task(exercise, task, read_answer(task, solve(exercise, task)))
    assert all(len(part.finding.says) > 5 for part in result.parts)
    assert 2 <= len(task.hints) <= 5 and all(hint.endswith((".", "?")) for hint in task.hints)
    assert 1 <= exercise.minutes <= 30 and exercise.points == task.points >= 2
    assert exercise.aims and set(exercise.aims) <= {1, 2, 3}


@every_lesson
def test_a_lesson_has_five_to_eight_and_tests_each_aim_twice(lesson):
    here = [one for one in EVERY if one.lesson == lesson]
    assert [one.number for one in here] == [f"{lesson}.{n}" for n in range(1, len(here) + 1)]
    assert 5 <= len(here) <= 8
    for aim in (1, 2, 3):
        assert sum(aim in one.aims for one in here) >= 2, aim
    assert len({one.kind for one in here}) >= 4


@every_lesson
def test_the_notebook_has_a_task_an_answer_and_a_locked_check_for_each(lesson):
    cells = notebook(lesson)["cells"]
    marked = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in cells if "nbgrader" in cell["metadata"]
    }
    for number in range(1, 1 + sum(one.lesson == lesson for one in EVERY)):
        exercise = find(f"{lesson}.{number}")
        head = "".join(marked[f"head_{lesson}_{number}"]["source"])
        assert exercise.title in head and f"{exercise.minutes} minutes · {exercise.points} points" in head
        assert f'task("{exercise.number}")' in "".join(marked[f"task_{lesson}_{number}"]["source"])
        answer = marked[f"answer_{lesson}_{number}"]
        assert answer["metadata"]["nbgrader"]["solution"]
        graded = marked[f"check_{lesson}_{number}"]
        assert "".join(graded["source"]) == f'check("{exercise.number}", {exercise.answer_name})'
        marks = graded["metadata"]["nbgrader"]
        assert (marks["grade"], marks["locked"], marks["points"]) == (True, True, exercise.points)
    points = sum(one.points for one in EVERY if one.lesson == lesson)
    minutes = sum(one.minutes for one in EVERY if one.lesson == lesson)
    assert f"*Minutes: {minutes}. Points: {points}.*" in "".join(cells[0]["source"])


@every_lesson
def test_the_committed_solution_earns_all_points(lesson):
    results = [
        output["data"]["text/plain"]
        for cell in notebook(lesson)["cells"]
        if "".join(cell["source"]).startswith("check(")
        for output in cell["outputs"]
        if output["output_type"] == "execute_result"
    ]
    expected = [str(one.points) for one in EVERY if one.lesson == lesson]
    assert ["".join(result) for result in results] == expected


@every_lesson
def test_an_exercise_calls_nobody_by_a_name_that_is_not_there(lesson):
    """The first cell stands alone, and every solution runs on it."""
    assert code(lesson)[0].count("learner(") == 1 and folder(lesson).is_dir()


def test_every_misconception_has_a_source_and_a_truth():
    for key, one in catalogue().items():
        assert key == key.lower() and " " not in key
        assert one.source and one.belief.endswith(".") and one.truth.endswith("."), key


def test_every_misconception_is_behind_some_answer():
    assert unused_beliefs() == []
