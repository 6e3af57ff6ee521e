"""Access masks: numbers, names, and what generic rights stand for."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenlab.values import OBJECT_TYPES, FileRights, KeyRights, ProcessRights, access_mask

ATTRIBUTES = "READ_ATTRIBUTES WRITE_ATTRIBUTES"


@pytest.mark.parametrize(
    ("kind", "read", "write", "execute", "all_"),
    [
        ("file", 0x120089, 0x120116, 0x1200A0, 0x1F01FF),  # winnt.h, FILE_GENERIC_READ ...
        ("folder", 0x120089, 0x120116, 0x1200A0, 0x1F01FF),
        ("pipe", 0x120089, 0x120116, 0x1200A0, 0x1F01FF),
        ("share", 0x120089, 0x120116, 0x1200A0, 0x1F01FF),
        ("key", 0x20019, 0x20006, 0x20019, 0xF003F),  # winnt.h, KEY_READ ...; Wine, on Windows
        # What NtQueryObject tells on Windows 10 2004 (nt-object-types, results/10.0.19361_2004.txt); there
        # RESUME is part of a thread's execute, which Windows 7 did not know.
        ("process", 0x20410, 0x20BEA, 0x121001, 0x1FFFFF),
        ("thread", 0x20048, 0x20437, 0x121800, 0x1FFFFF),
        ("token", 0x2001A, 0x201E0, 0x20005, 0xF01FF),
        ("service", 0x2008D, 0x20002, 0x20170, 0xF01FF),  # "Service Security and Access Rights"
        ("service manager", 0x20014, 0x20022, 0x20009, 0xF003F),  # the same page
        ("directory object", 0x20094, 0x20028, 0x20004, 0xF01FF),  # [MS-ADTS] 5.1.3.2
        # Wine, test_semaphore_security and test_filemap_security, on Windows
        ("semaphore", 0x20001, 0x20002, 0x120000, 0x1F0003),
        ("section", 0x20005, 0x20002, 0x20008, 0xF001F),
        ("window station", 0x20303, 0x2001C, 0x20060, 0xF037F),  # "Window Station Security and Access Rights"
        ("desktop", 0x20041, 0x200BE, 0x20100, 0xF01FF),  # "Desktop Security and Access Rights"
        ("printer", 0x20008, 0x20008, 0x20008, 0xF000C),  # [MS-RPRN] 2.2.3.1
        ("task", 0x120089, 0x120116, 0x1200A0, 0x1F01FF),  # as a file
    ],
)
def test_generic_rights_stand_for_what_windows_says(kind, read, write, execute, all_):
    mapping = OBJECT_TYPES[kind].mapping
    assert tuple(mapping) == (read, write, execute, all_)
    assert mapping.map(0x80000000) == read and mapping.map(0x10000000) == all_
    assert mapping.map(0x40000000 | 0x20000000) == write | execute


@given(st.sampled_from(sorted(OBJECT_TYPES)), st.integers(0, 0xFFFFFFFF))
def test_mapping_leaves_no_generic_bit_and_takes_nothing_else(kind, mask):
    mapped = OBJECT_TYPES[kind].mapping.map(mask)
    assert not mapped & 0xF0000000 and mapped & mask == mask & 0x0FFFFFFF
    assert OBJECT_TYPES[kind].mapping.map(mapped) == mapped


def test_an_object_type_of_ones_own_is_made_as_its_docstring_says():
    failed, tried = doctest.testmod(access_mask)
    assert tried > 5 and not failed


def test_a_right_that_comes_along_does_not_have_to_be_granted():
    process = OBJECT_TYPES["process"]
    assert process.with_brought(0x410) == 0x1410 and process.without_brought(0x1410) == 0x410
    assert process.without_brought(0x1000) == 0x1000  # asked for by itself it has to be


def test_all_access_is_what_generic_all_stands_for():
    for kind in OBJECT_TYPES.values():
        assert int(kind.rights["ALL_ACCESS"]) == kind.mapping.all


@pytest.mark.parametrize(
    ("kind", "names"),
    [  # from bit 0 up; "-" where the type has no right
        # "File Access Rights Constants", winnt.h
        ("file", "READ_DATA WRITE_DATA APPEND_DATA READ_EA WRITE_EA EXECUTE_FILE DELETE_CHILD " + ATTRIBUTES),
        (
            "folder",
            "LIST_DIRECTORY ADD_FILE ADD_SUBDIRECTORY READ_EA WRITE_EA TRAVERSE DELETE_CHILD " + ATTRIBUTES,
        ),
        ("pipe", "READ_DATA WRITE_DATA CREATE_PIPE_INSTANCE READ_EA WRITE_EA - - " + ATTRIBUTES),
        # "Registry Key Security and Access Rights"
        ("key", "QUERY_VALUE SET_VALUE CREATE_SUB_KEY ENUMERATE_SUB_KEYS NOTIFY CREATE_LINK"),
        # "Process Security and Access Rights"; winnt.h for 0x4 and 0x2000
        (
            "process",
            "TERMINATE CREATE_THREAD SET_SESSIONID VM_OPERATION VM_READ VM_WRITE DUP_HANDLE CREATE_PROCESS "
            "SET_QUOTA SET_INFORMATION QUERY_INFORMATION SUSPEND_RESUME QUERY_LIMITED_INFORMATION "
            "SET_LIMITED_INFORMATION",
        ),
        # "Thread Security and Access Rights"; wdm.h for 0x4, winnt.h for 0x1000
        (
            "thread",
            "TERMINATE SUSPEND_RESUME ALERT GET_CONTEXT SET_CONTEXT SET_INFORMATION QUERY_INFORMATION "
            "SET_THREAD_TOKEN IMPERSONATE DIRECT_IMPERSONATION SET_LIMITED_INFORMATION "
            "QUERY_LIMITED_INFORMATION RESUME",
        ),
        # winnt.h; the same numbers in .NET's TokenAccessLevels
        (
            "token",
            "ASSIGN_PRIMARY DUPLICATE IMPERSONATE QUERY QUERY_SOURCE ADJUST_PRIVILEGES ADJUST_GROUPS "
            "ADJUST_DEFAULT ADJUST_SESSIONID",
        ),
        # "Service Security and Access Rights"
        (
            "service",
            "QUERY_CONFIG CHANGE_CONFIG QUERY_STATUS ENUMERATE_DEPENDENTS START STOP PAUSE_CONTINUE "
            "INTERROGATE USER_DEFINED_CONTROL",
        ),
        (
            "service manager",
            "CONNECT CREATE_SERVICE ENUMERATE_SERVICE LOCK QUERY_LOCK_STATUS MODIFY_BOOT_CONFIG",
        ),
        # [MS-ADTS] 5.1.3.2: CC DC LC VW RP WP DT LO CR
        (
            "directory object",
            "CREATE_CHILD DELETE_CHILD LIST_CHILDREN SELF_WRITE READ_PROPERTY WRITE_PROPERTY DELETE_TREE "
            "LIST_OBJECT CONTROL_ACCESS",
        ),
        # "Windows Event Log Constants", EVT_READ_ACCESS ...
        ("event log", "READ_EVENTS WRITE_EVENTS CLEAR"),
        # "Synchronization Object ...", "File Mapping ...", "Window Station ...", "Desktop Security and Access
        # Rights"; winnt.h for a section's 0x1 and 0x10
        ("semaphore", "QUERY_STATE MODIFY_STATE"),
        ("section", "QUERY MAP_WRITE MAP_READ MAP_EXECUTE EXTEND_SIZE"),
        (
            "window station",
            "ENUMDESKTOPS READATTRIBUTES ACCESSCLIPBOARD CREATEDESKTOP WRITEATTRIBUTES ACCESSGLOBALATOMS "
            "EXITWINDOWS - ENUMERATE READSCREEN",
        ),
        (
            "desktop",
            "READOBJECTS CREATEWINDOW CREATEMENU HOOKCONTROL JOURNALRECORD JOURNALPLAYBACK ENUMERATE "
            "WRITEOBJECTS SWITCHDESKTOP",
        ),
        # "Namespace Access Rights Constants"; wbemcli.h for 0x40 and 0x80
        (
            "WMI namespace",
            "ENABLE METHOD_EXECUTE FULL_WRITE_REP PARTIAL_WRITE_REP WRITE_PROVIDER REMOTE_ACCESS "
            "RIGHT_SUBSCRIBE RIGHT_PUBLISH",
        ),
        # [MS-RPRN] 2.2.3.1; PRINTER_DEFAULTS for 0x40
        ("printer", "- - ADMINISTER USE JOB_ADMINISTER JOB_READ MANAGE_LIMITED"),
        # "Access Control Lists for COM"
        ("COM application", "EXECUTE EXECUTE_LOCAL EXECUTE_REMOTE ACTIVATE_LOCAL ACTIVATE_REMOTE"),
    ],
)
def test_each_bit_means_what_windows_says(kind, names):
    expected = [(1 << bit, name) for bit, name in enumerate(names.split()) if name != "-"]
    found = OBJECT_TYPES[kind].describe(0xFFFF)
    assert [(bit, name) for bit, name in found if not name.startswith("0x")] == expected


@pytest.mark.parametrize("kind", OBJECT_TYPES)
def test_the_upper_half_means_the_same_for_every_type(kind):  # [MS-DTYP] 2.4.3, winnt.h
    waited_for = kind in {"file", "folder", "pipe", "share", "process", "thread", "semaphore", "task"}
    assert OBJECT_TYPES[kind].describe(0xF31F0000) == [
        (0x00010000, "DELETE"),
        (0x00020000, "READ_CONTROL"),
        (0x00040000, "WRITE_DAC"),
        (0x00080000, "WRITE_OWNER"),
        (0x00100000, "SYNCHRONIZE" if waited_for else "0x100000"),
        (0x01000000, "ACCESS_SYSTEM_SECURITY"),
        (0x02000000, "MAXIMUM_ALLOWED"),
        (0x10000000, "GENERIC_ALL"),
        (0x20000000, "GENERIC_EXECUTE"),
        (0x40000000, "GENERIC_WRITE"),
        (0x80000000, "GENERIC_READ"),
    ]


@pytest.mark.parametrize(
    ("bit", "name"),
    [(0x1, "CC"), (0x2, "DC"), (0x4, "LC"), (0x8, "SW"), (0x10, "RP"), (0x20, "WP"), (0x40, "DT")]
    + [(0x80, "LO"), (0x100, "CR")],  # [MS-ADTS] 5.1.3.2 gives the bits, sddl.h the letters
)
def test_the_letters_of_sddl_are_the_rights_of_the_directory(bit, name):
    from tokenlab.security.descriptor.sddl_letters import BIT_CODES

    assert BIT_CODES[name] == bit
    assert OBJECT_TYPES["directory object"].describe(bit)[0][0] == bit


def test_rights_print_their_names_and_can_be_pasted_back():
    rights = FileRights.READ_DATA | FileRights.SYNCHRONIZE
    assert str(rights) == "READ_DATA | SYNCHRONIZE" and eval(repr(rights)) == rights
    assert str(FileRights(0)) == "nothing" and eval(repr(FileRights(0))) == 0


def test_bits_without_a_name_are_kept_and_shown():
    assert str(KeyRights(0x800001)) == "QUERY_VALUE | 0x800000"
    assert eval(repr(KeyRights(0x800001))) == 0x800001 and eval(repr(KeyRights(0x800000))) == 0x800000


def test_the_same_bit_means_something_else_for_another_type():
    assert [OBJECT_TYPES[kind].describe(0x1)[0][1] for kind in ("file", "folder", "process", "key")] == [
        "READ_DATA",
        "LIST_DIRECTORY",
        "TERMINATE",
        "QUERY_VALUE",
    ]
    assert ProcessRights.VM_READ == FileRights.WRITE_EA
