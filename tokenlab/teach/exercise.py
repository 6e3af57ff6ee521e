"""What an exercise is made of: a task for one learner, whose answer is judged part by part.

An exercise makes its task from a `Stream`: the same name always gets the same task. Four helpers make the
usual tasks: `choose`, `arrange`, `build` and `implement`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tokenlab.teach.answers import AnswerError, Plain, Unanswered
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream


class ExerciseKind(StrEnum):
    """What the learner does."""

    PREDICT = "predict"
    ORDER = "order"
    BUILD = "build"
    DIAGNOSE = "diagnose"
    FIX = "fix"
    IMPLEMENT = "implement"
    READ = "read"


@dataclass(frozen=True)
class ExercisePart:
    """What is judged by itself: ``judge`` gets the whole answer, read and found in shape."""

    name: str
    points: int
    judge: Callable[[Any], PartFinding]


@dataclass(frozen=True)
class Task:
    """An exercise in one learner's world.

    ``question`` is Markdown; ``blank`` the answer as the learner finds it, ``example`` one of the right shape
    (and seldom right); ``read`` turns plain data into what the parts judge, or raises `AnswerError` and
    ValueError. ``given`` are values the learner can work with, by name. ``difficulty`` holds numbers that are
    the same in everybody's world. ``questions`` are what the answer is called with, if it is a function.
    ``intro`` is the question without the parts or lines that a form shows; ``choices`` are those parts.
    ``menus`` are names to choose for the answer, in order: what each is, and what there is to choose from.
    """

    question: str
    blank: Plain
    example: Plain
    read: Callable[[Plain], Any]
    parts: tuple[ExercisePart, ...]
    hints: tuple[str, ...]
    difficulty: Mapping[str, int]
    given: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[tuple[Plain, ...], ...] = ()
    intro: str = ""
    choices: tuple[Choice, ...] = ()
    menus: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """The points of all its parts."""
        return sum(part.points for part in self.parts)


@dataclass(frozen=True)
class Exercise:
    """A number such as ``04.3`` and what makes its task.

    ``aims`` are the lesson's *after this you can* that it tests (1 to 3); ``rows`` and ``cases`` are slugs of
    the coverage table and the public threads it stands for. ``solution`` is the code that answers it,
    ``half_right`` are answers with what they earn (`exercise_file.HalfRight`). ``exam``: may it be asked
    where marks count? Not if a call of the model on what is given has the answer.
    """

    number: str
    title: str
    kind: ExerciseKind
    minutes: int
    points: int
    aims: tuple[int, ...]
    rows: tuple[str, ...]
    cases: tuple[str, ...]
    make: Callable[[Stream], Task] = field(repr=False)
    solution: str = field(default="", repr=False)
    half_right: tuple[Any, ...] = field(default=(), repr=False)
    exam: bool = False

    @property
    def lesson(self) -> str:
        """The two digits of its lesson."""
        return self.number.partition(".")[0]

    @property
    def answer_name(self) -> str:
        """The variable that holds the answer: ``answer_04_3``."""
        return f"answer_{self.number.replace('.', '_')}"


REGISTRY: dict[str, Exercise] = {}


# Tasks of the usual kinds ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One thing to decide. ``says`` is what Windows does and why, told to everybody.

    ``wrong`` maps wrong options to the belief behind them, or to that (or None) and a text to tell instead of
    ``says``; ``flip`` is the smallest change that would have made a wrong answer right, or a function that
    finds it.
    """

    name: str
    prompt: str
    options: tuple[str, ...]
    right: str
    says: str
    wrong: Mapping[str, Misconception | tuple[Misconception | None, str]] = field(default_factory=dict)
    flip: str | Callable[[], str] = ""
    points: int = 1

    def judge(self, answer: Mapping[str, Plain]) -> PartFinding:
        """Right, or wrong with what is so and the belief behind the wrong option."""
        given = answer[self.name]
        if given == self.right:
            return PartFinding(True, self.says)
        if given is None:
            return PartFinding(False, "no answer yet", at_once=True)
        if given not in self.options:
            return PartFinding(False, _no_option(given, self.options), at_once=True)
        told = self.wrong.get(str(given))
        belief, says = told if isinstance(told, tuple) else (told, self.says)
        return PartFinding(False, says, belief, self.flip() if callable(self.flip) else self.flip)


def _option(value: Plain, options: tuple[str, ...]) -> Plain:
    """The option that is meant, whatever its capitals and blanks; else what was given."""
    if type(value) is not str or value in options:
        return value
    meant = [one for one in options if one.split() == value.split()]
    meant = meant or [one for one in options if one.casefold().split() == value.casefold().split()]
    return meant[0] if len(meant) == 1 else value


def _no_option(value: Plain, options: tuple[str, ...]) -> str:
    return f"{value!r:.80} is none of {', '.join(map(repr, options))}"


def choose(
    question: str,
    choices: list[Choice],
    *,
    hints: tuple[str, ...],
    difficulty: Mapping[str, int],
    given: Mapping[str, Any] | None = None,
) -> Task:
    """Decide several things: the answer is a dict with one option for each; one that is missing or misspelt
    costs its own part only. Raises ValueError if what is right is no option."""
    by_name = {choice.name: choice for choice in choices}
    for choice in choices:
        if choice.right not in choice.options or not choice.wrong.keys() <= set(choice.options):
            raise ValueError(f"{choice.name}: {choice.right!r} or what is said of others is no option")

    example: dict[str, Plain] = {choice.name: choice.options[0] for choice in choices}

    def read(answer: Plain) -> dict[str, Plain]:
        if type(answer) is not dict or not answer or not answer.keys() <= by_name.keys():
            raise AnswerError(f"expected a dict with the keys {', '.join(map(repr, by_name))}: {example}")
        found = {name: _option(answer.get(name), one.options) for name, one in by_name.items()}
        if all(value is None for value in found.values()):
            raise Unanswered("every part is still None")
        if not any(found[name] in one.options for name, one in by_name.items()):
            name, value = next((name, value) for name, value in found.items() if value is not None)
            raise AnswerError(f"{name}: {_no_option(value, by_name[name].options)}")
        return found

    return Task(
        question="\n".join([question, "", *_listed(choices)]),
        blank=dict.fromkeys(by_name),
        example=example,
        read=read,
        parts=tuple(ExercisePart(choice.name, choice.points, choice.judge) for choice in choices),
        hints=hints,
        intro=question,
        choices=tuple(choices),
        difficulty={"parts": len(choices), "options": sum(len(c.options) for c in choices), **difficulty},
        given=given or {},
    )


def _listed(choices: list[Choice]) -> list[str]:
    """The parts in Markdown; options that all of them have are told once."""
    told = [", ".join(f"`{option}`" for option in one.options) for one in choices]
    if len(choices) > 1 and len(set(told)) == 1:
        return [*(f"* `{one.name}`: {one.prompt}" for one in choices), "", f"Each is one of: {told[0]}."]
    return [f"* `{one.name}`: {one.prompt}: {options}" for one, options in zip(choices, told, strict=True)]


@dataclass(frozen=True)
class OrderRule:
    """``first`` comes before ``second``, and that before each of ``later`` (indexes into the lines of
    `arrange`), and why. Of two lines in any order half are right; of three a sixth."""

    first: int
    second: int
    says: str
    misconception: Misconception | None = None
    points: int = 1
    later: tuple[int, ...] = ()


def arrange(
    question: str,
    lines: list[str],
    rules: list[OrderRule],
    stream: Stream,
    *,
    hints: tuple[str, ...],
    difficulty: Mapping[str, int],
    given: Mapping[str, Any] | None = None,
) -> Task:
    """Put lines in order: the answer is their letters, as text or list. ``lines`` come in a right order;
    every order that keeps all rules is right too."""
    shown = stream.shuffled(range(len(lines)))
    while shown == sorted(shown):
        shown = stream.shuffled(shown)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: len(lines)]
    letter_of = {line: letters[place] for place, line in enumerate(shown)}

    def read(answer: Plain) -> list[str]:
        if not answer:
            raise Unanswered(f"there is no order yet: expected {len(lines)} letters, for example {letters!r}")
        found = list(answer) if type(answer) in (str, list) else []  # type: ignore[arg-type]
        if len(found) != len(letters) or {str(one).upper() for one in found} != set(letters):
            raise AnswerError(f"expected each of the letters {letters} once, for example {letters!r}")
        return [str(one).upper() for one in found]

    def judge(rule: OrderRule) -> Callable[[list[str]], PartFinding]:
        wanted = [letter_of[line] for line in (rule.first, rule.second, *rule.later)]
        return lambda order: PartFinding(
            sorted(wanted, key=order.index) == wanted,
            rule.says,
            rule.misconception,
            ", then ".join(wanted),
        )

    listed = [f"* **{letters[place]}** {lines[line]}" for place, line in enumerate(shown)]
    return Task(
        question="\n".join([question, "", *listed]),
        blank="",
        example=letters,
        read=read,
        parts=tuple(
            ExercisePart(f"order {number}", rule.points, judge(rule)) for number, rule in enumerate(rules, 1)
        ),
        hints=hints,
        intro=question,
        difficulty={"lines": len(lines), "rules": len(rules), **difficulty},
        given={"lines": {letters[place]: lines[line] for place, line in enumerate(shown)}, **(given or {})},
    )


@dataclass(frozen=True)
class Requirement:
    """Something a built answer must do, judged by its effect."""

    name: str
    judge: Callable[[Any], PartFinding]
    points: int = 1


def build(
    question: str,
    requirements: list[Requirement],
    *,
    read: Callable[[Any], Any],
    example: Plain,
    hints: tuple[str, ...],
    difficulty: Mapping[str, int],
    blank: Plain = None,
    given: Mapping[str, Any] | None = None,
    menus: Mapping[str, tuple[str, ...]] | None = None,
) -> Task:
    """Build something that meets requirements. ``read`` makes it of the answer; what it raises as ValueError
    (`AnswerError` too) is told to the learner."""

    def reads(answer: Plain) -> Any:
        if answer is None or answer == "" or answer == blank:
            raise Unanswered(f"nothing is built yet: expected something like {example!r}")
        return read(answer)

    listed = [f"* {one.name}" for one in requirements]
    told = "\n".join([question, "", *listed])
    return Task(
        question=told,
        intro=told if menus else "",
        menus=menus or {},
        blank=blank,
        example=example,
        read=reads,
        parts=tuple(ExercisePart(one.name, one.points, one.judge) for one in requirements),
        hints=hints,
        difficulty={"requirements": len(requirements), **difficulty},
        given=given or {},
    )


@dataclass(frozen=True)
class FunctionCall:
    """One call of the learner's function: what goes in, what must come out, and what it tests."""

    arguments: tuple[Plain, ...]
    expected: Plain
    group: str


def implement(
    question: str,
    cases: list[FunctionCall],
    groups: Mapping[str, tuple[int, str, Misconception | None]],
    *,
    hints: tuple[str, ...],
    difficulty: Mapping[str, int],
    given: Mapping[str, Any] | None = None,
) -> Task:
    """Write a function. ``groups`` maps the name of a group of cases to its points, what is said of it, and
    the belief behind getting it wrong; a group earns its points when all its cases come out right."""

    def read(results: Plain) -> list[dict[str, Plain]]:
        if results is None:
            raise Unanswered("there is no function yet")
        if type(results) is not list or len(results) != len(cases):
            raise AnswerError(f"expected a function, to be called {len(cases)} times: def answer(...): ...")
        raised = {one.get("raised") for one in results if type(one) is dict}
        if len(raised) == 1 and None not in raised:
            raise AnswerError(f"your function ends with {raised.pop()} each time that it is called")
        return results  # type: ignore[return-value]

    def judge(name: str) -> Callable[[list[dict[str, Plain]]], PartFinding]:
        _, says, misconception = groups[name]

        def of(results: list[dict[str, Plain]]) -> PartFinding:
            for case, result in zip(cases, results, strict=True):
                if case.group == name and not _came_out(result, case.expected):
                    came = result.get("raised") or repr(result.get("returned"))
                    arguments = ", ".join(map(repr, case.arguments))
                    told = (
                        f"{says} For ({arguments:.300}) yours gave {came:.200}; expected {case.expected!r}."
                    )
                    of_a_kind = type(result.get("returned")) is type(case.expected)  # else it is no belief
                    return PartFinding(False, told, misconception if of_a_kind else None)
            return PartFinding(True, says)

        return of

    return Task(
        question=question,
        blank=None,
        example=None,
        read=read,
        parts=tuple(ExercisePart(name, group[0], judge(name)) for name, group in groups.items()),
        hints=hints,
        difficulty={"cases": len(cases), "groups": len(groups), **difficulty},
        given=given or {},
        questions=tuple(case.arguments for case in cases),
    )


def _came_out(result: object, expected: Plain) -> bool:
    """Exactly so: True is not 1 here."""
    if type(result) is not dict or "returned" not in result:
        return False
    returned = result["returned"]
    return type(returned) is type(expected) and returned == expected
