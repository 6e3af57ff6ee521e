"""Exercises of lesson 15: one incident, from the log to the cause. Everybody has another one."""

from __future__ import annotations

from tokenlab.teach.answers import AnswerError, Plain
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
from tokenlab.teach.exercises.incidents import READERS, addresses, block, evidence, play, players, told, tried
from tokenlab.teach.exercises.lesson_12 import ANY_LOGON_WILL_DO, WORKS_FOR_FREE
from tokenlab.teach.exercises.lesson_13 import LOG_SEES_ALL, ONE_EVENT, TOKEN_IS_NEW, WHOAMI_IS_THE_WIRE
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import Misconception
from tokenlab.teach.variant import Stream
from tokenlab.worlds.incident import READ
from tokenlab.worlds.incident_scene import CAUSES, FIXES

NAME_IS_PERSON = Misconception(
    "the-name-is-the-person",
    "The name in the log is the person.",
    "An event names the session of a token; who carries that token is not told.",
    "lesson 15, three questions",
)
IDS_ARE_GLOBAL = Misconception(
    "logon-ids-are-global",
    "A logon id means the same session on every machine.",
    "It is a number of one machine, until it restarts; other machines count with the same numbers.",
    "lesson 15",
)
REPAIR_THROWS_OUT = Misconception(
    "a-repaired-dacl-throws-out",
    "A repaired DACL throws out who is inside.",
    "Access is checked at the open; the handle keeps what it got until it is closed.",
    "lesson 15, three questions",
)
STRONG_IS_A_FIX = Misconception(
    "a-strong-setting-is-a-fix",
    "A strong setting is a fix, whatever the chain was.",
    "A fix breaks a step that this chain needs; played again, the day shows whether it does.",
    "lesson 15, three questions",
)
OWN_LINE_ONLY = Misconception(
    "only-a-line-with-ones-own-name",
    "Only an entry with one's own name, or one for administrators, lets one in.",
    "Groups count: Everyone, Authenticated Users and Users stand for nearly everybody with an account.",
    "lesson 15",
)
STANDSTILL_IS_SAFETY = Misconception(
    "a-standstill-is-a-fix",
    "What stops the intruder is a fix, whatever else it stops.",
    "A fix that ends ordinary work is taken back by noon.",
    "lesson 15",
)

LESS_THERE_IS_SAFE = Misconception(
    "what-does-not-lie-there-is-safe",
    "Where no secret of a user lies, nobody can act as that user.",
    "Resource-based delegation and any protocol let a server be any unprotected user, without a visit.",
    "[MS-SFU]; lesson 15",
)

LOGON = ("LogonType", "TargetUserName", "TargetLogonId", "TargetOutboundUserName", "IpAddress")
ACCESS = ("SubjectUserName", "SubjectLogonId", "ObjectName", "AccessMask")


@exercise("15.1", "The session behind the read", Kind.READ, minutes=5, points=4, aims=(1,), rows=(8, 51, 53))
def the_first_session(stream: Stream) -> Task:
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    shown = [
        event
        for event in scene.second.log.events(4624, 4663)
        if event["EventID"] == 4663 or event["TargetUserName"] == cast.admin
    ]
    lines = [told(event, *(LOGON if event["EventID"] == 4624 else ACCESS)) for event in shown]
    sign = scene.second.log.events(4663)[0]
    right = str(sign["SubjectLogonId"])
    logons = [event for event in shown if event["EventID"] == 4624]
    ids = tuple(stream.shuffled([str(event["TargetLogonId"]) for event in logons]))
    types = ("2, at the machine", "3, over the network", "10, by Remote Desktop")
    machines = tuple(stream.shuffled((scene.desk.name, scene.first.name, scene.second.name, scene.away.name)))
    proofs = (f"{cast.admin} read it", f"a thread with a token of {cast.admin} read it", "nothing at all")
    return choose(
        f"`{cast.secret}` on `{scene.second.name}` was read, and read again. `{scene.away.name}` is {cast.admin}'s "
        f"desk. From the log of `{scene.second.name}`:\n\n{block(lines)}\n\n{addresses(day)}",
        [
            Choice(
                "session",
                "which logon id do both reads belong to",
                ids,
                right,
                f"SubjectLogonId of both 4663 is {right}; the others are {cast.admin}'s sessions at the machine.",
                instead(ids, right, NAME_IS_PERSON),
            ),
            Choice(
                "type",
                "of which type is that logon",
                types,
                types[1],
                f"The 4624 with TargetLogonId {right} has LogonType 3.",
                instead(types, types[1], NAME_IS_PERSON),
            ),
            Choice(
                "from",
                "from which machine did it come",
                machines,
                scene.first.name,
                f"IpAddress of that 4624 is the address of {scene.first.name}.",
                instead(machines, scene.first.name, NAME_IS_PERSON),
            ),
            Choice(
                "proof",
                "what does a 4663 prove",
                proofs,
                proofs[1],
                "An event asks the token of the thread; whose hand it was, no token knows.",
                {proofs[0]: NAME_IS_PERSON, proofs[2]: ONE_EVENT},
            ),
        ],
        hints=(
            "Take the logon id of the 4663, and look for the 4624 that has it as TargetLogonId.",
            "Then compare its IpAddress with the list of addresses.",
        ),
        difficulty={"logons": len(logons)},
        given={"events": [dict(event) for event in shown], "first": scene.first.name, "admin": cast.admin},
    )


@exercise(
    "15.2",
    "Whose credentials went out?",
    Kind.DIAGNOSE,
    minutes=6,
    points=5,
    aims=(1, 2, 3),
    rows=(13, 25, 36, 46, 53),
)
def whose_credentials(stream: Stream) -> Task:
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    shown = [
        event
        for event in scene.desk.log.events(4624, 4688)
        if "11:30" < event["TimeCreated"][11:16] < "12:00"
    ]
    assert scene.desk.sysmon is not None
    shown += scene.desk.sysmon.where(3, DestinationPort="88")
    shown += [
        event
        for event in scene.controller.log.events(4768, 4769)
        if event["TargetUserName"].partition("@")[0] == cast.service
    ]
    shown.sort(key=lambda event: str(event["TimeCreated"]))
    names = {
        4624: LOGON,
        4688: ("SubjectUserName", "TargetUserName", "NewProcessName", "ParentProcessName"),
        3: ("Image", "DestinationPort"),
        4768: ("TargetUserName", "TicketEncryptionType", "IpAddress"),
        4769: ("TargetUserName", "ServiceName", "IpAddress"),
    }
    hows = ("new credentials", "a logon of its own", "a key, and a ticket asked for with it")
    how = dict(zip(("netonly", "runas", "ticket"), hows, strict=True))[day.borrowing]
    here = cast.service if day.borrowing == "runas" else cast.user
    people = tuple(stream.shuffled((cast.user, cast.admin, cast.service)))
    programs = tuple(stream.shuffled(("cmd.exe", "explorer.exe", "viewer.exe")))
    signs = (
        f"tickets for {cast.service} from {scene.desk.name}",
        f"{cast.service} starts as a service on {scene.first.name}",
        f"{cast.user} logs on at {scene.desk.name}",
    )
    return choose(
        f"`{cast.service}` is the account of a service on `{scene.first.name}`; `{cast.user}` is a plain user at "
        f"`{scene.desk.name}`. From the logs of the desk, Sysmon's among them, and of the controller (at 08:05 the service began its "
        f"day):\n\n{block([told(event, *names[int(event['EventID'])]) for event in shown])}\n\n{addresses(day)}",
        [
            Choice(
                "wire",
                "whose credentials went out from the desk at 11:48",
                people,
                cast.service,
                f"The controller gave tickets of {cast.service} to the desk's address.",
                instead(people, cast.service, WHOAMI_IS_THE_WIRE),
            ),
            Choice(
                "how",
                "how were they borrowed",
                hows,
                how,
                {
                    "netonly": "A 4624 of type 9 has the name in TargetOutboundUserName.",
                    "runas": "A 4624 of type 2 has the name in TargetUserName: a real logon at the desk.",
                    "ticket": "There is no logon by that name at the desk; viewer.exe itself spoke to port 88, with RC4 (0x17).",
                }[day.borrowing],
                instead(hows, how, LOG_SEES_ALL if day.borrowing == "ticket" else ONE_EVENT),
            ),
            Choice(
                "here",
                "as whom does that cmd.exe act on the desk itself",
                people,
                here,
                f"{here}: 4688 and 4624 name the user of the token; credentials alone change no token.",
                instead(people, here, TOKEN_IS_NEW),
            ),
            Choice(
                "origin",
                "which program started cmd.exe, and was itself nobody's plan",
                programs,
                "viewer.exe",
                "ParentProcessName of cmd.exe is viewer.exe; the shell started that.",
                instead(programs, "viewer.exe", ONE_EVENT),
            ),
            Choice(
                "watch",
                "which sign is worth a rule",
                signs,
                signs[0],
                "A service's account that asks for tickets where its service does not live is rare, and seen by one log.",
                instead(signs, signs[0], ONE_EVENT),
            ),
        ],
        hints=(
            "The controller says who got tickets, and from which address.",
            "At the desk: is there a 4624 by that name, or one of type 9 with it as the outbound name, or none?",
            "0x12 is AES, 0x17 is RC4, whose key is the NT hash. Windows itself speaks to port 88 by lsass.exe only.",
        ),
        difficulty={"ways": len(hows)},
        given={
            "events": [dict(event) for event in shown],
            "user": cast.user,
            "service": cast.service,
            "desk": scene.desk.name,
        },
    )


@exercise("15.3", "The chain", Kind.ORDER, minutes=5, points=7, aims=(1, 2), rows=(23, 39, 53))
def the_chain(stream: Stream) -> Task:
    cast = players(stream)
    first, second = cast.machines[2:4]
    left, whence = {
        "desktop": (f"{cast.admin} leaves a desktop open on {first}", "a program of that desktop"),
        "delegation": (
            f"{cast.admin} visits a web site on {first}, which is trusted for delegation",
            "that web site's process",
        ),
    }[stream.pick(tuple(CAUSES))]
    lines = [
        left,
        f"a program in {cast.user}'s session reads {cast.script}, and finds a password",
        f"the desk writes 4624 of type 9: outbound {cast.service}",
        f"the controller writes 4769: {cast.service} to {first}, from the desk",
        f"{first} writes 4672 and 4624 of type 3 for {cast.service}",
        f"wsmprovhost.exe of {cast.service} on {first} opens {whence}: Sysmon 10",
        f"one of its threads carries a token of {cast.admin}, out of that process: no event",
        f"{second} writes 4624 of type 3: {cast.admin}, from {first}",
        f"{second} writes 4663: {cast.secret}",
    ]
    return arrange(
        f"The day of `{cast.secret}`, in pieces. Put them into an order in which it can have happened.",
        lines,
        [
            Before(1, 2, "the password comes from the script: nothing can be borrowed before"),
            Before(2, 3, "the name on the wire is that of the new session's credentials", WHOAMI_IS_THE_WIRE),
            Before(3, 4, "the server makes its session from the ticket it is shown"),
            Before(4, 5, "the process that opens the other one runs under that logon"),
            Before(5, 6, "a token is taken out of a process through a handle to it", LOG_SEES_ALL),
            Before(
                0, 6, f"no token of {cast.admin} can be taken where {cast.admin} never was", ANY_LOGON_WILL_DO
            ),
            Before(6, 7, f"to go out as {cast.admin}, the thread carries that token first", LOG_SEES_ALL),
        ],
        stream,
        hints=(
            "Each step needs something that an earlier one brought: a password, a ticket, a session, a handle, a token.",
            "What goes out over the wire belongs to the token that the thread carries then.",
        ),
        difficulty={},
        given={"admin": cast.admin},
    )


@exercise(
    "15.4", "Which rule let it?", Kind.PREDICT, minutes=6, points=6, aims=(2,), rows=(19, 20, 21, 39, 44, 48)
)
def which_rule(stream: Stream) -> Task:
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    script, secret = day.handles["script"].decision, day.handles["read"].decision
    assert script is not None and secret is not None and day.hop is not None
    assert script.descriptor.dacl is not None and secret.descriptor.dacl is not None
    places = tuple(str(place) for place in range(1, len(script.descriptor.dacl) + 1))
    lines = ("1", "2", "no entry")
    found = str(cast.place + 1)
    found_secret = next(
        str(n) for n, ace in enumerate(secret.descriptor.dacl, 1) if ace is secret.reasons[READ].ace
    )
    codes = ("1801 granted by", "1802 denied by", "1805 not granted")
    arrivals = ("as the user", "as the machine", "anonymous")
    arrived = day.hop.arrival.value
    trust = (
        "is trusted for delegation to any service"
        if scene.cause == "delegation"
        else "is not trusted for delegation"
    )
    unseen = (
        f"{cast.user}'s program reads {cast.script}",
        f"{cast.service} enters {scene.first.name}",
        f"a thread there carries a token of {cast.admin}",
        f"{cast.admin}'s name arrives on {scene.second.name}",
    )
    again = ("refused", "granted")
    dacl = " ".join(map(str, script.descriptor.dacl))
    return choose(
        f"`{cast.user}` is a plain user of the domain, `{cast.service}` ({scene.service.sid}) a service's account and an "
        f"administrator of `{scene.first.name}` only, `{cast.admin}` a Domain Admin. The DACL of `{cast.script}` on "
        f"`{scene.first.name}`:\n\n```\n{dacl}\n```\n\nand that of `{cast.secret}` on `{scene.second.name}`:\n\n"
        f"```\n{' '.join(map(str, secret.descriptor.dacl))}\n```\n\nBoth shares let Everyone in. The account "
        f"`{scene.first.name}$` {trust}.",
        [
            Choice(
                "script",
                f"which entry lets {cast.user} read {cast.script}",
                places,
                found,
                f"{script.reasons[READ]}: {READERS[cast.reader]}.",
                instead(places, found, OWN_LINE_ONLY),
            ),
            Choice(
                "try",
                f"{cast.service} asks for {cast.secret}: which reason does the 4656 give",
                codes,
                codes[2],
                "1805: no entry grants it, and none denies it.",
                instead(codes, codes[2], OWN_LINE_ONLY),
            ),
            Choice(
                "hop",
                f"{cast.service} came to {scene.first.name} by remoting (Kerberos), and opens a share of {scene.second.name} from there: how does it arrive",
                arrivals,
                arrived,
                f"{arrived}: {day.hop.why.partition(';')[0]}.",
                instead(arrivals, arrived, ANY_LOGON_WILL_DO),
            ),
            Choice(
                "read",
                f"{cast.admin}'s token, over the network, asks for {cast.secret}: which entry lets it",
                lines,
                found_secret,
                f"{secret.reasons[READ]}: Domain Admins are in Administrators, and a domain account's network logon is not split.",
                instead(lines, found_secret, OWN_LINE_ONLY),
            ),
            Choice(
                "after",
                f"that entry is taken out of the DACL. Through its open handle {cast.secret} is read once more",
                again,
                again[1],
                day.step("read on").why + ".",
                {again[0]: REPAIR_THROWS_OUT},
            ),
            Choice(
                "unseen",
                "which of these leaves no event",
                unseen,
                unseen[2],
                "4663, 4624 and 4624 tell of the others; impersonation writes nothing.",
                instead(unseen, unseen[2], LOG_SEES_ALL),
            ),
        ],
        hints=(
            "Which groups does a plain domain user have on a member server?",
            "A remoting session holds nothing for the wire, unless the server is trusted for delegation.",
            "Where a handle is open, nobody asks the DACL again.",
        ),
        difficulty={"lines": len(places)},
        given={
            "dacl": script.descriptor.dacl,
            "reader": cast.reader,
            "cause": scene.cause,
            "user": cast.user,
            "service": cast.service,
            "admin": cast.admin,
            "first": scene.first.name,
        },
    )


ENDS = {
    "": "it does not end: the secret is read",
    "script": "at the script",
    "enter": "at the way into the first server",
    "token": "at the token: none is there",
    "out": "at the way out",
    "read": "at the secret",
}


NOBODY, EVERYBODY = "nobody", "everybody who is not protected"
_LEVELS = "`%%1833` is the level Impersonation, `%%1840` Delegation."


@exercise("15.5", "The day, played again", Kind.PREDICT, minutes=8, points=7, aims=(2, 3), rows=(39, 52))
def played_again(stream: Stream) -> Task:
    cast, cause = players(stream), stream.pick(tuple(CAUSES))
    fixes = stream.shuffled(
        [
            stream.pick(("script", "operator", "no network")),
            stream.pick(("restricted", "log off")),
            stream.pick(("sensitive", "protected", "lsa")),
            stream.pick(("untrusted", "resource")),
            stream.pick(("guard", "secret")),
        ]
    )
    options = tuple(ENDS.values())
    choices = []
    for number, fix in enumerate(fixes, 1):
        end, _, _ = tried(fix, cause)
        choices.append(
            Choice(
                f"fix_{number}",
                f"**{fix}**: {FIXES[fix]}",
                options,
                ENDS[end],
                f"It was tried: {ENDS[end]}.",
                instead(options, ENDS[end], STRONG_IS_A_FIX),
            )
        )
    for fix in ("untrusted", "resource"):
        right = NOBODY if tried(fix, cause)[2].playable == 0 else EVERYBODY
        choices.append(
            Choice(
                f"played_{fix}",
                f"with **{fix}** ({FIXES[fix]}): whom can SYSTEM on the first server be at the second one, "
                "without any visit",
                (NOBODY, EVERYBODY),
                right,
                f"{tried(fix, cause)[2]}: S4U2self and S4U2proxy need no visit where a target names the server.",
                instead((NOBODY, EVERYBODY), right, LESS_THERE_IS_SAFE),
            )
        )
    return choose(
        f"The chain went by way of a token of `{cast.admin}` on `{cast.machines[2]}`. What the log there has "
        f"of {cast.admin} before noon:\n\n{block(evidence(cast, cause))}\n\n{_LEVELS} Each time one thing is fixed in "
        "the morning, and the day is played again. Where does the intrusion end? And what can be played from there?",
        choices,
        hints=(
            "First find out what lay there: a desktop (type 10), or a ticket that was forwarded (level Delegation)?",
            "A setting against delegation does nothing about a desktop, and the other way round.",
            "You can try: `from tokenlab.worlds.incident import incident`, then `incident('log off', cause='desktop')` or "
            "`cause='delegation'`, and its `.exposure`.",
        ),
        difficulty={"fixes": len(fixes)},
        given={"fixes": tuple(fixes), "evidence": evidence(cast, cause)},
    )


@exercise(
    "15.6", "The fix with the least exposure", Kind.MEND, minutes=8, points=6, aims=(3,), rows=(35, 39, 52)
)
def least_exposure(stream: Stream) -> Task:
    cast, cause = players(stream), stream.pick(tuple(CAUSES))
    fixes = stream.shuffled([fix for fix in FIXES if fix != "none"])
    good = [fix for fix in fixes if tried(fix, cause)[0] and tried(fix, cause)[1]]
    best = min(tried(fix, cause)[2] for fix in good)
    cheapest = next(fix for fix in good if tried(fix, cause)[2] == best)
    flip = f"the fix {cheapest!r}"

    def read(answer: object) -> str:
        if type(answer) is not str or answer not in fixes:
            raise AnswerError(f"expected one of {', '.join(map(repr, fixes))}, for example {fixes[0]!r}")
        return answer

    def breaks(fix: str) -> Finding:
        end = tried(fix, cause)[0]
        return Finding(bool(end), f"{fix}: {ENDS[end]}", STRONG_IS_A_FIX, flip)

    def works(fix: str) -> Finding:
        end, goes_on, _ = tried(fix, cause)
        if not end:
            return Finding(False, "it counts where the chain breaks", STRONG_IS_A_FIX, flip)
        said = "all ordinary work went on" if goes_on else "the service could not do its work"
        return Finding(goes_on, said, STANDSTILL_IS_SAFETY, flip)

    def cheap(fix: str) -> Finding:
        end, goes_on, exposure = tried(fix, cause)
        if not end or not goes_on:
            return Finding(
                False,
                "a fix that fixes nothing is not compared",
                STANDSTILL_IS_SAFETY if end else STRONG_IS_A_FIX,
            )
        belief = LESS_THERE_IS_SAFE if exposure.lies == best.lies else WORKS_FOR_FREE
        return Finding(exposure <= best, f"on the first server {exposure}", belief, flip)

    listed = "\n".join(f"* `{fix}`: {FIXES[fix]}" for fix in fixes)
    return build(
        f"`{cast.machines[2]}` was how one server became two. What its log has of `{cast.admin}` before "
        f"noon:\n\n{block(evidence(cast, cause))}\n\n{_LEVELS} The service's secrets must lie there; the administrator's need not. "
        f"Choose one fix:\n\n{listed}\n\nIt is set in the morning, and the day is played again. It must",
        [
            Requirement("break the chain", breaks, 2),
            Requirement("let all ordinary work go on", works, 1),
            Requirement(
                "expose as little on the first server as any such fix: what lies there, then who can be played",
                cheap,
                3,
            ),
        ],
        read=read,
        example=fixes[0],
        blank="",
        hints=(
            "What of the administrator lay there, and why: a desktop, or a forwarded ticket?",
            "Some fixes break the chain earlier, and leave the administrator's secrets for the next one.",
            "Try them: `from tokenlab.worlds.incident import incident`, then look at `incident('script', cause=...)`.works and .exposure.",
        ),
        difficulty={"fixes": len(fixes)},
        given={"evidence": evidence(cast, cause)},
    )


@exercise(
    "15.7", "From the read to the logon", Kind.IMPLEMENT, minutes=12, points=7, aims=(1,), rows=(8, 51, 53)
)
def from_read_to_logon(stream: Stream) -> Task:
    groups = {
        "one machine": (2, "A read belongs to the logon with its logon id.", NAME_IS_PERSON),
        "two machines": (
            2,
            "Machines count with the same numbers: machine and logon id together.",
            IDS_ARE_GLOBAL,
        ),
        "after a restart": (
            2,
            "A number comes again after a restart: the last logon before the read counts.",
            IDS_ARE_GLOBAL,
        ),
        "before the log": (
            1,
            "A logon that is older than the log is not there: nothing is made up.",
            ONE_EVENT,
        ),
    }
    cases = [_read_case(stream, group) for group in groups for _ in range(4)]
    question = (
        "Write a function `behind(logons, reads)` that gives, for each read, the logon behind it.\n\n"
        "* `logons`: lines `[time, machine, logon_id, user, logon_type, address]` from events 4624\n"
        "* `reads`: lines `[time, machine, logon_id, file]` from events 4663\n\n"
        "Times are text such as `'11:55'`, all of one day; lines come in any order. Give a list, in the order of the reads, of "
        "`[user, logon_type, address]`, or `None` where the log has no logon for it. A machine may have been restarted: "
        "then its logon ids begin anew, and the last logon that is not later than the read counts."
    )
    return implement(
        question,
        cases,
        groups,
        hints=(
            "For each read keep the logons of the same machine *and* the same logon id that are not later.",
            "Times of this form can be compared as they are; `max(..., key=...)` gives the last.",
            "`max([], default=None)` is None.",
        ),
        difficulty={},
    )


def _read_case(stream: Stream, group: str) -> Case:
    people = [one.name for one in stream.people(4)]
    machines = stream.hosts(3)
    ids = [f"{0x1A2B0 + number:#x}" for number in stream.picks(range(64), 4)]

    def logon(hour: int, machine: str, logon_id: str) -> list[Plain]:
        address = f"10.0.0.{stream.number(2, 60)}"
        time = f"{hour:02}:{stream.number(0, 59):02}"
        return [time, machine, logon_id, stream.pick(people), stream.pick(("2", "3", "9", "10")), address]

    here, there = machines[0], machines[1]
    wanted = logon(9, here, ids[0])
    logons = [wanted, logon(8, here, ids[1]), logon(9, there, ids[2])]
    if group == "two machines":
        logons += [logon(10, there, ids[0]), logon(8, machines[2], ids[0])]
    if group == "after a restart":
        logons += [logon(7, here, ids[0]), logon(13, here, ids[0])]
    reads: list[Plain] = [[f"11:{stream.number(0, 59):02}", here, ids[0], stream.file()]]
    expected: list[Plain] = [wanted[3:]]
    if group == "before the log":
        reads.append([f"11:{stream.number(0, 59):02}", here, ids[3], stream.file()])
        expected.append(None)
        reads.append([f"06:{stream.number(0, 59):02}", here, ids[1], stream.file()])
        expected.append(None)
    return Case((list(stream.shuffled(logons)), reads), expected, group)
