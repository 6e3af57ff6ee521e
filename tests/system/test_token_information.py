"""What a token answers: GetTokenInformation and SetTokenInformation. W and D as in test_token."""

import pytest

from tests.system.people import ADMINS, CONTEXT, STAFF, USER, impersonating
from tokenlab.system import ImpersonationLevel, Refusal
from tokenlab.system.token_information import set_information

# What it can be asked


@pytest.mark.parametrize(
    ("information_class", "answer"),
    [
        ("TokenUser", USER),
        ("TokenGroups", CONTEXT.groups),
        ("TokenPrivileges", CONTEXT.privileges),
        ("TokenOwner", USER),
        ("TokenPrimaryGroup", STAFF),
        ("TokenDefaultDacl", None),
        ("TokenSource", "User32 "),
        ("TokenType", 1),
        ("TokenRestrictedSids", ()),
        ("TokenSessionId", 1),
        ("TokenOrigin", 0),
        ("TokenElevationType", 2),
        ("TokenElevation", True),
        ("TokenHasRestrictions", False),
        ("TokenIntegrityLevel", ("S-1-16-8192", 0x60)),  # W: the label's attributes are 0x60
        ("TokenMandatoryPolicy", 3),
        ("TokenLogonSid", None),
        ("TokenLinkedToken", None),
    ],
)
def test_every_class_of_information_has_an_answer(token, information_class, answer):
    assert token.query(information_class) == answer


def test_statistics_name_the_token_and_its_session(token):
    told = token.query("TokenStatistics")
    assert (told.token_id, told.modified_id) == (token.token_id, token.modified_id)
    assert (told.authentication_id, told.group_count, told.privilege_count) == (0x1234, 3, 3)


def test_a_primary_token_has_no_level_to_tell(token):  # W
    with pytest.raises(Refusal) as refusal:
        token.query("TokenImpersonationLevel")
    assert refusal.value.win32_error == 87
    level = ImpersonationLevel.DELEGATION
    assert impersonating(token, level).query("TokenImpersonationLevel") is level


def test_an_anonymous_token_still_answers(token):  # W: its own information can be queried
    anonymous = impersonating(token, ImpersonationLevel.ANONYMOUS)
    assert anonymous.query("TokenUser") == USER


@pytest.mark.parametrize("information_class", ["TokenElevation", "TokenElevationType", "TokenUser"])
def test_what_makes_a_token_cannot_be_set(token, information_class):  # W: 87
    with pytest.raises(Refusal) as refusal:
        set_information(token, information_class, True)
    assert refusal.value.win32_error == 87


def test_information_can_be_set_by_its_class(token):
    set_information(token, "TokenOwner", ADMINS)
    assert token.query("TokenOwner") == ADMINS


def test_an_unknown_class_is_a_mistake_in_a_sentence(token):
    with pytest.raises(ValueError, match="'TokenColour' is not a class of token information"):
        token.query("TokenColour")
