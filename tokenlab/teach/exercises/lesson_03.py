"""Worlds of lesson 03: who may touch this object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.security import (
    Ace,
    AceFlags,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
    new_object_descriptor,
)
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.deciding import read_descriptor, why
from tokenlab.teach.exercises.lesson_04 import person
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Principal, Stream
from tokenlab.values import DIRECTORY, FILE, MAXIMUM_ALLOWED, OBJECT_TYPES, DirectoryRights, FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS, LOCAL_SYSTEM

Names = dict[str, Any]
MASKS = {0x120089: "read", 0x1200A9: "read and execute", 0x1301BF: "read, write, execute and delete"}


def read_text(stream: Stream) -> Names:
    """A file's descriptor: its owner is in no entry; two entries are inherited."""
    domain = stream.domain()
    (user,), (team, guests) = stream.people(1, domain), stream.groups(2, domain)
    mask = stream.pick(tuple(MASKS))
    lines = [f"(D;;0x10000;;;{guests.sid})", f"(A;ID;{mask:#x};;;{team.sid})", "(A;ID;FA;;;BA)"]
    sddl = f"O:{user.sid}G:SYD:AI{''.join(lines)}"
    descriptor = SecurityDescriptor.from_sddl(sddl)
    names = {one.sid: str(one) for one in (user, team, guests)} | {ADMINISTRATORS: "Administrators"}
    assert descriptor.owner is not None
    return {
        "user": user,
        "team": team,
        "guests": guests,
        "sddl": sddl,
        "descriptor": descriptor,
        "names": {str(sid): name for sid, name in names.items()},
        "people": tuple(names.values()),
        "owner": names[descriptor.owner],
        "mask": mask,
        "words": MASKS[mask],
        "rights": FileRights(mask),
        "inherited": ("none", "one", "two", "three")[sum(ace.inherited for ace in descriptor.dacl or ())],
        "owner_writes": access_check(person(user), descriptor, FileRights.WRITE_DATA),
    }


def nothing_four_ways(stream: Stream) -> Names:
    """No DACL, a NULL DACL, an empty one, and one that waits for children."""
    domain = stream.domain()
    (user,), (team,) = stream.people(1, domain), stream.groups(1, domain)
    context = person(user, team)
    right = stream.pick((FileRights.READ_DATA, FileRights.WRITE_DATA, FileRights.EXECUTE))
    dacls = {
        "absent": "",
        "null": "D:NO_ACCESS_CONTROL",
        "empty": "D:",
        "waiting": f"D:(A;OICIIO;FA;;;{team.sid})",
    }
    decisions = {
        name: access_check(context, SecurityDescriptor.from_sddl(f"O:SYG:SY{dacl}"), right)
        for name, dacl in dacls.items()
    }
    order = stream.shuffled(tuple(dacls))
    return {"user": user, "team": team, "right": right.name, "order": order} | decisions


def read_bytes(stream: Stream) -> Names:
    """The bytes of one ACE."""
    (user,) = stream.people(1)
    mask = stream.pick((0x1F01FF, 0x1200A9, 0x120116, 0x1301BF))
    allow = stream.chance()
    files, folders = AceFlags.OBJECT_INHERIT, AceFlags.CONTAINER_INHERIT
    flags = stream.pick((folders, files, files | folders))
    ace = Ace.allow(user.sid, mask, flags) if allow else Ace.deny(user.sid, mask, flags)
    data = SecurityDescriptor.from_sddl(f"D:{ace}").to_bytes()[20 + 8 :]
    kind = "allow" if allow else "deny"
    keys = ("type", "flags", "mask", "rid")

    def read(answer: object) -> Names:
        if type(answer) is not dict or answer.keys() != set(keys):
            raise AnswerError(
                "expected a dict such as {'type': 'allow', 'flags': 0x3, 'mask': 0x1F01FF, 'rid': 1104}"
            )
        return answer

    def judge(key: str, right: object, says: str, belief: str = "rights-are-words") -> Any:
        return lambda answer: Finding(
            type(answer[key]) is type(right) and answer[key] == right, says, believe(belief)
        )

    said = f"the second byte is {int(flags):#x}: {flags.name}"
    return {
        "data": data,
        "bytes": len(data),
        "listing": "\n".join(
            f"{place:02x}  {data[place : place + 8].hex(' ')}" for place in range(0, len(data), 8)
        ),
        "read": read,
        "blank": dict.fromkeys(keys),
        "type": judge("type", kind, f"the first byte is {data[0]}: {kind}"),
        "flags": judge("flags", int(flags), said, "inherit-only-acts-here"),
        "mask": judge("mask", mask, f"bytes 4 to 7 are {mask:#x}: {FileRights(mask)!s}"),
        "rid": judge("rid", user.sid.rid, f"the last four bytes are {user.sid.rid} of {user.sid}"),
    }


def as_tools_write(stream: Stream) -> Names:
    one, two = stream.groups(2, stream.domain())
    return {"one": one, "two": two}


def what_a_child_gets(stream: Stream) -> Names:
    """A folder with an entry for files, one for folders and one that waits, and what is made in it."""
    domain = stream.domain()
    groups = stream.groups(3, domain)
    group_of = dict(zip(stream.shuffled(("OI", "CI", "OICIIO")), groups, strict=True))
    lines = [f"(A;{flag};FR;;;{group.sid})" for flag, group in group_of.items()] + ["(A;OICI;FA;;;BA)"]
    folder = SecurityDescriptor.from_sddl(f"O:BAG:SYD:P{''.join(lines)}")
    maker = SecurityContext(LOCAL_SYSTEM, [ADMINISTRATORS], integrity="system")
    file = new_object_descriptor(folder, maker)
    sub = new_object_descriptor(folder, maker, container=True, object_type=DIRECTORY)
    (someone,) = stream.people(1, domain)
    decisions, order = {}, []
    for flag, group in group_of.items():
        member, key = person(someone, group), flag.lower()
        waits = flag == "OICIIO"
        second, thing = ("here", folder) if waits else (f"{key}_sub", sub)
        order += [f"{key}_file", second]
        decisions[f"{key}_file"] = access_check(member, file, FileRights.READ_DATA)
        decisions[second] = access_check(member, thing, DirectoryRights.LIST_DIRECTORY, DIRECTORY)
    return {
        "listing": "\n".join(lines),
        "named": ", ".join(f"{group} is `…{group.sid.rid}`" for group in groups),
        "order": order,
        "granted": sum(decision.granted for decision in decisions.values()),
        "folder": folder,
        "file": file,
        "subfolder": sub,
        **group_of,
        **decisions,
    }


Made = Callable[[SecurityDescriptor], SecurityDescriptor]


def a_folder(stream: Stream) -> Names:
    """Two members and a stranger; judges that make files in the folder and ask what each gets."""
    domain = stream.domain()
    (user, other), (team,) = stream.people(2, domain), stream.groups(1, domain)
    member, colleague = person(user, team), person(other, team)
    stranger = person(Principal("a stranger", Sid(f"{domain.sid}-9999")))
    nobody_makes = "no member can make a file here, so there is none to speak of"

    def open_to_members(folder: SecurityDescriptor) -> bool:
        return bool(access_check(member, folder, DirectoryRights.ADD_FILE, DIRECTORY))

    def file_of(folder: SecurityDescriptor) -> SecurityDescriptor:
        return new_object_descriptor(folder, member)

    def deep_file_of(folder: SecurityDescriptor) -> SecurityDescriptor:
        below = new_object_descriptor(folder, member, container=True, object_type=DIRECTORY)
        return new_object_descriptor(below, member)

    def lists(folder: SecurityDescriptor) -> Finding:
        rights = DirectoryRights.LIST_DIRECTORY | DirectoryRights.ADD_FILE
        decision = access_check(member, folder, rights, DIRECTORY)
        return Finding(decision.granted, why(decision), believe("inherit-only-acts-here"))

    def can(who: SecurityContext, rights: int, thing: Made, belief: str) -> Any:
        def judge(folder: SecurityDescriptor) -> Finding:
            if not open_to_members(folder):
                return Finding(False, nobody_makes, believe("null-is-empty"))
            decision = access_check(who, thing(folder), rights, FILE)
            return Finding(decision.granted, why(decision), believe(belief))

        return judge

    def cannot(who: SecurityContext, rights: int, thing: Made, belief: str) -> Any:
        def judge(folder: SecurityDescriptor) -> Finding:
            if not open_to_members(folder):
                return Finding(False, nobody_makes, believe("null-is-empty"))
            got = granted_access(who, thing(folder), MAXIMUM_ALLOWED) & rights
            said = f"gets {FileRights(got)!s}" if got else "none of these rights is granted"
            return Finding(not got, said, believe(belief))

        return judge

    change = FileRights.WRITE | FileRights.DELETE
    harm = FileRights.WRITE_DATA | FileRights.DELETE | FileRights.WRITE_DAC
    return {
        "user": user,
        "other": other,
        "group": team,
        "team": team.sid,
        "read": read_descriptor(ADMINISTRATORS),
        "lists": lists,
        "reads": can(colleague, FileRights.READ, file_of, "every-child-inherits"),
        "reads_below": can(colleague, FileRights.READ, deep_file_of, "every-child-inherits"),
        "writes": can(member, change, file_of, "inheritance-at-check-time"),
        "spares": cannot(colleague, harm, file_of, "every-child-inherits"),
        "keeps_out": cannot(stranger, 0x1F01FF, lambda folder: folder, "groups-are-narrow"),
    }


KINDS = ("file", "folder", "key", "process", "token", "service", "semaphore", "WMI namespace")


def one_bit(stream: Stream) -> Names:
    """What one bit means for four kinds of objects."""
    kinds = stream.picks(KINDS, 4)
    bit = stream.pick((0x1, 0x2))
    meanings = {kind: OBJECT_TYPES[kind].describe(bit)[0][1] for kind in kinds}
    return {
        "bit": bit,
        "kinds": tuple(kinds),
        "meanings": stream.shuffled(sorted(set(meanings.values()))),
        "told": {kind: {"kind": kind, "means": means} for kind, means in meanings.items()},
    }
