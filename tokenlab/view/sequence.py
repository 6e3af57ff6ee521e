"""A sequence chart: who does or says what to whom, from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

from tokenlab.view.drawing import LINE, arrow, drawing, lines_of
from tokenlab.view.markup import Html, tag

WIDTH = 900
ITSELF = "itself"

Step = tuple[str, str, str]
"""Who, what, and to whom; `ITSELF` where it stays with the one who does it."""


def sequence_figure(title: str, steps: Sequence[Step], upto: int | None = None) -> str:
    """The steps as a drawing, a column for each who takes part; those after ``upto`` still pale.

    A label stands between two columns, on as many lines as it needs: it crosses nobody's line.
    """
    actors = list(dict.fromkeys(one for step in steps for one in (step[0], step[2]) if one != ITSELF))
    width = WIDTH // max(1, len(actors))
    middle = {actor: width * place + width // 2 for place, actor in enumerate(actors)}
    heads = [lines_of(actor, width - 28) for actor in actors]
    y = top = LINE * max(map(len, heads), default=1) + 18
    rows: list[Html] = []
    for number, (who, what, whom) in enumerate(steps, 1):
        start, end = middle[who], middle.get(whom, middle[who])
        left = _beside(start, end, width, WIDTH)
        label = lines_of(f"{number}. {what}", width - 18)
        words = [tag("text", line, x=left + 9, y=y + 14 + LINE * at) for at, line in enumerate(label)]
        y += LINE * len(label) + 12
        mark = (
            tag("rect", x=start - 5, y=y - 9, width=10, height=10, class_="lit")
            if start == end
            else arrow((start, y - 4), (end, y - 4))
        )
        pale = upto is not None and number > upto
        rows.append(tag("g", *words, mark, class_="dead" if pale else ""))
        y += 4
    parts: list[Html] = []
    for actor, head in zip(actors, heads, strict=True):
        x, box = middle[actor], middle[actor] - width // 2 + 6
        parts.append(tag("rect", x=box, y=1, width=width - 12, height=top - 12, rx=4, class_="box"))
        parts += [
            tag("text", line, x=box + 8, y=18 + LINE * at, class_="head") for at, line in enumerate(head)
        ]
        parts.append(tag("line", x1=x, y1=top - 11, x2=x, y2=y, stroke="currentColor", opacity="0.3"))
    return drawing(title, sequence_text(steps, upto), [*parts, *rows], WIDTH, y + 8)


def _beside(start: int, end: int, width: int, whole: int) -> int:
    """Where the label of a step begins: in the gap next to the sender, on the side of the receiver."""
    if end < start or (end == start and start + width > whole):
        return start - width
    return start


def sequence_text(steps: Sequence[Step], upto: int | None = None) -> str:
    """The text twin of `sequence_figure`, a step a line."""
    lines = [
        f"{number}. {who} {what}" + ("" if whom == ITSELF else f" -> {whom}")
        for number, (who, what, whom) in enumerate(steps, 1)
    ]
    return "\n".join(lines[:upto])
