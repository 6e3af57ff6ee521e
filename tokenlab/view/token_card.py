"""The token card: all that a token says, as Process Explorer and ``whoami /all`` show it, in one place.

Above what tells *this* token from others (type, level, LUIDs, elevation), below what it says of its holder.
"""

from __future__ import annotations

from collections.abc import Iterator

from tokenlab.security import SecurityContext
from tokenlab.system import ElevationType, LogonSession, Token
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, page_html, page_text
from tokenlab.view.tables import context_blocks, sid_cell

_ELEVATION = {
    ElevationType.DEFAULT: "UAC did not split this logon",
    ElevationType.FULL: "the full half of a split logon",
    ElevationType.LIMITED: "the limited half of a split logon",
}


def token_html(token: Token, descriptor: bool = False) -> str:
    """The card as tables; ``descriptor`` adds what protects the token itself."""
    return page_html(token_blocks(token, descriptor))


def token_text(token: Token, descriptor: bool = False) -> str:
    """The text twin of `token_html`."""
    return page_text(token_blocks(token, descriptor))


def token_blocks(token: Token, descriptor: bool = False) -> Iterator[Block]:
    """The head of the card, then groups and privileges, then what new objects get."""
    context = token.context
    columns = [Column("Part", "20%"), Column("Value", "44%"), Column("What it means", "36%")]
    yield Table(f"Token {token.token_id}", columns, list(_head(token)))
    yield from context_blocks(context)
    if context.restricted_sids:
        rows = [
            TableRow([sid_cell(sid, context), Cell("counts in the second pass")])
            for sid in context.restricted_sids
        ]
        names = [Column("Restricting SID", "60%"), Column("What it does", "40%")]
        yield Table(f"Restricting SIDs ({len(rows)})", names, rows)
    yield Table(
        "What new objects get", [Column("Part", "20%"), Column("Value", "80%")], list(_defaults(context))
    )
    if descriptor:
        yield Note(f"The token itself is protected by {token.descriptor}")
    if token.closed:
        yield Note("This token has been given up.", "no")


def _head(token: Token) -> Iterator[TableRow]:
    context, session = token.context, token.session
    yield _row("User", sid_cell(context.user, context), _user_note(context))
    if token.level is None:
        yield _row("Type", "primary", "belongs to a process")
    else:
        yield _row("Type", f"impersonation, level {token.level.name.lower()}", "is carried by a thread")
    level = context.integrity
    yield _row("Integrity level", level.label.removeprefix("Mandatory Label\\"), f"{level}, {level.level:#x}")
    kind = token.elevation_type.name.lower()
    yield _row(
        "Elevation type",
        f"{kind}, {'' if token.elevated else 'not '}elevated",
        _ELEVATION[token.elevation_type],
    )
    yield _row("Authentication id", str(token.authentication_id), session_words(session))
    yield _row("Token id", str(token.token_id), "names this object, no other")
    yield _row("Modified id", str(token.modified_id), "is new after every adjustment")
    yield _row("Origin", str(token.origin), "the logon session that asked for this logon")
    if token.parent_id:
        yield _row("Parent token id", str(token.parent_id), "the token it was filtered from")
    yield _row("Source", token.source.strip("* ") or "-", "who had it made")


def session_words(session: LogonSession | None) -> str:
    """A logon session in a few words."""
    if session is None:
        return "the logon session it stands for"
    who = rf"{session.domain}\{session.user_name}"
    how = "the machine itself" if session.permanent else session.logon_type.name.lower().replace("_", " ")
    return f"logon session of {who}: {how}{'' if session.alive else ', ended'}"


def _user_note(context: SecurityContext) -> str:
    return "counts for deny entries only" if context.user_deny_only else ""


def _defaults(context: SecurityContext) -> Iterator[TableRow]:
    yield TableRow([Cell("Owner"), sid_cell(context.owner, context)])
    yield TableRow([Cell("Group"), sid_cell(context.primary_group, context)])
    dacl = context.default_dacl
    shown = "none: everybody gets everything" if dacl is None else str(dacl)
    yield TableRow([Cell("Default DACL"), Cell(shown, code=dacl is not None)])


def _row(part: str, value: Cell | str, note: str = "") -> TableRow:
    return TableRow([Cell(part), value if isinstance(value, Cell) else Cell(value), Cell(note)])
