"""Is a condition true? Three answers: true, false, or unknown, where something it asks about is not there.

[MS-DTYP] 2.4.4.17.6 to 2.4.4.17.8. An allow entry counts only if its condition is true, a deny entry also if
it is unknown: a doubt never opens a door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from tokenlab.security.check.trail import ConditionPart
from tokenlab.security.condition.claims import ClaimFlags, ResourceAttribute
from tokenlab.security.condition.claims import decode as decode_attribute
from tokenlab.security.condition.expression import (
    And,
    Attribute,
    AttributeSource,
    Chain,
    Composite,
    Existence,
    Expression,
    Integer,
    Literal,
    Membership,
    Not,
    Octets,
    Operator,
    Relation,
    SidLiteral,
    String,
)
from tokenlab.security.condition.infix import format_condition
from tokenlab.security.condition.postfix import decode as decode_condition
from tokenlab.security.condition.scanner import ScanError
from tokenlab.security.context import Claims, SecurityContext
from tokenlab.security.descriptor.ace_fields import AceType
from tokenlab.security.descriptor.acl import Acl
from tokenlab.values import Sid

Truth = bool | None
"""True, False, or None for unknown."""


NO_CLAIMS = Claims()


class OperandValues(NamedTuple):
    """The values of one side of a comparison: each with its kind, so that 1 is not "1"."""

    found: tuple[tuple[str, object], ...]
    case_sensitive: bool = False

    @property
    def kinds(self) -> set[str]:
        """Which kinds of values there are."""
        return {kind for kind, _ in self.found}

    def as_set(self, case_sensitive: bool) -> set[tuple[str, object]]:
        """Kind and value of each; texts in one case unless case counts."""
        if case_sensitive:
            return set(self.found)
        return {(kind, one.casefold() if isinstance(one, str) else one) for kind, one in self.found}


@dataclass(frozen=True)
class Evaluation:
    """The one who asks, and the object: what a condition can ask about.

    ``for_deny`` is True for the condition of a deny entry, for which deny-only groups and claims count too.
    """

    context: SecurityContext
    resource: tuple[ResourceAttribute, ...] = ()
    for_deny: bool = False

    def of(self, expression: Expression) -> ConditionPart:
        """The value of a condition, and of all its parts."""
        text = format_condition(expression)
        if isinstance(expression, Not):
            inner = self.of(expression.term)
            return ConditionPart(text, None if inner.value is None else not inner.value, (inner,))
        if isinstance(expression, Chain):
            parts = tuple(map(self.of, expression.terms))
            return ConditionPart(text, _chained(expression, [part.value for part in parts]), parts)
        if isinstance(expression, Membership):
            return ConditionPart(text, self._is_member(expression))
        if isinstance(expression, Existence):
            there = self._values(expression.attribute) is not None
            return ConditionPart(text, there is (expression.operator is Operator.EXISTS))
        if isinstance(expression, Relation):
            return self._related(text, expression)
        found = self._values(expression)
        if found is None:
            return ConditionPart(text, None, because=f"there is no {_name(expression)}")
        return ConditionPart(text, _is_something(found))

    def _related(self, text: str, relation: Relation) -> ConditionPart:
        sides = []
        for side in (relation.attribute, relation.operand):
            found = self._values(side) if isinstance(side, Attribute) else _literal(side)
            if found is None:
                assert isinstance(side, Attribute)
                return ConditionPart(text, None, because=f"there is no {_name(side)}")
            sides.append(found)
        left, right = sides
        shown = f"{_name(relation.attribute)} is {_listed(left)}"
        if len(left.kinds | right.kinds) > 1:
            return ConditionPart(text, None, because=f"{shown}: values of different types")
        return ConditionPart(text, _compare(relation.operator, left, right), because=shown)

    def _is_member(self, membership: Membership) -> bool:
        operator = membership.operator
        name = operator.name.removeprefix("NOT_")
        sids = {value for _, value in _literal(membership.groups).found}
        held: Iterable[str]
        if name.startswith("DEVICE"):
            groups = (self.context.claims or NO_CLAIMS).device_groups
            held = {one.sid for one in groups if one.enabled or (self.for_deny and one.deny_only)}
        else:
            held = self.context.deny_sids if self.for_deny else self.context.enabled_sids
        inside = sids & set(held)
        found = bool(inside) if name.endswith("ANY") else inside == sids
        return found is (name == operator.name)

    def _values(self, attribute: Attribute) -> OperandValues | None:
        """The values of a claim or attribute; None if it is not there, is disabled, or repeats a value."""
        claims = self.context.claims or NO_CLAIMS
        known = {
            AttributeSource.USER: claims.user,
            AttributeSource.DEVICE: claims.device,
            AttributeSource.LOCAL: claims.local,
            AttributeSource.RESOURCE: self.resource,
        }[attribute.source]
        for claim in known:
            if claim.name.casefold() == attribute.name.casefold() and self._counts(claim):
                sensitive = bool(claim.flags & ClaimFlags.VALUE_CASE_SENSITIVE)
                values = OperandValues(tuple((_kind(value), value) for value in claim.values), sensitive)
                return values if len(values.as_set(sensitive)) == len(claim.values) > 0 else None
        return None

    def _counts(self, claim: ResourceAttribute) -> bool:
        ignored = ClaimFlags.DISABLED if self.for_deny else ClaimFlags.DISABLED | ClaimFlags.USE_FOR_DENY_ONLY
        return not claim.flags & ignored


def evaluate(data: bytes, context: SecurityContext, sacl: Acl | None, *, for_deny: bool) -> ConditionPart:
    """The condition that stands behind the SID of a callback line; a damaged one is unknown."""
    try:
        expression = decode_condition(data)
    except ScanError:
        return ConditionPart("(a condition that cannot be read)", None)
    return Evaluation(context, resource_attributes(sacl), for_deny).of(expression)


def resource_attributes(sacl: Acl | None) -> tuple[ResourceAttribute, ...]:
    """What the SACL says about the object (``(RA;...)``); the first line of a name counts."""
    found = []
    for ace in sacl or ():
        if ace.type is AceType.SYSTEM_RESOURCE_ATTRIBUTE and not ace.inherit_only:
            try:
                found.append(decode_attribute(ace.data))
            except ScanError:
                continue
    return tuple(found)


def _chained(chain: Chain, values: list[Truth]) -> Truth:
    """One part can settle it: a false one an &&, a true one an ||. Else a doubt remains a doubt.

    Win32, "Security Descriptor Definition Language for Conditional ACEs", Unknown Values.
    """
    settles = not isinstance(chain, And)
    if settles in values:
        return settles
    return None if None in values else not settles


def _compare(operator: Operator, left: OperandValues, right: OperandValues) -> Truth:
    sensitive = left.case_sensitive or right.case_sensitive
    one, other = left.as_set(sensitive), right.as_set(sensitive)
    if operator in _SETS:
        return _SETS[operator](one, other)
    if len(one) != 1 or len(other) != 1 or left.kinds & {"sid", "octets"}:
        return None
    return bool(_ORDERS[operator](one.pop()[1], other.pop()[1]))


_Sets = Callable[[set[tuple[str, object]], set[tuple[str, object]]], bool]
_SETS: dict[Operator, _Sets] = {
    Operator.EQUAL: eq,
    Operator.NOT_EQUAL: ne,
    Operator.CONTAINS: ge,
    Operator.NOT_CONTAINS: lambda one, other: not one >= other,
    Operator.ANY_OF: lambda one, other: bool(one & other),
    Operator.NOT_ANY_OF: lambda one, other: not one & other,
}
_ORDERS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.LESS: lt,
    Operator.LESS_OR_EQUAL: le,
    Operator.GREATER: gt,
    Operator.GREATER_OR_EQUAL: ge,
}


def _is_something(values: OperandValues) -> Truth:
    """An attribute alone: a number that is not 0, a text that is not empty."""
    if len(values.found) != 1 or values.kinds & {"sid", "octets"}:
        return None
    return bool(values.found[0][1])


def _literal(literal: Literal) -> OperandValues:
    scalars = literal.values if isinstance(literal, Composite) else (literal,)
    return OperandValues(tuple((_KINDS[type(one)], one.value) for one in scalars))


_KINDS: dict[type, str] = {Integer: "number", String: "text", SidLiteral: "sid", Octets: "octets"}


def _kind(value: object) -> str:
    if isinstance(value, Sid):
        return "sid"
    if isinstance(value, str):
        return "text"
    return "octets" if isinstance(value, bytes) else "number"


def _name(attribute: Attribute) -> str:
    prefix = "" if attribute.source is AttributeSource.LOCAL else f"@{attribute.source.name.capitalize()}."
    return f"{prefix}{attribute.name}"


def _listed(values: OperandValues) -> str:
    shown = ", ".join(repr(str(one)) if kind == "text" else str(one) for kind, one in values.found)
    return shown if len(values.found) == 1 else f"{{{shown}}}"
