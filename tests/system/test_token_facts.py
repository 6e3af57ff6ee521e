"""What tests on real Windows assert of tokens, and what its documentation says: fact by fact.

W: asserted on Windows (Wine's advapi32 security tests, NtObjectManager's Pester tests). D: documented. What
test_token, test_restriction, test_token_information, test_uac and test_thread hold is not written twice.
"""

import pytest

from tests.system.people import ADMINS, BOB, CONTEXT, COSMO, LEVELS, NOVA, STAFF, USER, impersonating
from tests.system.scene import desk as astro_desk
from tests.system.scene import error, shell
from tokenlab.security import SecurityDescriptor
from tokenlab.system import ImpersonationLevel, LogonType, RestrictFlags, Token, TokenType
from tokenlab.values import Luid, LuidSource, TokenRights

ACCOUNTS_FILE = r"C:\Windows\System32\config\SAM"


# Duplicates


@pytest.mark.parametrize("level", LEVELS)
def test_a_duplicate_stands_for_the_same_session_whatever_its_level(token, level):
    """W: Wine advapi32 security.c: AuthenticationId is kept, TokenId is new."""
    copy = impersonating(token, level)
    assert copy.query("TokenStatistics").authentication_id == token.authentication_id
    assert copy.query("TokenStatistics").token_id != token.token_id


def test_a_duplicate_is_given_no_level_of_its_own_if_it_is_primary(token):
    """D: DuplicateTokenEx: the level counts for impersonation tokens only."""
    copy = token.duplicate(TokenType.PRIMARY, ImpersonationLevel.DELEGATION)
    assert error(copy.query, "TokenImpersonationLevel").win32_error == 87


def test_the_level_is_kept_where_none_is_named(token):
    """W: NtObjectManager: a duplicate of an impersonation token has the level of its source."""
    source = impersonating(token, ImpersonationLevel.IDENTIFICATION)
    assert source.duplicate(TokenType.IMPERSONATION).level is ImpersonationLevel.IDENTIFICATION


def test_effective_only_leaves_disabled_groups_behind_and_keeps_those_for_deny_only(token):
    """D: NtDuplicateToken, EffectiveOnly."""
    token.adjust_groups({STAFF: False})
    copy = token.restrict(disable=[ADMINS]).duplicate(effective_only=True)
    assert [group.sid for group in copy.context.groups] == ["S-1-1-0", ADMINS]


def test_the_label_of_a_token_is_not_copied():
    """W: Wine advapi32: a duplicate gets a label from its own level."""
    token = Token(CONTEXT, Luid(0x1234), LuidSource())
    token.descriptor = SecurityDescriptor.from_sddl(f"O:{USER}G:{USER}D:(A;;GA;;;WD)S:(ML;;NW;;;LW)")
    assert str(token.duplicate().descriptor.label[0]) == str(token.context.integrity) != "S-1-16-4096"


# Levels and what they are good for


def test_a_thread_at_identification_can_say_who_it_is_and_open_nothing():
    """W: Wine advapi32: PrivilegeCheck at Identification works, opening a key fails with 1346."""
    machine = astro_desk()
    process = shell(machine, (r"ASTRO\cosmo", "open the pod bay doors"))
    process.thread.impersonate_self(ImpersonationLevel.IDENTIFICATION)
    assert process.thread.context.has_privilege("SeChangeNotifyPrivilege")
    assert error(process.open, "HKLM\\SOFTWARE", 0x20019).win32_error == 1346


def test_every_right_to_ones_own_token_is_granted():
    """W: MAXIMUM_ALLOWED on one's own token is TOKEN_ALL_ACCESS."""
    process = shell(astro_desk(), (r"ASTRO\cosmo", "open the pod bay doors"))
    granted = process.open(process.token, TokenRights.MAXIMUM_ALLOWED).granted_access
    assert granted & TokenRights.ALL_ACCESS == TokenRights.ALL_ACCESS


# Privileges


@pytest.mark.parametrize("who", [COSMO, NOVA, BOB])
def test_change_notify_alone_is_enabled_in_a_fresh_everyday_token(desk, who):
    """W: attributes 3 for SeChangeNotifyPrivilege, 0 for the others."""
    states = {str(state.privilege): int(state.attributes) for state in desk.log_on(*who).context.privileges}
    assert states.pop("SeChangeNotifyPrivilege") == 3
    assert states and set(states.values()) == {0}


def test_an_elevated_administrator_also_impersonates_and_makes_global_objects_by_default(desk):
    """W: whoami /priv of an elevated prompt."""
    full = desk.log_on(*NOVA).linked_token(desk.system_token.context)
    on = {state.privilege: int(state.attributes) for state in full.context.privileges if state.enabled}
    names = ("ChangeNotify", "CreateGlobal", "Impersonate")
    assert on == {f"Se{name}Privilege": 3 for name in names}


def test_enabling_a_removed_privilege_changes_nothing_and_is_no_error(token):
    """W: Pester: SE_PRIVILEGE_REMOVED is for good."""
    token.adjust_privileges({"SeShutdownPrivilege": 4})
    before = token.context, token.modified_id
    adjusted = token.adjust_privileges({"SeShutdownPrivilege": 2})
    assert adjusted.previous == {} and (token.context, token.modified_id) == before


def test_previous_of_disabling_all_names_those_that_were_enabled(token):
    """W: PreviousState has changed entries only."""
    assert token.disable_all_privileges().previous == {"SeChangeNotifyPrivilege": 3}


# Filtered tokens


@pytest.mark.parametrize("flags", [0, *(flag.value for flag in RestrictFlags)])
def test_a_filtered_token_is_always_a_new_one_that_knows_its_parent(token, flags):
    """D: ParentTokenId, by which CreateProcessAsUser knows a filtered version of one's own token."""
    made = token.restrict(flags=flags)
    assert made.parent_id == token.token_id != made.token_id
    assert made.authentication_id == token.authentication_id


def test_deny_only_is_no_restriction_but_counts_as_having_some(token):
    """W: Pester: IsTokenRestricted is false, TokenHasRestrictions is true."""
    made = token.restrict(disable=[ADMINS])
    assert not made.is_restricted and made.query("TokenHasRestrictions")
    assert not token.query("TokenHasRestrictions")


def test_a_lua_token_loses_restore_and_what_else_makes_an_administrator(desk):
    """W: Pester: LUA_TOKEN drops SeRestorePrivilege and others."""
    full = desk.log_on(*NOVA).linked_token(desk.system_token.context)
    left = {state.privilege for state in full.restrict(flags=RestrictFlags.LUA_TOKEN).context.privileges}
    had = {state.privilege for state in full.context.privileges}
    assert {"SeRestorePrivilege", "SeBackupPrivilege", "SeDebugPrivilege"} <= had - left
    assert len(left) == 5


def test_the_type_of_elevation_survives_every_copy(desk):
    """W: Wine: a duplicate and a restricted token are of the elevation type of their source."""
    limited = desk.log_on(*NOVA)
    for made in (limited.duplicate(), limited.restrict(), impersonating(limited, LEVELS[1])):
        assert (made.elevation_type, made.elevated) == (limited.elevation_type, limited.elevated)


def test_what_only_a_disabled_group_was_granted_is_refused_with_5():
    """W: Wine advapi32: a process under a token whose group was disabled gets ERROR_ACCESS_DENIED."""
    machine = astro_desk()
    admin = shell(machine, (r"ASTRO\nova", "two roads diverged")).elevate("cmd.exe")
    assert admin.open(ACCOUNTS_FILE, 0x1)
    weaker = admin.start_as_user(admin.token.restrict(disable=[ADMINS]), "cmd.exe")
    assert error(weaker.open, ACCOUNTS_FILE, 0x1).win32_error == 5


# The tokens that every machine has


@pytest.mark.parametrize(
    ("name", "user", "luid"),
    [  # D: "LocalSystem Account", "LocalService Account", "NetworkService Account"; ntsecapi.h, wdm.h
        ("SYSTEM", "S-1-5-18", 0x3E7),
        ("LOCAL SERVICE", "S-1-5-19", 0x3E5),
        ("NETWORK SERVICE", "S-1-5-20", 0x3E4),
    ],
)
def test_the_machines_own_tokens_have_sids_and_sessions_that_never_change(desk, name, user, luid):
    token = desk.log_on(rf"NT AUTHORITY\{name}", None, LogonType.SERVICE)
    assert (token.context.user, token.authentication_id) == (user, luid)
    assert token.context.integrity.level == 0x4000
