"""The filter of UAC: what an administrator's everyday token has lost."""

import pytest

from tests.support import shared_file
from tests.system.people import BOB, COSMO, NOVA, ROOT
from tokenlab.real.whoami import from_whoami
from tokenlab.security import SecurityContext, SecurityDescriptor
from tokenlab.system import ElevationType, ImpersonationLevel, LogonType, Machine, Refusal, Token, TokenType
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.uac import filter_context, is_powerful_group, needs_filter
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


INTERACTIVE = LogonType.INTERACTIVE
NETWORK = LogonType.NETWORK
CLEARTEXT = LogonType.NETWORK_CLEARTEXT
REMOTE = LogonType.REMOTE_INTERACTIVE


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
    for group in filter_context(ADMINISTRATOR).groups:
        if group.sid in (ADMINISTRATORS, "S-1-5-114"):
            assert group.attributes == 0x10
        else:
            assert group == before.pop(group.sid)


def test_five_privileges_are_left() -> None:
    assert [state.privilege for state in filter_context(ADMINISTRATOR).privileges] == [
        "SeShutdownPrivilege",
        "SeChangeNotifyPrivilege",
        "SeUndockPrivilege",
        "SeIncreaseWorkingSetPrivilege",
        "SeTimeZonePrivilege",
    ]


def test_integrity_sinks_to_medium_and_never_rises() -> None:
    assert filter_context(ADMINISTRATOR).integrity == IntegrityLevel.MEDIUM
    low = SecurityContext(USER, [ADMINISTRATORS], integrity="low")
    assert filter_context(low).integrity == IntegrityLevel.LOW


def test_new_objects_belong_to_the_user_again() -> None:
    weak = filter_context(ADMINISTRATOR)
    assert weak.owner == USER
    assert weak.default_dacl is not None and {ace.sid for ace in weak.default_dacl} == {USER, "S-1-5-18"}


def test_who_has_only_a_powerful_privilege_loses_just_that() -> None:
    context = SecurityContext(USER, [USERS], ["SeDebugPrivilege", "SeCreateGlobalPrivilege"])
    assert needs_filter(context)
    assert [state.privilege for state in filter_context(context).privileges] == ["SeCreateGlobalPrivilege"]


def test_a_plain_user_needs_no_filter() -> None:
    plain = SecurityContext(USER, [USERS], [(name, 0) for name in POLICY.privileges_of([USERS])])
    assert not needs_filter(plain) and needs_filter(ADMINISTRATOR)


def test_filtering_twice_takes_nothing_more() -> None:
    assert filter_context(filter_context(ADMINISTRATOR)) == filter_context(ADMINISTRATOR)


def test_a_real_filtered_administrator_looks_like_ours() -> None:
    real = from_whoami(shared_file("real/whoami/filtered_administrator.txt").read_text(encoding="utf-8"))
    full = SecurityContext(
        real.user,
        [(group.sid, 7) for group in real.groups],  # as it was before
        [(name, 0) for name in POLICY.privileges_of([ADMINISTRATORS, USERS, "S-1-1-0"])],
        IntegrityLevel.HIGH,
    )
    ours = filter_context(full)
    deny_only = {group.sid for group in real.groups if group.deny_only}
    assert {group.sid for group in ours.groups if group.deny_only} == deny_only
    assert {state.privilege for state in ours.privileges} == {state.privilege for state in real.privileges}
    assert ours.integrity == real.integrity


# --- UAC --------------------------------------------------------------------------------------------


def halves(token: Token) -> tuple[Token, Token]:
    limited, full = token, token.linked_token()
    assert full is not None
    return limited, full


@pytest.mark.parametrize("who", [NOVA, BOB])
@pytest.mark.parametrize("logon_type", [INTERACTIVE, LogonType.UNLOCK, REMOTE])
def test_an_administrator_at_the_machine_is_split(
    desk: Machine, who: tuple[str, str], logon_type: LogonType
) -> None:  # W: 16 of 16 pairs
    limited, full = halves(desk.log_on(*who, logon_type))
    assert (limited.elevation_type, limited.elevated) == (ElevationType.LIMITED, False)
    assert (full.elevation_type, full.elevated) == (ElevationType.FULL, True)
    assert (limited.context.integrity.level, full.context.integrity.level) == (0x2000, 0x3000)
    assert limited.session is not full.session
    assert limited.session is not None and full.session is not None
    assert limited.session.linked is full.session and full.session.linked is limited.session
    assert [g.sid for g in limited.context.groups] == [g.sid for g in full.context.groups]
    assert ADMINISTRATORS in full.context and ADMINISTRATORS not in limited.context
    assert ADMINISTRATORS in limited.context.deny_sids


def test_only_the_limited_half_has_restrictions(desk: Machine) -> None:  # W (Pester)
    limited, full = halves(desk.log_on(*NOVA))
    assert limited.query("TokenHasRestrictions") and not full.query("TokenHasRestrictions")
    assert not limited.is_restricted


def test_a_plain_user_is_not_split(desk: Machine) -> None:  # W: Default has no linked token
    token = desk.log_on(*COSMO)
    assert (token.elevation_type, token.elevated) == (ElevationType.DEFAULT, False)
    assert token.linked_token() is None and token.session is not None and token.session.linked_id == 0


def test_system_is_default_and_yet_elevated(desk: Machine) -> None:  # W (Pester)
    system = desk.system_token
    assert (system.elevation_type, system.elevated) == (ElevationType.DEFAULT, True)
    assert system.linked_token() is None


def test_the_linked_token_is_for_looking_only(desk: Machine) -> None:  # W
    token = desk.log_on(*NOVA)
    first, second = token.linked_token(), token.linked_token()
    assert first is not None and second is not None and first is not second
    assert first.token_type is TokenType.IMPERSONATION
    assert first.level is ImpersonationLevel.IDENTIFICATION
    with pytest.raises(Refusal) as refusal:
        first.duplicate(TokenType.PRIMARY)
    assert refusal.value.win32_error == 1346


def test_who_has_tcb_gets_a_primary_linked_token(desk: Machine) -> None:  # W (Pester)
    full = desk.log_on(*NOVA).query("TokenLinkedToken", desk.system_token.context)
    assert full.token_type is TokenType.PRIMARY and full.elevated


def test_changes_do_not_show_in_linked_tokens(desk: Machine) -> None:  # W
    token = desk.log_on(*NOVA)
    _, full = halves(token)
    token.adjust_privileges({"SeShutdownPrivilege": 2})
    token.set_default_dacl(None)
    again = full.linked_token()
    assert again is not None and not again.context.has_privilege("SeShutdownPrivilege")
    assert again.context.default_dacl is not None
    assert again.elevation_type is ElevationType.LIMITED


def test_a_restricted_half_still_finds_the_other(desk: Machine) -> None:  # W
    restricted = desk.log_on(*NOVA).restrict(restrict_to=["S-1-5-12"])
    assert restricted.elevation_type is ElevationType.LIMITED and restricted.linked_token() is not None


def test_the_built_in_administrator_is_not_split_unless_policy_says_so(desk: Machine) -> None:  # D
    token = desk.log_on(*ROOT)
    assert token.elevated and token.elevation_type is ElevationType.DEFAULT
    desk.policy.filter_administrator_token = True
    assert desk.log_on(*ROOT).elevation_type is ElevationType.LIMITED


def test_without_uac_nobody_is_split(desk: Machine) -> None:  # D: EnableLUA = 0
    desk.policy.enable_lua = False
    for who in (NOVA, BOB):
        token = desk.log_on(*who)
        assert token.elevated and token.elevation_type is ElevationType.DEFAULT
        assert desk.log_on(*who, NETWORK).elevated


@pytest.mark.parametrize("logon_type", [NETWORK, CLEARTEXT])
def test_a_local_administrator_from_the_network_is_filtered(desk: Machine, logon_type: LogonType) -> None:
    # D: "UAC and remote restrictions" (KB951016)
    token = desk.log_on(*BOB, logon_type)
    assert not token.elevated and token.context.integrity == IntegrityLevel.MEDIUM
    assert ADMINISTRATORS in token.context.deny_sids and ADMINISTRATORS not in token.context
    assert token.linked_token() is None, "there is nothing to elevate to"
    desk.policy.local_account_token_filter_policy = True
    assert desk.log_on(*BOB, logon_type).elevated


def test_the_built_in_administrator_comes_over_the_network_unfiltered(desk: Machine) -> None:  # D
    assert desk.log_on(*ROOT, NETWORK).elevated
    desk.policy.filter_administrator_token = True
    assert not desk.log_on(*ROOT, NETWORK).elevated


def test_a_domain_administrator_comes_over_the_network_elevated_in_one_session(desk: Machine) -> None:  # W
    before = len(desk.sessions)
    token = desk.log_on(*NOVA, NETWORK)
    assert token.elevated and token.context.integrity.level == 0x3000
    assert len(desk.sessions) == before + 1 and token.elevation_type is ElevationType.DEFAULT


def test_the_owner_of_new_objects_follows_the_half(desk: Machine) -> None:  # W: the default DACL names it
    limited, full = halves(desk.log_on(*NOVA))
    assert (limited.context.owner, full.context.owner) == (limited.context.user, ADMINISTRATORS)
    for half in (limited, full):
        assert half.context.default_dacl is not None
        assert half.context.default_dacl[0].sid == half.context.owner
