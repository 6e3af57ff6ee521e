"""``--doctor``: what keeps student code away from this machine, found out by trying, not by version numbers.

`examine` starts a student's process as the grader would and has it try what a hostile notebook would try.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tokenlab.teach.grade.isolation import Isolation, NoIsolation, find_isolation
from tokenlab.teach.grade.limits import SubmissionLimits

# What is tried, and what is said if it cannot be done. Each is code that raises OSError where it is refused.
ATTEMPTS = {
    "read a file of yours": "open({file!r}).read()",
    "write beside it": "open({file!r} + '2', 'w')",
    "connect to a server on this machine": "socket.create_connection(('127.0.0.1', {port}), 2)",
    "connect to a socket in a folder of yours": "socket.socket(socket.AF_UNIX).connect({socket!r})",
    "see processes of yours": "os.kill({process}, 0)",
    "fill the disk": "fill({most})",
    "start 100 processes": "[spawn() for _ in range(100)]",
    "take 4 GB of memory": "bytearray(4 << 30)",
}
_PRELUDE = """
import os, socket
def fill(most):
    for n in range(most // (8 << 20) + 1):
        open('fill%d' % n, 'wb').write(bytes(8 << 20))
def spawn():
    child = os.fork()
    if not child:
        import time
        time.sleep(2)
        os._exit(0)
def attempt(code):
    try:
        eval(code)
    except (OSError, MemoryError):
        return False
    return True
"""


def examine(unsafe: bool = False) -> int:
    """Print what was tried and what came of it; 0 if nothing got through, 1 if something did, 2 without any
    isolation."""
    try:
        isolation = find_isolation(unsafe)
    except NoIsolation as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Student code runs in: {isolation}.")
    outcome = try_all(isolation)
    for what, succeeded in outcome.items():
        print(f"  {'GETS THROUGH' if succeeded else 'refused     '}  {what}")
    return 1 if any(outcome.values()) else 0


def try_all(isolation: Isolation) -> dict[str, bool]:
    """Each attempt, and whether a student's process succeeded. True where it did not live to tell."""
    limits = SubmissionLimits()
    with _things_to_reach() as things:
        child = isolation.start(limits)
        codes = [code.format(**things, most=2 * limits.folder) for code in ATTEMPTS.values()]
        cells = [_PRELUDE, *(f"tried_{n} = attempt({code!r})" for n, code in enumerate(codes))]
        names = {what: f"tried_{n}" for n, what in enumerate(ATTEMPTS)}
        job = {"cells": cells, "learner": "doctor", "answers": names, "asked": [], "limits": {}}
        found = dict.fromkeys(ATTEMPTS, True)
        try:
            child.send(json.dumps(job).encode() + b"\n")
            while (message := child.lines.next(60)) is not None and "done" not in message:
                if message.get("answer") in found and message.get("plain") is not None:
                    found[message["answer"]] = message["plain"] is not False
        except (OSError, ValueError, TimeoutError):
            pass
        finally:
            child.close()
    return found


@contextmanager
def _things_to_reach() -> Iterator[dict[str, object]]:
    """A file, a server, a socket and a process of the teacher's, for as long as it takes."""
    import os

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tokenlab-doctor-")))
        (folder / "file").write_text("a teacher's", encoding="utf-8")
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        if hasattr(socket, "AF_UNIX"):
            local = stack.enter_context(socket.socket(socket.AF_UNIX))
            local.bind(str(folder / "socket"))
            local.listen()
        yield {
            "file": str(folder / "file"),
            "port": server.getsockname()[1],
            "socket": str(folder / "socket"),
            "process": os.getpid(),
        }
