"""Where student processes come from: forked from a zygote, or started afresh where there is no fork."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tokenlab.teach.grade.limits import Limits
from tokenlab.teach.grade.lines import Lines
from tokenlab.teach.grade.zygote import FIRST_USER, OVERFLOWED, remove

_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LANG", "TMPDIR", "TEMP", "TMP")
_ROOT = str(Path(__file__).resolve().parents[3])


def start(module: str, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """A fresh Python that runs ``main()`` of one of the grader's modules, in a clean environment."""
    code = (
        f"import sys; sys.path.insert(0, {_ROOT!r}); from tokenlab.teach.grade.{module} import main; main()"
    )
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-I", "-c", code, *arguments],
        env=kept,
        start_new_session=True,  # Ctrl-C is the grader's
        **options,
    )


class Child:
    """A student's process, and the two ends of its pipe that are the grader's."""

    def __init__(self, reader: int, writer: int, limits: Limits, end: Callable[[], bool]) -> None:
        self.lines = Lines(reader, limits.message, limits.messages)
        self._writer, self._end = writer, end
        self._lock, self._ended = threading.Lock(), False
        self.overflowed = False

    def send(self, message: bytes) -> None:
        """Raises OSError if the process is gone."""
        view = memoryview(message)
        while view:
            view = view[os.write(self._writer, view) :]

    def end(self) -> None:
        """Kill it and what it started. May be called again, and from another thread."""
        with self._lock:
            if not self._ended:
                self._ended = True
                self.overflowed = self._end()

    def close(self) -> None:
        self.end()
        os.close(self._writer)


class Nursery(Protocol):
    def bear(self, limits: Limits) -> Child:
        """A new process, waiting for its job."""

    def close(self) -> None: ...


class Zygotes:
    """One zygote, and another if something happens to it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def bear(self, limits: Limits) -> Child:
        control = self._control or self._start()
        to_child, from_child = os.pipe(), os.pipe()
        try:
            socket.send_fds(control, [b"b"], [to_child[0], from_child[1]])
        except OSError:
            self.close()
            socket.send_fds(self._start(), [b"b"], [to_child[0], from_child[1]])
        os.close(to_child[0])
        os.close(from_child[1])
        return Child(from_child[0], to_child[1], limits, self._end)

    def close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(30)  # it cleans up when the socket closes
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            number = str(theirs.fileno())
            self._process = start(
                "zygote",
                number,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        ours.settimeout(60)
        if ours.recv(1) != b"r":
            raise RuntimeError("the process that student processes are born of did not start")
        self._control = ours
        return ours

    def _end(self) -> bool:
        """True if the child wrote too many files. A zygote that does not answer is replaced."""
        assert self._control is not None
        try:
            self._control.sendall(b"e")
            outcome = self._control.recv(1)
        except OSError:
            outcome = b""
        if not outcome:
            if self._process is not None:
                self._process.kill()
            self.close()
        return outcome == OVERFLOWED


class Fresh:
    """A new Python for each submission: slower, and it works everywhere."""

    def bear(self, limits: Limits) -> Child:
        folder = tempfile.mkdtemp(prefix="tokenlab-")
        user = FIRST_USER + os.getpid()
        if hasattr(os, "getuid") and os.getuid() == 0:
            os.chown(folder, user, user)
        process = start(
            "worker",
            folder,
            str(user),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin and process.stdout
        reader, writer = os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno())
        process.stdout.close()
        process.stdin.close()

        def end() -> bool:
            if os.name == "posix":
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, 9)
            process.kill()
            process.wait()
            remove(folder)
            return False

        return Child(reader, writer, limits, end)

    def close(self) -> None:
        pass


def nursery() -> Nursery:
    """The best there is on this system."""
    return Zygotes() if hasattr(os, "fork") and hasattr(socket, "send_fds") else Fresh()
