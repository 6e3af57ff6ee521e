"""The answer key of a lesson's exercises, for each student's world: for the teacher alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenlab.teach.exam.key import key
from tokenlab.teach.exam.paper import Exam
from tokenlab.teach.exercises import exercises


def write_keys(lesson: str, names: Sequence[str], folder: Path) -> list[Path]:
    """Write ``04_ada.md`` for each learner's name; the files. Raises ValueError if there are no exercises."""
    numbers = tuple(one.number for one in exercises(lesson))
    if len(lesson) != 2 or not numbers:
        raise ValueError(f"{lesson!r} has no exercises: expected the number of a lesson, for example 04")
    texts = {name: key(Exam(f"lesson {lesson}", numbers), name, name) for name in names}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{lesson}_{name}.md").write_text(text, encoding="utf-8")
    return [folder / f"{lesson}_{name}.md" for name in texts]
