"""A moment as a drawing: a frame for each machine, boxes in it, and the wires below.

Everything keeps its place from step to step, so the eye sees what changes. All numbers are pixels of a
drawing 900 wide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tokenlab.view.drawing import HEAD, INDENT, LINE, PAD, arrow, drawing, lines_of
from tokenlab.view.markup import Html, join, tag
from tokenlab.view.story.scene import BoxItem, MachineZone, Moment, StoryBox, WireCall, WireReach
from tokenlab.view.story.words import wire_words

WIDTH, GAP, INSIDE, TOP = 900, 24, 8, 30
COLOURS = 6
"""How many colours there are for sessions; the sign tells them apart where they come again."""


class Rectangle(NamedTuple):
    """Where something stands."""

    x: int
    y: int
    width: int
    height: int


class StoryStage:
    """The places of everything that a story ever shows, and each of its moments as a drawing."""

    def __init__(self, machines: Sequence[str], steps: Sequence[Moment]) -> None:
        self.machines, self.steps = list(machines), list(steps)
        self.caption = max(len(lines_of(_caption(step), WIDTH - 30)) for step in steps) * LINE + 14
        count = max(1, len(self.machines))
        self._frame_width = (WIDTH - 2 - GAP * (count - 1)) // count
        self._x = {name: 1 + at * (self._frame_width + GAP) for at, name in enumerate(self.machines)}
        self.places: dict[object, Rectangle] = {}
        self.labels: dict[tuple[str, MachineZone], Rectangle] = {}
        bottoms = [self._put(machine) for machine in self.machines]
        self.bottom = max(bottoms, default=self.caption + TOP)
        self._rows: dict[object, int] = {}
        self.height = self._put_wires()

    # Places -------------------------------------------------------------------------------------------

    def _put(self, machine: str) -> int:
        """Give each box of a machine its place; where the lowest one ends."""
        x, y, width = self._x[machine] + INSIDE, self.caption + TOP, self._frame_width - 2 * INSIDE
        if len(self.machines) > 1:
            for zone in MachineZone:
                y = self._put_zone(machine, zone, x, y, width)
            return y
        left, right = width * 56 // 100, width * 44 // 100 - GAP
        one = self._put_zone(machine, MachineZone.PROGRAMS, x, y, left)
        other = self._put_zone(machine, MachineZone.SESSIONS, x + left + GAP, y, right)
        if one <= other:
            return max(other, self._put_zone(machine, MachineZone.OBJECTS, x, one, left))
        return max(one, self._put_zone(machine, MachineZone.OBJECTS, x + left + GAP, other, right))

    def _put_zone(self, machine: str, zone: MachineZone, x: int, y: int, width: int) -> int:
        heights: dict[object, int] = {}
        for step in self.steps:
            for key, box in step.boxes.items():
                if box.machine == machine and box.zone is zone:
                    heights[key] = max(heights.get(key, 0), _height(box, width))
        if not heights:
            return y
        self.labels[machine, zone] = Rectangle(x, y, width, 18)
        y += 20
        for key, height in heights.items():
            self.places[key] = Rectangle(x, y, width, height)
            y += height + 8
        return y + 6

    def _put_wires(self) -> int:
        """Wires that do not pass under one another share a row; where the lowest row ends."""
        tallest: dict[object, tuple[WireCall, int]] = {}
        for step in self.steps:
            for key, wire in step.wires.items():
                before = tallest[key][1] if key in tallest else 0
                tallest[key] = wire, max(before, LINE * len(self._label(wire)) + 30)
        rows: list[list[object]] = []
        for key, (wire, _) in tallest.items():
            crossed = [at for at, row in enumerate(rows) if any(self._meet(wire, tallest[o][0]) for o in row)]
            blocked = crossed[-1] + 1 if crossed else 0
            if blocked == len(rows):
                rows.append([])
            rows[blocked].append(key)
        y = self.bottom + 4
        for row in rows:
            for key in row:
                self._rows[key] = y
            y += max(tallest[key][1] for key in row)
        return y + 8

    def _meet(self, one: WireCall, other: WireCall) -> bool:
        """True if the ways of two wires lie under one another."""
        ends = [
            sorted((self.machines.index(wire.start), self.machines.index(wire.end))) for wire in (one, other)
        ]
        return max(start for start, _ in ends) < min(end for _, end in ends)

    def _label(self, wire: WireCall) -> list[str]:
        room = abs(self._middle(wire.end) - self._middle(wire.start)) - 116
        return [line for text in (wire.shows, wire.came) if text for line in lines_of(text, max(room, 150))]

    def _middle(self, machine: str) -> int:
        return self._x[machine] + self._frame_width // 2

    # Drawing ------------------------------------------------------------------------------------------

    def svg(self, step: Moment, *, dressed: bool = True) -> Html:
        """One moment. Not ``dressed``, it takes its colours from what stands around it."""
        parts = [
            *self._caption(step),
            *(self._frame(step, name) for name in self.machines),
            *(self._box(step, key, box) for key, box in step.boxes.items()),
        ]
        for key, wire in step.wires.items():
            parts.append(self._wire(wire, self._rows[key], key in step.lit))
        return drawing(_caption(step), moment_text(step), parts, WIDTH, self.height, dressed=dressed)

    def _caption(self, step: Moment) -> Iterator[Html]:
        yield tag("rect", x=1, y=1, width=WIDTH - 2, height=self.caption - 6, rx=4, class_="caption")
        yield tag("rect", x=1, y=1, width=5, height=self.caption - 6, class_=f"side {step.mark.kind}")
        for number, line in enumerate(lines_of(_caption(step), WIDTH - 30)):
            yield tag("text", line, x=16, y=21 + LINE * number, class_="head")

    def _frame(self, step: Moment, machine: str) -> Html:
        x, y = self._x[machine], self.caption
        parts = [
            tag("rect", x=x, y=y, width=self._frame_width, height=self.bottom - y, rx=8, class_="machine"),
            tag("text", machine, x=x + INSIDE + 2, y=y + 20, class_="head"),
        ]
        for (name, zone), place in self.labels.items():
            if name == machine and any((b.machine, b.zone) == (name, zone) for b in step.boxes.values()):
                parts.append(tag("text", zone.value, x=place.x + 2, y=place.y + 14, class_="muted"))
        return join(parts)

    def _box(self, step: Moment, key: object, box: StoryBox) -> Html:
        x, y, width, _ = self.places[key]
        height = _height(box, width)
        lit, ended = key in step.lit, box.ended
        kind = "gone" if ended else "lit" if lit else "box"
        parts = [tag("rect", x=x, y=y, width=width, height=height, rx=4, class_=kind)]
        base = y + 17
        start = x + PAD
        if box.sign:
            parts.append(_badge(box.sign, start, y + 4))
            start += INDENT + 4
        for line in _heading_lines(box, width):
            parts.append(tag("text", line, x=start, y=base, class_="head muted" if ended else "head"))
            base += LINE
        for item in box.items:
            parts.append(_item(item, x, base, width))
            base += LINE * len(_item_lines(item, width))
        return tag("g", *parts)

    def _wire(self, wire: WireCall, y: int, lit: bool) -> Html:
        forward = 1 if self._x[wire.start] < self._x[wire.end] else -1
        row = list(dict.fromkeys(self._rows.values())).index(y)
        start = self._middle(wire.start) + forward * (40 - 8 * row)
        end = self._middle(wire.end) - forward * (40 - 8 * row)
        label = self._label(wire)
        line_y = y + LINE * len(label) + 14
        bad = wire.reach in (WireReach.STOPPED, WireReach.REFUSED) or not wire.shown
        kind = "no" if bad else "yes" if wire.reach is WireReach.ARRIVED else "muted"
        stop = (self._x[wire.start] + (self._frame_width + GAP // 2 if forward > 0 else -GAP // 2), line_y)
        if wire.reach in (WireReach.UNDERWAY, WireReach.STOPPED):
            ways = [arrow((start, self.bottom), (start, line_y), stop, kind=kind)]
            if not wire.shown or wire.reach is WireReach.STOPPED:
                ways.append(_cross(*stop))
        else:
            ways = [
                arrow((start, self.bottom), (start, line_y), (end, line_y), (end, self.bottom), kind=kind)
            ]
            if wire.reach is WireReach.REFUSED:
                ways.append(_cross(end, self.bottom + 16))
        left = min(start, end)
        words = [
            tag("text", line, x=left + 12, y=y + 16 + LINE * at, class_=f"head {kind}" if lit else kind)
            for at, line in enumerate(label)
        ]
        if wire.reach is WireReach.REFUSED or not wire.shown:
            ways = [tag("g", *ways, class_="weak")]
        return tag("g", *ways, *words)


def _caption(step: Moment) -> str:
    return str(step)


def moment_text(step: Moment) -> str:
    """Everything that one drawing shows, in words."""
    lines = [str(step)]
    machines = dict.fromkeys(box.machine for box in step.boxes.values())
    for machine in machines:
        lines.append(f"{machine}:")
        lines += [f"  {box}" for box in step.boxes.values() if box.machine == machine]
    lines += map(wire_words, step.wires.values())
    return "\n".join(lines)


def _heading_lines(box: StoryBox, width: int) -> list[str]:
    return lines_of(box.title, width - 2 * PAD - (INDENT + 4 if box.sign else 0))


def _item_lines(item: BoxItem, width: int) -> list[str]:
    return lines_of(item.text, width - 2 * PAD - (INDENT + 4 if item.sign or item.mark else 0))


def _height(box: StoryBox, width: int) -> int:
    lines = sum(len(_item_lines(item, width)) for item in box.items)
    return HEAD + LINE * (len(_heading_lines(box, width)) - 1 + lines) + (4 if lines else 0)


def _item(item: BoxItem, x: int, base: int, width: int) -> Html:
    start = x + PAD
    parts: list[Html] = []
    if item.sign:
        parts.append(_badge(item.sign, start, base - 13))
    elif item.mark:
        parts.append(tag("text", item.mark.sign, x=start + 2, y=base))
    if item.sign or item.mark:
        start += INDENT + 4
    for at, line in enumerate(_item_lines(item, width)):
        parts.append(tag("text", line, x=start, y=base + LINE * at))
    return tag("g", *parts, class_=item.mark.kind if item.mark else "")


def _badge(sign: str, x: int, y: int) -> Html:
    """The sign of a session on its colour: the same wherever the session is meant."""
    colour = (ord(sign[0]) - 0x2460) % COLOURS
    return join(
        [
            tag("rect", x=x - 2, y=y, width=INDENT + 2, height=17, rx=4, class_=f"s{colour}"),
            tag("text", sign, x=x + INDENT // 2 - 1, y=y + 13, text_anchor="middle", class_="badge"),
        ]
    )


def _cross(x: int, y: int) -> Html:
    return tag(
        "path", d=f"M{x - 7},{y - 7} L{x + 7},{y + 7} M{x - 7},{y + 7} L{x + 7},{y - 7}", class_="cross no"
    )
