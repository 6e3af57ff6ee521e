r"""The domain ASTRO: a controller, a desk, two servers, and the people who use them.

All names, SIDs and passwords are made up.
"""

from __future__ import annotations

from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_SERVER_2019, WindowsRelease
from tokenlab.values import Sid
from tokenlab.worlds.world import MachinePlan, World, build, let_in_remotely

ASTRO_SID = Sid("S-1-5-21-2154378322-3929449213-1104335884")
CONTROLLER, DESK = "MISTAKENOT-DC-1", "MISTAKENOT-WS-1"
SERVERS = ("MISTAKENOT-SRV1", "MISTAKENOT-SRV2")
PASSWORDS = {"cosmo": "open the pod bay doors", "nova": "two roads diverged"}


def astro(
    client: WindowsRelease | str = WINDOWS_10_1809, server: WindowsRelease | str = WINDOWS_SERVER_2019
) -> World:
    r"""A new world of ASTRO, in which nobody has logged on yet.

    ``ASTRO\cosmo`` is a plain user, ``ASTRO\nova`` a Domain Admin; the desk has two accounts of its own, the
    administrator ``pilot`` and the user ``laika``. ``client`` is the release of the desk,
    ``server`` that of the others.
    """
    places = (
        MachinePlan(CONTROLLER, ASTRO_SID, server),
        MachinePlan(DESK, "S-1-5-21-1708537768-854245398-2146804243", client),
        MachinePlan(SERVERS[0], "S-1-5-21-2911483051-164280370-1405562047", server),
        MachinePlan(SERVERS[1], "S-1-5-21-3357041729-2285110934-988120117", server),
    )
    world = build("ASTRO", ASTRO_SID, PASSWORDS, places, administrators=("nova",))
    _, desk, *servers = world.machines.values()
    let_in_remotely(Sid(f"{ASTRO_SID}-1104"), servers)
    desk.sam.add_user("pilot", "per aspera", "Administrators")
    desk.sam.add_user("laika", "first in orbit")
    return world
