"""Two threads, one token: press A or B, and see how the order changes the end of the story."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import ipywidgets as widgets

from tokenlab.system import Handle, InterleavedStep, Refusal, interleave
from tokenlab.system.interleaving import Action
from tokenlab.values import ProcessRights
from tokenlab.view.behaviour import Behaviour
from tokenlab.view.markup import Cell, Column, Table, TableRow, page_html
from tokenlab.view.theme import DENIED, GRANTED, OPEN
from tokenlab.view.widgets import knobs

Threads = Mapping[str, Sequence[Action]]

ROOM = Cell("…", small="…", hidden=True)
"""What is to come has its place already."""


def shared_token() -> Threads:
    """One process, one token: A enables a privilege and uses it, B disables all that there are."""
    return _race(own_tokens=False)


def own_tokens() -> Threads:
    """The same, but each thread impersonates a copy of its own (``ImpersonateSelf``)."""
    return _race(own_tokens=True)


def _race(own_tokens: bool) -> Threads:
    from tokenlab import worlds

    desk = worlds.astro().machine("MISTAKENOT-WS-1")
    shell = desk.start("explorer.exe", desk.log_on(r".\pilot", "per aspera"))
    process = shell.elevate("cmd.exe")
    one, other = process.thread, process.new_thread()
    if own_tokens:
        one.impersonate_self()
        other.impersonate_self()
    lsass, debug = desk.process("lsass.exe"), "SeDebugPrivilege"

    def enable() -> str:
        one.effective_token.adjust_privileges({debug: 2})
        return "enabled"

    def disable_all() -> str:
        other.effective_token.disable_all_privileges()
        return "disabled"

    return {
        "A": [
            (f"enable {debug}", enable),
            ("open lsass.exe to read its memory", lambda: one.open(lsass, ProcessRights.VM_READ)),
        ],
        "B": [("disable all privileges", disable_all)],
    }


class TwoThreads(widgets.VBox):  # type: ignore[misc]  # ipywidgets is untyped
    """Two threads whose order the learner chooses. ``make`` sets the scene, anew for every story."""

    def __init__(self, make: Callable[[], Threads] = shared_token) -> None:
        self.make, self.order = make, ""
        self._threads = make()
        self._buttons = {
            name: knobs.button(f"Thread {name}", f"The next step of {name}", partial(self._press, name))
            for name in self._threads
        }
        self._picture = knobs.answer()
        again = knobs.button("From the start", "Set the scene anew", self._again, "fast-backward")
        presses = knobs.bar("Threads", [*self._buttons.values(), again])
        super().__init__([knobs.style(), Behaviour(), presses, self._picture])
        self.add_class("tl-explorer")
        self._again()

    def __repr__(self) -> str:
        return f"<Two threads, order {self.order or 'not chosen yet'}>\n{self._table().text()}"

    def _press(self, name: str) -> None:
        self._run(name)
        self._show()

    def _again(self) -> None:
        self._threads, self.order = self.make(), ""
        self.story: list[InterleavedStep] = []
        self._show()

    def _run(self, name: str) -> None:
        """One step of one thread, by the machine's own `interleave`."""
        place = self.order.count(name)
        if place < len(self._threads[name]):
            self.story += interleave({name: [self._threads[name][place]]}, name)
            self.order += name

    def _show(self) -> None:
        for name, button in self._buttons.items():
            button.disabled = self.order.count(name) == len(self._threads[name])
        self._picture.value = page_html([self._table()])

    def _table(self) -> Table:
        """What happened, in order, and room for what is to come, so that nothing moves."""
        columns = [Column("Step", "52px"), *(Column(f"Thread {name}") for name in self._threads)]
        steps = sum(map(len, self._threads.values()))
        rows = []
        for number in range(steps):
            done = self.story[number] if number < len(self.story) else None
            cells = [_cell(done) if done and done.thread == name else ROOM for name in self._threads]
            rows.append(TableRow([Cell(str(number + 1)), *cells], lit=number == len(self.story) - 1))
        rows += [TableRow([Cell("Next"), *map(self._coming, self._threads)])]
        return Table(f"In this order: {self.order or '…'}", columns, rows)

    def _coming(self, name: str) -> Cell:
        place = self.order.count(name)
        over = place == len(self._threads[name])
        return Cell("done" if over else f"{OPEN.sign} {self._threads[name][place][0]}", kind="muted")


def _cell(done: InterleavedStep) -> Cell:
    outcome = done.outcome
    if isinstance(outcome, Refusal):
        return Cell(f"{DENIED.sign} {done.what}", f"{outcome.code} ({outcome.code:d})", kind=DENIED.kind)
    small = f"a handle with {outcome.granted_access!s}" if isinstance(outcome, Handle) else str(outcome)
    return Cell(f"{GRANTED.sign} {done.what}", small, kind=GRANTED.kind)
