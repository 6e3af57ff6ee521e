"""The exercises: a file and a module of worlds for each lesson, loaded when first asked for.

A teacher's own lie in a folder of their own (`tokenlab.teach.own_exercises`), and are found like ours.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from tokenlab.teach.exercise import REGISTRY, Exercise
from tokenlab.teach.exercise_file import ExerciseError, LessonFile
from tokenlab.teach.own_exercises import own_folder

FOLDER = Path(__file__).parent


def exercises(lesson: str = "") -> list[Exercise]:
    """All exercises, or those of a lesson (``"04"``), in order. Raises `ExerciseError`."""
    for number, module in lesson_modules().items():
        if number.startswith(lesson) and not any(one.lesson == number for one in REGISTRY.values()):
            _load(number, module)
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
    module = lesson_modules().get(lesson, FOLDER / f"lesson_{lesson}.py")
    return LessonFile.read(module.with_suffix(".toml"))


def lesson_modules() -> dict[str, Path]:
    """The modules of worlds by the number of their lesson: the course's, then a teacher's own.

    Raises `ExerciseError` for a number of a teacher's that the course has.
    """
    found, own = _modules(FOLDER), own_folder()
    if own is None:
        return found
    mine = _modules(own)
    for file in sorted(own.glob("lesson_*.toml")):
        number = file.stem.removeprefix("lesson_")
        if not (number.isdecimal() and len(number) == 2):
            raise ExerciseError(f"{file}: expected two digits, for example lesson_50.toml")
        if number in found:
            raise ExerciseError(
                f"{file}: the course has a lesson {number}: take another number, 50 to 99 are free"
            )
        if number not in mine:
            raise ExerciseError(f"{file}: there is no lesson_{number}.py beside it, with its worlds")
    return found | {number: path for number, path in mine.items() if path.with_suffix(".toml").is_file()}


def _modules(folder: Path) -> dict[str, Path]:
    return {path.stem.removeprefix("lesson_"): path for path in sorted(folder.glob("lesson_*.py"))}


def _load(lesson: str, path: Path) -> None:
    if str(path.parent) not in __path__:
        __path__.append(str(path.parent))  # a module there may import ours, and its neighbours
    try:
        module = importlib.import_module(f"{__name__}.{path.stem}")
    except (ImportError, SyntaxError, NameError) as wrong:
        raise ExerciseError(f"{path.name}: {type(wrong).__name__}: {wrong}") from wrong
    if not path.with_suffix(".toml").exists():
        return
    made = list(lesson_file(lesson).make(vars(module)))
    for one in made:
        if one.lesson != lesson:
            raise ExerciseError(f"lesson_{lesson}.toml, {one.number}: expected a number such as {lesson}.1")
    REGISTRY.update((one.number, one) for one in made)
