"""Worlds of lesson 06: what can skip the check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.system import LogonType, Process
from tokenlab.system.handle_kinds import ProcessHandle
from tokenlab.system.release import WINDOWS_11_22H2, WINDOWS_11_24H2
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.scenes import Office, attempt, office
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, ProcessRights
from tokenlab.values.rights import DirectoryRights

ENABLED, DISABLED, REMOVED = 2, 0, 4
POWERFUL = ("SeDebugPrivilege", "SeBackupPrivilege", "SeSecurityPrivilege", "SeTakeOwnershipPrivilege")


def vault(here: Office, shell: Process) -> str:
    """A folder of the user's that nobody else is let into, and a diary in it."""
    path = rf"C:\Users\{here.user}\vault"
    only_me = f"D:P(A;OICI;FA;;;{shell.token.context.user})"
    shell.create(path, DirectoryRights.LIST_DIRECTORY, container=True, descriptor=only_me)
    shell.create(rf"{path}\diary.txt", FileRights.ALL_ACCESS)
    return path


def consoles(here: Office, privilege: str) -> dict[str, Process]:
    """Three elevated consoles of the administrator: the privilege present, enabled, removed."""
    shell = here.shell(here.admin)
    found = {state: shell.elevate("cmd.exe") for state in ("present", "enabled", "removed")}
    for state, number in (("present", DISABLED), ("enabled", ENABLED), ("removed", REMOVED)):
        found[state].token.adjust_privileges({privilege: number})
    return found


def people(here: Office) -> dict[str, Any]:
    return {"user": here.user, "admin": here.admin, "desk": here.desk.name, "release": here.desk.release}


def granted(found: dict[str, Any], names: tuple[str, ...]) -> int:
    return sum(found[name] == "granted" for name in names)


def three_states(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    lsass, windows = here.desk.process("lsass.exe"), consoles(here, "SeDebugPrivilege")
    order = stream.shuffled(tuple(windows))
    found: dict[str, Any] = {
        state: attempt(lambda console=windows[state]: console.open(lsass, ProcessRights.VM_READ))  # type: ignore[misc]
        for state in order
    }
    found["thread"] = attempt(lambda: windows["enabled"].open(lsass.thread, 0x1))
    diary = rf"{vault(here, here.shell())}\diary.txt"
    found["file"] = attempt(lambda: windows["enabled"].open(diary, FileRights.READ_DATA))
    return (
        people(here) | found | {"order": (*order, "thread", "file"), "grants": granted(found, tuple(found))}
    )


def half_adjusted(stream: Stream) -> dict[str, Any]:
    """One of two privileges is there: what the call says, and who sees what it did."""
    here = office(stream)
    shell = here.shell()
    has = stream.pick([one.privilege for one in shell.token.context.privileges if not one.enabled])
    lacks = stream.pick(POWERFUL)
    handle, second, duplicate = shell.open_token(), shell.open_token(), shell.token.duplicate()
    error = handle.adjust_privileges({has: ENABLED, lacks: ENABLED}).error
    on = [name for name in (has, lacks) if shell.token.context.has_privilege(name)]
    seen = {True: "enabled", False: "disabled"}
    return people(here) | {
        "has": str(has),
        "lacks": lacks,
        "error": f"{error} ({int(error)})",
        "enabled": {0: "neither", 2: "both"}.get(len(on)) or f"only {on[0]}",
        "other": seen[second.object.context.has_privilege(has)],
        "copy": seen[duplicate.context.has_privilege(has)],
    }


def backup(stream: Stream) -> dict[str, Any]:
    here = office(stream)
    folder = vault(here, here.shell())
    console = consoles(here, "SeBackupPrivilege")["enabled"]
    console.token.adjust_privileges({"SeRestorePrivilege": DISABLED})
    file, listing = rf"{folder}\diary.txt", FileRights(DirectoryRights.LIST_DIRECTORY)
    found = {
        "listed": attempt(lambda: console.open(folder, listing)),
        "plain": attempt(lambda: console.open(file, FileRights.READ_DATA)),
        "both": attempt(lambda: console.open(file, FileRights.READ_DATA, backup=True)),
        "write": attempt(lambda: console.open(file, FileRights.WRITE_DATA, backup=True)),
    }
    return people(here) | found | {"folder": folder, "grants": granted(found, tuple(found))}


def still_denied(stream: Stream) -> dict[str, Any]:
    here = office(stream, client=stream.pick((WINDOWS_11_22H2, WINDOWS_11_24H2)))
    console = consoles(here, "SeDebugPrivilege")["enabled"]
    lsass, spooler = here.desk.process("lsass.exe"), here.desk.start_service("Spooler")
    asked = stream.pick((ProcessRights.VM_READ, ProcessRights.VM_WRITE, ProcessRights.DUP_HANDLE))
    return people(here) | {
        "asked": asked.name,
        "memory": attempt(lambda: console.open(lsass, asked)),
        "limited": attempt(lambda: console.open(lsass, ProcessRights.QUERY_LIMITED_INFORMATION)),
        "other": attempt(lambda: console.open(spooler, asked)),
    }


def six_checks(stream: Stream) -> dict[str, Any]:
    skips = {
        "SeDebugPrivilege": "opens any process or thread that is not protected",
        "SeBackupPrivilege": "reads any file that is opened for backup",
        "SeRestorePrivilege": "writes any file that is opened for backup, and its owner",
        "SeTakeOwnershipPrivilege": "opens any object with WRITE_OWNER",
        "SeSecurityPrivilege": "reads and writes a SACL",
        "SeChangeNotifyPrivilege": "passes through folders that would not let one in",
    }
    order = stream.shuffled(tuple(skips))
    return {
        "options": stream.shuffled(tuple(skips)),
        "cases": [{"name": name, "skips": skips[name]} for name in order],
        "checks": tuple(skips[name] for name in order),
    }


def by_the_owner(stream: Stream) -> dict[str, Any]:
    return people(office(stream)) | {"path": stream.file()}


def be_adjust(stream: Stream) -> dict[str, Any]:
    names = [
        *("SeShutdownPrivilege", "SeBackupPrivilege", "SeDebugPrivilege"),
        *("SeTimeZonePrivilege", "SeSecurityPrivilege", "SeRestorePrivilege"),
    ]
    groups = ("enable and disable", "1300", "remove")
    return {"cases": [_adjusted(stream, names, group) for group in groups for _ in range(5)]}


def _adjusted(stream: Stream, names: list[str], group: str) -> Case:
    """A token's privileges, the changes asked for, and what comes of them."""
    held = stream.picks(names, 4)
    state: dict[str, Plain] = {name: stream.chance() for name in held}
    absent = [name for name in names if name not in held]
    asked = stream.picks(held, 2)
    if group == "1300" and stream.chance(0.8):
        asked += stream.picks(absent, 1)
    changes: dict[str, Plain] = {name: stream.pick(("enable", "disable")) for name in stream.shuffled(asked)}
    if group == "remove":
        changes[stream.pick(names)] = "remove"
    after = dict(state)
    error = 0
    for name, change in changes.items():
        if name not in after:
            error = 1300
        elif change == "remove":
            del after[name]
        else:
            after[name] = change == "enable"
    return Case((dict(state), dict(changes)), [dict(after), error], group)


def left_in_the_log(stream: Stream) -> dict[str, Any]:
    """What each act leaves in the Security log, one after the other."""
    here = office(stream)
    diary = rf"{vault(here, here.shell())}\diary.txt"
    lsass, spooler = here.desk.process("lsass.exe"), here.desk.start_service("Spooler")
    console = consoles(here, "SeDebugPrivilege")["present"]
    console.token.adjust_privileges(
        dict.fromkeys(("SeBackupPrivilege", "SeRestorePrivilege", "SeTakeOwnershipPrivilege"), ENABLED)
    )
    remote = here.desk.log_on(here.full(here.admin), here.passwords[here.admin], LogonType.NETWORK)
    what, right = stream.pick((("read", FileRights.READ_DATA), ("overwritten", FileRights.WRITE_DATA)))

    def silent() -> None:
        here.desk.log.audit("Kernel Object", False)
        _read(console, lsass)

    acts: dict[str, Callable[[], object]] = {
        "enable": lambda: console.token.adjust_privileges({"SeDebugPrivilege": ENABLED}),
        "spooler": lambda: _read(console, spooler),
        "lsass": lambda: _read(console, lsass),
        "backup": lambda: console.open(diary, right, backup=True),
        "owner": lambda: console.open(diary, FileRights.WRITE_OWNER, exactly=True),
        "network": lambda: remote.adjust_privileges({"SeDebugPrivilege": ENABLED}),
        "silent": silent,
    }
    found = {}
    for name, act in acts.items():
        seen = len(here.desk.log)
        act()
        ids = sorted({str(event["EventID"]) for event in here.desk.log.since(seen)})
        found[name] = ", ".join(ids) or "nothing"
    return people(here) | found | {"what": what}


def _read(process: Process, target: Process) -> None:
    handle = process.open(target, ProcessRights.VM_READ)
    assert isinstance(handle, ProcessHandle)
    handle.read_memory()
