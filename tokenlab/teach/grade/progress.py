"""How far it is, on standard error."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30


class ProgressBar:
    """A bar that moves where there is a terminal; else a line now and then."""

    def __init__(self, of: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._of, self._done, self._start = of, 0, time.monotonic()
        self._moves = self._stream.isatty()

    def step(self) -> None:
        """One more is done: say how many of all."""
        self._done += 1
        last = self._done == self._of
        if self._moves:
            self._stream.write(f"\r{self}" + ("\n" if last else ""))
        elif last or self._done % max(1, self._of // 10) == 0:
            self._stream.write(f"{self}\n")
        self._stream.flush()

    def __str__(self) -> str:
        seconds = time.monotonic() - self._start
        filled = WIDTH * self._done // max(self._of, 1)
        left = seconds / max(self._done, 1) * (self._of - self._done)
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {self._done} of {self._of}, {left:.0f} s left "
