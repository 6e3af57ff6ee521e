"""Forms for answers: menus where something is chosen, rows that move where lines are put in order.

A form only chooses; `tokenlab.teach.answer_cell` writes the answer into its cell, where it can be read, and
typed as before. What was chosen is kept with the progress.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from html import escape
from typing import Any

import ipywidgets as widgets

from tokenlab.teach.answer_cell import ChosenAnswer, assignment
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Exercise, Task
from tokenlab.teach.progress_file import recall, record
from tokenlab.view import behaviour
from tokenlab.view.behaviour import Behaviour

MenuPart = tuple[str, str, tuple[str, ...]]
OPEN = "choose ..."
CSS = """<style>
.tl-form { max-width: 900px; padding: 6px 10px; border-left: 4px solid var(--jp-brand-color1, #1976d2); }
.tl-form .widget-html-content { line-height: 1.4; color: inherit; white-space: normal; }
.tl-form .widget-dropdown { width: auto; max-width: 100%; align-self: flex-start; }
.tl-form .widget-dropdown { margin-bottom: 10px; }
.tl-form .widget-label { color: inherit; }
.tl-form button { flex: none; }
.tl-form pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 4px 0; padding: 4px 8px;
  line-height: 1.4; background: var(--jp-layout-color2, #eee); color: var(--jp-ui-font-color1, #111); }
.tl-form :is(button, select):focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2) !important; }
</style>"""


def is_live() -> bool:
    """Does somebody sit before this kernel? Jupyter's server says so; a run from a command line does not."""
    return bool(os.environ.get("JPY_SESSION_NAME"))


def form_for(exercise: Exercise, task: Task, learner: str) -> AnswerForm | None:
    """The form of a task; None where the answer is built or written."""
    if task.choices:
        parts = [(choice.name, choice.prompt, choice.options) for choice in task.choices]
        return ChoiceForm(exercise.answer_name, learner, task.blank, parts)
    if task.menus:
        parts = [(what, "", options) for what, options in task.menus.items()]
        return ChoiceForm(exercise.answer_name, learner, task.blank, parts)
    if "lines" in task.given and type(task.example) is str:
        return OrderForm(exercise.answer_name, learner, task.blank, task.given["lines"])
    return None


class AnswerForm(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """What the forms share: the answer as it stands, kept, shown as Python, and offered to its cell."""

    def __init__(self, name: str, learner: str, blank: Plain, rows: list[Any]) -> None:
        self.name, self._key = name, f"{learner} {name}"
        self._said = widgets.HTML()
        self._said.add_class("mathjax_ignore")
        written = recall("forms").get(self._key, {}).get("written")
        self.chosen = ChosenAnswer(name, blank, lambda: self.answer, self._wrote, written)
        head = widgets.HTML(CSS + behaviour.CSS, layout={"display": "none"})
        super().__init__([head, Behaviour(), *rows, self._said])
        self.add_class("tl-form")
        self._tell()

    @property
    def answer(self) -> Plain:
        """The plain answer; None before anything is chosen."""
        return None

    def _changed(self, _: object = None) -> None:
        record("forms", self._key, {"answer": self.answer, "written": self.chosen.written})
        self._tell()

    def _wrote(self, written: Plain) -> None:
        self._changed()

    def _tell(self) -> None:
        if self.answer is None:
            said = f"Choose here, or type into the cell of <code>{self.name}</code>."
        else:
            there = self.answer == self.chosen.written
            said = "The next cell has" if there else "Run the next cell, and it has"
            said += f"<pre>{escape(assignment(self.name, self.answer))}</pre>"
        self._said.value = f'<div role="status">{said}</div>'

    def _kept(self) -> Plain:
        found: Plain = recall("forms").get(self._key, {}).get("answer")
        return found

    def __repr__(self) -> str:
        return assignment(self.name, self.answer)


class ChoiceForm(AnswerForm):
    """A menu for each part: what it is called, what is asked, and its options."""

    def __init__(self, name: str, learner: str, blank: Plain, parts: list[MenuPart]) -> None:
        self._menus: dict[str, Any] = {}
        self._shape = type(blank)
        kept = recall("forms").get(f"{learner} {name}", {}).get("answer")
        rows: list[Any] = []
        for place, (part, prompt, options) in enumerate(parts):
            before = _part_of(kept, part, place)
            menu = widgets.Dropdown(
                description=part,
                options=[(OPEN, None), *((option, option) for option in options)],
                index=options.index(before) + 1 if before in options else 0,
                style={"description_width": "initial"},
            )
            self._menus[part] = menu
            rows += [widgets.HTML(in_html(prompt)), menu] if prompt else [menu]
        super().__init__(name, learner, blank, rows)
        for menu in self._menus.values():
            menu.observe(self._changed, "value")

    @property
    def answer(self) -> Plain:
        """In the shape of the blank: an option for each part, or None (in a list an empty text) for one that
        is open; None before anything is chosen."""
        chosen: dict[str, Plain] = {name: menu.value for name, menu in self._menus.items()}
        if all(value is None for value in chosen.values()):
            return None
        if self._shape is dict:
            return chosen
        texts: list[Plain] = [value or "" for value in chosen.values()]
        return texts if self._shape is list else texts[0]


def _part_of(answer: Plain, part: str, place: int) -> Plain:
    """What an answer of any of the three shapes has for a part."""
    if isinstance(answer, dict):
        return answer.get(part)
    if isinstance(answer, list):
        return answer[place] if place < len(answer) else None
    return answer


class OrderForm(AnswerForm):
    """A row for each line, with buttons that move it; they are one Tab stop, arrow keys move inside."""

    def __init__(self, name: str, learner: str, blank: Plain, lines: Mapping[str, str]) -> None:
        kept = recall("forms").get(f"{learner} {name}", {}).get("answer")
        self._lines = dict(lines)
        self._is_chosen = type(kept) is str and sorted(kept) == sorted(lines)
        self._order = list(kept) if self._is_chosen else list(lines)
        self._texts = [widgets.HTML() for _ in lines]
        moves = [self._move(place, step) for place in range(len(lines)) for step in (-1, 1)]
        moves[0].disabled = moves[-1].disabled = True
        rows = [
            widgets.HBox([*moves[2 * place : 2 * place + 2], text], layout={"align_items": "center"})
            for place, text in enumerate(self._texts)
        ]
        box = widgets.VBox(rows)
        box.add_class("tl-bar")
        box.add_class("tl-named-order")
        keep = widgets.Button(
            description="This is my order", layout={"width": "auto", "align_self": "flex-start"}
        )
        keep.on_click(lambda _: self._choose())
        super().__init__(name, learner, blank, [box, keep])
        self._draw()

    @property
    def answer(self) -> Plain:
        """The letters in order; None before a line was moved or the order confirmed."""
        return "".join(self._order) if self._is_chosen else None

    def _move(self, place: int, step: int) -> Any:
        word = "up" if step < 0 else "down"
        made = widgets.Button(
            description="▲" if step < 0 else "▼",
            tooltip=f"Move line {place + 1} {word}",
            layout={"width": "34px"},
        )

        def moved(_: object) -> None:
            order = self._order
            order[place], order[place + step] = order[place + step], order[place]
            self._draw()
            self._choose()

        made.on_click(moved)
        return made

    def _choose(self) -> None:
        self._is_chosen = True
        self._changed()

    def _draw(self) -> None:
        for text, letter in zip(self._texts, self._order, strict=True):
            text.value = f"<b>{letter}</b> {in_html(self._lines[letter])}"


def in_html(markdown: str) -> str:
    """A prompt as HTML: code, bold, and nothing else of Markdown."""
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(markdown))
    return re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
