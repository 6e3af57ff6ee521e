"""How the things of a lesson look on a page without a kernel. Runs before a lesson's first cell."""

from html import escape

import ipywidgets
from IPython import get_ipython

from tokenlab.teach.prediction import Prediction

_asked = 0


def show_prediction(prediction: Prediction, **_: object) -> dict[str, str]:
    """The question; the outcome is hidden until an answer is chosen, which needs no script."""
    global _asked
    _asked += 1
    prediction.skip()
    choices = "".join(_choice(answer, answer == prediction.outcome) for answer in prediction.answers)
    because = f"<pre>{escape(prediction.because)}</pre>" if prediction.because else ""
    asked = f"<legend><b>Predict.</b> {escape(prediction.question)}</legend>"
    outcome = (
        f"<p>It is: <b>{escape(prediction.outcome or '')}</b>."
        '<span class="yes"> As you predicted.</span>'
        f'<span class="no"> Not what you predicted: what decided it?</span></p>{because}'
    )
    return {
        "text/html": '<form class="tl-guess mathjax_ignore">'
        f'<fieldset>{asked}{choices}</fieldset><div class="outcome">{outcome}</div></form>'
    }


def _choice(answer: str, right: bool) -> str:
    mark = ' class="right"' if right else ""
    return f'<label><input type="radio" name="p{_asked}"{mark}> <span>{escape(answer)}</span></label>'


def show_widget(widget: ipywidgets.Widget, **_: object) -> dict[str, str]:
    """What a widget shows now; its knobs need a kernel."""
    parts = "".join(_html(widget))
    note = "The knobs of this picture work where the lesson runs: open it above."
    return {"text/html": f'<div class="tl-still">{parts}<p class="tl-note">{note}</p></div>'}


def _html(widget: ipywidgets.Widget) -> list[str]:
    layout = getattr(widget, "layout", None)
    if layout is not None and layout.display == "none":
        return []
    if isinstance(widget, ipywidgets.HTML):
        return [f"<div>{widget.value}</div>"] if widget.value else []
    if isinstance(widget, ipywidgets.Box):
        return [part for child in widget.children for part in _html(child)]
    return []


formatter = get_ipython().display_formatter.mimebundle_formatter
formatter.for_type(ipywidgets.Widget, show_widget)
formatter.for_type(Prediction, show_prediction)
