"""What an access check answers: yes or no, the mask, and for every right the rule that decided it.

The vocabulary is Windows' own: the reason codes that Security events 4656 and 5145 carry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from tokenlab.security.ace import CONDITIONAL_TYPES, Ace
from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor import SecurityDescriptor
from tokenlab.security.status import NtStatus, Win32Error
from tokenlab.values import ObjectType
from tokenlab.values.well_known import CREATOR_GROUP, CREATOR_OWNER, OWNER_RIGHTS


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


class Finding(NamedTuple):
    """One entry of the record that the walk leaves: the rule, the rights it decided, and by what."""

    rule: Rule
    rights: int
    index: int = -1  # place of the ACE in the DACL
    by: Ace | str | None = None  # an ACE of the parent folder, or the name of a privilege


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
}

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
}


class Reason(NamedTuple):
    """Why one right was granted or refused: the code, and the ACE (with its place) or the privilege."""

    code: ReasonCode
    ace: Ace | None = None
    index: int | None = None
    privilege: str | None = None

    @property
    def granted(self) -> bool:
        """True if a right with this reason is granted."""
        return self.code in (1801, 1804, 1806, 1811)

    def __str__(self) -> str:
        place = f"ACE {self.index + 1} " if self.index is not None else ""
        return _WORDS[self.code].format(f"{place}{self.ace}" if self.ace else self.privilege)


class Step(NamedTuple):
    """One step of the check, for people: what was looked at, what it decided, what is granted so far."""

    number: int
    rule: Rule | None
    text: str
    rights: int
    granted: int
    ace: Ace | None = None
    index: int | None = None


@dataclass(frozen=True)
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
    trail: tuple[Finding, ...]

    @property
    def granted(self) -> bool:
        """True if every right that was asked for is granted."""
        return self.status is NtStatus.SUCCESS

    __bool__ = granted.fget

    @property
    def win32_error(self) -> Win32Error:
        """What ``GetLastError`` says: 0, 5, 1314, 1338 or 1360."""
        return self.status.win32_error

    @property
    def rights_in_question(self) -> int:
        """The rights asked for; with MAXIMUM_ALLOWED every right that the type of object knows."""
        if self.desired & 0x02000000:
            return self.desired & ~0x02000000 | self.object_type.mapping.all
        return self.desired

    @cached_property
    def reasons(self) -> Mapping[int, Reason]:
        """For each right in question, one bit each, why it was granted or refused."""
        open_ = self.rights_in_question
        reasons: dict[int, Reason] = {}
        for finding in self.trail:
            if decided := finding.rights & open_:
                open_ ^= decided
                reasons |= dict.fromkeys(_bits(decided), self._reason(finding))
        reasons |= dict.fromkeys(_bits(open_), Reason(ReasonCode.NOT_GRANTED))
        return reasons

    def _reason(self, finding: Finding) -> Reason:
        code = _CODES[finding.rule]
        if finding.index >= 0 and self.descriptor.dacl is not None:
            return Reason(code, self.descriptor.dacl[finding.index], finding.index)
        if isinstance(finding.by, Ace):
            return Reason(code, finding.by)
        return Reason(code, privilege=finding.by)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The check from start to end, numbered, in words."""
        return tuple(self._walk())

    def _walk(self) -> Iterator[Step]:
        name = self.object_type.rights
        yield Step(1, None, f"Asked for {name(self.desired)!s} ({self.desired:#x}).", self.desired, 0)
        granted = settled = 0
        number = 1
        for finding in self.trail:
            if finding.rule is Rule.NOTHING_GRANTS:
                finding = finding._replace(rights=finding.rights & ~settled)
                if not finding.rights:
                    continue
            number += 1
            rule, rights = finding.rule, finding.rights
            settled |= rights
            if rights and self._reason(finding).granted:
                granted |= rights
            ace = self.descriptor.dacl[finding.index] if finding.index >= 0 and self.descriptor.dacl else None
            text = self._text(finding, ace)
            yield Step(number, rule, text, rights, granted, ace, finding.index if ace else None)
        verdict = f"Granted: {self.granted_access:#x}." if self.granted else f"Refused: {self.status!s}."
        yield Step(number + 1, None, verdict, self.granted_access, self.granted_access)

    def _text(self, finding: Finding, ace: Ace | None) -> str:
        rights = f"{self.object_type.rights(finding.rights)!s} ({finding.rights:#x})"
        if ace is not None:
            return f"ACE {finding.index + 1} {ace}: {self._ace_text(finding, ace, rights)}"
        level, policy = self.descriptor.label
        match finding.rule:
            case Rule.INTEGRITY:
                return (
                    f"Integrity: {self.context.integrity.label} is below {level.label}, whose label says "
                    f"{policy!s}; refused before the DACL is read: {rights}."
                )
            case Rule.PRIVILEGE:
                return f"Privilege: {finding.by} is enabled and gives {rights}."
            case Rule.PRIVILEGE_MISSING:
                return f"Privilege: {rights} needs {finding.by}, enabled; no ACE can give it."
            case Rule.OWNERSHIP:
                owner = self.descriptor.owner.label if self.descriptor.owner else "nobody"
                return f"Owner: the token holds {owner}, and an owner has {rights}."
            case Rule.NO_DACL:
                return f"No DACL: everybody gets everything, so also {rights}."
            case Rule.EMPTY_DACL:
                return f"The DACL is empty: nobody gets {rights}."
            case Rule.PARENT:
                return f"The parent folder's {finding.by!s} gives {rights}."
        return f"The walk is over, and nothing granted {rights}."

    def _ace_text(self, finding: Finding, ace: Ace, rights: str) -> str:
        if finding.rule is Rule.ACE_PASSED_BY:
            return f"passed by, {why_passed_by(ace, self.context)}."
        verb = "allows" if finding.rule is Rule.ACE_ALLOWS else "denies"
        if not finding.rights:
            return f"{ace.sid.label} matches, but it decides nothing that is still open."
        return f"{ace.sid.label} matches; it {verb} {rights}."


def why_passed_by(ace: Ace, context: SecurityContext) -> str:
    """Why the walk passed this ACE by, in words."""
    name = ace.sid.label
    if ace.inherit_only:
        return "for it is inherit-only: meant for children, not for this object"
    if ace.is_allow and ace.object_type:
        return "for it is about one property or class, and the question was about the whole object"
    if ace.is_allow and ace.type in CONDITIONAL_TYPES:
        return "for its condition could not be decided, and then an allow does not count"
    if ace.sid in (CREATOR_OWNER, CREATOR_GROUP):
        return f"for {name} is a placeholder that inheritance fills; no token holds it"
    if ace.sid == OWNER_RIGHTS:
        return "for the token does not hold the owner"
    if ace.sid in context.deny_sids:
        return f"for the token holds {name} for deny only, and this is an allow"
    if any(group.sid == ace.sid for group in context.groups):
        return f"for {name} is disabled in the token"
    return f"for the token does not hold {name}"


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
