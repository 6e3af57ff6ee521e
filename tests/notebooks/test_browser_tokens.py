"""The live token card and the token builder in a real browser, by mouse and keyboard."""

import json

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, jupyterlab, open_notebook, screenshot
from tests.notebooks.test_browser_thread_stage import notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CELLS = [
    "from tests.system.scene import COSMO, desk, shell\nfrom tokenlab.view.widgets import TokenCard\n"
    "cosmo = shell(desk(), COSMO)\n"
    "TokenCard(cosmo.token, {'explorer.exe': cosmo, 'a child': cosmo.start('notepad.exe')})",
    "from tokenlab.view.widgets import token_builder\ntoken_builder()",
    "from tests.system.scene import NOVA\nfrom tokenlab.view import show\nmachine = desk()\n"
    "nova = machine.log_on(*NOVA)\nmachine.start('explorer.exe', nova)\nshow(machine, logon=nova)",
    "show(machine)",
    "show(nova)",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "tokens.ipynb").write_text(json.dumps(notebook(CELLS)), encoding="utf-8")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, lab):
    with chromium(dark=request.param == "dark", height=1500) as page:
        open_notebook(page, lab, "tokens.ipynb", request.param == "dark")
        page.locator(".tl-explorer").nth(1).wait_for()
        page.theme = request.param
        yield page


def card(page):
    return page.locator(".tl-explorer").nth(0)


def builder(page):
    return page.locator(".tl-explorer").nth(1)


def holders_at(page):
    """Where the list of holders begins; it may be drawn anew at the moment."""
    return card(page).get_by_text("Who holds it").evaluate("one => one.getBoundingClientRect().y")


def test_a_press_adjusts_the_token_and_tells_who_sees_it(page):
    screenshot(card(page), f"token-card-first-{page.theme}")
    top = holders_at(page)
    card(page).get_by_role("button", name="SeTimeZonePrivilege").click()
    card(page).get_by_text("SeTimeZonePrivilege is enabled").wait_for()
    assert holders_at(page) == top, "nothing moves"
    card(page).get_by_text("2 privileges").first.wait_for()
    screenshot(card(page), f"token-card-{page.theme}")
    card(page).get_by_role("button", name="SeTimeZonePrivilege").focus()
    page.keyboard.press("Space")
    card(page).get_by_text("SeTimeZonePrivilege is disabled").wait_for()


def test_the_builder_builds(page):
    row = builder(page).locator(".widget-toggle-buttons", has_text="SeDebugPrivilege")
    row.get_by_role("button", name="present").click()
    builder(page).get_by_text("('SeDebugPrivilege', 0)").wait_for()
    row.get_by_role("button", name="enabled").focus()
    page.keyboard.press("Space")
    builder(page).get_by_text("('SeDebugPrivilege', 3)").wait_for()
    screenshot(builder(page), f"token-builder-{page.theme}")


def test_the_drawings_are_there(page):
    for number, part in enumerate(("svg", "svg", "table")):
        output = page.locator(".jp-Cell").nth(2 + number).locator(".jp-OutputArea-output").first
        output.locator(part).first.wait_for()
        screenshot(output, f"token-drawing-{number}-{page.theme}")
