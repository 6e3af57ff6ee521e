"""Tokens: what a duplicate keeps, what an adjustment changes and for whom, what a restriction leaves.

Facts asserted by tests on real Windows (Wine's advapi32 security tests, NtObjectManager's Pester tests) are
marked W, documented ones D.
"""

import pytest

from tests.system.people import ADMINS, CONTEXT, LEVELS, STAFF, USER, impersonating
from tokenlab.security import MandatoryPolicy, SecurityContext, SecurityDescriptor
from tokenlab.system import (
    ImpersonationLevel,
    LogonSession,
    LogonType,
    Refusal,
    SecurityLog,
    Token,
    TokenType,
)
from tokenlab.values import IntegrityLevel, Luid, LuidSource

# Duplicates


def test_a_duplicate_is_another_object_of_the_same_session(token):  # W
    copy = token.duplicate()
    assert copy is not token and copy.token_id != token.token_id
    assert copy.authentication_id == token.authentication_id
    assert (copy.context, copy.elevation_type) == (token.context, token.elevation_type)


def test_a_duplicate_has_a_descriptor_of_its_own(token):  # W
    token.descriptor = SecurityDescriptor.from_sddl("O:BAG:BAD:S:(ML;;NW;;;LW)")
    assert token.duplicate().descriptor != token.descriptor


@pytest.mark.parametrize("level", LEVELS)
def test_a_primary_token_can_be_duplicated_to_any_level(token, level):  # W
    assert impersonating(token, level).level is level


@pytest.mark.parametrize("have", LEVELS)
@pytest.mark.parametrize("want", LEVELS)
def test_a_level_cannot_be_raised(token, have, want):  # W
    source = impersonating(token, have)
    if want <= have:
        assert impersonating(source, want).level is want
    else:
        with pytest.raises(Refusal) as refusal:
            impersonating(source, want)
        assert refusal.value.win32_error == 1346


@pytest.mark.parametrize("have", LEVELS)
def test_a_primary_token_is_made_only_from_impersonation_on(token, have):  # D, Forshaw 4-6
    source = impersonating(token, have)
    if have >= ImpersonationLevel.IMPERSONATION:
        assert source.duplicate(TokenType.PRIMARY).level is None
    else:
        with pytest.raises(Refusal) as refusal:
            source.duplicate(TokenType.PRIMARY)
        assert refusal.value.win32_error == 1346


def test_effective_only_leaves_behind_what_is_disabled(token):  # D
    copy = token.duplicate(effective_only=True)
    assert [state.privilege for state in copy.context.privileges] == ["SeChangeNotifyPrivilege"]


def test_only_an_impersonation_token_has_a_level():
    with pytest.raises(ValueError, match="level"):
        Token(CONTEXT, Luid(1), LuidSource(), level=ImpersonationLevel.DELEGATION)


# Privileges


def test_everybody_who_holds_the_token_sees_an_adjustment_and_nobody_else(token):
    same, copy = token, token.duplicate()
    before = token.modified_id
    assert token.adjust_privileges({"SeDebugPrivilege": 2})
    assert same.context.has_privilege("SeDebugPrivilege") and not copy.context.has_privilege(
        "SeDebugPrivilege"
    )
    assert token.modified_id != before


def test_adjusting_succeeds_and_says_1300_when_not_all_are_held(token):  # W, D
    adjusted = token.adjust_privileges({"SeDebugPrivilege": 2, "SeTcbPrivilege": 2})
    assert not adjusted and adjusted.error == 1300
    assert token.context.has_privilege("SeDebugPrivilege"), "the one that is held was enabled"
    assert "SeTcbPrivilege" not in {state.privilege for state in token.context.privileges}, "none is added"


def test_previous_names_only_what_changed(token):  # W
    adjusted = token.adjust_privileges({"SeChangeNotifyPrivilege": 2, "SeShutdownPrivilege": 2})
    assert adjusted.previous == {"SeShutdownPrivilege": 0}
    assert token.adjust_privileges(adjusted.previous) and not token.context.has_privilege(
        "SeShutdownPrivilege"
    )


def test_a_removed_privilege_is_gone_for_good(token):  # W
    token.adjust_privileges({"SeDebugPrivilege": 4})
    assert token.adjust_privileges({"SeDebugPrivilege": 2}).error == 1300
    assert not token.context.has_privilege("SeDebugPrivilege")


def test_disabling_all_leaves_them_there(token):  # D
    token.disable_all_privileges()
    assert not token.context.enabled_privileges and len(token.context.privileges) == 3


def test_an_adjustment_is_logged_with_what_was_switched_on_and_off():  # 4703 of real machines
    log, luids = SecurityLog("WS-1"), LuidSource()
    session = LogonSession(luids.next(), CONTEXT.user, "bob", "WS-1", LogonType.INTERACTIVE)
    token = Token(CONTEXT, session.authentication_id, luids, session=session, log=log)
    token.adjust_privileges({"SeDebugPrivilege": 2, "SeShutdownPrivilege": 2, "SeChangeNotifyPrivilege": 0})
    (event,) = log.events(4703)
    assert event["EnabledPrivilegeList"] == "SeShutdownPrivilege\r\n\t\t\tSeDebugPrivilege"
    assert event["DisabledPrivilegeList"] == "SeChangeNotifyPrivilege"
    assert event["SubjectUserSid"] == event["TargetUserSid"] == USER
    token.adjust_privileges({"SeDebugPrivilege": 2})
    assert len(log) == 1, "nothing changed"


# Groups, owner, integrity


def test_a_group_can_be_disabled_unless_it_is_mandatory(token):  # D
    token.adjust_groups({STAFF: False})
    assert STAFF not in token.context
    token.adjust_groups({STAFF: True})
    assert STAFF in token.context
    with pytest.raises(Refusal, match="mandatory"):
        token.adjust_groups({"S-1-1-0": False})


def test_a_deny_only_group_cannot_be_enabled(token):  # D
    restricted = token.restrict(disable=[ADMINS])
    with pytest.raises(Refusal, match="deny only"):
        restricted.adjust_groups({ADMINS: True})


def test_groups_can_be_reset_to_their_defaults(token):  # D
    token.adjust_groups({STAFF: False})
    assert token.adjust_groups(reset=True).previous == {STAFF: 0x2}
    assert token.context == CONTEXT


def test_a_deny_only_group_stays_so_when_groups_are_reset(token):
    restricted = token.restrict(disable=[ADMINS])
    restricted.adjust_groups(reset=True)
    assert ADMINS not in restricted.context


def test_resetting_passes_over_deny_only_groups_whatever_their_default(token):
    token.context = SecurityContext(USER, [(ADMINS, 0x12)])
    assert token.adjust_groups(reset=True).previous == {}


def test_a_group_that_is_not_there_is_not_added(token):
    assert token.adjust_groups({STAFF: False, "S-1-5-32-551": True}).error == 1300
    assert STAFF not in token.context and "S-1-5-32-551" not in token.context


def test_adjusting_no_group_is_a_mistake(token):  # ReactOS
    with pytest.raises(Refusal) as refusal:
        token.adjust_groups({})
    assert refusal.value.win32_error == 87


def test_a_refused_adjustment_changes_nothing(token):
    before = token.context, token.modified_id
    with pytest.raises(Refusal):
        token.adjust_groups({STAFF: False, "S-1-1-0": False})
    assert (token.context, token.modified_id) == before


def test_the_owner_is_the_user_or_a_group_that_may_own(token):  # D
    token.set_owner(ADMINS)
    assert token.context.owner == ADMINS
    with pytest.raises(Refusal) as refusal:
        token.set_owner(STAFF)
    assert refusal.value.win32_error == 1307


def test_the_primary_group_must_be_in_the_token(token):  # D
    token.set_primary_group("S-1-1-0")
    with pytest.raises(Refusal) as refusal:
        token.set_primary_group("S-1-5-32-551")
    assert refusal.value.win32_error == 1308


def test_integrity_can_be_lowered_and_not_raised_again(token):  # D
    token.set_integrity("low")
    with pytest.raises(Refusal) as refusal:
        token.set_integrity(IntegrityLevel.MEDIUM)
    assert refusal.value.win32_error == 1314 and token.context.integrity == IntegrityLevel.LOW


# Its own descriptor


@pytest.mark.parametrize("level", ["low", "medium", "high"])
def test_a_token_is_labelled_with_its_own_level(token, level):  # W: no-write-up at the token's level
    token.context = SecurityContext(USER, integrity=level)
    copy = token.duplicate()
    assert copy.descriptor.label == (IntegrityLevel(level), MandatoryPolicy.NO_WRITE_UP)


def test_a_token_is_protected_by_the_default_dacl_of_its_maker(token):
    maker = SecurityContext(
        "S-1-5-18", default_dacl=SecurityDescriptor.from_sddl("D:(A;;GA;;;SY)(A;;GRGX;;;BA)").dacl
    )
    made = token.duplicate(creator=maker).descriptor
    assert made.owner == "S-1-5-18" and made.dacl is not None
    assert [ace.mask for ace in made.dacl] == [0xF01FF, 0x2001A | 0x20005]


# Its life


def test_a_token_that_is_closed_twice_is_closed_once():
    luids = LuidSource()
    session = LogonSession(luids.next(), CONTEXT.user, "bob", "WS-1", LogonType.INTERACTIVE)
    first = Token(CONTEXT, session.authentication_id, luids, session=session)
    second = first.duplicate()
    first.close()
    first.close()
    assert session.alive and list(session.tokens.values()) == [second]
    second.close()
    assert not session.alive


def test_no_token_is_made_for_a_session_that_has_ended():
    luids = LuidSource()
    session = LogonSession(luids.next(), CONTEXT.user, "bob", "WS-1", LogonType.INTERACTIVE)
    token = Token(CONTEXT, session.authentication_id, luids, session=session)
    token.close()
    with pytest.raises(Refusal) as refusal:
        token.duplicate()
    assert refusal.value.win32_error == 1312


@pytest.mark.parametrize(("change", "enabled"), [(True, True), (2, True), (False, False), (0, False)])
def test_true_enables_a_privilege_and_false_disables_it(token: Token, change: int, enabled: bool) -> None:
    token.adjust_privileges({"SeDebugPrivilege": 0 if enabled else 2})
    assert token.adjust_privileges({"SeDebugPrivilege": change})
    assert token.context.has_privilege("SeDebugPrivilege") is enabled


@pytest.mark.parametrize("nonsense", ["on", None, 8, -1, 0x80000000, 2.0])
def test_anything_else_is_refused_and_nothing_is_done(token: Token, nonsense: object) -> None:
    before = token.context
    with pytest.raises(ValueError, match="True"):
        token.adjust_privileges({"SeShutdownPrivilege": 2, "SeDebugPrivilege": nonsense})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="True or False"):
        token.adjust_groups({STAFF: nonsense})  # type: ignore[dict-item]
    assert token.context == before


def test_what_an_adjustment_says_was_before_can_be_given_back(token: Token) -> None:  # D: PreviousState
    before = token.context
    changed = token.adjust_privileges({"SeDebugPrivilege": True, "SeChangeNotifyPrivilege": False})
    token.adjust_privileges(changed.previous)
    assert token.context == before
