"""Two threads, one object: what happens depends on who comes first.

Windows decides the order anew each time. Here the learner decides, so that every run tells the same story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from tokenlab.system.errors import Refusal

Action = tuple[str, Callable[[], object]]
"""What a thread does, in words and as a call."""


class InterleavedStep(NamedTuple):
    """One step of one thread: what it did, and what came of it."""

    thread: str
    what: str
    outcome: object

    @property
    def refused(self) -> bool:
        """True if Windows said no to this step."""
        return isinstance(self.outcome, Refusal)

    def __str__(self) -> str:
        return f"{self.thread}: {self.what} -> {self.outcome}"


def orders(lengths: Mapping[str, int]) -> Iterator[str]:
    """Every order of two threads with so many steps: ``{"A": 2, "B": 1}`` gives AAB, ABA, BAA."""
    (first, many), (second, others) = lengths.items()
    for places in combinations(range(many + others), many):
        yield "".join(first if n in places else second for n in range(many + others))


def interleave(threads: Mapping[str, Sequence[Action]], order: str) -> list[InterleavedStep]:
    """Run the steps of all threads in this order, a letter a step: ``AABB``.

    A refusal is an outcome, and the others go on. Raises ValueError for an order that does not fit.
    """
    wanted = {name: order.count(name) for name in threads}
    have = {name: len(actions) for name, actions in threads.items()}
    if wanted != have or len(order) != sum(have.values()):
        steps = ", ".join(f"{count} {name}" for name, count in have.items())
        one_by_one = "".join(name * count for name, count in have.items())
        raise ValueError(f"{order!r} is no order of these: expected {steps}, for example {one_by_one!r}")
    left = {name: iter(actions) for name, actions in threads.items()}
    story = []
    for name in order:
        what, call = next(left[name])
        try:
            outcome: object = call()
        except Refusal as refusal:
            outcome = refusal
        story.append(InterleavedStep(name, what, outcome))
    return story
