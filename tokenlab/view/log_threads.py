"""A log as threads: a column for each logon session, and each event where its logon ids are.

An event that names two sessions is an arrow from the one that did it to the one it made or used; an event
that names none stands in a column of its machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tokenlab.values import SYSTEM_LUID, Event, is_sysmon
from tokenlab.view.drawing import LINE, Card, CardLine, arrow, drawing, lines_of
from tokenlab.view.event_table import describe_event
from tokenlab.view.markup import Html, tag

WIDTH, LABELS, ROW, WIDEST = 900, 400, 30, 150
TITLE = "Events by logon id"
_NOBODY = ("0x0", "-", "")
_NAMES = {4688: "NewProcessName", 4689: "ProcessName", 5140: "ShareName", 5145: "RelativeTargetName"}
_NAMES |= {4768: "TargetUserName", 4769: "TargetUserName", 4776: "TargetUserName"}
_SYSMON_NAMES = {1: "Image", 3: "Image", 10: "TargetImage", 17: "PipeName", 18: "PipeName"}
_SHORT = {
    4624: "logon, type {type}",
    4625: "logon failed, type {type}",
    4634: "session ended, type {type}",
    4648: "a name and password were given",
    4768: "a TGT was asked for",
    4769: "a ticket was asked for",
    4776: "NTLM password checked",
}


class Lane(NamedTuple):
    """A logon session of one machine; or, without a logon id, that machine."""

    machine: str
    luid: str


class LaneEvent(NamedTuple):
    """An event: in words, and the lanes it touches."""

    words: str
    start: Lane
    end: Lane


def threads_html(events: Iterable[Event], ids: Iterable[int] = ()) -> str:
    """A drawing: time goes down, each column is one logon session of one machine."""
    chosen = _chosen(events, ids)
    moments, users = list(map(_moment, chosen)), _users(chosen)
    lanes = _lanes(moments)
    short = _short_names(lanes)
    width = min(WIDEST, (WIDTH - LABELS) // max(1, len(lanes)))
    middle = {lane: LABELS + width * place + width // 2 for place, lane in enumerate(lanes)}
    cards = {lane: _lane_card(lane, users, short).within(width - 4) for lane in lanes}
    top = max((card.height for card in cards.values()), default=0) + 18
    words = [lines_of(f"{number}. {one.words}", LABELS - 12) for number, one in enumerate(moments, 1)]
    height = top + sum(ROW + LINE * (len(lines) - 1) for lines in words)
    parts: list[Html] = []
    for lane, card in cards.items():
        parts.append(card.svg(middle[lane] - width // 2 + 2, 1, width - 4))
        x = middle[lane]
        parts.append(tag("line", x1=x, y1=top - 14, x2=x, y2=height, stroke="currentColor", opacity="0.3"))
    y = top - ROW // 2
    for moment, lines in zip(moments, words, strict=True):
        y += ROW
        parts += [tag("text", line, x=4, y=y + 4 + LINE * at) for at, line in enumerate(lines)]
        start, end = middle[moment.start], middle[moment.end]
        parts.append(
            tag("rect", x=start - 5, y=y - 5, width=10, height=10, class_="lit")
            if start == end
            else arrow((start, y), (end, y))
        )
        y += LINE * (len(lines) - 1)
    return drawing(TITLE, threads_text(chosen), parts, WIDTH, height + 8)


def _lane_card(lane: Lane, users: dict[Lane, str], short: dict[str, str]) -> Card:
    lines = [CardLine(users.get(lane, ""), indent=0)]
    if len(short) > 1:
        lines.append(CardLine(short[lane.machine], kind="muted", indent=0))
    return Card(lane.luid or "no id", lines)


def threads_text(events: Iterable[Event], ids: Iterable[int] = ()) -> str:
    """The text twin of `threads_html`: an event a line, with its logon id, or from one to another."""
    chosen = _chosen(events, ids)
    moments, users = list(map(_moment, chosen)), _users(chosen)
    short = _short_names(_lanes(moments))

    def named(lane: Lane) -> str:
        parts = (short[lane.machine] if len(short) > 1 else "", lane.luid, users.get(lane, ""))
        return " ".join(filter(None, parts)) or lane.machine

    lines = [
        f"{number}. {moment.words} [{named(moment.start)}"
        + (f" -> {named(moment.end)}]" if moment.end != moment.start else "]")
        for number, moment in enumerate(moments, 1)
    ]
    return "\n".join([TITLE, *lines])


def _chosen(events: Iterable[Event], ids: Iterable[int]) -> list[Event]:
    wanted = set(ids)
    return [event for event in events if not wanted or event["EventID"] in wanted]


def _lanes(moments: list[LaneEvent]) -> list[Lane]:
    return list(dict.fromkeys(lane for moment in moments for lane in (moment.start, moment.end)))


def _lane(event: Event, prefix: str) -> Lane | None:
    luid = str(event.get(f"{prefix}LogonId", "")).lower()
    return None if luid in _NOBODY else Lane(_machine(event), luid)


def _machine(event: Event) -> str:
    return str(event.get("Hostname", "-")).partition(".")[0]


def _moment(event: Event) -> LaneEvent:
    lanes = [lane for lane in (_lane(event, "Subject"), _lane(event, "Target"), _lane(event, "")) if lane]
    lanes = lanes or [Lane(_machine(event), "")]
    return LaneEvent(_words(event), lanes[0], lanes[-1])


def _words(event: Event) -> str:
    """Short enough for a row: ``4624 logon, type 9: outbound nova``."""
    number = int(event["EventID"])
    names = _SYSMON_NAMES if is_sysmon(event) else _NAMES
    named = str(event.get(names.get(number, ""), "")).rpartition("\\")[2].partition("@")[0]
    if number == 4624 and event.get("TargetOutboundUserName", "-") != "-":
        named = f"outbound {event['TargetOutboundUserName']}"
    words = (
        None if is_sysmon(event) else _SHORT.get(number)
    )  # what comes from the log is never a template itself
    # only words of ours are a template: what comes from the log is never formatted again
    words = words.format(type=event.get("LogonType", "-")) if words else describe_event(event)
    number_of = f"Sysmon {number}" if is_sysmon(event) else str(number)
    return f"{number_of} {words}" + (f": {named}" if named not in ("", "-") else "")


def _users(events: Iterable[Event]) -> dict[Lane, str]:
    """Who stands behind each logon id."""
    users: dict[Lane, str] = {}
    for event in events:
        for prefix in ("Subject", "Target", ""):
            name = f"{prefix}UserName" if prefix else "User"
            lane, user = _lane(event, prefix), str(event.get(name, "-")).rpartition("\\")[2]
            if lane is not None and user not in _NOBODY:
                users[lane] = "SYSTEM" if lane.luid == str(SYSTEM_LUID) else user
    return users


def _short_names(lanes: Iterable[Lane]) -> dict[str, str]:
    """Machines without what their names have in common: WS-1, SRV1."""
    machines = list(dict.fromkeys(lane.machine for lane in lanes))
    first = machines[0].split("-")[:-1] if len(machines) > 1 else []
    while first and not all(machine.startswith("-".join([*first, ""])) for machine in machines):
        first.pop()
    common = "-".join([*first, ""]) if first else ""
    return {machine: machine.removeprefix(common) for machine in machines}
