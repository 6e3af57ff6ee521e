"""`record()`: watch what is done in the model, and keep every step of it as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

from tokenlab.network import ConnectionOutcome, Network
from tokenlab.system import Handle, LogonSession, Lsa, Machine, Process, Thread, Token
from tokenlab.system.observing import ObservedCall, watch
from tokenlab.view import theme
from tokenlab.view.story import boxes, words
from tokenlab.view.story.drawing import StoryStage
from tokenlab.view.story.player import player
from tokenlab.view.story.scene import Moment, StoryBox, WireCall
from tokenlab.view.theme import PASSED_BY, Mark


def record(*machines: Machine, title: str = "What happened") -> Recording:
    """Watch what is done in a ``with`` block: logons, programs, impersonation, opens, connections.

    ``machines`` stand from left to right in this order; others join when something happens there::

        with record() as story:
            token = desk.log_on(...)
            shell = desk.start("explorer.exe", token)
        story
    """
    return Recording(machines, title)


class Recording:
    """What happened, step by step. The value of a cell: a picture to step through, or to play.

    ``steps`` are its moments; ``str()`` tells it in words. A second ``with`` block goes on with it.
    """

    def __init__(self, machines: Sequence[Machine] = (), title: str = "What happened") -> None:
        self.title = title
        self.machines = [machine.name for machine in machines]
        self.known = boxes.Participants()
        self._told: list[tuple[Mark, str]] = []
        self._history: dict[object, list[tuple[int, StoryBox]]] = {}
        self._wires: dict[object, list[tuple[int, WireCall]]] = {}
        self._acting: dict[int, set[object]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Recording:
        self._stack.enter_context(watch(self._watch))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    # Watching -----------------------------------------------------------------------------------------

    def _watch(self, call: ObservedCall) -> None:
        if not call.done:
            given = (
                call.asked[:1] if call.verb == "open" else call.asked
            )  # what is opened is drawn as asked for
            self._meet(*given, *call.options.values())
            self._look(len(self._told) + 1, known_before=True)
            if call.verb == "connect":
                self._told.append((PASSED_BY, ""))
            return
        if call.verb == "connect":
            self._connected(call)
            return
        self._meet(call.result)
        self._note(call)
        told = words.sentence(call, self.known)
        if told is None:
            return
        self._told.append(told)
        self._act(call)
        self._look(len(self._told))

    def _connected(self, call: ObservedCall) -> None:
        """Two steps: what is shown, then what came of it."""
        if not isinstance(call.result, ConnectionOutcome):  # a misuse: nothing was connected
            self._told.pop()
            return
        outcome, number = call.result, len(self._told)
        thread = words.argument(call, 1, "thread")
        self._told[-1] = words.show_first_step(thread, outcome, self.known)
        self._acting[number] = {thread.process, thread.effective_token.session}
        wires = self._wires.setdefault(outcome, [])
        wires.append((number, words.wire_underway(outcome)))
        self.known.asked[outcome.service] = words.door(outcome, self.known)
        self._meet(outcome)
        self._told.append(words.show_arrival(outcome, self.known))
        wires.append((number + 1, words.wire(outcome)))
        self._look(number + 1)

    def _act(self, call: ObservedCall) -> None:
        """Who did it is lit, too."""
        who = call.asked[0]
        who = who.process if isinstance(who, (Thread, Handle)) else who
        if isinstance(who, Process):
            self._acting.setdefault(len(self._told), set()).add(who)

    def _note(self, call: ObservedCall) -> None:
        """What an object answered last, which privileges somebody adjusted."""
        if call.verb == "adjust" and isinstance(token := call.asked[0], Token):
            names = words.argument(call, 1, "changes") or {}
            if all(str(name).startswith("Se") for name in names):
                self.known.privileges.setdefault(token, {}).update(dict.fromkeys(map(str, names)))
        if (answer := words.answer(call)) is not None:
            target, machine, item = answer
            self.known.objects.setdefault(target, machine)
            self.known.asked[target] = [item]

    def _meet(self, *things: object) -> None:
        """Take everything of the model that is named here into the picture."""
        for thing in things:
            if isinstance(thing, Thread):
                self.known.threads.setdefault(thing)
                self._meet(thing.process)
            elif isinstance(thing, Process):
                self.known.processes.setdefault(thing)
            elif isinstance(thing, Token):
                self.known.hold(thing)
            elif isinstance(thing, LogonSession):
                self.known.sign(thing)
            elif isinstance(thing, Handle):
                self._meet(thing.process)
                self.known.handles.setdefault(thing)
                self.known.objects.setdefault(thing.object, thing.process.machine.name)
            elif isinstance(thing, Network):
                self.known.network = thing
            elif isinstance(thing, ConnectionOutcome):
                self.known.doors.setdefault(thing.service)
                self._meet(thing.thread)
                if thing.token is not None:
                    self.known.sign(thing.token.session, thing.service.machine.name)
            elif isinstance(thing, (Machine, Lsa)):
                self._column(thing.name if isinstance(thing, Machine) else thing.machine)

    def _column(self, name: str) -> None:
        if name not in self.machines:
            self.machines.append(name)

    def _look(self, number: int, *, known_before: bool = False) -> None:
        """Note whatever has changed since the last look; ``known_before`` what is new was there always."""
        for key, box in boxes.all_boxes(self.known):
            self._column(box.machine)
            seen = self._history.setdefault(key, [])
            if not seen or seen[-1][1] != box:
                seen.append((0 if known_before and not seen else number, box))

    # Telling ------------------------------------------------------------------------------------------

    @property
    def steps(self) -> tuple[Moment, ...]:
        """Every step, with all that stands there then."""
        return tuple(self._moment(number) for number in range(1, len(self._told) + 1))

    def _moment(self, number: int) -> Moment:
        mark, sentence = self._told[number - 1]
        shown: dict[object, StoryBox] = {}
        lit = set(self._acting.get(number, ()))
        for key, seen in self._history.items():
            now = [(at, box) for at, box in seen if at <= number]
            if now:
                shown[key] = now[-1][1]
                if now[-1][0] == number:
                    lit.add(key)
        wires: dict[object, WireCall] = {}
        for outcome, calls in self._wires.items():
            for at, wire in calls:
                if at <= number:
                    wires[outcome] = wire
                if at == number:
                    lit.add(outcome)
        return Moment(number, mark, sentence, shown, wires, frozenset(lit))

    def __str__(self) -> str:
        if not self._told:
            return f"{self.title}: nothing yet."
        return "\n".join([self.title, *words.twin(self.steps)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        steps = self.steps
        if not steps:
            return theme.css() + f'<div class="tl"><p>{self}</p></div>'
        return player(self.title, StoryStage(self.machines, steps), str(self))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": str(self)}
