"""Worlds of lesson 07: whose token a process carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tokenlab.system import Process, Refusal, Token
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, Office, dealt, office, user_of
from tokenlab.teach.variant import Stream
from tokenlab.values import ProcessRights

SERVICES = ("Spooler", "wuauserv")
TOOLS = ("backup.exe", "report.exe", "sync.exe", "index.exe")


def logon_to_child(stream: Stream) -> Names:
    return office(stream).names | {"tool": stream.pick(TOOLS)}


# 07.1, 07.2: whose token, whose copy ----------------------------------------------------------------------
PARENTS, GIVEN, FRESH = "its parent's token", "the token that the call was given", "the token of a new logon"


def five_children(stream: Stream) -> Names:
    """Ways to start a program, each with whose token it gets and where that token comes from."""
    here = office(stream)
    tool = stream.pick(TOOLS)
    shells = {here.user: here.shell(), here.admin: here.shell(here.admin)}
    starts = _children(here, shells, here.desk.start_service(stream.pick(SERVICES)), tool)
    who = {here.full(name): name for name in shells} | {r"NT AUTHORITY\SYSTEM": "SYSTEM"}
    cases = []
    for words, (child, how) in starts.items():
        right = f"{who[user_of(child)]}: {how}"
        beliefs = {}
        if "impersonates" in words:
            beliefs = {f"{name}: {GIVEN}": "impersonation-is-inherited" for name in shells}
        elif how != PARENTS:
            beliefs = {f"{name}: {PARENTS}": "the-tree-tells-the-user" for name in who.values()}
        cases.append({"prompt": words, "right": right, "why": how, "beliefs": beliefs})
    options = [f"{name}: {PARENTS}" for name in who.values()]
    options += [f"{name}: {how}" for how in (GIVEN, FRESH) for name in shells]
    return here.names | dealt(stream, cases, 5, acts="prompt") | {"tool": tool, "options": options}


def _children(
    here: Office, shells: Mapping[str, Process], service: Process, tool: str
) -> dict[str, tuple[Process, str]]:
    """The ways, in words: the program that was started, and where its token comes from."""
    runas = _by_runas(here, shells, here.user, here.admin, "cmd.exe")
    made = {f"a child of {who}'s explorer.exe": (shell.start(tool), PARENTS) for who, shell in shells.items()}
    made[f"a child of the cmd.exe that {here.user} started by runas as {here.admin}"] = (
        runas.start(tool),
        PARENTS,
    )
    for who, shell in shells.items():
        child = _impersonating(service, shell, tool)
        made[f"a child of the service, whose thread impersonates {who}"] = child, PARENTS
    for who, shell in shells.items():
        child = service.start_as_user(shell.token, tool)
        made[f"the service calls CreateProcessAsUser with {who}'s token"] = child, GIVEN
    for who, shell in shells.items():
        made[f"{who}'s program has WMI create it"] = here.desk.create_by_wmi(shell.token, tool), GIVEN
    task = here.desk.run_task(tool, here.full(here.admin), here.passwords[here.admin])
    made[f"a scheduled task, stored with {here.admin}'s password"] = task, FRESH
    for who, other in ((here.user, here.admin), (here.admin, here.user)):
        child = _by_runas(here, shells, who, other, tool)
        made[f"{who} types runas with {other}'s password"] = child, FRESH
    return made


def _by_runas(here: Office, shells: Mapping[str, Process], who: str, other: str, tool: str) -> Process:
    return shells[who].start_with_logon(here.full(other), here.passwords[other], tool)


def _impersonating(service: Process, client: Process, tool: str) -> Process:
    service.impersonate(client.token)
    child = service.start(tool)
    service.revert()
    return child


OTHER, EARLIER = (
    "has it: its token does not come from notepad.exe's",
    "has it: copied from notepad.exe's before the change",
)
SAME, LATER = (
    "lost it: it is notepad.exe's token itself",
    "lost it: copied from notepad.exe's after the change",
)


def whose_copy(stream: Stream) -> Names:
    """A privilege is removed from one token of a family of processes."""
    here = office(stream)
    shell = here.shell()
    child = shell.start("notepad.exe")
    privilege = stream.pick([one.privilege for one in shell.token.context.privileges if not one.enabled])
    early, copy, thread = child.start("cmd.exe"), child.token.duplicate(), child.new_thread()
    handle = child.open_token()
    sibling = shell.start("calc.exe")
    child.token.adjust_privileges({privilege: 4})
    late = child.start("cmd.exe")
    family: dict[str, tuple[Token, str]] = {
        "explorer.exe, the parent of notepad.exe": (shell.token, OTHER),
        "mspaint.exe, started by explorer.exe after the change": (shell.start("mspaint.exe").token, OTHER),
        "calc.exe, started by explorer.exe before the change": (sibling.token, OTHER),
        "cmd.exe, started by notepad.exe before the change": (early.token, EARLIER),
        "a program that notepad.exe's first cmd.exe (from before) starts after the change": (
            early.start("calc.exe").token,
            EARLIER,
        ),
        "a duplicate of notepad.exe's token, made before the change": (copy, EARLIER),
        "cmd.exe, started by notepad.exe after the change": (late.token, LATER),
        "calc.exe, started by notepad.exe's second cmd.exe (from after)": (
            late.start("calc.exe").token,
            LATER,
        ),
        "a duplicate of notepad.exe's token, made after the change": (child.token.duplicate(), LATER),
        "another thread of notepad.exe, which impersonates nobody": (thread.effective_token, SAME),
        "the token behind a handle that was opened to notepad.exe's token before the change": (
            handle.object,
            SAME,
        ),
    }
    for token, right in family.values():
        assert any(one.privilege == privilege for one in token.context.privileges) == (
            right in (OTHER, EARLIER)
        )
    cases = []
    for words, (_, right) in family.items():
        beliefs = {SAME: "one-user-one-token"} if right in (OTHER, EARLIER) else {}
        cases.append({"prompt": words, "right": right, "beliefs": beliefs})
    return here.names | dealt(stream, cases, 5, acts="prompt") | {"privilege": privilege}


# 07.4: what it takes --------------------------------------------------------------------------------------
HELD, LESS = "works: the caller has the privilege", "works: the token is less than the caller's own"
TYPED = "works: the password is enough"
NO_ASSIGN = "error 1314: SeAssignPrimaryTokenPrivilege is missing"
NO_IMPERSONATE = "error 1314: SeImpersonatePrivilege is missing"


def error_1314(stream: Stream) -> Names:
    """Callers and calls that start a program with a token or a password."""
    here = office(stream)
    tool = stream.pick(TOOLS)
    shell, hers = here.shell(), here.shell(here.admin)
    console, service = hers.elevate("cmd.exe"), here.desk.start_service(stream.pick(SERVICES))
    callers = {
        f"{here.user}'s program": (shell, here.admin, hers.token),
        f"{here.admin}'s everyday program": (hers, here.user, shell.token),
        f"{here.admin}'s elevated console": (console, here.user, shell.token),
        "the service": (service, here.user, shell.token),
    }
    found: dict[str, tuple[str, str]] = {}
    for who, (caller, other, token) in callers.items():
        error = _refused(partial(caller.start_as_user, token, tool))
        found[f"{who} calls CreateProcessAsUser with {other}'s token"] = (NO_ASSIGN if error else HELD, error)
        error = _refused(partial(caller.start_with_token, token, tool))
        found[f"{who} calls CreateProcessWithTokenW with {other}'s token"] = (
            NO_IMPERSONATE if error else HELD,
            error,
        )
        if caller is service:
            continue
        name, password = here.full(other), here.passwords[other]
        error = _refused(partial(caller.start_with_logon, name, password, tool))
        found[f"{who} calls CreateProcessWithLogonW with {other}'s password"] = (TYPED, error)
        less = caller.token.restrict(delete=["SeShutdownPrivilege"])
        error = _refused(partial(caller.start_as_user, less, tool))
        found[f"{who} calls CreateProcessAsUser with a token filtered from its own"] = (LESS, error)
        error = _refused(partial(caller.start_as_user, less.restrict(), tool))
        words = f"{who} filters its own token, filters the result once more, and calls CreateProcessAsUser with that"
        found[words] = (NO_ASSIGN, error)
    cases = []
    for words, (right, error) in found.items():
        assert ("1314" in right) == bool(error)
        cases.append(
            {"prompt": words, "right": right, "beliefs": {HELD: "a-token-is-enough"} if error else {}}
        )
    return here.names | dealt(stream, cases, 5, acts="prompt") | {"tool": tool}


def _refused(act: Callable[[], object]) -> str:
    """``1314``, or nothing if it works."""
    try:
        act()
    except Refusal as refusal:
        assert int(refusal.code) == 1314
        return "1314"
    return ""


# 07.5, 07.7: what 4688 says -------------------------------------------------------------------------------
SHOWN_BY = {
    "CreateProcess": "Its parent is a shell, and there is no Target: a plain CreateProcess.",
    "runas": "Subject is the machine, and the parent a user's shell: the Secondary Logon service did it for its caller.",
    "a scheduled task": "Below svchost.exe, and Target is another account: the Task Scheduler logged it on.",
    "WMI": "Below WmiPrvSE.exe: WMI. Target is who asked for it.",
}


def read_4688(stream: Stream) -> Names:
    """Four starts of five, in any order, and how each was made."""
    here = office(stream)
    tools = stream.shuffled(TOOLS)
    shell, hers = here.shell(), here.shell(here.admin)
    admin, password = here.full(here.admin), here.passwords[here.admin]
    plain = f"CreateProcess, as {here.user}"
    ways: dict[str, Callable[[str], Process]] = {
        plain: shell.start,
        f"CreateProcess, as {here.admin}": hers.start,
        f"runas, as {here.admin}": lambda tool: shell.start_with_logon(admin, password, tool),
        f"a scheduled task, as {here.admin}": lambda tool: here.desk.run_task(tool, admin, password),
        f"WMI, as {here.user}": lambda tool: here.desk.create_by_wmi(shell.token, tool),
        f"WMI, as {here.admin}": lambda tool: here.desk.create_by_wmi(hers.token, tool),
    }
    chosen = dict(zip(tools, stream.picks(tuple(ways), 4), strict=True))
    starts = [partial(ways[way], tool) for tool, way in chosen.items()]
    keys = ("NewProcessName", "ParentProcessName", "SubjectUserName", "SubjectLogonId", "TargetUserName")
    events = _starts_in_log(here, starts, tools, keys)
    by_tree = {plain: "the-tree-tells-the-user"}
    cases = [
        {
            "tool": tool,
            "right": way,
            "why": SHOWN_BY[way.partition(",")[0]],
            "beliefs": by_tree if "runas" in way else {},
        }
        for tool, way in chosen.items()
    ]
    more = {"tools": list(chosen), "cases": cases, "options": stream.shuffled(tuple(ways))}
    return here.names | more | {"events": events, "blocks": _told(events)}


BY_COM, BY_UAC = "activation by COM", "UAC, after a question"
CLAIMED, PLAIN = "CreateProcess, with a claimed parent", "CreateProcess by its parent"


def who_called(stream: Stream) -> Names:
    """A child of a claimed parent, an app, and either a program elevated by UAC or a plain child."""
    here = office(stream)
    tools = stream.picks(TOOLS, 3)
    shell, hers = here.shell(), here.shell(here.admin)
    console = hers.elevate("cmd.exe")
    console.token.adjust_privileges({"SeDebugPrivilege": 2})
    of_system = stream.chance()
    target = here.desk.process("winlogon.exe") if of_system else shell
    parent = console.open(target, ProcessRights.CREATE_PROCESS)
    ways: dict[str, Callable[[str], Process]] = {
        CLAIMED: lambda tool: console.start(tool, parent=parent),
        BY_COM: lambda tool: here.desk.activate(shell.token, tool, "Example.Tools_8wekyb3d8bbwe"),
        BY_UAC: hers.elevate,
        PLAIN: console.start,
    }
    order = stream.shuffled((CLAIMED, *stream.picks((BY_COM, BY_UAC, PLAIN), 2)))
    chosen = dict(zip(tools, order, strict=True))
    keys = ("NewProcessName", "ParentProcessName", "SubjectUserName", "SubjectLogonId", "TargetUserName")
    more = ("TargetLogonId", "MandatoryLabel")
    starts = [partial(ways[way], tool) for tool, way in chosen.items()]
    events = _starts_in_log(here, starts, tuple(tools), (*keys, *more))
    claimed = next(tool for tool, way in chosen.items() if way == CLAIMED)
    asked = stream.pick([tool for tool in tools if tool != claimed])
    asks = {BY_COM: "the record does not say", BY_UAC: "explorer.exe", PLAIN: "cmd.exe"}[chosen[asked]]
    cases = [
        {"tool": tool, "right": way, "beliefs": {PLAIN: "the-parent-made-the-call"} if way != PLAIN else {}}
        for tool, way in chosen.items()
    ]
    ran = "SYSTEM" if of_system else here.user
    return here.names | {
        "cases": cases,
        "claimed": claimed,
        "asked": asked,
        "asks": asks,
        "runs_as": ran,
        "caller_beliefs": {ran: "the-parent-made-the-call"},
        "asked_beliefs": {"svchost.exe": "the-parent-made-the-call"} if chosen[asked] == BY_COM else {},
        "events": events,
        "tools": list(chosen),
        "blocks": _told(events),
    }


def _starts_in_log(
    here: Office, starts: Sequence[Callable[[], Process]], tools: Sequence[str], keys: Sequence[str]
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
def by_rule(stream: Stream) -> Names:
    groups = ("copies", "tokens", "impersonation")
    return {"cases": [_starts(stream, group) for group in groups for _ in range(5)]}


def _starts(stream: Stream, group: str) -> FunctionCall:
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
    return FunctionCall((starts,), expected, group)
