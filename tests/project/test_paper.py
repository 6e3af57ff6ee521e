"""The paper claims what the repository measures, and nothing else."""

import re

import pytest

from tests.support import ROOT

PAPER = (ROOT / "paper/paper.md").read_text(encoding="utf-8")
TEXT = " ".join(PAPER.split())


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_its_figures_are_the_readmes() -> None:
    rows = [line for line in PAPER.splitlines() if line.startswith("| ")]
    assert len(rows) > 5 and set(rows) <= set(read("README.md").splitlines())


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        (
            r"(\d+) (?:Jupyter notebooks|lessons) .*?more than (\d+) predictions,? and more than (\d+) ex",
            "README.md",
        ),
        (
            r"right answers earn(?:ed)? (\d+) %.*? at most (\d+) %.*?right answers (?:earned )?(\d+) %",
            "docs/instructor_guide.md",
        ),
        (r"compares ([\d,]+) (?:random )?checks with Samba", "CONTRIBUTING.md"),
        (r"xercise is solved .*?in (\d+) learners' worlds", "CONTRIBUTING.md"),
    ],
)
def test_a_number_is_the_one_where_it_was_measured(claim: str, source: str) -> None:
    said, measured = re.search(claim, TEXT), re.search(claim, " ".join(read(source).split()))
    assert said and measured and said.groups() == measured.groups()


def test_what_is_cited_is_in_the_references_and_all_of_them_are_cited() -> None:
    references = re.findall(r"^@\w+\{(\w+),", read("paper/paper.bib"), re.MULTILINE)
    assert sorted(references) == sorted(set(re.findall(r"\[@(\w+)\]", PAPER)))


def test_each_file_and_folder_that_it_names_is_there() -> None:
    for path in re.findall(r"`([\w/]+(?:\.\w+|/))`", PAPER):
        assert (ROOT / path).exists(), path


def test_it_says_that_no_study_with_learners_was_made() -> None:
    """As long as there is none."""
    assert "No study with learners has been made" in TEXT
