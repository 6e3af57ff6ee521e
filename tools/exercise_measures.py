"""What an exercise gives to those who do not work at it: one answer for everybody, a guess, a neighbour's."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tokenlab.teach.answers import AnswerError
from tokenlab.teach.check import judge_task, read_answer
from tokenlab.teach.exercise import Choice, Exercise, Task


@dataclass(frozen=True)
class Measures:
    """Shares of the points, on average over many worlds. ``guess`` is None where nothing is chosen."""

    constant: float
    guess: float | None
    copied: float

    def __str__(self) -> str:
        guess = "  -" if self.guess is None else f"{self.guess:4.0%}"
        return (
            f"best constant {self.constant:4.0%}  guessing {guess}  a neighbour's answer {self.copied:4.0%}"
        )


def measure(exercise: Exercise, tasks: list[Task], answers: list[Any]) -> Measures:
    """``answers`` are the right ones, a world each; a function is the same for everybody and not measured."""
    worlds = len(tasks)

    def earned(pairs: list[tuple[Task, Any]]) -> float:
        return sum(_points(exercise, task, answer) for task, answer in pairs) / (worlds * exercise.points)

    copied = earned(list(zip(tasks, answers[1:] + answers[:1], strict=True)))
    choices = [_choice(part.judge) for part in tasks[0].parts]
    if None in choices:
        candidates = [eval(text) for text, _ in Counter(map(repr, answers)).most_common(8)]
        return Measures(max(earned([(task, one) for task in tasks]) for one in candidates), None, copied)
    best = {}
    for name in answers[0]:
        best[name] = Counter(answer[name] for answer in answers).most_common(1)[0][1] / worlds
    points = {part.name: part.points for part in tasks[0].parts}
    chosen = [choice for choice in choices if choice is not None]
    return Measures(
        sum(points[name] * share for name, share in best.items()) / exercise.points,
        sum(points[one.name] / len(one.options) for one in chosen) / exercise.points,
        copied,
    )


def _choice(judge: Any) -> Choice | None:
    owner = getattr(judge, "__self__", None)
    return owner if isinstance(owner, Choice) else None


def _points(exercise: Exercise, task: Task, answer: Any) -> int:
    try:
        return judge_task(exercise, task, read_answer(task, answer)).points
    except AnswerError:
        return 0
