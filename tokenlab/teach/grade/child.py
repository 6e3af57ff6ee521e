"""A student's process as the grader holds it: the two ends of a pipe, and a way to end it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.lines import LineReader
from tokenlab.teach.own_exercises import VARIABLE

ROOT = str(Path(__file__).resolve().parents[3])
_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "TMPDIR", "TEMP", "TMP", VARIABLE)


def python_code(module: str, *paths: str) -> str:
    """Code that runs ``main()`` of one of the grader's modules, with these folders on ``sys.path``."""
    wanted = f"import sys; sys.path.insert(0, {ROOT!r}); sys.path += {list(paths)!r}"
    return f"{wanted}; from tokenlab.teach.grade.{module} import main; main()"


def start_python(module: str, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """A fresh Python for one of the grader's modules, in a clean environment."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-I", "-c", python_code(module), *arguments],
        env=kept,
        start_new_session=True,  # Ctrl-C is the grader's
        **options,
    )


class StudentProcess:
    """A student's process: what it says (`lines`), what it is told (`send`)."""

    def __init__(
        self, process: subprocess.Popen[bytes], limits: SubmissionLimits, end: Callable[[], None]
    ) -> None:
        assert process.stdin and process.stdout
        self.lines = LineReader(os.dup(process.stdout.fileno()), limits.message, limits.messages)
        process.stdout.close()
        self.pid = process.pid
        self._process, self._writer, self._end = process, process.stdin, end
        self._lock, self._ended = threading.Lock(), False

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        limits: SubmissionLimits,
        end: Callable[[], None] = lambda: None,
        *,
        environment: dict[str, str] | None = None,
        inherited: Sequence[int] = (),
    ) -> StudentProcess:
        """Start a command whose input and output are the pipe. ``end`` cleans up after it. Raises OSError."""
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environment,
            pass_fds=inherited,
            start_new_session=True,
        )
        return cls(process, limits, end)

    def send(self, message: bytes) -> None:
        """Raises OSError if the process is gone."""
        view = memoryview(message)
        while view:
            view = view[self._writer.write(view) or 0 :]

    def end(self) -> None:
        """Kill it and what it started. May be called again, and from another thread."""
        with self._lock:
            if not self._ended:
                self._ended = True
                self._kill()
                self._end()

    def close(self) -> None:
        """End the process, and close its pipes."""
        self.end()
        with contextlib.suppress(OSError):
            self._writer.close()

    def _kill(self) -> None:
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, 9)
        self._process.kill()
        self._process.wait()
