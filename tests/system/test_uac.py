"""The filter of UAC: what an administrator's everyday token has lost."""

import pytest

from support import shared_file
from tokenlab.real.whoami import from_whoami
from tokenlab.security import SecurityContext, SecurityDescriptor
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.uac import filtered, is_powerful_group, needs_filter
from tokenlab.values import IntegrityLevel, Sid

USER = "S-1-5-21-1-2-3-1001"
ADMINISTRATORS, USERS = "S-1-5-32-544", "S-1-5-32-545"
POLICY = LocalPolicy.of_a_client()
ADMINISTRATOR = SecurityContext(
    USER,
    ["S-1-1-0", "S-1-5-114", (ADMINISTRATORS, 0xF), USERS, "S-1-5-4", "S-1-5-113"],
    [(name, 0) for name in POLICY.privileges_of([ADMINISTRATORS, USERS])],
    IntegrityLevel.HIGH,
    owner=ADMINISTRATORS,
    default_dacl=SecurityDescriptor.from_sddl("D:(A;;GA;;;BA)(A;;GA;;;SY)").dacl,
)


@pytest.mark.parametrize(
    ("sid", "powerful"),
    [
        # the RIDs in "New Technologies for Windows Vista" (UAC); whoami of a filtered administrator
        ("S-1-5-32-544", True),
        ("S-1-5-32-547", True),
        ("S-1-5-32-548", True),
        ("S-1-5-32-549", True),
        ("S-1-5-32-550", True),
        ("S-1-5-32-551", True),
        ("S-1-5-32-554", True),
        ("S-1-5-32-556", True),
        ("S-1-5-32-569", True),
        ("S-1-5-21-1-2-3-512", True),
        ("S-1-5-21-1-2-3-518", True),
        ("S-1-5-21-1-2-3-519", True),
        ("S-1-5-21-1-2-3-520", True),
        ("S-1-5-114", True),
        ("S-1-5-32-545", False),
        ("S-1-5-32-555", False),
        ("S-1-5-32-559", False),
        ("S-1-5-113", False),
        ("S-1-5-21-1-2-3-513", False),
        ("S-1-5-21-1-2-3-572", False),
        ("S-1-5-4", False),
    ],
)
def test_powerful_groups(sid: str, powerful: bool) -> None:
    assert is_powerful_group(Sid(sid)) is powerful


def test_powerful_groups_only_deny_and_the_others_stay() -> None:
    before = {group.sid: group for group in ADMINISTRATOR.groups}
    for group in filtered(ADMINISTRATOR).groups:
        if group.sid in (ADMINISTRATORS, "S-1-5-114"):
            assert group.attributes == 0x10
        else:
            assert group == before.pop(group.sid)


def test_five_privileges_are_left() -> None:
    assert [state.privilege for state in filtered(ADMINISTRATOR).privileges] == [
        "SeShutdownPrivilege",
        "SeChangeNotifyPrivilege",
        "SeUndockPrivilege",
        "SeIncreaseWorkingSetPrivilege",
        "SeTimeZonePrivilege",
    ]


def test_integrity_sinks_to_medium_and_never_rises() -> None:
    assert filtered(ADMINISTRATOR).integrity == IntegrityLevel.MEDIUM
    low = SecurityContext(USER, [ADMINISTRATORS], integrity="low")
    assert filtered(low).integrity == IntegrityLevel.LOW


def test_new_objects_belong_to_the_user_again() -> None:
    weak = filtered(ADMINISTRATOR)
    assert weak.owner == USER
    assert weak.default_dacl is not None and {ace.sid for ace in weak.default_dacl} == {USER, "S-1-5-18"}


def test_who_has_only_a_powerful_privilege_loses_just_that() -> None:
    context = SecurityContext(USER, [USERS], ["SeDebugPrivilege", "SeCreateGlobalPrivilege"])
    assert needs_filter(context)
    assert [state.privilege for state in filtered(context).privileges] == ["SeCreateGlobalPrivilege"]


def test_a_plain_user_needs_no_filter() -> None:
    plain = SecurityContext(USER, [USERS], [(name, 0) for name in POLICY.privileges_of([USERS])])
    assert not needs_filter(plain) and needs_filter(ADMINISTRATOR)


def test_filtering_twice_takes_nothing_more() -> None:
    assert filtered(filtered(ADMINISTRATOR)) == filtered(ADMINISTRATOR)


def test_a_real_filtered_administrator_looks_like_ours() -> None:
    real = from_whoami(shared_file("real/whoami/filtered_administrator.txt").read_text(encoding="utf-8"))
    full = SecurityContext(
        real.user,
        [(group.sid, 7) for group in real.groups],  # as it was before
        [(name, 0) for name in POLICY.privileges_of([ADMINISTRATORS, USERS, "S-1-1-0"])],
        IntegrityLevel.HIGH,
    )
    ours = filtered(full)
    deny_only = {group.sid for group in real.groups if group.deny_only}
    assert {group.sid for group in ours.groups if group.deny_only} == deny_only
    assert {state.privilege for state in ours.privileges} == {state.privilege for state in real.privileges}
    assert ours.integrity == real.integrity
