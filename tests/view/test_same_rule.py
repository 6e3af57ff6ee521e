"""Picture and text name the same deciding rule, for every rule there is."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from tests.security.strategies import Case, cases
from tests.view.pages import DECISIONS, Page
from tokenlab.security import AccessDecision, NtStatus, Rule, access_check
from tokenlab.security.rule import Effect
from tokenlab.view.diagrams import MIDDLE, access_check_figure
from tokenlab.view.tables import decision_html, decision_text
from tokenlab.view.verdict import deciding_step

SVG = "{http://www.w3.org/2000/svg}"
DECIDE_NOTHING = {Rule.ACE_PASSED_BY, *(rule for rule in Rule if rule.effect is Effect.ASKS_AGAIN)}
CASES = {
    Rule.PARENT: "lent by the folder",
    Rule.TRUST: "not trusted",
    Rule.FILTER: "stopped by a filter",
    Rule.INTEGRITY: "denied by integrity",
    Rule.PRIVILEGE: "by privilege alone",
    Rule.PRIVILEGE_MISSING: "privilege missing",
    Rule.OWNERSHIP: "by ownership",
    Rule.NO_DACL: "NULL DACL",
    Rule.NOT_FOR_APPS: "an app without a DACL",
    Rule.ACE_ALLOWS: "granted",
    Rule.ACE_DENIES: "denied by a line",
    Rule.EMPTY_DACL: "empty DACL",
    Rule.NOTHING_GRANTS: "refused to the app",
    Rule.CENTRAL_RULE: "refused by a central rule",
}


def lit_gates(decision: AccessDecision) -> list[str]:
    """The headings of the gates that the picture lights."""
    parts = list(ElementTree.fromstring(access_check_figure(decision)))
    lit = [place for place, part in enumerate(parts) if part.get("class") == "lit" and is_gate(part)]
    return [next(p.text or "" for p in parts[place:] if p.tag == f"{SVG}text") for place in lit]


def is_gate(part: ElementTree.Element) -> bool:
    return part.tag == f"{SVG}rect" and part.get("x") == str(MIDDLE[0])


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule not in DECIDE_NOTHING])
def test_picture_and_text_name_the_rule_that_decided(rule: Rule) -> None:
    """A new rule without a case of its own fails here."""
    decision = DECISIONS[CASES[rule]]
    step = deciding_step(decision)
    assert step.rule is rule
    assert lit_gates(decision) == [rule.gate]
    reasons = {reason.rule for bit, reason in decision.reasons.items() if bit & step.rights}
    assert reasons == {rule}
    for told in (decision_text(decision), Page(decision_html(decision)).visible):
        assert f"{rule.code:d}" in told and step.heading in told
        assert [word for word in step.text.split() if word.rstrip(":") not in told] == []


@pytest.mark.parametrize("rule", DECIDE_NOTHING)
def test_a_rule_that_decides_nothing_is_never_the_one_that_decided(rule: Rule) -> None:
    assert all(deciding_step(decision).rule is not rule for decision in DECISIONS.values())


@settings(max_examples=200, deadline=None)
@given(cases)
def test_the_gate_that_is_lit_is_that_of_the_reason_in_the_text(case: Case) -> None:
    context, descriptor, desired, kind, principal_self = case
    decision = access_check(context, descriptor, desired, kind, principal_self=principal_self)
    step = deciding_step(decision)
    assert step.rule is not None and lit_gates(decision) == [step.rule.gate]
    if decision.status is NtStatus.SUCCESS:
        assert step.rule.effect is Effect.GRANTS
    else:
        assert step.rule.effect in (Effect.REFUSES, Effect.LEAVES)
    said = {reason.rule for bit, reason in decision.reasons.items() if bit & step.rights}
    assert said == ({step.rule} if step.rights & decision.rights_in_question else set())
