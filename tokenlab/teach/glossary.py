"""The words of the course: ``explain("SID")`` says a term in a sentence, and where to see it on Windows.

The terms stand in ``glossary.toml`` beside this file, in the order in which lessons explain them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("glossary.toml")


@dataclass(frozen=True)
class GlossaryTerm:
    """A word, what it means in one sentence, where to see it on Windows, and the lesson that explains it."""

    name: str
    long: str
    means: str
    see: str
    lesson: str

    def __str__(self) -> str:
        long = f" ({self.long})" if self.long else ""
        see = f" On Windows: {self.see}." if self.see else ""
        return f"{self.name}{long}: {self.means}{see} Lesson {self.lesson}."

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        long = f" ({self.long})" if self.long else ""
        see = f" On Windows: `{self.see}`." if self.see else ""
        return f"**{self.name}**{long}: {self.means}{see} *Lesson {self.lesson}.*"


def explain(word: str) -> GlossaryTerm:
    """The term with this name, short or long, whatever the case. Raises KeyError with the nearest names."""
    terms = glossary()
    names = {name.casefold(): one for one in terms.values() for name in (one.name, one.long) if name}
    if word.casefold() in names:
        return names[word.casefold()]
    near = get_close_matches(word.casefold(), names, 3)
    known = ", ".join(names[name].name for name in near) or "for example SID, DACL, LUID"
    raise KeyError(f"the glossary has no {word!r}: {known}")


@cache
def glossary() -> dict[str, GlossaryTerm]:
    """All terms by name, in the order of the lessons."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: GlossaryTerm(name, one.get("long", ""), one["means"], one.get("see", ""), one["lesson"])
        for name, one in table.items()
    }
