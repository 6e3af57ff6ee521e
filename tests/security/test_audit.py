"""Which lines of a SACL fire. [MS-DTYP] 2.4.4.10: SUCCESSFUL_ACCESS_ACE_FLAG and FAILED_ACCESS_ACE_FLAG."""

from __future__ import annotations

import pytest

from tokenlab.security import SecurityContext, SecurityDescriptor
from tokenlab.security.check.audit import audit_aces

USER = "S-1-5-21-1-2-3-1000"
WHO = SecurityContext(USER, ["S-1-1-0", ("S-1-5-32-544", 0x10), ("S-1-5-32-545", 0x0)])


@pytest.mark.parametrize(
    ("line", "success", "failure"),
    [
        ("(AU;SA;0x1;;;WD)", True, False),
        ("(AU;FA;0x1;;;WD)", False, True),
        ("(AU;SAFA;0x1;;;WD)", True, True),
        ("(AU;SAFA;0x2;;;WD)", False, False),  # other rights
        ("(AU;SAFA;0x3;;;WD)", True, True),
        ("(AU;SAFA;0x1;;;BA)", True, True),  # a group for deny only counts
        ("(AU;SAFA;0x1;;;BU)", False, False),  # a disabled one does not
        ("(AU;OICIIOSAFA;0x1;;;WD)", False, False),  # for children
        ("(AL;SAFA;0x1;;;WD)", False, False),  # an alarm is no audit
    ],
)
def test_an_audit_line_fires(line: str, success: bool, failure: bool) -> None:
    descriptor = SecurityDescriptor.from_sddl(f"S:{line}")
    assert bool(audit_aces(WHO, descriptor, 0x1, success=True)) is success
    assert bool(audit_aces(WHO, descriptor, 0x1, success=False)) is failure


def test_every_line_that_fires_is_told_in_order() -> None:
    descriptor = SecurityDescriptor.from_sddl("S:(AU;SA;0x1;;;WD)(AU;FA;0x1;;;WD)(AU;SA;0x3;;;BA)")
    fired = audit_aces(WHO, descriptor, 0x1, success=True)
    assert [str(ace) for ace in fired] == ["(AU;SA;CC;;;WD)", "(AU;SA;CCDC;;;BA)"]


def test_without_a_sacl_nothing_fires() -> None:
    assert audit_aces(WHO, SecurityDescriptor(), 0x1, success=True) == ()
