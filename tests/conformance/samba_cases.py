"""Random access checks, Samba's answers to them, and where Samba is known not to be Windows."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import UUID

from tokenlab.security import (
    Ace,
    AceFlags,
    AceType,
    Acl,
    ControlFlags,
    NtStatus,
    SecurityContext,
    SecurityDescriptor,
)
from tokenlab.security.inheritance import with_mapped_rights
from tokenlab.values import ACCESS_SYSTEM_SECURITY, FILE, MAXIMUM_ALLOWED

SYSTEM_PYTHON = "/usr/bin/python3"
ORACLE = Path(__file__).with_name("samba_oracle.py")

Answer = tuple[int, int]  # NTSTATUS, and the mask granted


class Case(NamedTuple):
    context: SecurityContext
    descriptor: SecurityDescriptor
    desired: int

    def __str__(self) -> str:
        return f"{self.context!r}\n{self.descriptor} (control {self.descriptor.control!r})\n{self.desired:#x}"


# --- the cases -----------------------------------------------------------------------------------

OWNER_RIGHTS, CREATOR_OWNER, SELF = "S-1-3-4", "S-1-3-0", "S-1-5-10"
USERS = ["S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-1001"]
GROUPS = ["S-1-1-0", "S-1-5-11", "S-1-5-32-544", "S-1-5-32-545", "S-1-5-21-1-2-3-513"]
TRUSTEES = [*USERS, *GROUPS, *GROUPS, OWNER_RIGHTS, OWNER_RIGHTS, CREATOR_OWNER, SELF]
PRIVILEGES = [
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeDebugPrivilege",
]
BITS = [0x1, 0x2, 0x20, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000]
GENERIC = [0x10000000, 0x20000000, 0x40000000, 0x80000000]
MASKS = [0x120089, 0x120116, 0x1301BF, 0x1F01FF, 0xE0000, 0x60000, 0x0]
PLAIN = [AceType.ACCESS_ALLOWED] * 12 + [AceType.ACCESS_DENIED] * 7
OBJECT = [AceType.ACCESS_ALLOWED_OBJECT, AceType.ACCESS_DENIED_OBJECT]
FLAGS = [AceFlags(bits) for bits in (0x0, 0x0, 0x0, 0x0, 0x3, 0x10, 0x13, 0x0B, 0x08, 0x18)]
SOMETHING = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")


def random_case(random: Random) -> Case:
    """Few SIDs and few rights, so that lines meet each other and the token.

    The token's policy asks for no integrity check, for Samba knows none.
    """
    groups = random.sample(GROUPS, random.choice((1, 2, 3, 3, 4)))
    privileges = [
        (name, random.choice((0, 2, 3))) for name in random.sample(PRIVILEGES, random.choice((0, 0, 1, 2)))
    ]
    context = SecurityContext(random.choice(USERS), groups, privileges, mandatory_policy=0)
    return Case(context, random_descriptor(random), random_desired(random))


def random_mask(random: Random) -> int:
    if random.random() < 0.3:
        return random.choice(MASKS)
    mask = 0
    for bit in random.sample(BITS, random.choice((1, 1, 2, 3))):
        mask |= bit
    odd = random.random()
    if odd < 0.03:
        mask |= ACCESS_SYSTEM_SECURITY
    elif odd < 0.06:
        mask |= random.choice(GENERIC)
    return mask


def random_ace(random: Random) -> Ace:
    flags, mask, sid = random.choice(FLAGS), random_mask(random), random.choice(TRUSTEES)
    if random.random() < 0.08:
        kind = random.choice(OBJECT)
        guid = random.choice((None, SOMETHING, SOMETHING))
        below = random.choice((None, None, SOMETHING))
        return Ace(kind, flags, mask, sid, guid, below)
    return Ace(random.choice(PLAIN), flags, mask, sid)


def random_descriptor(random: Random) -> SecurityDescriptor:
    owner = None if random.random() < 0.01 else random.choice(USERS + GROUPS)
    group = None if random.random() < 0.01 else random.choice(GROUPS)
    if random.random() < 0.04:
        return SecurityDescriptor(owner, group, control=random.choice((0, ControlFlags.DACL_PRESENT)))
    return SecurityDescriptor(owner, group, Acl(random_ace(random) for _ in range(random.randrange(9))))


def random_desired(random: Random) -> int:
    kind = random.random()
    if kind < 0.01:
        return 0
    desired = random_mask(random)
    if kind > 0.6:
        desired = random.choice(BITS)
    elif kind < 0.1:
        desired = MAXIMUM_ALLOWED
    elif kind < 0.25:
        desired |= MAXIMUM_ALLOWED
    if random.random() < 0.04:
        desired |= ACCESS_SYSTEM_SECURITY
    return desired


# --- where Samba is known not to be Windows ------------------------------------------------------


class Listed(NamedTuple):
    """A known difference: what Samba does, what Windows does, and in which cases.

    Either Samba answers as Windows once the question is rephrased, or the answer is known.
    """

    samba: str
    windows: str
    applies: Callable[[Case], bool]
    rephrased: Callable[[Case], Case] | None = None
    answer: Callable[[Case], Answer] | None = None


DENIED = (int(NtStatus.ACCESS_DENIED), 0)


def _with_aces(case: Case, change: Callable[[Ace], Ace]) -> Case:
    return case._replace(descriptor=case.descriptor.with_dacl(Acl(map(change, case.descriptor.dacl or ()))))


def _has_ace(case: Case, condition: Callable[[Ace], bool]) -> bool:
    return any(map(condition, case.descriptor.dacl or ()))


def _without_the_sacl(ace: Ace) -> Ace:
    return ace._replace(mask=ace.mask & ~ACCESS_SYSTEM_SECURITY)


def _allows_the_whole_object(ace: Ace) -> bool:
    return ace.type is AceType.ACCESS_ALLOWED_OBJECT and not ace.object_type


def _plain(ace: Ace) -> Ace:
    return Ace.allow(ace.sid, ace.mask, ace.flags) if _allows_the_whole_object(ace) else ace


def _all_but_the_sacl(case: Case) -> Answer:
    asked = case.desired & ~MAXIMUM_ALLOWED
    if asked & ACCESS_SYSTEM_SECURITY and not case.context.has_privilege("SeSecurityPrivilege"):
        return int(NtStatus.PRIVILEGE_NOT_HELD), 0
    return 0, asked | (FILE.mapping.all if case.desired & MAXIMUM_ALLOWED else 0)


def _mapped(case: Case) -> Case:
    descriptor = with_mapped_rights(case.descriptor, FILE)
    return case._replace(descriptor=descriptor, desired=FILE.mapping.map(case.desired))


WINE = "Wine, test_AccessCheck, run on Windows"

LISTED = (
    Listed(
        "leaves the mapping of generic rights to its callers",
        "the check begins with it: [MS-DTYP] 2.5.3",
        lambda case: _mapped(case) != case,
        rephrased=_mapped,
    ),
    Listed(
        "takes a descriptor without owner or group",
        f"AccessCheck fails with 1338: {WINE}",
        lambda case: case.descriptor.owner is None or case.descriptor.group is None,
        answer=lambda case: (int(NtStatus.INVALID_SECURITY_DESCR), 0),
    ),
    Listed(
        "finds only the owner's rights as the maximum without a DACL",
        f"all that the type of object has: {WINE}",
        lambda case: case.descriptor.dacl is None and bool(case.desired & MAXIMUM_ALLOWED),
        answer=_all_but_the_sacl,
    ),
    Listed(
        "lets a NULL DACL grant ACCESS_SYSTEM_SECURITY",
        "only SeSecurityPrivilege does, and it is looked at first: Forshaw, ch. 7",
        lambda case: case.descriptor.dacl is None and bool(case.desired & ACCESS_SYSTEM_SECURITY),
        answer=_all_but_the_sacl,
    ),
    Listed(
        "denies where the DACL is absent",
        "the same as a NULL DACL: [MS-DTYP] 2.5.3.2",
        lambda case: not case.descriptor.dacl_present,
        rephrased=lambda case: case._replace(descriptor=case.descriptor.with_dacl(None)),
    ),
    Listed(
        "lets an ACE grant ACCESS_SYSTEM_SECURITY",
        f"only SeSecurityPrivilege does: {WINE}",
        lambda case: _has_ace(case, lambda ace: bool(ace.mask & ACCESS_SYSTEM_SECURITY)),
        rephrased=lambda case: _with_aces(case, _without_the_sacl),
    ),
    Listed(
        "ignores an object ACE that allows, even without a GUID",
        "then it is like a plain one: [MS-DTYP] 2.4.4.3",
        lambda case: _has_ace(case, _allows_the_whole_object),
        rephrased=lambda case: _with_aces(case, _plain),
    ),
)
NOTHING = "grants nothing, successfully, if nothing was asked or there is nothing to have"


# --- asking --------------------------------------------------------------------------------------


def ask(questions: Sequence[Case]) -> list[Answer]:
    """Samba's answers."""
    lines = (
        json.dumps(
            [
                case.descriptor.to_bytes().hex(),
                [case.context.user, *(group.sid for group in case.context.groups)],
                sorted(case.context.enabled_privileges),
                case.desired,
            ]
        )
        for case in questions
    )
    asked = subprocess.run(
        [SYSTEM_PYTHON, "-I", str(ORACLE)], input="\n".join(lines), capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    return [(status, granted) for status, granted in map(json.loads, asked.stdout.splitlines())]


def expected(questions: Sequence[Case]) -> Iterable[tuple[Case, Answer, Answer, list[str]]]:
    """For each case what Windows says, told by Samba or by the list; what Samba says when it is asked
    plainly; and which of the listed differences come in."""
    rephrased, listed = [], []
    for case in questions:
        applying = [difference for difference in LISTED if difference.applies(case)]
        listed.append(applying)
        for difference in applying:
            case = difference.rephrased(case) if difference.rephrased else case
        rephrased.append(case)
    plain = ask(questions)
    again = iter(ask([case for case, applying in zip(rephrased, listed, strict=True) if applying]))
    for case, other, said, applying in zip(questions, rephrased, plain, listed, strict=True):
        answer = next(again) if applying else said
        names = [difference.samba for difference in applying]
        known = [difference.answer(other) for difference in applying if difference.answer]
        if known:
            answer = known[0]
        elif answer == (0, 0):
            answer = DENIED
            names.append(NOTHING)
        yield case, answer, said, names
