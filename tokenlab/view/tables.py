"""Tables: what a token says, what a descriptor says. Pure functions from a value to HTML, or to text.

The descriptor's matrix of effective rights is in `matrix`, the check step by step in `verdict`; their
functions can be had here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tokenlab.security import (
    Ace,
    AceFlags,
    AceType,
    SecurityContext,
    SecurityDescriptor,
    TokenGroup,
)
from tokenlab.security.descriptor.ace_fields import MandatoryPolicy
from tokenlab.values import FILE, IntegrityLevel, ObjectType, Sid
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, highlight, page_html, page_text
from tokenlab.view.matrix import matrix_html, matrix_text
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED
from tokenlab.view.verdict import decision_html, decision_text
from tokenlab.view.words import ace_sddl, flag_names, mask_cell, right_width

__all__ = [
    "context_html",
    "context_text",
    "decision_html",
    "decision_text",
    "descriptor_html",
    "descriptor_text",
    "matrix_html",
    "matrix_text",
]


def context_html(context: SecurityContext) -> str:
    """Who the token speaks for: user, integrity, groups, privileges, as tables."""
    return page_html(_context(context))


def context_text(context: SecurityContext) -> str:
    """The text twin of `context_html`."""
    return page_text(_context(context))


def descriptor_html(
    descriptor: SecurityDescriptor, object_type: ObjectType = FILE, highlight: int | None = None
) -> str:
    """Owner, group, label and both lists, ACE by ACE; ``highlight`` is a place in the DACL, from 0."""
    return page_html(_descriptor(descriptor, object_type, highlight))


def descriptor_text(
    descriptor: SecurityDescriptor, object_type: ObjectType = FILE, highlight: int | None = None
) -> str:
    """The text twin of `descriptor_html`."""
    return page_text(_descriptor(descriptor, object_type, highlight))


# What a token says


def _context(context: SecurityContext) -> Iterator[Block]:
    user = "counts for deny entries only" if context.user_deny_only else "enabled"
    yield Table(
        "Who asks: the security context",
        [Column("Part", "18%"), Column("Value", "52%"), Column("State", "30%")],
        [
            TableRow([Cell("User"), sid_cell(context.user, context), Cell(user)]),
            TableRow([Cell("Integrity level"), _level_cell(context.integrity), Cell("")]),
            TableRow([Cell("Owner of new objects"), sid_cell(context.owner, context), Cell("")]),
        ],
    )
    yield from context_blocks(context)


def context_blocks(context: SecurityContext) -> Iterator[Block]:
    """Groups and privileges, and what a reader of real text had to assume."""
    if context.groups:
        columns = [Column("Group", "52%"), Column("State", "18%"), Column("Attributes", "30%")]
        yield Table(f"Groups ({len(context.groups)})", columns, [_group(g, context) for g in context.groups])
    else:
        yield Note("No groups.")
    if context.privileges:
        columns = [Column("Privilege", "36%"), Column("State", "18%"), Column("Lets its holder", "46%")]
        rows = [
            TableRow(
                [Cell(state.privilege), _privilege_state(state.enabled), Cell(state.privilege.description)]
            )
            for state in context.privileges
        ]
        yield Table(f"Privileges ({len(rows)})", columns, rows)
    else:
        yield Note("No privileges.")
    for note in context.notes:
        yield Note(f"Note: {note}", "muted")


def _group(group: TokenGroup, context: SecurityContext) -> TableRow:
    if group.deny_only:
        state = highlight(DENIED, "deny only", "only deny entries for this group count")
    elif group.enabled:
        state = highlight(GRANTED, "enabled", "allow and deny entries for this group count")
    else:
        state = highlight(NOT_GRANTED, "disabled", "no ACE for this group counts")
    attributes = ", ".join(name.lower().replace("_", " ") for name in flag_names(group.attributes))
    return TableRow([sid_cell(group.sid, context), state, Cell(attributes)])


def _privilege_state(enabled: bool) -> Cell:
    return highlight(GRANTED, "enabled") if enabled else highlight(NOT_GRANTED, "disabled")


def sid_cell(sid: Sid | None, context: SecurityContext | None = None, missing: str = "none") -> Cell:
    """A name, if need be one that the context knows, with its SID below; or the SID alone."""
    if sid is None:
        return Cell(missing)
    name = context.name_of(sid) if context else sid.label
    return Cell(name, small=str(sid) if name != sid else "")


def _level_cell(level: IntegrityLevel) -> Cell:
    return Cell(level.label.removeprefix("Mandatory Label\\"), small=f"{level}, {level.level:#x}")


# What a descriptor says


def _descriptor(
    descriptor: SecurityDescriptor, object_type: ObjectType, highlight: int | None
) -> Iterator[Block]:
    yield Table(
        f"Security descriptor of a {object_type.name}",
        [Column("Part", "18%"), Column("Value", "82%")],
        [
            TableRow(
                [Cell("Owner"), sid_cell(descriptor.owner, missing="none: a check of this descriptor fails")]
            ),
            TableRow(
                [Cell("Group"), sid_cell(descriptor.group, missing="none: a check of this descriptor fails")]
            ),
            TableRow([Cell("Integrity label"), _label_cell(descriptor)]),
            TableRow([Cell("Control"), Cell(", ".join(flag_names(descriptor.control)) or "nothing set")]),
        ],
    )
    if descriptor.dacl is None:
        yield Note(_no_dacl(descriptor))
    elif not descriptor.dacl:
        yield Note("The DACL is empty: nobody gets in. Only the owner may still read and rewrite it.")
    else:
        caption = "DACL: who may do what, read from the first ACE to the last"
        yield acl_table(caption, descriptor.dacl, object_type, highlight)
    if descriptor.sacl:
        yield acl_table("SACL: label, audit and other ACEs of the system", descriptor.sacl, object_type)
    elif descriptor.sacl is not None:
        yield Note("The SACL is empty.")


def _no_dacl(descriptor: SecurityDescriptor) -> str:
    if descriptor.dacl_present:
        return "The DACL is NULL (NO_ACCESS_CONTROL): everybody gets everything."
    return "There is no DACL at all: everybody gets everything."


def _label_cell(descriptor: SecurityDescriptor) -> Cell:
    level, policy = descriptor.label
    explicit = any(ace.type is AceType.SYSTEM_MANDATORY_LABEL for ace in descriptor.sacl or ())
    name = level.label.removeprefix("Mandatory Label\\")
    origin = "" if explicit else "; no label is written here, so Windows takes this one"
    return Cell(name, small=f"{level}: {_policy(policy)}{origin}")


def _policy(policy: int) -> str:
    words = {0x1: "write", 0x2: "read", 0x4: "execute"}
    refused = [word for bit, word in words.items() if policy & bit]
    return f"lower levels may not {' or '.join(refused)}" if refused else "lower levels are not kept out"


def acl_table(
    caption: str, acl: Iterable[Ace], object_type: ObjectType, highlight: int | None = None
) -> Table:
    """The entries of a list, numbered as they are read."""
    columns = [
        Column("#", "28px"),
        Column("Type", "78px"),
        Column("Who", "21%"),
        Column("Rights", "22%"),
        Column("Holds for", "120px"),
        Column("SDDL"),
    ]
    rows = [TableRow(_ace_cells(n, ace, object_type), lit=n - 1 == highlight) for n, ace in enumerate(acl, 1)]
    return Table(caption, columns, rows)


def _ace_cells(number: int, ace: Ace, object_type: ObjectType) -> list[Cell]:
    return [
        Cell(str(number)),
        _kind_cell(ace),
        sid_cell(ace.sid),
        _rights_cell(ace, object_type),
        Cell(describe_inheritance(ace)),
        Cell(ace_sddl(ace), code=True),
    ]


def _kind_cell(ace: Ace) -> Cell:
    if ace.is_allow:
        return highlight(GRANTED, "allow")
    if ace.is_deny:
        return highlight(DENIED, "deny")
    return Cell(_SYSTEM_LINES.get(ace.type, "alarm"))


_SYSTEM_LINES = {
    AceType.SYSTEM_AUDIT: "audit",
    AceType.SYSTEM_AUDIT_OBJECT: "audit",
    AceType.SYSTEM_AUDIT_CALLBACK: "audit",
    AceType.SYSTEM_AUDIT_CALLBACK_OBJECT: "audit",
    AceType.SYSTEM_MANDATORY_LABEL: "integrity label",
    AceType.SYSTEM_RESOURCE_ATTRIBUTE: "resource attribute",
    AceType.SYSTEM_SCOPED_POLICY_ID: "central policy",
    AceType.SYSTEM_PROCESS_TRUST_LABEL: "trust label",
    AceType.SYSTEM_ACCESS_FILTER: "access filter",
}


def _rights_cell(ace: Ace, object_type: ObjectType) -> Cell:
    if ace.type is AceType.SYSTEM_MANDATORY_LABEL:
        return Cell(_policy(ace.mask & MandatoryPolicy(7)), small=f"{ace.mask:#x}")
    if not ace.mask and not (ace.is_allow or ace.is_deny):
        return Cell("none: it holds a value")
    cell = mask_cell(ace.mask, object_type)
    about = []
    if ace.object_type:
        about.append(f"only for {ace.object_type}")
    if ace.inherited_object_type:
        about.append(f"inherited by {ace.inherited_object_type}")
    return cell._replace(small="; ".join([cell.small, *about]))


def describe_inheritance(ace: Ace) -> str:
    """Where the ACE holds and where it came from, in words."""
    flags = ace.flags
    below = [
        word
        for flag, word in ((AceFlags.CONTAINER_INHERIT, "folders"), (AceFlags.OBJECT_INHERIT, "files"))
        if flags & flag
    ]
    where = [] if ace.inherit_only else ["this object"]
    where += [f"{word} below" for word in below]
    words = " and ".join(where) if len(where) < 3 else ", ".join(where)
    words = words or "nowhere"
    if flags & AceFlags.NO_PROPAGATE_INHERIT:
        words += ", one level deep"
    if ace.inherit_only:
        words += " only"
    return f"{words}; inherited" if ace.inherited else words


# Smaller values


def object_type_blocks(object_type: ObjectType) -> list[Block]:
    """A type of object: every right it knows, and what the generic rights stand for."""
    mapping = object_type.mapping
    generic = ("read", "write", "execute", "all")
    columns = [Column("Right", right_width(object_type)), Column("Mask", "72px")]
    columns += [Column(f"Generic {w}", small=f"{getattr(mapping, w):#x}") for w in generic]
    rows = [
        TableRow(
            [Cell(name), Cell(f"{bit:#x}", code=True), *(_in(bit, getattr(mapping, w)) for w in generic)]
        )
        for bit, name in object_type.describe(mapping.all)
    ]
    masks = ", ".join(f"GENERIC_{word.upper()} {getattr(mapping, word):#x}" for word in generic)
    return [Table(f"Rights to a {object_type.name}", columns, rows), Note(f"Generic mapping: {masks}.")]


def _in(bit: int, mask: int) -> Cell:
    return Cell(GRANTED.sign, kind="mark yes", label="included") if bit & mask else Cell("")


def sid_blocks(sid: Sid) -> list[Block]:
    """A SID and its parts."""
    parts = [
        ("SID", str(sid)),
        ("Name", sid.name or "none that is the same on every machine"),
        ("SDDL alias", sid.alias or "none"),
        ("Authority", str(sid.authority)),
        ("Numbers", ", ".join(map(str, sid.subauthorities))),
        ("Domain", str(sid.domain) if sid.domain else "none"),
        ("Last number (RID)", str(sid.rid)),
    ]
    rows = [TableRow([Cell(name), Cell(value)]) for name, value in parts]
    return [Table("Security identifier", [Column("Part", "25%"), Column("Value", "75%")], rows)]
