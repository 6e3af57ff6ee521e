"""Exercises of lesson 11: why a token cannot be sent over the wire."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.network import Http, Outcome, Rpc, SmbShare, SqlServer, Way, WinRm
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, granted_access
from tokenlab.system import CredentialKind, Thread
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import read_descriptor, why
from tokenlab.teach.exercise import (
    Before,
    Case,
    Choice,
    Kind,
    Requirement,
    Task,
    arrange,
    build,
    choose,
    exercise,
    implement,
    instead,
)
from tokenlab.teach.exercises.scenes import Office, office, players
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.values import MAXIMUM_ALLOWED, FileRights

TOKEN_IS_SENT = Misconception(
    "a-token-can-be-sent",
    "A token can be sent.",
    "Its LUID means something on one machine only; the user proves himself anew, and the server makes its own token.",
    "lesson 11, three questions",
)
SYSTEM_TRAVELS = Misconception(
    "system-is-a-network-account",
    "SYSTEM is an account of the network.",
    "SYSTEM is known on its own machine only; elsewhere the machine's account arrives.",
    "lesson 11, three questions",
)
SERVER_RIGHTS = Misconception(
    "servers-answer-with-their-own-rights",
    "Servers answer with their own rights.",
    "While a thread impersonates, its client's token is asked, and the server's own rights are of no use.",
    "lesson 11",
)
PROCESS_GOES_OUT = Misconception(
    "the-process-goes-out",
    "On the wire it is the process that counts.",
    "The thread's effective token counts: its own if it impersonates, and the session behind that.",
    "lesson 11",
)
EVERY_LOGON_KEEPS = Misconception(
    "network-logons-keep-credentials",
    "A server that knows me can show me elsewhere.",
    "A network logon is a proof and leaves nothing to show, unless the protocol handed something over.",
    "lesson 11",
)
KERBEROS_ALWAYS = Misconception(
    "a-domain-speaks-kerberos",
    "In a domain everything is Kerberos.",
    "A ticket is made out to a name; for an address there is none, and Negotiate falls back to NTLM.",
    "lesson 11",
)
ALIAS_IS_A_NAME = Misconception(
    "an-alias-is-as-good-as-the-name",
    "An alias in DNS is as good as the server's own name.",
    "A ticket needs a service principal name. Web and database clients follow the alias to the host; others ask for what was typed.",
    "dataplat/dbatools#500",
)
FIRST_COMES_FIRST = Misconception(
    "the-first-account-with-the-name-counts",
    "Where two accounts have one name, the first one counts.",
    "The controller cannot know whose key to use: it gives no ticket, and the client takes NTLM.",
    "Event ID 11, KDCEVENT_NAME_NOT_UNIQUE",
)
SERVER_ASKS = Misconception(
    "the-server-asks-the-controller",
    "With Kerberos the server asks the controller about its client.",
    "The client asks before it comes; the server checks the ticket with its own key. With NTLM the server asks.",
    "lesson 11",
)

NETWORK_TOKEN_NAMES_GROUP = Misconception(
    "a-user-is-the-same-token-everywhere",
    "The same user has the same token, however he came.",
    "The way of coming in adds a group: NETWORK over the wire, INTERACTIVE at the keyboard.",
    "lesson 11",
)


@exercise(
    "11.1",
    "What is there afterwards?",
    Kind.PREDICT,
    minutes=5,
    points=5,
    aims=(1, 3),
    rows=(32, 33, 34, 35, 41),
)
def afterwards(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    kinds = {"a share": SmbShare, "an RPC server": Rpc, "PowerShell remoting": WinRm}
    visits = {server: stream.picks(list(kinds), stream.number(1, 3)) for server in (here.first, here.second)}
    before = {server: len(server.sessions) for server in visits}
    last = None
    for server, services in visits.items():
        for service in services:
            last = here.network.connect(shell.thread, kinds[service](server))
    assert last is not None and last.token is not None and last.token.session is not None
    luid = shell.token.authentication_id
    known = luid in {session.authentication_id for session in here.first.sessions}
    held = last.token.session.credentials.kind
    assert not known and held is CredentialKind.NONE
    kept = ("the password", "a ticket-granting ticket", "nothing")
    numbers = tuple(str(number) for number in range(4))
    plan = "; ".join(f"on `{server.name}` {', '.join(services)}" for server, services in visits.items())
    choices = []
    for name, server in zip(("first", "second"), visits, strict=True):
        right = str(len(server.sessions) - before[server])
        choices.append(
            Choice(
                name,
                f"new logon sessions of {here.user} on `{server.name}`",
                numbers,
                right,
                f"{right}: each service has the proof checked for itself, and the server makes a session for each.",
                instead(numbers, right, TOKEN_IS_SENT),
            )
        )
    found, made = ("that session", "no such session"), ("the one from the desk", "a new one, made there")
    choices += [
        Choice(
            "luid",
            f"`{here.first.name}` looks the desk's logon id `{luid}` up among its sessions and finds",
            found,
            found[1],
            "Each machine counts its own LUIDs; the desk's means nothing there.",
            {found[0]: TOKEN_IS_SENT},
        ),
        Choice(
            "token",
            "the token that the server's thread gets",
            made,
            made[1],
            "The server's LSA makes it, by the groups in the ticket and by its own SAM.",
            {made[0]: TOKEN_IS_SENT},
        ),
        Choice(
            "holds",
            f"what a new session on `{here.second.name}` can show to another machine",
            kept,
            kept[2],
            f"{held.value}: it was made by a proof, and a proof cannot be shown again.",
            dict.fromkeys(kept[:2], EVERY_LOGON_KEEPS),
        ),
    ]
    return choose(
        f"`{here.full(here.user)}` logs on at `{here.desk.name}` and connects once to each of these, by name: {plan}. "
        "Nothing is set for delegation, and all connections stay open. What is there afterwards?",
        choices,
        hints=(
            "Every connection is a logon.",
            "What was sent: a password, a ticket to one service, a token?",
        ),
        difficulty={"servers": len(visits)},
        given={"visits": tuple(len(services) for services in visits.values())},
    )


@exercise("11.2", "From the click to the file", Kind.ORDER, minutes=5, points=5, aims=(1,), rows=(34, 38, 47))
def click_to_file(stream: Stream) -> Task:
    here = office(stream)
    server, desk = here.first.name, here.desk.name
    lines = [
        f"`{desk}` proves to the controller that it has {here.user}'s key (AS)",
        f"`{desk}` asks the controller for a ticket to `cifs/{server}` (TGS)",
        f"`{desk}` shows the ticket to `{server}` (AP)",
        f"`{server}` checks the ticket with its own key",
        f"the LSA of `{server}` makes a logon session, and then a token",
        f"a thread on `{server}` impersonates the new token",
        f"the file is opened, and {here.user}'s rights decide",
    ]
    return arrange(
        f"`{here.full(here.user)}` opens a file on `\\\\{server}\\data`, for the first time today. Put the steps in order.",
        lines,
        [
            Before(0, 1, "tickets are asked for with the ticket-granting ticket"),
            Before(1, 2, "the client asks the controller before it comes to the server", SERVER_ASKS),
            Before(3, 4, "nobody gets a session before the proof is checked", TOKEN_IS_SENT),
            Before(4, 5, "a token is made on the server before a thread can carry it", TOKEN_IS_SENT),
            Before(
                5, 6, "the thread impersonates first; so the client is asked, not the server", SERVER_RIGHTS
            ),
        ],
        stream,
        hints=(
            "Three conversations: with the controller twice, with the server once.",
            "The server checks the proof, makes session and token, impersonates.",
        ),
        difficulty={},
    )


@exercise(
    "11.3",
    "Whose credentials go out?",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(2,),
    rows=(12, 36, 44, 45, 48),
)
def whose_credentials(stream: Stream) -> Task:
    here = office(stream)
    shell = here.shell()
    share = SmbShare(here.second)
    account = r"NT AUTHORITY\SYSTEM"
    service = here.desk.start_service("Spooler")
    visit = here.network.connect(shell.thread, SmbShare(here.first))
    assert visit.thread is not None
    options = (
        here.full(here.user),
        rf"{here.name}\{here.desk.name}$",
        account,
        r"NT AUTHORITY\ANONYMOUS LOGON",
    )

    def seen(thread: Thread) -> str:
        return here.network.connect(thread, share).who

    itself = seen(service.thread)
    service.impersonate(shell.token)
    impersonating = seen(service.thread)
    service.revert()
    asked = {
        "service": (
            f"a service on `{here.desk.name}` that runs as `{account}`",
            itself,
            {options[2]: SYSTEM_TRAVELS, options[3]: SYSTEM_TRAVELS},
            "SYSTEM goes out as the machine's account.",
        ),
        "impersonating": (
            f"the same service, while its thread impersonates {here.user}'s token from the desk",
            impersonating,
            {options[1]: PROCESS_GOES_OUT, options[2]: PROCESS_GOES_OUT},
            "The thread's token points to the session of the desk, which holds the password.",
        ),
        "reverted": (
            "the same service, after RevertToSelf",
            seen(service.thread),
            {options[0]: PROCESS_GOES_OUT, options[2]: SYSTEM_TRAVELS},
            "Without a token of its own the thread stands for its process again.",
        ),
        "onward": (
            f"the thread that serves {here.user}'s connection on `{here.first.name}`",
            seen(visit.thread),
            {options[0]: EVERY_LOGON_KEEPS, options[2]: PROCESS_GOES_OUT},
            "Its token points to a network session, and that holds nothing to show.",
        ),
    }
    choices = [
        Choice(name, prompt, options, right, f"{right}. {says}", wrong)
        for name, (prompt, right, wrong, says) in asked.items()
    ]
    rights = ("the service's own", f"{here.user}'s")
    choices.append(
        Choice(
            "rights",
            f"whose rights decide what that thread on `{here.first.name}` may open there",
            rights,
            rights[1],
            "The thread impersonates: its client's token is asked, even if SYSTEM could do more.",
            {rights[0]: SERVER_RIGHTS},
        )
    )
    return choose(
        f"`{here.full(here.user)}` works at `{here.desk.name}` and has a connection to a share of `{here.first.name}`. Nothing is set for delegation. "
        f"Each of these connects to `\\\\{here.second.name}\\data`; whom does `{here.second.name}` see?",
        choices,
        hints=(
            "Thread, token, session, credentials: follow the chain link by link.",
            "Does the thread carry a token of its own at this moment?",
            "Two of the four options belong to one machine each, and to no network.",
        ),
        difficulty={"threads": len(asked)},
        given={"user": options[0], "machine": options[1], "client": rights[1]},
    )


@exercise("11.4", "Three that arrived", Kind.READ, minutes=6, points=5, aims=(1, 3), rows=(35, 37, 38, 51))
def three_arrived(stream: Stream) -> Task:
    here = office(stream)
    shell, share, site = here.shell(), SmbShare(here.first), Http(here.first)
    visits: dict[str, Callable[[], object]] = {
        "name": lambda: here.network.connect(shell.thread, share),
        "address": lambda: here.network.connect(shell.thread, share, host=here.network.address(here.first)),
        "basic": lambda: here.network.connect(
            shell.thread, site, way=Way.BASIC, name=here.full(here.user), password=here.passwords[here.user]
        ),
    }
    order = stream.shuffled(list(visits))
    letters = dict(zip(order, "ABC", strict=True))
    keys = ("LogonType", "TargetUserName", "AuthenticationPackageName", "LogonProcessName")
    blocks = []
    for name in order:
        count = len(here.first.log.events(4624))
        visits[name]()
        event = [e for e in here.first.log.events(4624)[count:] if e["TargetUserName"] == here.user][-1]
        lines = [f"{key:26} {event[key]}" for key in keys]
        blocks.append("\n".join([f"-- {letters[name]}: 4624 on {here.first.name}", *lines]))
    options, parties = ("A", "B", "C"), ("the client, before", "the server, during")
    relay = ("does not insist on signing", "trusts the user for delegation", "knows the user's LUID")

    def which(name: str, visit: str, prompt: str, says: str, belief: Misconception) -> Choice:
        wrong = instead(options, letters[visit], belief)
        return Choice(name, prompt, options, letters[visit], says, wrong)

    listing = "\n\n".join(blocks)
    return choose(
        f"Three times `{here.user}` came to `{here.first.name}`: once to a share by its name, once to the share by its address, once to a web site.\n\n```\n{listing}\n```",
        [
            which("address", "address", "which one came by the address",
                  "NTLM, type 3: there is no ticket for an address.", KERBEROS_ALWAYS),
            which("password", "basic", "which one left a password on the server",
                  "Type 8, NetworkCleartext: the server was given the password itself.", EVERY_LOGON_KEEPS),
            Choice("kerberos", f"event {letters['name']}: who asked the controller", parties, parties[0],
                   "The client asked for the ticket; the server checks it with its own key.", {parties[1]: SERVER_ASKS}),
            Choice("ntlm", f"event {letters['address']}: who asked the controller", parties, parties[1],
                   "The server cannot check the answer alone: it asks while the client waits (4776).", {parties[0]: SERVER_ASKS}),
            Choice("relay", f"somebody in the middle passes the messages of {letters['address']} on to another server. It works if that server",
                   relay, relay[0], "Challenge and answer are passed on while fresh; signing stands against it.",
                   {relay[1]: EVERY_LOGON_KEEPS, relay[2]: TOKEN_IS_SENT}),
        ],
        hints=(
            "Type 3 is Network, type 8 is NetworkCleartext.",
            "A ticket is made out to a name.",
            "Who holds a key to check the proof with?",
        ),
        difficulty={"events": len(blocks)},
        given={"order": tuple(order)},
    )  # fmt: skip


@exercise("11.5", "Your own chain", Kind.IMPLEMENT, minutes=12, points=6, aims=(2, 3), rows=(35, 36, 45))
def own_chain(stream: Stream) -> Task:
    here = office(stream)
    share = SmbShare(here.second)
    user, admin = here.shell(), here.shell(here.admin)
    service = here.desk.start_service("Spooler")
    visit = here.network.connect(user.thread, SmbShare(here.desk))
    basic = here.network.connect(
        admin.thread,
        Http(here.desk),
        way=Way.BASIC,
        name=here.full(here.admin),
        password=here.passwords[here.admin],
    )
    assert visit.token is not None and basic.token is not None
    ways = [
        (user, None, "process"),
        (admin, None, "process"),
        (service, user.token, "thread"),
        (service, admin.token, "thread"),
        (service, None, "machine"),
        (service, visit.token, "nothing"),
        (service, basic.token, "thread"),
    ]
    cases = []
    for process, token, group in stream.shuffled(ways):
        if token is not None:
            process.impersonate(token)
        seen = here.network.connect(process.thread, share).who
        sessions: dict[str, Plain] = {}
        for one in (process.token, *([token] if token else [])):
            session = one.session
            assert session is not None
            held = session.credentials
            shown: Plain = (
                rf"{held.domain}\{held.user_name}" if held.kind is CredentialKind.PASSWORD else None
            )
            if held.kind is CredentialKind.MACHINE:
                shown = "the machine"
            sessions[str(session.authentication_id)] = shown
        thread: Plain = str(token.authentication_id) if token else None
        arguments = (thread, str(process.token.authentication_id), sessions, here.desk.name)
        if token is not None:
            process.revert()
        expected = seen.partition("\\")[2]
        cases.append(Case(arguments, expected, group))
    return implement(
        "Write a function `arrives(thread, process, sessions, machine)`. `thread` is the logon id in the thread's token, None if it has none; "
        "`process` is the logon id in the process's token. `sessions` maps logon ids to what a session holds: `'DOMAIN\\\\user'`, `'the machine'`, or None. "
        f"`machine` is the name of the machine, `'{here.desk.name}'`. It gives the name that another machine sees, without the domain: "
        f"`'{here.user}'`, `'{here.desk.name}$'`, or `'ANONYMOUS LOGON'`. Put the function itself into the answer.",
        cases,
        {
            "process": (1, "A thread without a token stands for its process.", PROCESS_GOES_OUT),
            "thread": (
                2,
                "A thread's own token decides, and the session that it points to.",
                PROCESS_GOES_OUT,
            ),
            "machine": (
                1,
                "What holds the machine's credentials arrives as its account, with a dollar sign.",
                SYSTEM_TRAVELS,
            ),
            "nothing": (
                2,
                "A session with nothing to show arrives anonymously: its process does not step in.",
                EVERY_LOGON_KEEPS,
            ),
        },
        hints=(
            "First: which logon id counts, the thread's or the process's?",
            "Look it up in the sessions, and decide among three kinds of what is found.",
        ),
        difficulty={"sessions": sum(len(case.arguments[2]) for case in cases)},  # type: ignore[arg-type, misc]
    )


@exercise("11.6", "Here and from afar", Kind.BUILD, minutes=8, points=5, aims=(1,), rows=(41, 48))
def here_and_afar(stream: Stream) -> Task:
    here = office(stream)
    visit = here.network.connect(here.shell().thread, SmbShare(here.first))
    local = here.first.log_on(here.full(here.user), here.passwords[here.user])
    other = here.network.connect(here.shell(here.admin).thread, SmbShare(here.first))
    assert visit.token is not None and other.token is not None
    afar, desk, stranger = visit.token.context, local.context, other.token.context
    writing = FileRights.WRITE_DATA | FileRights.APPEND_DATA

    def allowed(who: SecurityContext, right: int) -> Callable[[SecurityDescriptor], Finding]:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            decision = access_check(who, descriptor, right)
            return Finding(decision.granted, why(decision), NETWORK_TOKEN_NAMES_GROUP)

        return judge

    def refused(
        who: SecurityContext, rights: int, belief: Misconception
    ) -> Callable[[SecurityDescriptor], Finding]:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            if not access_check(afar, descriptor, FileRights.READ_DATA).granted:
                return Finding(
                    False, f"nobody is served: {here.user} cannot even read through the share", belief
                )
            got = granted_access(who, descriptor, MAXIMUM_ALLOWED) & rights
            says = f"gets {FileRights(got)!s}" if got else "none of these rights is granted"
            return Finding(not got, says, belief)

        return judge

    return build(
        f"Write the DACL of a file on `{here.first.name}` as SDDL. SYSTEM owns the file and serves the share, on a thread that impersonates. `{here.full(here.user)}` is `{afar.user}`. "
        "A token that came over the network has NETWORK in it (`NU` in SDDL), one from the keyboard INTERACTIVE (`IU`). It must do this:",
        [
            Requirement(f"{here.user} may read through the share", allowed(afar, FileRights.READ_DATA)),
            Requirement(f"{here.user} may not write through the share", refused(afar, writing, NETWORK_TOKEN_NAMES_GROUP)),
            Requirement(f"at the keyboard of {here.first.name}, {here.user} may read and write",
                        allowed(desk, FileRights.READ_DATA | writing), 2),
            Requirement(f"{here.admin} gets nothing of this through the share, although SYSTEM could",
                        refused(stranger, FileRights.READ_DATA | writing, SERVER_RIGHTS)),
        ],
        read=read_descriptor("S-1-5-18"),
        example="D:(A;;FR;;;BU)",
        blank="",
        hints=(
            "One line for the person, one for the way of coming in. Which must stand first?",
            "`0x6` are the bits for writing and appending, `0x7` reads too; FW in a deny would take away READ_CONTROL as well.",
        ),
        difficulty={"tokens": 3},
        given={"user": afar.user},
    )  # fmt: skip


PACKAGES = ("Kerberos", "NTLM", "refused")


def _by_name(here: Office) -> Outcome:
    return here.network.connect(here.shell().thread, SmbShare(here.first))


def _by_address(here: Office) -> Outcome:
    host = here.network.address(here.first)
    return here.network.connect(here.shell().thread, SmbShare(here.first), host=host)


def _share_by_alias(here: Office) -> Outcome:
    here.network.alias("files", here.first)
    return here.network.connect(here.shell().thread, SmbShare(here.first), host="files")


def _database_by_alias(here: Office) -> Outcome:
    here.network.alias("orders", here.second)
    database = here.network.offer(SqlServer(here.second))
    return here.network.connect(here.shell().thread, database, host="orders")


def _two_accounts(here: Office) -> Outcome:
    name = f"HTTP/{here.first.name}"
    for account in (here.user, f"{here.first.name}$"):
        here.domain.register(here.domain.account(account), name, look_first=False)
    return here.network.connect(here.shell().thread, Http(here.first))


def _calls_itself(here: Office) -> Outcome:
    at_server = here.shell(here.admin, here.first)
    return here.network.connect(at_server.thread, Http(here.first), host="portal")


VISITS: dict[str, tuple[Callable[[Office], Outcome], str, str, Misconception]] = {
    "name": (_by_name, "a share of `{first}`, by the server's name", "The machine's account has that name.", SERVER_ASKS),
    "address": (_by_address, "a share of `{first}`, by its address", "For an address there is no ticket.", KERBEROS_ALWAYS),
    "share alias": (
        _share_by_alias,
        "a share of `{first}`, by the alias (CNAME) `files`",
        "A share is asked for by the name that was typed, and no account has `cifs/files`.",
        ALIAS_IS_A_NAME,
    ),
    "database alias": (
        _database_by_alias,
        "a database on `{second}`, by the alias (CNAME) `orders`",
        "A database client follows the alias to the host, and asks for its name.",
        ALIAS_IS_A_NAME,
    ),
    "two accounts": (
        _two_accounts,
        "a web site of `{first}` by name, after `HTTP/{first}` was given to two accounts",
        "The controller cannot know whose key to use: no ticket.",
        FIRST_COMES_FIRST,
    ),
    "itself": (
        _calls_itself,
        "an administrator at `{first}` opens a web site of `{first}` itself, as `portal`; no account has a name for that",
        "NTLM from a machine to itself under a strange name: the loopback check refuses.",
        KERBEROS_ALWAYS,
    ),
}  # fmt: skip


@exercise(
    "11.7",
    "By which name?",
    Kind.PREDICT,
    minutes=6,
    points=6,
    aims=(1, 2),
    rows=(52,),
    cases=("dataplat/dbatools#670", "dataplat/dbatools#500", "CSS-Identity/ADFS-Diag#33"),
)
def which_name(stream: Stream) -> Task:
    cast = players(stream)
    order = stream.shuffled(tuple(VISITS))
    choices = []
    for number, kind in enumerate(order, 1):
        visit, prompt, says, belief = VISITS[kind]
        here = office(cast)
        outcome = visit(here)
        right = outcome.package if outcome.ok else "refused"
        words = prompt.format(first=here.first.name, second=here.second.name)
        wrong = instead(PACKAGES, right, belief)
        choices.append(Choice(f"visit_{number}", words, PACKAGES, right, f"{right}. {says}", wrong))
    return choose(
        "Six visits, each in a fresh domain: which protocol does the client speak, or is it refused? Where nothing else is said, a plain user connects from a desk.",
        choices,
        hints=(
            "Which service principal name does the client ask a ticket for, and how many accounts have it?",
            "Two of these clients look an alias up before they ask; the client of a share does not.",
        ),
        difficulty={"visits": len(order)},
        given={"kinds": tuple(order)},
    )
