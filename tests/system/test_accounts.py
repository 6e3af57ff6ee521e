"""Accounts and groups, of a machine and of a domain; and who holds which right."""

import pytest

from tokenlab.system import Directory, Sam
from tokenlab.system.accounts import AccountDatabase, GroupScope
from tokenlab.system.policy import LocalPolicy
from tokenlab.values import Sid

MACHINE = "S-1-5-21-1-2-3"
DOMAIN = "S-1-5-21-10-20-30"
ADMINISTRATORS, USERS = Sid("S-1-5-32-544"), Sid("S-1-5-32-545")
ALL = tuple(GroupScope)


@pytest.fixture
def sam() -> Sam:
    return Sam("WS-1", MACHINE)


@pytest.fixture
def astro() -> Directory:
    return Directory("ASTRO", DOMAIN, "astro.example")


def test_a_new_machine_has_administrator_and_guest_both_disabled(sam: Sam) -> None:
    # "Local Accounts" on Microsoft Learn
    for name, rid in (("Administrator", 500), ("guest", 501)):
        account = sam.find(name)
        assert account is not None and account.sid.rid == rid and not account.enabled
    assert ADMINISTRATORS in sam.groups_of([Sid(f"{MACHINE}-500")], *ALL)


def test_users_of_a_machine_count_from_1001(sam: Sam) -> None:
    first, second = sam.add_user("bob", "one"), sam.add_user("eve", "two")
    assert (first.sid, second.sid) == (f"{MACHINE}-1001", f"{MACHINE}-1002")


def test_names_are_found_in_any_case_and_used_once(sam: Sam) -> None:
    bob = sam.add_user("bob", "one")
    assert sam.find("BOB") is bob and sam.find("nobody") is None
    with pytest.raises(ValueError, match="has a 'Bob' already"):
        sam.add_user("Bob", "two")


def test_a_group_that_is_not_there_leaves_no_half_made_user(sam: Sam) -> None:
    with pytest.raises(KeyError, match="no group 'Domain Admins'"):
        sam.add_user("bob", "one", "Domain Admins")
    assert sam.find("bob") is None
    assert sam.add_user("bob", "one").sid.rid == 1001


def test_a_password_is_never_printed(sam: Sam) -> None:
    assert "secret one" not in repr(sam.add_user("bob", "secret one"))


def test_groups_nest(astro: Directory) -> None:
    ann = astro.add_user("ann", "x")
    inner = astro.add_group("Pilots", ann.sid)
    outer = astro.add_group("Crew", inner.sid)
    local = astro.add_group("Bridge", outer.sid, scope=GroupScope.DOMAIN_LOCAL)
    assert {inner.sid, outer.sid} <= set(astro.groups_of([ann.sid], GroupScope.GLOBAL))
    assert local.sid not in astro.groups_of([ann.sid], GroupScope.GLOBAL)
    assert local.sid in astro.groups_of([outer.sid], GroupScope.DOMAIN_LOCAL)


def test_groups_in_a_circle_are_found_once(astro: Directory) -> None:
    ann = astro.add_user("ann", "x")
    first = astro.add_group("First", ann.sid)
    second = astro.add_group("Second", first.sid)
    astro.add_members("First", second.sid)
    found = astro.groups_of([ann.sid], GroupScope.GLOBAL)
    assert found.count(first.sid) == found.count(second.sid) == 1


def test_who_leaves_a_group_is_no_longer_in_it(astro: Directory) -> None:
    ann = astro.add_user("ann", "x", "Domain Admins")
    admins = Sid(f"{DOMAIN}-512")
    assert admins in astro.groups_of([ann.sid], GroupScope.GLOBAL)
    astro.remove_members("Domain Admins", ann.sid)
    assert admins not in astro.groups_of([ann.sid], GroupScope.GLOBAL)


def test_domain_admins_are_denied_rodc_replication(astro: Directory) -> None:
    # real tokens: wherever 512, 518 or 519 is, 572 is too (logon_tokens.json; [MS-ADTS] 6.1.1.4)
    ann = astro.add_user("ann", "x", "Domain Admins")
    up = astro.groups_of([ann.sid], GroupScope.GLOBAL)
    assert f"{DOMAIN}-572" in astro.groups_of(up, GroupScope.DOMAIN_LOCAL)


def test_a_computer_is_an_account_too(astro: Directory) -> None:
    computer = astro.add_computer("ws-1")
    assert computer.name == "WS-1$" and computer.is_computer
    assert computer.primary_group == f"{DOMAIN}-515"
    assert astro.add_computer("dc-1", controller=True).primary_group == f"{DOMAIN}-516"


def test_names_are_told_with_their_database(astro: Directory) -> None:
    ann = astro.add_user("ann", "x")
    assert astro.name_of(ann.sid) == r"ASTRO\ann"
    assert astro.name_of(f"{DOMAIN}-512") == r"ASTRO\Domain Admins"
    assert astro.name_of(ADMINISTRATORS) is None  # the same everywhere: not ASTRO's to name
    assert astro.name_of("S-1-5-21-9-9-9-500") is None


def test_a_database_needs_the_sid_of_a_domain() -> None:
    with pytest.raises(ValueError, match="is not the SID of a domain or machine"):
        AccountDatabase("ASTRO", "S-1-5-18")


# --- rights: "User Rights Assignment" on Microsoft Learn ------------------------------------------

POLICY = LocalPolicy.of_a_client()


@pytest.mark.parametrize(
    ("right", "sid", "granted"),
    [
        ("SeInteractiveLogonRight", "S-1-5-32-545", True),
        ("SeNetworkLogonRight", "S-1-1-0", True),
        ("SeBatchLogonRight", "S-1-5-32-545", False),
        ("SeBatchLogonRight", "S-1-5-32-544", True),
        ("SeServiceLogonRight", "S-1-5-32-544", False),
        ("SeServiceLogonRight", "S-1-5-80-0", True),
        ("SeRemoteInteractiveLogonRight", "S-1-5-32-555", True),
        ("SeRemoteInteractiveLogonRight", "S-1-5-32-545", False),
        ("SeInteractiveLogonRight", "S-1-5-32-546", False),
    ],
)
def test_a_client_lets_in_by_default(right: str, sid: str, granted: bool) -> None:
    assert POLICY.may_log_on(right, [sid]) is granted


def test_a_denied_right_wins() -> None:
    policy = LocalPolicy.of_a_client()
    policy.grant("S-1-5-21-1-2-3-1001", "SeDenyInteractiveLogonRight")
    assert not policy.may_log_on("SeInteractiveLogonRight", [USERS, "S-1-5-21-1-2-3-1001"])
    policy.revoke("S-1-5-21-1-2-3-1001", "SeDenyInteractiveLogonRight")
    assert policy.may_log_on("SeInteractiveLogonRight", [USERS, "S-1-5-21-1-2-3-1001"])


def test_privileges_come_in_the_order_of_their_luids() -> None:
    luids = [one.luid for one in POLICY.privileges_of([ADMINISTRATORS])]
    assert luids == sorted(luids) and len(luids) == 24  # `whoami /priv` of an elevated administrator


def test_a_user_has_five_privileges() -> None:
    # `whoami /priv` of a standard user; the "UAC" chapter of the Vista developer story lists the same five
    assert POLICY.privileges_of([USERS]) == (
        "SeShutdownPrivilege",
        "SeChangeNotifyPrivilege",
        "SeUndockPrivilege",
        "SeIncreaseWorkingSetPrivilege",
        "SeTimeZonePrivilege",
    )


def test_only_a_controller_grants_enable_delegation() -> None:
    # 4672 of administrators on domain controllers, and only there (logon_tokens.json)
    name = "SeEnableDelegationPrivilege"
    assert name in LocalPolicy.of_a_controller().privileges_of([ADMINISTRATORS])
    assert name not in POLICY.privileges_of([ADMINISTRATORS])


@pytest.mark.parametrize("name", ["SeFlyLogonRight", "SeDebgPrivilege"])
def test_a_right_that_is_none_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        LocalPolicy.of_a_client().grant(USERS, name)


@pytest.mark.parametrize("letter", [*'"/\\[]:;|=,+*?<>', "\n", "\x00", "\x1f"])
def test_a_name_holds_no_letter_that_windows_refuses(letter):
    """Pages "SAM-Account-Name attribute" and "USER_INFO_0" on Microsoft Learn."""
    database = Sam("WS-1", "S-1-5-21-1-2-3")
    with pytest.raises(ValueError, match="may not hold"):
        database.add_user(f"a{letter}b", "pw")
    assert database.find(f"a{letter}b") is None
