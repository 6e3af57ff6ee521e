"""The ways of coming in, cell by cell: which token, which SIDs, what is left for the wire; what events say.

W: read off real events 4624, 4627, 4672, or asserted by tests on Windows (NtObjectManager). D: "LogonUserW",
"Well-known SIDs" and "Audit logon events" on Microsoft Learn. What test_real_logons, test_lsa,
test_logon_session and test_uac hold already is not written twice.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.system.people import BOB, COSMO, DOMAIN, EVE, NOVA, ROOT, refused
from tokenlab.system import CredentialKind, Directory, LogonType, Machine, Token, TokenType
from tokenlab.system.origin import Origin
from tokenlab.values import PRIVILEGES, IntegrityLevel, Luid

L = LogonType
LOCAL, CONSOLE = "S-1-2-0", "S-1-2-1"
NETWORK, BATCH, INTERACTIVE, SERVICE, REMOTE = "S-1-5-2", "S-1-5-3", "S-1-5-4", "S-1-5-6", "S-1-5-14"
OF_LOGONS = {LOCAL, CONSOLE, NETWORK, BATCH, INTERACTIVE, SERVICE, REMOTE}
KIND = CredentialKind
PRIMARY, IMPERSONATION = TokenType


def came_in(desk: Machine, how: LogonType) -> Token:
    """Somebody who may come in this way does."""
    if how is L.NEW_CREDENTIALS:
        return desk.log_on(r"ELSE\where", "x", how, origin=Origin(caller=desk.log_on(*NOVA)))
    if how is L.SERVICE:
        desk.policy.grant(f"{DOMAIN}-512", "SeServiceLogonRight")
    if how is L.CACHED_INTERACTIVE:
        desk.log_on(*NOVA)
        assert desk.domain is not None
        desk.domain.available = False
        return desk.log_on(*NOVA)
    return desk.log_on(*NOVA, how)


# W where an event or a test says so, else D. Whether a batch logon has LOCAL has no source: it is not here.
TABLE = [
    # type, token, SIDs that must be there, SIDs that must not, what is left for the wire
    (L.INTERACTIVE, PRIMARY, {INTERACTIVE, LOCAL, CONSOLE}, {NETWORK, BATCH, SERVICE}, KIND.PASSWORD),
    (L.NETWORK, IMPERSONATION, {NETWORK}, {LOCAL, INTERACTIVE, CONSOLE}, KIND.NONE),
    (L.BATCH, PRIMARY, {BATCH}, {NETWORK, INTERACTIVE, SERVICE}, KIND.PASSWORD),
    (L.SERVICE, PRIMARY, {SERVICE}, {NETWORK, INTERACTIVE, BATCH}, KIND.PASSWORD),
    (L.UNLOCK, PRIMARY, {INTERACTIVE, LOCAL, CONSOLE}, {NETWORK, BATCH, SERVICE}, KIND.PASSWORD),
    (L.NETWORK_CLEARTEXT, PRIMARY, {NETWORK}, {LOCAL, INTERACTIVE, CONSOLE}, KIND.PASSWORD),
    (L.NEW_CREDENTIALS, PRIMARY, {INTERACTIVE, LOCAL}, {NETWORK}, KIND.PASSWORD),
    (L.REMOTE_INTERACTIVE, PRIMARY, {REMOTE, INTERACTIVE}, {NETWORK, BATCH, CONSOLE}, KIND.PASSWORD),
    (L.CACHED_INTERACTIVE, PRIMARY, {INTERACTIVE, LOCAL, CONSOLE}, {NETWORK, BATCH}, KIND.PASSWORD),
]
BY_TYPE = pytest.mark.parametrize(
    ("how", "token_type", "there", "not_there", "kind"), TABLE, ids=[row[0].name for row in TABLE]
)


@BY_TYPE
def test_a_way_of_coming_in_gives_this_type_of_token(desk, how, token_type, there, not_there, kind):
    assert came_in(desk, how).token_type is token_type


@BY_TYPE
def test_a_way_of_coming_in_adds_these_sids_and_no_others(desk, how, token_type, there, not_there, kind):
    found = {group.sid for group in came_in(desk, how).context.groups} & OF_LOGONS
    assert there <= found and not found & not_there


@BY_TYPE
def test_a_way_of_coming_in_leaves_this_for_the_wire(desk, how, token_type, there, not_there, kind):
    assert came_in(desk, how).session.credentials.kind is kind


@pytest.mark.parametrize("how", [row[0] for row in TABLE if NETWORK not in row[2]], ids=lambda how: how.name)
def test_who_is_at_the_machine_has_a_logon_sid(desk, how):
    """W: attributes 0xC0000007."""
    token = came_in(desk, how)
    (group,) = [group for group in token.context.groups if group.sid.startswith("S-1-5-5-")]
    assert group.attributes == 0xC0000007 and token.query("TokenLogonSid") == group.sid


# Type 3


def test_a_network_token_must_become_primary_before_a_process_can_have_it(desk):
    """D: LogonUserW: DuplicateTokenEx makes it primary."""
    token = desk.log_on(*COSMO, L.NETWORK)
    assert token.duplicate().query("TokenType") is TokenType.PRIMARY


@pytest.mark.parametrize("how", [L.NETWORK, L.NETWORK_CLEARTEXT], ids=lambda how: how.name)
@pytest.mark.parametrize("who", [COSMO, NOVA, BOB, ROOT])
def test_who_comes_over_the_network_has_every_privilege_enabled_from_the_start(desk, who, how):
    """T: `whoami /priv` in remoting shells (PowerShell/PowerShell#13348); E: of 6,204 events 4703 none is by
    a session of type 3, and a remoting host opened lsass nine times without one."""
    token = desk.log_on(*who, how)
    assert token.context.privileges and all(state.enabled for state in token.context.privileges)
    records = len(desk.log)
    token.adjust_privileges({state.privilege: 2 for state in token.context.privileges})
    assert not desk.log.since(records), "there is nothing left to enable, so no 4703"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rights=st.sets(st.sampled_from(PRIVILEGES)))
def test_whatever_privileges_a_user_has_a_network_logon_has_them_enabled(desk, rights):
    """A law: the type of logon decides the state, the policy which privileges there are."""
    who = desk.log_on(*COSMO).context.user
    desk.policy.grant(who, *rights)
    for how in (L.NETWORK, L.NETWORK_CLEARTEXT):
        context = desk.log_on(*COSMO, how).context
        assert rights <= context.enabled_privileges
        assert {state.privilege for state in context.privileges} == context.enabled_privileges
    desk.policy.revoke(who, *rights)


@pytest.mark.parametrize("how", [L.INTERACTIVE, L.BATCH, L.REMOTE_INTERACTIVE], ids=lambda how: how.name)
def test_any_other_logon_has_few_privileges_enabled(desk, how):
    """W: whoami of a local administrator; E: 4703 of what such sessions enable later."""
    token = desk.log_on(*ROOT, how)
    assert "SeDebugPrivilege" in {state.privilege for state in token.context.privileges}
    names = {"SeChangeNotifyPrivilege", "SeImpersonatePrivilege", "SeCreateGlobalPrivilege"}
    assert token.context.enabled_privileges == names


# Type 5


def test_system_as_a_service_has_three_groups(desk):
    """W: 86 events."""
    token = desk.log_on(r"NT AUTHORITY\SYSTEM", None, L.SERVICE)
    assert {group.sid for group in token.context.groups} == {"S-1-1-0", "S-1-5-11", "S-1-5-32-544"}
    assert token.context.integrity == IntegrityLevel.SYSTEM


# Type 9


@pytest.mark.parametrize("who", [COSMO, NOVA, EVE])
def test_new_credentials_are_the_caller_here(desk, who):
    """D, W: events of type 9: the target user is the caller; user, groups, level and INTERACTIVE stay."""
    caller = desk.log_on(*who)
    token = desk.log_on(r"ELSE\where", "not checked", L.NEW_CREDENTIALS, origin=Origin(caller=caller))
    assert token.context == caller.context and INTERACTIVE in token.context
    assert token.session is not caller.session
    assert (token.session.credentials.domain, token.session.credentials.user_name) == ("ELSE", "where")
    assert (caller.session.credentials.domain, caller.session.credentials.user_name) != ("ELSE", "where")


# Type 11


def test_a_cached_logon_is_for_a_domain_that_does_not_answer(desk):
    """D: "Cached and Stored Credentials"; event 4624 names type 11."""
    token = came_in(desk, L.CACHED_INTERACTIVE)
    assert token.session.logon_type is L.CACHED_INTERACTIVE
    assert desk.log.events(4624)[-1]["LogonType"] == "11"


# Which types there are for whom


@pytest.mark.parametrize("how", [L.INTERACTIVE, L.BATCH, L.NETWORK, L.NETWORK_CLEARTEXT, L.NEW_CREDENTIALS])
def test_these_types_log_a_user_on(desk, how):
    """W: NtObjectManager."""
    assert came_in(desk, how).authentication_id


@pytest.mark.parametrize("how", [L.INTERACTIVE, L.REMOTE_INTERACTIVE, L.UNLOCK, L.NETWORK_CLEARTEXT])
def test_without_a_password_only_batch_and_network_log_on(desk, how):
    """W: NtObjectManager: S4U."""
    for good in (L.BATCH, L.NETWORK):
        assert desk.log_on(NOVA[0], None, good, origin=Origin(caller=desk.system_token))
    refused(desk, 1326, NOVA[0], None, how)


@pytest.mark.parametrize("name", ["SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE"])
@pytest.mark.parametrize("how", [L.INTERACTIVE, L.NETWORK, L.BATCH, L.REMOTE_INTERACTIVE])
def test_the_accounts_of_services_only_log_on_as_services(desk, name, how):
    """W: NtObjectManager."""
    assert desk.log_on(rf"NT AUTHORITY\{name}", None, L.SERVICE)
    refused(desk, 1385, rf"NT AUTHORITY\{name}", None, how)


# From the event data


@pytest.mark.parametrize(
    ("who", "how", "package", "there", "not_there"),
    [  # W: 4627 of real logons
        (COSMO, L.INTERACTIVE, "", {"S-1-18-1"}, {"S-1-18-2", "S-1-5-64-10", "S-1-5-113"}),
        (COSMO, L.NETWORK, "Kerberos", {"S-1-18-1"}, {"S-1-18-2", "S-1-5-64-10"}),
        (COSMO, L.NETWORK, "NTLM", {"S-1-5-64-10"}, {"S-1-18-1", "S-1-18-2"}),
        (EVE, L.INTERACTIVE, "", {"S-1-5-64-10", "S-1-5-113"}, {"S-1-18-1", "S-1-5-114"}),
        (BOB, L.INTERACTIVE, "", {"S-1-5-64-10", "S-1-5-113", "S-1-5-114"}, {"S-1-18-1"}),
        (BOB, L.NETWORK, "", {"S-1-5-64-10", "S-1-5-113", "S-1-5-114"}, {"S-1-18-1"}),
        ((NOVA[0], None), L.NETWORK, "", {"S-1-18-2"}, {"S-1-18-1", "S-1-5-64-10"}),
    ],
)
def test_a_token_tells_how_its_identity_was_proved(desk, who, how, package, there, not_there):
    token = desk.log_on(*who, how, package=package)
    sids = {group.sid for group in token.context.groups}
    assert there | {"S-1-1-0", "S-1-5-11", "S-1-5-15"} <= sids and not sids & not_there


@pytest.mark.parametrize(
    ("who", "level", "elevated"),
    [
        (NOVA, 0x3000, True),  # W: one session, elevated
        (COSMO, 0x2000, False),  # W
        (BOB, 0x2000, False),  # D: KB951016
        (ROOT, 0x3000, True),  # D: RID 500 is left alone
    ],
)
def test_over_the_network_nobody_is_split(desk, who, level, elevated):
    before = len(desk.sessions)
    token = desk.log_on(*who, L.NETWORK)
    assert (token.context.integrity.level, token.elevated) == (level, elevated)
    assert len(desk.sessions) == before + 1 and token.session.linked_id == 0


@pytest.mark.parametrize("how", [row[0] for row in TABLE], ids=lambda how: how.name)
def test_a_4624_says_impersonation_if_nothing_delegates(desk, how):
    """W: 522 of 737 events; the others are of network logons with peers that ask for more, or less."""
    came_in(desk, how)
    assert desk.log.events(4624)[-1]["ImpersonationLevel"] == "%%1833"


@pytest.mark.parametrize("who", [NOVA, BOB])
def test_only_the_elevated_half_gets_a_4672(desk, who):
    """W: limited tokens have none."""
    limited = desk.log_on(*who)
    (event,) = desk.log.events(4672)
    assert event["SubjectLogonId"] == str(limited.session.linked_id)


def test_the_logon_sid_is_not_listed_by_4627(desk):
    """W."""
    desk.log_on(*NOVA)
    assert desk.log.events(4627)
    assert not [event for event in desk.log.events(4627) if "S-1-5-5-" in event["GroupMembership"]]


# Logon session objects


@pytest.mark.parametrize("luid", [0x3E7, 0x3E4, 0x3E5, 0x3E6])
def test_four_sessions_have_luids_that_never_change_and_never_end(desk, luid):
    """D: ntsecapi.h: SYSTEM, NETWORK SERVICE, LOCAL SERVICE, ANONYMOUS LOGON."""
    session = desk.session(luid)
    session.end()
    assert session.alive and desk.session(luid) is session


def test_every_token_stands_for_exactly_one_session_and_ends_with_it(desk):
    """D: "LSA Logon Sessions": the session goes with its last token."""
    token = desk.log_on(*COSMO)
    copies = [token.duplicate(), token.restrict(), token.duplicate(TokenType.IMPERSONATION)]
    assert {one.authentication_id for one in (token, *copies)} == {token.session.authentication_id}
    for one in (token, *copies[:-1]):
        one.close()
        assert token.session.alive
    copies[-1].close()
    assert not token.session.alive and token.session not in desk.sessions


@pytest.mark.parametrize("how", [L.INTERACTIVE, L.BATCH, L.NETWORK, L.NETWORK_CLEARTEXT])
def test_the_origin_is_the_session_that_called_logon_user(desk, how):
    """W: NtObjectManager, TokenOrigin: the caller's session, 0x3e7 for SYSTEM, for all types alike."""
    caller = desk.log_on(*COSMO)
    assert desk.log_on(*NOVA, how, origin=Origin(caller=caller)).origin == caller.authentication_id
    assert desk.log_on(*NOVA, how, origin=Origin(caller=desk.system_token)).origin == 0x3E7


def test_who_comes_from_another_machine_was_called_by_nobody_here(desk):
    """D: TokenOrigin is 0 for network authentication."""
    assert desk.log_on(*NOVA, L.NETWORK).origin == Luid(0)


def test_a_sessions_account_may_change_afterwards_and_the_token_does_not(desk, domain: Directory):
    """D: group changes count from the next logon on."""
    token = desk.log_on(*COSMO)
    domain.add_members("Domain Admins", domain.find("cosmo").sid)
    assert f"{DOMAIN}-512" not in token.context and f"{DOMAIN}-512" in desk.log_on(*COSMO, L.NETWORK).context
