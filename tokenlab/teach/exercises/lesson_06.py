"""Worlds of lesson 06: what can skip the check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

from tokenlab.system import LogonType, Process, Refusal
from tokenlab.system.handle_kinds import ProcessHandle
from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_11_24H2
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, Office, Players, attempt, dealt, mixed, office, players
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, KeyRights, ProcessRights
from tokenlab.values.rights import DirectoryRights

ENABLED, DISABLED, REMOVED = 2, 0, 4
BACKUP, RESTORE, DEBUG = "SeBackupPrivilege", "SeRestorePrivilege", "SeDebugPrivilege"
POWERFUL = (DEBUG, BACKUP, "SeSecurityPrivilege", "SeTakeOwnershipPrivilege")


def vault(here: Office, shell: Process) -> str:
    """A folder of the user's that nobody else is let into, and a diary in it."""
    path = rf"C:\Users\{here.user}\vault"
    only_me = f"D:P(A;OICI;FA;;;{shell.token.context.user})"
    shell.create(path, DirectoryRights.LIST_DIRECTORY, container=True, descriptor=only_me)
    shell.create(rf"{path}\diary.txt", FileRights.ALL_ACCESS)
    return path


# 06.1, 06.4: a privilege and the objects of others --------------------------------------------------------
def three_states(stream: Stream) -> Names:
    """One console for each state of SeDebugPrivilege; each opens what is not its own, and what is."""
    here = office(stream)
    shell, user = here.shell(here.admin), here.shell()
    diary = rf"{vault(here, user)}\diary.txt"
    lsass, spooler = here.desk.process("lsass.exe"), here.desk.start_service("Spooler")
    notepad, own = user.start("notepad.exe"), shell.start("notepad.exe")
    targets: dict[str, tuple[Any, int]] = {
        "the memory of lsass.exe": (lsass, ProcessRights.VM_READ),
        "the memory of spoolsv.exe, which runs as SYSTEM": (spooler, ProcessRights.VM_READ),
        "a thread of lsass.exe, to end it": (lsass.thread, 0x1),
        f"the memory of {here.user}'s notepad.exe": (notepad, ProcessRights.VM_READ),
        f"the memory of {here.admin}'s own notepad.exe": (own, ProcessRights.VM_READ),
        f"a diary that only {here.user} may read": (diary, FileRights.READ_DATA),
    }
    cases = []
    for state, number in (("present, not enabled", DISABLED), ("enabled", ENABLED), ("removed", REMOVED)):
        console = shell.elevate("cmd.exe")
        console.token.adjust_privileges({DEBUG: number})
        for what, (target, right) in targets.items():
            decided = _decided(console, target, right)
            if state == "enabled" and target is own:
                continue  # the DACL would have granted it as well
            case = {"state": state, "what": what, "right": decided, "beliefs": {}}
            if decided != SKIPPED and state != "removed":
                limit = "privileges-have-no-limits" if state == "enabled" else "to-hold-is-to-use"
                case["beliefs"] = {SKIPPED: limit}
            cases.append(case)
    return here.names | dealt(stream, cases, 6, tries=("state", "what"))


SKIPPED = "granted: the privilege skips the check"


def _decided(console: Process, target: Any, right: int) -> str:
    """What decides an open: the privilege, the label or the DACL."""
    try:
        handle = console.open(target, right)
    except Refusal as refusal:
        assert refusal.decision is not None
        label = any(reason.rule.name == "INTEGRITY" for reason in refusal.decision.reasons.values())
        return "refused: by the label" if label else "refused: by the DACL"
    return SKIPPED if "SeDebug" in handle.explain() else "granted: by the DACL"


def still_denied(stream: Stream) -> Names:
    """Two desks, one with a protected lsass.exe; with and without the privilege enabled."""
    cast = players(stream)
    desks = {str(release): office(cast, client=release) for release in (WINDOWS_10_1809, WINDOWS_11_24H2)}
    rights = [ProcessRights.VM_READ, ProcessRights.VM_WRITE, ProcessRights.DUP_HANDLE]
    rights.append(ProcessRights.QUERY_LIMITED_INFORMATION)
    cases = []
    for release, here in desks.items():
        shell = here.shell(here.admin)
        off, on = shell.elevate("cmd.exe"), shell.elevate("cmd.exe")
        off.token.adjust_privileges({DEBUG: DISABLED})
        on.token.adjust_privileges({DEBUG: ENABLED})
        targets = {
            "lsass.exe": here.desk.process("lsass.exe"),
            "spoolsv.exe": here.desk.start_service("Spooler"),
        }
        for (name, target), right, state in product(targets.items(), rights, ("present", "enabled")):
            without, with_it = (_opens(one, target, right) for one in (off, on))
            meant = _meaning(without, with_it, state == "enabled")
            case = {"release": release, "target": name, "asked": right.name, "state": state}
            cases.append(case | {"right": meant})
    chosen = mixed(stream, cases, 5)
    tries = [{key: text for key, text in case.items() if key != "right"} for case in chosen]
    return desks[str(WINDOWS_10_1809)].names | {"cases": chosen, "tries": tries}


def _meaning(without: bool, with_it: bool, enabled: bool) -> str:
    if without:
        return "granted, with or without the privilege"
    if not with_it:
        return "refused: no privilege helps here"
    return (
        f"{'granted' if enabled else 'refused'}, because the privilege is {'' if enabled else 'not '}enabled"
    )


def _opens(process: Process, target: Any, right: int) -> bool:
    return attempt(lambda: process.open(target, right)) == "granted"


# 06.2, 06.7: adjusting ------------------------------------------------------------------------------------
FAILED = ("FALSE, and GetLastError says 1300", "FALSE, and GetLastError says 1314")


HOLDERS = (
    "another handle to the same token",
    "a thread of the program that impersonates nobody",
    "a duplicate of the token, made before the call",
    "a duplicate of the token, made after the call",
    "notepad.exe, started by the program before the call",
    "notepad.exe, started by the program after the call",
)


def _seen_by_holders(tokens: Iterable[Any], privilege: str) -> list[Names]:
    return [
        {
            "holder": name,
            "right": _seen(token, privilege, "before" in name, "duplicate" in name or "note" in name),
        }
        for name, token in zip(HOLDERS, tokens, strict=True)
    ]


def half_adjusted(stream: Stream) -> Names:
    """Two privileges are to be enabled, and none, one or both of them are there: who sees what."""
    here = office(stream)
    shell = here.shell()
    there = [str(one.privilege) for one in shell.token.context.privileges if not one.enabled]
    missing = stream.pick((0, 0, 0, 1, 1, 2))
    first, second = stream.shuffled(stream.picks(there, 2 - missing) + stream.picks(POWERFUL, missing))
    asked = stream.pick([name for name in (first, second) if name in there] or [first])
    handle, other = shell.open_token(), shell.open_token()
    before, child = shell.token.duplicate(), shell.start("notepad.exe")
    error = int(handle.adjust_privileges({first: ENABLED, second: ENABLED}).error)
    after, late = shell.token.duplicate(), shell.start("notepad.exe")
    tokens = (other.object, shell.token, before, after, child.token, late.token)
    on = [name for name in (first, second) if shell.token.context.has_privilege(name)]
    return (
        here.names
        | dealt(stream, _seen_by_holders(tokens, asked), 4, holders="holder")
        | {
            "first": first,
            "second": second,
            "asked": asked,
            "there": [one for one in (first, second) if one in there],
            "call": f"TRUE, and GetLastError says {error}",
            "enabled": " and ".join(on) or "neither of them",
            "call_beliefs": dict.fromkeys(FAILED if missing else (), "success-means-done"),
            "enabled_beliefs": {f"{first} and {second}": "success-means-done"} if missing else {},
            "held": _held(first, first in there) + ", " + _held(second, second in there),
        }
    )


def _held(name: str, present: bool) -> str:
    return f"{name} is {'Disabled' if present else 'not listed'}"


def _seen(token: Any, name: str, before: bool, is_copy: bool) -> str:
    state = next((one for one in token.context.privileges if str(one.privilege) == name), None)
    if state is None:
        return "not there: this token never had it"
    assert state.enabled != (before and is_copy)
    if not is_copy:
        return "enabled: it is the same token"
    return "enabled: it is a copy of the changed token" if state.enabled else "disabled: it is an older copy"


def be_adjust(stream: Stream) -> Names:
    names = [
        *("SeShutdownPrivilege", "SeBackupPrivilege", "SeDebugPrivilege"),
        *("SeTimeZonePrivilege", "SeSecurityPrivilege", "SeRestorePrivilege"),
    ]
    groups = ("enable and disable", "1300", "remove")
    return {"cases": [_adjusted(stream, names, group) for group in groups for _ in range(5)]}


def _adjusted(stream: Stream, names: list[str], group: str) -> FunctionCall:
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
    return FunctionCall((dict(state), dict(changes)), [dict(after), error], group)


# 06.3: backup ---------------------------------------------------------------------------------------------
def backup(stream: Stream) -> Names:
    """What is missing, if one thing is: either privilege, or the flag."""
    here = office(stream)
    folder = vault(here, here.shell())
    diary, hashes, listing = rf"{folder}\diary.txt", r"HKLM\SAM", FileRights(DirectoryRights.LIST_DIRECTORY)
    acts: dict[str, tuple[str, Any]] = {
        f"lists the folder `{folder}`": (folder, listing),
        f"reads `{diary}`": (diary, FileRights.READ_DATA),
        f"overwrites `{diary}`": (diary, FileRights.WRITE_DATA),
        "reads the values of `HKLM\\SAM`": (hashes, KeyRights.QUERY_VALUE),
    }
    shell = here.shell(here.admin)
    consoles: dict[tuple[str, ...], Process] = {}
    for on in ((), (BACKUP,), (RESTORE,), (BACKUP, RESTORE)):
        consoles[on] = shell.elevate("cmd.exe")
        consoles[on].token.adjust_privileges({BACKUP: DISABLED, RESTORE: DISABLED})
        consoles[on].token.adjust_privileges(dict.fromkeys(on, ENABLED))

    def works(on: Iterable[str], act: str, flag: bool) -> bool:
        console, (target, right) = consoles[tuple(sorted(on))], acts[act]
        return attempt(lambda: console.open(target, right, backup=flag)) == "granted"

    cases = []
    for on, act, flag in product(consoles, acts, (False, True)):
        if ("lists" in act and flag) or ("over" in act and on == (RESTORE,)):
            continue  # a folder has no other way; CreateFile wants READ_ATTRIBUTES too
        missing = [
            f"refused: {one} is not enabled" for one in (BACKUP, RESTORE) if works({*on, one}, act, flag)
        ]
        missing += ["refused: the program did not ask for a backup"] if works(on, act, True) else []
        right = ["granted"] if works(on, act, flag) else missing
        if len(right) == 1:
            cases.append(_backup_case(on, act, flag, right[0]))
    return here.names | dealt(stream, cases, 5, tries="on act how")


def _backup_case(on: Sequence[str], act: str, flag: bool, right: str) -> Names:
    beliefs = {}
    if right != "granted":
        other = on and right.startswith("refused: Se")  # enabled is one that does something else
        beliefs["granted"] = "privileges-have-no-limits" if other else "to-hold-is-to-use"
    if "lists" in act:
        beliefs["refused: the program did not ask for a backup"] = "a-folder-needs-the-flag-too"
    how = "opens it for backup" if flag else "opens it in the usual way"
    enabled = " and ".join(on) or "neither"
    case = {"on": list(on), "enabled": enabled, "act": act, "how": how}
    return case | {"right": right, "beliefs": beliefs}


# 06.5, 06.6 -----------------------------------------------------------------------------------------------
def six_checks(stream: Stream) -> Names:
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


def by_the_owner(stream: Stream) -> Names:
    return office(stream).names | {"path": stream.file()}


# 06.8: the log --------------------------------------------------------------------------------------------
def left_in_the_log(stream: Stream) -> Names:
    """What each act leaves in the Security log, and if nothing, what would have to be on for it."""
    cast = players(stream)
    usual, full, quiet = (_events(cast, how) for how in ("usual", "full", "quiet"))
    found: dict[str, str] = {}
    for act in usual:
        why = "this use is left out" if full[act] else "nothing changes"
        found[act] = usual[act] or f"nothing: {why}"
        found[f"{act}_off"] = quiet[act] or "nothing: this subcategory is off"
    either = [act if stream.chance() else f"{act}_off" for act in ("lsass", "enable")]
    mine = stream.picks(("spooler", "copied", "network", "again", "owner", "sacl", *either), 6)
    beliefs = {"4673": "the-log-sees-every-use"}
    here = office(cast)
    return here.names | found | {"mine": mine, "beliefs": beliefs, "release": here.desk.release}


def _events(cast: Players, how: str) -> dict[str, str]:
    """The ids that each act leaves: as usual, with full privilege auditing, with two subcategories off."""
    here = office(cast)
    here.desk.policy.full_privilege_auditing = how == "full"
    diary = rf"{vault(here, here.shell())}\diary.txt"
    lsass, spooler = here.desk.process("lsass.exe"), here.desk.start_service("Spooler")
    console = here.shell(here.admin).elevate("cmd.exe")
    console.token.adjust_privileges(dict.fromkeys((BACKUP, RESTORE, *POWERFUL[2:]), ENABLED))
    remote = here.desk.log_on(here.full(here.admin), here.passwords[here.admin], LogonType.NETWORK)
    for subcategory in ("Kernel Object", "Token Right Adjusted") if how == "quiet" else ():
        here.desk.log.audit(subcategory, False)
    acts: dict[str, Callable[[], object]] = {
        "enable": lambda: console.token.adjust_privileges({DEBUG: ENABLED}),
        "again": lambda: console.token.adjust_privileges({DEBUG: ENABLED}),
        "network": lambda: remote.adjust_privileges({DEBUG: ENABLED}),
        "spooler": lambda: _read(console, spooler),
        "lsass": lambda: _read(console, lsass),
        "copied": lambda: console.open(diary, FileRights.READ_DATA, backup=True),
        "owner": lambda: console.open(diary, FileRights.WRITE_OWNER, exactly=True),
        "sacl": lambda: console.open(diary, FileRights.ACCESS_SYSTEM_SECURITY, exactly=True),
    }
    found = {}
    for name, act in acts.items():
        seen = len(here.desk.log)
        act()
        found[name] = ", ".join(sorted({str(event["EventID"]) for event in here.desk.log.since(seen)}))
    return found


def _read(process: Process, target: Process) -> None:
    handle = process.open(target, ProcessRights.VM_READ)
    assert isinstance(handle, ProcessHandle)
    handle.read_memory()
