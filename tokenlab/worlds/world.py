"""Machines of one domain and one clock, and how such a world is built."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from tokenlab.network import Domain, Network
from tokenlab.system import Clock, Directory, Machine
from tokenlab.system.release import WindowsRelease
from tokenlab.values import Events, Sid


class World:
    """Machines that belong together: one domain, one clock.

    ``domain`` is the directory that the controller keeps; ``machines`` maps names to machines.
    """

    def __init__(self, domain: Directory, clock: Clock) -> None:
        self.domain, self.clock = domain, clock
        self.machines: dict[str, Machine] = {}
        domain.on_refusal = lambda tried: self.network.refuse_password(tried)

    def add(self, machine: Machine) -> Machine:
        """Put a machine into the world."""
        self.machines[machine.name] = machine
        if "network" in self.__dict__:
            self.network.add(machine)
        return machine

    def machine(self, name: str) -> Machine:
        """The machine with this name, whatever the case. Raises KeyError."""
        found = self.machines.get(name.upper())
        if found is None:
            raise KeyError(f"there is no machine {name!r} here: expected one of {', '.join(self.machines)}")
        return found

    def events(self, *event_ids: int) -> Events:
        """The logs of all machines as one, by time: all events, or those with these numbers."""
        logs = (log for machine in self.machines.values() for log in machine.logs)
        return Events.merge(*logs).where(*event_ids)

    @cached_property
    def network(self) -> Network:
        """What lies between the machines; made when somebody first looks. The first machine is the
        controller's."""
        controller, *others = self.machines.values()
        network = Network(Domain(self.domain), controller)
        for machine in others:
            network.add(machine)
        return network

    def __repr__(self) -> str:
        return f"<World {self.domain.name}: {', '.join(self.machines)}>"


class MachinePlan(NamedTuple):
    """A machine to be: its name, the SID of its accounts, which Windows it runs."""

    name: str
    sid: Sid | str
    release: WindowsRelease | str


def build(
    domain: str,
    sid: Sid | str,
    people: Mapping[str, str],
    places: Iterable[MachinePlan],
    administrators: Collection[str],
) -> World:
    """A world in which nobody has logged on yet: the first place is the controller, the others are members.

    ``people`` are user names with their passwords; ``administrators`` those of them who are Domain Admins.
    """
    clock = Clock()
    directory = Directory(domain, sid, f"{domain.lower()}.example")
    for name, password in people.items():
        directory.add_user(name, password, *(("Domain Admins",) if name in administrators else ()))
    world = World(directory, clock)
    for place in places:
        world.add(
            Machine(
                place.name,
                directory,
                sid=place.sid,
                controller=not world.machines,
                clock=clock,
                release=place.release,
            )
        )
    return world


def let_in_remotely(account: Sid, machines: Iterable[Machine]) -> None:
    """An account that may come by remoting and by Remote Desktop, without being an administrator there."""
    for machine in machines:
        for group in ("Remote Management Users", "Remote Desktop Users"):
            machine.sam.add_members(group, account)
