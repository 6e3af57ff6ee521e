"""Cases of the field: files that people pasted, questions they asked, and the outcome they saw."""

from __future__ import annotations

import re

import pytest

from tests.conformance.field import (
    BORROWED,
    BY_THE_CONTROLLER,
    DIFFERENCES,
    GRANTED,
    LOGS,
    REFUSED_LOGS,
    REFUSED_TOKENS,
    TOKENS,
    case,
    index,
    is_granted,
    text_of,
)
from tests.conformance.field_scenes import SCENES, Scene
from tests.support import shared_file
from tokenlab.real import EventError, WhoamiError, from_whoami, load_events, read_events
from tokenlab.security import GroupAttributes, SecurityDescriptor


def rows(names):
    """A test for each file, named by it."""
    return [pytest.param(name, id=name) for name in names]


def test_every_case_is_a_row_or_a_listed_difference():
    told = {*(f"{name}.json" for name in GRANTED), *TOKENS, *REFUSED_TOKENS, *LOGS, *REFUSED_LOGS, *SCENES}
    assert {*told, *DIFFERENCES, BINARY} == set(index())
    assert not told & set(DIFFERENCES)


# --- descriptors ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rows(name for name in GRANTED if name not in BY_THE_CONTROLLER))
def test_a_descriptor_from_a_thread_decides_as_windows_did(name):
    assert is_granted(name) is GRANTED[name]


@pytest.mark.parametrize("name", rows(BY_THE_CONTROLLER))
def test_the_controller_reads_the_attribute_of_resource_based_delegation_as_windows_does(name):
    scene, row = Scene(), case(name)
    caller, target = map(scene.domain.account, ("MISTAKENOT-SRV1$", "MISTAKENOT-SRV2$"))
    sddl = row["sddl"].replace(row["who"]["user"], caller.sid)
    scene.domain.delegation(target).from_others = SecurityDescriptor.from_sddl(sddl)
    assert scene.domain.may_act_on_behalf(target, caller) is GRANTED[name]


@pytest.mark.parametrize("name", rows(GRANTED))
def test_what_is_expected_is_what_the_case_says(name):
    assert case(name)["expected"] is GRANTED[name]


# --- whoami --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rows(TOKENS))
def test_a_pasted_whoami_is_read(name):
    context, expected = from_whoami(text_of(name)), TOKENS[name]
    assert context.user.startswith(expected.user)
    assert len(context.groups) == expected.groups
    assert context.integrity.name == rf"Mandatory Label\{expected.level} Mandatory Level"
    assert {str(one.privilege) for one in context.privileges if one.enabled} == set(expected.enabled)
    assert len([one for one in context.privileges if not one.enabled]) == expected.disabled
    attributes = {group.sid: group.attributes for group in context.groups}
    for sid, mark in expected.marked:
        assert attributes[sid] & GroupAttributes[mark]
    for words in expected.notes:
        assert any(words in note for note in context.notes)


@pytest.mark.parametrize("name", rows(REFUSED_TOKENS))
def test_what_is_no_whoami_is_refused(name):
    with pytest.raises(WhoamiError, match=REFUSED_TOKENS[name]):
        from_whoami(text_of(name))


# --- logs ----------------------------------------------------------------------------------------

BINARY = "e12_binary.evtx.head"


@pytest.mark.parametrize("name", rows(LOGS))
def test_a_log_is_read_in_the_form_in_which_it_lies_there(name):
    log = load_events(shared_file(f"field/{name}"))
    assert tuple(event["EventID"] for event in log) == LOGS[name]
    for event in log:
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT[\d:]+\.\d+Z", event["TimeCreated"])
        assert event["Hostname"] != "-" and event["Channel"] == "Security"
        assert event["RecordNumber"] or "sentinel" in name  # whose table has none


@pytest.mark.parametrize("name", rows(name for name, ids in LOGS.items() if 4624 in ids and 4688 in ids))
def test_the_rule_of_lesson_14_ties_the_borrowed_logon_to_its_program(name):
    log = load_events(shared_file(f"field/{name}"))
    pairs = log.where(4624, LogonType="9").join(log.where(4688), "TargetLogonId")
    assert [start["NewProcessName"] for _, start in pairs] == BORROWED[name]
    assert all(start["TargetUserSid"] for start in log.where(4688))


@pytest.mark.parametrize("name", rows(["e16_guid_without_braces.xml", "e01_evtx_dump_pretty.json"]))
def test_the_null_guid_ties_nothing(name):
    log = load_events(shared_file(f"field/{name}"))
    assert log.join(log, "LogonGuid") == []


@pytest.mark.parametrize("name", rows(["e24_xml_last_event_cut.xml"]))
def test_what_was_cut_off_is_told(name):
    assert any("cut" in note for note in load_events(shared_file(f"field/{name}")).notes)


@pytest.mark.parametrize("name", rows([BINARY]))
def test_a_binary_log_without_records_is_refused_clearly(name):
    with pytest.raises(EventError, match="wevtutil"):
        load_events(shared_file(f"field/{name}"))


@pytest.mark.parametrize("name", rows(REFUSED_LOGS))
def test_what_is_no_log_is_refused_with_the_command_to_use(name):
    with pytest.raises(EventError, match=REFUSED_LOGS[name]):
        read_events(text_of(name))


# --- networks, sessions, objects -----------------------------------------------------------------


@pytest.mark.parametrize("name", rows(SCENES))
def test_a_question_from_a_thread_has_the_answer_that_people_saw(name):
    shared_file(f"field/{name}")
    SCENES[name]()
