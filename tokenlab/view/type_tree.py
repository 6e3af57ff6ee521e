"""The parts of a directory object, and what is granted for each."""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.security import NtStatus
from tokenlab.security.check.by_type import TypedDecision, TypeNode
from tokenlab.values import DIRECTORY_OBJECT
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, highlight
from tokenlab.view.theme import DENIED, GRANTED

_LAW = "A node is granted what all parts below it are granted; an ACE about a part is about all below it."


def typed_blocks(decision: TypedDecision) -> list[Block]:
    """The tree of types: a verdict, the rights and the ACE that decided, node by node."""
    rights = DIRECTORY_OBJECT.rights(decision.desired)
    columns = [Column("Part", "34%"), Column("Verdict", "14%"), Column("Rights", "22%"), Column("Decided by")]
    table = Table(f"Asked for {rights!s}, part by part", columns, list(_rows(decision, decision.tree, 0)))
    return [table, Note(_LAW)]


def _rows(decision: TypedDecision, node: TypeNode, depth: int) -> Iterator[TableRow]:
    indent = "\N{NO-BREAK SPACE}" * (3 * depth) + ("└ " if depth else "")
    status = next(status for one, status, _ in decision.results() if one is node)
    mask = decision.find_granted(node)
    yield TableRow(
        [
            Cell(indent + (node.name or str(node.guid)), title=str(node.guid)),
            highlight(GRANTED if status is NtStatus.SUCCESS else DENIED),
            Cell(str(DIRECTORY_OBJECT.rights(mask)) if mask else "none"),
            Cell(_decided_by(decision, node)),
        ]
    )
    for child in node.children:
        yield from _rows(decision, child, depth + 1)


def _decided_by(decision: TypedDecision, node: TypeNode) -> str:
    if node.children:
        return "its parts"
    reasons = decision.parts[node.guid].reasons.values()
    return "; ".join(dict.fromkeys(map(str, reasons)))
