"""What real logons have in common, as sentences; held against real records and against the model.

Real rows: 120 pairs of events 4624 and 4627, and 71 tokens rebuilt from 4624, 4627 and 4672, recorded on
Windows (OTRF Security-Datasets). The model's rows are read from its own log, field by field the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest

from tests.support import load_json
from tests.system.logons import Logon, recorded, split, told_by
from tokenlab.system import Directory, LogonType, Machine
from tokenlab.system.origin import Origin

EVERYONE, AUTHENTICATED, ORGANIZATION, LOCAL = "S-1-1-0", "S-1-5-11", "S-1-5-15", "S-1-2-0"
NETWORK, BATCH, INTERACTIVE, SERVICE = "S-1-5-2", "S-1-5-3", "S-1-5-4", "S-1-5-6"
ASSERTED, S4U, NTLM = "S-1-18-1", "S-1-18-2", "S-1-5-64-10"
LOCAL_ACCOUNT, LOCAL_ADMINISTRATOR = "S-1-5-113", "S-1-5-114"
ADMINISTRATORS, USERS, SYSTEM, ANONYMOUS = "S-1-5-32-544", "S-1-5-32-545", "S-1-5-18", "S-1-5-7"
PRE_WINDOWS_2000, ENTERPRISE_CONTROLLERS = "S-1-5-32-554", "S-1-5-9"

_NAMES = "Backup Debug Impersonate LoadDriver Restore Security SystemEnvironment TakeOwnership"
OF_ADMINISTRATORS = {f"Se{name}Privilege" for name in (*_NAMES.split(), "DelegateSessionUserImpersonate")}
OF_CONTROLLERS = {"SeEnableDelegationPrivilege"}
OF_SYSTEM = {"SeTcbPrivilege", "SeAssignPrimaryTokenPrivilege", "SeAuditPrivilege"}


def world() -> tuple[Directory, Machine, Machine]:
    domain = Directory("ASTRO", "S-1-5-21-11-22-33", "astro.example")
    domain.add_user("cosmo", "c")
    domain.add_user("nova", "n", "Domain Admins", "Enterprise Admins", "Schema Admins")
    desk = Machine("WS-1", domain)
    desk.sam.add_user("bob", "b", "Administrators")
    desk.sam.add_user("eve", "e")
    controller = Machine("DC-1", domain, controller=True)
    domain.add_computer("WS-2")
    return domain, desk, controller


def modelled() -> list[Logon]:
    """One logon of every kind that the model has."""
    domain, desk, controller = world()
    network = LogonType.NETWORK
    for name, password in ((r"ASTRO\cosmo", "c"), (r"ASTRO\nova", "n"), (r".\bob", "b"), (r".\eve", "e")):
        desk.log_on(name, password)
        desk.log_on(name, password, LogonType.UNLOCK)
        desk.log_on(name, password, network)
        desk.log_on(name, password, LogonType.NETWORK_CLEARTEXT)
        desk.log_on(name, password, network, package="NTLM")
    for name, password in ((r"ASTRO\nova", "n"), (r".\bob", "b")):
        desk.log_on(name, password, LogonType.REMOTE_INTERACTIVE)
        desk.log_on(name, password, LogonType.BATCH)
        desk.log_on(name, None, LogonType.BATCH)
        caller = desk.log_on(name, password)
        desk.log_on(r"ELSE\where", "x", LogonType.NEW_CREDENTIALS, origin=Origin(caller=caller))
    for name in ("SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE"):
        desk.log_on(rf"NT AUTHORITY\{name}", None, LogonType.SERVICE)
    desk.log_on(r"NT SERVICE\Spooler", None, LogonType.SERVICE)
    desk.log_on("WS-1$", "password of WS-1$", network)
    desk.lsa.log_on_anonymously()
    for number in (0, 1, 2):
        desk.prepare_desktop(number)
    for name in ("cosmo", "nova"):
        desk.process("svchost.exe").context_of(name)
    managed = domain.add_managed_account("svc", *(f"{domain.sid}-{rid}" for rid in (515, 516)))
    for machine in (desk, controller):
        machine.policy.grant(managed.sid, "SeServiceLogonRight", "SeBatchLogonRight")
        machine.log_on(r"ASTRO\svc$", None, LogonType.SERVICE)
        machine.log_on(r"ASTRO\svc$", None, LogonType.BATCH)
    for name, password in (
        ("nova", "n"),
        ("cosmo", "c"),
        ("WS-2$", "password of WS-2$"),
        ("DC-1$", "password of DC-1$"),
    ):
        controller.log_on(name, password, network)
    return told_by(desk.log) + told_by(controller.log)


def is_service_system(one: Logon) -> bool:
    return one.type == 5 and one.user == SYSTEM


def is_anonymous(one: Logon) -> bool:
    return one.user == ANONYMOUS


def is_window_manager(one: Logon) -> bool:
    return one.user.startswith("S-1-5-90-0-")


Sentence = Callable[[Logon], bool]
# Each line: what holds, and how to see it.
INVARIANTS: dict[str, Sentence] = {
    "everyone and authenticated users are in every token with a name": lambda one: (
        is_anonymous(one) or {EVERYONE, AUTHENTICATED} <= set(one.groups)
    ),
    "only SYSTEM as a service lacks this organization": lambda one: (
        (ORGANIZATION in one.groups) is not is_service_system(one)
    ),
    "SYSTEM as a service has three groups": lambda one: (
        not is_service_system(one) or set(one.groups) == {ADMINISTRATORS, EVERYONE, AUTHENTICATED}
    ),
    "network is in the logons of types 3 and 8": lambda one: (NETWORK in one.groups) is (one.type in (3, 8)),
    "interactive is in the logons of types 2, 7, 10 and 11": lambda one: (
        one.type == 9 or (INTERACTIVE in one.groups) is (one.type in (2, 7, 10, 11))
    ),
    "batch is in the logons of type 4": lambda one: one.type == 9 or (BATCH in one.groups) is (one.type == 4),
    "service is in the logons of type 5 but SYSTEM's": lambda one: (
        one.type == 9 or (SERVICE in one.groups) is (one.type == 5 and not is_service_system(one))
    ),
    "nobody from the network is local": lambda one: not (NETWORK in one.groups and LOCAL in one.groups),
    "an identity is proved in one way only": lambda one: len({ASSERTED, S4U, NTLM} & set(one.groups)) <= 1,
    "a network logon by Kerberos is asserted by the authority": lambda one: (
        not (one.type == 3 and one.package == "Kerberos")
        or (S4U if one.process == "Authz" else ASSERTED) in one.groups
    ),
    "a logon by NTLM says so": lambda one: one.package != "NTLM" or NTLM in one.groups,
    "the NTLM SID is in the logons of local accounts": lambda one: (
        LOCAL_ACCOUNT not in one.groups or {NTLM, S4U} & set(one.groups) != set() or one.type == 9
    ),
    "local administrator means local account and administrator": lambda one: (
        (LOCAL_ADMINISTRATOR in one.groups) is ({LOCAL_ACCOUNT, ADMINISTRATORS} <= set(one.groups))
    ),
    "elevated means an integrity above Medium": lambda one: one.elevated is (one.integrity > 0x2000),
    "only people at a machine are split in two": lambda one: not one.linked or one.type in (2, 7, 10, 11),
    "a half is High or Medium, the window manager's System or Medium": lambda one: (
        not one.linked or one.integrity in (0x2000, 0x4000 if is_window_manager(one) else 0x3000)
    ),
    "both halves list Administrators, but the window manager's": lambda one: (
        not one.linked or is_window_manager(one) or ADMINISTRATORS in one.groups
    ),
    "the window manager is always split, the font driver never": lambda one: (
        one.linked
        if is_window_manager(one)
        else not (one.user.startswith("S-1-5-96-") and (one.linked or one.integrity != 0x2000))
    ),
    "a question by Authz is at Identification": lambda one: (
        one.process != "Authz" or (one.type, one.package, one.level) == (3, "Kerberos", "%%1832")
    ),
    "a domain administrator from the network is elevated": lambda one: (
        not (one.type == 3 and one.has(512) and ADMINISTRATORS in one.groups) or one.integrity == 0x3000
    ),
    # E: 129 of 129 rows, a plain user at a controller among them; without 554 a machine's account is Medium
    "Medium Plus goes with Pre-Windows 2000 Compatible Access": lambda one: (
        one.linked or (one.integrity == 0x2100) is (PRE_WINDOWS_2000 in one.groups and one.integrity < 0x3000)
    ),
    "a machine's own account is SYSTEM with its own SID as a group": lambda one: (
        not (one.type == 3 and one.user == SYSTEM)
        or (one.integrity == 0x4000 and ADMINISTRATORS in one.groups and one.has(515, 516))
    ),
    "domain controllers are enterprise domain controllers": lambda one: (
        one.has(516) is (ENTERPRISE_CONTROLLERS in one.groups)
    ),
    "powerful people of a domain have no password on a read-only controller": lambda one: (
        not one.has(512, 516, 518, 519, 520) or one.has(572)
    ),
    "only new credentials have an outbound name": lambda one: one.outbound is (one.type == 9),
    "only a network logon has another level than impersonation": lambda one: (
        one.type == 3 or one.level == "%%1833"
    ),
    "the protocol logs network users on by itself": lambda one: (
        not (one.type == 3 and one.package == "Kerberos") or one.process in ("Kerberos", "Authz")
    ),
    "a local kind of logon leaves the package to Negotiate": lambda one: (
        one.type == 3 or one.package == "Negotiate" or one.type == 8
    ),
    "the user is no group of its own": lambda one: one.user not in one.groups,
    "the logon SID is not listed": lambda one: not any(sid.startswith("S-1-5-5-") for sid in one.groups),
    "no SID is listed twice": lambda one: len(set(one.groups)) == len(one.groups),
}
SPECIAL: dict[str, Sentence] = {
    "an elevated administrator has nine special privileges": lambda one: (
        not (ADMINISTRATORS in one.groups and one.elevated and one.user != SYSTEM)
        or one.special in (OF_ADMINISTRATORS, OF_ADMINISTRATORS | OF_CONTROLLERS)
    ),
    "enabling delegation is a privilege on controllers only": lambda one: (
        one.special is None
        or (one.special >= OF_CONTROLLERS)
        is (PRE_WINDOWS_2000 in one.groups and ADMINISTRATORS in one.groups)
    ),
    "SYSTEM as a service has three more": lambda one: (
        not is_service_system(one) or one.special == OF_ADMINISTRATORS | OF_SYSTEM
    ),
    "a limited half has none, but the window manager's": lambda one: (
        one.elevated or not one.special or is_window_manager(one)
    ),
    "a machine's account on another machine has none": lambda one: one.integrity != 0x2100 or not one.special,
}


def listed(logons: list[Logon]) -> list[Logon]:
    return list(dict.fromkeys(logons))  # many real logons say the same


@pytest.mark.parametrize("sentence", INVARIANTS)
def test_real_logons_keep(sentence: str) -> None:
    assert [one for one in listed(recorded()) if not INVARIANTS[sentence](one)] == []


@pytest.mark.parametrize("sentence", INVARIANTS)
def test_the_models_logons_keep(sentence: str) -> None:
    assert [one for one in listed(modelled()) if not INVARIANTS[sentence](one)] == []


@pytest.mark.parametrize("sentence", SPECIAL)
def test_special_privileges_of_real_logons_keep(sentence: str) -> None:
    known = [one for one in listed(recorded()) if one.special is not None]
    assert known and [one for one in known if not SPECIAL[sentence](one)] == []


@pytest.mark.parametrize("sentence", SPECIAL)
def test_special_privileges_of_the_model_keep(sentence: str) -> None:
    assert [one for one in listed(modelled()) if not SPECIAL[sentence](one)] == []


def test_all_rows_are_read() -> None:
    assert len(recorded()) == 120 + 71


def test_real_halves_link_mutually() -> None:
    rows = {row["logon_id"]: row for row in load_json("vectors/logon_events.json")}
    rows |= {
        row["logon_id"]: row | {"linked": row["linked_logon_id"], "elevated": row["elevated"][-1]}
        for row in load_json("real/logon_tokens.json")
    }
    pairs = [(row, rows[row["linked"]]) for row in rows.values() if row["linked"] in rows]
    assert pairs
    for one, other in pairs:
        (groups, level), (others, other_level) = split(one["groups"]), split(other["groups"])
        assert other["linked"] == one["logon_id"] and groups == others
        assert {level, other_level} == {0x2000, 0x3000}


def test_a_label_may_stand_anywhere_in_the_list() -> None:
    """E: in 23 of 737 real 4627 it is not the last."""
    rows = [row["groups"] for row in load_json("vectors/logon_events.json")]
    for groups in rows:
        *sids, label = groups
        for place in range(len(groups)):
            assert split([*sids[:place], label, *sids[place:]]) == split(groups)


# --- kind by kind: the model's list of groups is the real one -------------------------------------


def shape(logon: Logon, ignoring: frozenset[str] = frozenset()) -> tuple[Any, ...]:
    """What two logons of the same kind share: not whose domain it is, nor which local groups were filled."""

    def short(sid: str) -> str:
        return f"RID {sid.rpartition('-')[2]}" if sid.startswith("S-1-5-21-") else sid

    built_in = sorted(sid for sid in logon.groups if sid.startswith("S-1-5-32-") and sid not in ignoring)
    others = [short(sid) for sid in logon.groups if not sid.startswith("S-1-5-32-")]
    who = [sid for sid in others if sid.startswith("RID ") and int(sid[4:]) >= 1000]
    # real lists agree on everything but the order of a domain's groups among themselves
    runs = groupby((sid for sid in others if sid not in who), key=lambda sid: sid.startswith("RID "))
    return (
        logon.type,
        logon.package,
        logon.integrity,
        logon.elevated,
        logon.linked,
        built_in,
        [sid for of_domain, run in runs for sid in (sorted(run) if of_domain else run)],
    )


REMOTE_DESKTOP = frozenset({"S-1-5-32-555"})  # whom its owners put there differs


def scene(kind: str) -> list[Logon]:
    domain, desk, controller = world()
    machine = controller if kind.endswith("controller") else desk
    if kind == "a local administrator at the keyboard":
        desk.log_on(r".\bob", "b")
        return [one for one in told_by(desk.log) if one.elevated]  # the other half was not recorded
    elif kind == "a domain administrator at the keyboard":
        domain.remove_members("Enterprise Admins", *domain.group("Enterprise Admins").members)
        domain.remove_members("Schema Admins", *domain.group("Schema Admins").members)
        desk.log_on("nova", "n")
    elif kind == "a service as SYSTEM":
        desk.log_on(r"NT AUTHORITY\SYSTEM", None, LogonType.SERVICE)
    elif kind == "the machine's own account":
        desk.log_on("WS-1$", "password of WS-1$", LogonType.NETWORK)
    elif kind == "the controller's own account on the controller":
        controller.log_on("DC-1$", "password of DC-1$", LogonType.NETWORK)
    elif kind == "another machine's account on the controller":
        controller.log_on("WS-2$", "password of WS-2$", LogonType.NETWORK)
    elif kind == "a domain administrator from the network":
        desk.log_on("nova", "n", LogonType.NETWORK)
    else:
        controller.log_on("nova", "n", LogonType.NETWORK)
    return told_by(machine.log)


@pytest.mark.parametrize(
    "kind",
    [
        "a local administrator at the keyboard",
        "a domain administrator at the keyboard",
        "a service as SYSTEM",
        "the machine's own account",
        "the controller's own account on the controller",
        "another machine's account on the controller",
        "a domain administrator from the network",
        "a domain administrator from the network on the controller",
    ],
)
def test_a_logon_of_the_model_has_the_groups_of_a_real_one_in_their_order(kind: str) -> None:
    real = [shape(one, REMOTE_DESKTOP) for one in listed(recorded())]
    for logon in scene(kind):
        assert shape(logon, REMOTE_DESKTOP) in real, shape(logon, REMOTE_DESKTOP)
