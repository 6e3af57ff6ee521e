"""A decision: the verdict, the reason for every right, and the check step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tokenlab.security import AccessDecision, CheckStep
from tokenlab.security.check.rule import Effect
from tokenlab.values import MAXIMUM_ALLOWED
from tokenlab.view.markup import (
    Block,
    Cell,
    Column,
    Html,
    Table,
    TableRow,
    align,
    highlight,
    join,
    page_html,
    page_text,
    tag,
)
from tokenlab.view.theme import DENIED, GRANTED, OPEN, PASSED_BY, QUESTION, Mark
from tokenlab.view.words import MARKS, mark_of, mask_words, reason_by, reason_words, right_width


def decision_html(decision: AccessDecision, upto: int | None = None) -> str:
    """Verdict, reasons and steps; with ``upto`` only the first steps of the walk are told.

    The rows and their places are the same for every ``upto``, so stepping moves nothing.
    """
    return page_html(_decision(decision, upto))


def decision_text(decision: AccessDecision, upto: int | None = None) -> str:
    """The text twin of `decision_html`."""
    return page_text(_decision(decision, upto))


def _decision(decision: AccessDecision, upto: int | None) -> Iterator[Block]:
    last = len(decision.steps)
    told = last if upto is None else max(0, min(upto, last))
    yield VerdictBanner(decision, told)
    yield _reasons(decision, told)
    yield StepsBlock(decision, told, stepping=upto is not None)


class VerdictBanner(NamedTuple):
    """The question, and the verdict once the walk is over."""

    decision: AccessDecision
    told: int

    @property
    def over(self) -> bool:
        """True once the last step is told."""
        return self.told == len(self.decision.steps)

    @property
    def question(self) -> str:
        """What was asked, in a sentence."""
        asked = mask_words(self.decision.desired, self.decision.object_type)
        return f"Asked for {asked} ({self.decision.desired:#x}) to a {self.decision.object_type.name}."

    @property
    def verdict(self) -> str:
        """The answer, with its sign."""
        decision = self.decision
        if decision.granted:
            return f"{GRANTED.sign} Granted: {decision.granted_access:#x}"
        return f"{DENIED.sign} Refused: {decision.status}, Win32 error {decision.win32_error:d}"

    @property
    def progress(self) -> str:
        """Which step of how many is told."""
        return f"{OPEN.sign} Step {self.told} of {len(self.decision.steps)}"

    @property
    def meaning(self) -> str:
        """The verdict in a sentence about the rights."""
        decision = self.decision
        if decision.granted:
            return f"A handle would carry {mask_words(decision.granted_access, decision.object_type)}."
        refused = missing_rights(decision)
        if not decision.desired or refused == decision.rights_in_question:
            return "Nothing is granted."
        missing = mask_words(refused, decision.object_type)
        return f"Missing: {missing}. Without all that was asked for, nothing is granted."

    def html(self) -> Html:
        """The banner as HTML."""
        kind = (GRANTED if self.decision.granted else DENIED).kind if self.over else OPEN.kind
        shown, waiting = (self.verdict, self.progress) if self.over else (self.progress, self.verdict)
        question, meaning = tag("small", self.question), tag("small", self.meaning)
        return tag(
            "div",
            tag("div", tag("b", shown), question, meaning if self.over else ""),
            tag("div", tag("b", waiting), question, meaning, class_="wait", aria_hidden="true"),
            class_=f"tl-banner {kind}",
            role="status",
        )

    def text(self) -> str:
        """The banner as plain text."""
        lines = [self.verdict, self.question, self.meaning] if self.over else [self.progress, self.question]
        return "\n".join(lines)


def missing_rights(decision: AccessDecision) -> int:
    """The rights in question that are not granted."""
    return sum(bit for bit, reason in decision.reasons.items() if not reason.granted)


def _reasons(decision: AccessDecision, told: int) -> Table:
    columns = [
        Column("Right", right_width(decision.object_type, decision.rights_in_question)),
        Column("Mask", "84px"),
        Column("Answer", "114px"),
        Column("Code", "52px", "the reason code of Security events 4656 and 5145"),
        Column("Reason"),
        Column("By"),
    ]
    decided = number_deciding_steps(decision)
    rows = [
        _reason_row(decision, bit, name, waits=decided[bit] > told)
        for bit, name in decision.object_type.describe(decision.rights_in_question)
    ]
    return Table("Why, for every right", columns, rows)


def _reason_row(decision: AccessDecision, bit: int, name: str, waits: bool) -> TableRow:
    reason = decision.reasons[bit]
    return TableRow(
        [
            Cell(name),
            Cell(f"{bit:#x}", code=True),
            highlight(OPEN if waits else mark_of(reason)),
            Cell(f"{reason.code:d}", hidden=waits),
            Cell(reason_words(reason), hidden=waits),
            Cell(reason_by(reason), code=reason.ace is not None, hidden=waits),
        ]
    )


def number_deciding_steps(decision: AccessDecision) -> dict[int, int]:
    """For each right in question, the number of the step that decided it."""
    decided: dict[int, int] = {}
    for step in decision.steps:
        for bit in decision.reasons:
            if step.rights & bit:
                decided.setdefault(bit, step.number)
    return {bit: decided.get(bit, len(decision.steps)) for bit in decision.reasons}


HEADING = "The check, step by step"


def deciding_step(decision: AccessDecision) -> CheckStep:
    """The step that settled the answer: the first refusal of a right asked for, or the last grant needed."""
    asked = decision.desired & ~MAXIMUM_ALLOWED
    steps = [step for step in decision.steps if step.rights]
    if decision.granted:
        return [step for step in steps if does(step, Effect.GRANTS)][-1]
    refusing = [step for step in steps if does(step, Effect.REFUSES, Effect.LEAVES)]
    for step in refusing:
        if step.rights & asked:
            return step
    return [*decision.steps[-2:-1], *refusing][-1] if len(decision.steps) > 2 else decision.steps[-1]


def does(step: CheckStep, *effects: Effect) -> bool:
    """True if the step's rule has one of these effects."""
    return step.rule is not None and step.rule.effect in effects


def describe_finding(step: CheckStep) -> str:
    """The step's sentence without what it looked at."""
    return step.text.removeprefix(f"{step.heading}: ").removeprefix(f"{step.heading} ")


def mark_of_step(step: CheckStep) -> Mark:
    """Whether the step granted, refused, or decided nothing."""
    if step.rule is None:
        return QUESTION if step.number == 1 else GRANTED if step.decision.granted else DENIED
    return MARKS[step.rule.effect] if step.rights else PASSED_BY


class StepsBlock(NamedTuple):
    """The check from start to end; steps not told yet keep their place."""

    decision: AccessDecision
    told: int
    stepping: bool

    def html(self) -> Html:
        """The steps as an HTML list; those to come are pale."""
        items = join(map(self._item, self.decision.steps))
        return join([tag("p", tag("b", HEADING)), tag("ol", items, class_="tl-steps", aria_label=HEADING)])

    def _item(self, step: CheckStep) -> Html:
        waits, current = step.number > self.told, self.stepping and step.number == self.told
        mark = mark_of_step(step)
        return tag(
            "li",
            tag("span", f"{step.number}."),
            tag("span", mark.sign, class_="wait" if waits else mark.kind, title="" if waits else mark.word),
            tag("span", step.heading),
            tag("span", describe_finding(step), class_="wait" if waits else ""),
            class_="lit" if current else "muted" if waits else "",
            aria_current="step" if current else "",
        )

    def text(self) -> str:
        """The steps as plain text."""
        lines = [[f"{step.number}.", *self._told(step)] for step in self.decision.steps]
        lit = [self.stepping and step.number == self.told for step in self.decision.steps]
        return "\n".join([HEADING, *align(lines, lit)])

    def _told(self, step: CheckStep) -> list[str]:
        if step.number > self.told:
            return ["", step.heading, ""]
        return [mark_of_step(step).sign, step.heading, describe_finding(step)]
