"""Reading logs, beside the library that only parses them, and logs of two and four times the length."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, NamedTuple

from tests.real import written
from tests.real.evtx_writer import evtx
from tokenlab.real import load_events, read_events
from tokenlab.values import Event
from tokenlab.worlds.busy_day import busy_day

BINARY = "binary, beside evtx and json"
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
    memory: float
    """The greatest use of memory with a half, beside a quarter: 2 where it grows as they do."""


def measure(records: int) -> list[Read]:
    """Each form with so many records, a quarter of them, and half."""
    log = list(islice(cycle(busy_day().log), records))
    found = [_read(form, log, written.FORMS[form], read_events, _parse) for form in FORMS]
    if find_spec("evtx"):
        found.append(_read(BINARY, log, evtx, _load, _parse_evtx))
    return found


def _read(
    form: str,
    log: list[Event],
    write: Callable[[list[Event]], Any],
    read: Callable[[Any], object],
    parse: Callable[[Any], object],
) -> Read:
    quarter, half, whole = (write(log[: len(log) // part]) for part in (4, 2, 1))
    small, middle, large = (_seconds(partial(read, content)) for content in (quarter, half, whole))
    alone = _seconds(partial(parse, whole))
    memory = _peak(partial(read, half)) / _peak(partial(read, quarter))
    return Read(form, len(log), large, large / alone, middle / small, large / small, memory)


def _parse(text: str) -> object:
    return json.loads(text) if text[0] == "[" else [json.loads(line) for line in text.splitlines()]


def _parse_evtx(raw: bytes) -> object:
    """What the package says of each record is JSON; its own part, in Rust, takes the least of the time."""
    from evtx import PyEvtxParser

    return [json.loads(record["data"]) for record in PyEvtxParser(BytesIO(raw)).records_json()]


def _load(raw: bytes) -> object:
    with TemporaryDirectory() as folder:
        file = Path(folder, "Security.evtx")
        file.write_bytes(raw)
        return load_events(file)


def _peak(work: Callable[[], object]) -> int:
    """Bytes, counted and not timed."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _seconds(work: Callable[[], object]) -> float:
    """The quickest of some rounds: noise only adds."""
    found = []
    for _ in range(ROUNDS):
        begun = process_time()
        work()
        found.append(process_time() - begun)
    return min(found)


def table(lines: list[Read]) -> str:
    rows = [
        f"  {'':26}{'records':>9}{'a second':>12}{'beside json':>14}{'twice':>8}{'4 times':>9}{'memory':>8}"
    ]
    for line in lines:
        rows.append(
            f"  {line.form:26}{line.records:>9,}{line.records / line.seconds:>12,.0f}"
            f"{line.beside_json:>14.2f}{line.twice:>8.2f}{line.four_times:>9.2f}{line.memory:>8.2f}"
        )
    return "\n".join(rows)
