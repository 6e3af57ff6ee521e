"""What pictures are made of: tags that cannot be broken into, and tables that are HTML and text in one.

A block (`Table`, `Note`, ...) is written once and read twice: ``html()`` for a page, ``text()`` for a
terminal, a screen reader, and a comparison of outputs. So both say the same.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import NamedTuple, Protocol

from tokenlab.values.visible import make_visible
from tokenlab.view.theme import Mark

TEXT_WIDTH = 110
VOID = frozenset({"br", "col", "input"})


class Html(str):
    """Text that is HTML already. Every other text is escaped on its way into a tag."""

    __slots__ = ()


def tag(name: str, *content: str, **attributes: str | int | None) -> Html:
    """``tag("td", "a < b", class_="no")`` is ``<td class="no">a &lt; b</td>``.

    ``class_`` becomes ``class``, ``aria_label`` ``aria-label``; an attribute that is empty is left out.
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_safe(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    inside = "".join(part if isinstance(part, Html) else _safe(part) for part in content)
    return Html(f"<{name}{pairs}>" if name in VOID else f"<{name}{pairs}>{inside}</{name}>")


def _safe(text: str) -> str:
    return escape(make_visible(text, keep_lines=True))


def join(parts: Iterable[Html]) -> Html:
    """Several pieces of HTML as one."""
    return Html("".join(parts))


# MISTAKENOT-WS-1$, S-1-5-18; and whatever stands after a backslash: svc-archive
_HYPHENED = re.compile(r"((?:(?<!\w)[A-Z\d]+(?:-[A-Z\d]+)+|(?<=\\)[^\s\\-]+-)[^\s\\]*\\?)")


class Block(Protocol):
    """A part of a picture."""

    def html(self) -> Html: ...
    def text(self) -> str: ...


def page_html(blocks: Iterable[Block]) -> Html:
    """The blocks as one element of the class ``tl``, which `theme.css` dresses."""
    return tag("div", join(block.html() for block in blocks), class_="tl")


def page_text(blocks: Iterable[Block]) -> str:
    """The blocks as lines of at most `TEXT_WIDTH` characters where their words allow."""
    return "\n\n".join(block.text() for block in blocks)


class Cell(NamedTuple):
    """A cell: its text, what stands small below it, and more to read when the mouse rests on it."""

    body: str
    small: str = ""
    title: str = ""
    kind: str = ""  # CSS classes
    code: bool = False
    hidden: bool = False  # takes its place, and says nothing yet
    label: str = ""  # what a screen reader says for a sign

    def html(self, element: str = "td", scope: str = "") -> Html:
        """The cell as HTML."""
        body = tag("code", self.body) if self.code and self.body else _breakable(self.body)
        content = [body, tag("small", self.small)] if self.small else [body]
        if self.hidden:
            content = [tag("span", *content, class_="wait")]
        title, label = ("", "") if self.hidden else (self.title, self.label)
        return tag(element, *content, scope=scope, class_=self.kind, title=title, aria_label=label)

    def text(self) -> str:
        """The cell as plain text."""
        if self.hidden:
            return ""
        body, small = make_visible(self.body), make_visible(self.small)
        return f"{body} ({small})" if small and body else body or small


def _breakable(text: str) -> Html:
    """A long name may go on in the next line after its authority: ``BUILTIN\\`` ``Administrators``.

    A browser breaks at a hyphen too: a machine's name and a SID stay whole where the cell has the room.
    """
    parts = _HYPHENED.split(text)  # what has hyphens is at the odd places
    made = (tag("span", part, class_="tl-whole") if at % 2 else _safe(part) for at, part in enumerate(parts))
    return Html("".join(made).replace("\\", "\\<wbr>"))


def highlight(mark: Mark, word: str = "", title: str = "", hidden: bool = False) -> Cell:
    """A cell with a mark and its word: ``✓ granted``."""
    return Cell(f"{mark.sign} {word or mark.word}", title=title, kind=f"mark {mark.kind}", hidden=hidden)


class Column(NamedTuple):
    """The heading of a column, and its width in CSS; without one, an even part of what is left."""

    heading: str
    width: str = ""
    title: str = ""
    small: str = ""  # below the heading

    def html(self) -> Html:
        """The heading as HTML."""
        small = tag("small", self.small) if self.small else ""
        return tag("th", self.heading, small, scope="col", title=self.title)

    def text(self) -> str:
        """The heading as plain text."""
        return f"{self.heading} ({self.small})" if self.small else self.heading


class TableRow(NamedTuple):
    cells: Sequence[Cell]
    lit: bool = False


@dataclass(frozen=True)
class Table:
    """A caption, columns of fixed width, and rows whose first cell is their heading."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[TableRow]
    narrowest: int = 0  # pixels; where there is less room, the table scrolls sideways
    widest: int = 1000

    def html(self) -> Html:
        """The table as HTML."""
        columns = join(tag("col", style=f"width:{c.width}" if c.width else "") for c in self.columns)
        heads = join(column.html() for column in self.columns)
        table = tag(
            "table",
            tag("caption", self.caption),
            tag("colgroup", columns),
            tag("thead", tag("tr", heads)),
            tag("tbody", join(map(self._row, self.rows))),
            class_="tl-table",
            style=f"min-width:{self.narrowest}px;max-width:{self.widest}px" if self.narrowest else "",
        )
        if not self.narrowest:
            return table
        return tag("div", table, class_="tl-scroll", tabindex=0, role="group", aria_label=self.caption)

    @staticmethod
    def _row(row: TableRow) -> Html:
        first, *others = row.cells
        cells = join(cell.html() for cell in others)
        current = "true" if row.lit else ""
        return tag(
            "tr", first.html("th", "row"), cells, class_="lit" if row.lit else "", aria_current=current
        )

    def text(self) -> str:
        """The table as plain text, columns in line."""
        lines = [[column.text() for column in self.columns]]
        lines += [[cell.text() for cell in row.cells] for row in self.rows]
        lit = [False, *(row.lit for row in self.rows)]
        return "\n".join([self.caption, *align(lines, lit)])


def align(lines: Sequence[Sequence[str]], lit: Sequence[bool]) -> list[str]:
    """Lines of cells in columns; a cell too wide for its column goes on below. ``>`` marks what is lit."""
    widths = _widths(lines)
    out = []
    for cells, is_lit in zip(lines, lit, strict=True):
        wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
        for number, parts in enumerate(zip_longest(*wrapped, fillvalue="")):
            sign = "> " if is_lit and number == 0 else "  "
            padded = (part.ljust(width) for part, width in zip(parts, widths, strict=True))
            out.append((sign + "  ".join(padded)).rstrip())
    return out


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    """As wide as the widest cell; where that is too much, the widest columns give way, evenly."""
    widths = [max(1, *map(len, column)) for column in zip(*lines, strict=True)]
    while sum(widths) + 2 * len(widths) > TEXT_WIDTH and max(widths) > 12:
        widths[widths.index(max(widths))] -= 1
    return widths


class Note(NamedTuple):
    """A sentence."""

    sentence: str
    kind: str = ""

    def html(self) -> Html:
        """The sentence as HTML."""
        return tag("p", self.sentence, class_=self.kind)

    def text(self) -> str:
        """The sentence as plain text, wrapped."""
        return textwrap.fill(make_visible(self.sentence), TEXT_WIDTH)
