"""What a student is told, as a page: no script, nothing from elsewhere, whatever the text says."""

from __future__ import annotations

from html import escape

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>body {{ max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }}
p {{ white-space: pre-wrap; overflow-wrap: anywhere; }} @media print {{ body {{ margin: 0; }} }}</style>
</head><body><h1>{title}</h1>
{body}
</body></html>
"""


def page(title: str, text: str) -> str:
    """An HTML page of a text whose paragraphs stand between empty lines."""
    paragraphs = [f"<p>{escape(part.strip())}</p>" for part in text.split("\n\n") if part.strip()]
    return _PAGE.format(title=escape(title), body="\n".join(paragraphs))
