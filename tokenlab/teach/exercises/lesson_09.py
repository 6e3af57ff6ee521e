"""Worlds of lesson 09: why an administrator is not an administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tokenlab.system import LogonType, Process, Token
from tokenlab.system.release import WINDOWS_11_24H2
from tokenlab.system.uac import STANDARD_PRIVILEGES, is_powerful_group
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, Office, Players, attempt, dealt, office, players
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS

HOSTS = r"C:\Windows\System32\drivers\etc\hosts"
LETTERS = ("N:", "P:", "S:", "T:", "X:")
SECRET = "Per aspera"  # of the desk's own accounts


def helper_of(here: Office, stream: Stream) -> str:
    """A local administrator of the desk."""
    name = stream.pick(("helpdesk", "support", "rescue", "installer"))
    here.desk.sam.add_user(name, SECRET, "Administrators")
    return name


def built_in(here: Office) -> str:
    """The desk's own Administrator, RID 500, switched on."""
    account = here.desk.sam.find("Administrator")
    assert account is not None
    account.enabled, account.password = True, SECRET
    return account.name


def desktop(here: Office, name: str) -> Process:
    """A local account of the desk logs on there."""
    return here.desk.start("explorer.exe", here.desk.log_on(rf".\{name}", SECRET))


def administrators_in(token: Token) -> str:
    group = next((one for one in token.context.groups if one.sid == ADMINISTRATORS), None)
    if group is None:
        return "not there"
    return "for deny only" if group.deny_only else "enabled"


# 09.1 -----------------------------------------------------------------------------------------------------
SPLIT = (
    *("a domain administrator", "a domain user in the desk's group Administrators"),
    "a local administrator",
)
BACKUP = "a local account in Backup Operators"
PLAIN = ("a plain user of the domain", "a plain local account")
WHOLE = (
    "the built-in Administrator, RID 500",
    "a domain administrator, at a desk where EnableLUA is 0",
    "a local administrator, at a desk where EnableLUA is 0",
)
NOTHING, LEFT = "it has no group and no privilege that UAC takes", "UAC leaves this account as it is"
FILTERED, MARKED = "the logon is split", "the filter takes no group out: it marks what is powerful"
CLAIMS = (
    (
        "one session is made, because there is nothing to filter",
        ("sessions", 1, "group", "not there"),
        NOTHING,
    ),
    ("one session is made, although the account is powerful", ("sessions", 1, "group", "enabled"), LEFT),
    ("the shell's token has Administrators, for deny only", ("group", "for deny only"), MARKED),
    ("the shell's token has Administrators, enabled", ("group", "enabled"), LEFT),
    ("the shell's token is High, its elevation type Default", ("shell", "High, Default"), LEFT),
    ("the shell's token is Medium, its elevation type Default", ("shell", "Medium, Default"), NOTHING),
    ("one event 4624 is written, with ElevatedToken No", ("logged", ("No",)), NOTHING),
    ("one event 4624 is written, with ElevatedToken Yes", ("logged", ("Yes",)), LEFT),
    (
        "two sessions are made, and Administrators is in neither token",
        ("sessions", 2, "group", "not there"),
        "Backup Operators is a powerful group too: the logon is split, and Administrators was never in it",
    ),
    (
        "two sessions are made, and one token has Administrators enabled",
        ("sessions", 2, "group", "for deny only"),
        FILTERED,
    ),
)


def one_password(stream: Stream) -> Names:
    """Four kinds of accounts log on, and things that are true of one of them."""
    cast = players(stream)
    accounts = stream.shuffled([stream.pick(SPLIT), BACKUP, stream.pick(PLAIN), stream.pick(WHOLE)])
    made = {account: _logon_of(cast, account) for account in accounts}
    cases = []
    for claim, facts, why in CLAIMS:
        wanted = dict(zip(facts[::2], facts[1::2], strict=True))
        (right,) = (account for account, found in made.items() if wanted.items() <= found.items())
        split = next(account for account in accounts if account in SPLIT)
        beliefs = {split: "member-means-may"} if why == LEFT else {}
        beliefs |= {BACKUP: "only-administrators-are-split"} if why == NOTHING else {}
        cases.append({"claim": claim, "right": right, "why": why, "beliefs": beliefs})
    found = {
        "accounts": accounts,
    }
    return office(cast).names | found | dealt(stream, cases, 5, claims="claim")


def _logon_of(cast: Players, account: str) -> Names:
    """What an account's logon makes, in a world of its own."""
    here = office(cast)
    name, secret = _account_of_kind(here, account)
    here.desk.policy.enable_lua = "EnableLUA" not in account
    before, seen = len(here.desk.sessions), len(here.desk.log)
    token = here.desk.log_on(name, secret)
    level = "High" if token.context.integrity.level == 0x3000 else "Medium"
    logons = [event for event in here.desk.log.since(seen) if event["EventID"] == 4624]
    return {
        "sessions": len(here.desk.sessions) - before,
        "group": administrators_in(token),
        "shell": f"{level}, {token.elevation_type.name.capitalize()}",
        "logged": tuple({"%%1842": "Yes", "%%1843": "No"}[str(event["ElevatedToken"])] for event in logons),
    }


def _account_of_kind(here: Office, account: str) -> tuple[str, str]:
    """The name and password of such an account, which is made if it is a local one."""
    if "domain" in account:
        person = here.user if "user" in account else here.admin
        if "group Administrators" in account:
            member = here.network.domain.directory.find(person)
            assert member is not None
            here.desk.sam.add_members("Administrators", member.sid)
        return here.full(person), here.passwords[person]
    if "built-in" in account:
        return rf".\{built_in(here)}", SECRET
    groups = {"local administrator": "Administrators", "Backup": "Backup Operators"}
    mine = (group for words, group in groups.items() if words in account)
    here.desk.sam.add_user("operator", SECRET, *mine)
    return r".\operator", SECRET


def _holds(token: Token, privilege: str) -> bool:
    return any(str(one.privilege) == privilege for one in token.context.privileges)


# 09.2 to 09.4: three cases -------------------------------------------------------------------------------
def at_low(parent: Process) -> Process:
    """A program whose token was lowered to Low."""
    program = parent.start("viewer.exe")
    program.token.set_integrity("low")
    return program


def hosts_file(stream: Stream) -> Names:
    here = office(stream)
    helper, editor = helper_of(here, stream), stream.pick(("notepad.exe", "wordpad.exe", "edit.exe"))
    here.desk.sam.add_user("operator", SECRET, "Backup Operators")
    admin, user = here.shell(here.admin), here.shell()
    elevated = admin.elevate("cmd.exe")
    lent = user.elevate("cmd.exe", name=rf".\{helper}", password=SECRET)
    programs = {
        f"{editor}, started from the desktop of {here.admin}, a domain administrator": admin.start(editor),
        f"viewer.exe, started by the cmd.exe that {here.admin} ran as administrator, at Low": at_low(
            elevated
        ),
        f"{editor}, started from the desktop of {helper}, a local administrator": desktop(here, helper).start(
            editor
        ),
        f"cmd.exe, which {here.admin} ran as administrator": elevated,
        f"{editor}, started from the cmd.exe that {here.admin} ran as administrator": elevated.start(editor),
        f"cmd.exe, which {here.user} ran as administrator with {helper}'s name and password": lent,
        f"{editor}, started from the desktop of the built-in Administrator": desktop(
            here, built_in(here)
        ).start(editor),
        f"{editor}, started from the desktop of {here.user}, a plain user": user.start(editor),
        f"{editor}, started from the desktop of operator, in Backup Operators": desktop(
            here, "operator"
        ).start(editor),
    }
    cases = []
    for program, process in programs.items():
        opened = attempt(partial(process.open, HOSTS, FileRights.WRITE_DATA))
        right = (
            f"{opened}: Administrators is {administrators_in(process.token).replace('there', 'in its token')}"
        )
        if process.token.context.integrity.level < 0x2000:
            right = "refused: the label of the file is too high"
        cases.append({"program": program, "right": right})
    return here.names | {"hosts": HOSTS} | dealt(stream, cases, 6, each=2, programs="program")


def the_drive(stream: Stream) -> Names:
    """A drive is mapped in one half, and six programs look for it."""
    here = office(stream)
    letter, share, linked = stream.pick(LETTERS), rf"\\{here.first.name}\data", stream.chance()
    here.desk.policy.enable_linked_connections = linked
    helper = helper_of(here, stream)
    shell, user = here.shell(here.admin), here.shell()
    child, elevated = shell.start("cmd.exe"), shell.elevate("cmd.exe")
    lent = shell.elevate("mmc.exe", name=rf".\{helper}", password=SECRET)
    programs = {
        "explorer.exe": shell,
        "a cmd.exe that Explorer had started before": child,
        "the cmd.exe that was run as administrator": elevated,
        "report.exe, started from the cmd.exe that was run as administrator": elevated.start("report.exe"),
        f"mmc.exe, run as administrator with {helper}'s name and password": lent,
        f"explorer.exe of {here.user}, who is logged on at the desk too": user,
    }
    by = stream.pick(("explorer.exe", "the cmd.exe that was run as administrator"))
    programs[by].map_drive(letter, share)
    session, cases = programs[by].token.session, []
    for program, process in programs.items():
        there = "there" if letter in process.drives else "not there"
        if process.token.session is session:
            right = f"{there}: it is the same logon session"
        elif session is not None and process.token.session is session.linked:
            right = f"{there}: it is the linked session"
        elif process is lent:
            right = f"{there}: another person's password made its session"
        else:
            right = f"{there}: another person has logged on here, too"
        cases.append({"program": program, "right": right})
    names = {
        "letter": letter,
        "share": share,
        "by": by,
        "linked": int(linked),
    }
    return here.names | names | dealt(stream, cases, 5, programs="program")


def from_there(stream: Stream) -> Names:
    """Eight accounts come over the network: what does the token at the desk allow?"""
    here = office(stream)
    helper = helper_of(here, stream)
    here.desk.sam.add_user("builder", SECRET, "Administrators")
    here.desk.sam.add_user("scanner", SECRET)
    member = here.network.domain.directory.add_user("trainee", SECRET)
    here.desk.sam.add_members("Administrators", member.sid)
    desktop(here, "builder").elevate("cmd.exe")
    accounts = {
        f"{here.full(here.admin)}, a domain administrator": (
            here.full(here.admin),
            here.passwords[here.admin],
        ),
        f"{here.full('trainee')}, a domain user in the desk's group Administrators": (
            here.full("trainee"),
            SECRET,
        ),
        f"{here.full(here.user)}, a domain user": (here.full(here.user), here.passwords[here.user]),
        "scanner, a local account in Users": (r".\scanner", SECRET),
        f"{helper}, a local administrator": (rf".\{helper}", SECRET),
        "builder, a local administrator who has an elevated program open there": (r".\builder", SECRET),
        "Administrator, the built-in account of the desk": (rf".\{built_in(here)}", SECRET),
    }
    cases = [_arrived(here, words, *account) for words, account in accounts.items()]
    here.desk.policy.local_account_token_filter_policy = True
    words = f"{helper}, a local administrator, after LocalAccountTokenFilterPolicy was set to 1"
    cases.append(_arrived(here, words, rf".\{helper}", SECRET))
    return here.names | dealt(stream, cases, 5, accounts="account")


def _arrived(here: Office, words: str, name: str, secret: str) -> Names:
    token = here.desk.log_on(name, secret, LogonType.NETWORK)
    local = name.startswith(".")
    right = {
        "enabled": "all rights: a local account without a filter"
        if local
        else "all rights: a domain account",
        "for deny only": "no more than a user: a local account with a filter",
        "not there": "no more than a user: no administrator",
    }[administrators_in(token)]
    return {"account": words, "right": right}


# 09.5 -----------------------------------------------------------------------------------------------------
def read_elevation(stream: Stream) -> Names:
    here = office(stream)
    helper = helper_of(here, stream)
    admin, user = here.shell(here.admin), here.shell()
    tools = stream.picks(("backup.exe", "report.exe", "sync.exe", "index.exe", "setup.exe"), 4)
    kinds = {
        tools[0]: f"started by {here.admin}, not elevated",
        tools[1]: f"started by {here.admin}, elevated with a Yes",
        tools[2]: f"started by {here.user}, elevated with {helper}'s password",
        tools[3]: f"started by {here.user}, not elevated",
    }
    starts: list[Callable[[], object]] = [
        lambda: admin.start(tools[0]),
        lambda: admin.elevate(tools[1]),
        lambda: user.elevate(tools[2], name=rf".\{helper}", password=SECRET),
        lambda: user.start(tools[3]),
    ]
    seen = len(here.desk.log)
    for start in stream.shuffled(starts):
        start()
    keys = ("NewProcessName", "TargetUserName", "TokenElevationType", "MandatoryLabel")
    events = {
        str(event["NewProcessName"]).rpartition("\\")[2]: {key: str(event[key]) for key in keys}
        for event in here.desk.log.since(seen)
        if event["EventID"] == 4688
    }
    records = ("\n".join(f"{key:19}{text}" for key, text in events[tool].items()) for tool in sorted(tools))
    return here.names | {
        "helper": helper,
        "records": "\n\n".join(stream.shuffled(list(records))),
        "kinds": tuple(kinds.values()),
        "cases": [{"tool": tool, "kind": kinds[tool]} for tool in sorted(tools)],
        "events": {tool: events[tool] for tool in sorted(tools)},
    }


# 09.6 -----------------------------------------------------------------------------------------------------
def be_the_filter(stream: Stream) -> Names:
    domain = stream.domain()
    powerful = ["S-1-5-32-544", "S-1-5-32-551", f"{domain.sid}-512", f"{domain.sid}-519"]
    harmless = ["S-1-1-0", "S-1-5-32-545", "S-1-5-11", f"{domain.sid}-513", f"{domain.sid}-1177"]
    assert all(is_powerful_group(Sid(one)) for one in powerful)
    assert not any(is_powerful_group(Sid(one)) for one in harmless)
    return {
        "cases": [
            _filtered(stream, powerful, harmless, group)
            for group in ("plain users", "groups", "privileges", "integrity")
            for _ in range(4)
        ],
        "standard": ", ".join(f"`{one}`" for one in sorted(STANDARD_PRIVILEGES)),
    }


def _filtered(stream: Stream, powerful: list[str], harmless: list[str], group: str) -> FunctionCall:
    """A logon's groups and privileges, and what UAC leaves of them."""
    strong = ["SeDebugPrivilege", "SeBackupPrivilege", "SeLoadDriverPrivilege", "SeSecurityPrivilege"]
    mine = stream.picks(harmless, 3) + (stream.picks(powerful, 2) if group != "plain users" else [])
    held = stream.picks(sorted(STANDARD_PRIVILEGES), 3)
    held += stream.picks(strong, 2) if group == "privileges" else []
    mine, held = stream.shuffled(mine), stream.shuffled(held)
    split = [one for one in mine if one in powerful]
    kept = [one for one in held if not split or one in STANDARD_PRIVILEGES]
    left: Plain = {"deny_only": list(split), "privileges": list(kept), "integrity": 8192}
    level = 12288 if group == "integrity" else 8192
    return FunctionCall((list(mine), list(held), level, list(powerful)), left, group)


# 09.7 -----------------------------------------------------------------------------------------------------
UAC, PROTECTION = "UAC has its defaults.", "Administrator protection is on."


def the_other_answer(stream: Stream) -> Names:
    """A Yes under UAC, a Yes under Administrator protection, or the password of somebody else."""
    here = office(stream, client=WINDOWS_11_24H2)
    helper = helper_of(here, stream)
    setting, lent = stream.pick(((UAC, False), (PROTECTION, False), (UAC, True)))
    here.desk.policy.administrator_protection = setting == PROTECTION
    person, tool = here.user if lent else here.admin, stream.pick(("mmc.exe", "cmd.exe", "setup.exe"))
    shell = here.shell(person)
    before, seen = len(here.desk.sessions), len(here.desk.log)
    elevated = shell.elevate(tool, name=rf".\{helper}", password=SECRET) if lent else shell.elevate(tool)
    session = elevated.token.session
    assert session is not None
    starts = [event for event in here.desk.log.since(seen) if str(event.get("NewProcessName")).endswith(tool)]
    who = {person: "own", helper: "lent"}.get(session.user_name, "hidden")
    file = rf"C:\Users\{session.user_name}\start.cmd"
    written = attempt(partial(shell.create, file, FileRights.WRITE_DATA))
    whose = {"own": f"{person}'s own", "lent": f"{helper}'s", "hidden": "the hidden account's"}[who]
    keeps = {"own": f"those of {person}", "lent": f"those of {helper}"}
    kind = starts[-1]["TokenElevationType"]
    target = {"own": person, "lent": helper, "hidden": "the hidden account"}[who]
    answer = f"gives the name and password of {helper}" if lent else "says yes"
    return here.names | {
        "setting": setting,
        "person": person,
        "helper": helper,
        "tool": tool,
        "answer": answer,
        "kind": "a plain user" if lent else "a domain administrator",
        "sessions": ("none", "one", "two")[len(here.desk.sessions) - before],
        "who": {"own": f"{person}, with the linked token", "lent": helper, "hidden": "a hidden account"}[who],
        "profile": f"{written}: it is {whose} profile",
        "event": f"{kind}, {target}",
        "credentials": keeps.get(who, "none") if session.credentials else "none",
    }
