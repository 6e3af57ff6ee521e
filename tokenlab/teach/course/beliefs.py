"""What is believed, lesson by lesson, with what is true: a page to prepare a lesson with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tokenlab.teach.exercises import FOLDER
from tokenlab.teach.misconceptions import catalogue


def beliefs_by_lesson() -> str:
    """As Markdown: for each lesson the misconceptions that its exercises can tell from a wrong answer."""
    return "\n".join(["# Beliefs, lesson by lesson", *_lessons()]) + "\n"


def _lessons() -> Iterator[str]:
    known = catalogue()
    for file in sorted(FOLDER.glob("lesson_*.toml")):
        sources = (file.read_text(encoding="utf-8"), file.with_suffix(".py").read_text(encoding="utf-8"))
        words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", " ".join(sources)))
        yield f"\n## Lesson {file.stem.removeprefix('lesson_')}\n"
        for key in sorted(words & known.keys()):
            one = known[key]
            yield f"* **{one.belief}** In truth: {one.truth} ({one.source}; `{key}`)"
