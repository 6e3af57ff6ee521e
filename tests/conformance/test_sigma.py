"""174 public Sigma rules (SigmaHQ) over the busy day: all load and run, and these find something."""

import pytest

from tests.support import SHARED, require
from tokenlab.detect import in_languages, sigma
from tokenlab.real import load_events
from tokenlab.worlds.busy_day import busy_day

FOLDER, REAL = SHARED / "real" / "sigma", SHARED / "real" / "events"

# Title, level, stories of attack, stories of work; each record was looked up in the log by its fields.
FOUND = {
    "Successful Overpass the Hash Attempt": ("high", 2, 2),  # the four type 9 by seclogo
    "Pass the Hash Activity 2": ("medium", 2, 2),  # the same four
    "Outgoing Logon with New Credentials": ("low", 3, 3),  # all six of type 9
    "User Logoff Event": ("informational", 0, 7),  # eleven 4634 and a 4647
    "Uncommon Outbound Kerberos Connection": ("medium", 1, 0),  # Sysmon 3, port 88, tickets.exe
}
SEEN_BY_NAME = {  # two of that title: by Sysmon, and by 5156, which the day does not have
    "Uncommon Outbound Kerberos Connection": "network_connection"
}


@pytest.fixture(scope="module")
def texts():
    require(FOLDER.is_dir(), "no conformance material: real/sigma (set TOKENLAB_SHARED to its folder)")
    return [file.read_text(encoding="utf-8") for file in sorted(FOLDER.rglob("*.yml"))]


def test_every_public_rule_loads_runs_and_finds_what_was_counted(texts):
    day, found = busy_day(), {}
    for text in texts:
        rule = sigma(text)
        trial = day.judge(rule)
        if trial.alerts:
            assert rule.title not in found
            found[rule.title] = (rule.level, len(trial.found), len(trial.false_positives))
            assert rule.title not in SEEN_BY_NAME or SEEN_BY_NAME[rule.title] in text
    assert len(texts) == 174
    assert found == FOUND


def test_the_records_of_three_of_them_are_those_that_plain_python_finds(texts):
    """An oracle that shares no code with the runner."""
    log = busy_day().log
    by_title = {sigma(text).title: text for text in texts if "outbound_kerberos" not in text}
    nine = [event for event in log if event["EventID"] == 4624 and event["LogonType"] == "9"]
    expected = {
        "Outgoing Logon with New Credentials": nine,
        "Successful Overpass the Hash Attempt": [
            event for event in nine if event["LogonProcessName"] == "seclogo"
        ],
        "User Logoff Event": [event for event in log if event["EventID"] in (4634, 4647)],
    }
    for title, events in expected.items():
        assert list(log.where(sigma(by_title[title]))) == events
    assert [len(events) for events in expected.values()] == [6, 4, 12]


def test_on_recorded_attacks_the_public_rules_find_the_borrowed_logons_and_the_tool(texts):
    """Six recordings of OTRF's Security Datasets: a hash, and a ticket, put into a new logon; Rubeus."""
    logs = {file.name.partition("_20")[0]: load_events(file) for file in sorted(REAL.glob("*.json"))}
    require(logs, "no conformance material: real/events (set TOKENLAB_SHARED to its folder)")
    found: dict[str, set[str]] = {}
    for rule in map(sigma, texts):
        for name, log in logs.items():
            if rule.level != "informational" and len(log.where(rule)) == 1:
                found.setdefault(name, set()).add(rule.title)
    borrowed = set(list(FOUND)[:3])
    assert found == {
        "empire_over_pth_patch_lsass": borrowed,
        "empire_shell_rubeus_asktgt_createnetonly": borrowed | {"HackTool - Rubeus Execution"},
    }


@pytest.mark.slow
def test_each_language_says_a_rule_or_gives_a_reason(texts):
    """In KQL 58 of the 174 cannot be said: Sentinel's table has no such field."""
    unsaid = dict.fromkeys(("KQL", "ES|QL", "EQL", "SPL"), 0)
    for text in texts:
        for language, query in in_languages(text).items():
            assert len(query) > len("cannot say it: ")
            unsaid[language] += query.startswith("cannot say it: ")
    assert unsaid == {"KQL": 58, "ES|QL": 0, "EQL": 2, "SPL": 2}
