"""Worlds of lesson 03: who may touch this object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from tokenlab.teach.exercises.scenes import Names, dealt, mixed
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Principal, Stream
from tokenlab.values import DIRECTORY, FILE, MAXIMUM_ALLOWED, OBJECT_TYPES, DirectoryRights, FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS, LOCAL_SYSTEM

MASKS = {0x120089: "read", 0x1200A9: "read and execute", 0x1301BF: "read, write, execute and delete"}
DENIED = {
    0x10000: "deleting it",
    0x2: "writing data",
    0x20: "executing it",
    0x40000: "changing the DACL",
    0x80000: "changing the owner",
    0x1F01FF: "everything",
}
ASKED = (FileRights.READ_DATA, FileRights.WRITE_DATA, FileRights.EXECUTE_FILE, FileRights.DELETE)


def read_text(stream: Stream) -> Names:
    """A file's descriptor: its owner is in no entry; the last ones are inherited. And somebody asks."""
    domain = stream.domain()
    (user,), (team, guests) = stream.people(1, domain), stream.groups(2, domain)
    mask, denied, inherited = stream.pick(tuple(MASKS)), stream.pick(tuple(DENIED)), stream.number(0, 3)
    flags = ["ID" if place >= 3 - inherited else "" for place in range(3)]
    entries = [f"D;{flags[0]};{denied:#x};;;{guests.sid}", f"A;{flags[1]};{mask:#x};;;{team.sid}"]
    entries.append(f"A;{flags[2]};FA;;;BA")
    sddl = f"O:{user.sid}G:SYD:{'AI' if inherited else ''}({')('.join(entries)})"
    descriptor = SecurityDescriptor.from_sddl(sddl)
    names = {one.sid: str(one) for one in (user, team, guests)} | {ADMINISTRATORS: "Administrators"}
    counts = ("none", "one", "two", "three")
    return {
        "user": user,
        "team": team,
        "guests": guests,
        "sddl": sddl,
        "descriptor": descriptor,
        "names": {str(sid): name for sid, name in names.items()},
        "people": stream.shuffled(tuple(names.values())),
        "mask": mask,
        "words": MASKS[mask],
        "rights": FileRights(mask),
        "denied_mask": denied,
        "denied": DENIED[denied],
        "denials": tuple(DENIED.values()),
        "denied_beliefs": {} if denied == 0x1F01FF else {"everything": "rights-are-words"},
        "inherited": counts[inherited],
        "inherited_beliefs": {"three": "every-child-inherits"} if inherited < 3 else {},
        **_somebody_asks(stream, descriptor, user, team, guests),
    }


def _somebody_asks(
    stream: Stream, descriptor: SecurityDescriptor, user: Principal, team: Principal, guests: Principal
) -> Names:
    """The owner, as a member of both groups, of one or of none, asks for a right; each reason as likely."""
    found: dict[str, list[Names]] = {}
    for groups in ((), (team,), (guests,), (team, guests)):
        for right in ASKED:
            decision = access_check(person(user, *groups), descriptor, right)
            reason = decision.reasons[right]
            said = "granted: an entry allows it" if decision.granted else "refused: no entry allows it"
            if not decision.granted and reason.ace is not None:
                said = "refused: an entry denies it"
            member = " and ".join(map(str, groups)) or "neither group"
            case = {"member": member, "asked": right.name, "asks": said, "decided": why(decision)}
            found.setdefault(said, []).append(case)
    return stream.pick(found[stream.pick(sorted(found))])


OPEN, ALLOWED, EMPTY = (
    "granted: nothing protects it",
    "granted: an entry allows it",
    "refused: the list is empty",
)
WAITS, OTHER = "refused: its entry waits for children", "refused: no entry is for this user and right"


def nothing_four_ways(stream: Stream) -> Names:
    """Files without a DACL, with an empty one, and with one entry; each reason once."""
    domain = stream.domain()
    (user,), (team, strangers) = stream.people(1, domain), stream.groups(2, domain)
    context = person(user, team)
    right = stream.pick((FileRights.READ_DATA, FileRights.WRITE_DATA, FileRights.EXECUTE_FILE))
    us, them = team.sid, strangers.sid
    forms = {
        OPEN: ("", "D:NO_ACCESS_CONTROL", "S:(ML;;NW;;;ME)"),
        ALLOWED: (f"D:(A;;FA;;;{us})", "D:P(A;;FA;;;WD)", f"D:AI(A;OICIID;FA;;;{us})"),
        EMPTY: ("D:", "D:P", "D:AI"),
        WAITS: (f"D:(A;OICIIO;FA;;;{us})", "D:P(A;OIIO;FA;;;WD)", f"D:(A;CIIO;FA;;;{us})"),
        OTHER: (f"D:(A;;FA;;;{them})", f"D:(A;;RC;;;{us})", "D:P(A;OICI;FA;;;BA)", f"D:(D;;FA;;;{them})"),
    }
    beliefs = {
        OPEN: {EMPTY: "null-is-empty"},
        EMPTY: {OPEN: "null-is-empty"},
        WAITS: {ALLOWED: "inherit-only-acts-here"},
    }
    cases = []
    for why_, texts in forms.items():
        for text in texts:
            sddl = f"O:SYG:SY{text}"
            decision = access_check(context, SecurityDescriptor.from_sddl(sddl), right)
            assert decision.granted == why_.startswith("granted"), sddl
            cases.append({"sddl": sddl, "right": why_, "beliefs": beliefs.get(why_, {})})
    return dealt(stream, cases, 5, files="sddl") | {
        "user": user,
        "team": team,
        "strangers": strangers,
        "own": str(us),
        "asked": right.name,
    }


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

    def judge(key: str, right: object, says: str) -> Any:
        return lambda answer: PartFinding(type(answer[key]) is type(right) and answer[key] == right, says)

    return {
        "data": data,
        "bytes": len(data),
        "listing": "\n".join(
            f"{place:02x}  {data[place : place + 8].hex(' ')}" for place in range(0, len(data), 8)
        ),
        "read": read,
        "blank": dict.fromkeys(keys),
        "type": judge("type", kind, f"the first byte is {data[0]}: {kind}"),
        "flags": judge("flags", int(flags), f"the second byte is {int(flags):#x}: {flags.name}"),
        "mask": judge("mask", mask, f"bytes 4 to 7 are {mask:#x}: {FileRights(mask)!s}"),
        "rid": judge("rid", user.sid.rid, f"the last four bytes are {user.sid.rid} of {user.sid}"),
    }


def as_tools_write(stream: Stream) -> Names:
    """Entries of the object itself, of its folder and of the folder above; for whom differs."""
    groups = stream.groups(3, stream.domain())
    names = ("deny", "allow", "near_deny", "near_allow", "far_deny", "far_allow")
    return {"groups": groups, **{name: stream.pick(groups) for name in names}}


COUNTS, LISTED = "granted: the entry counts there", "refused: it is there, and waits for children"
ONE_STEP, NOT_PASSED = (
    "refused: it goes one step down, and no further",
    "refused: it does not go to such an object",
)
FLAGS = ("", "OI", "CI", "OICI", "OIIO", "CIIO", "OICIIO", "OINP", "OICINP")
PLACES = {
    "the folder itself": "lists the folder itself",
    "a file": "reads a file that is made in it",
    "a folder": "lists a folder that is made in it",
    "a file below": "reads a file that is made in a folder in it",
}


def _places(folder: SecurityDescriptor) -> dict[str, SecurityDescriptor]:
    maker = SecurityContext(LOCAL_SYSTEM, [ADMINISTRATORS], integrity="system")
    below = new_object_descriptor(folder, maker, container=True, object_type=DIRECTORY)
    files = [new_object_descriptor(one, maker) for one in (folder, below)]
    return dict(zip(PLACES, (folder, files[0], below, files[1]), strict=True))


def _where_it_goes(member: SecurityContext, group: Principal, flags: str) -> Iterator[Names]:
    """Does an entry with these flags let the member in: in the folder itself, and in what is made below it."""
    told = [
        _places(SecurityDescriptor.from_sddl(f"O:BAG:SYD:P(A;{one};FR;;;{group.sid})(A;OICI;FA;;;BA)"))
        for one in (flags, flags.replace("NP", ""))
    ]
    for place, says in PLACES.items():
        got, without = (_reads(member, found[place], place) for found in told)
        there = any(ace.sid == group.sid for ace in told[0][place].dacl or ())
        right = COUNTS if got else LISTED if there else ONE_STEP if without else NOT_PASSED
        belief = {LISTED: "inherit-only-acts-here", COUNTS: ""}.get(right, "every-child-inherits")
        yield {
            "entry": f"(A;{flags};FR;;;…{group.sid.rid})",
            "flags": flags,
            "place": place,
            "what": says,
            "right": right,
            "beliefs": {COUNTS: belief} if belief else {},
        }


def what_a_child_gets(stream: Stream) -> Names:
    """An entry with some flags, and whether it lets a member into the folder, and into what is made there."""
    domain = stream.domain()
    (someone,), (group,) = stream.people(1, domain), stream.groups(1, domain)
    member = person(someone, group)
    cases = [case for flags in FLAGS for case in _where_it_goes(member, group, flags)]
    granted = [case for case in cases if case["right"] == COUNTS]
    refused = [case for case in cases if case["right"] != COUNTS]
    chosen = mixed(stream, stream.picks(granted, 5) + refused, 6)  # else most would be granted
    return {
        "group": group,
        "rid": group.sid.rid,
        "cases": chosen,
        "entries": [(case["flags"], case["place"]) for case in chosen],
    }


def _reads(member: SecurityContext, thing: SecurityDescriptor, place: str) -> bool:
    if place in ("the folder itself", "a folder"):
        return access_check(member, thing, DirectoryRights.LIST_DIRECTORY, DIRECTORY).granted
    return access_check(member, thing, FileRights.READ_DATA).granted


Made = Callable[[SecurityDescriptor], SecurityDescriptor]


class FolderMembers:
    """Judges of a folder: what its members, and a stranger, can do in it and with what a member makes there."""

    def __init__(self, maker: SecurityContext, nobody: SecurityContext) -> None:
        self.maker, self.nobody = maker, nobody

    def file_of(self, folder: SecurityDescriptor) -> SecurityDescriptor:
        return new_object_descriptor(folder, self.maker)

    def deep_file_of(self, folder: SecurityDescriptor) -> SecurityDescriptor:
        return self.file_of(new_object_descriptor(folder, self.maker, container=True, object_type=DIRECTORY))

    def lists(self, folder: SecurityDescriptor) -> PartFinding:
        rights = DirectoryRights.LIST_DIRECTORY | DirectoryRights.ADD_FILE
        decision = access_check(self.maker, folder, rights, DIRECTORY)
        return PartFinding(decision.granted, why(decision), believe("inherit-only-acts-here"))

    def can(self, who: SecurityContext, rights: int, thing: Made, belief: str) -> Any:
        def judge(folder: SecurityDescriptor) -> PartFinding:
            decision = access_check(who, thing(folder), rights, FILE)
            return PartFinding(decision.granted, why(decision), believe(belief))

        return self._if_anybody_makes_files(judge)

    def cannot(self, who: SecurityContext, rights: int, thing: Made, belief: str) -> Any:
        def judge(folder: SecurityDescriptor) -> PartFinding:
            got = granted_access(who, thing(folder), MAXIMUM_ALLOWED) & rights
            said = f"gets {FileRights(got)!s}" if got else "none of these rights is granted"
            return PartFinding(not got, said, believe(belief))

        return self._if_anybody_makes_files(judge)

    def _if_anybody_makes_files(self, judge: Callable[[SecurityDescriptor], PartFinding]) -> Any:
        def of(folder: SecurityDescriptor) -> PartFinding:
            if access_check(self.maker, folder, DirectoryRights.ADD_FILE, DIRECTORY):
                return judge(folder)
            none = "it counts when a member can make a file here"
            return PartFinding(False, none, believe("null-is-empty"), at_once=True)

        return of


def a_folder(stream: Stream) -> Names:
    """Two members and a stranger; judges that make files in the folder and ask what each gets."""
    domain = stream.domain()
    (user, other), (team,) = stream.people(2, domain), stream.groups(1, domain)
    member, colleague = person(user, team), person(other, team)
    by = FolderMembers(member, person(Principal("a stranger", Sid(f"{domain.sid}-9999"))))
    change = FileRights.WRITE | FileRights.DELETE
    harm = FileRights.WRITE_DATA | FileRights.DELETE | FileRights.WRITE_DAC
    return {
        "user": user,
        "other": other,
        "group": team,
        "team": team.sid,
        "read": read_descriptor(ADMINISTRATORS),
        "lists": by.lists,
        "reads": by.can(colleague, FileRights.READ, by.file_of, "every-child-inherits"),
        "reads_below": by.can(colleague, FileRights.READ, by.deep_file_of, "every-child-inherits"),
        "writes": by.can(member, change, by.file_of, "inheritance-at-check-time"),
        "spares": by.cannot(colleague, harm, by.file_of, "every-child-inherits"),
        "keeps_out": by.cannot(by.nobody, 0x1F01FF, lambda folder: folder, "groups-are-narrow"),
    }


KINDS = ("file", "folder", "key", "process", "token", "service", "semaphore", "WMI namespace")


def one_bit(stream: Stream) -> Names:
    """What one bit means for four kinds of objects."""
    kinds = stream.picks(KINDS, 4)
    bit = stream.pick((0x1, 0x2))
    meanings = {kind: OBJECT_TYPES[kind].describe(bit)[0][1] for kind in kinds}
    first = meanings[kinds[0]]  # taken for the meaning everywhere
    return {
        "bit": bit,
        "kinds": tuple(kinds),
        "meanings": stream.shuffled(sorted(set(meanings.values()))),
        "told": [
            {"kind": kind, "means": means, "beliefs": {} if means == first else {first: "rights-are-words"}}
            for kind, means in meanings.items()
        ],
    }
