"""Worlds of lesson 02: what a token says about you."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenlab.real import from_whoami
from tokenlab.security import SecurityContext
from tokenlab.system import ImpersonationLevel, LogonType, Token, TokenType
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.exercises.scenes import PASSWORDS, Names, Office, attempt, dealt, mixed, office
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import Privilege
from tokenlab.values.well_known import ADMINISTRATORS


def whoami(context: SecurityContext, name: str) -> str:
    """What ``whoami /all`` prints of a token, shortened to the columns that are read."""
    deny, usual = "Group used for deny only", "Mandatory group, Enabled by default, Enabled group"
    groups = [
        (context.name_of(one.sid), "Group", str(one.sid), deny if one.deny_only else usual)
        for one in context.groups
    ]
    groups.append((context.integrity.name or "", "Label", str(context.integrity), ""))
    privileges = [
        (str(one.privilege), Privilege(one.privilege).description, "Enabled" if one.enabled else "Disabled")
        for one in context.privileges
    ]
    return "\n\n".join(
        [
            "USER INFORMATION\n----------------\n\n"
            + _columns(("User Name", "SID"), [(name.lower(), str(context.user))]),
            "GROUP INFORMATION\n-----------------\n\n"
            + _columns(("Group Name", "Type", "SID", "Attributes"), groups),
            "PRIVILEGES INFORMATION\n----------------------\n\n"
            + _columns(("Privilege Name", "Description", "State"), privileges),
        ]
    )


def _columns(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    lines = [heads, tuple("=" * width for width in widths), *rows]
    return "\n".join(
        " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in lines
    )


KINDS = (
    "a plain user, at the keyboard",
    "a plain user, over the network",
    "an administrator at the keyboard: the filtered half",
    "an administrator at the keyboard: the elevated half",
    "an administrator, over the network",
)
PLAIN, PLAIN_FAR, FILTERED, ELEVATED, ADMIN_FAR = KINDS


def a_token(here: Office, kind: str) -> Token:
    """A new logon at the desk."""
    name = here.user if kind in (PLAIN, PLAIN_FAR) else here.admin
    far = kind in (PLAIN_FAR, ADMIN_FAR)
    token = here.desk.log_on(
        here.full(name), here.passwords[name], LogonType.NETWORK if far else LogonType.INTERACTIVE
    )
    linked = token.linked_token(here.desk.system_token.context)
    if kind != ELEVATED:
        assert (linked is not None) == (kind == FILTERED)
        return token
    assert linked is not None
    return linked


ALLOWS, DENIES, ABSENT = (
    "it is let in",
    "it is not: the group is for deny only",
    "it is not: the group is missing",
)
ON, OFF, MISSING = (
    "it counts: it is enabled",
    "it does not count: it is not enabled",
    "it is not in the token",
)
POWERFUL = ("SeDebugPrivilege", "SeTcbPrivilege", "SeCreateTokenPrivilege", "SeAssignPrimaryTokenPrivilege")
ADMINS = {FILTERED: DENIES, PLAIN: ABSENT, PLAIN_FAR: ABSENT}
HALVES = {
    FILTERED: "yes: the elevated half",
    ELEVATED: "yes: the filtered half",
    ADMIN_FAR: "no: an administrator's logon over the network is whole",
}


def _privileges_of(context: SecurityContext) -> dict[str, list[str]]:
    """Privileges by their state in a token."""
    there = {str(one.privilege): one.enabled for one in context.privileges}
    return {
        ON: [name for name, enabled in there.items() if enabled],
        OFF: [name for name, enabled in there.items() if not enabled],
        MISSING: [name for name in POWERFUL if name not in there],
    }


def read_card(stream: Stream) -> Names:
    """A token of one of five kinds, and a privilege that is enabled, present or missing."""
    here, kind = office(stream), stream.pick(KINDS)
    context = a_token(here, kind).context
    states = _privileges_of(context)
    state = stream.pick([state for state in (ON, OFF, OFF, MISSING) if states[state]])
    admins = {one.sid: one for one in context.groups}.get(ADMINISTRATORS)
    right = ABSENT if admins is None else DENIES if admins.deny_only else ALLOWS
    assert right == ADMINS.get(kind, ALLOWS)
    mistaken = {FILTERED: "listed-means-enabled", PLAIN_FAR: "enabled-means-elevated"}
    mistaken[ADMIN_FAR] = "enabled-means-elevated"
    return here.names | {
        "text": whoami(context, context.user_label),
        "context": context,
        "kinds": KINDS,
        "who": kind,
        "who_beliefs": {ELEVATED: mistaken[kind]} if kind in mistaken else {},
        "administrators": right,
        "admins_beliefs": {ALLOWS: "listed-means-enabled"} if right == DENIES else {},
        "privilege": stream.pick(states[state]),
        "state": state,
        "state_beliefs": {ON: "to-hold-is-to-use"} if state == OFF else {},
        "linked": HALVES.get(kind, "no: a plain user's logon is whole"),
    }


THAT, LATER = "yes: it looks at that token", "yes: its copy was made after the change"
EARLIER, APART = "no: it comes from a copy made before", "no: another logon made it"


def who_sees(stream: Stream) -> Names:
    """A privilege is changed through a handle; other handles, duplicates and processes look."""
    here = office(stream)
    shell = here.shell()
    tool = shell.start("powershell.exe")
    token = shell.token
    act, number, on = stream.pick((("enables", 2, False), ("disables", 0, True), ("removes", 4, True)))
    privilege = stream.pick([one.privilege for one in token.context.privileges if one.enabled is on])
    early, before = tool.open(token, 0xF01FF), token.duplicate()
    shell.open_token().adjust_privileges({privilege: number})
    looks: dict[str, tuple[Any, str]] = {
        "powershell.exe, by a handle to explorer.exe's token that it opened before": (early.object, THAT),
        "powershell.exe, by a handle to it that it opens now": (tool.open(token, 0xF01FF).object, THAT),
        "a new thread of explorer.exe, which carries no token of its own": (shell.token, THAT),
        "a duplicate that was made before": (before, EARLIER),
        "the token of powershell.exe itself, which explorer.exe started before": (tool.token, EARLIER),
        "the token of a cmd.exe that powershell.exe starts now": (tool.start("cmd.exe").token, EARLIER),
        "a duplicate that is made now": (token.duplicate(), LATER),
        "a duplicate of a duplicate, both made now": (token.duplicate().duplicate(), LATER),
        "the token of a cmd.exe that explorer.exe starts now": (shell.start("cmd.exe").token, LATER),
    }
    for looker, right in looks.values():
        assert (looker is token) == (right == THAT)
        assert (looker.context.has_privilege(privilege) != on) == (right in (THAT, LATER))
    full, secret = here.full(here.user), here.passwords[here.user]
    again = here.desk.log_on(full, secret)
    looks |= {
        f"the token of {here.user}'s network logon on {here.first.name}": (
            here.first.log_on(full, secret, LogonType.NETWORK),
            APART,
        ),
        f"the token of a program that {here.user} starts now by runas, with name and password": (
            shell.start_with_logon(full, secret, "cmd.exe").token,
            APART,
        ),
        f"the token of a second logon of {here.user}'s at {here.desk.name}, made now": (again, APART),
    }
    cases = mixed(stream, [{"what": what, "right": right} for what, (_, right) in looks.items()], 5)
    lookers = [case["what"] for case in cases]
    return here.names | {"act": act, "privilege": privilege, "cases": cases, "lookers": lookers}


SAME, NEW, ASKED, OUT = "as in the original", "a new one", "as the caller asked", "left out"
WORKS, RAISED, TOO_LOW = "works", "refused: no level is raised", "refused: too low for a primary token"


def duplicate_keeps(stream: Stream) -> Names:
    """What is as in the original, and what can be made of duplicates of some level."""
    here = office(stream)
    token = here.desk.log_on(here.full(here.user), here.passwords[here.user])
    level = stream.pick((ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.IMPERSONATION))
    copy = token.duplicate(TokenType.IMPERSONATION, level)
    lean = token.duplicate(effective_only=True)
    assert copy.token_id != token.token_id and copy.authentication_id == token.authentication_id
    assert copy.context == token.context and copy.token_type != token.token_type and copy.level == level
    assert len(lean.context.privileges) == len(token.context.enabled_privileges)
    told = {
        SAME: ["authentication id, the number of the session", "user", "list of groups", "integrity level"],
        NEW: ["token id"],
        ASKED: ["type, primary or impersonation", "impersonation level"],
        OUT: ["list of disabled privileges, if *effective only* was asked for"],
    }
    told[SAME].append("list of enabled privileges")
    beliefs = {NEW: {SAME: "a-copy-is-its-original"}}
    kept = [
        {"what": what, "right": right, "beliefs": beliefs.get(right, {})}
        for right in told
        for what in told[right]
    ]
    kept = mixed(stream, kept, 4)
    made = mixed(stream, _made_of_copies(token), 3)
    return here.names | {
        "level": level.name.capitalize(),
        "kept": kept,
        "made": made,
        "properties": [one["what"] for one in kept],
        "copies": [(one["level"], one["wanted"]) for one in made],
    }


def _made_of_copies(token: Token) -> list[Names]:
    """Of a copy of each level, a copy of each level and a primary token."""
    found = []
    for level in ImpersonationLevel:
        copy = token.duplicate(TokenType.IMPERSONATION, level)
        for wanted in (*ImpersonationLevel, None):
            type_ = TokenType.PRIMARY if wanted is None else TokenType.IMPERSONATION
            works = attempt(lambda: copy.duplicate(type_, wanted)) == "granted"  # noqa: B023
            right = WORKS if works else TOO_LOW if wanted is None else RAISED
            said = "a primary token" if wanted is None else f"one of level {wanted.name.capitalize()}"
            beliefs = {} if works else {WORKS: "a-copy-can-be-more"}
            found.append(
                {"level": level.name.capitalize(), "wanted": said, "right": right, "beliefs": beliefs}
            )
    return found


OLD, READ = "its token is from the old logon", "a new logon read the groups"
GAINED = "Remote Desktop Users"


def removed(stream: Stream) -> Names:
    """Out of one group and into another, while logged on: who has an old token, and who a new logon."""
    here = office(stream)
    name, password = stream.pick(("helpdesk", "builder", "operator")), stream.pick(PASSWORDS)
    sam, who = here.desk.sam, rf".\{name}"
    sam.add_user(name, password, "Administrators")
    shell = here.desk.start("explorer.exe", here.desk.log_on(who, password))
    console = shell.elevate("cmd.exe")
    sam.remove_members("Administrators", shell.token.context.user)
    sam.add_members(GAINED, shell.token.context.user)
    found = {
        "the elevated console that was open all the time": (console.token, OLD),
        "a program that the elevated console starts": (console.start("notepad.exe").token, OLD),
        "a new console, elevated with consent a minute later": (shell.elevate("cmd.exe").token, OLD),
        "a program that explorer.exe starts a minute later": (shell.start("notepad.exe").token, OLD),
        "a program started by runas with this name and password": (
            shell.start_with_logon(who, password, "cmd.exe").token,
            READ,
        ),
        "a connection to a share of {desk} by name and password": (
            here.desk.log_on(who, password, LogonType.NETWORK),
            READ,
        ),
    }
    here.desk.log_off(shell.token)
    found["explorer.exe after logging off and on"] = (here.desk.log_on(who, password), READ)
    cases = []
    for what, (token, why) in found.items():
        enabled = {one.sid for one in token.context.groups if one.enabled}
        for group in ("Administrators", GAINED):
            if group == "Administrators" and "explorer.exe starts" in what:
                continue  # its token is the filtered half: the group was only for deny before
            in_it = sam.group(group).sid in enabled
            assert in_it == ((group == GAINED) == (why == READ)), (what, group)
            text = what.format(desk=here.desk.name)
            cases.append({"group": group, "what": text, "right": f"{'yes' if in_it else 'no'}: {why}"})
    return (
        here.names
        | dealt(stream, cases, 5, questions=("group", "what"))
        | {
            "local": name,
            "gained": GAINED,
        }
    )


EXAMPLE = {
    "user": "S-1-5-21-7-7-7-1104",
    "integrity": 8192,
    "deny_only": ["S-1-5-32-544"],
    "enabled": ["SeChangeNotifyPrivilege"],
    "disabled": [],
    "elevated": False,
}


def read(answer: object) -> Names:
    if type(answer) is not dict or answer.keys() != EXAMPLE.keys():
        raise AnswerError(f"expected a dict with the keys {', '.join(EXAMPLE)}, for example {EXAMPLE}")
    return answer


def key(name: str, right: object, says: str, belief: str = "") -> Any:
    """A judge of one key of the answer; names in a set count in any order and case."""

    def judge(answer: Names) -> PartFinding:
        given = answer[name]
        if isinstance(right, set):
            given = {str(one).upper() for one in given} if type(given) is list else set()
        good = type(given) is type(right) and given == right
        return PartFinding(good, says, believe(belief) if belief else None)

    return judge


def rebuild(stream: Stream) -> Names:
    """What whoami prints of a token of some kind, and a judge of each key of the answer."""
    here = office(stream)
    token = a_token(here, stream.pick((PLAIN_FAR, FILTERED, FILTERED, ELEVATED, ELEVATED, ADMIN_FAR)))
    changed = stream.pick(token.context.privileges)
    token.adjust_privileges({changed.privilege: not changed.enabled})
    text = whoami(token.context, token.context.user_label)
    real = from_whoami(text)
    on, off = (
        {str(one.privilege).upper() for one in real.privileges if one.enabled is state}
        for state in (True, False)
    )
    deny = {str(group.sid) for group in real.groups if group.deny_only}
    level, denied = real.integrity.level, f"for deny only: {', '.join(sorted(deny)) or 'none'}"
    listed, over = "listed-means-enabled", "enabled-means-elevated"
    assert token.elevated == (level >= 0x3000)
    return here.names | {
        "text": text,
        "example": EXAMPLE,
        "blank": dict.fromkeys(EXAMPLE),
        "read": read,
        "user": key("user", str(real.user), f"the user's SID is {real.user}"),
        "integrity": key("integrity", level, f"{real.integrity}: {level}", listed),
        "deny_only": key("deny_only", deny, denied, listed),
        "enabled": key("enabled", on, "what the State column calls Enabled", listed),
        "disabled": key(
            "disabled", off, "what the State column calls Disabled: present, without effect", listed
        ),
        "elevated": key("elevated", level >= 0x3000, "an elevated token has the label High", over),
    }


def until_next(stream: Stream) -> Names:
    here = office(stream)
    return here.names | {"group": stream.groups(1)[0]}
