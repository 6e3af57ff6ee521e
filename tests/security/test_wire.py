"""Self-relative bytes, both ways. Windows' own bytes: tests/conformance."""

from __future__ import annotations

import struct
from uuid import UUID

import pytest

from tokenlab.security import (
    Ace,
    AceType,
    Acl,
    ControlFlags,
    SecurityContext,
    SecurityDescriptor,
    access_check,
)
from tokenlab.security.descriptor.wire import WireError, decode_acl, encode_ace, encode_acl
from tokenlab.view import show

TEXT = "O:BAG:SYD:PAI(A;OICI;FA;;;BA)S:(ML;;NW;;;LW)"
DATA = SecurityDescriptor.from_sddl(TEXT).to_bytes()


def changed(at: int, *values: int) -> bytes:
    return DATA[:at] + bytes(values) + DATA[at + len(values) :]


def test_the_parts_lie_in_windows_order() -> None:
    """Header, SACL, DACL, owner, group."""
    owner, group, sacl, dacl = struct.unpack_from("<IIII", DATA, 4)
    assert 20 == sacl < dacl < owner < group < len(DATA)


def test_the_parts_may_lie_in_any_order() -> None:
    everyone, system = bytes.fromhex("010100000000000100000000"), bytes.fromhex("010100000000000512000000")
    acl = encode_acl(Acl([Ace.allow("S-1-1-0", 0x1)]))
    header = struct.pack("<BBHIIII", 1, 0, 0x8004, 32, 20, 0, 44)
    read = SecurityDescriptor.from_bytes(header + everyone + system + acl)
    assert str(read) == "O:SYG:WDD:(A;;CC;;;WD)"


def test_two_parts_may_share_their_bytes() -> None:
    system = bytes.fromhex("010100000000000512000000")
    data = struct.pack("<BBHIIII", 1, 0, 0x8000, 20, 20, 0, 0) + system
    assert str(SecurityDescriptor.from_bytes(data)) == "O:SYG:SY"


def test_a_null_dacl_has_no_offset_and_an_absent_one_no_flag() -> None:
    null = SecurityDescriptor(control=ControlFlags.DACL_PRESENT)
    for descriptor in (null, SecurityDescriptor()):
        assert SecurityDescriptor.from_bytes(descriptor.to_bytes()) == descriptor
        assert struct.unpack_from("<I", descriptor.to_bytes(), 16) == (0,)
    assert null != SecurityDescriptor()


def test_bytes_behind_the_last_ace_are_kept() -> None:
    acl = Acl([Ace.allow("S-1-1-0", 0x1)], revision=4, slack=b"\x00\x01\x02\x03")
    assert decode_acl(encode_acl(acl)) == acl


def test_what_follows_the_sid_is_kept() -> None:
    ace = Ace(AceType.ACCESS_ALLOWED_CALLBACK, 0, 0x1, "S-1-1-0", data=b"artx\xff\xee\xdd\xcc")
    descriptor = SecurityDescriptor(dacl=Acl([ace]))
    assert SecurityDescriptor.from_bytes(descriptor.to_bytes()).dacl == Acl([ace])


def test_resource_manager_control_is_kept() -> None:
    descriptor = SecurityDescriptor("S-1-5-18", resource_manager_control=0x17)
    assert SecurityDescriptor.from_bytes(descriptor.to_bytes()).resource_manager_control == 0x17


@pytest.mark.parametrize(
    ("data", "offset", "words"),
    [
        (b"", 0, "its header alone has 20"),
        (DATA[:19], 19, "its header alone has 20"),
        (changed(0, 2), 0, "revision 2 is unknown"),
        (changed(3, 0), 2, "not self-relative"),
        (changed(4, 0xFF, 0xFF), 0xFFFF, "no room for a SID"),
        (changed(16, 0xFF, 0xFF), 0xFFFF, "no room for an ACL"),
        (changed(20, 9), 20, "ACL revision 9 is unknown"),
        (changed(22, 0xFF, 0xFF), 22, "does not fit"),
        (changed(24, 2), 48, "ends before its last ACE"),
        (changed(28, 0x04), 28, "is not a type of ACE"),
        (changed(30, 0x15), 30, "an ACE of 21 bytes"),
        (changed(36, 2), 36, "is not a SID"),
        (changed(37, 9), 36, "no room for a SID"),
        (DATA[:-1], len(DATA) - 12, "no room for a SID"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_an_error_names_its_offset(data: bytes, offset: int, words: str) -> None:
    with pytest.raises(WireError, match=words) as raised:
        SecurityDescriptor.from_bytes(bytes(data))
    assert raised.value.offset == offset
    assert f"{offset:#x}" in str(raised.value)


@pytest.mark.parametrize("length", range(len(DATA)))
def test_no_part_of_a_descriptor_is_one(length: int) -> None:
    with pytest.raises(WireError):
        SecurityDescriptor.from_bytes(DATA[:length])


def test_a_list_of_more_than_64_kib_cannot_be_written() -> None:
    too_long = Acl([Ace.allow("S-1-1-0", 0x1)] * 3277)
    with pytest.raises(WireError, match="does not fit"):
        SecurityDescriptor(dacl=too_long).to_bytes()
    SecurityDescriptor(dacl=Acl(too_long.aces[1:])).to_bytes()


def test_an_ace_has_a_multiple_of_four_bytes() -> None:
    odd = Ace(AceType.ACCESS_ALLOWED_CALLBACK, 0, 0x1, "S-1-1-0", data=b"artx\xff")
    with pytest.raises(WireError, match="multiples of 4"):
        SecurityDescriptor(dacl=Acl([odd])).to_bytes()


def test_an_ace_of_an_odd_size_is_refused() -> None:
    line = Ace(AceType.ACCESS_ALLOWED_CALLBACK, 0, 0x1, "S-1-1-0", data=b"artx")
    data = bytearray(SecurityDescriptor(dacl=Acl([line])).to_bytes())
    data[30] -= 2
    with pytest.raises(WireError, match="an ACE of 22 bytes"):
        SecurityDescriptor.from_bytes(bytes(data))


def test_object_flags_that_windows_does_not_define_are_refused() -> None:
    line = Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0")
    data = bytearray(SecurityDescriptor(dacl=Acl([line])).to_bytes())
    at = data.index(b"\x01\x00\x00\x00\x00\x00\x00\x00", 28) + 4  # behind the mask
    data[at] = 4
    with pytest.raises(WireError, match="object flags 0x4") as raised:
        SecurityDescriptor.from_bytes(bytes(data))
    assert raised.value.offset == at


# --- sizes, to the byte --------------------------------------------------------------------------

EVERYONE_BYTES = bytes.fromhex("010100000000000100000000")
GUID = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")


def acl_of(*aces: bytes, size: int | None = None, count: int | None = None, revision: int = 4) -> bytes:
    body = b"".join(aces)
    whole = 8 + len(body) if size is None else size
    return struct.pack("<BBHHH", revision, 0, whole, len(aces) if count is None else count, 0) + body


def ace_of(body: bytes = EVERYONE_BYTES, kind: int = 0, size: int | None = None) -> bytes:
    return struct.pack("<BBHI", kind, 0, 8 + len(body) if size is None else size, 0x1) + body


def test_the_smallest_lists_and_lines_are_read() -> None:
    assert len(decode_acl(acl_of())) == 0
    assert len(decode_acl(acl_of(ace_of(), ace_of()))) == 2
    assert [decode_acl(acl_of(revision=one)).revision for one in (2, 3, 4)] == [2, 3, 4]
    no_subauthority = bytes.fromhex("0100000000000001")
    with pytest.raises(WireError, match="is not a SID"):  # eight bytes are enough for one; it names nobody
        decode_acl(acl_of(ace_of(no_subauthority)))


@pytest.mark.parametrize(
    ("data", "offset", "words"),
    [
        (acl_of()[:7], 0, "no room for an ACL"),
        (acl_of(size=7), 2, "an ACL of 7 bytes"),
        (acl_of(size=9), 2, "an ACL of 9 bytes"),
        (acl_of(count=1), 8, "ends before its last ACE"),
        (acl_of(ace_of()[:7]), 8, "ends before its last ACE"),
        (acl_of(ace_of()[:8]), 10, "an ACE of 20 bytes does not fit"),
        (acl_of(ace_of(size=4)), 10, "an ACE of 4 bytes"),
        (acl_of(ace_of(size=0)), 10, "an ACE of 0 bytes"),
        (acl_of(ace_of(b"")), 16, "no room for a SID"),
        (acl_of(ace_of(size=24)), 10, "an ACE of 24 bytes"),
        (acl_of(ace_of(EVERYONE_BYTES[:8])), 16, "no room for a SID"),
        (acl_of(ace_of(b"", 5)), 16, "before its object flags"),
        (acl_of(ace_of(struct.pack("<I", 1), 5)), 20, "before its GUID"),
        (acl_of(ace_of(struct.pack("<I", 1) + bytes(12), 5)), 20, "before its GUID"),
        (acl_of(ace_of(struct.pack("<I", 3) + bytes(28), 5)), 36, "before its GUID"),
        (acl_of(ace_of(struct.pack("<I", 3) + bytes(32), 5)), 52, "no room for a SID"),
        (acl_of(ace_of(struct.pack("<I", 0), 5)), 20, "no room for a SID"),
        (acl_of(ace_of(struct.pack("<I", 4) + EVERYONE_BYTES, 5)), 16, "object flags 0x4"),
    ],
)
def test_a_list_that_ends_too_early_is_refused_where_it_ends(data: bytes, offset: int, words: str) -> None:
    with pytest.raises(WireError, match=words) as raised:
        decode_acl(data)
    assert raised.value.offset == offset


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_each_guid_of_an_object_line_is_there_or_not(which: int) -> None:
    """[MS-DTYP] 2.4.4.3: bit 1 the object type, bit 2 the inherited one."""
    guids = (GUID if which & 1 else None, GUID if which & 2 else None)
    ace = Ace(AceType.ACCESS_ALLOWED_OBJECT, 0, 0x1, "S-1-1-0", *guids)
    data = encode_acl(Acl([ace], revision=4))
    assert data[16:20] == bytes([which, 0, 0, 0]) and len(data) == 8 + 8 + 4 + 16 * which.bit_count() + 12
    assert decode_acl(data).aces == (ace,)


def test_65532_bytes_are_the_most_that_fits() -> None:
    """The size field has 16 bits, and sizes are multiples of 4 ([MS-DTYP] 2.4.4.1, 2.4.5)."""
    largest = Ace(AceType.ACCESS_ALLOWED_CALLBACK, 0, 0x1, "S-1-1-0", data=bytes(65532 - 20))
    assert len(encode_ace(largest)) == 65532
    with pytest.raises(WireError, match="an ACE of 65536 bytes") as raised:
        encode_ace(largest._replace(data=bytes(65536 - 20)))
    assert raised.value.offset == 0
    lines = Acl([largest._replace(data=bytes(65532 - 28))])
    assert len(encode_acl(lines)) == 65532
    assert len(encode_acl(Acl(lines.aces, slack=bytes(3)))) == 65535
    with pytest.raises(WireError, match="an ACL of 65536 bytes") as raised:
        encode_acl(Acl(lines.aces, slack=bytes(4)))
    assert raised.value.offset == 0


@pytest.mark.parametrize(("control", "dacl", "sacl"), [(0x8000, 0, 0), (0x8004, 1, 0), (0x8010, 0, 1)])
def test_a_list_counts_only_if_its_control_bit_says_so(control: int, dacl: int, sacl: int) -> None:
    header = struct.pack("<BBHIIII", 1, 0, control, 0, 0, 20, 20)
    read = SecurityDescriptor.from_bytes(header + acl_of(ace_of()))
    assert (read.dacl is not None, read.sacl is not None) == (dacl, sacl)


def test_a_control_bit_without_an_offset_is_a_null_list() -> None:
    read = SecurityDescriptor.from_bytes(struct.pack("<BBHIIII", 1, 0, 0x8014, 0, 0, 0, 0))
    assert read.dacl is None and read.sacl is None and read.dacl_present


ODD_DATA = {
    "none": b"",
    "no condition": b"\xff" * 8,
    "an empty condition": b"artx\0\0\0\0",
    "a local attribute without a name": b"artx\xf8\0\0\0\0\x87\0\0",
    "a resource attribute without a name": bytes.fromhex(
        "14000000030000000000000001000000160000000000000000000000"
    ),
    "a resource attribute of no type": bytes.fromhex("1400000099000000000000000000000000000000"),
}


@pytest.mark.parametrize("data", ODD_DATA.values(), ids=ODD_DATA)
@pytest.mark.parametrize("part", ["dacl", "sacl"])
@pytest.mark.parametrize("kind", AceType)
def test_whatever_is_read_from_bytes_can_be_shown_and_written(kind: AceType, part: str, data: bytes) -> None:
    """A law: a label in a DACL, an allow ACE in a SACL, data that say nothing, types without SDDL."""
    for mask in (0, 0x1, 0xFFFFFFFF):
        acl = Acl([Ace(kind, 0, mask, "S-1-5-18", data=data)])
        lists = (acl, None) if part == "dacl" else (None, acl)
        made = SecurityDescriptor("S-1-5-18", "S-1-5-18", *lists)
        read = SecurityDescriptor.from_bytes(made.to_bytes())
        assert read == made and SecurityDescriptor.from_bytes(read.to_bytes()) == read
        assert str(read).startswith("O:S") and str(read).count("(") >= 1
        again = eval(repr(read))
        assert [*(again.dacl or ()), *(again.sacl or ())] == [*(read.dacl or ()), *(read.sacl or ())]
        assert show(read).text and show(read)._repr_html_()
        assert str(access_check(SecurityContext("S-1-5-21-7-7-7-1"), read, 0x1))
