"""Exercises of lesson 01: what happens when you log on."""

from __future__ import annotations

from tokenlab.system import LogonType
from tokenlab.teach.answers import Plain
from tokenlab.teach.exercise import (
    Before,
    Case,
    Choice,
    Kind,
    Task,
    arrange,
    choose,
    exercise,
    implement,
    instead,
)
from tokenlab.teach.exercises.scenes import PASSWORDS, Office, attempt, office
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream

SESSION_IS_ASKED = Misconception(
    "the-session-is-asked-again",
    "A session is asked again and again.",
    "A password is checked once, at the logon; after that programs show tokens, and nobody asks the controller.",
    "lesson 01, three questions",
)
ID_IS_GLOBAL = Misconception(
    "a-logon-id-is-global",
    "A logon id is valid everywhere.",
    "Each machine counts its own LUIDs: the number names a session on that machine and no other.",
    "lesson 01, three questions",
)
LOGOFF_ENDS_ALL = Misconception(
    "logoff-ends-everything",
    "Logging off ends a session by itself.",
    "A session lives as long as a token points to it, and each machine has its own.",
    "lesson 01, three questions",
)
DC_CHECKS_ALL = Misconception(
    "the-domain-checks-everybody",
    "The domain controller checks every logon.",
    "A local account is checked by the machine's own SAM; the controller is asked for domain accounts.",
    "lesson 01",
)
ANY_TYPE_KEEPS = Misconception(
    "every-logon-keeps-a-password",
    "Everybody who has logged on has left a password.",
    "A network logon and one without a password leave nothing that could be shown elsewhere.",
    "lesson 01",
)
CACHED_KEEPS_NOTHING = Misconception(
    "a-cached-logon-keeps-nothing",
    "A logon without a controller has nothing to show elsewhere.",
    "The verifier is what the password was compared with; the password itself was typed, and the session keeps it.",
    "lesson 01",
)


@exercise("01.1", "Who checks it?", Kind.PREDICT, minutes=6, points=6, aims=(1,), rows=(2, 3))
def who_checks(stream: Stream) -> Task:
    here = office(stream)
    name, password = stream.pick(("helpdesk", "builder", "laboratory", "guest1")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password)
    local, user, admin = rf".\{name}", here.full(here.user), here.full(here.admin)
    secret = here.passwords[here.user]
    here.desk.log_off(here.desk.log_on(user, secret))
    checkers = ("the machine's SAM", "the domain controller", "the cached verifier", "nobody: refused")
    here.domain.directory.available = False
    found = {
        "local": (
            f"`{local}`, right password",
            attempt(lambda: here.desk.log_on(local, password)),
            checkers[0],
        ),
        "cached": (
            f"`{user}`, right password; has logged on here before",
            attempt(lambda: here.desk.log_on(user, secret)),
            checkers[2],
        ),
        "wrong": (
            f"`{user}`, a *wrong* password",
            attempt(lambda: here.desk.log_on(user, "wrong")),
            checkers[3],
        ),
        "new": (
            f"`{admin}`, right password; never here before",
            attempt(lambda: here.desk.log_on(admin, here.passwords[here.admin])),
            checkers[3],
        ),
    }
    here.domain.directory.available = True
    found["domain"] = (
        f"the controller is back: `{admin}`, right password",
        attempt(lambda: here.desk.log_on(admin, here.passwords[here.admin])),
        checkers[1],
    )
    found["again"] = (
        f"the controller is back: `{local}`, right password",
        attempt(lambda: here.desk.log_on(local, password)),
        checkers[0],
    )
    says = {
        checkers[0]: "The account is the machine's own: no domain is asked.",
        checkers[1]: "A domain account is referred to a controller.",
        checkers[2]: "Without a controller only a verifier from an earlier logon can say yes.",
        checkers[3]: "Nobody here can say yes to that.",
    }
    choices = []
    for key, (prompt, outcome, checker) in found.items():
        assert (outcome == "refused") == (checker == checkers[3]), key
        choices.append(
            Choice(
                key,
                prompt,
                checkers,
                checker,
                f"{checker}. {says[checker]}",
                instead(checkers, checker, DC_CHECKS_ALL),
            )
        )
    return choose(
        f"`{here.desk.name}` is in the domain {here.name}. The network cable is out, so no controller can be reached, until the last two. Who says yes?",
        choices,
        hints=(
            "A name that begins with .\\ is kept on the machine.",
            "A verifier is left behind by a logon that succeeded.",
        ),
        difficulty={"logons": len(found)},
    )


@exercise("01.2", "From the password to the shell", Kind.ORDER, minutes=5, points=5, aims=(1,), rows=(4, 5))
def password_to_shell(stream: Stream) -> Task:
    here = office(stream)
    lines = [
        f"{here.user} types name and password",
        f"Winlogon on {here.desk.name} hands them to LSA",
        "LSA has them checked by the controller",
        "LSA makes a logon session",
        "LSA makes a token that points to the session",
        "Winlogon has explorer.exe started with a copy of the token",
    ]
    return arrange(
        f"`{here.full(here.user)}` logs on at `{here.desk.name}`. Put the steps in order.",
        lines,
        [
            Before(0, 1, "there must be something to hand over"),
            Before(1, 2, "LSA asks; Winlogon checks nothing itself", DC_CHECKS_ALL),
            Before(2, 3, "a session is made for who has been checked", SESSION_IS_ASKED),
            Before(3, 4, "the token has the session's number in it: the session comes first", ID_IS_GLOBAL),
            Before(4, 5, "the shell is started with the token", SESSION_IS_ASKED),
        ],
        stream,
        hints=(
            "Who talks to the controller: Winlogon or LSA?",
            "Which of session and token names the other?",
        ),
        difficulty={},
    )


@exercise("01.3", "Match the numbers", Kind.READ, minutes=6, points=5, aims=(2,), rows=(6, 8))
def match_numbers(stream: Stream) -> Task:
    here = office(stream)
    first = here.desk.log_on(here.full(here.user), here.passwords[here.user])
    name, password = stream.pick(("helpdesk", "builder", "laboratory")), stream.pick(PASSWORDS)
    here.desk.sam.add_user(name, password)
    second = here.desk.log_on(rf".\{name}", password)
    gone = here.desk.log_on(here.full(here.user), here.passwords[here.user], LogonType.NETWORK)
    stale = gone.authentication_id
    gone.close()
    tokens = stream.shuffled([first, first.duplicate(), second, second.duplicate()])
    owners = {first.authentication_id: here.user, second.authentication_id: name}
    letters = "ABCD"
    listing = "\n".join(
        f"token {letter}   token id {token.token_id}   authentication id {token.authentication_id}"
        for letter, token in zip(letters, tokens, strict=True)
    )
    sessions = "\n".join(
        f"session   {session.authentication_id}   {session.user_name}   {session.logon_type.name}"
        for session in (first.session, second.session)
        if session is not None
    )
    people = (here.user, name, "nobody")
    choices = [
        Choice(
            f"token_{letter}",
            f"whose session does token {letter} point to",
            people,
            owners[token.authentication_id],
            f"authentication id {token.authentication_id}",
            instead(people, owners[token.authentication_id], ID_IS_GLOBAL),
        )
        for letter, token in zip(letters, tokens, strict=True)
    ]
    choices.append(
        Choice(
            "stale",
            f"an old event names the logon id {stale}: whose session is it now",
            people,
            people[2],
            "That session ended with its last token; no other gets its number until the machine starts again.",
            dict.fromkeys(people[:2], LOGOFF_ENDS_ALL),
        )
    )
    return choose(
        f"On `{here.desk.name}`:\n\n```\n{sessions}\n\n{listing}\n```",
        choices,
        hints=(
            "The authentication id leads from a token to its session; the token id is its own name.",
            "A number that is in no list of sessions belongs to one that is gone.",
        ),
        difficulty={"tokens": len(tokens)},
        given={
            "sessions": {str(number): who for number, who in owners.items()},
            "tokens": {
                letter: str(token.authentication_id) for letter, token in zip(letters, tokens, strict=True)
            },
        },
    )


@exercise("01.4", "What is left after the logoff?", Kind.PREDICT, minutes=5, points=4, aims=(2,), rows=(1, 6))
def after_the_logoff(stream: Stream) -> Task:
    here = office(stream)
    desk = here.desk.log_on(here.full(here.user), here.passwords[here.user])
    shell = here.desk.start("explorer.exe", desk)
    server = stream.pick((here.first, here.second))
    there = server.log_on(here.full(here.user), here.passwords[here.user], LogonType.NETWORK)
    copy = there.duplicate()
    there.close()
    kept = copy.session is not None and copy.session.alive
    session = desk.session
    here.desk.log_off(desk)
    assert session is not None and there.session is not None
    afar = there.session.alive
    copy.close()
    last = there.session.alive
    states = ("lives", "has ended")
    asked = {
        "copy": (
            f"on {server.name} a service closed the token of {here.user}'s network logon, and still has a duplicate: the session there",
            kept,
            "A token still points to it.",
        ),
        "desk": (
            f"{here.user} logs off at {here.desk.name}: the session there",
            session.alive,
            "A logoff closes what belongs to the session, and with the last token it ends.",
        ),
        "server": (
            f"at that moment the session on {server.name}",
            afar,
            "It is another session, on another machine.",
        ),
        "last": (
            f"the service on {server.name} closes the duplicate too: the session there",
            last,
            "No token points to it any more: 4634.",
        ),
    }
    assert not shell.alive
    choices = []
    for name, (prompt, alive, says) in asked.items():
        right = states[0] if alive else states[1]
        choices.append(
            Choice(
                name,
                prompt,
                states,
                right,
                f"{right}. {says}",
                instead(states, right, LOGOFF_ENDS_ALL),
            )
        )
    return choose(
        f"`{here.full(here.user)}` works at `{here.desk.name}` and has a network session on `{server.name}`.",
        choices,
        hints=("A session lives on one machine.", "It ends when no token points to it."),
        difficulty={"questions": len(choices)},
    )


def _record(here: Office, kind: LogonType) -> tuple[dict[str, str], bool]:
    """A 4624 of this type, and whether the session can show something elsewhere."""
    machine, name = here.desk, here.full(here.user)
    machine.policy.grant(
        here.domain.account(here.user).sid, "SeRemoteInteractiveLogonRight", "SeBatchLogonRight"
    )
    secret = None if kind is LogonType.BATCH else here.passwords[here.user]
    token = machine.log_on(name, secret, kind)
    event = machine.log.events(4624)[-1]
    assert token.session is not None
    return {
        key: str(event[key])
        for key in ("LogonType", "TargetUserName", "LogonProcessName", "AuthenticationPackageName")
    }, token.session.credentials.kind.value != "nothing"


@exercise("01.5", "Read the logon type", Kind.READ, minutes=7, points=6, aims=(3,), rows=(51,))
def read_the_type(stream: Stream) -> Task:
    kinds = stream.shuffled(
        (
            LogonType.INTERACTIVE,
            LogonType.NETWORK,
            stream.pick((LogonType.BATCH, LogonType.REMOTE_INTERACTIVE)),
        )
    )
    here = office(stream)
    words = {
        LogonType.INTERACTIVE: "at the keyboard",
        LogonType.NETWORK: "over the network, to a share for example",
        LogonType.BATCH: "as a scheduled task, without a stored password",
        LogonType.REMOTE_INTERACTIVE: "by Remote Desktop",
    }
    options = tuple(words.values())
    left = ("a password or what is derived from it", "nothing that could be shown elsewhere")
    blocks, choices = [], []
    for letter, kind in zip("ABC", kinds, strict=True):
        record, keeps = _record(here, kind)
        blocks.append(f"{letter}  " + "   ".join(f"{key} {value}" for key, value in record.items()))
        right = left[0] if keeps else left[1]
        choices.append(
            Choice(
                f"{letter}_way",
                f"{letter}: how did {here.user} come in",
                options,
                words[kind],
                f"Type {int(kind)}, {kind.name}: {words[kind]}.",
                instead(options, words[kind], ID_IS_GLOBAL),
            )
        )
        choices.append(
            Choice(
                f"{letter}_left",
                f"{letter}: what does the session hold",
                left,
                right,
                f"{right}: type {int(kind)}{', without a password' if kind is LogonType.BATCH else ''}.",
                instead(left, right, ANY_TYPE_KEEPS),
            )
        )
    return choose(
        f"Three 4624 of `{here.desk.name}`:\n\n```\n"
        + "\n".join(blocks)
        + "\n```\n\nWhere the type is 4, the task was stored without a password.",
        choices,
        hints=(
            "2 is interactive, 3 network, 4 batch, 5 service, 10 remote interactive.",
            "Did LSA get a password, or only a proof?",
        ),
        difficulty={"events": len(blocks)},
        given={"kinds": tuple(int(kind) for kind in kinds)},
    )


@exercise("01.6", "Who is still there?", Kind.IMPLEMENT, minutes=12, points=6, aims=(2,), rows=(1, 6, 8))
def still_there(stream: Stream) -> Task:
    groups = {
        "sessions": (2, "A session is there from its logon until its last token is closed.", LOGOFF_ENDS_ALL),
        "tokens": (
            2,
            "A duplicate points to the session of its original, and keeps it alive.",
            LOGOFF_ENDS_ALL,
        ),
        "machines": (2, "The same number on two machines names two sessions.", ID_IS_GLOBAL),
    }
    cases = [_tale(stream, group) for group in groups for _ in range(5)]
    return implement(
        "Write a function `alive(steps)` that gives the sessions that are there at the end, as a list of `[machine, id]`, sorted.\n\n"
        "* `['logon', machine, id, token]`: a new session with this id on this machine, and its first token\n"
        "* `['duplicate', token, new]`: a second token; the original is there\n"
        "* `['close', token]`: the token is closed. Tokens have names that are used once",
        cases,
        groups,
        hints=(
            "Keep a dict from tokens to (machine, id).",
            "A session is there if some token still points to it.",
        ),
        difficulty={},
    )


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


@exercise("01.7", "What can go on?", Kind.DIAGNOSE, minutes=6, points=6, aims=(3,), rows=(35, 51))
def what_can_go_on(stream: Stream) -> Task:
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
    left = ("something for the wire", "nothing")
    letters, blocks, choices = "ABCDEF", [], []
    order = stream.shuffled(tuple(logons))
    for letter, number in zip(letters, order, strict=True):
        words, token = logons[number]
        assert token.session is not None
        kept = token.session.credentials
        right = left[0] if kept else left[1]
        blocks.append(f"{letter}  LogonType {number:3} {words}")
        wrong = {left[0]: ANY_TYPE_KEEPS} if right == left[1] else {}
        if number == "11":
            wrong = {left[1]: CACHED_KEEPS_NOTHING}
        choices.append(
            Choice(
                letter,
                f"logon {letter}",
                left,
                right,
                f"{right}. The session keeps: {kept.kind.value}.",
                wrong,
            )
        )
    return choose(
        f"Six logons of `{name}`, by their 4624. What does each leave on `{here.desk.name}` that could be shown to another machine in the user's name?\n\n```\n"
        + "\n".join(blocks)
        + "\n```",
        choices,
        hints=(
            "Was LSA given a password, or only a proof, or nothing?",
            "A cached verifier lies on the disk; what was typed is another matter.",
        ),
        difficulty={"logons": len(order)},
        given={"types": dict(zip(letters, map(int, order), strict=True))},
    )
