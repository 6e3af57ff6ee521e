"""Exports of real estates: CSV and JSON lines of paths and SDDL, lists of groups."""

import pytest

from tokenlab.real.exports import ExportError, contexts_of, each_descriptor, read_descriptors
from tokenlab.security import SecurityContext
from tokenlab.security.check.survey import survey

SDDL = "O:BAG:SYD:(A;;FA;;;BA)(A;;FR;;;BU)"
CSV = f'''#TYPE Selected.System.Security.AccessControl.FileSecurity
"Path","Owner","Sddl"
"Microsoft.PowerShell.Core\\FileSystem::D:\\share","x","{SDDL}"
"D:\\share, old","y","{SDDL}"

"D:\\memo","z","O:BAG:SYD:"
'''


def test_csv_as_export_csv_writes_it():
    found = read_descriptors(CSV.splitlines())
    assert list(found) == ["D:\\share", "D:\\share, old", "D:\\memo"]
    assert str(found["D:\\share"]) == SDDL and len(found["D:\\memo"].dacl) == 0


def test_the_same_sddl_is_the_same_object():
    found = read_descriptors(CSV.splitlines())
    assert found["D:\\share"] is found["D:\\share, old"]


def test_an_export_is_read_as_far_as_it_is_asked_for():
    """So one that is larger than memory can be read, and its first rows come before a later fault."""
    rows = each_descriptor(iter(["Path,Sddl", "a,O:BAG:SYD:", "b,broken"]))
    assert next(rows)[0] == "a"
    with pytest.raises(ExportError, match="line 3: b: "):
        next(rows)


def test_json_lines_in_any_order_and_case():
    lines = [
        f'{{"SDDL": "{SDDL}", "FullName": "D:\\\\a", "Length": 3}}',
        "",
        f'{{"path":"b","sddl":"{SDDL}"}}',
    ]
    assert list(read_descriptors(lines)) == ["D:\\a", "b"]


def test_a_byte_order_mark_is_no_part_of_the_heading():
    assert list(read_descriptors(["\ufeffPath,Sddl", "a,O:BAG:SYD:"])) == ["a"]


def test_a_domain_gives_its_aliases_their_meaning():
    found = read_descriptors(["Path,Sddl", "a,O:DAG:DUD:"], domain="S-1-5-21-1-2-3")
    assert found["a"].owner == "S-1-5-21-1-2-3-512"


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (["Path,Sddl", "a,O:BAG:SYD:", "b,O:BAG:SYD:(A;;FA;;;XX)"], 3, "XX"),
        (["Path,Owner", "a,b"], 2, "expected columns Path and Sddl, not path, owner"),
        (['{"Path": "a", "Sddl": "O:BAG:SYD:"}', "{oops"], 2, "no JSON"),
        (['{"Path": "a", "Sddl": "O:BAG:SYD:"}', "[1]"], 2, "an object a line"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(lines, line, words):
    with pytest.raises(ExportError, match=words) as error:
        read_descriptors(lines)
    assert error.value.line == line


def test_nothing_gives_nothing():
    assert read_descriptors([]) == {}


SIDS = {"sue": "S-1-5-21-1-2-3-1000", "bob": "S-1-5-21-1-2-3-1001"}
SIDS |= {"staff": "S-1-5-21-1-2-3-2000", "all": "S-1-5-21-1-2-3-2001"}


def test_groups_of_groups_are_in_the_contexts():
    found = contexts_of({"staff": ["sue"], "all": ["staff", "bob"]}, SIDS)
    assert list(found) == ["sue", "bob"]
    assert SIDS["all"] in found["sue"] and SIDS["staff"] not in found["bob"]
    assert found["sue"].name_of(SIDS["all"]) == "all"


def test_groups_may_hold_each_other():
    found = contexts_of({"staff": ["sue", "all"], "all": ["staff"]}, SIDS | {"bob": SIDS["bob"]})
    assert {SIDS["staff"], SIDS["all"]} <= found["sue"].enabled_sids


def test_contexts_share_one_mapping_of_names_and_a_group_may_hold_thousands():
    """Eight thousand copies of eight thousand names took 2.3 GiB."""
    sids = {f"u{number}": f"S-1-5-21-7-7-7-{number}" for number in range(8_000)} | {
        "g": "S-1-5-21-7-7-7-9000"
    }
    found = contexts_of({"g": [name for name in sids if name != "g"]}, sids)
    assert len(found) == 8_000 and len({id(one.names) for one in found.values()}) == 1
    with pytest.raises(TypeError):
        found["u1"].names["x"] = "y"


def test_groups_in_a_chain_of_thousands_are_all_held():
    sids = {f"g{number}": f"S-1-5-21-7-7-7-{number + 2000}" for number in range(8_000)}
    groups = {f"g{n}": [f"g{n - 1}" if n else "ada"] for n in range(8_000)}
    found = contexts_of(groups, sids | {"ada": "S-1-5-21-7-7-7-1000"})
    assert list(found) == ["ada"] and len(found["ada"].groups) == 8_003


def test_a_name_without_a_sid_is_an_error():
    with pytest.raises(ValueError, match="'eve' has no SID"):
        contexts_of({"staff": ["eve"]}, SIDS)


def test_an_export_can_be_surveyed():
    found = survey(contexts_of({"staff": ["sue"], "all": []}, SIDS), read_descriptors(CSV.splitlines()), 0x1)
    assert found.who("D:\\share") == ["sue", "bob"] and found.who("D:\\memo") == []


ICACLS = "C:\\a Everyone:(R)\n     BUILTIN\\Users:(F)\n\nC:\\b Everyone:(F)\n"


@pytest.mark.parametrize("text", [ICACLS, "a\nD:(A;;FR;;;WD)\nb\nD:(A;;FA;;;WD)\n"])
def test_what_icacls_prints_or_saves_is_an_export_too(text):
    read = read_descriptors(text.splitlines(keepends=True))
    assert [path[-1] for path in read] == ["a", "b"]
    found = survey({"x": SecurityContext("S-1-5-21-7-7-7-1", ["S-1-1-0"])}, read, 0x1)
    assert len(found.without_owner) == 2 and "2 of 2 objects name no owner or group" in repr(found)


@pytest.mark.parametrize(
    "lines",
    [["Path,Sddl", "a," + "x" * 140_000], ['{"Path": ' + "[" * 3000], ['{"Path": ' + "9" * 5000 + "}"]],
    ids=["a long field", "deep", "a long number"],
)
def test_what_is_too_large_or_too_deep_is_the_documented_error(lines):
    with pytest.raises(ExportError, match=r"line \d+: no (CSV|JSON)"):
        read_descriptors(lines)
