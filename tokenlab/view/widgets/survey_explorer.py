"""The survey explorer: a heat map that opens at a press, down to one explained decision."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets as widgets

from tokenlab.security.check.survey import Survey
from tokenlab.view import theme
from tokenlab.view.behaviour import Behaviour, TextBox
from tokenlab.view.markup import Html, Note, join, page_html, tag
from tokenlab.view.survey_map import MOST_COLUMNS, MOST_ROWS, SurveyBundle, SurveyMap
from tokenlab.view.tables import decision_html
from tokenlab.view.widgets import knobs

CSS = """<style>
.tl-explorer .tl-heat { overflow-x: auto; padding: 2px; --tl-cell: 62px; --tl-name: 250px; }
@container (max-width: 900px) { .tl-explorer .tl-heat { --tl-cell: 48px; --tl-name: 190px; } }
.tl-explorer .tl-heat .widget-hbox { align-items: center; }
.tl-explorer .tl-heat .tl-name { width: var(--tl-name); flex: none; margin: 1px 0; }
.tl-explorer .tl-heat .tl-letter { width: calc(var(--tl-cell) - 2px); flex: none; margin: 1px; padding: 0; }
.tl-explorer .tl-heat .widget-html { margin: 0; flex: none; }
.tl-explorer .tl-heat .tl-opens { text-align: left; overflow: hidden; text-overflow: ellipsis; }
.tl-explorer .tl-heat div.tl-cells { display: grid; grid-template-columns: repeat(10, var(--tl-cell));
  padding: 0; overflow: visible; }
.tl-explorer .tl-cells span { padding: 3px 0; margin: 1px; text-align: center; font-weight: 600; }
.tl-explorer .tl-legend { columns: 2 300px; margin: 0; padding: 0; list-style: none; font-size: 13px; }
.tl-explorer .tl-legend li { overflow-wrap: anywhere; break-inside: avoid; }
</style>"""
EVERYTHING, EVERYBODY = "All objects", "All people"
LETTERS = "ABCDEFGHIJ"[:MOST_COLUMNS]


def survey_explorer(survey: Survey) -> SurveyExplorer:
    """A widget on a survey: open folders and people, or search, until one decision is left to explain."""
    return SurveyExplorer(survey)


class SurveyExplorer(TextBox):
    """The widget. `map` is what it shows now; `look_into` and `look_at` are what its buttons do."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._objects: list[SurveyBundle] = []
        self._people: list[SurveyBundle] = []
        self._path = knobs.make_knob(
            widgets.Text, "Objects with", placeholder="a part of the path", layout={"width": "240px"}
        )
        self._name = knobs.make_knob(
            widgets.Text, "People with", placeholder="a part of the name", layout={"width": "240px"}
        )
        self._behaviour = Behaviour([self._path, self._name])
        self._trail = knobs.bar("The way here")
        self._letters = [
            knobs.button(letter, "", partial(self.look_at, n)) for n, letter in enumerate(LETTERS)
        ]
        self._rows = [_HeatRow(partial(self.look_into, n)) for n in range(MOST_ROWS)]
        self._says, self._why = knobs.answer(), knobs.answer()
        self._legend = knobs.answer(flex="1 1 220px", width="auto")
        for letter in self._letters:
            letter.layout = {}
            letter.add_class("tl-letter")
        for button in (*self._letters, *(row.button for row in self._rows)):
            self._behaviour.asks(button)
        for box in (self._path, self._name):
            box.observe(self._searched, "value")
        blank = widgets.Box()
        blank.add_class("tl-name")
        letters = knobs.as_bar("People", widgets.HBox([blank, *self._letters]))
        rows = knobs.as_bar("Objects", widgets.VBox(self._rows))
        heat = widgets.VBox([letters, rows])
        heat.add_class("tl-heat")
        super().__init__(
            [
                knobs.style(),
                widgets.HTML(theme.heat_css() + CSS, layout={"display": "none"}),
                self._behaviour,
                knobs.heading("Who can reach what"),
                knobs.row([self._path, self._name, self._trail]),
                self._says,
                knobs.row([heat, self._legend]),
                knobs.heading("Why"),
                self._why,
            ]
        )
        self.add_class("tl-explorer")
        self._draw()

    def __repr__(self) -> str:
        return f"<Survey explorer: {self.survey.granted_pairs:,} of {self.survey.pairs:,} pairs granted>"

    def look_into(self, row: int) -> None:
        """Show only the objects of this row."""
        self._objects.append(self.map.rows[row])
        self._draw()

    def look_at(self, column: int) -> None:
        """Show only the people of this column."""
        self._people.append(self.map.columns[column])
        self._draw()

    def back(self, objects: int | None = None, people: int | None = None) -> None:
        """Keep only so many steps into the objects, or into the people."""
        self._objects = self._objects[:objects]
        self._people = self._people[:people]
        self._draw()

    def _searched(self, _: object) -> None:
        self._objects, self._people = [], []
        self._draw()

    def _draw(self) -> None:
        self.map = SurveyMap(
            self.survey,
            self._path.value,
            self._name.value,
            self._objects[-1].names if self._objects else None,
            self._people[-1].names if self._people else None,
        )
        rows, columns = self.map.rows, self.map.columns
        self._trail.children = [*self._steps()]
        for number, letter in enumerate(self._letters):
            letter.layout.display = "" if number < len(columns) else "none"
            if number < len(columns):
                letter.tooltip = f"Only {columns[number].label}"
                letter.disabled = len(columns) == 1 == len(columns[0].names)
        for number, row in enumerate(self._rows):
            row.draw(self.map, rows[number] if number < len(rows) else None)
        self._legend.value = _legend(columns)
        self._explain()
        self._behaviour.answer()

    def _steps(self) -> list[Any]:
        """Buttons that lead back out, and where we are."""
        made = []
        for steps, all_of_them, back in (
            (self._objects, EVERYTHING, lambda n: self.back(objects=n)),
            (self._people, EVERYBODY, lambda n: self.back(people=n)),
        ):
            names = [all_of_them, *(step.label for step in steps)]
            for number, name in enumerate(names):
                icon = "angle-right" if number else ""
                step = knobs.button(name, f"Back to: {name}", partial(back, number), icon)
                step.disabled = number == len(names) - 1
                made.append(self._behaviour.asks(step))
        return made

    def _explain(self) -> None:
        """The decision about the first object and the first person shown."""
        objects, people = self.map.objects, self.map.people
        if not objects or not people:
            what = "object" if not objects else "person"
            first = next(iter(self.survey.sets if not objects else self.survey.contexts), "none")
            says = f"no {what} has these letters: for example {first!r}"
            self._says.value = knobs.says(says, bad=True, lines=1)
            self._why.value = ""
            return
        path, name = self.map.rows[0].names[0], self.map.columns[0].names[0]
        inside = f" in {self.map.inside}" if self.map.inside else ""
        counted = SurveyBundle("", objects).count_names("object", "objects") + inside
        counted += ", " + SurveyBundle("", people).count_names("person", "people")
        self._says.value = knobs.says(f"{counted}: {self.map.summary()}", lines=1)
        about = page_html([Note(f"{name} and {path}:")])
        self._why.value = about + decision_html(self.survey.why(name, path))


class _HeatRow(widgets.HBox):  # type: ignore[misc]
    """A row of the map: a button that opens it, and a cell for each column."""

    def __init__(self, pressed: Any) -> None:
        self.button = knobs.button("", "", pressed)
        self.button.layout = {}
        for name in ("tl-opens", "tl-name"):
            self.button.add_class(name)
        self.cells = knobs.answer(width="auto")
        super().__init__([self.button, self.cells])

    def draw(self, shown: SurveyMap, row: SurveyBundle | None) -> None:
        self.layout.display = "none" if row is None else ""
        if row is None:
            return
        many = len(row.names) > 1
        self.button.description = f"{row.label} ({len(row.names):,})" if many else row.label
        self.button.tooltip = f"Open {row.label}" if many else row.names[0]
        self.button.icon = "folder" if many else ""
        self.button.disabled = len(shown.rows) == 1 and not many
        shares = [shown.share(row, column) for column in shown.columns]
        self.cells.value = tag(
            "div",
            join(
                tag(
                    "span",
                    str(share),
                    class_=f"heat{share.heat}" if share.granted else "none",
                    title=share.words,
                    aria_label=share.words,
                    role="img",
                )
                for share in shares
            ),
            class_="tl tl-cells",
        )


def _legend(columns: list[SurveyBundle]) -> Html:
    lines = (
        tag(
            "li",
            tag("b", letter),
            f" {column.label} ",
            tag("span", f"({column.count_names('person', 'people')})"),
        )
        for letter, column in zip(LETTERS, columns, strict=False)
    )
    return tag("div", tag("ul", join(lines), class_="tl-legend"), class_="tl")
