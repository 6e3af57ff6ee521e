"""ACEs and lists of them."""

from __future__ import annotations

from uuid import UUID

import pytest

from tokenlab.security import Ace, AceFlags, AceType, Acl, SecurityDescriptor
from tokenlab.security.descriptor.wire import encode_ace

GUID = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0x00, "ACCESS_ALLOWED"),
        (0x01, "ACCESS_DENIED"),
        (0x02, "SYSTEM_AUDIT"),
        (0x05, "ACCESS_ALLOWED_OBJECT"),
        (0x06, "ACCESS_DENIED_OBJECT"),
        (0x07, "SYSTEM_AUDIT_OBJECT"),
        (0x09, "ACCESS_ALLOWED_CALLBACK"),
        (0x0A, "ACCESS_DENIED_CALLBACK"),
        (0x0B, "ACCESS_ALLOWED_CALLBACK_OBJECT"),
        (0x0C, "ACCESS_DENIED_CALLBACK_OBJECT"),
        (0x0D, "SYSTEM_AUDIT_CALLBACK"),
        (0x0F, "SYSTEM_AUDIT_CALLBACK_OBJECT"),
        (0x11, "SYSTEM_MANDATORY_LABEL"),
        (0x12, "SYSTEM_RESOURCE_ATTRIBUTE"),
        (0x13, "SYSTEM_SCOPED_POLICY_ID"),
    ],  # [MS-DTYP] 2.4.4.1
)
def test_a_type_has_windows_number(number: int, name: str) -> None:
    assert AceType(number).name == name


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0x01, "OBJECT_INHERIT"),
        (0x02, "CONTAINER_INHERIT"),
        (0x04, "NO_PROPAGATE_INHERIT"),
        (0x08, "INHERIT_ONLY"),
        (0x10, "INHERITED"),
        (0x40, "SUCCESSFUL_ACCESS"),
        (0x80, "FAILED_ACCESS"),
    ],  # [MS-DTYP] 2.4.4.1
)
def test_a_flag_has_windows_number(number: int, name: str) -> None:
    assert AceFlags(number).name == name


def test_lines_that_allow_deny_or_do_neither() -> None:
    kinds = [Ace(kind, 0, 0x1, "S-1-1-0") for kind in AceType]
    assert [ace.type for ace in kinds if ace.is_allow] == [0x00, 0x05, 0x09, 0x0B]
    assert [ace.type for ace in kinds if ace.is_deny] == [0x01, 0x06, 0x0A, 0x0C]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((0, 0, -1, "S-1-1-0"), "expected 32 bits"),
        ((0, 0, 2**32, "S-1-1-0"), "expected 32 bits"),
        ((0, 256, 1, "S-1-1-0"), "expected 8 bits"),
        ((0, 0, 1, "S-1-1-0", GUID), "only object ACEs"),
        ((4, 0, 1, "S-1-1-0"), "4 is not a valid AceType"),
        ((0, 0, 1, "Everyone"), "is not a SID"),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts: tuple[object, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Ace(*parts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ace",
    [
        Ace.allow("S-1-1-0", 0x1),
        Ace.deny("S-1-5-21-1-2-3-1000", 0x1F01FF, AceFlags.CONTAINER_INHERIT),
        Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0"),
        Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0", GUID),
        Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0", None, GUID),
        Ace(AceType.ACCESS_DENIED_CALLBACK_OBJECT, 0, 0x1, "S-1-5-32-544", GUID, GUID, b"artx"),
    ],
)
def test_its_size_is_that_of_its_bytes(ace: Ace) -> None:
    assert ace.size == len(encode_ace(ace))


def test_a_line_is_a_frozen_value() -> None:
    ace = Ace.allow("S-1-1-0", 0x1)
    assert ace == Ace(0, 0, 1, "S-1-1-0") and hash(ace) == hash(Ace(0, 0, 1, "S-1-1-0"))
    with pytest.raises(AttributeError):
        ace.mask = 0x2  # type: ignore[misc]
    assert ace.with_flags(AceFlags.INHERITED).inherited and not ace.inherited


def test_a_list_chooses_the_revision_that_its_lines_need() -> None:
    assert Acl([Ace.allow("S-1-1-0", 0x1)]).revision == 2
    assert Acl([Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0", GUID)]).revision == 4


def test_a_list_is_a_frozen_value_in_its_order() -> None:
    allow, deny = Ace.allow("S-1-1-0", 0x1), Ace.deny("S-1-1-0", 0x1)
    assert Acl([allow, deny]) == Acl((allow, deny)) != Acl([deny, allow])
    assert hash(Acl([allow])) == hash(Acl([allow]))
    assert [*Acl([allow]) + [deny]] == [allow, deny]
    assert str(Acl([allow, deny])) == "(A;;CC;;;WD)(D;;CC;;;WD)"
    with pytest.raises(AttributeError):
        Acl().revision = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    ("dacl", "canonical"),
    [
        ("", True),
        ("(D;;CC;;;WD)(A;;CC;;;WD)", True),
        ("(A;;CC;;;WD)(D;;CC;;;WD)", False),
        ("(A;;CC;;;WD)(D;ID;CC;;;WD)(A;ID;CC;;;WD)", True),
        ("(A;ID;CC;;;WD)(A;;CC;;;WD)", False),
        ("(A;;CC;;;WD)(D;OICIID;CC;;;WD)", True),
    ],  # "Order of ACEs in a DACL", Microsoft Learn
)
def test_the_canonical_order_is_explicit_first_and_deny_first(dacl: str, canonical: bool) -> None:
    acl = SecurityDescriptor.from_sddl(f"D:{dacl}").dacl
    assert acl is not None and acl.is_canonical is canonical


def test_explicit_and_inherited_lines_each_have_their_place_in_the_canonical_order() -> None:
    deny, allow = Ace.deny("S-1-1-0", 1), Ace.allow("S-1-1-0", 1)
    from_above = Ace.deny("S-1-1-0", 1, AceFlags.INHERITED)
    assert Acl([deny, allow, from_above]).is_canonical
    for one, other in ((allow, deny), (from_above, deny), (from_above, allow)):
        assert not Acl([one, other]).is_canonical
    inherited = [from_above, Ace.allow("S-1-1-0", 1, AceFlags.INHERITED), from_above]
    assert Acl([allow, *inherited]).is_canonical, "an inherited line stays where its parent had it"


def test_a_list_can_be_pasted_back() -> None:
    lines = Acl([Ace.deny("S-1-1-0", 1), Ace.allow("S-1-1-0", 1)])
    assert repr(lines) == f"Acl([{lines[0]!r}, {lines[1]!r}])"
    assert eval(repr(lines)) == lines


def test_a_line_can_be_pasted_back_with_and_without_flags() -> None:
    plain = Ace.allow("S-1-1-0", 0x1)
    assert repr(plain) == "Ace(AceType.ACCESS_ALLOWED, 0, 0x1, 'S-1-1-0')"
    flagged = plain.with_flags(0x13)
    names = "AceFlags.OBJECT_INHERIT | AceFlags.CONTAINER_INHERIT | AceFlags.INHERITED"
    assert repr(flagged) == f"Ace(AceType.ACCESS_ALLOWED, {names}, 0x1, 'S-1-1-0')"
    assert eval(repr(plain)) == plain and eval(repr(flagged)) == flagged


@pytest.mark.parametrize("policy", ["", "NW", "NR", "NWNR", "NX", "NWNX", "NRNX", "NWNRNX"])
def test_every_policy_of_a_label_has_its_letters(policy: str) -> None:
    """[MS-DTYP] 2.5.1.1"""
    assert str(SecurityDescriptor.from_sddl(f"S:(ML;;{policy};;;HI)")) == f"S:(ML;;{policy};;;HI)"


@pytest.mark.parametrize("mask", [0x8, 0x9, 0xF, 0x100000])
def test_a_policy_that_letters_do_not_cover_is_written_as_rights_are(mask: int) -> None:
    label = Ace(AceType.SYSTEM_MANDATORY_LABEL, 0, mask, "S-1-16-12288")
    sacl = SecurityDescriptor.from_sddl(f"S:{label}").sacl
    assert sacl is not None and sacl[0].mask == mask


@pytest.mark.parametrize("guids", [(GUID, None), (None, GUID), (GUID, GUID)])
def test_only_object_lines_carry_guids(guids: tuple[UUID | None, UUID | None]) -> None:
    """[MS-DTYP] 2.4.4.3"""
    with pytest.raises(ValueError, match="carries no GUID"):
        Ace(AceType.ACCESS_ALLOWED, 0, 0x1, "S-1-1-0", *guids)
    line = Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0", *guids)
    assert (line.object_type, line.inherited_object_type) == guids
