"""What a token answers: GetTokenInformation and SetTokenInformation. W and D as in test_token."""

from dataclasses import replace

import pytest

from tests.system.people import CONTEXT, STAFF, USER, impersonating
from tokenlab.security import TokenGroup
from tokenlab.security.condition.claims import ClaimType, ResourceAttribute
from tokenlab.security.context import AppContainer, Claims
from tokenlab.system import ImpersonationLevel, Refusal
from tokenlab.system.token_information import CLASSES, NOT_MODELLED
from tokenlab.values import Sid

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
        ("TokenIsRestricted", False),
        ("TokenUIAccess", False),
        ("TokenIsAppContainer", False),
        ("TokenIsLessPrivilegedAppContainer", False),
        ("TokenAppContainerSid", None),
        ("TokenCapabilities", ()),
        ("TokenProcessTrustLevel", None),
        ("TokenUserClaimAttributes", ()),
        ("TokenDeviceClaimAttributes", ()),
        ("TokenDeviceGroups", ()),
    ],
)
def test_every_class_of_information_has_an_answer(token, information_class, answer):
    assert token.query(information_class) == answer


def test_statistics_name_the_token_and_its_session(token):
    told = token.query("TokenStatistics")
    assert (told.token_id, told.modified_id) == (token.token_id, token.modified_id)
    assert (told.authentication_id, told.group_count, told.privilege_count) == (0x1234, 3, 3)


def test_restricting_sids_are_shown_as_plain_groups(token):
    """D; Chromium's sandbox reads them so: attributes 7."""
    made = token.restrict(restrict_to=[STAFF, "S-1-5-12"])
    assert made.query("TokenRestrictedSids") == ((STAFF, 7), ("S-1-5-12", 7))
    assert made.query("TokenIsRestricted") and made.query("TokenHasRestrictions")


def test_an_apps_token_names_its_package_and_its_capabilities(token):
    """D: TOKEN_INFORMATION_CLASS."""
    package, internet = Sid("S-1-15-2-1-2-3-4-5-6-7"), Sid("S-1-15-3-1")
    app = replace(token, context=replace(token.context, app=AppContainer(package, (internet,), True)))
    assert app.query("TokenIsAppContainer") and app.query("TokenIsLessPrivilegedAppContainer")
    assert app.query("TokenAppContainerSid") == package
    assert app.query("TokenCapabilities") == ((internet, 4),)


def test_all_groups_and_privileges_come_at_once_with_the_user_first(token):
    """D: TOKEN_GROUPS_AND_PRIVILEGES, TOKEN_ACCESS_INFORMATION."""
    made = token.restrict(restrict_to=[STAFF])
    told = made.query("TokenGroupsAndPrivileges")
    assert told.sids[0] == (USER, 0) and told.sids[1:] == CONTEXT.groups
    assert (told.restricted_sids, told.privileges) == (((STAFF, 7),), CONTEXT.privileges)
    assert told.authentication_id == 0x1234
    more = made.query("TokenAccessInformation")
    assert more[:4] == told and (more.token_type, more.mandatory_policy) == (1, 3)
    assert (more.package_sid, more.capabilities, more.trust_level_sid) == (None, (), None)


def test_claims_are_told_by_user_and_device(token):
    claims = Claims(
        user=(ResourceAttribute("dept", ClaimType.STRING, ("crew",)),),
        device_groups=(TokenGroup(Sid(STAFF)),),
    )
    told = replace(token, context=replace(token.context, claims=claims))
    assert told.query("TokenUserClaimAttributes") == claims.user
    assert told.query("TokenDeviceGroups") == claims.device_groups


def test_a_class_that_windows_has_and_the_model_has_not_is_said_so(token):
    with pytest.raises(KeyError, match="this model does not"):
        token.query("TokenBnoIsolation")
    assert not NOT_MODELLED & CLASSES.keys()


def test_another_session_takes_the_privilege_of_windows_itself(token):
    """ReactOS' tests of NtSetInformationToken: TokenSessionId without SeTcbPrivilege is 1314."""
    with pytest.raises(Refusal) as refusal:
        token.set_session_id(2)
    assert refusal.value.win32_error == 1314 and token.query("TokenSessionId") == 1
    token.set_session_id(2, CONTEXT.with_privilege("SeTcbPrivilege"))
    assert token.query("TokenSessionId") == 2


def test_a_primary_token_has_no_level_to_tell(token):  # W
    with pytest.raises(Refusal) as refusal:
        token.query("TokenImpersonationLevel")
    assert refusal.value.win32_error == 87
    level = ImpersonationLevel.DELEGATION
    assert impersonating(token, level).query("TokenImpersonationLevel") is level


def test_an_anonymous_token_still_answers(token):  # W: its own information can be queried
    anonymous = impersonating(token, ImpersonationLevel.ANONYMOUS)
    assert anonymous.query("TokenUser") == USER


def test_an_unknown_class_is_a_mistake_in_a_sentence(token):
    with pytest.raises(KeyError, match="'TokenColour' is not a class of token information"):
        token.query("TokenColour")
