"""Does cost grow as the input does? Inputs of n, 2n, 4n and 8n, and how many times as long the last takes.

Each is one that once grew faster, or that a stranger could choose: what must not happen is n times n.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice
from time import process_time
from typing import NamedTuple

from benchmarks.measure import Effort
from tokenlab.detect import sigma
from tokenlab.real import from_whoami, read_descriptor, read_events
from tokenlab.real.exports import contexts_of, read_descriptors
from tokenlab.security import SecurityDescriptor
from tokenlab.view import show
from tokenlab.view.drawing import fit
from tokenlab.worlds.busy_day import busy_day

SIZES = (1, 2, 4, 8)
QUICK, FULL = Effort(1, 0.002), Effort(5, 0.1)
"""The smallest input is done again and again until it takes so many seconds."""


class Grown(NamedTuple):
    """What it was done with, how many of it at first, and the times in times of the first."""

    what: str
    first: int
    seconds: float
    times: tuple[float, ...]

    @property
    def growth(self) -> float:
        """The last in times of what the first lets expect: 1 where cost grows as the input does."""
        return self.times[-1] / SIZES[-1]


Work = Callable[[], object]


def _whoami(text: str) -> Work:
    return _tried(lambda: from_whoami(text))


def _tried(work: Work) -> Work:
    def do() -> None:
        with suppress(ValueError):
            work()

    return do


def _read(text: str) -> Work:
    return _tried(lambda: read_events(text))


def _descriptor(text: str) -> Work:
    return lambda: read_descriptor(text)


def _users(count: int) -> Work:
    sids = {f"user{n}": f"S-1-5-21-1-2-3-{n + 1000}" for n in range(count)} | {"staff": "S-1-5-21-1-2-3-999"}
    groups = {"staff": [name for name in sids if name != "staff"]}
    return lambda: contexts_of(groups, sids)


def _groups(count: int) -> Work:
    sids = {f"group{n}": f"S-1-5-21-1-2-3-{n + 2000}" for n in range(count)} | {"ada": "S-1-5-21-1-2-3-1000"}
    groups = {name: ["ada"] for name in sids if name != "ada"}
    return lambda: contexts_of(groups, sids)


def _chain(count: int) -> Work:
    sids = {f"group{n}": f"S-1-5-21-1-2-3-{n + 2000}" for n in range(count)} | {"ada": "S-1-5-21-1-2-3-1000"}
    groups = {f"group{n}": [f"group{n - 1}" if n else "ada"] for n in range(count)}
    return lambda: contexts_of(groups, sids)


def _shown(count: int) -> Work:
    aces = "".join(f"(A;;0x{1 << n % 9:x};;;S-1-5-21-1-2-3-{n})" for n in range(count))
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:{aces}")
    return lambda: show(descriptor)._repr_html_()


def _rows(count: int) -> Work:
    rows = "".join(f'D:\\x\\{n},"O:BAG:SYD:(A;;FA;;;S-1-5-21-1-2-3-{n})"\n' for n in range(count))
    lines = f"Path,Sddl\n{rows}".splitlines()
    return lambda: read_descriptors(lines)


def _windowed(count: int) -> Work:
    """As many failures within one window as there are: each is compared with those before it."""
    from tokenlab.values import Events

    one = {
        "EventID": 4625,
        "RecordNumber": 0,
        "Channel": "Security",
        "Hostname": "x",
        "TimeCreated": "",
        "TargetUserName": "ada",
    }
    log = Events(
        {**one, "RecordNumber": n, "TimeCreated": f"2026-01-05T08:{n // 1000 % 60:02}:00.{n % 1000:03}Z"}
        for n in range(count)
    )
    rule = sigma(CORRELATION)
    return lambda: log.where(rule)


CORRELATION = """title: Failures
name: failures
logsource: {product: windows, service: security}
detection: {selection: {EventID: 4625}, condition: selection}
---
title: Many failures
correlation:
    type: event_count
    rules: [failures]
    group-by: [TargetUserName]
    timespan: 1h
    condition: {gte: 5}
"""
_EVENT = "<Event><System><EventID>4624</EventID></System>{}</Event>"
_RULED = "GROUP INFORMATION\n-----------------\n\nGroup Name  Type  SID  Attributes\n{} ==== === ===\n"


def _deep(count: int) -> str:
    return _EVENT.format(f"<UserData>{'<a>' * count}{'</a>' * count}</UserData>")


CASES: dict[str, tuple[int, Callable[[int], Work]]] = {
    "contexts: users in a group": (500, _users),
    "contexts: a user in groups": (500, _groups),
    "contexts: groups in groups": (500, _chain),
    "picture: letters of a text": (4096, lambda n: lambda: fit("x" * n, 400)),
    "picture: ACEs": (200, _shown),
    "log: <?xml before records": (500, lambda n: _read('<?xml version="1.0"?>' * n + _EVENT)),
    "log: deep UserData": (2000, lambda n: _read(_deep(n))),
    "log: records": (100, lambda n: _read(_log(n))),
    "correlation: records of a window": (500, _windowed),
    "whoami: letters of a SID": (2048, lambda n: _whoami("S-1-5-21-" + "1" * n)),
    "whoami: parts of a SID": (1024, lambda n: _whoami("a\\b S-1-5" + "-1" * n + "-xx")),
    "whoami: redacted SIDs": (500, lambda n: _whoami("a\\b S-1-5-21-**** \n" * n)),
    "whoami: a ruler": (2048, lambda n: _whoami(_RULED.format("=" * n))),
    "whoami: rulers": (500, lambda n: _whoami("=== ==== ====\n" * n)),
    "icacls: ACEs": (200, lambda n: _descriptor("C:\\x " + "BUILTIN\\Users:(F)\n     " * n)),
    "export: rows": (500, _rows),
    "SDDL: ACEs": (80, lambda n: _descriptor("D:" + "(A;;FA;;;WD)" * n)),
}


def _log(records: int) -> str:
    from tests.real import written

    return written.xml(islice(cycle(busy_day().log), records))


def measure(effort: Effort) -> list[Grown]:
    return [grown(what, first, make, effort) for what, (first, make) in CASES.items()]


def grown(what: str, first: int, make: Callable[[int], Work], effort: Effort) -> Grown:
    works = [make(first * size) for size in SIZES]
    times = 1
    while (taken := _seconds(works[0], times)) < effort.seconds / 4 and times < 1 << 16:
        times *= 4
    times = max(1, round(times * effort.seconds / max(taken, 1e-6)))
    found = [
        min(_seconds(work, max(1, times // size)) for _ in range(effort.rounds))
        for work, size in zip(works, SIZES, strict=True)
    ]
    each = [took / max(1, times // size) for took, size in zip(found, SIZES, strict=True)]
    return Grown(what, first, each[0], tuple(one / each[0] for one in each))


def _seconds(work: Work, times: int) -> float:
    begun = process_time()
    for _ in range(times):
        work()
    return process_time() - begun


def table(lines: list[Grown]) -> str:
    rows = [
        f"  {'':28}{'first n':>8}{'ms':>10}" + "".join(f"{f'{size}n':>8}" for size in SIZES[1:]) + "  growth"
    ]
    for line in lines:
        rows.append(
            f"  {line.what:28}{line.first:>8,}{1000 * line.seconds:>10.3f}"
            + "".join(f"{one:>8.2f}" for one in line.times[1:])
            + f"{line.growth:>8.2f}"
            + ("  FASTER THAN THE INPUT" if line.growth > 1.3 else "")
        )
    return "\n".join(rows)
