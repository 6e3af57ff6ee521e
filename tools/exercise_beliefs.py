"""What wrong answers are told, for each belief that an exercise names.

Nobody writes these answers down, they follow from the data. Who holds a belief gives the option that it
leads to wherever there is one, and is right elsewhere: exactly these parts are lost, and this belief is
named. In an order each line is moved to each place, of a function each result is spoiled, so that each part
is lost once.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tokenlab.teach.answers import Plain
from tokenlab.teach.check import judge_task
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercises import lesson_file


def believers(task: Task, right: Mapping[str, Plain]) -> Iterator[tuple[str, dict[str, Plain], set[str]]]:
    """Each belief behind an option of the choices, the answer of who holds it, and the parts it costs."""
    leads: dict[str, dict[str, list[Plain]]] = {}
    for choice in task.choices:
        for option, meant in choice.wrong.items():
            belief = meant[0] if isinstance(meant, tuple) else meant
            if belief is not None and option != choice.right:
                leads.setdefault(belief.key, {}).setdefault(choice.name, []).append(option)
    for key, options in leads.items():
        for turn in range(max(map(len, options.values()))):
            yield (
                key,
                {**right, **{name: one[turn % len(one)] for name, one in options.items()}},
                set(options),
            )


def shown(exercise: Exercise, task: Task, right: Any) -> set[str]:
    """The beliefs that wrong answers show in this world; ``right`` is the right answer, as it is judged.

    Raises ValueError if one is told something else, or costs another part, than follows from the data.
    """
    found: set[str] = set()
    if task.choices:
        for belief, answer, costs in believers(task, right):
            lost, beliefs = _judged(exercise, task, answer)
            if (lost, beliefs) != (costs, {belief}):
                raise ValueError(f"who believes {belief!r} loses {lost} and is told {beliefs}: {answer}")
            found.add(belief)
        return found
    ever_lost: set[str] = set()
    spoiled = _spoiled(right) if task.questions else _moved(right) if "lines" in task.given else ()
    for other in spoiled:
        lost, beliefs = _judged(exercise, task, other)
        if task.questions and len(lost) != 1:
            raise ValueError(f"one wrong result costs {lost or 'nothing'}: {other!r:.200}")
        ever_lost, found = ever_lost | lost, found | beliefs
    never = {part.name for part in task.parts} - ever_lost
    if never and ever_lost:
        raise ValueError(f"no mistake costs {never}")
    return found


def _judged(exercise: Exercise, task: Task, answer: Any) -> tuple[set[str], set[str]]:
    result = judge_task(exercise, task, answer)
    return {one.name for one in result.parts if not one.finding.right}, set(result.misconceptions)


def _moved(right: str) -> Iterator[str]:
    for place, letter in enumerate(right):
        rest = right[:place] + right[place + 1 :]
        yield from (rest[:to] + letter + rest[to:] for to in range(len(right)) if to != place)


def _spoiled(results: list[dict[str, Plain]]) -> Iterator[list[dict[str, Plain]]]:
    """Each result once as another of its type."""
    for place, result in enumerate(results):
        value = result["returned"]
        other: Plain
        if value is None or isinstance(value, bool):
            other = not value
        elif isinstance(value, dict):
            other = {**value, "?": None}
        else:
            other = value + {int: 1, str: "?", list: ["?"]}[type(value)]  # type: ignore[operator]
        yield [*results[:place], {"returned": other}, *results[place + 1 :]]


def named(exercise: Exercise) -> set[str]:
    """The beliefs that its file names where something is wrong."""

    def within(told: Any) -> Iterator[str]:
        if isinstance(told, str):
            yield told
        elif "belief" in told:
            yield told["belief"]
        elif "says" not in told:
            for one in told.values():
                yield from within(one)

    said = lesson_file(exercise.lesson).exercises[exercise.number]
    forms = (said.get(form, ()) for form in ("ask", "order", "groups"))
    parts = [one for form in forms for one in (form.values() if isinstance(form, dict) else form)]
    return {belief for part in parts if "wrong" in part for belief in within(part["wrong"])}
