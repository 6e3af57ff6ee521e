"""The right answers of one student's exam, with the reason of each part: for the teacher alone."""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.teach.check import judge_task, make_task, read_answer
from tokenlab.teach.exam.paper import Exam
from tokenlab.teach.exercises import find
from tokenlab.teach.solving import solve
from tokenlab.teach.variant import Variant


def key(exam: Exam, student: str, world: str) -> str:
    """As Markdown."""
    return "\n\n".join([f"# Key: {exam.title} of {student}", *_answers(exam, world)]) + "\n"


def _answers(exam: Exam, world: str) -> Iterator[str]:
    for number in exam.exercises:
        exercise = find(number)
        task = make_task(exercise, Variant(world))
        answer = solve(exercise, task)
        shown = f"```python\n{exercise.solution.strip()}\n```" if task.questions else f"`{answer!r}`"
        yield f"## {number} {exercise.title}\n\n{shown}"
        for part in judge_task(exercise, task, read_answer(task, answer)).parts:
            yield f"* {part.name} ({part.points}): {part.finding.says}"
