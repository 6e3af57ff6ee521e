"""Descriptors as people paste them: SDDL of sc sdshow, icacls, cacls, Get-Acl, bytes."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenlab.real import (
    DescriptorTextError,
    each_of_icacls,
    from_get_acl,
    from_icacls,
    from_whoami,
    read_descriptor,
)
from tokenlab.security import AceFlags, SecurityContext, SecurityDescriptor, access_check
from tokenlab.values import FileRights

COSMO = "S-1-5-21-7-7-7-1104"

# C:\Users\Public of Windows 10, as icacls prints what Win32-OpenSSH#2417 shows as SDDL
PUBLIC = r"""C:\Users\Public BUILTIN\Administrators:(OI)(CI)(F)
                CREATOR OWNER:(OI)(CI)(IO)(F)
                NT AUTHORITY\SYSTEM:(OI)(CI)(F)
                NT AUTHORITY\INTERACTIVE:(OI)(CI)(IO)(M,DC)
                NT AUTHORITY\INTERACTIVE:(RX,WD,AD)
                NT AUTHORITY\SERVICE:(OI)(CI)(IO)(M,DC)
                NT AUTHORITY\SERVICE:(RX,WD,AD)
                NT AUTHORITY\BATCH:(OI)(CI)(IO)(M,DC)
                NT AUTHORITY\BATCH:(RX,WD,AD)

Successfully processed 1 files; Failed processing 0 files
"""
PUBLIC_SDDL = (
    "D:(A;OICI;FA;;;BA)(A;OICIIO;FA;;;CO)(A;OICI;FA;;;SY)(A;OICIIO;0x1301ff;;;IU)(A;;0x1200af;;;IU)"
    "(A;OICIIO;0x1301ff;;;SU)(A;;0x1200af;;;SU)(A;OICIIO;0x1301ff;;;S-1-5-3)(A;;0x1200af;;;S-1-5-3)"
)


def test_icacls_says_the_same_as_the_sddl_of_the_same_folder():
    read = from_icacls(PUBLIC)
    assert (
        read == SecurityDescriptor.from_sddl(PUBLIC_SDDL)
        and SecurityDescriptor.from_sddl(PUBLIC_SDDL) == read
    )
    assert hash(read) == hash(from_icacls(PUBLIC)) and read.path == r"C:\Users\Public"
    assert any("names no owner and no group" in note for note in read.notes)
    whole = from_icacls(PUBLIC, owner="SY", group="SY")
    assert whole == SecurityDescriptor.from_sddl("O:SYG:SY" + PUBLIC_SDDL) and whole.notes == ()


@pytest.mark.parametrize(
    ("line", "ace"),
    [
        (r"C:\x Everyone:(R)", "(A;;FR;;;WD)"),
        (r"C:\x Everyone:(I)(RX)", "(A;ID;0x1200a9;;;WD)"),
        (r"C:\My Files NT AUTHORITY\Authenticated Users:(OI)(CI)(M)", "(A;OICI;0x1301bf;;;AU)"),
        (r"C:\My Files BUILTIN\Users:(CI)(NP)(W,Rc)".replace("Rc", "RC"), "(A;CINP;FW;;;BU)"),
        (r"C:\x Everyone:(DENY)(W)", "(D;;0x100116;;;WD)"),
        (r"C:\x Everyone:(N)", "(D;;FA;;;WD)"),
        (r"C:\x S-1-5-21-7-7-7-1104:(F)", f"(A;;FA;;;{COSMO})"),
        (r"C:\x *S-1-5-32-544:(F)", "(A;;FA;;;BA)"),
        (r"C:\x ASTRO\cosmo:(DE,S)", f"(A;;0x110000;;;{COSMO})"),
        (r"C:\x Tout le monde:(GR,GE)", "(A;;GXGR;;;WD)"),
        (r"C:\x VORDEFINIERT\Administratoren:(F)", "(A;;FA;;;BA)"),
        (r"C:\x BUILTIN\Users:(OI)(CI)R", "(A;OICI;0x1200a9;;;BU)"),  # cacls
        (r"C:\x Everyone:C", "(A;;0x1301bf;;;WD)"),
        (
            r"C:\x Everyone:(DENY)(special access:)" + "\n        FILE_WRITE_DATA\n        DELETE",
            "(D;;DCSD;;;WD)",
        ),
    ],
)
def test_each_letter_of_icacls_and_cacls_is_read(line, ace):
    read = from_icacls(line, names={r"ASTRO\cosmo": COSMO})
    assert [str(one) for one in read.dacl] == [
        str(one) for one in SecurityDescriptor.from_sddl(f"D:{ace}").dacl
    ]


def test_a_label_goes_into_the_sacl():
    read = from_icacls("C:\\x Everyone:(F)\n     Mandatory Label\\High Mandatory Level:(OI)(NW)")
    assert read == SecurityDescriptor.from_sddl("D:(A;;FA;;;WD)S:(ML;OI;NW;;;HI)")


def test_an_unknown_name_gets_a_marked_sid_and_a_note_and_matches_no_token():
    read = from_icacls(
        "C:\\x ASTRO\\cosmo:(F)\n     ASTRO\\nova:(F)\n     ASTRO\\cosmo:(R)", owner="SY", group="SY"
    )
    first, second, third = (ace.sid for ace in read.dacl)
    assert first == third != second and first.startswith("S-1-5-21-0-0-0-")
    assert read.names[first] == r"ASTRO\cosmo (SID made up)"
    assert [note for note in read.notes if "has no SID here" in note and "'ASTRO\\\\nova'" in note]
    assert not access_check(SecurityContext(COSMO), read, FileRights.READ_DATA)


def test_names_may_come_from_a_token():
    token = from_whoami(f"User Name   SID\n=========== ===================\nastro\\cosmo {COSMO}\n")
    assert from_icacls(r"C:\x ASTRO\cosmo:(F)", names=token).dacl[0].sid == COSMO


def test_several_objects_are_read_one_after_the_other_or_refused():
    text = PUBLIC.partition("\n\n")[0] + "\n\nC:\\b.txt Everyone:(F)\n         BUILTIN\\Users:(R)\n"
    assert list(dict(each_of_icacls(text))) == [r"C:\Users\Public", r"C:\b.txt"]
    with pytest.raises(DescriptorTextError, match="2 objects"):
        from_icacls(text)


def test_what_icacls_saves_is_read():
    text = "Public\r\nD:PAI(A;OICI;FA;;;BA)\r\nPublic\\a.txt\r\nD:AI(A;ID;FA;;;SY)\r\n"
    assert {path: str(read) for path, read in each_of_icacls(text)} == {
        "Public": "D:PAI(A;OICI;FA;;;BA)",
        "Public\\a.txt": "D:AI(A;ID;FA;;;SY)",
    }


GET_ACL = r"""
Path   : Microsoft.PowerShell.Core\FileSystem::C:\Temp
Owner  : BUILTIN\Administrators
Group  : NT AUTHORITY\SYSTEM
Access : NT AUTHORITY\SYSTEM Allow  FullControl
         BUILTIN\Users Allow  ReadAndExecute, Synchronize
         CREATOR OWNER Deny  268435456
Audit  :
Sddl   : O:BAG:SYD:AI(A;OICI;FA;;;SY)(A;OICIID;0x1200a9;;;BU)
         (D;OICIIO;GA;;;CO)
"""


def test_get_acl_is_read_by_its_sddl_first():
    read = from_get_acl(GET_ACL)
    assert str(read) == "O:BAG:SYD:AI(A;OICI;FA;;;SY)(A;OICIID;0x1200a9;;;BU)(D;OICIIO;GA;;;CO)"
    assert (read.path, read.notes) == (r"C:\Temp", ())


@pytest.mark.parametrize("spoilt", [GET_ACL.partition("Sddl")[0], GET_ACL.replace("0x1200a9", "0x12...")])
def test_without_a_whole_sddl_access_is_read_and_it_is_said(spoilt):
    read = from_get_acl(spoilt)
    assert read == SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;FA;;;SY)(A;;0x1200a9;;;BU)(D;;GA;;;CO)")
    assert any("does not show how an ACE is inherited" in note for note in read.notes)


SDSHOW = "\nD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCLCSWLOCRRC;;;AU)S:(AU;FA;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)\n"


@pytest.mark.parametrize(
    ("text", "sddl"),
    [
        (SDSHOW, SDSHOW.strip()),
        (f"C:\\> sc sdshow spooler\n{SDSHOW}", SDSHOW.strip()),
        (SDSHOW[:50] + "\n" + SDSHOW[50:], SDSHOW.strip()),
        ("channelAccess: O:BAG:SYD:(A;;0xf0005;;;SY)", "O:BAG:SYD:(A;;0xf0005;;;SY)"),
        ("O:BAG:SYD:", "O:BAG:SYD:"),
        (PUBLIC, PUBLIC_SDDL),
        (GET_ACL, "O:BAG:SYD:AI(A;OICI;FA;;;SY)(A;OICIID;0x1200a9;;;BU)(D;OICIIO;GA;;;CO)"),
        ("Public\nD:PAI(A;OICI;FA;;;BA)", "D:PAI(A;OICI;FA;;;BA)"),
        (SecurityDescriptor.from_sddl("O:BAG:SYD:(A;;FA;;;SY)").to_bytes().hex(), "O:BAG:SYD:(A;;FA;;;SY)"),
        (SecurityDescriptor.from_sddl("O:BAG:SYD:").to_bytes().hex(",").upper(), "O:BAG:SYD:"),
    ],
)
def test_what_a_text_is_is_found_out(text, sddl):
    assert read_descriptor(text) == SecurityDescriptor.from_sddl(sddl)


def test_what_the_text_leaves_out_may_be_given_and_what_it_says_stays():
    assert str(read_descriptor(SDSHOW, owner="SY", group="BA")).startswith("O:SYG:BAD:")
    assert str(read_descriptor("O:BAG:BAD:(A;;GA;;;SY)", owner="SY", group="SY")) == "O:BAG:BAD:(A;;GA;;;SY)"
    assert read_descriptor("C:\\x Everyone:(F)", owner="SY").owner == "S-1-5-18"


def test_sddl_without_an_owner_takes_one():
    read = SecurityDescriptor.from_sddl("D:(A;;GA;;;SY)", owner="SY", group=COSMO)
    assert (read.owner, read.group) == ("S-1-5-18", COSMO)
    assert SecurityDescriptor.from_sddl("O:BAD:", owner="SY").owner == "S-1-5-32-544"


def test_a_check_without_an_owner_says_what_is_missing_where_that_comes_from_and_the_cure():
    decision = access_check(SecurityContext(COSMO), SecurityDescriptor.from_sddl("D:(A;;CC;;;AU)"), 1)
    text = str(decision)
    assert decision.win32_error == 1338
    assert "names no owner and no group" in text and "sc sdshow" in text
    assert "SecurityDescriptor.from_sddl(text, owner='SY', group='SY')" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected SDDL"),
        ("hello", "expected SDDL"),
        ("D:(A;;FA;;;QQ)", "QQ"),
        ("C:\\x Everyone:(ZZ)", "'ZZ'.*is no right"),
        ("C:\\x Everyone:()", "names no rights"),
        ("   Everyone:(F)", "before any path"),
        ("Owner : x", "no Sddl and no Access"),
        ("Access : x\n", "is no ACE"),
        ("Access : Everyone Allow  Fly", "'Fly' is no right"),
        ("01 00 04 80", "no descriptor"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_is_expected(text, words):
    with pytest.raises(DescriptorTextError, match=words):
        read_descriptor(text)


WORDS = st.sampled_from(
    [
        PUBLIC[:60],
        "(OI)",
        "(F)",
        ":",
        "\n",
        " ",
        "D:",
        "O:BA",
        "(A;;FA;;;SY)",
        "Sddl :",
        "Access :",
        "Allow",
        "0100",
        "N",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=8).map("".join))
def test_any_text_is_a_descriptor_or_the_documented_error(text):
    try:
        read = read_descriptor(text)
    except DescriptorTextError:
        return
    assert isinstance(read, SecurityDescriptor) and all(isinstance(note, str) for note in read.notes)


@given(
    st.lists(
        st.tuples(st.sampled_from(["F", "M", "RX", "R", "W", "D"]), st.sampled_from(["", "OI", "CI", "IO"])),
        min_size=1,
    )
)
def test_what_is_written_as_icacls_does_is_read_again(entries):
    rows = [f"Everyone:{f'({flag})' if flag else ''}({right})" for right, flag in entries]
    read = from_icacls("C:\\x y " + "\n       ".join(rows))
    assert read.path == r"C:\x y" and len(read.dacl) == len(entries)
    for ace, (_, flag) in zip(read.dacl, entries, strict=True):
        assert re.sub("ID", "", "".join(f.name[0] for f in AceFlags(ace.flags))) == (flag[:1] if flag else "")


def test_a_list_that_lost_its_indentation_or_its_path_keeps_every_entry():
    """As chats show it: the last entry alone was read, in silence."""
    lost = "NT AUTHORITY\\SYSTEM:(F)\nBUILTIN\\Users:(RX)\nCREATOR OWNER:(OI)(F)\n"
    assert [ace.sid for ace in read_descriptor(lost).dacl] == ["S-1-5-18", "S-1-5-32-545", "S-1-3-0"]
    read = read_descriptor("C:\\x Everyone:(R)\n" + lost)
    assert read.path == "C:\\x" and len(read.dacl) == 4


@pytest.mark.parametrize(
    "text",
    [
        "\u201cO:SYG:SYD:(A;;FA;;;SY)\u201d",
        '{"Path": "C:\\\\x", "Sddl": "O:SYG:SYD:(A;;FA;;;SY)"}',
        '"Security"=hex:'
        + ",".join(re.findall("..", SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FA;;;SY)").to_bytes().hex())),
    ],
    ids=["quotes of a word processor", "JSON", "a registry export"],
)
def test_what_stands_around_a_descriptor_is_left_out(text):
    assert str(read_descriptor(text)) == "O:SYG:SYD:(A;;FA;;;SY)"


def test_a_second_descriptor_is_told_of():
    """Event 4670 has the old one and the new one."""
    text = "Original Security Descriptor:\tD:(A;;FA;;;SY)\n\nNew Security Descriptor:\tD:(A;;FA;;;WD)"
    assert "Another descriptor stands below" in read_descriptor(text).notes[-1]
    assert len(read_descriptor("D:(A;;FA;;;SY)").notes) == 1
