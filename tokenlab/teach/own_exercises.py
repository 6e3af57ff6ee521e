"""Where a teacher's own exercises lie: outside what an update of the course writes."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "TOKENLAB_EXERCISES"
BESIDE = Path(__file__).resolve().parents[2] / "my_exercises"


def own_folder() -> Path | None:
    """The folder that ``TOKENLAB_EXERCISES`` names, else ``my_exercises`` at the course's top; else None.

    Raises ValueError if the variable names no folder.
    """
    told = os.environ.get(VARIABLE)
    if not told:
        return BESIDE if BESIDE.is_dir() else None
    folder = Path(told).expanduser().resolve()
    if not folder.is_dir():
        raise ValueError(
            f"{VARIABLE}: {told} is no folder: expected one with lesson_50.toml and lesson_50.py"
        )
    return folder
