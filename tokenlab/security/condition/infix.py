"""The condition of a callback ACE: ``(@User.clearance >= 3 && Member_of {SID(BA)})``.

It has two real forms: SDDL text ([MS-DTYP] 2.5.1.1) and, behind the SID of the ACE, the bytes that
`postfix` describes ([MS-DTYP] 2.4.4.17). Both turn into an `Expression`, and back:

    expression, end = parse(text)         text = format_condition(expression)
    expression = decode(data)             data = encode(expression)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tokenlab.security.condition.expression import (
    EXISTENCES,
    MEMBERSHIPS,
    RELATIONS,
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
from tokenlab.security.condition.postfix import decode, encode
from tokenlab.security.condition.scanner import (
    MAX_SIZE,
    Scanner,
    SidReader,
    SidWriter,
    escape_name,
    read_sid,
    write_sid,
)

__all__ = ["ConditionError", "Expression", "decode", "encode", "format_condition", "parse"]

MAX_TERMS = MAX_SIZE // 8  # in bytes, the shortest term takes 7, and 1 for its operator

_OPERATORS = {operator.text.lower(): operator for operator in Operator}
_WORD = re.compile(r"[A-Za-z0-9:./_][A-Za-z0-9:./_@]*")
_SYMBOL = re.compile(r"[=!<>]=|[<>]")
_PREFIXED = re.compile(r"""@((?ai:USER|DEVICE|RESOURCE))\.([^!&()><=|"\t-\r ]+)""")
_SID_LITERAL = re.compile(r"(?ai:SID)\(([^()]*)\)")


@dataclass(slots=True)
class _Parenthesis:
    """One still open: ``||`` stands between the inner lists, ``&&`` between their members."""

    position: int
    negated: bool
    alternatives: list[list[Expression]] = field(default_factory=lambda: [[]])

    def close(self) -> Expression:
        each = [terms[0] if len(terms) == 1 else And(tuple(terms)) for terms in self.alternatives]
        inside = each[0] if len(each) == 1 else Or(tuple(each))
        return Not(inside) if self.negated else inside


def parse(text: str, start: int = 0, sid: SidReader = read_sid) -> tuple[Expression, int]:
    """The condition whose ``(`` stands at ``start``, and the place after its ``)``.

    ``&&`` binds tighter than ``||``; ``!`` wants parentheses. ``sid`` reads what stands in
    ``SID(...)``. Raises `ConditionError`.
    """
    scanner = Scanner(text, start, ConditionError)
    open_ones: list[_Parenthesis] = []
    count = 0
    while True:
        negated = bool(open_ones) and scanner.take("!")
        if scanner.take("("):
            open_ones.append(_Parenthesis(scanner.position - 1, negated))
            continue
        if negated or not open_ones:
            scanner.fail("expected '(': a condition, and what ! negates, stand in parentheses")
        expression = _term(scanner, sid)
        count += 1
        if count > MAX_TERMS:
            scanner.fail(f"condition too long: more than {MAX_SIZE} bytes")
        while scanner.take(")"):
            closed = open_ones.pop()
            closed.alternatives[-1].append(expression)
            try:
                expression = closed.close()
            except ConditionError as error:
                scanner.fail(error.reason, closed.position)
            if not open_ones:
                return expression, scanner.position
        alternatives = open_ones[-1].alternatives
        alternatives[-1].append(expression)
        if scanner.take("||"):
            alternatives.append([])
        elif not scanner.take("&&"):
            scanner.fail("expected &&, || or ')' here")


def _term(scanner: Scanner, sid: SidReader) -> Expression:
    """A condition without ``!``, ``&&`` and ``||``."""
    if scanner.peek() != "@":
        start = scanner.position
        word = scanner.match(_WORD)
        operator = _OPERATORS.get(word[0].lower()) if word else None
        if operator in MEMBERSHIPS:
            return Membership(operator, _groups(scanner, sid))
        if operator in EXISTENCES:
            return Existence(operator, _attribute(scanner))
        scanner.position = start
    attribute = _attribute(scanner)
    scanner.skip_space()
    start = scanner.position
    found = scanner.match(_SYMBOL) or scanner.match(_WORD)
    if not found:
        return attribute
    operator = _OPERATORS.get(found[0].lower())
    if operator not in RELATIONS:
        scanner.fail(f"'{found[0]}' compares nothing: expected for example == or Any_of", start)
    operand = _prefixed(scanner) if scanner.peek() == "@" else _literal(scanner, sid)
    return Relation(attribute, operator, operand)


def _attribute(scanner: Scanner) -> Attribute:
    if scanner.peek() == "@":
        return _prefixed(scanner)
    start = scanner.position
    word = scanner.match(_WORD)
    if not word or word[0].lower() in _OPERATORS:
        scanner.fail("expected an attribute, for example @User.Title", start)
    return Attribute(AttributeSource.LOCAL, word[0])


def _prefixed(scanner: Scanner) -> Attribute:
    found = scanner.match(_PREFIXED)
    if not found:
        scanner.fail("expected @User., @Device. or @Resource. and a name, for example @User.Title")
    name = scanner.unescape(found[2], found.start(2))
    return Attribute(AttributeSource[found[1].upper()], name)


def _groups(scanner: Scanner, sid: SidReader) -> Literal:
    """What ``Member_of`` and its kin ask for; as in Windows, also in parentheses: ``Member_of(SID(BA))``."""
    depth = 0
    while scanner.take("("):
        depth += 1
    groups = _literal(scanner, sid)
    for _ in range(depth):
        if not scanner.take(")"):
            scanner.fail("expected the ')' that ends the groups here")
    return groups


def _literal(scanner: Scanner, sid: SidReader) -> Literal:
    if not scanner.take("{"):
        return _scalar(scanner, sid)
    values: list[Scalar] = []
    while not scanner.take("}"):
        if values and not scanner.take(","):
            scanner.fail("expected ',' or '}' after a value of a list")
        values.append(_scalar(scanner, sid))
    return Composite(tuple(values))


def _scalar(scanner: Scanner, sid: SidReader) -> Scalar:
    first = scanner.peek()
    start = scanner.position
    if first == '"':
        return String(scanner.read_quoted())
    if scanner.take("#"):
        return Octets(scanner.octets())
    if first and first in "+-0123456789":
        sign, value, base = scanner.integer()
        try:
            return Integer(value, base, sign)
        except ConditionError as error:
            scanner.fail(error.reason, start)
    if found := scanner.match(_SID_LITERAL):
        return SidLiteral(scanner.sid(found[1], found.start(1), sid))
    scanner.fail('expected a value, for example 3, "text", #0102, SID(BA) or {"red", "blue"}')


def format_condition(expression: Expression, sid: SidWriter = write_sid) -> str:
    """The SDDL that Windows writes, with all its parentheses. `parse` reads back the same.

    Raises `ConditionError` where no text could: a string that holds a quote, for example.
    """
    return f"({_text(expression, sid)})"


def _text(node: Node, sid: SidWriter) -> str:
    """The text of a node with operators; of what stands beside one, `_operand` writes it."""
    match node:
        case Existence(operator, attribute):
            return f"{operator.text} {_operand(attribute, sid)}"
        case Membership(operator, groups):
            return f"{operator.text} {_operand(groups, sid)}"
        case Relation(attribute, operator, operand):
            if isinstance(operand, Attribute) and operand.source is AttributeSource.LOCAL:
                raise ConditionError(f"{operand.name!r} has no SDDL: local, and on the right")
            return f"{_operand(attribute, sid)} {operator.text} {_operand(operand, sid)}"
        case Not(term):
            return f"!({_text(term, sid)})"
        case And(terms) | Or(terms):
            first, second, *others = (f"({_text(term, sid)})" for term in terms)
            between = f" {node.operator.text} "
            left = "(" * len(others) + first + between + second
            return left + "".join(f"){between}{other}" for other in others)
        case _:
            return _operand(node, sid)


def _operand(node: Attribute | Literal, sid: SidWriter) -> str:
    match node:
        case Attribute(AttributeSource.LOCAL, name):
            if not _WORD.fullmatch(name) or name.lower() in _OPERATORS:
                raise ConditionError(f"{name!r} has no SDDL: not the name of a local attribute")
            return name
        case Attribute(source, name):
            return f"@{source.name}.{escape_name(name)}"
        case Integer(number, base, sign):
            digits = {8: f"0{abs(number):o}", 10: f"{abs(number)}", 16: f"{abs(number):#x}"}
            shown = "-" if number < 0 else "" if number and sign == "-" else sign
            return shown + digits[base]
        case String(text):
            if '"' in text:
                raise ConditionError(f"{text!r} has no SDDL: a string cannot hold a quote")
            return f'"{text}"'
        case Octets(octets):
            return f"#{octets.hex()}"
        case SidLiteral(value):
            return f"SID({sid(value)})"
        case Composite(values):
            return "{" + ", ".join(_operand(scalar, sid) for scalar in values) + "}"
