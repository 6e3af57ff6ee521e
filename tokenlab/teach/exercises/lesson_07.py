"""Exercises of lesson 07: whose token a process carries."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.system import Process, Refusal
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
from tokenlab.teach.exercises.scenes import Office, office, user_of
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import ProcessRights

IMPERSONATION_IS_INHERITED = Misconception(
    "impersonation-is-inherited",
    "Impersonation is inherited.",
    "A child gets a copy of the process's primary token, whatever the thread that starts it impersonates.",
    "mattjohnsonpint/SimpleImpersonation#69",
)
ONE_TOKEN = Misconception(
    "one-user-one-token",
    "Programs of one user share one token.",
    "Each process has a copy of its own; a change in one touches no other.",
    "lesson 07, three questions",
)
TREE_TELLS = Misconception(
    "the-tree-tells-the-user",
    "The tree tells the user.",
    "Services, tasks, WMI and runas give a child another token than its parent's.",
    "lesson 07, three questions",
)
TOKEN_IS_ENOUGH = Misconception(
    "a-token-is-enough",
    "Who has a token may start programs with it.",
    "CreateProcessAsUser takes SeAssignPrimaryTokenPrivilege, CreateProcessWithTokenW takes SeImpersonatePrivilege.",
    "CreateProcessAsUserW on Microsoft Learn",
)
PARENT_CALLED = Misconception(
    "the-parent-made-the-call",
    "The parent in the record is the program that made the call.",
    "UAC and runas claim another parent, and so may anybody with CREATE_PROCESS on it; the subject is the caller's account.",
    "winsiderss/systeminformer#354",
)
SERVICES = ("Spooler", "wuauserv")
TOOLS = ("backup.exe", "report.exe", "sync.exe", "index.exe")


@exercise("07.1", "Five children", Kind.PREDICT, minutes=5, points=5, aims=(1, 3), rows=(22, 25, 26))
def five_children(stream: Stream) -> Task:
    here = office(stream)
    tool = stream.pick(TOOLS)
    shell, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    service.impersonate(shell.token)
    impersonating = service.start(tool)
    service.revert()
    admin = here.full(here.admin)
    found = {
        "child": (
            f"a child of {here.user}'s explorer.exe",
            shell.start(tool),
            ONE_TOKEN,
            "A child gets a copy of its parent's token.",
        ),
        "service": (
            f"a child of the service, while its thread impersonates {here.user}",
            impersonating,
            IMPERSONATION_IS_INHERITED,
            "CreateProcess looks at the process's token, which is SYSTEM's.",
        ),
        "task": (
            f"a scheduled task that was stored with {here.admin}'s name and password",
            here.desk.run_task(tool, admin, here.passwords[here.admin]),
            TREE_TELLS,
            "The Task Scheduler, a service under SYSTEM, logs the stored account on and starts it with that token.",
        ),
        "wmi": (
            f"a process that {here.user} has WMI create",
            here.desk.create_by_wmi(shell.token, tool),
            TREE_TELLS,
            "WMI's provider host is its parent, and gives it the client's token.",
        ),
        "runas": (
            f"{here.user} types runas with {here.admin}'s name and password",
            shell.start_with_logon(admin, here.passwords[here.admin], tool),
            TREE_TELLS,
            "The Secondary Logon service makes a new logon and gives its token to the child.",
        ),
    }
    people = (here.full(here.user), admin, r"NT AUTHORITY\SYSTEM")
    choices = []
    for name, (prompt, process, belief, says) in found.items():
        right = user_of(process)
        wrong = instead(people, right, belief)
        choices.append(Choice(name, prompt, people, right, f"{right}. {says}", wrong))
    return choose(
        f"At `{here.desk.name}`, where `{here.user}` has logged on and a service under SYSTEM runs, `{tool}` is started five times. As whom does it run?",
        choices,
        hints=(
            "The rule: a copy of the parent's primary token.",
            "Four kinds of starters break the rule. Which of them are here?",
        ),
        difficulty={"children": len(found)},
        given={"user": people[0], "admin": people[1]},
    )


@exercise("07.2", "Whose copy?", Kind.PREDICT, minutes=4, points=5, aims=(2,), rows=(27,))
def whose_copy(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    child = shell.start("notepad.exe")
    state = stream.pick([one.privilege for one in shell.token.context.privileges if not one.enabled])
    grandchild = child.start("cmd.exe")
    child.token.adjust_privileges({state: 4})
    later, cousin = child.start("cmd.exe"), shell.start("mspaint.exe")
    last = later.start("calc.exe")
    asked = {
        "parent": (
            "explorer.exe, its parent",
            shell,
            ONE_TOKEN,
            "The child has a copy: its parent's token is another object.",
        ),
        "grandchild": (
            "cmd.exe, started by notepad.exe *before* the change",
            grandchild,
            ONE_TOKEN,
            "It was copied before.",
        ),
        "later": (
            "cmd.exe, started by notepad.exe *after* the change",
            later,
            ONE_TOKEN,
            "A copy of what is left; removed is removed for good.",
        ),
        "last": (
            "calc.exe, started by that cmd.exe",
            last,
            ONE_TOKEN,
            "A copy of a copy: nothing comes back on the way.",
        ),
        "cousin": (
            "mspaint.exe, started by explorer.exe after the change",
            cousin,
            ONE_TOKEN,
            "A copy of explorer.exe's token, which nobody changed.",
        ),
    }
    options = ("has it", "lost it")
    choices = []
    for name, (prompt, process, belief, says) in asked.items():
        held = any(one.privilege == state for one in process.token.context.privileges)
        right = options[0] if held else options[1]
        choices.append(
            Choice(
                name,
                prompt,
                options,
                right,
                f"{right}. {says}",
                {"lost it": belief} if right == "has it" else {},
            )
        )
    return choose(
        f"`notepad.exe`, a child of {here.user}'s `explorer.exe` on `{here.desk.name}`, removes `{state}` from its token. Who has it still?",
        choices,
        hints=("How many token objects are there?", "A copy is as the original was at that moment."),
        difficulty={"processes": len(asked), "kept": sum(choice.right == options[0] for choice in choices)},
    )


@exercise("07.3", "From logon to child", Kind.ORDER, minutes=4, points=4, aims=(1,), rows=(24, 25))
def logon_to_child(stream: Stream) -> Task:
    here = office(stream)
    tool = stream.pick(TOOLS)
    lines = [
        f"{here.user} types name and password at {here.desk.name}",
        "LSA makes a logon session",
        "LSA makes a token that points to the session",
        "CreateProcessAsUser starts explorer.exe with that token",
        f"explorer.exe calls CreateProcess for {tool}",
        f"{tool} has a copy of explorer.exe's token",
    ]
    return arrange(
        f"From {here.user}'s logon to a running `{tool}`: put the steps in order.",
        lines,
        [
            Before(0, 1, "there is no session before somebody has proved who they are"),
            Before(1, 2, "the token carries the session's number, so the session comes first"),
            Before(2, 3, "the shell is started with the token that LSA made", TREE_TELLS),
            Before(4, 5, "the copy is made when the child is", ONE_TOKEN),
        ],
        stream,
        hints=(
            "Which of session and token has the other's number in it?",
            "The shell is the first process of the user.",
        ),
        difficulty={},
    )


@exercise("07.4", "Error 1314", Kind.DIAGNOSE, minutes=6, points=5, aims=(3,), rows=(25,))
def error_1314(stream: Stream) -> Task:
    here = office(stream)
    tool = stream.pick(TOOLS)
    shell, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    other = here.desk.log_on(here.full(here.admin), here.passwords[here.admin])
    own = shell.token.restrict(delete=["SeShutdownPrivilege"])
    tries: dict[str, tuple[str, Callable[[], object], Misconception, str]] = {
        "as_user": (
            f"{here.user}'s program calls CreateProcessAsUser with {here.admin}'s token",
            lambda: shell.start_as_user(other, tool),
            TOKEN_IS_ENOUGH,
            "It takes SeAssignPrimaryTokenPrivilege, which people do not have.",
        ),
        "with_token": (
            f"{here.user}'s program calls CreateProcessWithTokenW with {here.admin}'s token",
            lambda: shell.start_with_token(other, tool),
            TOKEN_IS_ENOUGH,
            "It takes SeImpersonatePrivilege, which a plain user's program does not have.",
        ),
        "filtered": (
            f"{here.user}'s program calls CreateProcessAsUser with a token filtered from its own",
            lambda: shell.start_as_user(own, tool),
            TOKEN_IS_ENOUGH,
            "Less than one's own may always be given away: SeAssignPrimaryTokenPrivilege is not asked for.",
        ),
        "logon": (
            f"{here.user}'s program calls CreateProcessWithLogonW with {here.admin}'s name and password",
            lambda: shell.start_with_logon(here.full(here.admin), here.passwords[here.admin], tool),
            TOKEN_IS_ENOUGH,
            "The Secondary Logon service does it; knowing the password is what it takes.",
        ),
        "service": (
            f"a service under SYSTEM calls CreateProcessAsUser with {here.admin}'s token",
            lambda: service.start_as_user(other, tool),
            TOKEN_IS_ENOUGH,
            "SYSTEM holds SeAssignPrimaryTokenPrivilege: that is how a shell is started at a logon.",
        ),
    }
    options = ("works", "error 1314")
    choices = []
    for name, (prompt, act, belief, says) in tries.items():
        try:
            act()
            right = options[0]
        except Refusal as refused:
            assert int(refused.code) == 1314
            right = options[1]
        choices.append(
            Choice(
                name,
                prompt,
                options,
                right,
                f"{right}. {says}",
                {"works": belief} if right != "works" else {},
            )
        )
    return choose(
        f"`{here.user}` is a plain user at `{here.desk.name}`. A program has a handle to `{here.admin}`'s primary token, with every right. Which calls start "
        f"`{tool}`, and which end with ERROR_PRIVILEGE_NOT_HELD?",
        choices,
        hints=(
            "A handle to a token is one thing, the privilege to give it away another.",
            "Who starts the shell at every logon?",
        ),
        difficulty={"calls": len(tries), "work": sum(choice.right == options[0] for choice in choices)},
    )


@exercise("07.5", "Read the 4688s", Kind.READ, minutes=7, points=4, aims=(1, 3), rows=(22, 25))
def read_4688(stream: Stream) -> Task:
    here = office(stream)
    first, second, third = stream.picks(TOOLS, 3)
    shell = here.shell()
    admin, password = here.full(here.admin), here.passwords[here.admin]
    seen = len(here.desk.log)
    starts: list[Callable[[], Process]] = [
        lambda: shell.start(first),
        lambda: shell.start_with_logon(admin, password, second),
        lambda: here.desk.run_task(third, admin, password),
    ]
    for start in stream.shuffled(starts):
        start()
    events = [event for event in here.desk.log.since(seen) if event["EventID"] == 4688]
    keys = ("NewProcessName", "ParentProcessName", "SubjectUserName", "TargetUserName")
    blocks = []
    kept: dict[str, dict[str, str]] = {}
    for event in events:
        tool = str(event["NewProcessName"]).rpartition("\\")[2]
        if tool in (first, second, third):
            kept[tool] = {key: str(event[key]) for key in keys}
            blocks.append("\n".join(f"{key:18} {event[key]}" for key in keys))
    people = tuple(stream.shuffled((here.user, here.admin)))
    ways = ("CreateProcess", "runas", "a scheduled task")
    says_user = (
        "TargetUserName names the new token's user where it is not the subject's; `-` says that it is."
    )
    choices = [
        Choice(
            f"{number}_user",
            f"as whom does `{tool}` run",
            people,
            person,
            says_user,
            {next(p for p in people if p != person): TREE_TELLS},
        )
        for number, tool, person in (("first", first, here.user), ("second", second, here.admin))
    ]
    choices += [
        Choice(
            "second_way",
            f"how was `{second}` started",
            ways,
            ways[1],
            "Its parent is the caller, its subject the machine, its target somebody else: the Secondary Logon service started it.",
            {ways[0]: TREE_TELLS, ways[2]: TREE_TELLS},
        ),
        Choice(
            "third_way",
            f"how was `{third}` started",
            ways,
            ways[2],
            "Its parent is svchost.exe and its subject the machine: a service started it.",
            {ways[0]: TREE_TELLS, ways[1]: TREE_TELLS},
        ),
    ]
    return choose(
        f"Three events 4688 of `{here.desk.name}`; `{here.user}` sits there.\n\n```\n"
        + "\n\n".join(blocks)
        + "\n```",
        choices,
        hints=(
            "Subject is who asked for the process, Target whose token it got.",
            "A parent svchost.exe speaks for a service.",
        ),
        difficulty={"events": len(blocks)},
        given={"events": kept, "user": here.user, "admin": here.admin},
    )


@exercise(
    "07.6", "Whose token, by rule", Kind.IMPLEMENT, minutes=12, points=6, aims=(1, 2, 3), rows=(25, 26, 27)
)
def by_rule(stream: Stream) -> Task:
    groups = {
        "copies": (2, "A child has its parent's user.", None),
        "tokens": (
            2,
            "A start with a token gives the child that token's user, whoever the parent is.",
            TREE_TELLS,
        ),
        "impersonation": (
            2,
            "A parent that impersonates gives the child its own user all the same.",
            IMPERSONATION_IS_INHERITED,
        ),
    }
    cases = [case for group in groups for case in (_starts(stream, group) for _ in range(5))]
    question = (
        "Write a function `whose(starts)` that gives the user of each new process, as a list in the order of the starts.\n\n"
        "* `starts`: lines `[pid, parent, call, user]`, the oldest first. Process 4 is there from the beginning and runs as `'SYSTEM'`.\n"
        "* `call` is `'CreateProcess'`, and `user` whom the starting thread impersonates, or `''`;\n"
        "* or `call` is `'CreateProcessAsUser'`, and `user` is the user of the token that was given."
    )
    return implement(
        question,
        cases,
        groups,
        hints=(
            "Keep a dict from pid to user, with 4 in it from the start.",
            "In one of the two calls `user` decides nothing.",
        ),
        difficulty={},
    )


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


@exercise(
    "07.7",
    "Who made the call?",
    Kind.DIAGNOSE,
    minutes=8,
    points=6,
    aims=(1, 3),
    rows=(54, 55),
    cases=("winsiderss/systeminformer#354", "winsiderss/systeminformer#511"),
)
def who_called(stream: Stream) -> Task:
    here = office(stream)
    app, elevated, claimed = stream.picks(TOOLS, 3)
    records = _three_starts(here, stream, app, elevated, claimed)
    ways = ("activation by COM", "UAC, after a question", "CreateProcess, with a claimed parent")
    found = {
        app: (
            ways[0],
            "Its parent is svchost.exe, the target a user, the level Low: COM's launcher started an app.",
        ),
        elevated: (
            ways[1],
            "Subject is the machine and the parent is the user's shell: a service made the call and named who asked.",
        ),
        claimed: (
            ways[2],
            "Its parent runs as SYSTEM, its subject is a person: that person's program named another parent.",
        ),
    }
    choices = [
        Choice(
            name,
            f"how was `{tool}` started",
            ways,
            found[tool][0],
            found[tool][1],
            instead(ways, found[tool][0], PARENT_CALLED),
        )
        for name, tool in (("first", app), ("second", elevated), ("third", claimed))
    ]
    people = (here.user, here.admin, "SYSTEM")
    choices += [
        Choice(
            "runs_as",
            f"as whom does `{claimed}` run",
            people,
            people[2],
            "The target's logon id is 0x3e7. A child gets its parent's token, and the parent is the one that was claimed.",
            instead(people, people[2], TREE_TELLS),
        ),
        Choice(
            "caller",
            f"whose program made the call for `{claimed}`",
            people,
            people[1],
            "The subject is the account that made the call; number and name of the parent are the claimed ones.",
            instead(people, people[1], PARENT_CALLED),
        ),
    ]
    asked = ("explorer.exe", "svchost.exe", "the record does not say")
    choices.append(
        Choice(
            "asked",
            f"which program asked for `{app}`",
            asked,
            asked[2],
            "The launcher is the parent; a record of the program that asked COM does not exist.",
            instead(asked, asked[2], PARENT_CALLED),
        )
    )
    return choose(
        f"Three events 4688 of `{here.desk.name}`, where the plain user {here.user} and the administrator {here.admin} have logged on.\n\n```\n"
        + "\n\n".join("\n".join(f"{key:18} {value}" for key, value in record.items()) for record in records)
        + "\n```",
        choices,
        hints=(
            "Compare the subject with the parent: may that parent run under that account?",
            "0x3e7 is SYSTEM's logon. The machine's name with $ is how SYSTEM is written.",
            "Only who has CREATE_PROCESS on a process may claim it as a parent.",
        ),
        difficulty={"events": len(records)},
        given={"user": here.user, "admin": here.admin},
    )


def _three_starts(
    here: Office, stream: Stream, app: str, elevated: str, claimed: str
) -> list[dict[str, str]]:
    """An app, a program elevated by UAC and a child of a claimed parent, in any order; what 4688 says of each."""
    shell, hers = here.shell(), here.shell(here.admin)
    console = hers.elevate("cmd.exe")
    console.token.adjust_privileges({"SeDebugPrivilege": 2})
    parent = console.open(here.desk.process("winlogon.exe"), ProcessRights.CREATE_PROCESS)
    starts: list[Callable[[], Process]] = [
        lambda: here.desk.activate(shell.token, app, "Example.Tools_8wekyb3d8bbwe"),
        lambda: hers.elevate(elevated),
        lambda: console.start(claimed, parent=parent),
    ]
    seen = len(here.desk.log)
    for start in stream.shuffled(starts):
        start()
    keys = (
        "NewProcessName",
        "ParentProcessName",
        "SubjectUserName",
        "SubjectLogonId",
        "TargetUserName",
        "TargetLogonId",
        "MandatoryLabel",
    )
    tools = (app, elevated, claimed)
    return [
        {key: str(event[key]) for key in keys}
        for event in here.desk.log.since(seen)
        if event["EventID"] == 4688 and str(event["NewProcessName"]).endswith(tools)
    ]
