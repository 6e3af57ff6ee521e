"""The parts of a drawing: cards with lines of text that fit, and arrows between them.

Text goes on in the next line where its card is too narrow, so nothing runs over an edge and nothing is cut,
whatever the names are. All numbers are pixels of a drawing 900 wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tokenlab.view import theme
from tokenlab.view.markup import Html, join, tag
from tokenlab.view.theme import Mark

SIZE, LINE, HEAD, PAD, INDENT = 13, 20, 24, 8, 18


def drawing(
    title: str, text: str, parts: Iterable[Html], width: int, height: int, *, dressed: bool = True
) -> Html:
    """The parts as one picture that says what it shows: a title, and a text twin for a screen reader.

    ``dressed`` it brings its colours with it; else they come from what stands around it.
    """
    return tag(
        "svg",
        tag("title", title),
        tag("desc", text),
        tag("style", Html(theme.svg_css())) if dressed else Html(),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        class_="tl",
        role="img",
        aria_label=title,
    )


class CardLine(NamedTuple):
    """A line of a card: a mark, then text."""

    text: str
    mark: Mark | None = None
    kind: str = ""  # CSS class; that of the mark unless given
    indent: int = INDENT
    lit: bool = False
    more: str = ""  # the whole story, for the mouse

    def on(self, width: int) -> Iterator[CardLine]:
        """The line on as many lines as a card of this width needs for all of it."""
        kind = self.kind or (self.mark.kind if self.mark else "")
        for place, piece in enumerate(lines_of(self.text, width - 2 * PAD - self.indent)):
            yield self._replace(text=piece, kind=kind, mark=None if place else self.mark)

    def __str__(self) -> str:
        return f"{self.mark.sign} {self.text}" if self.mark else self.text

    def svg(self, x: int, y: int, width: int) -> Html:
        """The line as SVG, at this place (pixels)."""
        shown = fit(self.text, width - 2 * PAD - self.indent)
        more = self.more or (self.text if shown != self.text else "")
        base = y + LINE - 6
        kind = "lit" if self.lit else "area"
        parts = [
            tag("title", more) if more else Html(),
            tag("rect", x=x + 2, y=y, width=width - 4, height=LINE, class_=kind),
            tag("text", self.mark.sign, x=x + PAD, y=base) if self.mark else Html(),
            tag("text", shown, x=x + PAD + self.indent, y=base),
        ]
        return tag("g", *parts, class_=self.kind or (self.mark.kind if self.mark else ""))


class Card(NamedTuple):
    """A box with a heading and lines."""

    heading: str
    lines: Sequence[CardLine]
    lit: bool = False
    dead: bool = False  # nothing comes by here

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return HEAD + LINE * len(self.lines) + 6

    def within(self, width: int) -> Card:
        """The card with lines that are not longer than it is wide."""
        return self._replace(lines=[piece for line in self.lines for piece in line.on(width)])

    def __str__(self) -> str:
        return "\n".join([self.heading, *(f"  {line}" for line in self.lines if line.text)])

    def svg(self, x: int, y: int, width: int) -> Html:
        """The card as SVG, at this place (pixels)."""
        box = tag(
            "rect", x=x, y=y, width=width, height=self.height, rx=4, class_="lit" if self.lit else "box"
        )
        band = tag("rect", x=x + 1, y=y + 1, width=width - 2, height=HEAD - 2, rx=3, class_="band")
        heading = tag("text", fit(self.heading, width - 2 * PAD), x=x + PAD, y=y + 17, class_="head")
        lines = [line.svg(x, y + HEAD + 2 + LINE * n, width) for n, line in enumerate(self.lines)]
        return join([box, Html() if self.lit else band, heading, *lines])

    def middle_of_lit(self, y: int) -> int | None:
        """The height of the lit line's middle, if one is lit and the card stands at ``y``."""
        for number, line in enumerate(self.lines):
            if line.lit:
                return y + HEAD + 2 + LINE * number + LINE // 2
        return None


def section(text: str) -> CardLine:
    """A heading inside a card."""
    return CardLine(text, kind="muted", indent=0)


def _fitting(text: str, room: int, start: int = 0, end: int | None = None) -> int:
    """How many letters of the text fit, from ``start`` on."""
    width, end = 0.0, len(text) if end is None else end
    for place in range(start, end):
        width += _letter_width(text[place])
        if width * SIZE > room:
            return place - start
    return end - start


MOST_LINES = 40
"""A text from outside may be as long as it likes; a drawing may not."""


def lines_of(text: str, room: int) -> list[str]:
    """The whole text on as many lines as it needs: broken between words, and after a backslash in names.

    Only what needs more than `MOST_LINES` is cut.
    """
    lines: list[str] = []
    line = ""
    for part in _parts(text, room):
        tried = (line + part).rstrip()
        if line and _fitting(tried, room) < len(tried):
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
        if len(lines) > MOST_LINES:
            return [*lines[: MOST_LINES - 1], fit(lines[MOST_LINES - 1] + "…", room)]
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _parts(text: str, room: int) -> Iterator[str]:
    """The pieces of a text between which a line may be broken; one that is longer than a line is cut after
    ``-``, ``_`` or ``/``, or where the line is full."""
    for found in re.finditer(r"[^\s\\]*\\|[^\s\\]+\s*|\s+", text):
        start, end = found.span()
        while (count := _fitting(text, room, start, end)) < len(text[start:end].rstrip()):
            count = max(count, 1)
            good = max(text.rfind(sign, start, start + count) for sign in "-_/") + 1 - start
            count = good if good > count // 3 else count
            yield text[start : start + count]
            start += count
        yield text[start:end]


def fit(text: str, room: int) -> str:
    """The text, cut with … where it would be wider than the room in any common font."""
    end = _fitting(text, room)
    if end == len(text):
        return text
    while end and _fitting(f"{text[:end]}…", room) <= end:
        end -= 1
    return text[:end].rstrip() + "…"


def _letter_width(letter: str) -> float:
    """In em, after the widest of the common fonts: the box must hold them all."""
    if letter in " .,:;|!'il()[]ftjr-/\\_":
        return 0.5 if letter == "_" else 0.41
    if letter in "mwMW@%…–":
        return 0.99
    return 0.70 if letter.isupper() else 0.64 if letter.isascii() else 1.0


def arrow(*points: tuple[int, int], kind: str = "") -> Html:
    """A line through the points, with a tip at the last."""
    (x0, y0), (x, y) = points[-2:]
    dx, dy = (x > x0) - (x < x0), (y > y0) - (y < y0)
    back_x, back_y = x - 6 * dx, y - 6 * dy
    way = " ".join(f"{px},{py}" for px, py in (*points[:-1], (back_x, back_y)))
    tip = f"{back_x - 4 * dy},{back_y - 4 * dx} {back_x + 4 * dy},{back_y + 4 * dx} {x},{y}"
    line = tag("polyline", points=way, class_="flow")
    return tag("g", line, tag("polygon", points=tip, class_="tip"), class_=kind)
