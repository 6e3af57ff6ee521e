"""Exercises 04 and 12 as a learner does them: read, answer wrongly, read what is said, answer rightly."""

import json
import shutil

import pytest

pytest.importorskip("jupyterlab")

from tests.browser import chromium, jupyterlab, open_notebook, screenshot
from tests.exercises.course import folder

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab with both exercises, and a page to look at them."""
    place = tmp_path_factory.mktemp("exercises")
    for lesson in ("04", "12"):
        shutil.copytree(folder(lesson, "exercises"), place / folder(lesson).name)
    with jupyterlab(place) as address, chromium(height=1400) as page:
        yield address, page


@pytest.fixture
def page(lab, request):
    """The page with the exercises of one lesson: 04, where the test names no other."""
    address, page = lab
    name = folder(getattr(request, "param", "04")).name
    if f"{name}.ipynb" not in page.url:
        open_notebook(page, address, f"{name}/{name}.ipynb", run=False)
    return page


def place_of(page, start):
    """The place of the code cell that begins so."""
    return page.evaluate(
        """(start) => {
            const cells = window.jupyterapp.shell.currentWidget.content.model.cells;
            for (let i = 0; i < cells.length; i++)
                if (cells.get(i).sharedModel.getSource().startsWith(start)) return i;
            return -1;
        }""",
        start,
    )


def run(page, start):
    """Select the cell, press Shift-Enter as a learner does, wait for its number; gives the cell's outputs."""
    place = place_of(page, start)
    assert place >= 0, start
    before = page.evaluate(f"() => {{ {MODEL} return cells.get({place}).executionCount; }}")
    page.evaluate(
        f"""async () => {{
            const book = window.jupyterapp.shell.currentWidget.content;
            book.activeCellIndex = {place}; book.mode = 'command'; book.activate();
            await book.scrollToItem({place});
            book.widgets[{place}].node.setAttribute('data-place', '{place}');
        }}"""
    )
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(
        f"""() => {{ {MODEL} const n = cells.get({place}).executionCount;
            return n && n !== {before or 0}; }}""",
    )
    return page.locator(f'[data-place="{place}"]')


MODEL = "const cells = window.jupyterapp.shell.currentWidget.content.model.cells;"


def write(page, start, text):
    """Replace what a cell says by typing into it."""
    place = place_of(page, start)
    page.evaluate(
        f"""async () => {{
            const book = window.jupyterapp.shell.currentWidget.content;
            await book.scrollToItem({place});
            book.widgets[{place}].node.setAttribute('data-place', '{place}');
        }}"""
    )
    editor = page.locator(f'[data-place="{place}"] .cm-content')
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    run(page, text[:30])


def test_a_learner_answers_wrongly_reads_and_answers_rightly(page):
    run(page, "from tokenlab")
    task = run(page, "q5 = task")
    task.get_by_text("Write the DACL of a file").wait_for()
    assert "answer_04_5" in task.inner_text()
    screenshot(page, "exercise-04-task")

    run(page, "answer_04_5 =")
    untouched = run(page, 'check("04.5"')
    untouched.get_by_text("04.5 has no answer yet").first.wait_for()

    write(page, "answer_04_5 =", 'answer_04_5 = f"D:(A;;FA;;;{q5.team})"')
    wrong = run(page, 'check("04.5"')
    wrong.get_by_text("04.5 Just enough: 3 of 5 points").wait_for()
    assert "not yet" in wrong.inner_text() and "Often believed" not in wrong.inner_text()
    screenshot(page, "exercise-04-first")
    again = run(page, 'check("04.5"')
    again.get_by_text("Often believed").first.wait_for()
    screenshot(page, "exercise-04-wrong")

    right = 'answer_04_5 = f"D:(D;;0x6;;;{q5.apprentice})(A;;FR;;;{q5.team})(A;;FW;;;{q5.user})"'
    write(page, "answer_04_5 =", right)
    done = run(page, 'check("04.5"')
    done.get_by_text("04.5 Just enough: 5 of 5 points").wait_for()
    assert "Often believed" not in done.inner_text()
    screenshot(page, "exercise-04-right")


def source(page, start):
    return page.evaluate(
        f"() => {{ {MODEL} return cells.get({place_of(page, start)}).sharedModel.getSource(); }}"
    )


@pytest.mark.parametrize(
    ("page", "choose", "open_part", "points", "order", "moved"),
    [
        pytest.param("04", "04.1", "both", "of 4 points", "04.4", "BA", id="04"),
        pytest.param("12", "12.1", "case_5", "of 5 points", "12.6", "BA", id="12"),
    ],
    indirect=["page"],
)
def test_answers_are_chosen_and_moved_by_keyboard_and_stand_in_the_cell_that_is_handed_in(
    page, choose, open_part, points, order, moved
):
    """The two first parts are chosen in menus, the first line of an order is moved down."""
    run(page, "from tokenlab")
    task = run(page, f"q{choose[-1]} = task")
    task.locator(".tl-form").wait_for()
    task.locator("select").nth(0).focus()
    page.wait_for_function("() => document.activeElement.tagName === 'SELECT'")
    page.keyboard.press("ArrowDown")
    task.get_by_text("Run the next cell, and it has").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    chosen = task.locator("select").nth(1).locator("option").nth(1).inner_text().replace("\xa0", " ")
    task.get_by_text("Run the next cell, and it has").wait_for()
    screenshot(page, f"exercise-{choose[:2]}-form")
    cell = f"answer_{choose.replace('.', '_')} ="
    run(page, cell)
    written(page, cell, f".includes({json.dumps(chosen)})")
    assert f'"{open_part}": None' in source(page, cell)
    run(page, f'check("{choose}"').get_by_text(points).wait_for()

    task = run(page, f"q{order[-1]} = task")
    task.locator(".tl-bar button").nth(1).focus()
    page.keyboard.press("Enter")
    task.get_by_text("Run the next cell, and it has").wait_for()
    cell = f"answer_{order.replace('.', '_')} ="
    run(page, cell)
    written(page, cell, f""".startsWith('{cell} "{moved}')""")


def written(page, cell, how):
    """Wait until the cell that is handed in has the answer."""
    page.wait_for_function(
        f"() => {{ {MODEL} return cells.get({place_of(page, cell)}).sharedModel.getSource(){how}; }}"
    )
