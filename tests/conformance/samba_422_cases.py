"""Random conditional access checks and SDDL texts, and where Samba 4.22 is known not to be Windows."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from tokenlab.security import (
    Ace,
    AceFlags,
    AceType,
    Acl,
    Group,
    SecurityContext,
    SecurityDescriptor,
)
from tokenlab.security.claims import ClaimFlags, ClaimType, ResourceAttribute, encode
from tokenlab.security.evaluation import Claims
from tokenlab.values import Sid

ROOT = os.environ.get("TOKENLAB_SAMBA_ROOT", "")
"""The folder of a Debian that has Samba 4.22."""
ORACLE = Path(__file__).with_name("samba_422_oracle.py")
DOMAIN = "S-1-5-21-1-2-3"
USER = Sid("S-1-5-21-1-2-3-1000")
GROUPS = ["S-1-1-0", "S-1-5-32-544", "S-1-5-32-545", "S-1-5-21-1-2-3-513"]
IN_SETS = ["SID(WD)", "SID(BA)", "SID(BU)", "SID(S-1-5-21-1-2-3-513)"]
NAMES = ["a", "b", "A"]
SOURCES = ["@User.", "@User.", "@Device.", "@Resource.", ""]
TEXTS = ["", "blue", "Blue", "red"]
ORDERS = ["==", "!=", "<", "<=", ">", ">="]
SETS = ["Contains", "Not_Contains", "Any_of", "Not_Any_of"]
MEMBERS = [
    f"{no}{device}Member_of{any_}" for no in ("", "Not_") for device in ("", "Device_") for any_ in ("", "_Any")
]


class Case(NamedTuple):
    context: SecurityContext
    descriptor: SecurityDescriptor
    desired: int

    def __str__(self) -> str:
        return f"{self.context!r}\n{self.descriptor}\n{self.desired:#x}"


def random_case(random: Random) -> Case:
    claims = Claims(
        random_attributes(random, True),
        random_attributes(random, True),
        tuple(Group(Sid(sid)) for sid in some(random, GROUPS)),
        random_attributes(random, True),
    )
    context = SecurityContext(USER, some(random, GROUPS), mandatory_policy=0, claims=claims)
    return Case(context, random_descriptor(random), random.choice((0x1, 0x2, 0x3, 0x02000000)))


def random_descriptor(random: Random) -> SecurityDescriptor:
    lines = "".join(
        f"({random.choice(('XA', 'XA', 'XD', 'A'))};;{random.choice(('0x1', '0x2', '0x3'))};;;"
        f"{random.choice(('WD', 'BA', 'BU'))}"
        for _ in range(0)
    )
    del lines
    text = "O:SYG:SYD:"
    for _ in range(random.randint(1, 3)):
        head = f"{random.choice(('0x1', '0x2', '0x3'))};;;{random.choice(('WD', 'WD', 'BA', 'BU'))}"
        if random.random() < 0.2:
            text += f"({random.choice('AD')};;{head})"
        else:
            text += f"({random.choice(('XA', 'XA', 'XD'))};;{head};({random_condition(random, 2)}))"
    read = SecurityDescriptor.from_sddl(text, DOMAIN)
    about = random_attributes(random, False)
    if not about:
        return read
    return SecurityDescriptor(read.owner, read.group, read.dacl, carrier(about))


def random_condition(random: Random, depth: int) -> str:
    kind = random.random()
    if depth and kind < 0.3:
        left, right = random_condition(random, depth - 1), random_condition(random, depth - 1)
        return f"({left}) {random.choice(('&&', '||'))} ({right})"
    if depth and kind < 0.4:
        return f"!({random_condition(random, depth - 1)})"
    if kind < 0.5:
        return f"{random.choice(MEMBERS)} {{{', '.join(some(random, IN_SETS) or IN_SETS[:1])}}}"
    attribute = random_attribute(random)
    if kind < 0.55:
        return f"{random.choice(('Exists', 'Not_Exists'))} {attribute}"
    if kind < 0.62:
        return attribute
    if kind < 0.75:
        return f"{attribute} {random.choice(ORDERS + SETS)} {random_attribute(random, named='@Resource.')}"
    if kind < 0.9:
        return f"{attribute} {random.choice(ORDERS)} {random_literal(random)}"
    return f"{attribute} {random.choice(['==', '!=', *SETS])} {random_set(random)}"


def random_attribute(random: Random, named: str | None = None) -> str:
    return f"{named or random.choice(SOURCES)}{random.choice(NAMES)}"


def random_literal(random: Random) -> str:
    if random.random() < 0.5:
        return random.choice(("0", "1", "2", "-1"))
    return random.choice((*(f'"{text}"' for text in TEXTS), "#01", "#0102", "SID(BA)"))


def random_set(random: Random) -> str:
    """Values of one type; each once."""
    kind = random.randrange(3)
    if kind == 0:
        return f"{{{', '.join(some(random, ['0', '1', '2', '-1']) or ['1'])}}}"
    if kind == 1:
        return f"{{{', '.join(some(random, IN_SETS) or IN_SETS[:1])}}}"
    return "{" + ", ".join(f'"{text}"' for text in some(random, ["blue", "red", "green"]) or ["red"]) + "}"


def random_attributes(random: Random, claims: bool) -> tuple[ResourceAttribute, ...]:
    found = []
    for name in some(random, ["a", "b"]):
        kind = random.choice(list(ClaimType))
        values: list[object] = {
            ClaimType.INT64: [0, 1, 2, -1],
            ClaimType.UINT64: [0, 1, 2, 1 << 63],
            ClaimType.BOOLEAN: [0, 1],
            ClaimType.STRING: TEXTS,
            ClaimType.SID: [Sid(sid) for sid in GROUPS],
            ClaimType.OCTET_STRING: [b"\1", b"\1\2"],
        }[kind]
        flags = ClaimFlags(random.choice((0, 0, 0, 2, 4, 16) if claims else (0, 0, 2)))
        count = random.choice((1, 1, 1, 2, 3))
        chosen = tuple(random.choice(values) for _ in range(count))
        found.append(ResourceAttribute(name, kind, chosen, flags))  # type: ignore[arg-type]
    return tuple(found)


def some(random: Random, items: Sequence[str]) -> list[str]:
    return random.sample(items, random.randint(0, len(items)))


def carrier(attributes: Iterable[ResourceAttribute]) -> Acl:
    """Attributes as the lines of a SACL: the form in which Samba takes claims, too."""
    kind, everyone = AceType.SYSTEM_RESOURCE_ATTRIBUTE, Sid("S-1-1-0")
    return Acl(Ace(kind, AceFlags(0), 0, everyone, data=encode(one)) for one in attributes)
