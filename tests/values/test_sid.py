"""SIDs: a string that is its own canonical text."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenlab.values import IntegrityLevel, Sid, SidError

SIDS = st.builds(
    Sid.from_parts,
    st.integers(0, 2**48 - 1),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15),
)


def test_a_sid_is_its_canonical_string():
    assert Sid("s-1-5-18") == "S-1-5-18" and hash(Sid("S-1-5-18")) == hash("S-1-5-18")
    assert f"{Sid('S-1-5-18')}" == "S-1-5-18" and "S-1-5-18" in {Sid("S-1-5-18")}


def test_the_same_sid_is_the_same_object():
    assert Sid("S-1-5-21-9-8-7-6") is Sid("S-1-5-21-9-8-7-6")


@given(SIDS)
def test_text_and_bytes_lead_back(sid):
    assert Sid(str(sid)) == sid and Sid.from_bytes(sid.to_bytes()) == sid
    assert Sid.from_parts(sid.authority, sid.subauthorities) == sid
    assert eval(repr(sid)) == sid and pickle.loads(pickle.dumps(sid)) == sid


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("S-1-5-18", "010100000000000512000000"),  # [MS-DTYP] 2.4.2.2; vectors, O:SY
        ("S-1-5-32-544", "01020000000000052000000020020000"),  # vectors, G:BA
        ("S-1-16-8448", "010100000000001000210000"),  # vectors, O:MP
    ],
)
def test_the_bytes_are_those_of_windows(text, data):
    assert Sid(text).to_bytes().hex() == data


def test_a_large_authority_is_written_in_hex():  # Windows writes back S-1-0x12A05F200-30-40
    assert Sid.from_parts(5_000_000_000, [30, 40]) == "S-1-0x12A05F200-30-40"
    assert Sid("S-1-0x12a05f200-30-40").authority == 5_000_000_000


@pytest.mark.parametrize(
    "text",
    ["", "S-1-", "S-1-5", "S-1-5-", "S-2-5-18", "X-1-5-18", "S-1-5-18 ", "S-1-5--18", "S-1-5-4294967296"]
    + ["S-1-281474976710656-1", "S-1-5-" + "-".join("1" * 16), "S-1-5-1_8", "S-1-5-١", "S-1-0x-1", "BA"],
)
def test_what_is_no_sid_is_refused_with_an_example(text):
    with pytest.raises(SidError, match="S-1-5-18"):
        Sid(text)


@pytest.mark.parametrize("data", ["", "01", "0101000000000005120000", "020100000000000512000000", "00" * 8])
def test_bytes_that_are_no_sid_are_refused(data):
    with pytest.raises(SidError):
        Sid.from_bytes(bytes.fromhex(data))


def test_a_sid_of_a_domain_knows_its_domain():
    admins = Sid("S-1-5-21-1-2-3-512")
    assert admins.domain == "S-1-5-21-1-2-3" and admins.rid == 512 and admins.name == "Domain Admins"
    assert Sid("S-1-5-32-544").domain is None and Sid("S-1-5-32-544").alias == "BA"
    assert Sid("S-1-5-21-1-2-3-9999").label == "S-1-5-21-1-2-3-9999"


@pytest.mark.parametrize("level", [0x2000, "S-1-16-8192", "medium", "Medium", IntegrityLevel.MEDIUM])
def test_a_level_is_a_sid_however_it_is_given(level):
    assert IntegrityLevel(level) == "S-1-16-8192" and IntegrityLevel(level).level == 0x2000


def test_levels_compare_by_their_number_not_by_their_letters():
    assert IntegrityLevel.LOW < IntegrityLevel.HIGH and str(IntegrityLevel.LOW) > str(IntegrityLevel.HIGH)
    assert IntegrityLevel.MEDIUM <= IntegrityLevel.MEDIUM < IntegrityLevel.MEDIUM_PLUS
    assert max(IntegrityLevel.SYSTEM, IntegrityLevel.LOW) is IntegrityLevel.SYSTEM
    assert IntegrityLevel("high") >= IntegrityLevel.HIGH > IntegrityLevel.MEDIUM


@pytest.mark.parametrize("level", ["S-1-5-18", "S-1-16-1-2", "middling"])
def test_what_is_no_level_is_refused(level):
    with pytest.raises(SidError):
        IntegrityLevel(level)
