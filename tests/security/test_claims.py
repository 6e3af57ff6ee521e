"""Resource attributes: text, bytes, and what Windows makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.windows_aces import RESOURCE_ATTRIBUTE_ACE, data_of_aces, resource_attributes_in
from tests.support import load_json
from tokenlab.security.condition import claims
from tokenlab.security.condition.claims import ClaimError, ClaimFlags, ClaimType, ResourceAttribute, Value
from tokenlab.values import Sid

RESOURCE_ACES = frozenset({RESOURCE_ATTRIBUTE_ACE})


def parse(text: str) -> ResourceAttribute:
    attribute, end = claims.parse_resource_attribute(text)
    assert end == len(text)
    return attribute


# --- what Windows makes of it --------------------------------------------------------------------


def test_every_attribute_that_windows_stored_is_read_and_stored_again() -> None:
    count = 0
    for row in load_json("vectors/sddl_conditional.json"):
        for data in data_of_aces(bytes.fromhex(row["hex"]), RESOURCE_ACES):
            assert claims.encode(claims.decode(data)) == data, row["sddl"]
            count += 1
    assert count > 30


def test_the_text_of_an_attribute_becomes_the_bytes_that_windows_stores() -> None:
    count = 0
    for row in load_json("vectors/sddl_conditional.json"):
        stored = data_of_aces(bytes.fromhex(row["hex"]), RESOURCE_ACES)
        for start, data in zip(resource_attributes_in(row["sddl"]), stored, strict=True):
            attribute, end = claims.parse_resource_attribute(row["sddl"], start)
            assert row["sddl"][end] == ")"
            assert claims.encode(attribute) == data, row["sddl"]
            count += 1
    assert count > 30


def test_windows_text_comes_back_exactly() -> None:
    count = 0
    for row in load_json("vectors/sddl_canonical.json"):
        starts = (resource_attributes_in(row[side]) for side in ("in", "out"))
        for given_start, written_start in zip(*starts, strict=True):
            attribute, _ = claims.parse_resource_attribute(row["in"], given_start)
            again, end = claims.parse_resource_attribute(row["out"], written_start)
            assert claims.format_resource_attribute(attribute) == row["out"][written_start:end]
            assert again == attribute
            count += 1
    assert count >= 3


# --- text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ('("a",TI,0x0,-1,+2,0x1f)', ResourceAttribute("a", ClaimType.INT64, (-1, 2, 31))),
        (
            '("a",TU,0x0,18446744073709551615)',
            ResourceAttribute("a", ClaimType.UINT64, (2**64 - 1,)),
        ),
        (
            '("a",TS,2,"blue", "")',
            ResourceAttribute("a", ClaimType.STRING, ("blue", ""), ClaimFlags.VALUE_CASE_SENSITIVE),
        ),
        (
            '("a",TD,0x0,BA,S-1-5-18)',
            ResourceAttribute("a", ClaimType.SID, (Sid("S-1-5-32-544"), Sid("S-1-5-18"))),
        ),
        ('("a",TB,0x0,1,0)', ResourceAttribute("a", ClaimType.BOOLEAN, (1, 0))),
        (
            '("a",TX,0x0,0077,f##)',
            ResourceAttribute("a", ClaimType.OCTET_STRING, (b"\0w", b"\x0f\0")),
        ),
        ('("a b%0021",TI,0x0)', ResourceAttribute("a b!", ClaimType.INT64, ())),
        (
            '( "a" , TI , 0x00010020 , 1 )',
            ResourceAttribute("a", ClaimType.INT64, (1,), ClaimFlags(0x10020)),
        ),
    ],
)
def test_text_becomes_an_attribute(text: str, attribute: ResourceAttribute) -> None:
    assert parse(text) == attribute
    assert parse(claims.format_resource_attribute(attribute)) == attribute
    assert claims.decode(claims.encode(attribute)) == attribute


def test_an_attribute_becomes_the_text_that_windows_writes() -> None:
    attribute = ResourceAttribute("a b", ClaimType.STRING, ("blue", "red"), ClaimFlags.MANDATORY)
    assert claims.format_resource_attribute(attribute) == '("a%0020b",TS,0x20,"blue","red")'
    sids = ResourceAttribute("a", ClaimType.SID, (Sid("S-1-5-32-544"),))
    assert claims.format_resource_attribute(sids) == '("a",TD,0x0,BA)'
    assert claims.format_resource_attribute(sids, sid=str) == '("a",TD,0x0,S-1-5-32-544)'


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "expected (, and a name in quotes"),
        ("(a,TI,0x0,1)", 1, "expected (, and a name in quotes"),
        ('("",TI,0x0,1)', 1, "expected (, and a name in quotes"),
        ('("%zz",TI,0x0,1)', 2, "'%' needs four hex digits"),
        ('("%0000",TI,0x0,1)', 1, "cannot name a resource attribute"),
        ('("a"', 4, "expected ','"),
        ('("a",TQ,0x0,1)', 5, "expected the type"),
        ('("a",TIX,0x0,1)', 5, "expected the type"),
        ('("a",TI,1', 9, "expected ',' or ')'"),
        ('("a",TI,"1")', 8, "not a whole number"),
        ('("a",TI,-1)', 8, "are not flags"),
        ('("a",TI,0x100000000)', 8, "are not flags"),
        ('("a",TI,0x0,)', 12, "not a whole number"),
        ('("a",TI,0x0,"1")', 12, "not a whole number"),
        ('("a",TI,0x0,9223372036854775808)', 1, "is no value of the type INT64"),
        ('("a",TU,0x0,-1)', 1, "is no value of the type UINT64"),
        ('("a",TB,0x0,2)', 1, "is no value of the type BOOLEAN"),
        ('("a",TS,0x0,blue)', 12, "expected text in double quotes"),
        ('("a",TS,0x0,"b', 12, "expected text in double quotes"),
        ('("a",TX,0x0,)', 12, "expected hex digits"),
        ('("a",TD,0x0,)', 12, "expected a SID"),
        ('("a",TD,0x0,nobody)', 12, "nobody"),
        ('("a",TI,0x0,' + "9" * 5000 + ")", 12, "number too large"),
    ],
)
def test_an_error_says_what_is_wrong_and_where(text: str, position: int, reason: str) -> None:
    with pytest.raises(ClaimError) as caught:
        claims.parse_resource_attribute(text)
    assert caught.value.position == position
    words = caught.value.reason
    assert reason in words and (words.startswith(reason) or not reason.startswith(("expected", "number")))


@pytest.mark.parametrize(
    "attribute",
    [
        ResourceAttribute("a", ClaimType.STRING, ('"',)),
        ResourceAttribute("a", ClaimType.OCTET_STRING, (b"",)),
    ],
)
def test_what_has_no_text_is_not_written_as_something_else(attribute: ResourceAttribute) -> None:
    assert claims.decode(claims.encode(attribute)) == attribute
    with pytest.raises(ClaimError, match="has no SDDL"):
        claims.format_resource_attribute(attribute)


# --- bytes ---------------------------------------------------------------------------------------


def test_the_layout_is_head_offsets_name_values() -> None:
    data = claims.encode(ResourceAttribute("ab", ClaimType.OCTET_STRING, (b"\x01", b"\x02\x03")))
    assert data.hex(" ", 4) == (
        "18000000 10000000 00000000 02000000 "  # name at 24, type, no flags, two values
        "1e000000 23000000 "  # at 30 and 35: nothing is aligned
        "61006200 00000100 00000102 00000002 03000000"
    )


def test_a_sid_may_also_be_stored_as_text() -> None:
    """[MS-DTYP] 2.4.10.1 says "SID string"; we store it in binary form and read both."""
    binary = ResourceAttribute("a", ClaimType.SID, (Sid("S-1-1-0"),))
    as_octets = ResourceAttribute("a", ClaimType.OCTET_STRING, (b"S-1-1-0",))
    stored = bytearray(claims.encode(as_octets))
    stored[4] = ClaimType.SID
    assert claims.decode(bytes(stored)) == binary == claims.decode(claims.encode(binary))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "16 bytes expected"),
        (bytes(16), "0x0 is not the type"),
        (b"\x10\0\0\0\x01\0\0\0\0\0\0\0\xff\xff\xff\xff", "data end too early"),
        (b"\x10\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0a\0", "text without an end"),
        (b"\x10\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0", "cannot name"),
        (b"\xff\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0a\0\0\0", "text without an end"),
        (b"\x14\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\xff\0\0\0a\0\0\0", "data end too early"),
        (b"\x14\0\0\0\x05\0\0\0\0\0\0\0\x01\0\0\0\x0c\0\0\0a\0\0\0", ""),
        (bytes(0x10000), "too long"),
    ],
)
def test_bytes_without_a_meaning_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ClaimError) as caught:
        claims.decode(data)
    assert reason in caught.value.reason


def test_many_offsets_to_one_long_value_do_not_grow_without_bound() -> None:
    count = 1000
    text_at = 16 + 4 * count
    head = b"".join(number.to_bytes(4, "little") for number in (text_at, ClaimType.STRING, 0, count))
    text = "x".encode("utf-16-le") * 10_000 + bytes(2)
    with pytest.raises(ClaimError, match="too long"):
        claims.decode(head + text_at.to_bytes(4, "little") * count + text)


def test_what_an_ace_cannot_hold_is_refused() -> None:
    with pytest.raises(ClaimError, match="too long"):
        claims.encode(ResourceAttribute("a", ClaimType.STRING, ("x" * 0x8000,)))


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "value"),
    [
        (ClaimType.INT64, "1"),
        (ClaimType.INT64, 2**63),
        (ClaimType.UINT64, -1),
        (ClaimType.BOOLEAN, 2),
        (ClaimType.STRING, b"blue"),
        (ClaimType.STRING, "a\0b"),
        (ClaimType.STRING, Sid("S-1-1-0")),
        (ClaimType.SID, "S-1-1-0"),
        (ClaimType.OCTET_STRING, "00"),
    ],
)
def test_values_are_of_the_type(type: ClaimType, value: Value) -> None:
    with pytest.raises(ClaimError, match="is no value of the type"):
        ResourceAttribute("a", type, (value,))


def test_the_repr_can_be_pasted_back() -> None:
    attribute = ResourceAttribute("a", ClaimType.SID, (Sid("S-1-1-0"),), ClaimFlags(0x10002))
    assert eval(repr(attribute)) == attribute


# --- laws ----------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_characters='\0"', exclude_categories=["Cs"]), max_size=6)
SIDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15).map(
    lambda numbers: Sid("-".join(map(str, ["S-1-5", *numbers])))
)
VALUES: dict[ClaimType, st.SearchStrategy[Value]] = {
    ClaimType.INT64: st.integers(-(2**63), 2**63 - 1),
    ClaimType.UINT64: st.integers(0, 2**64 - 1),
    ClaimType.STRING: TEXT,
    ClaimType.SID: SIDS,
    ClaimType.BOOLEAN: st.integers(0, 1),
    ClaimType.OCTET_STRING: st.binary(min_size=1, max_size=6),
}
ATTRIBUTES = st.sampled_from(sorted(ClaimType)).flatmap(
    lambda type: st.builds(
        ResourceAttribute,
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
        st.just(type),
        st.lists(VALUES[type], max_size=4).map(tuple),
        st.integers(0, 2**32 - 1).map(ClaimFlags),
    )
)


@given(ATTRIBUTES)
def test_reading_the_text_of_an_attribute_gives_the_attribute(attribute: ResourceAttribute) -> None:
    assert parse(claims.format_resource_attribute(attribute)) == attribute


@given(ATTRIBUTES)
def test_reading_the_bytes_of_an_attribute_gives_the_attribute(
    attribute: ResourceAttribute,
) -> None:
    data = claims.encode(attribute)
    assert len(data) % 4 == 0
    assert claims.decode(data) == attribute


@given(ATTRIBUTES, st.data())
def test_changed_bytes_are_another_attribute_or_a_claim_error(
    attribute: ResourceAttribute, data: st.DataObject
) -> None:
    stored = bytearray(claims.encode(attribute))
    for _ in range(data.draw(st.integers(1, 3))):
        stored[data.draw(st.integers(0, len(stored) - 1))] = data.draw(st.integers(0, 255))
    try:
        other = claims.decode(bytes(stored))
    except ClaimError:
        return
    assert claims.decode(claims.encode(other)) == other


@given(ATTRIBUTES, st.data())
def test_changed_text_is_another_attribute_or_a_claim_error(
    attribute: ResourceAttribute, data: st.DataObject
) -> None:
    text = claims.format_resource_attribute(attribute)
    place = data.draw(st.integers(0, len(text)))
    words = st.sampled_from(["(", ")", '"', ",", "%", "TX", "0x", "9" * 20, "-", " ", "\0", "é"])
    changed = text[:place] + data.draw(words) + text[place + data.draw(st.integers(0, 2)) :]
    try:
        other, _ = claims.parse_resource_attribute(changed)
    except ClaimError as error:
        assert 0 <= error.position <= len(changed)
    else:
        assert claims.decode(claims.encode(other)) == other


# --- limits, to the byte -----------------------------------------------------------------------------


def test_flags_have_32_bits() -> None:
    assert parse('("a",TI,0xffffffff,1)').flags == 0xFFFFFFFF
    with pytest.raises(ClaimError, match="are not flags"):
        claims.parse_resource_attribute('("a",TI,0x100000000,1)')


@pytest.mark.parametrize(
    ("kind", "value", "size"),
    [
        (ClaimType.STRING, "x".encode("utf-16-le") * 126 + bytes(2), 254),
        (ClaimType.STRING, "x".encode("utf-16-le") * 127 + bytes(2), 256),
        (ClaimType.OCTET_STRING, (251).to_bytes(4, "little") + bytes(251), 255),
        (ClaimType.OCTET_STRING, (252).to_bytes(4, "little") + bytes(252), 256),
        (ClaimType.INT64, bytes(8), 8),
        (ClaimType.SID, (12).to_bytes(4, "little") + bytes.fromhex("010100000000000512000000"), 16),
    ],
)
def test_the_values_may_be_as_long_as_an_ace_together(kind: ClaimType, value: bytes, size: int) -> None:
    """Offsets may point at the same bytes again, so their sum is counted."""
    for count in (0xFFFF // size, 0xFFFF // size + 1):
        value_at = 16 + 4 * count
        head = b"".join(number.to_bytes(4, "little") for number in (value_at + len(value), kind, 0, count))
        data = head + value_at.to_bytes(4, "little") * count + value + "a".encode("utf-16-le") + bytes(2)
        if count * size <= 0xFFFF:
            assert len(claims.decode(data).values) == count
        else:
            with pytest.raises(ClaimError, match="values too long"):
                claims.decode(data)


@pytest.mark.parametrize("flags", [-1, 1 << 32])
def test_an_attribute_has_32_flags(flags: int) -> None:
    with pytest.raises(ClaimError, match="are not flags"):
        ResourceAttribute("a", ClaimType.INT64, (1,), flags)  # type: ignore[arg-type]


def test_an_attribute_begins_with_a_parenthesis() -> None:
    with pytest.raises(ClaimError, match=r"expected \("):
        claims.parse_resource_attribute('"a",TI,0x0,1)')


def test_an_attribute_may_fill_an_ace() -> None:
    data = claims.encode(parse('("a",TI,0x0,1)'))
    assert claims.decode(data + bytes(0xFFFF - len(data))) == parse('("a",TI,0x0,1)')


@pytest.mark.parametrize("octets", [b"S-1-5-", b"S-x", bytes(12), b"\x01"])
def test_a_value_that_is_no_sid_is_refused_as_such(octets: bytes) -> None:
    data = bytearray(claims.encode(ResourceAttribute("a", ClaimType.OCTET_STRING, (octets,))))
    data[4] = ClaimType.SID
    with pytest.raises(ClaimError, match="is not a SID") as caught:
        claims.decode(bytes(data))
    assert caught.value.position > 0
