"""What an exercise's own solution answers in a world: for keys, and for tests."""

from __future__ import annotations

from typing import Any

from tokenlab.teach.check import Assignment
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercises import lesson_file


def solve(exercise: Exercise, task: Task, code: str = "") -> Any:
    """What the solution answers in this world, or other code that leaves an ``answer``, and may use ``q``."""
    number, given = exercise.number.partition(".")[2], Assignment(exercise, task)
    names: dict[str, Any] = {}
    exec(lesson_file(exercise.lesson).head["setup"], names)
    names |= {f"q{number}": given, "q": given}
    exec(code or exercise.solution, names)
    return names[exercise.answer_name] if exercise.answer_name in names else names["answer"]
