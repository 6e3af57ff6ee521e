"""The live token card: adjust a token with a click, and see who else sees it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import ipywidgets as widgets

from tokenlab.security import GroupAttributes
from tokenlab.system import Process, Refusal, Thread, Token, Win32Error
from tokenlab.view.behaviour import Behaviour, TextBox
from tokenlab.view.markup import Cell, Column, Table, TableRow, highlight, page_html
from tokenlab.view.theme import GRANTED, NOT_GRANTED
from tokenlab.view.token_card import token_blocks
from tokenlab.view.widgets import knobs

Holder = Process | Thread | Token


class TokenCard(TextBox):
    """The card of one token, with a button for each privilege and each group that can be switched.

    ``holders`` are processes, threads or tokens by name: above the card stands which of them hold this very
    token, and so see every change, and which hold a copy.
    """

    def __init__(self, token: Token, holders: Mapping[str, Holder] | None = None) -> None:
        self.token, self.holders = token, dict(holders or {})
        self._busy = False
        self._switches = {
            state.privilege: self._switch(state.privilege, self._privilege_pressed)
            for state in token.context.privileges
        }
        self._groups = {
            group.sid: self._switch(token.context.name_of(group.sid), partial(self._group_pressed, group.sid))
            for group in token.context.groups
            if not group.attributes & GroupAttributes.MANDATORY
        }
        self._says, self._seen, self._card, self._rest = (knobs.answer() for _ in range(4))
        switches = [*self._switches.values(), *self._groups.values()]
        self._behaviour = Behaviour(switches)
        pressed = [
            knobs.heading("Privileges: pressed is enabled"),
            knobs.bar("Privileges", self._switches.values()),
        ]
        if self._groups:
            pressed.append(knobs.heading("Groups that are not mandatory"))
            pressed.append(knobs.bar("Groups", self._groups.values()))
        more = knobs.toggle("Groups, privileges, and what new objects get", self._rest)
        shown = [self._says, self._seen, self._card, knobs.row([more]), self._rest]
        super().__init__([knobs.style(), self._behaviour, knobs.columns(pressed, shown)])
        self.add_class("tl-explorer")
        self._show("Press a privilege: AdjustTokenPrivileges is called on this token.")

    def __repr__(self) -> str:
        enabled = [str(state.privilege) for state in self.token.context.privileges if state.enabled]
        return f"<Token card of {self.token!r}: {', '.join(enabled) or 'no privilege'} enabled>"

    def _switch(self, text: str, pressed: Any) -> Any:
        made = widgets.ToggleButton(description=text, tooltip=text, layout={"width": "auto"})
        made.add_class("tl-switch")
        made.observe(partial(self._pressed, text, pressed), "value")
        return made

    def _pressed(self, text: str, pressed: Any, change: dict[str, Any]) -> None:
        if self._busy:
            return
        try:
            message, bad = pressed(text, change["new"]), False
        except Refusal as refusal:
            message, bad = str(refusal), True
        self._show(message, bad)

    def _privilege_pressed(self, name: str, on: bool) -> str:
        answer = self.token.adjust_privileges({name: 2 if on else 0})
        if answer.error is not Win32Error.SUCCESS:
            return f"{name}: the call succeeded, and did not do all: {answer.error} ({answer.error:d})."
        return f"{name} is {'enabled' if on else 'disabled'}; modified id now {self.token.modified_id}."

    def _group_pressed(self, sid: str, name: str, on: bool) -> str:
        self.token.adjust_groups({sid: on})
        return f"{name} is {'enabled' if on else 'disabled'}; modified id now {self.token.modified_id}."

    def _show(self, message: str, bad: bool = False) -> None:
        """Everything from the token's own state: a button that was refused springs back."""
        self._busy = True
        states = {state.privilege: state.enabled for state in self.token.context.privileges}
        for name, button in self._switches.items():
            button.value = states.get(name, False)
        for group in self.token.context.groups:
            if group.sid in self._groups:
                self._groups[group.sid].value = group.enabled
        self._busy = False
        self._says.value = knobs.says(message, bad=bad)
        head, *rest = token_blocks(self.token)
        self._card.value, self._rest.value = page_html([head]), page_html(rest)
        self._seen.value = self._holders_html() if self.holders else ""
        self._behaviour.answer()

    def _holders_html(self) -> str:
        columns = [Column("Who", "34%"), Column("Its token", "22%"), Column("Sees the changes", "22%")]
        columns.append(Column("Enabled there", "22%"))
        rows = []
        for name, holder in self.holders.items():
            token = _token_of(holder)
            same = token is self.token
            enabled = sum(state.enabled for state in token.context.privileges)
            seen = highlight(GRANTED, "yes") if same else highlight(NOT_GRANTED, "no: a copy")
            count = "1 privilege" if enabled == 1 else f"{enabled} privileges"
            cells = [Cell(name), Cell(str(token.token_id)), seen, Cell(count)]
            rows.append(TableRow(cells, lit=same))
        return page_html([Table("Who holds it", columns, rows)])


def _token_of(holder: Holder) -> Token:
    if isinstance(holder, Thread):
        return holder.effective_token
    return holder.token if isinstance(holder, Process) else holder
