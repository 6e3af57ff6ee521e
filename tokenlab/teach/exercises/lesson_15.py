"""Worlds of lesson 15: one incident, from the log to the cause. Everybody has another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.system import LogonType
from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.exercise import FunctionCall
from tokenlab.teach.exercises.incidents import READERS, addresses, block, evidence, play, players, told, tried
from tokenlab.teach.exercises.scenes import Names
from tokenlab.teach.judgement import PartFinding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import Event
from tokenlab.worlds.incident import READ
from tokenlab.worlds.incident_scene import BORROWING, CAUSES, FIXES, IncidentCast

Claims = tuple[tuple[str, str, str], ...]
LOGON = ("LogonType", "TargetUserName", "TargetLogonId", "TargetOutboundUserName", "IpAddress")
FIELDS = {
    4624: LOGON,
    4656: ("SubjectUserName", "SubjectLogonId", "HandleId", "AccessMask"),
    4663: ("SubjectUserName", "SubjectLogonId", "HandleId", "AccessMask"),
    4688: ("SubjectUserName", "TargetUserName", "NewProcessName", "ParentProcessName"),
    3: ("Image", "DestinationPort"),
    4768: ("TargetUserName", "TicketEncryptionType", "IpAddress"),
    4769: ("TargetUserName", "ServiceName", "IpAddress"),
}
TYPES = ("3, over the network", "2, at the machine")
WRITE_DAC = 0x40000
ENDS = {
    "": "nowhere: the secret is read",
    "script": "at the script",
    "enter": "at the way into the first server",
    "token": "at the token: none is there",
    "out": "at the way out",
    "read": "at the secret",
}


def names(cast: IncidentCast) -> Names:
    """Who plays, and where."""
    places = dict(zip(("controller", "desk", "first", "second", "away"), cast.machines, strict=True))
    people = {"user": cast.user, "admin": cast.admin, "service": cast.service}
    return people | places | {"script": cast.script, "secret": cast.secret}


def shown(events: list[Event]) -> str:
    return block([told(event, *FIELDS[int(event["EventID"])]) for event in events])


FOLLOWS, REFUTED, OPEN = (
    "it follows from these events",
    "these events refute it",
    "these events leave it open",
)
CLAIMS: Claims = (
    ("a thread with a token of {admin} read {secret}", FOLLOWS, "The 4663 names the session of the thread's token."),
    ("both reads went through one handle", FOLLOWS, "The same HandleId, and no new 4656 between them."),
    ("the handle of 12:20 can change the DACL", FOLLOWS, "0x40000, WRITE_DAC, is in 0x160080."),
    ("{secret} was opened anew for the read of 12:30", REFUTED, "There is no 4656 of that session after 11:55."),
    ("the reads and the 4656 of 12:20 belong to one session", REFUTED, "Their logon ids differ."),
    ("the session of the reads began at {second} itself", REFUTED, "Its 4624 has type 3, and an address."),
    ("{admin} was at the keyboard for the reads", OPEN, "An event names a session; whose hand it was, no token knows."),
    ("a program of {admin}'s own opened {secret} from {first}", OPEN, "Whose process it was, only {first} can tell."),
    ("{admin}'s password is known to somebody else", OPEN, "A token, a ticket or a password: all look like this here."),
)  # fmt: skip


def _about_the_read(log: Any, cast: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """The events of the secret's file, the logons of the two accounts, and both in order of time."""
    opens = [one for one in log.events(4656, 4663) if one["SubjectUserName"] == cast.admin]
    logons = [one for one in log.events(4624) if one["TargetUserName"] in (cast.admin, cast.service)]
    events = sorted([*opens, *logons], key=lambda event: str(event["TimeCreated"]))
    return opens, logons, events


def first_session(stream: Stream) -> Names:
    """The reads of the secret and the repair, and the logons on the second server."""
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    log = scene.second.log
    opens, logons, events = _about_the_read(log, cast)
    read = log.events(4663)[0]
    repair = next(one for one in opens if one["EventID"] == 4656 and int(one["AccessMask"], 16) & WRITE_DAC)
    act, event = stream.pick((("the reads", read), ("the 4656 of 12:20", repair)))
    hers = [str(one["TargetLogonId"]) for one in logons if one["TargetUserName"] == cast.admin]
    others = [str(one["TargetLogonId"]) for one in logons if one["TargetUserName"] == cast.service]
    found = names(cast) | {
        "events": [dict(one) for one in events],
        "shown": shown(events),
        "addresses": addresses(day),
        "act": act,
        "session": event["SubjectLogonId"],
        "hers": {}
        if event is repair
        else dict.fromkeys(set(hers) - {event["SubjectLogonId"]}, "the-name-is-the-person"),
        "type": TYPES[event is repair],
        "whence": scene.second.name if event is repair else scene.first.name,
        "logons": len(hers),
        "ids": stream.shuffled((*hers, others[0])),
        "machines": stream.shuffled((cast.machines[1], *cast.machines[2:])),
        "verdicts": (FOLLOWS, REFUTED, OPEN),
    }
    claims = _claims(stream, found)
    return found | {"claims": claims, "asked": tuple(one["claim"] for one in claims)}


def _claims(stream: Stream, found: Names) -> list[Names]:
    """Two claims about the events, with other verdicts."""
    kinds = stream.picks((FOLLOWS, REFUTED, OPEN), 2)
    picked = [stream.pick([one for one in CLAIMS if one[1] == kind]) for kind in kinds]
    return [
        {
            "claim": claim.format_map(found),
            "verdict": verdict,
            "why": why.format_map(found),
            "beliefs": {FOLLOWS: "the-name-is-the-person"}
            if verdict == OPEN and "password" not in claim
            else {},
        }
        for claim, verdict, why in picked
    ]


def whose_credentials(stream: Stream) -> Names:
    """What the desk and the controller wrote of the service's account."""
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    events = [
        event
        for event in scene.desk.log.events(4624, 4688)
        if "11:30" < event["TimeCreated"][11:16] < "12:00"
    ]
    assert scene.desk.sysmon is not None
    events += scene.desk.sysmon.where(3, DestinationPort="88")
    events += [
        event
        for event in scene.controller.log.events(4768, 4769)
        if event["TargetUserName"].partition("@")[0] == cast.service
    ]
    events.sort(key=lambda event: str(event["TimeCreated"]))
    return names(cast) | {
        "events": [dict(event) for event in events],
        "shown": shown(events),
        "addresses": addresses(day),
        **dict.fromkeys(("how", "trace", "rule"), day.borrowing),
        "here": cast.service if day.borrowing == "runas" else cast.user,
        "asker": "viewer.exe" if day.borrowing == "ticket" else "lsass.exe",
        "people": stream.shuffled((cast.user, cast.admin, cast.service, f"{scene.desk.name}$")),
        "programs": stream.shuffled(("cmd.exe", "explorer.exe", "lsass.exe", "svchost.exe", "viewer.exe")),
    }


def the_chain(stream: Stream) -> Names:
    """How the account was borrowed, what of the administrator lay on the first server."""
    found, cause = names(players(stream)), stream.pick(tuple(CAUSES))
    return found | {"left": cause, "whence": cause, "borrowed": stream.pick(tuple(BORROWING))}


SEEN = (
    "{user}'s program reads {script}",
    "{service} enters {first}",
    "{admin}'s name arrives on {second}",
    "the memory of lsass.exe on {first} is read",
    "{service} asks for {secret}, and is refused",
)
UNSEEN = (
    "a thread on {first} carries a token of {admin}",
    "a token of {admin} is duplicated on {first}",
    "the process on {first} that has {admin}'s token is opened",
)


def _reason(scene: Any, name: str, dacl: Sequence[str]) -> Any:
    """Why this person may or may not read another file, over the network. The repaired secret nobody may."""
    descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SYD:P{''.join(dacl)}")
    token = scene.second.log_on(scene.cast.full(name), scene.cast.password(name), LogonType.NETWORK)
    assert not access_check(token.context, scene.secret.descriptor, READ).granted
    return access_check(token.context, descriptor, READ).reasons[READ]


def which_rule(stream: Stream) -> Names:
    """What decided at the script and at the hop, what would at another file, and after the repair."""
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    script = day.handles["script"].decision
    assert script is not None and script.descriptor.dacl is not None and day.hop is not None
    trusted, user = scene.cause == "delegation", scene.network.domain.account(cast.user).sid
    service = scene.service.sid
    dacl = stream.shuffled(
        (
            "(A;;FA;;;SY)",
            stream.pick(("(A;;FA;;;BA)", "(A;;FA;;;BA)", "(A;;FR;;;BO)")),
            stream.pick((f"(D;;FR;;;{service})", f"(A;;FR;;;{service})", f"(A;;FR;;;{user})")),
        )
    )
    tried, hers = (_reason(scene, name, dacl) for name in (cast.service, cast.admin))
    found = names(cast)
    again = stream.pick(("handle", "system", stream.pick(("anew", "admin"))))
    unseen = stream.pick(UNSEEN).format_map(found)
    seen = [one.format_map(found) for one in stream.picks(SEEN, 3)]
    return found | {
        "service_sid": service,
        "user_sid": user,
        "dacl": script.descriptor.dacl,
        "plan_dacl": tuple(dacl),
        "plan": stream.file().rpartition("\\")[2],
        "plan_shown": " ".join(dacl),
        "reader": cast.reader,
        "readers": READERS[cast.reader],
        "cause": scene.cause,
        "trust": f"is {'' if trusted else 'not '}trusted for delegation{' to any service' if trusted else ''}",
        "script_dacl": " ".join(map(str, script.descriptor.dacl)),
        "place": cast.place + 1,
        "admin_place": 1 + list(map(str, script.descriptor.dacl)).index("(A;;FA;;;BA)"),
        "script_reason": script.reasons[READ],
        "tried": CODES[tried.code],
        "tried_reason": str(tried).replace(str(service), cast.service),
        "her_place": "no entry" if hers.place is None else hers.place + 1,
        "her_reason": hers,
        "arrived": day.hop.arrival.value,
        "hop_reason": day.hop.why.partition(";")[0],
        "again": again,
        "after": again,
        "acts": stream.shuffled((*seen, unseen)),
        "unseen": unseen,
    }


CODES = {1801: "1801 granted by", 1802: "1802 denied by", 1805: "1805 not granted"}


WHY_NOT = {
    "delegated": "the secret is read: nothing is delegated here",
    "desktop": "the secret is read: no desktop is open here",
    "token": "the secret is read: a token is taken, not a password",
}
NOBODY, EVERYBODY = "nobody", "everybody who is not protected"


def _end(fix: str, cause: str) -> str:
    """Where the day ends with this fix; where it does not, why not."""
    end = tried(fix, cause)[0]
    if end:
        return ENDS[end]
    if fix in ("lsa", "guard" if cause == "desktop" else "lsa"):
        return WHY_NOT["token"]
    return WHY_NOT["delegated" if cause == "desktop" else "desktop"]


def _try(fix: str, cause: str) -> Names:
    end = _end(fix, cause)
    stops = [one for key, one in ENDS.items() if key] if end in WHY_NOT.values() else []
    return {
        "fix": fix,
        "meaning": FIXES[fix],
        "end": end,
        "beliefs": dict.fromkeys(stops, "a-strong-setting-is-a-fix"),
    }


def _cause(stream: Stream) -> str:
    """The lesson has a table of the one, so most get the other."""
    return stream.pick(("desktop", "delegation", "delegation"))


def played_again(stream: Stream) -> Names:
    """Five fixes with five different outcomes, two of which do not end the day."""
    cast, cause = players(stream), _cause(stream)
    by_end: dict[str, list[str]] = {}
    for fix in FIXES:
        if fix != "none":
            by_end.setdefault(_end(fix, cause), []).append(fix)
    read_on = [end for end in by_end if end in WHY_NOT.values()]
    ends = [*read_on, *stream.picks([end for end in by_end if end not in read_on], 5 - len(read_on))]
    fixes = [stream.pick(by_end[end]) for end in stream.shuffled(ends)]
    played = stream.pick(("untrusted", "sensitive", "resource", "resource"))
    exposure = tried(played, cause)[2]
    seen = evidence(cast, cause)
    return names(cast) | {
        "fixes": tuple(fixes),
        "evidence": seen,
        "shown": block(seen),
        "ends": (*(end for key, end in ENDS.items() if key), *WHY_NOT.values()),
        "tries": [_try(fix, cause) for fix in fixes],
        "played": played,
        "played_meaning": FIXES[played],
        "whom": EVERYBODY if exposure.playable else NOBODY,
        "exposure": exposure,
    }


def _offered(stream: Stream, cause: str, results: Mapping[str, Any]) -> tuple[list[str], str, Any]:
    """Six fixes in any order, the best of them, and what it exposes."""
    good = [fix for fix, (end, works, _) in results.items() if end and works]
    best = min(results[fix][2] for fix in good)
    cheapest = stream.pick([fix for fix in good if results[fix][2] == best])
    dearer = stream.picks([fix for fix in good if results[fix][2] > best], 2)
    useless = stream.picks([fix for fix, (end, _, _) in results.items() if not end], 2)
    last = "resource" if cause == "delegation" and stream.chance() else "disabled"
    fixes = stream.shuffled([cheapest, *dearer, *useless, last])
    return fixes, cheapest, best


def least_exposure(stream: Stream) -> Names:
    """Six fixes, of which one is best, and what judges one: the day, played again."""
    cast, cause = players(stream), _cause(stream)
    results = {fix: tried(fix, cause) for fix in FIXES if fix not in ("none", "resource")}
    fixes, cheapest, best = _offered(stream, cause, results)
    flip = f"the fix {cheapest!r}"
    seen = evidence(cast, cause)
    return (
        names(cast)
        | {
            "evidence": seen,
            "fixes": tuple(fixes),
            "shown": block(seen),
            "listed": "\n".join(f"* `{fix}`: {FIXES[fix]}" for fix in fixes),
            "example": fixes[0],
        }
        | _judges(fixes, cause, best, flip)
    )


def _judges(fixes: Sequence[str], cause: str, best: Any, flip: str) -> Names:
    """What judges one of the fixes: the day, played again."""
    strong, standstill = believe("a-strong-setting-is-a-fix"), believe("a-standstill-is-a-fix")

    def read(answer: object) -> str:
        if type(answer) is not str or answer not in fixes:
            raise AnswerError(f"expected one of {', '.join(map(repr, fixes))}, for example {fixes[0]!r}")
        return answer

    def breaks(fix: str) -> PartFinding:
        end = tried(fix, cause)[0]
        return PartFinding(bool(end), f"{fix}: {ENDS[end]}", strong, flip)

    def works(fix: str) -> PartFinding:
        end, goes_on, _ = tried(fix, cause)
        if not end:
            return PartFinding(False, "it counts when the fix also breaks the chain", at_once=True)
        said = "all ordinary work went on" if goes_on else "the service could not do its work"
        return PartFinding(goes_on, said, standstill, flip)

    def cheap(fix: str) -> PartFinding:
        end, goes_on, exposure = tried(fix, cause)
        if not end or not goes_on:
            waits = "it counts when the fix breaks the chain and lets the ordinary work go on"
            return PartFinding(False, waits, at_once=True)
        same = exposure.lies == best.lies
        belief = believe("what-does-not-lie-there-is-safe" if same else "what-works-costs-nothing")
        return PartFinding(exposure <= best, f"on the first server {exposure}", belief, flip)

    return {"read": read, "breaks": breaks, "works": works, "cheap": cheap}


def read_to_logon(stream: Stream) -> Names:
    groups = ("one machine", "two machines", "after a restart", "before the log")
    return {"cases": [_read_case(stream, group) for group in groups for _ in range(4)]}


def _read_case(stream: Stream, group: str) -> FunctionCall:
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
    return FunctionCall((list(stream.shuffled(logons)), reads), expected, group)
