"""Worlds for exercises: a domain of made-up people and machines, different for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tokenlab.network import Domain, Network
from tokenlab.system import Machine, Process, Refusal
from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_SERVER_2019, WindowsRelease
from tokenlab.teach.variant import Principal, Stream
from tokenlab.worlds.world import MachinePlan, build, let_in_remotely

Names = dict[str, Any]
PASSWORDS = ("Ad astra", "Dark side of the moon", "First light", "Second star to the right", "Zero gravity")


@dataclass(frozen=True)
class Office:
    """A controller, a desk, two servers; a plain user and a domain administrator, each with a password."""

    name: str
    controller: Machine
    desk: Machine
    first: Machine
    second: Machine
    network: Network
    user: str
    admin: str
    passwords: dict[str, str]

    @property
    def domain(self) -> Domain:
        """The domain of the office."""
        return self.network.domain

    @property
    def names(self) -> dict[str, Any]:
        """Who plays and where, for the texts of an exercise: domain, user, admin, desk, first ..."""
        people = {"domain": self.name, "user": self.user, "admin": self.admin}
        places = {"desk": self.desk.name, "first": self.first.name, "second": self.second.name}
        names = {"full": self.full(self.user), "full_admin": self.full(self.admin)}
        return people | names | places | {"controller": self.controller.name}

    def full(self, person: str) -> str:
        r"""``VEGA\\ada``."""
        return rf"{self.name}\{person}"

    def shell(self, person: str = "", machine: Machine | None = None) -> Process:
        """Somebody (the user) logs on at a machine (the desk) and gets a shell."""
        person, machine = person or self.user, machine or self.desk
        return machine.start("explorer.exe", machine.log_on(self.full(person), self.passwords[person]))


@dataclass(frozen=True)
class Players:
    """Who and what an office is made of: the same players make the same office again, with nobody in it."""

    domain: Principal
    user: str
    admin: str
    hosts: tuple[str, ...]
    passwords: tuple[str, ...]


def players(stream: Stream) -> Players:
    """A learner's own domain, two people of it, machines and passwords."""
    domain = stream.domain()
    user, admin = (person.name for person in stream.people(2, domain))
    return Players(domain, user, admin, tuple(stream.hosts(4)), tuple(stream.picks(PASSWORDS, 2)))


def office(
    cast: Players | Stream,
    client: WindowsRelease | str = WINDOWS_10_1809,
    server: WindowsRelease | str = WINDOWS_SERVER_2019,
) -> Office:
    """A new world, in which nobody has logged on yet; the desk runs ``client``, the others ``server``."""
    if isinstance(cast, Stream):
        cast = players(cast)
    passwords = dict(zip((cast.user, cast.admin), cast.passwords, strict=True))
    releases = (server, client, server, server)
    places = [
        MachinePlan(
            host, f"S-1-5-21-{number}1-{number}2-{number}3" if number else cast.domain.sid, releases[number]
        )
        for number, host in enumerate(cast.hosts)
    ]
    world = build(cast.domain.name, cast.domain.sid, passwords, places, administrators=(cast.admin,))
    controller, desk, first, second = world.machines.values()
    let_in_remotely(world.network.domain.account(cast.user).sid, (first, second))
    return Office(
        cast.domain.name, controller, desk, first, second, world.network, cast.user, cast.admin, passwords
    )


def attempt(act: Callable[[], object], done: str = "granted") -> str:
    """``done``, or ``refused`` if Windows says no."""
    try:
        act()
    except Refusal:
        return "refused"
    return done


def mixed(
    stream: Stream, cases: Iterable[Mapping[str, Any]], count: int, each: int = 1
) -> list[dict[str, Any]]:
    """So many of the cases in any order, each ``right`` answer among them at least ``each`` times."""
    rest, found = stream.shuffled([dict(case) for case in cases]), []
    for right in dict.fromkeys(case["right"] for case in rest):
        found += [case for case in rest if case["right"] == right][:each]
    found += [case for case in rest if case not in found]
    return stream.shuffled(found[:count])


def dealt(
    stream: Stream,
    cases: Iterable[Mapping[str, Any]],
    count: int,
    each: int = 1,
    **given: str | tuple[str, ...],
) -> Names:
    """Some of the cases (`mixed`), as ``cases``, and under other names what a learner gets of each of them.

    ``acts="prompt"`` is a list of their prompts, ``tries=("act", "file")`` one of tuples,
    ``tries="act file"`` one of dicts.
    """
    chosen = mixed(stream, cases, count, each)
    found: Names = {"cases": chosen}
    for name, keys in given.items():
        if isinstance(keys, tuple):
            found[name] = [tuple(case[key] for key in keys) for case in chosen]
        elif " " in keys:
            found[name] = [{key: case[key] for key in keys.split()} for case in chosen]
        else:
            found[name] = [case[keys] for case in chosen]
    return found


def user_of(process: Process) -> str:
    """The name of the user of its primary token."""
    context = process.token.context
    return context.user_label
