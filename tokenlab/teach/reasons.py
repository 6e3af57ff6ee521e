"""Why the outcome of a prediction is what it is, in one or two sentences.

They stand in ``reasons.toml``, by lesson and question, because a notebook must not name the answer before
the learner has chosen. An outcome that tells its own reason (a decision, a refusal) needs none there.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("reasons.toml")


def reason(question: str) -> str:
    """What is said of the outcome of this question; empty if nothing is."""
    return _by_question().get(question, "")


@cache
def reasons() -> dict[str, dict[str, str]]:
    """By lesson: each question and its reason."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def _by_question() -> dict[str, str]:
    return {question: said for lesson in reasons().values() for question, said in lesson.items()}
