"""A descriptor as a matrix of effective rights: principals across, rights down.

People misread lists of rules, and read such a matrix right. Every cell is the answer of `access_check`
to the question for the most there is (MAXIMUM_ALLOWED), asked by a token made for its column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tokenlab.security import AccessDecision, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.descriptor.ace_fields import CONDITIONAL_TYPES
from tokenlab.values import FILE, MAXIMUM_ALLOWED, IntegrityLevel, ObjectType, Sid
from tokenlab.values import well_known as known
from tokenlab.view.markup import Block, Cell, Column, Note, Table, TableRow, page_html, page_text
from tokenlab.view.theme import DENIED, GRANTED, NOT_GRANTED
from tokenlab.view.words import mark_of, reason_by, reason_words, right_width, short_name

Contexts = Mapping[str, SecurityContext]

TEXT_COLUMNS = 6
RIGHT_WIDTH, COLUMN_WIDTHS = 180, (124, 200)
_PLACEHOLDERS = {known.CREATOR_OWNER, known.CREATOR_GROUP, known.OWNER_RIGHTS, known.PRINCIPAL_SELF}
_ALONE = {known.EVERYONE, known.ANONYMOUS, known.NULL_SID}  # tokens without Authenticated Users
_SYSTEM_LEVEL = {known.LOCAL_SYSTEM, known.LOCAL_SERVICE, known.NETWORK_SERVICE}


def matrix_html(
    descriptor: SecurityDescriptor, object_type: ObjectType = FILE, contexts: Contexts | None = None
) -> str:
    """Effective rights of each principal that the descriptor names, or of the ``contexts`` given by name."""
    return page_html(blocks(descriptor, object_type, contexts))


def matrix_text(
    descriptor: SecurityDescriptor, object_type: ObjectType = FILE, contexts: Contexts | None = None
) -> str:
    """The text twin of `matrix_html`."""
    return page_text(blocks(descriptor, object_type, contexts, per_table=TEXT_COLUMNS))


def blocks(
    descriptor: SecurityDescriptor,
    object_type: ObjectType = FILE,
    contexts: Contexts | None = None,
    per_table: int = 1000,
) -> Iterator[Block]:
    """The DACL as a table: an ACE a row, a right a column; then what each context gets."""
    assumed = [] if contexts is not None else list(_assumptions(descriptor))
    if contexts is None:
        contexts = {sid: alone(sid) for sid in principals(descriptor)}
    complete = _completed(descriptor)
    decisions = {
        name: access_check(context, complete, MAXIMUM_ALLOWED, object_type)
        for name, context in contexts.items()
    }
    names = list(decisions)
    for start in range(0, len(names), per_table):
        part = {name: decisions[name] for name in names[start : start + per_table]}
        yield _table(part, object_type)
    if not names:
        yield Note("The descriptor names nobody, so there is no column to show.")
    legend = (f"{mark.sign} {mark.word}" for mark in (GRANTED, DENIED, NOT_GRANTED))
    yield Note(f"{', '.join(legend)} by anything. Each column is a check for MAXIMUM_ALLOWED.", "muted")
    for sentence in assumed:
        yield Note(sentence, "muted")


def principals(descriptor: SecurityDescriptor) -> list[Sid]:
    """Who gets a column: the owner, and whom the entries of the DACL name, or without entries Everyone."""
    named = [descriptor.owner] if descriptor.owner else []
    named += [ace.sid for ace in descriptor.dacl] if descriptor.dacl else [known.EVERYONE]
    return list(dict.fromkeys(sid for sid in named if sid not in _PLACEHOLDERS))


def alone(sid: Sid) -> SecurityContext:
    """A token that holds this SID, and what every such token holds besides."""
    common = (known.EVERYONE, known.AUTHENTICATED_USERS)
    package = sid.startswith("S-1-15-")
    groups = () if package or sid in _ALONE else tuple(other for other in common if other != sid)
    return SecurityContext(sid, groups=groups, integrity=_level(sid))


def _level(sid: Sid) -> IntegrityLevel:
    if sid in _SYSTEM_LEVEL or sid.startswith("S-1-5-80-"):
        return IntegrityLevel.SYSTEM
    return IntegrityLevel.HIGH if sid == known.ADMINISTRATORS else IntegrityLevel.MEDIUM


def _completed(descriptor: SecurityDescriptor) -> SecurityDescriptor:
    """With an owner and a group that no token holds, where they are missing."""
    return SecurityDescriptor(
        descriptor.owner or known.NULL_SID,
        descriptor.group or known.NULL_SID,
        descriptor.dacl,
        descriptor.sacl,
        descriptor.control,
    )


def _assumptions(descriptor: SecurityDescriptor) -> Iterator[str]:
    yield (
        "Assumed of each column: a token that holds this one SID, Everyone and Authenticated Users, no "
        "privileges, at integrity Medium (Administrators High, the system and its services System). "
        "Everyone, Anonymous and application packages stand alone."
    )
    if descriptor.owner is None or descriptor.group is None:
        yield "Owner or group is missing; the matrix takes one that no token holds."
    dacl = descriptor.dacl or ()
    if any(ace.type in CONDITIONAL_TYPES for ace in dacl):
        yield "Such a token has no claims: a condition that asks for one is unknown."
    if any(ace.object_type for ace in dacl):
        yield "An ACE about one property or class allows nothing on the object as a whole."


def _table(decisions: Mapping[str, AccessDecision], object_type: ObjectType) -> Table:
    columns = [Column("Right", right_width(object_type)), *map(_column, decisions)]
    rows = [
        TableRow([Cell(name, title=f"{bit:#x}"), *(_cell(decision, bit) for decision in decisions.values())])
        for bit, name in object_type.describe(object_type.mapping.all)
    ]
    caption = f"Effective rights to this {object_type.name}"
    narrowest, widest = (RIGHT_WIDTH + width * len(decisions) for width in COLUMN_WIDTHS)
    return Table(caption, columns, rows, narrowest, widest)


def _column(name: str) -> Column:
    if not isinstance(name, Sid):
        return Column(name)
    short = short_name(name)
    return Column(short, small=str(name) if short != name else "", title=name.label)


def _cell(decision: AccessDecision, bit: int) -> Cell:
    reason = decision.reasons[bit]
    mark = mark_of(reason)
    title = f"{reason_words(reason)} {reason_by(reason) if reason.ace else ''}".strip()
    return Cell(mark.sign, title=title, kind=f"mark {mark.kind}", label=mark.word)
