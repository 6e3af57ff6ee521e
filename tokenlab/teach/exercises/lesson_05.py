"""Worlds of lesson 05: asked once, then the handle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.system.opening import BY_CREATE_FILE
from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.lesson_04 import person
from tokenlab.teach.exercises.scenes import Office, attempt, office
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, KeyRights, ProcessRights

READ_WRITE = FileRights.READ_DATA | FileRights.WRITE_DATA


def people(here: Office) -> dict[str, Any]:
    return {"user": here.user, "admin": here.admin, "full": here.full(here.user)}


def document(here: Office, stream: Stream) -> str:
    return rf"C:\Users\{here.user}\Documents\{stream.file().rpartition(chr(92))[2]}"


def works(act: Callable[[], object]) -> str:
    return attempt(act, "works")


# 05.1, 05.2, 05.4: what works -----------------------------------------------------------------------------


def still_works(stream: Stream) -> dict[str, Any]:
    """A DACL and a token change; old handles and new opens."""
    here = office(stream)
    shell = here.shell()
    path = document(here, stream)
    handle = shell.create(path, FileRights.ALL_ACCESS)
    editor = shell.start("notepad.exe")
    before = editor.open(path, READ_WRITE)
    found = {}
    handle.set_dacl("D:P")
    found["old_write"] = works(lambda: before.use(FileRights.WRITE_DATA))
    found["new_open"] = works(lambda: editor.open(path, FileRights.WRITE_DATA))
    handle.set_dacl(f"D:P(A;;FA;;;{shell.token.context.user})")
    editor.token.set_integrity("low")
    found["low_write"] = works(lambda: before.use(FileRights.WRITE_DATA))
    found["low_open"] = works(lambda: editor.open(path, FileRights.WRITE_DATA))
    found["low_read"] = works(lambda: editor.open(path, FileRights.READ_DATA))
    before.close()
    found["closed"] = works(lambda: before.use(FileRights.WRITE_DATA))
    return people(here) | found | {"path": path, "works": list(found.values()).count("works")}


def opened_for_reading(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    shell = here.shell()
    path = document(here, stream)
    shell.create(path, FileRights.ALL_ACCESS).close()
    read = FileRights.READ_DATA
    asked = stream.pick((read, FileRights.READ, read | FileRights.SYNCHRONIZE))
    reader = shell.open(path, asked)
    return people(here) | {
        "path": path,
        "mask": int(asked),
        "write": works(lambda: reader.use(FileRights.WRITE_DATA)),
        "read": works(lambda: reader.use(read)),
    }


def how_did_it_get_there(stream: Stream) -> dict[str, Any]:
    """Opened, duplicated, inherited, or by its number alone."""
    here = office(stream)
    shell, admin = here.shell(), here.shell(here.admin)
    path = document(here, stream)
    mine = shell.create(path, FileRights.ALL_ACCESS)
    mine.set_dacl(f"D:P(A;;FA;;;{shell.token.context.user})(A;;FA;;;SY)")
    service = here.desk.start_service(stream.pick(("Spooler", "wuauserv")))
    given = service.open(path, FileRights.READ_DATA).duplicate(admin)
    plain = shell.start("notepad.exe")
    mine.inheritable = True
    heir = shell.start("calc.exe", inherit_handles=True)
    found = {
        "open": works(lambda: admin.open(path, FileRights.READ_DATA)),
        "duplicated": works(lambda: given.use(FileRights.READ_DATA)),
        "more": works(lambda: given.duplicate(admin, READ_WRITE)),
        "inherited": works(lambda: next(iter(heir.handles)).use(FileRights.WRITE_DATA)),
        "number": works(lambda: plain.handles[mine.value].use(FileRights.READ_DATA)),
    }
    more = {"path": path, "value": mine.value, "works": list(found.values()).count("works")}
    return people(here) | found | more


def open_to_close(stream: Stream) -> dict[str, Any]:
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


def smallest_mask(stream: Stream) -> dict[str, Any]:
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

    def does(right: FileRights) -> Callable[[int], Finding]:
        def judge(mask: int) -> Finding:
            decision = access_check(context, descriptor, mask | BY_CREATE_FILE)
            if not decision.granted:
                return Finding(
                    False, "the open is refused, so nothing is done at all", believe("ask-for-more")
                )
            told = f"{right.name} ({int(right):#x}) {WORK[right]}"
            return Finding(bool(decision.granted_access & right), told, believe("rights-belong-to-the-user"))

        return judge

    def opens(mask: int) -> Finding:
        decision = access_check(context, descriptor, mask | BY_CREATE_FILE)
        more = FileRights(mask & ~granted)
        told = f"not granted: {more!s}" if more else "all that is asked for is granted"
        return Finding(bool(mask) and decision.granted, told, believe("ask-for-more"))

    def least(mask: int) -> Finding:
        more, missing = FileRights(mask & ~wanted & ~BY_CREATE_FILE), FileRights(wanted & ~mask)
        told = f"too little: {missing!s}" if missing else "nothing too much"
        told = f"too much: {more!s}" if more else told
        return Finding(not more and not missing, told, believe("ask-for-more"))

    work = tuple(WORK[right] for right in needs)
    judges = {"opens": opens, "least": least, "read": read}
    judges |= dict(zip(("first", "second", "third"), map(does, needs), strict=True))
    return {"user": user, "work": work, "told": "; ".join(work), "granted": int(granted)} | judges


# 05.6: a table of handles ---------------------------------------------------------------------------------


def handle_table(stream: Stream) -> dict[str, Any]:
    """Stories of each group, half of which end well."""
    cases: list[Case] = []
    for group in ("opens", "changes", "copies"):
        yes = no = 0
        while yes + no < 6:
            steps, results = _story(stream, group)
            if (results[-1] and yes < 3) or (not results[-1] and no < 3):
                yes, no = yes + bool(results[-1]), no + (not results[-1])
                cases.append(Case((steps,), list(results), group))
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


def what_it_carries(stream: Stream) -> dict[str, Any]:
    """Five calls, and the masks of their handles."""
    here = office(stream)
    shell = here.shell()
    path = document(here, stream)
    everything = shell.create(path, FileRights.ALL_ACCESS)
    child = shell.start("notepad.exe")
    query = int(ProcessRights.QUERY_INFORMATION | (ProcessRights.VM_READ if stream.chance() else 0))
    key = stream.pick((KeyRights.QUERY_VALUE, KeyRights.SET_VALUE))
    hive = rf"HKU\{shell.token.context.user}\Software"
    found = {
        "nothing": (shell.open(path, 0), 0x0, 0x1F01FF),
        "write": (shell.open(path, FileRights.GENERIC_WRITE), 0x40000000, 0x120116),
        "process": (shell.open(child, query), query, 0x1FFFFF),
        "key": (shell.open(hive, key), int(key) | BY_CREATE_FILE, 0x20019),
        "copy": (everything.duplicate(desired=FileRights.READ_DATA), 0x1 | BY_CREATE_FILE, 0x1F01FF),
    }
    names: dict[str, Any] = {"path": path, "query": query, "key_name": key.name, "key_mask": int(key)}
    for name, (handle, *others) in found.items():
        right, wish, more = (f"{int(mask):#x}" for mask in (handle.granted_access, *others))
        names[name] = right
        names[f"{name}_options"] = stream.shuffled((right, wish, more))
        names[f"{name}_wrong"] = {wish: "the-mask-asked-for-is-the-handle", more: "ask-for-more"}
    return people(here) | names
