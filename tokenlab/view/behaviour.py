"""How knobs behave in a browser: the arrow keys, the focus, and no old answer under a new knob.

`behaviour.js` does it once for all widgets: an element without a look of its own, which stands in the box
that it looks after.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

CSS = """<style>
.tl-waiting .tl-answer { position: relative; }
.tl-waiting .tl-answer > * { visibility: hidden; }
.tl-waiting .tl-answer::before { content: "Working it out …"; position: absolute; top: 8px; left: 12px;
  opacity: 0; animation: tl-later 0s 0.15s forwards; }
@keyframes tl-later { to { opacity: 1; } }
/* Jupyter's own arrow of a menu is black in the dark theme, too. */
[data-jp-theme-light="false"] .widget-dropdown { --jp-widgets-dropdown-arrow: url("data:image/svg+xml,\
%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Cpath d='M5 7l4 4 4-4' fill='none' \
stroke='%23e0e0e0' stroke-width='2'/%3E%3C/svg%3E"); }
</style>"""


class TextBox(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """A widget whose text twin is its whole ``repr``, where no kernel draws it."""

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)
        return bundle


class Behaviour(anywidget.AnyWidget):
    """Put it into a box of knobs, directly.

    Between a move of one of the ``knobs`` and the call of `answer`, everything of the class ``tl-answer``
    in that box is hidden, in the browser and at once; so it is between a press of a button of `asks` and
    the end of what that button does. In rows of the class ``tl-bar`` the arrow keys move,
    as they do in `ToggleButtons`.
    """

    _esm = Path(__file__).with_name("behaviour.js")
    knobs = traitlets.List(traitlets.Instance(widgets.Widget)).tag(sync=True, **widgets.widget_serialization)
    answered: traitlets.List[Any] = traitlets.List().tag(sync=True)
    presses = traitlets.Int().tag(sync=True)  # presses of the buttons that ask which have been answered

    def __init__(self, knobs: Iterable[Any] = ()) -> None:
        super().__init__(knobs=list(knobs), layout={"display": "none"})
        self.answer()

    def answer(self) -> None:
        """What is shown now is the answer for the knobs as they stand. To be called last."""
        self.answered = [_state(knob) for knob in self.knobs]

    def asks(self, button: Any) -> Any:
        """This button asks anew. To be called last: what the button does by then is the answer."""
        button.add_class("tl-asks")
        button.on_click(self._pressed)
        return button

    def _pressed(self, _: object) -> None:
        self.presses += 1


def _state(knob: Any) -> object:
    """What the browser knows of a knob: the place of the option, where it has options."""
    return knob.index if knob.has_trait("index") else knob.value
