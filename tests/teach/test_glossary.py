"""A term is a sentence, and stands where a lesson explains it."""

import json
import re

import pytest

from tests.support import ROOT
from tokenlab.teach import explain
from tokenlab.teach.glossary import glossary

TERMS = list(glossary().values())


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_a_sentence_with_its_lesson(term):
    assert term.means[0].isupper() and term.means.endswith(".") and len(term.means) < 200
    assert list((ROOT / "notebooks").glob(f"{term.lesson}_*.ipynb"))
    assert not term.see.endswith(".") and term.name in str(term)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_the_lesson_that_explains_a_term_uses_it(term):
    (lesson,) = (ROOT / "notebooks").glob(f"{term.lesson}_*.ipynb")
    text = lesson.read_text(encoding="utf-8").casefold()
    words = [term.name, term.long] if term.long else [term.name]
    assert any(re.search(rf"\b{re.escape(word.casefold())}", text) for word in words), term.name


def test_a_term_is_found_by_either_name_whatever_the_case():
    assert explain("sid") is explain("Security Identifier") is explain("SID")
    assert "S-1-" in str(explain("SID")) and "**SID**" in explain("SID")._repr_markdown_()


def test_a_word_that_is_none_is_told_the_nearest():
    with pytest.raises(KeyError, match="DACL"):
        explain("dacls")
    with pytest.raises(KeyError, match="for example SID"):
        explain("zzzzzz")


def test_terms_come_in_the_order_of_the_lessons():
    assert [term.lesson for term in TERMS] == sorted(term.lesson for term in TERMS)
    assert len(TERMS) >= 50 and len({term.name for term in TERMS}) == len(TERMS)


TAUGHT = [path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if path.name >= "01"]


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_a_term_that_comes_before_its_lesson_is_led_to_it(path):
    """The first text that uses it names the lesson that explains it."""
    told = [
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    for term in TERMS:
        if term.lesson <= path.name[:2]:
            continue
        for word in filter(None, (term.name, term.long)):
            case = 0 if word.isupper() else re.IGNORECASE
            used = re.compile(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", case)
            first = next(filter(used.search, told), f"lesson {term.lesson}")
            assert re.search(rf"[Ll]essons? (\d\d and )?{term.lesson}", first), (term.name, first)
