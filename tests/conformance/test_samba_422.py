"""Conditions and SDDL against Samba 4.22, the first Samba that has conditions. CONTRIBUTING.md says how to get it."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from support import cases, load_json, seed
from tests.conformance import samba_422_cases as samba
from tests.conformance import verdicts
from tests.conformance.samba_422_cases import Case
from tokenlab.security import Acl, NtStatus, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.evaluation import Claims
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
    start, total = seed(), cases(20_000)
    print(f"seed {start}, {total} cases (set TOKENLAB_SEED, TOKENLAB_CASES)")
    random = Random(start)
    verdicts: Counter[bool] = Counter()
    for first in range(0, total, BATCH):
        batch = [samba.random_case(random) for _ in range(min(BATCH, total - first))]
        answers = samba.ask(map(samba.question, batch))
        for number, (case, answer) in enumerate(zip(batch, answers, strict=True), first):
            other = REFUSED if answer == [0, 0] else answer  # no right at all is a success for Samba
            assert model(case) == other, f"seed {start}, case {number}: Samba said {answer}\n{case}"
            verdicts[other[0] == 0] += 1
    print(f"granted {verdicts[True]}, refused {verdicts[False]}")
    if total >= BATCH:
        assert min(verdicts.values()) > total / 5


def test_samba_says_what_the_vectors_say() -> None:
    rows = load_json("vectors/access_conditional.json")
    answers = samba.ask(samba.question(case_of(row)) for row in rows)
    for row, answer in zip(rows, answers, strict=True):
        assert (answer[0] == 0) is (row["expect"] == "granted"), row


def case_of(row: verdicts.Row) -> Case:
    claims = Claims(
        user=tuple(verdicts.claim(*one) for one in row.get("user_claims", {}).items()),
        device=tuple(verdicts.claim(*one) for one in row.get("device_claims", {}).items()),
        device_groups=tuple(samba.Group(Sid(sid)) for sid in row.get("device_sids", ())),
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
    allowed, not_denied = (access_check(*case).granted for case in asked)
    assert (allowed, not_denied) == ((listed.model is True), (listed.model is False) or listed.counts_in_deny)


# --- SDDL ----------------------------------------------------------------------------------------


def content(data: str) -> SecurityDescriptor:
    """What the bytes say. Samba lays them out in another order, and takes revision 4 for lines that
    Windows keeps in revision 2."""
    read = SecurityDescriptor.from_bytes(bytes.fromhex(data))
    dacl, sacl = (None if acl is None else Acl(acl, 2) for acl in (read.dacl, read.sacl))
    return replace(read, dacl=dacl, sacl=sacl)


def unsigned(text: str) -> str:
    """Samba puts a + before unsigned values, and reads it; Windows writes none."""
    return re.sub(r'\("[^"]+",TU,[^)]*\)', lambda found: found[0].replace("+", ""), text)


def any_of(text: str) -> str:
    """Samba writes Member_of_Any, as [MS-DTYP] 2.5.1.1 does; Windows writes Member_of_any."""
    return text.replace("Member_of_Any", "Member_of_any")
