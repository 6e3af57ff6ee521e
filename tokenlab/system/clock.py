"""Time that only moves when something happens, so that every run tells the same story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STEP = timedelta(milliseconds=1)


class Clock:
    """Counts up by a millisecond whenever somebody looks; `pass_time` lets more of it go by."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> str:
        """The time, as an event tells it: ``2026-03-02T08:00:00.001Z``."""
        self._now += STEP
        return self._now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self._now.microsecond // 1000:03d}Z"

    def pass_time(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Let time go by. Raises ValueError if it would run backwards."""
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if span < timedelta(0):
            raise ValueError(f"{span} is not a time to wait: expected zero or more, for example minutes=5")
        self._now += span

    def wait_until(self, time: str) -> None:
        """Let time go by until ``11:40`` of this day. Raises ValueError if that is past."""
        hours, minutes = map(int, time.split(":"))
        then = self._now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
        self.pass_time(seconds=(then - self._now).total_seconds())
