"""Words for values, which several pictures share: masks, ACEs, principals, reasons."""

from __future__ import annotations

from enum import IntFlag

from tokenlab.security import Ace, Reason, SecurityContext
from tokenlab.security.check.rule import Effect
from tokenlab.values import ObjectType, Sid
from tokenlab.view.markup import Cell
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED, QUESTION, Mark

STANDARD = 0x1F0000
SETS = ("ALL_ACCESS", "MODIFY", "READ", "WRITE", "EXECUTE")


def ace_sddl(ace: Ace) -> str:
    """The ACE as SDDL, or a word where it has none."""
    try:
        return str(ace)
    except ValueError:
        return f"no SDDL for {ace.type.name}"


def flag_names(flags: IntFlag) -> list[str]:
    """The names of the flags that are set, also of those with more than one bit."""
    return [name for name, flag in type(flags).__members__.items() if flag and flag & flags == flag]


def mask_words(mask: int, object_type: ObjectType) -> str:
    """``READ | EXECUTE``: sets of rights where they fit in the mask, and the single rights that remain."""
    rights = object_type.rights
    names = []
    rest = mask
    for name in SETS:
        value = int(getattr(rights, name, 0))
        if value & mask == value and value & rest & ~STANDARD:
            names.append(name)
            rest &= ~value
    return " | ".join([*names, str(rights(rest))] if rest or not names else names)


def mask_cell(mask: int, object_type: ObjectType) -> Cell:
    """A mask in words, in hexadecimal below, and right by right for who looks closer."""
    names = [name for _, name in object_type.describe(mask)]
    return Cell(mask_words(mask, object_type), small=f"{mask:#x}", title=", ".join(names))


def right_width(object_type: ObjectType, mask: int = 0) -> str:
    """The width of a column that holds the name of every right, in CSS."""
    names = object_type.describe(mask or object_type.mapping.all)
    return f"{9 * max(len(name) for _, name in names) + 16}px"


def short_name(sid: Sid, context: SecurityContext | None = None) -> str:
    """A name, if need be one that the context knows, without its authority; else a shortened SID."""
    name = context.names.get(sid) or sid.name if context else sid.name
    if name:
        return name.rpartition("\\")[2]
    if sid.domain:
        return f"S-1-5-21-…-{sid.rid}"
    return str(sid)


MARKS = {
    Effect.GRANTS: GRANTED,
    Effect.REFUSES: DENIED,
    Effect.LEAVES: NOT_GRANTED,
    Effect.ASKS_AGAIN: QUESTION,
}


def mark_of(reason: Reason) -> Mark:
    """Granted, denied by something, or granted by nothing: three answers, three marks."""
    return MARKS[reason.rule.effect]


def reason_words(reason: Reason) -> str:
    """The reason, with the place of its ACE: ``granted by ACE 3``."""
    by = reason.privilege
    if reason.ace is not None:
        by = "ACE" if reason.place is None else f"ACE {reason.place + 1}"
    return reason.code.words.format(by)


def reason_by(reason: Reason) -> str:
    """What decided: the ACE as SDDL, the name of a privilege, or nothing."""
    return ace_sddl(reason.ace) if reason.ace is not None else reason.privilege or ""
