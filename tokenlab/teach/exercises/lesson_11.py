"""Worlds of lesson 11: why a token cannot be sent over the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tokenlab.network import Http, Outcome, Rpc, SmbShare, SqlServer, Way, WinRm
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, granted_access
from tokenlab.system import CredentialKind, Process, Thread, Token
from tokenlab.teach.answers import Plain
from tokenlab.teach.deciding import read_descriptor, why
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.scenes import Office, office, players
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception, believe
from tokenlab.teach.variant import Stream
from tokenlab.values import MAXIMUM_ALLOWED, FileRights

Names = dict[str, Any]
KINDS = {"a share": SmbShare, "an RPC server": Rpc, "PowerShell remoting": WinRm}


def afterwards(stream: Stream) -> Names:
    """One to three visits to each of two servers, and what is there then."""
    here = office(stream)
    shell = here.shell()
    visits = {server: stream.picks(list(KINDS), stream.number(1, 3)) for server in (here.first, here.second)}
    before = {server: len(server.sessions) for server in visits}
    last = None
    for server, services in visits.items():
        for service in services:
            last = here.network.connect(shell.thread, KINDS[service](server))
    assert last is not None and last.token is not None and last.token.session is not None
    luid = shell.token.authentication_id
    held = last.token.session.credentials.kind
    assert luid not in {session.authentication_id for session in here.first.sessions}
    assert held is CredentialKind.NONE
    sessions = [str(len(server.sessions) - before[server]) for server in visits]
    return here.names | {
        "plan": "; ".join(f"on `{server.name}` {', '.join(services)}" for server, services in visits.items()),
        "visits": tuple(len(services) for services in visits.values()),
        "sessions": {
            name: {"server": server.name, "new": new}
            for name, server, new in zip(("first", "second"), visits, sessions, strict=True)
        },
        "luid_of_desk": luid,
        "held": held.value,
    }


def click_to_file(stream: Stream) -> Names:
    return office(stream).names


def whose_credentials(stream: Stream) -> Names:
    """A service that runs as SYSTEM, with and without a client's token; a server's thread that goes on."""
    here = office(stream)
    shell, share = here.shell(), SmbShare(here.second)
    service = here.desk.start_service("Spooler")
    visit = here.network.connect(shell.thread, SmbShare(here.first))
    assert visit.thread is not None

    def seen(thread: Thread) -> str:
        return here.network.connect(thread, share).who

    itself = seen(service.thread)
    service.impersonate(shell.token)
    impersonating = seen(service.thread)
    service.revert()
    return here.names | {
        "machine": rf"{here.name}\{here.desk.name}$",
        "client": f"{here.user}'s",
        "share": rf"\\{here.second.name}\data",
        "service": itself,
        "impersonating": impersonating,
        "reverted": seen(service.thread),
        "onward": seen(visit.thread),
    }


def three_arrived(stream: Stream) -> Names:
    """Three logons of the same user: by name, by address, with a password for a web site."""
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
    return here.names | {f"by_{name}": letter for name, letter in letters.items()} | {
        "order": tuple(order),
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
        admin.thread, Http(here.desk), way=Way.BASIC, name=here.full(here.admin), password=password
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


def _chain(here: Office, process: Process, token: Token | None, group: str) -> Case:
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
    return Case(arguments, seen.partition("\\")[2], group)


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

    def allowed(who: SecurityContext, right: int) -> Callable[[SecurityDescriptor], Finding]:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            decision = access_check(who, descriptor, right)
            return Finding(decision.granted, why(decision), same_token)

        return judge

    def refused(
        who: SecurityContext, rights: int, belief: Misconception
    ) -> Callable[[SecurityDescriptor], Finding]:
        def judge(descriptor: SecurityDescriptor) -> Finding:
            if not access_check(afar, descriptor, read).granted:
                return Finding(
                    False, f"nobody is served: {here.user} cannot even read through the share", belief
                )
            got = granted_access(who, descriptor, MAXIMUM_ALLOWED) & rights
            says = f"gets {FileRights(got)!s}" if got else "none of these rights is granted"
            return Finding(not got, says, belief)

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


VISITS: dict[str, tuple[Callable[[Office], Outcome], str, str, str]] = {
    "name": (_by_name, "a share of `{first}`, by the server's name", "The machine's account has that name.",
             "the-server-asks-the-controller"),
    "address": (_by_address, "a share of `{first}`, by its address", "For an address there is no ticket.",
                "a-domain-speaks-kerberos"),
    "share alias": (
        _share_by_alias,
        "a share of `{first}`, by the alias (CNAME) `files`",
        "A share is asked for by the name that was typed, and no account has `cifs/files`.",
        "an-alias-is-as-good-as-the-name",
    ),
    "database alias": (
        _database_by_alias,
        "a database on `{second}`, by the alias (CNAME) `orders`",
        "A database client follows the alias to the host, and asks for its name.",
        "an-alias-is-as-good-as-the-name",
    ),
    "two accounts": (
        _two_accounts,
        "a web site of `{first}` by name, after `HTTP/{first}` was given to two accounts",
        "The controller cannot know whose key to use: no ticket.",
        "the-first-account-with-the-name-counts",
    ),
    "itself": (
        _calls_itself,
        "an administrator at `{first}` opens a web site of `{first}` itself, as `portal`; no account has a name for that",
        "NTLM from a machine to itself under a strange name: the loopback check refuses.",
        "a-domain-speaks-kerberos",
    ),
}  # fmt: skip


def which_name(stream: Stream) -> Names:
    """Six visits, each in a fresh domain with the same names."""
    cast = players(stream)
    order = stream.shuffled(tuple(VISITS))
    visits = []
    for kind in order:
        visit, prompt, says, belief = VISITS[kind]
        here = office(cast)
        outcome = visit(here)
        package = outcome.package if outcome.ok else "refused"
        visits.append(
            {"what": prompt.format_map(here.names), "package": package, "why": says, "belief": belief}
        )
    return {"kinds": tuple(order), "visits": visits}
