"""Lines of JSON from a process that may be hostile: bounded, timed, strictly read."""

from __future__ import annotations

import json
import os
import queue
import threading
from typing import Any, NoReturn

from tokenlab.values.nesting import is_deeper

DEEPEST = 50  # what is nested deeper than that breaks whatever walks through it


class BadMessage(ValueError):
    """Bytes that are no message."""


class LineReader:
    """What can be read from a descriptor, which it closes at the end. One thread reads, so that waiting can
    end on every system."""

    def __init__(self, descriptor: int, longest: int, most: int) -> None:
        self._longest, self._most = longest, most
        self._queue: queue.Queue[bytes | None] = queue.Queue()
        self.overflowed = False
        threading.Thread(target=self._read, args=(descriptor,), daemon=True).start()

    def next(self, seconds: float) -> dict[str, Any] | None:
        """The next message; None at the end. Raises TimeoutError, `BadMessage`."""
        try:
            line = self._queue.get(timeout=max(seconds, 0))
        except queue.Empty:
            raise TimeoutError(f"nothing was said for {seconds:.3g} seconds") from None
        if line is None:
            self._queue.put(None)
            return None
        return strict(line)

    def _read(self, descriptor: int) -> None:
        rest, total = b"", 0
        try:
            while chunk := os.read(descriptor, 1 << 16):
                total += len(chunk)
                *lines, rest = (rest + chunk).split(b"\n")
                if total > self._most or any(len(line) > self._longest for line in (*lines, rest)):
                    self.overflowed = True
                    break
                for line in lines:
                    self._queue.put(line)
        except OSError:
            pass
        finally:
            os.close(descriptor)
            self._queue.put(None)


def strict(line: bytes) -> dict[str, Any]:
    """A message: an object of JSON as the standard has it, without NaN. Raises `BadMessage`."""
    try:
        message = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadMessage(f"no message: {type(error).__name__}") from None
    if type(message) is not dict:
        raise BadMessage("no message: expected an object")
    if is_deeper(message, DEEPEST):
        raise BadMessage(f"no message: nested more than {DEEPEST} deep")
    return message


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
