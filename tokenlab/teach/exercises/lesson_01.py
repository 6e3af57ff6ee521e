"""Worlds of lesson 01: what happens when you log on."""

from __future__ import annotations

from itertools import product

from tokenlab.system import LogonType, Refusal, Win32Error
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.scenes import PASSWORDS, Names, Office, Players, dealt, mixed, office, players
from tokenlab.teach.variant import Stream

LOCALS = ("helpdesk", "builder", "laboratory")


def local_account(here: Office, stream: Stream, called: tuple[str, ...] = LOCALS) -> tuple[str, str]:
    """An account of the desk's own: name and password."""
    name, password = stream.pick(called), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password)
    return name, password


CONTROLLER, VERIFIER, SAM = "a domain controller", "the cached verifier", "the machine's SAM"
NOBODY = "nobody can say: refused"


def _beliefs_in_the_domain(by: str, said: str) -> dict[str, str]:
    """What would be said if a controller were asked in any case."""
    alone = [NOBODY] if by != CONTROLLER and said != NOBODY else []
    asked = [f"{yes}: {CONTROLLER}" for yes in ("yes", "no") if by == SAM]
    return dict.fromkeys([*alone, *asked], "the-domain-checks-everybody")


def who_checks(stream: Stream) -> Names:
    """Six logons: local or of the domain, right or wrong, with or without a controller and a verifier."""
    cast, name, password = players(stream), stream.pick((*LOCALS, "guest1")), stream.pick(PASSWORDS)
    cases = []
    for local, right, controller, before in product((True, False), repeat=4):
        here = office(cast)
        here.desk.sam.add_user(name, password)
        who, secret = (rf".\{name}", password) if local else (here.full(here.user), here.passwords[here.user])
        if before:
            here.desk.log_off(here.desk.log_on(who, secret))
        here.domain.directory.available = controller
        by = SAM if local else CONTROLLER if controller else VERIFIER
        said = _said(here, who, secret if right else "wrong", by)
        cases.append(
            {
                "account": who,
                "password": "right" if right else "wrong",
                "controller": "answers" if controller else "does not answer",
                "before": "has logged on here before" if before else "was never here before",
                "right": said,
                "beliefs": _beliefs_in_the_domain(by, said),
            }
        )
    return office(cast).names | dealt(stream, cases, 6, logons="account password controller before")


def _said(here: Office, who: str, password: str, by: str) -> str:
    try:
        session = here.desk.log_on(who, password).session
    except Refusal as refused:
        return NOBODY if refused.code is Win32Error.NO_LOGON_SERVERS else f"no: {by}"
    assert session is not None
    assert (session.logon_type is LogonType.CACHED_INTERACTIVE) == (by == VERIFIER)
    return f"yes: {by}"


def password_to_shell(stream: Stream) -> Names:
    return office(stream).names


def match_numbers(stream: Stream) -> Names:
    """Four sessions, four tokens of theirs, and two events that name a number."""
    here = office(stream)
    name, password = local_account(here, stream)
    logons = {
        f"{here.user}, INTERACTIVE": (here.full(here.user), here.passwords[here.user], LogonType.INTERACTIVE),
        f"{here.user}, NETWORK": (here.full(here.user), here.passwords[here.user], LogonType.NETWORK),
        f"{name}, INTERACTIVE": (rf".\{name}", password, LogonType.INTERACTIVE),
        f"{here.admin}, NETWORK": (here.full(here.admin), here.passwords[here.admin], LogonType.NETWORK),
    }
    first = {who: here.desk.log_on(*logons[who]) for who in stream.shuffled(tuple(logons))}
    gone = here.desk.log_on(here.full(here.user), here.passwords[here.user], LogonType.NETWORK)
    gone.close()
    owners = [stream.pick(tuple(first)) for _ in "ABCD"]
    tokens = {letter: first[who].duplicate() for letter, who in zip("ABCD", owners, strict=True)}
    living = stream.pick(tuple(first))
    number, other = first[living].authentication_id, here.first.name
    events = [
        (here.desk.name, number, living, "This machine counts so: the number is in the list.", {}),
        (here.desk.name, gone.authentication_id, ENDED, "It ended with its last token.", {}),
        (other, number, ELSEWHERE, f"{other} counts its own numbers.", {living: "a-logon-id-is-global"}),
    ]
    told = [
        {"machine": machine, "number": number, "right": right, "says": says, "beliefs": beliefs}
        for machine, number, right, says, beliefs in stream.picks(events, 2)
    ]
    return here.names | {
        "session_list": "\n".join(f"session   {one.authentication_id}   {who}" for who, one in first.items()),
        "token_list": "\n".join(
            f"token {letter}   token id {token.token_id}   authentication id {token.authentication_id}"
            for letter, token in tokens.items()
        ),
        "owners": {
            f"token_{letter}": {"letter": letter, "number": token.authentication_id, "owner": who}
            for (letter, token), who in zip(tokens.items(), owners, strict=True)
        },
        "told": told,
        "options": (*first, ENDED, ELSEWHERE),
        "sessions": {str(token.authentication_id): who for who, token in first.items()},
        "tokens": {letter: str(token.authentication_id) for letter, token in tokens.items()},
        "events": [(one["machine"], str(one["number"])) for one in told],
    }


ENDED, ELSEWHERE = "nobody's: it has ended", "not to be told from this list"
TAKEN, LAST = "it has ended: the logoff took its tokens", "it has ended: without a logoff, by its last token"
LEFT = "it lives: a token was closed, and another is left"
AWAY = "it lives: the logoff was on another machine"
ONCE = "it lives: a logon is not checked again"


def after_the_logoff(stream: Stream) -> Names:
    """What becomes of a session at the desk or on a server, five times."""
    cast, second = players(stream), stream.chance()
    beliefs = {AWAY: {TAKEN: "logoff-ends-everything"}, ONCE: {LAST: "the-session-is-asked-again"}}
    cases = []
    for act in ACTS:
        what, right = _played(cast, second, act)
        cases.append({"what": what, "right": right, "beliefs": beliefs.get(right, {})})
    chosen, here = mixed(stream, cases, 5), office(cast)
    server = (here.second if second else here.first).name
    return here.names | {"server": server, "cases": chosen, "acts": [case["what"] for case in chosen]}


ACTS = {  # what happens, where its session is (near or far), and what becomes of it
    "logoff": ("{user} logs off at {desk}. The session there", "near", TAKEN),
    "away": ("{user} logs off at {desk}. The session on {server}, where a service works with a token of it", "far", AWAY),
    "copy": ("a service on {server} closes {user}'s token, and keeps a duplicate. The session there", "far", LEFT),
    "only": ("a service on {server} closes {user}'s token, the only one. The session there", "far", LAST),
    "both": ("a service on {server} closes {user}'s token, and its duplicate too. The session there", "far", LAST),
    "shell": ("explorer.exe ends, and a notepad.exe that it started runs on. The session at {desk}", "near", LEFT),
    "tool": ("notepad.exe ends, and explorer.exe runs on. The session at {desk}", "near", LEFT),
    "password": ("an administrator changes {user}'s password. The session at {desk}", "near", ONCE),
    "cable": ("no controller answers any more. The session at {desk}", "near", ONCE),
}  # fmt: skip


def _played(cast: Players, second: bool, act: str) -> tuple[str, str]:
    """One act in a fresh world: what is told of it, and why the session lives or has ended."""
    here = office(cast)
    user, secret = here.full(here.user), here.passwords[here.user]
    server = here.second if second else here.first
    desk, there = here.desk.log_on(user, secret), server.log_on(user, secret, LogonType.NETWORK)
    sessions = {"near": desk.session, "far": there.session}
    shell = here.desk.start("explorer.exe", desk)
    tool = shell.start("notepad.exe")
    if act in ("logoff", "away"):
        here.desk.log_off(desk)
    elif act in ("copy", "only", "both"):
        copy = there.duplicate()
        there.close()
        if act != "copy":
            copy.close()
    elif act in ("shell", "tool"):
        (shell if act == "shell" else tool).exit()
    elif act == "password":
        here.domain.account(here.user).password = "Another one"
    else:
        here.domain.directory.available = False
    what, place, right = ACTS[act]
    session = sessions[place]
    assert session is not None and session.alive == right.startswith("it lives"), act
    return what.format(user=here.user, desk=here.desk.name, server=server.name), right


EVERY_LOGON = "every-logon-keeps-a-password"
WAYS = {
    LogonType.INTERACTIVE: "at the keyboard",
    LogonType.NETWORK: "over the network, to a share for example",
    LogonType.BATCH: "as a scheduled task",
    LogonType.NETWORK_CLEARTEXT: "over the network, with the password itself",
    LogonType.REMOTE_INTERACTIVE: "by Remote Desktop",
    LogonType.CACHED_INTERACTIVE: "at the keyboard, while no controller answered",
}
TYPED, SENT = "a password: it was typed here", "a password: it was sent here"
PROOF, NEVER = "nothing: only a proof was sent", "nothing: nobody gave a password"
KEPT = dict(zip(WAYS, (TYPED, PROOF, NEVER, SENT, SENT, TYPED), strict=True))


def read_the_type(stream: Stream) -> Names:
    """Three 4624 of different types, and what each session keeps."""
    here, kinds = office(stream), stream.picks(tuple(WAYS), 3)
    machine, user, secret = here.desk, here.full(here.user), here.passwords[here.user]
    rights = ("SeRemoteInteractiveLogonRight", "SeBatchLogonRight")
    machine.policy.grant(here.domain.account(here.user).sid, *rights)
    machine.log_off(machine.log_on(user, secret))
    keys = ("LogonType", "TargetUserName", "LogonProcessName", "AuthenticationPackageName")
    shown, records = [], {}
    for letter, kind in zip("ABC", kinds, strict=True):
        cached = kind is LogonType.CACHED_INTERACTIVE
        here.domain.directory.available = not cached
        given = None if kind is LogonType.BATCH else secret
        token = machine.log_on(user, given, LogonType.INTERACTIVE if cached else kind)
        event = machine.log.events(4624)[-1]
        assert token.session is not None and event["LogonType"] == str(int(kind))
        assert bool(token.session.credentials) == KEPT[kind].startswith("a password")
        shown.append("   ".join([letter, *(f"{key} {event[key]}" for key in keys)]))
        what = {"letter": letter, "type": int(kind), "name": kind.name}
        records[f"{letter}_way"] = what | {"asked": f"how did {here.user} come in", "right": WAYS[kind]}
        records[f"{letter}_left"] = what | {"asked": "what does the session keep", "right": KEPT[kind]}
    for name, record in records.items():
        record["options"] = tuple(WAYS.values()) if name.endswith("way") else (TYPED, SENT, PROOF, NEVER)
        nothing = record["right"] in (PROOF, NEVER)
        record["beliefs"] = dict.fromkeys((TYPED, SENT) if nothing else (), EVERY_LOGON)
        if record["right"] == TYPED and record["type"] == 11:
            record["beliefs"] = {PROOF: "a-cached-logon-keeps-nothing", NEVER: "a-cached-logon-keeps-nothing"}
    shown_types = tuple(int(kind) for kind in kinds)
    return here.names | {"shown": "\n".join(shown), "records": records, "types": shown_types}


def still_there(stream: Stream) -> Names:
    groups = ("sessions", "tokens", "machines")
    return {"cases": [_tale(stream, group) for group in groups for _ in range(5)]}


def _tale(stream: Stream, group: str) -> FunctionCall:
    machines = stream.hosts(2 if group == "machines" else 1)
    steps: list[Plain] = []
    tokens: dict[str, tuple[str, str]] = {}
    for number in range(4):
        machine = stream.pick(machines)
        session = "0x1a2b6" if group == "machines" else f"{0x1A2B6 + 16 * number:#x}"
        if (machine, session) in tokens.values():
            machine = next((one for one in machines if (one, session) not in tokens.values()), "")
        if not machine:
            break
        tokens[f"t{number}"] = (machine, session)
        steps.append(["logon", machine, session, f"t{number}"])
        if group == "tokens":
            steps.append(["duplicate", f"t{number}", f"d{number}"])
            tokens[f"d{number}"] = (machine, session)
    for name in stream.picks(tuple(tokens), max(1, len(tokens) // 2)):
        steps.append(["close", name])
        del tokens[name]
    expected: list[Plain] = [[machine, session] for machine, session in sorted(set(tokens.values()))]
    return FunctionCall((steps,), expected, group)


GIVEN, STORED = "the password that was typed or sent", "a password that the machine stores or fetches"
TICKET, NOTHING = "a ticket, and no password", "nothing that proves anything"


LOGONS = (  # type, whose (a key of accounts), whether a password is given, how, what is kept
    (LogonType.INTERACTIVE, "user", True, "", GIVEN),
    (LogonType.REMOTE_INTERACTIVE, "user", True, "", GIVEN),
    (LogonType.NETWORK_CLEARTEXT, "user", True, "", GIVEN),
    (LogonType.CACHED_INTERACTIVE, "user", True, "", GIVEN),
    (LogonType.BATCH, "user", True, "its password is stored in the task", STORED),
    (LogonType.SERVICE, "user", True, "the account of a service", STORED),
    (LogonType.BATCH, "managed", False, "a group managed service account", STORED),
    (LogonType.INTERACTIVE, "admin", True, "a member of Protected Users", TICKET),
    (LogonType.REMOTE_INTERACTIVE, "admin", True, "a member of Protected Users", TICKET),
    (LogonType.NETWORK, "user", True, "", NOTHING),
    (LogonType.NETWORK, "admin", True, "a member of Protected Users", NOTHING),
    (LogonType.BATCH, "user", False, "a task that stores no password", NOTHING),
    (LogonType.NETWORK, "user", False, "by SSH, with a key pair", NOTHING),
)


def what_can_go_on(stream: Stream) -> Names:
    """Six logons, each with another reason to keep something or nothing."""
    here = office(stream)
    directory, desk = here.domain.directory, here.desk
    sids = [here.domain.account(one).sid for one in (here.user, here.admin)]
    sids.append(directory.add_managed_account("backup").sid)
    for sid in sids:
        desk.policy.grant(sid, "SeBatchLogonRight", "SeServiceLogonRight", "SeRemoteInteractiveLogonRight")
    directory.add_members("Protected Users", sids[1])
    accounts = {"user": here.user, "admin": here.admin, "managed": "backup$"}
    desk.log_off(desk.log_on(here.full(here.user), here.passwords[here.user]))
    cases = []
    for kind, who, by_password, how, right in LOGONS:
        cached, name = kind is LogonType.CACHED_INTERACTIVE, accounts[who]
        directory.available = not cached
        password = here.passwords[name] if by_password else None
        session = desk.log_on(here.full(name), password, LogonType.INTERACTIVE if cached else kind).session
        assert session is not None and session.logon_type is kind
        kept = session.credentials.kind.value
        assert {TICKET: "a ticket", NOTHING: "nothing"}.get(right, "a password") in kept, (kind, who, kept)
        beliefs = {} if right in (GIVEN, STORED) else dict.fromkeys((GIVEN, STORED), EVERY_LOGON)
        if cached:
            beliefs = {NOTHING: "a-cached-logon-keeps-nothing"}
        line = f"LogonType {int(kind):<3} {kind.name:18} {name}{', ' * bool(how)}{how}"
        cases.append({"line": line, "right": right, "kept": kept, "beliefs": beliefs})
    chosen = dict(zip("ABCDEF", mixed(stream, cases, 6), strict=True))
    return here.names | {
        "shown": "\n".join(f"{letter}  {case['line']}" for letter, case in chosen.items()),
        "cases": {letter: case | {"letter": letter} for letter, case in chosen.items()},
        "logons": {letter: case["line"] for letter, case in chosen.items()},
    }
