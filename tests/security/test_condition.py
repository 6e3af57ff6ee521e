"""Conditions of callback ACEs: text, bytes, and what Windows makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.windows_aces import CALLBACK_ACES, conditions_in, data_of_aces
from tests.support import load_json
from tokenlab.security.condition import infix as condition
from tokenlab.security.condition.expression import (
    EXISTENCES,
    MAX_DEPTH,
    MEMBERSHIPS,
    RELATIONS,
    And,
    Attribute,
    AttributeSource,
    Composite,
    Existence,
    Expression,
    Integer,
    Membership,
    Not,
    Octets,
    Operator,
    Or,
    Relation,
    SidLiteral,
    String,
    depth_of,
)
from tokenlab.security.condition.infix import ConditionError
from tokenlab.values import Sid


def parse(text: str) -> Expression:
    expression, end = condition.parse(text)
    assert end == len(text)
    return expression


def refused(text: str) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        condition.parse(text)
    return caught.value


def user(name: str) -> Attribute:
    return Attribute(AttributeSource.USER, name)


A, B, C = (user(name) for name in "ABC")
A_LOCAL = Attribute(AttributeSource.LOCAL, "a")
EVERYONE = SidLiteral(Sid("S-1-1-0"))


# --- what Windows makes of it --------------------------------------------------------------------


def test_every_condition_that_windows_stored_is_read_and_stored_again() -> None:
    count = 0
    for row in load_json("vectors/sddl_conditional.json"):
        for data in data_of_aces(bytes.fromhex(row["hex"]), CALLBACK_ACES):
            assert condition.encode(condition.decode(data)) == data, row["sddl"]
            count += 1
    assert count > 150


def test_the_text_of_a_condition_becomes_the_bytes_that_windows_stores() -> None:
    count = 0
    for row in load_json("vectors/sddl_conditional.json"):
        stored = data_of_aces(bytes.fromhex(row["hex"]), CALLBACK_ACES)
        for start, data in zip(conditions_in(row["sddl"]), stored, strict=True):
            expression, end = condition.parse(row["sddl"], start)
            assert row["sddl"][end] == ")"
            assert condition.encode(expression) == data, row["sddl"]
            count += 1
    assert count > 150


def test_windows_text_comes_back_exactly() -> None:
    count = 0
    for row in load_json("vectors/sddl_canonical.json"):
        if not row["src"].startswith("conditional_aces"):
            continue
        starts = zip(conditions_in(row["in"]), conditions_in(row["out"]), strict=True)
        for given_start, written_start in starts:
            expression, _ = condition.parse(row["in"], given_start)
            again, written_end = condition.parse(row["out"], written_start)
            assert condition.format_condition(expression) == row["out"][written_start:written_end]
            assert again == expression
            count += 1
    assert count > 40


def test_what_windows_refuses_is_refused_at_a_place_inside_the_condition() -> None:
    count = 0
    for row in load_json("vectors/sddl_rejected.json"):
        if row["src"] != "conditional_aces_should_fail":
            continue
        (start,) = conditions_in(row["in"])
        with pytest.raises(ConditionError) as caught:
            condition.parse(row["in"], start)
        assert start < caught.value.position < len(row["in"])
        count += 1
    assert count == 6


# --- text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("(@User.A)", A),
        ("( @user.A )", A),
        ("(A)", Attribute(AttributeSource.LOCAL, "A")),
        ("(APPID://PATH)", Attribute(AttributeSource.LOCAL, "APPID://PATH")),
        ("(777)", Attribute(AttributeSource.LOCAL, "777")),
        ("(@Device.a%0020b)", Attribute(AttributeSource.DEVICE, "a b")),
        ("(@Device.%d83d%de00)", Attribute(AttributeSource.DEVICE, "\U0001f600")),
        ("(Exists A)", Existence(Operator.EXISTS, Attribute(AttributeSource.LOCAL, "A"))),
        ("(not_exists @User.A)", Existence(Operator.NOT_EXISTS, A)),
        ("(Member_of{SID(WD)})", Membership(Operator.MEMBER_OF, Composite((EVERYONE,)))),
        ("(MEMBER_OF sid(s-1-1-0))", Membership(Operator.MEMBER_OF, EVERYONE)),
        ("(@User.A==3)", Relation(A, Operator.EQUAL, Integer(3))),
        ('(@User.A Not_Any_of"x")', Relation(A, Operator.NOT_ANY_OF, String("x"))),
        ("(@User.A >= @User.B)", Relation(A, Operator.GREATER_OR_EQUAL, B)),
        ("(@User.A == {})", Relation(A, Operator.EQUAL, Composite(()))),
        ("(!(@User.A))", Not(A)),
        ("(!(!(@User.A)))", Not(Not(A))),
        ("(((@User.A)))", A),
        ("(@User.A && @User.B && @User.C)", And((A, B, C))),
        ("((@User.A && @User.B) && @User.C)", And((A, B, C))),
        ("(@User.A && (@User.B && @User.C))", And((A, And((B, C))))),
        ("(@User.A || @User.B && @User.C)", Or((A, And((B, C))))),
        ("(@User.A && @User.B || @User.C)", Or((And((A, B)), C))),
        ("(!(@User.A) || @User.B)", Or((Not(A), B))),
    ],
)
def test_text_becomes_a_tree(text: str, expression: Expression) -> None:
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", Integer(0)),
        ("-0", Integer(0, sign="-")),
        ("+7", Integer(7, sign="+")),
        ("-7", Integer(-7)),
        ("0x1f", Integer(31, base=16)),
        ("-017", Integer(-15, base=8)),
        ("00", Integer(0, base=8)),
        ("9223372036854775807", Integer(2**63 - 1)),
        ("-9223372036854775808", Integer(-(2**63))),
        ("0xffffffffffffffff", Integer(2**64 - 1, base=16)),
    ],
)
def test_a_number_keeps_how_it_was_written(text: str, number: Integer) -> None:
    expression = parse(f"(a == {text})")
    assert isinstance(expression, Relation)
    assert expression.operand == number
    assert condition.format_condition(expression) == f"(a == {text})"


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        # Win32, "Security Descriptor Definition Language for Conditional ACEs": # stands for 0
        ("#1#2#3##", "01020300"),
        ("#01020300", "01020300"),
        ("##1#2#3##", "01020300"),
        ("#fF", "ff"),
        ("#", ""),
    ],
)
def test_in_octets_a_number_sign_is_a_zero(text: str, octets: str) -> None:
    expression = Relation(A, Operator.EQUAL, Octets(bytes.fromhex(octets)))
    assert parse(f"(@User.A == {text})") == expression
    assert condition.format_condition(expression) == f"(@USER.A == #{octets})"


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (A, "(@USER.A)"),
        (Not(A), "(!(@USER.A))"),
        (And((A, B, C)), "(((@USER.A) && (@USER.B)) && (@USER.C))"),
        (Or((A, And((B, C)))), "((@USER.A) || ((@USER.B) && (@USER.C)))"),
        (Membership(Operator.MEMBER_OF_ANY, EVERYONE), "(Member_of_any SID(WD))"),
        (Existence(Operator.EXISTS, A), "(Exists @USER.A)"),
        (user("a b%é\U0001f600"), "(@USER.a%0020b%0025%00e9%d83d%de00)"),
    ],
)
def test_a_tree_becomes_the_text_that_windows_writes(expression: Expression, text: str) -> None:
    assert condition.format_condition(expression) == text


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "expected '('"),
        ("@User.A", 0, "expected '('"),
        ("!(@User.A)", 0, "expected '('"),
        ("()", 1, "expected an attribute"),
        ("(@User.A", 8, "expected &&"),
        ("(@User.A &&)", 11, "expected an attribute"),
        ("(!@User.A)", 2, "expected '('"),
        ("(@User.A = 3)", 9, "expected &&"),
        ("(@User.A is 3)", 9, "'is' compares nothing"),
        ("(@User.A ==)", 11, "expected a value"),
        ("(@User.A == B)", 12, "expected a value"),
        ("((@User.A) == 1)", 11, "expected &&"),
        ("(@Nobody.A)", 1, "expected @User."),
        ("(@User.)", 1, "expected @User."),
        ("(@User.a%12)", 8, "'%' needs four hex digits"),
        ("(Member_of == 3)", 11, "expected a value"),
        ("(Member_of @User.A)", 11, "expected a value"),
        ("(Exists 'A')", 8, "expected an attribute"),
        ("(Exists Exists)", 8, "expected an attribute"),
        ("(a == 1 == 1)", 8, "expected &&"),
        ("(a == 08)", 6, "not a whole number"),
        ("(a == 17p)", 6, "not a whole number"),
        ("(a == 0x)", 6, "not a whole number"),
        ("(a == 18446744073709551616)", 6, "0x10000000000000000 does not fit"),
        ("(a == " + "9" * 5000 + ")", 6, "number too large"),
        ("(a == 0x" + "9" * 5000 + ")", 6, "number too large"),
        ('(a == "x)', 6, "expected text in double quotes"),
        ("(a == #0g)", 8, "expected &&"),
        ("(a == {1 2})", 9, "expected ',' or '}'"),
        ("(a == {1,})", 9, "expected a value"),
        ("(a == {{1}})", 7, "expected a value"),
        ("(a == X1)", 6, "expected a value"),
        ("(a == SID(nobody))", 10, "'nobody' is not a SID"),
        ("(a == SID(BA)", 13, "expected &&"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, position: int, reason: str) -> None:
    error = refused(text)
    assert error.position == position
    assert error.reason.startswith(reason)
    assert str(position) in str(error)


def test_reading_begins_at_start_and_stops_behind_the_last_parenthesis() -> None:
    assert condition.parse("(XA;;GA;;;WD; (@User.A)) (A;;GA;;;BA)", 13) == (A, 23)


def test_the_caller_may_say_how_sids_are_read_and_written() -> None:
    domain_admins = Sid("S-1-5-21-1-2-3-512")
    expression, _ = condition.parse("(Member_of SID(DA))", sid=lambda text: domain_admins)
    assert expression == Membership(Operator.MEMBER_OF, SidLiteral(domain_admins))
    assert condition.format_condition(expression, sid=lambda sid: "DA") == "(Member_of SID(DA))"


@pytest.mark.parametrize(
    "expression",
    [
        Relation(A, Operator.EQUAL, String('a "quote"')),
        Relation(A, Operator.EQUAL, Attribute(AttributeSource.LOCAL, "B")),
        Attribute(AttributeSource.LOCAL, "Member_of"),
        Attribute(AttributeSource.LOCAL, "a b"),
    ],
)
def test_what_has_no_text_is_not_written_as_something_else(expression: Expression) -> None:
    with pytest.raises(ConditionError, match="has no SDDL"):
        condition.format_condition(expression)
    assert condition.decode(condition.encode(expression)) == expression


# --- bytes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "position", "reason"),
    [
        (b"", 0, "begin with 'artx'"),
        (b"\xf8\x02\0\0\0a\0", 0, "begin with 'artx'"),
        (b"artx", 4, "one condition is to be left"),
        (b"artx\0\0\0\0", 4, "one condition is to be left"),
        (b"artx\x20", 4, "no operand or operator begins with the byte 0x20"),
        (b"artx\0\xf8\x02\0\0\0a\0", 4, "no operand or operator"),
        (b"artx\xf8\x02\0\0", 4, "data end too early"),
        (b"artx\xf8\xff\xff\xff\xffa\0", 4, "data end too early"),
        (b"artx\xf8\x01\0\0\0a", 4, "characters take 2 bytes"),
        (b"artx\xf8\0\0\0\0", 4, "needs a name"),
        (b"artx\xf8\x02\0\0\0a\0\x80", 11, "too few operands before =="),
        (b"artx\xa0", 4, "too few operands before &&"),
        (b"artx\x10\0\0\0\0", 9, "one condition is to be left"),
        (b"artx\x10\0\0\0\0\xa2", 9, "a value alone is no condition"),
        (b"artx\x10\0\0\0\0\x87", 9, "expected an attribute"),
        (b"artx\xf8\x02\0\0\0a\0\x89", 11, "wants SIDs"),
        (b"artx" + b"\xf8\x02\0\0\0a\0" * 2, 18, "one condition is to be left"),
        (b"artx\x04" + bytes(8) + b"\x04\x02", 4, "expected 1, 2 or 3"),
        (b"artx\x01\x80" + bytes(7) + b"\x03\x02", 4, "does not fit into 8 bits"),
        (b"artx\x50\x05\0\0\0\x50\0\0\0\0", 4, "no operand or operator begins with the byte 0x50"),
        (b"artx\x51\x08\0\0\0\x01\x05\0\0\0\0\0\x05", 4, ""),
    ],
)
def test_bytes_without_a_meaning_are_refused(data: bytes, position: int, reason: str) -> None:
    with pytest.raises(ConditionError) as caught:
        condition.decode(data)
    assert caught.value.position == position
    assert reason in caught.value.reason


def test_any_number_of_zeros_may_follow() -> None:
    assert condition.decode(condition.encode(A) + bytes(9)) == A


# --- bounds --------------------------------------------------------------------------------------


def nested(levels: int) -> str:
    return "(!" * levels + "(@User.A)" + ")" * levels


def test_the_deepest_tree_can_be_compared_shown_written_and_stored() -> None:
    deepest = parse(nested(MAX_DEPTH))
    assert depth_of(deepest) == MAX_DEPTH
    assert parse(condition.format_condition(deepest)) == deepest
    assert condition.decode(condition.encode(deepest)) == deepest
    assert hash(deepest) == hash(parse(nested(MAX_DEPTH)))
    assert repr(deepest).count("Not") == MAX_DEPTH


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 20_000])
def test_a_deeper_tree_is_refused_in_text_and_bytes(levels: int) -> None:
    assert "too deep" in refused(nested(levels)).reason
    term = b"\xf9\x02\0\0\0A\0"
    with pytest.raises(ConditionError, match="too deep"):
        condition.decode(b"artx" + term + b"\xa2" * levels)
    with pytest.raises(ConditionError, match=r"too deep|too long"):
        condition.decode(b"artx" + term * (levels + 1) + b"\xa0\xa1" * (levels // 2 + 1))


def test_a_long_row_of_terms_is_not_deep() -> None:
    row = parse("(" + " || ".join(["@User.A"] * 5000) + ")")
    assert row == Or((A,) * 5000)
    assert depth_of(row) == 1
    assert parse(condition.format_condition(row)) == row
    assert condition.decode(condition.encode(row)) == row


def test_parentheses_alone_cost_no_depth() -> None:
    assert parse("(" * 50_000 + "@User.A" + ")" * 50_000) == A


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200_000,
        "(!" * 200_000,
        "((@User.A) && " * 50_000,
        "(" * 50_000 + "@User.A" + " && @User.A)" * 50_000,
        "(" + "@User.A && " * 50_000,
        "(a == {" + "1, " * 50_000,
        "(a == " + "0" * 200_000,
        "(@User." + "%" * 200_000,
        '(a == "' + "x" * 200_000,
    ],
    ids=lambda text: text[:20],
)
def test_hostile_text_ends_in_an_error(text: str) -> None:
    refused(text)


def test_what_an_ace_cannot_hold_is_refused() -> None:
    long = Relation(A, Operator.EQUAL, String("x" * 0x8000))
    with pytest.raises(ConditionError, match="too long"):
        condition.encode(long)
    with pytest.raises(ConditionError, match="too long"):
        condition.decode(condition.encode(A) + bytes(0x10000))


# --- the nodes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "build",
    [
        lambda: Relation(A, Operator.MEMBER_OF, B),
        lambda: Membership(Operator.EQUAL, EVERYONE),
        lambda: Existence(Operator.NOT, A),
        lambda: And((A,)),
        lambda: Attribute(AttributeSource.USER, ""),
        lambda: Integer(1, base=2),
        lambda: Integer(1, sign="*"),
        lambda: Integer(128, bits=8),
        lambda: Integer(10**5000),
    ],
)
def test_a_node_is_valid_from_birth(build: object) -> None:
    assert callable(build)
    with pytest.raises(ConditionError):
        build()


def test_a_row_that_begins_with_the_same_kind_of_row_is_one_row() -> None:
    assert And((And((A, B)), C)) == And((A, B, C))
    assert And((A, And((B, C)))) != And((A, B, C))
    assert And((Or((A, B)), C)) != Or((A, B, C))


def test_the_repr_of_a_tree_can_be_pasted_back() -> None:
    expression = parse('(@User.A == {1, "x", SID(WD), #00} && !(Member_of SID(WD) || Exists b))')
    assert eval(repr(expression)) == expression


def test_every_operator_is_of_one_kind() -> None:
    logical = {Operator.AND, Operator.OR, Operator.NOT}
    assert sorted([*MEMBERSHIPS, *EXISTENCES, *RELATIONS, *logical]) == sorted(Operator)


# --- laws ----------------------------------------------------------------------------------------

NAMES = st.text(min_size=1, max_size=6)
ATTRIBUTES = st.builds(
    Attribute,
    st.sampled_from([AttributeSource.USER, AttributeSource.DEVICE, AttributeSource.RESOURCE]),
    NAMES,
)
LOCALS = st.builds(
    Attribute,
    st.just(AttributeSource.LOCAL),
    st.from_regex(r"[A-Za-z0-9:./_][A-Za-z0-9:./_@]{0,5}", fullmatch=True),
)
BASES = st.sampled_from([8, 10, 16])
INTEGERS = st.builds(Integer, st.integers(0, 2**64 - 1), BASES, st.sampled_from(["", "+"])) | st.builds(
    Integer, st.integers(-(2**63), 0), BASES, st.just("-")
)
SIDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15).map(
    lambda numbers: Sid("-".join(map(str, ["S-1-5", *numbers])))
)
SCALARS = (
    INTEGERS
    | st.builds(String, st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"])))
    | st.builds(Octets, st.binary(max_size=8))
    | st.builds(SidLiteral, SIDS)
)
LITERALS = SCALARS | st.builds(Composite, st.lists(SCALARS, max_size=4).map(tuple))
TERMS = (
    ATTRIBUTES
    | LOCALS
    | st.builds(Existence, st.sampled_from(sorted(EXISTENCES)), ATTRIBUTES | LOCALS)
    | st.builds(Membership, st.sampled_from(sorted(MEMBERSHIPS)), LITERALS)
    | st.builds(
        Relation,
        ATTRIBUTES | LOCALS,
        st.sampled_from(sorted(RELATIONS)),
        ATTRIBUTES | LITERALS,
    )
)
EXPRESSIONS = st.recursive(
    TERMS,
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_reading_the_text_of_a_condition_gives_the_condition(expression: Expression) -> None:
    text = condition.format_condition(expression)
    assert condition.parse(f"; {text});", 1) == (expression, 2 + len(text))


@given(EXPRESSIONS)
def test_reading_the_bytes_of_a_condition_gives_the_condition(expression: Expression) -> None:
    data = condition.encode(expression)
    assert len(data) % 4 == 0
    assert condition.decode(data) == expression


@given(EXPRESSIONS, st.data())
def test_changed_bytes_are_another_condition_or_a_condition_error(
    expression: Expression, data: st.DataObject
) -> None:
    stored = bytearray(condition.encode(expression))
    for _ in range(data.draw(st.integers(1, 3))):
        stored[data.draw(st.integers(4, len(stored) - 1))] = data.draw(st.integers(0, 255))
    try:
        other = condition.decode(bytes(stored))
    except ConditionError as error:
        assert 0 <= error.position <= len(stored)
    else:
        assert condition.decode(condition.encode(other)) == other


@given(st.binary(max_size=40))
def test_any_bytes_are_a_condition_or_a_condition_error(tail: bytes) -> None:
    try:
        expression = condition.decode(b"artx" + tail)
    except ConditionError:
        return
    assert condition.decode(condition.encode(expression)) == expression


WORDS = st.sampled_from(
    [
        *(operator.text for operator in Operator),
        *["(", ")", "(", ")", " ", "{", "}", ",", '"', "#", "%", "@User.", "@Device.a", "a"],
        *["SID(", "BA", "S-1-", "0x", "-1", "017", "9" * 20, '"x"', "\t", "\0", "é", "\ud800"],
    ]
)


@given(st.lists(WORDS, max_size=14).map("".join))
def test_any_text_is_a_condition_or_a_condition_error(text: str) -> None:
    text = f"({text})"
    try:
        expression, end = condition.parse(text)
    except ConditionError as error:
        assert 0 <= error.position <= len(text)
        return
    written = condition.format_condition(expression)
    assert condition.parse(written) == (expression, len(written))
    assert end <= len(text)


@given(EXPRESSIONS, st.data())
def test_changed_text_is_another_condition_or_a_condition_error(
    expression: Expression, data: st.DataObject
) -> None:
    text = condition.format_condition(expression)
    place = data.draw(st.integers(0, len(text)))
    removed = data.draw(st.integers(0, 3))
    changed = text[:place] + data.draw(WORDS) + text[place + removed :]
    try:
        other, _ = condition.parse(changed)
    except ConditionError as error:
        assert 0 <= error.position <= len(changed)
    else:
        written = condition.format_condition(other)
        assert condition.parse(written) == (other, len(written))


# --- limits, to the term ---------------------------------------------------------------------------


def test_as_many_terms_as_an_ace_could_hold_are_read() -> None:
    row = " && ".join(["a"] * condition.MAX_TERMS)
    expression = parse(f"({row})")
    assert isinstance(expression, And) and len(expression.terms) == condition.MAX_TERMS
    error = refused(f"({row} && a && ?)")
    assert error.reason.startswith("condition too long")


def test_too_deep_a_condition_is_refused_at_the_parenthesis_that_is_too_much() -> None:
    levels = MAX_DEPTH + 3
    error = refused("(" + "!(" * levels + "a" + ")" * (levels + 1))
    assert error.position == 2 * 3 and "deep" in error.reason


def test_a_sign_that_says_nothing_is_not_written() -> None:
    """A minus sign is stored beside a value that has one of its own ([MS-DTYP] 2.4.4.17.5)."""
    for number, text in (
        (Integer(5, 10, "-"), "5"),
        (Integer(-5, 10, "-"), "-5"),
        (Integer(0, 10, "-"), "-0"),
    ):
        assert condition.format_condition(Relation(A, Operator.EQUAL, number)).endswith(f"== {text})")


def test_a_value_that_is_missing_at_the_end_is_refused_as_such() -> None:
    assert refused("(a ==").reason.startswith("expected a value")


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_a_number_fits_into_its_bits_with_a_sign(bits: int) -> None:
    """[MS-DTYP] 2.4.4.17.5; 64 bits full of ones: Samba, conditional_aces_windows_only.txt"""
    least = -(1 << bits - 1)
    most = (1 << 64) - 1 if bits == 64 else -least - 1
    assert Integer(most, bits=bits).value == most and Integer(least, bits=bits).value == least
    for value in (most + 1, least - 1):
        with pytest.raises(ConditionError, match="does not fit"):
            Integer(value, bits=bits)


def test_only_64_bits_without_a_minus_are_read_without_a_sign() -> None:
    equal = lambda number: Relation(A, Operator.EQUAL, number)  # noqa: E731
    for number in (Integer(-5, sign="+", bits=8), Integer(-5, bits=64), Integer(2**64 - 5, sign="+")):
        assert condition.decode(condition.encode(equal(number))) == equal(number)
    stored = condition.encode(equal(Integer(-5, sign="+")))
    assert condition.decode(stored) == equal(Integer(2**64 - 5, sign="+"))
    with pytest.raises(ConditionError, match="does not fit"):
        Integer(2**63, sign="-")


def test_there_are_no_numbers_of_other_sizes_and_bases() -> None:
    sizes: tuple[dict[str, Any], ...] = ({"bits": 7}, {"bits": 24}, {"bits": 128}, {"base": 2}, {"base": 12})
    for size in sizes:
        with pytest.raises(ConditionError, match="no number has"):
            Integer(1, **size)


def test_a_negative_number_has_a_minus_sign_unless_it_was_stored_with_another() -> None:
    assert Integer(-5).sign == "-" and Integer(5).sign == "" and Integer(-5, sign="+").sign == "+"


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("(a)", 0),
        ("(a && b)", 1),
        ("(a && b && c)", 1),
        ("(!(a))", 1),
        ("((a && b) || c)", 2),
        ("(c || (a && b))", 2),
        ("((a || b) && c && d)", 2),
        ("(a && (b && c))", 2),
        ("((a && (b || c)) && d)", 2),
        ("(a && !(b || c))", 3),
    ],
)
def test_the_depth_counts_what_lies_inside_one_another(text: str, depth: int) -> None:
    assert depth_of(parse(text)) == depth


def test_zeros_in_front_do_not_make_a_number_large() -> None:
    assert parse(f"(a == {'0' * 40}17)") == parse("(a == 017)")
    assert refused(f"(a == 0x{'f' * 23})").reason.startswith("0xfff")
    assert refused(f"(a == {'9' * 24})").reason.startswith("0x")
    assert refused(f"(a == {'9' * 25})").reason.startswith("number too large")


def test_a_number_sign_alone_is_no_octets() -> None:
    assert parse("(a == #)") == Relation(A_LOCAL, Operator.EQUAL, Octets(b""))


def test_a_condition_may_fill_an_ace() -> None:
    data = condition.encode(parse("(a)"))
    assert condition.decode(data + bytes(0xFFFF - len(data))) == parse("(a)")
    with pytest.raises(ConditionError, match="too long"):
        condition.decode(data + bytes(0x10000 - len(data)))


def test_an_operator_in_the_wrong_place_is_told_which_belong_there() -> None:
    with pytest.raises(ConditionError, match=r"== does not belong here: expected one of Exists, Not_Exists "):
        Existence(Operator.EQUAL, A_LOCAL)


def test_a_comparison_with_a_condition_is_refused() -> None:
    a, b = b"\xf8\x02\0\0\0a\0", b"\xf8\x02\0\0\0b\0"
    assert condition.decode(b"artx" + b + bytes([Operator.EXISTS])) == parse("(Exists b)")
    with pytest.raises(ConditionError, match="compares an attribute, not a condition"):
        condition.decode(b"artx" + a + b + bytes([Operator.EXISTS, Operator.EQUAL]))
