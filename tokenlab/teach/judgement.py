"""What is said of an answer: part by part, and in stages, so that there is something left to find.

First which parts are not right yet; then the belief behind a wrong part and the rule; then what Windows does.
"""

from __future__ import annotations

from dataclasses import dataclass

from tokenlab.teach.misconceptions import Misconception
from tokenlab.view.markup import Cell, Column, Html, Table, TableRow, highlight, join, page_html, tag
from tokenlab.view.theme import DENIED, GRANTED, css

MARKS, BELIEF, TRUTH = 1, 2, 3


@dataclass(frozen=True)
class PartFinding:
    """Is a part right, and what is to be said: what Windows does and why.

    ``misconception`` is the belief a wrong part comes from; ``flip`` the smallest change that would have made
    the answer right. ``at_once``: what it says gives nothing away, and is told from the first attempt on.
    """

    right: bool
    says: str
    misconception: Misconception | None = None
    flip: str = ""
    at_once: bool = False


@dataclass(frozen=True)
class PartResult:
    """One part of an answer: ``points`` of ``of``."""

    name: str
    of: int
    finding: PartFinding

    @property
    def points(self) -> int:
        """All points of the part, or none."""
        return self.of if self.finding.right else 0

    def __str__(self) -> str:
        return self.tell(TRUTH)

    def tell(self, stage: int, *, belief: bool = True) -> str:
        """The part in words, as far as this stage tells; without the belief behind it if that was told."""
        sign = "✓" if self.finding.right else "✗"
        return "\n    ".join([f"{sign} {self.name}: {self.says(stage)}", *self.more(stage, belief=belief)])

    def says(self, stage: int) -> str:
        """What Windows does, or that it is not found yet."""
        told = self.finding.right or self.finding.at_once or stage >= TRUTH
        return self.finding.says if told else "not yet"

    def more(self, stage: int, *, belief: bool = True) -> list[str]:
        """The belief behind a wrong part, and what would flip it."""
        lines = []
        held = self.finding.misconception
        if belief and held is not None and not self.finding.right and stage >= BELIEF:
            lines.append(f"Often believed: {held.belief} In truth: {held.truth} [{held.source}]")
        if self.finding.flip and not self.finding.right and stage >= TRUTH:
            lines.append(f"What would make it so: {self.finding.flip}")
        return lines


@dataclass(frozen=True)
class Judgement:
    """All parts of an answer to one exercise. ``notes`` concern the answer as a whole; ``stage`` is how much
    is told of wrong parts (`MARKS`, `BELIEF`, `TRUTH`)."""

    number: str
    title: str
    parts: tuple[PartResult, ...]
    notes: tuple[str, ...] = ()
    stage: int = TRUTH

    @property
    def points(self) -> int:
        """The points of all parts."""
        return sum(part.points for part in self.parts)

    @property
    def of(self) -> int:
        """The points that there were to earn."""
        return sum(part.of for part in self.parts)

    @property
    def right(self) -> bool:
        """True if every part is right."""
        return self.points == self.of

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """The keys of the misconceptions that wrong parts come from."""
        found = (part.finding.misconception for part in self.parts if not part.finding.right)
        return tuple(dict.fromkeys(one.key for one in found if one is not None))

    @property
    def told(self) -> tuple[tuple[PartResult, bool], ...]:
        """Each part, and whether the belief behind it is told there: each belief once, at its first part."""
        beliefs = [None if part.finding.right else part.finding.misconception for part in self.parts]
        return tuple((part, beliefs.index(beliefs[place]) == place) for place, part in enumerate(self.parts))

    def __str__(self) -> str:
        head = f"{self.number} {self.title}: {self.points} of {self.of} points"
        parts = (part.tell(self.stage, belief=belief) for part, belief in self.told)
        return "\n".join([head, *parts, *self.notes])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/html": judgement_html(self), "text/plain": str(self)}


COLUMNS = (Column("Part", "24%"), Column("", "13%"), Column("What Windows does"), Column("Points", "10%"))


def judgement_html(judgement: Judgement) -> Html:
    """A judgement as a picture: a row a part, with the belief behind a wrong one."""
    caption = f"{judgement.number} {judgement.title}: {judgement.points} of {judgement.of} points"
    notes = join(tag("p", note) for note in judgement.notes)
    table = Table(
        caption,
        COLUMNS,
        [_row(part, judgement.stage, belief=belief) for part, belief in judgement.told],
        narrowest=560,
    )
    return Html(css() + page_html([table]) + (tag("div", notes, class_="tl") if notes else ""))


def _row(part: PartResult, stage: int, *, belief: bool) -> TableRow:
    mark = highlight(GRANTED, "right") if part.finding.right else highlight(DENIED, "not yet")
    says = Cell(part.says(stage), small=" ".join(part.more(stage, belief=belief)))
    return TableRow([Cell(part.name), mark, says, Cell(f"{part.points}/{part.of}")])
