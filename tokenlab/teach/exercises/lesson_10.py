"""Exercises of lesson 10: one thread, somebody else."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.system import (
    Call,
    ImpersonationLevel,
    Process,
    Refusal,
    TokenType,
    interleave,
)
from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.exercise import (
    Before,
    Choice,
    Kind,
    Requirement,
    Task,
    arrange,
    build,
    choose,
    exercise,
    instead,
)
from tokenlab.teach.exercises.scenes import Office, office, players, user_of
from tokenlab.teach.exercises.traces import WAYS, told, traces_of, why
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import FileRights

TRUE_MEANS_DONE = Misconception(
    "true-means-it-worked",
    "The call returned TRUE, so the thread is the client.",
    "Windows may cap the level silently at Identification: ask for the level that was given.",
    "dotnet/aspnetcore#51455",
)
PROCESS_COUNTS = Misconception(
    "the-process-token-counts",
    "The process's token is always the one that counts.",
    "A thread that impersonates is asked with its own token, for what it opens.",
    "lesson 10, three questions",
)
OF_THE_PROCESS = Misconception(
    "impersonation-is-of-the-process",
    "Impersonation is of the process.",
    "It is of one thread: the other threads stay who they were.",
    "lesson 10, three questions",
)
CHILDREN_IMPERSONATE = Misconception(
    "children-inherit-impersonation",
    "A program started while impersonating runs as the client.",
    "CreateProcess copies the token of the process, whatever the thread impersonates.",
    "mattjohnsonpint/SimpleImpersonation#69",
)
LEVEL_MAKES_CREDENTIALS = Misconception(
    "the-level-is-ours-to-set",
    "The server chooses how far it may go as its client.",
    "The client grants the level; Delegation needs credentials that were handed over.",
    "dotnet/corefx#37747",
)
ANY_CALL = Misconception(
    "any-impersonation-call-does",
    "Any call that impersonates makes the thread the client.",
    "Each way of speaking keeps its client in a place of its own, and has its own call to fetch it.",
    "lesson 10",
)
ANY_MOMENT = Misconception(
    "a-client-at-any-moment",
    "A connected client can be impersonated at once.",
    "On a pipe a message must have been read first; before that the call fails with error 1368.",
    "ImpersonateNamedPipeClient on Microsoft Learn",
)

WEAK_ACCOUNT = Misconception(
    "a-weak-account-is-safe",
    "LOCAL SERVICE may do little, so a fault in its service does little harm.",
    "It holds SeImpersonatePrivilege: it can be every client that connects at level Impersonation.",
    "itm4n/PrintSpoofer#1",
)
EVERY_IDENTITY_LOGS_ON = Misconception(
    "somebody-else-is-a-logon",
    "Acting as somebody else leaves a logon in the log.",
    "Impersonation takes a session that is there: no 4624, and no event of the Security log tells of it.",
    "lesson 10",
)
PASSWORD_WAS_CHECKED = Misconception(
    "a-logon-is-a-checked-password",
    "An event 4624 with a new name means that its password was right.",
    "Type 9 checks nothing: the token is the caller's own here, and the name is for other machines.",
    "lesson 10",
)
HISTORY_AT_ONCE = Misconception(
    "sid-history-counts-at-once",
    "A SID that is added to an account counts at once.",
    "It is in the tokens of the logons that follow; a token that is there stays as it is.",
    "lesson 10",
)

SAM, HOSTS = r"C:\Windows\System32\config\SAM", r"C:\Windows\System32\drivers\etc\hosts"
YES_NO = ("granted", "refused")
SERVICES = ("Spooler", "wuauserv")


def tried(act: Callable[[], object]) -> tuple[str, str]:
    """``granted`` or ``refused``, and Windows' error if there is one."""
    try:
        act()
    except Refusal as refused:
        return "refused", f"{refused.code} ({int(refused.code)})"
    return "granted", ""


@exercise(
    "10.1", "Whose token is asked?", Kind.PREDICT, minutes=5, points=5, aims=(1,), rows=(17, 26, 43, 45)
)
def whose_token(stream: Stream) -> Task:
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    other = service.new_thread()
    service.impersonate(client.token)
    asked = {
        "same": (
            "the impersonating thread opens the SAM file",
            *tried(lambda: service.open(SAM, FileRights.READ_DATA)),
            PROCESS_COUNTS,
            f"The thread's token is asked, and {here.user} may not.",
        ),
        "hosts": (
            "the impersonating thread opens the hosts file for reading",
            *tried(lambda: service.open(HOSTS, FileRights.READ_DATA)),
            PROCESS_COUNTS,
            f"Users may read it, and {here.user} is one of them.",
        ),
        "other": (
            "at the same time another thread of the service opens the SAM file",
            *tried(lambda: other.open(SAM, FileRights.READ_DATA)),
            OF_THE_PROCESS,
            "The other thread has no token of its own: the process's is asked.",
        ),
    }
    child = service.start("cmd.exe")
    service.revert()
    asked["after"] = (
        "after RevertToSelf the thread opens the SAM file",
        *tried(lambda: service.open(SAM, FileRights.READ_DATA)),
        OF_THE_PROCESS,
        "The thread has no token any more: the process's is asked again.",
    )
    choices = [
        Choice(
            name,
            prompt,
            YES_NO,
            right,
            f"{right}{', ' + error if error else ''}. {says}",
            {next(one for one in YES_NO if one != right): belief},
        )
        for name, (prompt, right, error, belief, says) in asked.items()
    ]
    people = (here.full(here.user), r"NT AUTHORITY\SYSTEM")
    choices.append(
        Choice(
            "child",
            "while it impersonates, the thread starts cmd.exe: as whom does it run",
            people,
            user_of(child),
            "CreateProcess copies the process's primary token.",
            {people[0]: CHILDREN_IMPERSONATE},
        )
    )
    return choose(
        f"A thread of the service `{service.name}`, which runs as SYSTEM on `{here.desk.name}`, impersonates its client "
        f"`{here.full(here.user)}`, a plain user, at level Impersonation. The SAM file is for SYSTEM and Administrators.",
        choices,
        hints=(
            "First look whether *this thread* has a token. If it has, that one is asked.",
            "A new process gets a copy of a primary token. Which one is at hand?",
        ),
        difficulty={"granted": sum(choice.right == "granted" for choice in choices)},
    )


@exercise(
    "10.2",
    "How far a client lets one go",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(2, 3),
    rows=(49,),
    cases=("dotnet/aspnetcore#51455", "dotnet/corefx#37747"),
)
def how_far(stream: Stream) -> Task:
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    levels = stream.shuffled(
        (ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.IMPERSONATION, ImpersonationLevel.DELEGATION)
    )
    outcomes = ("opens the file", "error 5", "error 1346")
    choices = []
    for level in levels:
        service.thread.impersonate_client(client.connect(service, level))
        right, error = tried(lambda: service.open(HOSTS, FileRights.READ_DATA))
        service.revert()
        found = outcomes[0] if right == "granted" else outcomes[1] if "(5)" in error else outcomes[2]
        wrong = instead(
            outcomes,
            found,
            TRUE_MEANS_DONE if level is ImpersonationLevel.IDENTIFICATION else LEVEL_MAKES_CREDENTIALS,
        )
        choices.append(
            Choice(
                level.name.lower(),
                f"the client grants {level.name.capitalize()}",
                outcomes,
                found,
                f"{found}. {_about(level)}",
                wrong,
            )
        )
    fixes = (
        "set Delegation in the server's code",
        "the client grants it, and hands something over",
        "run the server as SYSTEM",
    )
    choices.append(
        Choice(
            "further",
            "what does it take to go on to another machine as the client",
            fixes,
            fixes[1],
            "The level says what was granted; the wire needs credentials, a forwarded ticket for example.",
            {fixes[0]: LEVEL_MAKES_CREDENTIALS, fixes[2]: PROCESS_COUNTS},
        )
    )
    causes = ("the file's DACL", "the level", "the client's password")
    choices.append(
        Choice(
            "cause",
            "error 1346 is about",
            causes,
            causes[1],
            "ERROR_BAD_IMPERSONATION_LEVEL: the DACL was not even looked at.",
            {causes[0]: TRUE_MEANS_DONE, causes[2]: LEVEL_MAKES_CREDENTIALS},
        )
    )
    return choose(
        f"`{here.full(here.user)}` asks `{service.name}` on `{here.desk.name}` for something. The service impersonates, the call "
        f"returns TRUE, and the thread opens `{HOSTS}` for reading, which all users may read. What happens?",
        choices,
        hints=(
            "Below Impersonation a thread may look at the client's token, and open nothing.",
            "Impersonation and Delegation differ on the wire only.",
        ),
        difficulty={"levels": len(levels)},
    )


def _about(level: ImpersonationLevel) -> str:
    if level < ImpersonationLevel.IMPERSONATION:
        return "At this level the server learns who it is, and can open nothing as the client."
    return "On this machine both levels do the same: the client's rights are asked."


@exercise(
    "10.3", "Serve, and become yourself again", Kind.ORDER, minutes=5, points=5, aims=(2,), rows=(44, 49)
)
def serve(stream: Stream) -> Task:
    here = office(stream)
    path = stream.file()
    lines = [
        "the service makes the pipe",
        f"{here.user} connects to the pipe",
        f"{here.user} writes a request into it",
        "the service reads the request",
        "ImpersonateNamedPipeClient",
        f"the thread opens `{path}`",
        "RevertToSelf",
    ]
    return arrange(
        f"A service on `{here.desk.name}` reads `{path}` for its client, with the client's rights. Put the steps in order.",
        lines,
        [
            Before(0, 1, "one connects to a pipe that is there"),
            Before(3, 4, "a message must have been read, or the call fails: 1368", ANY_MOMENT),
            Before(2, 3, "what is read was written before"),
            Before(
                4,
                5,
                "the open comes while the thread impersonates, or the service's own rights answer",
                PROCESS_COUNTS,
            ),
            Before(5, 6, "the thread reverts after the work is done, never before", OF_THE_PROCESS),
        ],
        stream,
        hints=(
            "What must have happened before Windows lets a server impersonate?",
            "An open before the impersonation would be the service's own.",
        ),
        difficulty={},
    )


CALLS = (
    "CreateProcess",
    "ImpersonateLoggedOnUser",
    "RevertToSelf",
    "DuplicateTokenEx",
    "CreateProcessWithTokenW",
)


@exercise(
    "10.4",
    "The child shall be the client",
    Kind.BUILD,
    minutes=10,
    points=4,
    aims=(1, 3),
    rows=(26, 49),
    cases=("mattjohnsonpint/SimpleImpersonation#69",),
)
def the_child(stream: Stream) -> Task:
    cast = players(stream)
    service_name, program = stream.pick(SERVICES), stream.pick(("report.exe", "convert.exe", "print.exe"))
    menu = stream.shuffled(CALLS)

    def read(answer: object) -> dict[str, str]:
        if type(answer) is not list or not 0 < len(answer) <= 8 or not all(one in CALLS for one in answer):
            raise AnswerError(f"expected a list of up to eight calls from {', '.join(menu)}")
        return _played(office(cast), service_name, program, answer)

    def requirement(key: str, says: str, belief: Misconception | None) -> Callable[[dict[str, str]], Finding]:
        return lambda story: Finding(not story[key], story[key] or says, belief)

    return build(
        f"A thread of `{service_name}`, a service under SYSTEM, has a handle to the impersonation token of its client `{cast.user}`. It shall "
        f"start `{program}` as the client. Give the calls in order, as a list of names from: "
        + ", ".join(f"`{one}`" for one in menu)
        + ". CreateProcessWithTokenW takes the last token that DuplicateTokenEx made (a primary one), or the client's own if "
        "there is none.",
        [
            Requirement(
                f"{program} runs as the client",
                requirement("child", "its token is a copy of the client's", CHILDREN_IMPERSONATE),
                2,
            ),
            Requirement(
                "nothing runs as SYSTEM on the client's behalf",
                requirement("extra", "one process, and the right one", CHILDREN_IMPERSONATE),
            ),
            Requirement(
                "the thread is itself again at the end",
                requirement("thread", "the thread has no token of its own", OF_THE_PROCESS),
            ),
        ],
        read=read,
        example=["CreateProcess"],
        hints=(
            "CreateProcess looks at the process, never at the thread.",
            "A process needs a primary token; the client's is for threads.",
            "What was impersonated must be reverted. What was never impersonated need not be.",
        ),
        difficulty={"calls": len(CALLS)},
    )


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
        except Refusal as refused:
            stopped = f"{call}: {refused}"
            break
    wanted = here.full(here.user)
    runs = [user_of(process) for process in made]
    wrong = [one for one in runs if one != wanted]
    nobody = f"no process runs as {wanted}: {', '.join(runs) or stopped or 'none was started'}"
    return {
        "child": "" if wanted in runs else nobody,
        "extra": nobody if wanted not in runs else f"also started: a process of {wrong[0]}" if wrong else "",
        "thread": nobody
        if wanted not in runs
        else "the thread still impersonates"
        if service.thread.token
        else stopped,
    }


@exercise("10.5", "The bad interleaving", Kind.BUILD, minutes=8, points=3, aims=(1,), rows=(42,))
def bad_interleaving(stream: Stream) -> Task:
    first, second = stream.picks("ABKMRT", 2)
    cast = players(stream)

    def threads() -> dict[str, list[tuple[str, Callable[[], object]]]]:
        here = office(cast)
        console = here.shell(here.admin).elevate("cmd.exe")
        shared = console.token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IMPERSONATION)
        one, two = console.new_thread(), console.new_thread()
        one.set_token(shared), two.set_token(shared)
        lsass = here.desk.process("lsass.exe")
        opener: list[tuple[str, Callable[[], object]]] = [
            ("enable SeDebugPrivilege", lambda: one.token.adjust_privileges({"SeDebugPrivilege": 2})),  # type: ignore[union-attr]
            ("open lsass.exe", lambda: one.open(lsass, 0x10)),
        ]
        tidy: list[tuple[str, Callable[[], object]]] = [
            ("enable SeBackupPrivilege", lambda: two.token.adjust_privileges({"SeBackupPrivilege": 2})),  # type: ignore[union-attr]
            ("disable all privileges", lambda: two.token.disable_all_privileges()),  # type: ignore[union-attr]
        ]
        return {first: opener, second: tidy}

    steps = "\n".join(
        f"* **{name}**: " + ", then ".join(what for what, _ in acts) for name, acts in threads().items()
    )

    def read(answer: object) -> dict[str, str]:
        if type(answer) is not dict or answer.keys() != {"fails", "works"}:
            raise AnswerError(f"expected a dict with two orders: {example}")
        for order in answer.values():
            if order is not None and (
                type(order) is not str or sorted(order) != sorted(first * 2 + second * 2)
            ):
                raise AnswerError(
                    f"{order!r:.40} is no order: expected two {first} and two {second}, for example {first * 2 + second * 2!r}"
                )
        return answer

    def failing(order: str | None) -> str:
        return (
            ""
            if order is None
            else next((step.what for step in interleave(threads(), order) if step.refused), "")
        )

    def bad(answer: dict[str, str]) -> Finding:
        found = failing(answer["fails"])
        return Finding(
            bool(found),
            f"{answer['fails']} fails at: {found or 'nothing'}. Both threads hold the same token: what one "
            "switches off is off for the other.",
            OF_THE_PROCESS,
        )

    def good(answer: dict[str, str]) -> Finding:
        order = answer["works"]
        found = failing(order)
        right = order is not None and not found
        return Finding(right, f"{order} fails at: {found or 'nothing'}.", OF_THE_PROCESS)

    example: Plain = {"fails": first * 2 + second * 2, "works": second * 2 + first * 2}
    return build(
        f"Two threads of one program carry **the same** token, in which SeDebugPrivilege and SeBackupPrivilege are disabled.\n\n{steps}\n\n"
        "Windows may run them in any order. Give one order in which a step fails, and one in which none does, a letter a step.",
        [
            Requirement("an order in which the open fails", bad, 2),
            Requirement("an order in which nothing fails", good),
        ],
        read=read,
        example={"fails": first * 2 + second * 2, "works": first * 2 + second * 2},
        blank={"fails": None, "works": None},
        hints=(
            "When exactly must the privilege be enabled?",
            "Put the disabling between the enabling and the open.",
        ),
        difficulty={"steps": 4},
        given={"opener": first, "other": second},
    )


@exercise("10.6", "Which call, which level?", Kind.READ, minutes=5, points=5, aims=(2,), rows=(44, 49))
def which_call(stream: Stream) -> Task:
    here = office(stream)
    client, service = here.shell(), here.desk.start_service(stream.pick(SERVICES))
    spoken = {Call.PIPE: "through a named pipe", Call.RPC: "by RPC", Call.COM: "through a COM interface"}
    options = tuple(call.value for call in Call)
    choices = []
    for call in stream.shuffled(tuple(Call)):
        choices.append(
            Choice(
                call.name.lower(),
                f"a client speaks {spoken[call]}",
                options,
                call.value,
                f"{call.value}: each way of speaking has its own call.",
                instead(options, call.value, ANY_CALL),
            )
        )
    line = client.connect(service, call=Call.COM)
    line.send("hello")
    found = service.thread.impersonate_client(line).name.capitalize()
    service.revert()
    levels = ("Identification", "Impersonation", "Delegation")
    choices.append(
        Choice(
            "usual",
            "the level a COM client grants if it says nothing",
            levels,
            found,
            f"{found}: COM is modest by default, and the open then fails with 1346.",
            instead(levels, found, TRUE_MEANS_DONE),
        )
    )
    capped = client.impersonate(here.shell(here.admin).token).name.capitalize()
    client.revert()
    choices.append(
        Choice(
            "capped",
            f"{here.user}'s own program calls ImpersonateLoggedOnUser with {here.admin}'s token, and it returns "
            "TRUE; the level",
            levels,
            capped,
            f"{capped}: another user's token, and no SeImpersonatePrivilege. Windows says nothing.",
            instead(levels, capped, TRUE_MEANS_DONE),
        )
    )
    return choose(
        f"`{service.name}` on `{here.desk.name}` serves several kinds of clients. Which call makes its thread the client, and at which "
        "level?",
        choices,
        hints=(
            "The name of the call says how the client speaks.",
            "TRUE says that the thread has a token. Which level?",
        ),
        difficulty={"calls": len(Call)},
    )


PRIMARY, LEVEL_ERROR = "a primary token of SYSTEM", "error 1346"


@exercise("10.7", "A client that is SYSTEM", Kind.PREDICT, minutes=7, points=6, aims=(2, 3), rows=(56,))
def system_client(stream: Stream) -> Task:
    here = office(stream)
    name, account = (
        stream.pick(("Guestbook", "Shop", "Wiki")),
        stream.pick(("LocalService", "NetworkService")),
    )
    client = here.desk.start_service(stream.pick(SERVICES))
    console = here.shell(here.admin).elevate("cmd.exe")
    image = rf"C:\Program Files\{name}\{name.lower()}.exe"
    server = console.create_service(name, image, account).start()
    asked = {
        "usual": ("the client says nothing about the level", _client_comes(server, client), WEAK_ACCOUNT),
        "modest": (
            "the client grants Identification",
            _client_comes(server, client, ImpersonationLevel.IDENTIFICATION),
            TRUE_MEANS_DONE,
        ),
        "plain": (
            f"the same client connects to a pipe of {here.user}'s explorer.exe instead",
            _client_comes(here.shell(), client),
            LEVEL_MAKES_CREDENTIALS,
        ),
    }
    server.token.adjust_privileges({"SeImpersonatePrivilege": 4})
    stripped = _client_comes(server, client)
    asked["stripped"] = (f"{name} runs without SeImpersonatePrivilege", stripped, LEVEL_MAKES_CREDENTIALS)
    outcomes = (PRIMARY, LEVEL_ERROR, "error 5")
    choices = [
        Choice(
            part, prompt, outcomes, found, f"{found}. {_why_client(part)}", instead(outcomes, found, belief)
        )
        for part, (prompt, found, belief) in stream.shuffled(list(asked.items()))
    ]
    records = ("4624 of SYSTEM, then 4688", "only the 4688 of the program", "nothing")
    choices.append(
        Choice(
            "log",
            "in the first case the service starts a program with CreateProcessWithTokenW; the Security log has",
            records,
            records[1],
            "SYSTEM's session was there before, and impersonation writes nothing; the start of a program does.",
            {records[0]: EVERY_IDENTITY_LOGS_ON, records[2]: EVERY_IDENTITY_LOGS_ON},
        )
    )
    fields = ("TargetUserName in 4688", "ParentUser beside User in Sysmon 1", "LogonType in 4624")
    choices.append(
        Choice(
            "watch",
            "what shows that the child runs under another account than its parent",
            fields,
            fields[1],
            "The subject of that 4688 is SYSTEM and its target is empty: the record does not know the parent's account.",
            instead(fields, fields[1], EVERY_IDENTITY_LOGS_ON),
        )
    )
    return choose(
        f"`{name}` on `{here.desk.name}` runs under {user_of(server)}, and somebody else decides what it does. It serves a pipe, a "
        "service under SYSTEM connects and writes, and the server calls ImpersonateNamedPipeClient and then "
        "DuplicateTokenEx for a primary token. What does it get?",
        choices,
        hints=(
            "Two things decide: the level that the client grants, and a privilege of the server's process.",
            "A token at Identification is only to look at: it does not become primary.",
            "Was anybody logged on in these steps?",
        ),
        difficulty={"clients": len(asked)},
    )


def _client_comes(server: Process, client: Process, level: ImpersonationLevel | None = None) -> str:
    """What a server makes of a client that connects to its pipe: a primary token, or an error."""
    pipe = rf"\\.\pipe\{server.name}"
    server.create_pipe(pipe)
    line = client.connect(pipe, level)
    line.send("hello")
    server.thread.impersonate_client(line)
    try:
        token = server.thread.effective_token.duplicate(TokenType.PRIMARY)
        return f"a primary token of {token.context.name_of(token.context.user).removeprefix('NT AUTHORITY' + chr(92))}"
    except Refusal as refused:
        return f"error {int(refused.code)}"
    finally:
        server.revert()


def _why_client(part: str) -> str:
    return {
        "usual": "A pipe's client grants Impersonation if it says nothing, and the service has SeImpersonatePrivilege.",
        "modest": "The server may know who it is, and cannot act as it.",
        "plain": "Without SeImpersonatePrivilege another user's token is capped at Identification.",
        "stripped": "Without the privilege the level is capped, whatever the client grants.",
    }[part]


@exercise("10.8", "Five traces", Kind.READ, minutes=9, points=8, aims=(2, 3), rows=(56, 57, 58, 59))
def five_traces(stream: Stream) -> Task:
    here = office(stream)
    traces = dict(zip("ABCDE", stream.shuffled(traces_of(here)), strict=True))
    choices = [
        Choice(
            letter,
            f"trace {letter}",
            WAYS,
            way,
            f"{way}. {why(way)}",
            instead(WAYS, way, EVERY_IDENTITY_LOGS_ON),
        )
        for letter, (way, _) in traces.items()
    ]
    people = (here.user, here.admin, "SYSTEM")
    choices.append(
        Choice(
            "added",
            "who added the service",
            people,
            people[1],
            "The subject of 4697 is the account that added it; the service itself runs as SYSTEM.",
            instead(people, people[1], PROCESS_COUNTS),
        )
    )
    checked = ("in no trace", "in the traces of type 9", "in all of them")
    choices.append(
        Choice(
            "checked",
            f"where was {here.admin}'s password checked",
            checked,
            checked[0],
            "Type 9 checks nothing, and the other ways need no password.",
            {checked[1]: PASSWORD_WAS_CHECKED, checked[2]: PASSWORD_WAS_CHECKED},
        )
    )
    counts = ("at once", "from the account's next logon on", "after a restart of the controller")
    choices.append(
        Choice(
            "counts",
            "from when does the SID in the history count",
            counts,
            counts[1],
            "A token is made at the logon: it has the groups of that moment, and the history with them.",
            instead(counts, counts[1], HISTORY_AT_ONCE),
        )
    )
    blocks = "\n\n".join(f"{letter}\n{told(records)}" for letter, (_, records) in traces.items())
    return choose(
        f"Five things happened at `{here.desk.name}` and its controller. These are the records of logons, programs, services and accounts that "
        f"each of them left. Which way was it?\n\n```\n{blocks}\n```",
        choices,
        hints=(
            "Who is named as the logon process: seclogo or Advapi?",
            "What starts a program leaves a 4688. What puts a token on a thread leaves nothing.",
            "4697 is written when a service is added, 4738 when an account is changed.",
        ),
        difficulty={"traces": len(traces), "records": sum(len(records) for _, records in traces.values())},
        given={
            "traces": {letter: records for letter, (_, records) in traces.items()},
            "admin": here.admin,
        },
    )
