"""Trust labels, access filters, apps and central policies: what stands beside the DACL."""

from dataclasses import replace

import pytest

from tokenlab import FileRights
from tokenlab.security import ReasonCode, Rule, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.check.central_policy import CentralPolicy, CentralRule
from tokenlab.security.check.limits import trusts
from tokenlab.security.condition.claims import ClaimType, ResourceAttribute
from tokenlab.security.context import AppContainer, Claims
from tokenlab.values import FILE, KEY, PROCESS, GenericMapping, ObjectType, Sid

USER, EVERYONE = "S-1-5-21-1-2-3-1000", "S-1-1-0"
PLAIN = SecurityContext(USER, [EVERYONE])
READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA


def decide(sddl, desired=READ, context=PLAIN, **more):
    return access_check(context, SecurityDescriptor.from_sddl(sddl), desired, **more)


# --- process trust labels --------------------------------------------------------------------------

LIGHT_WINDOWS, LIGHT_ANTIMALWARE, FULL_WINDOWS = "S-1-19-512-4096", "S-1-19-512-1536", "S-1-19-1024-4096"


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [
        (None, "S-1-19-0-0", True),
        (None, LIGHT_ANTIMALWARE, False),
        (LIGHT_WINDOWS, LIGHT_ANTIMALWARE, True),
        (LIGHT_ANTIMALWARE, LIGHT_WINDOWS, False),
        (FULL_WINDOWS, LIGHT_WINDOWS, True),
        (LIGHT_WINDOWS, FULL_WINDOWS, False),
    ],
)
def test_trust_is_enough_in_type_and_in_level(held, needed, enough):
    """Forshaw, ch. 7: dominance of trust levels."""
    assert trusts(held and Sid(held), Sid(needed)) is enough


TRUSTED = f"O:{USER}G:SYD:(A;;FA;;;WD)S:(TL;;0x120080;;;{LIGHT_WINDOWS})"


def test_who_is_not_trusted_gets_what_the_label_leaves_whatever_the_dacl_says():
    assert decide(TRUSTED, FileRights.READ_ATTRIBUTES)
    refused = decide(TRUSTED, READ | FileRights.READ_ATTRIBUTES)
    assert not refused and refused.steps[1].rule is Rule.TRUST and "Trust label" in str(refused)
    assert decide(TRUSTED, READ, SecurityContext(USER, [EVERYONE], trust=LIGHT_WINDOWS))


def test_the_maximum_stays_within_a_limit():
    assert decide(TRUSTED, FileRights.MAXIMUM_ALLOWED).granted_access == 0x120080


# --- access filters --------------------------------------------------------------------------------


def test_a_filter_lets_through_whom_its_condition_names():
    text = "O:SYG:SYD:(A;;FA;;;WD)S:(FL;;FR;;;WD;(Exists @User.badge))"
    badge = Claims(user=(ResourceAttribute("badge", ClaimType.INT64, (1,)),))
    assert decide(text, READ)
    refused = decide(text, WRITE)
    assert not refused and refused.steps[1].rule is Rule.FILTER and "Exists @USER.badge" in str(refused)
    assert decide(text, WRITE, SecurityContext(USER, [EVERYONE], claims=badge))


# --- apps ------------------------------------------------------------------------------------------

PACKAGE, CAPABILITY = "S-1-15-2-1-2-3-4-5-6-7", "S-1-15-3-1"
APP = SecurityContext(USER, [EVERYONE], app=AppContainer(Sid(PACKAGE), (Sid(CAPABILITY),)))
LPAC = SecurityContext(USER, [EVERYONE], app=AppContainer(Sid(PACKAGE), (), True))


@pytest.mark.parametrize(
    ("dacl", "app", "less_privileged"),
    [
        ("(A;;FR;;;WD)", False, False),
        ("(A;;FR;;;WD)(A;;FR;;;AC)", True, False),
        ("(A;;FR;;;AC)", False, False),
        (f"(A;;FR;;;WD)(A;;FR;;;{PACKAGE})", True, True),
        (f"(A;;FR;;;WD)(A;;FR;;;{CAPABILITY})", True, False),
        ("(A;;FR;;;WD)(A;;FR;;;S-1-15-2-2)", True, True),
        (f"(A;;FR;;;WD)(D;;FR;;;{PACKAGE})(A;;FR;;;AC)", False, False),
        ("(A;;FR;;;WD)(A;;0x1;;;AC)", True, False),
        ("", False, False),
    ],
)
def test_an_app_is_granted_only_what_user_and_package_both_are(dacl, app, less_privileged):
    """Forshaw, ch. 7: the access check of a lowbox token. Every app holds S-1-15-2-2, only an ordinary one
    S-1-15-2-1 too: NtObjectManager's tests."""
    assert bool(decide(f"O:SYG:SYD:{dacl}", READ, APP)) is app
    assert bool(decide(f"O:SYG:SYD:{dacl}", READ, LPAC)) is less_privileged


def test_where_there_is_no_dacl_an_app_gets_nothing():
    refused = decide("O:SYG:SYD:NO_ACCESS_CONTROL", READ, APP)
    assert not refused and refused.reasons[READ].code is ReasonCode.NOT_GRANTED_TO_APPS
    assert "no app" in str(refused)


def test_owning_a_thing_does_not_help_the_owners_apps():
    text = f"O:{USER}G:SYD:(A;;FA;;;WD)"
    assert decide(text, FileRights.WRITE_DAC)
    assert not decide(text, FileRights.WRITE_DAC, APP)


def test_the_pass_for_the_package_is_told():
    decision = decide(f"O:SYG:SYD:(A;;FR;;;WD)(A;;FR;;;{PACKAGE})", READ, APP)
    (step,) = [step for step in decision.steps if step.rule is Rule.PACKAGE_PASS]
    assert step.place is None and step.ace is None
    assert "neither the package nor one of its capabilities" in str(decision)
    assert decision.reasons[READ].ace.sid == PACKAGE


# --- central access policies -----------------------------------------------------------------------

POLICY = "S-1-17-1-2-3-4"
FINANCE = f'S:(RA;;;;;WD;("Department",TS,0,"Finance"))(SP;;;;;{POLICY})'
RULE = CentralRule("finance", "D:(A;;FR;;;WD)", '(@Resource.Department == "Finance")')


def policies(*rules):
    return {POLICY: CentralPolicy(Sid(POLICY), rules)}


def test_a_rule_of_the_domain_must_grant_too():
    text = f"O:SYG:SYD:(A;;FA;;;WD){FINANCE}"
    assert decide(text, READ, policies=policies(RULE))
    refused = decide(text, READ | WRITE, policies=policies(RULE))
    assert not refused
    assert refused.reasons[WRITE].code is ReasonCode.NOT_GRANTED_BY_CENTRAL_RULE
    assert refused.reasons[WRITE].privilege is None, "by what refused is the rule's name, and no privilege"
    assert refused.reasons[READ].granted and "Central access rule 'finance'" in str(refused)
    assert decide(text, READ | WRITE), "a check that is given no policies does not look"


def test_a_rule_never_gives_what_the_object_refuses():
    assert not decide(f"O:SYG:SYD:(A;;FW;;;WD){FINANCE}", READ, policies=policies(RULE))


def test_a_rule_for_other_objects_does_not_count():
    other = CentralRule("law", "D:", '(@Resource.Department == "Law")')
    assert decide(f"O:SYG:SYD:(A;;FA;;;WD){FINANCE}", WRITE, policies=policies(other))


def test_every_rule_that_applies_must_grant():
    more = CentralRule("nobody", "D:")
    assert not decide(f"O:SYG:SYD:(A;;FA;;;WD){FINANCE}", READ, policies=policies(RULE, more))


def test_the_maximum_is_what_all_agree_on():
    decision = decide(f"O:SYG:SYD:(A;;FA;;;WD){FINANCE}", FileRights.MAXIMUM_ALLOWED, policies=policies(RULE))
    assert decision.granted_access == FileRights.READ


def test_without_the_policy_only_administrators_system_and_the_owner_come_in():
    """The recovery policy: Dynamic Access Control, "Central access policies"."""
    text = f"O:{USER}G:SYD:(A;;FA;;;WD){FINANCE}"
    assert decide(text, READ, policies={})
    assert not decide(text.replace(USER, "SY", 1), READ, policies={})
    admin = SecurityContext(USER, [EVERYONE, "S-1-5-32-544"])
    assert decide(text.replace(USER, "SY", 1), READ, admin, policies={})


# --- exactly which lines limit ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needed", "enough"),
    [("S-1-19-1-0", False), ("S-1-19-0-1", False), ("S-1-19-0", True), ("S-1-19-0-0-0", True)],
)
def test_no_trust_is_the_lowest(needed, enough):
    assert trusts(None, Sid(needed)) is enough


def test_limits_that_wait_for_children_do_not_limit_the_object():
    lines = f"(TL;OICIIO;0x0;;;{LIGHT_WINDOWS})(FL;OICIIO;0x0;;;WD;(Exists @User.badge))"
    assert decide(f"O:SYG:SYD:(A;;FA;;;WD)S:{lines}", READ)
    assert not decide(f"O:SYG:SYD:(A;;FA;;;WD)S:{lines}(FL;;FX;;;WD;(Exists @User.badge))", READ)


def test_a_mandatory_label_is_no_trust_label():
    assert decide("O:SYG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;LW)(FL;;FX;;;WD;(Member_of {SID(WD)}))", WRITE)


def test_a_group_for_deny_only_does_not_come_through_a_filter():
    context = SecurityContext(USER, [EVERYONE, ("S-1-5-32-544", 0x10)])
    text = "O:SYG:SYD:(A;;FA;;;WD)S:(FL;;FX;;;WD;(Member_of {SID(BA)}))"
    assert not decide(text, READ, context)


def test_a_limit_is_told_with_its_line_or_with_the_value_of_its_condition():
    trust = decide(TRUSTED, READ)
    assert trust.reasons[READ].ace.sid == LIGHT_WINDOWS and trust.steps[1].condition is None
    filtered = decide("O:SYG:SYD:(A;;FA;;;WD)S:(FL;;FX;;;WD;(Exists @User.badge))", READ)
    assert filtered.reasons[READ].ace is None and filtered.reasons[READ].privilege is None
    assert filtered.steps[1].condition.value is False
    assert len(trust.steps) == len(filtered.steps) == 3, "what is refused here is not asked of the DACL"


def test_a_filter_and_a_trust_label_leave_the_sacl_to_its_privilege():
    """Forshaw, ch. 7: both masks are joined with ACCESS_SYSTEM_SECURITY."""
    able = SecurityContext(USER, [EVERYONE], ["SeSecurityPrivilege"])
    text = "O:SYG:SYD:(A;;FA;;;WD)S:(FL;;FX;;;WD;(Exists @User.badge))"
    for limited in (text, TRUSTED):
        assert decide(limited, FileRights.ACCESS_SYSTEM_SECURITY, able)
        assert int(decide(limited, FileRights.ACCESS_SYSTEM_SECURITY).win32_error) == 1314


def test_only_the_first_trust_label_counts():
    """Forshaw, ch. 7"""
    lines = f"(TL;;FA;;;{LIGHT_WINDOWS})", f"(TL;;0x0;;;{LIGHT_WINDOWS})"
    assert decide(f"O:SYG:SYD:(A;;FA;;;WD)S:{lines[0]}{lines[1]}", READ)
    assert not decide(f"O:SYG:SYD:(A;;FA;;;WD)S:{lines[1]}{lines[0]}", READ)
    above = f"(TL;;0x0;;;{LIGHT_ANTIMALWARE})"  # one that the token comes up to
    trusted = SecurityContext(USER, [EVERYONE], trust=LIGHT_ANTIMALWARE)
    assert decide(f"O:SYG:SYD:(A;;FA;;;WD)S:{above}{lines[1]}", READ, trusted)


# --- levels of apps --------------------------------------------------------------------------------

LOW_APP = SecurityContext(USER, [EVERYONE], integrity="low", app=AppContainer(Sid(PACKAGE)))


@pytest.mark.parametrize("label", ["", "S:(ML;;NW;;;ME)", "S:(ML;;NW;;;LW)"])
def test_an_object_of_at_most_medium_is_written_by_an_app_that_its_dacl_names(label):
    """CreateNamedPipe and "AppContainer isolation" on Microsoft Learn: the ACE is all that a pipe needs."""
    for sid in (PACKAGE, "AC"):
        assert decide(f"O:SYG:SYD:(A;;FA;;;WD)(A;;FA;;;{sid}){label}", WRITE, LOW_APP)
    refused = decide(f"O:SYG:SYD:(A;;FA;;;WD){label}", WRITE, LOW_APP)
    assert not refused and refused.reasons[WRITE].code is ReasonCode.NOT_GRANTED
    assert bool(decide(f"O:SYG:SYD:(A;;FA;;;WD){label}", WRITE, replace(LOW_APP, app=None))) is (
        "LW" in label
    )


def test_an_object_above_medium_is_not():
    """Forshaw, ch. 7: there the failing label ends the check of an app as well."""
    refused = decide("O:SYG:SYD:(A;;FA;;;WD)(A;;FA;;;AC)S:(ML;;NW;;;S-1-16-8448)", WRITE, LOW_APP)
    assert refused.reasons[WRITE].code is ReasonCode.DENIED_BY_INTEGRITY


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        ("NW", 0x13000D),  # all that reading and executing mean, DELETE (0x10000) with them
        ("NR", 0x1F0016),  # 0x8 is among executing, but not its alone; 0x10 is no class's
        ("NX", 0x0F001B),
        ("NWNR", 0x100004),
        ("NWNX", 0x030009),
        ("NRNX", 0x0F0012),
        ("NWNRNX", 0x0),
    ],
)
def test_a_class_that_is_closed_takes_along_all_that_no_open_one_has(policy, left):
    """[MS-DTYP] 2.4.4.13; NtCoreLib, GetAllowedMandatoryAccess: executing is what reading is not."""
    odd = ObjectType("odd", FileRights, GenericMapping(0x30009, 0x20002, 0x2000C, 0x1F001F))
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;0x1F003F;;;WD)S:(ML;;{policy};;;HI)")
    assert access_check(PLAIN, descriptor, FileRights.MAXIMUM_ALLOWED, odd).granted_access == left


@pytest.mark.parametrize(
    ("kind", "policy", "left"),
    [
        (KEY, "NR", 0xF0026),  # KEY_READ (0x20019) is refused, and READ_CONTROL alone is writing's too
        (KEY, "NWNR", 0x0),
        (KEY, "NX", 0xF003F),  # executing a key is nothing but reading it
        (PROCESS, "NWNR", 0x101001),  # TERMINATE, QUERY_LIMITED_INFORMATION, SYNCHRONIZE; not READ_CONTROL
        (PROCESS, "NW", 0x121411),
        (FILE, "NR", 0x1F0176),
        (FILE, "NX", 0x1F01DF),
        (PROCESS, "NR", 0x1FFBEF),
        (PROCESS, "NX", 0x0FEFFE),
        (FILE, "NWNR", 0x100020),
    ],
)
def test_what_a_label_leaves_to_lower_levels_of_real_types(kind, policy, left):
    """The same for the generic mappings of winnt.h, worked out with NtCoreLib's formula."""
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;0x1FFFFF;;;WD)S:(ML;;{policy};;;HI)")
    decision = access_check(PLAIN, descriptor, kind.rights.MAXIMUM_ALLOWED, kind)
    assert decision.granted_access & kind.mapping.all == left


def test_writing_takes_the_standard_rights_that_change_even_where_all_rights_have_none():
    """The same formula: DELETE, WRITE_DAC and WRITE_OWNER are of writing, whatever the mapping says."""
    bare = ObjectType("bare", FileRights, GenericMapping(0x1, 0x2, 0x4, 0x7))
    descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;0x1F0007;;;WD)S:(ML;;NR;;;HI)")
    assert access_check(PLAIN, descriptor, FileRights.MAXIMUM_ALLOWED, bare).granted_access == 0x1D0006


def test_a_write_restricted_token_is_asked_twice_for_what_only_writes():
    """Forshaw, ch. 7"""
    odd = ObjectType("odd", FileRights, GenericMapping(0x3, 0xE, 0x14, 0x3F))
    descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;0x1F003F;;;WD)")
    context = SecurityContext(USER, [EVERYONE], restricted_sids=["S-1-5-12"], write_restricted=True)
    maximum = access_check(context, descriptor, FileRights.MAXIMUM_ALLOWED, odd).granted_access
    assert maximum == 0x1F003F & ~(0x8 | 0xD0000)


def test_the_package_is_not_asked_about_what_the_user_is_refused():
    assert Rule.PACKAGE_PASS not in [step.rule for step in decide("O:SYG:SYD:(A;;FR;;;AC)", READ, APP).steps]


def test_rules_of_the_domain_do_not_take_what_a_privilege_gives():
    """Forshaw, ch. 7: a central rule replaces the DACL, not the privileges."""
    able = SecurityContext(USER, [EVERYONE], ["SeSecurityPrivilege"])
    text = f"O:SYG:SYD:(A;;FA;;;WD){FINANCE}"
    desired = FileRights.ACCESS_SYSTEM_SECURITY | READ
    assert decide(text, desired, able, policies=policies(RULE)).granted_access == desired


def test_a_maximum_of_which_a_rule_leaves_nothing_is_a_refusal():
    nobody = policies(CentralRule("nobody", "D:"))
    decision = decide(f"O:SYG:SYD:(A;;FA;;;WD){FINANCE}", FileRights.MAXIMUM_ALLOWED, policies=nobody)
    assert not decision and decision.granted_access == 0


def test_a_policy_that_waits_for_children_does_not_rule_the_object():
    text = f"O:SYG:SYD:(A;;FA;;;WD)S:(SP;OICIIO;;;;{POLICY})"
    assert decide(text, WRITE, policies=policies(CentralRule("nobody", "D:")))
    assert decide("O:SYG:SYD:(A;;FA;;;WD)", WRITE, policies={}), "and without a SACL there is none"


def test_a_filter_may_ask_about_the_object():
    """[MS-DTYP] 2.4.4.17: @Resource is what the SACL says of it."""
    text = 'O:SYG:SYD:(A;;FA;;;WD)S:(RA;;;;;WD;("secret",TI,0,{}))(FL;;FX;;;WD;(@Resource.secret == 0))'
    assert decide(text.format(0), READ)
    assert not decide(text.format(1), READ)


def test_every_limit_keeps_its_own_rights_back_from_a_maximum():
    lines = f"(TL;;0x1f01fe;;;{LIGHT_WINDOWS})(FL;;0x1f01fd;;;WD;(Exists @User.badge))(ML;;NW;;;HI)"
    decision = decide(f"O:SYG:SYD:(A;;FA;;;WD)S:{lines}", FileRights.MAXIMUM_ALLOWED)
    assert decision.granted_access == 0x1200A9 & ~0x1
    assert [step.rule for step in decision.steps[1:4]] == [Rule.TRUST, Rule.FILTER, Rule.INTEGRITY]
    assert [step.rights & 0x3 for step in decision.steps[1:4]] == [0x1, 0x2, 0x0]
