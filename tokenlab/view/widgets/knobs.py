"""What explorers are made of: knobs with a name each, messages, and how they look.

Every knob can be reached and used from the keyboard. Lists to choose from are rows of buttons and nothing
folds like an accordion, for JupyterLab keeps the arrow keys of the one and the Tab key of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets as widgets

from tokenlab.view.markup import Html, join, tag

CSS = """<style>
.tl-explorer { max-width: 1000px; }
.tl-explorer h4 { margin: 10px 0 2px; }
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
  position: absolute; left: 2px; }
.tl-explorer :is(button, input, textarea, pre, [tabindex]):focus-visible {
  outline: 2px solid var(--jp-brand-color1, #1976d2) !important; outline-offset: 1px; }
.tl-explorer .tl-rights { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); }
.tl-explorer .tl-rights label { font-size: 12px; }
.tl-stale { position: relative; }
.tl-stale > * { opacity: 0.3; }
.tl-stale::before { content: "✗ No answer: correct the text marked above. Below is the last one."; z-index: 1;
  position: absolute; top: 18px; left: 18px; right: 18px; padding: 4px 8px; font-weight: bold;
  background: var(--jp-layout-color0, #fff); color: var(--jp-ui-font-color1, #111); }
</style>"""


def heading(text: str) -> Any:
    return widgets.HTML(tag("h4", text))


def row(children: Iterable[Any] = ()) -> Any:
    return widgets.HBox(list(children), layout={"flex_flow": "row wrap", "align_items": "center"})


def labelled(kind: Any, label: str, **options: Any) -> Any:
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


def button(text: str, tip: str, pressed: Callable[[], object], icon: str = "") -> Any:
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
