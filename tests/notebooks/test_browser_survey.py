"""The heat map of a survey of a thousand objects in a real browser, by mouse and keyboard."""

import json

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, jupyterlab, open_notebook, screenshot
from tests.notebooks.test_browser_thread_stage import notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CELLS = [
    "from tests.view.test_survey_map import estate, tangle\nfrom tokenlab.view import show\n"
    "from tokenlab.view.widgets import survey_explorer\nsurvey_explorer(estate())",
    "show(tangle())",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey")
    (folder / "survey.ipynb").write_text(json.dumps(notebook(CELLS)), encoding="utf-8")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, lab):
    with chromium(dark=request.param == "dark", height=1700) as page:
        open_notebook(page, lab, "survey.ipynb", request.param == "dark")
        page.locator(".tl-explorer .tl-cells").first.wait_for()
        page.theme = request.param
        yield page


def says(page, words):
    page.locator(".tl-explorer").get_by_role("status").filter(has_text=words).wait_for()


def press(page, name, exact=False):
    page.locator(".tl-explorer").get_by_role("button", name=name, exact=exact).first.click()


def test_a_folder_and_a_kind_of_people_open_down_to_one_decision(page):
    says(page, "1,001 objects in D:\\, 200 people: 20,200 of 200,200 pairs are granted.")
    screenshot(page.locator(".tl-explorer"), f"survey-first-{page.theme}")
    press(page, "dept3")
    says(page, "101 objects")
    screenshot(page.locator(".tl-explorer"), f"survey-folder-{page.theme}")
    press(page, "menu.txt")
    says(page, "1 object ")
    press(page, "A", exact=True)
    press(page, "A", exact=True)
    press(page, "A", exact=True)
    says(page, "2 people")
    page.locator(".tl-explorer").get_by_text("menu.txt:").wait_for()
    screenshot(page.locator(".tl-explorer"), f"survey-decision-{page.theme}")


def test_the_way_back_works_from_the_keyboard(page):
    out = page.locator(".tl-explorer").get_by_role("button", name="All objects")
    out.focus()
    page.keyboard.press("Space")
    says(page, "1,001 objects")
    press(page, "All people")
    says(page, "200 people")


def test_a_search_finds_a_path(page):
    box = page.locator(".tl-explorer").get_by_label("Objects with")
    box.fill("menu")
    box.press("Tab")
    says(page, "200 of 200 pairs are granted.")
    box.fill("")
    box.press("Tab")
    says(page, "1,001 objects")


def test_no_cell_is_cut_off(page):
    wide = "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).map(c => c.textContent)"
    assert page.locator(".tl-cells span").evaluate_all(wide) == []
    table = page.locator(".jp-Cell").nth(1).locator("table").first
    table.wait_for()
    screenshot(table, f"survey-table-{page.theme}")
