"""The learner's side: see a task, answer it, be told at once.

learner("jdoe")                 whose world it is
task("04.3")                    the question, in that world
check("04.3", answer_04_3)      what is right, what is not, and why; its value is the points
hint("04.3")                    the next hint
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.teach.answers import AnswerError, Plain, Unanswered, plain
from tokenlab.teach.exercise import Exercise, Kind, Task
from tokenlab.teach.exercises import find
from tokenlab.teach.judgement import Judgement, PartResult
from tokenlab.teach.variant import Variant

_variant = Variant()
_hints: dict[tuple[str, str], int] = {}
_first: dict[tuple[str, str], Judgement] = {}


def learner(name: str) -> None:
    """Say whose exercises these are, by the name that the teacher knows. Raises ValueError."""
    global _variant
    _variant = Variant(name)


class Assignment:
    """A task as a learner sees it. What is given is an attribute: ``task("04.1").descriptor``."""

    def __init__(self, exercise: Exercise, task: Task) -> None:
        self._exercise, self._task = exercise, task

    def __getattr__(self, name: str) -> Any:
        try:
            return self._task.given[name]
        except KeyError:
            given = ", ".join(self._task.given) or "nothing"
            raise AttributeError(f"{self._exercise.number} gives you {given}, not {name!r}") from None

    def __str__(self) -> str:
        return f"{self._task.question}\n\n{self._form()}"

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return str(self)

    def _form(self) -> str:
        name = self._exercise.answer_name
        if self._task.questions:
            return f"Your answer is the function: `{name} = your_function`."
        return f"Your answer looks like this: `{name} = {self._task.example!r}`."


def task(number: str) -> Assignment:
    """The exercise in this learner's world. Raises KeyError for a number that is none."""
    exercise = find(number)
    return Assignment(exercise, made(exercise, _variant))


def made(exercise: Exercise, variant: Variant) -> Task:
    """The exercise's task. Raises ValueError if its parts are not worth what the exercise says."""
    task = exercise.make(variant.stream(exercise.number))
    if task.points != exercise.points:
        raise ValueError(f"the parts of {exercise.number} are worth {task.points}, not {exercise.points}")
    return task


def check(number: str, answer: object) -> int:
    """Judge an answer, show what is to be said of it, and give its points.

    Raises `AnswerError` if it cannot be judged, `Unanswered` if there is none.
    """
    exercise = find(number)
    given = made(exercise, _variant)
    try:
        judged = judge_task(exercise, given, taken(given, answer))
    except Unanswered as empty:
        raise Unanswered(f"{number} has no answer yet: {empty}. {_where(exercise, given)}") from None
    except AnswerError as wrong:
        raise AnswerError(f"{number}: {wrong}. {_where(exercise, given)}") from None
    _show(_with_first(exercise, judged))
    return judged.points


def judge(number: str, answer: Plain, name: str) -> Judgement:
    """Judge plain data, or the results of `ask`, for the named learner: what practice and grading share.

    Raises `AnswerError`, `Unanswered`, KeyError.
    """
    exercise = find(number)
    return judge_task(exercise, made(exercise, Variant(name)), answer)


def judge_task(exercise: Exercise, task: Task, answer: Plain) -> Judgement:
    try:
        read = task.read(answer)
    except AnswerError:
        raise
    except ValueError as wrong:
        raise AnswerError(str(wrong).rstrip(".")) from None
    return Judgement(
        exercise.number,
        exercise.title,
        tuple(PartResult(part.name, part.points, part.judge(read)) for part in task.parts),
    )


def taken(task: Task, answer: object) -> Plain:
    """What is judged of an answer: plain data, or the results of `ask` where it is a function."""
    return ask(answer, task.questions) if task.questions else plain(answer)


def ask(function: object, questions: tuple[tuple[Plain, ...], ...]) -> Plain:
    """The results of calling a function with each question: ``{"returned": ...}`` or ``{"raised": ...}``.

    Raises `Unanswered` for None, `AnswerError` for what cannot be called.
    """
    if function is None:
        raise Unanswered("there is no function yet")
    if not callable(function):
        raise AnswerError(f"expected a function, got {type(function).__name__}: def answer(...): ...")
    return [_call(function, arguments) for arguments in questions]


def _call(function: Callable[..., object], arguments: tuple[Plain, ...]) -> Plain:
    try:
        copies = [plain(argument) for argument in arguments]  # a function that changes them changes its own
        return {"returned": plain(function(*copies))}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"[:200]}


def hint(number: str) -> None:
    """Show the next hint; after the last, it starts again."""
    exercise = find(number)
    hints = made(exercise, _variant).hints
    shown = _hints.get((_variant.name, number), 0)
    _hints[_variant.name, number] = (shown + 1) % len(hints)
    print(f"Hint {shown + 1} of {len(hints)}: {hints[shown]}")


def _where(exercise: Exercise, task: Task) -> str:
    if task.questions:
        return f"Write the function, and put it into {exercise.answer_name}"
    return f"Put it into {exercise.answer_name}, for example {task.example!r}"


def _with_first(exercise: Exercise, judged: Judgement) -> Judgement:
    """A prediction is made once: what was answered first stays on the record."""
    if exercise.kind is not Kind.PREDICT:
        return judged
    first = _first.setdefault((_variant.name, exercise.number), judged)
    if first.points == judged.points:
        return judged
    note = f"Your first prediction was worth {first.points} of {first.of}."
    return Judgement(judged.number, judged.title, judged.parts, (note,))


def _show(judgement: Judgement) -> None:
    try:
        from IPython.core.getipython import get_ipython
        from IPython.display import display
    except ImportError:
        print(judgement)
        return
    if get_ipython() is None:
        print(judgement)
    else:
        display(judgement)  # type: ignore[no-untyped-call]
