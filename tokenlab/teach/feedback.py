"""A judgement as a picture: a row a part, with the belief behind a wrong one."""

from __future__ import annotations

from tokenlab.teach.judgement import Judgement, PartResult
from tokenlab.view.markup import Cell, Column, Html, Row, Table, join, marked, page_html, tag
from tokenlab.view.theme import DENIED, GRANTED, css

COLUMNS = (Column("Part", "24%"), Column("", "13%"), Column("What Windows does"), Column("Points", "10%"))


def judgement_html(judgement: Judgement) -> Html:
    caption = f"{judgement.number} {judgement.title}: {judgement.points} of {judgement.of} points"
    notes = join(tag("p", note) for note in judgement.notes)
    table = Table(caption, COLUMNS, [_row(part, judgement.stage) for part in judgement.parts], narrowest=560)
    return Html(css() + page_html([table]) + (tag("div", notes, class_="tl") if notes else ""))


def _row(part: PartResult, stage: int) -> Row:
    mark = marked(GRANTED, "right") if part.finding.right else marked(DENIED, "not yet")
    says = Cell(part.says(stage), small=" ".join(part.more(stage)))
    return Row([Cell(part.name), mark, says, Cell(f"{part.points}/{part.of}")])
