"""The check of a restricted token, or of an app's: two readings of one DACL, side by side.

In the first every SID of the token counts, in the second its restricting SIDs alone, or its package and
capabilities. A right needs both.
[MS-DTYP] 2.5.3.2; "Restricted Tokens" on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tokenlab.security import AccessDecision, CheckStep, Rule
from tokenlab.security.check.rule import Effect
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, highlight, page_html, page_text
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED, PASSED_BY
from tokenlab.view.verdict import VerdictBanner, describe_finding, does, mark_of_step
from tokenlab.view.words import ace_sddl, mask_words, right_width

LAW = "The law: a restricted token gets a right only if both passes grant it."
APP_LAW = "The law: an app gets a right only if the DACL grants it to the user and to the app."
WRITE_LAW = "The law: a write-restricted token gets a right that writes only if both passes grant it. "
WRITE_LAW += "For every other right the first pass is enough."


def two_passes_html(decision: AccessDecision) -> str:
    """Both passes ACE by ACE, and what each says of every right: of a restricted token, or an app's."""
    return page_html(_two_passes(decision))


def two_passes_text(decision: AccessDecision) -> str:
    """The text twin of `two_passes_html`."""
    return page_text(_two_passes(decision))


@dataclass(frozen=True)
class Passes:
    """The steps of a decision, sorted: before the ACEs, first pass, second pass, after the ACEs."""

    decision: AccessDecision

    @cached_property
    def _inner(self) -> list[CheckStep]:
        return [step for step in self.decision.steps if step.rule is not None and step not in self.after]

    @cached_property
    def after(self) -> list[CheckStep]:
        """What is looked at after the ACEs: what nothing granted, and the rules of the domain."""
        return [
            step
            for step in self.decision.steps
            if step.place is None and (does(step, Effect.LEAVES) or step.rule is Rule.CENTRAL_RULE)
        ]

    @cached_property
    def turn(self) -> CheckStep | None:
        """The step that begins the second pass; None if there was none."""
        rule = Rule.SECOND_PASS if self.decision.context.restricted_sids else Rule.PACKAGE_PASS
        return next((step for step in self._inner if step.rule is rule), None)

    @cached_property
    def before(self) -> list[CheckStep]:
        """What is looked at before the ACEs: integrity, privileges, ownership."""
        return [step for step in self._inner if step.place is None and not does(step, Effect.ASKS_AGAIN)]

    @cached_property
    def first(self) -> list[CheckStep]:
        """The steps of the first pass that read an ACE."""
        end = self.turn.number if self.turn else len(self.decision.steps)
        return [step for step in self._inner if step.place is not None and step.number < end]

    @cached_property
    def second(self) -> list[CheckStep]:
        """The steps of the second pass, over the restricting SIDs, that read an ACE."""
        start = self.turn.number if self.turn else len(self.decision.steps)
        later = (s.number for s in self._inner if does(s, Effect.ASKS_AGAIN) and s.number > start)
        end = next(later, len(self.decision.steps))
        return [step for step in self._inner if step.place is not None and start < step.number < end]

    @cached_property
    def outside(self) -> int:
        """The rights that came without any ACE: by a privilege, by ownership, from the folder, or because
        there is no DACL."""
        return _granted(self.before)

    @cached_property
    def granted_first(self) -> int:
        """What the first pass granted, as a mask."""
        return _granted(self.first)

    @cached_property
    def asked_again(self) -> int:
        """The rights that the second pass must grant once more."""
        return self.turn.rights if self.turn else 0

    @cached_property
    def granted_second(self) -> int:
        """What the second pass granted, as a mask."""
        return _granted(self.second)

    @cached_property
    def open_first(self) -> int:
        """What the first pass is asked for."""
        refused = 0
        for step in self.before:
            refused |= step.rights
        return self.decision.rights_in_question & ~refused & ~self.outside


def _granted(steps: Sequence[CheckStep]) -> int:
    rights = 0
    for step in steps:
        rights |= step.rights if does(step, Effect.GRANTS) else 0
    return rights


def _two_passes(decision: AccessDecision) -> Iterator[Block]:
    passes = Passes(decision)
    yield VerdictBanner(decision, len(decision.steps))
    if passes.before:
        yield _beside("Before the ACEs", "What counts for both passes", passes.before)
    if decision.descriptor.dacl:
        yield _lines(passes)
    if rules := [step for step in passes.after if step.rule is Rule.CENTRAL_RULE]:
        yield _beside("After the ACEs", "What must be granted as well", rules)
    yield _rights(passes)
    if not decision.context.restricted_sids:
        yield Note(APP_LAW)
    else:
        yield Note(WRITE_LAW if decision.context.write_restricted else LAW)


def _beside(where: str, caption: str, steps: Sequence[CheckStep]) -> Table:
    columns = [Column(where, "20%"), Column("Answer", "114px"), Column("What was found")]
    rows = [
        TableRow([Cell(step.heading), highlight(mark_of_step(step)), Cell(describe_finding(step))])
        for step in steps
    ]
    return Table(caption, columns, rows)


def _lines(passes: Passes) -> Table:
    context = passes.decision.context
    app = sorted(context.app.sids) if context.app else ()
    names = ", ".join(context.name_of(sid) for sid in context.restricted_sids or app)
    columns = [
        Column("ACE", "26%"),
        Column("Pass 1", small="every SID of the token counts"),
        Column("Pass 2", small=f"only these count: {names}"),
    ]
    first = _column(passes, passes.first, passes.open_first, "no right is left to ask for")
    waits = "no right left to ask for" if passes.turn else _why_no_second(passes)
    second = _column(passes, passes.second, passes.asked_again, waits)
    dacl = passes.decision.descriptor.dacl or ()
    rows = [
        TableRow([Cell(f"ACE {place + 1}", small=ace_sddl(ace)), first[place], second[place]])
        for place, ace in enumerate(dacl)
    ]
    words = passes.decision.object_type
    ends = [
        _end(left, words=mask_words(left, words))
        for left in (
            passes.open_first & ~passes.granted_first,
            passes.asked_again & ~passes.granted_second,
        )
    ]
    rows.append(TableRow([Cell("Still missing at the end"), *ends], lit=True))
    return Table("The DACL, read twice", columns, rows)


def _end(left: int, words: str) -> Cell:
    return highlight(NOT_GRANTED, words) if left else highlight(GRANTED, "nothing")


def _why_no_second(passes: Passes) -> str:
    if passes.granted_first and passes.decision.context.write_restricted:
        return "not needed: none of these rights writes"
    return "not read: pass 1 granted nothing that must be granted again"


def _column(passes: Passes, steps: Sequence[CheckStep], still_open: int, unread: str) -> list[Cell]:
    """What one pass says to each ACE, with what is still open after it."""
    decision = passes.decision
    by_place = {step.place: step for step in steps}
    cells = []
    for place in range(len(decision.descriptor.dacl or ())):
        step = by_place.get(place)
        if step is None:
            cells.append(Cell("not read", small=unread, kind="muted"))
            continue
        still_open &= ~step.rights
        left = mask_words(still_open, decision.object_type) if still_open else "nothing"
        cells.append(_cell(step, f"still open: {left}"))
    return cells


def _cell(step: CheckStep, left: str) -> Cell:
    rights = mask_words(step.rights, step.decision.object_type)
    if step.rule is Rule.ACE_PASSED_BY:
        why = describe_finding(step).removeprefix(f"{step.ace}: ").rstrip(".")
        return Cell(f"{PASSED_BY.sign} {why}", small=left, kind=PASSED_BY.kind)
    if not step.rights:
        return Cell(f"{PASSED_BY.sign} matches; nothing is left for it to decide", left, kind=PASSED_BY.kind)
    mark, verb = (GRANTED, "allows") if step.rule is Rule.ACE_ALLOWS else (DENIED, "denies")
    return Cell(f"{mark.sign} {verb} {rights}", small=left, kind=mark.kind, title=step.text)


def _rights(passes: Passes) -> Table:
    decision = passes.decision
    columns = [
        Column("Right", right_width(decision.object_type, decision.rights_in_question)),
        Column("Pass 1"),
        Column("Pass 2"),
        Column("Both", "130px"),
    ]
    rows = []
    for bit, name in decision.object_type.describe(decision.rights_in_question):
        both = highlight(GRANTED if decision.reasons[bit].granted else NOT_GRANTED)
        rows.append(TableRow([Cell(name), *_verdicts(passes, bit), both]))
    return Table("Every right, in both passes", columns, rows)


def _verdicts(passes: Passes, bit: int) -> tuple[Cell, Cell]:
    if not bit & (passes.open_first | passes.asked_again):
        given = bit & passes.outside
        mark = highlight(GRANTED if given else DENIED, "settled before the ACEs")
        return mark, mark
    if not bit & (passes.granted_first | passes.asked_again):
        return highlight(NOT_GRANTED), Cell("not asked", kind="muted")
    if not bit & passes.asked_again:
        return highlight(GRANTED), Cell("not needed: it does not write", kind="muted")
    return highlight(GRANTED), highlight(GRANTED if bit & passes.granted_second else NOT_GRANTED)
