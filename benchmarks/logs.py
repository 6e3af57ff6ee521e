"""Reading logs, beside the library that only parses their text; texts of two and four times the length."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import NamedTuple

from tests.real import written
from tokenlab.real import read_events
from tokenlab.worlds.busy_day import busy_day

FORMS = ("JSON lines of evtx_dump", "Winlogbeat", "Wazuh", "Velociraptor", "Sentinel")
QUICK, FULL = 5_000, 100_000
ROUNDS = 3


class Read(NamedTuple):
    """So many records of a form: seconds for all, beside ``json`` alone, and beside a half and a quarter."""

    form: str
    records: int
    seconds: float
    beside_json: float
    twice: float
    """A half beside a quarter of the records: 2 where time grows as they do."""
    four_times: float
    """All of them beside a quarter."""


def measure(records: int) -> list[Read]:
    """Each form with so many records, a quarter of them, and half."""
    day = list(busy_day().log)
    return [_read(form, day * (records // len(day) + 1)) for form in FORMS]


def _read(form: str, log: list[dict[str, object]]) -> Read:
    write = written.FORMS[form]
    quarter, half, whole = (write(log[: len(log) // part]) for part in (4, 2, 1))
    small, middle, large = (_seconds(partial(read_events, text)) for text in (quarter, half, whole))
    alone = _seconds(lambda: _parse(whole))
    return Read(form, len(log), large, large / alone, middle / small, large / small)


def _parse(text: str) -> object:
    return json.loads(text) if text[0] == "[" else [json.loads(line) for line in text.splitlines()]


def _seconds(work: Callable[[], object]) -> float:
    """The quickest of some rounds: noise only adds."""
    found = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        found.append(perf_counter() - begun)
    return min(found)


def table(lines: list[Read]) -> str:
    rows = [f"  {'':26}{'records':>9}{'a second':>12}{'beside json':>14}{'twice':>8}{'4 times':>9}"]
    for line in lines:
        rows.append(
            f"  {line.form:26}{line.records:>9,}{line.records / line.seconds:>12,.0f}"
            f"{line.beside_json:>14.2f}{line.twice:>8.2f}{line.four_times:>9.2f}"
        )
    return "\n".join(rows)
