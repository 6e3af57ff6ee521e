"""Plain English in the field's words, wherever a person reads: no word of this list stands there."""

import json
import re

import pytest

from tests.support import ROOT

SOURCES = [
    *sorted(ROOT.glob("notebooks/*.ipynb")),
    *sorted(ROOT.glob("exercises/*/*.ipynb")),
    *sorted(ROOT.glob("teaching/*.ipynb")),
    *sorted(path for kind in ("py", "toml") for path in (ROOT / "tokenlab").rglob(f"*.{kind}")),
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("tools/*.py")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "lab.py")),
]
OUTPUTS = [path for path in SOURCES if path.parent.name == "notebooks"]

# A word, how it is found, and what to write instead.
UNWANTED = {
    "mend": (r"\bmend(?:s|ed|ing)?\b", "fix, mitigation"),
    "rings": (r"\b(?:rings|rang|ringing)\b|\ban? alarm\b|\bfalse alarms?\b", "alert, false positive"),
    "trick": (r"\btricks?\b", "technique"),
    "whoever": (r"\bwh(?:o|om|at|ich)soever\b|\bwho(?:m)?ever\b", "who, anybody who"),
    "has not": (r"\b(?:has|have|had) (?:it|them|one|none of it) not\b", "does not have"),
    "for, as because": (
        r"[,;:] for (?:there|it|he|she|they|nobody|everybody|nobody's|only) "
        r"(?:is|are|was|were|has|have|had|can|may|do|does|did|must|will|then)\b",
        "because",
    ),
    "a before a vowel": (
        r"\ba (?:event|access|account|ACE|administrator|alert|entry|error|object|owner)\b",
        "an",
    ),
    "one of many": (
        r"(?<![\d.,/:-])\b1 (?:events|records|rows|entries|alerts|groups|privileges|sessions|machines"
        r"|people|rules|points|minutes|tokens|handles|rights)\b",
        "1 event",
    ),
    "line, for an entry": (
        r"\b(?:deny|allow|audit|inherited|label|ACE|SACL|DACL) lines?\b|\blines? of (?:a|the|its) [DS]?ACL\b",
        "entry, ACE",
    ),
    "riddle": (r"\briddles?\b", "case, question"),
    "believes": (r"\bWho [^.?!\n]{2,60} believes that\b", "If you ..., you believe that"),
}


def words_of(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


@pytest.fixture(scope="module")
def texts():
    return {path: words_of(path) for path in SOURCES}


@pytest.mark.parametrize("word", list(UNWANTED))
def test_a_word_that_is_not_wanted_stands_nowhere(texts, word):
    pattern, instead = UNWANTED[word]
    found = [
        f"{path.relative_to(ROOT)}: {text[max(0, match.start() - 30) : match.end() + 20]!r}"
        for path, text in texts.items()
        for match in re.finditer(pattern, text)
    ]
    assert not found, f"write {instead}: {found[:5]}"


def test_the_list_finds_what_it_is_for():
    bad = {
        "mend": "choose the mend with the least exposure",
        "rings": "the rule rings all day",
        "trick": "the oldest trick",
        "whoever": "a key for whoever holds it",
        "has not": "the model has it not",
        "for, as because": "everyone may, for there is no DACL",
        "a before a vowel": "each row is a event log",
        "one of many": "of WS-1 (1 events)",
        "line, for an entry": "the deny line comes first",
        "riddle": "explain three riddles",
        "believes": "Who says yes believes that **it is so**",
    }
    assert bad.keys() == UNWANTED.keys()
    for word, text in bad.items():
        assert re.search(UNWANTED[word][0], text), word


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.stem)
def test_no_output_counts_one_of_many(path):
    pattern = re.compile(UNWANTED["one of many"][0])
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            told = "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
            assert not pattern.search(told), pattern.search(told)
