"""What a new object gets, beyond the rows of real Windows in tests/conformance."""

import pytest

from tokenlab.security import (
    Ace,
    AceType,
    Acl,
    ControlFlags,
    SecurityContext,
    SecurityDescriptor,
    new_object_descriptor,
    store_descriptor,
)
from tokenlab.values import OBJECT_TYPES

USER, GROUP = "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-513"
DEFAULT = Acl([Ace.allow(USER, 0x10000000)])
CREATOR = SecurityContext(USER, ["S-1-1-0"], primary_group=GROUP, default_dacl=DEFAULT)


def folder(dacl):
    return SecurityDescriptor.from_sddl(f"O:SYG:SYD:{dacl}")


def test_owner_and_group_come_from_the_token():
    new = new_object_descriptor(folder("(A;OI;FA;;;BA)"), CREATOR)
    assert (new.owner, new.group) == (USER, GROUP)


def test_an_administrators_files_can_belong_to_administrators():
    admin = SecurityContext(USER, [("S-1-5-32-544", 0xF)], owner="S-1-5-32-544")
    assert new_object_descriptor(None, admin).owner == "S-1-5-32-544"


def test_owner_and_group_given_win():
    explicit = SecurityDescriptor("S-1-5-18", "S-1-5-18")
    new = new_object_descriptor(folder(""), CREATOR, explicit)
    assert (new.owner, new.group) == ("S-1-5-18", "S-1-5-18")


def test_without_anything_to_inherit_the_default_dacl_of_the_token_counts():
    new = new_object_descriptor(folder("(A;;FA;;;BA)"), CREATOR)
    assert str(new.dacl) == f"(A;;FA;;;{USER})"


def test_an_explicit_dacl_replaces_what_would_be_inherited():
    explicit = SecurityDescriptor.from_sddl("D:(A;;GR;;;WD)")
    new = new_object_descriptor(folder("(A;OI;FA;;;BA)"), CREATOR, explicit)
    assert str(new.dacl) == "(A;;FR;;;WD)"


def test_a_dacl_that_is_only_a_default_yields_to_the_parent():
    explicit = SecurityDescriptor(dacl=Acl([Ace.allow("S-1-1-0", 0x1)]), control=ControlFlags.DACL_DEFAULTED)
    assert str(new_object_descriptor(folder("(A;OI;FA;;;BA)"), CREATOR, explicit).dacl) == "(A;;FA;;;BA)"
    assert str(new_object_descriptor(folder("(A;;FA;;;BA)"), CREATOR, explicit).dacl) == "(A;;CC;;;WD)"


def test_a_null_dacl_given_stays_null():
    new = new_object_descriptor(
        folder("(A;OI;FA;;;BA)"), CREATOR, SecurityDescriptor.from_sddl("D:NO_ACCESS_CONTROL")
    )
    assert new.dacl is None and new.dacl_present


def test_a_null_sacl_given_stays_null_and_present():
    """ReactOS, SeInheritance: an explicit SACL that is NULL is kept as such, and nothing is inherited."""
    parent = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;OICI;FA;;;SY)S:(AU;OICISAFA;FA;;;WD)")
    null = SecurityDescriptor.from_sddl("S:NO_ACCESS_CONTROL")
    new = new_object_descriptor(parent, CREATOR, null)
    assert new.sacl is None and new.control & ControlFlags.SACL_PRESENT
    assert SecurityDescriptor.from_bytes(new.to_bytes()) == new == store_descriptor(new)
    absent = new_object_descriptor(folder("(A;OICI;FA;;;SY)"), CREATOR)
    assert absent.sacl is None and not absent.control & ControlFlags.SACL_PRESENT


def test_a_label_that_only_waits_for_children_is_none_for_the_folder_itself():
    low = SecurityContext(USER, ["S-1-1-0"], integrity="low")
    waiting = SecurityDescriptor.from_sddl("D:(A;;FA;;;WD)S:(ML;OICIIO;NW;;;S-1-16-0)")
    made = new_object_descriptor(None, low, waiting, container=True)
    assert [str(ace) for ace in made.sacl] == ["(ML;OICIIO;NW;;;S-1-16-0)", "(ML;;NW;;;LW)"]


def test_creator_owner_and_creator_group_are_filled_in():
    new = new_object_descriptor(folder("(A;OI;GR;;;CO)(A;OI;GR;;;CG)"), CREATOR)
    assert str(new.dacl) == f"(A;;FR;;;{USER})(A;;FR;;;{GROUP})"


def test_generic_rights_become_those_of_the_type_and_wait_for_children_as_they_are():
    new = new_object_descriptor(
        folder("(A;CI;GR;;;BU)"), CREATOR, container=True, object_type=OBJECT_TYPES["key"]
    )
    assert str(new.dacl) == "(A;;KR;;;BU)(A;CIIO;GR;;;BU)"


def test_audit_lines_and_labels_are_inherited_too():
    parent = SecurityDescriptor.from_sddl("O:SYG:SYS:AI(AU;OISA;FA;;;WD)(ML;OICI;NW;;;LW)")
    new = new_object_descriptor(parent, CREATOR)
    assert new.sacl is not None and [str(ace) for ace in new.sacl] == ["(AU;IDSA;FA;;;WD)", "(ML;ID;NW;;;LW)"]
    assert new.level == 0x1000


@pytest.mark.parametrize("container", [True, False])
def test_grandchildren_get_nothing_through_no_propagate(container):
    child = new_object_descriptor(folder("(A;OICINP;FA;;;BU)"), CREATOR, container=True)
    assert str(child.dacl) == "(A;;FA;;;BU)"
    assert str(new_object_descriptor(child, CREATOR, container=container).dacl) == f"(A;;FA;;;{USER})"


def test_what_is_stored_has_mapped_rights_but_keeps_generic_ones_for_children():
    stored = store_descriptor(SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;GA;;;WD)(A;OICIIO;GA;;;CO)"))
    assert str(stored.dacl) == "(A;;FA;;;WD)(A;OICIIO;GA;;;CO)"


# --- control bits, one by one ------------------------------------------------------------------------

AI, REQ, P = "DACL_AUTO_INHERITED", "DACL_AUTO_INHERIT_REQ", "DACL_PROTECTED"


def bits(*names):
    return sum(int(ControlFlags[name]) for name in names)


def test_only_the_protection_of_an_explicit_descriptor_is_taken_over():
    """[MS-DTYP] 2.5.3.4.1"""
    every = ControlFlags(0x7FFF & ~bits("DACL_DEFAULTED"))
    explicit = SecurityDescriptor(USER, GROUP, Acl([Ace.allow(USER, 1)]), Acl([]), every)
    new = new_object_descriptor(folder(""), CREATOR, explicit)
    assert int(new.control) == bits("DACL_PRESENT", "SACL_PRESENT", "DACL_PROTECTED", "SACL_PROTECTED")


def test_a_protected_default_dacl_does_not_yield():
    explicit = SecurityDescriptor(
        dacl=Acl([Ace.allow("S-1-1-0", 0x1)]), control=bits("DACL_DEFAULTED", "DACL_PROTECTED")
    )
    new = new_object_descriptor(folder("(A;OI;FA;;;BA)"), CREATOR, explicit)
    assert str(new) == f"O:{USER}G:{GROUP}D:P(A;;CC;;;WD)"


@pytest.mark.parametrize(
    ("parent", "new"),
    [
        ("D:(A;OI;FA;;;BA)", "D:(A;;FA;;;BA)"),
        ("D:AI(A;OI;FA;;;BA)", "D:AI(A;ID;FA;;;BA)"),
        ("D:AI(A;;FA;;;BA)", f"D:(A;;FA;;;{USER})"),
        ("D:(A;OI;FA;;;BA)S:(AU;OISA;FA;;;WD)", "D:(A;;FA;;;BA)S:(AU;SA;FA;;;WD)"),
        ("D:(A;OI;FA;;;BA)S:AI(AU;OISA;FA;;;WD)", "D:(A;;FA;;;BA)S:AI(AU;IDSA;FA;;;WD)"),
        ("D:(A;OI;FA;;;BA)S:AI(AU;SA;FA;;;WD)", "D:(A;;FA;;;BA)"),
        ("D:(A;OI;FA;;;BA)S:(ML;OI;NW;;;HI)", "D:(A;;FA;;;BA)S:(ML;;NW;;;HI)"),
    ],
)
def test_what_is_inherited_is_marked_only_if_the_parent_inherits_automatically(parent, new):
    """[MS-DTYP] 2.5.3.4.2; Samba, smb2.acls INHERITFLAGS"""
    made = new_object_descriptor(folder(parent[2:]), CREATOR)
    assert made == SecurityDescriptor.from_sddl(f"O:{USER}G:{GROUP}{new}"), "text and control bits"


def test_an_explicit_sacl_is_not_added_to():
    explicit = SecurityDescriptor.from_sddl("S:(AU;FA;FA;;;WD)")
    new = new_object_descriptor(folder("S:AI(AU;OISA;FA;;;WD)"), CREATOR, explicit)
    assert str(new.sacl) == "(AU;FA;FA;;;WD)" and not new.control & ControlFlags.SACL_AUTO_INHERITED


def test_without_parent_explicit_or_default_there_is_no_dacl():
    new = new_object_descriptor(None, SecurityContext(USER))
    assert new.dacl is None and not new.dacl_present
    assert int(new.control) == 0


def test_a_folder_passes_one_line_on_where_one_is_enough():
    (line,) = new_object_descriptor(folder("(A;OICI;FA;;;BA)"), CREATOR, container=True).dacl
    assert str(line) == "(A;OICI;FA;;;BA)"
    new = new_object_descriptor(folder("(A;OICI;GA;;;CO)"), CREATOR, container=True)
    assert str(new.dacl) == f"(A;;FA;;;{USER})(A;OICIIO;GA;;;CO)"
    (line,) = new_object_descriptor(folder("(A;OI;FA;;;BA)"), CREATOR, container=True).dacl
    assert str(line) == "(A;OIIO;FA;;;BA)"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ((AI,), ()),
        ((AI, REQ), (AI,)),
        ((REQ,), ()),
        ((P,), (P,)),
        (("SACL_AUTO_INHERITED",), ()),
        (("SACL_AUTO_INHERITED", "SACL_AUTO_INHERIT_REQ"), ("SACL_AUTO_INHERITED",)),
        ((AI, "SACL_AUTO_INHERIT_REQ"), ()),
        (("OWNER_DEFAULTED", "DACL_DEFAULTED", AI), ("OWNER_DEFAULTED", "DACL_DEFAULTED")),
    ],
)
def test_automatic_inheritance_is_stored_only_if_it_was_asked_for(given, stored):
    """Samba, smb2.acls INHERITFLAGS"""
    assert int(store_descriptor(SecurityDescriptor(control=bits(*given))).control) == bits(*stored)


def test_the_policy_of_a_label_is_no_mask_of_rights():
    label = Ace(AceType.SYSTEM_MANDATORY_LABEL, 0x1, 0x80000001, "S-1-16-12288")
    new = new_object_descriptor(SecurityDescriptor(USER, GROUP, sacl=Acl([label])), CREATOR)
    assert [ace.mask for ace in new.sacl] == [0x80000001]
