"""What is said with the outcome of a prediction: every question of these lessons has it, and no other."""

import json
import re

import pytest

from tests.support import ROOT
from tokenlab.teach import predict
from tokenlab.teach.reasons import reasons

ASKED = re.compile(r"Predict\. (.*?) \[")


def asked(lesson: str) -> dict[str, str]:
    """Each question of a lesson, and the source of the cell that asks it."""
    (path,) = ROOT.glob(f"notebooks/{lesson}_*.ipynb")
    found = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            text = "".join(output.get("data", {}).get("text/plain", ""))
            for question in ASKED.findall(text):
                found[question] = "".join(cell["source"])
    return found


@pytest.mark.parametrize("lesson", list(reasons()))
def test_a_reason_belongs_to_a_question_of_its_lesson(lesson):
    assert reasons()[lesson].keys() <= asked(lesson).keys()


@pytest.mark.parametrize(
    "lesson", ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15"]
)
def test_every_question_is_told_its_reason(lesson):
    for question, source in asked(lesson).items():
        assert question in reasons()[lesson] or "because=" in source, question


@pytest.mark.parametrize(
    ("question", "said"), [pair for lesson in reasons().values() for pair in lesson.items()]
)
def test_a_reason_is_a_short_sentence_that_is_shown_with_the_outcome(question, said):
    assert said[0].isalnum() and said.endswith(".") and len(said) < 280
    guess = predict(question, True, ("yes", "no"))
    guess.skip()
    assert said in guess._because
