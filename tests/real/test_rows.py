"""Rows: where one begins and ends, whose name it carries, and what a broken line hides."""

import pytest

from tokenlab.real import from_whoami
from tokenlab.real.rows import read_rows

COSMO = "S-1-5-21-2154378322-3929449213-1104335884-1104"
CREW = "S-1-5-21-2154378322-3929449213-1104335884-1201"

TABLE = f"""
User Name   SID
=========== {"=" * len(COSMO)}
astro\\cosmo {COSMO}

Group Name       Type  SID{" " * (len(CREW) - 3)} Attributes
================ ===== {"=" * len(CREW)} ==================================================
Everyone         Known S-1-1-0{" " * (len(CREW) - 7)} Mandatory group, Enabled by default, Enabled group
ASTRO\\Space Crew Group {CREW} Mandatory group, Enabled by default, Enabled group
"""
LIST = f"""
User Name: astro\\cosmo
SID:       {COSMO}

Group Name: Everyone
Type:       Well-known group
SID:        S-1-1-0
Attributes: Mandatory group, Enabled by default, Enabled group

Group Name: ASTRO\\Space Crew
Type:       Group
SID:        {CREW}
Attributes: Mandatory group, Enabled by default, Enabled group
"""
CSV = f"""
"User Name","SID"
"astro\\cosmo","{COSMO}"

"Group Name","Type","SID","Attributes"
"Everyone","Well-known group","S-1-1-0","Mandatory group, Enabled by default, Enabled group"
"ASTRO\\Space Crew","Group","{CREW}","Mandatory group, Enabled by default, Enabled group"
"""
# A Chinese console: each of its signs is two columns wide, so rulers are longer than they look.
CHINESE = f"""
组名               类型   SID{" " * (len(CREW) - 3)} 属性
================== ====== {"=" * len(CREW)} ==============================
ASTRO\\太空船员组   组     {CREW} 必需的组, 启用于默认, 启用的组
BUILTIN\\Users      别名   S-1-5-32-545{" " * (len(CREW) - 12)} 必需的组, 启用于默认, 启用的组
"""


@pytest.mark.parametrize("text", [TABLE, LIST, CSV], ids=["table", "list", "csv"])
def test_the_three_formats_give_the_same_rows(text: str) -> None:
    rows = read_rows(text)
    assert [(row.anchor, row.name) for row in rows] == [
        (COSMO, "astro\\cosmo"),
        ("S-1-1-0", "Everyone"),
        (CREW, "ASTRO\\Space Crew"),
    ]
    assert [row.columns for row in rows] == [2, 4, 4]


@pytest.mark.parametrize("text", [TABLE, LIST, CSV], ids=["table", "list", "csv"])
def test_a_context_knows_the_names_that_are_not_the_same_everywhere(text: str) -> None:
    context = from_whoami(text)
    assert context.names == {COSMO: "astro\\cosmo", CREW: "ASTRO\\Space Crew"}
    assert context.name_of(CREW) == "ASTRO\\Space Crew"
    assert context.name_of("S-1-1-0") == "Everyone"


def test_the_columns_of_a_chinese_console_are_counted_as_it_counts_them() -> None:
    assert [row.name for row in read_rows(CHINESE)] == ["ASTRO\\太空船员组", "BUILTIN\\Users"]


def test_a_name_that_is_not_certain_is_not_given() -> None:
    without_rulers = "\n".join(line for line in TABLE.splitlines() if "==" not in line)
    assert {row.name for row in read_rows(without_rulers)} == {""}


def test_a_row_says_in_which_line_it_stands() -> None:
    lines = TABLE.split("\n")
    assert all(row.anchor in lines[row.line - 1] for row in read_rows(TABLE))


@pytest.mark.parametrize("place", range(1, len(CREW)))
def test_a_sid_broken_by_a_console_is_mended(place: int) -> None:
    width = len("ASTRO\\Space Crew Group ") + place
    lines = [line[i : i + width] for line in TABLE.splitlines() for i in range(0, len(line) or 1, width)]
    assert [row.anchor for row in read_rows("\n".join(lines))] == [COSMO, "S-1-1-0", CREW]


@pytest.mark.parametrize("place", range(2, len("SeIncreaseWorkingSetPrivilege")))
def test_a_privilege_broken_by_a_console_is_mended(place: int) -> None:
    name = "SeIncreaseWorkingSetPrivilege"
    rows = read_rows(f"{name[:place]}\n{name[place:]} Increase a process working set Disabled")
    assert [row.anchor for row in rows] == [name]


def test_a_number_on_the_next_line_is_not_taken_into_a_sid_that_ends_before_the_edge() -> None:
    rows = read_rows(
        f"a line that is longer than the others {'.' * 80}\nmachine\\user S-1-5-18\n2 groups follow\n"
    )
    assert [row.anchor for row in rows] == ["S-1-5-18"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            TABLE.replace(CREW[9:], "XXXX-1201" + " " * (len(CREW) - 18)),
            "'S-1-5-21-XXXX-1201' in line 9 is hidden in part: S-1-5-21-0-0-0-1201, made up",
        ),
        (
            TABLE + "SeWarpPrivilege Exceed the speed of light Enabled",
            "'SeWarpPrivilege' in line 10 is no privilege",
        ),
        (TABLE + "SeDebugPrivilege Debug pro", "No state can be read for SeDebugPrivilege in line 10"),
        (TABLE.replace("Enabled by default, Enabled group\nA", "Enab\nA"), "are cut at 'Enab'"),
        (TABLE + '\n"ad://ext/Department:88d0"', "claims in the text are not read"),
    ],
)
def test_what_cannot_be_read_is_left_out_and_said(text: str, note: str) -> None:
    context = from_whoami(text)
    assert context.user == COSMO
    assert any(note in said for said in context.notes), context.notes


def test_a_cut_line_is_completed_where_that_is_certain() -> None:
    """A mandatory group cannot be disabled (`AdjustTokenGroups`), so the rest of its line is known."""
    context = from_whoami(TABLE.rstrip()[:-30])
    assert dict(context.groups)[CREW] == 0x7


def test_the_logon_sid_of_whoami_logonid_is_read_when_it_is_there() -> None:
    context = from_whoami(TABLE + "\nC:\\>whoami /logonid\nS-1-5-5-0-183452\n\nC:\\>")
    assert dict(context.groups)["S-1-5-5-0-183452"] == 0xC0000007


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (TABLE.replace(COSMO, COSMO[:-1] + "9"), "shows 2 users"),
        ("A         Known S-1-1-0   Group used for deny only\n", r"S-1-1-0 in line 10 has other attributes"),
        ("\nA  B  S-1-16-4096\nA  B  S-1-16-8192\nend", "shows 2 integrity levels"),
        (
            "\nSeDebugPrivilege x Enabled\nSeDebugPrivilege x Disabled",
            "SeDebugPrivilege in line 12 has another state",
        ),
    ],
)
def test_two_outputs_in_one_paste_are_refused(more: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"{message}.*expected the output of one `whoami /all`"):
        from_whoami(TABLE + more)


def test_the_same_output_twice_is_read_once() -> None:
    assert from_whoami(TABLE + TABLE) == from_whoami(TABLE)
