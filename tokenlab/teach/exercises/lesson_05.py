"""Exercises of lesson 05: asked once, then the handle."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.system.opening import BY_CREATE_FILE
from tokenlab.teach.answers import AnswerError, Plain
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
from tokenlab.teach.exercises.lesson_04 import person
from tokenlab.teach.exercises.scenes import attempt, office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, KeyRights, ProcessRights

CHECKED_AT_EVERY_WRITE = Misconception(
    "checked-at-every-write",
    "Access is checked at every write.",
    "It is checked at the open; after that the handle's granted access decides, until it is closed.",
    "lesson 05, three questions",
)
RIGHTS_OF_THE_USER = Misconception(
    "rights-belong-to-the-user",
    "Rights belong to the user: who may write can write through any handle.",
    "A handle carries what was asked for and granted at its open, and no more.",
    "chimera-nas/chimera#632",
)
ONLY_BY_OPENING = Misconception(
    "every-user-has-opened",
    "Every process that uses an object must have opened it.",
    "A handle can be inherited or duplicated into a process that could not have opened the object.",
    "lesson 05, three questions",
)
NUMBER_IS_ENOUGH = Misconception(
    "the-number-is-enough",
    "The number of a handle works anywhere.",
    "It is a place in one process's table, and means nothing in another.",
    "lesson 05",
)
MORE_IS_SAFER = Misconception(
    "ask-for-more",
    "Ask for everything, to be on the safe side.",
    "One right that is not granted refuses the whole call; and what was granted lies in the handle for whoever gets hold of it.",
    "lesson 05",
)
WISH_IS_HANDLE = Misconception(
    "the-mask-asked-for-is-the-handle",
    "A handle carries the very mask that was asked for.",
    "Generic rights become specific ones, CreateFile adds two rights, and some rights to a process bring others along.",
    "lesson 05",
)
OPTIONS = ("works", "refused")


def wrong(right: str, belief: Misconception | None) -> dict[str, Misconception | tuple[Misconception, str]]:
    return instead(OPTIONS, right, belief) if belief else {}


@exercise("05.1", "What still works?", Kind.PREDICT, minutes=6, points=6, aims=(2,), rows=(19,))
def still_works(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    path = rf"C:\Users\{here.user}\Documents\{stream.file().rpartition(chr(92))[2]}"
    handle = shell.create(path, FileRights.ALL_ACCESS)
    editor = shell.start("notepad.exe")
    before = editor.open(path, FileRights.READ_DATA | FileRights.WRITE_DATA)
    found: dict[str, tuple[str, str, str]] = {}
    beliefs = {
        "old_write": CHECKED_AT_EVERY_WRITE,
        "low_write": CHECKED_AT_EVERY_WRITE,
        "closed": RIGHTS_OF_THE_USER,
    }
    handle.set_dacl("D:P")
    found["old_write"] = (
        "the DACL is emptied: notepad.exe writes through its handle",
        attempt(lambda: before.use(FileRights.WRITE_DATA), OPTIONS[0]),
        "Nobody looks at the DACL any more.",
    )
    found["new_open"] = (
        "the DACL is emptied: notepad.exe opens the file anew",
        attempt(lambda: editor.open(path, FileRights.WRITE_DATA), OPTIONS[0]),
        "An open asks the DACL as it is now.",
    )
    handle.set_dacl(f"D:P(A;;FA;;;{shell.token.context.user})")
    editor.token.set_integrity("low")
    found["low_write"] = (
        "the DACL is as before; notepad.exe's token is lowered to Low: it writes through its old handle",
        attempt(lambda: before.use(FileRights.WRITE_DATA), OPTIONS[0]),
        "The token is not asked either.",
    )
    found["low_open"] = (
        "Low as it is, it opens the file for writing anew",
        attempt(lambda: editor.open(path, FileRights.WRITE_DATA), OPTIONS[0]),
        "Nobody writes up: the file counts as Medium.",
    )
    found["low_read"] = (
        "Low as it is, it opens the file for reading anew",
        attempt(lambda: editor.open(path, FileRights.READ_DATA), OPTIONS[0]),
        "Reading up is not stopped at files.",
    )
    before.close()
    found["closed"] = (
        "it has closed its old handle, and writes through that number",
        attempt(lambda: before.use(FileRights.WRITE_DATA), OPTIONS[0]),
        "A closed handle is none.",
    )
    choices = [
        Choice(
            name,
            prompt,
            OPTIONS,
            right,
            f"{right}. {says}",
            wrong(right, beliefs.get(name)),
        )
        for name, (prompt, right, says) in found.items()
    ]
    return choose(
        f"`notepad.exe` of `{here.full(here.user)}` has opened `{path}` for reading and writing. Then, one after the other:",
        choices,
        hints=(
            "Each time ask: is this an open, or a use of what was opened?",
            "An open asks integrity first, then the DACL.",
        ),
        difficulty={
            "questions": len(choices),
            "works": sum(choice.right == OPTIONS[0] for choice in choices),
        },
    )


@exercise(
    "05.2",
    "Opened for reading",
    Kind.DIAGNOSE,
    minutes=5,
    points=4,
    aims=(1, 2),
    rows=(18, 19),
    cases=("chimera-nas/chimera#632",),
)
def opened_for_reading(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    path = rf"C:\Users\{here.user}\Documents\{stream.file().rpartition(chr(92))[2]}"
    shell.create(path, FileRights.ALL_ACCESS).close()
    asked = stream.pick(
        (FileRights.READ_DATA, FileRights.READ, FileRights.READ_DATA | FileRights.SYNCHRONIZE)
    )
    reader = shell.open(path, asked)
    write = attempt(lambda: reader.use(FileRights.WRITE_DATA), OPTIONS[0])
    read = attempt(lambda: reader.use(FileRights.READ_DATA), OPTIONS[0])
    seen = ("the DACL", "the handle's granted access", "the token")
    cures = (
        "open it with the rights that will be used",
        "give the user more rights on the file",
        "enable a privilege",
    )
    return choose(
        f"A file server opens `{path}` for its owner `{here.full(here.user)}`, who has full control of it, with the mask `{int(asked):#x}`. A server that is not Windows then let the client write through that handle. What does Windows answer?",
        [
            Choice(
                "read",
                "reading through it",
                OPTIONS,
                read,
                f"{read}: READ_DATA is in {int(asked):#x}.",
                wrong(read, CHECKED_AT_EVERY_WRITE),
            ),
            Choice(
                "write",
                "writing through it",
                OPTIONS,
                write,
                f"{write}: WRITE_DATA (0x2) is not in {int(asked):#x}, whatever the DACL would grant.",
                wrong(write, RIGHTS_OF_THE_USER),
            ),
            Choice(
                "asked",
                "what decides about the write",
                seen,
                seen[1],
                "There is no access check at a write; a server that makes one up must look here.",
                {seen[0]: CHECKED_AT_EVERY_WRITE, seen[2]: RIGHTS_OF_THE_USER},
            ),
            Choice(
                "cure",
                "the cure",
                cures,
                cures[0],
                "Rights are asked for at the open. The file's DACL was never the trouble.",
                {cures[1]: RIGHTS_OF_THE_USER, cures[2]: RIGHTS_OF_THE_USER},
            ),
        ],
        hints=("What was asked for at the open?", "Owner and DACL mattered once: then."),
        difficulty={"questions": 4},
    )


@exercise("05.3", "The smallest mask", Kind.BUILD, minutes=8, points=5, aims=(1,), rows=(18,))
def smallest_mask(stream: Stream) -> Task:
    (user,) = stream.people(1)
    needs = stream.picks(
        (
            (FileRights.READ_DATA, "reads the content"),
            (FileRights.APPEND_DATA, "adds lines at the end"),
            (FileRights.WRITE_ATTRIBUTES, "changes its dates"),
            (FileRights.READ_CONTROL, "shows owner and DACL"),
            (FileRights.DELETE, "deletes the file when it is done"),
        ),
        3,
    )
    wanted = FileRights(sum(right for right, _ in needs))
    granted = wanted | BY_CREATE_FILE | FileRights.READ_EA
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;{int(granted):#x};;;{user.sid})")
    context = person(user)

    def read(answer: object) -> int:
        if type(answer) is not int or not 0 <= answer <= 0xFFFFFFFF:
            raise AnswerError("expected a mask as a number, for example 0x1 | 0x20000")
        return answer

    def does(right: FileRights, words: str) -> Callable[[int], Finding]:
        def judge(mask: int) -> Finding:
            decision = access_check(context, descriptor, mask | BY_CREATE_FILE)
            if not decision.granted:
                return Finding(False, "the open is refused, so nothing is done at all", MORE_IS_SAFER)
            return Finding(
                bool(decision.granted_access & right),
                f"{right.name} ({int(right):#x}) {words}",
                RIGHTS_OF_THE_USER,
            )

        return judge

    def opens(mask: int) -> Finding:
        decision = access_check(context, descriptor, mask | BY_CREATE_FILE)
        more = FileRights(mask & ~granted)
        return Finding(
            bool(mask) and decision.granted,
            f"not granted: {more!s}" if more else "all that is asked for is granted",
            MORE_IS_SAFER,
        )

    def least(mask: int) -> Finding:
        more = FileRights(mask & ~wanted & ~BY_CREATE_FILE)
        missing = FileRights(wanted & ~mask)
        return Finding(
            not more and not missing,
            f"too much: {more!s}" if more else f"too little: {missing!s}" if missing else "nothing too much",
            MORE_IS_SAFER,
        )

    work = "; ".join(words for _, words in needs)
    return build(
        f"A program of {user}'s {work}. The file's DACL grants {user} `{int(granted):#x}`. With which mask should it call CreateFile? (READ_ATTRIBUTES and SYNCHRONIZE, which CreateFile adds by itself, do no harm in it.)",
        [
            Requirement("the open is granted", opens),
            *(Requirement(f"it {words}", does(right, words)) for right, words in needs),
            Requirement("no right more than that", least),
        ],
        read=read,
        example=0x1,
        hints=(
            "FileRights has a name for each bit: FileRights.READ_DATA is 0x1.",
            "Generic rights stand for many bits: some of them are not granted here.",
            "Combine bits with |.",
        ),
        difficulty={"rights": len(needs)},
        given={"work": tuple(words for _, words in needs)},
    )


@exercise("05.4", "How did the handle get there?", Kind.DIAGNOSE, minutes=7, points=5, aims=(3,), rows=(19,))
def how_did_it_get_there(stream: Stream) -> Task:
    here = office(stream)
    shell, admin = here.shell(), here.shell(here.admin)
    path = rf"C:\Users\{here.user}\Documents\{stream.file().rpartition(chr(92))[2]}"
    mine = shell.create(path, FileRights.ALL_ACCESS)
    mine.set_dacl(f"D:P(A;;FA;;;{shell.token.context.user})(A;;FA;;;SY)")
    service = here.desk.start_service(stream.pick(("Spooler", "wuauserv")))
    given = service.open(path, FileRights.READ_DATA).duplicate(admin)
    plain = shell.start("notepad.exe")
    mine.inheritable = True
    heir = shell.start("calc.exe", inherit_handles=True)
    sharer = f"{here.admin}'s explorer.exe"

    def by_number() -> None:
        plain.handles[mine.value].use(FileRights.READ_DATA)

    found = {
        "open": (
            f"{sharer} opens the file for reading",
            attempt(lambda: admin.open(path, FileRights.READ_DATA), OPTIONS[0]),
            None,
            "The DACL does not name that user.",
        ),
        "duplicated": (
            f"a service opens it and duplicates the handle into {sharer}, which reads through it",
            attempt(lambda: given.use(FileRights.READ_DATA), OPTIONS[0]),
            ONLY_BY_OPENING,
            "Who opened it does not matter to the handle.",
        ),
        "more": (
            "that handle is duplicated again, with WRITE_DATA added",
            attempt(lambda: given.duplicate(admin, FileRights.READ_DATA | FileRights.WRITE_DATA), OPTIONS[0]),
            RIGHTS_OF_THE_USER,
            "A handle to a file cannot get more than it has (DuplicateHandle on Microsoft Learn).",
        ),
        "inherited": (
            f"calc.exe, a child of {here.user}'s explorer.exe, inherited the handle and writes through it",
            attempt(lambda: next(iter(heir.handles)).use(FileRights.WRITE_DATA), OPTIONS[0]),
            ONLY_BY_OPENING,
            "It was marked inheritable, and the child was started with inheritance.",
        ),
        "number": (
            f"notepad.exe, started before that, uses the number {mine.value:#x} of explorer.exe's handle",
            attempt(by_number, OPTIONS[0]),
            NUMBER_IS_ENOUGH,
            "Its own table has nothing there: ERROR_INVALID_HANDLE.",
        ),
    }
    choices = [
        Choice(name, prompt, OPTIONS, right, f"{right}. {says}", wrong(right, belief))
        for name, (prompt, right, belief, says) in found.items()
    ]
    return choose(
        f"`{path}` is open to `{here.user}` and SYSTEM alone; explorer.exe of `{here.user}` has a handle to it with every right. `{here.admin}`, not elevated, has a session too.",
        choices,
        hints=(
            "Three ways lead to a handle: opening, inheriting, being given one.",
            "A handle keeps its granted access wherever it goes.",
        ),
        difficulty={
            "questions": len(choices),
            "works": sum(choice.right == OPTIONS[0] for choice in choices),
        },
    )


@exercise("05.5", "From the open to the close", Kind.ORDER, minutes=4, points=4, aims=(1, 2), rows=(18, 19))
def open_to_close(stream: Stream) -> Task:
    (user,) = stream.people(1)
    path = stream.file()
    lines = [
        f"{user} asks for `{path}` with GENERIC_READ",
        "GENERIC_READ becomes the rights of files",
        "the access check grants them",
        "a handle with this granted access is put into the table of the process",
        f"{user} reads through the handle: only its granted access is looked at",
        "the handle is closed; its number means nothing any more",
    ]
    return arrange(
        "Put the life of a handle in order.",
        lines,
        [
            Before(1, 2, "the check knows no generic rights"),
            Before(2, 3, "the handle carries what the check granted", MORE_IS_SAFER),
            Before(3, 4, "a use needs a handle", CHECKED_AT_EVERY_WRITE),
            Before(4, 5, "after the close there is nothing to read through", RIGHTS_OF_THE_USER),
        ],
        stream,
        hints=(
            "The check stands between the mapping and the handle.",
            "After the check nobody asks the DACL.",
        ),
        difficulty={},
    )


@exercise("05.6", "Be the handle table", Kind.IMPLEMENT, minutes=15, points=6, aims=(2, 3), rows=(19,))
def handle_table(stream: Stream) -> Task:
    groups = {
        "opens": (
            2,
            "An open is granted if all that is asked for is in the DACL's mask of that moment.",
            MORE_IS_SAFER,
        ),
        "changes": (
            2,
            "A change of the DACL counts for later opens, and for no handle that is there.",
            CHECKED_AT_EVERY_WRITE,
        ),
        "copies": (
            2,
            "A duplicate has the granted access of its source, and lives when that is closed.",
            ONLY_BY_OPENING,
        ),
    }
    cases: list[Case] = []
    for group in groups:
        yes = no = 0
        while yes + no < 6:
            steps, results = _story(stream, group)
            if (results[-1] and yes < 3) or (not results[-1] and no < 3):
                yes, no = yes + bool(results[-1]), no + (not results[-1])
                cases.append(Case((steps,), list(results), group))
    return implement(
        "Write a function `play(steps)` that gives a list with True or False for each `open` and each `use`.\n\n"
        "* `['dacl', mask]`: from now on the DACL grants these bits, at the beginning none\n"
        "* `['open', name, mask]`: True and a handle of this name, if everything asked for is granted now\n"
        "* `['use', name, bit]`: True if there is such a handle, and the bit is in its granted access\n"
        "* `['copy', name, new]`: a second handle to the same object, with the same granted access; nothing if there is no first\n"
        "* `['close', name]`",
        cases,
        groups,
        hints=(
            "Keep the DACL's mask, and a dict from names to granted access.",
            "Only `open` looks at the DACL.",
        ),
        difficulty={},
    )


@exercise("05.7", "What the handle carries", Kind.READ, minutes=5, points=5, aims=(1, 3), rows=(18, 19))
def what_it_carries(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    path = rf"C:\Users\{here.user}\Documents\{stream.file().rpartition(chr(92))[2]}"
    everything = shell.create(path, FileRights.ALL_ACCESS)
    child = shell.start("notepad.exe")
    with_memory = ProcessRights.VM_READ if stream.chance() else ProcessRights(0)
    query = ProcessRights.QUERY_INFORMATION | with_memory
    key = stream.pick((KeyRights.QUERY_VALUE, KeyRights.SET_VALUE))
    hive = rf"HKU\{shell.token.context.user}\Software"
    found = {
        "nothing": (
            "CreateFile on the file, asking for nothing (0)",
            shell.open(path, 0),
            (0x0, 0x1F01FF),
            "CreateFile asks for READ_ATTRIBUTES and SYNCHRONIZE as well.",
        ),
        "write": (
            "CreateFile on the file, asking for GENERIC_WRITE (0x40000000)",
            shell.open(path, FileRights.GENERIC_WRITE),
            (0x40000000, 0x120116),
            "A generic right becomes 0x120116, and READ_ATTRIBUTES (0x80) is added.",
        ),
        "process": (
            f"OpenProcess on notepad.exe, asking for {int(query):#x}",
            shell.open(child, query),
            (int(query), 0x1FFFFF),
            "QUERY_INFORMATION (0x400) brings QUERY_LIMITED_INFORMATION (0x1000) along.",
        ),
        "key": (
            f"RegOpenKeyEx on HKCU\\Software, asking for {key.name} ({int(key):#x})",
            shell.open(hive, key),
            (int(key) | BY_CREATE_FILE, 0x20019),
            "Nothing is added to a key.",
        ),
        "copy": (
            "DuplicateHandle of a handle to the file with every right, asking for READ_DATA (0x1)",
            everything.duplicate(desired=FileRights.READ_DATA),
            (0x1 | BY_CREATE_FILE, 0x1F01FF),
            "A copy is no open: it carries what is asked for, if its source carries that.",
        ),
    }
    choices = []
    for name, (prompt, handle, others, says) in found.items():
        right = f"{int(handle.granted_access):#x}"
        options = tuple(stream.shuffled((right, *(f"{mask:#x}" for mask in others))))
        beliefs = dict(zip((f"{mask:#x}" for mask in others), (WISH_IS_HANDLE, MORE_IS_SAFER), strict=True))
        choices.append(Choice(name, prompt, options, right, f"{right}. {says}", {**beliefs}))
    return choose(
        f"`{here.full(here.user)}` owns the file `{path}`, the key and the process. Each call succeeds. Which mask does the handle carry?",
        choices,
        hints=(
            "FileRights(0x100080) spells a mask out.",
            "CreateFile and OpenProcess add something by themselves; the other two calls do not.",
        ),
        difficulty={"questions": len(choices)},
    )


def _story(stream: Stream, group: str) -> tuple[list[Plain], list[Plain]]:
    """Steps, and what comes of the opens and uses among them."""
    bits, names = (0x1, 0x2, 0x4), ["a", "b"]
    dacl = sum(stream.picks(bits, 2))
    steps: list[Plain] = [["dacl", dacl]]
    table: dict[str, int] = {}
    results: list[Plain] = []

    def opens(name: str) -> None:
        mask = sum(stream.picks(bits, stream.number(1, 2)))
        granted = not mask & ~dacl
        steps.append(["open", name, mask])
        results.append(granted)
        if granted:
            table[name] = mask

    def uses(name: str) -> None:
        bit = stream.pick(bits)
        steps.append(["use", name, bit])
        results.append(bool(table.get(name, 0) & bit))

    opens("a")
    if group == "changes":
        dacl = stream.pick(bits)
        steps.append(["dacl", dacl])
        uses("a")
    if group == "copies":
        steps.append(["copy", "a", "c"])
        if "a" in table:
            table["c"] = table["a"]
        steps.append(["close", "a"])
        table.pop("a", None)
        uses(stream.pick(("a", "c", "c")))
    opens(names[1])
    uses(stream.pick([*names, *(["c"] if group == "copies" else [])]))
    return steps, results
