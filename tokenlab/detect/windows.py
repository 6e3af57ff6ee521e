"""The windows of a Sigma correlation, in time that grows as n log n does.

pySigma's plan chooses the records, their groups and their times; its own search of the windows then compares
each record with all others of its window. Here two pointers pass over them once. "Sigma correlation rules
specification", *correlation types*: a window ends at each record and reaches back over the time span.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

_MATCHES = "_n0_matches"  # the stage of a plan after which windows are made


class WindowMatch(NamedTuple):
    """A record that one of the rules found: ``slot`` says which of them."""

    time: float
    slot: int
    value: str | None
    place: int


class TimeWindow(NamedTuple):
    """What is asked of a window; ``kind`` is Sigma's type of correlation, ``span`` seconds."""

    kind: str
    span: float
    least: int
    slots: int

    @classmethod
    def read(cls, collection: Any) -> TimeWindow | None:
        """None for what pySigma has to search itself: correlations of correlations, other conditions."""
        rules = [rule for rule in collection if not hasattr(rule, "logsource")]
        if len(rules) != 1:
            return None
        [rule] = rules
        kind, condition = rule.type.name.lower(), rule.condition
        operator = getattr(getattr(condition, "op", None), "name", "")
        if kind not in _SEARCHES or operator not in ("GTE", "GT"):
            return None
        least, slots = condition.count + (operator == "GT"), len(rule.rules)
        if kind == "temporal_ordered" and least != slots:
            return None
        return cls(kind, float(rule.timespan.seconds), least, slots)

    def places(self, connection: sqlite3.Connection, plan: Mapping[str, Any]) -> set[int]:
        """The records of the alerts."""
        found: set[int] = set()
        for group in _groups(connection, plan):
            found.update(_SEARCHES[self.kind](self, group))
        return found


def _groups(connection: sqlite3.Connection, plan: Mapping[str, Any]) -> Iterator[list[WindowMatch]]:
    """The matches of each group, in order of time."""
    from sigma.backends.sqlite.runtime import ensure_fields

    ensure_fields(connection, plan["required_fields"])
    for stage in plan["prepare"]:
        connection.execute(f'CREATE TEMP TABLE "{stage["name"]}" AS {stage["select"]}').close()
        if stage["name"].endswith(_MATCHES):
            break
    cursor = connection.execute(f'SELECT * FROM "{stage["name"]}"')
    names = [column[0] for column in cursor.description]
    keys = [number for number, name in enumerate(names) if name[:1] == "g" and name[1:].isdecimal()]
    time, slot, value, evidence = map(names.index, ("ts", "slot", "v", "evidence"))
    groups: dict[tuple[Any, ...], list[WindowMatch]] = {}
    for row in cursor:
        place = int(json.loads(row[evidence])[0].partition(":")[2])
        match = WindowMatch(row[time], row[slot], row[value], place)
        groups.setdefault(tuple(row[key] for key in keys), []).append(match)
    for group in groups.values():
        yield sorted(group, key=itemgetter(0))


def _sliding(
    windows: TimeWindow, group: list[WindowMatch], counted: Callable[[WindowMatch], object]
) -> Iterator[tuple[int, int, int]]:
    """Each window as the places of its ends in the group, and how many different things it has."""
    begin = end = 0
    inside: Counter[object] = Counter()
    for time, same in groupby(group, itemgetter(0)):  # what has one time is in one window
        for match in same:
            inside[counted(match)] += 1
            end += 1
        while group[begin].time < time - windows.span:
            gone = counted(group[begin])
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            begin += 1
        yield begin, end, len(inside) - (None in inside)


def _counting(
    counted: Callable[[WindowMatch], object],
) -> Callable[[TimeWindow, list[WindowMatch]], Iterable[int]]:
    def search(windows: TimeWindow, group: list[WindowMatch]) -> Iterator[int]:
        done = 0
        for begin, end, count in _sliding(windows, group, counted):
            if count >= windows.least:
                yield from (match.place for match in group[max(begin, done) : end])
                done = end

    return search


def _in_order(windows: TimeWindow, group: list[WindowMatch]) -> Iterator[int]:
    """In a window, the first record of the first rule, the first one of the second after it, and so on."""
    times: list[list[float]] = [[] for _ in range(windows.slots)]
    at: dict[tuple[int, float], list[int]] = {}
    for match in group:
        times[match.slot].append(match.time)
        at.setdefault((match.slot, match.time), []).append(match.place)
    for end in dict.fromkeys(match.time for match in group):
        chain = _chain(times, end - windows.span, end)
        if len(chain) == windows.slots:
            yield from (place for slot, time in enumerate(chain) for place in at[slot, time])


def _chain(times: list[list[float]], begin: float, end: float) -> list[float]:
    chain: list[float] = []
    for one in times:
        place = bisect_right(one, chain[-1]) if chain else bisect_left(one, begin)
        if place == len(one) or one[place] > end:
            break
        chain.append(one[place])
    return chain


def _folded(match: WindowMatch) -> object:
    """The value as SQLite's NOCASE compares it: bytes have small letters of A to Z only."""
    value = match.value
    return value.encode().lower() if isinstance(value, str) else value


_SEARCHES: dict[str, Callable[[TimeWindow, list[WindowMatch]], Iterable[int]]] = {
    "event_count": _counting(lambda match: match.place),
    "value_count": _counting(_folded),
    "temporal": _counting(lambda match: match.slot),
    "temporal_ordered": _in_order,
}
