"""Worlds of lesson 10: one thread, somebody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tokenlab.system import Call, ImpersonationLevel, Process, Refusal, TokenType, interleave
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.exercises.scenes import Office, office, players, user_of
from tokenlab.teach.exercises.traces import WAYS, told, traces_of, why
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights

SAM, HOSTS = r"C:\Windows\System32\config\SAM", r"C:\Windows\System32\drivers\etc\hosts"
SERVICES = ("Spooler", "wuauserv")
LEVELS = (
    ImpersonationLevel.IDENTIFICATION,
    ImpersonationLevel.IMPERSONATION,
    ImpersonationLevel.DELEGATION,
)


def people(here: Office) -> dict[str, Any]:
    return {"user": here.user, "admin": here.admin, "desk": here.desk.name, "full": here.full(here.user)}


def refused(act: Callable[[], object]) -> str:
    """Windows' error, or nothing if it works."""
    try:
        act()
    except Refusal as refusal:
        return f"{refusal.code} ({int(refusal.code)})"
    return ""


# 10.1, 10.2, 10.6: whose token, which level ---------------------------------------------------------------


def whose_token(stream: Stream) -> dict[str, Any]:
    """A thread that impersonates, the one beside it, and a child."""
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    other = service.new_thread()
    service.impersonate(client.token)
    errors = {
        "same": refused(lambda: service.open(SAM, FileRights.READ_DATA)),
        "hosts": refused(lambda: service.open(HOSTS, FileRights.READ_DATA)),
        "other": refused(lambda: other.open(SAM, FileRights.READ_DATA)),
    }
    child = service.start("cmd.exe")
    service.revert()
    errors["after"] = refused(lambda: service.open(SAM, FileRights.READ_DATA))
    found = {name: "refused" if error else "granted" for name, error in errors.items()}
    said = {f"{name}_told": f"refused, {error}" if error else "granted" for name, error in errors.items()}
    more = {"service": service.name, "child": user_of(child)}
    return people(here) | found | said | more | {"granted": list(found.values()).count("granted")}


def how_far(stream: Stream) -> dict[str, Any]:
    """A client at each level, in any order."""
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    found = {}
    for level in stream.shuffled(LEVELS):
        service.thread.impersonate_client(client.connect(service, level))
        error = refused(lambda: service.open(HOSTS, FileRights.READ_DATA))
        service.revert()
        found[level.name.lower()] = f"error {error[-5:-1]}" if error else "opens the file"
    return people(here) | found | {"service": service.name, "mine": (*found, "further", "cause")}


def which_call(stream: Stream) -> dict[str, Any]:
    """Three ways of speaking, and the level where nobody says one."""
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    calls = {call.name.lower(): call.value for call in stream.shuffled(tuple(Call))}
    line = client.connect(service, call=Call.COM)
    line.send("hello")
    usual = service.thread.impersonate_client(line)
    capped = client.impersonate(here.shell(here.admin).token)
    levels = {"usual": usual.name.capitalize(), "capped": capped.name.capitalize()}
    more = {"service": service.name, "levels": [level.name.capitalize() for level in LEVELS]}
    return people(here) | calls | levels | more | {"mine": (*calls, *levels)}


def serve(stream: Stream) -> dict[str, Any]:
    return people(office(stream)) | {"path": stream.file()}


# 10.4: a child that is the client -------------------------------------------------------------------------


CALLS = (
    *("CreateProcess", "ImpersonateLoggedOnUser", "RevertToSelf"),
    *("DuplicateTokenEx", "CreateProcessWithTokenW"),
)


def the_child(stream: Stream) -> dict[str, Any]:
    """What a list of calls comes to, by requirement."""
    cast = players(stream)
    service, program = stream.pick(SERVICES), stream.pick(("report.exe", "convert.exe", "print.exe"))
    menu = stream.shuffled(CALLS)

    def read(answer: object) -> dict[str, str]:
        if type(answer) is not list or not 0 < len(answer) <= 8 or not all(one in CALLS for one in answer):
            raise AnswerError(f"expected a list of up to eight calls from {', '.join(menu)}")
        return _played(office(cast), service, program, answer)

    def judge(key: str, says: str, belief: str) -> Callable[[dict[str, str]], Finding]:
        return lambda story: Finding(not story[key], story[key] or says, believe(belief))

    return {
        "user": cast.user,
        "service": service,
        "program": program,
        "menu": ", ".join(f"`{one}`" for one in menu),
        "read": read,
        "runs": judge("child", "its token is a copy of the client's", "children-inherit-impersonation"),
        "alone": judge("extra", "one process, and the right one", "children-inherit-impersonation"),
        "itself": judge("thread", "the thread has no token of its own", "impersonation-is-of-the-process"),
    }


def _played(here: Office, service_name: str, program: str, calls: list[str]) -> dict[str, str]:
    """Runs the calls; what is wrong with the outcome, by requirement, or nothing."""
    client, service = here.shell(), here.desk.start_service(service_name)
    token = client.token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION)
    primary, made, stopped = None, list[Process](), ""
    for call in calls:
        try:
            if call == "CreateProcess":
                made.append(service.start(program))
            elif call == "ImpersonateLoggedOnUser":
                service.impersonate(token)
            elif call == "RevertToSelf":
                service.revert()
            elif call == "DuplicateTokenEx":
                primary = token.duplicate(TokenType.PRIMARY)
            else:
                made.append(service.start_with_token(primary or token, program))
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


def bad_interleaving(stream: Stream) -> dict[str, Any]:
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

    def bad(answer: dict[str, str | None]) -> Finding:
        order = answer["fails"]
        found = failing(order) if order else ""
        told = f"{order} fails at: {found or 'nothing'}. Both threads hold the same token: what one switches off is off for the other."
        return Finding(bool(found), told, belief)

    def good(answer: dict[str, str | None]) -> Finding:
        order = answer["works"]
        found = failing(order) if order else ""
        return Finding(bool(order) and not found, f"{order} fails at: {found or 'nothing'}.", belief)

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


def system_client(stream: Stream) -> dict[str, Any]:
    """SYSTEM connects to a service of a weak account, with and without its privilege, and to a user."""
    here = office(stream)
    name = stream.pick(("Guestbook", "Shop", "Wiki"))
    account = stream.pick(("LocalService", "NetworkService"))
    client = here.desk.start_service(stream.pick(SERVICES))
    console = here.shell(here.admin).elevate("cmd.exe")
    image = rf"C:\Program Files\{name}\{name.lower()}.exe"
    server = console.create_service(name, image, account).start()
    found = {
        "usual": _client_comes(server, client),
        "modest": _client_comes(server, client, ImpersonationLevel.IDENTIFICATION),
        "plain": _client_comes(here.shell(), client),
    }
    server.token.adjust_privileges({"SeImpersonatePrivilege": 4})
    found["stripped"] = _client_comes(server, client)
    mine = (*stream.shuffled(tuple(found)), "log", "watch")
    return people(here) | found | {"name": name, "account": user_of(server), "mine": mine}


def _client_comes(server: Process, client: Process, level: ImpersonationLevel | None = None) -> str:
    """What a server makes of a client that connects to its pipe: a primary token, or an error."""
    pipe = rf"\\.\pipe\{server.name}"
    server.create_pipe(pipe)
    line = client.connect(pipe, level)
    line.send("hello")
    server.thread.impersonate_client(line)
    try:
        context = server.thread.effective_token.duplicate(TokenType.PRIMARY).context
        return f"a primary token of {context.name_of(context.user).rpartition(chr(92))[2]}"
    except Refusal as refusal:
        return f"error {int(refusal.code)}"
    finally:
        server.revert()


def five_traces(stream: Stream) -> dict[str, Any]:
    """Each way once, by letter."""
    here = office(stream)
    traces = dict(zip("ABCDE", stream.shuffled(traces_of(here)), strict=True))
    return people(here) | {
        "ways": WAYS,
        "each_trace": {
            letter: {"letter": letter, "way": way, "why": why(way)} for letter, (way, _) in traces.items()
        },
        "traces": {letter: records for letter, (_, records) in traces.items()},
        "records": sum(len(records) for _, records in traces.values()),
        "blocks": "\n\n".join(f"{letter}\n{told(records)}" for letter, (_, records) in traces.items()),
    }
