"""The access check, fact by fact: every row is something that Windows does, with its source."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.security.cases import contract, integrity, lines, owners, privileges
from tests.security.cases.row import MAXIMUM, SUE, Row, sue
from tokenlab.security import (
    AccessDecision,
    Ace,
    AceFlags,
    AceType,
    Acl,
    Rule,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
)
from tokenlab.security.check.central_policy import Policies
from tokenlab.security.condition.claims import ClaimFlags, ClaimType, ResourceAttribute
from tokenlab.security.context import AppContainer, Claims
from tokenlab.values import FILE, KEY, FileRights, Sid

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


# --- what is recorded, and what is not -----------------------------------------------------------

LENDING = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;0x41;;;WD)")  # LIST_DIRECTORY, DELETE_CHILD
NO_POLICIES: Policies = {}


def rules(decision: AccessDecision) -> list[str]:
    """The rules of the steps between question and verdict."""
    return [step.rule.name for step in decision.steps if step.rule is not None]


def check(sddl: str, desired: int, context: SecurityContext = sue) -> AccessDecision:
    return access_check(context, SecurityDescriptor.from_sddl(sddl), desired)


def test_with_the_maximum_the_folder_adds_what_it_lends() -> None:
    decision = access_check(sue, OPEN, MAXIMUM, parent=LENDING)
    assert decision.granted_access == 0x120089 | 0x10000


def test_a_folder_lends_no_right_that_was_not_asked_for() -> None:
    file = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;FX;;;BA)")
    assert access_check(sue, file, FileRights.READ_ATTRIBUTES, parent=LENDING).granted_access == 0x80
    assert access_check(sue, file, FileRights.DELETE, parent=LENDING).granted_access == 0x10000


def test_a_deny_line_of_the_file_does_not_take_back_what_the_folder_lends() -> None:
    """DELETE_CHILD deletes whatever the file says: File Access Rights Constants, Microsoft Learn."""
    file = SecurityDescriptor.from_sddl("O:BAG:SYD:(D;;SD;;;WD)(A;;FR;;;WD)")
    assert not access_check(sue, file, 0x10001)
    assert access_check(sue, file, 0x10001, parent=LENDING).granted_access == 0x10001


def test_what_the_folder_lends_is_not_asked_of_the_files_label() -> None:
    """Simplified: the second check is told what is granted already; no source says more."""
    low = SecurityContext(SUE, ["S-1-1-0"], integrity="low")
    folder = SecurityDescriptor.from_sddl(f"{LENDING}S:(ML;;NW;;;LW)")
    assert access_check(low, OPEN, 0x10000, parent=folder).granted_access == 0x10000
    assert not access_check(low, OPEN, 0x10002, parent=folder)


def test_a_refusal_stays_one_where_the_domain_has_no_policy_for_the_object() -> None:
    closed = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;FR;;;BA)")
    assert not access_check(sue, closed, 0x1, policies=NO_POLICIES)
    missing = access_check(sue, OPEN, 0x01000000, policies=NO_POLICIES)
    assert int(missing.win32_error) == 1314


def test_a_label_that_keeps_nothing_back_is_no_step() -> None:
    low = SecurityContext(SUE, ["S-1-1-0"], integrity="low")
    assert rules(check("O:BAG:SYD:(A;;FA;;;WD)", 0x1, low)) == ["ACE_ALLOWS"]
    assert rules(check("O:BAG:SYD:(A;;FA;;;WD)", 0x2, low)) == ["INTEGRITY"]


def test_a_privilege_is_named_in_the_reason_it_gives() -> None:
    able = SecurityContext(SUE, [], ["SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeRelabelPrivilege"])
    decision = check("O:BAG:SYD:(A;;FR;;;WD)", 0x01080000, able)
    assert str(decision.reasons[0x01000000]) == "granted by SeSecurityPrivilege"
    assert str(decision.reasons[0x80000]) == "granted by SeTakeOwnershipPrivilege"
    assert [step.condition for step in decision.steps] == [None] * 4
    assert rules(decision) == ["PRIVILEGE", "PRIVILEGE"], "one privilege is enough, and no line is read"
    assert str(check("O:BAG:SYD:", 0x01000000).reasons[0x01000000]) == (
        "not granted: SeSecurityPrivilege is missing or disabled"
    )


def test_ownership_is_a_step_only_where_it_gives_something() -> None:
    owner = SecurityContext(SUE, [])
    assert rules(check(f"O:{SUE}G:SYD:(A;;FR;;;{SUE})", 0x1, owner)) == ["ACE_ALLOWS"]
    assert rules(check(f"O:{SUE}G:SYD:(A;;FR;;;{SUE})", 0x20000, owner)) == ["OWNERSHIP", "ACE_ALLOWS"]


def test_lines_for_self_count_for_the_principal_alone() -> None:
    """[MS-DTYP] 2.5.3.2"""
    descriptor = SecurityDescriptor.from_sddl("O:BAG:SYD:(D;;0x1;;;PS)(A;;FR;;;WD)")
    assert access_check(sue, descriptor, 0x1)
    assert access_check(sue, descriptor, 0x1, principal_self="S-1-5-21-9-9-9-9")
    assert not access_check(sue, descriptor, 0x1, principal_self=SUE)


def test_to_be_the_principal_for_deny_only_lets_self_only_deny() -> None:
    """[MS-DTYP] 2.5.3.2"""
    denied_only = SecurityContext(SUE, ["S-1-1-0"], user_deny_only=True)
    for dacl, granted in (
        ("(A;;FR;;;PS)", False),
        ("(D;;FR;;;PS)(A;;FR;;;WD)", False),
        ("(A;;FR;;;WD)", True),
    ):
        descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SYD:{dacl}")
        assert bool(access_check(denied_only, descriptor, 0x1, principal_self=SUE)) is granted


@pytest.mark.parametrize("others", [0, 3, 9])
def test_a_group_for_deny_only_denies_in_a_dacl_of_any_length(others: int) -> None:
    """Long DACLs are read by SID."""
    context = SecurityContext(SUE, ["S-1-1-0", ("S-1-5-32-544", 0x10)])
    strangers = "".join(f"(A;;FR;;;S-1-5-21-9-9-9-{number})" for number in range(others))
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:{strangers}(D;;0x1;;;BA)(A;;FR;;;WD)")
    assert granted_access(context, descriptor, 0x1) == 0
    decision = access_check(context, descriptor, 0x1)
    assert rules(decision) == ["ACE_PASSED_BY"] * others + ["ACE_DENIES"]
    assert granted_access(context, descriptor, 0x8) == 0x8
    owned = descriptor.with_owner(SUE)
    assert granted_access(context, owned, 0x1) == 0 and granted_access(context, owned, 0x40000) == 0x40000


@pytest.mark.parametrize("others", [0, 9])
def test_a_disabled_group_neither_allows_nor_denies(others: int) -> None:
    context = SecurityContext(SUE, ["S-1-1-0", ("S-1-5-32-544", 0x0)])
    strangers = "".join(f"(A;;FR;;;S-1-5-21-9-9-9-{number})" for number in range(others))
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:{strangers}(D;;0x1;;;BA)(A;;0x4;;;BA)(A;;0x1;;;WD)")
    assert granted_access(context, descriptor, 0x1) == 0x1 and granted_access(context, descriptor, 0x4) == 0


def test_a_line_for_audit_in_a_dacl_takes_no_part() -> None:
    audit = Ace(AceType.SYSTEM_AUDIT, AceFlags(0), 0x1F01FF, "S-1-1-0")
    assert not access_check(sue, OPEN.with_dacl(Acl([audit])), 0x1)


def test_an_ace_that_was_passed_by_decided_nothing() -> None:
    passed_by = [step for row in ROWS for step in decide(row).steps if step.rule is Rule.ACE_PASSED_BY]
    assert passed_by and {step.rights for step in passed_by} == {0}


def test_a_step_that_is_about_no_line_has_no_place_and_no_ace() -> None:
    for row in ROWS:
        for step in decide(row).steps:
            about_a_line = step.rule is not None and step.rule.name.startswith("ACE_")
            assert (step.place is not None) is about_a_line
            assert (step.ace is not None) is about_a_line
            if not 2 <= step.number < len(decide(row).steps):
                assert (step.rule, step.rights, step.condition) == (None, 0, None)


@pytest.mark.parametrize(
    ("lines", "desired", "last", "rights"),
    [
        ("(D;;0x1;;;WD)(A;;0x4;;;WD)", 0x3, "NOTHING_GRANTS", 0x2),  # the line denies only its own
        ("(D;;0x3;;;WD)", 0x3, "ACE_DENIES", 0x3),  # and here everything
        ("(A;;0x1;;;WD)", 0x7, "NOTHING_GRANTS", 0x6),
        ("(A;;0x1;;;BA)", MAXIMUM, "NOTHING_GRANTS", 0x1F01FF),
        ("(D;;0x1;;;WD)", MAXIMUM, "NOTHING_GRANTS", 0x1F01FE),
        ("(A;;0x1;;;BA)", MAXIMUM | 0x2, "NOTHING_GRANTS", 0x2),
        ("", 0x3, "EMPTY_DACL", 0x3),
        ("(A;;0x1;;;WD)", 0x0, "NOTHING_GRANTS", 0x0),  # asking for nothing
        ("(A;;0x3;;;WD)(A;;0x1;;;WD)", 0x3, "ACE_ALLOWS", 0x3),  # the second line is not read
        ("(D;;0x3;;;WD)(A;;0x1;;;WD)", 0x3, "ACE_DENIES", 0x3),
    ],
)
def test_the_last_finding_is(lines: str, desired: int, last: str, rights: int) -> None:
    decision = check(f"O:SYG:SYD:{lines}", desired)
    assert rules(decision)[-1] == last
    assert decision.steps[-2].rights == rights


def test_what_the_second_pass_does_not_grant_again_is_granted_by_nothing() -> None:
    restricted = SecurityContext(SUE, [], restricted_sids=["S-1-5-32-545"])
    decision = check(f"O:SYG:SYD:(A;;0x1;;;{SUE})", 0x1, restricted)
    assert rules(decision) == ["ACE_ALLOWS", "SECOND_PASS", "ACE_PASSED_BY", "NOTHING_GRANTS"]
    assert decision.steps[-2].rights == 0x1


def test_a_refusal_ends_with_nothing_granted() -> None:
    decision = check("O:SYG:SYD:(A;;0x1;;;WD)", 0x3)
    assert [step.granted_so_far for step in decision.steps] == [0, 0x1, 0x1, 0]


def test_owner_rights_count_in_the_second_pass_if_the_owner_is_a_restricting_sid() -> None:
    """Forshaw, ch. 7: in the second pass only the restricting SIDs count."""
    text = f"O:{SUE}G:SYD:(A;;0x1;;;OW)"
    assert check(text, 0x1, SecurityContext(SUE, [], restricted_sids=[SUE]))
    assert not check(text, 0x1, SecurityContext(SUE, [], restricted_sids=["S-1-1-0"]))
    stranger = f"O:BAG:SYD:(A;;0x1;;;{SUE})(A;;0x1;;;OW)"
    assert not check(stranger, 0x1, SecurityContext(SUE, [], restricted_sids=["S-1-1-0"]))


def test_a_line_for_deny_only_claims_counts_where_it_denies() -> None:
    """[MS-DTYP] 2.4.10.1"""
    claims = Claims(user=(ResourceAttribute("a", ClaimType.INT64, (1,), ClaimFlags.USE_FOR_DENY_ONLY),))
    context = SecurityContext(SUE, ["S-1-1-0"], claims=claims)
    assert not check("O:SYG:SYD:(XA;;0x1;;;WD;(@User.a == 1))", 0x1, context)
    allowed = check("O:SYG:SYD:(XD;;0x1;;;WD;(@User.a == 2))(A;;0x1;;;WD)", 0x1, context)
    assert allowed and allowed.reasons[0x1].privilege is None
    unknown = check("O:SYG:SYD:(XD;;0x1;;;WD;(@User.b == 2))(A;;0x1;;;WD)", 0x1, context)
    assert not unknown


def test_the_reason_of_a_conditional_line_is_the_line() -> None:
    decision = check("O:SYG:SYD:(XA;;0x1;;;WD;(Member_of {SID(WD)}))", 0x1)
    assert decision.reasons[0x1].privilege is None and decision.reasons[0x1].place == 0
    assert [step.condition and step.condition.word for step in decision.steps] == [None, "true", None]


def test_in_the_second_pass_of_a_maximum_a_deny_settles_only_its_own_rights() -> None:
    """[MS-DTYP] 2.5.3.2; Samba, smb2.acls MXAC-NOT-GRANTED"""
    restricted = SecurityContext(SUE, [], restricted_sids=["S-1-5-12"])
    text = f"O:SYG:SYD:(A;;0x3;;;{SUE})(D;;0x1;;;RC)(A;;0x3;;;RC)"
    assert check(text, MAXIMUM, restricted).granted_access == 0x2
    app = SecurityContext(SUE, [], app=AppContainer(Sid("S-1-15-2-1-2-3-4-5-6-7")))
    text = f"O:SYG:SYD:(A;;0x3;;;{SUE})(D;;0x1;;;S-1-15-2-1-2-3-4-5-6-7)(A;;0x3;;;AC)"
    assert check(text, MAXIMUM, app).granted_access == 0x2


def test_owner_rights_count_beside_the_other_restricting_sids() -> None:
    """Forshaw, ch. 7"""
    restricted = SecurityContext(SUE, ["S-1-1-0"], restricted_sids=[SUE, "S-1-1-0"])
    assert check(f"O:{SUE}G:SYD:(A;;0x1;;;OW)(A;;0x2;;;WD)", 0x3, restricted)


def test_a_premapped_question_is_answered_and_a_generic_bit_is_told() -> None:
    """AccessCheck (Wine, test_AccessCheck): only a generic bit that is left is an error."""
    assert access_check(sue, OPEN, 0x1, premapped=True).granted_access == 0x1
    wrong = access_check(sue, OPEN, 0x80000000, premapped=True)
    assert (wrong.context, wrong.object_type, int(wrong.win32_error)) == (sue, FILE, 1360)
    assert "GENERIC_READ" in str(wrong)


def test_self_is_asked_beside_what_the_folder_lends() -> None:
    file = SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;0x1;;;PS)")
    decision = access_check(sue, file, 0x10001, principal_self=SUE, parent=LENDING)
    assert decision.granted_access == 0x10001


def test_owner_rights_count_for_an_app_whose_package_is_the_owner() -> None:
    """Forshaw, ch. 7: the pass for the package knows the package's SIDs alone."""
    app = SecurityContext(SUE, ["S-1-1-0"], app=AppContainer(Sid("S-1-15-2-1-2-3-4-5-6-7")))
    for owner, granted in (("S-1-15-2-1-2-3-4-5-6-7", True), ("SY", False)):
        assert bool(check(f"O:{owner}G:SYD:(A;;0x1;;;WD)(A;;0x1;;;OW)", 0x1, app)) is granted


def test_a_privilege_gives_nothing_that_was_not_asked_for() -> None:
    """[MS-DTYP] 2.5.3.2"""
    able = SecurityContext(SUE, [], ["SeSecurityPrivilege", "SeTakeOwnershipPrivilege"])
    assert check("O:SYG:SYD:", 0x01000000, able).granted_access == 0x01000000
    assert check("O:SYG:SYD:", 0x80000, able).granted_access == 0x80000


def test_what_the_folder_lends_stays_beside_what_a_privilege_gives() -> None:
    able = SecurityContext(SUE, ["S-1-1-0"], ["SeTakeOwnershipPrivilege"])
    file = SecurityDescriptor.from_sddl("O:BAG:SYD:")
    assert access_check(able, file, 0x90000, parent=LENDING).granted_access == 0x90000
