"""The survey explorer: opened, searched, and stepped out of, without a browser."""

import pytest

from tests.view.test_survey_map import estate
from tokenlab.view.widgets import survey_explorer


@pytest.fixture
def widget():
    return survey_explorer(estate())


def shown(widget):
    return len(widget.map.objects), len(widget.map.people)


def why(widget):
    return widget._why.value


def test_it_begins_with_everything(widget):
    assert shown(widget) == (1001, 200) and "20,200 of 200,200" in widget._says.value
    assert repr(widget) == "<Survey explorer: 20,200 of 200,200 pairs granted>"
    assert "user0 and" in why(widget) and "granted" in why(widget)


def test_a_row_and_a_column_open_down_to_one_decision(widget):
    row = [one.label for one in widget.map.rows].index("dept3")
    widget.look_into(row)
    assert shown(widget) == (101, 200)
    row = [one.names for one in widget.map.rows].index((r"D:\dept3\menu.txt",))
    widget.look_into(row)
    for people in (200, 20, 2, 1):  # all are alike here, so they come in ranges
        widget.look_at(0)
        assert shown(widget) == (1, people)
    assert r"user0 and D:\dept3\menu.txt:" in why(widget).replace("<wbr>", "") and "Everyone" in why(widget)


def test_the_way_out_is_a_button_for_each_step(widget):
    widget.look_into(0)
    widget.look_at(0)
    names = [step.description for step in widget._trail.children]
    assert names == ["All objects", "dept0", "All people", "user0, user10 and 18 more"]
    widget._trail.children[0].click()
    assert shown(widget) == (1001, 20)
    widget.back(people=0)
    assert shown(widget) == (1001, 200)


def test_a_search_starts_from_everything(widget):
    widget.look_into(0)
    widget._path.value = "MENU"
    assert shown(widget) == (1, 200)
    widget._name.value = "nobody at all"
    assert "no person has these letters" in widget._says.value and why(widget) == ""
    widget._path.value = "nothing"
    assert "no object has these letters" in widget._says.value
    widget._path.value = widget._name.value = ""
    assert shown(widget) == (1001, 200)


def test_what_is_not_there_has_no_button(widget):
    widget._path.value = "menu"
    visible = [row for row in widget._rows if row.layout.display != "none"]
    assert len(visible) == 1 and visible[0].button.disabled
    assert [letter.layout.display for letter in widget._letters] == [""] * len(widget.map.columns) + [
        "none"
    ] * (10 - len(widget.map.columns))


def test_each_cell_speaks(widget):
    assert 'aria-label="2,000 of 2,000 granted"' in widget._rows[0].cells.value
    assert 'aria-label="20 of 2,020 granted"' in widget._rows[3].cells.value


def test_each_press_that_asks_is_answered_once(widget):
    """The browser hides the old answer until it has heard of as many presses as it saw."""
    presses = [widget._rows[0].button, widget._letters[0]]
    for count, button in enumerate(presses, 1):
        button.click()
        assert widget._behaviour.presses == count
    widget._trail.children[0].click()
    assert widget._behaviour.presses == 3
    assert all("tl-asks" in one._dom_classes for one in (*presses, *widget._trail.children))
