"""Worlds of lesson 04: how Windows decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tokenlab.security import (
    Ace,
    Acl,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
)
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import read_descriptor, why
from tokenlab.teach.exercise import Case
from tokenlab.teach.judgement import Finding
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
    name, level = context.name_of(context.user), context.integrity.name
    return f"**`{name}`** (`{context.user}`), member of {groups}; `{level}`"


def admins_file(lines: list[str], label: str = "") -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(f"O:BAG:SYD:{''.join(lines)}{label}")


def numbered(lines: list[str]) -> str:
    return "\n".join(f"{number}  {line}" for number, line in enumerate(lines, 1))


# 04.1 to 04.3: what the access check answers --------------------------------------------------------------


def right_by_right(stream: Stream) -> dict[str, Any]:
    domain = stream.domain()
    (user,), (writers, readers, others) = stream.people(1, domain), stream.groups(3, domain)
    context = person(user, writers, readers)
    denied = FileRights[stream.pick(("WRITE_DATA", "APPEND_DATA"))]
    lines = [
        f"(D;;{denied:#x};;;{writers.sid})",
        f"(D;;FR;;;{others.sid})",
        f"(A;;FA;;;{user.sid})",
        f"(A;;FR;;;{readers.sid})",
    ]
    descriptor = admins_file(lines)
    asked = {"read": READ, "alone": denied, "delete": FileRights.DELETE, "both": READ | denied}
    decisions = {name: access_check(context, descriptor, rights) for name, rights in asked.items()}
    return decisions | {
        "token": token_lines(context),
        "user": user,
        "file": stream.file(),
        "dacl": "\n".join(lines),
        "writers": writers,
        "readers": readers,
        "others": others,
        "denied": denied.name,
        "granted": sum(decision.granted for decision in decisions.values()),
        "context": context,
        "descriptor": descriptor,
    }


def which_line(stream: Stream) -> dict[str, Any]:
    """Six entries in any order, but a deny that comes too late for something."""
    domain = stream.domain()
    (user, other), (team, guests) = stream.people(2, domain), stream.groups(2, domain)
    context = person(user, team)
    theirs = [f"(A;;FW;;;{other.sid})", f"(D;;FW;;;{guests.sid})"]
    deny = f"(D;;FA;;;{user.sid})"
    allow = [f"(A;;FR;;;{team.sid})", f"(A;;0x2;;;{user.sid})", f"(A;;FA;;;{team.sid})"]
    lines = stream.shuffled([*theirs, deny, *allow])
    while lines.index(deny) < min(map(lines.index, allow)):
        lines = stream.shuffled(lines)
    descriptor = admins_file(lines)
    cases = {}
    for name, right in (
        ("reading", FileRights.READ_DATA),
        ("writing", FileRights.WRITE_DATA),
        ("deleting", FileRights.DELETE),
    ):
        decision = access_check(context, descriptor, right)
        place = decision.reasons[int(right)].place or 0
        wrong = {f"line {lines.index(line) + 1}": "other-peoples-lines" for line in theirs}
        if not decision.granted:
            wrong |= {f"line {lines.index(allow[2]) + 1}": "allow-beats-deny"}
        else:
            wrong |= {f"line {lines.index(deny) + 1}": "deny-always-wins"}
        told = {"asked": right.name, "right": f"line {place + 1}", "why": why(decision)}
        cases[name] = told | {"beliefs": wrong}
    found = {"token": token_lines(context), "listing": numbered(lines), "user": user, "other": other}
    return found | {"guests": guests, "cases": cases, "context": context, "descriptor": descriptor}


def outside(stream: Stream) -> dict[str, Any]:
    domain = stream.domain()
    (user, other), (team,) = stream.people(2, domain), stream.groups(1, domain)
    context = person(user, team)
    full = f"(A;;FA;;;{stream.pick((user, team)).sid})"
    low = replace(context, integrity=IntegrityLevel.LOW)
    theirs, own = f"O:{other.sid}G:SY", f"O:{user.sid}G:SY"
    made = {
        "empty": (context, f"{theirs}D:", READ),
        "null": (context, theirs, READ),
        "low": (low, f"{theirs}D:{full}", FileRights.WRITE_DATA),
        "owner_dacl": (context, f"{own}D:", FileRights.WRITE_DAC),
        "owner_read": (context, f"{own}D:", FileRights.READ_DATA),
    }
    decisions = {
        name: access_check(who, SecurityDescriptor.from_sddl(sddl), right)
        for name, (who, sddl, right) in made.items()
    }
    granted = sum(decision.granted for decision in decisions.values())
    told = {"token": token_lines(context), "user": user, "full": full, "granted": granted}
    return decisions | told | {"context": context}


def in_order(stream: Stream) -> dict[str, Any]:
    generic = stream.pick(("GENERIC_READ", "GENERIC_WRITE", "GENERIC_ALL"))
    return {"generic": generic, "kind": stream.pick(("file", "key", "service", "process"))}


# 04.5, 04.6: a DACL and a check that are written ----------------------------------------------------------


def just_enough(stream: Stream) -> dict[str, Any]:
    """Two members of a group, of whom one may do less; and what a DACL gives to them."""
    domain = stream.domain()
    (user, apprentice), (team,) = stream.people(2, domain), stream.groups(1, domain)
    member, barred = person(user, team), person(apprentice, team)
    stranger = person(Principal("a stranger", team.sid.__class__(f"{domain.sid}-9999")))

    def allowed(who: SecurityContext, right: int) -> Callable[[SecurityDescriptor], Finding]:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            decision = access_check(who, descriptor, right)
            return Finding(decision.granted, why(decision), believe("other-peoples-lines"))

        return judge

    def refused(who: SecurityContext, rights: int, belief: str) -> Callable[[SecurityDescriptor], Finding]:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            if not access_check(member, descriptor, READ).granted:
                shut = f"who keeps everybody out keeps {user} out, who has work to do"
                return Finding(False, shut, believe("null-is-empty"))
            got = granted_access(who, descriptor, MAXIMUM_ALLOWED) & rights
            if not got:
                return Finding(True, "none of these rights is granted")
            decision = access_check(who, descriptor, got)
            return Finding(False, f"gets {FileRights(got)!s}. {why(decision)}", believe(belief))

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


def own_check(stream: Stream) -> dict[str, Any]:
    cases: list[Case] = []
    for group in ("one line", "several rights", "order", "no DACL", "owner"):
        verdicts = {True: 0, False: 0}
        while sum(verdicts.values()) < 8:
            arguments = _case(stream, group)
            verdict = _verdict(*arguments)
            if verdicts[verdict] < 4:
                verdicts[verdict] += 1
                cases.append(Case(arguments, verdict, group))
    return {"cases": cases}


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


# 04.7 -----------------------------------------------------------------------------------------------------


def whole_picture(stream: Stream) -> dict[str, Any]:
    domain = stream.domain()
    (user,), (team, other) = stream.people(1, domain), stream.groups(2, domain)
    context = replace(person(user, team), integrity=stream.pick((IntegrityLevel.LOW, IntegrityLevel.MEDIUM)))
    low = context.integrity == IntegrityLevel.LOW
    lines = [f"(D;;0x10000;;;{other.sid})", f"(A;;0x1301bf;;;{team.sid})", "(A;;0x1200a9;;;BU)"]
    descriptor, bare = admins_file(lines, "S:(ML;;NW;;;LW)" if low else ""), admins_file(lines)

    def decider(right: FileRights) -> str:
        place = access_check(context, descriptor, right).reasons[int(right)].place
        return "no line" if place is None or place < 0 else f"line {place + 1}"

    return {
        "token": token_lines(context),
        "user": user,
        "team": team,
        "other": other,
        "labelled": "a label of Low integrity, no write-up" if low else "no label",
        "listing": numbered(lines),
        "all": access_check(context, descriptor, ALL),
        "without": access_check(context, bare, FileRights.WRITE_DATA),
        "write": decider(FileRights.WRITE_DATA),
        "dac": decider(FileRights.WRITE_DAC),
        "context": context,
        "descriptor": descriptor,
        "bare": bare,
    }
