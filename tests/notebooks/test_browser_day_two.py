"""A learner's two days, by keyboard alone: what was locked in is there when all was closed between."""

import json

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, jupyterlab, open_notebook, screenshot
from tests.support import ROOT
from tokenlab.teach import workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LESSON = "notebooks/04_access_check.ipynb"
QUESTION = "Cosmo reads the hosts file, but his program asks for ALL_ACCESS."


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course") / "my_course"
    workspace.update(ROOT, folder)
    return folder


def active(page) -> int:
    return page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCellIndex")


def source(page) -> str:
    return page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.activeCell.model.sharedModel.source"
    )


def shift_enter(page) -> None:
    """Run the active cell and wait until it has run."""
    place = active(page)
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        f"""() => {{ const book = window.jupyterapp.shell.currentWidget;
            const cell = book.content.model.cells.get({place});
            return book.content.activeCellIndex > {place} && (cell.type !== 'code' || cell.executionCount > 0)
                && book.sessionContext.session.kernel.status === 'idle'; }}""",
    )


def read_on_to_the_question(page) -> None:
    page.evaluate(
        """() => { const book = window.jupyterapp.shell.currentWidget.content;
            book.activeCellIndex = 0; book.mode = 'command'; book.activate(); }"""
    )
    while QUESTION not in source(page):
        shift_enter(page)
    shift_enter(page)


def test_a_prediction_is_made_by_keyboard_and_found_again_the_next_day(mine):
    with jupyterlab(mine) as address, chromium(height=800) as page:
        open_notebook(page, address, LESSON, run=False)
        read_on_to_the_question(page)
        asked = page.locator(".tl-predict").first
        asked.get_by_text(QUESTION).wait_for()
        assert "It is:" not in asked.inner_text()
        for key in (*["Shift+Tab"] * 3, "Space", "Tab", "Space"):  # back over Skip and Lock in to "refused"
            page.keyboard.press(key)
        asked.get_by_text("It is: refused, as you predicted.").wait_for()
        screenshot(page, "day-one")
        place = active(page)
        assert QUESTION in source(page)
        shift_enter(page)  # the cell runs again, the answer stays, and the lesson goes on
        assert active(page) == place + 1
        asked.get_by_text("It is: refused, as you predicted.").wait_for()
        shift_enter(page)
        page.keyboard.press("Control+s")
        page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    kept = json.loads((mine / "progress.json").read_text(encoding="utf-8"))
    assert [one["question"] for one in kept["predictions"].values()] == [QUESTION]

    with jupyterlab(mine) as address, chromium(height=800) as page:  # another server, kernel and browser
        open_notebook(page, address, LESSON, run=False)
        again = page.locator(".tl-predict").first
        again.get_by_text("It is: refused, as you predicted.").wait_for()
        assert "model not found" not in page.locator(".jp-Notebook").inner_text()
        screenshot(page, "day-two")
        read_on_to_the_question(page)
        page.locator(".tl-predict").first.get_by_text("It is: refused, as you predicted.").wait_for()
    assert workspace.update(ROOT, mine) == []  # nothing of this changed a cell
