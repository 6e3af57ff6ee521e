"""Random checks with conditions, Samba 4.22's answers, and where this Samba is known not to be Windows."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tokenlab.security import Ace, AceFlags, AceType, Acl, SecurityContext, SecurityDescriptor, TokenGroup
from tokenlab.security.check.evaluation import evaluate
from tokenlab.security.check.trail import ConditionPart
from tokenlab.security.condition.claims import ClaimFlags, ClaimType, ResourceAttribute, Value, encode
from tokenlab.security.context import Claims
from tokenlab.values import MAXIMUM_ALLOWED, Sid

ROOT = os.environ.get("TOKENLAB_SAMBA_ROOT")
"""The folder of a Debian that has Samba 4.22."""
COMMAND = ["chroot", str(ROOT), "/usr/bin/python3", "-I", "-c"]
ORACLE = Path(__file__).with_name("samba_422_oracle.py")
DOMAIN = "S-1-5-21-1-2-3"
USER = Sid(f"{DOMAIN}-1000")
GROUPS = ["S-1-1-0", "S-1-5-32-544", "S-1-5-32-545", f"{DOMAIN}-513"]
SID_LITERALS = ["SID(WD)", "SID(BA)", "SID(BU)", f"SID({DOMAIN}-513)"]
SOURCES = ["@User.", "@User.", "@Device.", "@Resource.", ""]
MEMBER_OF = [
    f"{no}{of}Member_of{how}" for no in ("", "Not_") for of in ("", "Device_") for how in ("", "_any")
]

# What the attribute of a name has: its types, its values, and how many of them.
ONE, SEVERAL = (1,), (2, 2, 3)
_NUMBERS = (ClaimType.INT64, ClaimType.UINT64)
ATTRIBUTES: dict[str, tuple[tuple[ClaimType, ...], Sequence[Value], tuple[int, ...]]] = {
    "number": (_NUMBERS, (0, 1, 2, 1 << 62), ONE),
    "yes": ((ClaimType.BOOLEAN,), (0, 1), ONE),
    "text": ((ClaimType.STRING,), ("", "blue", "Blue", "red"), ONE),
    "octets": ((ClaimType.OCTET_STRING,), (b"\1", b"\1\2"), ONE),
    "numbers": (_NUMBERS, (0, 1, 2, 3), SEVERAL),
    "texts": ((ClaimType.STRING,), ("blue", "Blue", "red", "green"), SEVERAL),
    "sids": ((ClaimType.SID,), [Sid(sid) for sid in GROUPS], SEVERAL),
}
SINGLE = [name for name, (_, _, counts) in ATTRIBUTES.items() if counts is ONE]
MULTIPLE = [name for name in ATTRIBUTES if name not in SINGLE]
LITERALS = {"numbers": ["0", "1", "2", "0x3"], "texts": ['"blue"', '"RED"', '"green"'], "sids": SID_LITERALS}


class Case(NamedTuple):
    context: SecurityContext
    descriptor: SecurityDescriptor
    desired: int

    def __str__(self) -> str:
        return f"{self.context!r}\n{self.descriptor}\n{self.desired:#x}"


def random_case(random: Random) -> Case:
    """Few names, values and rights, so that they meet. What `LISTED` speaks of is left out."""
    device_groups = tuple(TokenGroup(Sid(sid)) for sid in _some(random, GROUPS))
    user, device, local = (_attributes(random) for _ in range(3))
    claims = Claims(user, device, device_groups, local)
    context = SecurityContext(USER, _some(random, GROUPS), mandatory_policy=0, claims=claims)
    text = "O:SYG:SYD:" + "".join(_line(random) for _ in range(random.randint(1, 3)))
    descriptor = SecurityDescriptor.from_sddl(text, DOMAIN)
    if about := _attributes(random):
        sacl = _lines_about(map(encode, about))
        descriptor = SecurityDescriptor(descriptor.owner, descriptor.group, descriptor.dacl, sacl)
    return Case(context, descriptor, random.choice((0x1, 0x2, 0x3, MAXIMUM_ALLOWED)))


def _line(random: Random) -> str:
    rights = f"{random.choice(('0x1', '0x2', '0x3'))};;;{random.choice(('WD', 'WD', 'BA', 'BU'))}"
    if random.random() < 0.2:
        return f"({random.choice('AD')};;{rights})"
    return f"({random.choice(('XA', 'XA', 'XD'))};;{rights};({_condition(random, 2)}))"


def _condition(random: Random, depth: int) -> str:
    kind = random.random()
    if depth and kind < 0.4:
        one, other = _condition(random, depth - 1), _condition(random, depth - 1)
        return f"({one}) {random.choice(('&&', '||'))} ({other})" if kind < 0.3 else f"!({one})"
    if kind < 0.5:
        return f"{random.choice(MEMBER_OF)} {_set(random, SID_LITERALS)}"
    several = kind < 0.8
    name = random.choice(MULTIPLE if several else SINGLE)
    left = random.choice(SOURCES) + (name.upper() if random.random() < 0.1 else name)
    operators = ["==", "!="]
    if several:
        operators = random.choice((operators, ["Contains", "Not_Contains", "Any_of", "Not_Any_of"]))
    elif name != "octets":
        operators += ["<", "<=", ">", ">="]
    operator = random.choice(operators)
    same = name if operator in ("==", "!=") else None  # lists of different types: see LISTED
    if random.random() < 0.3:
        right = "@Resource." + (same if several and same else random.choice(MULTIPLE if several else SINGLE))
    elif several:
        right = _set(random, LITERALS[same or random.choice(MULTIPLE)])
    else:
        right = random.choice(("0", "1", "-1", "02", '""', '"blue"', '"red"', "#0102"))
    return f"{left} {operator} {right}"


def _set(random: Random, values: Sequence[str]) -> str:
    return "{" + ", ".join(random.sample(values, random.randint(2, len(values)))) + "}"


def _attributes(random: Random) -> tuple[ResourceAttribute, ...]:
    found = []
    for name in _some(random, list(ATTRIBUTES)):
        types, values, counts = ATTRIBUTES[name]
        chosen = tuple(random.choice(values) for _ in range(random.choice(counts)))
        found.append(
            ResourceAttribute(name, random.choice(types), chosen, ClaimFlags(random.choice((0, 0, 2))))
        )
    return tuple(found)


def _some(random: Random, items: Sequence[str]) -> list[str]:
    return random.sample(items, random.randint(0, len(items)))


# --- where Samba is known not to be Windows ------------------------------------------------------


def _one(name: str, kind: ClaimType, *values: Value, flags: int = 0) -> ResourceAttribute:
    return ResourceAttribute(name, kind, values, ClaimFlags(flags))


KNOWN = Claims(
    user=(
        _one("number", ClaimType.INT64, 1),
        _one("large", ClaimType.UINT64, 1 << 63),
        _one("numbers", ClaimType.INT64, 1, 2),
        _one("yes", ClaimType.BOOLEAN, 1),
        _one("text", ClaimType.STRING, "x"),
        _one("octets", ClaimType.OCTET_STRING, b"\1"),
        _one("for_deny", ClaimType.INT64, 1, flags=ClaimFlags.USE_FOR_DENY_ONLY),
        _one("disabled", ClaimType.INT64, 1, flags=ClaimFlags.DISABLED),
    ),
)
"""The claims that `LISTED` is about."""

_EXISTS = (
    "Exists asks whether an attribute is there, and so is never unknown: Win32, SDDL for Conditional ACEs; "
    "[MS-DTYP] 2.4.4.17.7 says so of attributes without @ and of the object's, and calls all others an error"
)
_ALONE = "an attribute alone is true if it is not 0 and not empty: [MS-DTYP] 2.4.4.17.7"
_SIZES = (
    "one value is a set of one: [MS-DTYP] 2.4.4.17.6 compares them as sets; nothing found of real Windows"
)
_LARGE = "both are integers: [MS-DTYP] 2.4.10.1"
_ORDER = "bytes have no order: simplified, nothing found of real Windows"
_TYPES = "values of different types cannot be compared, however many they are: [MS-DTYP] 2.4.4.17.6"
_FLAGS = "a claim for deny only, or a disabled one, grants nothing: [MS-DTYP] 2.4.10.1"
_SPREADS = (
    "one part can settle && and ||, whatever the other is: Win32, SDDL for Conditional ACEs, its two tables "
    "of unknown values; to Samba an attribute that is not there is an error"
)


class Listed(NamedTuple):
    """A condition to which Samba finds another value than the model: True, False or None for unknown."""

    condition: str
    samba: bool | None
    model: bool | None
    why: str


LISTED = (
    Listed("Exists @User.number", None, True, _EXISTS),
    Listed("Not_Exists @User.number", None, False, _EXISTS),
    Listed("Exists @User.nothing", None, False, _EXISTS),
    Listed("Not_Exists nothing", None, True, _EXISTS),
    Listed("@User.number", None, True, _ALONE),
    Listed("@User.yes && @User.text", None, True, _ALONE),
    Listed("!(@User.yes)", None, False, _ALONE),
    Listed("@User.number == 1 || @User.nothing == 1", None, True, _SPREADS),
    Listed("@User.nothing == 1 && @User.number == 2", None, False, _SPREADS),
    Listed("@User.number == {1}", None, True, _SIZES),
    Listed("@User.numbers == 1", None, False, _SIZES),
    Listed("@User.number < @User.large", None, True, _LARGE),
    Listed("@User.large > 5", None, True, _LARGE),
    Listed("@User.octets > #00", True, None, _ORDER),
    Listed('@User.numbers != {"x", "y", "z"}', True, None, _TYPES),
    Listed("@User.for_deny == 1", True, None, _FLAGS),
    Listed("@User.disabled == 1", True, None, _FLAGS),
)


def known_though_a_part_is_not(case: Case) -> bool:
    """True if a condition has a value and a part of it has none: there Samba differs (see `LISTED`)."""
    sacl = case.descriptor.sacl
    conditions = [
        evaluate(ace.data, case.context, sacl, for_deny=ace.is_deny)
        for ace in case.descriptor.dacl or ()
        if ace.data
    ]
    return any(whole.value is not None and None in _values(whole) for whole in conditions)


def _values(part: ConditionPart) -> Iterable[bool | None]:
    yield part.value
    for below in part.parts:
        yield from _values(below)


# --- asking --------------------------------------------------------------------------------------


def _lines_about(attributes: Iterable[bytes]) -> Acl:
    kind, everyone = AceType.SYSTEM_RESOURCE_ATTRIBUTE, Sid("S-1-1-0")
    return Acl(Ace(kind, AceFlags(0), 0, everyone, data=data) for data in attributes)


def _encoded(attribute: ResourceAttribute) -> bytes:
    """Samba keeps SIDs as text: [MS-DTYP] 2.4.10.2 has both forms."""
    if attribute.type is not ClaimType.SID:
        return encode(attribute)
    texts = tuple(str(sid).encode() for sid in attribute.values)
    data = encode(ResourceAttribute(attribute.name, ClaimType.OCTET_STRING, texts, attribute.flags))
    return data[:4] + ClaimType.SID.to_bytes(2, "little") + data[6:]


def question(case: Case) -> list[object]:
    claims = case.context.claims or Claims()
    lines = [
        SecurityDescriptor(sacl=_lines_about(map(_encoded, some))).to_bytes().hex()
        for some in (claims.user, claims.device, claims.local)
    ]
    sids = [case.context.user, *(group.sid for group in case.context.groups)]
    return [
        "check",
        str(case.descriptor),
        lines,
        sids,
        [one.sid for one in claims.device_groups],
        case.desired,
    ]


def ask(questions: Iterable[Sequence[object]]) -> list[Any]:
    """Samba's answers: ``[NTSTATUS, granted]`` to a check, text or hex to the rest, None where it refuses."""
    asked = subprocess.run(
        [*COMMAND, ORACLE.read_text(encoding="utf-8")],
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
    )
    assert asked.returncode == 0, asked.stderr
    return [json.loads(line) for line in asked.stdout.splitlines()]
