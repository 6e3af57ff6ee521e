"""Laws of the access check, each a sentence, tried on contexts and descriptors that Hypothesis makes up."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.security import oracle
from tests.security.strategies import (
    DENY_ONLY,
    DISABLED,
    GROUPS,
    LEVELS,
    OWNER_RIGHTS,
    SELF,
    Case,
    allow_lines,
    audit_lines,
    cases,
    label_lines,
    lines,
    masks,
    named_rights,
)
from tokenlab.security import (
    AccessDecision,
    Ace,
    AceFlags,
    AceType,
    Acl,
    NtStatus,
    ReasonCode,
    SecurityContext,
    SecurityDescriptor,
    TokenGroup,
    access_check,
    granted_access,
)
from tokenlab.security.check.central_policy import CentralPolicy, CentralRule, Policies
from tokenlab.values import ACCESS_SYSTEM_SECURITY, FILE, MAXIMUM_ALLOWED, IntegrityLevel, Sid

READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x20000, 0x40000, 0x80000
EVERY_RIGHT = 0xFFFFFF  # all that a line of a DACL can give

guids = st.uuids(allow_nil=False)
any_masks = st.integers(0, 2**32 - 1)


def decide(case: Case) -> AccessDecision:
    context, descriptor, desired, object_type, principal_self = case
    return access_check(context, descriptor, desired, object_type, principal_self=principal_self)


def maximum(case: Case) -> int:
    """All that this context can have, apart from what must be asked for by name."""
    return decide(case._replace(desired=MAXIMUM_ALLOWED)).granted_access


def with_dacl(case: Case, *aces: Ace) -> Case:
    return case._replace(descriptor=case.descriptor.with_dacl(Acl(aces)))


def with_context(case: Case, **changes: object) -> Case:
    return case._replace(context=replace(case.context, **changes))  # type: ignore[arg-type]


with_a_dacl = cases.filter(lambda case: case.descriptor.dacl is not None)


# --- against an independent telling of the rules -------------------------------------------------


def is_disputed(case: Case) -> bool:
    """Where the model passes OWNER RIGHTS and SELF by, though they stand for a SID that counts: the owner
    is held for deny only; or the token is restricted."""
    sids = {ace.sid for ace in case.descriptor.dacl or ()}
    restricted = bool(case.context.restricted_sids or case.context.app)
    for_deny_only = case.descriptor.owner not in case.context.enabled_sids
    return (OWNER_RIGHTS in sids and (restricted or for_deny_only)) or (SELF in sids and restricted)


@settings(max_examples=20 * settings.default.max_examples)
@given(cases)
def test_each_right_is_decided_as_the_rules_say_it_for_that_right_alone(case: Case) -> None:
    assume(not is_disputed(case))
    decision = decide(case)
    assert (decision.status, decision.granted_access) == oracle.answer(*case)


# --- what the answer is --------------------------------------------------------------------------


@given(cases)
def test_without_maximum_allowed_the_answer_is_all_that_was_asked_for_or_nothing(case: Case) -> None:
    assume(not case.desired & MAXIMUM_ALLOWED)
    assert decide(case).granted_access in (0, case.object_type.mapping.map(case.desired))


@given(cases)
def test_with_maximum_allowed_every_right_that_was_named_is_in_the_answer(case: Case) -> None:
    decision = decide(case._replace(desired=case.desired | MAXIMUM_ALLOWED))
    named = case.object_type.mapping.map(case.desired) & ~MAXIMUM_ALLOWED
    if decision:
        assert decision.granted_access & named == named
        assert not decision.granted_access & ~named & ~EVERY_RIGHT


@given(cases, masks)
def test_asking_for_more_never_helps(case: Case, more: int) -> None:
    mapped = case.object_type.mapping.map(case.desired)
    assume(mapped & ~MAXIMUM_ALLOWED)
    if decide(case._replace(desired=case.desired | more)):
        assert decide(case)


@given(cases)
def test_a_generic_right_is_an_abbreviation(case: Case) -> None:
    mapping = case.object_type.mapping
    assert (
        decide(case).granted_access == decide(case._replace(desired=mapping.map(case.desired))).granted_access
    )


@settings(max_examples=200)
@given(with_a_dacl)
def test_the_maximum_is_what_can_be_had_right_by_right(case: Case) -> None:
    """But for WRITE_OWNER by a privilege, which must be asked for by name."""
    without = with_context(
        case, privileges=[p for p in case.context.privileges if p.privilege == "SeSecurityPrivilege"]
    )
    single = [1 << bit for bit in range(24) if decide(without._replace(desired=1 << bit))]
    assert maximum(without) == sum(single)


@given(cases)
def test_no_line_gives_access_to_the_sacl(case: Case) -> None:
    decision = decide(case._replace(desired=ACCESS_SYSTEM_SECURITY))
    if decision:
        assert case.context.has_privilege("SeSecurityPrivilege")
    assert not maximum(case) & ACCESS_SYSTEM_SECURITY


@given(cases)
def test_the_fast_answer_is_the_explained_one(case: Case) -> None:
    context, descriptor, desired, object_type, _ = case
    decision = decide(case._replace(principal_self=None))
    assert granted_access(context, descriptor, desired, object_type) == decision.granted_access


@given(cases)
def test_an_answer_has_one_status_and_nothing_is_granted_without_success(case: Case) -> None:
    decision = decide(case)
    assert decision.granted == bool(decision) == (decision.status is NtStatus.SUCCESS)
    assert bool(decision) == bool(decision.granted_access)
    assert decision.win32_error == decision.status.win32_error


@given(cases)
def test_the_same_question_has_the_same_answer(case: Case) -> None:
    context, descriptor, desired, object_type, principal_self = case
    copy = SecurityDescriptor(
        descriptor.owner,
        descriptor.group,
        None if descriptor.dacl is None else Acl(descriptor.dacl.aces),
        descriptor.sacl,
        descriptor.control,
    )
    assert decide(case) == decide(Case(replace(context), copy, desired, object_type, principal_self))


# --- the DACL ------------------------------------------------------------------------------------


@given(with_a_dacl, allow_lines)
def test_an_allow_line_at_the_end_takes_nothing_away(case: Case, line: Ace) -> None:
    """A line for OWNER RIGHTS does: it replaces what owners have by themselves."""
    assume(line.sid != OWNER_RIGHTS)
    assert not maximum(case) & ~maximum(with_dacl(case, *case.descriptor.dacl or (), line))


@given(with_a_dacl, lines.filter(lambda line: line.is_deny))
def test_a_deny_line_anywhere_gives_nothing(case: Case, line: Ace) -> None:
    aces = list(case.descriptor.dacl or ())
    for place in range(len(aces) + 1):
        assert not maximum(with_dacl(case, *aces[:place], line, *aces[place:])) & ~maximum(case)


@given(with_a_dacl, st.lists(allow_lines, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_allow_lines_does_not_matter(
    case: Case, allows: list[Ace], shuffling: random.Random
) -> None:
    shuffled = list(allows)
    shuffling.shuffle(shuffled)
    assert maximum(with_dacl(case, *allows)) == maximum(with_dacl(case, *shuffled))


@given(with_a_dacl, masks)
def test_a_deny_line_that_comes_first_beats_every_allow_line(case: Case, mask: int) -> None:
    """Only what owners have by themselves does not come from a line."""
    first = Ace.deny(case.context.user, mask)
    denied = case.object_type.mapping.map(mask) & EVERY_RIGHT
    got = maximum(with_dacl(case, first, *case.descriptor.dacl or ()))
    assert not got & denied & ~(READ_CONTROL | WRITE_DAC)
    if case.descriptor.owner not in case.context:
        assert not got & denied


@given(with_a_dacl)
def test_a_deny_line_below_an_allow_line_for_the_same_rights_takes_nothing_away(case: Case) -> None:
    aces = list(case.descriptor.dacl or ())
    useless = [Ace.deny(ace.sid, ace.mask, ace.flags) for ace in aces if ace.type is AceType.ACCESS_ALLOWED]
    assume(not any(line.sid in (OWNER_RIGHTS, SELF) for line in useless))
    held = [line for line in useless if line.sid in case.context]
    assume(not case.context.restricted_sids)
    assert maximum(with_dacl(case, *aces, *held)) == maximum(case)


@given(with_a_dacl)
def test_an_inherit_only_line_does_not_count(case: Case) -> None:
    dacl = case.descriptor.dacl or ()
    effective = [ace for ace in dacl if not ace.inherit_only]
    assert decide(with_dacl(case, *effective)).granted_access == decide(case).granted_access


@given(with_a_dacl)
def test_a_line_for_somebody_else_does_not_count(case: Case) -> None:
    dacl = case.descriptor.dacl or ()
    near = case.context.deny_sids | case.context.restricted | {OWNER_RIGHTS, SELF}
    near |= case.context.app.sids if case.context.app else frozenset()
    concerned = [ace for ace in dacl if ace.sid in near]
    assert decide(with_dacl(case, *concerned)).granted_access == decide(case).granted_access


@given(cases, st.lists(audit_lines, max_size=3))
def test_audit_lines_grant_and_deny_nothing(case: Case, audits: list[Ace]) -> None:
    old = case.descriptor.sacl or Acl()
    new = replace(case.descriptor, sacl=Acl([*audits, *old]), control=case.descriptor.control | 0x10)
    assert decide(case._replace(descriptor=new)).granted_access == decide(case).granted_access


@given(with_a_dacl)
def test_an_empty_dacl_gives_only_what_owners_and_privileges_have(case: Case) -> None:
    decision = decide(with_dacl(case))
    allowed = READ_CONTROL | WRITE_DAC if case.descriptor.owner in case.context else 0
    assert not decision.granted_access & ~(allowed | WRITE_OWNER | ACCESS_SYSTEM_SECURITY)


@given(cases)
def test_an_absent_dacl_is_a_null_dacl(case: Case) -> None:
    absent = replace(case.descriptor, dacl=None, control=case.descriptor.control & ~0x4)
    null = case.descriptor.with_dacl(None)
    assert absent != null
    answers = [decide(case._replace(descriptor=each)).granted_access for each in (absent, null)]
    assert answers[0] == answers[1]


# --- the token -----------------------------------------------------------------------------------


def is_denied_by_name(case: Case, sid: str) -> bool:
    """True if a deny line means this SID: itself, as the owner, or as SELF."""
    meant = {sid}
    if case.descriptor.owner == sid:
        meant.add(OWNER_RIGHTS)
    if case.principal_self == sid:
        meant.add(SELF)
    return any(ace.is_deny and ace.sid in meant for ace in case.descriptor.dacl or ())


@given(cases, st.sampled_from(GROUPS))
def test_leaving_a_group_gives_a_right_only_where_a_deny_line_means_that_group(
    case: Case, group: str
) -> None:
    assume(not is_denied_by_name(case, group))
    without = with_context(case, groups=[g for g in case.context.groups if g.sid != group])
    assert not maximum(without) & ~maximum(case)


@given(cases, st.sampled_from(GROUPS))
def test_a_disabled_group_is_no_group(case: Case, group: str) -> None:
    others = [g for g in case.context.groups if g.sid != group]
    disabled = with_context(case, groups=[*others, (group, DISABLED)])
    without = with_context(case, groups=others)
    assert decide(disabled).granted_access == decide(without).granted_access


@given(cases, st.sampled_from(GROUPS))
def test_a_deny_only_group_gives_nothing_that_being_without_it_would_not(case: Case, group: str) -> None:
    others = [g for g in case.context.groups if g.sid != group]
    deny_only = with_context(case, groups=[*others, (group, DENY_ONLY)])
    assert not maximum(deny_only) & ~maximum(with_context(case, groups=others))
    enabled = with_context(case, groups=[*others, (group, 0x7)])
    assert not maximum(deny_only) & ~maximum(enabled)


@given(cases)
def test_a_disabled_privilege_is_no_privilege(case: Case) -> None:
    disabled = with_context(case, privileges=[(p.privilege, 0) for p in case.context.privileges])
    without = with_context(case, privileges=())
    assert decide(disabled).granted_access == decide(without).granted_access


@given(cases)
def test_a_privilege_takes_nothing_away(case: Case) -> None:
    if decide(with_context(case, privileges=())):
        assert decide(case)


@given(cases, st.sampled_from(LEVELS))
def test_a_lower_level_never_has_more(case: Case, level: int) -> None:
    assume(level < case.context.integrity.level)
    lower = with_context(case, integrity=IntegrityLevel(level))
    assert not maximum(lower) & ~maximum(case)


@given(cases)
def test_a_restricted_token_never_has_more(case: Case) -> None:
    unrestricted = with_context(case, restricted_sids=(), write_restricted=False)
    assert not maximum(case) & ~maximum(unrestricted)


@given(cases)
def test_a_write_restricted_token_has_at_least_what_a_restricted_one_has(case: Case) -> None:
    fully = with_context(case, write_restricted=False)
    assert not maximum(fully) & ~maximum(with_context(case, write_restricted=True))


@given(cases)
def test_contexts_are_equal_by_value(case: Case) -> None:
    context = case.context
    copy = replace(context, notes=("read from a printout",), names={context.user: "sue"})
    assert copy == context
    assert hash(copy) == hash(context)
    assert copy.with_group("S-1-5-32-551") != context
    assert replace(context, user_deny_only=not context.user_deny_only) != context
    assert len({context, copy, copy.with_privilege("SeDebugPrivilege")}) == 2


@given(cases, st.sampled_from(GROUPS))
def test_a_token_holds_the_sids_that_are_enabled(case: Case, sid: str) -> None:
    states = {TokenGroup(g.sid, g.attributes).enabled for g in case.context.groups if g.sid == sid}
    assert (sid in case.context) is (True in states)


# --- reasons and steps ---------------------------------------------------------------------------


@given(cases)
def test_every_right_in_question_has_exactly_one_reason(case: Case) -> None:
    decision = decide(case)
    bits = [1 << bit for bit in range(32) if decision.rights_in_question >> bit & 1]
    assert sorted(decision.reasons) == bits


@given(cases)
def test_the_reasons_of_a_yes_are_all_its_rights(case: Case) -> None:
    decision = decide(case)
    assume(decision)
    granted = sum(bit for bit, reason in decision.reasons.items() if reason.granted)
    assert granted == decision.granted_access & decision.rights_in_question


@given(cases)
def test_a_no_has_a_right_that_was_not_granted(case: Case) -> None:
    decision = decide(case)
    assume(not decision)
    named = decision.desired & ~MAXIMUM_ALLOWED
    refused = [bit for bit, reason in decision.reasons.items() if not reason.granted]
    assert not decision.rights_in_question or refused
    assert not named or any(bit & named for bit in refused)


@given(cases)
def test_the_reason_is_the_rule_that_decided(case: Case) -> None:
    decision = decide(case)
    dacl = case.descriptor.dacl
    for bit, reason in decision.reasons.items():
        if reason.code is ReasonCode.NOT_GRANTED and reason.ace is not None:
            assert reason.ace.type is AceType.SYSTEM_PROCESS_TRUST_LABEL
        elif reason.ace is not None:
            assert dacl is not None and reason.place is not None and dacl[reason.place] is reason.ace
            assert case.object_type.mapping.map(reason.ace.mask) & bit
            assert reason.granted is reason.ace.is_allow
        if reason.privilege is not None:
            assert bit in (WRITE_OWNER, ACCESS_SYSTEM_SECURITY)
            assert case.context.has_privilege(reason.privilege) is reason.granted
        if reason.code is ReasonCode.GRANTED_BY_OWNERSHIP:
            assert bit in (READ_CONTROL, WRITE_DAC) and case.descriptor.owner in case.context
        if reason.code is ReasonCode.GRANTED_BY_NULL_DACL:
            assert dacl is None
        if reason.code is ReasonCode.DENIED_BY_EMPTY_DACL:
            assert dacl is not None and len(dacl) == 0
        if reason.code is ReasonCode.DENIED_BY_INTEGRITY:
            assert case.context.integrity < case.descriptor.label[0]


@given(cases)
def test_the_steps_begin_with_the_question_and_end_with_the_verdict(case: Case) -> None:
    decision = decide(case)
    steps = decision.steps
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0].text.startswith("Asked for ")
    assert steps[-1].text.startswith("Granted: " if decision else "Refused: ")
    assert steps[-1].granted_so_far == decision.granted_access
    assert [step.rule for step in (steps[0], steps[-1])] == [None, None]
    assert str(decision) == "\n".join(map(str, steps))
    assert all(text and "\n" not in text for text in map(str, steps))


@given(cases)
def test_the_last_finding_has_granted_what_is_granted(case: Case) -> None:
    decision = decide(case)
    assume(decision)
    assert decision.steps[-2].granted_so_far == decision.granted_access


# --- NTFS: rights lent by the parent folder ------------------------------------------------------


@given(cases, cases)
def test_a_parent_folder_takes_nothing_away_and_lends_only_two_rights(case: Case, above: Case) -> None:
    question = (case.context, case.descriptor, MAXIMUM_ALLOWED, FILE)
    alone = access_check(*question).granted_access
    below = access_check(*question, parent=above.descriptor).granted_access
    assert not alone & ~below
    assert not below & ~alone & ~(0x10000 | 0x80)


@given(cases, cases, named_rights)
def test_a_parent_folder_never_turns_a_yes_into_a_no(case: Case, above: Case, desired: int) -> None:
    question = (case.context, case.descriptor, desired, FILE)
    if access_check(*question):
        assert access_check(*question, parent=above.descriptor)


# --- rules of the domain -------------------------------------------------------------------------

POLICY = Sid("S-1-17-1-2-3")
policies = st.dictionaries(
    st.just(str(POLICY)),
    st.lists(
        st.sampled_from(
            ["D:", "D:(A;;GA;;;WD)", "D:(A;;FR;;;WD)", "D:(D;;SD;;;WD)(A;;GA;;;WD)", "D:(A;;GA;;;PS)"]
        ).map(lambda dacl: CentralRule(dacl, dacl)),
        min_size=1,
        max_size=2,
    ).map(lambda rules: CentralPolicy(POLICY, tuple(rules))),
)
options = st.fixed_dictionaries(
    {},
    optional={
        "principal_self": st.sampled_from([*GROUPS, "S-1-5-21-1-2-3-1000"]),
        "parent": cases.map(lambda case: case.descriptor),
        "premapped": st.booleans(),
    },
)


def ruled(descriptor: SecurityDescriptor) -> SecurityDescriptor:
    """The same object, of which the domain has rules."""
    line = Ace(AceType.SYSTEM_SCOPED_POLICY_ID, AceFlags(0), 0, POLICY)
    return replace(descriptor, sacl=Acl([*(descriptor.sacl or ()), line]), control=descriptor.control | 0x10)


def refused_by_rule(context: SecurityContext, descriptor: SecurityDescriptor, policies: Policies) -> int:
    """What a rule refuses even where the object's own DACL grants all."""
    decision = access_check(context, descriptor.with_dacl(None), MAXIMUM_ALLOWED, policies=policies)
    codes = {bit: reason.code for bit, reason in decision.reasons.items()}
    return sum(bit for bit, code in codes.items() if code is ReasonCode.NOT_GRANTED_BY_CENTRAL_RULE)


@given(cases, policies, options)
def test_no_argument_turns_a_rules_refusal_into_a_grant(
    case: Case, policies: Policies, options: dict[str, Any]
) -> None:
    """[MS-DTYP] 2.5.3.2 and Forshaw, ch. 7: what the DACL grants, and the folder, the rules must grant too.
    What a privilege gives is not asked of them."""
    context, descriptor = case.context, ruled(case.descriptor)
    refused = refused_by_rule(context, descriptor, policies) & ~WRITE_OWNER
    for desired in (case.desired, MAXIMUM_ALLOWED, READ_CONTROL, 0x10000, 0x80):
        decision = access_check(context, descriptor, desired, FILE, policies=policies, **options)
        assert not decision.granted_access & refused
        without = access_check(context, descriptor, desired, FILE, **options)
        assert not decision.granted_access & ~without.granted_access


def test_what_a_folder_lends_does_not_open_what_a_rule_refuses() -> None:
    anybody = SecurityContext("S-1-5-21-1-2-3-1000", ["S-1-1-0"])
    file = ruled(SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FA;;;WD)"))
    rules: Policies = {str(POLICY): CentralPolicy(POLICY, (CentralRule("nobody", "D:"),))}
    for text in ("O:SYG:SYD:", "O:SYG:SYD:(A;;FA;;;WD)"):  # a folder that lends nothing, and one that lends
        folder = SecurityDescriptor.from_sddl(text)
        for desired in (0x1, 0x10000, 0x80, MAXIMUM_ALLOWED):
            decision = access_check(anybody, file, desired, policies=rules, parent=folder)
            assert (decision.status, decision.granted_access) == (NtStatus.ACCESS_DENIED, 0)
            assert {reason.code for reason in decision.reasons.values()} == {1814}


# --- forms ---------------------------------------------------------------------------------------

other_sids = st.builds(
    lambda authority, numbers: "-".join(
        ["S-1", f"0x{authority:X}" if authority >= 2**32 else str(authority), *map(str, numbers)]
    ),
    st.one_of(st.sampled_from([1, 3, 5, 15, 16]), st.integers(0, 2**48 - 1)),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15),
)
plain_types = st.sampled_from([AceType.ACCESS_ALLOWED, AceType.ACCESS_DENIED])
object_types = st.sampled_from([AceType.ACCESS_ALLOWED_OBJECT, AceType.ACCESS_DENIED_OBJECT])
text_lines = st.one_of(
    st.builds(Ace, plain_types, st.integers(0, 255), any_masks, other_sids),
    st.builds(Ace, object_types, st.integers(0, 255), any_masks, other_sids, guids, st.none() | guids),
)
text_audits = st.one_of(
    label_lines,
    st.builds(
        Ace,
        st.sampled_from([AceType.SYSTEM_AUDIT, AceType.SYSTEM_SCOPED_POLICY_ID]),
        st.integers(0, 255),
        any_masks,
        other_sids,
    ),
)
byte_lines = st.builds(
    lambda kind, flags, mask, sid, guid, below, data: Ace(
        kind, flags, mask, sid, *((guid, below) if "OBJECT" in kind.name else (None, None)), data
    ),
    st.sampled_from([kind for kind in AceType if kind is not AceType.SYSTEM_MANDATORY_LABEL]),
    st.integers(0, 255),
    any_masks,
    other_sids,
    st.none() | guids,
    st.none() | guids,
    st.binary(max_size=6).map(lambda data: data * 4),
)
DACL_CONTROL, SACL_CONTROL = (0x1000, 0x0400, 0x0100), (0x2000, 0x0800, 0x0200)


def any_descriptor(
    dacl_lines: st.SearchStrategy[Ace], sacl_lines: st.SearchStrategy[Ace]
) -> st.SearchStrategy[SecurityDescriptor]:
    def build(
        owner: str | None, group: str | None, dacl: Acl | None, sacl: Acl | None, bits: set[int]
    ) -> SecurityDescriptor:
        control = sum(bit for bit in bits if bit in DACL_CONTROL and dacl is not None)
        control |= sum(bit for bit in bits if bit in SACL_CONTROL and sacl is not None)
        return SecurityDescriptor(owner, group, dacl, sacl, control)

    return st.builds(
        build,
        st.none() | other_sids,
        st.none() | other_sids,
        st.none() | st.lists(dacl_lines, max_size=5).map(Acl),
        st.none() | st.lists(sacl_lines, max_size=3).map(Acl),
        st.sets(st.sampled_from(DACL_CONTROL + SACL_CONTROL)),
    )


@given(any_descriptor(text_lines, text_audits))
def test_a_descriptor_written_as_text_is_read_as_the_same(descriptor: SecurityDescriptor) -> None:
    text = descriptor.to_sddl()
    assert SecurityDescriptor.from_sddl(text) == descriptor
    assert SecurityDescriptor.from_sddl(text).to_sddl() == text
    assert SecurityDescriptor.from_sddl(str(descriptor)) == descriptor


@given(any_descriptor(byte_lines, byte_lines))
def test_a_descriptor_written_as_bytes_is_read_as_the_same(descriptor: SecurityDescriptor) -> None:
    data = descriptor.to_bytes()
    assert SecurityDescriptor.from_bytes(data) == descriptor
    assert SecurityDescriptor.from_bytes(data).to_bytes() == data


@given(any_descriptor(text_lines, text_audits), st.sampled_from([" ", "\n", "\t  "]))
def test_both_readers_of_text_say_the_same(descriptor: SecurityDescriptor, blanks: str) -> None:
    """Blanks before fields send the text to the patient reader, and so do lower-case letters."""
    text = descriptor.to_sddl()
    spread = text.replace(";", f";{blanks}").replace("(", f"({blanks}")
    guids_and_data = any(ace.object_type or ace.inherited_object_type for ace in descriptor.dacl or ())
    if not guids_and_data:
        assert SecurityDescriptor.from_sddl(spread) == descriptor
    assert SecurityDescriptor.from_sddl(f" {text}") == descriptor


@given(any_descriptor(byte_lines, byte_lines))
def test_an_ace_can_be_pasted_back(descriptor: SecurityDescriptor) -> None:
    import uuid

    from tokenlab.security import AceFlags

    names = {"Ace": Ace, "AceType": AceType, "AceFlags": AceFlags, "UUID": uuid.UUID, "Acl": Acl}
    for ace in descriptor.dacl or ():
        assert eval(repr(ace), names) == ace


@given(any_descriptor(text_lines, text_audits))
def test_a_descriptor_can_be_pasted_back(descriptor: SecurityDescriptor) -> None:
    assert eval(repr(descriptor), {"SecurityDescriptor": SecurityDescriptor}) == descriptor


@given(cases)
def test_a_context_can_be_pasted_back(case: Case) -> None:
    """Its parts have values of their own, compared one by one."""
    context = case.context
    again = SecurityContext(
        context.user,
        context.groups,
        context.privileges,
        context.integrity,
        context.user_deny_only,
        context.mandatory_policy,
        context.owner,
        context.primary_group,
        context.default_dacl,
        context.restricted_sids,
        context.write_restricted,
        context.claims,
        context.app,
        context.trust,
    )
    assert again == context
