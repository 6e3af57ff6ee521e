"""What an access check answers, beyond the rows of facts: reasons, steps, sentences, the folder above."""

import dataclasses

import pytest

from tests.security.cases.restricted import CASES, EVERYONE, USER
from tests.support import ROOT
from tokenlab.security import (
    Ace,
    Acl,
    NtStatus,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
)
from tokenlab.values import FILE, MAXIMUM_ALLOWED, OBJECT_TYPES, FileRights

ANYBODY = SecurityContext(USER, [EVERYONE])


def file(dacl, owner="SY"):
    return SecurityDescriptor.from_sddl(f"O:{owner}G:SYD:{dacl}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_restricted_token_is_asked_twice(case):
    descriptor = SecurityDescriptor.from_sddl(case.sddl)
    context = SecurityContext(**case.token)
    decision = access_check(context, descriptor, case.desired, OBJECT_TYPES[case.kind], **dict(case.more))
    assert decision.granted is case.granted
    assert {right: int(decision.reasons[right].code) for right in case.reasons} == case.reasons
    assert decision.granted_access == (case.desired if case.granted else 0)


def test_a_refusal_is_an_answer_that_is_false():
    decision = access_check(ANYBODY, file("(A;;FR;;;WD)"), FileRights.WRITE_DATA)
    assert not decision and decision.status is NtStatus.ACCESS_DENIED and decision.win32_error == 5


def test_generic_bits_left_over_are_the_callers_mistake():
    decision = access_check(ANYBODY, file("(A;;FA;;;WD)"), 0x80000000, premapped=True)
    assert decision.status is NtStatus.GENERIC_NOT_MAPPED and decision.win32_error == 1360


@pytest.mark.parametrize("sddl", ["D:(A;;FA;;;WD)", "O:SYD:(A;;FA;;;WD)", "G:SYD:(A;;FA;;;WD)"])
def test_without_owner_and_group_it_is_no_descriptor(sddl):
    decision = access_check(ANYBODY, SecurityDescriptor.from_sddl(sddl), 0x1)
    assert decision.status is NtStatus.INVALID_SECURITY_DESCR and decision.win32_error == 1338


def test_a_deny_ends_the_check_and_says_which_line():
    decision = access_check(ANYBODY, file("(D;;0x1;;;WD)(A;;FA;;;WD)"), 0x3)
    assert str(decision.reasons[0x1]) == "denied by ACE 1 (D;;CC;;;WD)"
    assert str(decision.reasons[0x2]) == "not granted"
    assert len([step for step in decision.steps if step.ace]) == 1


def test_maximum_allowed_lets_a_deny_settle_only_its_own_rights():
    decision = access_check(ANYBODY, file("(D;;0x1;;;WD)(A;;0x7;;;WD)"), MAXIMUM_ALLOWED)
    assert decision.granted_access == 0x6


def test_maximum_allowed_stays_below_the_label():
    low = SecurityContext(USER, [EVERYONE], integrity="low")
    decision = access_check(low, file("(A;;FA;;;WD)"), MAXIMUM_ALLOWED)
    assert decision.granted_access == 0x1200A9
    assert decision.reasons[0x2].code == 1803


def test_a_restricted_owner_has_his_rights_if_he_is_among_the_restricting_sids():
    himself = SecurityContext(USER, [EVERYONE], restricted_sids=[USER])
    assert access_check(himself, file("", USER), 0x40000)


def test_the_folder_lends_what_the_file_refuses():
    folder = file("(A;;0x41;;;WD)")  # LIST_DIRECTORY and DELETE_CHILD
    decision = access_check(ANYBODY, file("(A;;0x1;;;WD)"), 0x10081, parent=folder)
    assert decision.granted_access == 0x10081
    assert [int(decision.reasons[right].code) for right in (0x1, 0x80, 0x10000)] == [1801, 1811, 1811]
    assert not access_check(ANYBODY, file("(A;;0x1;;;WD)"), 0x10001, parent=file("(A;;0x1;;;WD)"))


def test_the_folder_is_not_asked_if_the_file_grants():
    decision = access_check(ANYBODY, file("(A;;FA;;;WD)"), 0x80, parent=file("(A;;FA;;;WD)"))
    assert decision.reasons[0x80].code == 1801


@pytest.mark.parametrize("desired", [0x1, 0x3, 0x120089, 0x80000000, MAXIMUM_ALLOWED, FileRights.READ])
@pytest.mark.parametrize("dacl", ["", "(A;;FA;;;WD)", "(A;;FR;;;WD)", "(D;;FR;;;WD)(A;;FA;;;WD)"])
def test_the_verdict_is_the_decision_unexplained(desired, dacl):
    descriptor = file(dacl)
    assert (
        granted_access(ANYBODY, descriptor, desired)
        == access_check(ANYBODY, descriptor, desired).granted_access
    )


def test_the_same_list_is_prepared_for_each_type_of_object():
    descriptor = file("(A;;GR;;;WD)")
    assert granted_access(ANYBODY, descriptor, 0x120089, FILE) == 0x120089
    assert granted_access(ANYBODY, descriptor, 0x20019, OBJECT_TYPES["key"]) == 0x20019
    assert granted_access(ANYBODY, descriptor, 0x120089, FILE) == 0x120089


def test_steps_are_numbered_and_end_with_the_verdict():
    decision = access_check(ANYBODY, file("(A;;0x1;;;BU)(A;;0x1;;;WD)"), 0x1)
    assert [step.number for step in decision.steps] == [1, 2, 3, 4]
    assert "Asked for READ_DATA" in str(decision.steps[0])
    assert decision.steps[-1].text == "Granted: 0x1."
    assert [step.granted_so_far for step in decision.steps] == [0, 0, 0x1, 0x1]
    assert decision.steps[1:3] == [decision.steps[1], decision.steps[2]]


def test_the_sentences_call_accounts_by_their_names():
    named = dataclasses.replace(ANYBODY, names={USER: r"ASTRO\cosmo"})
    decision = access_check(named, file(f"(A;;FA;;;{USER})"), 0x1)
    assert r"ASTRO\cosmo matches" in str(decision)


def test_the_second_pass_says_so_and_takes_back_what_it_asks_again():
    restricted = SecurityContext(USER, [EVERYONE, "S-1-5-32-545"], restricted_sids=[EVERYONE])
    decision = access_check(restricted, file("(A;;0x3;;;BU)(A;;0x1;;;WD)"), 0x3)
    text = str(decision)
    assert "second pass" in text and "not among the restricting SIDs" in text
    assert not decision and int(decision.reasons[0x2].code) == 1805


def test_an_ace_without_sddl_can_still_be_told():
    odd = Ace(0x0C, 0, 0x1, EVERYONE)
    descriptor = SecurityDescriptor("S-1-5-18", "S-1-5-18", Acl([odd]))
    assert "ACCESS_DENIED_CALLBACK_OBJECT" in str(access_check(ANYBODY, descriptor, 0x1))
    assert "from_bytes" in repr(descriptor)


def test_the_page_numbers_its_steps_and_names_its_sources():
    page = (ROOT / "tokenlab/security/check/access_check.py").read_text(encoding="utf-8")
    for number in range(1, 9):
        assert f"    # {number}. " in page or f'"""{number}. ' in page
    assert page.count("[MS-DTYP]") >= 6


@pytest.mark.parametrize(
    "question",
    [
        ("S-1-5-18", file(""), 0x1),
        (ANYBODY, "O:SYG:SYD:", 0x1),
        (ANYBODY, file(""), 0x1, "file"),
    ],
)
def test_what_is_no_question_is_refused_with_an_example(question):
    with pytest.raises(TypeError, match="for example"):
        access_check(*question)


@pytest.mark.parametrize("mask", [-1, 0x100000000])
def test_a_mask_has_32_bits(mask):
    with pytest.raises(ValueError, match="0x120089"):
        access_check(ANYBODY, file(""), mask)


def test_the_rights_in_question_are_those_named_and_with_the_maximum_all_of_the_type():
    plain = access_check(ANYBODY, file("(A;;FR;;;WD)"), 0x1)
    assert list(plain.reasons) == [0x1]
    maximum = access_check(ANYBODY, file("(A;;FR;;;WD)"), MAXIMUM_ALLOWED | 0x01000000)
    assert maximum.rights_in_question == 0x1F01FF | 0x01000000
    assert MAXIMUM_ALLOWED not in maximum.reasons and 0x01000000 in maximum.reasons


def test_the_reasons_are_found_once():
    decision = access_check(ANYBODY, file("(A;;FR;;;WD)"), 0x1)
    assert decision.reasons is decision.reasons


def test_steps_print_as_the_decision_does():
    decision = access_check(ANYBODY, file("(A;;FR;;;WD)"), 0x1)
    assert repr(decision.steps) == str(decision) == "\n".join(map(str, decision.steps))
    assert repr(decision.steps[0]) == f"<Step {decision.steps[0]}>"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ((None, file(""), 1, FILE), r"None is no SecurityContext: .* SecurityContext\('S-1-5-18'\)$"),
        (
            (ANYBODY, None, 1, FILE),
            r"no SecurityDescriptor: .* SecurityDescriptor\.from_sddl\('O:SYG:SYD:'\)$",
        ),
        ((ANYBODY, file(""), 1, "file"), r"'file' is no ObjectType: .* OBJECT_TYPES\['file'\]$"),
    ],
)
def test_what_is_no_question_is_told_with_an_example(question, words):
    with pytest.raises(TypeError, match=words):
        access_check(*question)


def test_every_mask_of_32_bits_is_a_question():
    assert not access_check(ANYBODY, file(""), 0xFFFFFFFF)


def test_a_status_is_told_by_its_names():
    """[MS-ERREF] 2.2 and 2.3.1"""
    assert [str(one) for one in NtStatus] == [
        "STATUS_SUCCESS",
        "STATUS_ACCESS_DENIED",
        "STATUS_PRIVILEGE_NOT_HELD",
        "STATUS_INVALID_SECURITY_DESCR",
        "STATUS_GENERIC_NOT_MAPPED",
    ]
    assert [str(one.win32_error) for one in NtStatus][:2] == ["ERROR_SUCCESS", "ERROR_ACCESS_DENIED"]
    assert [int(one.win32_error) for one in NtStatus] == [0, 5, 1314, 1338, 1360]
