"""What has been graded, written down at once: a run that was killed goes on where it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tokenlab.teach.grade.grader import NOT_GRADED
from tokenlab.teach.grade.result import Result


class JournalBusy(RuntimeError):
    """Another run writes this journal."""


class Journal:
    """A line of JSON for each submission, beside the grades: its key and its result.

    Raises `JournalBusy`, OSError.
    """

    def __init__(self, path: Path) -> None:
        self._results: dict[str, Result] = {}
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(self._descriptor)
        except OSError:
            os.close(self._descriptor)
            raise JournalBusy(
                f"another run is writing {path}: wait for it, or choose another --out"
            ) from None
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            content = file.read()
        for line in content.split(b"\n"):
            self._read(line)
        if content and not content.endswith(b"\n"):  # killed in the middle of a line
            os.write(self._descriptor, b"\n")

    def get(self, key: str) -> Result | None:
        return self._results.get(key)

    def add(self, key: str, result: Result) -> None:
        self._results[key] = result
        if result.status == NOT_GRADED:
            return
        line = json.dumps({"key": key, "result": result.to_json()}).encode() + b"\n"
        os.write(self._descriptor, line)
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)

    def _read(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            self._results[entry["key"]] = Result.from_json(entry["result"])
        except (ValueError, KeyError, TypeError):
            return


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
