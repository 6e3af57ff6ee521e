"""The words of a condition ([MS-DTYP] 2.4.4.17).

``(@User.clearance >= 3 && Member_of {SID(BA)})`` is an `And` of a `Relation` and a `Membership`: a
tree of the small nodes below. `condition` turns the tree into text and bytes, and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar

from tokenlab.security.condition.scanner import ScanError
from tokenlab.values import Sid

MAX_DEPTH = 100  # of !, && and || inside one another: our limit, so that recursion is always safe


class ConditionError(ScanError):
    """No condition. ``position`` counts characters of the text, or bytes of the data."""


class Operator(IntEnum):
    """An operator: its byte ([MS-DTYP] 2.4.4.17.6 and 2.4.4.17.7) and, as ``text``, its SDDL.

    Windows writes ``_any`` in small letters, whatever the document says; it reads any case.
    """

    text: str

    def __new__(cls, code: int, text: str = "") -> Operator:
        operator = int.__new__(cls, code)
        operator._value_ = code
        operator.text = text
        return operator

    def __repr__(self) -> str:
        return f"Operator.{self.name}"

    EQUAL = 0x80, "=="
    NOT_EQUAL = 0x81, "!="
    LESS = 0x82, "<"
    LESS_OR_EQUAL = 0x83, "<="
    GREATER = 0x84, ">"
    GREATER_OR_EQUAL = 0x85, ">="
    CONTAINS = 0x86, "Contains"
    EXISTS = 0x87, "Exists"
    ANY_OF = 0x88, "Any_of"
    MEMBER_OF = 0x89, "Member_of"
    DEVICE_MEMBER_OF = 0x8A, "Device_Member_of"
    MEMBER_OF_ANY = 0x8B, "Member_of_any"
    DEVICE_MEMBER_OF_ANY = 0x8C, "Device_Member_of_any"
    NOT_EXISTS = 0x8D, "Not_Exists"
    NOT_CONTAINS = 0x8E, "Not_Contains"
    NOT_ANY_OF = 0x8F, "Not_Any_of"
    NOT_MEMBER_OF = 0x90, "Not_Member_of"
    NOT_DEVICE_MEMBER_OF = 0x91, "Not_Device_Member_of"
    NOT_MEMBER_OF_ANY = 0x92, "Not_Member_of_any"
    NOT_DEVICE_MEMBER_OF_ANY = 0x93, "Not_Device_Member_of_any"
    AND = 0xA0, "&&"
    OR = 0xA1, "||"
    NOT = 0xA2, "!"


MEMBERSHIPS = frozenset(operator for operator in Operator if "MEMBER_OF" in operator.name)
EXISTENCES = frozenset({Operator.EXISTS, Operator.NOT_EXISTS})
RELATIONS = frozenset(operator for operator in Operator if operator < Operator.AND) - (
    MEMBERSHIPS | EXISTENCES
)


class AttributeSource(IntEnum):
    """Who says what an attribute is, with the byte that says so ([MS-DTYP] 2.4.4.17.8)."""

    LOCAL = 0xF8  # who asks for the access check: a name without @
    USER = 0xF9  # the user claims of the token
    RESOURCE = 0xFA  # the resource attribute lines in the object's SACL
    DEVICE = 0xFB  # the device claims of the token

    def __repr__(self) -> str:
        return f"AttributeSource.{self.name}"


@dataclass(frozen=True, slots=True)
class Integer:
    """``3``: a number with a sign, or up to 0xffffffffffffffff without a minus.

    ``base``, ``sign`` and ``bits`` only say how it is written.
    """

    value: int
    base: int = 10  # 8, 10 or 16
    sign: str = ""  # "+", "-" or "", as in the text; "" of a negative number means "-"
    bits: int = 64  # 8, 16, 32 or 64; text always gives 64

    def __post_init__(self) -> None:
        if self.value < 0 and not self.sign:
            object.__setattr__(self, "sign", "-")
        if self.bits not in (8, 16, 32, 64) or self.base not in (8, 10, 16):
            raise ConditionError(f"no number has {self.bits} bits and base {self.base}")
        if self.sign not in ("", "+", "-"):
            raise ConditionError(f"{self.sign!r} is not a sign: expected '+', '-' or ''")
        largest = 1 << self.bits - (self.bits < 64 or self.sign == "-")
        if not -(1 << self.bits - 1) <= self.value < largest:
            raise ConditionError(f"{self.value:#x} does not fit into {self.bits} bits with a sign")


@dataclass(frozen=True, slots=True)
class String:
    """``"blue"``: text."""

    value: str


@dataclass(frozen=True, slots=True)
class Octets:
    """``#01020300``: bytes."""

    value: bytes


@dataclass(frozen=True, slots=True)
class SidLiteral:
    """``SID(BA)``: a security identifier."""

    value: Sid


Scalar = Integer | String | Octets | SidLiteral


@dataclass(frozen=True, slots=True)
class Composite:
    """``{1, "two", SID(BA)}``: a list of single values; order and repetitions are kept."""

    values: tuple[Scalar, ...]


Literal = Scalar | Composite


@dataclass(frozen=True, slots=True)
class Attribute:
    """``@User.Title``, or a local ``Title``. Alone it asks: is it there, and not zero?"""

    source: AttributeSource
    name: str

    def __post_init__(self) -> None:
        if not self.name:
            raise ConditionError("an attribute needs a name, for example @User.Title")


@dataclass(frozen=True, slots=True)
class Existence:
    """``Exists @User.Title``"""

    operator: Operator
    attribute: Attribute

    def __post_init__(self) -> None:
        _require(self.operator, EXISTENCES)


@dataclass(frozen=True, slots=True)
class Membership:
    """``Member_of {SID(BA)}``: is the user (the device) in all, or ``_any``, of these groups?"""

    operator: Operator
    groups: Literal

    def __post_init__(self) -> None:
        _require(self.operator, MEMBERSHIPS)


@dataclass(frozen=True, slots=True)
class Relation:
    """``@User.clearance >= 3``, ``@User.Project Any_of @Resource.Project``"""

    attribute: Attribute
    operator: Operator
    operand: Attribute | Literal

    def __post_init__(self) -> None:
        _require(self.operator, RELATIONS)


@dataclass(frozen=True, slots=True)
class Not:
    """``!(...)``"""

    term: Expression
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        _set_depth(self, depth_of(self.term) + 1)


@dataclass(frozen=True, slots=True)
class Chain:
    """Two terms or more, read from the left: ``(a && b) && c`` and ``a && b && c`` are the same."""

    operator: ClassVar[Operator]
    terms: tuple[Expression, ...]
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.terms) < 2:
            raise ConditionError(f"{self.operator.text} stands between two conditions")
        first, *others = self.terms
        depth = depth_of(first) + 1
        if isinstance(first, Chain) and first.operator is self.operator:
            depth = first.depth
            object.__setattr__(self, "terms", (*first.terms, *others))
        _set_depth(self, max(depth, *(depth_of(term) + 1 for term in others)))


class And(Chain):
    """``a && b && ...``"""

    __slots__ = ()
    operator = Operator.AND


class Or(Chain):
    """``a || b || ...``"""

    __slots__ = ()
    operator = Operator.OR


Expression = Attribute | Existence | Membership | Relation | Not | And | Or
Node = Expression | Literal


def depth_of(expression: Expression) -> int:
    """How many !, && and || lie inside one another."""
    return expression.depth if isinstance(expression, Not | Chain) else 0


def _set_depth(node: Not | Chain, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ConditionError(f"nested too deep: more than {MAX_DEPTH} of !, && and ||")
    object.__setattr__(node, "depth", depth)


def _require(operator: Operator, group: frozenset[Operator]) -> None:
    if operator not in group:
        names = ", ".join(sorted(member.text for member in group))
        raise ConditionError(f"{operator.text} does not belong here: expected one of {names}")
