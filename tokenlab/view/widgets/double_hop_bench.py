"""The double-hop bench: choose how the user reached the first server, the second hop, and the fix.

Each choice makes the whole world anew and tries it. The messages can be stepped and played.
"""

from __future__ import annotations

import asyncio
from typing import Any

from tokenlab.network import ConnectionOutcome
from tokenlab.view.behaviour import Behaviour, TextBox
from tokenlab.view.hop_matrix import RULE, WORDS
from tokenlab.view.hops import chain_blocks, chain_figure, exposed_words, network_html, playable_words
from tokenlab.view.markup import page_text, tag
from tokenlab.view.sequence import Step, sequence_figure, sequence_text
from tokenlab.view.widgets import knobs
from tokenlab.worlds.double_hop import FIXES, HOPS, WAYS, DoubleHop, double_hop, single_changes


class DoubleHopBench(TextBox):
    """The widget. `tried` is the combination it shows, `step` how many messages have passed."""

    seconds_a_step = 0.9  # when it plays

    def __init__(self, way: str = "WinRM, Kerberos", fix: str = "none", hop: str = "share") -> None:
        self.tried: DoubleHop = double_hop(way, fix, hop)
        self.step = 0
        self._way = knobs.choice("How", list(WAYS), way)
        self._fix = knobs.choice("Fix", list(FIXES), fix)
        self._hop = knobs.choice("Second hop", list(HOPS), hop)
        self._says, self._chain, self._wire, self._lies, self._change = (knobs.answer() for _ in range(5))
        self._playing: asyncio.Task[None] | None = None
        chosen = (self._way, self._fix, self._hop)
        for knob in chosen:
            knob.observe(self._chosen, "value")
        self._behaviour = Behaviour(chosen)
        super().__init__([knobs.style(), self._behaviour, self._columns()])
        self.add_class("tl-explorer")
        self._show_all()

    def _columns(self) -> Any:
        moves = [
            knobs.button("From the start", "Before the first message", lambda: self._go(0)),
            knobs.button("Back", "One message back", lambda: self._go(self.step - 1)),
            knobs.button("Next", "The next message", lambda: self._go(self.step + 1)),
            knobs.button("To the end", "After the last message", lambda: self._go(len(self.steps))),
            knobs.button("Play", "Play the messages", self._play),
        ]
        ask = knobs.button(
            "What is the smallest change?", "Try every single change, and tell the best", self._show_change
        )
        left = [
            knobs.heading("How the user reached the first server"),
            self._way,
            knobs.heading("What is set, and where it goes on"),
            self._fix,
            self._hop,
            ask,
            self._change,
        ]
        right = [
            self._says,
            self._chain,
            knobs.heading("On the wire"),
            knobs.bar("Messages", moves),
            self._wire,
            knobs.heading("What lies where, afterwards"),
            self._lies,
        ]
        return knobs.columns(left, right, drawn=True)

    @property
    def steps(self) -> list[Step]:
        """All messages of both hops, in their order."""
        return [
            (one.sender, f"{one.name}: {one.text}", one.receiver)
            for outcome in self._outcomes
            for one in outcome.messages
        ]

    @property
    def _outcomes(self) -> list[ConnectionOutcome]:
        return [outcome for outcome in (self.tried.first, self.tried.second) if outcome is not None]

    def __repr__(self) -> str:
        told = page_text(chain_blocks(self._outcomes)) if self._outcomes else ""
        wire = sequence_text(self.steps, self.step or None)
        chosen = f"<Double-hop bench: {self.tried.way}, {self.tried.fix}, {self.tried.hop}>"
        return "\n".join(part for part in (chosen, told, "", wire) if part or told).rstrip()

    def _chosen(self, _: object = None) -> None:
        self._stop()
        self.tried = double_hop(self._way.value, self._fix.value, self._hop.value)
        self.step = 0
        self._show_all()

    def _show_all(self) -> None:
        tried = self.tried
        mark, word = WORDS[tried.letter]
        notes = [
            WAYS[tried.way].words,
            FIXES[tried.fix],
            f"On the servers lies {exposed_words(tried.exposed)}; from there "
            f"{playable_words(tried.playable)} can be played. Exposure: {tried.exposure}. {RULE}",
        ]
        self._says.value = knobs.says(f"{mark.sign} At the second server: {word}.", notes, lines=9)
        self._change.value = ""
        self._chain.value = chain_figure(self._outcomes) if self._outcomes else ""
        self._lies.value = network_html(tried.world.network)
        self._show_wire()
        self._behaviour.answer()

    def _show_change(self) -> None:
        """Every single change is tried for this, which takes a second: only when somebody asks."""
        self._change.value = knobs.says("Trying every single change …", lines=3)
        self._change.value = knobs.says(smallest_change(self.tried), lines=3)

    def _show_wire(self) -> None:
        steps = self.steps
        figure = (
            sequence_figure("On the wire", steps, self.step) if steps else tag("p", "No message was sent.")
        )
        self._wire.value = tag(
            "div", figure, role="log", aria_label=sequence_text(steps, self.step) or "nothing yet"
        )

    def _go(self, step: int) -> None:
        self._stop()
        self._to(step)

    def _to(self, step: int) -> None:
        self.step = max(0, min(len(self.steps), step))
        self._show_wire()

    def _play(self) -> None:
        self._stop()
        self._playing = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        self._to(0)
        while self.step < len(self.steps):
            await asyncio.sleep(self.seconds_a_step)
            self._to(self.step + 1)

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None


def smallest_change(tried: DoubleHop) -> str:
    """In a sentence: what would let the user arrive, or keep from arriving, with the least exposure."""
    arrives = tried.letter == "U"
    changes = single_changes(tried, "A" if arrives else "U")
    wish = "keep the user from arriving" if arrives else "let the user arrive"
    if not changes:
        return f"No single change would {wish}."
    best = changes[0]
    change = f"the fix {best.fix!r}" if best.way == tried.way else f"coming by {best.way!r}"
    return f"The smallest change that would {wish}: {change}; then {best.exposure}."
