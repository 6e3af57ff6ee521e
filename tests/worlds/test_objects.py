"""The ready-made objects and tokens: what a default Windows lets these people do."""

import pytest

from tokenlab.security import GroupAttributes, SecurityContext, access_check, granted_access
from tokenlab.values import MAXIMUM_ALLOWED, IntegrityLevel, Sid
from tokenlab.values.well_known import ADMINISTRATORS, AUTHENTICATED_USERS, EVERYONE, LOCAL_SYSTEM
from tokenlab.worlds import objects, tokens
from tokenlab.worlds.objects import OBJECTS, RealObject
from tokenlab.worlds.tokens import COSMO, NOVA_ELEVATED, NOVA_FILTERED, SYSTEM, TOKENS, ReadyToken


def by_name(thing: RealObject | ReadyToken) -> str:
    return thing.name


# --- objects -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", OBJECTS, ids=by_name)
def test_the_sddl_is_what_windows_writes(thing: RealObject) -> None:
    assert str(thing.descriptor) == thing.sddl


@pytest.mark.parametrize("thing", OBJECTS, ids=by_name)
def test_an_object_can_be_checked_and_says_where_it_was_seen(thing: RealObject) -> None:
    assert thing.descriptor.owner and thing.descriptor.group and thing.descriptor.dacl
    assert thing.source.startswith("Windows")
    assert thing.note.endswith(".")


def test_six_kinds_of_object_are_ready() -> None:
    kinds = ["file", "service", "key", "process", "share", "event log"]
    assert [thing.object_type.name for thing in OBJECTS] == kinds


# Everything that may be had, by MAXIMUM_ALLOWED: worked out by hand from the lines of the DACL that match,
# plus READ_CONTROL and WRITE_DAC for an owner.
READ_EXECUTE, FULL_FILE = 0x1200A9, 0x1F01FF
MAXIMUM = [
    (objects.HOSTS_FILE, READ_EXECUTE, READ_EXECUTE, FULL_FILE, FULL_FILE),
    (objects.WINDOWS_UPDATE_SERVICE, 0x2009D, 0x2009D, 0xF01FF, 0xF01FF),  # all but stop, pause, change
    (objects.LSA_KEY, 0x20019, 0x20019, 0xF003F, 0xF003F),
    (objects.NOTEPAD_PROCESS, 0x1FFFFF, 0, 0, 0x1FFFFF),  # a process is its user's own
    (objects.PUBLIC_SHARE, READ_EXECUTE, READ_EXECUTE, READ_EXECUTE | 0x60000, READ_EXECUTE | 0x60000),
    (objects.SECURITY_LOG, 0, 0, 0x5 | 0x60000, 0xF0005),
]


@pytest.mark.parametrize(("thing", "cosmo", "filtered", "elevated", "system"), MAXIMUM, ids=lambda x: "")
def test_what_each_of_the_four_may_do(
    thing: RealObject, cosmo: int, filtered: int, elevated: int, system: int
) -> None:
    def maximum(token: ReadyToken) -> int:
        return granted_access(token.context, thing.descriptor, MAXIMUM_ALLOWED, thing.object_type)

    assert [maximum(token) for token in TOKENS] == [cosmo, filtered, elevated, system]


def test_users_may_start_windows_update_but_not_stop_it() -> None:
    service = objects.WINDOWS_UPDATE_SERVICE
    start, stop = service.object_type.rights["START"], service.object_type.rights["STOP"]
    assert access_check(COSMO.context, service.descriptor, start, service.object_type).granted
    assert not access_check(COSMO.context, service.descriptor, stop, service.object_type).granted


def test_the_dacl_of_a_process_is_the_default_dacl_of_its_token_with_generic_rights_mapped() -> None:
    thing, default = objects.NOTEPAD_PROCESS, COSMO.context.default_dacl
    assert default is not None and thing.descriptor.dacl is not None
    mapped = [(ace.sid, thing.object_type.mapping.map(ace.mask)) for ace in default]
    assert [(ace.sid, ace.mask) for ace in thing.descriptor.dacl] == mapped


def test_a_low_process_can_neither_write_nor_read_a_medium_one() -> None:
    thing = objects.NOTEPAD_PROCESS
    low = SecurityContext(COSMO.context.user, integrity=IntegrityLevel.LOW)
    for right in ("VM_READ", "VM_WRITE"):
        desired = thing.object_type.rights[right]
        assert access_check(COSMO.context, thing.descriptor, desired, thing.object_type).granted
        assert not access_check(low, thing.descriptor, desired, thing.object_type).granted


# --- tokens ------------------------------------------------------------------------------------------


def attributes(token: ReadyToken, sid: str) -> int:
    return dict(token.context.groups).get(Sid(sid), GroupAttributes(0))


@pytest.mark.parametrize("token", TOKENS, ids=by_name)
def test_every_token_of_someone_who_logged_on_says_everyone_and_authenticated_users(
    token: ReadyToken,
) -> None:
    assert EVERYONE in token.context
    assert AUTHENTICATED_USERS in token.context


# "Group used for deny only", "Mandatory group, Enabled by default, Enabled group" and the last two with
# "Group owner" or "Local Group": as `whoami /groups` shows them for a domain administrator.
GROUPS_OF_AN_ADMINISTRATOR = [
    (ADMINISTRATORS, 0x10, 0xF),
    (tokens.DOMAIN_ADMINS, 0x10, 0x7),
    (tokens.DENIED_RODC_REPLICATION, 0x20000007, 0x20000007),
    (tokens.DOMAIN_USERS, 0x7, 0x7),
    (tokens.NOVA_LOGON_SID, 0xC0000007, 0xC0000007),
]


@pytest.mark.parametrize(("sid", "filtered", "elevated"), GROUPS_OF_AN_ADMINISTRATOR)
def test_uac_leaves_the_groups_and_makes_the_powerful_ones_deny_only(
    sid: str, filtered: int, elevated: int
) -> None:
    assert attributes(NOVA_FILTERED, sid) == filtered
    assert attributes(NOVA_ELEVATED, sid) == elevated


def test_both_halves_of_an_administrator_have_the_same_user_and_groups() -> None:
    filtered, elevated = NOVA_FILTERED.context, NOVA_ELEVATED.context
    assert filtered.user == elevated.user
    assert [group.sid for group in filtered.groups] == [group.sid for group in elevated.groups]


def test_a_plain_user_is_in_no_powerful_group() -> None:
    assert {ADMINISTRATORS, tokens.DOMAIN_ADMINS}.isdisjoint(group.sid for group in COSMO.context.groups)


@pytest.mark.parametrize(
    ("token", "level", "owner", "count"),
    [
        (COSMO, IntegrityLevel.MEDIUM, COSMO.context.user, 5),
        (NOVA_FILTERED, IntegrityLevel.MEDIUM, NOVA_FILTERED.context.user, 5),
        (NOVA_ELEVATED, IntegrityLevel.HIGH, ADMINISTRATORS, 24),
        (SYSTEM, IntegrityLevel.SYSTEM, ADMINISTRATORS, 31),
    ],
    ids=[token.name for token in TOKENS],
)
def test_integrity_owner_and_privileges_are_those_of_such_a_logon(
    token: ReadyToken, level: IntegrityLevel, owner: str, count: int
) -> None:
    assert (token.context.integrity, token.context.owner) == (level, owner)
    assert len(token.context.privileges) == count
    assert token.context.has_privilege("SeChangeNotifyPrivilege")


def test_an_elevated_administrator_holds_the_powerful_privileges_disabled() -> None:
    held = {state.privilege for state in NOVA_ELEVATED.context.privileges}
    powerful = {"SeDebugPrivilege", "SeBackupPrivilege", "SeRestorePrivilege", "SeTakeOwnershipPrivilege"}
    assert powerful <= held
    assert powerful.isdisjoint(NOVA_ELEVATED.context.enabled_privileges)


def test_system_is_in_three_groups_and_its_own_primary_group() -> None:
    assert [group.sid for group in SYSTEM.context.groups] == [ADMINISTRATORS, EVERYONE, AUTHENTICATED_USERS]
    assert SYSTEM.context.primary_group == LOCAL_SYSTEM


def test_a_context_of_astro_knows_its_peoples_names() -> None:
    assert NOVA_FILTERED.context.name_of(tokens.NOVA_SID) == r"ASTRO\nova"
    assert tokens.name_of(tokens.DOMAIN_USERS) == r"ASTRO\Domain Users"
    assert tokens.name_of(LOCAL_SYSTEM) == r"NT AUTHORITY\SYSTEM"
    assert tokens.name_of("S-1-5-21-1-2-3-4") == "S-1-5-21-1-2-3-4"
