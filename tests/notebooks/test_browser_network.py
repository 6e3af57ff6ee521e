"""The double-hop bench and the network's drawings in a real browser, by mouse and keyboard."""

import json

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, jupyterlab, open_notebook, screenshot
from tests.notebooks.test_browser_thread_stage import notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CELLS = [
    "from tokenlab.view.widgets import DoubleHopBench\nDoubleHopBench()",
    "from tokenlab.view import show\nfrom tokenlab.worlds.double_hop import double_hop\n"
    "tried = double_hop('web, Kerberos', 'unconstrained')\nshow([tried.first, tried.second])",
    "show(tried.world.network)",
    "from tokenlab.view.hop_matrix import hop_matrix\nhop_matrix()",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    (folder / "network.ipynb").write_text(json.dumps(notebook(CELLS)), encoding="utf-8")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module", params=["light", "dark"])
def page(request, lab):
    with chromium(dark=request.param == "dark", height=1700) as page:
        open_notebook(page, lab, "network.ipynb", request.param == "dark")
        page.locator(".tl-explorer svg").first.wait_for()
        page.theme = request.param
        yield page


def bench(page):
    return page.locator(".tl-explorer").first


def says(page, words):
    bench(page).get_by_role("status").filter(has_text=words).wait_for()


def passed(page, count):
    """So many messages have passed, as a screen reader hears it."""
    log = bench(page).get_by_role("log")
    log.and_(page.locator(f'[aria-label*="{count}. "]')).wait_for()


def test_a_fix_is_chosen_and_the_answer_changes(page):
    says(page, "anonymous")
    screenshot(bench(page), f"bench-first-{page.theme}")
    bench(page).get_by_role("button", name="resource-based").click()
    says(page, "user")
    bench(page).get_by_role("button", name="SQL Server").click()
    says(page, "user")
    screenshot(bench(page), f"bench-fixed-{page.theme}")


def test_the_messages_are_stepped_from_the_keyboard(page):
    bench(page).get_by_role("button", name="From the start").click()
    forth = bench(page).get_by_role("button", name="Next", exact=True)
    forth.focus()
    for _ in range(3):
        page.keyboard.press("Space")
    passed(page, 3)
    screenshot(bench(page), f"bench-stepped-{page.theme}")


def test_the_messages_play(page):
    bench(page).get_by_role("button", name="Play").click()
    passed(page, 2)
    bench(page).get_by_role("button", name="To the end").click()
    passed(page, 5)


def test_the_drawings_are_there(page):
    for number, part in enumerate(("svg", "table", "table"), 1):
        output = page.locator(".jp-Cell").nth(number).locator(".jp-OutputArea-output").first
        output.locator(part).first.wait_for()
        screenshot(output, f"network-{number}-{page.theme}")
