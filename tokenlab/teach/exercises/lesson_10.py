"""Worlds of lesson 10: one thread, somebody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product

from tokenlab.system import (
    ImpersonationCall,
    ImpersonationLevel,
    LogonType,
    Process,
    Refusal,
    Thread,
    Token,
    TokenType,
    interleave,
)
from tokenlab.system.impersonation import Connection
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.exercises.scenes import Names, Office, dealt, mixed, office, players, user_of
from tokenlab.teach.exercises.traces import OLD_SID, WAYS, told, traces_of, why
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights, Sid

SAM, HOSTS = r"C:\Windows\System32\config\SAM", r"C:\Windows\System32\drivers\etc\hosts"
SERVICES = ("Spooler", "wuauserv")
LEVELS = (
    ImpersonationLevel.IDENTIFICATION,
    ImpersonationLevel.IMPERSONATION,
    ImpersonationLevel.DELEGATION,
)


def refused(act: Callable[[], object]) -> str:
    """Windows' error, or nothing if it works."""
    try:
        act()
    except Refusal as refusal:
        return f"{refusal.code} ({int(refusal.code)})"
    return ""


# 10.1, 10.2, 10.6: whose token, which level ---------------------------------------------------------------
def diary_of(here: Office, shell: Process) -> str:
    """A file that only the user may open."""
    path = rf"C:\Users\{here.user}\diary.txt"
    shell.create(path, FileRights.ALL_ACCESS, descriptor=f"D:P(A;;FA;;;{shell.token.context.user})").close()
    return path


def whose_token(stream: Stream) -> Names:
    """A thread that impersonates, the one beside it, a child, and a handle from before."""
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    diary, kept = diary_of(here, client), service.open(SAM, FileRights.READ_DATA)
    files = {"the SAM file": SAM, "the hosts file": HOSTS, "the diary": diary}
    cases: list[Names] = []

    def opens(words: str, opener: Process | Thread, asked: str) -> None:
        for what, path in files.items():
            word = "refused" if refused(partial(opener.open, path, FileRights.READ_DATA)) else "granted"
            beliefs = _whose_beliefs(asked, "CreateProcess" in words)
            cases.append({
                "prompt": words.format(what), "right": f"{word}: a token of {asked} is asked", "beliefs": beliefs,
            })  # fmt: skip

    other = service.new_thread()
    service.impersonate(client.token)
    opens("it opens {}", service, "the client")
    opens("at the same time another thread of the service opens {}", other, "the service")
    opens("a program that it starts with CreateProcess opens {}", service.start("cmd.exe"), "the service")
    assert not refused(partial(kept.use, FileRights.READ_DATA))
    cases.append({
        "prompt": "it reads through a handle to the SAM file that the service opened before",
        "right": "granted: no token is asked",
        "beliefs": {"refused: a token of the client is asked": "checked-at-every-write"},
    })  # fmt: skip
    service.revert()
    opens("after RevertToSelf it opens {}", service, "the service")
    return here.names | dealt(stream, cases, 5, acts="prompt") | {"service": service.name}


def _whose_beliefs(asked: str, child: bool) -> dict[str, str]:
    """What those believe who say that the other of the two is asked."""
    instead, belief = "the client", "impersonation-is-of-the-process"
    if asked == "the client":
        instead, belief = "the service", "the-process-token-counts"
    elif child:
        belief = "impersonation-is-inherited"
    return {f"{word}: a token of {instead} is asked": belief for word in ("granted", "refused")}


OPENED, MAY_NOT = "opened, as the client", "error 5: the client may not"
TOO_LITTLE, LOWERED = "error 1346: the client granted too little", "error 1346: Windows lowered the level"


def how_far(stream: Stream) -> Names:
    """Clients, levels, files, and a service that has switched SeImpersonatePrivilege off."""
    here = office(stream)
    console = here.shell(here.admin).elevate("cmd.exe")
    service = weak_service(stream, console)
    clients = {here.user: here.shell(), here.admin: console}
    files = {"the hosts file": HOSTS, "the SAM file": SAM, "the diary": diary_of(here, clients[here.user])}
    cases = []
    for state in ("enabled", "disabled"):
        service.token.adjust_privileges({IMPERSONATE: state == "enabled"})
        for (client, process), level, (file, path) in product(clients.items(), LEVELS, files.items()):
            if state == "disabled" and (level is LEVELS[0] or path == HOSTS):
                continue  # there are two reasons, or enough of the same
            service.thread.impersonate_client(process.connect(service, level))
            lowered = bool(service.thread.capped_because)
            error = refused(partial(service.open, path, FileRights.READ_DATA))
            service.revert()
            right = MAY_NOT if error else OPENED
            if "1346" in error:
                right = LOWERED if lowered else TOO_LITTLE
            cases.append({
                "client": client, "level": level.name.capitalize(), "state": state, "file": file,
                "right": right, "beliefs": {OPENED: "true-means-it-worked"} if "1346" in right else {},
            })  # fmt: skip
    return here.names | weak(service) | dealt(stream, cases, 5, tries="client level state file")


UNREAD, MODEST = "error 1368: no message was read", "Identification: the client granted no more"
MISSING = "Identification: SeImpersonatePrivilege is missing"
BY_PRIVILEGE = "Impersonation: SeImpersonatePrivilege allows it"
NO_NEED = "Impersonation: this token takes no privilege"


def which_call(stream: Stream) -> Names:
    """Connections and tokens: the level that comes of each, and why."""
    here = office(stream)
    shell, hers = here.shell(), here.shell(here.admin)
    console = hers.elevate("cmd.exe")
    service, found = weak_service(stream, console), {}
    said = {None: "says nothing about the level", LEVELS[0]: "grants Identification"}
    said |= {LEVELS[1]: "grants Impersonation"}
    servers = {f"{service.name}": service, f"{here.admin}'s everyday program": hers}
    for (server, process), call, (level, words) in product(servers.items(), ImpersonationCall, said.items()):
        line = shell.connect(process, level, call)
        line.send("hello")
        modest = process.thread.impersonate_client(line) is LEVELS[0]
        right = MISSING if process.thread.capped_because else MODEST if modest else BY_PRIVILEGE
        process.revert()
        found[f"{here.user}'s program {words}, and speaks to {server} {SPOKEN[call]}"] = right
    unread = shell.connect(service, None, ImpersonationCall.PIPE)
    assert "1368" in refused(lambda: service.thread.impersonate_client(unread))
    found[f"{here.user}'s program connects to a pipe of {service.name}, and sends nothing"] = UNREAD
    made = shell.log_on(here.full(here.admin), here.passwords[here.admin])
    everyday, elevated = f"{here.admin}'s everyday program", f"{here.admin}'s elevated console"
    for words, process, token in (
        (f"{here.user}'s program impersonates {here.admin}'s token", shell, hers.token),
        (f"{here.user}'s program impersonates its own token", shell, shell.token),
        (f"{here.user}'s program calls LogonUser with {here.admin}'s password, and impersonates that token",
         shell, made),
        (f"{everyday} impersonates the token of {elevated}", hers, console.token),
        (f"{elevated} impersonates the token of {everyday}", console, hers.token),
        (f"{elevated} impersonates {here.user}'s token", console, shell.token),
    ):  # fmt: skip
        found[words] = _why_this_level(process, token)
    cases = [
        {"prompt": words, "right": right, "beliefs": _level_beliefs(right)} for words, right in found.items()
    ]
    return here.names | weak(service) | dealt(stream, cases, 5, acts="prompt")


IMPERSONATE = "SeImpersonatePrivilege"
SPOKEN = {
    ImpersonationCall.PIPE: "through a pipe",
    ImpersonationCall.RPC: "by RPC",
    ImpersonationCall.COM: "through COM",
}


def _why_this_level(process: Process, token: Token) -> str:
    """By trying again without the privilege."""
    process.impersonate(token)
    lowered = process.thread.capped_because
    process.token.adjust_privileges({IMPERSONATE: False})
    process.impersonate(token)
    needed = process.thread.capped_because
    process.revert()
    process.token.adjust_privileges({IMPERSONATE: True})
    return MISSING if lowered else BY_PRIVILEGE if needed else NO_NEED


def _level_beliefs(right: str) -> dict[str, str]:
    if right == UNREAD:
        return dict.fromkeys((MODEST, BY_PRIVILEGE), "a-client-at-any-moment")
    return dict.fromkeys((BY_PRIVILEGE, NO_NEED), "true-means-it-worked") if right[:2] == "Id" else {}


def serve(stream: Stream) -> Names:
    return office(stream).names | {"path": stream.file()}


# 10.4: a child that is the client -------------------------------------------------------------------------
WITH_TOKEN = ("ImpersonateLoggedOnUser", "DuplicateTokenEx")
CALLS = ("CreateProcess", "RevertToSelf", "CreateProcessWithTokenW", *WITH_TOKEN)


def the_child(stream: Stream) -> Names:
    """Four tokens in hand, one of which will do; what a list of calls comes to, by requirement."""
    cast = players(stream)
    service, program = stream.pick(SERVICES), stream.pick(("report.exe", "convert.exe", "print.exe"))
    hands = [(cast.user, "Impersonation"), (cast.user, "Identification")]
    hands += [(cast.admin, "Impersonation"), (cast.admin, "Delegation")]
    tokens = dict(zip("ABCD", stream.shuffled(hands), strict=True))
    menu = stream.shuffled(CALLS)
    calls = {f"{call} {letter}" for call in WITH_TOKEN for letter in tokens} | set(CALLS) - set(WITH_TOKEN)

    def read(answer: object) -> dict[str, str]:
        if type(answer) is not list or not 0 < len(answer) <= 8 or not set(map(str, answer)) <= calls:
            raise AnswerError(f"expected a list of up to eight of these: {', '.join(sorted(calls))}")
        return _played(office(cast), service, program, answer, tokens)

    def judge(key: str, says: str, belief: str) -> Callable[[dict[str, str]], PartFinding]:
        return lambda story: PartFinding(not story[key], story[key] or says, believe(belief))

    return {
        "user": cast.user,
        "service": service,
        "program": program,
        "menu": ", ".join(f"`{one} {'...' if one in WITH_TOKEN else ''}`".replace(" `", "`") for one in menu),
        "tokens": tokens,
        "told": "\n".join(f"* **{letter}**: {who}, level {level}" for letter, (who, level) in tokens.items()),
        "read": read,
        "runs": judge("child", "its token is a copy of the client's", "impersonation-is-inherited"),
        "alone": judge("extra", "one process, and the right one", "impersonation-is-inherited"),
        "itself": judge("thread", "the thread has no token of its own", "impersonation-is-of-the-process"),
    }


def _played(
    here: Office, service_name: str, program: str, calls: list[str], tokens: Mapping[str, tuple[str, str]]
) -> dict[str, str]:
    """Runs the calls; what is wrong with the outcome, by requirement, or nothing."""
    service = here.desk.start_service(service_name)
    hands = {
        letter: here.shell(who).token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel[level.upper()])
        for letter, (who, level) in tokens.items()
    }
    primary, made, stopped = list[Token](), list[Process](), ""
    acts: dict[str, Callable[[str], object]] = {
        "CreateProcess": lambda _: made.append(service.start(program)),
        "ImpersonateLoggedOnUser": lambda letter: service.impersonate(hands[letter]),
        "RevertToSelf": lambda _: service.revert(),
        "DuplicateTokenEx": lambda letter: primary.append(hands[letter].duplicate(TokenType.PRIMARY)),
        "CreateProcessWithTokenW": lambda _: made.append(service.start_with_token(primary[-1], program)),
    }
    for call in calls:
        name, _, letter = call.partition(" ")
        if name == "CreateProcessWithTokenW" and not primary:
            stopped = f"{call}: there is no primary token yet"
            break
        try:
            acts[name](letter)
        except Refusal as refusal:
            stopped = f"{call}: {refusal}"
            break
    wanted = here.full(here.user)
    runs = [user_of(process) for process in made]
    if wanted not in runs:
        nobody = f"no process runs as {wanted}: {', '.join(runs) or stopped or 'none was started'}"
        return dict.fromkeys(("child", "extra", "thread"), nobody)
    wrong = [one for one in runs if one != wanted]
    return {
        "child": "",
        "extra": f"also started: a process of {wrong[0]}" if wrong else "",
        "thread": "the thread still impersonates" if service.thread.token else stopped,
    }


# 10.5: two threads, one token -----------------------------------------------------------------------------
Acts = Mapping[str, list[tuple[str, Callable[[], object]]]]


def bad_interleaving(stream: Stream) -> Names:
    """Two threads with two steps each, and the orders in which they may run."""
    opener, other = stream.picks("ABKMRT", 2)
    cast = players(stream)
    steps = "\n".join(
        f"* **{name}**: " + ", then ".join(what for what, _ in acts)
        for name, acts in _threads(office(cast), opener, other).items()
    )
    usual = opener * 2 + other * 2

    def read(answer: object) -> dict[str, str | None]:
        if type(answer) is not dict or answer.keys() != {"fails", "works"}:
            raise AnswerError(
                f"expected a dict with two orders: { {'fails': usual, 'works': other * 2 + opener * 2} }"
            )
        for order in answer.values():
            if order is not None and (type(order) is not str or sorted(order) != sorted(usual)):
                raise AnswerError(
                    f"{order!r:.40} is no order: expected two {opener} and two {other}, for example {usual!r}"
                )
        return answer

    def failing(order: str) -> str:
        steps = interleave(_threads(office(cast), opener, other), order)
        return next((step.what for step in steps if step.refused), "")

    belief = believe("impersonation-is-of-the-process")

    def tried(order: str | None, fails: bool) -> PartFinding:
        if not order:
            return PartFinding(False, "no order yet", at_once=True)
        found = failing(order)
        told, right = f"{order} fails at: {found or 'nothing'}.", bool(found) is fails
        if right:
            told += f" The open fails only if the disabling comes between the two steps of {opener}."
        return PartFinding(right, told, belief, at_once=True)

    def bad(answer: dict[str, str | None]) -> PartFinding:
        return tried(answer["fails"], True)

    def good(answer: dict[str, str | None]) -> PartFinding:
        return tried(answer["works"], False)

    judges = {"read": read, "bad": bad, "good": good}
    example, blank = dict.fromkeys(("fails", "works"), usual), dict.fromkeys(("fails", "works"))
    return {"opener": opener, "other": other, "steps": steps, "example": example, "blank": blank} | judges


def _threads(here: Office, opener: str, other: str) -> Acts:
    console = here.shell(here.admin).elevate("cmd.exe")
    shared = console.token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION)
    one, two = console.new_thread(), console.new_thread()
    one.set_token(shared), two.set_token(shared)
    lsass = here.desk.process("lsass.exe")
    return {
        opener: [
            ("enable SeDebugPrivilege", lambda: shared.adjust_privileges({"SeDebugPrivilege": 2})),
            ("open lsass.exe", lambda: one.open(lsass, 0x10)),
        ],
        other: [
            ("enable SeBackupPrivilege", lambda: shared.adjust_privileges({"SeBackupPrivilege": 2})),
            ("disable all privileges", shared.disable_all_privileges),
        ],
    }


# 10.7, 10.8: a weak account and SYSTEM --------------------------------------------------------------------
STARTS, NOT_STARTED = (
    "a program that runs as the client",
    "error 1314: it may not start a program with that token",
)
LOGGED = (4624, 4648, 4688)


def system_client(stream: Stream) -> Names:
    """Who connects to whom at which level, and what comes of it; and what acts of this kind leave."""
    here = office(stream)
    shell, hers = here.shell(), here.shell(here.admin)
    client, console = here.desk.start_service(stream.pick(SERVICES)), hers.elevate("cmd.exe")
    server = weak_service(stream, console)
    logs = _logged(here, shell, server, client)
    servers = {f"{server.name}'s pipe": server, f"a pipe of {here.user}'s explorer.exe": shell}
    servers[f"a pipe of {here.admin}'s elevated console"] = console
    clients = {"a service under SYSTEM": client, f"a program of {here.user}'s": shell}
    said = {"says nothing about the level": None, "grants Identification": LEVELS[0]}
    found = {
        f"{who} connects to {where} and {words}": _client_comes(process, other, level)
        for (where, process), (who, other), (words, level) in product(
            servers.items(), clients.items(), said.items()
        )
    }
    server.token.adjust_privileges({IMPERSONATE: 4})
    for who, other in clients.items():
        words = f"{server.name} has removed SeImpersonatePrivilege; {who} connects to its pipe"
        found[words] = _client_comes(server, other)
    cases = [
        {
            "prompt": words,
            "right": right,
            "beliefs": _belief_in_starts(right, server.name in words),
        }
        for words, right in found.items()
    ]
    chosen, written = mixed(stream, cases, 4), mixed(stream, logs, 2)
    asked = {"acts": [one["prompt"] for one in chosen], "logged": [one["prompt"] for one in written]}
    return here.names | weak(server) | {"cases": chosen, "logs": written} | asked


def _belief_in_starts(right: str, weak_server: bool) -> dict[str, str]:
    if right == STARTS:
        return {LOWERED: "a-weak-account-is-safe"} if weak_server else {}
    return {STARTS: "true-means-it-worked" if right == TOO_LITTLE else "the-level-is-ours-to-set"}


def weak_service(stream: Stream, console: Process) -> Process:
    """A service under an account that may do little."""
    name, account = (
        stream.pick(("Guestbook", "Shop", "Wiki")),
        stream.pick(("LocalService", "NetworkService")),
    )
    return console.create_service(name, rf"C:\Program Files\{name}\{name.lower()}.exe", account).start()


def weak(service: Process) -> Names:
    return {"service": service.name, "account": user_of(service)}


def _client_comes(server: Process, client: Process, level: ImpersonationLevel | None = None) -> str:
    """What a server makes of a client that connects to its pipe: a program, or what stops it."""
    line = client.connect(server, level, ImpersonationCall.PIPE)
    line.send("hello")
    server.thread.impersonate_client(line)
    token, lowered = server.thread.effective_token, server.thread.capped_because
    try:
        primary = token.duplicate(TokenType.PRIMARY)
    except Refusal as refusal:
        assert int(refusal.code) == 1346
        return LOWERED if lowered else TOO_LITTLE
    finally:
        server.revert()
    if error := refused(lambda: server.start_with_token(primary, "cmd.exe")):
        assert "1314" in error
        return NOT_STARTED
    return STARTS


def _logged(here: Office, shell: Process, server: Process, client: Process) -> list[Names]:
    """Which of three events the Security log gets of each act."""
    full, password = here.full(here.admin), here.passwords[here.admin]
    line = client.connect(server.create_pipe(r"\\.\pipe\log").name)
    line.send("hello")
    server.thread.impersonate_client(line)
    primary = server.thread.effective_token.duplicate(TokenType.PRIMARY)
    server.revert()
    acts: dict[str, Callable[[], object]] = {
        f"{server.name} impersonates SYSTEM and reads a file": lambda: _reads_as(server, line),
        f"{server.name} starts a program with SYSTEM's token": lambda: server.start_with_token(
            primary, "cmd.exe"
        ),
        f"while {server.name} impersonates SYSTEM, it calls CreateProcess": lambda: server.start("cmd.exe"),
        f"{here.user}'s program calls LogonUser (type 9) with {here.admin}'s name": lambda: shell.log_on(
            full, password, LogonType.NEW_CREDENTIALS
        ),
        f"{here.user}'s program calls LogonUser (type 2) with {here.admin}'s password": lambda: shell.log_on(
            full, password
        ),
        f"{here.user} types runas with {here.admin}'s password": lambda: shell.start_with_logon(
            full, password, "cmd.exe"
        ),
        f"{here.user} types runas /netonly with {here.admin}'s name": lambda: shell.start_with_logon(
            full, password, "cmd.exe", net_only=True
        ),
    }
    found = []
    for words, act in acts.items():
        seen = len(here.desk.log)
        act()
        ids = {int(event["EventID"]) for event in here.desk.log.since(seen)} & set(LOGGED)
        right = ", ".join(map(str, sorted(ids))) or "none of them"
        found.append({"prompt": words, "right": right, "beliefs": _log_beliefs(right, words)})
    return found


def _reads_as(server: Process, line: Connection) -> None:
    server.thread.impersonate_client(line)
    server.open(SAM, FileRights.READ_DATA)
    server.revert()


HAS_IT, BEFORE = "yes: the account's logon came after", "no: its token was made before"
NOT_THEIRS = "no: it is the history of another account"


def five_traces(stream: Stream) -> Names:
    """Each way once, by letter; and tokens that have the SID of the history, or do not have it."""
    here = office(stream)
    shell = here.shell()
    traces = dict(zip("ABCDE", stream.shuffled(traces_of(here)), strict=True))
    user, network = here.full(here.user), LogonType.NETWORK
    holders = {
        f"{here.user}'s explorer.exe, which was open all the time": (shell.token, BEFORE),
        f"a program that {here.user}'s explorer.exe, open all the time, starts afterwards": (shell.start("notepad.exe").token, BEFORE),
        f"{here.user}'s network logon at {here.first.name}, afterwards": (
            here.first.log_on(user, here.passwords[here.user], network), HAS_IT,
        ),
        f"{here.user}'s second logon at {here.desk.name}, afterwards": (here.shell().token, HAS_IT),
        f"{here.admin}'s logon at {here.desk.name}, afterwards": (here.shell(here.admin).token, NOT_THEIRS),
    }  # fmt: skip
    for token, right in holders.values():
        assert (Sid(OLD_SID) in [group.sid for group in token.context.groups]) == (right == HAS_IT)
    asked = mixed(
        stream,
        [
            {
                "holder": name,
                "right": right,
                "beliefs": {HAS_IT: "sid-history-counts-at-once"} if right == BEFORE else {},
            }
            for name, (_, right) in holders.items()
        ],
        2,
    )
    return here.names | {
        "ways": WAYS,
        "each_trace": {
            letter: {"letter": letter, "way": way, "why": why(way)} for letter, (way, _) in traces.items()
        },
        "holders": asked,
        "held": [one["holder"] for one in asked],
        "traces": {letter: records for letter, (_, records) in traces.items()},
        "records": sum(len(records) for _, records in traces.values()),
        "blocks": "\n\n".join(f"{letter}\n{told(records)}" for letter, (_, records) in traces.items()),
    }


def _log_beliefs(right: str, words: str) -> dict[str, str]:
    if "SYSTEM" in words:
        return dict.fromkeys(
            ("4624", "4624, 4648", "4624, 4688", "4624, 4648, 4688"), "somebody-else-is-a-logon"
        )
    return {"4624, 4648": "a-logon-is-a-checked-password"} if right == "4624" else {}
