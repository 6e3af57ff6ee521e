"""What was found of one submission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from tokenlab.teach.grade.judge import JudgedAnswer
from tokenlab.teach.variant import Variant


@dataclass(frozen=True)
class Result:
    """``status`` is ``graded``, or why not all of it could be: ``unreadable``, ``no exercises``,
    ``time is up``, ``ended early``, ``said too much``, ``not graded``, ``counted once``,
    ``nothing handed in``.

    ``key`` names what was graded (`Submission.key`); it is empty if nothing could be read. ``said`` is the
    name in the notebook's ``learner(...)``, if it is another than the one it was judged for; ``file`` is the
    notebook's name, if it is not the assignment's. ``answers`` are those that can be
    compared, as texts by number.
    """

    student: str
    assignment: str
    rows: tuple[JudgedAnswer, ...]
    status: str
    notes: tuple[str, ...] = ()
    key: str = ""
    said: str = ""
    file: str = ""
    answers: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def points(self) -> int:
        """The points of all exercises."""
        return sum(row.points for row in self.rows)

    @property
    def of(self) -> int:
        """The points that there were to earn."""
        return sum(row.of for row in self.rows)

    @property
    def note(self) -> str:
        """What is to be said of the submission, in a line."""
        return "; ".join(self.notes)

    def feedback(self) -> str:
        """What the student is told."""
        head = f"{self.student}, {self.assignment}: {self.points} of {self.of} points"
        about = [f"{self.status}: {self.note}"] if self.status != "graded" else list(self.notes)
        return "\n\n".join([head, *about, *(row.text for row in self.rows if row.text)]) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Plain data, from which `Result` can be made again."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Result:
        """Raises TypeError, KeyError if this is no result."""
        rows = tuple(JudgedAnswer(**row) for row in data["rows"])
        notes = tuple(data["notes"])
        more = (data["key"], data["said"], data["file"], data["answers"])
        return cls(data["student"], data["assignment"], rows, data["status"], notes, *more)


def count_once(results: Sequence[Result]) -> list[Result]:
    """Of what one student handed in several times for one lesson, the best counts, and the others say so.

    One student is who has one world (`Variant`): ``h01`` is, also with a blank after it.
    """
    best: dict[tuple[str, str], Result] = {}
    for one in results:
        if one.rows and one.points > best.get(_who_and_what(one), _NOTHING).points:
            best[_who_and_what(one)] = one
    return [_counted(one, best.setdefault(_who_and_what(one), one)) for one in results]


_NOTHING = Result("", "", (JudgedAnswer("", -1, 0, [], ""),), "")


def _who_and_what(result: Result) -> tuple[str, str]:
    try:
        return Variant(result.student).name, result.assignment[:2]
    except ValueError:
        return result.student, result.assignment


def _counted(one: Result, best: Result) -> Result:
    if one is best or not one.rows:
        return one
    counts = f"{best.student}/{best.assignment}" + (f"/{best.file}" if best.file else "")
    return replace(one, rows=(), status="counted once", notes=(f"handed in more than once: {counts} counts",))
