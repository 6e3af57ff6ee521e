"""Exercises as data: what is asked stands in ``lesson_NN.toml``, the worlds in ``lesson_NN.py`` beside it.

A *world* is a function from a `Stream` to names. Every text of the file may use these names in braces,
``{user}``; a key that ends in ``_from`` takes a value of the world instead of a text. How the file looks, key
by key: ``docs/instructor_guide.md``, *Write an exercise*.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tokenlab.security import AccessDecision
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import flip_of, outcome, why
from tokenlab.teach.exercise import (
    Choice,
    Exercise,
    ExerciseKind,
    OrderRule,
    Requirement,
    Task,
    arrange,
    build,
    choose,
    implement,
)
from tokenlab.teach.misconceptions import Misconception, believe
from tokenlab.teach.variant import Stream

World = Callable[[Stream], Mapping[str, Any]]
Names = dict[str, Any]
FORMS = ("ask", "order", "require", "groups")
KEYS = frozenset(FORMS) | {
    *("title", "about", "world", "given", "difficulty", "question", "question_from", "hints", "solution"),
    *("half_right", "options", "options_from", "says", "wrong", "shown_from", "numbered", "count", "texts"),
    *("lines", "blank", "blank_from", "example", "example_from", "menus", "read"),
}
SHARED = ("options", "says", "wrong")  # by all parts that have none of their own
KINDS = {"order": "order", "require": "build", "groups": "implement"}  # unless said
PART_KEYS = {
    "ask": {"prompt", "prompt_from", "points", "options", "options_from", "right", "right_from", "says"}
    | {"says_from", "wrong", "wrong_from", "flip", "flip_from", "decision", "each", "count"},
    "order": {"first", "then", "says", "says_from", "wrong", "points"},
    "require": {"name", "name_from", "judge", "points"},
    "groups": {"points", "says", "says_from", "wrong"},
    "half_right": {"answer", "code", "instead", "points", "beliefs"},
}
ABOUT = {"kind", "minutes", "aims", "rows", "cases", "exam"}


class ExerciseError(ValueError):
    """An author's error: which file, which exercise, which key, and what is wrong with it."""


@dataclass(frozen=True)
class HalfRight:
    """An answer that is right in part: what it earns, and the beliefs it shows, for the learner ``anyone``.

    ``answer`` is plain data, or code that leaves one in ``answer`` if ``is_code``, or under its own name: the
    solution with something ``instead``.
    """

    answer: Plain
    points: int
    beliefs: tuple[str, ...] | None
    is_code: bool = False


@dataclass(frozen=True)
class LessonFile:
    """What one file says. ``head`` is its table ``[lesson]``: title, aims, setup, and what else is told."""

    path: Path
    head: Mapping[str, Any]
    exercises: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path) -> LessonFile:
        """Raises ExerciseError for what is not TOML or has no exercises."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ExerciseError(f"{path.name}: {error}") from None
        if set(table) != {"lesson", "exercise"}:
            raise ExerciseError(f'{path.name}: expected [lesson] and [exercise."NN.1"], found {set(table)}')
        return cls(path, table["lesson"], table["exercise"])

    def make(self, worlds: Mapping[str, Any]) -> Iterator[Exercise]:
        """The exercises, with the worlds of this module. Raises ExerciseError."""
        for number, said in self.exercises.items():
            where = f"{self.path.name}, {number}"
            _check_keys(where, said)
            if len(form := [form for form in FORMS if form in said]) != 1:
                raise ExerciseError(f"{where}: expected one of {', '.join(FORMS)}")
            if said.get("world") not in worlds:
                raise ExerciseError(f"{where}, world: lesson_{number[:2]}.py has no {said.get('world')!r}")
            try:
                about = {"kind": KINDS.get(form[0]), **said["about"]}
                _check_about(f"{where}, about", about, len(self.head.get("aims", ())))
                yield Exercise(
                    number, said["title"], ExerciseKind(about["kind"]), about["minutes"], _points(said),
                    tuple(about["aims"]), tuple(about.get("rows", ())), tuple(about.get("cases", ())),
                    partial(make_task, said, worlds[said["world"]], where),
                    said.get("solution", ""), tuple(_half_right(said)), about.get("exam", True),
                )  # fmt: skip
            except KeyError as missing:
                raise ExerciseError(f"{where}: {missing} is missing") from None
            except ValueError as wrong:
                raise ExerciseError(f"{where}: {wrong}") from None


def make_task(said: Mapping[str, Any], world: World, where: str, stream: Stream) -> Task:
    """The task in the world that the stream makes. Raises ExerciseError with the place of an error."""
    names = dict(world(stream))
    form = next(form for form in FORMS if form in said)
    make = {"ask": _asked, "order": _ordered, "require": _built, "groups": _implemented}[form]
    try:
        _say(said.get("texts", {}), names)
        return make(said, names, stream)
    except KeyError as missing:
        raise ExerciseError(
            f"{where}: {missing} is missing; the world has {', '.join(map(str, names))}"
        ) from missing
    except ValueError as wrong:
        raise ExerciseError(f"{where}: {wrong}") from wrong


def _say(texts: Mapping[str, Mapping[str, str]], names: Names) -> None:
    """Put a text in the place of the key that the world has under this name."""
    for name, table in texts.items():
        if (key := names[name]) not in table:
            raise ExerciseError(f"texts.{name}: it has no text for {key!r}")
        names[name] = _text(table, key, names)


def _check_about(where: str, about: Mapping[str, Any], aims: int) -> None:
    if type(about["minutes"]) is not int or about["minutes"] < 1:
        raise ExerciseError(f"{where}: minutes: expected a whole number, for example 5")
    if not about["aims"] or not set(about["aims"]) <= set(range(1, aims + 1)):
        raise ExerciseError(f"{where}: aims: expected numbers of the lesson's aims, 1 to {aims}")


def _check_keys(where: str, said: Mapping[str, Any]) -> None:
    tables: list[tuple[str, Mapping[str, Any], Set[str]]] = [("", said, KEYS)]
    tables += [(", about", said.get("about", {}), ABOUT)]
    for form, allowed in PART_KEYS.items():
        parts = said.get(form, {})
        named = parts.items() if isinstance(parts, dict) else enumerate(parts, 1)
        tables += [(f", {form}.{name}", part, allowed) for name, part in named]
    for place, table, keys in tables:
        if unknown := set(table) - keys:
            inside = " (it stands in `about = { ... }`)" if unknown <= ABOUT else ""
            raise ExerciseError(f"{where}{place}: no such key: {', '.join(sorted(unknown))}{inside}")


# The four forms -----------------------------------------------------------------------------------------


def _asked(said: Mapping[str, Any], names: Names, stream: Stream) -> Task:
    shared = {key: said[key] for key in (*SHARED, "options_from") if key in said}
    choices = [
        _choice(key, part, shared, names | more)
        for name, part in _shown(said, names)
        for key, more in _each(name, part, names)
    ]
    return choose(_text(said, "question", names), _without_places(choices, stream), **_common(said, names))


def _without_places(choices: list[Choice], stream: Stream) -> list[Choice]:
    """The same choices, with options that are sentences in an order of this learner's, so that no place in
    the list is the right one for everybody; numbered ones (``refused by ACE 2``) keep theirs. The same
    options have the same order in every part."""
    orders: dict[tuple[str, ...], tuple[str, ...]] = {}
    for choice in choices:
        sentences = all(len(one.split()) >= 3 and not one[-1].isdigit() for one in choice.options)
        if sentences and choice.options not in orders:
            orders[choice.options] = tuple(stream.shuffled(choice.options))
    return [replace(choice, options=orders.get(choice.options, choice.options)) for choice in choices]


def _shown(said: Mapping[str, Any], names: Names) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The parts that this learner gets: all of them, or those that the world picked, in its order."""
    parts: Mapping[str, Mapping[str, Any]] = said["ask"]
    shown = names[said["shown_from"]] if "shown_from" in said else tuple(parts)
    if len(shown) != said.get("count", len(parts)):
        raise ExerciseError(f"count: the world shows {len(shown)} of {len(parts)} parts: {shown}")
    for number, name in enumerate(shown, 1):
        yield f"{said['numbered']}_{number}" if "numbered" in said else name, parts[name]


def _each(name: str, part: Mapping[str, Any], names: Names) -> Iterator[tuple[str, Names]]:
    """The parts that one table makes, by name, with the names that each has besides the world's."""
    if "each" not in part:
        yield name, {}
        return
    told = names[part["each"]]
    found = told if isinstance(told, Mapping) else {f"{name}_{n}": one for n, one in enumerate(told, 1)}
    if len(found) != part["count"]:
        raise ExerciseError(f"ask.{name}: count is {part['count']}, and the world has {len(found)}")
    yield from found.items()


def _choice(name: str, said: Mapping[str, Any], shared: Mapping[str, Any], names: Names) -> Choice:
    own = {key.removesuffix("_from") for key in said}
    part = {**{key: value for key, value in shared.items() if key.removesuffix("_from") not in own}, **said}
    prompt, points = _text(part, "prompt", names), part.get("points", 1)
    decision: AccessDecision | None = names[part["decision"]] if "decision" in part else None
    options = _options(part, names)
    right = _text(part, "right", names) if decision is None or "right" in part else outcome(decision)
    if right not in options:
        raise ExerciseError(f"ask.{name}: {right!r} is the right answer and no option: {options}")
    wrong = _wrong(name, part, options, right, names)
    if decision is not None:
        flip: Any = partial(flip_of, decision)
        return Choice(name, prompt, options, right, why(decision), wrong, flip, points)
    flip = names[part["flip_from"]] if "flip_from" in part else part.get("flip", "").format_map(names)
    return Choice(name, prompt, options, right, _says(name, part, right, names), wrong, flip, points)


def _says(name: str, part: Mapping[str, Any], right: str, names: Names) -> str:
    """What is told of the right answer: one text, or a table from right answers to texts."""
    if isinstance(part.get("says", ""), str):
        return _text(part, "says", names)
    if right not in part["says"]:
        raise ExerciseError(f"ask.{name}.says: it has no text for {right!r}")
    return _text(part["says"], right, names)


Wrong = Misconception | tuple[Misconception | None, str]


def _wrong(
    name: str, part: Mapping[str, Any], options: tuple[str, ...], right: str, names: Names
) -> dict[str, Wrong]:
    """The belief behind each wrong option: one key for all, or a table from options to keys or to
    ``{belief, says}``, the belief only where there is one. A table for a right option holds such a table."""
    told = names[part["wrong_from"]] if "wrong_from" in part else part.get("wrong", {})
    if isinstance(told, str):
        return {option: believe(told) for option in options if option != right}
    found: dict[str, Wrong] = {}
    for option, meant in told.items():
        option = option.format_map(names)
        if option not in options:
            raise ExerciseError(f"ask.{name}.wrong: {option!r} is no option: {options}")
        if isinstance(meant, str):
            found[option] = believe(meant)
        elif "says" in meant:
            belief = believe(meant["belief"]) if "belief" in meant else None
            found[option] = belief, meant["says"].format_map(names)
        else:
            then = _wrong(name, {"wrong": meant}, options, right, names)
            found |= then if option == right else {}
    return found


def _ordered(said: Mapping[str, Any], names: Names, stream: Stream) -> Task:
    place = {name: number for number, name in enumerate(said["lines"])}
    rules = []
    for rule in said["order"]:
        then = [rule["then"]] if isinstance(rule["then"], str) else rule["then"]
        first, second, *later = (place[line] for line in (rule["first"], *then))
        belief = believe(rule["wrong"]) if "wrong" in rule else None
        says, points = _text(rule, "says", names), rule.get("points", 1)
        rules.append(OrderRule(first, second, says, belief, points, tuple(later)))
    lines = [line.format_map(names) for line in said["lines"].values()]
    return arrange(_text(said, "question", names), lines, rules, stream, **_common(said, names))


def _built(said: Mapping[str, Any], names: Names, stream: Stream) -> Task:
    requirements = [
        Requirement(_text(one, "name", names), names[one["judge"]], one.get("points", 1))
        for one in said["require"]
    ]
    return build(
        _text(said, "question", names),
        requirements,
        read=names[said["read"]],
        example=_value(said, "example", names),
        blank=_value(said, "blank", names) if "blank" in said or "blank_from" in said else None,
        menus={what: tuple(names[options]) for what, options in said.get("menus", {}).items()},
        **_common(said, names),
    )


def _implemented(said: Mapping[str, Any], names: Names, stream: Stream) -> Task:
    groups = {
        name: (one["points"], _text(one, "says", names), believe(one["wrong"]) if "wrong" in one else None)
        for name, one in said["groups"].items()
    }
    return implement(_text(said, "question", names), names["cases"], groups, **_common(said, names))


# What they share ----------------------------------------------------------------------------------------


def _common(said: Mapping[str, Any], names: Names) -> dict[str, Any]:
    return {
        "hints": tuple(hint.format_map(names) for hint in said["hints"]),
        "difficulty": {
            what: names[how] if isinstance(how, str) else how
            for what, how in said.get("difficulty", {}).items()
        },
        "given": {name: names[name] for name in said.get("given", ())},
    }


def _text(table: Mapping[str, Any], key: str, names: Names) -> str:
    """A text with its names filled in, or the world's own: ``says_from = "why"``, or ``says`` unless said."""
    if f"{key}_from" in table or key not in table:
        return str(names[table.get(f"{key}_from", key)])
    text: str = table[key]
    try:
        return text.format_map(names)
    except (IndexError, ValueError) as wrong:
        raise ExerciseError(f"{key}: {text!r:.60}: {wrong} (a brace is written twice: {{{{ }}}})") from None


def _value(table: Mapping[str, Any], key: str, names: Names) -> Plain:
    if f"{key}_from" in table:
        return names[table[f"{key}_from"]]  # type: ignore[no-any-return]
    value = table[key]
    return value.format_map(names) if isinstance(value, str) else value


def _options(table: Mapping[str, Any], names: Names) -> tuple[str, ...]:
    if "options_from" in table:
        return tuple(names[table["options_from"]])
    return tuple(option.format_map(names) for option in table["options"])


def _points(said: Mapping[str, Any]) -> int:
    parts = next(said[form] for form in FORMS if form in said)
    listed = list(parts.values() if isinstance(parts, dict) else parts)
    if "count" in said:  # of parts that are worth the same
        if len({part.get("points", 1) for part in listed}) > 1:
            raise ValueError("count: parts that are picked have the same points")
        listed = listed[: said["count"]]
    return sum(part.get("points", 1) * part.get("count", 1) for part in listed)


def _half_right(said: Mapping[str, Any]) -> Iterator[HalfRight]:
    for one in said.get("half_right", ()):
        beliefs = tuple(one["beliefs"]) if "beliefs" in one else None
        code = one.get("code")
        if "instead" in one:
            code = said["solution"]
            for old, new in one["instead"].items():
                if old not in code:
                    raise ValueError(f"half_right: the solution has no {old!r}")
                code = code.replace(old, new)
        yield HalfRight(code or one["answer"], one["points"], beliefs, code is not None)
