"""Lesson 04 in a real browser: the explorer by mouse and by keyboard. Leaves screenshots to look at."""

import shutil

import pytest

from support import ROOT

pytest.importorskip("jupyterlab")

from browser import chromium, jupyterlab, open_notebook, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EXPLORER = ".tl-explorer"
# From the press of a button to the first frame with another verdict, in milliseconds.
KNOB_TO_PICTURE = """(button) => new Promise(resolve => {
    const root = button.closest('.tl-explorer');
    const verdict = () => root.querySelector('.tl-banner').innerText;
    const before = verdict();
    const start = performance.now();
    const watch = new MutationObserver(() => {
        if (verdict() !== before) {
            watch.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - start));
        }
    });
    watch.observe(root, {subtree: true, childList: true, characterData: true});
    button.click();
})"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module", params=["light", "dark"])
def lesson(request, lab):
    dark = request.param == "dark"
    with chromium(dark=dark) as page:
        open_notebook(page, lab, "notebooks/04_access_check.ipynb", dark)
        page.locator(EXPLORER).first.scroll_into_view_if_needed()
        page.locator(f"{EXPLORER} .tl-banner").first.wait_for(timeout=60_000)
        page.theme = request.param
        yield page


def explorer(page):
    return page.locator(EXPLORER).last


def verdict(page):
    """What the banner says to the eye; the hidden one keeps its room and does not count."""
    return explorer(page).locator(".tl-banner > div:not(.wait) b").first.inner_text()


def press(page, name):
    explorer(page).get_by_role("button", name=name).first.click()


def wait_for_verdict(page, word):
    shown = explorer(page).locator(".tl-banner > div:not(.wait) b").first
    shown.filter(has_text=word).wait_for(timeout=10_000)


def test_the_explorer_answers_before_any_knob_is_touched(lesson):
    screenshot(explorer(lesson), f"explorer-first-{lesson.theme}")
    assert "Refused" in verdict(lesson)


def test_by_mouse_another_token_and_smaller_rights_change_the_answer(lesson):
    explorer(lesson).get_by_role("button", name="Read", exact=True).click()
    wait_for_verdict(lesson, "Granted")
    explorer(lesson).get_by_role("button", name="Full control").click()
    wait_for_verdict(lesson, "Refused")
    press(lesson, "nova, elevated")
    wait_for_verdict(lesson, "Granted")
    screenshot(explorer(lesson), f"explorer-elevated-{lesson.theme}")
    press(lesson, "cosmo")
    wait_for_verdict(lesson, "Refused")


def test_by_mouse_the_walk_goes_back_and_forward(lesson):
    explorer(lesson).get_by_role("button", name="First").click()
    wait_for_verdict(lesson, "Step 1")
    explorer(lesson).get_by_role("button", name="Forward").click()
    wait_for_verdict(lesson, "Step 2")
    screenshot(explorer(lesson), f"explorer-step-{lesson.theme}")
    explorer(lesson).get_by_role("button", name="Last").click()
    wait_for_verdict(lesson, "Refused")


def test_stepping_does_not_move_the_page(lesson):
    box = explorer(lesson).locator(".tl-banner").first
    explorer(lesson).get_by_role("button", name="First").click()
    wait_for_verdict(lesson, "Step 1")
    first = explorer(lesson).bounding_box()["height"], box.bounding_box()["height"]
    explorer(lesson).get_by_role("button", name="Last").click()
    wait_for_verdict(lesson, "Refused")
    assert (explorer(lesson).bounding_box()["height"], box.bounding_box()["height"]) == first


def test_sddl_is_read_as_it_is_typed_and_a_mistake_is_pointed_at(lesson):
    sddl = explorer(lesson).get_by_label("SDDL")
    before = sddl.input_value()
    sddl.fill("O:BAG:SYD:(A;;FQ;;;BU)")
    message = explorer(lesson).locator(".tl-message.no").first
    message.filter(has_text="unknown right").wait_for(timeout=10_000)
    assert "^" in message.inner_text()
    screenshot(explorer(lesson), f"explorer-error-{lesson.theme}")
    sddl.fill("D:(A;;FA;;;BU)")
    wait_for_verdict(lesson, "Granted")
    assert "O:SYG:SY" in explorer(lesson).inner_text(), "the assumed owner is said"
    sddl.fill(before)
    wait_for_verdict(lesson, "Refused")


def test_by_keyboard_alone_everything_is_reached_and_works(lesson):
    explorer(lesson).get_by_role("button", name="cosmo").first.focus()
    reached = []
    for _ in range(70):
        lesson.keyboard.press("Tab")
        reached.append(
            lesson.evaluate(
                "() => document.activeElement.innerText || document.activeElement.getAttribute('aria-label')"
                " || document.activeElement.closest('.widget-checkbox, .widget-inline-hbox')?.innerText || ''"
            )
        )
    said = " | ".join(reached)
    for name in ("SDDL", "Full control", "READ_DATA", "Mask", "Forward", "Play", "Step", "Python"):
        assert name in said, f"{name} cannot be reached by Tab: {said}"
    read = explorer(lesson).get_by_role("button", name="Read", exact=True)
    read.focus()
    lesson.keyboard.press("Enter")
    wait_for_verdict(lesson, "Granted")
    explorer(lesson).get_by_label("WRITE_DATA").focus()
    lesson.keyboard.press("Space")
    wait_for_verdict(lesson, "Refused")
    for name, word in (("nova, elevated", "Granted"), ("cosmo", "Refused")):
        explorer(lesson).get_by_role("button", name=name).first.focus()
        lesson.keyboard.press("Space")
        wait_for_verdict(lesson, word)


def test_a_pasted_whoami_becomes_the_token(lesson):
    press(lesson, "Paste whoami")
    box = explorer(lesson).get_by_label("Output of whoami /all")
    box.wait_for(timeout=10_000)
    box.fill(
        "User Name   SID\n=========== ========================\nastro\\pixel S-1-5-21-7-7-7-1300\n\n"
        "Everyone Well-known group S-1-1-0 Mandatory group, Enabled by default, Enabled group\n"
        "BUILTIN\\Administrators Alias S-1-5-32-544 Enabled by default, Enabled group, Group owner\n"
        "Mandatory Label\\High Mandatory Level Label S-1-16-12288\n"
    )
    wait_for_verdict(lesson, "Granted")
    screenshot(explorer(lesson), f"explorer-whoami-{lesson.theme}")
    press(lesson, "cosmo")
    wait_for_verdict(lesson, "Refused")


def test_the_details_show_the_matrix_and_the_python(lesson):
    for title, content in (
        ("Descriptor and matrix", "Effective rights"),
        ("The Python that does the same", "access_check(token"),
    ):
        button = explorer(lesson).get_by_role("button", name=title)
        assert content not in explorer(lesson).inner_text()
        button.click()
        explorer(lesson).get_by_text(content).first.wait_for(timeout=10_000)
        screenshot(explorer(lesson), f"explorer-{title.split()[-1]}-{lesson.theme}")
        button.click()


def test_play_walks_to_the_verdict_by_itself(lesson):
    explorer(lesson).get_by_role("button", name="Play").click()
    wait_for_verdict(lesson, "Step 1")
    explorer(lesson).get_by_role("button", name="Stop").wait_for(timeout=10_000)
    wait_for_verdict(lesson, "Step 3")
    wait_for_verdict(lesson, "Refused")
    explorer(lesson).get_by_role("button", name="Play").wait_for(timeout=10_000)


def test_from_knob_to_picture(lesson, record_property):
    """Measured and reported, never asserted."""
    times = []
    for name in ("Read", "Full control") * 8:
        button = explorer(lesson).get_by_role("button", name=name, exact=True)
        times.append(button.evaluate(KNOB_TO_PICTURE))
    middle = sorted(times)[len(times) // 2]
    record_property("knob_to_picture_ms", round(middle))
    print(f"knob to picture: median {middle:.0f} ms ({lesson.theme})")


def test_the_whole_lesson_leaves_pictures_to_look_at(lesson):
    lesson.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.node"
        ".querySelector('.jp-WindowedPanel-outer')?.scrollTo(0, 0)"
    )
    for number in range(40):
        screenshot(lesson, f"lesson-04-{lesson.theme}-{number:02}")
        at_end = lesson.evaluate(
            """() => {
                const outer = window.jupyterapp.shell.currentWidget.content.node
                    .querySelector('.jp-WindowedPanel-outer');
                const before = outer.scrollTop;
                outer.scrollBy(0, outer.clientHeight - 60);
                return outer.scrollTop === before;
            }"""
        )
        lesson.wait_for_timeout(250)
        if at_end:
            break
