"""Exercises of lesson 03: who may touch this object."""

from __future__ import annotations

from collections.abc import Callable

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
from tokenlab.teach.deciding import decided, read_descriptor, why
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
from tokenlab.teach.exercises.lesson_04 import GROUPS_ARE_NARROW, NULL_IS_EMPTY, person
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Principal, Stream
from tokenlab.values import DIRECTORY, FILE, MAXIMUM_ALLOWED, OBJECT_TYPES, DirectoryRights, FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS, LOCAL_SYSTEM

LOOKED_UP_LATER = Misconception(
    "inheritance-at-check-time",
    "Inheritance is looked up at check time.",
    "It is copied when the object is made: the check reads the object's own descriptor and no other.",
    "lesson 03, three questions",
)
FLAGS_DO_NOT_MATTER = Misconception(
    "inherit-only-acts-here",
    "An entry in a folder's DACL acts on the folder.",
    "An inherit-only entry (IO) decides nothing where it stands: it waits for children.",
    "lesson 03",
)
EVERY_CHILD = Misconception(
    "every-child-inherits",
    "What a folder says holds for all that is in it.",
    "OI is for files, CI for folders, NP ends after one step; without them an entry stays where it is.",
    "lesson 03",
)
OWNER_IS_A_LINE = Misconception(
    "owner-is-a-line",
    "The owner of an object is in its DACL.",
    "Owner, group, DACL and SACL are four things; the owner may be in no entry at all.",
    "lesson 03",
)
MASK_IS_A_WORD = Misconception(
    "rights-are-words",
    "Rights are words such as Read and Write.",
    "Rights are bits; words stand for several of them, and which bits depends on the kind of object.",
    "lesson 03",
)
DENY_FIRST_IS_LAW = Misconception(
    "windows-sorts-when-it-checks",
    "Windows reads denies first.",
    "It reads from the top. That explicit entries stand first, and denies before allows, is a habit of the tools that write them.",
    "Macmod/godap#11",
)


@exercise("03.1", "Read it as text", Kind.READ, minutes=5, points=5, aims=(1,), rows=(20,))
def read_text(stream: Stream) -> Task:
    domain = stream.domain()
    (user,), (team, guests) = stream.people(1, domain), stream.groups(2, domain)
    mask, words = stream.pick(
        ((0x120089, "read"), (0x1200A9, "read and execute"), (0x1301BF, "read, write, execute and delete"))
    )
    lines = [f"(D;;0x10000;;;{guests.sid})", f"(A;ID;{mask:#x};;;{team.sid})", "(A;ID;FA;;;BA)"]
    sddl = f"O:{user.sid}G:SYD:AI{''.join(lines)}"
    descriptor = SecurityDescriptor.from_sddl(sddl)
    names = {
        user.sid: str(user),
        team.sid: str(team),
        guests.sid: str(guests),
        ADMINISTRATORS: "Administrators",
    }
    people = tuple(names.values())
    meanings = ("read", "read and execute", "read, write, execute and delete", "full control")
    owner = names[descriptor.owner or Sid("S-1-1-0")]
    counts = ("none", "one", "two", "three")
    inherited = counts[sum(ace.inherited for ace in descriptor.dacl or ())]
    kinds = ("deleting", "writing", "everything")
    choices = [
        Choice(
            "owner",
            "who owns the file",
            people,
            owner,
            "O: is the owner.",
            instead(people, owner, OWNER_IS_A_LINE),
        ),
        Choice(
            "mask",
            f"what does {team} get",
            meanings,
            words,
            f"{mask:#x} is {FileRights(mask)!s}.",
            instead(meanings, words, MASK_IS_A_WORD),
        ),
        Choice(
            "denied",
            f"what is {guests} denied",
            kinds,
            "deleting",
            "0x10000 is DELETE, one bit.",
            {"writing": MASK_IS_A_WORD, "everything": MASK_IS_A_WORD},
        ),
        Choice(
            "inherited",
            "how many entries came from the folder",
            counts,
            inherited,
            "ID marks an entry that was inherited.",
            {"three": EVERY_CHILD, "none": LOOKED_UP_LATER},
        ),
        decided(
            "owner_writes",
            f"{user}, a member of none of these, asks to write",
            access_check(person(user), descriptor, FileRights.WRITE_DATA),
            OWNER_IS_A_LINE,
        ),
    ]
    return choose(
        f"A file has this descriptor:\n\n```\n{sddl}\n```\n\nwith {user} = `{user.sid}`, {team} = `{team.sid}`, {guests} = `{guests.sid}`.",
        choices,
        hints=(
            "O, G, D: owner, group, DACL.",
            "An entry is (type;flags;rights;;;who).",
            "FileRights(0x1200A9) spells a mask out.",
        ),
        difficulty={"lines": len(lines)},
        given={"descriptor": descriptor, "names": {str(sid): name for sid, name in names.items()}},
    )


@exercise(
    "03.2",
    "Nothing, in four ways",
    Kind.PREDICT,
    minutes=5,
    points=4,
    aims=(2,),
    rows=(20,),
    cases=("a pipe made with a NULL DACL",),
)
def nothing_four_ways(stream: Stream) -> Task:
    domain = stream.domain()
    (user,), (team,) = stream.people(1, domain), stream.groups(1, domain)
    context = person(user, team)
    right = stream.pick((FileRights.READ_DATA, FileRights.WRITE_DATA, FileRights.EXECUTE))
    made = {
        "absent": ("O:SYG:SY", NULL_IS_EMPTY),
        "null": ("O:SYG:SYD:NO_ACCESS_CONTROL", NULL_IS_EMPTY),
        "empty": ("O:SYG:SYD:", NULL_IS_EMPTY),
        "waiting": (f"O:SYG:SYD:(A;OICIIO;FA;;;{team.sid})", FLAGS_DO_NOT_MATTER),
    }
    order = stream.shuffled(tuple(made))
    choices = [
        decided(
            name,
            f"`{made[name][0]}`",
            access_check(context, SecurityDescriptor.from_sddl(made[name][0]), right),
            made[name][1],
        )
        for name in order
    ]
    return choose(
        f"{user} is a member of {team} (`{team.sid}`), and owns none of the four files. What is the answer to {right.name}?",
        choices,
        hints=(
            "No DACL means that nobody was asked to guard.",
            "An empty DACL has nobody on its list.",
            "IO: inherit only.",
        ),
        difficulty={"files": len(made)},
    )


@exercise("03.3", "Read it as bytes", Kind.READ, minutes=8, points=4, aims=(1,), rows=(20,))
def read_bytes(stream: Stream) -> Task:
    (user,) = stream.people(1)
    mask = stream.pick((0x1F01FF, 0x1200A9, 0x120116, 0x1301BF))
    allow = stream.chance()
    flags = stream.pick(
        (
            AceFlags.CONTAINER_INHERIT,
            AceFlags.OBJECT_INHERIT,
            AceFlags.OBJECT_INHERIT | AceFlags.CONTAINER_INHERIT,
        )
    )
    made = Ace.allow(user.sid, mask, flags) if allow else Ace.deny(user.sid, mask, flags)
    descriptor = SecurityDescriptor.from_sddl(f"D:{made}")
    data = descriptor.to_bytes()[20 + 8 :]
    rows = "\n".join(f"{place:02x}  {data[place : place + 8].hex(' ')}" for place in range(0, len(data), 8))

    def read(answer: object) -> dict[str, object]:
        if type(answer) is not dict or answer.keys() != {"type", "flags", "mask", "rid"}:
            raise AnswerError(
                "expected a dict such as {'type': 'allow', 'flags': 0x3, 'mask': 0x1F01FF, 'rid': 1104}"
            )
        return answer

    def equals(
        key: str, right: object, says: str, belief: Misconception
    ) -> Callable[[dict[str, object]], Finding]:
        def judge(answer: dict[str, object]) -> Finding:
            given = answer[key]
            return Finding(type(given) is type(right) and given == right, says, belief)

        return judge

    kind = "allow" if allow else "deny"
    return build(
        "These are the bytes of one ACE, eight in a row, numbers little-endian ([MS-DTYP] 2.4.4: type, flags, size, mask, SID; 2.4.2.2: a SID is revision, count, six bytes of "
        f"authority, and four for each number).\n\n```\n{rows}\n```\n\nGive its type (`'allow'` or `'deny'`), its flags and mask as numbers, and the RID, the last number of the SID.",
        [
            Requirement("type", equals("type", kind, f"the first byte is {data[0]}: {kind}", MASK_IS_A_WORD)),
            Requirement(
                "flags",
                equals(
                    "flags",
                    int(flags),
                    f"the second byte is {int(flags):#x}: {flags.name}",
                    FLAGS_DO_NOT_MATTER,
                ),
            ),
            Requirement(
                "mask",
                equals("mask", mask, f"bytes 4 to 7 are {mask:#x}: {FileRights(mask)!s}", MASK_IS_A_WORD),
            ),
            Requirement(
                "rid",
                equals(
                    "rid",
                    user.sid.rid,
                    f"the last four bytes are {user.sid.rid} of {user.sid}",
                    MASK_IS_A_WORD,
                ),
            ),
        ],
        read=read,
        example={"type": "allow", "flags": 0, "mask": 0x1F01FF, "rid": 1104},
        blank={"type": None, "flags": None, "mask": None, "rid": None},
        hints=(
            "Type, flags, and two bytes of size; then four bytes of mask.",
            "Little-endian: the last byte of a number weighs most.",
            "int.from_bytes(data[4:8], 'little').",
        ),
        difficulty={"bytes": len(data)},
        given={"data": data},
    )


@exercise("03.4", "As Windows' tools write it", Kind.ORDER, minutes=4, points=3, aims=(1, 3), rows=(20,))
def as_tools_write(stream: Stream) -> Task:
    domain = stream.domain()
    one, two = stream.groups(2, domain)
    lines = [
        f"`(D;;FW;;;{one.sid})`",
        f"`(A;;FA;;;{two.sid})`",
        f"`(D;ID;FW;;;{two.sid})`",
        f"`(A;ID;FR;;;{one.sid})`",
    ]
    return arrange(
        f"Four entries of one DACL ({one} is `…{one.sid.rid}`, {two} is `…{two.sid.rid}`). Put them into the canonical order, in which Windows' own tools write them.",
        lines,
        [
            Before(0, 1, "among the explicit entries denies come first", DENY_FIRST_IS_LAW),
            Before(
                1,
                2,
                "what was set on the object itself stands before what it inherited, even an allow before a deny",
                LOOKED_UP_LATER,
            ),
            Before(2, 3, "among the inherited entries (of one parent) denies come first", DENY_FIRST_IS_LAW),
        ],
        stream,
        hints=(
            "ID marks inherited entries.",
            "First ask: the object's own, or inherited? Then: deny or allow?",
        ),
        difficulty={},
    )


@exercise("03.5", "What a child gets", Kind.PREDICT, minutes=7, points=6, aims=(3,), rows=(20,))
def what_a_child_gets(stream: Stream) -> Task:
    domain = stream.domain()
    groups = stream.groups(3, domain)
    flags = stream.shuffled(("OI", "CI", "OICIIO"))
    lines = [f"(A;{flag};FR;;;{group.sid})" for flag, group in zip(flags, groups, strict=True)]
    folder = SecurityDescriptor.from_sddl(f"O:BAG:SYD:P{''.join(lines)}(A;OICI;FA;;;BA)")
    maker = SecurityContext(LOCAL_SYSTEM, [ADMINISTRATORS], integrity="system")
    file = new_object_descriptor(folder, maker)
    sub = new_object_descriptor(folder, maker, container=True, object_type=DIRECTORY)
    listing = "\n".join([*lines, "(A;OICI;FA;;;BA)"])
    (someone,) = stream.people(1, domain)
    choices = []
    for flag, group in zip(flags, groups, strict=True):
        member = person(someone, group)
        key = flag.lower()
        belief = FLAGS_DO_NOT_MATTER if flag == "OICIIO" else EVERY_CHILD
        choices.append(
            decided(
                f"{key}_file",
                f"a member of {group} reads a file that is made in the folder",
                access_check(member, file, FileRights.READ_DATA),
                belief,
            )
        )
        if flag == "OICIIO":
            choices.append(
                decided(
                    "here",
                    f"a member of {group} lists the folder itself",
                    access_check(member, folder, DirectoryRights.LIST_DIRECTORY, DIRECTORY),
                    belief,
                )
            )
        else:
            choices.append(
                decided(
                    f"{key}_sub",
                    f"a member of {group} lists a folder that is made in it",
                    access_check(member, sub, DirectoryRights.LIST_DIRECTORY, DIRECTORY),
                    belief,
                )
            )
    named = ", ".join(f"{group} is `…{group.sid.rid}`" for group in groups)
    return choose(
        f"A folder has the DACL\n\n```\n{listing}\n```\n\n{named}. SYSTEM makes a file and a folder in it.",
        choices,
        hints=(
            "OI: for files (objects). CI: for folders (containers). IO: not for the folder itself.",
            "A folder passes an OI entry on too, but only for its own files: there it waits.",
        ),
        difficulty={"lines": 4, "granted": sum(choice.right == "granted" for choice in choices)},
        given={"folder": folder, "file": file, "subfolder": sub},
    )


NOBODY_MAKES = Finding(False, "no member can make a file here, so there is none to speak of", NULL_IS_EMPTY)


@exercise("03.6", "A folder to a specification", Kind.BUILD, minutes=10, points=6, aims=(2, 3), rows=(20,))
def a_folder(stream: Stream) -> Task:
    domain = stream.domain()
    (user, other), (team,) = stream.people(2, domain), stream.groups(1, domain)
    member, colleague = person(user, team), person(other, team)
    stranger = person(Principal("a stranger", Sid(f"{domain.sid}-9999")))

    def closed(folder: SecurityDescriptor) -> bool:
        return not access_check(member, folder, DirectoryRights.ADD_FILE, DIRECTORY)

    def file_of(folder: SecurityDescriptor) -> SecurityDescriptor:
        return new_object_descriptor(folder, member)

    def deep_file_of(folder: SecurityDescriptor) -> SecurityDescriptor:
        return new_object_descriptor(
            new_object_descriptor(folder, member, container=True, object_type=DIRECTORY), member
        )

    def can(
        who: SecurityContext,
        rights: int,
        thing: Callable[[SecurityDescriptor], SecurityDescriptor],
        belief: Misconception,
        folder_itself: bool = False,
    ) -> Callable[[SecurityDescriptor], Finding]:
        def judge(folder: SecurityDescriptor) -> Finding:
            if closed(folder) and not folder_itself:
                return NOBODY_MAKES
            decision = access_check(who, thing(folder), rights, DIRECTORY if folder_itself else FILE)
            return Finding(decision.granted, why(decision), belief)

        return judge

    def cannot(
        who: SecurityContext,
        rights: int,
        thing: Callable[[SecurityDescriptor], SecurityDescriptor],
        belief: Misconception,
    ) -> Callable[[SecurityDescriptor], Finding]:
        def judge(folder: SecurityDescriptor) -> Finding:
            if closed(folder):
                return NOBODY_MAKES
            got = granted_access(who, thing(folder), MAXIMUM_ALLOWED) & rights
            return Finding(
                not got, f"gets {FileRights(got)!s}" if got else "none of these rights is granted", belief
            )

        return judge

    here: Callable[[SecurityDescriptor], SecurityDescriptor] = lambda folder: folder  # noqa: E731
    listing = DirectoryRights.LIST_DIRECTORY | DirectoryRights.ADD_FILE
    return build(
        f"Write the DACL of a folder that Administrators own, as SDDL, protected from inheritance (`D:P...`). {team} is `{team.sid}`; {user} and {other} are members. In SDDL `CO` is "
        "CREATOR OWNER: in an entry for children it becomes whoever makes the child. It must do this:",
        [
            Requirement(
                f"members of {team} list the folder and make files in it",
                can(member, listing, here, FLAGS_DO_NOT_MATTER, True),
            ),
            Requirement(
                f"{user} makes a file: {other} reads it",
                can(colleague, FileRights.READ, file_of, EVERY_CHILD),
            ),
            Requirement(
                "the same for a file in a folder that is made in it",
                can(colleague, FileRights.READ, deep_file_of, EVERY_CHILD),
            ),
            Requirement(
                f"{user}, who made the file, writes and deletes it",
                can(member, FileRights.WRITE | FileRights.DELETE, file_of, LOOKED_UP_LATER),
            ),
            Requirement(
                f"{other} neither writes nor deletes it",
                cannot(
                    colleague,
                    FileRights.WRITE_DATA | FileRights.DELETE | FileRights.WRITE_DAC,
                    file_of,
                    EVERY_CHILD,
                ),
            ),
            Requirement(
                "who is no member gets nothing, neither in files nor in the folder",
                cannot(stranger, 0x1F01FF, lambda f: f, GROUPS_ARE_NARROW),
            ),
        ],
        read=read_descriptor(ADMINISTRATORS),
        example="D:P(A;OICI;FR;;;BU)",
        blank="",
        hints=(
            "One entry for the folder itself: reading and ADD_FILE (0x2).",
            "One for files and folders below it: inherit only.",
            "One for whoever makes a file: (A;OICIIO;...;;;CO).",
        ),
        difficulty={"people": 3},
        given={"team": team.sid},
    )


@exercise("03.7", "One bit, many meanings", Kind.READ, minutes=5, points=4, aims=(1,), rows=(15,))
def one_bit(stream: Stream) -> Task:
    kinds = stream.picks(
        ("file", "folder", "key", "process", "token", "service", "semaphore", "WMI namespace"), 4
    )
    bit = stream.pick((0x1, 0x2))
    names = {kind: OBJECT_TYPES[kind].describe(bit)[0][1] for kind in kinds}
    options = tuple(stream.shuffled(sorted(set(names.values()))))
    choices = [
        Choice(
            kind,
            f"{bit:#x} in the DACL of a {kind}",
            options,
            name,
            f"{name}: the low sixteen bits belong to the kind of object.",
            instead(options, name, MASK_IS_A_WORD),
        )
        for kind, name in names.items()
    ]
    return choose(
        f"The same mask, {bit:#x}, stands in the DACLs of four securable objects. What does it allow?",
        choices,
        hints=(
            "OBJECT_TYPES[kind].rights(mask) spells a mask out.",
            "Only the high bits, such as DELETE, are the same for all.",
        ),
        difficulty={"kinds": len(kinds)},
        given={"bit": bit, "kinds": tuple(kinds)},
    )
