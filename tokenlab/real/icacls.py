r"""What ``icacls`` and ``cacls`` print, and what ``icacls /save`` writes, as descriptors.

"icacls" and "cacls" on Microsoft Learn name the letters. An ACE is a line: the account, a colon, flags in
brackets, and rights in brackets, or without them in cacls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tokenlab.real.account_names import AccountNames, NameSource
from tokenlab.real.read_descriptor import DescriptorTextError, ReadDescriptor, from_sddl_text, missing_notes
from tokenlab.security import Ace, AceFlags, AceType, Acl, SecurityDescriptor
from tokenlab.values import Sid

_RIGHTS = {
    "F": 0x1F01FF,
    "M": 0x1301BF,
    "RX": 0x1200A9,
    "R": 0x120089,
    "W": 0x100116,
    "D": 0x110000,
    "DE": 0x10000,
    "RC": 0x20000,
    "WDAC": 0x40000,
    "WO": 0x80000,
    "S": 0x100000,
    "AS": 0x1000000,
    "MA": 0x2000000,
    "GA": 0x10000000,
    "GE": 0x20000000,
    "GW": 0x40000000,
    "GR": 0x80000000,
    "RD": 0x1,
    "WD": 0x2,
    "AD": 0x4,
    "REA": 0x8,
    "WEA": 0x10,
    "X": 0x20,
    "DC": 0x40,
    "RA": 0x80,
    "WA": 0x100,
}
_OF_CACLS = {"F": 0x1F01FF, "C": 0x1301BF, "R": 0x1200A9, "W": 0x100116}
_SPECIAL = {
    "DELETE": 0x10000,
    "READ_CONTROL": 0x20000,
    "WRITE_DAC": 0x40000,
    "WRITE_OWNER": 0x80000,
    "SYNCHRONIZE": 0x100000,
    "GENERIC_ALL": 0x10000000,
    "GENERIC_EXECUTE": 0x20000000,
    "GENERIC_WRITE": 0x40000000,
    "GENERIC_READ": 0x80000000,
    "FILE_GENERIC_READ": 0x120089,
    "FILE_GENERIC_WRITE": 0x120116,
    "FILE_GENERIC_EXECUTE": 0x1200A0,
    "FILE_READ_DATA": 0x1,
    "FILE_WRITE_DATA": 0x2,
    "FILE_APPEND_DATA": 0x4,
    "FILE_READ_EA": 0x8,
    "FILE_WRITE_EA": 0x10,
    "FILE_EXECUTE": 0x20,
    "FILE_DELETE_CHILD": 0x40,
    "FILE_READ_ATTRIBUTES": 0x80,
    "FILE_WRITE_ATTRIBUTES": 0x100,
}
_FLAGS = {
    "OI": AceFlags.OBJECT_INHERIT,
    "CI": AceFlags.CONTAINER_INHERIT,
    "NP": AceFlags.NO_PROPAGATE_INHERIT,
    "IO": AceFlags.INHERIT_ONLY,
    "I": AceFlags.INHERITED,
}
_LABEL = {"NW": 0x1, "NR": 0x2, "NX": 0x4}
_LEVELS = {
    "untrusted": 0,
    "low": 0x1000,
    "medium": 0x2000,
    "medium plus": 0x2100,
    "high": 0x3000,
    "system": 0x4000,
}
_LEVEL = re.compile(r"Mandatory Label\\(.+) Mandatory Level", re.IGNORECASE)
_ENTRY = re.compile(r"(?P<left>.*?[^\s:]):(?P<right>(?:\([^()\n]*\))+\s*+[A-Z]{0,2}|[FCRWN])\s*\Z")
_AUTHORITIES = (
    "NT AUTHORITY|NT SERVICE|APPLICATION PACKAGE AUTHORITY|Mandatory Label|Window Manager|Font Driver Host|"
    "NT VIRTUAL MACHINE|IIS APPPOOL|AUTORITE NT|NT-AUTORITÄT|BUILTIN|VORDEFINIERT"
)
_ACCOUNT = re.compile(rf"(?:.*\s)?((?:{_AUTHORITIES})\\.+|[^\s\\]+\\[^\\]+|\S+)\Z", re.IGNORECASE)
_LONGEST = 200  # letters; no name of an account is longer
_EXAMPLE = r"expected what icacls prints, for example 'C:\Temp BUILTIN\Users:(OI)(CI)(RX)'"


def from_icacls(
    text: str,
    names: NameSource = None,
    *,
    owner: Sid | str | None = None,
    group: Sid | str | None = None,
    domain: Sid | str | None = None,
) -> ReadDescriptor:
    """The descriptor of the one object in the text. For several: `each_of_icacls`.

    ``names`` gives SIDs by name, or is a token that holds them; the names that are the same everywhere are
    known. icacls shows no owner and no group: ``owner`` and ``group`` say them. Raises `DescriptorTextError`.
    """
    found = dict(each_of_icacls(text, names, owner=owner, group=group, domain=domain))
    if len(found) != 1:
        raise DescriptorTextError(
            f"the text shows {len(found)} objects, {', '.join(found):.100}: expected one; "
            "dict(each_of_icacls(text)) has them all"
        )
    return next(iter(found.values()))


def each_of_icacls(
    text: str,
    names: NameSource = None,
    *,
    owner: Sid | str | None = None,
    group: Sid | str | None = None,
    domain: Sid | str | None = None,
) -> Iterator[tuple[str, ReadDescriptor]]:
    """Path and descriptor of each object that the text shows. Raises `DescriptorTextError`."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\0", "")
    saved = _saved(text)
    if saved:
        for path, sddl in saved:
            read = from_sddl_text(sddl, domain, owner=owner, group=group)
            yield path, ReadDescriptor.of(read, path=path, notes=read.notes)
        return
    accounts = AccountNames(names)
    blocks = list(_blocks(text, accounts))
    if not blocks:
        raise DescriptorTextError(f"there is no ACE in {text.strip()[:60]!r}: {_EXAMPLE}")
    for path, entries in blocks:
        accounts.missing.clear()
        lists = _descriptor(entries, accounts)
        whole = replace(
            lists,
            owner=None if owner is None else _sid(owner, domain),
            group=None if group is None else _sid(group, domain),
        )
        notes = [*accounts.notes(), *missing_notes(whole)]
        yield path, ReadDescriptor.of(whole, path=path, names=accounts.list_made_up(), notes=notes)


def _sid(text: Sid | str, domain: Sid | str | None) -> Sid | None:
    return SecurityDescriptor.from_sddl(f"O:{text}", domain).owner


def _saved(text: str) -> list[tuple[str, str]]:
    """``icacls /save``: a line with the path, then one with the SDDL."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    are_pairs = bool(pairs) and len(lines) % 2 == 0
    sddl = re.compile(r"(?:O:|G:|D:|S:)[A-Z]*[\w(:-]")
    fits = are_pairs and all(sddl.match(second) and not sddl.match(first) for first, second in pairs)
    return pairs if fits else []


Entry = tuple[str, str, list[str]]  # account, flags and rights, special rights below


def _blocks(text: str, accounts: AccountNames) -> Iterator[tuple[str, list[Entry]]]:
    """The objects: a path at the left edge, its ACEs on this line and on the indented ones below."""
    lines = [line.rstrip() for line in text.split("\n")]
    path, entries = "", list[Entry]()
    for number, line in enumerate(lines):
        found = _ENTRY.match(line)
        if found is None:
            if entries and line.strip() in _SPECIAL:
                entries[-1][2].append(line.strip())
            continue
        left, right = found["left"], found["right"].strip()
        if line[0].isspace():
            if not entries and not path:
                raise DescriptorTextError(
                    f"line {number + 1}: an ACE before any path: {_EXAMPLE}", line=number + 1
                )
            entries.append((left.strip(), right, []))
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        other, account = _split(left, below, accounts)
        if entries and not other:  # a paste that lost its indentation
            entries.append((account, right, []))
            continue
        if entries:
            yield path, entries
        path, entries = other, [(account, right, [])]
    if entries:
        yield path, entries


def _split(left: str, below: str, accounts: AccountNames) -> tuple[str, str]:
    """A path and an account with spaces in both: the line below is indented by the path's length."""
    if accounts.find(left) is not None:
        return "", left
    if (indent := len(below) - len(below.lstrip())) > 1 and _ENTRY.match(below):
        path, account = left[: indent - 1], left[indent:]
        if account and left[indent - 1 : indent] == " ":
            return path.strip(), account.strip()
    end = max(0, len(left) - _LONGEST)
    words = [place for place in range(end, len(left)) if left[place] == " "]
    for place in words:  # the longest name that is known
        if accounts.find(left[place + 1 :]) is not None:
            return left[:place].strip(), left[place + 1 :].strip()
    found = _ACCOUNT.match(left, end)
    account = found[1] if found else left
    return left[: len(left) - len(account)].strip(), account.strip()


def _descriptor(entries: list[Entry], accounts: AccountNames) -> SecurityDescriptor:
    aces = [_ace(*entry, accounts) for entry in entries]
    labels = [ace for ace in aces if ace.type is AceType.SYSTEM_MANDATORY_LABEL]
    dacl = Acl(ace for ace in aces if ace.type is not AceType.SYSTEM_MANDATORY_LABEL)
    return SecurityDescriptor(None, None, dacl, Acl(labels) if labels else None)


def _ace(account: str, right: str, special: list[str], accounts: AccountNames) -> Ace:
    parts = [part.strip() for part in re.findall(r"\(([^()]*)\)", right)]
    flags = AceFlags(sum(_FLAGS[part] for part in dict.fromkeys(parts) if part in _FLAGS))
    of_rights = [part for part in parts if part not in (*_FLAGS, "DENY", "special access:", "")]
    words = [word.strip() for part in of_rights for word in part.split(",")]
    level = _LEVEL.fullmatch(account)
    if level and level[1].lower() in _LEVELS:
        label = Sid(f"S-1-16-{_LEVELS[level[1].lower()]}")
        return Ace(AceType.SYSTEM_MANDATORY_LABEL, flags, _mask(words, _LABEL, account), label)
    mask = _rights(right, words, special, account)
    denies = mask is None or "DENY" in parts
    kind = AceType.ACCESS_DENIED if denies else AceType.ACCESS_ALLOWED
    return Ace(kind, flags, _RIGHTS["F"] if mask is None else mask, accounts.sid(account))


def _rights(right: str, words: list[str], special: list[str], account: str) -> int | None:
    """The rights of an entry; None for N, no access."""
    bare = right.rpartition(")")[2].strip()  # cacls
    nothing = "N" in (*words, bare)  # no access: everything is denied
    mask = _mask([word for word in words if word != "N"], _RIGHTS, account)
    mask |= _mask([bare] if bare not in ("", "N") else [], _OF_CACLS, account)
    mask |= _mask(special, _SPECIAL, account)
    if not mask and not nothing:
        raise DescriptorTextError(f"the ACE of {account!r} names no rights in {right!r}: {_EXAMPLE}")
    return None if nothing else mask


def _mask(words: list[str], known: dict[str, int], account: str) -> int:
    mask = 0
    for word in words:
        if word not in known and not re.fullmatch(r"0x[0-9a-fA-F]{1,8}", word):
            expected = ", ".join(known)
            raise DescriptorTextError(f"{word!r}, of {account!r}, is no right: expected one of {expected}")
        mask |= known[word] if word in known else int(word, 16)
    return mask
