"""The model against Samba's access check, a real and independent one."""

from __future__ import annotations

import subprocess
from collections import Counter
from random import Random

import pytest

from tests.conformance import samba_cases as samba
from tests.conformance.samba_cases import Answer, Case
from tests.support import cases, require, seed
from tokenlab.security import Acl, access_check

pytestmark = [pytest.mark.oracle, pytest.mark.slow]

BATCH = 10_000


@pytest.fixture(autouse=True)
def _samba() -> None:
    probe = [samba.SYSTEM_PYTHON, "-I", "-c", "import samba.security"]
    try:
        found = subprocess.run(probe, capture_output=True).returncode == 0
    except OSError:
        found = False
    require(found, "no Samba for the system's Python (Debian: apt install python3-samba)")


def model(case: Case) -> Answer:
    decision = access_check(*case)
    return int(decision.status), decision.granted_access


def test_the_model_agrees_with_samba_on_random_cases() -> None:
    """Everywhere but in the listed differences, where Samba is asked in other words or overruled."""
    start, total = seed(), cases(100_000)
    print(f"seed {start}, {total} cases (set TOKENLAB_SEED, TOKENLAB_CASES)")
    random = Random(start)
    verdicts: Counter[bool] = Counter()
    needed: Counter[str] = Counter()
    for first in range(0, total, BATCH):
        batch = [samba.random_case(random) for _ in range(min(BATCH, total - first))]
        for number, (case, windows, plain, listed) in enumerate(samba.expected(batch), first):
            answer = model(case)
            assert answer == windows, f"seed {start}, case {number}: Samba said {plain}; {listed}\n{case}"
            verdicts[answer[0] == 0] += 1
            if plain != windows and len(listed) == 1:
                needed.update(listed)
    print(f"granted {verdicts[True]}, refused {verdicts[False]}; {dict(needed)}")
    if total >= BATCH:  # the cases are worth asking, and no difference is listed in vain
        assert min(verdicts.values()) > total / 5
        assert set(needed) == {difference.samba for difference in samba.LISTED} | {samba.NOTHING}


def test_a_wrong_model_would_be_found() -> None:
    """A thousand cases are enough to tell a model that reads a descriptor wrongly."""
    random = Random(seed())
    batch = [samba.random_case(random) for _ in range(1000)]
    for wrong in (allows_first, without_owner, without_inherit_only):
        asked = zip(batch, samba.expected(batch), strict=True)
        assert any(model(wrong(case)) != windows for case, (_, windows, _, _) in asked), wrong.__name__


def allows_first(case: Case) -> Case:
    dacl = case.descriptor.dacl
    if dacl is None:
        return case
    changed = Acl(sorted(dacl, key=lambda ace: ace.is_deny))
    return case._replace(descriptor=case.descriptor.with_dacl(changed))


def without_owner(case: Case) -> Case:
    if case.descriptor.owner is None:
        return case
    return case._replace(descriptor=case.descriptor.with_owner("S-1-5-21-9-9-9-9"))


def without_inherit_only(case: Case) -> Case:
    dacl = case.descriptor.dacl
    if dacl is None:
        return case
    changed = Acl(ace.with_flags(ace.flags & ~0x08) for ace in dacl)
    return case._replace(descriptor=case.descriptor.with_dacl(changed))
