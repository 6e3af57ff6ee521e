"""Exercises of lesson 08: how a browser locks itself in."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.security import Ace, Acl, SecurityContext, SecurityDescriptor, access_check
from tokenlab.system import RestrictFlags, Token
from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.deciding import decided, why
from tokenlab.teach.exercise import (
    Before,
    Case,
    Choice,
    Kind,
    Requirement,
    Task,
    arrange,
    build,
    choose,
    exercise,
    implement,
)
from tokenlab.teach.exercises.scenes import office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, Sid, SidError

PRIVILEGES_OPEN_FILES = Misconception(
    "privileges-open-files",
    "Privileges are what opens files.",
    "Nearly every open is decided by SIDs in a DACL: without privileges the user's own files stay open.",
    "Novavero-AI/nova-nix#194",
)
DENY_ONLY_IS_GONE = Misconception(
    "deny-only-is-gone",
    "Deny-only means not there.",
    "The group is matched by deny lines, and by those alone.",
    "lesson 08, three questions",
)
ANY_SECOND_PASS = Misconception(
    "any-second-pass-is-a-wall",
    "Any second pass is a wall.",
    "It is as strict as its list: with Everyone in it whatever is open to everyone stays open.",
    "Gitlawb/zero#865",
)
FIRST_PASS_ONLY = Misconception(
    "the-users-rights-are-enough",
    "What the user may, the restricted token may.",
    "Both passes must grant: the second asks with the restricting SIDs alone.",
    "Novavero-AI/nova-nix#194",
)
LOW_CANNOT_READ = Misconception(
    "low-cannot-read",
    "A Low token cannot read the user's files.",
    "No write-up is the rule for files: reading is stopped by the DACL, or by nothing.",
    "lesson 08",
)
LOCKED_FROM_THE_START = Misconception(
    "locked-from-the-start",
    "A sandboxed process is locked in from its first instruction.",
    "Its first thread starts with a more powerful token, opens what is needed, and drops it before any input.",
    "Chromium, docs/design/sandbox.md, Target bootstrapping",
)
USERS, EVERYONE, ADMINS = Sid("S-1-5-32-545"), Sid("S-1-1-0"), Sid("S-1-5-32-544")
READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA


def sddl(text: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(f"O:SYG:SYD:{text}")


@exercise("08.1", "Enabled, disabled, deny-only", Kind.PREDICT, minutes=6, points=6, aims=(1,), rows=(29,))
def three_states(stream: Stream) -> Task:
    domain = stream.domain()
    (user,), (team,) = stream.people(1, domain), stream.groups(1, domain)
    states = {"enabled": 0x7, "disabled": 0x0, "deny_only": 0x10}
    allow, deny = sddl(f"(A;;FR;;;{team.sid})"), sddl(f"(D;;FR;;;{team.sid})(A;;FR;;;WD)")
    choices = []
    for state, attributes in states.items():
        context = SecurityContext(
            user.sid, [EVERYONE, (team.sid, attributes)], names={user.sid: user.name, team.sid: team.name}
        )
        for name, descriptor in (("allow", allow), ("deny", deny)):
            prompt = f"{team} is **{state.replace('_', '-')}**, the file is {'A' if name == 'allow' else 'B'}"
            choices.append(
                decided(f"{state}_{name}", prompt, access_check(context, descriptor, READ), DENY_ONLY_IS_GONE)
            )
    return choose(
        f"{user} is in Everyone and in {team}. Two files:\n\n```\nA  (A;;FR;;;{team.sid})\nB  (D;;FR;;;{team.sid})(A;;FR;;;WD)\n```\n\nIs READ_DATA granted, if in the token",
        choices,
        hints=(
            "A disabled group is passed by, in allow lines and in deny lines.",
            "Deny-only: deny lines see it, allow lines do not.",
        ),
        difficulty={"cases": len(choices), "granted": sum(choice.right == "granted" for choice in choices)},
    )


@exercise(
    "08.2",
    "No privileges: is it a sandbox?",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(1, 3),
    rows=(28, 29),
    cases=("Novavero-AI/nova-nix#194",),
)
def no_privileges(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    me = shell.token.context.user
    bare = shell.token.restrict(flags=RestrictFlags.DISABLE_MAX_PRIVILEGE)
    jail = bare.restrict(restrict_to=[stream.pick(("S-1-5-12", "S-1-0-0"))])
    notes, program = sddl(f"(A;;FA;;;{me})"), sddl("(A;;0x1200a9;;;BU)")
    path = stream.file()
    cures = (
        "restricting SIDs that the build's own files name",
        "fewer privileges still",
        "a deny line on every file of the user",
    )
    return choose(
        f"A build tool of `{here.full(here.user)}` locks its builders in. First it strips all privileges (DISABLE_MAX_PRIVILEGE). Then it adds one restricting SID, `{next(iter(jail.context.restricted_sids))}`, "
        f"which neither of the two DACLs names. The user's notes `{path}` are open to `{here.user}` alone; the compiler is readable by Users.",
        [
            decided(
                "notes",
                "privileges stripped: it writes the user's notes",
                access_check(bare.context, notes, WRITE),
                PRIVILEGES_OPEN_FILES,
            ),
            decided(
                "compiler",
                "privileges stripped: it reads the compiler",
                access_check(bare.context, program, READ),
                PRIVILEGES_OPEN_FILES,
            ),
            decided(
                "jail_notes",
                "with the restricting SID: it writes the notes",
                access_check(jail.context, notes, WRITE),
                FIRST_PASS_ONLY,
            ),
            decided(
                "jail_compiler",
                "with the restricting SID: it reads the compiler",
                access_check(jail.context, program, READ),
                FIRST_PASS_ONLY,
            ),
            Choice(
                "cure",
                "what makes a sandbox of it in which one can still build",
                cures,
                cures[0],
                "The second pass opens what names the restricting SIDs, and nothing else.",
                {cures[1]: PRIVILEGES_OPEN_FILES, cures[2]: FIRST_PASS_ONLY},
            ),
        ],
        hints=(
            "Which line of the DACL names a privilege?",
            "Each pass must grant. Who is named for the second?",
        ),
        difficulty={"files": 2},
    )


@exercise("08.3", "Two passes", Kind.PREDICT, minutes=7, points=5, aims=(2,), rows=(30,))
def two_passes(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    me = shell.token.context.user
    token = shell.token.restrict(restrict_to=[USERS])
    writer = shell.token.restrict(restrict_to=[USERS], flags=RestrictFlags.WRITE_RESTRICTED)
    files = {
        "both": (f"(A;;FR;;;BU)(A;;FW;;;{me})", token, READ, "READ_DATA"),
        "first": (f"(A;;FR;;;BU)(A;;FW;;;{me})", token, WRITE, "WRITE_DATA"),
        "other": ("(A;;FR;;;AU)", token, READ, "READ_DATA"),
        "own_read": (f"(A;;FA;;;{me})", writer, READ, "READ_DATA"),
        "own_write": (f"(A;;FA;;;{me})", writer, WRITE, "WRITE_DATA"),
    }
    choices = []
    for name in files:
        lines, who, right, word = files[name]
        kind = "restricted" if who is token else "**write**-restricted"
        choices.append(
            decided(
                name,
                f"{kind} to Users; DACL `{lines}`; {word}",
                access_check(who.context, sddl(lines), right),
                FIRST_PASS_ONLY,
            )
        )
    shown = stream.shuffled(choices)
    return choose(
        f"`{here.full(here.user)}` (`{me}`), a member of Users and Authenticated Users, has tokens made by CreateRestrictedToken. What is the answer?",
        shown,
        hints=(
            "First pass: the token as ever. Second pass: only the restricting SIDs.",
            "A write-restricted token asks the second pass for writing only.",
        ),
        difficulty={"files": len(files), "granted": sum(choice.right == "granted" for choice in choices)},
        given={"token": token.context, "writer": writer.context},
    )


def locked(token: Token, answer: dict[str, object]) -> Token:
    """The token that an answer describes."""
    flags = RestrictFlags.DISABLE_MAX_PRIVILEGE if answer["strip_privileges"] else RestrictFlags(0)
    made = token.restrict(
        disable=_sids(answer["deny_only"]), restrict_to=_sids(answer["restricting"]), flags=flags
    )
    if answer["integrity"] != "medium":
        made.set_integrity(str(answer["integrity"]))
    return made


def _sids(value: object) -> list[Sid]:
    if type(value) is not list or len(value) > 20:
        raise AnswerError("expected a list of SIDs, for example ['S-1-5-32-545']")
    try:
        return [Sid(one) for one in value]
    except (SidError, TypeError, AttributeError) as wrong:
        raise AnswerError(f"expected SIDs, for example ['S-1-5-32-545']: {wrong}") from None


@exercise(
    "08.4",
    "The open door",
    Kind.MEND,
    minutes=7,
    points=4,
    aims=(2, 3),
    rows=(30,),
    cases=("Gitlawb/zero#865",),
)
def open_door(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    work = f"S-1-5-21-{stream.number(10**8, 10**9)}-{stream.number(10**8, 10**9)}-{stream.number(10**8, 10**9)}-{stream.number(1000, 2000)}"
    drop, mine = sddl("(A;;FA;;;WD)"), sddl(f"(A;;FA;;;{shell.token.context.user})(A;;FA;;;{work})")
    system = sddl("(A;;0x1200a9;;;BU)(A;;FA;;;SY)")

    def read(answer: object) -> Token:
        return shell.token.restrict(restrict_to=_sids(answer))

    def can(descriptor: SecurityDescriptor, right: int) -> Callable[[Token], Finding]:
        def judge(token: Token) -> Finding:
            decision = access_check(token.context, descriptor, right)
            return Finding(decision.granted, why(decision), FIRST_PASS_ONLY)

        return judge

    def cannot(token: Token) -> Finding:
        if not access_check(token.context, mine, WRITE):
            return Finding(
                False, "nothing is written at all, not even the sandbox's own files", FIRST_PASS_ONLY
            )
        decision = access_check(token.context, drop, WRITE)
        return Finding(not decision.granted, why(decision), ANY_SECOND_PASS)

    return build(
        f"Somebody's sandbox of `{here.full(here.user)}` has the restricting SIDs `S-1-1-0` (Everyone), `S-1-5-32-545` (Users) and `{work}` (made for its own files), and writes where it should not: "
        "into a file that Everyone may change. Give the list of restricting SIDs that closes the door and keeps the rest working.",
        [
            Requirement("it cannot write the file `(A;;FA;;;WD)`", cannot, 2),
            Requirement(
                f"it writes its own files, `(A;;FA;;;{work})` and a line for the user", can(mine, WRITE)
            ),
            Requirement("it reads programs, which Users may read", can(system, READ)),
        ],
        read=read,
        example=["S-1-1-0", "S-1-5-32-545", work],
        hints=(
            "Which of the three does the line of that file name?",
            "Take away, and look what else would be lost.",
        ),
        difficulty={"sids": 3},
        given={"work": work},
    )


@exercise(
    "08.5", "A sandbox to a specification", Kind.BUILD, minutes=12, points=6, aims=(1, 3), rows=(28, 30)
)
def sandbox(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    context = shell.token.context
    me = context.user
    shared, notes, trap = sddl("(A;;0x1200a9;;;BU)"), sddl(f"(A;;FA;;;{me})"), sddl("(A;;FA;;;AU)")
    dropbox = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FA;;;BU)")
    keys = {"deny_only", "restricting", "strip_privileges", "integrity"}

    def read(answer: object) -> Token:
        if type(answer) is not dict or answer.keys() != keys or type(answer["strip_privileges"]) is not bool:
            raise AnswerError(f"expected a dict with {', '.join(sorted(keys))}, for example {example}")
        if answer["integrity"] not in ("medium", "low", "untrusted"):
            raise AnswerError("integrity: expected 'medium', 'low' or 'untrusted'")
        return locked(shell.token, answer)

    def can(token: Token) -> Finding:
        decision = access_check(token.context, shared, READ)
        return Finding(decision.granted, why(decision), FIRST_PASS_ONLY)

    def cannot(
        descriptor: SecurityDescriptor, right: int, belief: Misconception
    ) -> Callable[[Token], Finding]:
        def judge(token: Token) -> Finding:
            if not can(token).right:
                return Finding(False, "it reads nothing at all: no program could run in it", FIRST_PASS_ONLY)
            decision = access_check(token.context, descriptor, right)
            return Finding(not decision.granted, why(decision), belief)

        return judge

    def bare(token: Token) -> Finding:
        if not can(token).right:
            return Finding(False, "it reads nothing at all: no program could run in it", FIRST_PASS_ONLY)
        left = [str(one.privilege) for one in token.context.privileges]
        return Finding(
            left in ([], ["SeChangeNotifyPrivilege"]),
            f"left: {', '.join(left) or 'none'}",
            PRIVILEGES_OPEN_FILES,
        )

    example: dict[str, Plain] = {
        "deny_only": [str(ADMINS)],
        "restricting": [],
        "strip_privileges": False,
        "integrity": "medium",
    }
    return build(
        f"Design the token of a renderer of `{here.full(here.user)}` (`{me}`), from that user's token: `deny_only` and `restricting` are lists of SIDs, `strip_privileges` is True or False, `integrity` is "
        "`'medium'`, `'low'` or `'untrusted'`.",
        [
            Requirement("it reads what Users may read, `(A;;0x1200a9;;;BU)`", can, 2),
            Requirement(
                f"it cannot read the user's notes, `(A;;FA;;;{me})`", cannot(notes, READ, LOW_CANNOT_READ)
            ),
            Requirement(
                "it cannot read what is open to Authenticated Users, `(A;;FA;;;AU)`",
                cannot(trap, READ, ANY_SECOND_PASS),
            ),
            Requirement(
                "it cannot write a file that Users may change and that has no label",
                cannot(dropbox, WRITE, FIRST_PASS_ONLY),
            ),
            Requirement("no privilege is left, or only SeChangeNotifyPrivilege", bare),
        ],
        read=read,
        example=example,
        blank=dict.fromkeys(sorted(keys)),
        hints=(
            "Restricting to Users closes what names others.",
            "What stops writing without a line in the DACL?",
            "Deny-only would do instead of restricting, if it named the user and all groups but Users.",
        ),
        difficulty={"files": 4},
        given={"user": me},
    )


@exercise("08.6", "From the browser to the renderer", Kind.ORDER, minutes=4, points=4, aims=(3,), rows=(28,))
def browser(stream: Stream) -> Task:
    name = stream.pick(("renderer.exe", "decoder.exe", "viewer.exe", "parser.exe"))
    lines = [
        "the browser makes a locked token from its own: restricted, its groups for deny only",
        f"{name} is started with the locked token; its first thread gets a more powerful one to impersonate",
        f"the first thread of {name} loads libraries and opens what it needs",
        f"{name} drops the more powerful token for good, as Chromium does by LowerToken",
        f"{name} reads a page from a stranger",
    ]
    return arrange(
        f"A browser locks `{name}` in, as Chromium does. Put the steps in order.",
        lines,
        [
            Before(
                0,
                1,
                "a process carries the copy that it was started with: weaken first, start then",
                FIRST_PASS_ONLY,
            ),
            Before(1, 2, "a thread runs only once its process has started", None),
            Before(
                2,
                3,
                "with the locked token alone nearly nothing opens: what is needed is opened before",
                LOCKED_FROM_THE_START,
            ),
            Before(
                3,
                4,
                "a stranger's bytes come last, when only the locked token is left",
                LOCKED_FROM_THE_START,
            ),
        ],
        stream,
        hints=(
            "Two tokens: one for the process, one for its first thread. Which of them is the stronger?",
            "What is opened stays open. When do a stranger's bytes come in?",
        ),
        difficulty={},
    )


@exercise("08.7", "Both passes must grant", Kind.IMPLEMENT, minutes=15, points=6, aims=(1, 2), rows=(29, 30))
def both_passes(stream: Stream) -> Task:
    groups = {
        "one pass": (2, "Without restricting SIDs there is one pass, with the token's SIDs.", None),
        "two passes": (
            2,
            "With restricting SIDs both passes must grant all that is asked for.",
            FIRST_PASS_ONLY,
        ),
        "deny-only": (2, "Deny-only SIDs are seen by deny lines alone.", DENY_ONLY_IS_GONE),
    }
    cases: list[Case] = []
    for group in groups:
        count = {True: 0, False: 0}
        while sum(count.values()) < 8:
            arguments = _pass_case(stream, group)
            verdict = _pass_verdict(*arguments)
            if count[verdict] < 4:
                count[verdict] += 1
                cases.append(Case(arguments, verdict, group))
    return implement(
        "Write a function `may(sids, deny_only, restricting, dacl, desired)` that answers True or False.\n\n"
        "* `sids`: the enabled SIDs of the token; `deny_only`: those that only deny\n"
        "* `restricting`: the restricting SIDs, or an empty list where the token is not restricted\n"
        "* `dacl`: lines `[kind, mask, sid]` from the top, `'allow'` or `'deny'`; `desired`: a mask\n\n"
        "Leave the owner, integrity and privileges out.",
        cases,
        groups,
        hints=(
            "Write one pass as a function of a list of SIDs; call it once or twice.",
            "The second pass sees the restricting SIDs in allow lines and in deny lines.",
        ),
        difficulty={},
    )


SIDS = tuple(f"S-1-5-21-7-7-7-{number}" for number in range(1101, 1106))


def _pass_case(stream: Stream, group: str) -> tuple[Plain, ...]:
    mine, bits = stream.picks(SIDS, 3), (0x1, 0x2, 0x4)
    deny_only = [mine.pop()] if group == "deny-only" else []
    restricting = stream.picks(SIDS, 2) if group == "two passes" else []
    kinds = ("allow", "allow", "allow", "deny") if group == "two passes" else ("allow", "deny")
    lines: list[Plain] = [
        [stream.pick(kinds), sum(stream.picks(bits, stream.number(1, 2))), stream.pick(SIDS)]
        for _ in range(6)
    ]
    return list(mine), list(deny_only), list(restricting), lines, sum(stream.picks(bits, stream.number(1, 2)))


def _pass_verdict(sids: Plain, deny_only: Plain, restricting: Plain, dacl: Plain, desired: Plain) -> bool:
    """The model's answer to a case."""
    assert (
        isinstance(sids, list)
        and isinstance(deny_only, list)
        and isinstance(restricting, list)
        and isinstance(dacl, list)
    )
    assert isinstance(desired, int)
    make = {"allow": Ace.allow, "deny": Ace.deny}
    lines = Acl(make[kind](sid, mask) for kind, mask, sid in dacl)  # type: ignore
    context = SecurityContext(
        str(sids[0]),
        [*map(str, sids[1:]), *((str(one), 0x10) for one in deny_only)],
        restricted_sids=[str(one) for one in restricting],
    )
    return bool(access_check(context, sddl("").with_dacl(lines), desired))
