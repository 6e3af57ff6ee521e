"""Colours that can be read, in both themes, by everybody."""

import itertools
import re
from pathlib import Path

import pytest

from tokenlab.view import theme
from tokenlab.view.theme import DARK, LIGHT, Palette, contrast

THEMES = {"light": LIGHT, "dark": DARK}
INKS = ("ink", "muted", "yes", "no")
PAPERS = ("paper", "band", "lit")


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48)]
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize(("ink", "paper"), list(itertools.product(INKS, PAPERS)))
def test_text_has_a_contrast_of_four_and_a_half_to_one(name: str, ink: str, paper: str) -> None:
    palette = THEMES[name]
    assert contrast(getattr(palette, ink), getattr(palette, paper)) >= 4.5


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("percent", theme.HEATS)
def test_numbers_on_a_heat_map_can_be_read(name: str, percent: int) -> None:
    palette = THEMES[name]
    pairs = [[int(one[n : n + 2], 16) for one in (palette.yes, palette.paper)] for n in (1, 3, 5)]
    mixed = [round((yes * percent + paper * (100 - percent)) / 100) for yes, paper in pairs]
    assert contrast(palette.ink, "#{:02x}{:02x}{:02x}".format(*mixed)) >= 4.5


# Viénot, Brettel and Mollon (1999): what is left of linear RGB with one kind of cone missing.
DICHROMATS = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def seen(colour: str, kind: str) -> tuple[float, ...]:
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    mixed = (sum(a * b for a, b in zip(row, linear, strict=True)) for row in DICHROMATS[kind])
    return tuple(max(0.0, channel) ** (1 / 2.2) for channel in mixed)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("kind", DICHROMATS)
def test_yes_and_no_differ_for_the_colour_blind(name: str, kind: str) -> None:
    palette = THEMES[name]
    pairs = zip(seen(palette.yes, kind), seen(palette.no, kind), strict=True)
    assert sum((a - b) ** 2 for a, b in pairs) ** 0.5 > 0.35


def test_no_two_marks_share_a_sign_or_a_word() -> None:
    marks = [value for value in vars(theme).values() if isinstance(value, theme.Mark)]
    assert len({mark.sign for mark in marks}) == len({mark.word for mark in marks}) == len(marks)


@pytest.mark.parametrize(
    "css", [theme.css().removeprefix("<style>").removesuffix("</style>"), theme.svg_css()]
)
def test_no_rule_reaches_beyond_the_picture(css: str) -> None:
    flat = css.replace("@media (prefers-color-scheme: dark) { .tl {", ".tl {").replace("} }", "}")
    selectors = [part for rule in re.findall(r"([^{}]+)\{", flat) for part in rule.split(",")]
    assert len(selectors) > 10
    around = r"(?:\[data-jp-theme-light=\S+\]|\.vscode-\w+|html\[theme=\S+\]) "
    assert [s for s in selectors if not re.match(rf"(?:{around})?(svg)?\.tl\b(?!-)", s.strip())] == []


def test_dark_follows_the_system_and_the_theme_of_a_notebook_overrules_it() -> None:
    """VS Code puts ``vscode-dark`` on the body of an output, Colab ``theme="dark"`` on its root."""
    css = theme.css()
    places = [css.index(f"--tl-paper:{LIGHT.paper}"), css.index("prefers-color-scheme: dark")]
    places += [css.index('[data-jp-theme-light="true"] .tl, .vscode-light .tl {--tl-scheme:light;')]
    places += [css.index('.tl, .vscode-dark .tl, html[theme="dark"] .tl {--tl-scheme:dark;')]
    assert places == sorted(places)


def test_every_style_of_jupyterlab_has_a_substitute() -> None:
    """In VS Code, in Colab and on a plain page its variables are not there."""
    package = Path(theme.__file__).parents[1]
    text = "".join(path.read_text("utf-8") for path in package.rglob("*") if path.suffix in (".py", ".js"))
    used = re.findall(r"var\(--(?:jp|vscode)[\w-]*\s*(.)", text)
    assert len(used) > 10 and set(used) == {","}


def test_every_colour_of_a_palette_is_six_hex_digits() -> None:
    for palette in (LIGHT, DARK):
        assert isinstance(palette, Palette)
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in palette)
