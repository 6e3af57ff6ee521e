"""Worlds of lesson 07: whose token a process carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tokenlab.system import Process, Refusal
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.scenes import Office, office, user_of
from tokenlab.teach.variant import Stream
from tokenlab.values import ProcessRights

SERVICES = ("Spooler", "wuauserv")
TOOLS = ("backup.exe", "report.exe", "sync.exe", "index.exe")


def people(here: Office) -> dict[str, Any]:
    return {"user": here.user, "admin": here.admin, "desk": here.desk.name}


def logon_to_child(stream: Stream) -> dict[str, Any]:
    return people(office(stream)) | {"tool": stream.pick(TOOLS)}


# 07.1, 07.2: whose token, whose copy ----------------------------------------------------------------------


def five_children(stream: Stream) -> dict[str, Any]:
    """A program, started in five ways."""
    here = office(stream)
    tool = stream.pick(TOOLS)
    shell, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    service.impersonate(shell.token)
    impersonating = service.start(tool)
    service.revert()
    user, admin, password = here.full(here.user), here.full(here.admin), here.passwords[here.admin]
    found = {
        "child": shell.start(tool),
        "service": impersonating,
        "task": here.desk.run_task(tool, admin, password),
        "wmi": here.desk.create_by_wmi(shell.token, tool),
        "runas": shell.start_with_logon(admin, password, tool),
    }
    names = {"user": user, "admin": admin, "his": here.user, "hers": here.admin, "tool": tool}
    return people(here) | names | {name: user_of(process) for name, process in found.items()}


def whose_copy(stream: Stream) -> dict[str, Any]:
    """A privilege is removed from one token of a family of processes."""
    here = office(stream)
    shell = here.shell()
    child = shell.start("notepad.exe")
    privilege = stream.pick([one.privilege for one in shell.token.context.privileges if not one.enabled])
    grandchild = child.start("cmd.exe")
    child.token.adjust_privileges({privilege: 4})
    later, cousin = child.start("cmd.exe"), shell.start("mspaint.exe")
    family = {
        "parent": shell,
        "grandchild": grandchild,
        "later": later,
        "last": later.start("calc.exe"),
        "cousin": cousin,
    }
    has = {
        name: any(one.privilege == privilege for one in process.token.context.privileges)
        for name, process in family.items()
    }
    found = {name: "has it" if held else "lost it" for name, held in has.items()}
    wrong = {f"{name}_wrong": {"lost it": "one-user-one-token"} if held else {} for name, held in has.items()}
    return people(here) | found | wrong | {"privilege": privilege, "kept": sum(has.values())}


# 07.4: what it takes --------------------------------------------------------------------------------------


def error_1314(stream: Stream) -> dict[str, Any]:
    """Five ways to start a program with a token or a password."""
    here = office(stream)
    tool = stream.pick(TOOLS)
    shell, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    admin, password = here.full(here.admin), here.passwords[here.admin]
    other = here.desk.log_on(admin, password)
    own = shell.token.restrict(delete=["SeShutdownPrivilege"])
    tries: dict[str, Callable[[], object]] = {
        "as_user": lambda: shell.start_as_user(other, tool),
        "with_token": lambda: shell.start_with_token(other, tool),
        "filtered": lambda: shell.start_as_user(own, tool),
        "logon": lambda: shell.start_with_logon(admin, password, tool),
        "service": lambda: service.start_as_user(other, tool),
    }
    found = {name: _started(act) for name, act in tries.items()}
    wrong = {
        f"{name}_wrong": {} if right == "works" else {"works": "a-token-is-enough"}
        for name, right in found.items()
    }
    return people(here) | found | wrong | {"tool": tool, "work": list(found.values()).count("works")}


def _started(act: Callable[[], object]) -> str:
    try:
        act()
    except Refusal as refused:
        return f"error {int(refused.code)}"
    return "works"


# 07.5, 07.7: what 4688 says -------------------------------------------------------------------------------


def read_4688(stream: Stream) -> dict[str, Any]:
    """A child, runas and a task, in any order."""
    here = office(stream)
    first, second, third = stream.picks(TOOLS, 3)
    shell = here.shell()
    admin, password = here.full(here.admin), here.passwords[here.admin]
    starts: list[Callable[[], Process]] = [
        lambda: shell.start(first),
        lambda: shell.start_with_logon(admin, password, second),
        lambda: here.desk.run_task(third, admin, password),
    ]
    keys = ("NewProcessName", "ParentProcessName", "SubjectUserName", "TargetUserName")
    events = _starts_in_log(here, stream.shuffled(starts), (first, second, third), keys)
    tools = {"first": first, "second": second, "third": third}
    more = {"events": events, "blocks": _told(events), "people": stream.shuffled((here.user, here.admin))}
    return people(here) | tools | more


def who_called(stream: Stream) -> dict[str, Any]:
    """An app, a program elevated by UAC and a child of a claimed parent, in any order."""
    here = office(stream)
    app, elevated, claimed = stream.picks(TOOLS, 3)
    shell, hers = here.shell(), here.shell(here.admin)
    console = hers.elevate("cmd.exe")
    console.token.adjust_privileges({"SeDebugPrivilege": 2})
    parent = console.open(here.desk.process("winlogon.exe"), ProcessRights.CREATE_PROCESS)
    starts: list[Callable[[], Process]] = [
        lambda: here.desk.activate(shell.token, app, "Example.Tools_8wekyb3d8bbwe"),
        lambda: hers.elevate(elevated),
        lambda: console.start(claimed, parent=parent),
    ]
    keys = ("NewProcessName", "ParentProcessName", "SubjectUserName", "SubjectLogonId", "TargetUserName")
    more = ("TargetLogonId", "MandatoryLabel")
    events = _starts_in_log(here, stream.shuffled(starts), (app, elevated, claimed), (*keys, *more))
    tools = {"app": app, "elevated": elevated, "claimed": claimed}
    return people(here) | tools | {"blocks": _told(events)}


def _starts_in_log(
    here: Office, starts: list[Callable[[], Process]], tools: tuple[str, ...], keys: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    """What 4688 says of each tool that is started."""
    seen = len(here.desk.log)
    for start in starts:
        start()
    found = {}
    for event in here.desk.log.since(seen):
        tool = str(event.get("NewProcessName", "")).rpartition("\\")[2]
        if event["EventID"] == 4688 and tool in tools:
            found[tool] = {key: str(event[key]) for key in keys}
    return found


def _told(events: Mapping[str, Mapping[str, str]]) -> str:
    return "\n\n".join(
        "\n".join(f"{key:18} {value}" for key, value in event.items()) for event in events.values()
    )


# 07.6: by rule --------------------------------------------------------------------------------------------


def by_rule(stream: Stream) -> dict[str, Any]:
    groups = ("copies", "tokens", "impersonation")
    return {"cases": [_starts(stream, group) for group in groups for _ in range(5)]}


def _starts(stream: Stream, group: str) -> Case:
    people = [person.name for person in stream.people(3)]
    users = {4: "SYSTEM"}
    starts: list[Plain] = []
    for number in range(6):
        pid, parent = 100 + 4 * number, stream.pick(list(users))
        given = number == 0 or (group == "tokens" and stream.chance())
        if given:
            user = stream.pick(people)
            starts.append([pid, parent, "CreateProcessAsUser", user])
            users[pid] = user
        else:
            client = stream.pick([*people, ""]) if group == "impersonation" else ""
            starts.append([pid, parent, "CreateProcess", client])
            users[pid] = users[parent]
    expected: list[Plain] = [user for pid, user in users.items() if pid != 4]
    return Case((starts,), expected, group)
