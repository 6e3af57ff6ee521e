"""What came of a day with an incident: the steps of the intruder, the ordinary work, the logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tokenlab.network import ConnectionOutcome, Exposure
from tokenlab.system import Token
from tokenlab.system.handle_kinds import FileHandle
from tokenlab.values import Events
from tokenlab.worlds.incident_scene import IncidentScene


@dataclass(frozen=True)
class IncidentStep:
    """One step of the intrusion: when, on which machine, towards which other one (or none), as whom, what,
    whether it went, and why."""

    key: str
    time: str
    machine: str
    to: str
    who: str
    what: str
    ok: bool
    why: str

    def __str__(self) -> str:
        where = self.machine + (f" to {self.to}" if self.to else "")
        return f"{self.time} {where}, {self.who}: {self.what}: {'' if self.ok else 'refused. '}{self.why}"


@dataclass
class Incident:
    """The day, played: the network with its logs, what the intruder did, how ordinary work went.

    ``needed`` are the steps without which the secret stays one; ``token`` is what was taken on the first
    server, ``hop`` the service account's way on, ``out`` the administrator's; ``handles`` are those of the
    steps "script" and "read", each with the decision of its access check. ``exposure`` is measured on the
    first server at noon: what lies there, and who can be played from there.
    """

    scene: IncidentScene
    borrowing: str = "netonly"
    steps: list[IncidentStep] = field(default_factory=list)
    ordinary: dict[str, bool] = field(default_factory=dict)
    exposure: Exposure = field(default_factory=lambda: Exposure(0, 0))
    hop: ConnectionOutcome | None = None
    out: ConnectionOutcome | None = None
    token: Token | None = None
    handles: dict[str, FileHandle] = field(default_factory=dict)
    needed: ClassVar[tuple[str, ...]] = ("script", "borrow", "enter", "token", "out", "read")

    @property
    def read(self) -> bool:
        """True if the secret was read."""
        return any(step.key == "read" and step.ok for step in self.steps)

    @property
    def stopped(self) -> IncidentStep | None:
        """The needed step that was refused; None if the intruder got through."""
        return next((step for step in self.steps if step.key in self.needed and not step.ok), None)

    @property
    def works(self) -> bool:
        """True if all ordinary work was done."""
        return all(self.ordinary.values())

    def step(self, key: str) -> IncidentStep:
        """The step of this name. Raises KeyError where the day never came to it."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(f"there was no step {key!r}: one of {', '.join(step.key for step in self.steps)}")

    def events(self, *event_ids: int) -> Events:
        """The logs of all machines as one, by time: all events, or those with these numbers."""
        return self.scene.world.events(*event_ids)

    def __repr__(self) -> str:
        came = "the secret was read" if self.read else f"stopped: {self.stopped}"
        return f"<Incident, fix {self.scene.fix}: {came}>"
