"""What tests need from outside the project: vectors and records of real Windows, a browser, an oracle.

Where one is absent a test is skipped with the reason; with TOKENLAB_REQUIRE=1, as in CI, it fails.
"""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("TOKENLAB_SHARED", ROOT.parent / "shared"))


def require(condition: object, reason: str) -> None:
    """Go on only if the condition holds: skip the test, or fail it where nothing may be missing."""
    if condition:
        return
    if os.environ.get("TOKENLAB_REQUIRE") == "1":
        pytest.fail(f"required here, and missing: {reason}", pytrace=False)
    pytest.skip(reason)


def shared_file(path: str) -> Path:
    """A file of the conformance material, for example ``vectors/access_core.json``."""
    file = SHARED / path
    require(file.is_file(), f"no conformance material: {path} (set TOKENLAB_SHARED to its folder)")
    return file


@lru_cache(maxsize=16)
def _load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def load_json(path: str) -> Any:
    """The content of a JSON file of the conformance material."""
    return _load(shared_file(path))


def seed() -> int:
    """Where a random search starts: TOKENLAB_SEED, else always the same place."""
    return int(os.environ.get("TOKENLAB_SEED", "1"))


def cases(usual: int) -> int:
    """How many cases a random search tries: TOKENLAB_CASES, else as many as usual."""
    return int(os.environ.get("TOKENLAB_CASES", usual))
