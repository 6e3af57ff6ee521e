"""How every picture looks: one palette, one font stack, light and dark, and the marks that carry meaning.

The colours come from the palette of Okabe and Ito (2008), which people with every kind of colour vision can
tell apart; blue and vermilion are darkened on light paper until text in them has a contrast of 4.5:1 (WCAG
2.1, 1.4.3). No meaning hangs on a colour alone: a mark and a word always say the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Mark(NamedTuple):
    """A sign, the word for it, and the CSS class that colours it."""

    sign: str
    word: str
    kind: str


GRANTED = Mark("✓", "granted", "yes")
DENIED = Mark("✗", "denied", "no")
NOT_GRANTED = Mark("∅", "not granted", "none")
PASSED_BY = Mark("–", "decides nothing", "none")
QUESTION = Mark("?", "asked", "none")
OPEN = Mark("…", "open", "none")


class Palette(NamedTuple):
    """The colours of one theme: three papers, three inks, two meanings, and the lines between cells."""

    paper: str
    band: str  # headings of tables
    lit: str  # the row or step in question
    ink: str
    muted: str
    yes: str
    no: str
    edge: str
    rule: str


LIGHT = Palette(
    paper="#ffffff",
    band="#f2f4f7",
    lit="#fff1bf",
    ink="#1b1f24",
    muted="#545c66",
    yes="#00659e",  # blue, #0072B2
    no="#a84300",  # vermilion, #D55E00
    edge="#e69f00",  # orange: the border of what is lit
    rule="#cdd3da",
)
DARK = Palette(
    paper="#15181c",
    band="#20252b",
    lit="#43390d",
    ink="#e9ebee",
    muted="#b0b7c0",
    yes="#6cc0f0",  # sky blue, #56B4E9
    no="#ff9d63",  # vermilion
    edge="#e69f00",
    rule="#3c434c",
)

HEATS = (0, 12, 22, 34, 46)
"""How much of ``yes``, in percent, is mixed into the paper of a cell: none granted, few, more, most, all."""

FONT = 'var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif)'
CODE_FONT = 'var(--jp-code-font-family, ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace)'

_RULES = """
.tl { font: 14px/1.45 FONT; color: var(--tl-ink); background: var(--tl-paper); color-scheme: var(--tl-scheme);
  box-sizing: border-box; max-width: 1000px; padding: 8px; overflow-x: auto; }
.tl .tl-scroll { overflow-x: auto; container-type: inline-size; }
.tl p { margin: 6px 0; }
.tl table.tl-table code { font: 12.5px/1.4 CODE; color: inherit; background: none; padding: 0;
  overflow-wrap: anywhere; }
.tl small { display: block; font-size: 12px; font-weight: normal; color: var(--tl-muted);
  overflow-wrap: anywhere; }
.tl .tl-whole { display: inline-block; max-width: 100%; }
.tl b { font-weight: 600; }
.tl .yes { color: var(--tl-yes); }
.tl .no { color: var(--tl-no); }
.tl .none, .tl .muted { color: var(--tl-muted); }
.tl .wait { visibility: hidden; }
.tl table.tl-table { table-layout: fixed; width: 100%; min-width: 500px; margin: 10px 0;
  border-collapse: collapse; font: 13px/1.4 FONT; color: inherit; border: 1px solid var(--tl-rule); }
.tl .tl-scroll table.tl-table { font-size: clamp(12px, 1.63cqw, 13px); }
.tl table.tl-table caption { caption-side: top; text-align: left; font-weight: 600; font-size: 14px;
  color: var(--tl-ink); padding: 4px 0; }
.tl table.tl-table th, .tl table.tl-table td { text-align: left; vertical-align: top; padding: 4px 6px;
  border: 0; border-top: 1px solid var(--tl-rule); overflow-wrap: anywhere; white-space: normal;
  max-width: none; color: inherit; background: none; font-weight: normal; }
.tl table.tl-table .yes { color: var(--tl-yes); }
.tl table.tl-table .no { color: var(--tl-no); }
.tl table.tl-table .none, .tl table.tl-table .muted { color: var(--tl-muted); }
.tl table.tl-table thead th { background: var(--tl-band); font-weight: 600; border-top: 0;
  overflow-wrap: break-word; }
.tl table.tl-table tbody tr, .tl table.tl-table tbody tr:hover { background: var(--tl-paper); }
.tl table.tl-table tbody tr.lit, .tl table.tl-table tbody tr.lit:hover { background: var(--tl-lit);
  box-shadow: inset 4px 0 var(--tl-edge); }
.tl table.tl-table td.mark { font-weight: 600; white-space: nowrap; }
.tl .tl-scroll tr > :first-child { position: sticky; left: 0; }
.tl .tl-scroll table.tl-table tbody th { background: inherit; }
.tl .tl-banner { display: grid; padding: 8px 12px; margin: 6px 0; border: 1px solid var(--tl-rule);
  border-left: 6px solid currentColor; background: var(--tl-band); }
.tl .tl-banner > div { grid-area: 1 / 1; }
.tl .tl-banner b { font-size: 16px; }
.tl ol.tl-steps { margin: 10px 0; padding: 0; list-style: none; }
.tl ol.tl-steps li { display: grid; grid-template-columns: 1.8em 1em 6.4em 1fr; gap: 0 8px; padding: 3px 8px;
  margin: 0; border-left: 4px solid var(--tl-rule); }
.tl ol.tl-steps li.lit { background: var(--tl-lit); border-left-color: var(--tl-edge); }
.tl ol.tl-steps li > * { overflow-wrap: anywhere; }
"""


_SVG_RULES = """
svg.tl { background: var(--tl-paper); color: var(--tl-ink); max-width: 100%; height: auto; font: 13px FONT; }
svg.tl text { fill: currentColor; pointer-events: none; }
svg.tl .head { font-weight: 600; }
svg.tl .code { font-family: CODE; }
svg.tl .muted, svg.tl .none { color: var(--tl-muted); }
svg.tl .yes { color: var(--tl-yes); }
svg.tl .no { color: var(--tl-no); }
svg.tl .box { fill: var(--tl-paper); stroke: var(--tl-rule); }
svg.tl .band { fill: var(--tl-band); stroke: none; }
svg.tl .lit { fill: var(--tl-lit); stroke: var(--tl-edge); stroke-width: 2; }
svg.tl .flow { fill: none; stroke: var(--tl-muted); stroke-width: 1.5; }
svg.tl .tip { fill: var(--tl-muted); }
svg.tl .dead { opacity: 0.45; }
svg.tl .area { fill: transparent; }
svg.tl .machine { fill: none; stroke: var(--tl-muted); stroke-width: 1.5; }
svg.tl .caption { fill: var(--tl-band); stroke: var(--tl-rule); }
svg.tl .side { fill: currentColor; }
svg.tl .gone { fill: none; stroke: var(--tl-rule); stroke-dasharray: 4 4; }
svg.tl .badge { fill: #1b1f24; font-weight: 600; }
svg.tl .cross { fill: none; stroke: currentColor; stroke-width: 3; }
svg.tl .yes > .flow, svg.tl .no > .flow { stroke: currentColor; stroke-width: 2; }
svg.tl .yes > .tip, svg.tl .no > .tip { fill: currentColor; }
svg.tl .weak .flow { stroke-dasharray: 6 4; }
"""
SESSION_COLOURS = ("#56b4e9", "#e69f00", "#3cc69c", "#e39cc3", "#f0e442", "#b9bec5")
SID_COLOUR = "#d3c1ff"
"""Okabe and Ito again, two of them paler: the dark sign on each has a contrast of 7:1 on any paper."""
_SVG_RULES += "".join(f"svg.tl .s{at} {{ fill: {colour}; }}\n" for at, colour in enumerate(SESSION_COLOURS))
_SVG_RULES += f"svg.tl .p6 {{ fill: {SID_COLOUR}; }}\n"


def svg_css() -> str:
    """The rules for one drawing, which then needs nothing around it."""
    return _dress(_SVG_RULES)


def css() -> str:
    """A ``<style>`` block for everything inside ``class="tl"``; each output may carry its own.

    Dark follows the reader's system, and the theme of JupyterLab, VS Code or Colab where there is one. Papers
    are ours too, because only then the contrast is known; fonts are JupyterLab's where it names some.
    """
    return f"<style>{_dress(_RULES)}</style>"


def css_for_switch() -> str:
    """Rules for a page whose reader chooses light or dark there: ``data-theme`` on its body says which."""
    light, dark = _variables(LIGHT, "light"), _variables(DARK, "dark")
    return f'body[data-theme="light"] .tl {{{light}}}\nbody[data-theme="dark"] .tl {{{dark}}}\n'


def heat_css() -> str:
    """The rules for cells of the classes ``heat1`` to ``heat4``, which a heat map brings with it."""
    mixes = (f"color-mix(in srgb, var(--tl-yes) {percent}%, var(--tl-paper))" for percent in HEATS[1:])
    rules = (f".tl .heat{n} {{ background: {mix} !important; }}" for n, mix in enumerate(mixes, 1))
    return f"<style>{' '.join(rules)}</style>"


def _dress(rules: str) -> str:
    light, dark = _variables(LIGHT, "light"), _variables(DARK, "dark")
    text = (
        f".tl {{{light}}} @media (prefers-color-scheme: dark) {{ .tl {{{dark}}} }} "
        f'[data-jp-theme-light="true"] .tl, .vscode-light .tl {{{light}}} '
        f'[data-jp-theme-light="false"] .tl, .vscode-dark .tl, html[theme="dark"] .tl {{{dark}}} '
    )
    return re.sub(r"\s+", " ", text + rules.replace("FONT", FONT).replace("CODE", CODE_FONT)).strip()


def _variables(palette: Palette, scheme: str) -> str:
    colours = "".join(f"--tl-{name}:{colour};" for name, colour in palette._asdict().items())
    return f"--tl-scheme:{scheme};{colours}"


def contrast(one: str, other: str) -> float:
    """The contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.1, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
