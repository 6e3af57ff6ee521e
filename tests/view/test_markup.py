"""Tags that cannot be broken into; blocks that say the same as HTML and as text."""

import re
from html import unescape

import pytest

from tests.view.pages import Page
from tokenlab.view.markup import (
    TEXT_WIDTH,
    Cell,
    Column,
    Html,
    Note,
    Table,
    TableRow,
    align,
    highlight,
    page_html,
    tag,
)
from tokenlab.view.theme import DENIED

EVIL = "<script>alert('x')</script>\"&"


def test_text_in_a_tag_is_escaped_and_html_is_not() -> None:
    assert tag("td", "a < b", class_="no") == '<td class="no">a &lt; b</td>'
    assert tag("p", tag("b", "x"), Html("<i>y</i>")) == "<p><b>x</b><i>y</i></p>"


def test_an_attribute_cannot_be_broken_out_of() -> None:
    assert tag("td", title='"><script>') == '<td title="&quot;&gt;&lt;script&gt;"></td>'


def test_an_empty_attribute_is_left_out() -> None:
    assert tag("td", class_="", title=None, tabindex=0) == '<td tabindex="0"></td>'


@pytest.mark.parametrize(
    "block",
    [
        Note(EVIL, EVIL),
        Table(
            EVIL,
            [Column(EVIL, title=EVIL, small=EVIL)],
            [TableRow([Cell(EVIL, EVIL, EVIL, EVIL, label=EVIL)])],
        ),
        Table(EVIL, [Column(EVIL)], [TableRow([Cell(EVIL, code=True)])], narrowest=100),
    ],
)
def test_no_text_becomes_a_tag(block: Note | Table) -> None:
    page = Page(page_html([block]))
    assert page.count("script") == 0
    assert EVIL in page.visible
    assert "<script>" in block.text()


def test_a_table_has_a_caption_and_headings_with_scope() -> None:
    page = Page(
        Table(
            "Rights", [Column("Right"), Column("Mask")], [TableRow([Cell("DELETE"), Cell("0x10000")])]
        ).html()
    )
    assert page.count("caption") == 1
    assert [values["scope"] for name, values in page.tags if name == "th"] == ["col", "col", "row"]


def test_a_hidden_cell_keeps_its_place_and_says_nothing() -> None:
    cell = Cell("granted", small="reason", title="why", label="yes", hidden=True)
    page = Page(cell.html())
    assert (page.visible, page.said, cell.text()) == ("", [], "")
    assert "granted" in cell.html()


def test_a_marked_cell_has_the_sign_and_the_word() -> None:
    assert highlight(DENIED).body == "✗ denied"


def test_columns_are_aligned_and_what_is_lit_has_a_sign() -> None:
    lines = align([["Right", "Mask"], ["DELETE", "0x10000"]], [False, True])
    assert lines == ["  Right   Mask", "> DELETE  0x10000"]


def test_a_cell_too_wide_for_its_column_goes_on_below() -> None:
    lines = align([["name", "word " * 60]], [False])
    assert len(lines) > 1
    assert all(len(line) <= TEXT_WIDTH for line in lines)
    assert " ".join(" ".join(lines).split()) == "name " + " ".join(["word"] * 60)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("ASTRO\\MISTAKENOT-WS-1$", ["MISTAKENOT-WS-1$"]),
        ("MISTAKENOT-DC-1", ["MISTAKENOT-DC-1"]),
        ("S-1-5-18 and S-1-1-0", ["S-1-5-18", "S-1-1-0"]),
        ("astro.example\\svc-archive", ["svc-archive"]),
        ("MISTAKENOT-WS-1\\cosmo", ["MISTAKENOT-WS-1\\<wbr>"]),
        ("a ticket-granting ticket", []),
        ("A-<B>", []),
    ],
)
def test_a_name_with_hyphens_breaks_only_at_its_backslash(text, whole):
    html = Cell(text).html()
    assert re.findall('<span class="tl-whole">(.*?)</span>', html) == whole
    assert unescape(re.sub("<[^>]*>", "", html)) == text
