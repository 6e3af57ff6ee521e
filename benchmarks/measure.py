"""Taking turns: noise that lasts a while then hits everybody alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median

Work = Callable[[], object]


def side_by_side(candidates: Mapping[str, Work], rounds: int, per_round: int) -> dict[str, list[float]]:
    """Seconds that one unit of each candidate took, for each round; a candidate does ``per_round`` units."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for work in candidates.values():
        work()
    for number in range(rounds):
        order = list(candidates) if number % 2 == 0 else list(reversed(candidates))
        for name in order:
            start = time.perf_counter()
            candidates[name]()
            times[name].append((time.perf_counter() - start) / per_round)
    return times


def summary(times: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    """Units a second in the middle round, and how much of the first candidate's time each takes."""
    first = next(iter(times))
    return {
        name: {
            "per_second": 1 / median(seconds),
            "times_first": median(own / other for own, other in zip(seconds, times[first], strict=True)),
        }
        for name, seconds in times.items()
    }
