"""Every widget in a real browser: seen whole, by mouse, by keyboard alone, by a screen reader's rules.

One JupyterLab, one kernel and one page for all of it. Leaves screenshots to look at.
"""

import json
from typing import Any

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, faults, jupyterlab, notebook, open_notebook, screenshot, use_theme

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = {
    "explorer": "from tokenlab.view.widgets import access_explorer\naccess_explorer()",
    "bench": "from tokenlab.view.widgets import DoubleHopBench\nDoubleHopBench()",
    "stage": "from tokenlab.view.widgets import ThreadStage\nThreadStage()",
    "card": "from tests.system.scene import COSMO, desk, shell\nfrom tokenlab.view.widgets import TokenCard\n"
    "cosmo = shell(desk(), COSMO)\n"
    "TokenCard(cosmo.token, {'explorer.exe': cosmo, 'a child': cosmo.start('notepad.exe')})",
    "builder": "from tokenlab.view.widgets import token_builder\ntoken_builder()",
    "survey": "from tests.view.test_survey_map import estate\n"
    "from tokenlab.view.widgets import survey_explorer\nsurvey_explorer(estate())",
    "threads": "from tokenlab.view.widgets import TwoThreads\nTwoThreads()",
    "prediction": "from tokenlab.teach import predict\n"
    "predict('Will it be granted?', True, because='so it is')",
    "descriptor": "from tokenlab.view.widgets import descriptor_builder\ndescriptor_builder()",
    "story": "from tests.system.scene import COSMO, desk, shell\nfrom tokenlab.view import record\n"
    "machine = desk()\nwith record(machine, title='A day') as day:\n"
    "    shell(machine, COSMO).start('notepad.exe')\nday",
}
# What has to be in sight together with the first knob.
VERDICT = {
    "explorer": ".tl-banner",
    "bench": ".tl-message >> nth=0",
    "stage": "svg",
    "card": ".tl-says",
    "builder": ".tl-table >> nth=0",
    "survey": ".tl-banner",
    "threads": "tbody tr:last-child",
    "prediction": "text=Lock in",
    "descriptor": "pre",
    "story": ".tl-frame svg >> nth=0",
}
every_widget = pytest.mark.parametrize("name", CELLS)
themes = pytest.mark.parametrize("theme", ["light", "dark"])
# Rules about a whole page: a cell is a part of JupyterLab's.
OF_PAGES = (
    "region",
    "page-has-heading-one",
    "landmark-one-main",
    "bypass",
    "document-title",
    "html-has-lang",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("widgets")
    (folder / "widgets.ipynb").write_text(json.dumps(notebook(list(CELLS.values()))), encoding="utf-8")
    with jupyterlab(folder) as address, chromium(height=800) as page:
        open_notebook(page, address, "widgets.ipynb")
        for name in CELLS:  # what is drawn above would move what is looked at
            shown(page, name).locator(VERDICT[name]).first.wait_for()
        yield page


@pytest.fixture(autouse=True)
def usual_size(page):
    yield
    page.set_viewport_size({"width": 1280, "height": 800})


def shown(page: Any, name: str) -> Any:
    """The widget, scrolled to the top of the window."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(list(CELLS).index(name))
    root = cell.locator(".tl-explorer, .tl-predict, .tl-story").first
    root.locator(".tl-says, svg, .tl-table, button").first.wait_for()
    root.evaluate("one => one.scrollIntoView({block: 'start'})")
    return root


def picture(page: Any, root: Any, name: str) -> None:
    """A picture of all of it: what is scrolled out of sight is not painted."""
    usual = page.viewport_size
    page.set_viewport_size({"width": usual["width"], "height": int(root.bounding_box()["height"]) + 300})
    root.evaluate("one => one.scrollIntoView({block: 'start'})")
    screenshot(root, name)
    page.set_viewport_size(usual)


def active(page: Any) -> str:
    """What has the focus, as a screen reader names it."""
    return page.evaluate(
        "() => document.activeElement.getAttribute('aria-label') || document.activeElement.innerText.trim()"
        " || document.activeElement.labels?.[0]?.innerText || document.activeElement.tagName"
    )


# Seen


@pytest.mark.parametrize("width", [1280, 900])
@every_widget
def test_knobs_and_result_are_on_the_screen_together(page, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    root = shown(page, name)
    screenshot(page, f"widget-{name}-{width}")
    knob = root.locator("button, input, select").first.bounding_box()
    verdict = root.locator(VERDICT[name]).first.bounding_box()
    assert knob["y"] > 0 and verdict["y"] + min(verdict["height"], 60) < 776, (knob, verdict)


@pytest.mark.parametrize("width", [1280, 900])
@every_widget
def test_nothing_is_cut_off_scrolls_sideways_or_has_small_letters(page, name, width):
    page.set_viewport_size({"width": width, "height": 800})
    root = shown(page, name)
    assert (
        root.evaluate("""root => {
        const output = root.closest('.jp-OutputArea-output');
        return output.scrollWidth - output.clientWidth; }""")
        <= 0
    )
    cut = root.locator("button, label, .tl-message, .tl-banner, .tl, .tl-cells span").evaluate_all(
        "all => all.filter(x => x.clientWidth && x.scrollWidth > x.clientWidth + 1).map(x => x.innerText)"
    )
    assert cut == []
    small = root.evaluate("""root => [...root.querySelectorAll('*')].filter(
        one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    ).map(one => {
        const scale = one.getScreenCTM ? one.getScreenCTM().a : 1;
        return [parseFloat(getComputedStyle(one).fontSize) * scale, one.textContent.slice(0, 40)];
    }).filter(([size]) => size && size < 10)""")
    assert small == []


@themes
@every_widget
def test_nobody_is_shut_out(page, name, theme):
    use_theme(page, theme == "dark")
    root = shown(page, name)
    picture(page, root, f"widget-{name}-{theme}")
    root.evaluate(
        "one => { document.getElementById('looked-at')?.removeAttribute('id'); one.id = 'looked-at'; }"
    )
    assert faults(page, "#looked-at", OF_PAGES) == []
    use_theme(page, False)


def test_the_rules_find_a_button_without_a_name(page):
    root = shown(page, "threads")
    root.evaluate(
        """one => { one.insertAdjacentHTML('beforeend', '<div id="bad"><button></button></div>'); }"""
    )
    assert any(fault.startswith("button-name") for fault in faults(page, "#bad"))
    page.evaluate("() => document.getElementById('bad').remove()")


# By keyboard alone


def groups(root: Any) -> list[dict[str, Any]]:
    """Each group of buttons: its role and name, and how many Tab stops it has."""
    return root.locator("[role=radiogroup], [role=toolbar]").evaluate_all("""all => all.map(group => ({
        role: group.getAttribute('role'), name: group.getAttribute('aria-label'),
        stops: [...group.querySelectorAll('button, input')].filter(
            one => one.tabIndex === 0 && !one.disabled && one.getClientRects().length).length,
        items: [...group.querySelectorAll('button, input')].filter(
            one => !one.disabled && one.getClientRects().length).length}))""")


@every_widget
def test_a_group_of_buttons_is_one_tab_stop(page, name):
    found = groups(shown(page, name))
    assert len({one["name"] for one in found}) == len(found), "each has a name of its own"
    for one in found:
        assert one["stops"] == min(1, one["items"]), one


def test_the_arrow_keys_choose_in_a_group_and_move_along_a_bar(page):
    root = shown(page, "bench")
    root.get_by_role("radio", name="none", exact=True).focus()
    for key, name in (
        ("ArrowRight", "unconstrained"),
        ("ArrowDown", "Kerberos only"),
        ("ArrowLeft", "unconstrained"),
        ("End", "protected"),
        ("ArrowRight", "none"),
    ):
        page.keyboard.press(key)
        assert active(page) == name
        root.get_by_role("radio", name=name, exact=True, checked=True).wait_for()
    root.get_by_role("button", name="From the start").focus()
    page.keyboard.press("ArrowRight")
    assert active(page) == "Back"
    page.keyboard.press("End")
    assert active(page) == "Play"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert active(page) == "Play", "a bar remembers its place"


@every_widget
def test_letters_on_a_knob_never_reach_jupyterlab(page, name):
    """`x` cuts the cell, `d d` deletes it, `a` and `b` add one, `m` makes it text, `0 0` restarts."""
    state = """() => { const book = window.jupyterapp.shell.currentWidget.content;
        return JSON.stringify([book.activeCellIndex, ...book.widgets.map(cell => cell.model.type)]); }"""
    root = shown(page, name)
    root.locator("button:not([disabled]), input[type=radio]").first.focus()
    before = page.evaluate(state)
    for key in ("x", "d", "d", "a", "b", "m", "y", "z", "0", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate(state) == before
    assert root.evaluate("one => one.contains(document.activeElement)")


def test_shift_enter_on_a_knob_still_runs_the_cell(page):
    root = shown(page, "prediction")
    root.get_by_role("button", name="Lock in").focus()
    before = page.evaluate(COUNT)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(f"(before) => ({COUNT})() > before", arg=before)


COUNT = """() => window.jupyterapp.shell.currentWidget.content.model.cells.get(7).executionCount"""


def test_the_focus_stays_when_a_button_is_disabled_or_drawn_anew(page):
    root = shown(page, "stage")
    root.get_by_role("button", name="From the start").click()
    last = root.get_by_role("button", name="Next step")
    last.focus()
    for place in range(1, 10):
        page.keyboard.press("Enter")
        root.get_by_text(f"{place} of 9.").wait_for()
    page.wait_for_function("() => document.activeElement.closest('.tl-bar')")
    root = shown(page, "survey")
    root.get_by_role("button", name="dept3").focus()
    page.keyboard.press("Enter")
    root.get_by_role("status").filter(has_text="101 objects").wait_for()
    assert page.evaluate("() => !!document.activeElement.closest('.tl-bar')")
    back = root.get_by_role("button", name="All objects")
    back.focus()
    page.keyboard.press("Enter")  # the buttons of the way back are made anew, this one disabled
    root.get_by_role("status").filter(has_text="1,001 objects").wait_for()
    page.wait_for_function("() => document.activeElement.closest('.tl-explorer')")


# No old answer under a new knob

# All that was to be read of a verdict, together with the knob as it stood, at every change of the page.
SEEN = """([root, verdict]) => {
    const seen = window.seen = [];
    const look = () => {
        const knob = [...root.querySelectorAll('[role=radio][aria-checked=true], .mod-active')]
            .map(one => one.innerText.trim()).join(' / ')
            + [...root.querySelectorAll('select')].map(one => one.selectedIndex).join(',');
        const text = [...root.querySelectorAll(verdict)].map(one => one.innerText.trim()).join(' ').trim();
        const last = seen.at(-1);
        if (!last || last[0] !== knob || last[1] !== text) seen.push([knob, text]);
    };
    look();
    new MutationObserver(look).observe(
        root, {subtree: true, childList: true, attributes: true, characterData: true});
}"""


@pytest.mark.parametrize(
    ("name", "verdict", "knob", "until"),
    [
        ("bench", ".tl-answer .tl-message", "resource-based", "user"),
        ("builder", "pre", "High", "integrity='high'"),
    ],
)
def test_an_old_answer_is_never_read_under_a_new_knob(page, name, verdict, knob, until):
    root = shown(page, name)
    old = root.locator(verdict).first.inner_text()
    root.evaluate(f"(root, verdict) => ({SEEN})([root, verdict])", verdict)
    root.get_by_role("radio", name=knob, exact=True).click()
    root.locator(verdict).filter(has_text=until).first.wait_for()
    seen = page.evaluate("() => window.seen")
    before = seen[0][0]
    assert seen[0][1] == old and seen[-1][0] != before and seen[-1][1] not in ("", old)
    assert [text for stand, text in seen if stand != before and text == old] == []


def test_a_survey_hides_its_old_answer_while_a_button_is_answered(page):
    """At the press itself, before Python has had a word."""
    root = shown(page, "survey")
    answers = root.locator(".tl-answer").first

    def press(name, then, exact=False):
        hidden = root.get_by_role("button", name=name, exact=exact).evaluate(
            """(button) => { button.click();
                const all = [...button.closest('.tl-explorer').querySelectorAll('.tl-answer > *')];
                return all.length && all.every(one => getComputedStyle(one).visibility === 'hidden'); }"""
        )
        assert hidden, name
        root.get_by_role("status").filter(has_text=then).wait_for()
        page.wait_for_function(
            "one => one.getAttribute('aria-busy') === 'false'", arg=answers.element_handle()
        )

    press("dept3", "101 objects")
    press("A", "20 people", exact=True)
    press("All people", "200 people")
    press("All objects", "1,001 objects")


# Each does what it says


def test_the_explorer_answers_by_menu_by_button_by_box_and_by_text(page):
    root = shown(page, "explorer")

    def verdict(word):
        """What the banner says to the eye; the hidden one keeps its room and does not count."""
        root.locator(".tl-banner > div:not(.wait) b").filter(has_text=word).first.wait_for()

    verdict("Refused")
    root.get_by_role("button", name="Read", exact=True).click()
    verdict("Granted")
    root.get_by_label("WRITE_DATA").press("Space")
    verdict("Refused")
    root.get_by_label("Token").select_option("ASTRO\\nova, elevated")
    verdict("Granted")
    root.get_by_label("Token").select_option("ASTRO\\cosmo")
    verdict("Refused")
    sddl, below = root.get_by_label("SDDL"), root.get_by_label("Mask", exact=True)
    before, place = sddl.input_value(), below.bounding_box()["y"]
    sddl.fill("O:BAG:SYD:(A;;FQ;;;BU)")
    root.locator(".tl-message.no").filter(has_text="unknown right").wait_for()
    text, mark = root.locator(".tl-place").inner_text().splitlines()
    assert text[mark.index("^") :].startswith("FQ")
    assert root.get_by_role("button", name="Back").is_disabled()
    assert root.locator(".tl-banner").first.is_hidden(), "no answer is left to a question that is none"
    sddl.fill("")
    page.keyboard.type("O:BAG:SYD:(A;;FA;;;BU)")
    verdict("Granted")
    assert sddl.input_value() == "O:BAG:SYD:(A;;FA;;;BU)", "fast typing loses no letter"
    sddl.fill(before)
    verdict("Refused")
    assert below.bounding_box()["y"] == place
    below.fill("all")
    below.press("Enter")
    root.get_by_text("is not an access mask").wait_for()
    below.fill("0x120089")
    below.press("Enter")
    verdict("Granted")


def test_the_explorer_walks_by_button_and_by_slider_and_nothing_moves(page):
    root = shown(page, "explorer")
    banner = root.locator(".tl-banner").first

    def walked_to(word):
        root.locator(".tl-banner > div:not(.wait) b").filter(has_text=word).first.wait_for()
        return root.bounding_box()["height"], banner.bounding_box()["height"]

    heights = set()
    for name, word in (("First", "Step 1"), ("Forward", "Step 2"), ("Back", "Step 1"), ("Last", "Granted")):
        root.get_by_role("button", name=name).click()
        heights.add(walked_to(word))
    root.get_by_role("slider", name="Step").focus()
    for key, word in (("Home", "Step 1"), ("ArrowRight", "Step 2"), ("End", "Granted")):
        page.keyboard.press(key)
        heights.add(walked_to(word))
    assert len(heights) == 1
    for title, content in (
        ("Descriptor and matrix", "Effective rights"),
        ("The Python that does the same", "access_check(token"),
    ):
        root.get_by_role("button", name=title, pressed=False).click()
        root.get_by_text(content).first.wait_for()
        root.get_by_role("button", name=title, pressed=True).click()


def test_a_pasted_whoami_becomes_the_token(page):
    root = shown(page, "explorer")
    root.get_by_label("Token").select_option("Paste whoami /all ...")
    root.get_by_label("Output of whoami /all").fill(
        "User Name   SID\n=========== ========================\nastro\\pixel S-1-5-21-7-7-7-1300\n\n"
        "Everyone Well-known group S-1-1-0 Mandatory group, Enabled by default, Enabled group\n"
    )
    root.get_by_text("astro\\pixel").first.wait_for()
    root.get_by_label("Token").select_option("ASTRO\\cosmo")


def test_the_bench_steps_plays_and_tells_the_smallest_change(page):
    root = shown(page, "bench")
    root.get_by_role("radio", name="none", exact=True).click()
    root.get_by_role("button", name="What is the smallest change?").click()
    root.get_by_text("The smallest change that would let the user arrive").wait_for()
    wire = root.get_by_role("log")

    def passed(count):
        wire.and_(page.locator(f'[aria-label*="{count}. "]')).wait_for()

    root.get_by_role("button", name="From the start").click()
    root.get_by_role("button", name="Next", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("Space")
    passed(3)
    root.get_by_role("button", name="Play").click()
    passed(2)
    root.get_by_role("button", name="To the end").click()
    passed(5)


def test_the_stage_does_what_is_pressed_and_plays_its_script(page):
    root = shown(page, "stage")
    told = root.get_by_role("log")
    root.get_by_role("button", name="From the start").click()
    told.filter(has_text="Nothing yet.").wait_for()
    height = root.bounding_box()["height"]
    root.get_by_role("radio", name="laika").click()
    root.get_by_role("button", name="Impersonate").click()
    told.filter(has_text="Impersonate laika at IMPERSONATION: ✓").wait_for()
    root.get_by_role("button", name="Open to read").click()
    told.filter(has_text="ERROR_ACCESS_DENIED (5)").wait_for()
    root.get_by_role("button", name="Revert").click()
    told.filter(has_text="Revert: ✓").wait_for()
    assert root.bounding_box()["height"] == height
    root.get_by_role("button", name="From the start").click()
    root.get_by_role("button", name="Play").click()
    told.filter(has_text="9. Revert").wait_for()


def test_a_survey_opens_down_to_one_decision_and_a_search_finds_a_path(page):
    root = shown(page, "survey")

    def says(words):
        root.get_by_role("status").filter(has_text=words).wait_for()

    says("1,001 objects in D:\\, 200 people: 20,200 of 200,200 pairs are granted.")
    root.get_by_role("button", name="dept3").click()
    says("101 objects")
    root.get_by_role("button", name="menu.txt").click()
    says("1 object ")
    for people in ("200 people", "20 people", "2 people"):
        root.get_by_role("button", name="A", exact=True).click()
        says(people)
    root.get_by_text("menu.txt:").wait_for()
    root.get_by_role("button", name="All objects").click()
    root.get_by_role("button", name="All people").click()
    says("1,001 objects")
    box = root.get_by_label("Objects with")
    box.fill("menu")
    box.press("Tab")
    says("200 of 200 pairs are granted.")
    box.fill("")
    box.press("Tab")
    says("1,001 objects")


def test_the_letters_of_a_survey_stand_over_their_columns(page):
    for width in (1280, 900):
        page.set_viewport_size({"width": width, "height": 800})
        root = shown(page, "survey")
        middles = "all => all.slice(0, 10).map(x => x.getBoundingClientRect()).map(x => x.x + x.width / 2)"
        letters = root.locator(".tl-letter").evaluate_all(middles)
        cells = root.locator(".tl-cells span").evaluate_all(middles)
        assert [abs(one - other) < 1.5 for one, other in zip(letters, cells, strict=True)] == [True] * 10


def test_a_right_stands_beside_its_box(page):
    for width in (1280, 900):
        page.set_viewport_size({"width": width, "height": 800})
        beside = (
            shown(page, "explorer")
            .locator(".tl-rights .widget-label-basic")
            .evaluate_all(
                """all => all.map(one => [...one.children].map(part => part.getBoundingClientRect()))
                .map(([box, name]) => box.right <= name.left && Math.abs(box.top - name.top) < 6
                    && name.height < 20)"""
            )
        )
        assert len(beside) > 10 and all(beside)


def test_a_token_card_a_builder_and_two_threads_answer(page):
    card = shown(page, "card")
    assert card.bounding_box()["height"] < 800, "the buttons and what they change"
    switch = card.get_by_role("button", name="SeTimeZonePrivilege")
    switch.click()
    card.get_by_text("SeTimeZonePrivilege is enabled").wait_for()
    card.get_by_text("2 privileges").first.wait_for()
    switch.press("Space")
    card.get_by_text("SeTimeZonePrivilege is disabled").wait_for()
    builder = shown(page, "builder")
    builder.get_by_label("SeDebugPrivilege").select_option("present")
    builder.get_by_text("('SeDebugPrivilege', 0)").wait_for()
    race = shown(page, "threads")
    height = race.bounding_box()["height"]
    for place, name in enumerate("ABA"):
        race.get_by_role("button", name=f"Thread {name}").click()
        race.get_by_text(f"In this order: {'ABA'[: place + 1]}").wait_for()
    assert race.bounding_box()["height"] == height


# The story: pictures without a kernel behind them


def story(page: Any) -> Any:
    return shown(page, "story")


def sees(root: Any, words: str) -> None:
    root.locator(".tl-frame:visible").filter(has_text=words).locator("svg").wait_for()


@themes
def test_a_story_is_stepped_by_mouse_and_by_keys_and_nobody_is_shut_out(page, theme):
    use_theme(page, theme == "dark")
    root = story(page)
    last = root.locator("input").count() - 1
    sees(root, "1. ")
    root.locator("label:visible", has_text="Next").click()
    sees(root, "2. ")
    page.keyboard.press("ArrowRight")
    sees(root, "3. ")
    page.keyboard.press("x")  # cuts the cell, where JupyterLab hears it
    page.keyboard.press("ArrowLeft")
    sees(root, "2. ")
    root.get_by_role("radio", name=f"Step {last} of {last}").check()
    sees(root, "notepad.exe")
    root.evaluate("one => { one.id = 'looked-at'; }")
    assert faults(page, "#looked-at", OF_PAGES) == []
    root.get_by_role("radio", name="Step 1 ").check()
    use_theme(page, False)


def test_a_story_plays_and_does_not_where_less_motion_was_asked_for(page):
    root = story(page)
    root.get_by_role("radio", name="Play").check()
    sees(root, "2. ")
    root.get_by_role("radio", name="Step 1 ").check()
    sees(root, "1. ")
    page.emulate_media(reduced_motion="reduce")
    root.locator(".tl-play").wait_for(state="hidden")
    page.emulate_media(reduced_motion="no-preference")
