"""A condition as a tree: each part with its value, and what was found where it ends."""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.security import AccessDecision
from tokenlab.security.check.evaluation import Truth
from tokenlab.security.check.trail import ConditionPart
from tokenlab.view.markup import Block, Cell, Column, Table, TableRow, highlight
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED, Mark

_MARKS: dict[Truth, Mark] = {True: GRANTED, False: DENIED, None: NOT_GRANTED}
_COLUMNS = [Column("Condition", "60%"), Column("Value", "14%"), Column("What was found", "26%")]


def condition_blocks(part: ConditionPart, caption: str = "The condition, part by part") -> list[Block]:
    """The tree of one condition, indented; a part stands above those it consists of."""
    return [Table(caption, _COLUMNS, list(_rows(part, 0)))]


def conditions_of(decision: AccessDecision) -> list[Block]:
    """The trees of all conditions that a decision came upon, in their order."""
    found: list[Block] = []
    for step in decision.steps:
        if step.condition is not None:
            line = f"ACE {step.place + 1}" if step.place is not None else "Access filter"
            found += condition_blocks(step.condition, f"{line} (step {step.number}): its condition")
    return found


def _rows(part: ConditionPart, depth: int) -> Iterator[TableRow]:
    indent = "\N{NO-BREAK SPACE}" * (3 * depth) + ("└ " if depth else "")
    value = highlight(_MARKS[part.value], part.word)
    yield TableRow([Cell(indent + part.text), value, Cell(part.because)])
    for inner in part.parts:
        yield from _rows(inner, depth + 1)
