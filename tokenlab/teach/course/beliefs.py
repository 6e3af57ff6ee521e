"""What is believed, lesson by lesson, with what is true: a page to prepare a lesson with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tokenlab.teach.exercises import lesson_modules
from tokenlab.teach.misconceptions import catalogue


def beliefs_by_lesson() -> str:
    """As Markdown: for each lesson the misconceptions that its exercises can tell from a wrong answer."""
    return "\n".join(["# Beliefs, lesson by lesson", *_lessons()]) + "\n"


def _lessons() -> Iterator[str]:
    known = catalogue()
    for lesson, module in lesson_modules().items():
        file = module.with_suffix(".toml")
        if not file.exists():
            continue
        sources = (file.read_text(encoding="utf-8"), module.read_text(encoding="utf-8"))
        words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", " ".join(sources)))
        yield f"\n## Lesson {lesson}\n"
        for key in sorted(words & known.keys()):
            one = known[key]
            yield f"* **{one.belief}** In truth: {one.truth} ({one.source}; `{key}`)"
