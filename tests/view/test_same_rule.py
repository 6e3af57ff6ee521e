"""Picture and text name the same deciding rule, for every rule there is."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from tests.security.strategies import Case, cases
from tests.view.pages import DECISIONS, Page
from tokenlab.security import AccessDecision, NtStatus, Rule, access_check
from tokenlab.security.check.rule import Effect
from tokenlab.view.diagrams import MIDDLE, access_check_figure
from tokenlab.view.tables import decision_html, decision_text
from tokenlab.view.verdict import deciding_step

SVG = "{http://www.w3.org/2000/svg}"
DECIDE_NOTHING = {Rule.ACE_PASSED_BY, *(rule for rule in Rule if rule.effect is Effect.ASKS_AGAIN)}
CASES = {  # a decision that the rule decides, the gate that it lights, and Windows' code for it
    Rule.PARENT: ("lent by the folder", "Parent folder", 1811),
    Rule.TRUST: ("not trusted", "Trust label", 1805),
    Rule.FILTER: ("stopped by a filter", "Access filter", 1805),
    Rule.INTEGRITY: ("denied by integrity", "Integrity", 1803),
    Rule.PRIVILEGE: ("by privilege alone", "Privileges", 1801),
    Rule.PRIVILEGE_MISSING: ("privilege missing", "Privileges", 1810),
    Rule.OWNERSHIP: ("by ownership", "Owner", 1804),
    Rule.NO_DACL: ("NULL DACL", "DACL", 1806),
    Rule.NOT_FOR_APPS: ("an app without a DACL", "DACL", 1830),
    Rule.ACE_ALLOWS: ("granted", "DACL", 1801),
    Rule.ACE_DENIES: ("denied by a line", "DACL", 1802),
    Rule.EMPTY_DACL: ("empty DACL", "DACL", 1807),
    Rule.NOTHING_GRANTS: ("refused to the app", "DACL", 1805),
    Rule.CENTRAL_RULE: ("refused by a central rule", "Central rule", 1814),
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
    name, gate, code = CASES[rule]
    decision = DECISIONS[name]
    step = deciding_step(decision)
    assert step.rule is rule and rule.code == code
    assert lit_gates(decision) == [gate]
    reasons = {reason.rule for bit, reason in decision.reasons.items() if bit & step.rights}
    assert reasons == {rule}
    for told in (decision_text(decision), Page(decision_html(decision)).visible):
        assert f"{rule.code:d}" in told and step.heading in told
        assert [word for word in step.text.split() if word.rstrip(":") not in told] == []


@pytest.mark.parametrize("rule", sorted(DECIDE_NOTHING, key=str))
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
