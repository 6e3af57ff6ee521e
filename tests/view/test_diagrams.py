"""The figure of an access check."""

import re
from itertools import count
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import load_json
from tests.view.pages import DECISIONS, USER
from tokenlab import SecurityDescriptor, access_check
from tokenlab.values import DIRECTORY_OBJECT
from tokenlab.view import drawing, theme
from tokenlab.view.diagrams import LEFT, MIDDLE, RIGHT, WIDTH, access_check_figure, choose
from tokenlab.view.drawing import CardLine, fit
from tokenlab.view.sequence import sequence_figure
from tokenlab.view.theme import DENIED

SVG = "{http://www.w3.org/2000/svg}"
# How wide DejaVu Sans, the widest common font, draws a letter: a few that it makes widest, in em.
WIDE = {"W": 0.99, "M": 0.87, "m": 0.98, "w": 0.82, "@": 1.0, "…": 1.0}


def drawn_width(text: str, size: int = 13) -> float:
    narrow = dict.fromkeys("iljtf.,:;|!'()[] -/\\", 0.40)
    return sum({**narrow, **WIDE}.get(c, 0.69 if c.isupper() else 0.64) for c in text) * size


def figure(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(access_check_figure(DECISIONS[name]))


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", DECISIONS)
def test_a_figure_is_xml_with_a_title_and_a_description(name: str) -> None:
    root, decision = figure(name), DECISIONS[name]
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert ("Granted" if decision.granted else "Refused") in (root[0].text or "")
    assert all(step.text in (root[1].text or "") for step in decision.steps)
    assert "id" not in {name for element in root.iter() for name in element.attrib}


@pytest.mark.parametrize("name", DECISIONS)
def test_no_text_runs_over_its_column(name: str) -> None:
    columns = [(x, x + width) for x, width in (LEFT, MIDDLE, RIGHT)]
    root = figure(name)
    for element in root.iter(f"{SVG}text"):
        x, text = int(element.get("x", "0")), element.text or ""
        end = next(end for start, end in columns if start <= x < end)
        assert x + drawn_width(text) <= end, text
    height = int(root.get("height", "0"))
    assert all(int(e.get("y", "0")) + int(e.get("height", "0")) <= height for e in root.iter(f"{SVG}rect"))
    assert WIDTH <= 900


@pytest.mark.parametrize("name", DECISIONS)
def test_one_gate_is_marked_as_the_one_that_decided(name: str) -> None:
    gates = [
        rect
        for rect in figure(name).findall(f"{SVG}rect")
        if rect.get("class") == "lit" and rect.get("x") == str(MIDDLE[0])
    ]
    assert len(gates) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("granted", "3 allow Users: READ | EXECUTE"),
        ("granted in part", "the end: nothing more is given"),
        ("denied by a line", "3 deny Administrators: WRITE"),
        ("denied by integrity", "High"),
        ("privilege missing", "no SeSecurityPrivilege"),
        ("by privilege alone", "SeTakeOwnershipPrivilege"),
        ("NULL DACL", "NULL: no control at all"),
        ("empty DACL", "empty: nothing is given"),
    ],
)
def test_the_line_that_decided_is_marked(name: str, words: str) -> None:
    groups = [g for g in figure(name).iter(f"{SVG}g") if g.find(f"{SVG}rect[@class='lit']") is not None]
    assert [text for group in groups for text in texts(group)][-1:] == [words]


def test_gates_after_the_one_that_refused_are_not_reached() -> None:
    assert texts(figure("denied by integrity")).count("not reached") == 3
    assert texts(figure("privilege missing")).count("not reached") == 2
    assert texts(figure("granted in part")).count("not reached") == 0


def test_colours_come_from_the_theme_alone() -> None:
    svg = access_check_figure(DECISIONS["granted"])
    body = svg.replace(theme.svg_css(), "")
    assert len(body) < len(svg)
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b|fill=|stroke=|style=", body) == []


def test_the_same_decision_gives_the_same_figure() -> None:
    assert access_check_figure(DECISIONS["granted"]) == access_check_figure(DECISIONS["granted"])


def test_a_script_in_a_condition_stays_text() -> None:
    sddl = 'O:SYG:SYD:(XA;;FX;;;WD;(@User.Title == "</desc><script>alert(1)</script>"))(A;;FR;;;WD)'
    svg = access_check_figure(access_check(USER, SecurityDescriptor.from_sddl(sddl), 0x1))
    assert not list(ElementTree.fromstring(svg).iter(f"{SVG}script"))


def test_a_long_dacl_is_drawn_in_part_with_the_lines_that_decided() -> None:
    record = next(
        r for r in load_json("real/sddl_from_events.json") if "AdminSDHolder" in (r.get("object") or "")
    )
    value = SecurityDescriptor.from_sddl(record["sddl"], domain="S-1-5-21-4230534742-2542757381-3142984815")
    decision = access_check(USER, value, 0x10, DIRECTORY_OBJECT)
    root = ElementTree.fromstring(access_check_figure(decision))
    assert decision.granted
    assert int(root.get("height", "0")) < 1000
    assert any(text.startswith("84 allow Authenticated Users") for text in texts(root))
    assert any(text.startswith("⋮") for text in texts(root))


def test_what_matters_is_chosen_first_and_order_is_kept() -> None:
    assert choose([False, False, True, False, True], 3) == [0, 2, 4]
    assert choose([False, False], 3) == [0, 1]


def test_text_that_fits_is_left_alone_and_other_text_is_cut() -> None:
    assert fit("READ", 200) == "READ"
    assert fit("READ_ATTRIBUTES", 60).endswith("…")
    assert drawn_width(fit("READ_ATTRIBUTES | WRITE_ATTRIBUTES", 120)) <= 120


def test_long_text_goes_on_in_the_next_line_and_the_mark_stands_once() -> None:
    lines = list(CardLine("one two three four five six seven eight nine ten", DENIED).on(150))
    assert len(lines) == 4
    assert [line.mark for line in lines] == [DENIED, None, None, None]
    assert {line.kind for line in lines} == {"no"}
    assert lines[0].text.startswith("one two")


@given(st.text("mW i.é…  ab", max_size=30), st.integers(0, 200))
def test_a_text_is_cut_where_another_letter_would_not_fit(text, room):
    """As trying every length from the longest down finds it, which takes long for a long text."""

    def fits(some):
        return sum(map(drawing._letter_width, some)) * drawing.SIZE <= room

    ends = (text[:end] for end in range(len(text), -1, -1))
    cut = next((start for start in ends if fits(f"{start}…")), "")
    assert drawing.fit(text, room) == (text if fits(text) else f"{cut.rstrip()}…")


@given(st.text("mW i.é\\-_  ab", max_size=60), st.integers(14, 200))
def test_a_text_on_several_lines_is_whole_and_each_line_fits(text, room):
    lines = drawing.lines_of(text, room)
    assert all(drawing._fitting(line, room) == len(line) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_command_line_of_the_greatest_length_is_cut_at_once(monkeypatch):
    asked = count()
    monkeypatch.setattr(drawing, "_letter_width", lambda letter: 0.5 + 0 * next(asked))
    assert drawing.fit("x" * 32_767, 400).endswith("…")
    assert next(asked) < 1000


@pytest.mark.parametrize("text", ["x" * 32_767, "x " * 16_000, "\\" * 32_767])
def test_a_text_of_the_greatest_length_is_no_endless_drawing(text, monkeypatch):
    asked = count()
    monkeypatch.setattr(drawing, "_letter_width", lambda letter: 0.5 + 0 * next(asked))
    assert len(drawing.lines_of(text, 400)) == drawing.MOST_LINES
    assert next(asked) < 200_000


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ABCDE"), st.text("ab Wx-", min_size=1, max_size=90), st.sampled_from("ABCDE")
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_label_of_a_sequence_crosses_a_line(steps: list[tuple[str, str, str]]) -> None:
    root = ElementTree.fromstring(sequence_figure("a chart", steps))
    lines = [int(line.get("x1", "0")) for line in root.iter(f"{SVG}line")]
    for element in root.iter(f"{SVG}text"):
        if element.get("class") != "head":
            x = int(element.get("x", "0"))
            end = x + drawn_width(element.text or "")
            assert not [line for line in lines if x < line < end] and end <= 900
            assert not (element.text or "").endswith("…")
