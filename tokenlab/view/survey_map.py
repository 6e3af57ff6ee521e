"""A survey as a heat map: who can reach what, readable whether there are ten objects or ten thousand.

A row is a folder, or objects that the same people can reach; a column is people who can reach the same. A
cell says how many of its pairs are granted. Every row and column can be opened, down to one object and one
person, whose decision explains itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import ceil
from typing import NamedTuple

from tokenlab.security.check.survey import Survey
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow
from tokenlab.view.theme import DENIED, GRANTED, HEATS

MOST_ROWS, MOST_COLUMNS, NAMED = 25, 10, 2
_PARTS = re.compile(r"[\\/]*[^\\/]+")  # of a path, each with the separator before it
_NUMBERS = re.compile(r"(\d+)")


class SurveyBundle(NamedTuple):
    """Objects of one row, or people of one column, and what they are called together."""

    label: str
    names: tuple[str, ...]

    def count_names(self, one: str, many: str) -> str:
        """How many there are, with the word for it."""
        return f"{len(self.names):,} {one if len(self.names) == 1 else many}"


class GrantedShare(NamedTuple):
    """How many of the pairs of a row and a column are granted."""

    granted: int
    pairs: int

    def __str__(self) -> str:
        if self.granted == self.pairs:
            return GRANTED.sign
        if not self.granted:
            return DENIED.sign
        percent = round(100 * self.granted / self.pairs)
        return "<1 %" if percent < 1 else ">99 %" if percent > 99 else f"{percent} %"

    @property
    def words(self) -> str:
        """How much of it is granted, in words."""
        if self.pairs == 1:
            return "granted" if self.granted else "refused"
        return f"{self.granted:,} of {self.pairs:,} granted"

    @property
    def heat(self) -> int:
        """0 if nothing is granted, the last of `HEATS` if all is."""
        last = len(HEATS) - 1
        return last if self.granted == self.pairs else ceil((last - 1) * self.granted / self.pairs)


class SurveyMap:
    """The rows and columns of some of a survey's objects and people; of all of them, unless told otherwise.

    ``path`` and ``name`` keep only what contains these letters, whatever the case. ``inside`` is what all
    paths shown begin with: a folder.
    """

    def __init__(
        self,
        survey: Survey,
        path: str = "",
        name: str = "",
        objects: Iterable[str] | None = None,
        people: Iterable[str] | None = None,
    ) -> None:
        self.survey = survey
        self.places = {one: place for place, one in enumerate(survey.contexts)}
        objects = survey.sets if objects is None else objects
        opened = people is not None
        people = survey.contexts if people is None else people
        self.objects = tuple(one for one in objects if path.lower() in one.lower())
        self.people = tuple(one for one in people if name.lower() in one.lower())
        kept = self._bits(self.people)
        by_answer: dict[int, list[str]] = {}
        for one in self.objects:
            by_answer.setdefault(survey.sets[one] & kept, []).append(one)
        self.inside, self.rows = self._rows(by_answer)
        self.columns = self._columns(by_answer, kept)
        if len(self.columns) == 1 and opened:  # they are all alike
            self.columns = _ranges([SurveyBundle(one, (one,)) for one in self.people], MOST_COLUMNS)
        self._masks = {column: self._bits(column.names) for column in self.columns}

    def share(self, row: SurveyBundle, column: SurveyBundle) -> GrantedShare:
        """How many of these people have the rights to how many of these objects."""
        sets, mask = self.survey.sets, self._masks[column]
        granted = sum((sets[one] & mask).bit_count() for one in row.names)
        return GrantedShare(granted, len(row.names) * len(column.names))

    def blocks(self) -> list[Block]:
        """The map as a table, and what it adds up to."""
        columns = [Column(f"Objects in {self.inside}" if self.inside else "Objects", "190px")]
        columns += [
            Column(one.label, "80px", small=one.count_names("person", "people")) for one in self.columns
        ]
        rows = [self._row(row) for row in self.rows]
        rights = self.survey.object_type.rights(self.survey.desired)
        title = f"Who has {rights!s}"
        return [
            Table(title, columns, rows, narrowest=190 + 80 * len(self.columns)),
            Note(self.summary()),
        ]

    def summary(self) -> str:
        """How many of the pairs shown are granted."""
        kept, sets = self._bits(self.people), self.survey.sets
        granted = sum((sets[one] & kept).bit_count() for one in self.objects)
        lost = sum(not self.survey.descriptors[path].complete for path in self.objects)
        told = (
            f" {lost:,} objects name no owner or group, which Windows refuses to check (1338)."
            if lost
            else ""
        )
        return f"{granted:,} of {len(self.objects) * len(self.people):,} pairs are granted.{told}"

    def _row(self, row: SurveyBundle) -> TableRow:
        cells = [Cell(row.label, small=row.count_names("object", "objects"), title=row.names[0])]
        for column in self.columns:
            share = self.share(row, column)
            kind = f"mark heat{share.heat}" if share.granted else "mark none"
            cells.append(Cell(str(share), title=share.words, kind=kind, label=share.words))
        return TableRow(cells)

    def _bits(self, people: Iterable[str]) -> int:
        return sum(1 << self.places[one] for one in people)

    def _rows(self, by_answer: dict[int, list[str]]) -> tuple[str, list[SurveyBundle]]:
        """By folder; by answer where a folder has too many things for that; else in their order."""
        parts = {one: _PARTS.findall(one) or [one] for one in self.objects}
        depth = _common_depth(list(parts.values()))
        inside = "".join(next(iter(parts.values()), [])[:depth])
        folders: dict[str, list[str]] = {}
        for one, these in parts.items():
            label = "".join(these[depth : depth + 1]).lstrip("\\/") if inside else these[0]
            folders.setdefault(label or "(the folder itself)", []).append(one)
        groups = [SurveyBundle(label, tuple(names)) for label, names in folders.items()]
        if len(groups) > MOST_ROWS and 1 < len(by_answer) <= MOST_ROWS:
            most_first = sorted(by_answer.items(), key=lambda one: (-one[0].bit_count(), one[1]))
            groups = [_named(names, len(inside)) for _, names in most_first]
        separator = "/" if "/" in inside else "\\"
        return inside and inside + separator, _ranges(groups, MOST_ROWS)

    def _columns(self, answers: Iterable[int], kept: int) -> list[SurveyBundle]:
        """By answer; in the order of their names where there are too many kinds of people."""
        kinds = [kept] if kept else []
        for answer in answers:
            kinds = [part for kind in kinds for part in (kind & answer, kind & ~answer) if part]
            if len(kinds) > MOST_COLUMNS:
                return _ranges([SurveyBundle(one, (one,)) for one in self.people], MOST_COLUMNS)
        groups = [[one for one in self.people if kind >> self.places[one] & 1] for kind in kinds]
        reached = {names[0]: sum(a >> self.places[names[0]] & 1 for a in answers) for names in groups}
        return [_named(names) for names in sorted(groups, key=lambda names: (-reached[names[0]], names))]


def _common_depth(paths: list[list[str]]) -> int:
    """How many folders all these paths have in common."""
    depth = 0 if len(paths) > 1 else len(paths[0]) - 1 if paths else 0
    while len(paths) > 1 and len({tuple(parts[: depth + 1]) for parts in paths}) == 1:
        depth += 1
    return depth


def _named(names: Sequence[str], skipped: int = 0) -> SurveyBundle:
    """A group called after the first of its names."""
    label = ", ".join(name[skipped:].lstrip("\\/") or name for name in names[:NAMED])
    more = len(names) - NAMED
    return SurveyBundle(f"{label} and {more:,} more" if more > 0 else label, tuple(names))


def _ranges(groups: list[SurveyBundle], most: int) -> list[SurveyBundle]:
    """The groups, if there are not too many; else neighbours in alphabetical order together."""
    if len(groups) <= most:
        return groups
    ordered = sorted(groups, key=lambda group: _alphabetical(group.label))
    size = ceil(len(ordered) / most)
    found = []
    for start in range(0, len(ordered), size):
        some = ordered[start : start + size]
        label = some[0].label if len(some) == 1 else f"{some[0].label} to {some[-1].label}"
        found.append(SurveyBundle(label, tuple(name for group in some for name in group.names)))
    return found


def _alphabetical(label: str) -> list[str | int]:
    """A key in which ``file 9`` comes before ``file 10``."""
    return [int(part) if part.isdecimal() else part.lower() for part in _NUMBERS.split(label)]
