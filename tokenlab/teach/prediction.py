"""Predict before you look: the learner commits to an answer, and the model's appears in place.

A prediction holds the outcome that the model has worked out, and shows it to nobody before an answer is
locked in. What was locked in stays, also when the cell or the kernel runs again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import ipywidgets as widgets

from tokenlab.security import AccessDecision
from tokenlab.teach.attempt import AttemptResult
from tokenlab.teach.progress_file import current_lesson, recall, record
from tokenlab.teach.reasons import reason
from tokenlab.view.behaviour import Behaviour, TextBox

USUAL = ("granted", "refused")
SKIPPED = ""  # what is kept of a question that was skipped

CSS = """<style>
.tl-predict { max-width: 900px; padding: 6px 10px; border-left: 4px solid var(--jp-brand-color1, #1976d2); }
.tl-predict .widget-html-content, .tl-predict label { line-height: 1.4; color: inherit; }
.tl-predict .widget-radio-box label { white-space: normal; }
.tl-predict pre { white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; margin: 4px 0;
  padding: 4px 8px;  background: var(--jp-layout-color2, #eee); color: var(--jp-ui-font-color1, #111); }
.tl-predict :is(button, input):focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); }
</style>"""


class Prediction(TextBox):
    """A question, its answers, and the outcome. ``answer`` is what was locked in, None before."""

    def __init__(
        self, question: str, answers: tuple[str, ...], outcome: str, because: str, lesson: str | None = None
    ) -> None:
        self.question, self.answers = question, answers
        self._outcome, self._because = outcome, because
        self._lesson = current_lesson() if lesson is None else lesson
        self.answer: str | None = None
        self._choice = widgets.RadioButtons(options=answers, value=None, layout={"width": "auto"})
        self._lock = widgets.Button(description="Lock in", button_style="primary")
        self._skip = widgets.Button(description="Skip", tooltip="Show the answer without a prediction")
        self._said = widgets.HTML()
        self._lock.on_click(lambda _: self._lock_in())
        self._skip.on_click(lambda _: self.skip())
        asked = widgets.HTML(f"{CSS}<b>Predict.</b> {escape(question)}")
        self._knobs = widgets.HBox([self._lock, self._skip])
        super().__init__([asked, self._choice, self._knobs, self._said, Behaviour()])
        self.add_class("tl-predict")
        self._said.add_class("mathjax_ignore")
        self._choice.observe(self._chosen, "value")
        self._remember()

    @property
    def outcome(self) -> str | None:
        """The model's answer; None until the learner has committed."""
        return None if self.answer is None else self._outcome

    @property
    def because(self) -> str | None:
        """Why it is so; None until the learner has committed, empty where nothing is to be said."""
        return None if self.answer is None else self._because

    def commit(self, answer: str) -> None:
        """Lock the answer in. Raises ValueError if it is none of the answers, or if one is locked in."""
        if answer not in self.answers:
            raise ValueError(f"{answer!r} is not an answer here: expected one of {', '.join(self.answers)}")
        if self.answer is not None:
            raise ValueError(f"you have locked in {self.answer!r}: a prediction is made once")
        self._keep(answer)
        self._show(answer)

    def skip(self) -> None:
        """Show the outcome without a prediction. It counts as skipped."""
        if self.answer is None:
            self._keep(SKIPPED)
            self._show(SKIPPED)

    def __str__(self) -> str:
        """The question; once an answer is locked in, the outcome too."""
        asked = f"Predict. {self.question} [{' | '.join(self.answers)}]"
        return asked if self.answer is None else f"{asked}\n{self._sentence()}"

    __repr__ = __str__

    # What happens ----------------------------------------------------------------------------------------

    def _lock_in(self) -> None:
        if self.answer is not None:
            return
        if self._choice.value is None:
            self._said.value = "<b>Choose first.</b>"
            return
        self.commit(self._choice.value)

    def _chosen(self, change: dict[str, Any]) -> None:
        if self.answer is None:
            self._said.value = ""
            _drafts[self._key()] = change["new"]

    def _remember(self) -> None:
        """Take up what was locked in, or only chosen, when the cell ran before."""
        kept = recall("predictions").get(self._key())
        if isinstance(kept, dict) and kept.get("answer") in (*self.answers, SKIPPED):
            self._show(kept["answer"])
        elif _drafts.get(self._key()) in self.answers:
            self._choice.value = _drafts[self._key()]

    def _keep(self, answer: str) -> None:
        kept = {
            "lesson": self._lesson,
            "day": date.today().isoformat(),
            "question": self.question,
            "answers": list(self.answers),
            "answer": answer,
            "outcome": self._outcome,
            "because": self._because,
            "right": answer == self._outcome,
        }
        record("predictions", self._key(), kept)

    def _show(self, answer: str) -> None:
        self.answer = answer
        self._choice.value = answer or None
        self._choice.disabled = True
        # The button stays where the focus is: a disabled one would take Shift+Enter away from the notebook
        self._lock.description = "Locked in" if answer else "Skipped"
        self._lock.button_style = ""
        self._knobs.children = [self._lock]
        because = f"<pre>{escape(self._because)}</pre>" if self._because else ""
        self._said.value = f'<div role="status"><b>{escape(self._sentence())}</b>{because}</div>'

    def _sentence(self) -> str:
        if self.answer == SKIPPED:
            return f"It is: {self._outcome}. (Skipped.)"
        if self.answer == self._outcome:
            return f"It is: {self._outcome}, as you predicted."
        return f"It is: {self._outcome}. You predicted: {self.answer}. What decided it?"

    def _key(self) -> str:
        text = "\n".join((self._lesson, self.question, *self.answers))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_drafts: dict[str, str | None] = {}  # chosen, not locked in: a cell that runs again keeps it


def predict(
    question: str,
    outcome: object,
    answers: Sequence[str] | Mapping[str, object] = USUAL,
    *,
    because: object = None,
) -> Prediction:
    """Ask the learner; the outcome is shown when an answer is locked in.

    ``outcome`` is what the model says: an `AccessDecision`, an `AttemptResult`, any value. ``answers`` are
    two texts, for a true and for a false outcome, or a mapping from each text to the outcome that it stands
    for: a value, a container of values, or a function that says whether it fits. ``because`` is shown with
    the outcome; without it the reason in ``reasons.toml``, if the question has one there; a decision and a
    refusal tell their own. Raises ValueError unless exactly one answer fits.
    """
    if isinstance(answers, Mapping):
        fitting = [text for text, meant in answers.items() if _fits(meant, outcome)]
    elif len(answers) == 2:
        fitting = [answers[0 if outcome else 1]]
    else:
        raise ValueError(f"{question!r}: expected two answers, or a mapping from each to what it stands for")
    if len(fitting) != 1:
        raise ValueError(f"{question!r}: {len(fitting)} answers fit {outcome!r}; expected exactly one")
    said = "\n".join(filter(None, [reason(question), _explain(outcome, because)]))
    return Prediction(question, tuple(answers), fitting[0], said)


def _fits(meant: object, outcome: object) -> bool:
    if isinstance(meant, Callable):  # type: ignore[arg-type]
        return bool(meant(outcome))  # type: ignore[operator]
    if isinstance(meant, Container) and not isinstance(meant, str) and not isinstance(outcome, type(meant)):
        return outcome in meant
    return bool(meant == outcome)


def _explain(outcome: object, because: object) -> str:
    if because is not None:
        return str(because)
    if isinstance(outcome, AccessDecision):
        return str(outcome)
    if isinstance(outcome, AttemptResult) and outcome.refusal is not None:
        decision = getattr(outcome.refusal, "decision", None)
        return "\n".join([str(outcome), *([str(decision)] if decision is not None else [])])
    return ""
