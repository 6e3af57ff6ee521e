"""What stands around pasted records and is none: prompts with a command, fences, evtx_dump's count."""

from __future__ import annotations

import re

_LINE = (
    r"(?:```[^\n]*"
    r"|(?:\S+ )?(?:PS )?[A-Za-z]:\\[^\n<>{}\[\]]*>[^\n]*"  # PS C:\\> wevtutil ...
    r"|[$#%] [^\n]*"
    r"|Record \d+[^\S\n]*)"
)
PROMPT = re.compile(_LINE)
"""A line, from its first sign on."""

BEFORE = re.compile(rf"(?:[^\S\n]*{_LINE}?\n)*")
"""Such lines, and empty ones, at the beginning of a text."""


def without_counts(text: str) -> str:
    """What is told of text that was left out: not evtx_dump's counts."""
    return " ".join(re.sub(r"\bRecord \d+\s", " ", text).split())
