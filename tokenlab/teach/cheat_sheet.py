"""The course on two sheets of paper: numbers, letters, rights, errors and fixes.

Nothing here is a list of its own: each table is read from the enumeration, the table or the rule that the
model itself uses, and what a fix does at a double hop is tried while the sheet is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from pathlib import Path

from tokenlab.real.forms.fields import FIELDS
from tokenlab.security.check.rule import ReasonCode
from tokenlab.security.descriptor.ace_fields import AceFlags, MandatoryPolicy
from tokenlab.security.descriptor.sddl_letters import (
    BIT_CODES,
    DACL_CODES,
    FLAG_CODES,
    LABEL_CODES,
    MASK_CODES,
    SACL_CODES,
)
from tokenlab.system import ImpersonationLevel, LogonType, Win32Error
from tokenlab.system.audit_policy import subcategories_of
from tokenlab.system.event_log import IMPERSONATION_LEVELS
from tokenlab.system.logon_events import SPECIAL_PRIVILEGES
from tokenlab.values import DIRECTORY_OBJECT, FILE, KEY, OBJECT_TYPES, PROCESS, SERVICE, ObjectType
from tokenlab.values.sid_names import DOMAIN_ALIASES, DOMAIN_NAMES, NAMES
from tokenlab.values.well_known import WELL_KNOWN
from tokenlab.view import theme
from tokenlab.view.event_table import list_events
from tokenlab.view.markup import Cell, Column, Table, TableRow, join, page_text, tag
from tokenlab.worlds import rules
from tokenlab.worlds.double_hop import FIXES, WAYS, double_hop

TITLE = "tokenlab: cheat sheet"
_PAPER = """
.tl.tl-sheet { columns: 2 430px; column-gap: 18px; }
.tl.tl-sheet h1, .tl.tl-sheet h1 + p { column-span: all; margin: 2px 0; font-size: 18px; }
.tl.tl-sheet h1 + p { font-size: 13px; }
.tl.tl-sheet table.tl-table { table-layout: auto; min-width: 0; font-size: 12px; line-height: 1.3;
  margin: 0 0 10px; }
.tl.tl-sheet table.tl-table th, .tl.tl-sheet table.tl-table td { padding: 1px 4px;
  overflow-wrap: break-word; }
.tl.tl-sheet tr, .tl.tl-sheet caption { break-inside: avoid; break-after: auto; }
@media print {
  @page { size: A4; margin: 8mm; }
  body { margin: 0; }
  .tl.tl-sheet { max-width: none; padding: 0; columns: 2; column-gap: 4mm; font-size: 6.4pt; }
  .tl.tl-sheet h1 { font-size: 9pt; }
  .tl.tl-sheet h1 + p { font-size: 6.4pt; }
  .tl.tl-sheet table.tl-table { font-size: 6.1pt; line-height: 1.16; margin: 0 0 1.2mm; }
  .tl.tl-sheet table.tl-table caption { font-size: 6.8pt; padding: 0; }
  .tl.tl-sheet table.tl-table th, .tl.tl-sheet table.tl-table td { padding: 0 0.6mm; }
}
"""
_SENTENCE = (
    "Made from the model's own tables. What a fix does at the double hop was tried while this page was made: "
    "U arrives as the user, M as the machine, A as ANONYMOUS LOGON, x is refused."
)


@dataclass(frozen=True, eq=False)
class CheatSheet:
    """Tables; ``str()`` is their text, a notebook shows them, `save` makes a page to print."""

    tables: tuple[Table, ...]

    def __str__(self) -> str:
        return f"{TITLE}\n{_SENTENCE}\n\n{page_text(self.tables)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        body = join(table.html() for table in self.tables)
        sheet = tag("div", tag("h1", TITLE), tag("p", _SENTENCE), body, class_="tl tl-sheet")
        return f"{theme.css()}<style>{_PAPER}</style>{sheet}"

    def page(self) -> str:
        """A whole page in HTML: on A4 two sheets."""
        head = f'<head><meta charset="utf-8"><title>{TITLE}</title></head>'
        return f'<!doctype html><html lang="en">{head}<body>{self._repr_html_()}</body></html>'

    def save(self, path: str | Path = "cheat_sheet.html") -> Path:
        """Write the page, to open in a browser and print; gives back where."""
        path = Path(path)
        path.write_text(self.page(), encoding="utf-8", newline="\n")
        return path

    def markdown(self) -> str:
        """The tables in Markdown."""
        parts = [f"# {TITLE}", _SENTENCE]
        parts += [f"## {table.caption}\n\n{_in_markdown(table)}" for table in self.tables]
        return "\n\n".join(parts) + "\n"


@cache
def cheat_sheet() -> CheatSheet:
    """All of it. The first time it takes a second or two, because each fix of the double hop is tried."""
    return CheatSheet(
        (
            _logon_types(),
            _events(),
            _sysmon(),
            _rules(),
            _reasons(),
            _errors(),
            _levels(),
            _privileges(),
            _fixes(),
            _ways(),
            _kinds_of_ace(),
            _flags(),
            _rights(),
            _rights_of_all(),
            _sets_of_rights(),
            _generic(),
            _labels(),
            _names(),
        )
    )


def _logon_types() -> Table:
    """Numbers, and what follows from each: `tokenlab.system.LogonType.rule`."""
    rows = []
    for kind in LogonType:
        if kind is not LogonType.UNDEFINED:
            groups = ", ".join(NAMES[sid].rpartition("\\")[2] for sid in kind.rule.adds) or "none"
            keeps = "yes" if kind.rule.keeps_credentials else "no"
            rows.append((str(int(kind)), _words(kind.name), kind.rule.right or "none", groups, keeps))
    heads = ("Type", "Name", "Right that it needs", "Groups that it adds", "Keeps credentials")
    return _table("Logon types (4624)", heads, rows)


def _events() -> Table:
    rows = []
    for number, words in list_events().items():
        ids = [name for part in FIELDS.get(number, ()) for name in part.split() if name.endswith("LogonId")]
        where = ", ".join(subcategories_of(number))
        rows.append((str(number), words, where, ", ".join(ids) or "-"))
    heads = ("Event", "What happened", "Audit subcategory", "Its logon ids")
    return _table("Events of the Security log (7045: System log)", heads, rows)


def _sysmon() -> Table:
    rows = [(str(number), words) for number, words in list_events(sysmon=True).items()]
    return _table("Events of Sysmon", ("Event", "What happened"), rows)


def _rules() -> Table:
    """The rules of lesson 14, with the number that ATT&CK gives the technique."""
    made = (
        *(rules.type_9(), rules.type_9_by_parent(()), rules.type_9_by_itself(()), rules.other_logon(())),
        *(rules.ticket_without_first(), rules.unusual_options(), rules.port_88(), rules.opened_process(())),
    )
    rows = [(one.technique, one.title, one.needs) for one in made]
    return _table("Detection rules (lesson 14)", ("ATT&CK", "Alerts on", "Needs"), rows)


def _reasons() -> Table:
    rows = [(f"%%{int(code)}", code.words.format("…")) for code in ReasonCode]
    return _table("Reasons in AccessReason (4656, 5145)", ("Code", "Reason"), rows)


def _errors() -> Table:
    rows = [(str(int(code)), code.name, code.means) for code in Win32Error]
    return _table("Win32 errors", ("Error", "ERROR_...", "In plain words"), rows)


def _levels() -> Table:
    pairs = zip(ImpersonationLevel, IMPERSONATION_LEVELS, strict=True)
    rows = [(str(int(level)), _words(level.name), code) for level, code in pairs]
    return _table("Impersonation levels", ("Level", "Name", "ImpersonationLevel in 4624"), rows)


def _privileges() -> Table:
    rows = [(str(one), one.description) for one in sorted(SPECIAL_PRIVILEGES)]
    return _table("Privileges that event 4672 names", ("Privilege", "What it is for"), rows)


_ARRIVING = ("share, Kerberos", "WinRM, Kerberos", "share, NTLM", "SSH, key")


def _fixes() -> Table:
    """What each fix does at a second hop to a share, and the most that it leaves open."""
    rows = []
    for fix, words in FIXES.items():
        tried = [double_hop(way, fix) for way in _ARRIVING]
        most = max(one.exposure for one in tried)
        rows.append((fix, words, *(one.letter for one in tried), str(most.lies), str(most.playable)))
    heads = ("Fix", "What is set", *_ARRIVING, "Lies there", "Can be played")
    table = _table("Double hop to a share: fixes (lesson 12)", heads, rows)
    return replace(
        table, columns=[one._replace(width="44%" if n == 1 else "") for n, one in enumerate(table.columns)]
    )


def _ways() -> Table:
    """The ways to the first server, with no fix set."""
    tried = [double_hop(way) for way in WAYS]
    rows = [(one.way, WAYS[one.way].words, one.letter, str(one.exposure.lies)) for one in tried]
    heads = ("Way to the first server", "What it is", "Second hop", "Lies there")
    return _table("Double hop to a share: ways, no fix set", heads, rows)


def _kinds_of_ace() -> Table:
    rows = [(code, _words(kind.name)) for codes in (DACL_CODES, SACL_CODES) for code, kind in codes.items()]
    return _in_two("SDDL: kinds of entries", ("ACE", "Kind"), rows)


def _flags() -> Table:
    rows = [(code, f"{bit:#x}", _words(str(AceFlags(bit).name))) for code, bit in FLAG_CODES.items()]
    return _in_two("SDDL: flags of an entry", ("Flag", "Bit", "Name"), rows)


def _rights() -> Table:
    """The low 16 bits, which mean something else for each type of object."""
    kinds = (FILE, KEY, SERVICE, PROCESS, DIRECTORY_OBJECT)
    rows = [
        (code, f"{bit:#x}", *(_right(kind, bit) for kind in kinds))
        for code, bit in BIT_CODES.items()
        if bit < 0x10000
    ]
    heads = ("SDDL", "Bit", *(kind.name for kind in kinds))
    return _table("SDDL: rights that differ by type of object", heads, rows)


def _right(kind: ObjectType, bit: int) -> str:
    """The constant, with spaces where a line may break."""
    names = [name.replace("_", " ") for _, name in kind.describe(bit) if not name.startswith("0x")]
    return ", ".join(names) or "-"


def _rights_of_all() -> Table:
    rows = [(code, f"{bit:#x}", _right(FILE, bit)) for code, bit in BIT_CODES.items() if bit >= 0x10000]
    return _in_two("SDDL: rights of all types", ("SDDL", "Bit", "Right"), rows)


def _sets_of_rights() -> Table:
    rows = [(code, f"{mask:#x}") for code, mask in MASK_CODES.items()]
    rows += [
        (code, f"{mask:#x} ({_words(str(MandatoryPolicy(mask).name))})") for code, mask in LABEL_CODES.items()
    ]
    return _in_two("SDDL: sets of rights, and what a label forbids", ("SDDL", "Mask"), rows)


def _generic() -> Table:
    """What the four generic rights become: `tokenlab.values.OBJECT_TYPES`."""
    rows = [(name, *(f"{mask:#x}" for mask in kind.mapping)) for name, kind in OBJECT_TYPES.items()]
    heads = ("Type of object", "GR read", "GW write", "GX execute", "GA all")
    return _table("What generic rights stand for", heads, rows)


def _labels() -> Table:
    rows = [
        (known.alias or "-", str(known.sid), f"{known.sid.rid:#x}", known.name.rpartition("\\")[2])
        for known in WELL_KNOWN
        if known.sid.startswith("S-1-16-")
    ]
    return _table("Integrity levels", ("SDDL", "SID", "Level", "Name"), rows)


def _names() -> Table:
    rows = [
        (known.alias, str(known.sid), known.name.rpartition("\\")[2])
        for known in WELL_KNOWN
        if known.alias and not known.sid.startswith("S-1-16-")
    ]
    rows += [(alias, f"...-{rid}", DOMAIN_NAMES[rid]) for alias, rid in DOMAIN_ALIASES.items()]
    return _in_two("SDDL: letters of SIDs (...: the domain)", ("SDDL", "SID", "Name"), rows)


def _words(name: str) -> str:
    """``NETWORK_CLEARTEXT`` as words."""
    return name.lower().replace("_", " ")


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    return Table(caption, [Column(head) for head in heads], [TableRow([*map(Cell, row)]) for row in rows])


def _in_two(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A long and narrow table as two halves beside each other, read downwards."""
    half = -(-len(rows) // 2)
    blank = ("",) * len(heads)
    lines = ((*left, *right) for left, right in zip_longest(rows[:half], rows[half:], fillvalue=blank))
    return _table(caption, (*heads, *heads), lines)


def _in_markdown(table: Table) -> str:
    lines = [[column.heading for column in table.columns], ["---"] * len(table.columns)]
    lines += [[cell.body for cell in row.cells] for row in table.rows]
    return "\n".join(_markdown_row(line) for line in lines)


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
