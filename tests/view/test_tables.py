"""The tables of a token and of a descriptor."""

import pytest

from tests.support import load_json
from tests.view.pages import DESCRIPTORS, HOSTS, USER, Page, descriptor
from tokenlab import Ace, Acl, IntegrityLevel, SecurityContext, SecurityDescriptor
from tokenlab.security import AceType
from tokenlab.security.descriptor.sddl import SddlError
from tokenlab.values import FILE, OBJECT_TYPES
from tokenlab.view import markup, tables
from tokenlab.view.tables import (
    context_html,
    context_text,
    describe_inheritance,
    descriptor_html,
    descriptor_text,
)


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_a_descriptor_is_well_formed_html(name: str) -> None:
    sddl, object_type = DESCRIPTORS[name]
    value = SecurityDescriptor.from_sddl(sddl)
    page = Page(descriptor_html(value, object_type))
    assert page.count("caption") == page.count("table") >= 1
    lines = len(value.dacl or ()) + len(value.sacl or ())
    assert page.count("tr") == 1 + 4 + lines + bool(value.dacl) + bool(value.sacl)


def facts(value: SecurityDescriptor) -> list[str]:
    sids = [sid for sid in (value.owner, value.group) if sid] + [ace.sid for ace in value.dacl or ()]
    lines = [*(value.dacl or ()), *(value.sacl or ())]
    return [str(sid) for sid in sids] + [sid.label for sid in sids] + [str(ace) for ace in lines]


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_the_text_of_a_descriptor_has_the_same_facts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sddl, object_type = DESCRIPTORS[name]
    value = SecurityDescriptor.from_sddl(sddl)
    seen = Page(descriptor_html(value, object_type)).visible
    monkeypatch.setattr(markup, "TEXT_WIDTH", 1000)  # no line is broken
    text = descriptor_text(value, object_type)
    for fact in facts(value):
        assert fact in seen
        assert fact in text


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_text_fits_a_terminal(name: str) -> None:
    sddl, object_type = DESCRIPTORS[name]
    lines = descriptor_text(SecurityDescriptor.from_sddl(sddl), object_type).splitlines()
    assert max(map(len, lines)) <= 112


def test_the_lines_of_a_dacl_say_place_kind_who_rights_and_sddl() -> None:
    text = descriptor_text(HOSTS)
    assert "3  ✓ allow  BUILTIN\\Users (S-1-5-32-545)" in text
    assert "READ | EXECUTE (0x1200a9)" in text
    assert "(A;;0x1200a9;;;BU)" in text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NULL DACL", "The DACL is NULL (NO_ACCESS_CONTROL): everybody gets everything."),
        ("no DACL", "There is no DACL at all: everybody gets everything."),
        ("empty DACL", "The DACL is empty: nobody gets in."),
        ("nothing", "none: a check of this descriptor fails"),
        ("hosts file", "no label is written here, so Windows takes this one"),
        ("label, condition, inheritance", "High Mandatory Level"),
    ],
)
def test_what_is_not_there_is_said_in_words(name: str, sentence: str) -> None:
    value = descriptor(name)
    assert sentence in Page(descriptor_html(value)).visible
    assert sentence in " ".join(descriptor_text(value).split()) or sentence.split()[0] in descriptor_text(
        value
    )


def test_one_line_can_be_highlighted_and_nothing_else_changes() -> None:
    plain, lit = descriptor_html(HOSTS), descriptor_html(HOSTS, highlight=2)
    assert lit.replace(' class="lit" aria-current="true"', "") == plain
    assert [line[:5] for line in descriptor_text(HOSTS, highlight=2).splitlines() if line[:1] == ">"] == [
        "> 3  "
    ]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("", "this object"),
        ("OICI", "this object, folders below, files below"),
        ("CI", "this object and folders below"),
        ("OICIIO", "folders below and files below only"),
        ("OINP", "this object and files below, one level deep"),
        ("ID", "this object; inherited"),
        ("IO", "nowhere only"),
    ],
)
def test_where_a_line_holds_is_said_in_words(flags: str, words: str) -> None:
    dacl = SecurityDescriptor.from_sddl(f"D:(A;{flags};FA;;;WD)").dacl
    assert dacl is not None
    assert describe_inheritance(dacl[0]) == words


@pytest.mark.parametrize("kind", AceType)
def test_every_type_of_ace_can_be_shown(kind: AceType) -> None:
    sid = IntegrityLevel.HIGH if kind is AceType.SYSTEM_MANDATORY_LABEL else "S-1-1-0"
    acl = Acl([Ace(kind, 0, 1, sid)])
    Page(descriptor_html(SecurityDescriptor("S-1-5-18", "S-1-5-18", acl, acl)))


def test_a_condition_with_a_script_stays_text() -> None:
    sddl = 'O:SYG:SYD:(XA;;FX;;;WD;(@User.Title == "<script>alert(1)</script>"))'
    sddl += 'S:(RA;;;;;WD;("<img>",TS,0,"<b>"))'
    page = Page(descriptor_html(SecurityDescriptor.from_sddl(sddl)))
    assert {name for name, _ in page.tags}.isdisjoint({"script", "img", "b"})
    assert "<script>alert(1)</script>" in page.visible


def test_a_context_shows_every_group_and_privilege_with_its_state() -> None:
    page, text = Page(context_html(USER)), context_text(USER)
    assert page.count("caption") == page.count("table") == 3
    for group in USER.groups:
        assert str(group.sid) in page.visible
        assert str(group.sid) in text
    for state in USER.privileges:
        assert state.privilege in page.visible
        assert state.privilege in text
    for words in (
        "✗ deny only",
        "∅ disabled",
        "✓ enabled",
        "logon id",
        "Medium Mandatory Level",
        "were cut off",
    ):
        assert words in page.visible
        assert words in text


def test_a_user_for_deny_only_and_empty_lists_are_said() -> None:
    text = context_text(SecurityContext("S-1-5-18", user_deny_only=True))
    assert "counts for deny entries only" in text
    assert "No groups." in text
    assert "No privileges." in text


def test_a_note_with_a_script_stays_text() -> None:
    context = SecurityContext("S-1-5-18", notes=["<script>"])
    assert Page(context_html(context)).count("script") == 0


def test_the_same_value_always_looks_the_same() -> None:
    assert descriptor_html(HOSTS) == descriptor_html(SecurityDescriptor.from_bytes(HOSTS.to_bytes()))
    assert context_html(USER) == context_html(USER)


@pytest.mark.parametrize("name", OBJECT_TYPES)
def test_a_type_of_object_shows_its_rights_and_its_generic_mapping(name: str) -> None:
    kind = OBJECT_TYPES[name]
    table, note = tables.object_type_blocks(kind)
    page = Page(table.html())
    assert page.count("tr") == 1 + len(kind.describe(kind.mapping.all))
    assert f"GENERIC_READ {kind.mapping.read:#x}" in note.text()
    marks = sum(mask.bit_count() for mask in (kind.mapping.all & generic for generic in kind.mapping))
    assert page.visible.count("✓") == marks


def test_real_descriptors_from_event_logs_can_be_shown() -> None:
    shown = 0
    for record in load_json("real/sddl_from_events.json"):
        try:
            value = SecurityDescriptor.from_sddl(record["sddl"], domain="S-1-5-21-1-2-3")
        except SddlError:
            continue
        Page(descriptor_html(value, FILE) + tables.matrix_html(value, FILE))
        shown += 1
    assert shown > 10
