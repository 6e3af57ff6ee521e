"""What was found of one submission."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tokenlab.teach.grade.judge import Row


@dataclass(frozen=True)
class Result:
    """``status`` is ``graded``, or why not all of it could be: ``unreadable``, ``no exercises``,
    ``time is up``, ``ended early``, ``said too much``, ``not graded``."""

    student: str
    assignment: str
    rows: tuple[Row, ...]
    status: str
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(row.points for row in self.rows)

    @property
    def of(self) -> int:
        return sum(row.of for row in self.rows)

    @property
    def note(self) -> str:
        return "; ".join(self.notes)

    def feedback(self) -> str:
        """What the student is told."""
        head = f"{self.student}, {self.assignment}: {self.points} of {self.of} points"
        about = [f"{self.status}: {self.note}"] if self.status != "graded" else list(self.notes)
        return "\n\n".join([head, *about, *(row.text for row in self.rows if row.text)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Raises TypeError, KeyError if this is no result."""
        rows = tuple(Row(**row) for row in data["rows"])
        return cls(data["student"], data["assignment"], rows, data["status"], tuple(data["notes"]))
