"""The token card, the map of sessions and the logon step by step: true to the machine's own state."""

import re

import pytest

from tests.system.scene import COSMO, LAIKA, NOVA, desk, shell
from tests.view.pages import USER
from tokenlab import ImpersonationLevel, LogonType, SecurityContext, TokenType
from tokenlab.view import show
from tokenlab.view.session_map import logon_steps
from tokenlab.view.widgets import TokenCard, token_builder


@pytest.fixture
def machine():
    return desk()


def test_a_card_tells_this_token_from_others(machine):
    token = machine.log_on(*NOVA)
    picture = show(token)
    for words in (
        f"Token {token.token_id}",
        str(token.authentication_id),
        str(token.modified_id),
        "limited, not elevated",
        "the limited half of a split logon",
        "Medium Mandatory Level",
        "deny only",
        "SeChangeNotifyPrivilege",
    ):
        assert words in picture.text and words in picture.html


def test_a_card_tells_the_level_of_an_impersonation_token(machine):
    token = machine.log_on(*COSMO).duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IDENTIFICATION)
    assert "impersonation, level identification" in show(token).text


def test_a_card_shows_restricting_sids_and_what_protects_the_token(machine):
    token = machine.log_on(*COSMO).restrict(restrict_to=["S-1-1-0"])
    assert "Restricting SIDs (1)" in show(token).text
    assert str(token.descriptor) in show(token, descriptor=True).html.replace("&#x27;", "'")
    assert "Parent token id" in show(token).text


def test_a_card_says_that_a_token_was_given_up(machine):
    token = machine.log_on(*COSMO)
    machine.log_off(token)
    assert "given up" in show(token).text and "ended" in show(token).text


def test_the_map_draws_each_token_beside_its_session(machine):
    process = shell(machine, COSMO)
    machine.log_on(*NOVA)
    picture = show(machine)
    for session in machine.sessions:
        if not session.permanent:
            assert f"Logon session {session.authentication_id}" in picture.html
            assert str(session.authentication_id) in picture.text
            for token in session.tokens:
                assert f"Token {token}" in picture.html and str(token) in picture.text
    assert str(process.token.token_id) in picture.text
    assert picture.html.count('class="tip"') == sum(
        len(session.tokens) for session in machine.sessions if not session.permanent
    )


def test_a_dangling_token_points_nowhere(machine):
    token = machine.log_on(*COSMO)
    machine.log_off(token)
    picture = show(machine, tokens=[token])
    assert all("no session has this LUID" in said for said in (picture.html, picture.text))
    assert "Nobody has logged on" in show(machine).text


def test_a_session_shows_both_halves(machine):
    session = machine.log_on(*NOVA).session
    text = show(session).text
    assert str(session.authentication_id) in text and str(session.linked_id) in text


@pytest.mark.parametrize(
    ("who", "judge"),
    [(COSMO, "a controller of ASTRO"), (LAIKA, "the SAM of MISTAKENOT-WS-1")],
    ids=["of the domain", "of the machine"],
)
def test_a_logon_is_told_with_the_one_who_judged_it(machine, who, judge):
    token = machine.log_on(*who)
    told = [step for step in logon_steps(machine, token) if judge in (step[0], step[2])]
    assert len(told) == 2
    text = show(machine, logon=token).text
    assert str(token.authentication_id) in text and str(token.token_id) in text


def test_a_cached_logon_is_judged_by_the_verifier(machine):
    machine.log_off(machine.log_on(*COSMO))
    machine.domain.available = False
    token = machine.log_on(*COSMO)
    assert token.session.logon_type is LogonType.CACHED_INTERACTIVE
    assert "the verifier cached on MISTAKENOT-WS-1" in show(machine, logon=token).text


def test_a_logon_is_told_up_to_a_step(machine):
    token = machine.log_on(*COSMO)
    assert len(show(machine, logon=token, upto=3).text.splitlines()) == 3
    pale = show(machine, logon=token, upto=3).html.count('class="dead"')
    assert pale == len(logon_steps(machine, token)) - 3


def test_the_split_of_uac_is_a_step_of_its_own(machine):
    token = machine.log_on(*NOVA)
    assert str(token.session.linked_id) in show(machine, logon=token).text


# The live card


def test_a_press_adjusts_the_token_itself(machine):
    token = machine.log_on(*COSMO)
    card = TokenCard(token)
    before = token.modified_id
    card._switches["SeShutdownPrivilege"].value = True
    assert token.context.has_privilege("SeShutdownPrivilege") and token.modified_id != before
    assert "SeShutdownPrivilege" in repr(card) and str(token.modified_id) in card._card.value


def test_a_press_that_does_nothing_springs_back_and_says_1300(machine):
    token = machine.log_on(*COSMO)
    card = TokenCard(token)
    token.adjust_privileges({"SeShutdownPrivilege": 4})
    card._switches["SeShutdownPrivilege"].value = True
    assert card._switches["SeShutdownPrivilege"].value is False
    assert "1300" in card._says.value


def test_a_group_that_is_not_mandatory_can_be_switched(machine):
    service = machine.start_service("Spooler")
    card = TokenCard(service.token)
    card._groups["S-1-5-32-544"].value = False
    assert "S-1-5-32-544" not in service.token.context
    token = machine.log_on(*NOVA)
    refused = TokenCard(token)
    refused._groups["S-1-5-32-544"].value = True
    assert "629" in refused._says.value and refused._groups["S-1-5-32-544"].value is False


def test_the_card_says_who_sees_the_change_and_who_has_a_copy(machine):
    process = shell(machine, COSMO)
    child = process.start("notepad.exe")
    card = TokenCard(process.token, {"explorer.exe": process, "its thread": process.thread, "child": child})
    rows = re.findall(r"<tr.*?</tr>", card._seen.value)
    assert [("yes" in row, "a copy" in row) for row in rows[1:]] == [
        (True, False),
        (True, False),
        (False, True),
    ]


# The builder


def test_the_python_of_the_builder_makes_the_same_context():
    builder = token_builder()
    for knob, value in (
        (builder._user, "S-1-5-18"),
        (builder._level, "high"),
        (builder._groups["S-1-5-32-544"], "deny only"),
        (builder._groups["S-1-1-0"], "not there"),
        (builder._privileges["SeDebugPrivilege"], "present"),
        (builder._privileges["SeBackupPrivilege"], "enabled"),
    ):
        knob.value = value
        assert eval(builder.python, {"SecurityContext": SecurityContext}) == builder.context
    assert not builder.context.has_privilege("SeDebugPrivilege")
    assert builder.context.has_privilege("SeBackupPrivilege")
    assert "SeDebugPrivilege" in builder._card.value and "SeDebugPrivilege" in repr(builder)


def test_a_context_alone_keeps_its_own_picture():
    assert "Who asks: the security context" in show(USER).text


def test_the_cards_long_tables_are_folded_and_its_head_is_not(machine):
    """What an adjustment changes stays in sight of the button that did it."""
    card = TokenCard(machine.log_on(*NOVA))
    assert "Modified id" in card._card.value and "Groups (" not in card._card.value
    assert "Groups (" in card._rest.value and "What new objects get" in card._rest.value
    assert card._rest.layout.display == "none"
