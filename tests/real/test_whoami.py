"""Real `whoami /all` outputs, and the same in every form in which people paste them."""

import json
import random
import re
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import pytest

from tests.support import shared_file
from tokenlab.real import WhoamiError, from_whoami
from tokenlab.security import GroupAttributes, SecurityContext
from tokenlab.values import IntegrityLevel, PrivilegeAttributes

ON = GroupAttributes.MANDATORY | GroupAttributes.ENABLED_BY_DEFAULT | GroupAttributes.ENABLED
OWNER = GroupAttributes.ENABLED_BY_DEFAULT | GroupAttributes.ENABLED | GroupAttributes.OWNER
DENY_ONLY = GroupAttributes.USE_FOR_DENY_ONLY


class Expected(NamedTuple):
    """What a person reads in a printout."""

    user: str
    integrity: IntegrityLevel
    groups: dict[str, GroupAttributes]
    enabled: str  # the middle parts of privilege names
    disabled: str

    @property
    def privileges(self) -> dict[str, PrivilegeAttributes]:
        on = dict.fromkeys(self.enabled.split(), PrivilegeAttributes.ENABLED)
        off = dict.fromkeys(self.disabled.split(), PrivilegeAttributes(0))
        return {f"Se{name}Privilege": state for name, state in (on | off).items()}


# Read off the printouts by eye.
EXPECTED = {
    "filtered_administrator": Expected(
        user="S-1-5-21-3694103140-4081734440-3706941413-1001",
        integrity=IntegrityLevel.MEDIUM,
        groups={
            "S-1-1-0": ON,
            "S-1-5-114": DENY_ONLY,
            "S-1-5-32-544": DENY_ONLY,
            "S-1-5-32-559": ON,
            "S-1-5-32-545": ON,
            "S-1-5-4": ON,
            "S-1-2-1": ON,
            "S-1-5-11": ON,
            "S-1-5-15": ON,
            "S-1-5-113": ON,
            "S-1-2-0": ON,
            "S-1-5-64-10": ON,
        },
        enabled="ChangeNotify",
        disabled="Shutdown Undock IncreaseWorkingSet TimeZone",
    ),
    "iis_apppool_service": Expected(
        user="S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415",
        integrity=IntegrityLevel.HIGH,
        groups={
            "S-1-1-0": ON,
            "S-1-5-32-545": ON,
            "S-1-5-6": ON,
            "S-1-2-1": ON,
            "S-1-5-11": ON,
            "S-1-5-15": ON,
            "S-1-5-32-568": ON,
            "S-1-2-0": ON,
            "S-1-5-82-0": ON,  # its name is empty
        },
        enabled="ChangeNotify Impersonate CreateGlobal",
        disabled="AssignPrimaryToken IncreaseQuota Shutdown Audit Undock IncreaseWorkingSet TimeZone",
    ),
    "local_system": Expected(
        user="S-1-5-18",
        integrity=IntegrityLevel.SYSTEM,
        groups={"S-1-5-32-544": OWNER, "S-1-1-0": ON, "S-1-5-11": ON},
        enabled="CreateToken AssignPrimaryToken LockMemory IncreaseQuota Tcb Security TakeOwnership"
        " LoadDriver SystemProfile Systemtime ProfileSingleProcess IncreaseBasePriority CreatePagefile"
        " CreatePermanent Backup Restore Shutdown Debug Audit SystemEnvironment ChangeNotify Undock"
        " ManageVolume Impersonate CreateGlobal TrustedCredManAccess Relabel IncreaseWorkingSet TimeZone"
        " CreateSymbolicLink DelegateSessionUserImpersonate",
        disabled="",
    ),
}
SAMPLES = tuple(EXPECTED)


def printout(sample: str) -> str:
    return shared_file(f"real/whoami/{sample}.txt").read_text(encoding="utf-8")


def assert_read(context: SecurityContext, sample: str) -> None:
    """Every field is as in the printout."""
    expected = EXPECTED[sample]
    assert context.user == expected.user
    assert dict(context.groups) == expected.groups
    assert [group.sid for group in context.groups] == list(expected.groups)
    assert dict(context.privileges) == expected.privileges
    assert context.integrity == expected.integrity
    assert not context.user_deny_only


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_field_of_a_real_printout_is_right(sample: str) -> None:
    assert_read(from_whoami(printout(sample)), sample)


# --- other forms of the same ---------------------------------------------------------------------


class Table(NamedTuple):
    heading: str
    columns: list[str]
    rows: list[list[str]]


def tables(text: str) -> Iterator[Table]:
    """The three tables of a printout, by the columns of their rulers."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("=="):
            spans = [match.span() for match in re.finditer("=+", line)]
            spans[-1] = (spans[-1][0], 999)
            rows = []
            for row in lines[number - 1 :]:
                if not row:
                    break
                rows.append([row[start:end].strip() for start, end in spans])
            yield Table(lines[number - 4], rows[0], rows[2:])


def as_list(text: str) -> str:
    """``whoami /all /fo list``"""
    out = []
    for table in tables(text):
        out += ["", table.heading, "-" * len(table.heading), ""]
        width = max(map(len, table.columns)) + 1
        for row in table.rows:
            out += [f"{name + ':':{width}} {field}" for name, field in zip(table.columns, row, strict=True)]
            out.append("")
    return "\n".join(out)


def as_csv(text: str) -> str:
    """``whoami /all /fo csv``"""
    out = []
    for table in tables(text):
        out += ["", table.heading, "-" * len(table.heading), ""]
        out += [",".join(f'"{field}"' for field in row) for row in [table.columns, *table.rows]]
        out.append("")
    return "\n".join(out)


def padded(text: str) -> str:
    """With the blanks that whoami itself writes behind short fields."""
    out, width = [], 0
    for line in text.splitlines():
        width = len(line) if line.startswith("==") else width if line else 0
        out.append(line.ljust(width))
    return "\n".join(out)


def hard_wrapped(text: str, width: int) -> str:
    """As a console of this width breaks lines: anywhere."""
    lines = (line[i : i + width] for line in text.splitlines() for i in range(0, len(line) or 1, width))
    return "\n".join(lines)


def word_wrapped(text: str, width: int) -> str:
    """As a mail program breaks lines: at blanks, which it drops."""
    wrapped = (textwrap.wrap(line, width, break_long_words=False) or [""] for line in text.splitlines())
    return "\n".join(line for lines in wrapped for line in lines)


FORMS: dict[str, Callable[[str], str]] = {
    "list": as_list,
    "csv": as_csv,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "list with CRLF": lambda text: as_list(text).replace("\n", "\r\n"),
    "csv with CRLF": lambda text: as_csv(text).replace("\n", "\r\n"),
    "padded": padded,
    "indented": lambda text: textwrap.indent(text, "    "),
    "indented by a tab": lambda text: textwrap.indent(text, "\t"),
    "quoted in a mail": lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    "tabs between columns": lambda text: re.sub(" {2,}", "\t", text),
    "non-breaking spaces": lambda text: text.replace(" ", "\xa0"),
    "single spaces": lambda text: re.sub(" +", " ", text),
    "no blank lines": lambda text: re.sub(r"\n\s*\n+", "\n", text),
    "list without blank lines": lambda text: re.sub(r"\n\s*\n+", "\n", as_list(text)),
    "csv without blank lines": lambda text: re.sub(r"\n\s*\n+", "\n", as_csv(text)),
    "twice as many lines": lambda text: text.replace("\n", "\n\n"),
    "with its prompt": lambda text: f"C:\\Users\\user>whoami /all\n{text}\nC:\\Users\\user>",
    "with a prompt close behind": lambda text: f"PS C:\\> whoami /all\n{text.rstrip()}\nPS C:\\> exit",
    "in a code fence": lambda text: f"```\n{text}```\n",
    "with words around": lambda text: f"Hello, this is mine:\n\n{text}\n\nWhat is wrong with it? Regards, N.",
    "byte order mark": lambda text: "\ufeff" + text,
    "no rulers": lambda text: re.sub(r"(?m)^[=\-][=\- ]*$\n", "", text),
    "csv without headings": lambda text: re.sub(r"(?m)^(?!\").*\n", "", as_csv(text)),
    "list, wrapped at 70": lambda text: hard_wrapped(as_list(text), 70),
    "csv, wrapped at 80": lambda text: hard_wrapped(as_csv(text), 80),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_form_does_not_matter(sample: str, form: str) -> None:
    assert_read(from_whoami(FORMS[form](printout(sample))), sample)


@pytest.mark.parametrize("wrap", [hard_wrapped, word_wrapped])
@pytest.mark.parametrize("prepare", [str, padded, as_list, as_csv])
@pytest.mark.parametrize("sample", SAMPLES)
def test_the_width_of_a_wrapped_paste_does_not_matter(
    sample: str, prepare: Callable[[str], str], wrap: Callable[[str, int], str]
) -> None:
    text = prepare(printout(sample))
    wrong = []
    for width in range(66, 170):
        try:
            assert_read(from_whoami(wrap(text, width)), sample)
        except (AssertionError, WhoamiError) as error:
            wrong.append((width, str(error)[:300]))
    assert wrong == []


# --- what is missing, and what is cut -------------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_cut_paste_shows_less_and_invents_nothing(sample: str) -> None:
    """A window or a form may drop what stands to the right of it."""
    expected = EXPECTED[sample]
    lines = printout(sample).splitlines()
    for width in range(len(lines[6]) + 1, 150):
        context = from_whoami("\n".join(line[:width] for line in lines))
        assert context.user == expected.user
        assert {group.sid for group in context.groups} <= set(expected.groups), width
        assert {state.privilege for state in context.privileges} <= set(expected.privileges), width
        for group in context.groups:
            whole = expected.groups[group.sid]
            assert not group.enabled or whole & GroupAttributes.ENABLED, (width, group)
        assert context.integrity in (expected.integrity, IntegrityLevel.MEDIUM), width
        assert len(context.notes) > 1 or len(context.groups) == len(expected.groups)


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_paste_may_end_anywhere(sample: str) -> None:
    expected = EXPECTED[sample]
    text = printout(sample)
    start = text.index(expected.user) + len(expected.user) + 1
    for end in range(start, len(text)):
        context = from_whoami(text[:end])
        assert context.user == expected.user
        assert {group.sid for group in context.groups} <= set(expected.groups), text[end - 40 : end]
        assert {state.privilege for state in context.privileges} <= set(expected.privileges)
        assert context.integrity in (expected.integrity, IntegrityLevel.MEDIUM), text[end - 40 : end]
        for group in context.groups:
            whole = expected.groups[group.sid]
            assert not group.enabled or whole & GroupAttributes.ENABLED, text[end - 60 : end]


def sections(sample: str) -> dict[str, str]:
    parts = re.split(r"(?m)^(?=\w+ INFORMATION\n)", printout(sample))
    return {part.split()[0]: part for part in parts[1:]}


def test_the_user_alone_is_a_context_that_says_what_it_lacks() -> None:
    context = from_whoami(sections("filtered_administrator")["USER"])
    assert (context.user, context.groups, context.privileges) == (
        EXPECTED["filtered_administrator"].user,
        (),
        (),
    )
    assert context.integrity == IntegrityLevel.MEDIUM
    said = " ".join(context.notes).lower()
    assert "groups" in said and "privileges" in said and "integrity" in said


@pytest.mark.parametrize(
    "order", [("GROUP", "USER"), ("PRIVILEGES", "GROUP", "USER"), ("USER", "PRIVILEGES")]
)
@pytest.mark.parametrize("sample", SAMPLES)
def test_sections_may_come_in_any_order(sample: str, order: tuple[str, ...]) -> None:
    context = from_whoami("".join(sections(sample)[name] for name in order))
    expected = EXPECTED[sample]
    assert context.user == expected.user
    assert dict(context.groups) == (expected.groups if "GROUP" in order else {})
    assert dict(context.privileges) == (expected.privileges if "PRIVILEGES" in order else {})


@pytest.mark.parametrize("form", [str, as_list, as_csv])
@pytest.mark.parametrize("section", ["GROUP", "PRIVILEGES"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_without_a_user_nobody_stands_in_and_it_is_said(
    sample: str, section: str, form: Callable[[str], str]
) -> None:
    part = form("\n\n\n" + sections(sample)[section])
    context, expected = from_whoami(part), EXPECTED[sample]
    assert context.user == "S-1-0-0"
    assert any(note.startswith("The text shows no user: S-1-0-0 (Nobody)") for note in context.notes)
    assert dict(context.groups) == (expected.groups if section == "GROUP" else {})
    assert dict(context.privileges) == (expected.privileges if section == "PRIVILEGES" else {})
    given = from_whoami(part, user=expected.user)
    assert given.user == expected.user and not any("shows no user" in note for note in given.notes)


@pytest.mark.parametrize(
    ("line", "user"),
    [
        ("nt authority\\system", "S-1-5-18"),
        ("autorite nt\\syst\u00e8me", "S-1-5-18"),
        ("NT-AUTORIT\u00c4T\\Netzwerkdienst", "S-1-5-20"),
        ("nt authority\\servicio local", "S-1-5-19"),
        ("astro\\cosmo", "S-1-5-21-0-0-0-900001"),
    ],
)
def test_the_name_that_whoami_alone_prints_stands_for_the_user(line: str, user: str) -> None:
    text = f"C:\\> whoami\n{line}\n\nC:\\> whoami /groups\n{sections('local_system')['GROUP']}"
    context = from_whoami(text)
    assert context.user == user
    assert any("SID is not shown" in note and repr(line) in note for note in context.notes)
    if user.startswith("S-1-5-21-0-0-0-"):
        assert context.names[user] == "astro\\cosmo (SID made up)"


def test_sids_that_somebody_hid_get_made_up_ones_that_are_marked() -> None:
    # community.windows#190 shows S-1-5-21-xx; others keep the RID
    text = sections("filtered_administrator")["USER"] + sections("filtered_administrator")["GROUP"]
    text += "ASTRO\\a Group S-1-5-21-****-1201 Mandatory group, Enabled by default, Enabled group\n"
    text += "ASTRO\\b Group S-1-5-21-**** Mandatory group, Enabled by default, Enabled group\n"
    text += "ASTRO\\c Group S-1-5-21-**** Group used for deny only\n"
    context = from_whoami(text)
    made = [group.sid for group in context.groups if group.sid.startswith("S-1-5-21-0-0-0-")]
    assert len(set(made)) == 3 and "S-1-5-21-0-0-0-1201" in made
    assert len([note for note in context.notes if "hidden in part" in note]) == 3
    hidden = text.replace(context.user, "S-1-5-21-xx")
    assert from_whoami(hidden).user.startswith("S-1-5-21-0-0-0-")
    assert from_whoami(hidden, user=context.user).user == context.user


def test_a_user_that_is_given_must_be_the_one_that_is_shown() -> None:
    with pytest.raises(WhoamiError, match="not S-1-5-18"):
        from_whoami(sections("filtered_administrator")["USER"], user="S-1-5-18")


def test_utf_16_that_was_read_as_bytes_is_put_together_and_said() -> None:
    whole = printout("filtered_administrator")
    for encoding in ("latin-1", "utf-8"):
        spoilt = whole.encode("utf-16").decode(encoding, "replace")
        context = from_whoami(spoilt)
        assert (context.user, context.groups) == (from_whoami(whole).user, from_whoami(whole).groups)
        assert any("UTF-16" in note for note in context.notes)


ANSIBLE = {
    "account": {"account_name": "cosmo", "domain_name": "WS1", "sid": "S-1-5-21-7-7-7-1001", "type": "User"},
    "groups": [
        {
            "account_name": "Everyone",
            "domain_name": "",
            "sid": "S-1-1-0",
            "attributes": ["Mandatory", "Enabled"],
        },
        {
            "account_name": "a",
            "domain_name": "WS1",
            "sid": "S-1-5-32-544",
            "attributes": ["Use for deny only"],
        },
    ],
    "label": {"sid": "S-1-16-12288"},
    "privileges": {"SeDebugPrivilege": "disabled", "SeChangeNotifyPrivilege": "enabled-by-default"},
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ANSIBLE),
        json.dumps({"out": ANSIBLE}, indent=4),
        "ok: [ws1] => " + json.dumps({"out": ANSIBLE}),
    ],
)
def test_the_json_of_ansible_is_read_by_its_own_words(text: str) -> None:
    # ansible.windows, plugins/modules/win_whoami.ps1
    context = from_whoami(text)
    assert (context.user, context.integrity) == ("S-1-5-21-7-7-7-1001", IntegrityLevel.HIGH)
    assert dict(context.groups) == {
        "S-1-1-0": GroupAttributes.MANDATORY | GroupAttributes.ENABLED,
        "S-1-5-32-544": DENY_ONLY,
    }
    assert {str(one.privilege): one.enabled for one in context.privileges} == {
        "SeDebugPrivilege": False,
        "SeChangeNotifyPrivilege": True,
    }


@pytest.mark.parametrize(
    "text", ["{", '{"a": 1}', '{"account": {}, "groups": 3}', '{"a":' * 3000, '{"a": ' + "9" * 5000]
)
def test_other_json_is_refused_and_not_read_as_a_table(text: str) -> None:
    with pytest.raises(WhoamiError, match=r"win_whoami|expected the output"):
        from_whoami(text)


@pytest.mark.parametrize(
    "text", ["", " \n", "astro\\cosmo", "uid=1000(cosmo) gid=1000(cosmo)", "S-1-5-", "\x00"]
)
def test_text_that_is_no_printout_is_an_error_with_an_example(text: str) -> None:
    with pytest.raises(WhoamiError, match=r"expected.*whoami /all.*for example"):
        from_whoami(text)


@pytest.mark.parametrize("sample", SAMPLES)
def test_notes_say_what_no_printout_shows(sample: str) -> None:
    said = " ".join(from_whoami(printout(sample)).notes).lower()
    for words in ("restricted sid", "default dacl", "primary group", "logon sid"):
        assert words in said


def test_notes_do_not_count_in_a_comparison() -> None:
    text = printout("local_system")
    assert from_whoami(text) == from_whoami(text + "\nC:\\>")


# --- attributes that the three samples do not show ------------------------------------------------

TABLE = r"""
User Name   SID
=========== ==============================================
astro\cosmo S-1-5-21-2154378322-3929449213-1104335884-1104

Group Name   Type             SID          Attributes
============ ================ ============ ==================================================
Everyone     Well-known group S-1-1-0      Mandatory group, Enabled by default, Enabled group
"""


@pytest.mark.parametrize(
    ("words", "attributes"),
    [
        ("Mandatory group, Enabled by default, Enabled group", 0x7),
        ("Mandatory group, Enabled by default, Enabled group, Group owner", 0xF),
        ("Enabled by default, Enabled group, Group owner", 0xE),
        ("Enabled by default, Enabled group", 0x6),
        ("Enabled group", 0x4),
        ("Group used for deny only", 0x10),
        ("Mandatory group, Enabled by default, Enabled group, Local Group", 0x20000007),  # SE_GROUP_RESOURCE
    ],
)
def test_attribute_words_are_the_bits_of_winnt_h(words: str, attributes: int) -> None:
    text = TABLE + f"A B          Group            S-1-5-21-1-2-3-4 {words}\n"
    assert dict(from_whoami(text).groups)["S-1-5-21-1-2-3-4"] == attributes


# --- other languages ------------------------------------------------------------------------------

GERMAN = {  # made up after the pattern of a German printout
    "Mandatory group": "Verbindliche Gruppe",
    "Enabled by default": "Standardmäßig aktiviert",
    "Enabled group": "Aktivierte Gruppe",
    "Group owner": "Gruppenbesitzer",
    "Group used for deny only": "Nur zum Verweigern verwendete Gruppe",
    "Well-known group": "Bekannte Gruppe",
    "Mandatory Label": "Verbindliche Beschriftung",
    "Medium Mandatory Level": "Mittlere Verbindlichkeitsstufe",
    "INFORMATION": "INFORMATIONEN",
    "User Name": "Benutzername",
    "Group Name": "Gruppenname",
    "Attributes": "Attribute",
    "Privilege Name": "Berechtigungsname",
    "Description": "Beschreibung",
    "Disabled": "Deaktiviert",
    "Enabled": "Aktiviert",
    "State": "Status",
    "Everyone": "Jeder",
    "BUILTIN": "VORDEFINIERT",
    "NT AUTHORITY": "NT-AUTORITÄT",
}
NOWHERE = {  # a language that nobody speaks
    "Mandatory group": "Grux zol",
    "Enabled by default": "Ainu bo",
    "Enabled group": "Ainu grux",
    "Group owner": "Domu grux",
    "Group used for deny only": "Grux, kiu nur neas",
    "Label": "Etix",
    "Disabled": "Malainu",
    "Enabled": "Ainu",
    "Attributes": "Aji",
    "INFORMATION": "SCIOJ",
    "Bypass": "Preter",
}


def translated(text: str, words: dict[str, str]) -> str:
    """The same tables in other words, with columns of the width that these need."""
    out = []
    for heading, columns, rows in tables(text):
        cells = [columns, *rows]
        for english, other in words.items():
            heading = heading.replace(english, other)
            cells = [[cell.replace(english, other) for cell in row] for row in cells]
        widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
        lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in cells]
        lines.insert(1, ["=" * width for width in widths])
        out += ["", heading, "-" * len(heading), "", *(" ".join(line) for line in lines), ""]
    return "\n".join(out)


@pytest.mark.parametrize("form", [str, as_list, as_csv])
@pytest.mark.parametrize("words", [GERMAN, NOWHERE], ids=["German", "nowhere"])
@pytest.mark.parametrize("sample", SAMPLES)
def test_another_language_is_read_by_what_is_alike_in_every_token(
    sample: str, words: dict[str, str], form: Callable[[str], str]
) -> None:
    context = from_whoami(form(translated(printout(sample), words)))
    assert_read(context, sample)
    said = " ".join(context.notes)
    assert words["Mandatory group"] in said or words["Mandatory group"].replace(" ", "") in said


# --- hostile text ---------------------------------------------------------------------------------


SCRAPS = [
    *("S-1-5-21-", "S-1-", "S-1-5-18", "S-1-16-8192-1", "S-1-16-99999999999", "S-1-0x1-1", "-", "９"),
    *("SeDebugPrivilege", "SePrivilege", "Enabled", "====", "\n", "\n\n", '"', ",", ":", " ", "\t"),
    *("\x00", "\ud800", "é"),
]


def mutated(text: str, dice: random.Random) -> str:
    """The text with a few pieces dropped, doubled, moved, or replaced."""
    for _ in range(dice.randint(1, 12)):
        start = dice.randrange(len(text) + 1)
        end = min(len(text), start + dice.choice([0, 1, 3, 20, 200]))
        piece = dice.choice([*SCRAPS, text[start:end] * 2, text[end : end + 30], ""])
        text = text[:start] + piece + text[end:]
    return text


@pytest.mark.parametrize("sample", SAMPLES)
def test_mutated_text_is_a_context_or_a_whoami_error(sample: str) -> None:
    seed = 20
    print(f"seed {seed}")
    dice = random.Random(seed)
    forms: list[Callable[[str], str]] = [str, as_list, as_csv, padded, lambda text: hard_wrapped(text, 80)]
    originals = [form(printout(sample)) for form in forms]
    for _ in range(700):
        text = mutated(dice.choice(originals), dice)
        try:
            context = from_whoami(text)
        except WhoamiError as error:
            assert "expected" in str(error)
        else:
            assert isinstance(context, SecurityContext) and hash(context)


@pytest.mark.parametrize(
    "text",
    [
        "S-1-5-" + "1-" * 100_000,
        "S-1-5-21" * 50_000,
        "S-1-5-21-1-2-3-4\n" * 20_000,
        "S-1-5-21-1-2-3-4 Mandatory group" + "\n " * 100_000,
        "S-1-5-21-1-2-3-4\n\nS-1-1-0 " + "Mandatory group, " * 20_000,
        "x: y\n" * 40_000,
        "SID: S-1-5-32-545\n" * 20_000,
        "a S-1-5-18\n" + "SeDebugPrivilege x\n" * 20_000,
        "a S-1-5-18\n" + "SeDebugPrivilege" + " Ena" * 60_000,
        "= " * 100_000,
        ("=" * 50 + "\n") * 5_000,
        '"' + ',"' * 100_000,
        "C:\\" * 50_000,
        "\n" * 200_000,
        "S\n-1-5" * 30_000,
        "Se\n" * 60_000,
        "S-1-" + "9" * 200_000,
        "a S-1-5-18\n" + "".join(f"g S-1-5-21-1-2-3-{n} Mandatory group\n" for n in range(15_000)),
    ],
    ids=lambda text: ascii(text[:18]),
)
def test_hostile_text_takes_no_longer_than_other_text_of_its_length(text: str) -> None:
    """Up to 900,000 characters: what takes quadratic time here never ends."""
    with suppress(WhoamiError):
        from_whoami(text)


def test_a_group_at_the_head_of_a_list_in_another_language_is_not_taken_for_the_user() -> None:
    words = "Ryhma pakollinen, Oletuksena kaytossa, Ryhma kaytossa"
    text = "".join(f"ASTRO\\g{n} Ryhma S-1-5-21-7-7-7-{n} {words}\n" for n in (1201, 1202, 1203))
    with pytest.raises(WhoamiError, match="shows no user"):
        from_whoami(text)
    assert len(from_whoami(text, user="S-1-5-21-7-7-7-1104").groups) == 3


def test_yaml_of_ansible_is_refused_with_what_to_do() -> None:
    with pytest.raises(WhoamiError, match="ANSIBLE_STDOUT_CALLBACK=json"):
        from_whoami("whoami_out:\n  account:\n    account_name: cosmo\n    sid: S-1-5-21-7-7-7-1104\n")
