"""The survey explorer: search the map of who can reach what, and ask of any answer why."""

from __future__ import annotations

from typing import Any

import ipywidgets as widgets

from tokenlab.security.survey import Survey
from tokenlab.view import theme
from tokenlab.view.markup import page_html
from tokenlab.view.survey_map import SurveyMap
from tokenlab.view.tables import decision_html
from tokenlab.view.widgets import knobs


def survey_explorer(survey: Survey) -> SurveyExplorer:
    """A widget on a survey: search objects and people, then choose one of each to see what decided."""
    return SurveyExplorer(survey)


class SurveyExplorer(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """The widget. `map` is what it shows now."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.map = SurveyMap(survey)
        self._path = knobs.labelled(widgets.Text, "Objects with", placeholder="a part of the path")
        self._name = knobs.labelled(widgets.Text, "People with", placeholder="a part of the name")
        self._one_path = knobs.labelled(widgets.Text, "Why: object", layout={"width": "420px"})
        self._one_name = knobs.labelled(widgets.Text, "and person")
        self._table = widgets.HTML()
        self._says = widgets.HTML(layout={"width": "99%"})
        self._why = widgets.HTML()
        for box in (self._path, self._name):
            box.observe(self._search, "value")
        for box in (self._one_path, self._one_name):
            box.observe(self._explain, "value")
        super().__init__(
            [
                widgets.HTML(theme.css() + knobs.CSS),
                knobs.heading("Who can reach what"),
                knobs.row([self._path, self._name]),
                self._table,
                knobs.heading("Why"),
                knobs.row([self._one_path, self._one_name]),
                self._says,
                self._why,
            ]
        )
        self.add_class("tl-explorer")
        self._search()

    def __repr__(self) -> str:
        return f"<Survey explorer: {self.survey.granted_pairs:,} of {self.survey.pairs:,} pairs granted>"

    def _search(self, _: object = None) -> None:
        self.map = SurveyMap(self.survey, self._path.value, self._name.value)
        self._table.value = page_html(self.map.blocks())
        if self.map.rows and self.map.columns:
            self._one_path.value = self.map.rows[0].names[0]
            self._one_name.value = self.map.columns[0].names[0]
        self._explain()

    def _explain(self, _: object = None) -> None:
        path, name = self._one_path.value, self._one_name.value
        for known, what, example in (
            (self.survey.sets, path, "object"),
            (self.survey.contexts, name, "person"),
        ):
            if what not in known:
                first = next(iter(known), "none")
                self._says.value = knobs.says(
                    f"{what!r} is no {example} here: for example {first!r}", bad=True
                )
                self._why.value = ""
                return
        self._says.value = knobs.says(f"{name} and {path}:")
        self._why.value = decision_html(self.survey.why(name, path))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)
        return bundle
