"""Conditions and SDDL against Samba 4.22, the first that evaluates conditions."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from tests.conformance import samba_422_cases as samba
from tests.conformance import verdicts
from tests.conformance.samba_422_cases import Case
from tests.support import cases, load_json, seed
from tokenlab.security import Acl, ControlFlags, NtStatus, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.context import Claims
from tokenlab.values import Sid

pytestmark = [pytest.mark.oracle, pytest.mark.slow]

BATCH = 10_000
REFUSED = [int(NtStatus.ACCESS_DENIED), 0]


@pytest.fixture(autouse=True, scope="module")
def _samba() -> None:
    if not samba.ROOT:
        pytest.skip("no Samba 4.22: TOKENLAB_SAMBA_ROOT names no folder of a Debian that has it")
    asked = [*samba.COMMAND, "import samba; print(samba.version)"]
    found = subprocess.run(asked, capture_output=True, text=True)
    version = tuple(map(int, re.findall(r"\d+", found.stdout)[:2]))
    assert version >= (4, 22), f"{samba.ROOT}: expected Samba 4.22, found {found.stdout or found.stderr}"


def model(case: Case) -> list[int]:
    decision = access_check(*case)
    return [int(decision.status), decision.granted_access]


def test_the_model_agrees_with_samba_on_random_conditions() -> None:
    start, total = seed(), cases(10_000)
    print(f"seed {start}, {total} cases (set TOKENLAB_SEED, TOKENLAB_CASES)")
    random = Random(start)
    seen: Counter[bool] = Counter()
    for first in range(0, total, BATCH):
        batch = [samba.random_case(random) for _ in range(min(BATCH, total - first))]
        answers = samba.ask(map(samba.question, batch))
        for number, (case, answer) in enumerate(zip(batch, answers, strict=True), first):
            if samba.known_though_a_part_is_not(case):
                continue
            other = REFUSED if answer == [0, 0] else answer  # no right at all is a success for Samba
            assert model(case) == other, f"seed {start}, case {number}: Samba said {answer}\n{case}"
            seen[other[0] == 0] += 1
    print(f"granted {seen[True]}, refused {seen[False]}, not comparable {total - seen.total()}")
    if total >= BATCH:
        assert min(seen.values()) > total / 20


def test_samba_says_what_the_vectors_say() -> None:
    rows = load_json("vectors/access_conditional.json")
    answers = samba.ask(samba.question(case_of(row)) for row in rows)
    for row, answer in zip(rows, answers, strict=True):
        assert (answer[0] == 0) is (row["expect"] == "granted"), row


def case_of(row: verdicts.Row) -> Case:
    claims = Claims(
        user=tuple(verdicts.claim(*one) for one in row.get("user_claims", {}).items()),
        device=tuple(verdicts.claim(*one) for one in row.get("device_claims", {}).items()),
        device_groups=tuple(samba.TokenGroup(Sid(sid)) for sid in row.get("device_sids", ())),
    )
    context = SecurityContext(row["user_sid"] or "S-1-0-0", row["group_sids"], claims=claims)
    descriptor = SecurityDescriptor.from_sddl(row["sddl"])
    descriptor = replace(descriptor, owner=descriptor.owner or Sid("S-1-5-18"), group=Sid("S-1-5-18"))
    return Case(context, descriptor, row["desired"])


@pytest.mark.parametrize("listed", samba.LISTED, ids=lambda listed: listed.condition)
def test_a_listed_condition_has_these_two_values(listed: samba.Listed) -> None:
    """An allow line tells true from the rest, a deny line false."""
    context = SecurityContext(samba.USER, ["S-1-1-0"], mandatory_policy=0, claims=samba.KNOWN)
    asked = [
        Case(context, SecurityDescriptor.from_sddl(f"O:SYG:SYD:{lines}"), 0x1)
        for lines in (
            f"(XA;;0x1;;;WD;({listed.condition}))",
            f"(XD;;0x1;;;WD;({listed.condition}))(A;;0x1;;;WD)",
        )
    ]
    values = {(True, False): True, (False, True): False, (False, False): None}
    allowed, not_denied = (status == 0 for status, _ in samba.ask(map(samba.question, asked)))
    assert values[allowed, not_denied] is listed.samba
    assert access_check(*asked[0]).granted is (listed.model is True)
    if "for_deny" not in listed.condition:  # it counts in the deny line
        assert access_check(*asked[1]).granted is (listed.model is False)


# --- SDDL ----------------------------------------------------------------------------------------


def content(data: str) -> SecurityDescriptor:
    """What the bytes say. Samba lays them out in another order, and gives an ACL of conditional lines the
    revision 4; Windows, whose bytes the vectors are, leaves it at 2."""
    read = SecurityDescriptor.from_bytes(bytes.fromhex(data))
    dacl, sacl = (None if acl is None else Acl(acl) for acl in (read.dacl, read.sacl))
    return replace(read, dacl=dacl, sacl=sacl)


def as_windows_writes(text: str) -> str:
    """Samba puts a + before unsigned values, and writes Member_of_Any as [MS-DTYP] 2.5.1.1 has it."""
    unsigned = re.sub(r'\("[^"]+",TU,[^)]*\)', lambda found: found[0].replace("+", ""), text)
    return unsigned.replace("Member_of_Any", "Member_of_any")


def test_samba_reads_the_vectors_as_windows_does() -> None:
    rows = load_json("vectors/sddl_conditional.json")
    for row, data in zip(rows, samba.ask(["read", row["sddl"]] for row in rows), strict=True):
        assert data and content(data) == content(row["hex"]), row["sddl"]


def test_samba_writes_the_vectors_as_the_model_does() -> None:
    rows = load_json("vectors/sddl_conditional.json")
    for row, text in zip(rows, samba.ask(["write", row["hex"]] for row in rows), strict=True):
        assert as_windows_writes(text) == SecurityDescriptor.from_bytes(bytes.fromhex(row["hex"])).to_sddl()


def test_samba_reads_and_writes_random_conditions_as_the_model_does() -> None:
    random = Random(seed())
    descriptors = [samba.random_case(random).descriptor for _ in range(cases(10_000) // 4)]
    descriptors = list(map(without_listed_types, descriptors))
    read = samba.ask(["read", str(one)] for one in descriptors)
    written = samba.ask(["write", one.to_bytes().hex()] for one in descriptors)
    for descriptor, data, text in zip(descriptors, read, written, strict=True):
        assert data and content(data) == content(descriptor.to_bytes().hex()), str(descriptor)
        assert as_windows_writes(text or "") == str(descriptor)


def without_listed_types(descriptor: SecurityDescriptor) -> SecurityDescriptor:
    left = [ace for ace in descriptor.sacl or () if not re.search(",T[IBD],", str(ace))]
    bits = descriptor.control & ~ControlFlags.SACL_PRESENT
    return replace(descriptor, sacl=Acl(left) if left else None, control=bits)


@pytest.mark.parametrize(
    ("text", "samba_reads"),
    [
        ('("n",TI,0x0,1)', '("n",TU,0x0,1)'),  # the type that is written: [MS-DTYP] 2.5.1.1
        ('("n",TB,0x0,1)', '("n",TU,0x0,1)'),
    ],
)
def test_samba_takes_numbers_that_are_not_negative_for_unsigned_ones(text: str, samba_reads: str) -> None:
    (data,) = samba.ask([["read", f"O:SYG:SYS:(RA;;;;;WD;{text})"]])
    assert str(SecurityDescriptor.from_bytes(bytes.fromhex(data))) == f"O:SYG:SYS:(RA;;;;;WD;{samba_reads})"


def test_samba_cannot_write_the_sids_of_an_attribute_that_lie_in_bytes() -> None:
    """It keeps them as text. Both forms are in [MS-DTYP] 2.4.10.2; the model writes bytes."""
    descriptor = SecurityDescriptor.from_sddl('O:SYG:SYS:(RA;;;;;WD;("s",TD,0x0,BU))')
    assert samba.ask([["write", descriptor.to_bytes().hex()]]) == [None]
    (data,) = samba.ask([["read", str(descriptor)]])
    assert b"S-1-5-32-545" in bytes.fromhex(data)
