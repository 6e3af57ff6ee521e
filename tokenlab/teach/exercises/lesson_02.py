"""Worlds of lesson 02: what a token says about you."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tokenlab.real import from_whoami
from tokenlab.security import SecurityContext
from tokenlab.system import ImpersonationLevel, LogonType, Process, Refusal, Token, TokenType
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.exercises.scenes import PASSWORDS, Office, attempt, office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import Privilege
from tokenlab.values.well_known import ADMINISTRATORS

Names = dict[str, Any]
ENABLED = 2


def names(here: Office) -> Names:
    """Who plays, and where."""
    return {"desk": here.desk.name, "user": here.user, "full": here.full(here.user)}


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


PLAIN, FILTERED, ELEVATED = "a plain user", "an administrator, filtered by UAC", "an administrator, elevated"


def read_card(stream: Stream) -> Names:
    """A token of one of three kinds, at the machine or over the network."""
    here = office(stream)
    who = stream.pick((PLAIN, FILTERED, ELEVATED))
    name = here.user if who == PLAIN else here.admin
    full, secret = here.full(name), here.passwords[name]
    token = here.desk.log_on(full, secret)
    way = stream.pick(("at the machine", "over the network"))
    if who == FILTERED:
        way = "at the machine"
    elif way == "over the network":
        token = here.desk.log_on(full, secret, LogonType.NETWORK)
    elif who == ELEVATED:
        whole = token.linked_token(here.desk.system_token.context)
        assert whole is not None
        token = whole
    context = token.context
    states = [
        "for deny only" if one.deny_only else "enabled" for one in context.groups if one.sid == ADMINISTRATORS
    ]
    split = token.linked_token(here.desk.system_token.context) is not None
    return names(here) | {
        "text": whoami(context, full),
        "context": context,
        "who": who,
        "administrators": states[0] if states else "not in the list",
        "integrity": context.integrity,
        "level": "High" if context.integrity.level >= 0x3000 else "Medium",
        "way": way,
        "linked": "yes" if split else "no",
    }


def who_sees(stream: Stream) -> Names:
    """A privilege is enabled; another handle, two duplicates and another process look."""
    here = office(stream)
    shell = here.shell()
    tool = shell.start("powershell.exe")
    privilege = stream.pick([one.privilege for one in shell.token.context.privileges if not one.enabled])
    first, second = shell.open_token(), tool.open(shell.token, 0xF01FF)
    before = shell.token.duplicate()
    first.adjust_privileges({privilege: ENABLED})
    after = shell.token.duplicate()

    def seen(token: Token) -> str:
        return "enabled" if token.context.has_privilege(privilege) else "disabled"

    found = {"second": seen(second.object), "before": seen(before)}  # type: ignore[arg-type]
    return names(here) | found | {"after": seen(after), "own": seen(tool.token), "privilege": privilege}


def duplicate_keeps(stream: Stream) -> Names:
    """A duplicate of a low level: what is as in the original, and what can be made of it."""
    here = office(stream)
    token = here.desk.log_on(here.full(here.user), here.passwords[here.user])
    level = stream.pick((ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.ANONYMOUS))
    copy = token.duplicate(TokenType.IMPERSONATION, level)

    def compared(one: object, other: object) -> str:
        return "the same" if one == other else "another"

    higher = ImpersonationLevel.IMPERSONATION
    return names(here) | {
        "level": level.name.capitalize(),
        "token_id": compared(copy.token_id, token.token_id),
        "session": compared(copy.authentication_id, token.authentication_id),
        "same_user": compared(copy.context.user, token.context.user),
        "higher": attempt(lambda: copy.duplicate(TokenType.IMPERSONATION, higher), "works"),
        "primary": attempt(lambda: copy.duplicate(TokenType.PRIMARY), "works"),
    }


def removed(stream: Stream) -> Names:
    """An administrator is removed from the group while logged on."""
    here = office(stream)
    name, password = stream.pick(("helpdesk", "builder", "operator")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password, "Administrators")
    shell = here.desk.start("explorer.exe", here.desk.log_on(rf".\{name}", password))
    console = shell.elevate("cmd.exe")
    here.desk.sam.remove_members("Administrators", shell.token.context.user)

    def is_admin(start: Callable[[], Process]) -> str:
        try:
            groups = start().token.context.groups
        except Refusal:
            return "no"
        return "yes" if any(one.sid == ADMINISTRATORS and one.enabled for one in groups) else "no"

    found = {
        "running": is_admin(lambda: console),
        "child": is_admin(lambda: console.start("notepad.exe")),
        "again": is_admin(lambda: shell.elevate("cmd.exe")),
    }
    here.desk.log_off(shell.token)
    fresh = here.desk.start("explorer.exe", here.desk.log_on(rf".\{name}", password))
    return names(here) | found | {"local": name, "later": is_admin(lambda: fresh.elevate("cmd.exe"))}


def rebuild(stream: Stream) -> Names:
    """What whoami prints of an administrator's limited half, and a judge of each key of the answer."""
    here = office(stream)
    token = here.desk.log_on(here.full(here.admin), here.passwords[here.admin])
    off = [one.privilege for one in token.context.privileges if not one.enabled]
    token.adjust_privileges({stream.pick(off): ENABLED})
    text = whoami(token.context, here.full(here.admin))
    real = from_whoami(text)
    states = {
        state: {str(one.privilege).upper() for one in real.privileges if one.enabled is state}
        for state in (True, False)
    }
    deny = {str(group.sid) for group in real.groups if group.deny_only}
    example = {
        "user": "S-1-5-21-7-7-7-1104",
        "integrity": 8192,
        "deny_only": ["S-1-5-32-544"],
        "enabled": ["SeChangeNotifyPrivilege"],
        "disabled": [],
        "elevated": False,
    }

    def read(answer: object) -> Names:
        if type(answer) is not dict or answer.keys() != example.keys():
            raise AnswerError(f"expected a dict with the keys {', '.join(example)}, for example {example}")
        return answer

    def judge(key: str, right: object, says: str, belief: str = "listed-means-enabled") -> Any:
        def of(answer: Names) -> Finding:
            given = answer[key]
            if isinstance(right, set):
                given = {str(one).upper() for one in given} if type(given) is list else set()
            return Finding(type(given) is type(right) and given == right, says, believe(belief))

        return of

    level = real.integrity.level
    return names(here) | {
        "text": text,
        "groups": len(real.groups),
        "privileges": len(real.privileges),
        "example": example,
        "blank": dict.fromkeys(example),
        "read": read,
        "user": judge("user", str(real.user), f"the user's SID is {real.user}", "the-directory-is-asked"),
        "integrity": judge("integrity", level, f"{real.integrity}: {level}"),
        "deny_only": judge("deny_only", deny, f"for deny only: {', '.join(sorted(deny))}"),
        "enabled": judge("enabled", states[True], "what the State column calls Enabled"),
        "disabled": judge(
            "disabled", states[False], "what the State column calls Disabled: present, and without effect"
        ),
        "elevated": judge(
            "elevated", False, "Medium, Administrators for deny only, five privileges: the limited half"
        ),
    }


def until_next(stream: Stream) -> Names:
    here = office(stream)
    return names(here) | {"group": stream.groups(1)[0]}
