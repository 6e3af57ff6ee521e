"""The process that judges. It reads plain data, and never a student's code.

`main` serves one request a line: ``prepare`` says what the exercises of a lesson ask of a learner, ``judge``
judges one answer. `Judge` is the other end; a judgement that takes too long is given up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tokenlab.teach.answers import AnswerError, Plain, Unanswered, plain
from tokenlab.teach.check import judge_task, make_task
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.exercises import exercises, find
from tokenlab.teach.grade.child import start_python
from tokenlab.teach.grade.limits import MIB
from tokenlab.teach.grade.lines import BadMessage, LineReader
from tokenlab.teach.variant import Variant

SECONDS = 20.0  # a judgement takes milliseconds; what is built to take long is not waited for
MEMORY = 2048 * MIB


@dataclass(frozen=True)
class AnswerRequest:
    """What an exercise asks of one learner: the variable of its answer; questions, if that is a function."""

    number: str
    name: str
    points: int
    questions: list[list[Plain]]


@dataclass(frozen=True)
class JudgedAnswer:
    """What one answer earned. ``status`` is ``judged``, ``unanswered``, ``unusable`` or ``unjudged``;
    ``text`` is what the student is told."""

    exercise: str
    points: int
    of: int
    misconceptions: list[str]
    status: str
    note: str = ""
    text: str = ""


class Judge:
    """A process that judges, started when it is needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: LineReader | None = None

    def prepare(self, lesson: str, learner: str) -> list[AnswerRequest]:
        """Empty if the lesson has no exercises. Raises ValueError if the name cannot be a learner's."""
        said = self._request({"do": "prepare", "lesson": lesson, "learner": learner})
        if said is None:
            raise ValueError("the exercises could not be made for this learner in time")
        if "wrong" in said:
            raise ValueError(said["wrong"])
        return [AnswerRequest(**one) for one in said["asked"]]

    def judge(self, asked: AnswerRequest, learner: str, answer: dict[str, Any]) -> JudgedAnswer:
        """``answer`` is ``{"plain": ...}``, ``{"results": [...]}`` or ``{"unusable": "why"}``."""
        said = self._request({"do": "judge", "number": asked.number, "learner": learner, "answer": answer})
        if said is None:
            return JudgedAnswer(
                asked.number, 0, asked.points, [], "unjudged", "judging this answer took too long"
            )
        return JudgedAnswer(**said)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdin
            self._process.stdin.close()
        self._process = self._lines = None

    def _request(self, request: dict[str, Any]) -> dict[str, Any] | None:
        if self._process is None or self._lines is None:
            self._start()
        assert self._process and self._process.stdin and self._lines
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            said = self._lines.next(SECONDS)
        except (OSError, TimeoutError, BadMessage):
            said = None
        if said is None:
            self.close()
        return said

    def _start(self) -> None:
        process = start_python("judge", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout
        self._lines = LineReader(os.dup(process.stdout.fileno()), 16 * MIB, sys.maxsize)
        process.stdout.close()
        self._process = process


# In the process that judges -----------------------------------------------------------------------------


def main() -> None:
    """The process that judges: a question a line comes in, a judgement a line goes out."""
    if os.name == "posix":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY and sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for line in sys.stdin.buffer:
        said = _serve(json.loads(line))
        sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
        sys.stdout.buffer.flush()


def _serve(request: dict[str, Any]) -> dict[str, Any]:
    learner = request["learner"]
    if request["do"] == "prepare":
        try:
            return {
                "asked": [_asked(one, _task(one.number, learner)) for one in exercises(request["lesson"])]
            }
        except ValueError as error:
            return {"wrong": str(error)}
    return vars(_judged(find(request["number"]), learner, request["answer"]))


def _asked(exercise: Exercise, task: Task) -> dict[str, Any]:
    questions = [list(map(plain, question)) for question in task.questions]
    return vars(AnswerRequest(exercise.number, exercise.answer_name, exercise.points, questions))


@lru_cache(maxsize=64)
def _task(number: str, learner: str) -> Task:
    return make_task(find(number), Variant(learner))


def _judged(exercise: Exercise, learner: str, answer: dict[str, Any]) -> JudgedAnswer:
    head = f"{exercise.number} {exercise.title}: 0 of {exercise.points} points"

    def nothing(status: str, note: str) -> JudgedAnswer:
        return JudgedAnswer(exercise.number, 0, exercise.points, [], status, note, f"{head}\n{note}")

    try:
        judgement = judge_task(exercise, _task(exercise.number, learner), _plain(answer))
    except Unanswered as error:
        return nothing("unanswered", str(error))
    except AnswerError as error:
        return nothing("unusable", str(error))
    except Exception as error:  # a fault in an exercise costs no other its points
        return nothing("unjudged", f"judging this answer failed: {type(error).__name__}: {error}"[:300])
    return JudgedAnswer(
        exercise.number,
        judgement.points,
        exercise.points,
        list(judgement.misconceptions),
        "judged",
        "; ".join(judgement.notes),
        str(judgement),
    )


def _plain(answer: dict[str, Any]) -> Plain:
    if "unusable" in answer:
        raise AnswerError(str(answer["unusable"]))
    if "results" in answer:
        return [_result(result) for result in answer["results"]]
    if answer.get("plain") is None:
        raise Unanswered("there is no answer")
    return plain(answer["plain"])


def _result(result: dict[str, Any]) -> Plain:
    """As `tokenlab.teach.check.ask` has it; what is no plain data was not returned."""
    try:
        if "returned" in result:
            return {"returned": plain(result["returned"])}
    except AnswerError as error:
        return {"raised": f"AnswerError: {error}"[:200]}
    return {"raised": "".join(c for c in str(result.get("raised", "no answer")) if c.isprintable())[:200]}
