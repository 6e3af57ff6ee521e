"""Restricted tokens: what CreateRestrictedToken takes away, and what it leaves. W and D as in test_token."""

import pytest

from tests.system.people import ADMINS, LEVELS, STAFF, USER, impersonating
from tokenlab.security import GroupAttributes, TokenGroup
from tokenlab.system import RestrictFlags
from tokenlab.system.uac import filter_context
from tokenlab.values import Sid

# Restricted tokens


def test_a_disabled_sid_only_denies(token):  # W
    group = next(g for g in token.restrict(disable=[ADMINS]).context.groups if g.sid == ADMINS)
    assert group == TokenGroup(Sid(ADMINS), GroupAttributes.USE_FOR_DENY_ONLY | GroupAttributes.OWNER)
    assert ADMINS not in token.restrict(disable=[ADMINS]).context and ADMINS in token.context


def test_the_user_too_can_be_for_deny_only(token):  # D
    assert USER not in token.restrict(disable=[USER]).context


def test_deleted_privileges_are_gone_and_unknown_names_are_passed_over(token):  # W
    restricted = token.restrict(disable=["S-1-5-32-551"], delete=["SeDebugPrivilege", "SeTcbPrivilege"])
    assert {state.privilege for state in restricted.context.privileges} == {
        "SeChangeNotifyPrivilege",
        "SeShutdownPrivilege",
    }


def test_disable_max_privilege_leaves_exactly_one(token):  # W
    restricted = token.restrict(flags=RestrictFlags.DISABLE_MAX_PRIVILEGE)
    assert [state.privilege for state in restricted.context.privileges] == ["SeChangeNotifyPrivilege"]


def test_restricted_means_restricting_sids_not_deny_only(token):  # W
    assert not token.restrict(disable=[ADMINS]).is_restricted
    assert token.restrict(restrict_to=["S-1-1-0"]).is_restricted


@pytest.mark.parametrize("level", [None, *LEVELS])
def test_type_level_and_elevation_are_kept(token, level):  # W
    source = token if level is None else impersonating(token, level)
    restricted = source.restrict(restrict_to=["S-1-1-0"])
    assert (restricted.token_type, restricted.level) == (source.token_type, source.level)
    assert restricted.elevation_type is source.elevation_type and restricted.parent_id == source.token_id


def test_write_restricted_is_a_flag(token):  # D
    restricted = token.restrict(restrict_to=["S-1-5-33"], flags=RestrictFlags.WRITE_RESTRICTED)
    assert restricted.context.write_restricted


def test_disable_max_privilege_makes_the_list_of_privileges_pointless(token):  # D: the list is ignored
    restricted = token.restrict(delete=["SeChangeNotifyPrivilege"], flags=RestrictFlags.DISABLE_MAX_PRIVILEGE)
    assert [state.privilege for state in restricted.context.privileges] == ["SeChangeNotifyPrivilege"]


def test_restricting_again_can_only_narrow(token):  # D: the intersection of both lists
    once = token.restrict(restrict_to=["S-1-1-0", STAFF])
    assert once.restrict(restrict_to=[STAFF, USER]).context.restricted_sids == (STAFF,)
    assert once.restrict().context.restricted_sids == once.context.restricted_sids
    nothing = once.restrict(restrict_to=[USER])
    assert nothing.is_restricted and USER not in nothing.context.restricted_sids


def test_a_lua_token_is_what_uac_would_leave(token):  # W: it drops the powerful privileges
    restricted = token.restrict(flags=RestrictFlags.LUA_TOKEN)
    assert restricted.context == filter_context(token.context)
    assert not restricted.is_restricted and restricted.query("TokenHasRestrictions")


def test_restricting_leaves_the_source_alone(token):
    before = token.context, token.modified_id
    token.restrict(disable=[ADMINS], delete=["SeDebugPrivilege"], restrict_to=["S-1-1-0"])
    assert (token.context, token.modified_id) == before
