"""The learner's side: see a task, answer it, be told at once.

learner("jdoe")                 whose world it is
task("04.3")                    the question, in that world
check("04.3", answer_04_3)      what is right; after more tries also why; its value is the points
hint("04.3")                    the next hint
another("04.3")                 the same exercise in another world, to practise
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tokenlab.teach.answers import AnswerError, Plain, Unanswered, plain
from tokenlab.teach.attempts import keep_attempt
from tokenlab.teach.exercise import Exercise, ExerciseKind, Task
from tokenlab.teach.exercises import find
from tokenlab.teach.judgement import TRUTH, Judgement, PartResult
from tokenlab.teach.progress_file import recall, record
from tokenlab.teach.variant import Variant

MOST_BELIEFS = 2
"""Where nothing is right, more beliefs than these are the sign of a stub or a guess: none is told."""

NOBODY = "anyone"  # what stands in a notebook until a learner writes a name
_variant = Variant(NOBODY)
_said = ""  # what stands in the notebook


def learner(name: str) -> None:
    """Say whose exercises these are, by the name that the teacher knows. Raises ValueError.

    On a JupyterHub who forgets it has the name of the login; in the grader, that of the folder.
    """
    global _variant, _said
    _said = name
    _variant = Variant(os.environ.get("JUPYTERHUB_USER") or name if name == NOBODY else name)


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

    def _ipython_display_(self) -> None:
        """With a form to answer in, where somebody sits before the notebook and the task has one."""
        if not self._show_form():
            raise NotImplementedError  # IPython then shows it as anything else

    def _show_form(self) -> bool:
        try:
            from IPython.core.getipython import get_ipython
            from IPython.display import Markdown, display

            from tokenlab.teach.answer_cell import offer
            from tokenlab.teach.answer_form import form_for, is_live
        except ImportError:
            return False
        shell = get_ipython()
        form = form_for(self._exercise, self._task, _variant.name) if shell and is_live() else None
        if form is None:
            return False
        offer(form.chosen, shell)
        display(Markdown(self._task.intro), form)  # type: ignore[no-untyped-call]
        return True

    def _form(self) -> str:
        name = self._exercise.answer_name
        if self._task.questions:
            return f"Your answer is the function: `{name} = your_function`."
        return f"Your answer looks like this: `{name} = {self._task.example!r}`."


def task(number: str) -> Assignment:
    """The exercise in this learner's world. Raises KeyError for a number that is none."""
    exercise = find(number)
    return Assignment(exercise, make_task(exercise, _variant))


def make_task(exercise: Exercise, variant: Variant) -> Task:
    """The exercise's task. Raises ValueError if its parts are not worth what the exercise says."""
    task = exercise.make(variant.stream(exercise.number))
    if task.points != exercise.points:
        raise ValueError(f"the parts of {exercise.number} are worth {task.points}, not {exercise.points}")
    return task


def check(number: str, answer: object, *, show: bool = False) -> int:
    """Judge an answer, show what is to be said of it, and give its points.

    A first wrong answer is told which parts are right; a second also the beliefs behind the others; a third,
    or one with ``show=True``, what Windows does. What cannot be judged is told in a sentence, and earns 0.
    Raises KeyError for a number that is none.
    """
    exercise = find(number)
    return _check(exercise, make_task(exercise, _variant), answer, f"{_variant.name} {number}", show)


def _check(exercise: Exercise, given: Task, answer: object, key: str, show: bool) -> int:
    number = exercise.number
    try:
        judged = judge_task(exercise, given, read_answer(given, answer))
    except Unanswered as empty:
        print(f"{number} has no answer yet: {empty}. {_where(exercise, given)}.")
        return 0
    except AnswerError as wrong:
        print(f"{number}: {wrong}. {_where(exercise, given)}.")
        return 0
    done = _remember(key, exercise, judged, show)
    if key == f"{_variant.name} {number}":  # not in another world, to practise
        keep_attempt(_variant.name, judged)
    _show(_staged(exercise, judged, done, show))
    return judged.points


def _remember(key: str, exercise: Exercise, judged: Judgement, show: bool) -> dict[str, Any]:
    """What is kept of an exercise: its attempts, the first and the best one, and whether it was shown."""
    before = recall("exercises").get(key, {})
    done = {
        "exercise": exercise.number,
        "attempts": before.get("attempts", 0) + 1,
        "first": before.get("first", judged.points),
        "best": max(before.get("best", 0), judged.points),
        "of": judged.of,
    }
    shown = not judged.right and (show or done["attempts"] >= TRUTH)
    done["shown"] = before.get("shown", False) or shown
    record("exercises", key, done)
    return done


def _staged(exercise: Exercise, judged: Judgement, done: dict[str, Any], show: bool) -> Judgement:
    stage = TRUTH if show else min(done["attempts"], TRUTH)
    number, notes = exercise.number, []
    if exercise.kind is ExerciseKind.PREDICT and done["first"] != judged.points:
        notes.append(f"Your first prediction was worth {done['first']} of {judged.of}.")
    if judged.right:
        notes.append(f'All right. Another one like it: another("{number}").')
    elif stage < TRUTH:
        notes.append(
            f'Look again at what is marked ✗. hint("{number}") helps on; '
            f'check("{number}", {exercise.answer_name}, show=True) shows what Windows does.'
        )
    return replace(judged, notes=tuple(notes), stage=stage)


def judge(number: str, answer: Plain, name: str) -> Judgement:
    """Judge plain data, or the results of `ask`, for the named learner: what practice and grading share.

    Raises `AnswerError`, `Unanswered`, KeyError.
    """
    exercise = find(number)
    return judge_task(exercise, make_task(exercise, Variant(name)), answer)


def judge_task(exercise: Exercise, task: Task, answer: Plain) -> Judgement:
    """What an answer to this learner's task earns, part by part. Raises `AnswerError`."""
    try:
        read = task.read(answer)
    except AnswerError:
        raise
    except ValueError as wrong:
        raise AnswerError(str(wrong).rstrip(".")) from None
    parts = tuple(PartResult(part.name, part.points, part.judge(read)) for part in task.parts)
    judged = Judgement(exercise.number, exercise.title, parts)
    if not judged.points and len(judged.misconceptions) > MOST_BELIEFS:
        parts = tuple(replace(one, finding=replace(one.finding, misconception=None)) for one in parts)
    return replace(judged, parts=parts)


def read_answer(task: Task, answer: object) -> Plain:
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
    hints, key = make_task(exercise, _variant).hints, f"{_variant.name} {number}"
    shown = recall("hints").get(key, 0) % len(hints)
    record("hints", key, shown + 1)
    print(f"Hint {shown + 1} of {len(hints)}: {hints[shown]}")


class Practice(Assignment):
    """The same exercise in another world: show it, then ``check(answer)``. It changes no points."""

    def __init__(self, exercise: Exercise, task: Task, deal: int) -> None:
        super().__init__(exercise, task)
        self._deal = deal

    def check(self, answer: object, *, show: bool = False) -> int:
        """As `check` does for the learner's own world."""
        key = f"{_variant.name} {self._exercise.number} practice {self._deal}"
        return _check(self._exercise, self._task, answer, key, show)

    def _show_form(self) -> bool:
        return False

    def _form(self) -> str:
        return f"{super()._form()} This is practice {self._deal}: give your answer to its `check(...)`."


def another(number: str) -> Practice:
    """Deal the exercise in a new world: ``more = another("04.3")``, then ``more.check(answer)``."""
    exercise = find(number)
    deal = recall("practice").get(number, 0) + 1
    record("practice", number, deal)
    return Practice(exercise, make_task(exercise, Variant(f"{_variant.name}-practice-{deal}"[-60:])), deal)


def _where(exercise: Exercise, task: Task) -> str:
    if task.questions:
        return f"Write the function, and put it into {exercise.answer_name}"
    return f"Put it into {exercise.answer_name}, for example {task.example!r}"


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
