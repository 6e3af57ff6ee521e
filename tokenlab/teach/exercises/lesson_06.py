"""Exercises of lesson 06: what can skip the check."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tokenlab.system import LogonType, Process
from tokenlab.system.handle_kinds import ProcessHandle
from tokenlab.system.release import WINDOWS_11_22H2, WINDOWS_11_24H2
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import (
    Before,
    Case,
    Choice,
    Kind,
    Task,
    arrange,
    choose,
    exercise,
    implement,
    instead,
)
from tokenlab.teach.exercises.scenes import Office, attempt, office
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, ProcessRights
from tokenlab.values.rights import DirectoryRights

HOLD_IS_USE = Misconception(
    "to-hold-is-to-use",
    "To hold a privilege is to use it.",
    "A privilege that is present and disabled does nothing; and some are asked for only where a program says so, as when it opens for backup.",
    "windirstat/windirstat#5",
)
FLAG_ALWAYS = Misconception(
    "a-folder-needs-the-flag-too",
    "The privilege helps only programs that ask for a backup.",
    "So it is with files. A folder is opened for backup by whatever opens it, so an enabled privilege is enough.",
    "PowerShell/PowerShell#20770",
)
USE_IS_SEEN = Misconception(
    "the-log-sees-every-use",
    "The log sees every use of a privilege.",
    "The use of seven of them, SeDebugPrivilege among them, is left out; what remains is the enabling, and what the object's SACL asks for.",
    "lesson 06",
)
SUCCESS_MEANS_DONE = Misconception(
    "success-means-done",
    "Success means done.",
    "AdjustTokenPrivileges succeeds if it changed nothing at all: ERROR_NOT_ALL_ASSIGNED (1300) tells.",
    "oshi/oshi#1372",
)
NO_LIMITS = Misconception(
    "privileges-have-no-limits",
    "Privileges have no limits.",
    "Each skips one check: SeDebugPrivilege that of processes and threads, and not of protected ones.",
    "cuckoosandbox/monitor#50",
)
REMOVED_COMES_BACK = Misconception(
    "removed-comes-back",
    "What was removed can be enabled again.",
    "Removed is gone from this token for good; only another token can have it.",
    "lesson 06",
)
OWNER_READS = Misconception(
    "owner-reads",
    "Who takes the ownership may read.",
    "It gives the owner two rights, READ_CONTROL and WRITE_DAC: reading takes a change of the DACL first.",
    "lesson 06",
)
ENABLED, DISABLED, REMOVED = 2, 0, 4
OPTIONS = ("granted", "refused")


def believed(right: str, belief: Misconception) -> dict[str, Misconception]:
    """The belief is behind a grant that is none; who expects a refusal believes something else."""
    return {"granted": belief} if right == "refused" else {}


def vault(here: Office, shell: Process) -> str:
    """A folder of the user's that nobody else is let into."""
    path = rf"C:\Users\{here.user}\vault"
    shell.create(
        path,
        DirectoryRights.LIST_DIRECTORY,
        container=True,
        descriptor=f"D:P(A;OICI;FA;;;{shell.token.context.user})",
    )
    shell.create(rf"{path}\diary.txt", FileRights.ALL_ACCESS)
    return path


def consoles(here: Office, privilege: str) -> dict[str, Process]:
    """Three elevated consoles of the administrator: the privilege present, enabled, removed."""
    shell = here.shell(here.admin)
    found = {state: shell.elevate("cmd.exe") for state in ("present", "enabled", "removed")}
    for state, number in (("present", DISABLED), ("enabled", ENABLED), ("removed", REMOVED)):
        found[state].token.adjust_privileges({privilege: number})
    return found


@exercise("06.1", "Present, enabled, gone", Kind.PREDICT, minutes=5, points=5, aims=(1, 2), rows=(23,))
def three_states(stream: Stream) -> Task:
    here = office(stream)
    lsass = here.desk.process("lsass.exe")
    windows = consoles(here, "SeDebugPrivilege")
    choices = []
    for state in stream.shuffled(tuple(windows)):
        right = attempt(lambda console=windows[state]: console.open(lsass, ProcessRights.VM_READ))  # type: ignore[misc]
        says = {
            "present": "present and disabled: the DACL decides",
            "enabled": "enabled: no check",
            "removed": "not in the token: the DACL decides",
        }[state]
        choices.append(
            Choice(
                state,
                f"SeDebugPrivilege {'is present, disabled' if state == 'present' else 'is enabled' if state == 'enabled' else 'was removed'}",
                OPTIONS,
                right,
                f"{right}: {says}.",
                believed(right, HOLD_IS_USE),
            )
        )
    thread = attempt(lambda: windows["enabled"].open(lsass.thread, 0x1))
    choices.append(
        Choice(
            "thread",
            "it is enabled, and a *thread* of lsass.exe is opened",
            OPTIONS,
            thread,
            f"{thread}: processes and threads are what it is for.",
            believed(thread, NO_LIMITS),
        )
    )
    user = here.shell()
    folder = vault(here, user)
    file = attempt(lambda: windows["enabled"].open(rf"{folder}\diary.txt", FileRights.READ_DATA))
    choices.append(
        Choice(
            "file",
            f"it is enabled, and a diary that only {here.user} may read is opened",
            OPTIONS,
            file,
            f"{file}: a file is no process, so its DACL decides.",
            believed(file, NO_LIMITS),
        )
    )
    return choose(
        f"`{here.admin}` has elevated consoles at `{here.desk.name}` and opens `lsass.exe`, which runs as SYSTEM and is not protected, to read its memory. What is the answer, if in the console's token",
        choices,
        hints=("Only an enabled privilege counts.", "Which kind of object does SeDebugPrivilege speak of?"),
        difficulty={"cases": len(choices), "granted": sum(choice.right == "granted" for choice in choices)},
    )


@exercise(
    "06.2",
    "It succeeded, and did nothing",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(1, 3),
    rows=(9, 23),
    cases=("oshi/oshi#1372",),
)
def succeeded(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    held = [one.privilege for one in shell.token.context.privileges if not one.enabled]
    has = stream.pick(held)
    lacks = stream.pick(
        ("SeDebugPrivilege", "SeBackupPrivilege", "SeSecurityPrivilege", "SeTakeOwnershipPrivilege")
    )
    handle, second = shell.open_token(), shell.open_token()
    duplicate = shell.token.duplicate()
    result = handle.adjust_privileges({has: ENABLED, lacks: ENABLED})
    returns = ("TRUE", "FALSE")
    errors = ("ERROR_SUCCESS (0)", "ERROR_NOT_ALL_ASSIGNED (1300)", "ERROR_PRIVILEGE_NOT_HELD (1314)")
    error = next(one for one in errors if one.endswith(f"({int(result.error)})"))
    what = ("both", f"only {has}", f"only {lacks}", "neither")
    state = {name: shell.token.context.has_privilege(name) for name in (has, lacks)}
    enabled = (
        what[0] if all(state.values()) else what[1] if state[has] else what[2] if state[lacks] else what[3]
    )
    seen = ("enabled", "disabled")
    other = seen[0] if second.object.context.has_privilege(has) else seen[1]
    copy = seen[0] if duplicate.context.has_privilege(has) else seen[1]
    return choose(
        f"A program of `{here.user}`, a plain user at `{here.desk.name}`, calls AdjustTokenPrivileges through a handle to its token, to enable `{has}` (present, disabled) and "
        f"`{lacks}` (not in the token), in one call.",
        [
            Choice(
                "returns",
                "the call returns",
                returns,
                "TRUE",
                "It succeeds whenever it could be carried out as far as possible.",
                {"FALSE": SUCCESS_MEANS_DONE},
            ),
            Choice(
                "error",
                "GetLastError says",
                errors,
                error,
                f"{error}: the only sign that something is missing.",
                instead(errors, error, SUCCESS_MEANS_DONE),
            ),
            Choice(
                "enabled",
                "now enabled",
                what,
                enabled,
                "What is in the token is changed, the rest is passed by.",
                instead(what, enabled, SUCCESS_MEANS_DONE),
            ),
            Choice(
                "other",
                f"another handle to the same token sees {has}",
                seen,
                other,
                "One token, one state, for every holder.",
                instead(seen, other, HOLD_IS_USE),
            ),
            Choice(
                "copy",
                f"a duplicate that was made before sees {has}",
                seen,
                copy,
                "A duplicate is another token.",
                instead(seen, copy, HOLD_IS_USE),
            ),
        ],
        hints=(
            "The function does what it can.",
            "A token that lacks a privilege cannot be given it.",
            "Count the tokens.",
        ),
        difficulty={"privileges": 2},
        given={"has": str(has)},
    )


@exercise(
    "06.3",
    "The backup privilege that does nothing",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(1, 2, 3),
    rows=(23,),
    cases=("windirstat/windirstat#5",),
)
def backup(stream: Stream) -> Task:
    here = office(stream)
    folder = vault(here, here.shell())
    windows = consoles(here, "SeBackupPrivilege")
    file, listing = rf"{folder}\diary.txt", FileRights(DirectoryRights.LIST_DIRECTORY)
    console = windows["enabled"]
    console.token.adjust_privileges({"SeRestorePrivilege": DISABLED})
    tries: dict[str, tuple[str, str, FileRights, bool, str]] = {
        "folder": (
            "the *folder* is listed, as any program does it",
            folder,
            listing,
            False,
            "A folder is opened for backup in any case: CreateFile opens it in no other way, and listing asks for the same.",
        ),
        "plain": (
            "the diary in it is opened for reading, in the usual way",
            file,
            FileRights.READ_DATA,
            False,
            "A file takes both: the privilege enabled, and FILE_FLAG_BACKUP_SEMANTICS at the open.",
        ),
        "both": (
            "the diary is opened for reading, *for backup*",
            file,
            FileRights.READ_DATA,
            True,
            "Enabled, and asked for at the open: no check.",
        ),
        "write": (
            "the diary is opened for *writing*, for backup",
            file,
            FileRights.WRITE_DATA,
            True,
            "SeBackupPrivilege reads; writing is SeRestorePrivilege's.",
        ),
    }
    choices = []
    for name, (prompt, target, asked, flag, says) in tries.items():
        right = attempt(partial(console.open, target, asked, backup=flag))
        belief = NO_LIMITS if name == "write" else HOLD_IS_USE
        beliefs = {"refused": FLAG_ALWAYS} if name == "folder" else believed(right, belief)
        choices.append(Choice(name, prompt, OPTIONS, right, f"{right}. {says}", beliefs))
    cures = ("run it as SYSTEM", "enable the privilege first", "add the user to Backup Operators again")
    choices.append(
        Choice(
            "cure",
            f"a disk tool of {here.admin}, with the privilege *disabled*, shows the folder as unknown; its programmer should",
            cures,
            cures[1],
            "The privilege is there; the program must enable it. For a folder that is all.",
            {cures[0]: NO_LIMITS, cures[2]: HOLD_IS_USE},
        )
    )
    return choose(
        f"*SeBackupPrivilege is in the token, and my tool still cannot look into the folder.* `{folder}` lets only `{here.user}` in; `{here.admin}`, elevated at `{here.desk.name}`, holds the privilege. In the first four it is **enabled**, and SeRestorePrivilege is not.",
        choices,
        hints=(
            "A file is opened for backup if the program asks for that. And a folder?",
            "Reading and writing back are two privileges.",
        ),
        difficulty={"tries": len(tries), "granted": sum(choice.right == "granted" for choice in choices)},
    )


@exercise(
    "06.4",
    "Debug, and still denied",
    Kind.DIAGNOSE,
    minutes=5,
    points=4,
    aims=(2, 3),
    rows=(23,),
    cases=("cuckoosandbox/monitor#50",),
)
def still_denied(stream: Stream) -> Task:
    here = office(stream, client=stream.pick((WINDOWS_11_22H2, WINDOWS_11_24H2)))
    console = consoles(here, "SeDebugPrivilege")["enabled"]
    lsass = here.desk.process("lsass.exe")
    spooler = here.desk.start_service("Spooler")
    asked = stream.pick((ProcessRights.VM_READ, ProcessRights.VM_WRITE, ProcessRights.DUP_HANDLE))
    tries = {
        "memory": (
            f"lsass.exe, {asked.name}",
            lambda: console.open(lsass, asked),
            "a protected process is closed to others, privilege or not",
        ),
        "limited": (
            "lsass.exe, QUERY_LIMITED_INFORMATION",
            lambda: console.open(lsass, ProcessRights.QUERY_LIMITED_INFORMATION),
            "what tells little is left open",
        ),
        "other": (
            f"spoolsv.exe, which runs as SYSTEM and is not protected, {asked.name}",
            lambda: console.open(spooler, asked),
            "that is what the privilege is for",
        ),
    }
    choices = []
    for name, (prompt, act, says) in tries.items():
        right = attempt(act)
        choices.append(
            Choice(
                name,
                prompt,
                OPTIONS,
                right,
                f"{right}: {says}.",
                believed(right, NO_LIMITS),
            )
        )
    causes = (
        "the privilege is disabled",
        "lsass.exe is a protected process",
        "the DACL of lsass.exe denies Administrators",
    )
    choices.append(
        Choice(
            "cause",
            "why one of them is refused",
            causes,
            causes[1],
            "Protection is looked at before any DACL, and no privilege skips it.",
            {causes[0]: HOLD_IS_USE, causes[2]: NO_LIMITS},
        )
    )
    return choose(
        f"`{here.desk.name}` runs {here.desk.release}, a new machine of its domain, with its defaults. `{here.admin}`, elevated, with SeDebugPrivilege **enabled**, opens processes.",
        choices,
        hints=(
            "What does this release switch on by itself?",
            "What stands before the DACL that the privilege skips?",
            "A protected process still says how it is called.",
        ),
        difficulty={"tries": len(tries)},
    )


@exercise("06.5", "Six privileges, six checks", Kind.READ, minutes=6, points=6, aims=(2,), rows=(23,))
def six_checks(stream: Stream) -> Task:
    skips = {
        "SeDebugPrivilege": "opens any process or thread that is not protected",
        "SeBackupPrivilege": "reads any file that is opened for backup",
        "SeRestorePrivilege": "writes any file that is opened for backup, and its owner",
        "SeTakeOwnershipPrivilege": "opens any object with WRITE_OWNER",
        "SeSecurityPrivilege": "reads and writes a SACL",
        "SeChangeNotifyPrivilege": "passes through folders that would not let one in",
    }
    order = stream.shuffled(tuple(skips))
    options = tuple(stream.shuffled(tuple(skips)))
    choices = [
        Choice(
            f"check_{number}",
            f"it {skips[name]}",
            options,
            name,
            f"{name} {skips[name]}.",
            instead(options, name, NO_LIMITS),
        )
        for number, name in enumerate(order, 1)
    ]
    return choose(
        "Which privilege, once enabled, does this, and nothing else?",
        choices,
        hints=(
            "Two of them are for backup programs: one reads, one writes.",
            "One of them every user has, enabled.",
        ),
        difficulty={"privileges": len(skips)},
        given={"checks": tuple(skips[name] for name in order)},
    )


@exercise("06.6", "By way of the owner", Kind.ORDER, minutes=5, points=5, aims=(2, 3), rows=(23, 29))
def by_the_owner(stream: Stream) -> Task:
    here = office(stream)
    path = stream.file()
    lines = [
        "enable SeTakeOwnershipPrivilege",
        f"open `{path}` with WRITE_OWNER",
        f"set the owner to {here.admin}",
        f"open `{path}` with WRITE_DAC",
        f"write a DACL that lets {here.admin} read",
        f"open `{path}` for reading",
    ]
    return arrange(
        f"`{path}` lets nobody but {here.user} in. {here.admin}, an elevated administrator, reads it by way of its ownership. Put the steps in order.",
        lines,
        [
            Before(0, 1, "disabled, the privilege does nothing", HOLD_IS_USE),
            Before(1, 2, "changing the owner takes a handle with WRITE_OWNER", HOLD_IS_USE),
            Before(2, 3, "WRITE_DAC is the owner's: so one has to be that first", OWNER_READS),
            Before(3, 4, "changing the DACL takes a handle with WRITE_DAC", OWNER_READS),
            Before(4, 5, "the owner may not read: the DACL decides that", OWNER_READS),
        ],
        stream,
        hints=(
            "The privilege gives one right, WRITE_OWNER.",
            "Which two rights has an owner without a line in the DACL?",
        ),
        difficulty={},
    )


@exercise(
    "06.7",
    "Be AdjustTokenPrivileges",
    Kind.IMPLEMENT,
    minutes=12,
    points=6,
    aims=(1, 3),
    rows=(9, 29),
    cases=("oshi/oshi#1372",),
)
def be_adjust(stream: Stream) -> Task:
    groups = {
        "enable and disable": (2, "What is in the token gets the state that was asked for.", HOLD_IS_USE),
        "1300": (
            2,
            "What is not in the token is passed by, and the error is 1300; otherwise it is 0.",
            SUCCESS_MEANS_DONE,
        ),
        "remove": (
            2,
            "Removed privileges leave the token; removing one that is not there is 1300 too (AdjustTokenPrivileges on Microsoft Learn).",
            REMOVED_COMES_BACK,
        ),
    }
    names = [
        "SeShutdownPrivilege",
        "SeBackupPrivilege",
        "SeDebugPrivilege",
        "SeTimeZonePrivilege",
        "SeSecurityPrivilege",
        "SeRestorePrivilege",
    ]
    cases = []
    for group in groups:
        for _ in range(5):
            held = stream.picks(names, 4)
            state: dict[str, Plain] = {name: stream.chance() for name in held}
            absent = [name for name in names if name not in held]
            asked = stream.picks(held, 2) + (
                stream.picks(absent, 1) if group == "1300" and stream.chance(0.8) else []
            )
            changes: dict[str, Plain] = {
                name: stream.pick(("enable", "disable")) for name in stream.shuffled(asked)
            }
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
            cases.append(Case((dict(state), dict(changes)), [dict(after), error], group))
    return implement(
        "Write a function `adjust(token, changes)` that gives `[token, error]` after AdjustTokenPrivileges.\n\n"
        "* `token`: a dict from names to True (enabled) or False (disabled); what is not in it is not in the token\n"
        "* `changes`: a dict from names to `'enable'`, `'disable'` or `'remove'`\n"
        "* `error`: 0, or 1300 if something that is to be changed is not in the token",
        cases,
        groups,
        hints=(
            "Go through the changes one by one; a name that is not in the token changes nothing.",
            "What is not there cannot be removed either.",
        ),
        difficulty={},
    )


@exercise("06.8", "What is left in the log", Kind.PREDICT, minutes=5, points=7, aims=(2, 3), rows=(23,))
def left_in_the_log(stream: Stream) -> Task:
    here = office(stream)
    diary = rf"{vault(here, here.shell())}\diary.txt"
    lsass, spooler = here.desk.process("lsass.exe"), here.desk.start_service("Spooler")
    console = consoles(here, "SeDebugPrivilege")["present"]
    helps = {"SeBackupPrivilege": ENABLED, "SeRestorePrivilege": ENABLED, "SeTakeOwnershipPrivilege": ENABLED}
    console.token.adjust_privileges(helps)
    remote = here.desk.log_on(here.full(here.admin), here.passwords[here.admin], LogonType.NETWORK)
    what, right = stream.pick((("read", FileRights.READ_DATA), ("overwritten", FileRights.WRITE_DATA)))

    def silent() -> None:
        here.desk.log.audit("Kernel Object", False)
        _read(console, lsass)

    acts: dict[str, tuple[str, Callable[[], object], str]] = {
        "enable": (
            "the console enables SeDebugPrivilege",
            lambda: console.token.adjust_privileges({"SeDebugPrivilege": ENABLED}),
            "Token Right Adjusted: 4703 names what was turned on.",
        ),
        "spooler": (
            "with it, spoolsv.exe is opened and its memory read",
            lambda: _read(console, spooler),
            "The use of SeDebugPrivilege is left out, and this process has no audit entry. (Sysmon would have its event 10.)",
        ),
        "lsass": (
            "with it, lsass.exe is opened and its memory read",
            lambda: _read(console, lsass),
            "lsass.exe has an audit entry, so Kernel Object writes the open and the use.",
        ),
        "backup": (
            f"with SeBackup and SeRestore enabled, the diary of {here.user} is opened for backup, and {what}",
            lambda: console.open(diary, right, backup=True),
            "Both are among the seven whose use is left out, and the diary has no audit entry.",
        ),
        "owner": (
            "with SeTakeOwnership enabled, the diary is opened with WRITE_OWNER alone",
            lambda: console.open(diary, FileRights.WRITE_OWNER, exactly=True),
            "Sensitive Privilege Use: this one is not among the seven.",
        ),
        "network": (
            f"{here.admin} comes over the network instead, and a program there enables SeDebugPrivilege",
            lambda: remote.adjust_privileges({"SeDebugPrivilege": ENABLED}),
            "Over the network all privileges are enabled from the start: nothing changes.",
        ),
        "silent": (
            "the subcategory Kernel Object is turned off; the console reads lsass.exe once more",
            silent,
            "The audit entry is still there; nobody writes down what it asks for.",
        ),
    }
    options = ("4656, 4663", "4673", "4674", "4703", "nothing")
    choices = []
    for name, (prompt, act, says) in acts.items():
        seen = len(here.desk.log)
        act()
        ids = sorted({str(event["EventID"]) for event in here.desk.log.since(seen)})
        left = ", ".join(ids) or "nothing"
        choices.append(
            Choice(name, prompt, options, left, f"{left}. {says}", instead(options, left, USE_IS_SEEN))
        )
    return choose(
        f"At `{here.desk.name}`, which runs {here.desk.release}, every subcategory is audited; FullPrivilegeAuditing is not set. `{here.admin}` has an elevated console. "
        "Which events does the Security log get of each of these, beyond the logons?",
        choices,
        hints=(
            "Seven privileges leave no 4673 and no 4674.",
            "Which process has an audit entry of its own?",
            "4703 tells of a change. Is there one?",
        ),
        difficulty={"acts": len(acts)},
    )


def _read(process: Process, target: Process) -> None:
    handle = process.open(target, ProcessRights.VM_READ)
    assert isinstance(handle, ProcessHandle)
    handle.read_memory()
