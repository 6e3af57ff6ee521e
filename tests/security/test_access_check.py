"""The access check, fact by fact: every row is something that Windows does, with its source."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.security.cases import contract, integrity, lines, owners, privileges
from tests.security.cases.row import MAXIMUM, SUE, Row, sue
from tokenlab.security import (
    AccessDecision,
    Ace,
    Acl,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
)
from tokenlab.values import FILE, KEY, FileRights

ROWS = (*lines.ROWS, *owners.ROWS, *privileges.ROWS, *integrity.ROWS, *contract.ROWS)


def decide(row: Row) -> AccessDecision:
    parent = None if row.parent is None else SecurityDescriptor.from_sddl(row.parent)
    return access_check(
        row.context,
        SecurityDescriptor.from_sddl(row.sddl),
        row.desired,
        row.object_type,
        principal_self=row.principal_self,
        parent=parent,
        premapped=row.premapped,
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fact)
def test_the_check_answers_as_windows_does(row: Row) -> None:
    decision = decide(row)
    assert decision.status is row.status
    expected = row.mask if row.mask is not None else row.desired
    assert decision.granted_access == (expected if decision else 0)
    codes = {bit: int(reason.code) for bit, reason in decision.reasons.items() if bit in row.why}
    assert codes == dict(row.why)
    if decision and not row.desired & MAXIMUM:
        assert all(reason.granted for reason in decision.reasons.values())
    if row.place is not None:
        assert {reason.place for reason in decision.reasons.values() if reason.ace} == {row.place}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fact)
def test_the_fast_answer_is_the_same(row: Row) -> None:
    if row.premapped or row.parent is not None or row.principal_self is not None:
        return  # questions that it is not asked
    fast = granted_access(row.context, SecurityDescriptor.from_sddl(row.sddl), row.desired, row.object_type)
    assert fast == decide(row).granted_access


def test_every_row_says_something_else() -> None:
    assert [fact for fact, count in Counter(row.fact for row in ROWS).items() if count > 1] == []


def test_every_row_has_a_source() -> None:
    assert all("[" in row.source or "ReactOS" in row.source for row in ROWS)


# --- how it can be asked, and how it answers -----------------------------------------------------

OPEN = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;FR;;;WD)")


def test_rights_can_be_asked_for_as_a_number_or_a_flag() -> None:
    assert access_check(sue, OPEN, 0x1) == access_check(sue, OPEN, FileRights.READ_DATA)
    assert isinstance(access_check(sue, OPEN, FileRights.READ_DATA).granted_access, int)


def test_a_decision_is_true_or_false() -> None:
    assert access_check(sue, OPEN, FileRights.READ)
    assert not access_check(sue, OPEN, FileRights.WRITE)


def test_principal_self_may_be_plain_text() -> None:
    descriptor = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;FR;;;PS)")
    assert access_check(sue, descriptor, 0x1, principal_self=str(SUE))


def test_each_outcome_has_its_win32_error() -> None:
    """0, 5, 1314, 1338 and 1360 ([MS-ERREF] 2.2)."""
    errors = {decide(row).status: int(decide(row).win32_error) for row in ROWS}
    assert {int(status): error for status, error in errors.items()} == {
        0x00000000: 0,
        0xC0000022: 5,
        0xC0000061: 1314,
        0xC0000079: 1338,
        0xC00000E6: 1360,
    }


def test_a_changed_descriptor_is_a_new_question() -> None:
    """What the check keeps with a DACL must not outlive a change."""
    closed = OPEN.with_dacl(Acl([Ace.deny("S-1-1-0", 0x1), *(OPEN.dacl or ())]))
    assert access_check(sue, OPEN, 0x1)
    assert not access_check(sue, closed, 0x1)
    assert access_check(sue, OPEN, 0x1)


def test_the_same_dacl_serves_two_types_of_object() -> None:
    descriptor = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;GR;;;WD)")
    for _ in range(2):
        assert access_check(sue, descriptor, MAXIMUM, FILE).granted_access == 0x120089
        assert access_check(sue, descriptor, MAXIMUM, KEY).granted_access == 0x20019


def test_a_context_may_be_no_more_than_a_user() -> None:
    assert not access_check(SecurityContext("S-1-5-7"), OPEN, 0x1)


def test_the_second_pass_takes_back_what_it_must_grant_again() -> None:
    restricted = SecurityContext(SUE, ["S-1-5-32-545"], restricted_sids=["S-1-5-32-545"])
    descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SYD:(A;;0x3;;;{SUE})(A;;0x4;;;BU)")
    decision = access_check(restricted, descriptor, MAXIMUM)
    assert decision.granted_access == 0x4
    assert [step.granted_so_far for step in decision.steps] == [0, 0x3, 0x7, 0, 0, 0x4, 0x4]
