"""Slides made from a lesson: its headings, laws and pictures, as one page that loads and runs nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

_HEADING = re.compile(r"^#{1,2} ", re.MULTILINE)
_LAW = re.compile(r"^> \*\*Law\.\*\*.*(?:\n>.*)*", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\([^)\s]+\)")
_ANCHOR = re.compile(r'<a class="anchor-link".*?</a>')
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
html {{ scroll-snap-type: y proximity; color-scheme: light dark; }}
body {{ margin: 0; font: 1.5rem/1.4 sans-serif; }}
section {{ box-sizing: border-box; min-height: 100vh; padding: 5vh 7vw; scroll-snap-align: start; }}
h1, h2 {{ margin: 0 0 1em; line-height: 1.15; }}
blockquote {{ margin: 1em 0; padding: 0.2em 1em; border-left: 0.3em solid; font-size: 1.25em; }}
.picture {{ overflow-x: auto; font-size: 1rem; }}
@media print {{ section {{ min-height: 0; break-after: page; }} }}
</style></head><body>
{slides}
</body></html>
"""


def slides(lesson: Path) -> str:
    """An HTML page with a slide for each heading of a notebook that has been run. The space bar goes on."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    shown = []
    for text, pictures in _sections(json.loads(lesson.read_text(encoding="utf-8"))["cells"]):
        html = _ANCHOR.sub("", markdown2html_mistune(_LINK.sub(r"\1", text)))
        boxes = "".join(f'<div class="picture">{one}</div>' for one in pictures)
        shown.append(f"<section>{html}{boxes}</section>")
    return _PAGE.format(title=escape(lesson.stem), slides="\n".join(shown))


def _sections(cells: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """The text and the pictures of each slide."""
    text, pictures = "", list[str]()
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] != "markdown":
            pictures += ["".join(one["data"]["text/html"]) for one in cell["outputs"] if _is_picture(one)]
            continue
        starts = [found.start() for found in _HEADING.finditer(source)]
        text += "\n\n" + source[: starts[0] if starts else None]
        for start, end in zip(starts, [*starts[1:], None], strict=False):
            if text.strip():
                yield _told(text.strip(), bool(pictures)), pictures
            text, pictures = source[start:end], []
    yield _told(text.strip(), bool(pictures)), pictures


def _is_picture(output: dict[str, Any]) -> bool:
    return "text/html" in output.get("data", {})


def _told(text: str, has_pictures: bool) -> str:
    """Of a section the heading and the laws; the first, and one with nothing else, keeps more."""
    if text.startswith("# "):
        return text
    heading, _, rest = text.partition("\n")
    found = _LAW.findall(rest)
    paragraph = rest.strip().partition("\n\n")[0]
    return "\n\n".join([heading, *(found or ([] if has_pictures else [paragraph]))])
