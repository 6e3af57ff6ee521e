"""Worlds of lesson 11: why a token cannot be sent over the wire."""

from __future__ import annotations

from collections.abc import Callable

from tokenlab.network import AuthenticationMechanism, ConnectionOutcome, Http, Rpc, SmbShare, SqlServer, WinRm
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, granted_access
from tokenlab.system import CredentialKind, LogonType, Machine, Process, Thread, Token
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import read_descriptor, why
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import Names, Office, office, players
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import Misconception, believe
from tokenlab.teach.variant import Stream
from tokenlab.values import MAXIMUM_ALLOWED, FileRights
from tokenlab.values.well_known import ADMINISTRATORS

KINDS = {"a share": SmbShare, "an RPC server": Rpc, "PowerShell remoting": WinRm}


HOLDS = {
    "a proof": "nothing: the user only proved who they are",
    "forwarded": "a ticket-granting ticket: it was sent along",
    "CredSSP": "the password: it was handed over",
}


TRUST = ("Nothing is set for delegation", "`{}` is trusted for delegation to any service")


def _visited(here: Office, shell: Process, server: Machine, services: list[str]) -> bool:
    """Visit these services of a server; does the last token there have its Administrators?"""
    for service in services:
        came = here.network.connect(shell.thread, KINDS[service](server))
    assert came.token is not None
    return any(one.sid == ADMINISTRATORS for one in came.token.context.groups)


def afterwards(stream: Stream) -> Names:
    """One to three visits to each of two servers, and what is there then."""
    here = office(stream)
    visits = {server: stream.picks(list(KINDS), stream.number(1, 3)) for server in (here.first, here.second)}
    last, kind = stream.pick(("a proof", "forwarded", "CredSSP")), CredentialKind.NONE
    sid = here.domain.account(here.user).sid
    admin_at = stream.pick((("desk",), ("first",), ("second",), ("desk", "first"), ("desk", "second")))
    places = {"desk": here.desk, "first": here.first, "second": here.second}
    for place in admin_at:
        places[place].sam.add_members("Administrators", sid)
    here.domain.delegation(here.domain.account(f"{here.second.name}$")).unconstrained = last == "forwarded"
    shell = here.shell()
    before = {server: len(server.sessions) for server in visits}
    way = AuthenticationMechanism.CREDSSP if last == "CredSSP" else AuthenticationMechanism.NEGOTIATE
    has = {server: _visited(here, shell, server, services) for server, services in visits.items()}
    sessions = [str(len(server.sessions) - before[server]) for server in visits]
    onward = here.network.connect(shell.thread, WinRm(here.second), way=way)
    assert onward.token is not None and onward.token.session is not None
    kind = onward.token.session.credentials.kind
    assert (kind is CredentialKind.NONE) == (last == "a proof")
    return here.names | {
        "plan": "; ".join(f"on `{server.name}` {', '.join(services)}" for server, services in visits.items()),
        "visits": tuple(len(services) for services in visits.values()),
        "admin_at": admin_at,
        "admins": " and ".join(f"`{places[place].name}`" for place in admin_at),
        "last": last,
        "trust": TRUST[last == "forwarded"].format(here.second.name),
        "by": "PowerShell remoting with CredSSP" if last == "CredSSP" else "PowerShell remoting by name",
        "sessions": {
            name: {"server": server.name, "new": new}
            for name, server, new in zip(("first", "second"), visits, sessions, strict=True)
        },
        "tokens": {
            f"token_{name}": {"server": server.name, "answer": _member(server.name, has[server])}
            for name, server in zip(("first", "second"), visits, strict=True)
        },
        "holds": HOLDS[last],
        "held": kind.value,
    }  # fmt: skip


def _member(server: str, yes: bool) -> str:
    return f"{'yes: the SAM of ' if yes else 'no: the SAM of '}{server} {'has' if yes else 'does not have'} the user there"


def click_to_file(stream: Stream) -> Names:
    return office(stream).names


def whose_credentials(stream: Stream) -> Names:
    """A service that runs as SYSTEM, with and without a client's token; a server's thread that goes on."""
    here = office(stream)
    shell, share = here.shell(), SmbShare(here.second)
    account = stream.pick(("SYSTEM", "SYSTEM", "NETWORK SERVICE", "LOCAL SERVICE"))
    worn, typed = stream.pick(("desk", "desk", "network")), stream.pick((False, True, True))
    way = AuthenticationMechanism.BASIC if typed else AuthenticationMechanism.NEGOTIATE
    serving = stream.pick((True, True, False))
    token = here.desk.log_on(rf"NT AUTHORITY\{account}", None, LogonType.SERVICE)
    service = here.desk.processes.new(here.desk.full_path("svchost.exe"), token)
    visit = here.network.connect(shell.thread, SmbShare(here.desk))
    client = shell.token if worn == "desk" else visit.token
    login = {"name": here.full(here.user), "password": here.passwords[here.user]}
    site = here.network.connect(shell.thread, Http(here.first), way=way, **(login if typed else {}))
    assert site.thread is not None and client is not None

    def seen(thread: Thread) -> str:
        return here.network.connect(thread, share).who

    itself = seen(service.thread)
    service.impersonate(client)
    impersonating = seen(service.thread)
    service.revert()
    reverted, onward = seen(service.thread), seen(site.thread)
    if not serving:
        site.thread.revert()
    rights = (f"{here.user}'s", "the service's own")[not serving]
    assert (site.thread.context.user == shell.token.context.user) is serving
    return here.names | {
        "machine": rf"{here.name}\{here.desk.name}$",
        "client": f"{here.user}'s",
        "share": rf"\\{here.second.name}\data",
        "account": account,
        "worn": worn,
        "whose": "token from the desk" if worn == "desk" else "token of a visit to a share of the desk",
        "protocol": way.name,
        "how": "gave the password to the site (Basic)" if typed else "came by Kerberos",
        "serving": serving,
        "at_what": "while it serves the client" if serving else "after it called RevertToSelf",
        "service": itself,
        "impersonating": impersonating,
        "reverted": reverted,
        "onward": onward,
        "rights": rights,
    }


CHECKS: dict[str, Names] = {
    "name": {
        "check": "its own key: a ticket is sealed with it",
        "belief": {"the controller's word, while the client waited": "the-server-asks-the-controller"},
    },
    "address": {
        "check": "the controller's word, while the client waited",
        "belief": {"its own key: a ticket is sealed with it": "a-domain-speaks-kerberos"},
    },
    "basic": {"check": "the password itself, for a logon of its own", "belief": {}},
}


def three_arrived(stream: Stream) -> Names:
    """Three logons of the same user: by name, by address, with a password for a web site."""
    here = office(stream)
    shell, share, site = here.shell(), SmbShare(here.first), Http(here.first)
    visits: dict[str, Callable[[], object]] = {
        "name": lambda: here.network.connect(shell.thread, share),
        "address": lambda: here.network.connect(shell.thread, share, host=here.network.address(here.first)),
        "basic": lambda: here.network.connect(
            shell.thread,
            site,
            way=AuthenticationMechanism.BASIC,
            name=here.full(here.user),
            password=here.passwords[here.user],
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
    return here.names | {f"by_{name}": letter for name, letter in letters.items()} | {
        "order": tuple(order),
        "checks": {letter: CHECKS[name] | {"letter": letter} for name, letter in letters.items()},
        "listing": "\n\n".join(blocks),
    }  # fmt: skip


def own_chain(stream: Stream) -> Names:
    """Seven threads, and the name that another machine saw of each."""
    here = office(stream)
    user, admin = here.shell(), here.shell(here.admin)
    service = here.desk.start_service("Spooler")
    visit = here.network.connect(user.thread, SmbShare(here.desk))
    password = here.passwords[here.admin]
    basic = here.network.connect(
        admin.thread,
        Http(here.desk),
        way=AuthenticationMechanism.BASIC,
        name=here.full(here.admin),
        password=password,
    )
    ways = [
        (user, None, "process"),
        (admin, None, "process"),
        (service, user.token, "thread"),
        (service, admin.token, "thread"),
        (service, None, "machine"),
        (service, visit.token, "nothing"),
        (service, basic.token, "thread"),
    ]
    cases = [_chain(here, process, token, group) for process, token, group in stream.shuffled(ways)]
    sessions = sum(len(case.arguments[2]) for case in cases)  # type: ignore[arg-type, misc]
    return here.names | {"cases": cases, "number_of_sessions": sessions}


def _chain(here: Office, process: Process, token: Token | None, group: str) -> FunctionCall:
    if token is not None:
        process.impersonate(token)
    seen = here.network.connect(process.thread, SmbShare(here.second)).who
    sessions: dict[str, Plain] = {}
    for one in (process.token, *([token] if token else [])):
        session = one.session
        assert session is not None
        held = session.credentials
        shown: Plain = rf"{held.domain}\{held.user_name}" if held.kind is CredentialKind.PASSWORD else None
        if held.kind is CredentialKind.MACHINE:
            shown = "the machine"
        sessions[str(session.authentication_id)] = shown
    if token is not None:
        process.revert()
    thread: Plain = str(token.authentication_id) if token else None
    arguments = (thread, str(process.token.authentication_id), sessions, here.desk.name)
    return FunctionCall(arguments, seen.partition("\\")[2], group)


def here_and_afar(stream: Stream) -> Names:
    """A user's token from afar and from the keyboard, an administrator's from afar, and what judges a DACL."""
    here = office(stream)
    visit = here.network.connect(here.shell().thread, SmbShare(here.first))
    local = here.first.log_on(here.full(here.user), here.passwords[here.user])
    other = here.network.connect(here.shell(here.admin).thread, SmbShare(here.first))
    assert visit.token is not None and other.token is not None
    afar, desk, stranger = visit.token.context, local.context, other.token.context
    same_token, own_rights = (
        believe("a-user-is-the-same-token-everywhere"),
        believe("servers-answer-with-their-own-rights"),
    )
    read, writing = FileRights.READ_DATA, FileRights.WRITE_DATA | FileRights.APPEND_DATA

    def allowed(who: SecurityContext, right: int) -> Callable[[SecurityDescriptor], PartFinding]:
        def judge(descriptor: SecurityDescriptor) -> PartFinding:
            decision = access_check(who, descriptor, right)
            return PartFinding(decision.granted, why(decision), same_token)

        return judge

    def refused(
        who: SecurityContext, rights: int, belief: Misconception
    ) -> Callable[[SecurityDescriptor], PartFinding]:
        def judge(descriptor: SecurityDescriptor) -> PartFinding:
            if not access_check(afar, descriptor, read).granted:
                waits = f"it counts when {here.user} can read through the share"
                return PartFinding(False, waits, belief, at_once=True)
            got = granted_access(who, descriptor, MAXIMUM_ALLOWED) & rights
            says = f"gets {FileRights(got)!s}" if got else "none of these rights is granted"
            return PartFinding(not got, says, belief)

        return judge

    return here.names | {
        "sid": str(afar.user),
        "reads": allowed(afar, read),
        "no_writing": refused(afar, writing, same_token),
        "at_the_keyboard": allowed(desk, read | writing),
        "nothing": refused(stranger, read | writing, own_rights),
        "descriptor": read_descriptor("S-1-5-18"),
    }


# 11.7 ----------------------------------------------------------------------------------------------------
def _by_name(here: Office) -> ConnectionOutcome:
    return here.network.connect(here.shell().thread, SmbShare(here.first))


def _by_address(here: Office) -> ConnectionOutcome:
    host = here.network.address(here.first)
    return here.network.connect(here.shell().thread, SmbShare(here.first), host=host)


def _share_by_alias(here: Office) -> ConnectionOutcome:
    here.network.alias("files", here.first)
    return here.network.connect(here.shell().thread, SmbShare(here.first), host="files")


def _database_by_alias(here: Office) -> ConnectionOutcome:
    here.network.alias("orders", here.second)
    database = here.network.offer(SqlServer(here.second))
    return here.network.connect(here.shell().thread, database, host="orders")


def _two_accounts(here: Office) -> ConnectionOutcome:
    name = f"HTTP/{here.first.name}"
    for account in (here.user, f"{here.first.name}$"):
        here.domain.register(here.domain.account(account), name, look_first=False)
    return here.network.connect(here.shell().thread, Http(here.first))


def _calls_itself(here: Office) -> ConnectionOutcome:
    at_server = here.shell(here.admin, here.first)
    return here.network.connect(at_server.thread, Http(here.first), host="portal")


ONE, FIRST = (
    "Kerberos: one account has the name that is asked for",
    "Kerberos: of two accounts the first counts",
)
NO_NAME, NO_ACCOUNT = (
    "NTLM: for an address no ticket is asked for",
    "NTLM: no account has the name that is asked for",
)
TWO, LOOPBACK = "NTLM: two accounts have the name", "refused: a machine calls itself by a strange name"
ALIAS = "an-alias-is-as-good-as-the-name"
VISITS: dict[str, tuple[Callable[[Office], ConnectionOutcome], str, str, dict[str, str]]] = {
    "name": (_by_name, "a share of `{first}`, by the server's name", ONE, {}),
    "address": (_by_address, "a share of `{first}`, by its address", NO_NAME, {ONE: "a-domain-speaks-kerberos"}),
    "share alias": (_share_by_alias, "a share of `{first}`, by the alias (CNAME) `files`", NO_ACCOUNT, {ONE: ALIAS}),
    "database alias": (_database_by_alias, "a database on `{second}`, by the alias (CNAME) `orders`", ONE, {}),
    "two accounts": (
        _two_accounts,
        "a web site of `{first}` by name, after `HTTP/{first}` was given to two accounts",
        TWO,
        {FIRST: "the-first-account-with-the-name-counts"},
    ),
    "itself": (
        _calls_itself,
        "an administrator at `{first}` opens a web site of `{first}` itself, as `portal`; no account has a name for that",
        LOOPBACK,
        {ONE: ALIAS},
    ),
}  # fmt: skip


WHY_SO = {
    "name": "A ticket is made out to a name, and this one belongs to the server's account.",
    "address": "A ticket is made out to a name, and an address is none.",
    "share alias": "The client of a share asks for the name that was typed, and no account has the alias.",
    "database alias": "The client of a database follows the alias to the host first, and asks for the host's name.",
    "two accounts": "The controller cannot know whose key to use, so it gives no ticket.",
    "itself": "No ticket for that name, so NTLM; and the machine refuses NTLM that comes back to itself under a name that is not its own.",
}


def which_name(stream: Stream) -> Names:
    """Six visits, each in a fresh domain with the same names."""
    cast = players(stream)
    order = stream.shuffled(tuple(VISITS))
    visits = []
    for kind in order:
        visit, prompt, reason, wrong = VISITS[kind]
        here = office(cast)
        outcome = visit(here)
        assert reason.startswith(outcome.package if outcome.ok else "refused")
        told = {"what": prompt.format_map(here.names), "why": WHY_SO[kind]}
        visits.append(told | {"reason": reason, "wrong": wrong})
    return {"kinds": tuple(order), "visits": visits}
