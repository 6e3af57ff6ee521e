"""The model alone, as a student has it in an exam: no exercises, nothing that judges."""

from __future__ import annotations

import zipfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


def pack_model(path: Path) -> None:
    """A zip of the package without ``teach``: unpacked beside the notebook, ``import tokenlab`` finds it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(PACKAGE.rglob("*")):
            place = file.relative_to(PACKAGE.parent)
            if file.is_file() and "teach" not in place.parts[1:2] and "__pycache__" not in place.parts:
                archive.write(file, place.as_posix())
