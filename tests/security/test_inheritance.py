"""What a new object gets, beyond the rows of real Windows in tests/conformance."""

import pytest

from tokenlab.security import (
    Ace,
    Acl,
    ControlFlags,
    SecurityContext,
    SecurityDescriptor,
    as_stored,
    new_object_descriptor,
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
    stored = as_stored(SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;GA;;;WD)(A;OICIIO;GA;;;CO)"))
    assert str(stored.dacl) == "(A;;FA;;;WD)(A;OICIIO;GA;;;CO)"
