"""The student's process: it runs the cells, hands over the answers, and calls the student's functions.

It is told what to do in a line of JSON, and says what it has found in lines of JSON:
``{"answer": "04.1", "plain": ...}``, ``{"answer": "04.6", "function": true}``,
``{"answer": "04.2", "unusable": "why"}``, ``{"failed": 3, "error": "NameError: ..."}``,
``{"learner": "jdoe"}``, and ``{"done": true}`` when all cells have run. Answers are handed over after each
cell: what was given counts even if a later cell ends the process. Nothing said here is believed to be more
than an answer.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import time
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from tokenlab.teach.answers import AnswerError, plain
from tokenlab.teach.check import learner
from tokenlab.teach.grade.confine import confine
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.variant import Variant


class TimeIsUp(BaseException):
    """Not an Exception: ``except Exception`` in a cell does not stop it."""


def work(reader: int, writer: int, user: int) -> None:
    """Do one submission. The descriptors are the grader's pipe; as root, ``user`` is the id to become."""
    commands, results = os.fdopen(reader, "rb"), os.fdopen(writer, "wb")
    job = json.loads(commands.readline())
    limits = SubmissionLimits(**job["limits"])
    sys.argv, sys.dont_write_bytecode = ["notebook"], True
    confine(limits, user)
    learner(job["learner"])
    os.environ["JUPYTERHUB_USER"] = job["learner"]  # whose world it is, where a notebook says none
    student = _Student(job["answers"], job["asked"], results, limits)
    student.run(job["cells"])
    student.tell({"learner": _learner()}, {"done": True})
    student.answer_questions(commands)


def _learner() -> str:
    """The name that the notebook said last."""
    said = importlib.import_module("tokenlab.teach.check")._said
    try:
        return Variant(said).name[:100]
    except ValueError:  # the notebook's code wrote something else there
        return ""


class _Student:
    """``names`` are the variables of the answers; those in ``asked`` should be functions."""

    def __init__(
        self, names: dict[str, str], asked: list[str], results: IO[bytes], limits: SubmissionLimits
    ) -> None:
        self._names, self._asked, self._results, self._limits = names, asked, results, limits
        self._said: dict[str, dict[str, Any]] = {}
        self._functions: dict[str, Any] = {}
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self._space = module.__dict__

    def tell(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            self._results.write(json.dumps(message, allow_nan=False).encode() + b"\n")
        self._results.flush()

    def run(self, cells: list[str]) -> None:
        """One cell after the other; one that fails does not stop the next."""
        end = time.monotonic() + self._limits.seconds
        for number, source in enumerate(cells, 1):
            try:
                with _at_most(min(self._limits.cell_seconds, end - time.monotonic())):
                    exec(compile(source, f"<cell {number}>", "exec", dont_inherit=True), self._space)
            except BaseException as error:
                self.tell({"failed": number, "error": _text(error)})
            try:
                with _at_most(self._limits.cell_seconds):
                    self._hand_over()
            except BaseException as error:
                self.tell({"failed": number, "error": _text(error)})

    def _hand_over(self) -> None:
        for number, name in self._names.items():
            message = self._message(number, name)
            if self._said.get(number) != message:
                self.tell(message)
                self._said[number] = message

    def _message(self, number: str, name: str) -> dict[str, Any]:
        value = self._space.get(name)
        self._functions[number] = value
        if number in self._asked and callable(value):
            return {"answer": number, "function": True}
        try:
            return {"answer": number, "plain": plain(value)}
        except AnswerError as error:
            expected = "expected a function: " if number in self._asked else ""
            return {"answer": number, "unusable": f"{expected}{error}"[:300]}

    def answer_questions(self, commands: IO[bytes]) -> None:
        """``{"ask": "04.6", "arguments": [...]}``, answered as `tokenlab.teach.check.ask` does."""
        for line in commands:
            asked = json.loads(line)
            self.tell(self._call(self._functions.get(asked["ask"]), asked["arguments"]))

    def _call(self, function: Any, arguments: list[Any]) -> dict[str, Any]:
        try:
            with _at_most(self._limits.question_seconds):
                return {"returned": plain(function(*arguments))}
        except BaseException as error:
            return {"raised": _text(error)}


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raises TimeIsUp inside, again and again until it is left; without alarms, the grader waits."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def interrupt(*_: object) -> None:
        raise TimeIsUp(f"time is up after {seconds:.3g} seconds")

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:200]
    except BaseException:
        return "an error that cannot be told"


def main() -> None:
    """A process for one submission: the pipe is its input and output, which then go nowhere.

    Arguments: the user id to become (0: stay), and the folder to work in, if it is not the current one.
    """
    if len(sys.argv) > 2:
        os.chdir(sys.argv[2])
    reader, writer = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    os.closerange(max(reader, writer) + 1, 1024)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115  # for as long as the process lives
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8", errors="replace")  # noqa: SIM115
    gc.freeze()
    work(reader, writer, int(sys.argv[1]))
