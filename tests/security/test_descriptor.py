"""The security descriptor as a value."""

from __future__ import annotations

import pytest

from tokenlab.security import Ace, AceFlags, AceType, Acl, ControlFlags, MandatoryPolicy, SecurityDescriptor
from tokenlab.values import IntegrityLevel


def read(text: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(text)


@pytest.mark.parametrize(
    ("bit", "name"),
    [
        (0x0004, "DACL_PRESENT"),
        (0x0008, "DACL_DEFAULTED"),
        (0x0010, "SACL_PRESENT"),
        (0x0100, "DACL_AUTO_INHERIT_REQ"),
        (0x0400, "DACL_AUTO_INHERITED"),
        (0x1000, "DACL_PROTECTED"),
        (0x2000, "SACL_PROTECTED"),
        (0x8000, "SELF_RELATIVE"),
    ],  # [MS-DTYP] 2.4.6
)
def test_a_control_bit_has_windows_number(bit: int, name: str) -> None:
    assert ControlFlags(bit).name == name


def test_a_list_that_is_given_sets_its_bit() -> None:
    assert SecurityDescriptor(dacl=Acl(), sacl=Acl()).control == 0x14


def test_how_bytes_lie_is_no_part_of_the_value() -> None:
    assert SecurityDescriptor(control=0x8000) == SecurityDescriptor()


@pytest.mark.parametrize(
    ("sacl", "level", "policy"),
    [
        ("", IntegrityLevel.MEDIUM, 1),
        ("S:(AU;SA;FA;;;WD)", IntegrityLevel.MEDIUM, 1),
        ("S:(ML;;NWNR;;;HI)", IntegrityLevel.HIGH, 3),
        ("S:(AU;SA;FA;;;WD)(ML;;NX;;;LW)", IntegrityLevel.LOW, 4),
        ("S:(ML;OICIIO;NW;;;HI)", IntegrityLevel.MEDIUM, 1),
        ("S:(ML;OICIIO;NW;;;HI)(ML;;NR;;;SI)", IntegrityLevel.SYSTEM, 2),
        ("S:(ML;;NW;;;S-1-16-8448)", IntegrityLevel.MEDIUM_PLUS, 1),
    ],  # [MS-DTYP] 2.4.4.13
)
def test_the_label_is_the_first_that_is_meant_for_the_object(
    sacl: str, level: IntegrityLevel, policy: int
) -> None:
    assert read(f"O:BA{sacl}").label == (level, MandatoryPolicy(policy))


def test_it_is_a_frozen_value() -> None:
    one, other = read("O:BAG:SYD:(A;;FA;;;WD)"), read("O:S-1-5-32-544G:SYD:(A;;0x1f01ff;;;WD)")
    assert one == other and hash(one) == hash(other) and one.owner == "S-1-5-32-544"
    with pytest.raises(AttributeError):
        one.owner = "S-1-5-18"  # type: ignore[assignment, misc]


def test_a_change_makes_another() -> None:
    one = read("O:BAG:SYD:P(A;;FA;;;WD)")
    assert str(one.with_owner("S-1-5-18")) == "O:SYG:SYD:P(A;;FA;;;WD)"
    assert str(one.with_dacl(Acl([Ace.allow("S-1-5-18", 0x1)]))) == "O:BAG:SYD:P(A;;CC;;;SY)"
    assert str(one.with_dacl(None)) == "O:BAG:SYD:PNO_ACCESS_CONTROL"
    assert str(one) == "O:BAG:SYD:P(A;;FA;;;WD)"


@pytest.mark.parametrize("text", ["", "O:SY", "D:", "D:NO_ACCESS_CONTROL", "O:SYG:SYD:AI(A;ID;FA;;;SY)"])
def test_it_can_be_pasted_back(text: str) -> None:
    assert eval(repr(read(text)), {"SecurityDescriptor": SecurityDescriptor}) == read(text)


def label(sid: str, kind: AceType = AceType.SYSTEM_MANDATORY_LABEL) -> Ace:
    return Ace(kind, AceFlags(0), 1, sid)


@pytest.mark.parametrize(
    "no_label",
    [
        label("S-1-16-12288", AceType.SYSTEM_AUDIT),
        label("S-1-16-12288-1"),
        label("S-1-5-18"),
        label("S-1-5-32-544"),
    ],
)
def test_what_is_no_label_is_passed_over(no_label: Ace) -> None:
    """The SID of a label has the authority 16 and one subauthority ([MS-DTYP] 2.4.4.13)."""
    assert SecurityDescriptor(sacl=Acl([no_label])).label[0] == IntegrityLevel.MEDIUM
    high = SecurityDescriptor(sacl=Acl([no_label, label("S-1-16-12288")]))
    assert high.label[0] == IntegrityLevel.HIGH and high.level == 0x3000


def test_every_control_bit_but_the_one_for_bytes_is_kept() -> None:
    for place in range(15):
        assert int(SecurityDescriptor(control=1 << place).control) == 1 << place
