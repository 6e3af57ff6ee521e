r"""The domain ASTRO: a controller, a desk, two servers, and the people who use them.

All names, SIDs and passwords are made up.
"""

from __future__ import annotations

from functools import cached_property

from tokenlab.network import Domain, Network
from tokenlab.system import Clock, Directory, Machine
from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_SERVER_2019, Release
from tokenlab.values import Events, Sid
from tokenlab.worlds.tokens import ASTRO_SID

CONTROLLER, DESK = "MISTAKENOT-DC-1", "MISTAKENOT-WS-1"
SERVERS = ("MISTAKENOT-SRV-1", "MISTAKENOT-SRV-2")

_MACHINE_SIDS = {
    DESK: Sid("S-1-5-21-1708537768-854245398-2146804243"),
    SERVERS[0]: Sid("S-1-5-21-2911483051-164280370-1405562047"),
    SERVERS[1]: Sid("S-1-5-21-3357041729-2285110934-988120117"),
}


class World:
    """Machines that belong together: one domain, one clock.

    ``domain`` is the directory that the controller keeps; ``machines`` maps names to machines.
    """

    def __init__(self, domain: Directory, clock: Clock) -> None:
        self.domain, self.clock = domain, clock
        self.machines: dict[str, Machine] = {}

    def add(self, machine: Machine) -> Machine:
        """Put a machine into the world."""
        self.machines[machine.name] = machine
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


def astro(client: Release | str = WINDOWS_10_1809, server: Release | str = WINDOWS_SERVER_2019) -> World:
    r"""A new world of ASTRO, in which nobody has logged on yet.

    ``ASTRO\cosmo`` is a plain user, ``ASTRO\nova`` a Domain Admin; the desk has two accounts of its own, the
    administrator ``pilot`` and the user ``laika``. ``client`` is the release of the desk,
    ``server`` that of the others.
    """
    clock = Clock()
    domain = Directory("ASTRO", ASTRO_SID, "astro.example")
    domain.add_user("cosmo", "open the pod bay doors")
    domain.add_user("nova", "two roads diverged", "Domain Admins")
    world = World(domain, clock)
    world.add(Machine(CONTROLLER, domain, sid=ASTRO_SID, controller=True, clock=clock, release=server))
    for name, sid in _MACHINE_SIDS.items():
        release = client if name == DESK else server
        world.add(Machine(name, domain, sid=sid, clock=clock, release=release))
    for name in SERVERS:
        for group in ("Remote Management Users", "Remote Desktop Users"):
            world.machine(name).sam.add_members(group, f"{domain.sid}-1104")
    desk = world.machine(DESK)
    desk.sam.add_user("pilot", "per aspera", "Administrators")
    desk.sam.add_user("laika", "first in orbit")
    return world
