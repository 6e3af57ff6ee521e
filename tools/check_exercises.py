"""Find an author's errors in the exercises: file, exercise, key, and what is wrong.

    python tools/check_exercises.py             all of them, in 20 learners' worlds
    python tools/check_exercises.py 04 12.3     these
    python tools/check_exercises.py --worlds 200

It tells what the files say wrongly (a name that the world lacks, a right answer that is no option, a belief
that is not in the catalogue), a solution that does not earn all points, a half-right answer that earns
something else, and constants: the same answer for everybody that earns more than half.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tokenlab.teach.answers import AnswerError
from tokenlab.teach.check import Assignment, judge_task, made, taken
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercise_file import ExerciseError, HalfRight
from tokenlab.teach.exercises import FOLDER, exercises, find, lesson_file
from tokenlab.teach.variant import Variant

LONGEST = 110
LARGEST = 0.5  # of the points, for one answer given in every world


def problems(exercise: Exercise, worlds: int) -> Iterator[str]:
    """Each error of an exercise, in a sentence."""
    for number, line in enumerate(exercise.solution.splitlines(), 1):
        if len(line) > LONGEST:
            yield f"solution: line {number} has {len(line)} characters; ruff allows {LONGEST}"
    answers: Counter[str] = Counter()
    tasks = []
    for number in range(worlds):
        name = f"learner{number}" if number else "anyone"
        task = made(exercise, Variant(name))
        try:
            answer = solve(exercise, task)
            result = judge_task(exercise, task, taken(task, answer))
        except Exception as error:
            yield f"solution: for {name}: {type(error).__name__}: {error}"
            return
        if not result.right:
            yield f"solution: for {name} it earns {result.points} of {result.of}:\n{result}"
            return
        tasks.append(task)
        if not task.questions:
            answers[repr(answer)] += 1
    for one in exercise.half_right:
        yield from half_right_problems(exercise, one)
    if answers and len(tasks) > 1:
        yield from _constant(exercise, tasks, answers)


def solve(exercise: Exercise, task: Task) -> Any:
    """What the solution answers in this world."""
    number = exercise.number.partition(".")[2]
    names: dict[str, Any] = {}
    exec(lesson_file(exercise.lesson).head["setup"], names)
    names[f"q{number}"] = Assignment(exercise, task)
    exec(exercise.solution, names)
    return names[exercise.answer_name]


def answer_of(exercise: Exercise, half: HalfRight, task: Task) -> Any:
    """A half-right answer; code may use ``q``, the task, and leaves it in ``answer``."""
    if not half.is_code:
        return half.answer
    names: dict[str, Any] = {"q": Assignment(exercise, task)}
    exec(str(half.answer), names)
    return names["answer"]


def half_right_problems(exercise: Exercise, half: HalfRight) -> Iterator[str]:
    """What a half-right answer earns or shows that its file does not say, for the learner ``anyone``."""
    task = made(exercise, Variant())
    try:
        result = judge_task(exercise, task, taken(task, answer_of(exercise, half, task)))
    except AnswerError as error:
        yield f"half_right: {half.answer!r:.80} cannot be judged: {error}"
        return
    if result.points != half.points:
        yield f"half_right: {half.answer!r:.80} earns {result.points}, not {half.points}\n{result}"
    if half.beliefs is not None and result.misconceptions != half.beliefs:
        yield f"half_right: {half.answer!r:.80} shows {result.misconceptions}, not {half.beliefs}"


def _constant(exercise: Exercise, tasks: list[Task], answers: Counter[str]) -> Iterator[str]:
    earned: dict[str, float] = {}
    for text in answers:
        answer = eval(text)
        points = 0
        for task in tasks:
            try:
                points += judge_task(exercise, task, answer).points
            except AnswerError:
                continue
        earned[text] = points / (exercise.points * len(tasks))
    best = max(earned, key=lambda text: earned[text])
    if earned[best] > LARGEST:
        yield f"constant: {best:.120} earns {earned[best]:.0%} on average, the same for everybody"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("which", nargs="*", help="lessons (04) or exercises (12.3); all unless told")
    parser.add_argument("--worlds", type=int, default=20)
    options = parser.parse_args(arguments)
    found = 0
    try:
        chosen = [one for which in options.which or [""] for one in _chosen(which)]
    except (ExerciseError, KeyError) as error:
        print(error)
        return 1
    for one in chosen:
        try:
            for problem in problems(one, options.worlds):
                found += 1
                print(f"lesson_{one.lesson}.toml, {one.number}, {problem}")
        except ExerciseError as error:
            found += 1
            print(error)
    print(f"{len(chosen)} exercises in {options.worlds} worlds: {found} problems")
    return 1 if found else 0


def _chosen(which: str) -> list[Exercise]:
    if "." in which:
        return [find(which)]
    return [one for one in exercises(which) if (FOLDER / f"lesson_{one.lesson}.toml").exists()]


if __name__ == "__main__":
    sys.exit(main())
