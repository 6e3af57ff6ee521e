"""What a picture of a moment is made of: boxes in columns, a column for each machine, and wires between them.

A box is plain text, so the drawing and its text twin say the same.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from tokenlab.view.theme import Mark


class MachineZone(Enum):
    """Where in its machine a box stands."""

    PROGRAMS = "Programs"
    SESSIONS = "Logon sessions (lsass.exe)"
    OBJECTS = "What is asked for"


class BoxItem(NamedTuple):
    """A line of a box: the sign of a session, or a mark, then text."""

    text: str
    sign: str = ""
    mark: Mark | None = None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sign, self.mark.sign if self.mark else "", self.text)))


class StoryBox(NamedTuple):
    """A process, a logon session, an object: at one moment."""

    machine: str
    zone: MachineZone
    heading: str
    items: tuple[BoxItem, ...] = ()
    sign: str = ""
    ended: bool = False

    @property
    def title(self) -> str:
        """Its heading, and whether it has ended."""
        return f"{self.heading}{', ended' if self.ended else ''}"

    def __str__(self) -> str:
        return f"{self.sign} {self.title}".strip() + "".join(f"; {item}" for item in self.items)


class WireReach(Enum):
    """How far a call over the wire came."""

    UNDERWAY = "underway"
    STOPPED = "stopped"  # nobody arrived
    REFUSED = "refused"  # somebody arrived, and was turned away
    ARRIVED = "arrived"


class WireCall(NamedTuple):
    """A call from one machine to another: what it shows, and what came of it."""

    start: str
    end: str
    shows: str
    came: str = ""
    reach: WireReach = WireReach.UNDERWAY
    shown: bool = True  # there was something to show


class Moment(NamedTuple):
    """One step: a sentence, and everything as it stands then. ``lit`` are the keys of what just changed."""

    number: int
    mark: Mark
    sentence: str
    boxes: dict[object, StoryBox]
    wires: dict[object, WireCall]
    lit: frozenset[object]

    def __str__(self) -> str:
        return f"{self.number}. {self.mark.sign} {self.sentence}"
