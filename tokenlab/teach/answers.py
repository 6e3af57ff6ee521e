"""What an answer may be: plain data, small enough to be looked at, and nothing that has a will of its own."""

from __future__ import annotations

import math
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

MAX_ITEMS = 2_000  # all values together
MAX_DEPTH = 8
MAX_TEXT = 20_000  # all characters together
MAX_BITS = 128


class AnswerError(ValueError):
    """An answer that cannot be judged: what it is, the rule, an example."""


class Unanswered(AnswerError):
    """There is no answer yet."""


def plain(answer: object) -> Plain:
    """The answer as plain data: tuples and sets become lists. Raises `AnswerError`.

    Only values of exactly the built-in types pass: None, bool, int, float, str, list, tuple, set, frozenset,
    and dict with texts as keys. A class of one's own, however equal it says it is, does not.
    """
    return _Copy().of(answer, 0)


class _Copy:
    def __init__(self) -> None:
        self.items = self.characters = 0

    def of(self, value: object, depth: int) -> Plain:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise AnswerError(f"an answer has at most {MAX_ITEMS} values, for example ['A', 'B']")
        if depth > MAX_DEPTH:
            raise AnswerError(f"an answer is nested at most {MAX_DEPTH} deep, for example {{'read': ['A']}}")
        kind = type(value)
        if value is None or kind is bool:
            return value  # type: ignore[return-value]
        if kind is int:
            return self._int(value)  # type: ignore[arg-type]
        if kind is float:
            return self._float(value)  # type: ignore[arg-type]
        if kind is str:
            return self._text(value)  # type: ignore[arg-type]
        if kind is list or kind is tuple:  # `is`: a metaclass may say that it equals everything
            return [self.of(item, depth + 1) for item in value]  # type: ignore[attr-defined]
        if kind is set or kind is frozenset:
            return sorted(
                (self.of(item, depth + 1) for item in value),  # type: ignore[attr-defined]
                key=repr,
            )
        if kind is dict:
            return self._dict(value, depth)  # type: ignore[arg-type]
        raise AnswerError(
            f"a {kind.__name__} is no answer: expected text, numbers, True, False, None, and lists and dicts "
            "of these, for example {'read': 'granted'}"
        )

    def _int(self, value: int) -> int:
        if value.bit_length() > MAX_BITS:
            raise AnswerError(f"a number has at most {MAX_BITS} bits, for example 0x1F01FF")
        return value

    def _float(self, value: float) -> float:
        if not math.isfinite(value):
            raise AnswerError(f"{value} is no answer: expected a number such as 0.5")
        return value

    def _text(self, value: str) -> str:
        self.characters += len(value)
        if self.characters > MAX_TEXT:
            raise AnswerError(f"an answer has at most {MAX_TEXT} characters, for example 'D:(A;;FA;;;BA)'")
        bad = next((c for c in value if not c.isprintable() and c not in "\n\t\r"), None)
        if bad is not None:
            raise AnswerError(
                f"the character U+{ord(bad):04X} cannot stand in an answer, only printable text"
            )
        return value

    def _dict(self, value: dict[object, object], depth: int) -> dict[str, Plain]:
        copy: dict[str, Plain] = {}
        for key, item in value.items():
            if type(key) is not str:
                raise AnswerError("the keys of an answer are texts, for example {'read': 'granted'}")
            copy[self._text(key)] = self.of(item, depth + 1)
        return copy
