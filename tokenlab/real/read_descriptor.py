r"""A security descriptor out of what people have at hand: SDDL, ``icacls``, ``cacls``, ``Get-Acl``, bytes.

`read_descriptor` finds out which it is. What a form does not show, or what had to be assumed, stands in the
notes of the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tokenlab.security import SecurityDescriptor
from tokenlab.security.descriptor.sddl import SddlError
from tokenlab.security.descriptor.wire import WireError
from tokenlab.values import ParseError, Sid


class DescriptorTextError(ParseError):
    """Text from which no descriptor can be read."""


class ReadDescriptor(SecurityDescriptor):
    """A descriptor as a text showed it. Equal to any descriptor that says the same.

    ``path`` is the object's, if the text shows it; ``names`` are the accounts by SID; ``notes`` tell what
    was left open or assumed.
    """

    path: str
    names: Mapping[str, str]
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        descriptor: SecurityDescriptor,
        *,
        path: str = "",
        names: Mapping[str, str] | None = None,
        notes: Iterable[str] = (),
    ) -> ReadDescriptor:
        """The same descriptor with what the text says of it."""
        found = cls(
            descriptor.owner,
            descriptor.group,
            descriptor.dacl,
            descriptor.sacl,
            descriptor.control,
            descriptor.resource_manager_control,
        )
        found.__dict__.update(path=path, names=dict(names or {}), notes=tuple(notes))
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecurityDescriptor):
            return NotImplemented
        return _said(self) == _said(other)

    def __hash__(self) -> int:
        return hash(_said(self))


def _said(descriptor: SecurityDescriptor) -> tuple[object, ...]:
    return (
        descriptor.owner,
        descriptor.group,
        descriptor.dacl,
        descriptor.sacl,
        descriptor.control,
        descriptor.resource_manager_control,
    )


_SID = r"(?:[A-Z]{2}|S-1-[\d-]+)"
_SDDL = re.compile(
    rf"(?<![A-Za-z])(?:O:{_SID}\s*)?(?:G:{_SID}\s*)?(?:D:[A-Z_]*(?:\(|\s*$)|S:[A-Z]*\()|\A\s*[OGDS]:"
)
_GOES_ON = re.compile(r"[DSG]:|\([A-Z]{1,2};")
_WHERE_FROM = (
    "SDDL (D:(A;;FA;;;SY)...), the output of icacls, cacls, Get-Acl | Format-List or sc sdshow, or the bytes "
    "as hexadecimal digits"
)
_NO_OWNER = (
    "The text names no {0}, as sc sdshow and icacls do: Windows refuses to check it (1338). Give what is "
    "missing, for example {1}."
)


def from_sddl_text(
    text: str,
    domain: Sid | str | None = None,
    *,
    owner: Sid | str | None = None,
    group: Sid | str | None = None,
) -> ReadDescriptor:
    """The SDDL somewhere in a text: after a prompt, a name and a colon, over several lines.

    Raises `DescriptorTextError` if there is none, or if it is wrong.
    """
    found = _SDDL.search(text)
    if found is None:
        raise DescriptorTextError(f"there is no descriptor in {text.strip()[:60]!r}: expected {_WHERE_FROM}")
    lines = text[found.start() :].splitlines()
    kept = [lines[0].strip()]
    depth = kept[0].count("(") - kept[0].count(")")
    for line in map(str.strip, lines[1:]):  # a console wraps long text; an empty line ends it
        if not line or (depth <= 0 and not _GOES_ON.match(line)):
            break
        kept.append(line)
        depth += line.count("(") - line.count(")")
    sddl = "".join(kept).rstrip("\"'`,; }]\u201d\u2019")
    rest = _SDDL.search("\n".join(lines[len(kept) :]))
    try:
        read = SecurityDescriptor.from_sddl(sddl, domain, owner=owner, group=group)
    except SddlError as error:
        before = text[: found.start()]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise DescriptorTextError(str(error), line=place[0], column=place[1]) from None
    notes = missing_notes(read)
    if rest:
        notes.append(f"Another descriptor stands below, {rest[0].strip()!r}..., and was left out.")
    return ReadDescriptor.of(read, notes=notes)


def missing_notes(descriptor: SecurityDescriptor) -> list[str]:
    """What to say of a descriptor without owner or group."""
    parts = [name for name, sid in (("owner", descriptor.owner), ("group", descriptor.group)) if sid is None]
    if not parts:
        return []
    cure = ", ".join(f"{name}='SY'" for name in parts)
    return [_NO_OWNER.format(" and no ".join(parts), cure)]


def from_hexadecimal(text: str) -> ReadDescriptor:
    """A self-relative descriptor in hexadecimal digits, as a registry export or a dump shows it.

    Raises `DescriptorTextError`.
    """
    try:
        digits = re.sub(r"[\s,\\]|0x", "", text[text.find("hex:") + 4 :] if "hex:" in text else text)
        read = SecurityDescriptor.from_bytes(bytes.fromhex(digits))
    except (WireError, ValueError) as error:
        raise DescriptorTextError(f"these bytes are no descriptor: {error}") from None
    return ReadDescriptor.of(read, notes=missing_notes(read))
