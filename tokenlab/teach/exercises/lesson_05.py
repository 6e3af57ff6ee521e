"""Worlds of lesson 05: asked once, then the handle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product

from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.system import Process, Refusal
from tokenlab.system.opening import BY_CREATE_FILE
from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.lesson_04 import person
from tokenlab.teach.exercises.scenes import Names, Office, attempt, dealt, office
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import FILE, FileRights, KeyRights

READ_WRITE = FileRights.READ_DATA | FileRights.WRITE_DATA


def document(here: Office, stream: Stream) -> str:
    return rf"C:\Users\{here.user}\Documents\{stream.file().rpartition(chr(92))[2]}"


def works(act: Callable[[], object]) -> str:
    return attempt(act, "works")


# 05.1, 05.2, 05.4: what works, and why --------------------------------------------------------------------
CARRIES, LETS_IN = "works: the handle carries the right", "works: it is checked anew, and granted"
NOT_IN_HANDLE, BY_DACL = "refused: the handle does not carry the right", "refused: the DACL"
BY_LABEL, NO_HANDLE = "refused: the label", "refused: there is no such handle"


def still_works(stream: Stream) -> Names:
    """DACLs and tokens change; what handles from before and new opens do then."""
    here = office(stream)
    path = document(here, stream)
    shell = here.shell()
    owner = shell.create(path, FileRights.ALL_ACCESS)
    me = shell.token.context.user
    usual, reads = f"D:P(A;;FA;;;{me})", f"D:P(A;;FR;;;{me})"
    states = {
        "the DACL is emptied": ("D:P", "medium"),
        "the DACL is changed and lets {} read, no more": (reads, "medium"),
        "notepad.exe's token is lowered to Low": (usual, "low"),
        "the DACL is emptied, and notepad.exe's token is lowered to Low": ("D:P", "low"),
        "the DACL is emptied, and then written back as it was": (usual, "medium"),
    }
    cases: list[Names] = []
    for words, (dacl, level) in states.items():
        editor = shell.start("notepad.exe")
        both, reader = editor.open(path, READ_WRITE), editor.open(path, FileRights.READ_DATA)
        closed = editor.open(path, READ_WRITE)
        owner.set_dacl(dacl)
        editor.token.set_integrity(level)
        closed.close()
        acts = {
            "it writes through its first handle": works(partial(both.use, FileRights.WRITE_DATA)),
            "it writes through a second handle, opened for reading": works(
                partial(reader.use, FileRights.WRITE_DATA)
            ),
            "it reads through that second handle": works(partial(reader.use, FileRights.READ_DATA)),
            "it writes through a handle that it has closed since": works(
                partial(closed.use, FileRights.WRITE_DATA)
            ),
        }
        for act, found in acts.items():
            why = NO_HANDLE if "closed" in act else CARRIES if found == "works" else NOT_IN_HANDLE
            cases.append(_still(words.format(here.user), act, why))
        for act, right in (("writing", FileRights.WRITE_DATA), ("reading", FileRights.READ_DATA)):
            cases.append(
                _still(
                    words.format(here.user),
                    f"it opens the file anew for {act}",
                    _checked(editor, path, right),
                )
            )
        owner.set_dacl(usual)
    return here.names | dealt(stream, cases, 6, acts="prompt") | {"path": path}


def _still(state: str, act: str, right: str) -> Names:
    beliefs = {}
    if right == CARRIES:
        beliefs = dict.fromkeys((BY_DACL, BY_LABEL, LETS_IN), "checked-at-every-write")
    elif right == NOT_IN_HANDLE:
        beliefs = dict.fromkeys((CARRIES, LETS_IN), "rights-belong-to-the-user")
    return {"prompt": f"{state}; {act}", "right": right, "beliefs": beliefs}


def _checked(process: Process, path: str, right: FileRights) -> str:
    """Which rule decides an open."""
    try:
        process.open(path, right)
    except Refusal as refusal:
        assert refusal.decision is not None
        rules = {reason.rule.name for reason in refusal.decision.reasons.values()}
        return BY_LABEL if "INTEGRITY" in rules else BY_DACL
    return LETS_IN


MASKS = {
    "READ_DATA": FileRights.READ_DATA,
    "WRITE_DATA": FileRights.WRITE_DATA,
    "READ_DATA | DELETE": FileRights.READ_DATA | FileRights.DELETE,
    "READ_DATA | WRITE_DAC": FileRights.READ_DATA | FileRights.WRITE_DAC,
    "GENERIC_READ": FileRights.GENERIC_READ,
    "GENERIC_WRITE": FileRights.GENERIC_WRITE,
}
OPERATIONS = {
    "reads the content": FileRights.READ_DATA,
    "overwrites the content": FileRights.WRITE_DATA,
    "reads its dates": FileRights.READ_ATTRIBUTES,
    "changes its dates": FileRights.WRITE_ATTRIBUTES,
    "reads its DACL": FileRights.READ_CONTROL,
    "changes its DACL": FileRights.WRITE_DAC,
    "deletes it": FileRights.DELETE,
}
ASKED, IN_GENERIC = "works: the right was asked for", "works: the generic right contains it"
ADDED = "works: CreateFile adds the right by itself"


def opened_for_reading(stream: Stream) -> Names:
    """A file that one owns, opened with several masks: what each handle can do."""
    here = office(stream)
    shell = here.shell()
    path = document(here, stream)
    shell.create(path, FileRights.ALL_ACCESS).close()
    cases = []
    for (name, mask), (act, right) in product(MASKS.items(), OPERATIONS.items()):
        handle = shell.open(path, mask)
        if works(partial(handle.use, right)) == "refused":
            why = NOT_IN_HANDLE
        elif "GENERIC" in name:
            if right & BY_CREATE_FILE and "WRITE" not in name:
                continue  # GENERIC_READ holds it, and CreateFile adds it
            why = ADDED if right & BY_CREATE_FILE else IN_GENERIC
        else:
            why = ASKED if mask & right else ADDED
        beliefs = {"works: the owner may": "rights-belong-to-the-user"} if why == NOT_IN_HANDLE else {}
        beliefs |= {BY_DACL: "checked-at-every-write"}
        if why == ADDED:
            beliefs |= {NOT_IN_HANDLE: "the-mask-asked-for-is-the-handle"}
        cases.append({"mask": name, "act": act, "right": why, "beliefs": beliefs})
    return here.names | dealt(stream, cases, 4, tries="mask act") | {"path": path}


def how_did_it_get_there(stream: Stream) -> Names:
    """Handles opened, duplicated, inherited, made with the object, or used by their number alone."""
    here = office(stream)
    shell, admin = here.shell(), here.shell(here.admin)
    path = document(here, stream)
    mine = shell.create(path, FileRights.ALL_ACCESS)
    mine.set_dacl(f"D:P(A;;FA;;;{shell.token.context.user})(A;;FA;;;SY)")
    service = here.desk.start_service(stream.pick(("Spooler", "wuauserv")))
    given = service.open(path, FileRights.READ_DATA).duplicate(admin)
    mine.inheritable = True
    heir = shell.start("calc.exe", inherit_handles=True)
    plain = shell.start("notepad.exe")
    less = mine.duplicate(shell.start("mspaint.exe"), FileRights.READ_DATA)
    sealed = shell.create(rf"C:\Users\{here.user}\sealed.txt", READ_WRITE, descriptor="D:P")
    read, write = FileRights.READ_DATA, FileRights.WRITE_DATA
    theirs, place = f"{here.admin}'s explorer.exe", f"{mine.value:#x}"
    tries: dict[str, tuple[Callable[[], object], str]] = {
        f"{theirs} opens the file for reading": (partial(admin.open, path, read), BY_DACL),
        f"a service opens it and duplicates the handle into {theirs}, which reads through it": (partial(given.use, read), CARRIES),
        f"calc.exe, a child of {here.user}'s explorer.exe, inherited the handle and writes through it": (
            partial(next(iter(heir.handles)).use, write), CARRIES),
        f"{here.user}'s explorer.exe made a file with an empty DACL, and writes through the handle it got": (partial(sealed.use, write), CARRIES),
        f"{here.user}'s explorer.exe opens that new file with the empty DACL for writing": (
            partial(shell.open, rf"C:\Users\{here.user}\sealed.txt", write), BY_DACL),
        f"a service opens it for reading and duplicates the handle into {theirs}, which writes through it": (
            partial(given.use, write), NOT_IN_HANDLE),
        f"{theirs} has a handle for reading, and duplicates it with WRITE_DATA added": (
            partial(given.duplicate, admin, READ_WRITE), NOT_IN_HANDLE),
        f"{here.user}'s explorer.exe duplicates its handle into mspaint.exe with READ_DATA alone, which writes through it": (
            partial(less.use, write), NOT_IN_HANDLE),
        f"notepad.exe, started without inheritance, reads through the number {place} of its parent's handle": (
            lambda: plain.handles[mine.value].use(read), NO_HANDLE),
        f"{here.user} tells {here.admin} the number {place}, and a new program of {here.admin}'s reads through it": (
            lambda: admin.start("cmd.exe").handles[mine.value].use(read), NO_HANDLE),
        f"notepad.exe, another child of {here.user}'s explorer.exe, opens the file for writing": (partial(plain.open, path, write), LETS_IN),
        "a service opens the file for reading": (partial(service.open, path, read), LETS_IN),
    }  # fmt: skip
    cases = []
    for words, (act, right) in tries.items():
        assert works(act) == right.partition(":")[0], words
        beliefs = {}
        if right == CARRIES:
            beliefs = {BY_DACL: "every-user-has-opened"}
        elif right == NOT_IN_HANDLE:
            beliefs = dict.fromkeys((CARRIES, LETS_IN), "rights-belong-to-the-user")
        elif right == NO_HANDLE:
            beliefs = {CARRIES: "the-number-is-enough"}
        cases.append({"prompt": words, "right": right, "beliefs": beliefs})
    return here.names | dealt(stream, cases, 5, acts="prompt") | {"path": path}


def open_to_close(stream: Stream) -> Names:
    (user,) = stream.people(1)
    return {"user": user, "path": stream.file()}


# 05.3: the smallest mask ----------------------------------------------------------------------------------
WORK = {
    FileRights.READ_DATA: "reads the content",
    FileRights.APPEND_DATA: "adds lines at the end",
    FileRights.WRITE_ATTRIBUTES: "changes its dates",
    FileRights.READ_CONTROL: "shows owner and DACL",
    FileRights.DELETE: "deletes the file when it is done",
}


def smallest_mask(stream: Stream) -> Names:
    """A program that does three things with a file whose DACL grants just a little more."""
    (user,) = stream.people(1)
    needs = stream.picks(tuple(WORK), 3)
    wanted = FileRights(sum(needs))
    granted = wanted | BY_CREATE_FILE | FileRights.READ_EA
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;{int(granted):#x};;;{user.sid})")
    context = person(user)

    def read(answer: object) -> int:
        if type(answer) is not int or not 0 <= answer <= 0xFFFFFFFF:
            raise AnswerError("expected a mask as a number, for example 0x1 | 0x20000")
        return answer

    def does(right: FileRights) -> Callable[[int], PartFinding]:
        def judge(mask: int) -> PartFinding:
            decision = access_check(context, descriptor, mask | BY_CREATE_FILE)
            if not decision.granted:
                return PartFinding(False, "the open is refused, so there is no handle", at_once=True)
            told = f"{right.name} ({int(right):#x}) {WORK[right]}"
            return PartFinding(
                bool(decision.granted_access & right), told, believe("rights-belong-to-the-user")
            )

        return judge

    def opens(mask: int) -> PartFinding:
        decision = access_check(context, descriptor, mask | BY_CREATE_FILE)
        more = FileRights(mask & ~granted)
        told = f"not granted: {more!s}" if more else "all that is asked for is granted"
        return PartFinding(bool(mask) and decision.granted, told, believe("ask-for-more"))

    def least(mask: int) -> PartFinding:
        more, missing = FileRights(mask & ~wanted & ~BY_CREATE_FILE), FileRights(wanted & ~mask)
        told = f"too little: {missing!s}" if missing else "nothing too much"
        told = f"too much: {more!s}" if more else told
        return PartFinding(not more and not missing, told, believe("ask-for-more"))

    work = tuple(WORK[right] for right in needs)
    judges = {"opens": opens, "least": least, "read": read}
    judges |= dict(zip(("first", "second", "third"), map(does, needs), strict=True))
    return {"user": user, "work": work, "told": "; ".join(work), "granted": int(granted)} | judges


# 05.6: a table of handles ---------------------------------------------------------------------------------
def handle_table(stream: Stream) -> Names:
    """Stories of each group, half of which end well."""
    cases: list[FunctionCall] = []
    for group in ("opens", "changes", "copies"):
        yes = no = 0
        while yes + no < 6:
            steps, results = _story(stream, group)
            if (results[-1] and yes < 3) or (not results[-1] and no < 3):
                yes, no = yes + bool(results[-1]), no + (not results[-1])
                cases.append(FunctionCall((steps,), list(results), group))
    return {"cases": cases}


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


# 05.7: what a handle carries ------------------------------------------------------------------------------
def what_it_carries(stream: Stream) -> Names:
    """Five calls, and the masks of their handles."""
    here = office(stream)
    shell = here.shell()
    path = document(here, stream)
    everything = shell.create(path, FileRights.ALL_ACCESS)
    child = shell.start("notepad.exe")
    one = stream.pick((0, 0x1, 0x2, 0x10000, 0x20000))
    generic = stream.pick((FileRights.GENERIC_READ, FileRights.GENERIC_WRITE, FileRights.GENERIC_EXECUTE))
    process = stream.pick((0x400, 0x410, 0x440, 0x1000, 0x1010))
    key = int(stream.pick((KeyRights.QUERY_VALUE, KeyRights.SET_VALUE, KeyRights.NOTIFY)))
    copied = stream.pick((0x1, 0x2, 0x10000, 0x20001))
    hive = rf"HKU\{shell.token.context.user}\Software"
    whole, opened = 0x1F01FF, shell.open(child, process)
    specific = int(FILE.mapping.map(generic))
    found = {
        "file": (shell.open(path, one), one, whole, one | 0x1000),
        "generic": (shell.open(path, generic), int(generic), whole, specific & ~0x100080),
        "process": (
            opened,
            process if opened.granted_access != process else process | 0x400,
            0x1FFFFF,
            process | 0x100000,
        ),
        "key": (shell.open(hive, key), key | BY_CREATE_FILE, 0x20019, key | 0x1000),
        "copy": (everything.duplicate(desired=copied), copied | BY_CREATE_FILE, whole, copied | 0x1000),
    }
    names: Names = {"path": path, "asked": (one, int(generic), process, key, copied)}
    names |= {"one": one, "generic_name": generic.name, "query": process, "key_mask": key, "copied": copied}
    for name, (handle, *others) in found.items():
        right, wish, more, off = (f"{int(mask):#x}" for mask in (handle.granted_access, *others))
        names[name] = right
        names[f"{name}_options"] = stream.shuffled(tuple(dict.fromkeys((right, wish, more, off))))
        names[f"{name}_wrong"] = {more: "ask-for-more"}
        if name in ("file", "generic") or (name == "process" and others[0] == process):
            names[f"{name}_wrong"][wish] = "the-mask-asked-for-is-the-handle"
    return here.names | names
