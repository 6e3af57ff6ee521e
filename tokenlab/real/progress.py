"""A sign of life for what takes long."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from time import monotonic
from typing import TypeVar

One = TypeVar("One")

_STEP = 1000


def show_progress(records: Iterator[One], patience: float = 2.0) -> Iterator[One]:
    """The same, with a count on the error stream for what takes longer than ``patience`` (seconds)."""
    begun = last = monotonic()
    shown = count = 0
    for count, record in enumerate(records, 1):
        yield record
        if count % _STEP == 0 and (now := monotonic()) - begun > patience and now - last > patience / 4:
            shown, last = count, now
            print(f"\r{count:,} records", end="", file=sys.stderr, flush=True)
    if shown:
        print(f"\r{count:,} records.", file=sys.stderr)
