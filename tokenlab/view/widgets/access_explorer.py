"""The access explorer: choose a token, an object and rights, and walk through Windows' answer.

Knobs on top of an `Exploration`. One HTML widget for each part that changes; nothing is built anew but the
boxes of the rights when the type of object changes.
"""

from __future__ import annotations

import asyncio
from html import escape
from typing import Any

import ipywidgets as widgets

from tokenlab.values import OBJECT_TYPES
from tokenlab.view import tables, theme
from tokenlab.view.widgets.exploration import (
    Exploration,
    mask_from_text,
    quick_masks,
    ready_objects,
    ready_tokens,
)
from tokenlab.worlds.objects import RealObject
from tokenlab.worlds.tokens import ReadyToken

PASTE = "Paste whoami /all ..."
SECONDS_A_STEP = 0.9
OWN = "My own (SDDL below)"
_CSS = """<style>
.tl-explorer { max-width: 1100px; }
.tl-explorer .widget-label, .tl-explorer label { color: inherit; }
.tl-explorer textarea, .tl-explorer pre { font-size: 12px;
  font-family: var(--jp-code-font-family, monospace); }
.tl-explorer .tl-message { min-height: 3.9em; white-space: pre; overflow-x: auto; margin: 0;
  font-family: var(--jp-code-font-family, monospace); font-size: 12px; line-height: 1.3; }
.tl-explorer .tl-code { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; padding: 6px 8px;
  line-height: 1.4; background: var(--jp-layout-color2, #eee); color: var(--jp-ui-font-color1, #111); }
.tl-stale { position: relative; }
.tl-stale > * { opacity: 0.3; }
.tl-stale::before { content: "✗ No answer: mend the text marked above. Below is the last one."; z-index: 1;
  position: absolute; top: 14px; right: 24px; padding: 4px 8px; font-weight: bold;
  background: var(--jp-layout-color0, #fff); color: var(--jp-ui-font-color1, #111); }
.tl-explorer h4 { margin: 10px 0 2px; }
.tl-explorer :focus-visible { outline: 2px solid var(--jp-brand-color1, #1976d2); outline-offset: 1px; }
.tl-rights { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); }
</style>"""


def access_explorer(
    token: ReadyToken | str | None = None,
    sddl: str | None = None,
    desired: int | None = None,
    kind: str | None = None,
) -> AccessExplorer:
    """A widget to ask Windows: may this token have these rights to this object?

    ``token`` is a ready token or the text of ``whoami /all``; ``kind`` the name of a type of object, such
    as ``"file"`` or ``"service"``. Everything can be changed with the knobs.
    """
    thing = ready_objects()[0]
    return AccessExplorer(
        Exploration(
            token=ready_tokens()[0] if token is None else token,
            sddl=thing.sddl if sddl is None else sddl,
            kind=kind or (thing.object_type.name if sddl is None else "file"),
            desired=thing.object_type.mapping.write if desired is None else int(desired),
        )
    )


class AccessExplorer(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """The widget. `exploration` is what it shows now."""

    def __init__(self, exploration: Exploration) -> None:
        self.exploration = exploration
        self._busy = False  # while the explorer sets its own knobs
        self._make_token_knobs()
        self._make_object_knobs()
        self._make_rights_knobs()
        self._make_walk_knobs()
        super().__init__(
            [
                widgets.HTML(theme.css() + _CSS),
                _heading("Who asks"),
                self._token,
                self._whoami,
                self._token_says,
                _heading("For what object"),
                self._object,
                self._kind,
                self._sddl,
                self._sddl_says,
                _heading("What for"),
                self._quick,
                self._rights,
                self._mask,
                _heading("The answer"),
                self._walk,
                self._answer,
                self._details,
                self._lists,
                self._python,
            ]
        )
        self.add_class("tl-explorer")
        self._fill_rights()
        self._show_all()

    def __repr__(self) -> str:
        decision = self.exploration.decision
        verdict = "no answer yet" if decision is None else "granted" if decision.granted else "refused"
        return f"<Access explorer: {self.exploration.desired:#x} to a {self.exploration.kind}, {verdict}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        if isinstance(bundle, dict):
            bundle["text/plain"] = repr(self)
        return bundle

    @property
    def _last_step(self) -> int:
        decision = self.exploration.decision
        return 1 if decision is None else len(decision.steps)

    # Making the knobs ---------------------------------------------------------------------------------

    def _make_token_knobs(self) -> None:
        options: list[tuple[str, ReadyToken | str]] = [(token.name, token) for token in ready_tokens()]
        now = self.exploration.token
        ready = now if isinstance(now, ReadyToken) else ""
        self._token = _choice("Token", [*options, (PASTE, "")], ready)
        self._whoami = _labelled(
            widgets.Textarea,
            "Output of whoami /all",
            value="" if isinstance(now, ReadyToken) else now,
            placeholder="Run `whoami /all` on a Windows machine and paste all of it here.",
            rows=8,
            layout={"width": "99%"},
        )
        self._token_says = widgets.HTML()
        self._token.observe(self._token_chosen, "value")
        self._whoami.observe(self._token_chosen, "value")

    @staticmethod
    def _ready_object(sddl: str) -> RealObject | str:
        return next((thing for thing in ready_objects() if thing.sddl == sddl), "")

    def _make_object_knobs(self) -> None:
        options: list[tuple[str, RealObject | str]] = [(thing.name, thing) for thing in ready_objects()]
        now = self._ready_object(self.exploration.sddl)
        self._object = _choice("Object", [*options, (OWN, "")], now)
        self._kind = _choice("Its type", list(OBJECT_TYPES), self.exploration.kind)
        self._sddl = _labelled(
            widgets.Textarea,
            "SDDL",
            value=self.exploration.sddl,
            rows=3,
            layout={"width": "99%"},
            continuous_update=True,
        )
        self._sddl_says = widgets.HTML()
        self._object.observe(self._object_chosen, "value")
        self._kind.observe(self._kind_chosen, "value")
        self._sddl.observe(self._sddl_typed, "value")

    def _make_rights_knobs(self) -> None:
        self._quick = widgets.HBox(layout={"flex_flow": "row wrap"})
        self._rights = widgets.Box()
        self._rights.add_class("tl-rights")
        self._boxes: dict[int, Any] = {}
        self._mask = _labelled(widgets.Text, "Mask", layout={"width": "260px"}, continuous_update=False)
        self._mask.observe(self._mask_typed, "value")

    def _make_walk_knobs(self) -> None:
        last = self._last_step
        self._step = _labelled(
            widgets.IntSlider, "Step", min=1, max=last, value=last, layout={"width": "420px"}
        )
        self._play = _button("Play", "Step by step, or stop", self._play_pressed, "play")
        self._playing: asyncio.Task[None] | None = None
        self._moves = [
            _button(text, tip, lambda _, by=by: self._move_to(self._step.value + by), icon)
            for text, tip, icon, by in (
                ("First", "To the first step", "fast-backward", -999),
                ("Back", "One step back", "step-backward", -1),
                ("Forward", "One step forward", "step-forward", 1),
                ("Last", "To the verdict", "fast-forward", 999),
            )
        ]
        self._walk = widgets.HBox(
            [*self._moves, self._play, self._step], layout={"flex_flow": "row wrap", "align_items": "center"}
        )
        self._answer = widgets.HTML(layout={"width": "99%"})
        self._lists = widgets.HTML(layout={"width": "99%"})
        self._python = widgets.HTML(layout={"width": "99%"})
        self._details = widgets.HBox(
            [
                _toggle("Descriptor and matrix", self._lists),
                _toggle("The Python that does the same", self._python),
            ]
        )
        self._step.observe(self._stepped, "value")
        self._details.children[0].observe(lambda _: self._show_details(), "value")

    # When a knob moves --------------------------------------------------------------------------------

    def _change(self, **changes: Any) -> None:
        now = self.exploration
        parts = {"token": now.token, "sddl": now.sddl, "kind": now.kind, "desired": now.desired} | changes
        self.exploration = Exploration(**parts)
        self._show_all()

    def _token_chosen(self, _: object) -> None:
        self._change(token=self._token.value or self._whoami.value)

    def _object_chosen(self, change: dict[str, Any]) -> None:
        thing = change["new"]
        if self._busy or not thing:
            return
        kind = thing.object_type.name
        new_kind = kind != self.exploration.kind
        self._set(self._sddl, thing.sddl)
        self._set(self._kind, kind)
        desired = thing.object_type.mapping.read if new_kind else self.exploration.desired
        self.exploration = Exploration(self.exploration.token, thing.sddl, kind, desired)
        if new_kind:
            self._fill_rights()
        self._show_all()

    def _kind_chosen(self, change: dict[str, Any]) -> None:
        if not self._busy:
            kind = change["new"]
            desired = OBJECT_TYPES[kind].mapping.read
            self.exploration = Exploration(self.exploration.token, self.exploration.sddl, kind, desired)
            self._fill_rights()
            self._show_all()

    def _sddl_typed(self, change: dict[str, Any]) -> None:
        if not self._busy:
            self._set(self._object, self._ready_object(change["new"]))
            self._change(sddl=change["new"])

    def _mask_typed(self, change: dict[str, Any]) -> None:
        if not self._busy:
            mask = mask_from_text(change["new"])
            self._change(desired=self.exploration.desired if mask is None else mask)

    def _box_ticked(self, bit: int, ticked: bool) -> None:
        if not self._busy:
            desired = self.exploration.desired
            self._change(desired=desired | bit if ticked else desired & ~bit)

    def _stepped(self, _: object) -> None:
        if not self._busy:
            self._show_answer()
            self._show_details()

    def _play_pressed(self, _: object) -> None:
        if self._playing is not None and not self._playing.done():
            self._playing.cancel()
        else:
            self._playing = asyncio.get_running_loop().create_task(self._play_on())

    async def _play_on(self) -> None:
        self._play.description, self._play.icon = "Stop", "stop"
        try:
            if self._step.value == self._step.max:
                self._move_to(1)
            while self._step.value < self._step.max:
                await asyncio.sleep(SECONDS_A_STEP)
                self._move_to(self._step.value + 1)
        finally:
            self._play.description, self._play.icon = "Play", "play"

    def _move_to(self, step: int) -> None:
        self._step.value = min(max(step, 1), self._step.max)

    def _set(self, knob: Any, value: object) -> None:
        """Move a knob without asking anew for each one that moves."""
        busy, self._busy = self._busy, True
        knob.value = value
        self._busy = busy

    # Showing what is ----------------------------------------------------------------------------------

    def _fill_rights(self) -> None:
        kind = self.exploration.object_type
        bits = [*kind.describe(kind.mapping.all), (0x01000000, "ACCESS_SYSTEM_SECURITY")]
        self._boxes = {}
        for bit, name in bits:
            box = widgets.Checkbox(description=name, indent=False, layout={"width": "auto"})
            box.observe(lambda change, bit=bit: self._box_ticked(bit, change["new"]), "value")
            self._boxes[bit] = box
        self._rights.children = list(self._boxes.values())
        self._quick.children = [
            _button(name, f"Ask for {mask:#x}", lambda _, mask=mask: self._change(desired=mask))
            for name, mask in quick_masks(kind).items()
        ]

    def _show_all(self) -> None:
        now = self.exploration
        self._whoami.layout.display = "none" if isinstance(now.token, ReadyToken) else ""
        self._token_says.value = _message(now.token_error) if now.token_error else self._token_summary()
        self._sddl_says.value = self._sddl_message()
        for bit, box in self._boxes.items():
            self._set(box, bool(now.desired & bit))
        self._set(self._mask, f"{now.desired:#x}")
        self._busy = True
        self._step.max = self._last_step
        self._step.value = self._last_step
        self._busy = False
        self._show_answer()
        self._show_details()

    def _token_summary(self) -> str:
        context = self.exploration.context
        assert context is not None  # else there is an error to show
        note = self.exploration.token.note if isinstance(self.exploration.token, ReadyToken) else ""
        enabled = sum(group.enabled for group in context.groups)
        deny_only = sum(group.deny_only for group in context.groups)
        parts = [
            context.name_of(context.user),
            f"integrity {context.integrity.label.rpartition(chr(92))[2]}",
            f"{enabled} groups" + (f" and {deny_only} for deny only" if deny_only else ""),
            f"{len(context.enabled_privileges)} of {len(context.privileges)} privileges enabled",
        ]
        notes = [note, *context.notes] if note else list(context.notes)
        return f"<div class='tl'><div>{escape(' · '.join(parts))}</div>{_list(notes)}</div>"

    def _sddl_message(self) -> str:
        error = self.exploration.sddl_error
        if error is not None:
            return _message(str(error))
        return _message(self.exploration.assumption or "✓ Windows can read this.", bad=False)

    def _show_answer(self) -> None:
        decision = self.exploration.decision
        if decision is None:  # the last answer stays, greyed: the page must not jump while one types
            self._answer.add_class("tl-stale")
            return
        self._answer.remove_class("tl-stale")
        self._answer.value = tables.decision_html(decision, self._step.value)

    def _show_details(self) -> None:
        now = self.exploration
        if self._details.children[0].value and now.descriptor is not None:
            step = None if now.decision is None else now.decision.steps[self._step.value - 1]
            highlight = step.place if step else None
            self._lists.value = tables.descriptor_html(
                now.descriptor, now.object_type, highlight
            ) + tables.matrix_html(now.descriptor, now.object_type)
        self._python.value = f"<pre class='tl-code' tabindex='0'>{escape(now.python)}</pre>"


def _heading(text: str) -> Any:
    return widgets.HTML(f"<h4>{text}</h4>")


def _labelled(kind: Any, label: str, **options: Any) -> Any:
    return kind(description=label, style={"description_width": "initial"}, **options)


def _choice(label: str, options: list[Any], value: Any) -> Any:
    """One of several, as buttons: JupyterLab keeps the arrow keys of a list for itself."""
    return widgets.ToggleButtons(
        description=label,
        options=options,
        value=value,
        style={"description_width": "60px", "button_width": "auto"},
        layout={"width": "auto"},
    )


def _button(text: str, tip: str, pressed: Any, icon: str = "") -> Any:
    button = widgets.Button(description=text, tooltip=tip, icon=icon, layout={"width": "auto"})
    button.on_click(pressed)
    return button


def _toggle(text: str, shown: Any) -> Any:
    """A button that shows and hides something; unlike an accordion, the Tab key reaches it."""
    toggle = widgets.ToggleButton(description=text, layout={"width": "auto"})

    def changed(change: dict[str, Any]) -> None:
        shown.layout.display = "" if change["new"] else "none"
        toggle.icon = "caret-down" if change["new"] else "caret-right"

    toggle.observe(changed, "value")
    changed({"new": False})
    return toggle


def _message(text: str, bad: bool = True) -> str:
    mark = f"✗ {text}" if bad else text
    kind = "no" if bad else "yes"
    return f"<div class='tl'><div class='tl-message {kind}' role='status'>{escape(mark)}</div></div>"


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>" if items else ""
