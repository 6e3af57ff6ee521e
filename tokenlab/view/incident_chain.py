"""The chain of an incident as a picture: from machine to machine, as whom, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, highlight, page_html, page_text
from tokenlab.view.sequence import ITSELF, Step, sequence_figure
from tokenlab.view.theme import DENIED, GRANTED
from tokenlab.worlds.incident_story import Incident
from tokenlab.worlds.incident_story import IncidentStep as Deed


def incident_html(day: Incident) -> str:
    """A drawing with a column for each machine, then each step with its rule."""
    return sequence_figure("From machine to machine", [_drawn(deed) for deed in day.steps]) + page_html(
        incident_blocks(day)
    )


def incident_text(day: Incident) -> str:
    """The text twin of `incident_html`."""
    return page_text(incident_blocks(day))


def incident_blocks(day: Incident) -> Iterator[Block]:
    """A row for each step, then what came of it."""
    columns = [
        Column("Time", "76px"),
        Column("From, to", "26%"),
        Column("As whom, what", "26%"),
        Column("Went", "84px"),
        Column("Why"),
    ]
    rows = []
    for number, deed in enumerate(day.steps, 1):
        mark, word = (GRANTED, "yes") if deed.ok else (DENIED, "refused")
        rows.append(
            TableRow(
                [
                    Cell(f"{number}. {deed.time}"),
                    Cell(deed.machine, small=f"to {deed.to}" if deed.to else ""),
                    Cell(deed.who, small=deed.what),
                    highlight(mark, word),
                    Cell(deed.why),
                ]
            )
        )
    yield Table("The chain, step by step", columns, rows, narrowest=700)
    stopped = day.stopped
    if stopped is not None:
        yield Note(f"It ends on {stopped.to or stopped.machine}, at {stopped.time}: {stopped.what}.", "yes")
    undone = [name for name, done in day.ordinary.items() if not done]
    if undone:
        yield Note(f"Ordinary work that did not go: {', '.join(undone)}.", "no")


def _drawn(deed: Deed) -> Step:
    sign = (GRANTED if deed.ok else DENIED).sign
    return deed.machine, f"{sign} {deed.time} {deed.who} {deed.what}", deed.to or ITSELF
