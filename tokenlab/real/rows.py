"""The rows of what ``whoami`` prints, in whatever shape it was pasted.

A row is a SID or a privilege name, which no language translates, with what stands behind it up to the next
one. Tables, ``/fo list``, ``/fo csv`` and wrapped text differ only in how one finds the end of a row and the
name before it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from tokenlab.values import PRIVILEGES


@dataclass(frozen=True)
class WhoamiRow:
    """A SID or privilege name, and what the text says about it."""

    anchor: str
    text: str  # behind it, up to the next row
    line: int  # in the text, from 1
    name: str = ""  # of the account; empty where the shape of the text leaves it uncertain
    columns: int = 0  # of its table: 2 for the user, 4 for groups, 3 for privileges; 0 if unknown
    cut: bool = False  # its line may have been cut inside the anchor

    @property
    def place(self) -> str:
        """Where the row stands, for a message."""
        return f"{self.anchor} in line {self.line}"


LABEL = r"[^\s:|\",][^:|\",\n]{0,18}:"  # of a line in /fo list: "Attributes:"

_FIELD = re.compile(rf"\s*{LABEL}(?:\s|$)")
_ENOUGH = 1000  # no attributes, and no description with its state, are longer
_PRIVILEGE_NAMES = frozenset(PRIVILEGES)
_ANCHOR = re.compile(r"(?<![\w\\-])(?:S-1-[^\s\",;|]+|Se[A-Z][A-Za-z]*(?:Privilege\b|$))")
_SID_BEGUN = re.compile(r"S-1-\d+(?:-\d+)*-?")
_BROKEN = re.compile(r"(?<![\w\\-])(?:S(?:-1?[-\d]*)?|Se(?:[A-Z][A-Za-z]*)?)$")
_RULER = re.compile(r"(?<!\S)=+(?: +=+)*\s*$")
_UNDERLINE = re.compile(r"\s*-{3,}\s*")
_BETWEEN = re.compile(r"\s*|\s*[-`~]{3,}\s*|\s*(?:\S+ )?(?:PS )?[A-Za-z]:\\[^\"|]*>.*")  # the last: a prompt
_SIGNS = str.maketrans(
    {"\t": "  ", "：": ":", "、": ",", "，": ",", "\u3000": " ", "\ufeff": None, "\u200b": None}
    | dict.fromkeys("\xa0\u2007\u202f", " ")
    | dict.fromkeys("‐‑‒–—−", "-")
)


def read_rows(text: str) -> list[WhoamiRow]:
    """The rows of the text, in its order."""
    lines = _mend(_plain(text))
    found: list[WhoamiRow] = []
    open_row = False
    ruler: re.Match[str] | None = None
    may_be_cut = _cut_lines(lines)
    for i, line in enumerate(lines):
        matches = list(_ANCHOR.finditer(line))
        if (here := _RULER.search(line)) or _BETWEEN.fullmatch(line) or not (matches or _belongs(lines, i)):
            ruler = None if i and _RULER.search(lines[i - 1]) else here
            open_row = False
        elif matches:
            ends = [match.start() for match in matches[1:]] + [len(line)]
            for match, end in zip(matches, ends, strict=True):
                cut = match.end() == len(line) and i in may_be_cut
                name, columns = _name_and_columns(lines, i, match.start(), ruler)
                text = line[match.end() : end][:_ENOUGH]
                found.append(WhoamiRow(match[0], text, i + 1, name, columns, cut))
            open_row = True
        elif open_row and len(found[-1].text) < _ENOUGH:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line}", cut=False)
    return found


def _cut_lines(lines: list[str]) -> set[int]:
    """The lines whose end may be missing: the last one, and full ones where the text was wrapped."""
    width = max(map(len, lines))
    full = [i for i, line in enumerate(lines) if len(line) == width]
    last = max((i for i, line in enumerate(lines) if line.strip()), default=0)
    return {last, *(full if len(full) > 1 else ())}


def _belongs(lines: list[str], i: int) -> bool:
    """False for a heading, which is underlined."""
    return i + 1 == len(lines) or not _UNDERLINE.fullmatch(lines[i + 1])


def _plain(text: str) -> list[str]:
    """Lines with plain ends, spaces and hyphens; without a mail's quote marks, and not doubled."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_SIGNS)
    lines = text.split("\n")
    if all(line.startswith(">") or not line for line in lines):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
    core = text.strip("\n").split("\n")
    doubled = len(core) > 2 and not any(line.strip() for line in core[1::2])
    return core[::2] if doubled else lines


def _mend(lines: list[str]) -> list[str]:
    """The lines, with SIDs and privilege names that were broken over several of them whole in the first."""
    width = max(map(len, lines))
    joined = lines[:1]
    begun = 0  # the line in which the name began that the last line ends with
    for previous, line in pairwise(lines):
        tail, head = _BROKEN.search(joined[begun]), re.match(r"\s*([-\w]+)", line)
        if tail and head and _continues(tail[0], head[1], full=len(previous) == width):
            joined[begun] += head[1]
            line = line[head.end() :] or ","  # not empty, for that would end the row
        joined.append(line)
        begun = begun if line == "," else len(joined) - 1
    return joined


def _continues(tail: str, head: str, full: bool) -> bool:
    """True if the two are one name; between two digits only a line that is full can have been broken."""
    if tail.startswith("Se"):
        return tail not in _PRIVILEGE_NAMES and tail + head in _PRIVILEGE_NAMES
    return bool(_SID_BEGUN.fullmatch(tail + head)) and (full or "-" in (tail[-1], head[0]))


def _name_and_columns(lines: list[str], i: int, start: int, ruler: re.Match[str] | None) -> tuple[str, int]:
    """The first field of the record in line i, whose anchor begins at ``start``, and how many it has."""
    line = lines[i]
    if line.lstrip().startswith('"'):
        whole = line.rstrip().endswith('"') and not (i and lines[i - 1].rstrip().endswith(","))
        return (line.split('","')[0].strip(' "'), line.count('","') + 1) if whole else ("", 0)
    if _FIELD.match(line):
        fields = list(takewhile(_FIELD.match, reversed(lines[max(0, i - 2) : i])))
        ends = i + 1 == len(lines) or not _FIELD.match(lines[i + 1])
        columns = 2 if ends and len(fields) == 1 else 4
        return "".join(fields[columns // 2 - 1 : columns // 2]).partition(":")[2].strip(), columns
    if ruler is None:
        return "", 0
    widths = ruler[0].split()
    if len(widths) == 1:  # slipped behind its heading
        return "", 0
    return _cell(line[:start], ruler.start(), len(widths[0])), len(widths)


def _cell(line: str, start: int, width: int) -> str:
    """What stands in so many columns of a console, where a Chinese or Japanese sign takes two."""
    end = start
    while width > 0 and end < len(line):
        width -= 2 if unicodedata.east_asian_width(line[end]) in "WF" else 1
        end += 1
    return line[start:end].strip() if line[end : end + 1].isspace() else ""
