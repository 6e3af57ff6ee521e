"""The process that student processes are born of: it has loaded tokenlab once, and never runs their code.

For each submission it forks a child, waits until the grader has heard enough, and then kills the child and
all that descends from it. On Linux orphans come back to it (`PR_SET_CHILD_SUBREAPER`), also those that called
``setsid``; as root it also kills by the user id that is theirs alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tokenlab.teach.grade import worker
from tokenlab.teach.grade.limits import Limits

_CHILD_SUBREAPER = 36
FIRST_USER = 0x40000000  # far above any system's accounts; the zygote's process id makes it unique
BLOCK = 4096
STOPPED, OVERFLOWED = b"s", b"o"  # what is said of a child at its end


def main() -> None:
    """Serve the grader at the other end of the socket, the first argument, until it closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _preload()
    gc.collect()
    gc.freeze()
    control.sendall(b"r")
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 1, 2)
        if not message:
            return
        if not pipes:  # a late word about a child that is gone
            continue
        outcome = _serve(control, *pipes)
        with contextlib.suppress(OSError):
            control.sendall(outcome)


def _preload() -> None:
    """What notebooks of the course import, so that it is not loaded three hundred times."""
    import tokenlab.view  # with it comes the front door
    from tokenlab.teach.exercises import exercises

    exercises()
    with contextlib.suppress(ImportError):
        import IPython.core.getipython
        import IPython.display  # noqa: F401
    assert tokenlab


def _serve(control: socket.socket, reader: int, writer: int) -> bytes:
    user = FIRST_USER + os.getpid()
    folder = tempfile.mkdtemp(prefix="tokenlab-")
    if os.getuid() == 0:
        os.chown(folder, user, user)
    child = os.fork()
    if child == 0:
        _be_the_child(reader, writer, folder, user)
    os.close(reader)
    os.close(writer)
    try:
        return _watch(control, child, folder)
    finally:
        _end(child, user)
        remove(folder)


def _be_the_child(reader: int, writer: int, folder: str, user: int) -> None:
    status = 1
    try:
        os.setsid()
        pipes = os.dup(reader), os.dup(writer)  # high enough not to be overwritten below
        os.dup2(pipes[0], 100)
        os.dup2(pipes[1], 101)
        os.closerange(3, 100)
        worker.quiet(keep=102)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        worker.work(100, 101, folder, user)
        status = 0
    finally:
        os._exit(status)  # never back into the zygote's own code


def _watch(control: socket.socket, child: int, folder: str) -> bytes:
    """Wait until the grader says a byte, or is gone; or the child is, or its folder is too full."""
    most = Limits().folder
    while not select.select([control], [], [], 0.1)[0]:
        if _size(folder) > most:
            return OVERFLOWED
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return STOPPED
    control.recv(1)
    return STOPPED


def _size(folder: str) -> int:
    """Bytes of all files, each at least a block. No recursion: folders may be nested as deep as one likes."""
    total, folders = 0, [folder]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                total += max(entry.stat(follow_symlinks=False).st_size, BLOCK)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return total


def remove(folder: str) -> None:
    """A folder that a student could write to, however deep."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", folder], check=False)


def _end(child: int, user: int) -> None:
    """Kill the child and all its descendants, and wait for each."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if not _children_left():
        return
    if os.getuid() == 0:
        _kill_all_of(user)
    give_up = time.monotonic() + 20
    while _children_left() and time.monotonic() < give_up:
        known: set[int] = set()
        while more := set(_descendants(os.getpid())) - known:  # stopped first: then they make no new ones
            for process in more:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGSTOP)
            known |= more
        for process in known:
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.005)


def _children_left() -> bool:
    """Wait for those that are dead; true if others live."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _kill_all_of(user: int) -> None:
    """As that user: one call kills all its processes, so that none is born meanwhile (kill(2), pid -1)."""
    killer = os.fork()
    if killer == 0:
        try:
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def _descendants(ancestor: int) -> Iterator[int]:
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parents[int(status.parent.name)] = int(
                status.read_text(errors="replace").rpartition(")")[2].split()[1]
            )
    found = {ancestor}
    while more := {process for process, parent in parents.items() if parent in found} - found:
        yield from more
        found |= more
