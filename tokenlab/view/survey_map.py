"""A survey as a map: who can reach what, readable whether there are ten objects or ten thousand.

Objects that the same people can reach share a row, people who can reach the same objects share a column; a
row or column says how many it stands for, and names the first of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tokenlab.security.survey import Survey
from tokenlab.view.markup import Block, Cell, Column, Note, Row, Table
from tokenlab.view.theme import DENIED, GRANTED

MOST_ROWS, MOST_COLUMNS, NAMED = 40, 12, 2


class Group(NamedTuple):
    """Names that are treated alike, and the set of the others that they go with."""

    names: tuple[str, ...]
    members: int

    @property
    def label(self) -> str:
        shown = ", ".join(self.names[:NAMED])
        more = len(self.names) - NAMED
        return f"{shown} and {more:,} more" if more > 0 else shown


class SurveyMap:
    """The groups of a survey: rows of objects and columns of people, those with most answers first.

    ``path`` and ``name`` keep only what contains these letters, whatever the case.
    """

    def __init__(self, survey: Survey, path: str = "", name: str = "") -> None:
        self.survey = survey
        self.places = {one: place for place, one in enumerate(survey.contexts) if name.lower() in one.lower()}
        kept = sum(1 << place for place in self.places.values())
        by_set: dict[int, list[str]] = {}
        for thing, found in survey.sets.items():
            if path.lower() in thing.lower():
                by_set.setdefault(found & kept, []).append(thing)
        rows = [Group(tuple(things), found) for found, things in by_set.items()]
        self.rows = sorted(rows, key=lambda row: (-row.members.bit_count(), -len(row.names), row.names))
        by_row: dict[int, list[str]] = {}
        for one, place in self.places.items():
            reaches = sum(1 << n for n, row in enumerate(self.rows) if row.members >> place & 1)
            by_row.setdefault(reaches, []).append(one)
        columns = [Group(tuple(names), reaches) for reaches, names in by_row.items()]
        self.columns = sorted(columns, key=lambda one: (-one.members.bit_count(), -len(one.names), one.names))

    def reaches(self, column: Group, row: Group) -> bool:
        """True if the people of this column have the rights to the objects of this row."""
        return bool(row.members >> self.places[column.names[0]] & 1)

    def blocks(self, most_rows: int = MOST_ROWS) -> list[Block]:
        """The map as a table, and in words what it leaves out."""
        survey = self.survey
        rights = survey.object_type.rights(survey.desired)
        columns = [Column("Objects", "240px")]
        columns += [
            Column(one.label, "110px", small=_count(one, "person", "people"))
            for one in self.columns[:MOST_COLUMNS]
        ]
        rows = [self._row(row) for row in self.rows[:most_rows]]
        table = Table(
            f"Who has {rights!s}", columns, rows, narrowest=240 + 110 * len(columns[1:]), widest=1600
        )
        told = f"{survey.granted_pairs:,} of {survey.pairs:,} pairs are granted."
        return [table, Note(" ".join([told, *self._left_out(most_rows)]))]

    def _row(self, row: Group) -> Row:
        cells = [Cell(row.label, small=_count(row, "object", "objects"))]
        for column in self.columns[:MOST_COLUMNS]:
            yes = self.reaches(column, row)
            mark = GRANTED if yes else DENIED
            cells.append(Cell(mark.sign, kind=f"mark {mark.kind}", label=mark.word if yes else "refused"))
        return Row(cells)

    def _left_out(self, most_rows: int) -> Iterable[str]:
        if len(self.rows) > most_rows:
            yield f"Not shown: {len(self.rows) - most_rows:,} more groups of objects; search for a path."
        if len(self.columns) > MOST_COLUMNS:
            yield f"Not shown: {len(self.columns) - MOST_COLUMNS:,} more groups of people; search for a name."


def _count(group: Group, one: str, many: str) -> str:
    return f"{len(group.names):,} {one if len(group.names) == 1 else many}"
