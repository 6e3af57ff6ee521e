"""Taking turns: noise that lasts a while then hits everybody alike."""

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from statistics import median
from typing import Any, NamedTuple

LARGEST_BATCH = 20_000


class Effort(NamedTuple):
    """How long to measure: so many rounds, in each so many seconds for every racer."""

    rounds: int
    seconds: float


class Racer(NamedTuple):
    """One way to do a thing: what it does with a batch of inputs, and where these come from, endlessly."""

    work: Callable[[list[Any]], object]
    supply: Iterator[Any]

    def run(self, size: int) -> float:
        """Seconds for a batch of this size; making its inputs is not counted."""
        batch = list(islice(self.supply, size))
        start = time.perf_counter()
        self.work(batch)
        return time.perf_counter() - start


class Line(NamedTuple):
    """A comparison: units a second of both, and the time of ours in times of the other's."""

    what: str
    aces: int
    ours: str
    other: str
    ours_per_second: float
    other_per_second: float
    ratio: float
    """In the middle round."""
    lowest: float
    """In the round that was kindest to ours."""


def side_by_side(racers: Mapping[str, Racer], effort: Effort) -> dict[str, list[float]]:
    """Seconds that one unit took, by the name of the racer, round by round."""
    sizes = {name: batch_size(racer, effort.seconds) for name, racer in racers.items()}
    times: dict[str, list[float]] = {name: [] for name in racers}
    for number in range(effort.rounds):
        for name in racers if number % 2 == 0 else [*racers][::-1]:
            times[name].append(racers[name].run(sizes[name]) / sizes[name])
    return times


def batch_size(racer: Racer, seconds: float) -> int:
    """How many units take so long; finding out also warms the racer up."""
    size = 1
    while (taken := racer.run(size)) < seconds / 4 and size < LARGEST_BATCH:
        size *= 4
    return max(1, min(LARGEST_BATCH, round(size * seconds / taken)))


def compared(what: str, aces: int, times: Mapping[str, list[float]], ours: str, other: str) -> Line:
    """Two racers of one race."""
    ratios = [one / two for one, two in zip(times[ours], times[other], strict=True)]
    rate, rival = (1 / median(times[name]) for name in (ours, other))
    return Line(what, aces, ours, other, rate, rival, median(ratios), min(ratios))
