"""A process's handles: what each one stands for, what it carries, and what Windows would say today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tokenlab.security import access_check
from tokenlab.system import AccessDenied, Handle
from tokenlab.system.objects import Securable, StoredObject
from tokenlab.system.opening import check_way, find_protected_rights, rights_by_privilege
from tokenlab.system.token_types import ImpersonationLevel
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, page_html, page_text
from tokenlab.view.theme import DENIED, GRANTED, Mark
from tokenlab.view.words import mask_cell, mask_words

LAW = "Windows asked once, when each handle was opened. The last column only says what it would answer now."
_BACKUP = frozenset({"SeBackupPrivilege", "SeRestorePrivilege"})


def handles_html(handles: Iterable[Handle]) -> str:
    """The table of handles."""
    return page_html(_handles(list(handles)))


def handles_text(handles: Iterable[Handle]) -> str:
    """The text twin of `handles_html`."""
    return page_text(_handles(list(handles)))


def _handles(handles: list[Handle]) -> Iterator[Block]:
    if not handles:
        yield Note("No handles: nothing is open.")
        return
    columns = [
        Column("Handle", "66px"),
        Column("Object"),
        Column("Type", "76px"),
        Column("Granted access", "27%"),
        Column("Inheritable", "98px"),
        Column("If asked again today", "27%", small=f"by {_asker(handles[0])}"),
    ]
    process = handles[0].process
    yield Table(f"Handles of {process.name} ({process.pid})", columns, [_row(handle) for handle in handles])
    yield Note(LAW)


def _row(handle: Handle) -> TableRow:
    mark, why = ask_again(handle)
    return TableRow(
        [
            Cell(f"{handle.value:#x}", code=True),
            Cell(object_name(handle.object)),
            Cell(handle.object.object_type.name),
            mask_cell(int(handle.granted_access), handle.object.object_type),
            Cell("yes" if handle.inheritable else "no"),
            Cell(f"{mark.sign} {mark.word}", small=why, kind=mark.kind),
        ]
    )


def object_name(thing: Securable) -> str:
    """The name of an object; of a process also its number."""
    pid = getattr(thing, "pid", None)
    return f"{thing.name} ({pid})" if pid is not None else thing.name


def ask_again(handle: Handle) -> tuple[Mark, str]:
    """What an open for the same rights would answer now, to the first thread as it is; and why.

    It only looks: nothing is opened, and no event is written.
    """
    thread, target = handle.process.thread, handle.object
    kind = target.object_type
    wanted = kind.without_brought(int(handle.granted_access))
    level = thread.effective_token.level
    if level is not None and level < ImpersonationLevel.IMPERSONATION:
        return DENIED, f"a thread at level {level.name} can open nothing"
    if kept := find_protected_rights(thread, target) & wanted:
        return DENIED, f"the process is protected: {mask_words(kept, kind)}"
    try:
        if isinstance(target, StoredObject):
            check_way(thread, target)
    except AccessDenied as refusal:
        return DENIED, refusal.reason
    backup = bool(_BACKUP & handle.privileges.keys())
    privileges = rights_by_privilege(thread, target, wanted, backup)
    rest = wanted & ~sum(privileges.values())
    if privileges and not rest:
        return GRANTED, f"by {', '.join(privileges)}, without a check"
    parent = target.parent if isinstance(target, StoredObject) and target.kind == "File" else None
    above = parent.descriptor if parent is not None else None
    decision = access_check(thread.context, target.descriptor, rest, kind, parent=above)
    if decision:
        return GRANTED, "the descriptor still says so"
    missing = sum(bit for bit, reason in decision.reasons.items() if not reason.granted)
    return DENIED, f"missing now: {mask_words(missing, kind)}" if missing else "nothing was asked for"


def _asker(handle: Handle) -> str:
    context = handle.process.thread.context
    return context.user_label
