"""A condition as Windows stores it: ``artx``, then operands and operators in postfix order.

``(a == 1)`` is *a*, *1*, *==*: an operator takes what stands before it. One byte says what comes;
a number then has 8 bytes, a sign and a base, and all other operands say their length.
[MS-DTYP] 2.4.4.17.4 to 2.4.4.17.8.
"""

from __future__ import annotations

import struct

from tokenlab.security.condition.expression import (
    EXISTENCES,
    MEMBERSHIPS,
    And,
    Attribute,
    AttributeSource,
    Composite,
    ConditionError,
    Existence,
    Expression,
    Integer,
    Literal,
    Membership,
    Node,
    Not,
    Octets,
    Operator,
    Or,
    Relation,
    Scalar,
    SidLiteral,
    String,
)
from tokenlab.security.condition.scanner import MAX_SIZE, from_utf16, to_utf16
from tokenlab.values import Sid

SIGNATURE = b"artx"

_BITS = {0x01: 8, 0x02: 16, 0x03: 32, 0x04: 64}
_SIGNS = {1: "+", 2: "-", 3: ""}
_BASES = {1: 8, 2: 10, 3: 16}
_BITS_CODE, _SIGN_CODE, _BASE_CODE = (
    {meaning: code for code, meaning in table.items()} for table in (_BITS, _SIGNS, _BASES)
)
_STRING, _OCTETS, _COMPOSITE, _SID = 0x10, 0x18, 0x50, 0x51
_64_BITS = (1 << 64) - 1
_OPERATORS = {int(operator): operator for operator in Operator}
_SOURCES = {int(source): source for source in AttributeSource}


def encode(expression: Expression) -> bytes:
    """The bytes of a condition, filled with zeros to a multiple of 4.

    Raises `ConditionError` if they are more than an ACE holds.
    """
    data = SIGNATURE + _bytes(expression)
    data += bytes(-len(data) % 4)
    if len(data) > MAX_SIZE:
        raise ConditionError(f"condition too long: {len(data)} bytes, an ACE holds {MAX_SIZE}")
    return data


def _bytes(node: Node) -> bytes:
    match node:
        case Attribute(source, name):
            return _counted(source, to_utf16(name))
        case Integer(number, base, sign, bits):
            codes = _BITS_CODE[bits], number & _64_BITS, _SIGN_CODE[sign], _BASE_CODE[base]
            return struct.pack("<BQBB", *codes)
        case String(text):
            return _counted(_STRING, to_utf16(text))
        case Octets(octets):
            return _counted(_OCTETS, octets)
        case SidLiteral(sid):
            return _counted(_SID, sid.to_bytes())
        case Composite(values):
            return _counted(_COMPOSITE, b"".join(map(_bytes, values)))
        case Existence(operator, attribute):
            return _bytes(attribute) + bytes([operator])
        case Membership(operator, groups):
            return _bytes(groups) + bytes([operator])
        case Relation(attribute, operator, operand):
            return _bytes(attribute) + _bytes(operand) + bytes([operator])
        case Not(term):
            return _bytes(term) + bytes([Operator.NOT])
        case And(terms) | Or(terms):
            first, *others = map(_bytes, terms)
            return first + b"".join(other + bytes([node.operator]) for other in others)


def _counted(code: int, data: bytes) -> bytes:
    return struct.pack("<BI", code, len(data)) + data


def decode(data: bytes) -> Expression:
    """The condition that stands behind the SID of a callback ACE.

    Raises `ConditionError`, whose position counts bytes. To Windows such a condition is unknown: an
    allow entry is passed by, a deny entry applies.
    """
    if not data.startswith(SIGNATURE):
        raise ConditionError("no condition: the data of a conditional ACE begin with 'artx'")
    if len(data) > MAX_SIZE:
        raise ConditionError(f"condition too long: {len(data)} bytes, an ACE holds {MAX_SIZE}")
    tokens = _Tokens(data, len(SIGNATURE))
    stack: list[Node] = []
    while not tokens.only_padding_left():
        start = tokens.position
        try:
            code = tokens.take(1)[0]
            if code in _OPERATORS:
                stack.append(_apply(_OPERATORS[code], stack))
            elif code in _SOURCES:
                stack.append(Attribute(_SOURCES[code], _unicode(tokens.read_counted())))
            elif code == _COMPOSITE:
                stack.append(_composite(tokens.read_counted()))
            else:
                stack.append(_scalar(code, tokens))
        except ConditionError as error:
            raise ConditionError(error.reason, start) from None
    if len(stack) != 1 or isinstance(stack[0], Literal):
        raise ConditionError("operators are missing: one condition is to be left", tokens.position)
    return stack[0]


class _Tokens:
    """Bytes and a place in them that moves forward."""

    def __init__(self, data: bytes, position: int = 0) -> None:
        self.data = data
        self.position = position

    def only_padding_left(self) -> bool:
        return not any(self.data[self.position :])

    def take(self, size: int) -> bytes:
        taken = self.data[self.position : self.position + size]
        if len(taken) != size:
            raise ConditionError(f"data end too early: {size} bytes expected, {len(taken)} left")
        self.position += size
        return taken

    def read_counted(self) -> bytes:
        """The bytes behind their own length (32 bits)."""
        return self.take(int.from_bytes(self.take(4), "little"))


def _composite(data: bytes) -> Composite:
    tokens = _Tokens(data)
    values = []
    while tokens.position < len(data):
        values.append(_scalar(tokens.take(1)[0], tokens))
    return Composite(tuple(values))


def _scalar(code: int, tokens: _Tokens) -> Scalar:
    if code in _BITS:
        number, sign, base = struct.unpack("<qBB", tokens.take(10))
        if sign not in _SIGNS or base not in _BASES:
            raise ConditionError(f"sign {sign} and base {base} of a number: expected 1, 2 or 3")
        if number < 0 and _BITS[code] == 64 and _SIGNS[sign] != "-":
            number &= _64_BITS
        return Integer(number, _BASES[base], _SIGNS[sign], _BITS[code])
    if code == _STRING:
        return String(_unicode(tokens.read_counted()))
    if code == _OCTETS:
        return Octets(tokens.read_counted())
    if code == _SID:
        return SidLiteral(_sid(tokens.read_counted()))
    raise ConditionError(f"no operand or operator begins with the byte {code:#04x}")


def _unicode(data: bytes) -> str:
    if len(data) % 2:
        raise ConditionError(f"{len(data)} bytes are no text: characters take 2 bytes each")
    return from_utf16(data)


def _sid(data: bytes) -> Sid:
    try:
        return Sid.from_bytes(data)
    except ValueError as error:
        raise ConditionError(str(error)) from None


def _apply(operator: Operator, stack: list[Node]) -> Expression:
    """What ``operator`` makes of the operands on top of the stack, the last one first."""
    right = _pop(operator, stack)
    if operator is Operator.NOT:
        return Not(_condition(right))
    if operator in EXISTENCES:
        return Existence(operator, _attribute(right))
    if operator in MEMBERSHIPS:
        if isinstance(right, Literal):
            return Membership(operator, right)
        raise ConditionError(f"{operator.text} wants SIDs, for example {{SID(BA)}}")
    left = _pop(operator, stack)
    if operator is Operator.AND:
        return And((_condition(left), _condition(right)))
    if operator is Operator.OR:
        return Or((_condition(left), _condition(right)))
    if isinstance(right, Literal | Attribute):
        return Relation(_attribute(left), operator, right)
    raise ConditionError(f"{operator.text} compares an attribute, not a condition")


def _pop(operator: Operator, stack: list[Node]) -> Node:
    if not stack:
        raise ConditionError(f"too few operands before {operator.text}")
    return stack.pop()


def _attribute(node: Node) -> Attribute:
    if isinstance(node, Attribute):
        return node
    raise ConditionError("expected an attribute, for example @User.Title")


def _condition(node: Node) -> Expression:
    if isinstance(node, Literal):
        raise ConditionError("a value alone is no condition")
    return node
