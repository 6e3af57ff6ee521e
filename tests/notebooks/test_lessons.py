"""What every lesson has: a shape, small cells, outputs of one run from top to bottom."""

import json
import re

import pytest

from tests.support import ROOT

LESSONS = sorted(ROOT.glob("notebooks/*.ipynb"))
TAUGHT = [path for path in LESSONS if not path.name.startswith("00_")]
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def text(path):
    return "\n".join("".join(cell["source"]) for cell in cells(path, "markdown"))


@every_lesson
def test_every_code_cell_was_run_in_order(path):
    counts = [cell["execution_count"] for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@every_lesson
def test_cells_are_small_and_define_nothing(path):
    for cell in cells(path, "code"):
        lines = [line for line in "".join(cell["source"]).splitlines() if line.strip()]
        pasted = any('"""' in line for line in lines)
        assert len(lines) <= 6 or pasted, lines
        assert not any(line.startswith(("def ", "class ")) for line in lines)


@every_lesson
def test_no_output_is_an_error_unless_it_is_meant(path):
    for cell in cells(path, "code"):
        meant = "raises-exception" in cell["metadata"].get("tags", [])
        assert meant == any(output["output_type"] == "error" for output in cell["outputs"])


@every_lesson
def test_every_widget_and_picture_has_a_text_twin(path):
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            if output["output_type"] in ("execute_result", "display_data"):
                twin = "".join(output["data"].get("text/plain", ""))
                assert twin and "object at 0x" not in twin


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "part",
    ["**After this you can**", "*Minutes:", "## The scene", "**Law.**", "## On a real machine"]
    + ["## Three questions", "| Windows word | tokenlab name | where to see it |", "**Next:**"],
)
def test_a_lesson_has_its_parts(path, part):
    assert part in text(path)


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_a_lesson_lets_the_learner_predict_and_tells_no_outcome_before(path):
    asked = [cell for cell in cells(path, "code") if "predict(" in "".join(cell["source"])]
    assert len(asked) >= 4
    questions = []
    for cell in asked:
        assert ".compare(" not in "".join(cell["source"])
        shown = json.dumps(cell["outputs"])
        assert "It is:" not in shown and "Predict. " in shown
        questions += re.findall(r"Predict\. (.*?) \[", "".join(cell["outputs"][-1]["data"]["text/plain"]))
    assert len(questions) == len(set(questions)), "a question is remembered by its words"


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_a_lesson_sets_three_aims_and_asks_three_questions(path):
    aims = text(path).split("**After this you can**")[1].split("*Minutes:")[0]
    assert len(re.findall(r"^\d\. ", aims, re.MULTILINE)) == 3
    questions = text(path).split("## Three questions")[1].split("##")[0]
    assert len(re.findall(r"^\d\. ", questions, re.MULTILINE)) == 3


@every_lesson
def test_links_between_lessons_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text(path)):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_the_map_of_lesson_00_states_the_question_and_the_minutes_of_each_lesson(path):
    first = "".join(cells(path, "markdown")[0]["source"])
    question, minutes = re.search(r"# \d\d · (.+)", first)[1], re.search(r"\*Minutes: (\d+)", first)[1]
    (start,) = path.parent.glob("00_*.ipynb")
    (row,) = [line for line in text(start).splitlines() if f"]({path.name}) |" in line]
    assert row.endswith(f"| {question} | {minutes} minutes |")


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_a_lesson_leads_to_the_glossary_and_the_cheat_sheet(path):
    first, rest = "".join(cells(path, "markdown")[0]["source"]), text(path).split("## Words")[1]
    assert "](../docs/glossary.md)" in first and "](../docs/cheat_sheet.md)" in rest


@pytest.mark.parametrize("path", TAUGHT, ids=lambda path: path.stem)
def test_the_minutes_of_a_lesson_are_near_what_it_asks(path):
    """A hundred words a minute, a third of a minute for a cell and its output, one for a prediction."""
    words = len(re.findall(r"\w[\w'.-]*", re.sub(r"<[^>]+>|\]\([^)]*\)", "", text(path))))
    code = cells(path, "code")
    asked = sum("predict(" in "".join(cell["source"]) for cell in code)
    needed = words / 100 + len(code) / 3 + asked
    stated = int(re.search(r"\*Minutes: (\d+)", text(path))[1])
    assert 0.75 * needed <= stated <= 1.25 * needed, f"about {needed:.0f}"
