"""The exercises: a file and a module of worlds for each lesson, loaded when first asked for."""

from __future__ import annotations

import importlib
from pathlib import Path

from tokenlab.teach.exercise import REGISTRY, Exercise
from tokenlab.teach.exercise_file import LessonFile

FOLDER = Path(__file__).parent


def exercises(lesson: str = "") -> list[Exercise]:
    """All exercises, or those of a lesson (``"04"``), in order. Raises `ExerciseError`."""
    for module in sorted(FOLDER.glob("lesson_*.py")):
        number = module.stem.removeprefix("lesson_")
        if number.startswith(lesson) and not any(one.lesson == number for one in REGISTRY.values()):
            _load(number)
    return sorted(
        (one for one in REGISTRY.values() if not lesson or one.lesson == lesson), key=lambda one: one.number
    )


def find(number: str) -> Exercise:
    """One exercise. Raises KeyError if there is no such number."""
    if number not in REGISTRY:
        exercises(str(number).partition(".")[0])
    if number not in REGISTRY:
        raise KeyError(f"there is no exercise {number!r}: expected one such as '04.3'")
    return REGISTRY[number]


def lesson_file(lesson: str) -> LessonFile:
    """What the file of a lesson says. Raises `ExerciseError`, OSError."""
    return LessonFile.read(FOLDER / f"lesson_{lesson}.toml")


def _load(lesson: str) -> None:
    module = importlib.import_module(f"{__name__}.lesson_{lesson}")
    if (FOLDER / f"lesson_{lesson}.toml").exists():
        for one in lesson_file(lesson).make(vars(module)):
            REGISTRY[one.number] = one
