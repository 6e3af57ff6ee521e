"""Exercises of lesson 02: what a token says about you."""

from __future__ import annotations

from collections.abc import Sequence

from tokenlab.real import from_whoami
from tokenlab.security import SecurityContext
from tokenlab.system import ImpersonationLevel, LogonType, Process, Refusal, Token, TokenType
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.exercise import (
    Before,
    Choice,
    Kind,
    Requirement,
    Task,
    arrange,
    build,
    choose,
    exercise,
    instead,
)
from tokenlab.teach.exercises.scenes import PASSWORDS, attempt, office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import Privilege
from tokenlab.values.well_known import ADMINISTRATORS

DIRECTORY_IS_ASKED = Misconception(
    "the-directory-is-asked",
    "The directory is asked at every access.",
    "Groups are read at the logon and stay in the token until it ends.",
    "pseymour/MakeMeAdmin#111",
)
COPY_IS_ORIGINAL = Misconception(
    "a-copy-is-its-original",
    "A copy and its original are one.",
    "A duplicate is another object: it points to the same session, and goes its own way.",
    "lesson 02, three questions",
)
HANDLE_IS_TOKEN = Misconception(
    "a-handle-is-a-token",
    "Each handle has a token of its own.",
    "Two handles may lead to one token; what is changed through one is seen through the other.",
    "lesson 02",
)
MEMBER_IS_ENABLED = Misconception(
    "listed-means-enabled",
    "A group in the list counts like any other.",
    "Its attributes decide: for deny only it grants nothing, disabled it does not count at all.",
    "lesson 02",
)
ENABLED_IS_POWER = Misconception(
    "enabled-means-elevated",
    "All privileges enabled means elevated, and at the machine.",
    "A network logon of anybody has all that it has enabled; which privileges these are tells how powerful it is.",
    "PowerShell/PowerShell#13348",
)
LEVELS_GO_UP = Misconception(
    "a-copy-can-be-more",
    "A duplicate can be made for a higher level.",
    "It can have the same level or a lower one; below Impersonation it cannot become primary.",
    "DuplicateTokenEx on Microsoft Learn",
)


def whoami(context: SecurityContext, name: str) -> str:
    """What ``whoami /all`` prints of a token, shortened to the columns that are read."""
    groups = []
    for group in context.groups:
        state = (
            "Group used for deny only"
            if group.deny_only
            else "Mandatory group, Enabled by default, Enabled group"
        )
        groups.append((context.name_of(group.sid), "Group", str(group.sid), state))
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


@exercise(
    "02.1",
    "Read the card",
    Kind.READ,
    minutes=6,
    points=5,
    aims=(1,),
    rows=(13, 14),
    cases=("PowerShell/PowerShell#13348",),
)
def read_card(stream: Stream) -> Task:
    here = office(stream)
    kinds = ("a plain user", "an administrator, filtered by UAC", "an administrator, elevated")
    kind = stream.pick(kinds)
    token = here.desk.log_on(
        here.full(here.user if kind == kinds[0] else here.admin),
        here.passwords[here.user if kind == kinds[0] else here.admin],
    )
    if kind == kinds[2]:
        full = token.linked_token(here.desk.system_token.context)
        assert full is not None
        token = full
    over = stream.pick(("at the machine", "over the network"))
    if over == "over the network" and kind != kinds[1]:
        name = here.user if kind == kinds[0] else here.admin
        token = here.desk.log_on(here.full(name), here.passwords[name], LogonType.NETWORK)
    else:
        over = "at the machine"
    context = token.context
    admins = next((group for group in context.groups if group.sid == ADMINISTRATORS), None)
    states = ("enabled", "for deny only", "not in the list")
    state = states[2] if admins is None else states[1] if admins.deny_only else states[0]
    levels = ("Medium", "High")
    level = levels[int(context.integrity.level >= 0x3000)]
    wires = ("at the machine", "over the network")
    split = token.linked_token(here.desk.system_token.context) is not None
    halves = ("yes", "no")
    return choose(
        f"From `{here.desk.name}`, `whoami /groups` and more of one token:\n\n```\n{whoami(context, here.full(here.user if kind == kinds[0] else here.admin))}\n```",
        [
            Choice(
                "who",
                "who is behind it",
                kinds,
                kind,
                "Look at Administrators, at the privileges and at the integrity together.",
                instead(kinds, kind, MEMBER_IS_ENABLED),
            ),
            Choice(
                "administrators",
                "the group Administrators is",
                states,
                state,
                "Its attributes say it; a group that is not in the list is not in the token.",
                instead(states, state, MEMBER_IS_ENABLED),
            ),
            Choice(
                "integrity",
                "the integrity is",
                levels,
                level,
                f"{context.integrity} is {level}.",
                instead(levels, level, MEMBER_IS_ENABLED),
            ),
            Choice(
                "way",
                "how did they come in",
                wires,
                over,
                "INTERACTIVE (S-1-5-4) or NETWORK (S-1-5-2): the logon adds one of them. And a network logon has all "
                "of its privileges enabled.",
                instead(wires, over, ENABLED_IS_POWER),
            ),
            Choice(
                "linked",
                "is there a linked token beside it",
                halves,
                halves[0] if split else halves[1],
                "An administrator's interactive logon is split; one over the network is not.",
                instead(halves, halves[0] if split else halves[1], MEMBER_IS_ENABLED),
            ),
        ],
        hints=(
            "Deny only: the group is there, and grants nothing.",
            "S-1-5-4 is INTERACTIVE, S-1-5-2 NETWORK; over the network all privileges are enabled.",
            "S-1-16-12288 is High.",
        ),
        difficulty={"questions": 5},
        given={"context": context},
    )


@exercise("02.2", "Who sees the change?", Kind.PREDICT, minutes=4, points=4, aims=(2,), rows=(9,))
def who_sees(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    tool = shell.start("powershell.exe")
    privilege = stream.pick([one.privilege for one in shell.token.context.privileges if not one.enabled])
    first, second = shell.open_token(), tool.open(shell.token, 0xF01FF)
    before = shell.token.duplicate()
    first.adjust_privileges({privilege: 2})
    after = shell.token.duplicate()
    seen = ("enabled", "disabled")
    asked: dict[str, tuple[str, Token, Misconception, str]] = {
        "second": (
            "powershell.exe, through its own handle to explorer.exe's token",
            second.object,
            HANDLE_IS_TOKEN,
            "There is one token, and both handles lead to it.",
        ),  # type: ignore[dict-item]
        "before": (
            "a duplicate that was made before",
            before,
            COPY_IS_ORIGINAL,
            "A duplicate is another token.",
        ),
        "after": (
            "a duplicate that was made after",
            after,
            COPY_IS_ORIGINAL,
            "It is as the original was when it was made.",
        ),
        "own": (
            "powershell.exe's own token, a copy from its start",
            tool.token,
            COPY_IS_ORIGINAL,
            "Each process has a copy of its own.",
        ),
    }
    choices = []
    for name, (prompt, token, belief, says) in asked.items():
        right = seen[0] if token.context.has_privilege(privilege) else seen[1]
        choices.append(Choice(name, prompt, seen, right, f"{right}. {says}", instead(seen, right, belief)))
    return choose(
        f"`explorer.exe` of `{here.full(here.user)}` enables `{privilege}` through a handle to its token. How does each of these see that privilege?",
        choices,
        hints=("Count tokens, not handles.", "A duplicate is a picture of one moment."),
        difficulty={"lookers": len(asked)},
    )


@exercise("02.3", "What a duplicate keeps", Kind.PREDICT, minutes=5, points=6, aims=(2,), rows=(6, 10, 11))
def duplicate_keeps(stream: Stream) -> Task:
    here = office(stream)
    token = here.desk.log_on(here.full(here.user), here.passwords[here.user])
    level = stream.pick((ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.ANONYMOUS))
    copy = token.duplicate(TokenType.IMPERSONATION, level)
    same = ("the same", "another")

    works = ("works", "refused")
    asked = [
        (
            "token_id",
            "its token id is",
            same,
            same[int(copy.token_id != token.token_id)],
            "It is another object.",
            COPY_IS_ORIGINAL,
        ),
        (
            "session",
            "the session it points to is",
            same,
            same[int(copy.authentication_id != token.authentication_id)],
            "AuthenticationId is copied: one session, many tokens.",
            COPY_IS_ORIGINAL,
        ),
        (
            "user",
            "its user is",
            same,
            same[int(copy.context.user != token.context.user)],
            "User, groups and privileges are copied.",
            COPY_IS_ORIGINAL,
        ),
        (
            "higher",
            "a duplicate of *that*, at level Impersonation",
            works,
            attempt(
                lambda: copy.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION), works[0]
            ),
            "A level can go down, never up.",
            LEVELS_GO_UP,
        ),
        (
            "primary",
            "a duplicate of *that*, as a primary token",
            works,
            attempt(lambda: copy.duplicate(TokenType.PRIMARY), works[0]),
            "Below Impersonation nothing primary comes of it.",
            LEVELS_GO_UP,
        ),
    ]
    choices = [
        Choice(name, prompt, options, right, f"{right}. {says}", instead(options, right, belief))
        for name, prompt, options, right, says, belief in asked
    ]
    places = ("in the token", "in the logon session, inside lsass.exe", "in explorer.exe")
    choices.append(
        Choice(
            "password",
            "what was typed at the logon, and proves it to other machines, is kept",
            places,
            places[1],
            "Programs only meet tokens, which have the session's number in them; the session and its credentials stay in LSA.",
            {places[0]: COPY_IS_ORIGINAL, places[2]: HANDLE_IS_TOKEN},
        )
    )
    return choose(
        f"The token of `{here.full(here.user)}`'s logon is duplicated, as an impersonation token of level {level.name.capitalize()}. Compared with the original:",
        choices,
        hints=(
            "Which numbers name the object, and which one names the session?",
            "A level is what somebody was trusted with.",
        ),
        difficulty={"questions": len(choices)},
    )


@exercise(
    "02.4",
    "Removed, and still an administrator",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(3,),
    rows=(14,),
    cases=("pseymour/MakeMeAdmin#111",),
)
def removed(stream: Stream) -> Task:
    here = office(stream)
    name, password = stream.pick(("helpdesk", "builder", "operator")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password, "Administrators")
    shell = here.desk.start("explorer.exe", here.desk.log_on(rf".\{name}", password))
    console = shell.elevate("cmd.exe")
    here.desk.sam.remove_members("Administrators", shell.token.context.user)

    def is_admin(process: Process) -> str:
        group = next((one for one in process.token.context.groups if one.sid == ADMINISTRATORS), None)
        return yes if group is not None and group.enabled else no

    yes, no = "yes", "no"
    options = (yes, no)
    running, child, again = (
        is_admin(console),
        is_admin(console.start("notepad.exe")),
        is_admin(shell.elevate("cmd.exe")),
    )
    here.desk.log_off(shell.token)
    fresh = here.desk.start("explorer.exe", here.desk.log_on(rf".\{name}", password))
    try:
        later = is_admin(fresh.elevate("cmd.exe"))
    except Refusal:
        later = no
    asked = [
        (
            "running",
            "the elevated console that was open all the time",
            running,
            "Its token was made at the logon.",
        ),
        ("child", "a program started from that console", child, "It gets a copy of that token."),
        (
            "again",
            "a new console, elevated with consent a minute later",
            again,
            "It gets a copy of the full half, made at the same logon.",
        ),
        (
            "later",
            "an elevated program after logging off and on",
            later,
            "The new logon reads the groups anew, and there is nothing to elevate to.",
        ),
    ]
    choices = [
        Choice(
            key,
            prompt,
            options,
            right,
            f"{right}. {says}",
            instead(options, right, DIRECTORY_IS_ASKED),
        )
        for key, prompt, right, says in asked
    ]
    cures = ("end the sessions", "wait an hour", "remove the account from the group again")
    choices.append(
        Choice(
            "cure",
            "to make the removal count now",
            cures,
            cures[0],
            "Tokens end with their sessions; only a new logon asks the directory.",
            dict.fromkeys(cures[1:], DIRECTORY_IS_ASKED),
        )
    )
    return choose(
        f"`{name}`, a local administrator at `{here.desk.name}`, is taken out of Administrators while logged on. Has Administrators still an effect in",
        choices,
        hints=(
            "When are groups read into a token?",
            "Consent makes no new logon: it gives the other half of the one there is.",
        ),
        difficulty={"questions": len(choices)},
    )


@exercise("02.5", "Rebuild this token", Kind.BUILD, minutes=10, points=6, aims=(1,), rows=(13,))
def rebuild(stream: Stream) -> Task:
    here = office(stream)
    name = here.admin
    token = here.desk.log_on(here.full(name), here.passwords[name])
    token.adjust_privileges(
        {stream.pick([one.privilege for one in token.context.privileges if not one.enabled]): 2}
    )
    text = whoami(token.context, here.full(name))
    real = from_whoami(text)
    keys = ("user", "integrity", "deny_only", "enabled", "disabled", "elevated")

    def read(answer: object) -> dict[str, object]:
        if type(answer) is not dict or answer.keys() != set(keys):
            raise AnswerError(f"expected a dict with the keys {', '.join(keys)}, for example {example}")
        return answer

    def sids(value: object) -> set[str]:
        return {str(one).upper() for one in value} if type(value) is list else set()

    def requirement(key: str, right: object, says: str, belief: Misconception) -> Requirement:
        def judge(answer: dict[str, object]) -> Finding:
            given = answer[key]
            good = (
                sids(given) == right
                if isinstance(right, set)
                else type(given) is type(right) and given == right
            )
            return Finding(good, says, belief)

        return Requirement(key, judge)

    on = {str(one.privilege).upper() for one in real.privileges if one.enabled}
    off = {str(one.privilege).upper() for one in real.privileges if not one.enabled}
    deny = {str(group.sid) for group in real.groups if group.deny_only}
    example = {
        "user": "S-1-5-21-7-7-7-1104",
        "integrity": 8192,
        "deny_only": ["S-1-5-32-544"],
        "enabled": ["SeChangeNotifyPrivilege"],
        "disabled": [],
        "elevated": False,
    }
    return build(
        f"Rebuild this token as a dict with `user` (the SID), `integrity` (the number at the end of the label's SID), `deny_only` (SIDs of groups for deny only), `enabled` and `disabled` "
        f"(names of privileges), and `elevated` (True or False).\n\n```\n{text}\n```",
        [
            requirement("user", str(real.user), f"the user's SID is {real.user}", DIRECTORY_IS_ASKED),
            requirement(
                "integrity",
                real.integrity.level,
                f"{real.integrity}: {real.integrity.level}",
                MEMBER_IS_ENABLED,
            ),
            requirement("deny_only", deny, f"for deny only: {', '.join(sorted(deny))}", MEMBER_IS_ENABLED),
            requirement("enabled", on, "what the State column calls Enabled", MEMBER_IS_ENABLED),
            requirement(
                "disabled",
                off,
                "what the State column calls Disabled: present, and without effect",
                MEMBER_IS_ENABLED,
            ),
            requirement(
                "elevated",
                False,
                "Medium, Administrators for deny only, five privileges: the limited half",
                MEMBER_IS_ENABLED,
            ),
        ],
        read=read,
        example=example,  # type: ignore[arg-type]
        blank=dict.fromkeys(keys),
        hints=(
            "The label is the last line of the groups.",
            "Who is elevated has the group enabled, and runs at High.",
        ),
        difficulty={"groups": len(real.groups), "privileges": len(real.privileges)},
        given={"text": text},
    )


@exercise("02.6", "Until the next logon", Kind.ORDER, minutes=4, points=5, aims=(2, 3), rows=(9, 13))
def until_next(stream: Stream) -> Task:
    here = office(stream)
    group = stream.groups(1)[0]
    lines = [
        f"{here.user} logs on; the groups are read into the token",
        f"an administrator puts {here.user} into {group}",
        f"a program of {here.user}'s is refused a file that is open to {group}",
        f"{here.user} logs off",
        f"{here.user} logs on again",
        f"a program of {here.user}'s opens the file",
    ]
    return arrange(
        f"{here.user} is put into the group {group} while at work. Put into order what happens.",
        lines,
        [
            Before(0, 1, "the first token was made before the change", DIRECTORY_IS_ASKED),
            Before(1, 2, "even after the change the old token decides", DIRECTORY_IS_ASKED),
            Before(2, 3, "it stays so until the logoff", DIRECTORY_IS_ASKED),
            Before(3, 4, "a new logon comes after the old one has ended", DIRECTORY_IS_ASKED),
            Before(4, 5, "the new token has the group, and opens the file", COPY_IS_ORIGINAL),
        ],
        stream,
        hints=("When does a token learn of a group?", "A refusal can be right and out of date."),
        difficulty={},
    )
