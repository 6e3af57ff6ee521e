r"""What PowerShell's ``Get-Acl | Format-List`` prints, as a descriptor.

Its entry *Sddl* says all, and is read first. Where it is missing or cut, *Access* is read, which leaves out
how an ACE is inherited ("FileSystemRights" and "RegistryRights", .NET).
"""

from __future__ import annotations

import re

from tokenlab.real.account_names import AccountNames, NameSource
from tokenlab.real.read_descriptor import DescriptorTextError, ReadDescriptor, from_sddl_text, missing_notes
from tokenlab.security import Ace, AceFlags, AceType, Acl, SecurityDescriptor
from tokenlab.values import Sid

_ENTRY = re.compile(
    r"^[ \t]*(Path|Owner|Group|Access|Audit|Sddl|AccessToString|Name)[ \t]*:[ \t]?(.*)$", re.I
)
_ACE = re.compile(r"(.+?)\s+(Allow|Deny)\s+(.+)")
_FILE = {
    "FullControl": 0x1F01FF,
    "Modify": 0x1301BF,
    "ReadAndExecute": 0x1200A9,
    "Read": 0x120089,
    "Write": 0x100116,
    "Synchronize": 0x100000,
    "Delete": 0x10000,
    "ReadPermissions": 0x20000,
    "ChangePermissions": 0x40000,
    "TakeOwnership": 0x80000,
    "ReadData": 0x1,
    "ListDirectory": 0x1,
    "WriteData": 0x2,
    "CreateFiles": 0x2,
    "AppendData": 0x4,
    "CreateDirectories": 0x4,
    "ReadExtendedAttributes": 0x8,
    "WriteExtendedAttributes": 0x10,
    "ExecuteFile": 0x20,
    "Traverse": 0x20,
    "DeleteSubdirectoriesAndFiles": 0x40,
    "ReadAttributes": 0x80,
    "WriteAttributes": 0x100,
}
_KEY = {
    "FullControl": 0xF003F,
    "ReadKey": 0x20019,
    "WriteKey": 0x20006,
    "QueryValues": 0x1,
    "SetValue": 0x2,
    "CreateSubKey": 0x4,
    "EnumerateSubKeys": 0x8,
    "Notify": 0x10,
    "CreateLink": 0x20,
    "Delete": 0x10000,
    "ReadPermissions": 0x20000,
    "ChangePermissions": 0x40000,
    "TakeOwnership": 0x80000,
}
_PROVIDER = re.compile(r"Microsoft\.PowerShell\.Core\\\w+::")


def from_get_acl(text: str, names: NameSource = None, *, domain: Sid | str | None = None) -> ReadDescriptor:
    """The descriptor of the one object in the text. Raises `DescriptorTextError`.

    ``names`` gives SIDs by name, or is a token that holds them; it is asked where *Sddl* is not whole.
    ``domain`` gives aliases such as DA their meaning.
    """
    found = _entries(text)
    path = _PROVIDER.sub("", found.get("path", ""))
    notes = []
    if found.get("sddl"):
        try:
            read = from_sddl_text(found["sddl"].replace("\n", ""), domain)
        except DescriptorTextError as error:
            if "access" not in found:
                raise
            notes.append(f"Sddl is not whole ({str(error).splitlines()[0]:.80}): Access is read instead.")
        else:
            return ReadDescriptor.of(read, path=path, notes=read.notes)
    if not found.get("access"):
        raise DescriptorTextError(
            f"there is no Sddl and no Access in {text.strip()[:60]!r}: expected what "
            "Get-Acl C:\\Temp | Format-List prints, or better (Get-Acl C:\\Temp).Sddl"
        )
    return _by_access(found, path, notes, names)


def _entries(text: str) -> dict[str, str]:
    """The entries of the list by name in small letters; several lines of one are kept apart."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        entry = _ENTRY.match(line)
        if entry:
            name = entry[1].lower().replace("accesstostring", "access")
            if name in found and name == "path":
                raise DescriptorTextError("the text shows several objects: expected one Path")
            found.setdefault(name, [entry[2].strip()])
        elif not line.strip():
            name = name if name == "access" and found.get(name) == [""] else ""
        elif name and line[:1].isspace():
            found[name].append(line.strip())
    return {name: "\n".join(lines) for name, lines in found.items()}


def _by_access(found: dict[str, str], path: str, notes: list[str], names: NameSource) -> ReadDescriptor:
    accounts = AccountNames(names)
    rights = _KEY if "Registry::" in found.get("path", "") or "HKEY" in path else _FILE
    aces = []
    for line in filter(None, found["access"].split("\n")):
        match = _ACE.fullmatch(line.strip())
        if match is None:
            raise DescriptorTextError(
                f"{line.strip()[:80]!r} is no ACE: expected such as "
                "'BUILTIN\\Users Allow  ReadAndExecute, Synchronize'"
            )
        kind = AceType.ACCESS_DENIED if match[2] == "Deny" else AceType.ACCESS_ALLOWED
        aces.append(Ace(kind, AceFlags(0), _mask(match[3], rights), accounts.sid(match[1])))
    notes.append(
        "Access does not show how an ACE is inherited: all are taken for the object itself. Better: "
        "(Get-Acl C:\\Temp).Sddl"
    )
    owner, group = (accounts.sid(found[part]) if found.get(part) else None for part in ("owner", "group"))
    read = SecurityDescriptor(owner, group, Acl(aces))
    told = [*notes, *accounts.notes(), *missing_notes(read)]
    return ReadDescriptor.of(read, path=path, names=accounts.list_made_up(), notes=told)


def _mask(text: str, rights: dict[str, int]) -> int:
    mask = 0
    for word in map(str.strip, text.split(",")):
        if word in rights:
            mask |= rights[word]
        elif re.fullmatch(r"-?\d{1,10}", word):  # generic rights have no name in .NET
            mask |= int(word) & 0xFFFFFFFF
        else:
            raise DescriptorTextError(f"{word!r} is no right: expected one of {', '.join(rights)}")
    return mask
