"""What an access check answers: yes or no, the mask, and for every right the rule that decided it.

The vocabulary is Windows' own: the reason codes that Security events 4656 and 5145 carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, overload

from tokenlab.security.ace import Ace
from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor import SecurityDescriptor
from tokenlab.security.status import NtStatus, Win32Error
from tokenlab.values import MAXIMUM_ALLOWED, ObjectType

if TYPE_CHECKING:
    from tokenlab.security.evaluation import Part


class Rule(IntEnum):
    """What decided (or passed by) in a step of the check."""

    INTEGRITY = 1
    PRIVILEGE = 2
    PRIVILEGE_MISSING = 3
    OWNERSHIP = 4
    NO_DACL = 5
    ACE_DENIES = 6
    ACE_ALLOWS = 7
    ACE_PASSED_BY = 8
    NOTHING_GRANTS = 9
    EMPTY_DACL = 10
    PARENT = 11
    SECOND_PASS = 12
    TRUST = 13
    FILTER = 14
    PACKAGE_PASS = 15
    NOT_FOR_APPS = 16
    CENTRAL_RULE = 17


Finding = tuple[Rule, int, int, "Ace | Part | str | None"]
"""What the walk records: the rule, the rights it decided, the place of the ACE in the DACL (or -1), and
by what else: an ACE that is not in the DACL, a condition with its value, the name of a privilege or rule."""
Trail = list[Finding]


class ReasonCode(IntEnum):
    """Why a right was granted or not, as events 4656 and 5145 number it."""

    GRANTED_BY = 1801
    DENIED_BY = 1802
    DENIED_BY_INTEGRITY = 1803
    GRANTED_BY_OWNERSHIP = 1804
    NOT_GRANTED = 1805
    GRANTED_BY_NULL_DACL = 1806
    DENIED_BY_EMPTY_DACL = 1807
    MISSING_PRIVILEGE = 1810
    GRANTED_BY_PARENT = 1811
    NOT_GRANTED_BY_CENTRAL_RULE = 1814
    NOT_GRANTED_TO_APPS = 1830


_CODES = {
    Rule.INTEGRITY: ReasonCode.DENIED_BY_INTEGRITY,
    Rule.PRIVILEGE: ReasonCode.GRANTED_BY,
    Rule.PRIVILEGE_MISSING: ReasonCode.MISSING_PRIVILEGE,
    Rule.OWNERSHIP: ReasonCode.GRANTED_BY_OWNERSHIP,
    Rule.NO_DACL: ReasonCode.GRANTED_BY_NULL_DACL,
    Rule.ACE_DENIES: ReasonCode.DENIED_BY,
    Rule.ACE_ALLOWS: ReasonCode.GRANTED_BY,
    Rule.NOTHING_GRANTS: ReasonCode.NOT_GRANTED,
    Rule.EMPTY_DACL: ReasonCode.DENIED_BY_EMPTY_DACL,
    Rule.PARENT: ReasonCode.GRANTED_BY_PARENT,
    Rule.TRUST: ReasonCode.NOT_GRANTED,
    Rule.FILTER: ReasonCode.NOT_GRANTED,
    Rule.NOT_FOR_APPS: ReasonCode.NOT_GRANTED_TO_APPS,
    Rule.CENTRAL_RULE: ReasonCode.NOT_GRANTED_BY_CENTRAL_RULE,
}

_TAKEN_BACK = frozenset({Rule.SECOND_PASS, Rule.PACKAGE_PASS, Rule.CENTRAL_RULE})
_GRANTING = frozenset({Rule.PRIVILEGE, Rule.OWNERSHIP, Rule.NO_DACL, Rule.ACE_ALLOWS, Rule.PARENT})

_WORDS = {
    ReasonCode.GRANTED_BY: "granted by {}",
    ReasonCode.DENIED_BY: "denied by {}",
    ReasonCode.DENIED_BY_INTEGRITY: "denied by the integrity check",
    ReasonCode.GRANTED_BY_OWNERSHIP: "granted by ownership",
    ReasonCode.NOT_GRANTED: "not granted",
    ReasonCode.GRANTED_BY_NULL_DACL: "granted: there is no DACL",
    ReasonCode.DENIED_BY_EMPTY_DACL: "denied: the DACL is empty",
    ReasonCode.MISSING_PRIVILEGE: "not granted: {} is missing or disabled",
    ReasonCode.GRANTED_BY_PARENT: "granted by the parent folder's {}",
    ReasonCode.NOT_GRANTED_BY_CENTRAL_RULE: "not granted by a rule of the central access policy",
    ReasonCode.NOT_GRANTED_TO_APPS: "not granted to apps: there is no DACL that names them",
}


class Reason(NamedTuple):
    """Why one right was granted or refused: the code, and the ACE (with its place) or the privilege."""

    code: ReasonCode
    ace: Ace | None = None
    place: int | None = None  # in the DACL, from 0
    privilege: str | None = None

    @property
    def granted(self) -> bool:
        """True if a right with this reason is granted."""
        return self.code in (1801, 1804, 1806, 1811)

    def __str__(self) -> str:
        ace = f"{self.ace}" if self.place is None else f"ACE {self.place + 1} {self.ace}"
        return _WORDS[self.code].format(ace if self.ace else self.privilege)


_NOT_GRANTED = Reason(ReasonCode.NOT_GRANTED)


class Step(NamedTuple):
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
            if rule in _GRANTING:
                granted |= rights
            else:  # refused, or taken back to be granted again
                granted &= ~rights
        return granted

    @property
    def rule(self) -> Rule | None:
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
    def condition(self) -> Part | None:
        """The condition of this step's line with its value and those of its parts, if it has one."""
        by = self.finding[3] if self.finding else None
        return by if isinstance(by, tuple) and not isinstance(by, Ace) else None

    @property
    def ace(self) -> Ace | None:
        dacl = self.decision.descriptor.dacl
        return None if self.place is None or dacl is None else dacl[self.place]

    @property
    def text(self) -> str:
        """The step in a sentence."""
        from tokenlab.security.sentences import describe

        return describe(self)

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    def __repr__(self) -> str:
        return f"<Step {self}>"


@dataclass(frozen=True, init=False)
class AccessDecision:
    """The answer of `access_check`; true in a condition if access is granted.

    ``desired`` is the mask asked for, its generic bits mapped. ``granted_access`` is what a handle would
    carry: exactly what was asked, the most there is with MAXIMUM_ALLOWED, 0 for a refusal.
    """

    context: SecurityContext
    descriptor: SecurityDescriptor
    object_type: ObjectType
    desired: int
    status: NtStatus
    granted_access: int
    trail: Trail = field(repr=False, compare=False)

    def __init__(
        self,
        context: SecurityContext,
        descriptor: SecurityDescriptor,
        object_type: ObjectType,
        desired: int,
        status: NtStatus,
        granted_access: int,
        trail: Trail,
    ) -> None:
        values = self.__dict__  # a frozen dataclass is filled once, here
        values["context"] = context
        values["descriptor"] = descriptor
        values["object_type"] = object_type
        values["desired"] = desired
        values["status"] = status
        values["granted_access"] = granted_access
        values["trail"] = trail

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
        reasons: dict[int, Reason] = {}
        still_open = self.rights_in_question
        aces = self.descriptor.dacl.aces if self.descriptor.dacl else ()
        for rule, rights, index, by in self.trail:
            if rule in _TAKEN_BACK:  # asks again for rights that were granted
                still_open |= rights & self.rights_in_question
                if rule not in _CODES:
                    continue
            if decided := rights & still_open:
                still_open ^= decided
                ace, place = (aces[index], index) if index >= 0 else (None, None)
                if isinstance(by, Ace):
                    ace = by
                privilege = by if isinstance(by, str) else None
                reason = tuple.__new__(Reason, (_CODES[rule], ace, place, privilege))
                while decided:
                    bit = decided & -decided
                    decided ^= bit
                    reasons[bit] = reason
        while still_open:
            bit = still_open & -still_open
            still_open ^= bit
            reasons[bit] = _NOT_GRANTED
        return reasons

    @property
    def steps(self) -> Sequence[Step]:
        """The check from start to end, numbered; ``str()`` of a step is a sentence."""
        return _Steps(self)

    def __str__(self) -> str:
        """The decision in sentences, one a line."""
        return "\n".join(map(str, self.steps))


class _Steps(Sequence[Step]):
    """The record of a decision as steps, made as they are looked at."""

    def __init__(self, decision: AccessDecision) -> None:
        self._decision = decision

    def __len__(self) -> int:
        return len(self._decision.trail) + 2

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> list[Step]: ...
    def __getitem__(self, index: int | slice) -> Step | list[Step]:
        numbers = range(1, len(self) + 1)[index]
        if isinstance(numbers, int):
            return Step(numbers, self._decision)
        return [Step(number, self._decision) for number in numbers]

    def __repr__(self) -> str:
        return "\n".join(map(str, self))


def checked_mask(context: object, descriptor: object, desired: int, object_type: object) -> int:
    """The mask as a plain number, if this is a question at all."""
    for argument, kind, example in (
        (context, SecurityContext, "SecurityContext('S-1-5-18')"),
        (descriptor, SecurityDescriptor, "SecurityDescriptor.from_sddl('O:SYG:SYD:')"),
        (object_type, ObjectType, "OBJECT_TYPES['file']"),
    ):
        if not isinstance(argument, kind):
            raise TypeError(f"{argument!r} is no {kind.__name__}: expected one, for example {example}")
    mask = int(desired)
    if not 0 <= mask <= 0xFFFFFFFF:
        raise ValueError(f"{mask:#x} is not an access mask: expected 32 bits, for example 0x120089")
    return mask
