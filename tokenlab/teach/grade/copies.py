"""Hints that answers were copied: wrong in a student's own world, and word for word a classmate's right ones.

A hint is a reason to talk to both, never a proof, and nothing is scored by it: two may have the same short
answer by chance, and which of them had it first is not known.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tokenlab.teach.grade.result import Result

FEWEST = 2  # of one assignment, of the same classmate: one alone is often chance
LONGEST = 4000  # characters of an answer that is kept


def comparable(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Answers that are plain data as texts by number, capitals folded; none for a function or a huge one."""
    found = {}
    for number, answer in answers.items():
        if answer.get("plain") is None:
            continue
        try:
            text = json.dumps(answer["plain"], sort_keys=True).casefold()
        except (RecursionError, TypeError, ValueError):
            continue
        if len(text) <= LONGEST:
            found[number] = text
    return found


def copy_hints(results: Sequence[Result]) -> list[str]:
    """A sentence for each student, classmate and assignment with `FEWEST` such answers or more."""
    right: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in results:
        for number, answer in _answers(one, right=True):
            right[one.assignment[:2], number, answer].append(one.student)
    found = []
    for one in results:
        wrong = list(_answers(one, right=False))
        shared: dict[str, list[str]] = defaultdict(list)
        for number, answer in wrong:
            for classmate in right[one.assignment[:2], number, answer]:
                shared[classmate].append(number)
        found += [
            f"{one.student}/{one.assignment}: {', '.join(numbers)} ({len(numbers)} of {len(wrong)} wrong "
            f"answers) would be right for {classmate}, who gave the same"
            for classmate, numbers in shared.items()
            if len(numbers) >= FEWEST
        ]
    return found


def _answers(result: Result, *, right: bool) -> Iterator[tuple[str, str]]:
    """The answers that earned all points, or those that did not, by number."""
    for row in result.rows:
        if row.status == "judged" and row.exercise in result.answers and (row.points == row.of) is right:
            yield row.exercise, result.answers[row.exercise]
