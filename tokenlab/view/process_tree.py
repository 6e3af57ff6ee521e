"""Processes as a tree, with the token each one acts under.

Every process has a copy of its own: another token id. What copies share is the logon session they stand for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tokenlab.security import SecurityContext
from tokenlab.system import ElevationType, Process, ProcessTable, Thread, Token
from tokenlab.values import Luid
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, page_html, page_text

GAP = "\N{NO-BREAK SPACE}" * 2
LAW = "Each process has a token of its own. Copies of one token have different ids and one logon session."
CLAIMED = "by ...: the process that made the call, where another one was claimed as the parent."
_HALVES = {
    ElevationType.DEFAULT: "default",
    ElevationType.FULL: "full",
    ElevationType.LIMITED: "limited",
}


def processes_html(processes: ProcessTable | Process, highlight: int | Process | None = None) -> str:
    """All processes, or one and those below it. ``highlight``: a process, or the LUID of a logon session."""
    return page_html(_processes(processes, highlight))


def processes_text(processes: ProcessTable | Process, highlight: int | Process | None = None) -> str:
    """The text twin of `processes_html`."""
    return page_text(_processes(processes, highlight))


def level_words(context: SecurityContext) -> str:
    """The integrity level in a word: ``Medium``."""
    name = context.integrity.label.removeprefix("Mandatory Label\\").removesuffix("Mandatory Level")
    return name.removesuffix(" Mandatory ").strip() or str(context.integrity)


def half_words(token: Token) -> str:
    """The elevation type: full and limited are the halves that UAC makes; and whether it is elevated."""
    return f"{_HALVES[token.elevation_type]}{', elevated' if token.elevated else ''}"


def _processes(shown: ProcessTable | Process, highlight: int | Process | None) -> Iterator[Block]:
    tree = list(_tree(shown))
    signs = _signs(process for _, process in tree)
    columns = [
        Column("Process", "24%"),
        Column("ID", "56px", "a process's number (PID), a thread's (TID)"),
        Column("User"),
        Column("Integrity", "78px"),
        Column("Elevation type", "124px"),
        Column("Token id", "84px"),
        Column("Logon session", "116px", "the authentication id of the token"),
    ]
    rows = []
    for lead, process in tree:
        token = process.token
        lit = highlight is process or highlight == token.authentication_id
        name = f"{lead}{process.name}{'' if process.alive else ' (ended)'}"
        cell = Cell(name, _started_by(process), title=process.image)
        small = "protected" if process.protected else "app" if token.context.app is not None else ""
        rows.append(_row(cell, process.pid, token, signs, lit, small))
        inside = lead.replace("├─", "│ ").replace("└─", GAP)
        rows += [_thread_row(inside, thread, signs, highlight) for thread in process.threads if thread.token]
    where = shown if isinstance(shown, ProcessTable) else shown.machine.processes
    yield Table(f"Processes of {where.machine.name}", columns, rows, narrowest=760)
    yield _sessions([process for _, process in tree], signs)
    yield Note(LAW)
    if any(_started_by(process) for _, process in tree):
        yield Note(CLAIMED)


def _started_by(process: Process) -> str:
    """Who made the call, where that is not the parent that the tree shows."""
    by = process.created_by
    return "" if by is None or by is process.parent else f"by {by.name}"


def _row(
    name: Cell,
    number: int,
    token: Token,
    signs: dict[Luid, str],
    lit: bool = False,
    small: str = "",
) -> TableRow:
    session = f"{signs[token.authentication_id]} {token.authentication_id}"
    return TableRow(
        [
            name,
            Cell(str(number)),
            Cell(token.context.user_label.removeprefix("NT AUTHORITY\\")),
            Cell(level_words(token.context), small=small),
            Cell(half_words(token)),
            Cell(str(token.token_id), code=True),
            Cell(session),
        ],
        lit,
    )


def _thread_row(
    inside: str, thread: Thread, signs: dict[Luid, str], highlight: int | Process | None
) -> TableRow:
    token = thread.effective_token
    level = token.level.name if token.level is not None else "none"
    name = Cell(f"{inside}{GAP}⤷ thread", level, thread.capped_because)
    return _row(name, thread.tid, token, signs, highlight == token.authentication_id)


def _sessions(processes: list[Process], signs: dict[Luid, str]) -> Table:
    columns = [
        Column("Logon session", "150px"),
        Column("Whose, and how it came"),
        Column("Tokens here", "96px", small="how many"),
        Column("Token ids", "40%"),
    ]
    rows = []
    for luid, sign in signs.items():
        tokens = [token for token in _tokens(processes) if token.authentication_id == luid]
        session, ids = tokens[0].session, ", ".join(str(token.token_id) for token in tokens)
        who = tokens[0].context.user_label
        kind = session.logon_type.name.lower().replace("_", " ") if session else ""
        how = "the machine itself" if kind == "undefined" else kind
        rows.append(
            TableRow([Cell(f"{sign} {luid}"), Cell(who, small=how), Cell(str(len(tokens))), Cell(ids)])
        )
    return Table("The logon sessions these tokens stand for", columns, rows)


def _tokens(processes: Iterable[Process]) -> Iterator[Token]:
    for process in processes:
        yield process.token
        yield from (thread.token for thread in process.threads if thread.token)


def _signs(processes: Iterable[Process]) -> dict[Luid, str]:
    """A sign for each logon session, in the order in which they are met: ① ② ③."""
    signs: dict[Luid, str] = {}
    for token in _tokens(processes):
        number = len(signs)
        signs.setdefault(token.authentication_id, chr(0x2460 + number) if number < 20 else f"({number + 1})")
    return signs


def _tree(shown: ProcessTable | Process) -> Iterator[tuple[str, Process]]:
    """The processes, parents first, with the lines of the tree to the left of each."""
    if isinstance(shown, Process):
        yield from _branch(shown, "", "")
        return
    running = set(shown)
    for process in shown:
        if process.parent not in running:  # its parent has ended, or never was
            yield from _branch(process, "", "")


def _branch(process: Process, lead: str, below: str) -> Iterator[tuple[str, Process]]:
    yield lead, process
    children = process.children
    for child in children:
        last = child is children[-1]
        yield from _branch(child, f"{below}{'└─' if last else '├─'}", f"{below}{GAP if last else '│ '}")
