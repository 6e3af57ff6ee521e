"""A security descriptor taken apart: each part as text, in words and as bytes, in one colour.

[MS-DTYP] 2.4.4 (ACE), 2.4.5 (ACL), 2.4.6 (the self-relative form), 2.5.1 (SDDL).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tokenlab.security import Ace, AceFlags, Acl, SecurityDescriptor
from tokenlab.security.descriptor.wire import encode_acl
from tokenlab.values import FILE, ObjectType, Sid
from tokenlab.view.drawing import LINE, PAD, drawing, lines_of
from tokenlab.view.markup import Html, join, tag
from tokenlab.view.words import flag_names, mask_words

WIDTH, LETTER, GAP, LABEL = 900, 8, 12, 62
NO_COLOUR, OWNER, GROUP, CONTROL, KIND, FLAGS, RIGHTS, WHO = range(8)
_COLOURS = {OWNER: "s1", GROUP: "s5", CONTROL: "s4", KIND: "s2", FLAGS: "s3", RIGHTS: "s0", WHO: "p6"}
_SID = r"(?:S-1-(?:0x[0-9A-Fa-f]+|[0-9]+)(?:-[0-9]+)*|[A-Z]{2})"


class AnatomyField(NamedTuple):
    """A field: what it is, its letters in SDDL, what it says, its bytes. Without a name it only separates."""

    name: str
    sddl: str
    words: str = ""
    data: bytes = b""
    colour: int = NO_COLOUR


def anatomy_html(descriptor: SecurityDescriptor, object_type: ObjectType = FILE) -> str:
    """The descriptor taken apart, as a drawing."""
    parts = DescriptorAnatomy(descriptor, object_type)
    drawn: list[Html] = []
    y = _flow(drawn, "As text (SDDL)", [(one.sddl, one.colour) for one in parts.text()], 1)
    y = _boxes(drawn, "", [parts.owner, parts.group, parts.control], y + 10)
    for label, ace in parts.aces():
        y = _boxes(drawn, label, [one for one in ace if one.name], y)
    written = [(data.hex(" "), colour) for data, colour in parts.wire()]
    y = _flow(drawn, "As bytes, in Windows' order; grey: sizes and places", written, y + 10)
    return drawing(
        "A security descriptor, taken apart", anatomy_text(descriptor, object_type), drawn, WIDTH, y
    )


def anatomy_text(descriptor: SecurityDescriptor, object_type: ObjectType = FILE) -> str:
    """The text twin of `anatomy_html`: a field a line, then the bytes."""
    parts = DescriptorAnatomy(descriptor, object_type)
    lines = ["As text (SDDL)", "  " + "".join(one.sddl for one in parts.text())]
    for one in (parts.owner, parts.group, parts.control):
        lines.append(_line(one, "  "))
    for label, ace in parts.aces():
        lines.append(f"  {label}")
        lines += [_line(one, "    ") for one in ace if one.name]
    written = " ".join(data.hex(" ") for data, _ in parts.wire() if data)
    return "\n".join([*lines, "As bytes, in Windows' order; grey: sizes and places", f"  {written}"])


def _line(piece: AnatomyField, lead: str) -> str:
    data = f" = {piece.data.hex(' ')}" if piece.data else ""
    return f"{lead}{piece.name}: {piece.sddl or 'nothing'} = {piece.words}{data}"


class DescriptorAnatomy:
    """The fields of a descriptor, in the order of its text and in that of its bytes."""

    def __init__(self, descriptor: SecurityDescriptor, object_type: ObjectType = FILE) -> None:
        self.descriptor, self.object_type = descriptor, object_type
        self.sddl = str(descriptor)
        found = re.match(f"(O:{_SID})?(G:{_SID})?", self.sddl)
        assert found is not None
        owner, group = found.group(1) or "", found.group(2) or ""
        self.owner = _sid_piece("Owner", owner, descriptor.owner, OWNER)
        self.group = _sid_piece("Group", group, descriptor.group, GROUP)
        self._rest = self.sddl[found.end() :]
        self._header = descriptor.to_bytes()[:20]
        names = ", ".join(flag_names(descriptor.control)) or "none"
        marks = "".join(text for text, acl in self._lists() if text)
        self.control = AnatomyField("Control", marks, names, self._header[2:4], CONTROL)

    def _lists(self) -> Iterator[tuple[str, Acl | None]]:
        """``D:AI`` and ``S:``, each with its list."""
        rest = self._rest
        for sign, acl in (("D:", self.descriptor.dacl), ("S:", self.descriptor.sacl)):
            if not rest.startswith(sign):
                yield "", None
                continue
            entries = "".join(map(str, acl or ()))
            end = rest.find(entries, len(sign)) if entries else _end(rest)
            yield rest[:end], acl
            rest = rest[end + len(entries) :]

    def text(self) -> Iterator[AnatomyField]:
        """Every piece of the SDDL."""
        yield self.owner
        yield self.group
        for start, acl in self._lists():
            yield AnatomyField("", start, colour=CONTROL)
            for ace in acl or ():
                yield from ace_pieces(ace, self.object_type)

    def aces(self) -> Iterator[tuple[str, list[AnatomyField]]]:
        """Each ACE with its place."""
        for name, acl in (("DACL", self.descriptor.dacl), ("SACL", self.descriptor.sacl)):
            for place, ace in enumerate(acl or (), 1):
                yield f"{name} {place}", list(ace_pieces(ace, self.object_type))

    def wire(self) -> Iterator[tuple[bytes, int]]:
        """Every piece of the bytes, with its colour: header, SACL, DACL, owner, group."""
        yield self._header[:2], NO_COLOUR
        yield self._header[2:4], CONTROL
        yield self._header[4:], NO_COLOUR
        for acl in (self.descriptor.sacl, self.descriptor.dacl):
            if acl is None:
                continue
            whole = encode_acl(acl)
            yield whole[:8], NO_COLOUR
            at = 8
            for _ in acl:
                size = int.from_bytes(whole[at + 2 : at + 4], "little")
                yield from _ace_bytes(whole[at : at + size])
                at += size
            yield whole[at:], NO_COLOUR
        yield self.owner.data, OWNER
        yield self.group.data, GROUP


def _end(rest: str) -> int:
    """Where a list without entries ends."""
    other = rest.find("S:", 2)
    return len(rest) if other < 0 else other


def _sid_piece(name: str, sddl: str, sid: Sid | None, colour: int) -> AnatomyField:
    return AnatomyField(name, sddl, sid.label if sid else "none", sid.to_bytes() if sid else b"", colour)


def ace_pieces(ace: Ace, object_type: ObjectType = FILE) -> Iterator[AnatomyField]:
    """The fields of an ACE, and what stands between them in SDDL."""
    kind, flags, rights, *others = str(ace)[1:-1].split(";", 5)
    who, _, more = others[2].partition(";")
    passed = ", ".join(name.lower().replace("_", " ") for name in flag_names(AceFlags(ace.flags)))
    yield AnatomyField("", "(")
    yield AnatomyField("Type", kind, ace.type.name.lower().replace("_", " "), bytes([ace.type]), KIND)
    yield AnatomyField("", ";")
    yield AnatomyField("Flags", flags, passed or "none", bytes([ace.flags]), FLAGS)
    yield AnatomyField("", ";")
    named = f"{mask_words(ace.mask, object_type)} ({ace.mask:#x})"
    yield AnatomyField("Rights", rights, named, ace.mask.to_bytes(4, "little"), RIGHTS)
    yield AnatomyField("", f";{others[0]};{others[1]};")
    yield AnatomyField("Who", who, ace.sid.label, ace.sid.to_bytes(), WHO)
    yield AnatomyField("", f";{more})" if more else ")")


def _ace_bytes(data: bytes) -> Iterator[tuple[bytes, int]]:
    yield data[:1], KIND
    yield data[1:2], FLAGS
    yield data[2:4], NO_COLOUR
    yield data[4:8], RIGHTS
    yield data[8:], WHO


# Drawing --------------------------------------------------------------------------------------------------


def _flow(drawn: list[Html], heading: str, pieces: Sequence[tuple[str, int]], y: int) -> int:
    """Coloured pieces of text one after another, on as many lines as they need; where they end."""
    drawn.append(tag("text", heading, x=2, y=y + 16, class_="head"))
    x, y, room = 2, y + 26, (WIDTH - 8) // LETTER
    for text, colour in pieces:
        while text:
            left = room - (x - 2) // LETTER
            if left < min(len(text), 3):
                x, y = 2, y + LINE + 4
                continue
            end = text.rfind(" ", 0, left) + 1 if len(text) > left and " " in text[:left] else left
            part, text = text[:end], text[end:]
            drawn.append(_coloured(part, colour, x, y))
            x += LETTER * len(part) + 4
    return y + LINE + 8


def _coloured(text: str, colour: int, x: int, y: int) -> Html:
    width = LETTER * len(text) + 2
    back = (
        tag("rect", x=x, y=y, width=width, height=LINE, rx=3, class_=_COLOURS[colour]) if colour else Html()
    )
    kind = "code badge" if colour else "code muted"
    return join([back, tag("text", text, x=x + 1, y=y + 15, class_=kind, textLength=LETTER * len(text))])


def _boxes(drawn: list[Html], label: str, pieces: Sequence[AnatomyField], y: int) -> int:
    """A row of boxes, a field each: name, letters, words, bytes; where the row ends."""
    start = LABEL if label else 1
    if label:
        drawn.append(tag("text", label, x=2, y=y + 17, class_="head"))
    width = (WIDTH - start - GAP * (len(pieces) - 1) - 1) // len(pieces)
    lines = [_lines(piece, width) for piece in pieces]
    height = LINE * max(map(len, lines)) + 30
    for place, (piece, said) in enumerate(zip(pieces, lines, strict=True)):
        x = start + place * (width + GAP)
        kind = _COLOURS[piece.colour]
        drawn.append(tag("rect", x=x, y=y, width=width, height=height, rx=4, class_="box"))
        drawn.append(tag("rect", x=x, y=y, width=width, height=24, rx=4, class_=kind))
        drawn.append(tag("text", _heading(piece, width), x=x + PAD, y=y + 17, class_="head badge"))
        for at, line in enumerate(said):
            drawn.append(tag("text", line, x=x + PAD, y=y + 42 + LINE * at))
    return y + height + 10


def _lines(piece: AnatomyField, width: int) -> list[str]:
    room = width - 2 * PAD
    said = [piece.words, piece.data.hex(" ")]
    if piece.sddl not in _heading(piece, width):
        said.insert(0, piece.sddl)
    return [line for text in said if text for line in lines_of(text, room)]


def _heading(piece: AnatomyField, width: int) -> str:
    whole = f"{piece.name}: {piece.sddl or 'nothing'}"
    return whole if lines_of(whole, width - 2 * PAD) == [whole] else piece.name
