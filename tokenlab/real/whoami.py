"""What ``whoami /all`` prints, as a `SecurityContext`.

Windows translates all of it except SIDs and privilege names, so these carry the reading (`rows`); the words
behind them say how a group counts and whether a privilege is enabled (`words`). Nothing is guessed in
silence: what the text leaves open stands in the notes of the context.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tokenlab.real import words
from tokenlab.real.made_up import DOMAIN, MadeUpSids, is_hidden, read_visible_rid
from tokenlab.real.rows import WhoamiRow, read_rows
from tokenlab.real.win_whoami import TokenJsonError, read_json
from tokenlab.security import GroupAttributes, SecurityContext
from tokenlab.security.context import PLAIN_GROUP
from tokenlab.values import PRIVILEGES, IntegrityLevel, ParseError, PrivilegeAttributes, Sid, SidError
from tokenlab.values.well_known import ADMINISTRATORS, NULL_SID

NOT_SHOWN = (
    "whoami does not show everything a token holds: not the primary group (often Domain Users or None, "
    "RID 513), the logon SID (whoami /logonid does), restricted SIDs, the default DACL, or whether the user "
    "counts for deny only. ACEs for such SIDs are not matched here."
)

_ONE_OUTPUT = "expected the output of one `whoami /all`, in which each row stands once"
_ACCOUNT = re.compile(r"S-1-(?:5-(?:7|17|18|19|20|21|[89]\d)(?:-.*)?|12-1-.*)")
_NO_NAME = re.compile(r"[/:*?\"<>|=,;]| {2}|S-1-|[\\\s]Se[A-Z]")
_LEVELS = {f"S-1-16-{level}" for level in (0, 0x1000, 0x2000, 0x2100, 0x3000, 0x4000, 0x5000)}


class WhoamiError(ParseError):
    """Text from which no token can be read."""


def from_whoami(text: str, user: Sid | str | None = None) -> SecurityContext:
    """The token that the output of ``whoami /all`` describes, or as much of it as the text shows.

    Tables, ``/fo list`` and ``/fo csv`` are read, in any language, with prompts, wrapped, cut or with SIDs
    that somebody hid; also Ansible's ``win_whoami``. ``user`` is the user's SID, where the text shows none
    (``whoami /groups``). What was left out or assumed is in ``notes``. Raises `WhoamiError` if nothing is
    shown that whoami prints, if rows contradict each other, or if another user is shown.
    """
    notes = [NOT_SHOWN]
    text = _as_text(text, notes)
    if re.match(r"[^{|\n]{0,80}\{\s*[\"}]", text.lstrip("\ufeff \t\r\n")):
        return _from_json(text, notes, user)
    if re.search(r"^[ \t-]*account_name:", text, re.MULTILINE):
        raise WhoamiError(
            "this is YAML of Ansible's win_whoami: expected its JSON (ANSIBLE_STDOUT_CALLBACK=json), or the "
            "output of `whoami /all`"
        )
    made_up = MadeUpSids()
    rows = read_rows(text)
    sids = list(_with_whole_sid((row for row in rows if row.anchor.startswith("S-")), made_up, notes))
    found = _user(sids, rows, None if user is None else Sid(user))
    integrity, groups = _labels_and_groups(sids, found, notes)
    privileges = _privileges([row for row in rows if row.anchor.startswith("Se")], notes)
    owner = None
    if groups.get(ADMINISTRATORS, 0) & 0x0C == GroupAttributes.OWNER | GroupAttributes.ENABLED:
        owner = ADMINISTRATORS
        notes.append("Administrators may own objects (Group owner), so new objects are taken to be theirs.")
    if "ad://ext/" in text:
        notes.append("The claims in the text are not read.")
    names = {row.anchor: row.name for row in sids if row.name and _is_account(Sid(row.anchor))}
    if found is None:
        found = _unnamed_user(text, made_up, notes)
    return SecurityContext(
        found,
        groups.items(),
        privileges.items(),
        integrity,
        owner=owner,
        notes=notes,
        names=names | made_up.names,
    )


def _as_text(text: str, notes: list[str]) -> str:
    """The text, where UTF-16 was read as if it were bytes of something else."""
    if text.count("\0") <= len(text) // 4:
        return text
    if text.startswith(("\xff\xfe", "\xfe\xff")) and max(text) <= "\xff":
        notes.append("The text was UTF-16, read as single bytes: it was put together again.")
        return text.encode("latin-1").decode("utf-16", "replace")
    notes.append(
        "The text was UTF-16, as PowerShell 5 redirects, read as single bytes: every second sign "
        "was left out, and letters beyond ASCII are wrong. Better: "
        "whoami /all | Out-File whoami.txt -Encoding utf8"
    )
    return text.replace("\0", "").lstrip("\ufffd")


def _labels_and_groups(
    sids: list[WhoamiRow], user: Sid | None, notes: list[str]
) -> tuple[IntegrityLevel, dict[str, int]]:
    """What the rows with SIDs say beside the user: the integrity level, and the groups."""
    others = [
        row for row in sids if row.columns != 2 and (row.anchor != user or words.attributes_in(row.text)[0])
    ]
    labels = [row for row in others if row.anchor.startswith("S-1-16-")]
    return _integrity(labels, notes), _groups([row for row in others if row not in labels], notes)


def _from_json(text: str, notes: list[str], user: Sid | str | None) -> SecurityContext:
    try:
        context = read_json(text, notes)
    except TokenJsonError as error:
        raise WhoamiError(str(error)) from None
    if user is not None and Sid(user) != context.user:
        raise WhoamiError(f"the text shows the user {context.user}, not {user}: {_ONE_OUTPUT}")
    return context


def _with_whole_sid(rows: Iterable[WhoamiRow], made_up: MadeUpSids, notes: list[str]) -> Iterator[WhoamiRow]:
    for row in rows:
        try:
            Sid(row.anchor)
        except SidError:
            if not is_hidden(row.anchor):
                notes.append(f"Left out: {row.anchor!r} in line {row.line} is not a whole SID.")
                continue
            # the same hidden text may stand for several groups: their names tell them apart
            key = (row.anchor, row.name or row.line)
            sid = made_up.sid(row.name or row.anchor, key, read_visible_rid(row.anchor))
            notes.append(
                f"{row.anchor!r} in line {row.line} is hidden in part: {sid}, made up, stands for it."
            )
            yield replace(row, anchor=sid, name="")
        else:
            yield row


def _is_account(sid: Sid) -> bool:
    """True if the SID does not mean the same on every machine, so that the name in the text tells more."""
    return sid.name is None or sid.domain is not None


def _user(sids: list[WhoamiRow], rows: list[WhoamiRow], given: Sid | None) -> Sid | None:
    """The SID in a table of two columns; where no columns can be seen, the first, if it can be a user's.

    None where groups or privileges are shown without their user.
    """
    users = {row.anchor for row in sids if row.columns == 2}
    if not users and sids and _may_be_the_user(sids[0]):
        users = {sids[0].anchor}
    if len(users) > 1:
        raise WhoamiError(f"the text shows {len(users)} users, {' and '.join(sorted(users))}: {_ONE_OUTPUT}")
    if users:
        shown = Sid(users.pop())
        if given not in (None, shown) and not shown.startswith(DOMAIN):
            raise WhoamiError(f"the text shows the user {shown}, not {given}: {_ONE_OUTPUT}")
        return shown if given is None else given
    if given is None and not _shows_a_token(rows):
        seen = f"only {len(rows)} other rows" if rows else "nothing that whoami prints"
        raise WhoamiError(
            f"the text shows no user, {seen}: expected the output of `whoami /all`, for example with the row "
            r"'astro\cosmo S-1-5-21-2154378322-3929449213-1104335884-1104'"
        )
    return given


def _may_be_the_user(row: WhoamiRow) -> bool:
    """True for a row without columns whose SID is an account's, and that has no attributes of a group."""
    is_group = words.attributes_in(row.text)[0] or row.text.count(",") > 1
    return not row.columns and not is_group and _ACCOUNT.fullmatch(row.anchor) is not None


def _shows_a_token(rows: list[WhoamiRow]) -> bool:
    """True for rows that nothing else prints: groups with attributes, privileges with states."""
    known = any(
        words.attributes_in(row.text)[0]
        if row.anchor.startswith("S-")
        else words.state_in(row.text) is not None
        for row in rows
    )
    return known or sum(row.columns == 4 for row in rows) > 2


def _name_line(text: str) -> str:
    """The line that ``whoami`` alone prints, a domain and a name; empty if there is none."""
    for line in text.split("\n"):
        name = line.strip()
        if name.count("\\") == 1 and 2 < len(name) < 130 and not _NO_NAME.search(name):
            return name if name.strip("\\") == name else ""
    return ""


def _unnamed_user(text: str, made_up: MadeUpSids, notes: list[str]) -> Sid:
    """The user of a text that shows none: by the line that ``whoami`` alone prints, or nobody's SID."""
    name = _name_line(text)
    if not name:
        notes.append(
            f"The text shows no user: {NULL_SID} (Nobody) stands in, so that no ACE for the user matches. "
            "whoami /user shows the SID: from_whoami(text, user='S-1-5-21-...')."
        )
        return NULL_SID
    known = words.SERVICE_ACCOUNTS.get(words.without_accents(name))
    if known is not None:
        notes.append(f"The user's SID is not shown: {name!r} is taken for {known} ({known.name}).")
        return known
    sid = made_up.sid(name)
    notes.append(
        f"The user's SID is not shown: {sid}, made up, stands for {name!r}, so that no ACE for the user "
        "matches. whoami /user shows it: from_whoami(text, user='S-1-5-21-...')."
    )
    return sid


def _integrity(labels: list[WhoamiRow], notes: list[str]) -> IntegrityLevel:
    levels = {row.anchor for row in labels if row.anchor in _LEVELS or not row.cut}
    if len(levels) > 1:
        raise WhoamiError(f"the text shows {len(levels)} integrity levels: {_ONE_OUTPUT}")
    if not levels or not re.fullmatch(r"S-1-16-\d+", min(levels)):
        notes.append("No integrity level is shown: Medium is assumed.")
        return IntegrityLevel.MEDIUM
    return IntegrityLevel(levels.pop())


# --- groups ---------------------------------------------------------------------------------------


def _groups(rows: list[WhoamiRow], notes: list[str]) -> dict[str, int]:
    """Attributes by SID."""
    known = words.KNOWN
    if not any(words.attributes_in(row.text)[0] for row in rows):
        known = words.learn_attributes(rows) or known
        if known is not words.KNOWN:
            notes.append(
                f"The words for attributes are of a language not known here: {', '.join(known)!r}, which "
                "most groups carry, is taken for mandatory, enabled by default, enabled."
            )
    groups: dict[str, int] = {}
    for row in rows:
        attributes = _attributes(row, known, notes)
        if attributes is None:
            continue
        if groups.setdefault(Sid(row.anchor), attributes) != attributes:
            raise WhoamiError(f"{row.place} has other attributes than before: {_ONE_OUTPUT}", line=row.line)
    if not groups:
        notes.append("No groups are shown: the context has none.")
    return groups


def _attributes(row: WhoamiRow, known: words.Words, notes: list[str]) -> int | None:
    """How the group of a row counts; None if not even its SID is certain."""
    found, strange = words.attributes_in(row.text, known)
    if strange:
        found |= _guess(strange, found, row, known, notes)
    if found:
        if found & GroupAttributes.MANDATORY and not found & 0x14:  # a mandatory group cannot be disabled
            return found | PLAIN_GROUP
        return found
    if row.anchor.startswith("S-1-5-5-"):
        return PLAIN_GROUP | GroupAttributes.LOGON_ID
    if row.cut:
        notes.append(f"Left out: {row.place}, because the text may be cut inside the SID.")
        return None
    notes.append(f"No attributes can be read for {row.place}: it is taken to match neither allow nor deny.")
    return 0


def _guess(strange: str, found: int, row: WhoamiRow, known: words.Words, notes: list[str]) -> int:
    """What a word stands for that was cut, or that is of no known language."""
    deny_only = GroupAttributes.USE_FOR_DENY_ONLY
    begun = {bit for word, bit in known.items() if word.startswith(strange) and not bit & found}
    if found:
        begun.discard(deny_only)  # stands alone
    if begun:
        notes.append(
            f"The attributes of {row.place} are cut at {strange!r}, and completed where that is certain."
        )
        return begun.pop() if len(begun) == 1 else 0
    if not found:
        notes.append(f"{strange!r}, of {row.place}, is no known word: deny only is assumed.")
        return deny_only
    if row.anchor == ADMINISTRATORS:
        notes.append(f"{strange!r}, of {row.place}, is no known word: Group owner is assumed.")
        return GroupAttributes.OWNER
    notes.append(f"{strange!r}, of {row.place}, is no known word, and left out.")
    return 0


# --- privileges -----------------------------------------------------------------------------------


def _privileges(rows: list[WhoamiRow], notes: list[str]) -> dict[str, PrivilegeAttributes]:
    """States by name."""
    states = {row: words.state_in(row.text) for row in rows}
    if rows and all(state is None for state in states.values()):
        states, enabled, others = words.learn_states(rows)
        if enabled:
            disabled = f", and {' and '.join(map(repr, others))} for Disabled" if others else ""
            notes.append(
                f"The words for states are of a language not known here: {enabled!r}, which "
                f"SeChangeNotifyPrivilege carries, is taken for Enabled{disabled}."
            )
    privileges: dict[str, PrivilegeAttributes] = {}
    for row, state in states.items():
        if row.anchor not in PRIVILEGES:
            notes.append(f"Left out: {row.anchor!r} in line {row.line} is no privilege known here.")
            continue
        if state is None:
            notes.append(f"No state can be read for {row.place}: Disabled is assumed.")
        attributes = PrivilegeAttributes.ENABLED if state else PrivilegeAttributes(0)
        if privileges.setdefault(row.anchor, attributes) != attributes:
            raise WhoamiError(f"{row.place} has another state than before: {_ONE_OUTPUT}", line=row.line)
    if not privileges:
        notes.append("No privileges are shown: the context has none.")
    return privileges
