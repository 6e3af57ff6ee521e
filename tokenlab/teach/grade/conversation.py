"""What the grader says to a student's process, and what it takes from it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tokenlab.teach.grade.child import StudentProcess
from tokenlab.teach.grade.judge import AnswerRequest
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.lines import BadMessage

GRACE = 3.0  # seconds on top of what the process allows itself
MOST_NOTES = 5


@dataclass
class SubmittedAnswers:
    """Answers by the exercise's number, as `tokenlab.teach.grade.judge` takes them.

    ``status`` is ``graded``, ``time is up``, ``ended early`` or ``said too much``.
    """

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    learner: str = ""
    notes: list[str] = field(default_factory=list)
    status: str = "graded"


def converse(
    child: StudentProcess,
    cells: Sequence[str],
    learner: str,
    exercises: Sequence[AnswerRequest],
    limits: SubmissionLimits,
) -> SubmittedAnswers:
    """Have the cells run, take the answers, and ask the functions. The child is gone afterwards."""
    conversation = _Conversation(child, exercises, limits)
    most = limits.seconds + limits.asking_seconds + 3 * GRACE
    timer = threading.Timer(most, child.end)  # whatever happens
    timer.daemon = True
    timer.start()
    try:
        conversation.run(cells, learner)
        conversation.ask()
    except TimeoutError:
        conversation.heard.status = "time is up"
    except OSError:
        conversation.heard.status = "ended early"
    except BadMessage:
        conversation.heard.status = "said too much"
    finally:
        timer.cancel()
        child.close()
    heard = conversation.heard
    if child.lines.overflowed:
        heard.status = "said too much"
    for answer in heard.answers.values():
        if "function" in answer:
            answer.pop("function")
            answer["unusable"] = "the process ended before the function could be asked"
    return heard


class _Conversation:
    def __init__(
        self, child: StudentProcess, exercises: Sequence[AnswerRequest], limits: SubmissionLimits
    ) -> None:
        self._child, self._limits = child, limits
        self._exercises = {one.number: one for one in exercises}
        self.heard = SubmittedAnswers()

    def run(self, cells: Sequence[str], learner: str) -> None:
        job = {
            "cells": list(cells),
            "learner": learner,
            "answers": {number: one.name for number, one in self._exercises.items()},
            "asked": [number for number, one in self._exercises.items() if one.questions],
            "limits": asdict(self._limits),
        }
        self._child.send(json.dumps(job).encode() + b"\n")
        end = time.monotonic() + self._limits.seconds + GRACE
        while True:
            message = self._child.lines.next(end - time.monotonic())
            if message is None:
                raise BrokenPipeError("the process ended before its last cell")
            if "done" in message:
                return
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("answer")
        if isinstance(number, str) and number in self._exercises:
            kinds = ("plain", "function", "unusable")
            self.heard.answers[number] = {kind: message[kind] for kind in kinds if kind in message}
        elif "learner" in message:
            self.heard.learner = str(message["learner"])[:100]
        elif "failed" in message and len(self.heard.notes) < MOST_NOTES:
            error = "".join(c for c in str(message.get("error")) if c.isprintable())
            if not error.startswith(("Unanswered:", "AnswerError:")):  # `check` said it: the judge will too
                self.heard.notes.append(f"cell {message['failed']!s:.9}: {error:.200}")

    def ask(self) -> None:
        """One question at a time. Functions share the time for it: a slow one costs no other's answers."""
        asked = [number for number, answer in self.heard.answers.items() if "function" in answer]
        for number in asked:
            questions, answer = self._exercises[number].questions, self.heard.answers[number]
            end = time.monotonic() + self._limits.asking_seconds / len(asked)
            results: list[dict[str, Any]] = [{"raised": "no answer in time"} for _ in questions]
            answer.pop("function")
            answer["results"] = results
            for place, arguments in enumerate(questions):
                if time.monotonic() > end:
                    break
                question = {"ask": number, "arguments": arguments}
                self._child.send(json.dumps(question).encode() + b"\n")
                reply = self._child.lines.next(self._limits.question_seconds + GRACE)
                if reply is None:
                    raise BrokenPipeError("the process ended while it was asked")
                results[place] = {kind: reply[kind] for kind in ("returned", "raised") if kind in reply}
