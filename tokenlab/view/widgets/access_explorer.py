"""The access explorer: choose a token, an object and rights, and walk through Windows' answer.

Knobs on top of an `Exploration`. One HTML widget for each part that changes; nothing is built anew but the
boxes of the rights when the type of object changes.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import ipywidgets as widgets

from tokenlab.values import ACCESS_SYSTEM_SECURITY, FILE, OBJECT_TYPES, ObjectType
from tokenlab.view import tables
from tokenlab.view.behaviour import Behaviour
from tokenlab.view.markup import tag
from tokenlab.view.widgets import knobs
from tokenlab.view.widgets.exploration import Exploration, mask_from_text, quick_masks, ready_object
from tokenlab.view.words import mask_words
from tokenlab.worlds.objects import OBJECTS, RealObject
from tokenlab.worlds.tokens import TOKENS, ReadyToken

PASTE = "Paste whoami /all ..."
OWN = "My own (SDDL below)"
LONG_NAME = 20  # letters: the name of a right that is longer has a row to itself


def access_explorer(
    token: ReadyToken | str | None = None,
    sddl: str | None = None,
    desired: int | None = None,
    object_type: ObjectType | None = None,
) -> AccessExplorer:
    """A widget to ask Windows: may this token have these rights to this object?

    ``token`` is one of the ready `TOKENS`, a `ReadyToken` of one's own, or the text of ``whoami /all``.
    Without ``sddl`` the object is the hosts file; without ``desired`` the question is to write. Everything
    can be changed with the knobs.
    """
    kind = object_type or FILE
    return AccessExplorer(
        Exploration(
            token=TOKENS[0] if token is None else token,
            sddl=OBJECTS[0].sddl if sddl is None else sddl,
            object_type=kind,
            desired=kind.mapping.write if desired is None else int(desired),
        )
    )


class AccessExplorer(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """The widget. `exploration` is what it shows now."""

    seconds_a_step = 0.9  # when it plays

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self._busy = False  # while the explorer sets its own knobs
        self._make_token_knobs()
        self._make_object_knobs()
        self._make_rights_knobs()
        self._make_walk_knobs()
        self._behaviour = Behaviour(
            [self._token, self._whoami, self._object, self._type, self._sddl, self._mask, self._step]
        )
        asked = [
            knobs.heading("Who asks"),
            self._token,
            self._whoami,
            self._token_says,
            knobs.heading("For what object"),
            self._object,
            self._type,
            self._sddl,
            self._sddl_says,
            knobs.heading("What for"),
            self._quick,
            self._rights,
            knobs.row([self._mask, self._mask_says]),
        ]
        answered = [
            knobs.heading("The answer"),
            knobs.row([knobs.bar("The walk", [*self._moves, self._play]), self._step]),
            self._answer,
            knobs.row([self._more, knobs.toggle("The Python that does the same", self._python)]),
            self._details,
            self._python,
        ]
        super().__init__([knobs.style(), self._behaviour, knobs.columns(asked, answered)])
        self.add_class("tl-explorer")
        self._fill_rights()
        self._show_all()

    def __repr__(self) -> str:
        now = self.exploration
        verdict = (
            "no answer yet" if now.decision is None else "granted" if now.decision.granted else "refused"
        )
        return f"<Access explorer: {now.desired:#x} to a {now.object_type.name}, {verdict}>"

    # Making the knobs ---------------------------------------------------------------------------------

    def _make_token_knobs(self) -> None:
        now = self.exploration.token
        own = [now] if isinstance(now, ReadyToken) and now not in TOKENS else []
        options: list[tuple[str, ReadyToken | str]] = [(token.name, token) for token in (*own, *TOKENS)]
        pasted = now if isinstance(now, str) else ""
        self._token = knobs.menu("Token", [*options, (PASTE, "")], "" if isinstance(now, str) else now)
        self._whoami = knobs.make_knob(
            widgets.Textarea,
            "Output of whoami /all",
            value=pasted,
            placeholder="Run `whoami /all` on a Windows machine and paste all of it here.",
            rows=8,
            layout={"width": "99%"},
        )
        self._token_says = knobs.answer()
        self._token.observe(self._token_chosen, "value")
        self._whoami.observe(self._token_chosen, "value")

    def _make_object_knobs(self) -> None:
        options: list[tuple[str, RealObject | str]] = [(thing.name, thing) for thing in OBJECTS]
        now = self.exploration
        ready = ready_object(now.sddl, now.object_type) or ""
        self._object = knobs.menu("Object", [*options, (OWN, "")], ready)
        self._type = knobs.menu("Its type", list(OBJECT_TYPES.items()), now.object_type)
        self._sddl = knobs.make_knob(
            widgets.Textarea, "SDDL", value=now.sddl, rows=3, layout={"width": "99%"}, continuous_update=True
        )
        self._sddl_says = knobs.answer()
        self._object.observe(self._object_chosen, "value")
        self._type.observe(self._type_chosen, "value")
        self._sddl.observe(self._sddl_typed, "value")

    def _make_rights_knobs(self) -> None:
        self._quick = knobs.bar("Ready masks")
        self._rights = knobs.as_bar("Rights", widgets.Box())
        self._rights.add_class("tl-rights")
        self._boxes: dict[int, Any] = {}
        self._mask = knobs.make_knob(widgets.Text, "Mask", layout={"width": "180px"}, continuous_update=False)
        self._mask_says = knobs.answer(flex="1 1 200px", min_width="0", width="auto")
        self._mask.observe(self._mask_typed, "value")

    def _make_walk_knobs(self) -> None:
        self._step = knobs.make_knob(
            widgets.IntSlider, "Step", min=1, max=1, value=1, layout={"flex": "1 1 220px", "min_width": "0"}
        )
        self._step.observe(self._stepped, "value")
        self._play = knobs.button("Play", "Step by step, or stop", self._play_pressed, "play")
        self._playing: asyncio.Task[None] | None = None
        self._moves = [
            knobs.button(text, tip, partial(self._move_by, by), icon)
            for text, tip, icon, by in (
                ("First", "To the first step", "fast-backward", -999),
                ("Back", "One step back", "step-backward", -1),
                ("Forward", "One step forward", "step-forward", 1),
                ("Last", "To the verdict", "fast-forward", 999),
            )
        ]
        self._answer = knobs.answer()
        self._answer.add_class("tl-decision")
        self._descriptor = knobs.answer()
        self._matrix = knobs.answer()
        self._python = knobs.answer()
        self._details = widgets.VBox([self._descriptor, self._matrix])
        self._more = knobs.toggle("Descriptor and matrix", self._details)
        self._more.observe(lambda _: self._show_details(), "value")

    # When a knob moves --------------------------------------------------------------------------------

    def _change(self, **changes: Any) -> None:
        now = self.exploration
        parts = {
            "token": now.token,
            "sddl": now.sddl,
            "object_type": now.object_type,
            "desired": now.desired,
        }
        self.exploration = Exploration(**parts | changes)
        if self.exploration.object_type != now.object_type:
            self._fill_rights()
        self._show_all()

    def _token_chosen(self, _: object) -> None:
        self._change(token=self._token.value or self._whoami.value)

    def _object_chosen(self, change: dict[str, Any]) -> None:
        thing = change["new"]
        if self._busy or not thing:
            return
        self._set(self._sddl, thing.sddl)
        self._set(self._type, thing.object_type)
        same = thing.object_type == self.exploration.object_type
        desired = self.exploration.desired if same else thing.object_type.mapping.read
        self._change(sddl=thing.sddl, object_type=thing.object_type, desired=desired)

    def _type_chosen(self, change: dict[str, Any]) -> None:
        if not self._busy:
            kind = change["new"]
            self._set(self._object, ready_object(self._sddl.value, kind) or "")
            self._change(object_type=kind, desired=kind.mapping.read)

    def _sddl_typed(self, change: dict[str, Any]) -> None:
        if not self._busy:
            self._set(self._object, ready_object(change["new"], self._type.value) or "")
            self._change(sddl=change["new"])

    def _mask_typed(self, change: dict[str, Any]) -> None:
        if self._busy:
            return
        try:
            self._change(desired=mask_from_text(change["new"]))
        except ValueError as error:
            self._mask_says.value = knobs.says(str(error), bad=True, lines=1)
            self._behaviour.answer()

    def _box_ticked(self, bit: int, ticked: bool) -> None:
        if not self._busy:
            desired = self.exploration.desired
            self._change(desired=desired | bit if ticked else desired & ~bit)

    def _stepped(self, _: object) -> None:
        if not self._busy:
            self._show_answer()
            self._show_details()
            self._behaviour.answer()

    def _play_pressed(self) -> None:
        if not self._stop():
            self._playing = asyncio.get_running_loop().create_task(self._play_on())

    def _stop(self) -> bool:
        """Stop playing; whether there was something to stop."""
        return self._playing is not None and self._playing.cancel()

    async def _play_on(self) -> None:
        self._play.description, self._play.icon = "Stop", "stop"
        try:
            if self._step.value == self._step.max:
                self._step.value = 1
            while self._step.value < self._step.max:
                await asyncio.sleep(self.seconds_a_step)
                self._move_by(1)
        finally:
            self._play.description, self._play.icon = "Play", "play"

    def _move_by(self, steps: int) -> None:
        self._step.value += steps  # the slider keeps to its ends

    def _set(self, knob: Any, value: object, trait: str = "value") -> None:
        """Move a knob without asking anew for each one that moves."""
        busy, self._busy = self._busy, True
        setattr(knob, trait, value)
        self._busy = busy

    # Showing what is ----------------------------------------------------------------------------------

    def _fill_rights(self) -> None:
        kind = self.exploration.object_type
        bits = [*kind.describe(kind.mapping.all), (ACCESS_SYSTEM_SECURITY, "ACCESS_SYSTEM_SECURITY")]
        former = [*self._boxes.values(), *self._quick.children]
        self._boxes = {}
        for bit, name in bits:
            box = widgets.Checkbox(description=name, indent=False, layout={"width": "auto"})
            if len(name) > LONG_NAME:
                box.add_class("tl-long")
            box.observe(lambda change, bit=bit: self._box_ticked(bit, change["new"]), "value")
            self._boxes[bit] = box
        self._rights.children = list(self._boxes.values())
        self._quick.children = [
            knobs.button(name, f"Ask for {mask:#x}", partial(self._change, desired=mask))
            for name, mask in quick_masks(kind).items()
        ]
        for widget in former:
            widget.close()

    def _show_all(self) -> None:
        self._stop()
        now = self.exploration
        self._whoami.layout.display = "none" if isinstance(now.token, ReadyToken) else ""
        self._token_says.value = (
            knobs.says(now.token_summary, now.token_notes)
            if now.context is not None
            else knobs.says(now.token_error, bad=True)
        )
        self._sddl_says.value = (
            knobs.says(now.sddl_error, bad=True, lines=4)
            if now.sddl_error
            else knobs.says("✓ Windows can read this.", now.sddl_notes, lines=4)
        )
        for bit, box in self._boxes.items():
            self._set(box, bool(now.desired & bit))
        self._set(self._mask, f"{now.desired:#x}")
        self._mask_says.value = knobs.says(mask_words(now.desired, now.object_type), lines=1)
        self._python.value = tag("pre", now.python, tabindex=0, aria_label="Python")
        for knob in (*self._moves, self._play, self._step):
            knob.disabled = now.decision is None
        if now.decision is not None:
            self._set(self._step, len(now.decision.steps), "max")
            self._set(self._step, len(now.decision.steps))
        self._show_answer()
        self._show_details()
        self._behaviour.answer()

    def _show_answer(self) -> None:
        decision = self.exploration.decision
        if decision is None:  # the last answer stays, greyed: the page must not jump while one types
            self._answer.add_class("tl-stale")
            return
        self._answer.remove_class("tl-stale")
        self._answer.value = tables.decision_html(decision, self._step.value)

    def _show_details(self) -> None:
        now = self.exploration
        if not self._more.value or now.descriptor is None:
            return
        step = None if now.decision is None else now.decision.steps[self._step.value - 1]
        lit = step.place if step else None
        self._descriptor.value = tables.descriptor_html(now.descriptor, now.object_type, lit)
        self._matrix.value = tables.matrix_html(now.descriptor, now.object_type)
