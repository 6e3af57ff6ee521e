"""All ways to the first server and all fixes at once: as whom one arrives, with what exposure."""

from __future__ import annotations

from collections.abc import Iterable

from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, page_html, page_text
from tokenlab.view.show import Picture
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED, Mark
from tokenlab.worlds.double_hop import FIXES, WAYS, DoubleHop, double_hop

WORDS: dict[str, tuple[Mark, str]] = {
    "U": (GRANTED, "user"),
    "M": (NOT_GRANTED, "machine"),
    "A": (DENIED, "anonymous"),
    "x": (DENIED, "refused"),
    "-": (NOT_GRANTED, "not let in"),
}
RULE = (
    "The first number is what then lies on the two servers: 3 for a person's password, 2 for a "
    "ticket-granting ticket, 1 for a service ticket. The second is how many people can be played: SYSTEM on "
    "the first server can be them at the second one, without their visit. Less is better; the first number "
    "counts first."
)


def hop_matrix(hop: str = "share", ways: Iterable[str] = WAYS, fixes: Iterable[str] = FIXES) -> Picture:
    """The matrix for one kind of second hop (`HOPS`), as HTML and as text; every cell is tried."""
    found = matrix_blocks(hop, list(ways), list(fixes))
    return Picture(page_html(found), page_text(found))


def matrix_blocks(hop: str, ways: list[str], fixes: list[str]) -> list[Block]:
    """The table of ways and fixes, and a sentence on how to read it."""
    columns = [Column("How the user reached the first server", "143px")]
    columns += [Column(fix, "122px" if len(fix) > 12 else "113px", title=FIXES[fix]) for fix in fixes]
    rows = []
    for way in ways:
        cells = [Cell(way, title=WAYS[way].words)]
        cells += [_cell(double_hop(way, fix, hop)) for fix in fixes]
        rows.append(TableRow(cells))
    width = sum(int(column.width.removesuffix("px")) for column in columns)
    table = Table(
        f"As whom one arrives at the second server: {hop}", columns, rows, narrowest=width, widest=1100
    )
    return [table, Note(RULE)]


def _cell(tried: DoubleHop) -> Cell:
    mark, word = WORDS[tried.letter]
    return Cell(
        f"{mark.sign} {word}",
        small="{} + {}".format(*tried.exposure),
        kind=f"mark {mark.kind}",
        title=str(tried),
    )
