"""The rules of lesson 14 on real records, and what each says of itself."""

import pytest

from tests.support import SHARED, load_json, require
from tokenlab.real import load_events
from tokenlab.values import Events
from tokenlab.worlds import rules
from tokenlab.worlds.rules import STARTERS, DetectionRule

REAL = SHARED / "real" / "events"
ALL = (
    rules.type_9(),
    rules.type_9_by_parent(STARTERS),
    rules.type_9_by_itself(STARTERS),
    rules.other_logon(STARTERS),
    rules.ticket_without_first(),
    rules.unusual_options(),
    rules.port_88(),
    rules.opened_process(STARTERS),
)


def recordings():
    """Six recorded attacks of OTRF's Security Datasets, 511 events."""
    require(REAL.is_dir(), "no conformance material: real/events (set TOKENLAB_SHARED to its folder)")
    return {file.name.partition("_20")[0]: load_events(file) for file in sorted(REAL.glob("*.json"))}


def fired(rule, field):
    found = {name: [event[field] for event in rule(log)] for name, log in recordings().items()}
    return {name: values for name, values in found.items() if values}


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.title)
def test_a_rule_says_what_sigma_asks_for(rule):
    """Sigma's header: a title, a technique of ATT&CK, the log source's definition, known false positives."""
    assert isinstance(rule, DetectionRule) and rule.technique.startswith("T1")
    for said in (rule.title, rule.needs, rule.false_positives, rule.blind_spots):
        assert len(said) > 10
    assert "Audit" in rule.needs or "Sysmon" in rule.needs
    assert list(rule(Events())) == []


def test_the_rule_of_other_logons_fires_three_times_in_six_real_logs_for_borrowed_logons():
    parents = fired(rules.other_logon(STARTERS), "ParentProcessName")
    assert {name: [path.rpartition("\\")[2] for path in paths] for name, paths in parents.items()} == {
        "empire_invoke_runas": ["powershell.exe"],
        "empire_over_pth_patch_lsass": ["powershell.exe"],
        "empire_shell_rubeus_asktgt_createnetonly": ["Rubeus.exe"],
    }


def test_a_real_ticket_tool_asks_with_options_that_windows_does_not_use():
    """13 of 13 events 4768 by Windows have 0x40810010."""
    assert fired(rules.unusual_options(), "TicketOptions") == {
        "empire_shell_rubeus_asktgt_createnetonly": ["0x40800010"]
    }


def test_a_short_log_makes_the_rule_of_tickets_fire_for_nothing():
    """The first ticket is older than the recording: why seven days are asked for."""
    found = fired(rules.ticket_without_first(), "TargetUserName")
    assert found == {"empire_powerview_ldap_ntsecuritydescriptor": ["pgustavo@THESHIRE.LOCAL"] * 2}


def test_machine_accounts_delegated_tickets_and_renewed_ones_are_left_out():
    ticket = {
        "EventID": 4769,
        "TargetUserName": "ada@VEGA.EXAMPLE",
        "IpAddress": "::ffff:10.0.0.2",
        "TransmittedServices": "-",
    }
    rule = rules.ticket_without_first()
    assert list(rule(Events([ticket]))) == [ticket]
    for other in (
        [ticket | {"TargetUserName": "SRV1$@VEGA.EXAMPLE"}],
        [ticket | {"TransmittedServices": "SRV1$"}],
        [ticket, ticket | {"EventID": 4770}],
        [ticket, ticket | {"EventID": 4768, "TargetUserName": "Ada", "Status": "0x0"}],
    ):
        assert list(rule(Events(other))) == []
    failed = ticket | {"EventID": 4768, "TargetUserName": "ada", "Status": "0x6"}
    assert list(rule(Events([ticket, failed]))) == [ticket]


def sysmon(number):
    return Events(row for row in load_json("real/sysmon/records.json") if row["EventID"] == number)


def test_of_real_connections_only_a_ticket_tool_and_an_unknown_process_speak_to_port_88():
    images = [flow["Image"].rpartition("\\")[2] for flow in rules.port_88()(sysmon(3))]
    assert images == ["&lt;unknown process&gt;", "Rubeus.exe"]


def test_real_opens_of_lsass_by_remoting_and_by_wmi_are_ordinary():
    """0x101400 by wsmprovhost.exe, from .NET's Process class; 0x1400 by WmiPrvSE.exe: a base rate."""
    rows = [event for event in sysmon(10) if event["TargetImage"].lower().endswith("lsass.exe")]
    masks = {event["SourceImage"].rpartition("\\")[2].lower(): event["GrantedAccess"] for event in rows}
    assert masks["wsmprovhost.exe"] == "0x101400" and masks["wmiprvse.exe"] == "0x1400"
