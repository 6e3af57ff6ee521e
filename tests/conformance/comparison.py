"""How the model is held against what real Windows made, said and logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.support import load_json

Row = Any


class Figure(NamedTuple):
    """How far a comparison got: rows that agree, rows there are, and for the others the reason."""

    passed: int
    total: int
    exceptions: dict[str, int]


class Difference(NamedTuple):
    """A row in which the model and Windows differ; the reason, if it is a known one."""

    row: Row
    model: object
    windows: object
    reason: str | None


@dataclass(frozen=True)
class Comparison:
    """One question put to every row of one file: do these two sides agree?"""

    name: str
    load: Callable[[], list[Row]]
    total: int
    """How many rows there are; fewer means that the material has shrunk."""
    sides: Callable[[Row], tuple[object, object]]
    """What the model says, and what Windows says."""
    reason: Callable[[Row], str | None] = lambda row: None
    """Why a row may differ: a named exception."""

    def differences(self) -> list[Difference]:
        found = []
        for row in self.load():
            try:
                model, windows = self.sides(row)
            except Exception as error:  # a row like any other: it does not agree
                model, windows = error, "an answer"
            if model != windows:
                found.append(Difference(row, model, windows, self.reason(row)))
        return found

    def figure(self) -> Figure:
        different = self.differences()
        reasons = Counter(difference.reason or "unexplained" for difference in different)
        return Figure(len(self.load()) - len(different), self.total, dict(reasons))


def rows(path: str, part: str | None = None) -> Callable[[], list[Row]]:
    """The rows of a JSON file of the material, or of one part of it."""
    return lambda: load_json(path) if part is None else load_json(path)[part]
