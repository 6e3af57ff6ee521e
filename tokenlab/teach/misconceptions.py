"""The catalogue of misconceptions: what people believe, what is so, and where one could hear it.

They stand in ``misconceptions.toml`` beside this file, a table for each.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("misconceptions.toml")


@dataclass(frozen=True)
class Misconception:
    """``key`` is its name in overviews; ``source`` a public thread (``owner/repo#1``) or a lesson."""

    key: str
    belief: str
    truth: str
    source: str

    def __str__(self) -> str:
        return f"{self.belief} ({self.source})"


def believe(key: str) -> Misconception:
    """The misconception with this key. Raises ValueError if there is none."""
    found = _read().get(key)
    if found is None:
        raise ValueError(f"misconceptions.toml has no {key!r}")
    return found


def catalogue() -> dict[str, Misconception]:
    """All of them by key, in the order of the lessons."""
    return dict(_read())


@cache
def _read() -> dict[str, Misconception]:
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {key: Misconception(key, one["belief"], one["truth"], one["source"]) for key, one in table.items()}
