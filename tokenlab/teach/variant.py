"""A learner's own world: seeded by a name, the same on every machine and every Python.

Two learners get other people, groups, lines and hosts, and the same difficulty.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tokenlab.teach import cast
from tokenlab.values import Sid

Option = TypeVar("Option")


@dataclass(frozen=True)
class Principal:
    """A user or a group of a made-up domain. ``str()`` is the name alone."""

    name: str
    sid: Sid

    def __str__(self) -> str:
        return self.name


class Stream:
    """Choices that depend on nothing but the seed.

    All of them stand on `random.Random.random`, the one method whose numbers Python promises to keep.
    """

    def __init__(self, seed: str) -> None:
        digest = hashlib.sha256(seed.encode()).digest()
        self._random = random.Random(int.from_bytes(digest, "big"))
        self._rid = 1100 + self.number(0, 400)

    def number(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, probability: float = 0.5) -> bool:
        """True with this probability (0 to 1)."""
        return self._random.random() < probability

    def pick(self, options: Sequence[Option]) -> Option:
        """One of the options, each as probable."""
        return options[self.number(0, len(options) - 1)]

    def picks(self, options: Sequence[Option], count: int) -> list[Option]:
        """Different ones, in any order."""
        return self.shuffled(options)[:count]

    def shuffled(self, options: Sequence[Option]) -> list[Option]:
        """The options in an order of this learner."""
        rest = list(options)
        return [rest.pop(self.number(0, len(rest) - 1)) for _ in range(len(rest))]

    # Who plays ---------------------------------------------------------------------------------------

    def domain(self) -> Principal:
        """A made-up domain and its SID."""
        numbers = "-".join(str(self.number(10**8, 4 * 10**9)) for _ in range(3))
        return Principal(self.pick(cast.DOMAINS), Sid(f"S-1-5-21-{numbers}"))

    def people(self, count: int, domain: Principal | None = None) -> list[Principal]:
        """Users of one domain, with SIDs that are all different."""
        return self._principals(cast.PEOPLE, count, domain)

    def groups(self, count: int, domain: Principal | None = None) -> list[Principal]:
        """Groups of one domain."""
        return self._principals(cast.GROUPS, count, domain)

    def hosts(self, count: int) -> list[str]:
        """Names of machines."""
        return self.picks(cast.HOSTS, count)

    def file(self) -> str:
        r"""A file's path, such as ``C:\Orbits\apogee.txt``."""
        return rf"C:\{self.pick(cast.FOLDERS)}\{self.pick(cast.FILES)}"

    def _principals(self, names: Sequence[str], count: int, domain: Principal | None) -> list[Principal]:
        domain = domain or self.domain()
        found = []
        for name in self.picks(names, count):
            self._rid += self.number(1, 9)
            found.append(Principal(name, Sid(f"{domain.sid}-{self._rid}")))
        return found


class Variant:
    """The world of one learner. Raises ValueError if the name cannot be one.

    ``Variant("jdoe").stream("04.3")`` are the choices of exercise 04.3 for jdoe.
    """

    def __init__(self, name: str = "anyone") -> None:
        if type(name) is not str or not 0 < len(name) <= 100 or not name.isprintable():
            raise ValueError(
                f"{name!r:.100} is no learner's name: 1 to 100 printable characters, such as 'jdoe'"
            )
        self.name = name.strip().casefold()

    def stream(self, number: str) -> Stream:
        """The random choices of one exercise, the same each time."""
        return Stream(f"tokenlab/{number}/{self.name}")

    def __repr__(self) -> str:
        return f"Variant({self.name!r})"
