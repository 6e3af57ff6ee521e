"""The catalogue of misconceptions: what people believe, what is so, and where one could hear it.

They stand in ``misconceptions.toml`` beside this file, a table for each; a teacher's own lie
beside their exercises.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tokenlab.teach.own_exercises import own_folder

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


def _read() -> dict[str, Misconception]:
    known, own = _table(FILE), own_folder()
    if own is None or not (own / FILE.name).is_file():
        return known
    mine = _table(own / FILE.name)
    if twice := sorted(known.keys() & mine.keys()):
        raise ValueError(
            f"{own / FILE.name}: the course has {twice[0]!r} already: use it, or take another key"
        )
    return known | mine


@cache
def _table(file: Path) -> dict[str, Misconception]:
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    try:
        return {
            key: Misconception(key, one["belief"], one["truth"], one["source"]) for key, one in table.items()
        }
    except (KeyError, TypeError) as missing:
        raise ValueError(f"{file}: {missing}: each table has belief, truth and source") from None
