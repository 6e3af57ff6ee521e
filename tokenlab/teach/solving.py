"""What an exercise's own solution answers in a world: for keys, and for tests."""

from __future__ import annotations

from typing import Any

from tokenlab.teach.check import Assignment
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercises import lesson_file


def solve(exercise: Exercise, task: Task) -> Any:
    """What the solution answers in this world."""
    number = exercise.number.partition(".")[2]
    names: dict[str, Any] = {}
    exec(lesson_file(exercise.lesson).head["setup"], names)
    names[f"q{number}"] = Assignment(exercise, task)
    exec(exercise.solution, names)
    return names[exercise.answer_name]
