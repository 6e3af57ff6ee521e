"""Bad days for exercises: everybody has other people, machines and files, another cause, other traces."""

from __future__ import annotations

from functools import cache

from tokenlab.network import Exposure
from tokenlab.teach.variant import Stream
from tokenlab.values import Event, is_sysmon
from tokenlab.worlds.incident import incident
from tokenlab.worlds.incident_scene import BORROWING, CAUSES, IncidentCast
from tokenlab.worlds.incident_story import Incident

READERS = {"AU": "Authenticated Users", "BU": "Users", "WD": "Everyone"}
SERVICES = ("svc-archive", "svc-backup", "svc-deploy", "svc-index", "svc-mirror", "svc-probe")
SCRIPTS = ("deploy.cmd", "mirror.cmd", "nightly.cmd", "rotate.cmd", "update.cmd")


def players(stream: Stream) -> IncidentCast:
    """Who plays the learner's own bad day, and where."""
    domain = stream.domain()
    user, admin = (person.name for person in stream.people(2))
    return IncidentCast(
        domain.name,
        domain.sid,
        user,
        admin,
        stream.pick(SERVICES),
        tuple(stream.hosts(5)),  # type: ignore[arg-type]
        stream.pick(SCRIPTS),
        stream.file().rpartition("\\")[2],
        stream.pick(tuple(READERS)),
        stream.number(0, 3),
        stream.number(0, 6),
    )


def play(stream: Stream) -> Incident:
    """The learner's own bad day, of a cause and a way to borrow that the stream picks."""
    cast, cause = players(stream), stream.pick(tuple(CAUSES))
    return incident(cause=cause, borrowing=stream.pick(tuple(BORROWING)), cast=cast)


def told(event: Event, *names: str) -> str:
    """An event as a line: time, machine, number, and some of its fields."""
    fields = ", ".join(f"{name} {event[name]}" for name in names if event.get(name, "-") not in ("-", ""))
    machine = str(event["Hostname"]).partition(".")[0]
    number = f"Sysmon {event['EventID']}" if is_sysmon(event) else f"{event['EventID']}"
    return f"{event['TimeCreated'][11:16]} {machine:12} {number:9} {fields}"


def block(lines: list[str]) -> str:
    """Lines as a block of code in Markdown."""
    return "```\n" + "\n".join(lines) + "\n```"


def addresses(day: Incident) -> str:
    """Which machine has which address, in a sentence."""
    known = (
        f"`{one.name}` is `{day.scene.network.address(one)}`" for one in day.scene.world.machines.values()
    )
    return ", ".join(known) + "."


@cache
def tried(fix: str, cause: str) -> tuple[str, bool, Exposure]:
    """Where the intrusion ends with this fix, whether all ordinary work goes on, and the exposure of the
    first server. Names do not matter here."""
    day = incident(fix, cause=cause)
    return day.stopped.key if day.stopped else "", day.works, day.exposure


@cache
def untouched(cause: str) -> Incident:
    """The day with nothing fixed."""
    return incident(cause=cause)


def evidence(cast: IncidentCast, cause: str) -> list[str]:
    """What the log of the first server has of the administrator before noon, under these names."""
    day = untouched(cause)
    names = {"Hostname": cast.machines[2], "TargetUserName": cast.admin}
    logons = day.scene.first.log.events(4624)
    shown = [event | names for event in logons if event["TargetUserName"] == day.scene.cast.admin]
    return [told(event, "LogonType", "TargetUserName", "ImpersonationLevel", "IpAddress") for event in shown]
