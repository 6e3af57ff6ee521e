"""Which Windows a machine runs, and what follows from it."""

import dataclasses

import pytest

from tests.system.scene import COSMO, elevated, error, shell
from tokenlab import ProcessRights, worlds
from tokenlab.system import RELEASES, Directory, LogonType, Machine, WindowsRelease
from tokenlab.system.lsa_secrets import find_secrets
from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_11_24H2, WINDOWS_SERVER_2019, WINDOWS_SERVER_2025
from tokenlab.values import TokenRights

DOMAIN = "S-1-5-21-1-2-3"


def member(release, *, controller=False):
    """A machine of this release in a domain."""
    domain = Directory("LAB", DOMAIN, "lab.example")
    return Machine("HOST", domain, release=release, controller=controller)


def test_a_machine_that_says_nothing_runs_what_the_lessons_state():
    world = worlds.astro()
    releases = {machine.name: machine.release for machine in world.machines.values()}
    assert releases.pop("MISTAKENOT-WS-1") is WINDOWS_10_1809
    assert set(releases.values()) == {WINDOWS_SERVER_2019} and len(releases) == 3


def test_a_release_is_given_by_its_name_or_as_a_value():
    assert Machine("A", release="Windows 11 24H2").release is WINDOWS_11_24H2
    assert Machine("A", release=WINDOWS_SERVER_2025).release.name == "Windows Server 2025"
    assert all(WindowsRelease.find(name) is one and str(one) == name for name, one in RELEASES.items())
    with pytest.raises(KeyError, match="'Windows 12' is not in the table of releases: expected one of"):
        Machine("A", release="Windows 12")


def test_a_release_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        WINDOWS_11_24H2.lsa_protection = False  # type: ignore[misc]


@pytest.mark.parametrize(
    ("release", "protected"),
    [
        ("Windows 10 1809", False),
        ("Windows Server 2019", False),
        ("Windows 11 22H2", True),
        ("Windows 11 24H2", True),
        ("Windows Server 2025", False),
    ],
)
def test_lsass_starts_protected_on_clients_since_22h2(release, protected):
    """Configure added LSA protection, *Automatic enablement*: clients, Windows 11 22H2 and later."""
    assert member(release).process("lsass.exe").protected is protected


@pytest.mark.parametrize(
    ("release", "of_domain", "controller", "guarded"),
    [
        ("Windows 10 1809", True, False, False),
        ("Windows 11 22H2", True, False, True),
        ("Windows 11 24H2", False, False, True),
        ("Windows Server 2019", True, False, False),
        ("Windows Server 2025", True, False, True),
        ("Windows Server 2025", False, False, False),
        ("Windows Server 2025", True, True, False),
    ],
)
def test_credential_guard_starts_where_microsoft_says(release, of_domain, controller, guarded):
    """Credential Guard overview, *Default enablement*: servers in a domain that are not controllers."""
    machine = member(release, controller=controller) if of_domain else Machine("HOST", release=release)
    assert machine.policy.credential_guard is guarded


def test_old_and_new_differ_in_what_the_table_says():
    old, new = WINDOWS_SERVER_2019, WINDOWS_SERVER_2025
    assert (old.ntlm_v1, old.ntlm_auditing, old.rc4_by_default, old.kerberos_event_version) == (
        True, False, True, 1,
    )  # fmt: skip
    assert (new.ntlm_v1, new.ntlm_auditing, new.rc4_by_default, new.kerberos_event_version) == (
        False, True, False, 2,
    )  # fmt: skip
    assert [one.name for one in RELEASES.values() if one.administrator_protection] == ["Windows 11 24H2"]


@pytest.mark.parametrize(("release", "there"), [("Windows 10 1809", False), ("Windows 11 24H2", True)])
def test_a_4624_of_today_has_a_field_for_remote_credential_guard(release, there):
    """Version 3: RemoteCredentialGuard stands after RestrictedAdminMode, "-" where nobody came by desktop."""
    machine = member(release)
    machine.domain.add_user("ada", "first light")
    machine.log_on(r"LAB\ada", "first light")
    fields = list(machine.log.events(4624)[0])
    assert ("RemoteCredentialGuard" in fields) is there
    if there:
        place = fields.index("RemoteCredentialGuard")
        assert fields[place - 1 : place + 2 : 2] == ["RestrictedAdminMode", "TargetOutboundUserName"]
        assert machine.log.events(4624)[0]["RemoteCredentialGuard"] == "-"


# What lsass.exe gives away


def guarded(**policy):
    """A desk of today with people at work, LSA protection off, and an administrator who debugs."""
    machine = worlds.astro(client="Windows 11 24H2").machine("MISTAKENOT-WS-1")
    machine.policy.lsa_protection = False
    for name, value in policy.items():
        setattr(machine.policy, name, value)
    return machine, elevated(machine, "SeDebugPrivilege")


def memory(machine, reader):
    return reader.open(machine.process("lsass.exe"), ProcessRights.VM_READ).read_memory()


def test_credential_guard_keeps_the_secrets_of_who_signed_in_out_of_lsass():
    """How Credential Guard works: local accounts and credentials typed in for elsewhere are not protected."""
    machine, admin = guarded()
    machine.log_on(r".\laika", "first in orbit")
    admin.start_with_logon(r"ASTRO\cosmo", "open the pod bay doors", "cmd.exe", net_only=True)
    assert memory(machine, admin) == (
        r"the memory of lsass.exe, with the secrets of MISTAKENOT-WS-1\laika and ASTRO\cosmo;"
        r" LSAIso.exe keeps those of ASTRO\nova"
    )


def test_a_password_that_came_over_the_network_stays_in_lsass():
    """The same page: what CredSSP and Basic hand over are supplied credentials."""
    machine, admin = guarded()
    machine.log_on(r"ASTRO\cosmo", "open the pod bay doors", LogonType.NETWORK_CLEARTEXT)
    assert r"with the secrets of ASTRO\cosmo;" in memory(machine, admin)


def test_without_credential_guard_all_of_them_lie_in_lsass():
    machine, admin = guarded(credential_guard=False)
    assert memory(machine, admin) == r"the memory of lsass.exe, with the secrets of ASTRO\nova"


def test_a_network_logon_leaves_no_secret():
    machine, _ = guarded(credential_guard=False)
    machine.log_on(r"ASTRO\cosmo", "open the pod bay doors", LogonType.NETWORK)
    assert [secret.owner for secret in find_secrets(machine)] == [r"ASTRO\nova"]


def test_nobody_reads_the_process_that_keeps_the_secrets():
    machine, admin = guarded()
    kept = machine.process("LsaIso.exe")
    assert kept.parent is machine.process("wininit.exe")
    assert "protected" in error(admin.open, kept, ProcessRights.VM_READ).reason
    with pytest.raises(KeyError):
        guarded(credential_guard=False)[0].process("LsaIso.exe")


@pytest.mark.parametrize("lsa_protection", [False, True])
def test_credential_guard_does_not_stop_the_theft_of_a_token(lsa_protection):
    """ "Doesn't prevent an attacker ... from using the privileges associated with any credential"."""
    machine, _ = guarded(lsa_protection=lsa_protection)
    victim, system = shell(machine, COSMO), machine.process("svchost.exe")
    stolen = system.open(victim, ProcessRights.QUERY_INFORMATION).open_token(TokenRights.DUPLICATE | 8)
    child = system.start_with_token(stolen.duplicate_token(), "cmd.exe")
    assert child.token.context.user == victim.token.context.user
    assert child.token.session is victim.token.session and child.token.session.credentials
