"""The thread stage in a real browser, by mouse and by keyboard. Leaves screenshots to look at."""

import json

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, jupyterlab, open_notebook, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STAGE = ".tl-explorer"
CELLS = [
    "from tokenlab.view.widgets import ThreadStage\nThreadStage()",
    "from tests.system.scene import COSMO, DIARY, NOVA, desk, shell\n"
    "from tokenlab import FileRights\nfrom tokenlab.view import show\n"
    "machine = desk()\ncosmo, nova = shell(machine, COSMO), shell(machine, NOVA)\n"
    "cosmo.start('notepad.exe')\nnova.elevate('cmd.exe')\n"
    "machine.processes[44].impersonate(cosmo.token)\n"
    "cosmo.create(DIARY, FileRights.ALL_ACCESS).set_dacl('O:SYG:SYD:P(A;;FA;;;SY)')\n"
    "show(machine.processes, highlight=cosmo.token.authentication_id)",
    "show(cosmo.handles)",
    "show(machine.log)",
    "from tests.view.test_two_passes import decision\nshow(decision())",
    "from tokenlab.view.widgets import TwoThreads\nTwoThreads()",
]


def notebook(cells):
    code = [
        {"cell_type": "code", "id": f"cell{n}", "metadata": {}, "outputs": [], "execution_count": None}
        | {"source": source}
        for n, source in enumerate(cells)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stage")
    (folder / "stage.ipynb").write_text(json.dumps(notebook(CELLS)), encoding="utf-8")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, lab):
    with chromium(dark=request.param == "dark", height=1400) as page:
        open_notebook(page, lab, "stage.ipynb", request.param == "dark")
        page.locator(f"{STAGE} svg").first.wait_for()
        page.theme = request.param
        yield page


def stage(page):
    return page.locator(STAGE).first


def press(page, name):
    stage(page).get_by_role("button", name=name).first.click()  # an icon is part of the name


def told(page, words):
    stage(page).get_by_role("log").filter(has_text=words).wait_for()


def test_by_mouse_a_thread_is_someone_else_and_an_open_answers_to_that(page):
    screenshot(stage(page), f"stage-first-{page.theme}")
    press(page, "laika")
    press(page, "Impersonate")
    told(page, "Impersonate laika at IMPERSONATION: ✓")
    press(page, "Open to read")
    told(page, "ERROR_ACCESS_DENIED (5)")
    press(page, "Start a child")
    told(page, "it runs as NT AUTHORITY\\SYSTEM")
    screenshot(stage(page), f"stage-laika-{page.theme}")


def test_nothing_moves_when_a_token_comes_or_goes(page):
    height = stage(page).bounding_box()["height"]
    press(page, "Revert")
    told(page, "Revert: ✓")
    assert stage(page).bounding_box()["height"] == height


def test_the_keyboard_is_enough(page):
    press(page, "From the start")
    told(page, "Nothing yet.")
    stage(page).get_by_role("button", name="Next step").focus()
    page.keyboard.press("Enter")
    told(page, "1. Open cosmo's diary to read: ✓")
    page.keyboard.press("Space")
    told(page, "2. Impersonate laika")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.innerText").strip() == "Play"


def test_the_script_plays_to_its_end(page):
    press(page, "Play")
    told(page, "9. Revert")
    screenshot(stage(page), f"stage-over-{page.theme}")


def test_an_event_unfolds_by_keyboard(page):
    summary = page.locator("details summary").first
    summary.scroll_into_view_if_needed()
    summary.focus()
    page.keyboard.press("Space")
    page.locator("details[open] pre").first.wait_for()


def test_two_threads_are_pressed_in_any_order(page):
    race = page.locator(STAGE).last
    race.scroll_into_view_if_needed()
    height = race.bounding_box()["height"]
    for order in ("A", "AB", "ABA", "ABAA"):
        race.get_by_role("button", name=f"Thread {order[-1]}").click()
        race.get_by_text(f"In this order: {order}", exact=True).wait_for()
    assert race.bounding_box()["height"] == height
    screenshot(race, f"stage-race-{page.theme}")


def test_the_still_pictures_can_be_looked_at(page):
    for number, name in enumerate(("tree", "handles", "events", "passes"), 1):
        output = page.locator(".jp-Cell").nth(number).locator(".jp-OutputArea")
        output.scroll_into_view_if_needed()
        page.wait_for_timeout(400)
        screenshot(output, f"stage-{name}-{page.theme}")
