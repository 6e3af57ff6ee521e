"""An answer is plain data and nothing else."""

import collections
import enum
from typing import Any

import pytest

from tokenlab.teach.answers import MAX_DEPTH, MAX_ITEMS, MAX_TEXT, AnswerError, plain


class AlwaysEqual:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


class EqualType(type):
    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Anything(metaclass=EqualType):
    def __iter__(self):
        return iter("granted")


class Text(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Colour(enum.StrEnum):
    RED = "red"


def deep(levels):
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("answer", "same"),
    [
        (None, None), (True, True), (0x1F01FF, 0x1F01FF), (0.5, 0.5), ("D:(A;;FA;;;BA)", "D:(A;;FA;;;BA)"),
        (("A", "B"), ["A", "B"]), ({"b", "a"}, ["a", "b"]), ({"read": ["A", None]}, {"read": ["A", None]}),
        ("Grüße\n", "Grüße\n"),
    ],
)  # fmt: skip
def test_plain_data_passes(answer, same):
    found = plain(answer)
    assert found == same and type(found) is type(same)


@pytest.mark.parametrize(
    "answer",
    [
        AlwaysEqual(), Anything(),
        Text("granted"), Colour.RED, object(), b"bytes", 1j, range(3), (one for one in "abc"),
        lambda: True, collections.OrderedDict(a=1), collections.defaultdict(list), [AlwaysEqual()], {1: 2},
        {AlwaysEqual(): 1}, {"a": Text("b")}, float("nan"), float("inf"), 1 << 200, "\x00",
        "a\x1b[2J", "\u202e",
        "\ud800", deep(MAX_DEPTH + 1), deep(100_000), ["x"] * MAX_ITEMS, "x" * (MAX_TEXT + 1),
        type("int", (int,), {})(1),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_everything_else_is_refused_with_an_example(answer):
    with pytest.raises(AnswerError) as refused:
        plain(answer)
    assert any(word in str(refused.value) for word in ("for example", "expected", "only printable"))


def test_a_list_that_holds_itself_comes_to_an_end():
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(AnswerError):
        plain(ring)


def test_the_copy_is_a_copy():
    answer = {"a": [1]}
    copy = plain(answer)
    answer["a"].append(2)
    assert copy == {"a": [1]}
