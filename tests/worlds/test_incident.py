"""The bad day: what each fix stops and what it costs, and what the logs have of it."""

from typing import Any

import pytest

from tests.network.test_real_chains import COVENANT, records
from tokenlab.values import Sid
from tokenlab.worlds.incident import incident
from tokenlab.worlds.incident_scene import BORROWING, CAUSES, FIXES, IncidentCast

# Where the intrusion ends ("" if it does not), by cause and fix; what of ordinary work does not go.
ENDS = {
    "desktop": {
        "none": "",
        "script": "script",
        "operator": "enter",
        "no network": "enter",
        "disabled": "enter",
        "restricted": "read",
        "guard": "",
        "log off": "token",
        "sensitive": "",
        "protected": "",
        "lsa": "",
        "untrusted": "",
        "resource": "",
        "secret": "read",
    },
    "delegation": {
        "none": "",
        "script": "script",
        "operator": "enter",
        "no network": "enter",
        "disabled": "enter",
        "restricted": "",
        "guard": "",
        "log off": "",
        "sensitive": "out",
        "protected": "out",
        "lsa": "",
        "untrusted": "out",
        "resource": "out",
        "secret": "read",
    },
}
CHAIN = ["program", "script", "borrow", "try", "enter", "hop", "look", "token", "out", "read", "read on"]


@pytest.mark.parametrize("fix", FIXES)
@pytest.mark.parametrize("cause", CAUSES)
def test_a_fix_ends_the_intrusion_where_it_should_and_ordinary_work_goes_on(cause, fix):
    day = incident(fix, cause=cause)
    assert (day.stopped.key if day.stopped else "") == ENDS[cause][fix]
    assert day.read is (ENDS[cause][fix] == "")
    undone = [name for name, done in day.ordinary.items() if not done]
    assert undone == (["archive"] if fix == "disabled" else [])


@pytest.mark.parametrize("borrowing", BORROWING)
@pytest.mark.parametrize("cause", CAUSES)
def test_without_a_fix_the_chain_is_the_same_however_the_account_is_borrowed(cause, borrowing):
    day = incident(cause=cause, borrowing=borrowing)
    assert [step.key for step in day.steps] == CHAIN
    refused = [step.key for step in day.steps if not step.ok]
    assert refused == (["try", "hop"] if cause == "desktop" else ["try"])
    assert day.works and day.stopped is None


@pytest.mark.parametrize("borrowing", ["netonly", "runas", "ticket"])
def test_a_disabled_account_cannot_be_borrowed_for_long(borrowing):
    """[RFC 4120] 7.5.9 KDC_ERR_CLIENT_REVOKED for the ticket, 1331 for runas; nobody checks netonly."""
    day = incident("disabled", borrowing=borrowing)
    went = {step.key: step.ok for step in day.steps}
    assert went["borrow"] is (borrowing == "netonly") and not day.read


def test_the_least_is_exposed_on_the_server_where_its_cause_is_fixed():
    for cause, best in (
        ("desktop", {"restricted", "log off", "guard"}),
        ("delegation", {"sensitive", "protected", "untrusted"}),
    ):
        exposure = {fix: incident(fix, cause=cause).exposure for fix in FIXES if fix != "disabled"}
        assert {fix for fix in exposure if exposure[fix] == min(exposure.values())} == best


def test_resource_based_delegation_leaves_as_little_there_but_everybody_can_be_played():
    """[MS-SFU]: who is SYSTEM on a server that a target names can be any user there who is not protected."""
    untrusted, resource = (incident(fix, cause="delegation") for fix in ("untrusted", "resource"))
    assert resource.exposure.lies == untrusted.exposure.lies
    assert (untrusted.exposure.playable, resource.exposure.playable) == (0, 3)


def test_the_secret_is_read_by_a_network_logon_from_the_first_server_and_goes_on_being_read():
    day = incident()
    first, again = [event for event in day.events(4663) if day.scene.cast.secret in event["ObjectName"]]
    assert first["SubjectUserName"] == again["SubjectUserName"] == "nova"
    assert first["SubjectLogonId"] == again["SubjectLogonId"]
    logon = next(
        e for e in day.scene.second.log.events(4624) if e["TargetLogonId"] == first["SubjectLogonId"]
    )
    assert (logon["LogonType"], logon["IpAddress"]) == ("3", day.scene.network.address(day.scene.first))
    assert "(A;;FA;;;BA)" not in str(day.scene.secret.descriptor)
    console = [e for e in day.scene.second.log.events(4624) if e["LogonType"] == "2"]
    assert first["SubjectLogonId"] not in {e["TargetLogonId"] for e in console} and len(console) == 2


def test_the_way_to_the_token_leaves_a_read_of_lsass_and_sysmon_10_and_no_privilege_event():
    """A remoting host opened lsass.exe without a 4703, for a network logon has its privileges enabled; use of
    SeDebugPrivilege leaves no 4673: 0 of 3,743 real events name it."""
    day = incident()
    log, sysmon = day.scene.first.log, day.scene.first.sysmon
    after = [event for event in log if "11:50" < event["TimeCreated"][11:16] < "12:00"]
    assert [event["EventID"] for event in after] == [4656, 4663, 4658]
    assert {event["SubjectUserName"] for event in after} == {"svc-archive"}
    assert all(event["ObjectName"].endswith(r"\System32\lsass.exe") for event in after[:2])
    assert not [event for event in log.where(4703, 4673) if event["TimeCreated"][11:16] > "11:00"]
    opened = sysmon.where(10)
    assert all(event["SourceImage"].endswith("wsmprovhost.exe") for event in opened)
    assert [event["TargetImage"].rpartition("\\")[2] for event in opened] == ["lsass.exe", "mmc.exe"]


def test_a_client_is_taken_out_of_a_server_by_its_handles():
    (event,) = incident(cause="delegation").scene.first.sysmon.where(10)[1:]
    assert event["TargetImage"].endswith("w3wp.exe") and int(event["GrantedAccess"], 16) == 0x40


def test_lsa_protection_stops_the_look_into_lsass_and_not_the_theft():
    day = incident("lsa")
    assert not day.step("look").ok and day.step("token").ok and day.read


@pytest.mark.parametrize(
    ("borrowing", "logon_types", "encryption"),
    [("netonly", ["2", "9"], "0x12"), ("runas", ["2", "2"], "0x12"), ("ticket", ["2"], "0x17")],
)
def test_each_way_of_borrowing_leaves_its_own_trace_at_the_desk(borrowing, logon_types, encryption):
    day = incident(borrowing=borrowing)
    assert [event["LogonType"] for event in day.scene.desk.log.events(4624)] == logon_types
    desk = day.scene.network.address(day.scene.desk)
    (asked,) = [
        event
        for event in day.scene.controller.log.events(4768)
        if event["TargetUserName"] == "svc-archive" and event["IpAddress"].endswith(f":{desk}")
    ]
    assert asked["TicketEncryptionType"] == encryption


def test_remoting_tells_the_server_no_address_in_the_record_and_here():
    real = next(e for e in records(COVENANT) if e["EventID"] == 4624 and e["TargetUserName"] == "pgustavo")
    (mine,) = [
        event
        for event in incident().scene.first.log.events(4624)
        if event["TargetUserName"] == "svc-archive" and event["LogonType"] == "3"
    ]
    fields = (
        "LogonType",
        "IpAddress",
        "WorkstationName",
        "ElevatedToken",
        "TargetLinkedLogonId",
        "SubjectLogonId",
    )
    assert {name: mine[name] for name in fields} == {name: real[name] for name in fields}


def test_the_same_day_is_the_same_log_twice_and_logs_are_merged_by_time():
    one, two = incident().events(), incident().events()
    assert list(one) == list(two)
    times = [event["TimeCreated"] for event in one]
    assert times == sorted(times) and len({event["Hostname"] for event in one}) == 5


def test_other_people_live_the_same_day():
    machines = ("ARECIBO", "GOLDSTONE", "KECK", "PARKES", "YERKES")
    day = incident(
        cast=IncidentCast("VEGA", Sid("S-1-5-21-7-7-7"), "ada", "vera", "svc-probe", machines, reader="WD")
    )
    assert day.read and "(A;;FR;;;WD)" in day.step("script").why
    assert day.step("read").who == "vera" and day.step("read").to == "PARKES"


def test_what_is_no_fix_cause_or_borrowing_is_refused():
    wrongs: list[dict[str, Any]] = [{"fix": "hope"}, {"cause": "chance"}, {"borrowing": "luck"}]
    for wrong in wrongs:
        with pytest.raises(KeyError):
            incident(**wrong)
    with pytest.raises(KeyError, match="there was no step 'token': one of program, script"):
        incident("script").step("token")
