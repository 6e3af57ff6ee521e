"""Which form of a descriptor a text has."""

from __future__ import annotations

import re

from tokenlab.real.account_names import NameSource
from tokenlab.real.get_acl import from_get_acl
from tokenlab.real.icacls import from_icacls
from tokenlab.real.read_descriptor import ReadDescriptor, from_hexadecimal, from_sddl_text
from tokenlab.security import SecurityDescriptor
from tokenlab.values import Sid

_LIST = re.compile(r"^[ \t]*(?:Owner|Access|AccessToString|Sddl)[ \t]*:", re.MULTILINE | re.IGNORECASE)
_ACE = re.compile(r"[^\s:]:(?:\([^()\n]*\)|[FCRWN][ \t]*$)", re.MULTILINE)
_BYTES = re.compile(
    r"(?:(?:\"[^\"\n]{1,80}\"=)?hex:)?(?:0x)?01[\s,]*+(?:0x)?00(?:[\s,\\]|0x|[0-9a-fA-F]{2})++"
)


def read_descriptor(
    text: str,
    names: NameSource = None,
    *,
    owner: Sid | str | None = None,
    group: Sid | str | None = None,
    domain: Sid | str | None = None,
) -> ReadDescriptor:
    """The descriptor in a text: SDDL (``sc sdshow``), ``icacls``, ``icacls /save``, ``cacls``,
    ``Get-Acl | Format-List``, or bytes in hexadecimal digits.

    ``names`` gives SIDs by name, or is a token that holds them; ``owner`` and ``group`` are taken where the
    text shows none; ``domain`` gives aliases such as DA their meaning. Raises `DescriptorTextError`.
    """
    text = text.removeprefix("\ufeff")
    if _BYTES.fullmatch(text.strip()):
        read = from_hexadecimal(text)
    elif _LIST.search(text):
        read = from_get_acl(text, names, domain=domain)
    elif _ACE.search(text.replace("D:(", "").replace("S:(", "")):
        read = from_icacls(text, names, owner=owner, group=group, domain=domain)
    else:
        return _saved_or_sddl(text, names, owner=owner, group=group, domain=domain)
    return _completed(read, owner, group, domain)


def _saved_or_sddl(
    text: str,
    names: NameSource,
    *,
    owner: Sid | str | None,
    group: Sid | str | None,
    domain: Sid | str | None,
) -> ReadDescriptor:
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) == 2 and not re.search(r"[ODG]:", lines[0].replace(":\\", "")):
        return from_icacls(text, names, owner=owner, group=group, domain=domain)
    return from_sddl_text(text, domain, owner=owner, group=group)


def _completed(
    read: ReadDescriptor, owner: Sid | str | None, group: Sid | str | None, domain: Sid | str | None
) -> ReadDescriptor:
    if (owner is None or read.owner) and (group is None or read.group):
        return read
    given = SecurityDescriptor.from_sddl("", domain, owner=owner, group=group)
    whole = SecurityDescriptor(
        read.owner or given.owner, read.group or given.group, read.dacl, read.sacl, read.control
    )
    return ReadDescriptor.of(whole, path=read.path, names=read.names, notes=read.notes)
