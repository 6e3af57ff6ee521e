"""What explorers are made of: knobs with a name each, messages, and how they look.

Every knob can be reached and used from the keyboard; `tokenlab.view.behaviour` sees to that. Knobs stand on
the left and what they bring about on the right, so that both are on the screen together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as widgets

from tokenlab.view import behaviour, theme
from tokenlab.view.markup import Html, join, tag

CSS = """<style>
.tl-explorer { max-width: 1240px; margin: 0; container-type: inline-size; }
.tl-explorer, .tl-explorer .widget-box { overflow: visible; }
.tl-explorer .tl-columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr);
  gap: 4px 18px; align-items: start; }
.tl-explorer .tl-columns > * { position: sticky; top: 0; min-width: 0; }
/* An output that scrolls by itself would keep a column from staying in sight. */
:is(.jp-OutputArea-child, .jp-OutputArea-output, .jp-OutputArea):has(.tl-explorer) { overflow: clip; }
@container (max-width: 1080px) {
  .tl-explorer .tl-drawn { grid-template-columns: minmax(0, 1fr); }
  .tl-explorer .tl-drawn > * { position: static; }
}
@container (max-width: 620px) {
  .tl-explorer .tl-columns { grid-template-columns: minmax(0, 1fr); }
  .tl-explorer .tl-columns > * { position: static; }
}
.tl-explorer .tl .tl-table { min-width: 380px; }
/* Where there is no room for all columns, the mask of a right and the code of a reason are left out. */
.tl-explorer .tl-decision { container: tl-decision / inline-size; }
@container tl-decision (max-width: 520px) {
  .tl-explorer table:has(col:nth-child(6)) :is(col, th, td):is(:nth-child(2), :nth-child(4)) {
    display: none; }
}
.tl-explorer h3 { margin: 8px 0 2px; font-size: 14px; line-height: 1.4; }
.tl-explorer .widget-html { min-width: 0; margin: 2px 0; }
.tl-explorer .widget-html-content { min-width: 0; }
.tl-explorer div.tl { padding: 4px 8px; }
.tl-explorer .widget-dropdown, .tl-explorer .widget-toggle-buttons { width: 100%; margin: 2px 0; }
.tl-explorer .widget-dropdown { display: flex; align-items: center; }
.tl-explorer .widget-dropdown .widget-label { white-space: normal; overflow-wrap: anywhere; height: auto;
  line-height: 1.2; }
.tl-explorer .widget-toggle-buttons { flex-wrap: wrap; height: auto; }
.tl-explorer .widget-label, .tl-explorer label { color: inherit; }
.tl-explorer textarea, .tl-explorer pre, .tl-explorer .tl-code input { font-size: 12px;
  font-family: var(--jp-code-font-family, monospace); }
.tl-explorer pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: 6px 8px;
  line-height: 1.4; background: var(--jp-layout-color2, #eee); color: var(--jp-ui-font-color1, #111); }
.tl-explorer .tl-says { padding: 4px 8px; font-size: 13px; }
.tl-explorer .tl-says p { margin: 0 0 2px; max-width: 100ch; }
.tl-explorer .tl-says .tl-place { white-space: pre; overflow-x: auto; margin: 0; padding: 0; font-size: 12px;
  line-height: 1.3; color: inherit; background: none; }
.tl-explorer .widget-toggle-buttons button { position: relative; padding: 0 14px; }
.tl-explorer .widget-toggle-buttons .mod-active { box-shadow: inset 0 -3px var(--jp-brand-color1, #1976d2); }
.tl-explorer .tl-switch { position: relative; padding: 0 16px; }
.tl-explorer .tl-switch.mod-active { box-shadow: inset 0 -3px var(--jp-brand-color1, #1976d2); }
.tl-explorer :is(.widget-toggle-buttons .mod-active, .tl-switch.mod-active)::before { content: "✓";
  content: "✓" / ""; position: absolute; left: 2px; } /* a screen reader says it of itself */
.tl-explorer :is(button, input, textarea, pre, [tabindex]):focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2) !important; outline-offset: 1px; }
.tl-explorer .tl-pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(260px, 1fr));
  gap: 6px 12px; }
.tl-explorer .tl-rights { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr));
  gap: 2px 6px; }
.tl-explorer .tl-rights .widget-checkbox { height: auto; margin: 0; align-items: center; }
.tl-explorer .tl-rights .widget-label-basic { font-size: 12px; line-height: 1.3; height: auto;
  white-space: normal; display: flex; align-items: flex-start; }
.tl-explorer .tl-rights .widget-label-basic span { min-width: 0; overflow-wrap: anywhere; }
.tl-explorer .tl-rights .tl-long { grid-column: 1 / -1; }
.tl-explorer .tl-stale { position: relative; }
.tl-explorer .tl-stale > * { visibility: hidden; }
.tl-explorer .tl-stale::before { content: "✗ No answer: correct the text that is marked.";
  position: absolute; top: 8px; left: 8px; right: 8px; padding: 4px 8px; font-weight: bold;
  background: var(--jp-layout-color0, #fff); color: var(--jp-ui-font-color1, #111); }
</style>"""


def style() -> Any:
    """What every widget brings with it: the palette, and the looks of the knobs."""
    return widgets.HTML(theme.css() + CSS + behaviour.CSS, layout={"display": "none"})


def columns(knobs: Iterable[Any], shown: Iterable[Any], drawn: bool = False) -> Any:
    """Knobs on the left, what they bring about on the right.

    What is ``drawn`` needs more room for its letters: in a narrow window it goes below the knobs.
    """
    made = widgets.Box([widgets.VBox(list(knobs)), widgets.VBox(list(shown))])
    made.add_class("tl-columns")
    if drawn:
        made.add_class("tl-drawn")
    return made


def answer(**layout: str) -> Any:
    """A part of the answer: hidden from when a knob moves until it has been worked out anew."""
    made = widgets.HTML(layout={"width": "100%"} | layout)
    made.add_class("tl-answer")
    return made


def heading(text: str) -> Any:
    """A heading among the knobs."""
    return widgets.HTML(tag("h3", text))


def row(children: Iterable[Any] = ()) -> Any:
    """Knobs side by side; they wrap where there is no room."""
    return widgets.HBox(list(children), layout={"flex_flow": "row wrap", "align_items": "center"})


def bar(label: str, children: Iterable[Any] = ()) -> Any:
    """Buttons that belong together: one Tab stop, and the arrow keys move from one to the next."""
    return as_bar(label, row(children))


def as_bar(label: str, box: Any) -> Any:
    """Make a bar of a box that has buttons or boxes to tick in it."""
    box.add_class("tl-bar")
    box.add_class(f"tl-named-{label.replace(' ', '_')}")
    return box


def make_knob(kind: Any, label: str, **options: Any) -> Any:
    """A knob of this kind whose label is never cut off."""
    return kind(description=label, tooltip=label, style={"description_width": "initial"}, **options)


def choice(label: str, options: list[Any], value: Any) -> Any:
    """One of several, as buttons."""
    return widgets.ToggleButtons(
        description=label,
        tooltip=label,
        options=options,
        value=value,
        style={"description_width": "60px", "button_width": "auto"},
        layout={"width": "auto"},
    )


def menu(label: str, options: list[Any], value: Any) -> Any:
    """One of many, as a menu."""
    return make_knob(widgets.Dropdown, label, options=options, value=value, layout={"width": "auto"})


def button(text: str, tip: str, pressed: Callable[[], object], icon: str = "") -> Any:
    """A button that calls ``pressed`` when it is used."""
    made = widgets.Button(description=text, tooltip=tip, icon=icon, layout={"width": "auto"})
    made.on_click(lambda _: pressed())
    return made


def toggle(text: str, shown: Any) -> Any:
    """A button that shows and hides something."""
    made = widgets.ToggleButton(description=text, layout={"width": "auto"})

    def changed(change: dict[str, Any]) -> None:
        shown.layout.display = "" if change["new"] else "none"
        made.icon = "caret-down" if change["new"] else "caret-right"

    made.observe(changed, "value")
    changed({"new": False})
    return made


def says(message: str, notes: Iterable[str] = (), bad: bool = False, lines: int = 2) -> Html:
    """What a knob's text comes to: a sentence or, if it is bad, an error with its place; and notes below.

    It keeps room for this many lines, so that nothing below it moves while somebody types.
    """
    sentence, *place = message.splitlines()
    first = tag("div", f"✗ {sentence}" if bad else sentence, class_=f"tl-message {'no' if bad else ''}")
    marked = tag("pre", "\n".join(place), class_="tl-place") if place else Html()
    rest = join(tag("p", note) for note in notes)
    room = f"min-height: calc({1.45 * lines:.2f}em + 8px)"
    return tag("div", first, marked, rest, class_="tl tl-says", style=room, role="status")
