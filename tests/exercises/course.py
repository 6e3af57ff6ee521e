"""The exercises as they lie in ``solutions/``: what they ask, and the code that solves them."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import CodeType

from tokenlab.teach.check import Assignment, judge_task, make_task, read_answer
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.judgement import Judgement
from tokenlab.teach.variant import Variant

ROOT = Path(__file__).parent.parent.parent
EVERY = exercises()
LESSONS = sorted({one.lesson for one in EVERY})
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", re.DOTALL)


def folder(lesson: str, top: str = "solutions") -> Path:
    """``solutions/04_access_check``."""
    (place,) = (ROOT / top).glob(f"{lesson}_*")
    return place


def notebook(lesson: str, top: str = "solutions") -> dict:
    place = folder(lesson, top)
    return json.loads((place / f"{place.name}.ipynb").read_text(encoding="utf-8"))


def code(lesson: str, top: str = "solutions") -> list[str]:
    cells = notebook(lesson, top)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@cache
def solutions(lesson: str) -> dict[str, CodeType]:
    """The code between BEGIN SOLUTION and END SOLUTION, by the name of its answer."""
    found = {}
    for source in code(lesson):
        match = SOLUTION.search(source)
        if match:
            name = source.partition(" = ")[0]
            found[name] = compile(match[1], f"<{name}>", "exec")
    return found


@cache
def _setup(lesson: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(code(lesson)[0], names)
    return names


def solve(exercise: Exercise, task: Task) -> object:
    """What the solution answers in this world."""
    number = exercise.number.partition(".")[2]
    names = dict(_setup(exercise.lesson))
    names[f"q{number}"] = Assignment(exercise, task)
    exec(solutions(exercise.lesson)[exercise.answer_name], names)
    return names[exercise.answer_name]


def judged(exercise: Exercise, answer: object, learner: str = "anyone") -> Judgement:
    """An answer, judged as in practice."""
    task = make_task(exercise, Variant(learner))
    return judge_task(exercise, task, read_answer(task, answer))


def in_order(number: str, words: Iterable[str]) -> str:
    """The letters of the lines of an order, by words that stand in them."""
    lines = Assignment(find(number), make_task(find(number), Variant())).lines
    return "".join(letter for word in words for letter, line in lines.items() if word in line)
