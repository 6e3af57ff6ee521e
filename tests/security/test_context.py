"""The security context: what a token says."""

from __future__ import annotations

import pytest

from tokenlab.security import GroupAttributes, PrivilegeState, SecurityContext, TokenGroup
from tokenlab.values import IntegrityLevel, Privilege, PrivilegeAttributes

USER = "S-1-5-21-7-7-7-1200"
ADMINISTRATORS = "S-1-5-32-544"


def test_a_plain_group_is_mandatory_and_enabled() -> None:
    (group,) = SecurityContext(USER, [ADMINISTRATORS]).groups
    assert group == (ADMINISTRATORS, 0x7) and group.enabled and not group.deny_only


def test_a_plain_privilege_is_enabled() -> None:
    (state,) = SecurityContext(USER, privileges=["SeDebugPrivilege"]).privileges
    assert state == PrivilegeState(Privilege("SeDebugPrivilege"), PrivilegeAttributes.ENABLED)


@pytest.mark.parametrize(
    ("bits", "name"),
    [
        (0x1, "MANDATORY"),
        (0x2, "ENABLED_BY_DEFAULT"),
        (0x4, "ENABLED"),
        (0x8, "OWNER"),
        (0x10, "USE_FOR_DENY_ONLY"),
        (0x20, "INTEGRITY"),
        (0x40, "INTEGRITY_ENABLED"),
        (0x20000000, "RESOURCE"),
        (0xC0000000, "LOGON_ID"),
    ],  # winnt.h, SE_GROUP_...
)
def test_a_group_attribute_has_windows_number(bits: int, name: str) -> None:
    assert GroupAttributes[name] == bits


@pytest.mark.parametrize(
    ("attributes", "enabled", "deny_only"),
    [(0x7, True, False), (0x4, True, False), (0x0, False, False), (0x10, False, True), (0x14, False, True)],
)
def test_a_group_counts_as_its_attributes_say(attributes: int, enabled: bool, deny_only: bool) -> None:
    group = TokenGroup(SecurityContext(ADMINISTRATORS).user, GroupAttributes(attributes))
    assert (group.enabled, group.deny_only) == (enabled, deny_only)
    assert (ADMINISTRATORS in SecurityContext(USER, [(ADMINISTRATORS, attributes)])) is enabled


@pytest.mark.parametrize("attributes", [0x0, 0x1, 0x80000000])
def test_a_privilege_that_is_not_enabled_does_not_count(attributes: int) -> None:
    context = SecurityContext(USER, privileges=[("SeDebugPrivilege", attributes)])
    assert not context.has_privilege("SeDebugPrivilege")
    assert context.with_privilege("SeDebugPrivilege").has_privilege("SeDebugPrivilege")
    assert len(context.with_privilege("SeDebugPrivilege").privileges) == 1


def test_the_user_is_held_unless_for_deny_only() -> None:
    assert USER in SecurityContext(USER)
    assert USER not in SecurityContext(USER, user_deny_only=True)


@pytest.mark.parametrize("level", ["high", 0x3000, "S-1-16-12288", IntegrityLevel.HIGH])
def test_the_level_may_be_given_in_any_form(level: str | int) -> None:
    assert SecurityContext(USER, integrity=level).integrity is not None
    assert SecurityContext(USER, integrity=level) == SecurityContext(USER, integrity=IntegrityLevel.HIGH)


def test_what_new_objects_get_is_the_user_if_nothing_else_is_said() -> None:
    context = SecurityContext(USER)
    assert (context.owner, context.primary_group) == (USER, USER)
    assert SecurityContext(USER, owner=ADMINISTRATORS).owner == ADMINISTRATORS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"user": "sue"}, "is not a SID"),
        ({"user": USER, "groups": ["Everyone"]}, "is not a SID"),
        ({"user": USER, "groups": ["S-1-16-8192"]}, "integrity="),
        ({"user": USER, "privileges": ["SeDebug"]}, "SeDebugPrivilege"),
        ({"user": USER, "integrity": "highest"}, "is not a"),
        ({"user": USER, "restricted_sids": ["BA"]}, "is not a SID"),
    ],
)
def test_what_is_no_part_of_a_token_is_refused(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        SecurityContext(**arguments)  # type: ignore[arg-type]


def test_it_is_a_frozen_value() -> None:
    one = SecurityContext(USER, [ADMINISTRATORS], ["SeDebugPrivilege"], "high")
    other = SecurityContext(USER, [(ADMINISTRATORS, 7)], [("SeDebugPrivilege", 2)], 0x3000)
    assert one == other and hash(one) == hash(other)
    with pytest.raises(AttributeError):
        one.user = ADMINISTRATORS  # type: ignore[assignment, misc]


def test_a_change_makes_another() -> None:
    one = SecurityContext(USER, [ADMINISTRATORS])
    other = one.with_group(ADMINISTRATORS, GroupAttributes.USE_FOR_DENY_ONLY)
    assert ADMINISTRATORS in one and ADMINISTRATORS not in other
    assert len(other.groups) == 1


def test_it_knows_names_that_came_with_it() -> None:
    context = SecurityContext(USER, names={USER: r"DESK\sue"})
    assert context.name_of(USER) == r"DESK\sue"
    assert context.name_of("S-1-5-18") == r"NT AUTHORITY\SYSTEM"
    assert context.name_of("S-1-5-21-1-2-3-4") == "S-1-5-21-1-2-3-4"


# --- what is kept, and what it is called ---------------------------------------------------------


def test_owner_and_primary_group_are_the_user_unless_they_are_given() -> None:
    plain = SecurityContext(USER)
    assert (plain.owner, plain.primary_group) == (USER, USER)
    given = SecurityContext(USER, owner=ADMINISTRATORS, primary_group="S-1-5-32-545")
    assert (given.owner, given.primary_group) == (ADMINISTRATORS, "S-1-5-32-545")


def test_a_disabled_group_counts_nowhere() -> None:
    context = SecurityContext(USER, [(ADMINISTRATORS, 0x0), ("S-1-5-32-545", 0x10)])
    assert context.enabled_sids == {USER} and context.deny_sids == {USER, "S-1-5-32-545"}


def test_an_owner_that_is_held_for_deny_only_is_no_owner_but_still_denies() -> None:
    context = SecurityContext(USER, [(ADMINISTRATORS, 0x10)])
    deny, allow, *_ = context.matching_as_owner
    assert deny == {USER, ADMINISTRATORS, "S-1-3-4"} and allow == {USER, "S-1-3-4"}


def test_a_privilege_can_be_added_enabled_or_not() -> None:
    context = SecurityContext(USER, privileges=["SeDebugPrivilege"])
    off = context.with_privilege("SeDebugPrivilege", enabled=False)
    assert [(state.privilege, int(state.attributes)) for state in off.privileges] == [("SeDebugPrivilege", 0)]
    (state,) = off.with_privilege("SeDebugPrivilege").privileges
    assert int(state.attributes) == 2 and state.enabled


def test_nobody_is_what_no_sid_is_called() -> None:
    context = SecurityContext(USER, names={USER: "sue"})
    assert context.name_of(USER) == "sue"
    assert context.name_of(ADMINISTRATORS) == "BUILTIN\\Administrators"
    assert context.name_of("") == "nobody"
