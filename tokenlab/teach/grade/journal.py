"""What has been graded, written down at once: a run that was killed goes on where it was."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from tokenlab.teach.grade.grader import NOT_GRADED
from tokenlab.teach.grade.result import Result


class JournalBusy(RuntimeError):
    """Another run writes this journal."""


class Journal:
    """A line of JSON for each submission, beside the grades: its result, with its key.

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
        """The result that is noted for this submission; None if there is none."""
        return self._results.get(key)

    def add(self, result: Result) -> None:
        """Keep a result; not one of the grader's own trouble, nor one of a file that could not be read: the
        next run looks again. Raises OSError; what was kept before stays whole."""
        if result.status == NOT_GRADED or not result.key:
            return
        self._results[result.key] = result
        line = json.dumps(result.to_json()).encode() + b"\n"
        size = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, size)
            raise

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _read(self, line: bytes) -> None:
        try:
            result = Result.from_json(json.loads(line))
            self._results[result.key] = result
        except (ValueError, KeyError, TypeError, RecursionError):
            return


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
