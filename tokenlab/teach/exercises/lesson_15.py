"""Worlds of lesson 15: one incident, from the log to the cause. Everybody has another one."""

from __future__ import annotations

from typing import Any

from tokenlab.teach.answers import AnswerError, Plain
from tokenlab.teach.exercise import Case
from tokenlab.teach.exercises.incidents import READERS, addresses, block, evidence, play, players, told, tried
from tokenlab.teach.judgement import Finding
from tokenlab.teach.misconceptions import believe
from tokenlab.teach.variant import Stream
from tokenlab.values import Event
from tokenlab.worlds.incident import READ
from tokenlab.worlds.incident_scene import CAUSES, FIXES, Cast

Names = dict[str, Any]
LOGON = ("LogonType", "TargetUserName", "TargetLogonId", "TargetOutboundUserName", "IpAddress")
ACCESS = ("SubjectUserName", "SubjectLogonId", "ObjectName", "AccessMask")
FIELDS = {
    4624: LOGON,
    4663: ACCESS,
    4688: ("SubjectUserName", "TargetUserName", "NewProcessName", "ParentProcessName"),
    3: ("Image", "DestinationPort"),
    4768: ("TargetUserName", "TicketEncryptionType", "IpAddress"),
    4769: ("TargetUserName", "ServiceName", "IpAddress"),
}
ENDS = {
    "": "it does not end: the secret is read",
    "script": "at the script",
    "enter": "at the way into the first server",
    "token": "at the token: none is there",
    "out": "at the way out",
    "read": "at the secret",
}


def names(cast: Cast) -> Names:
    """Who plays, and where."""
    places = dict(zip(("controller", "desk", "first", "second", "away"), cast.machines, strict=True))
    people = {"user": cast.user, "admin": cast.admin, "service": cast.service}
    return people | places | {"script": cast.script, "secret": cast.secret}


def shown(events: list[Event]) -> str:
    return block([told(event, *FIELDS[int(event["EventID"])]) for event in events])


def first_session(stream: Stream) -> Names:
    """The reads of the secret, and the logons of the administrator on the second server."""
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    events = [
        event
        for event in scene.second.log.events(4624, 4663)
        if event["EventID"] == 4663 or event["TargetUserName"] == cast.admin
    ]
    logons = [event for event in events if event["EventID"] == 4624]
    return names(cast) | {
        "events": [dict(event) for event in events],
        "shown": shown(events),
        "addresses": addresses(day),
        "session": scene.second.log.events(4663)[0]["SubjectLogonId"],
        "logons": len(logons),
        "ids": stream.shuffled([str(event["TargetLogonId"]) for event in logons]),
        "machines": stream.shuffled((cast.machines[1], *cast.machines[2:])),
    }


HOWS = {
    "netonly": ("new credentials", "A 4624 of type 9 has the name in TargetOutboundUserName."),
    "runas": (
        "a logon of its own",
        "A 4624 of type 2 has the name in TargetUserName: a real logon at the desk.",
    ),
    "ticket": (
        "a key, and a ticket asked for with it",
        "There is no logon by that name at the desk; viewer.exe itself spoke to port 88, with RC4 (0x17).",
    ),
}


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
    how, trace = HOWS[day.borrowing]
    return names(cast) | {
        "events": [dict(event) for event in events],
        "shown": shown(events),
        "addresses": addresses(day),
        "how": how,
        "trace": trace,
        "unseen": "the-log-sees-all" if day.borrowing == "ticket" else "one-event-is-a-verdict",
        "here": cast.service if day.borrowing == "runas" else cast.user,
        "people": stream.shuffled((cast.user, cast.admin, cast.service)),
        "programs": stream.shuffled(("cmd.exe", "explorer.exe", "viewer.exe")),
    }


def the_chain(stream: Stream) -> Names:
    """What of the administrator lay on the first server, and whence the token was taken."""
    cast = players(stream)
    first, cause = cast.machines[2], stream.pick(tuple(CAUSES))
    if cause == "desktop":
        left, whence = f"{cast.admin} leaves a desktop open on {first}", "a program of that desktop"
    else:
        left = f"{cast.admin} visits a web site on {first}, which is trusted for delegation"
        whence = "that web site's process"
    return names(cast) | {"left": left, "whence": whence}


def which_rule(stream: Stream) -> Names:
    """What decided at the script, at the hop and at the secret."""
    day = play(stream)
    scene, cast = day.scene, day.scene.cast
    script, secret = day.handles["script"].decision, day.handles["read"].decision
    assert script is not None and secret is not None and day.hop is not None
    assert script.descriptor.dacl is not None and secret.descriptor.dacl is not None
    trusted = scene.cause == "delegation"
    return names(cast) | {
        "service_sid": scene.service.sid,
        "dacl": script.descriptor.dacl,
        "reader": cast.reader,
        "readers": READERS[cast.reader],
        "cause": scene.cause,
        "trust": f"is {'' if trusted else 'not '}trusted for delegation{' to any service' if trusted else ''}",
        "script_dacl": " ".join(map(str, script.descriptor.dacl)),
        "secret_dacl": " ".join(map(str, secret.descriptor.dacl)),
        "place": cast.place + 1,
        "script_reason": script.reasons[READ],
        "secret_place": next(
            n for n, ace in enumerate(secret.descriptor.dacl, 1) if ace is secret.reasons[READ].ace
        ),
        "secret_reason": secret.reasons[READ],
        "arrived": day.hop.arrival.value,
        "hop_reason": day.hop.why.partition(";")[0],
        "after_reason": day.step("read on").why,
    }


def played_again(stream: Stream) -> Names:
    """Five fixes, one of each kind, and where the day ends with each."""
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
    seen = evidence(cast, cause)
    nobody, everybody = "nobody", "everybody who is not protected"
    played = {
        f"played_{fix}": {
            "fix": fix,
            "meaning": FIXES[fix],
            "whom": everybody if tried(fix, cause)[2].playable else nobody,
            "exposure": tried(fix, cause)[2],
        }
        for fix in ("untrusted", "resource")
    }
    return names(cast) | {
        "fixes": tuple(fixes),
        "evidence": seen,
        "shown": block(seen),
        "tries": [{"fix": fix, "meaning": FIXES[fix], "end": ENDS[tried(fix, cause)[0]]} for fix in fixes],
        "played": played,
    }


def least_exposure(stream: Stream) -> Names:
    """All fixes, and what judges one: the day, played again."""
    cast, cause = players(stream), stream.pick(tuple(CAUSES))
    fixes = stream.shuffled([fix for fix in FIXES if fix != "none"])
    good = [fix for fix in fixes if tried(fix, cause)[0] and tried(fix, cause)[1]]
    best = min(tried(fix, cause)[2] for fix in good)
    flip = f"the fix {next(fix for fix in good if tried(fix, cause)[2] == best)!r}"
    strong, standstill = believe("a-strong-setting-is-a-fix"), believe("a-standstill-is-a-fix")

    def read(answer: object) -> str:
        if type(answer) is not str or answer not in fixes:
            raise AnswerError(f"expected one of {', '.join(map(repr, fixes))}, for example {fixes[0]!r}")
        return answer

    def breaks(fix: str) -> Finding:
        end = tried(fix, cause)[0]
        return Finding(bool(end), f"{fix}: {ENDS[end]}", strong, flip)

    def works(fix: str) -> Finding:
        end, goes_on, _ = tried(fix, cause)
        if not end:
            return Finding(False, "it counts where the chain breaks", strong, flip)
        said = "all ordinary work went on" if goes_on else "the service could not do its work"
        return Finding(goes_on, said, standstill, flip)

    def cheap(fix: str) -> Finding:
        end, goes_on, exposure = tried(fix, cause)
        if not end or not goes_on:
            return Finding(False, "a fix that fixes nothing is not compared", standstill if end else strong)
        same = exposure.lies == best.lies
        belief = believe("what-does-not-lie-there-is-safe" if same else "what-works-costs-nothing")
        return Finding(exposure <= best, f"on the first server {exposure}", belief, flip)

    seen = evidence(cast, cause)
    return names(cast) | {
        "evidence": seen,
        "shown": block(seen),
        "listed": "\n".join(f"* `{fix}`: {FIXES[fix]}" for fix in fixes),
        "example": fixes[0],
        "read": read,
        "breaks": breaks,
        "works": works,
        "cheap": cheap,
    }


def read_to_logon(stream: Stream) -> Names:
    groups = ("one machine", "two machines", "after a restart", "before the log")
    return {"cases": [_read_case(stream, group) for group in groups for _ in range(4)]}


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
