"""Exercises of lesson 04: how Windows decides."""

from __future__ import annotations

from dataclasses import replace

from tokenlab.security import (
    Ace,
    Acl,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
)
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import decided, read_descriptor, why
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
    instead,
)
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Principal, Stream
from tokenlab.values import MAXIMUM_ALLOWED, FileRights, IntegrityLevel
from tokenlab.values.well_known import ADMINISTRATORS, AUTHENTICATED_USERS, EVERYONE, LOCAL_SYSTEM, USERS

ALLOWED_BEATS_DENIED = Misconception(
    "allow-beats-deny",
    "Who has Full Control may do everything.",
    "Lines are read from the top; a right is decided by the first line that names it, and a deny may stand there.",
    "MicrosoftDocs/windowsserverdocs#1344",
)
DENY_ALWAYS_WINS = Misconception(
    "deny-always-wins",
    "A deny beats every allow, wherever it stands.",
    "Only the order counts: a right that was granted above is no longer asked for below.",
    "Macmod/godap#11",
)
RIGHTS_ARE_ONE = Misconception(
    "rights-are-one",
    "A line that denies something refuses everything.",
    "Each right is decided by itself; only those asked for, and only by lines that name them.",
    "lesson 04",
)
LINES_FOR_OTHERS = Misconception(
    "other-peoples-lines",
    "Every line counts for everybody.",
    "A line takes part only if its SID is in the token, enabled.",
    "lesson 04",
)
DACL_IS_ALL = Misconception(
    "dacl-is-all",
    "The DACL is all there is.",
    "Integrity is looked at before it; the owner and some privileges are asked outside it.",
    "lesson 04, three questions",
)
NULL_IS_EMPTY = Misconception(
    "null-is-empty",
    "No DACL and an empty DACL are the same: nobody gets in.",
    "With no DACL there is nobody to say no: everyone gets in. An empty one says yes to nobody.",
    "a pipe made with a NULL DACL",
)
OWNER_MAY_ALL = Misconception(
    "owner-may-all",
    "The owner may do everything.",
    "The owner may always read and rewrite the DACL, unless OWNER RIGHTS says otherwise; no more than that.",
    "lesson 04",
)
ORDER_OF_CHECK = Misconception(
    "order-of-check",
    "The DACL comes first, the rest mends what it says.",
    "Integrity takes rights away before a line of the DACL is read; privileges and the owner come before it too.",
    "[MS-DTYP] 2.5.3.2",
)

GROUPS_ARE_NARROW = Misconception(
    "groups-are-narrow",
    "Users, Everyone and Authenticated Users are about the people one has in mind.",
    "They are in nearly every token there is: a line for one of them is a line for all.",
    "lesson 04",
)

READ, WRITE, ALL = FileRights.READ, FileRights.WRITE, FileRights.ALL_ACCESS
SYSTEM_LINE = "(A;;FA;;;SY)"


def person(user: Principal, *groups: Principal, **more: object) -> SecurityContext:
    """A token of a user who is in these groups, in Everyone, Users and Authenticated Users."""
    names = {one.sid: one.name for one in (user, *groups)}
    sids = [EVERYONE, AUTHENTICATED_USERS, USERS, *(group.sid for group in groups)]
    default = Acl((Ace.allow(user.sid, ALL), Ace.allow(LOCAL_SYSTEM, ALL)))
    return SecurityContext(user.sid, sids, names=names, default_dacl=default, **more)  # type: ignore[arg-type]


def token_lines(context: SecurityContext) -> str:
    """What the learner is told of a token."""
    groups = ", ".join(f"`{context.name_of(group.sid)}`" for group in context.groups)
    name, level = context.name_of(context.user), context.integrity.name
    return f"**`{name}`** (`{context.user}`), member of {groups}; `{level}`"


@exercise(
    "04.1", "Right by right", Kind.PREDICT,
    minutes=4, points=4, aims=(1,), rows=(16, 21), cases=("MicrosoftDocs/windowsserverdocs#1344",),
)  # fmt: skip
def right_by_right(stream: Stream) -> Task:
    domain = stream.domain()
    (user,), (writers, readers, others) = stream.people(1, domain), stream.groups(3, domain)
    context = person(user, writers, readers)
    denied = stream.pick(("WRITE_DATA", "APPEND_DATA"))
    lines = [
        f"(D;;{FileRights[denied]:#x};;;{writers.sid})",
        f"(D;;FR;;;{others.sid})",
        f"(A;;FA;;;{user.sid})",
        f"(A;;FR;;;{readers.sid})",
    ]
    descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SYD:{''.join(lines)}")
    asked = {
        "read": (READ, "to read the file", LINES_FOR_OTHERS),
        "denied": (FileRights[denied], f"for {denied} alone", ALLOWED_BEATS_DENIED),
        "delete": (FileRights.DELETE, "to delete the file", RIGHTS_ARE_ONE),
        "both": (READ | FileRights[denied], f"to read, and for {denied}, in one call", ALLOWED_BEATS_DENIED),
    }
    choices = [
        decided(name, f"{user} asks {prompt}", access_check(context, descriptor, rights), belief)
        for name, (rights, prompt, belief) in asked.items()
    ]
    question = (
        f"{token_lines(context)}.\n\nThe file `{stream.file()}` has the DACL\n\n```\n"
        + "\n".join(lines)
        + f"\n```\n\nThe groups are {writers} (`{writers.sid}`), {others} (`{others.sid}`) and {readers} "
        f"(`{readers.sid}`). What does Windows answer?"
    )
    return choose(
        question,
        choices,
        hints=(
            "Cross out the lines whose SID is not in the token.",
            "Now take one right, and go down the lines that are left: the first that names it decides.",
            "A call that asks for two rights is granted only if both are.",
        ),
        difficulty={"lines": len(lines), "granted": sum(c.right == "granted" for c in choices)},
        given={"context": context, "descriptor": descriptor},
    )


@exercise(
    "04.2", "Which line was it?", Kind.DIAGNOSE,
    minutes=4, points=3, aims=(1, 3), rows=(21,), cases=("Macmod/godap#11",),
)  # fmt: skip
def which_line(stream: Stream) -> Task:
    domain = stream.domain()
    (user, other), (team, guests) = stream.people(2, domain), stream.groups(2, domain)
    context = person(user, team)
    top = [f"(A;;FR;;;{team.sid})", f"(A;;FW;;;{other.sid})", f"(D;;FW;;;{guests.sid})"]
    bottom = [f"(A;;0x2;;;{user.sid})", f"(D;;FA;;;{user.sid})", f"(A;;FA;;;{team.sid})"]
    lines = [*stream.shuffled(top), *bottom]
    descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SYD:{''.join(lines)}")
    options = tuple(f"line {number}" for number in range(1, len(lines) + 1))
    asked = {
        "reading": (FileRights.READ_DATA, DENY_ALWAYS_WINS),
        "writing": (FileRights.WRITE_DATA, DENY_ALWAYS_WINS),
        "deleting": (FileRights.DELETE, ALLOWED_BEATS_DENIED),
    }
    choices = []
    for name, (right, belief) in asked.items():
        decision = access_check(context, descriptor, right)
        place = decision.reasons[int(right)].place
        prompt = f"the line that decides {right.name}"
        wrong = {option: belief if option in options[3:] else LINES_FOR_OTHERS for option in options}
        choices.append(Choice(name, prompt, options, options[place or 0], why(decision), wrong))
    listing = "\n".join(f"{number}  {line}" for number, line in enumerate(lines, 1))
    question = (
        f"{token_lines(context)}.\n\n```\n{listing}\n```\n\n{user} asks for one right after the other. "
        f"(`{guests.sid}` is the group {guests}, `{other.sid}` another user.) Which line decides?"
    )
    return choose(
        question,
        choices,
        hints=(
            "Three lines are for others: they decide nothing here.",
            "A deny that stands below an allow comes too late for what the allow named.",
        ),
        difficulty={"lines": len(lines), "for others": 2},
        given={"context": context, "descriptor": descriptor},
    )


@exercise(
    "04.3", "Outside the DACL", Kind.PREDICT,
    minutes=6, points=5, aims=(2,), rows=(20, 21), cases=("a pipe made with a NULL DACL",),
)  # fmt: skip
def outside(stream: Stream) -> Task:
    domain = stream.domain()
    (user, other), (team,) = stream.people(2, domain), stream.groups(1, domain)
    context = person(user, team)
    low = replace(context, integrity=IntegrityLevel.LOW)
    full = f"(A;;FA;;;{stream.pick((user, team)).sid})"
    made = {
        "empty": ("an empty DACL", context, f"O:{other.sid}G:SYD:", READ, NULL_IS_EMPTY),
        "null": ("no DACL at all", context, f"O:{other.sid}G:SY", READ, NULL_IS_EMPTY),
        "low": (
            f"at Low integrity: the file has no label, and the DACL `{full}`",
            low,
            f"O:{other.sid}G:SYD:{full}",
            FileRights.WRITE_DATA,
            DACL_IS_ALL,
        ),
        "owner_dacl": ("an empty DACL, and the user owns it", context, f"O:{user.sid}G:SYD:", FileRights.WRITE_DAC,
                       DACL_IS_ALL),
        "owner_read": ("an empty DACL, and the user owns it", context, f"O:{user.sid}G:SYD:", FileRights.READ_DATA,
                       OWNER_MAY_ALL),
    }  # fmt: skip
    choices = []
    for name, (prompt, who, sddl, right, belief) in made.items():
        decision = access_check(who, SecurityDescriptor.from_sddl(sddl), right)
        words = "read access" if right == READ else right.name
        choices.append(decided(name, f"{prompt}; asked for {words}", decision, belief))
    return choose(
        f"{token_lines(context)}. No privilege is enabled. Each file below is another one; who is not named as the "
        f"owner does not own it. What does {user} get?",
        choices,
        hints=(
            "A file without a label counts as Medium, and nobody writes up.",
            "Two rights of an owner stand in no line: READ_CONTROL and WRITE_DAC.",
            "Absent and empty are opposites.",
        ),
        difficulty={"files": len(made), "granted": sum(c.right == "granted" for c in choices)},
        given={"context": context},
    )


@exercise("04.4", "In which order?", Kind.ORDER, minutes=4, points=4, aims=(1, 2), rows=(16, 18))
def in_order(stream: Stream) -> Task:
    generic = stream.pick(("GENERIC_READ", "GENERIC_WRITE", "GENERIC_ALL"))
    kind = stream.pick(("file", "key", "service", "process"))
    lines = [
        f"{generic} becomes the {kind}'s own rights",
        "the integrity of token and object is compared",
        "ACCESS_SYSTEM_SECURITY and WRITE_OWNER are looked up among the privileges",
        "the owner gets READ_CONTROL and WRITE_DAC",
        "the first line of the DACL that names the user or a group is read",
        "what no line has decided is refused",
    ]
    rules = [
        Before(0, 1, "generic rights are mapped first: nothing else knows what they mean", ORDER_OF_CHECK),
        Before(1, 4, "integrity takes rights away before the DACL is read", ORDER_OF_CHECK),
        Before(2, 4, "privileges and ownership are settled before the DACL", ORDER_OF_CHECK),
        Before(4, 5, "the refusal by default comes last: when the lines are at an end", ORDER_OF_CHECK),
    ]
    return arrange(
        f"Somebody opens a {kind}. Put the steps of the check in order.",
        lines,
        rules,
        stream,
        hints=(
            "Generic rights are a language that no descriptor speaks.",
            "Read the numbered steps that `print(access_check(...))` gives you for any object.",
        ),
        difficulty={},
    )


@exercise("04.5", "Just enough", Kind.BUILD, minutes=8, points=5, aims=(1, 3), rows=(20, 21))
def just_enough(stream: Stream) -> Task:
    domain = stream.domain()
    (user, apprentice), (team,) = stream.people(2, domain), stream.groups(1, domain)
    owner = ADMINISTRATORS
    member, barred = person(user, team), person(apprentice, team)
    stranger = person(Principal("a stranger", team.sid.__class__(f"{domain.sid}-9999")))

    def allowed(who: SecurityContext, right: int) -> object:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            decision = access_check(who, descriptor, right)
            return Finding(decision.granted, why(decision), LINES_FOR_OTHERS)

        return judge

    def refused(who: SecurityContext, rights: int, belief: Misconception) -> object:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            if not access_check(member, descriptor, READ).granted:
                return Finding(
                    False, f"who keeps everybody out keeps {user} out, who has work to do", NULL_IS_EMPTY
                )
            got = granted_access(who, descriptor, MAXIMUM_ALLOWED) & rights
            if not got:
                return Finding(True, "none of these rights is granted")
            decision = access_check(who, descriptor, got)
            return Finding(False, f"gets {FileRights(got)!s}. {why(decision)}", belief)

        return judge

    writing = FileRights.WRITE_DATA | FileRights.APPEND_DATA | FileRights.DELETE
    requirements = [
        Requirement(f"{user}, a member of {team}, may read and write", allowed(member, READ | WRITE)),  # type: ignore[arg-type]
        Requirement(f"nobody of {team} may delete the file or rewrite its DACL",
                    refused(member, FileRights.DELETE | FileRights.WRITE_DAC | FileRights.WRITE_OWNER, RIGHTS_ARE_ONE)),  # type: ignore[arg-type]
        Requirement(f"{apprentice}, a member too, may read", allowed(barred, READ)),  # type: ignore[arg-type]
        Requirement(f"{apprentice} may not write or append", refused(barred, writing, ALLOWED_BEATS_DENIED)),  # type: ignore[arg-type]
        Requirement("who is in none of this gets nothing", refused(stranger, ALL, GROUPS_ARE_NARROW)),  # type: ignore[arg-type]
    ]  # fmt: skip
    return build(
        f"Write the DACL of a file that Administrators own, as SDDL. {team} is `{team.sid}`, {user} is `{user.sid}`, "
        f"{apprentice} is `{apprentice.sid}`; both are members of {team}. It must do this:",
        requirements,
        read=read_descriptor(owner),
        example="D:(A;;FR;;;BU)",
        blank="",
        hints=(
            "One line for the group, one for the exception. Which must stand first?",
            "FR reads, FW writes. FR in a deny would take away SYNCHRONIZE and READ_CONTROL too, and so would FW: "
            "deny single bits, 0x6 for writing and appending.",
            "FA is too much: it deletes, and rewrites the DACL.",
        ),
        difficulty={"people": 3},
        given={"team": team.sid, "user": user.sid, "apprentice": apprentice.sid},
    )


@exercise(
    "04.6", "Your own access check", Kind.IMPLEMENT, minutes=20, points=8, aims=(1, 2), rows=(16, 20, 21)
)
def own_check(stream: Stream) -> Task:
    cases: list[Case] = []
    groups = {
        "one line": (
            2,
            "A line counts if its SID is in the token and its mask names the right.",
            LINES_FOR_OTHERS,
        ),
        "several rights": (2, "Access is granted only when every right asked for is.", RIGHTS_ARE_ONE),
        "order": (2, "The first line that names a right decides it.", DENY_ALWAYS_WINS),
        "no DACL": (1, "No DACL (None) grants everything, an empty one nothing.", NULL_IS_EMPTY),
        "owner": (1, "The owner has READ_CONTROL and WRITE_DAC before any line is read.", DACL_IS_ALL),
    }
    for group in groups:
        verdicts = {True: 0, False: 0}
        while sum(verdicts.values()) < 8:
            arguments = _case(stream, group)
            verdict = _verdict(*arguments)
            if verdicts[verdict] < 4:
                verdicts[verdict] += 1
                cases.append(Case(arguments, verdict, group))
    question = (
        "Write a function `may(sids, owner, dacl, desired)` that answers True or False as Windows does, without "
        "calling the model's.\n\n"
        "* `sids`: the SIDs of the token, all enabled, as text\n"
        "* `owner`: the owner's SID\n"
        "* `dacl`: None where there is no DACL, or lines `[kind, mask, sid]` from the top, with the kind "
        "`'allow'` or `'deny'`\n"
        "* `desired`: the rights asked for, a mask without generic bits\n\n"
        "Leave integrity and privileges out. READ_CONTROL is 0x20000, WRITE_DAC 0x40000."
    )
    return implement(
        question,
        cases,
        groups,
        hints=(
            "Keep a mask of what is still to be decided, and take away what a line grants.",
            "A deny line refuses at once if it names something that is still to be decided.",
            "Before the lines: None, and the two rights of the owner.",
        ),
        difficulty={},
    )


def _case(stream: Stream, group: str) -> tuple[Plain, ...]:
    """Arguments of one call, of the kind that the group tests."""
    sids = [f"S-1-5-21-7-7-7-{1100 + number}" for number in range(6)]
    mine = stream.picks(sids, 3)
    owner: Plain = next(sid for sid in sids if sid not in mine)
    count = 1 if group == "one line" else 4
    bits = (0x1, 0x2, 0x4, 0x10000)
    lines: Plain = [
        [
            stream.pick(("allow", "allow", "deny")),
            sum(stream.picks(bits, stream.number(1, 3))),
            stream.pick(sids if group == "one line" else mine),
        ]
        for _ in range(count)
    ]
    desired = sum(stream.picks(bits, 2 if group in ("several rights", "order") else 1))
    if group == "no DACL":
        lines = stream.pick((None, []))
    if group == "owner":
        owner = stream.pick((*mine, str(owner)))
        desired = stream.pick((0x20000, 0x40000, 0x60000, 0x20001))
    return list(mine), owner, lines, desired


def _verdict(sids: Plain, owner: Plain, dacl: Plain, desired: Plain) -> bool:
    """The model's answer to a case."""
    assert isinstance(sids, list) and isinstance(desired, int)
    make = {"allow": Ace.allow, "deny": Ace.deny}
    lines = None if dacl is None else Acl(make[kind](sid, mask) for kind, mask, sid in dacl)  # type: ignore
    bare = SecurityDescriptor.from_sddl(f"O:{owner}G:SYD:")
    descriptor = SecurityDescriptor.from_sddl(f"O:{owner}G:SY") if lines is None else bare.with_dacl(lines)
    return bool(access_check(SecurityContext(str(sids[0]), map(str, sids[1:])), descriptor, desired))


@exercise("04.7", "The whole picture", Kind.READ, minutes=8, points=5, aims=(2, 3), rows=(16, 31))
def whole_picture(stream: Stream) -> Task:
    domain = stream.domain()
    (user,), (team, other) = stream.people(1, domain), stream.groups(2, domain)
    context = replace(person(user, team), integrity=stream.pick((IntegrityLevel.LOW, IntegrityLevel.MEDIUM)))
    low = context.integrity == IntegrityLevel.LOW
    lines = [
        f"(D;;0x10000;;;{other.sid})",
        f"(A;;0x1301bf;;;{team.sid})",
        "(A;;0x1200a9;;;BU)",
    ]
    label = "S:(ML;;NW;;;LW)" if low else ""
    descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SYD:{''.join(lines)}{label}")
    bare = SecurityDescriptor.from_sddl(f"O:BAG:SYD:{''.join(lines)}")
    asks = ("READ_DATA", "READ_DATA | WRITE_DATA", "ALL_ACCESS")
    smallest = asks[1]
    deciders = ("line 1", "line 2", "line 3", "no line")

    def decider(right: FileRights) -> str:
        place = access_check(context, descriptor, right).reasons[int(right)].place
        return deciders[3] if place is None or place < 0 else deciders[place]

    write, dac = decider(FileRights.WRITE_DATA), decider(FileRights.WRITE_DAC)
    choices = [
        Choice(
            "ask",
            "the smallest mask with which a program can read the file and change its content",
            asks,
            smallest,
            "Each right that is not needed can be refused for nothing, and with it the whole call.",
            {"ALL_ACCESS": RIGHTS_ARE_ONE, "READ_DATA": RIGHTS_ARE_ONE},
        ),
        decided(
            "all", f"{user} asks for ALL_ACCESS", access_check(context, descriptor, ALL), ALLOWED_BEATS_DENIED
        ),
        decided(
            "without",
            f"{user} asks for WRITE_DATA, if the file had no label",
            access_check(context, bare, FileRights.WRITE_DATA),
            DACL_IS_ALL,
        ),
        Choice(
            "write",
            "which line decides WRITE_DATA, with everything as it stands",
            deciders,
            write,
            "Line 1 is for others; the first line for this token that names the right decides.",
            instead(deciders, write, LINES_FOR_OTHERS),
        ),
        Choice(
            "dac",
            "which line decides WRITE_DAC",
            deciders,
            dac,
            "No line names it: what nobody grants is refused.",
            instead(deciders, dac, DENY_ALWAYS_WINS),
        ),
    ]
    labelled = "a label of Low integrity, no write-up" if low else "no label"
    listing = "\n".join(f"{number}  {line}" for number, line in enumerate(lines, 1))
    return choose(
        f"{token_lines(context)}. A file of Administrators has {labelled} and the DACL\n\n```\n{listing}\n```\n\n{other} is `{other.sid}`, {team} `{team.sid}`.",
        choices,
        hints=(
            "Who, what for, who may: in this order.",
            "A file without a label counts as Medium.",
            "0x1301bf is READ, WRITE, EXECUTE and DELETE.",
        ),
        difficulty={"lines": len(lines), "questions": len(choices)},
        given={"context": context, "descriptor": descriptor, "bare": bare},
    )
