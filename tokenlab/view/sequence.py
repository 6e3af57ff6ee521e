"""A sequence chart: who does or says what to whom, from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

from tokenlab.view.drawing import Card, arrow, drawing, fit
from tokenlab.view.markup import Html, tag

WIDTH, HEAD, STEP = 900, 44, 46
ITSELF = "itself"

Step = tuple[str, str, str]
"""Who, what, and to whom; `ITSELF` where it stays with the one who does it."""


def sequence_figure(title: str, steps: Sequence[Step], upto: int | None = None) -> str:
    """The steps as a drawing, a column for each who takes part; those after ``upto`` still pale."""
    actors = list(dict.fromkeys(one for step in steps for one in (step[0], step[2]) if one != ITSELF))
    width = WIDTH // max(1, len(actors))
    middle = {actor: width * place + width // 2 for place, actor in enumerate(actors)}
    height = HEAD + STEP * len(steps)
    parts: list[Html] = []
    for actor in actors:
        parts.append(Card(actor, []).svg(middle[actor] - width // 2 + 6, 1, width - 12))
        x = middle[actor]
        parts.append(tag("line", x1=x, y1=34, x2=x, y2=height, stroke="currentColor", opacity="0.3"))
    for number, (who, what, whom) in enumerate(steps, 1):
        y = HEAD + STEP * number - 16
        start, end = middle[who], middle.get(whom, middle[who])
        left = min(start, end)
        label = f"{number}. {what}"
        drawn = [
            tag("text", fit(label, WIDTH - left - 16), tag("title", label), x=left + 8, y=y - 8),
            tag("rect", x=start - 5, y=y - 4, width=10, height=10, class_="lit")
            if start == end
            else arrow((start, y), (end, y)),
        ]
        pale = upto is not None and number > upto
        parts.append(tag("g", *drawn, class_="dead" if pale else ""))
    return drawing(title, sequence_text(steps, upto), parts, WIDTH, height + 8)


def sequence_text(steps: Sequence[Step], upto: int | None = None) -> str:
    """The text twin of `sequence_figure`, a step a line."""
    lines = [
        f"{number}. {who} {what}" + ("" if whom == ITSELF else f" -> {whom}")
        for number, (who, what, whom) in enumerate(steps, 1)
    ]
    return "\n".join(lines[:upto])
