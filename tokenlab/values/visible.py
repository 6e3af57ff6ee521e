"""Text from outside, shown so that it cannot pretend to be something else.

A name, a path or a field of a log may hold characters that end a line, move what follows or turn its
direction (Unicode Technical Report 36, "Bidirectional text spoofing"). `make_visible` writes them as escapes.
"""

from __future__ import annotations

import re

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff"  # direction, lines, no width
    "\ud800-\udfff]"  # halves of characters
)
_LINES = frozenset("\n\t\r")


def make_visible(text: str, *, keep_lines: bool = False) -> str:
    r"""The text with what cannot be seen written as escapes: ``\u202e``, ``\x0a``.

    ``keep_lines`` leaves line breaks and tabs as they are, for text that has lines of its own.
    """
    if text.isprintable():
        return text
    return _HIDDEN.sub(lambda found: _escape(found[0], keep_lines), text)


def count_noun(number: int, noun: str) -> str:
    """A number and what is counted: ``1 event``, ``2 events``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _escape(letter: str, keep_lines: bool) -> str:
    if keep_lines and letter in _LINES:
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
