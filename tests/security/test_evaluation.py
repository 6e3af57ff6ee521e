"""Conditions: true, false, or unknown. Rows are [MS-DTYP] 2.4.4.17.6 to 2.4.4.17.8, operator by operator."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenlab.security import (
    AceFlags,
    AceType,
    Acl,
    GroupAttributes,
    SecurityContext,
    SecurityDescriptor,
    TokenGroup,
    access_check,
)
from tokenlab.security.check.evaluation import Evaluation, evaluate, resource_attributes
from tokenlab.security.check.trail import ConditionPart
from tokenlab.security.condition.claims import ClaimFlags, ClaimType, ResourceAttribute
from tokenlab.security.condition.expression import And, Not, Or
from tokenlab.security.condition.infix import parse
from tokenlab.security.context import Claims
from tokenlab.values import Sid

USER = "S-1-5-21-1-2-3-1000"
ADMINS, USERS, GUESTS = "S-1-5-32-544", "S-1-5-32-545", "S-1-5-32-546"
INT, TEXT, SID, OCTETS = ClaimType.INT64, ClaimType.STRING, ClaimType.SID, ClaimType.OCTET_STRING


def claim(name, kind, *values, flags=ClaimFlags.NONE):
    return ResourceAttribute(name, kind, values, flags)


CONTEXT = SecurityContext(
    USER,
    [USERS, (ADMINS, 0x10)],
    claims=Claims(
        user=(
            claim("level", INT, 3),
            claim("zero", INT, 0),
            claim("title", TEXT, "Pilot"),
            claim("empty", TEXT, ""),
            claim("exact", TEXT, "Pilot", flags=ClaimFlags.VALUE_CASE_SENSITIVE),
            claim("projects", TEXT, "Mars", "Venus"),
            claim("twice", TEXT, "Mars", "mars"),
            claim("off", INT, 1, flags=ClaimFlags.DISABLED),
            claim("denyonly", INT, 1, flags=ClaimFlags.USE_FOR_DENY_ONLY),
            claim("who", SID, Sid(USER)),
            claim("key", OCTETS, b"\x01\x02"),
        ),
        device=(claim("managed", ClaimType.BOOLEAN, 1),),
        device_groups=(TokenGroup(Sid(USERS)), TokenGroup(Sid(GUESTS), GroupAttributes.USE_FOR_DENY_ONLY)),
        local=(claim("hour", INT, 9),),
    ),
)
RESOURCE = (claim("project", TEXT, "mars"), claim("levels", INT, 1, 2, 3))

ROWS = """
@User.level == 3                      true
@User.level == 4                      false
@User.level != 3                      false
@User.level < 4                       true
@User.level <= 3                      true
@User.level > 3                       false
@User.level >= 3                      true
@User.level == "3"                    unknown   values of different types
@User.level == @Resource.levels       false
@User.missing == 3                    unknown   it is not there
@User.missing != 3                    unknown   not being there is no value
@User.missing == @User.missing        unknown
@User.title == "pilot"                true      case does not count
@User.exact == "pilot"                false     unless the claim says so
@User.exact == "Pilot"                true
@User.title < "quick"                 true
@User.projects == {"Venus", "Mars"}   true      sets have no order
@User.projects == {"Mars", "Mars"}    false
@User.projects == "Mars"              false
@User.projects > "Mars"               unknown   several values have no order
@User.twice == {"Mars"}               unknown   a claim that repeats a value is none
@User.projects Contains "mars"        true
@User.projects Contains {"Mars", "Io"} false
@User.projects Not_Contains "Io"      true
@User.projects Any_of {"Io", "Mars"}  true
@User.projects Any_of @Resource.project true
@User.projects Not_Any_of {"Io"}      true
@User.projects Any_of {1, 2}          unknown
@User.who == SID(S-1-5-21-1-2-3-1000) true
@User.who < SID(BA)                   unknown
@User.key == #0102                    true
@User.level                           true      a number that is not 0
@User.zero                            false
@User.title                           true
@User.empty                           false
@User.missing                         unknown
@User.projects                        unknown
@User.who                             unknown
@Device.managed                       true
@Device.managed == 1                  true
hour == 9                             true      a local attribute
Exists @User.level                    true
Exists @User.missing                  false
Exists @User.off                      false     disabled
Exists @User.denyonly                 false     for a deny line only
Not_Exists @User.missing              true
Not_Exists @User.level                false
Member_of {SID(BU)}                   true
Member_of {SID(S-1-5-21-1-2-3-1000)}  true      the user too
Member_of {SID(BU), SID(BG)}          false
Member_of_any {SID(BU), SID(BG)}      true
Member_of {SID(BA)}                   false     for deny only
Not_Member_of {SID(BG)}               true
Not_Member_of_any {SID(BU), SID(BG)}  false
Device_Member_of {SID(BU)}            true
Device_Member_of {SID(BG)}            false
Device_Member_of_any {SID(BG), SID(BU)} true
Not_Device_Member_of {SID(BU)}        false
Not_Device_Member_of_any {SID(BG)}    true
!(@User.level == 3)                   false
!(@User.missing == 3)                 unknown   the opposite of unknown
@User.level == 3 && @User.missing == 1 unknown
@User.level == 4 && @User.missing == 1 false    one false settles it
@User.level == 3 || @User.missing == 1 true     one true settles it
@User.level == 4 || @User.missing == 1 unknown
"""


def rows():
    """Condition, value; what follows two spaces says why."""
    for line in filter(None, ROWS.splitlines()):
        found = re.fullmatch(r"(.+?)\s+(true|false|unknown)(\s\s+.*)?", line)
        assert found, line
        yield found[1], found[2]


@pytest.mark.parametrize(("text", "value"), list(rows()))
def test_the_value_of_a_condition(text, value):
    assert Evaluation(CONTEXT, RESOURCE).of(parse(f"({text})")[0]).word == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Member_of {SID(BA)}", "true"),
        ("Device_Member_of {SID(BG)}", "true"),
        ("Exists @User.denyonly", "true"),
        ("Exists @User.off", "false"),
    ],
)
def test_for_a_deny_line_what_is_for_deny_only_counts(text, value):
    assert Evaluation(CONTEXT, RESOURCE, for_deny=True).of(parse(f"({text})")[0]).word == value


def decide(dacl):
    context = CONTEXT.with_group("S-1-1-0")
    return access_check(context, SecurityDescriptor.from_sddl(f"O:SYG:SYD:{dacl}"), 1)


@pytest.mark.parametrize(
    ("condition", "allowed", "denied"),
    [("@User.level == 3", True, True), ("@User.level == 4", False, False), ("@User.x == 1", False, True)],
)
def test_an_allow_needs_true_and_a_deny_only_no_false(condition, allowed, denied):
    """[MS-DTYP] 2.5.3.2: a doubt never opens a door."""
    assert bool(decide(f"(XA;;0x1;;;WD;({condition}))")) is allowed
    assert bool(decide(f"(XD;;0x1;;;WD;({condition}))(A;;0x1;;;WD)")) is not denied


def test_a_damaged_condition_is_unknown():
    assert evaluate(b"artx\xff", CONTEXT, None, for_deny=False).value is None
    assert evaluate(b"", CONTEXT, None, for_deny=True).value is None


def test_the_decision_tells_the_condition_and_its_parts():
    decision = decide('(XA;;0x1;;;WD;(@User.level >= 2 && @User.title == "x"))')
    step = decision.steps[1]
    assert "passed by" in str(step) and "is false" in str(step)
    assert [part.word for part in step.condition.parts] == ["true", "false"]
    assert "@User.level is 3" in str(step.condition.parts[0])
    granting = decide("(XA;;0x1;;;WD;(@User.level >= 2))").steps[1]
    assert "the ACE allows" in str(granting) and "is true" in str(granting)


# --- laws ----------------------------------------------------------------------------------------

atoms = st.sampled_from(
    [parse(f"({text})")[0] for text in ("@User.level == 3", "@User.level == 4", "@User.missing == 1")]
)
conditions = st.recursive(
    atoms,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda terms: And(tuple(terms)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda terms: Or(tuple(terms)))
    ),
    max_leaves=8,
)


def value(expression):
    return Evaluation(CONTEXT, RESOURCE).of(expression).value


def possible(expression, guess):
    """The value in two-valued logic, where what is missing is guessed."""
    if isinstance(expression, Not):
        return not possible(expression.term, guess)
    if isinstance(expression, And):
        return all(possible(term, guess) for term in expression.terms)
    if isinstance(expression, Or):
        return any(possible(term, guess) for term in expression.terms)
    found = value(expression)
    return guess if found is None else found


@given(conditions)
def test_a_condition_that_is_known_is_so_whatever_the_missing_values_are(condition):
    found = value(condition)
    if found is not None:
        assert possible(condition, True) is possible(condition, False) is found


@given(conditions, conditions)
def test_de_morgan_holds_for_three_values(one, other):
    assert value(Not(And((one, other)))) is value(Or((Not(one), Not(other))))


@given(conditions)
def test_every_part_has_its_own_value(condition):
    def check(part: ConditionPart):
        assert part.word in ("true", "false", "unknown")
        if part.parts:
            assert all(check(inner) for inner in part.parts)
        return True

    assert check(Evaluation(CONTEXT, RESOURCE).of(condition))


# --- how it is told, and what is not there ----------------------------------------------------------


def told(text):
    return Evaluation(CONTEXT, RESOURCE).of(parse(f"({text})")[0])


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ("Member_of {SID(BU)}", "(Member_of {SID(BU)}) is true"),
        ("@User.missing == 1", "(@USER.missing == 1) is unknown: there is no @User.missing"),
        ("missing == 1", "(missing == 1) is unknown: there is no missing"),
        (
            "@User.title == @Device.missing",
            "(@USER.title == @DEVICE.missing) is unknown: there is no @Device.missing",
        ),
        ("@User.level == 4", "(@USER.level == 4) is false: @User.level is 3"),
        ('@User.title == "Cook"', "(@USER.title == \"Cook\") is false: @User.title is 'Pilot'"),
        (
            "@Resource.levels Contains 4",
            "(@RESOURCE.levels Contains 4) is false: @Resource.levels is {1, 2, 3}",
        ),
        (
            '@User.projects Contains "Sun"',
            "(@USER.projects Contains \"Sun\") is false: @User.projects is {'Mars', 'Venus'}",
        ),
    ],
)
def test_a_part_is_told_with_what_was_found(condition, sentence):
    assert str(told(condition)) == sentence


@pytest.mark.parametrize(
    "condition", ["@User.key > #00", "@User.key", "@User.level < @Resource.levels", "@Resource.levels < 5"]
)
def test_bytes_and_lists_have_no_order(condition):
    assert told(condition).value is None


def test_a_claim_without_values_is_none():
    context = SecurityContext(USER, claims=Claims(user=(claim("none", TEXT),)))
    assert Evaluation(context).of(parse("(Exists @User.none)")[0]).value is False


def test_a_token_without_claims_has_no_devices_groups():
    assert Evaluation(SecurityContext(USER)).of(parse("(Device_Member_of {SID(BU)})")[0]).value is False


def test_a_disabled_group_of_the_device_does_not_even_count_where_it_denies():
    off, deny_only = GroupAttributes(0), GroupAttributes.USE_FOR_DENY_ONLY
    claims = Claims(device_groups=(TokenGroup(Sid(USERS), off), TokenGroup(Sid(GUESTS), deny_only)))
    evaluation = Evaluation(SecurityContext(USER, claims=claims), for_deny=True)
    assert evaluation.of(parse("(Device_Member_of {SID(BU)})")[0]).value is False
    assert evaluation.of(parse("(Device_Member_of {SID(BG)})")[0]).value is True


def test_a_condition_that_cannot_be_read_is_told_so():
    part = evaluate(b"artx\x99", CONTEXT, None, for_deny=False)
    assert str(part) == "(a condition that cannot be read) is unknown"


def test_only_resource_attributes_of_the_object_itself_say_something_about_it():
    (good,) = SecurityDescriptor.from_sddl('S:(RA;;;;;WD;("a",TI,0x0,1))').sacl
    for_children = good._replace(flags=AceFlags.INHERIT_ONLY)
    damaged = good._replace(data=b"\0" * 8)
    audit = good._replace(type=AceType.SYSTEM_AUDIT_CALLBACK)
    assert resource_attributes(Acl([for_children, audit])) == ()
    assert [one.name for one in resource_attributes(Acl([damaged, for_children, good]))] == ["a"]
