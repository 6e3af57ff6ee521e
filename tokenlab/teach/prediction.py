"""Predict before you run: the learner commits to an answer, then compares it with the model's.

Notebooks that only want Shift-Enter teach little; a prediction that can no longer be changed does more.
"""

from __future__ import annotations

import ipywidgets as widgets


class Prediction(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """A question with answers to choose from; once locked in, the choice stays."""

    def __init__(self, question: str, answers: tuple[str, ...]) -> None:
        self.question, self.answers = question, answers
        self.answer: str | None = None
        self._choice = widgets.RadioButtons(options=answers, value=None, layout={"width": "auto"})
        self._lock = widgets.Button(
            description="Lock in", disabled=True, tooltip="You cannot change it after"
        )
        self._choice.observe(self._chosen, "value")
        self._lock.on_click(lambda _: self.commit(self._choice.value))
        label = widgets.HTML(value="")
        label.value = f"<b>Predict.</b> {_escape(question)}"
        super().__init__([label, self._choice, self._lock])

    def commit(self, answer: str) -> None:
        """Lock the answer in. Raises ValueError if it is none of the answers, or if one is locked in."""
        if answer not in self.answers:
            raise ValueError(f"{answer!r} is not an answer here: expected one of {', '.join(self.answers)}")
        if self.answer is not None:
            raise ValueError(f"you have locked in {self.answer!r}: a prediction is made once")
        self.answer = answer
        self._choice.value = answer
        self._choice.disabled = self._lock.disabled = True
        self._lock.description = "Locked in"

    def compare(self, outcome: object) -> str:
        """A sentence about prediction and outcome, given as an answer or as something true or false."""
        found = outcome if isinstance(outcome, str) else self.answers[0 if outcome else 1]
        if self.answer is None:
            return f"It is: {found}. (You made no prediction.)"
        if self.answer == found:
            return f"It is: {found}, as you predicted."
        return f"It is: {found}. You predicted: {self.answer}. Find the line that decided."

    def __repr__(self) -> str:
        return f"Predict. {self.question} [{' | '.join(self.answers)}]"

    def _chosen(self, change: dict[str, object]) -> None:
        self._lock.disabled = self.answer is not None or change["new"] is None

    def _repr_mimebundle_(self, **kwargs: object) -> object:
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)
        return bundle


def predict(question: str, *answers: str) -> Prediction:
    """Ask the learner before the cell is run; ``granted`` or ``refused`` unless other answers are given."""
    return Prediction(question, answers or ("granted", "refused"))


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
