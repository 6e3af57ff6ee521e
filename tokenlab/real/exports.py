r"""What real estates can tell: exports of paths with their descriptors, and lists of who is in which group.

In PowerShell, on a file server::

    Get-ChildItem D:\ -Recurse | Get-Acl | Select-Object Path, Sddl | Export-Csv acls.csv

`read_descriptors` takes that, or JSON lines (``ForEach-Object { $_ | ConvertTo-Json -Compress }`` instead
of ``Export-Csv``); also what ``icacls D:\ /T`` prints, and what ``icacls D:\ /save acls.txt /T`` writes.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from types import MappingProxyType

from tokenlab.real.icacls import each_of_icacls
from tokenlab.real.read_descriptor import DescriptorTextError
from tokenlab.security import SecurityContext, SecurityDescriptor
from tokenlab.security.descriptor.sddl import SddlError
from tokenlab.values import ParseError, Sid
from tokenlab.values.well_known import AUTHENTICATED_USERS, EVERYONE, USERS

_PROVIDER = "Microsoft.PowerShell.Core\\FileSystem::"
_PATHS, _SDDLS = ("path", "pspath", "fullname", "name"), ("sddl", "sddltext")


class ExportError(ParseError):
    """No export: ``line`` says where."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason, line=line, message=f"line {line}: {reason}")


def read_descriptors(lines: Iterable[str], domain: Sid | str | None = None) -> dict[str, SecurityDescriptor]:
    """The descriptors of an export, by path: CSV with a heading, or JSON lines.

    There must be a column ``Path`` and one ``Sddl``, in any order and case, among others; what icacls prints
    or saves is read too. The same SDDL gives the same descriptor object, so that a survey decides it once.
    ``domain`` gives aliases such as DA (Domain Admins) their meaning. Raises `ExportError` with the line.
    """
    lines = iter(lines)
    first = [line.removeprefix("\ufeff") for line in islice(lines, 20)]
    if _is_of_icacls(first):
        try:
            return dict(
                each_of_icacls("\n".join(line.rstrip("\r\n") for line in chain(first, lines)), domain=domain)
            )
        except DescriptorTextError as error:
            raise ExportError(str(error), 1) from error
    return dict(each_descriptor(chain(first, lines), domain))


def _is_of_icacls(lines: list[str]) -> bool:
    """True for lists of ACEs, or a path and SDDL in turn, where an export has a heading or JSON."""
    shown = [line for line in lines if line.strip()]
    aces = sum(re.search(r"\S:\([^()]*\)", line) is not None and ";" not in line for line in shown)
    saved = len(shown) > 1 and re.match(r"[OGDS]:", shown[1].strip()) is not None and "," not in shown[0]
    return saved or (aces > 0 and not shown[0].lstrip().startswith("{"))


def each_descriptor(
    lines: Iterable[str], domain: Sid | str | None = None
) -> Iterator[tuple[str, SecurityDescriptor]]:
    """The same, one after the other, for exports larger than memory. Raises `ExportError` with the line."""
    known: dict[str, SecurityDescriptor] = {}
    for number, row in _rows(lines):
        path = next((row[name] for name in _PATHS if row.get(name)), None)
        sddl = next((row[name] for name in _SDDLS if row.get(name)), None)
        if path is None or sddl is None:
            raise ExportError(f"expected columns Path and Sddl, not {', '.join(row) or 'nothing'}", number)
        if sddl not in known:
            try:
                known[sddl] = SecurityDescriptor.from_sddl(sddl, domain)
            except SddlError as error:
                raise ExportError(f"{path}: {error}", number) from error
        yield path.removeprefix(_PROVIDER), known[sddl]


def contexts_of(groups: Mapping[str, Iterable[str]], sids: Mapping[str, str]) -> dict[str, SecurityContext]:
    """Contexts from a list of who is in which group, groups of groups included.

    ``groups`` maps the name of a group to the names of its members, ``sids`` every name to its SID. A name
    that is no group becomes a context, with Everyone, Authenticated Users and Users. Raises ValueError for a
    name that has no SID.
    """
    members = {group: list(names) for group, names in groups.items()}
    for name in {*members, *(name for names in members.values() for name in names)} - set(sids):
        raise ValueError(
            f"{name!r} has no SID: expected one for every name, for example {name!r}: 'S-1-5-21-...'"
        )
    above: dict[str, list[str]] = {}
    for group, names in members.items():
        for name in names:
            above.setdefault(name, []).append(group)
    everybody = (EVERYONE, AUTHENTICATED_USERS, USERS)
    names_of: Mapping[str, str] = MappingProxyType({Sid(sid): name for name, sid in sids.items()})
    found = {}
    for name in sids:
        if name not in members:
            held = [sids[group] for group in _all_above(name, above)]
            found[name] = SecurityContext(sids[name], [*held, *everybody], names=names_of)
    return found


def _all_above(name: str, above: Mapping[str, list[str]]) -> list[str]:
    found: dict[str, None] = {}
    todo = [name]
    for one in todo:  # grows while it is read
        new = [group for group in above.get(one, ()) if group not in found]
        found.update(dict.fromkeys(new))
        todo += new
    return list(found)


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and rows, the names of their columns in small letters."""
    numbered = ((number, line.removeprefix("\ufeff")) for number, line in enumerate(lines, 1))
    kept = ((number, line) for number, line in numbered if line.strip() and not line.startswith("#TYPE"))
    first = next(kept, (1, ""))
    rows = chain([first], kept)
    if first[1].lstrip().startswith("{"):
        yield from _json_rows(rows)
        return
    seen = [1]  # the number of the line that was read last

    def told() -> Iterator[str]:
        for seen[0], line in rows:
            yield line

    reader = csv.reader(told())
    try:
        heading = [name.strip().lower() for name in next(reader, [])]
        for cells in reader:
            yield seen[0], dict(zip(heading, cells, strict=False))
    except csv.Error as error:  # a field of over 131,072 letters, for one
        raise ExportError(f"no CSV: {error}", seen[0]) from error


def _json_rows(kept: Iterable[tuple[int, str]]) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in kept:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ExportError(f"no JSON: {error}", number) from error
        if not isinstance(row, dict):
            raise ExportError(
                'expected an object a line, for example {"Path": "D:\\\\x", "Sddl": "..."}', number
            )
        yield number, {str(name).lower(): str(value) for name, value in row.items()}
