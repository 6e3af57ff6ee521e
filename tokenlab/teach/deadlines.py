"""When work is due, and what it costs to be late: a rule that a teacher writes down once.

``deadlines.toml``::

    [due]
    04_access_check = 2026-12-01T20:00:00+01:00

    [late]
    grace_minutes = 10
    percent_a_day = 10    # of what was earned, for each day begun
    most_percent = 50

    [extensions.ada]
    04_access_check = 2026-12-03T20:00:00+01:00
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


class DeadlinesError(ValueError):
    """A file of deadlines that cannot be used, and why."""


@dataclass(frozen=True)
class Lateness:
    """How late something was handed in: ``late`` is zero for what was in time, or has no time at all.

    ``percent`` of the points earned are lost.
    """

    handed_in: datetime | None = None
    due: datetime | None = None
    late: timedelta = timedelta()
    percent: float = 0.0

    def penalty(self, points: float) -> float:
        """The points that are lost of those earned, to two places."""
        return round(points * self.percent / 100, 2)


@dataclass(frozen=True)
class Deadlines:
    """Due dates by assignment, the rule for what is late, and extensions by student and assignment."""

    due: Mapping[str, datetime] = field(default_factory=dict)
    grace: timedelta = timedelta()
    percent_a_day: float = 0.0
    most_percent: float = 100.0
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)

    def due_for(self, student: str, assignment: str) -> datetime | None:
        """When this student has to hand it in; None if there is no date."""
        longer = self.extensions.get(student.strip().casefold(), {})
        return longer.get(assignment, self.due.get(assignment))

    def lateness(self, student: str, assignment: str, handed_in: datetime | None) -> Lateness:
        """What was handed in then, judged by the rule. A day that has begun counts as a day."""
        due = self.due_for(student, assignment)
        if handed_in is None or due is None or handed_in <= due + self.grace:
            return Lateness(handed_in, due)
        late = handed_in - due
        percent = min(self.percent_a_day * math.ceil(late / timedelta(days=1)), self.most_percent)
        return Lateness(handed_in, due, late, percent)


def read_deadlines(path: str | Path) -> Deadlines:
    """Raises `DeadlinesError` for a file that says something else; OSError."""
    try:
        content = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeadlinesError(f"{path}: {error}") from None
    unknown = content.keys() - {"due", "late", "extensions"}
    if unknown:
        raise DeadlinesError(f"{path}: {min(unknown)!r} is no section: expected due, late, extensions")
    due = _dates(content.get("due", {}), path, "due")
    extensions = {}
    for student, dates in content.get("extensions", {}).items():
        extensions[student.strip().casefold()] = _dates(dates, path, f"extensions.{student}")
        without = extensions[student.strip().casefold()].keys() - due.keys()
        if without:
            raise DeadlinesError(
                f"{path}: {student} has an extension of {min(without)}, which has no due date"
            )
    late = content.get("late", {})
    return Deadlines(
        due,
        timedelta(minutes=_number(late, "grace_minutes", 0, path)),
        _number(late, "percent_a_day", 0, path),
        min(_number(late, "most_percent", 100, path), 100),
        extensions,
    )


def _dates(section: object, path: str | Path, name: str) -> dict[str, datetime]:
    found: dict[str, Any] = section if isinstance(section, dict) else {"": None}
    for assignment, date in found.items():
        if not isinstance(date, datetime) or date.tzinfo is None:
            raise DeadlinesError(
                f"{path}: {name}.{assignment} is no date with a time zone: "
                "expected for example 2026-12-01T20:00:00+01:00"
            )
    return found


def _number(section: Mapping[str, Any], name: str, usual: float, path: str | Path) -> float:
    value = section.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise DeadlinesError(f"{path}: late.{name} = {value!r}: expected a number from 0, for example 10")
    return float(value)
