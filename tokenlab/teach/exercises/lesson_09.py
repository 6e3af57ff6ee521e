"""Exercises of lesson 09: why an administrator is not an administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tokenlab.system import LogonType
from tokenlab.system.release import WINDOWS_11_24H2
from tokenlab.system.uac import STANDARD_PRIVILEGES, is_powerful_group
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Case, Choice, Kind, Task, choose, exercise, implement, instead
from tokenlab.teach.exercises.scenes import PASSWORDS, attempt, office
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS

ONLY_FULL = Misconception(
    "only-full-means-powerful",
    "Only Full means powerful.",
    "A token of type Default may be as powerful as there is: nobody split it.",
    "lesson 09, three questions",
)
BOTH_SAY_THE_SAME = Misconception(
    "both-halves-say-the-same",
    "Both halves say the same of everything but privileges.",
    "Their sessions differ, and with them mapped drives; the groups that matter are for deny only in one.",
    "gerardog/gsudo#265",
)
ABOUT_THE_LOGON = Misconception(
    "a-refusal-after-the-logon",
    "A refusal after the logon is about the logon.",
    "The logon succeeded; the token it gave is the limited one.",
    "jborean93/pypsexec#32",
)
MEMBER_MEANS_MAY = Misconception(
    "member-means-may",
    "Who is in Administrators may what Administrators may.",
    "In the limited token the group only denies: it counts in deny lines, and grants nothing.",
    "microsoft/terminal#12058",
)
CONSENT_CHANGES_USER = Misconception(
    "a-prompt-elevates-the-user",
    "Whatever is typed at the prompt elevates the one who sits there.",
    "Consent gives the other half of the same user; another's name and password give that other user.",
    "lesson 09",
)
SAME_PERSON = Misconception(
    "elevated-is-the-same-person",
    "An elevated program is the same person with more rights.",
    "So it is under UAC. Under Administrator protection it is another account, in a logon of its own.",
    "microsoft/winget-cli#6497",
)
HOSTS = r"C:\Windows\System32\drivers\etc\hosts"


@exercise("09.1", "One password", Kind.PREDICT, minutes=5, points=6, aims=(1,), rows=(14, 50))
def one_password(stream: Stream) -> Task:
    here = office(stream)
    before = len(here.desk.sessions)
    token = here.desk.log_on(here.full(here.admin), here.passwords[here.admin])
    full = token.linked_token(here.desk.system_token.context)
    assert full is not None
    numbers = ("one", "two", "three")
    sessions = numbers[len(here.desk.sessions) - before - 1]
    same = ("the same", "another")
    group = next(one for one in token.context.groups if one.sid == ADMINISTRATORS)
    states = ("enabled", "for deny only", "not there")
    state = states[1] if group.deny_only else states[0]
    levels = ("Low", "Medium", "High")
    shell_level = {0x2000: "Medium", 0x3000: "High"}[token.context.integrity.level]
    dropped = stream.pick(
        [one.privilege for one in full.context.privileges if one.privilege not in STANDARD_PRIVILEGES]
    )
    kept = stream.pick(sorted(STANDARD_PRIVILEGES))
    ids = same[int(full.authentication_id != token.authentication_id)]
    halves = ("the limited half", "the full half", "both")
    asked = [
        Choice(
            "sessions",
            "how many new logon sessions",
            numbers,
            sessions,
            "LSA makes two, linked with each other.",
            instead(numbers, sessions, BOTH_SAY_THE_SAME),
        ),
        Choice(
            "group",
            "Administrators, in the token of the shell",
            states,
            state,
            "The filter leaves the group there, for deny only.",
            {states[0]: MEMBER_MEANS_MAY, states[2]: BOTH_SAY_THE_SAME},
        ),
        Choice(
            "level",
            "the integrity of the shell",
            levels,
            shell_level,
            "The limited half runs at Medium, the full one at High.",
            instead(levels, shell_level, MEMBER_MEANS_MAY),
        ),
        Choice(
            "dropped",
            f"who has {dropped}",
            halves,
            halves[1],
            "It is not one of the five privileges that every user keeps.",
            instead(halves, halves[1], BOTH_SAY_THE_SAME),
        ),
        Choice(
            "kept",
            f"who has {kept}",
            halves,
            halves[2],
            "It is one of the five that every user has.",
            instead(halves, halves[2], BOTH_SAY_THE_SAME),
        ),
        Choice(
            "logon_id",
            "the logon id of the full half is",
            same,
            ids,
            "Each half points to a session of its own, with a logon id of its own.",
            instead(same, ids, BOTH_SAY_THE_SAME),
        ),
    ]
    return choose(
        f"`{here.full(here.admin)}`, a domain administrator, logs on at `{here.desk.name}`, once, with a password. UAC is on, with its defaults.",
        asked,
        hints=(
            "What must exist so that a prompt can give you more without asking for a password?",
            "The filter removes privileges, and weakens groups.",
        ),
        difficulty={"questions": len(asked)},
        given={"dropped": str(dropped)},
    )


@exercise(
    "09.2",
    "Denied on the hosts file",
    Kind.DIAGNOSE,
    minutes=5,
    points=5,
    aims=(2,),
    rows=(14, 50),
    cases=("microsoft/terminal#12058",),
)
def hosts_file(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell(here.admin)
    editor = stream.pick(("notepad.exe", "wordpad.exe", "edit.exe"))
    plain, elevated = shell.start(editor), shell.elevate("cmd.exe")
    programs = {
        "started": (
            f"{editor}, started from the desktop",
            plain,
            MEMBER_MEANS_MAY,
            "Its token is a copy of the limited half: Administrators only denies in it.",
        ),
        "elevated": (
            "cmd.exe, *run as administrator*, consent given",
            elevated,
            ONLY_FULL,
            "It has the full half: Administrators is enabled.",
        ),
        "child": (
            f"{editor}, started from that cmd.exe",
            elevated.start(editor),
            ONLY_FULL,
            "A child gets a copy of its parent's token.",
        ),
    }
    options = ("granted", "refused")
    choices = []
    for name, (prompt, process, belief, says) in programs.items():
        right = attempt(partial(process.open, HOSTS, FileRights.WRITE_DATA))
        choices.append(
            Choice(name, prompt, options, right, f"{right}. {says}", instead(options, right, belief))
        )
    causes = (
        "the file is in use",
        "the account is not in Administrators",
        "the group only denies in this token",
        "the integrity of the file",
    )
    choices.append(
        Choice(
            "cause",
            "why the refusals",
            causes,
            causes[2],
            "The file has no label, and Medium is enough; the DACL lets Administrators write, and in this token nobody is one.",
            {causes[1]: MEMBER_MEANS_MAY},
        )
    )
    cures = ("log on again", "give Users the right to write", "start the editor elevated")
    choices.append(
        Choice(
            "cure",
            "the smallest cure",
            cures,
            cures[2],
            "It changes one process; the DACL would change for everybody.",
            {cures[0]: ABOUT_THE_LOGON, cures[1]: MEMBER_MEANS_MAY},
        )
    )
    return choose(
        f"*My account is in Administrators, and I cannot save the hosts file.* `{here.full(here.admin)}` sits at `{here.desk.name}` and opens `{HOSTS}` for writing, from three programs.",
        choices,
        hints=(
            "Which half's token does each program carry a copy of?",
            "What may a group do that is for deny only?",
        ),
        difficulty={"programs": len(programs)},
    )


@exercise(
    "09.3",
    "The drive that was there",
    Kind.DIAGNOSE,
    minutes=5,
    points=5,
    aims=(2,),
    rows=(50,),
    cases=("gerardog/gsudo#265",),
)
def the_drive(stream: Stream) -> Task:
    here = office(stream)
    letter = stream.pick(("N:", "P:", "S:", "T:", "X:"))
    shell = here.shell(here.admin)
    share = rf"\\{here.first.name}\data"
    shell.map_drive(letter, share)
    child, elevated = shell.start("cmd.exe"), shell.elevate("cmd.exe")
    seen = ("it is there", "no such drive")
    programs = {
        "explorer": ("explorer.exe", shell, "It was mapped in this session."),
        "child": ("cmd.exe, started from it", child, "A child's token points to the same session."),
        "elevated": (
            "cmd.exe, run as administrator",
            elevated,
            "The full half points to the *other* session.",
        ),
        "grandchild": (
            "a program started from the elevated cmd.exe",
            elevated.start("report.exe"),
            "It has a copy of the full half's token.",
        ),
    }
    choices = []
    for name, (prompt, process, says) in programs.items():
        right = seen[0] if letter in process.drives else seen[1]
        choices.append(
            Choice(name, prompt, seen, right, f"{right}. {says}", instead(seen, right, BOTH_SAY_THE_SAME))
        )
    cures = (
        "map it in the elevated program, too",
        "give the user more rights on the share",
        "log off and on",
    )
    choices.append(
        Choice(
            "cure",
            "what helps the elevated program",
            cures,
            cures[0],
            "Drives belong to a logon session, so each session needs its own (or the path itself).",
            {cures[1]: ABOUT_THE_LOGON, cures[2]: BOTH_SAY_THE_SAME},
        )
    )
    return choose(
        f"`{here.full(here.admin)}`, an administrator under UAC at `{here.desk.name}`, maps `{letter}` to `{share}` in Explorer. Who has the drive?",
        choices,
        hints=(
            "To what do mapped drives belong: to a user, a token or a logon session?",
            "Compare the logon ids of the two halves.",
        ),
        difficulty={"programs": len(programs)},
    )


@exercise(
    "09.4",
    "Administrator here, refused from there",
    Kind.PREDICT,
    minutes=6,
    points=5,
    aims=(2,),
    rows=(50,),
    cases=("jborean93/pypsexec#32",),
)
def from_there(stream: Stream) -> Task:
    here = office(stream)
    name, password = stream.pick(("helpdesk", "builder", "operator", "installer")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password, "Administrators")
    local, domain_admin = rf".\{name}", here.full(here.admin)

    def over_the_wire(account: str, secret: str) -> str:
        token = here.desk.log_on(account, secret, LogonType.NETWORK)
        group = next((one for one in token.context.groups if one.sid == ADMINISTRATORS), None)
        return "all rights" if group is not None and group.enabled else "no more than a user"

    options = ("all rights", "no more than a user")
    found = {
        "local": (
            f"`{local}`, by name and password",
            over_the_wire(local, password),
            ABOUT_THE_LOGON,
            "A local administrator gets the limited token over the network.",
        ),
        "domain": (
            f"`{domain_admin}`, a domain administrator",
            over_the_wire(domain_admin, here.passwords[here.admin]),
            MEMBER_MEANS_MAY,
            "Domain accounts are not filtered over the network.",
        ),
    }
    here.desk.policy.local_account_token_filter_policy = True
    found["policy"] = (
        f"`{local}` again, after LocalAccountTokenFilterPolicy was set to 1",
        over_the_wire(local, password),
        ABOUT_THE_LOGON,
        "The setting switches the filter off for local accounts.",
    )
    choices = [
        Choice(key, prompt, options, right, f"{right}. {says}", instead(options, right, belief))
        for key, (prompt, right, belief, says) in found.items()
    ]
    causes = ("the password is wrong", "the token is the limited one", "the account is not an administrator")
    choices.append(
        Choice(
            "cause",
            f"`{local}`: the logon succeeds, creating a service is refused with error 5, for",
            causes,
            causes[1],
            "4624 says that the logon succeeded; what it gave is the limited half alone.",
            {causes[0]: ABOUT_THE_LOGON, causes[2]: MEMBER_MEANS_MAY},
        )
    )
    prices = (
        "nothing",
        "whoever learns the local password has all rights from afar",
        "the user's shell is elevated",
    )
    choices.append(
        Choice(
            "price",
            "the price of that setting",
            prices,
            prices[1],
            "One local password on many machines would be enough to go from one to the next.",
            {prices[0]: ABOUT_THE_LOGON, prices[2]: CONSENT_CHANGES_USER},
        )
    )
    return choose(
        f"A tool connects to `{here.desk.name}` from another machine and wants to create a service there, which Administrators may. UAC has its defaults; `{name}` is a local account of "
        f"`{here.desk.name}`, in Administrators, and not the built-in one. What does the token there allow?",
        choices,
        hints=(
            "Nobody can consent over the network. What does Windows do instead, and for whom?",
            "Is the account kept by the machine, or by the domain?",
        ),
        difficulty={"accounts": len(found)},
    )


@exercise("09.5", "Read what was elevated", Kind.READ, minutes=6, points=4, aims=(1, 3), rows=(14,))
def read_elevation(stream: Stream) -> Task:
    here = office(stream)
    helper, password = stream.pick(("helpdesk", "support", "rescue")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(helper, password, "Administrators")
    admin, user = here.shell(here.admin), here.shell()
    tools = stream.picks(("backup.exe", "report.exe", "sync.exe", "index.exe", "setup.exe"), 4)
    starts: list[tuple[str, Callable[[], object]]] = [
        ("not elevated, an administrator's", lambda: admin.start(tools[0])),
        ("elevated by consent", lambda: admin.elevate(tools[1])),
        (
            "elevated with another's password",
            lambda: user.elevate(tools[2], name=rf".\{helper}", password=password),
        ),
        ("a plain user's", lambda: user.start(tools[3])),
    ]
    seen = len(here.desk.log)
    for _, start in stream.shuffled(starts):
        start()
    keys = ("NewProcessName", "SubjectUserName", "TargetUserName", "TokenElevationType", "MandatoryLabel")
    events = {
        str(event["NewProcessName"]).rpartition("\\")[2]: event
        for event in here.desk.log.since(seen)
        if event["EventID"] == 4688
    }
    blocks = [
        "\n".join(f"{key:19}{event[key]}" for key in keys) for tool, event in events.items() if tool in tools
    ]
    kinds = tuple(kind for kind, _ in starts)
    says = (
        "%%1938 (Limited) and Medium: the half that UAC leaves.",
        "%%1937 (Full) and High: the other half of the same user.",
        "%%1937 (Full) and High, and the target is somebody else.",
        "%%1936 (Default) and Medium: nothing was split.",
    )
    choices = [
        Choice(
            f"tool_{number}",
            f"`{tool}` is",
            kinds,
            kind,
            text,
            {one: CONSENT_CHANGES_USER if "elevated" in one else ONLY_FULL for one in kinds if one != kind},
        )
        for number, (tool, kind, text) in enumerate(sorted(zip(tools, kinds, says, strict=True)), 1)
    ]
    return choose(
        f"Four events 4688 of `{here.desk.name}`. `{here.admin}` is an administrator, `{here.user}` is a plain user, `{helper}` a local administrator.\n\n```\n"
        + "\n\n".join(blocks)
        + "\n```",
        choices,
        hints=(
            "%%1936 is Default, %%1937 Full, %%1938 Limited.",
            "S-1-16-12288 is High, S-1-16-8192 Medium.",
            "Is the target the one who sits there?",
        ),
        difficulty={"events": len(blocks)},
        given={
            "events": {tool: {key: str(events[tool][key]) for key in keys} for tool in sorted(tools)},
            "helper": helper,
        },
    )


@exercise("09.6", "Be the filter", Kind.IMPLEMENT, minutes=15, points=6, aims=(1, 3), rows=(14, 50))
def be_the_filter(stream: Stream) -> Task:
    groups = {
        "plain users": (
            1,
            "Without a powerful group and a powerful privilege nothing is split: everything is kept.",
            ONLY_FULL,
        ),
        "groups": (
            2,
            "A powerful group stays, for deny only; the others stay as they are.",
            MEMBER_MEANS_MAY,
        ),
        "privileges": (
            2,
            "Who is split keeps the five privileges of every user, and no others.",
            BOTH_SAY_THE_SAME,
        ),
        "integrity": (1, "What is split runs at Medium (8192).", BOTH_SAY_THE_SAME),
    }
    domain = stream.domain()
    powerful = ["S-1-5-32-544", "S-1-5-32-551", f"{domain.sid}-512", f"{domain.sid}-519"]
    harmless = ["S-1-1-0", "S-1-5-32-545", "S-1-5-11", f"{domain.sid}-513", f"{domain.sid}-1177"]
    assert all(is_powerful_group(Sid(one)) for one in powerful) and not any(
        is_powerful_group(Sid(one)) for one in harmless
    )
    strong = ["SeDebugPrivilege", "SeBackupPrivilege", "SeLoadDriverPrivilege", "SeSecurityPrivilege"]
    cases = []
    for group in groups:
        for _ in range(4):
            mine = [
                *stream.picks(harmless, 3),
                *(stream.picks(powerful, 2) if group != "plain users" else []),
            ]
            held = [
                *stream.picks(sorted(STANDARD_PRIVILEGES), 3),
                *(stream.picks(strong, 2) if group == "privileges" else []),
            ]
            mine, held = stream.shuffled(mine), stream.shuffled(held)
            level = 12288 if group == "integrity" else 8192
            split = [one for one in mine if one in powerful]
            kept = [one for one in held if not split or one in STANDARD_PRIVILEGES]
            left: Plain = {"deny_only": list(split), "privileges": list(kept), "integrity": 8192}
            cases.append(Case((list(mine), list(held), level, list(powerful)), left, group))
    question = (
        "Write a function `limited(groups, privileges, integrity, powerful)` that gives what UAC leaves of a logon, as a dict with `deny_only`, `privileges` and `integrity`.\n\n"
        "* `groups`, `privileges`: SIDs and names, all enabled; `powerful`: the SIDs of groups that UAC takes\n"
        "* `integrity`: the level before, 12288 (High) or 8192 (Medium)\n"
        "* `deny_only` and `privileges` are lists, in the order in which they came\n\n"
        "The five privileges of every user: "
        + ", ".join(f"`{one}`" for one in sorted(STANDARD_PRIVILEGES))
        + "."
    )
    return implement(
        question,
        cases,
        groups,
        hints=("First ask whether there is anything to split.", "A group is never taken out: it is marked."),
        difficulty={},
    )


@exercise(
    "09.7",
    "The other answer",
    Kind.PREDICT,
    minutes=6,
    points=6,
    aims=(2, 3),
    rows=(50,),
    cases=("microsoft/winget-cli#6497",),
)
def the_other_answer(stream: Stream) -> Task:
    here = office(stream, client=WINDOWS_11_24H2)
    here.desk.policy.administrator_protection = True
    before = len(here.desk.sessions)
    shell = here.shell(here.admin)
    numbers = ("one", "two", "three")
    sessions = numbers[len(here.desk.sessions) - before - 1]
    letter, tool = (
        stream.pick(("N:", "P:", "S:", "T:", "X:")),
        stream.pick(("mmc.exe", "cmd.exe", "setup.exe")),
    )
    shell.map_drive(letter, rf"\\{here.first.name}\data")
    seen = len(here.desk.log)
    elevated = shell.elevate(tool)
    (start,) = (
        event for event in here.desk.log.since(seen) if str(event.get("NewProcessName")).endswith(tool)
    )
    session = elevated.token.session
    assert session is not None
    who = (f"{here.admin}, with the full half", "another account", "SYSTEM")
    works_as = who[0] if session.user_name == here.admin else who[1]
    drive = ("it is there", "no such drive")
    profile = attempt(
        partial(shell.create, rf"C:\Users\{session.user_name}\start.cmd", FileRights.WRITE_DATA)
    )
    again = ("in the session of the first", "in a session of its own")
    second = shell.elevate(tool).token.session
    types = ("%%1936", "%%1937", "%%1938")
    asked = [
        Choice(
            "sessions",
            "how many new sessions at the logon",
            numbers,
            sessions,
            "The token is filtered, and no second one is made: there is nothing to link.",
            instead(numbers, sessions, SAME_PERSON),
        ),
        Choice(
            "who",
            f"{tool}, run as administrator, works as",
            who,
            works_as,
            f"{session.user_name}: a hidden local account that Windows manages for this administrator.",
            instead(who, works_as, SAME_PERSON),
        ),
        Choice(
            "drive",
            f"{letter}, mapped in Explorer, seen from {tool}",
            drive,
            drive[0] if letter in elevated.drives else drive[1],
            "Drives belong to a logon session, and this is a session of another account.",
            {drive[0]: SAME_PERSON},
        ),
        Choice(
            "profile",
            f"a program of the desktop puts a file into the profile that {tool} uses",
            ("granted", "refused"),
            profile,
            f"{profile}: it is the profile of the other account, and in the desktop's token Administrators only denies.",
            {"granted": SAME_PERSON},
        ),
        Choice(
            "again",
            "a second program, elevated later, runs",
            again,
            again[int(second is not session)],
            "Each elevation is a logon; it ends with its program.",
            {again[0]: SAME_PERSON},
        ),
        Choice(
            "type",
            f"TokenElevationType in the 4688 of {tool}",
            types,
            str(start["TokenElevationType"]),
            "%%1936, Default: nothing was split, so nothing is the full half of anything.",
            {types[1]: ONLY_FULL, types[2]: ONLY_FULL},
        ),
    ]
    return choose(
        f"`{here.full(here.admin)}`, a domain administrator, works at `{here.desk.name}`, which runs Windows 11 24H2. **Administrator protection is on.** The answer at every prompt is yes.",
        asked,
        hints=(
            "Under UAC two halves are linked. What is there to link here?",
            "Whose profile, whose drives, whose logon id: ask each of them of an account, not of a person.",
        ),
        difficulty={"questions": len(asked)},
        given={"tool": tool},
    )
