"""Where the time of a run went: a share for each folder of tests."""

from collections.abc import Iterable


def shares(durations: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The share (0 to 1) of each folder, largest first, from pairs of a test's id and its seconds."""
    seconds: dict[str, float] = {}
    for test, duration in durations:
        first, *rest = test.split("::")[0].split("/")
        folder = rest[0] if first == "tests" and len(rest) > 1 else first
        seconds[folder] = seconds.get(folder, 0) + duration
    total = sum(seconds.values()) or 1
    return {name: part / total for name, part in sorted(seconds.items(), key=lambda one: -one[1])}
