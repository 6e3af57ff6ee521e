"""SDDL: what is read, what is written, and where an error points. Windows' own rows: tests/conformance."""

from __future__ import annotations

import pytest

from tests.support import load_json
from tokenlab.security import Ace, AceFlags, AceType, SecurityDescriptor
from tokenlab.security.descriptor.sddl import SddlError, format_ace, format_mask, format_sid
from tokenlab.security.descriptor.sddl_letters import BIT_CODES, CODE_OF_TYPE, FLAG_CODES, MASK_CODES
from tokenlab.security.descriptor.sddl_reader import _read_quickly, _Reader, _sids
from tokenlab.values import Sid

DOMAIN = "S-1-5-21-2457507606-2709100691-398136650"
GUID = "bf967aba-0de6-11d0-a285-00aa003049e2"


def read(text: str, domain: str | None = None) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(text, domain)


def patiently(text: str, sids=None) -> SecurityDescriptor:
    return SecurityDescriptor(*_Reader(text, sids or _sids(None)).descriptor())


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("X:(A;;GA;;;WD)", 0, "expected O:, G:, D: or S:"),
        ("O:BAO:SY", 4, "for the second time"),
        ("O:QQ", 2, "expected a SID"),
        ("O:S-1-5", 2, "S-1-5-18"),
        ("O:BAG:", 6, "expected a SID"),
        ("D:PX", 3, "expected O:, G:, D: or S:"),
        ("D:(A;;GA;;;WD)x", 14, "expected O:, G:, D: or S:"),
        ("D:NO_ACCESS_CONTROL(A;;GA;;;WD)", 19, "expected O:, G:, D: or S:"),
        ("O:BAG:SYD:(A;;GA;;;WD", 19, "no end"),
        ("D:(A;;GA;;WD)", 10, "six fields"),
        ("D:(Q;;GA;;;WD)", 3, "unknown type"),
        ("D:(AU;;GA;;;WD)", 3, "unknown type"),
        ("S:(A;;GA;;;WD)", 3, "unknown type"),
        ("D:(A;XX;GA;;;WD)", 5, "unknown flag"),
        ("D:(A;OIXX;GA;;;WD)", 7, "unknown flag"),
        ("D:(A;;QQ;;;WD)", 6, "unknown right"),
        ("D:(A;;FAQQ;;;WD)", 8, "unknown right"),
        ("D:(A;;0x1g;;;WD)", 9, "unknown right"),
        ("D:(OA;;GA;12;;WD)", 10, "expected a GUID"),
        (f"D:(A;;GA;{GUID};;WD)", 2, "only object ACEs"),
        ("D:(A;;GA;;;)", 11, "expected a SID"),
        ("D:(A;;GA;;;DA)", 11, "domain="),
        ("D:(A;;GA;;;WD)(A;;GA;;;XX)", 23, "expected a SID"),
        ("D:(XA;;GA;;;WD)", 14, "seventh field"),
        ("D:(A;;GA;;;WD;(a))", 14, "seventh field"),
        ("D:(XA;;GA;;;WD;(a ==))", 20, "expected a value"),
        ("S:(RA;;;;;WD;(1))", 14, "a name in quotes"),
        (f"D:{'(A;;FA;;;WD)' * 5000}", 2 + 12 * 5000, "too many ACEs"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
def test_an_error_points_at_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(SddlError) as raised:
        read(text)
    error = raised.value
    assert error.position == position
    assert words in error.reason
    assert error.text == text
    reason, excerpt, pointer = str(error).splitlines()
    assert reason == error.reason
    assert pointer.endswith(f"^ character {position + 1}")
    if position < len(text):
        assert excerpt[pointer.index("^")] == text[position]


def test_an_error_is_a_value_error() -> None:
    assert issubclass(SddlError, ValueError)


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["vectors/sddl_ordinary.json", "vectors/sddl_conditional.json"])
def test_the_quick_reader_says_what_the_patient_one_says(path: str) -> None:
    """On every descriptor of the material; and most of the ordinary ones do not need patience."""
    sids = _sids(Sid(DOMAIN))
    quick = 0
    rows = load_json(path)
    for row in rows:
        found = _read_quickly(row["sddl"], sids)
        if found is not None:
            quick += 1
            fast = SecurityDescriptor(*found)
            patient = patiently(row["sddl"], sids)
            assert fast == patient and repr(fast.dacl) == repr(patient.dacl), row["sddl"]
            assert fast.to_bytes() == patient.to_bytes()
    assert quick > len(rows) * 0.9 or "conditional" in path


@pytest.mark.parametrize(
    ("rights", "mask"),
    [
        ("0x1F01FF", 0x1F01FF),
        ("0X40000000", 0x40000000),
        ("16", 16),
        ("020", 0o20),
        ("020000000000", 0x80000000),
        ("0xfffffffff", 0xFFFFFFFF),
        ("-1", 0xFFFFFFFF),
        ("+1", 1),
        ("gr", 0x80000000),
        ("GR0x1", 0x80000001),
        ("CCDC", 0x3),
        ("", 0),
    ],
)
def test_rights_are_read_as_letters_or_as_numbers_in_c_style(rights: str, mask: int) -> None:
    dacl = read(f"D:(A;;{rights};;;WD)").dacl
    assert dacl is not None and dacl[0].mask == mask


IN_A_CONDITION = "D:(XA;;FA;;;WD;({}))"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        # Samba, libcli/security/tests/windows/non_canonical.txt and python/samba/tests/sddl.py
        ("D:AI(A;CI;RP LCLORC;;;AU)", "D:AI(A;CI;LCRPLORC;;;AU)"),
        ("D:AI(A;CI;RP LCLO  RC;;;AU)", "D:AI(A;CI;LCRPLORC;;;AU)"),
        # the same, windows_is_weird.txt: too large is the largest, and then the minus
        ("D:(A;;-9876543210;;;WD)", "D:(A;;CC;;;WD)"),
        # the same, windows_is_less_fussy.txt
        ("D:(A;;GA;;;WD )", "D:(A;;GA;;;WD)"),
        ("  O:AA G:WD ", "O:AAG:WD"),
        ("O:S-1-5-32-548 G:S-1-1-0 ", "O:AOG:WD"),  # of numbers nothing was found; read as the letters are
        ("O:S- 1- 2-3", "O:S-1-2-3"),
        ("D: (a;;ga;;;wd)", "D:(A;;GA;;;WD)"),
        # the same, data/conditional_aces_windows_only.txt and conditional_aces.txt
        (IN_A_CONDITION.format("Member_of(SID(S-1-1-0))"), IN_A_CONDITION.format("Member_of SID(WD)")),
        (IN_A_CONDITION.format("member_of((sid(s-1-1-0)))"), IN_A_CONDITION.format("Member_of SID(WD)")),
        (IN_A_CONDITION.format("@User.a == 0xffffffffffffffff"),) * 2,
        (IN_A_CONDITION.format("@User.a == 0x7fffffffffffffff"),) * 2,
    ],
)
def test_text_that_windows_accepts_is_read_as_windows_reads_it(text: str, same: str) -> None:
    assert read(text) == read(same) == patiently(text)
    quick = _read_quickly(text, _sids(None))
    assert quick is None or SecurityDescriptor(*quick) == read(text)
    assert read(text).to_sddl() == same.replace("@User", "@USER")


@pytest.mark.parametrize(
    ("text", "position"),
    [
        # Samba, libcli/security/tests/windows/should_fail.txt, and data/conditional_aces_should_fail.txt
        ("d:(A;;GA;;;WD)", 0),
        ("D:(A;;GA;;;S-1-3-4 )", 11),
        ("D:(A;;GA ;;;WD)", 8),
        ("D:(A;;RP ;;;WD)", 8),
        ("D:(A;;123456789 ;;;WD)", 15),
        ("D:(A;;0x 75bcd15;;;WD)", 7),
        ("D:AI(A;CI;RP LCLOR C;;;AU)", 17),
        ("D:AI(A;CI;RP LC\tLORC;;;AU)", 15),
        ("D :S:", 0),
        ("D:P:S:", 3),
        (IN_A_CONDITION.format("@User.a == 0x10000000000000000"), 27),
        (IN_A_CONDITION.format("Member_of_AnySID(S-1-1-0)"), 32),
        (IN_A_CONDITION.format("Member_of((SID(BA)) && a"), 36),
        # not in those files, by the same rule
        ("O:SYg:SY", 2),
        ("O:SYG:SYs:(AU;SA;FA;;;WD)", 6),
    ],
)
def test_text_that_windows_refuses_is_refused(text: str, position: int) -> None:
    with pytest.raises(SddlError) as raised:
        read(text)
    assert raised.value.position == position, str(raised.value)
    assert _read_quickly(text, _sids(None)) is None


@pytest.mark.parametrize("path", ["vectors/sddl_canonical.json"])
def test_what_is_written_is_read_as_what_was_read(path: str) -> None:
    for row in load_json(path):
        assert read(row["in"], DOMAIN) == read(row["out"], DOMAIN), row["in"]


def test_a_domain_gives_its_aliases_a_meaning() -> None:
    first, second = "S-1-5-21-1-2-3", "S-1-5-21-4-5-6"
    assert read("O:DA", first).owner == f"{first}-512"
    assert read("O:DA", second).owner == f"{second}-512"  # nothing is remembered of the first
    with pytest.raises(SddlError):
        read("O:DA")


def test_an_absent_a_null_and_an_empty_dacl_are_three_things() -> None:
    absent, null, empty = read("O:BA"), read("O:BAD:NO_ACCESS_CONTROL"), read("O:BAD:")
    assert (absent.dacl, absent.dacl_present) == (None, False)
    assert (null.dacl, null.dacl_present) == (None, True)
    assert empty.dacl is not None and len(empty.dacl) == 0 and empty.dacl_present
    assert len({absent, null, empty}) == 3
    assert [str(each) for each in (absent, null, empty)] == ["O:BA", "O:BAD:NO_ACCESS_CONTROL", "O:BAD:"]


def test_no_text_is_a_descriptor_of_nothing() -> None:
    assert read("") == read("  ") == SecurityDescriptor()


def test_an_object_ace_without_a_guid_is_a_plain_one_in_text() -> None:
    dacl = read("D:(OA;;CC;;;WD)(OD;;DC;;;WD)").dacl
    assert dacl is not None
    assert [ace.type for ace in dacl] == [AceType.ACCESS_ALLOWED, AceType.ACCESS_DENIED]
    assert (dacl.revision, dacl.slack) == (4, bytes(8))


# --- writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        (0x1F01FF, "FA"),
        (0x120089, "FR"),
        (0xF003F, "KA"),
        (0x20019, "KR"),
        (0x3, "CCDC"),
        (0x30000, "SDRC"),
        (0x1200A9, "0x1200a9"),
        (0x100000, "0x100000"),
        (0x80000001, "CCGR"),
        (0x1000000, "0x1000000"),
        (0, ""),
    ],
)
def test_rights_are_written_as_letters_where_letters_say_it_all(mask: int, text: str) -> None:
    assert format_mask(mask) == text


def test_every_letter_of_a_right_means_one_bit_and_every_name_a_mask() -> None:
    assert len(set(BIT_CODES.values())) == len(BIT_CODES)
    assert all(bit & (bit - 1) == 0 for bit in BIT_CODES.values())
    assert not BIT_CODES.keys() & MASK_CODES.keys()


def test_flags_are_written_in_windows_order() -> None:
    every = AceFlags(sum(FLAG_CODES.values()))
    assert format_ace(Ace.allow("S-1-1-0", 0x1, every)) == "(A;OICINPIOIDCRSAFA;CC;;;WD)"


def test_aliases_of_a_domain_are_written_only_for_that_domain() -> None:
    admins = Sid("S-1-5-21-1-2-3-512")
    assert format_sid(admins, "S-1-5-21-1-2-3") == "DA"
    assert format_sid(admins, "S-1-5-21-1-2-4") == format_sid(admins) == admins


def test_a_type_without_sddl_says_so() -> None:
    without = set(AceType) - set(CODE_OF_TYPE)
    assert {kind.name for kind in without} == {
        "ACCESS_DENIED_CALLBACK_OBJECT",
        "SYSTEM_ALARM_CALLBACK",
        "SYSTEM_AUDIT_CALLBACK_OBJECT",
        "SYSTEM_ALARM_CALLBACK_OBJECT",
    }
    for kind in without:
        with pytest.raises(ValueError, match="has no SDDL"):
            format_ace(Ace(kind, 0, 0x1, "S-1-1-0"))


def test_an_ace_prints_as_in_an_event() -> None:
    assert str(Ace.allow("S-1-5-18", 0x1F01FF, AceFlags.INHERITED)) == "(A;ID;FA;;;SY)"


@pytest.mark.parametrize("blank", ["", " ", "  ", "\t \t "])
def test_blanks_before_the_type_change_nothing(blank: str) -> None:
    dacl = read(f"D:({blank}OA;;CC;;;WD)({blank}A;;CC;;;WD)").dacl
    assert dacl is not None and (dacl.revision, dacl.slack) == (4, bytes(4))
    plain = read(f"D:({blank}A;;CC;;;WD)").dacl
    assert plain is not None and (plain.revision, plain.slack) == (2, b"")


def test_an_error_shows_the_place_with_thirty_characters_on_both_sides() -> None:
    with pytest.raises(SddlError) as caught:
        read("D:" + "(A;;FA;;;WD)" * 4 + "?" + "x" * 40)
    shown = str(caught.value).splitlines()
    assert shown[1] == "  " + ("(A;;FA;;;WD)" * 4)[-30:] + "?" + "x" * 29
    assert shown[2] == "  " + " " * 30 + "^ character 51"


def test_an_error_shows_its_place_in_one_line() -> None:
    with pytest.raises(SddlError) as caught:
        read("D:\n\t(A;;FA;;;WD)?\n\tx")
    assert str(caught.value).splitlines()[1:] == [
        "  D:  (A;;FA;;;WD)?  x",
        "  " + " " * 16 + "^ character 17",
    ]


@pytest.mark.parametrize(
    ("text", "quickly"),
    [
        ("O:SYG:SYD:(A;;FA;;;SY)", True),
        ("O:SYG:BAD:PAI(A;OICI;FA;;;BA)(D;;GR;;;WD)S:AI(AU;SA;FA;;;WD)", True),
        ("D:(A;;FA;;;SY)", True),
        ("D:P(A;;FA;;;SY)S:(ML;;NW;;;LW)", True),
        ("D:(OA;;CR;00299570-246d-11d0-a768-00aa006e0529;;WD)", True),
        ("D:(OA;;CR;;bf967aba-0de6-11d0-a285-00aa003049e2;WD)", True),
        ("D:" + "(A;;FA;;;SY)" * 666, True),
        ("D:" + "(A;;FA;;;SY)" * 667, False),  # more than 8000 characters
        ("O:SYG:SYX:(A;;FA;;;SY)", False),
        ("O:SYX:SYD:(A;;FA;;;SY)", False),
        ("X:SYG:SYD:(A;;FA;;;SY)", False),
        ("G:SYD:(A;;FA;;;SY)", False),
        ("S:(AU;SA;FA;;;WD)", False),
        ("D:(A;;FA;;;SY", False),
        ("D:(OA;;CR;;;WD)", False),
        ("D:(A;;CR;00299570-246d-11d0-a768-00aa006e0529;;WD)", False),
        ("D:(XA;;FA;;;SY;(a))", False),
        ("D:(A;;FA;;;SY)S:", False),
    ],
)
def test_what_windows_writes_is_read_quickly_and_the_rest_patiently(text: str, quickly: bool) -> None:
    found = _read_quickly(text, _sids(None))
    assert (found is not None) is quickly
    if found is not None:
        assert SecurityDescriptor(*found) == patiently(text)


# Ends and limits


def test_too_large_a_number_is_the_largest():
    """As C's strtoul has it, which Windows' reader calls."""
    (ace,) = SecurityDescriptor.from_sddl("D:(A;;0x100000000;;;WD)").dacl
    assert ace.mask == 0xFFFFFFFF


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("D:(XA;;FA;;;WD;(Member_of{SID(BA)}) x)", "expected the ')' that ends the ACE here"),
        ("S:(RA;;;;;WD)", "this type of ACE has a seventh field"),
        ("D:(XA;;FA;;;WD)", "this type of ACE has a seventh field"),
    ],
)
def test_what_ends_an_ace_too_late_or_too_early_is_told(text, reason):
    with pytest.raises(SddlError) as error:
        SecurityDescriptor.from_sddl(text)
    assert reason in str(error.value)


def test_a_list_holds_65_535_bytes_and_its_aces_are_multiples_of_four():
    """[MS-DTYP] 2.4.5: AclSize is a USHORT. An ACE for Everyone has 20 bytes, for Users 24, a header 8."""
    everyone, users = "(A;;FA;;;WD)", "(A;;FA;;;BU)"
    full = SecurityDescriptor.from_sddl(f"D: {everyone * 3275}{users}")
    assert sum(ace.size for ace in full.dacl) + 8 == 0xFFFF - 3
    with pytest.raises(SddlError, match="too many ACEs"):
        SecurityDescriptor.from_sddl(f"D: {everyone * 3274}{users * 2}")


@pytest.mark.parametrize(
    "text",
    [
        "D:Aİ(A;;FA;;;WD)",
        "D:Aı(A;;FA;;;WD)",
        "D:(A;;FA;;;ſY)",
        "O:ſ-1-1-0",
        "D:(A;Oı;FA;;;WD)",
        "D:(A;;Fſ;;;WD)",
        "D:(ſ;;FA;;;WD)",
        "D:(XA;;FA;;;WD;(@Devİce.a))",
        "D:(XA;;FA;;;WD;(@Uſer.a))",
        "D:(XA;;FA;;;WD;(Member_of ſID(BA)))",
        "D:(XA;;FA;;;WD;(Member_of SID(ſY)))",
    ],
)
def test_letters_that_only_look_like_ascii_are_no_letters_of_sddl(text: str) -> None:
    """Python's capitals and re.IGNORECASE make S and I of a long s and a dotless or dotted i."""
    with pytest.raises(SddlError):
        SecurityDescriptor.from_sddl(text)
