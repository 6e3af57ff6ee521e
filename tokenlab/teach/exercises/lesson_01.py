"""Worlds of lesson 01: what happens when you log on."""

from __future__ import annotations

from typing import Any

from tokenlab.system import LogonType
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.scenes import PASSWORDS, Office, attempt, office
from tokenlab.teach.variant import Stream

Names = dict[str, Any]
LOCALS = ("helpdesk", "builder", "laboratory")


def names(here: Office) -> Names:
    """Who plays, and where."""
    return {"desk": here.desk.name, "domain": here.name, "user": here.user, "full": here.full(here.user)}


def local_account(here: Office, stream: Stream, called: tuple[str, ...] = LOCALS) -> tuple[str, str]:
    """An account of the desk's own: name and password."""
    name, password = stream.pick(called), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password)
    return name, password


def who_checks(stream: Stream) -> Names:
    """Six logons, four of them without a controller; who succeeds is as the exercise says."""
    here = office(stream)
    name, password = local_account(here, stream, (*LOCALS, "guest1"))
    local, user, admin = rf".\{name}", here.full(here.user), here.full(here.admin)
    secrets = {local: password, user: here.passwords[here.user], admin: here.passwords[here.admin]}

    def succeeds(who: str, password: str = "") -> bool:
        return attempt(lambda: here.desk.log_on(who, password or secrets[who])) == "granted"

    here.desk.log_off(here.desk.log_on(user, secrets[user]))
    here.domain.directory.available = False
    assert succeeds(local) and succeeds(user) and not succeeds(user, "wrong") and not succeeds(admin)
    here.domain.directory.available = True
    assert succeeds(admin) and succeeds(local)
    return names(here) | {"local": local, "user": user, "admin": admin}


def password_to_shell(stream: Stream) -> Names:
    return names(office(stream))


def match_numbers(stream: Stream) -> Names:
    """Two sessions, two tokens of each, and the number of a session that has ended."""
    here = office(stream)
    secret = here.passwords[here.user]
    first = here.desk.log_on(here.full(here.user), secret)
    name, password = local_account(here, stream)
    second = here.desk.log_on(rf".\{name}", password)
    gone = here.desk.log_on(here.full(here.user), secret, LogonType.NETWORK)
    gone.close()
    tokens = dict(
        zip("ABCD", stream.shuffled([first, first.duplicate(), second, second.duplicate()]), strict=True)
    )
    owners = {first.authentication_id: here.user, second.authentication_id: name}
    sessions = [one.session for one in (first, second) if one.session is not None]
    return names(here) | {
        "session_list": "\n".join(
            f"session   {one.authentication_id}   {one.user_name}   {one.logon_type.name}" for one in sessions
        ),
        "token_list": "\n".join(
            f"token {letter}   token id {token.token_id}   authentication id {token.authentication_id}"
            for letter, token in tokens.items()
        ),
        "owners": {
            f"token_{letter}": {
                "letter": letter,
                "number": token.authentication_id,
                "owner": owners[token.authentication_id],
            }
            for letter, token in tokens.items()
        },
        "stale": gone.authentication_id,
        "people": (here.user, name, "nobody"),
        "sessions": {str(number): who for number, who in owners.items()},
        "tokens": {letter: str(token.authentication_id) for letter, token in tokens.items()},
    }


def after_the_logoff(stream: Stream) -> Names:
    """A session at the desk, and one on a server that a duplicate keeps."""
    here = office(stream)
    user, secret = here.full(here.user), here.passwords[here.user]
    desk = here.desk.log_on(user, secret)
    shell = here.desk.start("explorer.exe", desk)
    server = stream.pick((here.first, here.second))
    there = server.log_on(user, secret, LogonType.NETWORK)
    copy = there.duplicate()
    near, far = desk.session, there.session
    assert near is not None and far is not None
    there.close()
    found = {"copy": far.alive}
    here.desk.log_off(desk)
    assert not shell.alive
    found |= {"ended": near.alive, "afar": far.alive}
    copy.close()
    found["last"] = far.alive
    states = {key: "lives" if alive else "has ended" for key, alive in found.items()}
    return names(here) | {"server": server.name} | states


WAYS = {
    LogonType.INTERACTIVE: "at the keyboard",
    LogonType.NETWORK: "over the network, to a share for example",
    LogonType.BATCH: "as a scheduled task, without a stored password",
    LogonType.REMOTE_INTERACTIVE: "by Remote Desktop",
}
KEPT, NOTHING = "a password or what is derived from it", "nothing that could be shown elsewhere"


def _record(here: Office, kind: LogonType) -> tuple[str, bool]:
    """A 4624 of this type, and whether the session can show something elsewhere."""
    machine, account = here.desk, here.domain.account(here.user)
    machine.policy.grant(account.sid, "SeRemoteInteractiveLogonRight", "SeBatchLogonRight")
    secret = None if kind is LogonType.BATCH else here.passwords[here.user]
    token = machine.log_on(here.full(here.user), secret, kind)
    event = machine.log.events(4624)[-1]
    assert token.session is not None
    keys = ("LogonType", "TargetUserName", "LogonProcessName", "AuthenticationPackageName")
    return "   ".join(f"{key} {event[key]}" for key in keys), bool(token.session.credentials)


def read_the_type(stream: Stream) -> Names:
    third = stream.pick((LogonType.BATCH, LogonType.REMOTE_INTERACTIVE))
    kinds = stream.shuffled((LogonType.INTERACTIVE, LogonType.NETWORK, third))
    here = office(stream)
    shown, asked = [], {}
    for letter, kind in zip("ABC", kinds, strict=True):
        record, keeps = _record(here, kind)
        shown.append(f"{letter}  {record}")
        way, left = WAYS[kind], KEPT if keeps else NOTHING
        stored = ", without a password" if kind is LogonType.BATCH else ""
        asked[f"{letter}_way"] = {
            "letter": letter,
            "what": f"how did {here.user} come in",
            "options": tuple(WAYS.values()),
            "right": way,
            "says": f"Type {int(kind)}, {kind.name}: {way}.",
            "beliefs": "a-logon-id-is-global",
        }
        asked[f"{letter}_left"] = {
            "letter": letter,
            "what": "what does the session hold",
            "options": (KEPT, NOTHING),
            "right": left,
            "says": f"{left}: type {int(kind)}{stored}.",
            "beliefs": "every-logon-keeps-a-password",
        }
    kinds_by_number = tuple(int(kind) for kind in kinds)
    return names(here) | {"shown": "\n".join(shown), "asked": asked, "kinds": kinds_by_number}


def still_there(stream: Stream) -> Names:
    groups = ("sessions", "tokens", "machines")
    return {"cases": [_tale(stream, group) for group in groups for _ in range(5)]}


def _tale(stream: Stream, group: str) -> Case:
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
    return Case((steps,), expected, group)


def what_can_go_on(stream: Stream) -> Names:
    """Six logons of one user, and what each session keeps."""
    here = office(stream)
    name, secret = here.full(here.user), here.passwords[here.user]
    here.desk.policy.grant(here.domain.account(here.user).sid, "SeBatchLogonRight")
    logons = {
        "2": ("INTERACTIVE", here.desk.log_on(name, secret)),
        "3": ("NETWORK", here.desk.log_on(name, secret, LogonType.NETWORK)),
        "4": ("BATCH, a task without a stored password", here.desk.log_on(name, None, LogonType.BATCH)),
        "8": ("NETWORK_CLEARTEXT", here.desk.log_on(name, secret, LogonType.NETWORK_CLEARTEXT)),
        "3 ": ("NETWORK, SSH with a key pair (S4U)", here.desk.log_on(name, None, LogonType.NETWORK)),
    }
    here.domain.directory.available = False
    logons["11"] = ("CACHED_INTERACTIVE, no controller in reach", here.desk.log_on(name, secret))
    order = dict(zip("ABCDEF", stream.shuffled(tuple(logons)), strict=True))
    found = {}
    for letter, number in order.items():
        session = logons[number][1].session
        assert session is not None
        keeps = bool(session.credentials)
        beliefs = {} if keeps else {"something for the wire": "every-logon-keeps-a-password"}
        found[letter] = {
            "letter": letter,
            "left": "something for the wire" if keeps else "nothing",
            "kept": session.credentials.kind.value,
            "beliefs": {"nothing": "a-cached-logon-keeps-nothing"} if number == "11" else beliefs,
        }
    return names(here) | {
        "shown": "\n".join(f"{a}  LogonType {number:3} {logons[number][0]}" for a, number in order.items()),
        "logons": found,
        "types": {letter: int(number) for letter, number in order.items()},
    }
