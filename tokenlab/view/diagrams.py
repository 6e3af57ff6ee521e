"""Figures in SVG, made from a value's own state; the same value always gives the same figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import TypeVar

from tokenlab.security import (
    AccessDecision,
    Ace,
    Acl,
    CheckStep,
    NtStatus,
    PrivilegeState,
    Rule,
    SecurityContext,
    TokenGroup,
)
from tokenlab.security.check.rule import Effect
from tokenlab.values import IntegrityLevel, Sid
from tokenlab.view.drawing import Card, CardLine, arrow, drawing, section
from tokenlab.view.markup import Html, tag
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED, PASSED_BY
from tokenlab.view.verdict import VerdictBanner, deciding_step, does, missing_rights
from tokenlab.view.words import MARKS, mask_words, short_name

T = TypeVar("T")

WIDTH, GAP = 900, 16
LEFT, MIDDLE, RIGHT = (1, 282), (307, 274), (605, 294)  # each column: x and width
MOST_GROUPS, MOST_PRIVILEGES, MOST_ACES = 9, 5, 12


def access_check_figure(decision: AccessDecision) -> str:
    """Who asks, what for, and who may: one access check as a drawing, with what decided it marked."""
    token, cards, target = _cards(decision)
    token, target = token.within(LEFT[1]), target.within(RIGHT[1])
    cards = [card.within(MIDDLE[1]) for card in cards]
    tops = [1]
    for card in cards:
        tops.append(tops[-1] + card.height + GAP)
    height = max(tops[-1] - GAP, token.height + 1, target.height + LEGEND_HEIGHT) + 2
    parts = [card.svg(MIDDLE[0], top, MIDDLE[1]) for card, top in zip(cards, tops, strict=False)]
    parts += [token.svg(LEFT[0], 1, LEFT[1]), target.svg(RIGHT[0], 1, RIGHT[1]), _legend(target.height)]
    parts += _arrows(cards, tops, token, target)

    banner = VerdictBanner(decision, len(decision.steps))
    title = f"Access check: {banner.verdict}. {banner.question}"
    return drawing(title, " ".join(map(str, decision.steps)), parts, WIDTH, height)


def figure_text(decision: AccessDecision) -> str:
    """The text twin of `access_check_figure`: what its cards say, who, what for, the gates, and who may."""
    token, cards, target = _cards(decision)
    return "\n".join([*map(str, (token, *cards, target)), LEGEND])


def _cards(decision: AccessDecision) -> tuple[Card, list[Card], Card]:
    deciding = deciding_step(decision)
    token = Card("Who asks: the token", list(_token_lines(decision.context, deciding)))
    target = Card(f"Who may: the {decision.object_type.name}", list(_object_lines(decision, deciding)))
    return token, [_question(decision), *_gates(decision, deciding), _verdict(decision)], target


LEGEND = "✓ gives, ✗ refuses, – decides nothing"
LEGEND_HEIGHT = 26


def _legend(top: int) -> Html:
    return tag("text", LEGEND, x=RIGHT[0] + 2, y=top + 20, class_="muted")


def _arrows(cards: list[Card], tops: list[int], token: Card, target: Card) -> Iterator[Html]:
    """From the token to the question, from gate to gate, and from the gate that decided to what it saw."""
    spine = MIDDLE[0] + MIDDLE[1] // 2
    yield arrow((sum(LEFT), 12), (MIDDLE[0], 12))
    for card, after, top in zip(cards, cards[1:], tops[1:], strict=False):
        kind = "dead" if card.dead or after.dead else ""
        yield arrow((spine, top - GAP), (spine, top), kind=kind)
    gate = next((top + 12 for card, top in zip(cards, tops, strict=False) if card.lit), 0)
    if (seen := target.middle_of_lit(1)) is not None:
        turn = (sum(MIDDLE) + RIGHT[0]) // 2
        yield arrow((sum(MIDDLE), gate), (turn, gate), (turn, seen), (RIGHT[0], seen))
    if (held := token.middle_of_lit(1)) is not None:
        turn = (sum(LEFT) + MIDDLE[0]) // 2
        yield arrow((sum(LEFT), held), (turn, held), (turn, gate), (MIDDLE[0], gate))


# The token


def _token_lines(context: SecurityContext, deciding: CheckStep) -> Iterator[CardLine]:
    matters = {step.ace.sid for step in deciding.decision.steps if step.ace and step.rights}
    used = _privilege_of(deciding)
    yield section("User")
    yield _holder_line(context, context.user, deny_only=context.user_deny_only, enabled=True)
    yield section("Integrity level")
    yield CardLine(level_name(context.integrity), more=f"{context.integrity}, {context.integrity.level:#x}")

    def group_line(group: TokenGroup) -> CardLine:
        return _holder_line(context, group.sid, group.deny_only, group.enabled)

    yield section(f"Groups ({len(context.groups)})")
    yield from _some(context.groups, MOST_GROUPS, lambda group: group.sid in matters, group_line)
    yield section(f"Privileges ({len(context.privileges)})")
    yield from _some(
        context.privileges,
        MOST_PRIVILEGES,
        lambda state: state.privilege == used or state.enabled,
        lambda state: _privilege_line(state, lit=state.privilege == used),
    )
    if used and all(state.privilege != used for state in context.privileges):
        yield CardLine(f"no {used}", DENIED, lit=True)


def _privilege_of(step: CheckStep) -> str | None:
    """The privilege that a step is about."""
    return step.by if isinstance(step.by, str) and step.rule and step.rule.gate == PRIVILEGES else None


def _some(
    items: Sequence[T], most: int, matters: Callable[[T], bool], line: Callable[[T], CardLine]
) -> Iterator[CardLine]:
    """A line for each item that matters, then for others while there is room; their order is kept."""
    chosen = choose([matters(item) for item in items], most)
    yield from (line(items[place]) for place in chosen)
    if len(chosen) < len(items):
        yield section(f"… and {len(items) - len(chosen)} more")


def choose(matters: Sequence[bool], most: int) -> list[int]:
    """Up to ``most`` places, first those that matter, in their order."""
    places = sorted(range(len(matters)), key=lambda place: not matters[place])
    return sorted(places[:most])


def _holder_line(context: SecurityContext, sid: Sid, deny_only: bool, enabled: bool) -> CardLine:
    mark = DENIED if deny_only else GRANTED if enabled else NOT_GRANTED
    state = "deny only" if deny_only else "enabled" if enabled else "disabled"
    name = short_name(sid, context)
    words = name if mark is GRANTED else f"{name} ({state})"
    return CardLine(words, mark, "plain", more=f"{context.name_of(sid)} ({sid}): {state}")


def _privilege_line(state: PrivilegeState, lit: bool) -> CardLine:
    mark, words = (GRANTED, "enabled") if state.enabled else (NOT_GRANTED, "there, but disabled")
    return CardLine(state.privilege, mark, "plain", lit=lit, more=f"{state.privilege}: {words}")


def level_name(level: IntegrityLevel) -> str:
    """``Medium`` for the level that Windows calls Mandatory Label\\Medium Mandatory Level."""
    return level.label.removeprefix("Mandatory Label\\").removesuffix(" Mandatory Level")


# The question, the gates, the verdict


def _question(decision: AccessDecision) -> Card:
    asked = f"{mask_words(decision.desired, decision.object_type)} ({decision.desired:#x})"
    return Card("What for: the desired access", [CardLine(asked)])


def _verdict(decision: AccessDecision) -> Card:
    banner = VerdictBanner(decision, len(decision.steps))
    mark = GRANTED if decision.granted else DENIED
    return Card(
        "Verdict", [CardLine(banner.verdict.removeprefix(f"{mark.sign} "), mark), CardLine(banner.meaning)]
    )


INTEGRITY, PRIVILEGES, OWNER, DACL = (
    rule.gate for rule in (Rule.INTEGRITY, Rule.PRIVILEGE, Rule.OWNERSHIP, Rule.ACE_ALLOWS)
)
GATES = list(dict.fromkeys(rule.gate for rule in Rule))
"""The gates in their order; those four are drawn always, the others where they had something to say."""


def _gates(decision: AccessDecision, deciding: CheckStep) -> Iterator[Card]:
    if decision.status is NtStatus.GENERIC_NOT_MAPPED:
        yield Card("Generic rights", [CardLine("a generic right was left in the question", DENIED)], lit=True)
        return
    mapped = CardLine(f"mapped to those of a {decision.object_type.name}", GRANTED, "plain")
    yield Card("Generic rights", [mapped])
    if decision.status is NtStatus.INVALID_SECURITY_DESCR:
        yield Card("Descriptor", [CardLine("its owner or group is missing", DENIED)], lit=True)
        return
    steps = {name: [s for s in decision.steps if s.rule and s.rule.gate == name] for name in GATES}
    last = max((number for number, name in enumerate(GATES) if steps[name]), default=len(GATES))
    for number, name in enumerate(GATES):
        if not steps[name] and name not in (INTEGRITY, PRIVILEGES, OWNER, DACL):
            continue
        if number > last:
            yield Card(name, [CardLine("not reached", kind="muted")], dead=True)
        else:
            lines = _gate_lines(decision, name, steps[name], deciding)
            yield Card(name, list(lines), lit=deciding in steps[name])


def _gate_lines(
    decision: AccessDecision, name: str, steps: list[CheckStep], deciding: CheckStep
) -> Iterator[CardLine]:
    def rights(mask: int) -> str:
        return mask_words(mask, decision.object_type)

    given = reduce(or_, (step.rights for step in steps if does(step, Effect.GRANTS)), 0)
    kept = reduce(or_, (step.rights for step in steps if does(step, Effect.REFUSES)), 0)
    if decision.descriptor.dacl is None and name == DACL:
        yield CardLine("there is none: everybody gets everything", GRANTED)
    elif given:
        yield CardLine(f"gives {rights(given)}", GRANTED)
    if not decision.granted and deciding in steps:
        yield CardLine(_refusal(decision, deciding), DENIED)
    elif kept and name != DACL:
        yield CardLine(f"keeps back {rights(kept)}", DENIED)
    elif not given:
        yield CardLine(_nothing(decision, name), PASSED_BY)


def _refusal(decision: AccessDecision, step: CheckStep) -> str:
    """What the step that refused says, in a few words."""
    words = mask_words(step.rights, decision.object_type)
    if step.rule is Rule.INTEGRITY:
        here, there = decision.context.integrity, decision.descriptor.label[0]
        return f"{level_name(here)} is below {level_name(there)}: refuses {words}"
    if step.rule is Rule.PRIVILEGE_MISSING:
        return f"{words} needs {_privilege_of(step)}, enabled"
    if step.rule is Rule.NOT_FOR_APPS:
        return f"but no app gets {words}"
    if step.place is not None:
        return f"ACE {step.place + 1} refuses {words}"
    if does(step, Effect.REFUSES):
        return f"refuses {words}"
    return f"nothing gives {mask_words(missing_rights(decision), decision.object_type)}"


def _nothing(decision: AccessDecision, name: str) -> str:
    if name == INTEGRITY:
        here, there = decision.context.integrity, decision.descriptor.label[0]
        verdict = "but this is open to it" if here < there else "no objection"
        return f"{level_name(here)} asks, the object is {level_name(there)}: {verdict}"
    if name == OWNER and decision.descriptor.owner not in decision.context:
        return "the token does not hold the owner"
    words = {
        PRIVILEGES: "none is needed here",
        OWNER: "nothing more to give",
        Rule.CENTRAL_RULE.gate: "agrees",
    }
    return words.get(name, "gives nothing")


# The object


def _object_lines(decision: AccessDecision, deciding: CheckStep) -> Iterator[CardLine]:
    descriptor = decision.descriptor
    owner, level, dacl = descriptor.owner, descriptor.label[0], descriptor.dacl
    yield section("Owner")
    name, whole = (short_name(owner, decision.context), f"{owner.label} ({owner})") if owner else ("none", "")
    yield CardLine(name, lit=deciding.rule is Rule.OWNERSHIP, more=whole)
    yield section("Integrity label")
    whole = f"{level}, {level.level:#x}"
    yield CardLine(level_name(level), lit=deciding.rule is Rule.INTEGRITY, more=whole)
    if deciding.rule in (Rule.TRUST, Rule.FILTER, Rule.CENTRAL_RULE):
        yield section(deciding.heading)
        yield CardLine(_of_the_sacl(deciding), DENIED, lit=True, more=deciding.text)
    if dacl is None:
        yield section("DACL")
        words = "NULL: no control at all" if descriptor.dacl_present else "absent: no control at all"
        yield CardLine(words, lit=deciding.rule in (Rule.NO_DACL, Rule.NOT_FOR_APPS))
        return
    yield section(f"DACL ({len(dacl)} ACE{'' if len(dacl) == 1 else 's'})")
    yield from _dacl_lines(decision, dacl, deciding)
    if deciding.place is None and does(deciding, Effect.LEAVES):
        yield CardLine(
            "the end: nothing more is given" if dacl else "empty: nothing is given", DENIED, lit=True
        )


def _of_the_sacl(step: CheckStep) -> str:
    """What a trust label, a filter or a central rule is called in the object's SACL."""
    if isinstance(step.by, Ace):
        return str(step.by.sid)
    return step.condition.text if step.condition else str(step.by)


def _dacl_lines(decision: AccessDecision, dacl: Acl, deciding: CheckStep) -> Iterator[CardLine]:
    steps = {step.place: step for step in decision.steps if step.place is not None}
    matters = [place in steps and steps[place].rights > 0 for place in range(len(dacl))]
    expected = 0
    for place in [*choose(matters, MOST_ACES), len(dacl)]:
        if place > expected:
            yield section(f"⋮ {place - expected} more")
        expected = place + 1
        if place < len(dacl):
            line = _ace_line(decision, dacl[place], place, steps.get(place))
            yield line._replace(lit=place == deciding.place)


def _ace_line(decision: AccessDecision, ace: Ace, place: int, step: CheckStep | None) -> CardLine:
    rights = mask_words(ace.mask, decision.object_type)
    words = (
        f"{place + 1} {'allow' if ace.is_allow else 'deny'} {short_name(ace.sid, decision.context)}: {rights}"
    )
    if step is None:
        return CardLine(words, kind="muted", more=f"{words} (not read)")
    if not step.rights:
        return CardLine(words, PASSED_BY, more=step.text)
    return CardLine(words, MARKS[step.rule.effect] if step.rule else None, more=step.text)
