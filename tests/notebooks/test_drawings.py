"""Laws of every drawing in every lesson, as it is committed: readable, whole, and the same as its text."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.view.test_diagrams import SVG, drawn_width
from tokenlab.view import theme
from tokenlab.view.story.scene import MachineZone

LESSONS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("[0-9]*.ipynb"))
PALE = {"and", "more"}  # "… and 3 more" stands for what the text has in full


def outputs(lesson: Path) -> list[tuple[list[ElementTree.Element], str, str]]:
    """Each output of a lesson with drawings: the drawings, the HTML beside them, and the text twin."""
    found = []
    for cell in json.loads(lesson.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            html = "".join(data.get("text/html", ""))
            drawings = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", html, re.S)]
            if drawings:
                beside = re.sub(r"<svg.*?</svg>|<style.*?</style>", " ", html, flags=re.S)
                found.append((drawings, beside, "".join(data["text/plain"])))
    return found


def texts(drawing: ElementTree.Element) -> list[ElementTree.Element]:
    return list(drawing.iter(f"{SVG}text"))


def words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9①-⑳]+", text))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_nothing_drawn_is_cut_or_leaves_the_drawing(lesson: Path) -> None:
    for drawings, _, _ in outputs(lesson):
        for drawing in drawings:
            width = int(drawing.get("viewBox", "").split()[2])
            for element in texts(drawing):
                text = element.text or ""
                assert not text.endswith("…"), text
                if element.get("text-anchor") is None:
                    assert int(element.get("x", "0")) + drawn_width(text) <= width + 2, text


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_letters_have_ten_pixels_where_a_page_is_900_wide(lesson: Path) -> None:
    """JupyterLab leaves 730 of 900 pixels; a drawing is made smaller to fit."""
    sizes = [int(size) for size in re.findall(r"font: (\d+)px", theme.svg_css())]
    for drawings, _, _ in outputs(lesson):
        for drawing in drawings:
            width = int(drawing.get("viewBox", "").split()[2])
            assert not [one for one in drawing.iter() if one.get("font-size")]
            assert min(sizes) * 730 / width >= 10


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_drawing_and_its_text_say_the_same(lesson: Path) -> None:
    """Every name, label and outcome of one is in the other."""
    labels = words(" ".join(zone.value for zone in MachineZone))
    for drawings, beside, text in outputs(lesson):
        drawn = words(" ".join(e.text or "" for one in drawings for e in texts(one)))
        titles = words(" ".join(one.findtext(f"{SVG}title") or "" for one in drawings))
        shown = drawn | titles | words(unescape(re.sub(r"<[^>]*>", " ", beside)))
        whole, torn = words(text), "".join(text.split())
        lines = "".join(e.text or "" for one in drawings for e in texts(one))  # a long name may be broken
        assert sorted(word for word in whole - shown if word not in lines) == []
        assert sorted(word for word in drawn - whole - labels - PALE if word not in torn) == []
