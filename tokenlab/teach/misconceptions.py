"""The catalogue of misconceptions: what people believe, what is so, and where one could hear it.

Each is named where it is taught: in the module of its lesson under `tokenlab.teach.exercises`.
"""

from __future__ import annotations

from dataclasses import dataclass

_CATALOGUE: dict[str, Misconception] = {}


@dataclass(frozen=True)
class Misconception:
    """``key`` is its name in overviews; ``source`` a public thread (``owner/repo#1``), or where it is taught.

    Raises ValueError if the key is taken.
    """

    key: str
    belief: str
    truth: str
    source: str

    def __post_init__(self) -> None:
        if _CATALOGUE.setdefault(self.key, self) != self:
            raise ValueError(
                f"the misconception {self.key!r} is in the catalogue already: choose another name"
            )

    def __str__(self) -> str:
        return f"{self.belief} ({self.source})"


def catalogue() -> dict[str, Misconception]:
    """All of them by key, in the order of the lessons."""
    from tokenlab.teach.exercises import exercises

    exercises()
    return dict(_CATALOGUE)
