"""Worlds of lesson 04: how Windows decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tokenlab.security import (
    AccessDecision,
    Ace,
    Acl,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
)
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import (
    NOBODY,
    SEVERAL,
    answer_by_belief,
    outcome,
    outcomes,
    pose,
    read_descriptor,
    why,
)
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, dealt
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Principal, Stream
from tokenlab.values import MAXIMUM_ALLOWED, FileRights, IntegrityLevel
from tokenlab.values.well_known import ADMINISTRATORS, AUTHENTICATED_USERS, EVERYONE, LOCAL_SYSTEM, USERS

READ, WRITE, ALL = FileRights.READ, FileRights.WRITE, FileRights.ALL_ACCESS


def person(user: Principal, *groups: Principal, **more: object) -> SecurityContext:
    """A token of a user who is in these groups, in Everyone, Users and Authenticated Users."""
    names = {one.sid: one.name for one in (user, *groups)}
    sids = [EVERYONE, AUTHENTICATED_USERS, USERS, *(group.sid for group in groups)]
    default = Acl((Ace.allow(user.sid, ALL), Ace.allow(LOCAL_SYSTEM, ALL)))
    return SecurityContext(user.sid, sids, names=names, default_dacl=default, **more)  # type: ignore[arg-type]


def token_lines(context: SecurityContext) -> str:
    """What the learner is told of a token."""
    groups = ", ".join(f"`{context.name_of(group.sid)}`" for group in context.groups)
    name, level = context.user_label, context.integrity.name
    return f"**`{name}`** (`{context.user}`), member of {groups}; `{level}`"


def said_of(groups: list[Principal]) -> str:
    return ", ".join(f"{group} (`{group.sid}`)" for group in groups)


def admins_file(lines: list[str], label: str = "") -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(f"O:BAG:SYD:{''.join(lines)}{label}")


def numbered(lines: list[str]) -> str:
    return "\n".join(f"{number}  {line}" for number, line in enumerate(lines, 1))


# 04.1 to 04.3: what the access check answers --------------------------------------------------------------
def right_by_right(stream: Stream) -> Names:
    """Five ACEs in any order, for groups in which the user is or is not."""
    domain = stream.domain()
    (user,), groups = stream.people(1, domain), stream.groups(4, domain)
    writers, readers, others, strangers = groups
    denied = FileRights[stream.pick(("WRITE_DATA", "APPEND_DATA"))]
    right_of = {"read": READ, "denied": denied, "delete": FileRights.DELETE, "both": READ | denied}
    different = 0
    while different < 3:
        mine = stream.picks(groups[:3], stream.number(1, 2))
        barred = denied | stream.pick((FileRights(0), FileRights.DELETE))
        lines = stream.shuffled(
            [
                f"(D;;{barred:#x};;;{writers.sid})",
                f"(D;;FR;;;{others.sid})",
                f"(A;;{stream.pick(('FA', '0x1301bf', '0x1201bf', 'FR'))};;;{user.sid})",
                f"(A;;{stream.pick(('FA', 'FR'))};;;{readers.sid})",
                f"({stream.pick(('A', 'D'))};;FA;;;{strangers.sid})",
            ]
        )
        context, descriptor = person(user, *mine), admins_file(lines)
        decisions = {name: access_check(context, descriptor, right) for name, right in right_of.items()}
        different = len({outcome(one) for one in decisions.values()})
    prompts = {
        "read": f"{user} asks to read the file",
        "denied": f"{user} asks for {denied.name} alone",
        "delete": f"{user} asks to delete the file",
        "both": f"{user} asks to read, and for {denied.name}, in one call",
    }
    cases = {name: pose(decision, prompts[name]) for name, decision in decisions.items()}
    found: Names = {
        "token": token_lines(context),
        "file": stream.file(),
        "dacl": numbered(lines),
        "groups": said_of(groups),
    }
    found |= {"denied": denied.name, "context": context, "descriptor": descriptor, "cases": cases}
    return found | {"options": [SEVERAL, *outcomes(5)[:-2], NOBODY]}


def which_line(stream: Stream) -> Names:
    """Six ACEs in any order, among them a deny that comes too late for something."""
    domain = stream.domain()
    (user, other), (team, guests) = stream.people(2, domain), stream.groups(2, domain)
    context, rights = person(user, team), [FileRights.READ_DATA, FileRights.WRITE_DATA, FileRights.DELETE]
    refused = 0
    while not 1 <= refused <= 2:
        theirs = [f"(A;;FW;;;{other.sid})", f"(D;;{stream.pick(('FW', 'FR'))};;;{guests.sid})"]
        deny = f"(D;;{stream.pick(('FA', '0x3', '0x10001', '0x10002'))};;;{user.sid})"
        masks = ("FR", stream.pick(("FW", "0x2", "0x10000")), stream.pick(("FA", "0x1301bf")))
        allow = [f"(A;;{mask};;;{stream.pick((user, team)).sid})" for mask in masks]
        lines = stream.shuffled([*theirs, deny, *allow])
        decisions = [access_check(context, admins_file(lines), right) for right in rights]
        refused = sum(not one.granted for one in decisions)
    names = zip(("reading", "writing", "deleting"), rights, decisions, strict=True)
    cases = {name: pose(one, right.name or "") | _place(one) for name, right, one in names}
    found = {"token": token_lines(context), "listing": numbered(lines), "user": user, "other": other}
    found |= {"guests": guests, "cases": cases, "context": context, "descriptor": admins_file(lines)}
    return found


def _place(decision: AccessDecision) -> Names:
    """The ACE without the verdict, and the beliefs for that."""
    right = outcome(decision)[-5:]
    beliefs = {
        told[-5:]: belief for told, belief in answer_by_belief(decision).items() if told[-5:-1] == "ACE "
    }
    return {"right": right, "beliefs": {told: belief for told, belief in beliefs.items() if told != right}}


def outside(stream: Stream) -> Names:
    """A file's owner, its label and its DACL, a level of the token and a right: which of them decides?"""
    domain = stream.domain()
    (user, other), (team,) = stream.people(2, domain), stream.groups(1, domain)
    context, holder = person(user, team), stream.pick((user, team))
    medium, low = "Medium", "Low"
    levels = {medium: IntegrityLevel.MEDIUM, low: IntegrityLevel.LOW}
    full, reads = f"(A;;FA;;;{holder.sid})", f"(A;;FR;;;{holder.sid})"
    told = {None: "no DACL at all", "": "an empty DACL", full: f"`{full}`", reads: f"`{reads}`"}
    tries = [
        *((None, other, medium, right) for right in ("READ_DATA", "WRITE_DATA", "DELETE")),
        (None, other, low, "READ_DATA"),
        *((None, other, low, "DELETE"), (None, user, low, "WRITE_DATA")),
        *(("", other, medium, "READ_DATA"), ("", user, medium, "READ_DATA"), ("", user, medium, "DELETE")),
        *(("", user, medium, "WRITE_DAC"), ("", user, medium, "READ_CONTROL")),
        *((full, other, low, right) for right in ("READ_DATA", "WRITE_DATA", "DELETE")),
        (full, user, low, "WRITE_DAC"),
        *((reads, user, medium, "WRITE_DAC"), (reads, user, medium, "WRITE_DATA")),
        *((reads, other, medium, "WRITE_DAC"), (reads, other, medium, "DELETE")),
        (reads, other, low, "READ_DATA"),
    ]
    cases = []
    for dacl, owner, level, right in tries:
        who = replace(context, integrity=levels[level])
        text = f"O:{owner.sid}G:SY" + ("" if dacl is None else f"D:{dacl}")
        decision = access_check(who, SecurityDescriptor.from_sddl(text), FileRights[right])
        case = pose(decision, f"a program at {level}; {told[dacl]}; {owner} owns the file; {right}")
        case["beliefs"] = {_plain(one): belief for one, belief in case["beliefs"].items()}
        facts = {"dacl": dacl, "owner": owner is user, "level": level, "asked": right}
        cases.append(case | {"right": _plain(outcome(decision)), "facts": facts})
    found = {
        "token": token_lines(context),
        "user": user,
    }
    return found | dealt(stream, cases, 5, tries="facts")


def _plain(told: str) -> str:
    """The outcome for a DACL of one ACE."""
    return "granted by the ACE" if told == "granted by ACE 1" else told


def in_order(stream: Stream) -> Names:
    generic = stream.pick(("GENERIC_READ", "GENERIC_WRITE", "GENERIC_ALL"))
    return {"generic": generic, "kind": stream.pick(("file", "key", "service", "process"))}


# 04.5, 04.6: a DACL and a check that are written ----------------------------------------------------------
def just_enough(stream: Stream) -> Names:
    """Two members of a group, of whom one may do less; and what a DACL gives to them."""
    domain = stream.domain()
    (user, apprentice), (team,) = stream.people(2, domain), stream.groups(1, domain)
    member, barred = person(user, team), person(apprentice, team)
    stranger = person(Principal("a stranger", team.sid.__class__(f"{domain.sid}-9999")))

    def allowed(who: SecurityContext, right: int) -> Callable[[SecurityDescriptor], PartFinding]:
        def judge(descriptor: SecurityDescriptor) -> PartFinding:
            decision = access_check(who, descriptor, right)
            return PartFinding(decision.granted, why(decision), believe("other-peoples-lines"))

        return judge

    def refused(
        who: SecurityContext, rights: int, belief: str
    ) -> Callable[[SecurityDescriptor], PartFinding]:
        def judge(descriptor: SecurityDescriptor) -> PartFinding:
            if not access_check(member, descriptor, READ).granted:
                shut = f"it counts when {user} may read"
                return PartFinding(False, shut, believe("null-is-empty"), at_once=True)
            got = granted_access(who, descriptor, MAXIMUM_ALLOWED) & rights
            if not got:
                return PartFinding(True, "none of these rights is granted")
            decision = access_check(who, descriptor, got)
            return PartFinding(False, f"gets {FileRights(got)!s}. {why(decision)}", believe(belief))

        return judge

    control = FileRights.DELETE | FileRights.WRITE_DAC | FileRights.WRITE_OWNER
    writing = FileRights.WRITE_DATA | FileRights.APPEND_DATA | FileRights.DELETE
    return {
        "user": user.sid,
        "apprentice": apprentice.sid,
        "team": team.sid,
        "name": user,
        "apprentice_name": apprentice,
        "team_name": team,
        "read": read_descriptor(ADMINISTRATORS),
        "works": allowed(member, READ | WRITE),
        "no_control": refused(member, control, "rights-are-one"),
        "reads": allowed(barred, READ),
        "no_writing": refused(barred, writing, "allow-beats-deny"),
        "keeps_out": refused(stranger, ALL, "groups-are-narrow"),
    }


def own_check(stream: Stream) -> Names:
    cases: list[FunctionCall] = []
    for group in ("one ACE", "several rights", "order", "no DACL", "owner"):
        verdicts = {True: 0, False: 0}
        while sum(verdicts.values()) < 8:
            arguments = _case(stream, group)
            verdict = _verdict(*arguments)
            if verdicts[verdict] < 4:
                verdicts[verdict] += 1
                cases.append(FunctionCall(arguments, verdict, group))
    return {"cases": cases}


def _case(stream: Stream, group: str) -> tuple[Plain, ...]:
    """Arguments of one call, of the kind that the group tests."""
    sids = [f"S-1-5-21-7-7-7-{1100 + number}" for number in range(6)]
    mine = stream.picks(sids, 3)
    owner: Plain = next(sid for sid in sids if sid not in mine)
    count = 1 if group == "one ACE" else 4
    bits = (0x1, 0x2, 0x4, 0x10000)
    lines: Plain = [
        [
            stream.pick(("allow", "allow", "deny")),
            sum(stream.picks(bits, stream.number(1, 3))),
            stream.pick(sids if group == "one ACE" else mine),
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


# 04.7 -----------------------------------------------------------------------------------------------------
JOBS = {
    "read the file and change its content": "READ_DATA | WRITE_DATA",
    "read the file and delete it": "READ_DATA | DELETE",
    "add to the end of the file, and nothing else": "APPEND_DATA",
    "show who may open the file": "READ_CONTROL",
}
LABELS = {
    "no label": "",
    "a label of Low, no write-up": "S:(ML;;NW;;;LW)",
    "a label of High, no write-up": "S:(ML;;NW;;;HI)",
    "a label of High, no read-up and no write-up": "S:(ML;;NRNW;;;HI)",
}


def whole_picture(stream: Stream) -> Names:
    """A token with a level, a file with a label and three ACEs, and four rights that are asked for."""
    domain = stream.domain()
    (user,), (team, other) = stream.people(1, domain), stream.groups(2, domain)
    names = ("READ_DATA", "WRITE_DATA", "DELETE", "WRITE_DAC", "EXECUTE_FILE")
    different = 0
    while different < 3:
        level = stream.pick((IntegrityLevel.LOW, IntegrityLevel.MEDIUM))
        context, label = replace(person(user, team), integrity=level), stream.pick(list(LABELS))
        barred, mask = stream.pick((user, team, other)), stream.pick(("0x2", "0x10000", "0x1", "0x10002"))
        wide = stream.pick(("0x1301bf", "0x1f01ff", "0x1201bf"))
        lines = [f"(D;;{mask};;;{barred.sid})", f"(A;;{wide};;;{team.sid})", "(A;;0x1200a9;;;BU)"]
        lines = stream.shuffled(lines)
        descriptor, bare = admins_file(lines, LABELS[label]), admins_file(lines)
        rights = stream.picks(names, 3)
        made = [access_check(context, descriptor, FileRights[right]) for right in rights]
        different = len({outcome(one) for one in made})
    job = stream.pick(list(JOBS))
    last = stream.pick(("WRITE_DATA", "DELETE"))
    prompts = [f"{user} asks for {right}" for right in rights]
    without = access_check(context, bare, FileRights[last])
    return {
        "token": token_lines(context),
        "user": user,
        "team": team,
        "other": other,
        "label": label,
        "listing": numbered(lines),
        "job": job,
        "mask": JOBS[job],
        "masks": [*JOBS.values(), "ALL_ACCESS"],
        "options": outcomes(3),
        "cases": [pose(one, prompt) for one, prompt in zip(made, prompts, strict=True)],
        "last": last,
        "bare_decision": without,
        "bare_beliefs": answer_by_belief(without),
        "context": context,
        "descriptor": descriptor,
        "bare": bare,
        "rights": rights,
    }
