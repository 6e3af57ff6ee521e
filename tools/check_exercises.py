"""Find an author's errors in the exercises: file, exercise, key, and what is wrong.

    python tools/check_exercises.py             all of them, in 20 learners' worlds
    python tools/check_exercises.py 04 12.3     these
    python tools/check_exercises.py --worlds 200 --measure

It tells what the files say wrongly (a name that the world lacks, a right answer that is no option, a belief
that is not in the catalogue), a solution that does not earn all points, a wrong answer that is told another
belief than it follows from, or earns something else, constants: the same answer for everybody that earns more
than half, and beliefs that no lesson names. ``--measure`` prints what a constant, guessing and a neighbour's
answer earn in each.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tokenlab.teach import deciding
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.check import judge_task, make_task, read_answer
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercise_file import ExerciseError, HalfRight
from tokenlab.teach.exercises import exercises, find, lesson_modules
from tokenlab.teach.misconceptions import catalogue
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant
from tools.exercise_beliefs import named, shown
from tools.exercise_measures import Measures, measure

LONGEST = 110
LARGEST = 0.5  # of the points, for one answer given in every world
ENOUGH = 20  # worlds, to say that something is in none
MODEL = re.compile(
    r"access_check|double_hop|incident\(|from_whoami|OBJECT_TYPES|from_sddl|q\d\.(context|descriptor)\b"
)


def problems(exercise: Exercise, worlds: int) -> Iterator[str]:
    """Each error of an exercise, in a sentence."""
    for number, line in enumerate(exercise.solution.splitlines(), 1):
        if len(line) > LONGEST:
            yield f"solution: line {number} has {len(line)} characters; ruff allows {LONGEST}"
    if calls_the_model(exercise):
        yield "solution: it calls the model on what is given, and so can who sits an exam: say exam = false"
    answers, tasks, beliefs = [], [], set()
    for number in range(worlds):
        name = f"learner{number}" if number else "anyone"
        task = make_task(exercise, Variant(name))
        try:
            answer = solve(exercise, task)
            right = read_answer(task, answer)
            result = judge_task(exercise, task, right)
        except Exception as error:
            yield f"solution: for {name}: {type(error).__name__}: {error}"
            return
        if not result.right:
            yield f"solution: for {name} it earns {result.points} of {result.of}:\n{result}"
            return
        try:
            beliefs |= shown(exercise, task, right)
        except ValueError as wrong:
            yield f"wrong: for {name}: {wrong}"
        tasks.append(task)
        answers.append(answer)
    if never := worlds >= ENOUGH and named(exercise) - beliefs:
        yield f"wrong: in {worlds} worlds no answer shows {', '.join(sorted(never))}"
    for one in exercise.half_right:
        yield from half_right_problems(exercise, one)
    if len(tasks) > 1 and not tasks[0].questions:
        measures = measure(exercise, tasks, answers)
        if measures.constant > LARGEST:
            yield f"constant: an answer that is the same for everybody earns too much: {measures}"


def calls_the_model(exercise: Exercise) -> bool:
    """May it be in an exam, though its solution asks the model?"""
    return exercise.exam and bool(MODEL.search(exercise.solution))


def answer_of(exercise: Exercise, half: HalfRight, task: Task) -> Any:
    """A half-right answer; code may use ``q``, the task, and leaves it in ``answer``."""
    return solve(exercise, task, str(half.answer)) if half.is_code else half.answer


def measured(exercise: Exercise, worlds: int) -> Measures | None:
    """What it gives to those who do not work at it; None for a function."""
    tasks = [make_task(exercise, Variant(f"learner{number}")) for number in range(worlds)]
    if tasks[0].questions:
        return None
    return measure(exercise, tasks, [solve(exercise, task) for task in tasks])


def half_right_problems(exercise: Exercise, half: HalfRight) -> Iterator[str]:
    """What a half-right answer earns or shows that its file does not say, for the learner ``anyone``."""
    task = make_task(exercise, Variant())
    try:
        result = judge_task(exercise, task, read_answer(task, answer_of(exercise, half, task)))
    except AnswerError as error:
        yield f"half_right: {half.answer!r:.80} cannot be judged: {error}"
        return
    if result.points != half.points:
        yield f"half_right: {half.answer!r:.80} earns {result.points}, not {half.points}\n{result}"
    if half.beliefs is not None and result.misconceptions != half.beliefs:
        yield f"half_right: {half.answer!r:.80} shows {result.misconceptions}, not {half.beliefs}"


def unused_beliefs() -> list[str]:
    """Beliefs of the catalogue that no lesson names."""
    modules = [*lesson_modules().values()]
    files = [*modules, *(path.with_suffix(".toml") for path in modules), Path(deciding.__file__)]
    named = set(
        re.findall(r"[\w-]+", " ".join(file.read_text(encoding="utf-8") for file in files if file.exists()))
    )
    return [key for key in catalogue() if key not in named]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("which", nargs="*", help="lessons (04) or exercises (12.3); all unless told")
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args(arguments)
    found = 0
    try:
        chosen = [one for which in options.which or [""] for one in _chosen(which)]
    except (ValueError, KeyError) as error:
        print(error)
        return 1
    for one in chosen:
        try:
            if options.measure:
                print(one.number, measured(one, options.worlds) or "a function")
            for problem in problems(one, options.worlds):
                found += 1
                print(f"lesson_{one.lesson}.toml, {one.number}, {problem}")
        except ExerciseError as error:
            found += 1
            print(error)
    if not options.which:
        for key in unused_beliefs():
            found += 1
            print(f"misconceptions.toml, {key}: no exercise names it")
    print(f"{len(chosen)} exercises in {options.worlds} worlds: {found} problems")
    return 1 if found else 0


def _chosen(which: str) -> list[Exercise]:
    if "." in which:
        return [find(which)]
    files = {number: path.with_suffix(".toml") for number, path in lesson_modules().items()}
    return [one for one in exercises(which) if files[one.lesson].exists()]


if __name__ == "__main__":
    sys.exit(main())
