"""The pages that are made from the model's tables, and the sheet to print."""

import re

import pytest

from tests.browser import chromium
from tests.support import ROOT
from tokenlab.system import LogonType, Win32Error
from tokenlab.teach import cheat_sheet
from tokenlab.teach.glossary import glossary
from tokenlab.values import PRIVILEGES
from tokenlab.values.sid_names import DOMAIN_ALIASES
from tokenlab.values.well_known import ALIASES
from tokenlab.worlds.double_hop import FIXES, WAYS
from tools.make_pages import pages


def test_the_pages_are_what_the_model_says_today():
    for path, text in pages().items():
        assert path.read_text(encoding="utf-8") == text, "run python tools/make_pages.py"


def test_the_sheet_has_every_logon_type_error_fix_and_letter_and_says_the_same_in_each_form():
    sheet = cheat_sheet()
    cells = {cell.body for table in sheet.tables for row in table.rows for cell in row.cells}
    wanted = {str(int(kind)) for kind in LogonType if kind} | {str(int(code)) for code in Win32Error}
    wanted |= {*FIXES, *WAYS, *ALIASES, *DOMAIN_ALIASES, "4624", "4688", "5145", "%%1805", "0x1f01ff"}
    wanted |= {str(one) for one in PRIVILEGES if one in ("SeDebugPrivilege", "SeImpersonatePrivilege")}
    assert wanted - {"0"} <= cells
    for form in (str(sheet), sheet.markdown(), sheet.page()):
        assert all(table.caption in form for table in sheet.tables)
        assert "<Sid" not in form and "Flag." not in form


def test_the_sheet_says_what_the_model_does():
    tables = {
        table.caption: [[cell.body for cell in row.cells] for row in table.rows]
        for table in cheat_sheet().tables
    }
    (logons,) = (rows for caption, rows in tables.items() if caption.startswith("Logon types"))
    assert [row[0] for row in logons if row[-1] == "no"] == ["3"]  # LogonUserW, dwLogonType
    (fixes,) = (rows for caption, rows in tables.items() if "fixes" in caption)
    assert {row[0]: row[2] for row in fixes}["unconstrained"] == "U"  # [MS-SFU] 1.3.3
    assert {row[0]: row[2] for row in fixes}["sensitive"] == "A"


def test_the_sheet_is_written_where_one_says(tmp_path):
    path = cheat_sheet().save(tmp_path / "sheet.html")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and "@page { size: A4" in text


@pytest.mark.browser
@pytest.mark.slow
def test_the_sheet_is_printed_on_two_pages():
    with chromium() as page:
        page.set_content(cheat_sheet().page())
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2


def test_every_error_is_said_in_plain_words():
    assert all(re.fullmatch(r"[^.]{4,80}", code.means) for code in Win32Error)


def test_the_glossary_page_has_every_term_under_its_lesson():
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for part in page.split("\n## [Lesson ")[1:]:
        named = set(re.findall(r"^\* \*\*(.+?)\*\*", part, re.MULTILINE))
        assert named == {term.name for term in glossary().values() if term.lesson == part[:2]}
