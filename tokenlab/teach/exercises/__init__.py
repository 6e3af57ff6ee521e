"""The exercises, a module a lesson, loaded when the first of them is asked for."""

from __future__ import annotations

import importlib
import pkgutil

from tokenlab.teach.exercise import REGISTRY, Exercise


def exercises(lesson: str = "") -> list[Exercise]:
    """All exercises, or those of a lesson (``"04"``), in order."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith(f"lesson_{lesson}"):
            importlib.import_module(f"{__name__}.{module.name}")
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
