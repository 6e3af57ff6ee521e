"""What an access check answers: yes or no, the mask, and for every right the rule that decided it.

The vocabulary is Windows' own: the reason codes that Security events 4656 and 5145 carry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, overload

from tokenlab.security.check.rule import Effect, ReasonCode, Rule
from tokenlab.security.check.trail import ConditionPart, Finding, complete
from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.security.status import NtStatus, Win32Error
from tokenlab.values import MAXIMUM_ALLOWED, ObjectType
from tokenlab.values.visible import make_visible
from tokenlab.values.well_known import CREATOR_GROUP, CREATOR_OWNER, OWNER_RIGHTS


class Reason(NamedTuple):
    """Why one right was granted or refused: the rule, and the ACE (with its place) or the privilege."""

    rule: Rule
    ace: Ace | None = None
    place: int | None = None  # in the DACL, from 0
    privilege: str | None = None

    @property
    def code(self) -> ReasonCode:
        """The number that Windows' events give this reason."""
        return self.rule.code

    @property
    def granted(self) -> bool:
        """True if a right with this reason is granted."""
        return self.rule.effect is Effect.GRANTS

    def __str__(self) -> str:
        ace = f"{self.ace}" if self.place is None else f"ACE {self.place + 1} {self.ace}"
        return make_visible(self.code.words.format(ace if self.ace else self.privilege))


_NOT_GRANTED = Reason(Rule.NOTHING_GRANTS)


class CheckStep(NamedTuple):
    """One step of the check: what was looked at, what it decided, and what is granted so far."""

    number: int
    decision: AccessDecision

    @property
    def finding(self) -> Finding | None:
        """What was recorded; None for the first step and the last, the question and the verdict."""
        trail = self.decision.trail
        return trail[self.number - 2] if 2 <= self.number < len(trail) + 2 else None

    @property
    def granted_so_far(self) -> int:
        """The rights that this step and those before it granted."""
        if self.number == len(self.decision.trail) + 2:
            return self.decision.granted_access
        granted = 0
        for rule, rights, _, _ in self.decision.trail[: max(0, self.number - 1)]:
            if rule.effect is Effect.GRANTS:
                granted |= rights
            else:  # refused, or taken back to be granted again
                granted &= ~rights
        return granted

    @property
    def rule(self) -> Rule | None:
        """The rule that took this step; None for a step that only tells."""
        return self.finding[0] if self.finding else None

    @property
    def rights(self) -> int:
        """The rights that this step decided."""
        return self.finding[1] if self.finding else 0

    @property
    def place(self) -> int | None:
        """The place of the ACE in the DACL, from 0."""
        return self.finding[2] if self.finding and self.finding[2] >= 0 else None

    @property
    def by(self) -> Ace | ConditionPart | str | None:
        """What the rule went by: an ACE that is not in the DACL, a condition, a privilege, a central rule."""
        return self.finding[3] if self.finding else None

    @property
    def condition(self) -> ConditionPart | None:
        """The condition of this step's ACE with its value and those of its parts, if it has one."""
        return self.by if isinstance(self.by, ConditionPart) else None

    @property
    def ace(self) -> Ace | None:
        """The ACE that was read; None where no ACE was."""
        dacl = self.decision.descriptor.dacl
        return None if self.place is None or dacl is None else dacl[self.place]

    @property
    def heading(self) -> str:
        """What the step looks at: the question, a gate, an ACE of the DACL, the verdict."""
        if self.rule is None:
            return "Question" if self.number == 1 else "Verdict"
        return self.rule.heading if self.place is None else f"{self.rule.heading} {self.place + 1}"

    @property
    def text(self) -> str:
        """The step in a sentence."""
        decision = self.decision
        if self.rule is None:
            if self.number == 1:
                name = decision.object_type.rights(decision.desired)
                return f"Asked for {name!s} ({decision.desired:#x})."
            if decision.granted:
                return f"Granted: {decision.granted_access:#x}."
            refused = f"Refused: {decision.status} (Win32 error {decision.win32_error:d})."
            return f"{refused} {_what_is_missing(decision.descriptor)}".rstrip()
        sentence = (self.rule.sentence if self.rights else self.rule.idle).format(self)
        return sentence if self.ace is None else f"{self.heading} {self.ace}: {sentence}"

    def __str__(self) -> str:
        return f"{self.number}. {make_visible(self.text)}"

    def __repr__(self) -> str:
        return f"<Step {self}>"

    # What the sentences of the rules name

    @property
    def words(self) -> str:
        """The rights in words: ``READ_DATA (0x1)``."""
        return f"{self.decision.object_type.rights(self.rights)!s} ({self.rights:#x})"

    @property
    def level(self) -> str:
        """The integrity level of the token."""
        return self.decision.context.integrity.label

    @property
    def label(self) -> str:
        """The integrity level of the object."""
        return self.decision.descriptor.label[0].label

    @property
    def policy(self) -> str:
        """What the object's label forbids."""
        return self.decision.descriptor.label[1].name or "nothing"

    @property
    def owner(self) -> str:
        """What the object's owner is called."""
        return self.decision.context.name_of(self.decision.descriptor.owner or "")

    @property
    def trustee(self) -> str:
        """Whom the ACE is about."""
        return self.decision.context.name_of(self.ace.sid if self.ace else "")

    @property
    def its_condition(self) -> str:
        """What the ACE's condition said, as a sentence with a blank before it; empty without one."""
        return f" The condition {self.condition}." if self.condition else ""

    @property
    def why_passed_by(self) -> str:
        """Why the walk passed this ACE by."""
        if self.ace is None:
            return ""
        if self.condition:
            return f"its condition {self.condition}"
        before = {rule for rule, *_ in self.decision.trail[: self.number - 2]}
        if Rule.PACKAGE_PASS in before:
            return f"{self.trustee} is neither the package nor one of its capabilities"
        return _why_passed_by(self.ace, self.decision.context, Rule.SECOND_PASS in before)


def _why_passed_by(ace: Ace, context: SecurityContext, second_pass: bool) -> str:
    name = context.name_of(ace.sid)
    if ace.inherit_only:
        return "it is inherit-only: meant for children, not for this object"
    if ace.is_allow and ace.object_type:
        return "it is about one property or class, and the question was about the whole object"
    if ace.sid in (CREATOR_OWNER, CREATOR_GROUP):
        return f"{name} is a placeholder that inheritance fills; no token holds it"
    if second_pass:
        return f"{name} is not among the restricting SIDs"
    if ace.sid == OWNER_RIGHTS:
        return "the token does not hold the owner"
    if ace.sid in context.deny_sids:
        return f"the token holds {name} for deny only, and this is an allow"
    if any(group.sid == ace.sid for group in context.groups):
        return f"{name} is disabled in the token"
    return f"the token does not hold {name}"


NO_OPTIONS: Mapping[str, Any] = {}


@dataclass(frozen=True, init=False)
class AccessDecision:
    """The answer of `access_check`; true in a condition if access is granted.

    ``desired`` is the mask asked for, its generic bits mapped. ``granted_access`` is what a handle would
    carry: exactly what was asked, the most there is with MAXIMUM_ALLOWED, 0 for a refusal. ``options`` are
    the other arguments that it was asked with: what stands for SELF, the folder, the policies.

    >>> from tokenlab import FileRights, SecurityContext, SecurityDescriptor, access_check
    >>> memo = SecurityDescriptor.from_sddl("O:SYG:SYD:(D;;DC;;;WD)(A;;FA;;;WD)")
    >>> decision = access_check(SecurityContext("S-1-5-18", ["S-1-1-0"]), memo, FileRights.WRITE_DATA)
    >>> decision.granted, decision.status
    (False, <NtStatus.ACCESS_DENIED: 3221225506>)
    >>> print(decision.reasons[FileRights.WRITE_DATA].ace)
    (D;;DC;;;WD)
    """

    context: SecurityContext
    descriptor: SecurityDescriptor
    object_type: ObjectType
    desired: int
    status: NtStatus
    granted_access: int
    record: Sequence[Finding] = field(repr=False, compare=False)
    options: Mapping[str, Any] = field(repr=False, compare=False)

    def __init__(
        self,
        context: SecurityContext,
        descriptor: SecurityDescriptor,
        object_type: ObjectType,
        desired: int,
        status: NtStatus,
        granted_access: int,
        record: Sequence[Finding],
        options: Mapping[str, Any] = NO_OPTIONS,
    ) -> None:
        values = self.__dict__  # a frozen dataclass is filled once, here
        values["context"] = context
        values["descriptor"] = descriptor
        values["object_type"] = object_type
        values["desired"] = desired
        values["status"] = status
        values["granted_access"] = granted_access
        values["record"] = record
        values["options"] = options

    @cached_property
    def trail(self) -> list[Finding]:
        """All that the check came upon, in order, the ACEs that it passed by too."""
        return list(complete(self.record, len(self.descriptor.dacl or ())))

    @property
    def granted(self) -> bool:
        """True if every right that was asked for is granted."""
        return self.status is NtStatus.SUCCESS

    def __bool__(self) -> bool:
        return self.status is NtStatus.SUCCESS

    @property
    def win32_error(self) -> Win32Error:
        """What ``GetLastError`` says: 0, 5, 1314, 1338 or 1360."""
        return self.status.win32_error

    @property
    def rights_in_question(self) -> int:
        """The rights asked for; with MAXIMUM_ALLOWED every right that the type of object knows."""
        if self.desired & MAXIMUM_ALLOWED:
            return self.desired & ~MAXIMUM_ALLOWED | self.object_type.mapping.all
        return self.desired

    @property
    def reasons(self) -> dict[int, Reason]:
        """For each right in question, one bit each, why it was granted or refused."""
        reasons: dict[int, Reason] | None = self.__dict__.get("_reasons")
        if reasons is None:
            reasons = self.__dict__["_reasons"] = self._find_reasons()
        return reasons

    def _find_reasons(self) -> dict[int, Reason]:
        """The last rule that speaks of a right is its reason; who asks again has granted nothing yet."""
        reasons: dict[int, Reason] = {}
        question = self.rights_in_question
        aces = self.descriptor.dacl.aces if self.descriptor.dacl else ()
        for rule, rights, index, by in self.record:
            decided = rights & question
            if not decided or rule is Rule.NOTHING_GRANTS:
                continue
            reason = _NOT_GRANTED
            if rule.effect is not Effect.ASKS_AGAIN:
                ace, place = (aces[index], index) if index >= 0 else (None, None)
                if isinstance(by, Ace):
                    ace = by
                privilege = by if isinstance(by, str) and rule.gate == Rule.PRIVILEGE.gate else None
                reason = tuple.__new__(Reason, (rule, ace, place, privilege))
            while decided:
                bit = decided & -decided
                decided ^= bit
                reasons[bit] = reason
        left = question & ~sum(reasons)
        while left:
            bit = left & -left
            left ^= bit
            reasons[bit] = _NOT_GRANTED
        return reasons

    @property
    def steps(self) -> Sequence[CheckStep]:
        """The check from start to end, numbered; ``str()`` of a step is a sentence."""
        return _CheckSteps(self)

    def __str__(self) -> str:
        """The decision in sentences, one a line."""
        return "\n".join(map(str, self.steps))


def _what_is_missing(descriptor: SecurityDescriptor) -> str:
    """Why Windows does not check the descriptor, where such a text comes from, and what to do."""
    parts = [name for name, sid in (("owner", descriptor.owner), ("group", descriptor.group)) if sid is None]
    if not parts:
        return ""
    cure = ", ".join(f"{name}='SY'" for name in parts)
    return (
        f"The descriptor names no {' and no '.join(parts)}, and Windows checks none without. Text from "
        "sc sdshow leaves them out, where LocalSystem is both: "
        f"SecurityDescriptor.from_sddl(text, {cure})."
    )


class _CheckSteps(Sequence[CheckStep]):
    """The record of a decision as steps, made as they are looked at."""

    def __init__(self, decision: AccessDecision) -> None:
        self._decision = decision

    def __len__(self) -> int:
        return len(self._decision.trail) + 2

    @overload
    def __getitem__(self, index: int) -> CheckStep: ...
    @overload
    def __getitem__(self, index: slice) -> list[CheckStep]: ...
    def __getitem__(self, index: int | slice) -> CheckStep | list[CheckStep]:
        numbers = range(1, len(self) + 1)[index]
        if isinstance(numbers, int):
            return CheckStep(numbers, self._decision)
        return [CheckStep(number, self._decision) for number in numbers]

    def __repr__(self) -> str:
        return "\n".join(map(str, self))
