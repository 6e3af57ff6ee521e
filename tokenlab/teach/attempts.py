"""Every `check` of a learner, kept beside the notebook, so that it goes along with what is handed in.

``attempts.json`` has an entry for each: exercise, time, parts, beliefs. Each entry carries a digest of itself
and of the one before. That shows an edit by accident; who reads this file can make any chain. So attempts
earn and cost nothing: they tell a teacher what was believed before the answer was known.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tokenlab.teach.judgement import Judgement
from tokenlab.teach.progress_file import find_workspace

FILE = "attempts.json"
MOST = 2_000  # entries of a file
LONGEST = 4_000_000  # bytes


class AttemptsError(ValueError):
    """A file of attempts that cannot be used, and why."""


@dataclass(frozen=True)
class CheckAttempt:
    """One `check`: ``parts`` says which were right, ``time`` is in seconds since 1970 (UTC)."""

    learner: str
    exercise: str
    time: int
    points: int
    of: int
    parts: dict[str, bool]
    beliefs: tuple[str, ...]


def keep_attempt(learner: str, judged: Judgement) -> None:
    """Add an entry beside the notebook, if that lies in a learner's workspace. What cannot be written is no
    reason to stop a lesson."""
    folder = Path.cwd()
    if find_workspace(folder) is None:
        return
    parts = {part.name: part.finding.right for part in judged.parts}
    beliefs = tuple(judged.misconceptions)
    attempt = CheckAttempt(learner, judged.number, int(time.time()), judged.points, judged.of, parts, beliefs)
    path, part = folder / FILE, folder / f".{FILE}.part"
    try:
        entries = _entries(path.read_bytes()) if path.exists() else []
        entries = [*entries[-MOST + 1 :], asdict(attempt)]
        entries[-1]["digest"] = _digest(entries[-2:])
        part.write_text(json.dumps(entries, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        part.replace(path)
    except (OSError, AttemptsError):
        return


def read_attempts(content: bytes) -> list[CheckAttempt]:
    """The attempts of a file, in their order. Raises `AttemptsError` for one that was changed."""
    entries = _entries(content)
    for place, entry in enumerate(entries):
        if place and entry.get("digest") != _digest(entries[place - 1 : place + 1]):
            raise AttemptsError(f"entry {place + 1} of {FILE} was changed after it was written")
    return [_attempt(entry) for entry in entries]


def first_attempts(attempts: Iterable[CheckAttempt]) -> list[CheckAttempt]:
    """The first of each learner at each exercise."""
    first: dict[tuple[str, str], CheckAttempt] = {}
    for one in attempts:
        first.setdefault((one.learner, one.exercise), one)
    return list(first.values())


def _entries(content: bytes) -> list[dict[str, Any]]:
    try:
        entries = json.loads(content[:LONGEST])
    except (ValueError, RecursionError):
        raise AttemptsError(f"{FILE} is no JSON as `check` writes it") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise AttemptsError(f"{FILE} is no list of attempts")
    return entries[-MOST:]


def _attempt(entry: dict[str, Any]) -> CheckAttempt:
    kinds = {
        "learner": str,
        "exercise": str,
        "time": int,
        "points": int,
        "of": int,
        "parts": dict,
        "beliefs": list,
    }
    if any(type(entry.get(name)) is not kind for name, kind in kinds.items()):
        raise AttemptsError(f"{FILE} has an entry that is none of `check`")
    values = {name: entry[name] for name in kinds}
    return CheckAttempt(**values | {"beliefs": tuple(map(str, entry["beliefs"]))})


def _digest(pair: list[dict[str, Any]]) -> str:
    """Of an entry, and of the digest before it."""
    before = pair[0].get("digest", "") if len(pair) > 1 else ""
    entry = {name: value for name, value in pair[-1].items() if name != "digest"}
    text = json.dumps([before, entry], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
