"""The site as readers get it: whole, from one place, usable on a phone, and the course runs in it."""

import json
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.browser import PATIENCE, chromium
from tests.site.visit import committed, open_in_lab, run_all, served
from tests.support import ROOT, require
from tokenlab.detect.sigma_rule import EXAMPLE
from tokenlab.teach import progress, progress_file, unpack, workspace
from tokenlab.teach.progress_file import recall
from tools.site.__main__ import make

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# All of them by TOKENLAB_SITE=all; what they show in the lab is compared with what is committed.
LESSONS: tuple[str, ...] = (
    "notebooks/00_start_here.ipynb",
    "notebooks/04_access_check.ipynb",
    "notebooks/12_double_hop.ipynb",
)
if os.environ.get("TOKENLAB_SITE") == "all":
    LESSONS = tuple(
        path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    )
# A cell that says how far one is says something else where there is a workspace.
DIFFERS = {"notebooks/00_start_here.ipynb": ("progress(",)}
PAGES = ("index.html", "notebooks/04_access_check.html", "exercises/04_access_check/04_access_check.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, made as ``python lab.py site`` makes it."""
    require(shutil.which("npm"), "no npm: it fetches Python for the browser")
    folder = tmp_path_factory.mktemp("made") / "site"
    kept = os.environ.get("TOKENLAB_SITE_MADE")  # while one works on these tests
    if kept:
        return Path(kept)
    make(folder, ROOT / ".site-build")
    return folder


@pytest.fixture(scope="module")
def address(site):
    with served(site) as address:
        yield address


@pytest.fixture(scope="module")
def page(address):
    """A page of a browser; what it asks of other hosts is kept in ``page.elsewhere``."""
    with chromium() as page:
        yield listening(page, address)


@pytest.fixture
def newcomer(page, address):
    """The same browser for somebody who was never there: what others had open in the lab stays theirs."""
    context = page.context.browser.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(1000 * PATIENCE)
    yield listening(context.new_page(), address)
    context.close()


def listening(page, address):
    """The page, with a list of what it asks of other hosts."""
    page.elsewhere = []

    def listen(request):
        if not request.url.startswith((address, "data:", "blob:", "about:")):
            page.elsewhere.append(request.url)

    page.on("request", listen)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


class Links(HTMLParser):
    """Where a page leads, what it loads, and the places in it that can be led to."""

    def __init__(self, page):
        super().__init__()
        self.leads, self.places = [], set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}
        if found.get("href" if tag in ("a", "link") else "src"):
            self.leads.append((tag, found["href" if tag in ("a", "link") else "src"]))


def book(site):
    return [path for path in sorted(site.rglob("*.html")) if "lab" not in path.relative_to(site).parts[:1]]


def test_every_lesson_and_exercise_is_in_the_book_and_can_be_opened_in_the_lab(site):
    for notebook in [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]:
        name = notebook.relative_to(ROOT)
        assert (site / "lab" / "files" / name).is_file()
        text = (site / name.with_suffix(".html")).read_text(encoding="utf-8")
        assert f"lab/lab/index.html?path={name.as_posix()}" in text


def test_no_link_of_the_book_is_dead(site):
    pages = {path: Links(path) for path in book(site)}
    dead = []
    for path, links in pages.items():
        for tag, target in links.leads:
            parts = urlsplit(target)
            if parts.scheme or target.startswith(("//", "mailto:")):
                continue
            there = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            place = unquote(parts.fragment)
            if not there.exists() or (place and there in pages and place not in pages[there].places):
                dead.append(f"{path.relative_to(site)}: <{tag}> {target}")
    assert dead == []


def test_no_page_of_the_book_loads_anything_from_elsewhere(site):
    found = []
    for path in book(site):
        loads = [target for tag, target in Links(path).leads if tag in ("link", "script", "img", "iframe")]
        text = path.read_text(encoding="utf-8")
        loads += re.findall(r"url\(\s*['\"]?((?:https?:)?//[^)]+)\)", text)
        found += [
            f"{path.relative_to(site)}: {target}" for target in loads if re.match(r"(https?:)?//", target)
        ]
    assert found == []


def test_the_site_is_small_enough_for_a_slow_line(site):
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 50_000_000


def test_the_lab_has_nothing_for_teachers(site):
    assert not [path for path in (site / "lab" / "extensions").rglob("*") if "nbgrader" in path.name]
    assert not (site / "lab" / "files" / "solutions").exists()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_fits_its_window(page, address, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.elsewhere == []


def test_a_prediction_hides_its_outcome_until_one_has_chosen(page, address):
    page.goto(f"{address}/notebooks/04_access_check.html")
    question = page.locator(".tl-guess").first
    outcome = question.locator(".outcome")
    assert not outcome.is_visible()
    question.locator("input.right").check()
    assert outcome.is_visible() and "As you predicted." in outcome.inner_text()
    question.locator("input:not(.right)").first.check()
    assert "Not what you predicted" in outcome.inner_text() and "As you" not in outcome.inner_text()


def test_no_page_of_the_book_names_an_outcome_outside_its_prediction(site):
    """What is not chosen is hidden by the style; without it the page would give everything away."""
    css = (site / "_static" / "book.css").read_text(encoding="utf-8")
    assert ".tl-guess .outcome { display: none" in css


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_book(page, address, dark):
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="dark" if dark else "light")
    found = []
    for name in (*PAGES, "docs/glossary.html", "docs/cheat_sheet.html"):
        page.goto(f"{address}/{name}")
        for violation in Axe().run(page).response["violations"]:
            places = [node["html"][:100] for node in violation["nodes"][:3]]
            found.append(f"{name}: {violation['id']} ({len(violation['nodes'])}): {places}")
    page.emulate_media(color_scheme="light")
    assert found == []


@pytest.mark.parametrize("notebook", LESSONS)
def test_a_lesson_in_the_lab_shows_what_is_committed(newcomer, address, notebook):
    open_in_lab(newcomer, address, notebook)
    cells = newcomer.evaluate(
        "() => [...window.jupyterapp.shell.currentWidget.content.model.cells].map(c => c.sharedModel.source)"
    )
    differs = DIFFERS.get(notebook, ())
    there, here = run_all(newcomer), committed(notebook)
    assert len(there) == len(here) == len(cells)
    for source, got, wanted in zip(cells, there, here, strict=True):
        if not any(part in source for part in differs):
            assert got == wanted, source
    assert newcomer.elsewhere == []


@pytest.mark.parametrize("width", [390, 1280])
def test_from_the_book_to_the_lab_to_a_solved_exercise_that_is_remembered(
    newcomer, address, width, tmp_path, monkeypatch
):
    newcomer.set_viewport_size({"width": width, "height": 800})
    newcomer.goto(f"{address}/exercises/04_access_check/04_access_check.html")
    link = newcomer.locator("a.tl-open")
    assert link.is_visible()
    notebook = "exercises/04_access_check/04_access_check.ipynb"
    assert f"path={notebook}" in link.get_attribute("href")
    open_in_lab(newcomer, address, notebook)
    newcomer.evaluate(WRITE, ["answer_04_1", solution("04_access_check", "answer_04_1")])
    newcomer.evaluate(ADD, OTHERS)
    *outputs, last = run_all(newcomer)
    assert any("04.1" in text and "right" in text for texts in outputs for text in texts)
    assert last[0].startswith("Every logon of type 9"), last
    newcomer.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    with newcomer.expect_download() as download:
        newcomer.get_by_role("link", name="Download my_course.zip").click()
    newcomer.reload()  # another page, another kernel
    open_in_lab(newcomer, address, notebook)
    sources, kept = newcomer.evaluate(KEPT)
    assert solution("04_access_check", "answer_04_1") in sources
    assert any("04.1" in key for key in kept["exercises"]), kept
    assert newcomer.elsewhere == []
    workspace.update(ROOT, tmp_path)  # a copy on a computer takes it in
    download.value.save_as(tmp_path / "my_course.zip")
    monkeypatch.chdir(tmp_path / "notebooks")
    progress_file.forget()
    unpack()
    assert recall("exercises") == kept["exercises"]
    assert progress().lessons[4].solved == 1


OTHERS = f"""from tokenlab.detect import sigma
from tokenlab.teach import pack
print(sigma({EXAMPLE!r}).title)
pack()"""
ADD = """source => window.jupyterapp.shell.currentWidget.content.model.sharedModel.addCell(
    {cell_type: 'code', source, metadata: {trusted: true}})"""
WRITE = """([start, source]) => {
    for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells)
        if (cell.sharedModel.source.startsWith(start)) cell.sharedModel.setSource(source);
}"""
KEPT = """async () => {
    const cells = [...window.jupyterapp.shell.currentWidget.content.model.cells];
    const sources = cells.map(c => c.sharedModel.source);
    const file = await window.jupyterapp.serviceManager.contents.get('progress.json', {content: true});
    const text = file.format === 'base64' ? atob(file.content) : file.content;
    return [sources, typeof text === 'string' ? JSON.parse(text) : text];
}"""


def solution(lesson, start):
    """The cell of the solution that begins so."""
    cells = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))["cells"]
    [found] = ["".join(c["source"]) for c in cells if "".join(c["source"]).startswith(start)]
    return found
