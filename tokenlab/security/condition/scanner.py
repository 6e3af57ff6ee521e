"""Reading SDDL text token by token, and telling the place where it goes wrong.

What conditions and resource attributes have in common: white space, numbers, text in quotes,
octets, SIDs, and attribute names with ``%XXXX`` escapes ([MS-DTYP] 2.5.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from tokenlab.values import ParseError, Sid
from tokenlab.values.well_known import ALIASES

SidReader = Callable[[str], Sid]  # "BA" or "S-1-5-32-544" -> Sid; raises ValueError
SidWriter = Callable[[Sid], str]

MAX_SIZE = 0xFFFF  # an ACE counts its bytes with 16 bits

_SPACE = re.compile(r"[\t-\r ]*")
_INTEGER = re.compile(r"([+-]?)(0[xX][0-9A-Fa-f]+|0[0-7]+|0|[1-9][0-9]*)(?![\w:./])", re.ASCII)
_QUOTED = re.compile(r'"([^"]*)"')
_HEX = re.compile(r"[#0-9A-Fa-f]*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{4})?")
_MUST_ESCAPE = re.compile(r"""[^!-~]|[!&()><=|%"]""")


class ScanError(ParseError):
    """Text or bytes without a meaning: ``reason`` says why, ``position`` where, counted from 0."""

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(reason, column=position + 1, message=f"{reason} (at {position})")
        self.position = position


class Scanner:
    """A place in a text that moves forward; every read skips white space first."""

    def __init__(self, text: str, position: int, error: type[ScanError]) -> None:
        self.text = text
        self.position = position
        self.error = error

    def fail(self, reason: str, position: int | None = None) -> NoReturn:
        """Raises the reader's error, at this place or at ``position`` (characters from 0)."""
        raise self.error(reason, self.position if position is None else position)

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What stands here, read, if it has the form of ``pattern``."""
        self.skip_space()
        if found := pattern.match(self.text, self.position):
            self.position = found.end()
        return found

    def skip_space(self) -> None:
        """Go past white space."""
        if found := _SPACE.match(self.text, self.position):
            self.position = found.end()

    def take(self, token: str) -> bool:
        """True, and past it, if ``token`` stands here."""
        self.skip_space()
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        return True

    def peek(self) -> str:
        """The next character; empty at the end."""
        self.skip_space()
        return self.text[self.position : self.position + 1]

    def integer(self) -> tuple[str, int, int]:
        """Sign as written, value, and base: ``-0x10`` is ('-', -16, 16), ``010`` is ('', 8, 8)."""
        found = self.match(_INTEGER)
        if not found:
            self.fail("not a whole number: expected for example 7, -7, 0x1F or 017")
        sign, digits = found.groups()
        base = 10 if digits == "0" or digits[0] != "0" else 16 if digits[1] in "xX" else 8
        if len(digits.lstrip("0")) > 24:
            self.fail("number too large: expected at most 64 bits", found.start())
        value = int(digits, base)
        return sign, -value if sign == "-" else value, base

    def read_quoted(self) -> str:
        """Text between double quotes. There is no way to write a quote inside."""
        found = self.match(_QUOTED)
        if not found:
            self.fail('expected text in double quotes, for example "blue"')
        return from_utf16(to_utf16(found[1]))

    def octets(self) -> bytes:
        """Hex digits, where '#' also means 0; an odd number gets a 0 in front."""
        found = self.match(_HEX)
        digits = found[0].replace("#", "0") if found else ""
        return bytes.fromhex("0" * (len(digits) % 2) + digits)

    def sid(self, text: str, start: int, reader: SidReader) -> Sid:
        """The SID that ``text`` at ``start`` spells."""
        try:
            return reader(text)
        except ValueError as error:
            self.fail(str(error), start)

    def unescape(self, name: str, start: int) -> str:
        """An attribute name with its ``%XXXX`` replaced by the UTF-16 unit each one names."""

        def unit(escape: re.Match[str]) -> str:
            if not escape[1]:
                self.fail(
                    "'%' needs four hex digits, for example %0020 for a space",
                    start + escape.start(),
                )
            return chr(int(escape[1], 16))

        return from_utf16(to_utf16(_ESCAPE.sub(unit, name)))


def escape_name(name: str) -> str:
    """An attribute name as SDDL spells it: what could end it becomes ``%XXXX``."""

    def units(character: re.Match[str]) -> str:
        data = to_utf16(character[0])
        return "".join(f"%{data[i + 1]:02x}{data[i]:02x}" for i in range(0, len(data), 2))

    return _MUST_ESCAPE.sub(units, name)


def to_utf16(text: str) -> bytes:
    """Windows' characters: 16-bit units, low byte first, lone surrogates allowed."""
    return text.encode("utf-16-le", "surrogatepass")


def from_utf16(data: bytes) -> str:
    """The text of UTF-16 as Windows stores it; half of a pair stays what it is. Raises UnicodeDecodeError."""
    return data.decode("utf-16-le", "surrogatepass")


def read_sid(text: str) -> Sid:
    """A SID, or the alias of one that is the same on every machine."""
    return (ALIASES.get(text.upper()) if text.isascii() else None) or Sid(text)


def write_sid(sid: Sid) -> str:
    """The alias where the SID has one, as Windows writes it, and the SID otherwise."""
    return sid.alias or str(sid)
