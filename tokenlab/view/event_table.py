"""A log as a table to read: when, which event, what happened, who did it, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tokenlab.system import LogonType
from tokenlab.values import Event, is_sysmon
from tokenlab.values.visible import count_noun
from tokenlab.view.markup import Block, Cell, Column, Html, Note, Table, TableRow, page_html, page_text, tag

_MILLISECONDS = len("09:30:00.000")  # real records have seven digits; all of them are among the fields
_FAILED = "0x8010000000000000"  # the keyword of an audit failure
_WHAT = {
    1102: "The log was cleared",
    4624: "Logged on: {logon}",
    4625: "Failed to log on: {logon}",
    4627: "Groups of the new logon",
    4634: "A logon session ended: {logon}",
    4647: "The user chose to log off",
    4648: "A name and password were given for another logon",
    4656: "A handle was asked for: {AccessMask}",
    4658: "A handle was closed: {HandleId}",
    4663: "A right was used through a handle: {AccessMask}",
    4672: "The new logon has powerful privileges",
    4673: "A privilege was used: {PrivilegeList}",
    4674: "A privilege opened an object: {PrivilegeList}",
    4688: "A process started",
    4689: "A process ended",
    4697: "A service was added: {ServiceName}",
    4703: "Privileges of a token were turned on or off",
    4768: "Kerberos: a ticket-granting ticket was asked for",
    4769: "Kerberos: a service ticket was asked for",
    4770: "Kerberos: a ticket was renewed",
    4771: "Kerberos: pre-authentication failed",
    4776: "NTLM: a password was checked",
    5140: "A network share was reached",
    5145: "An access to a share's file was checked",
    7045: "A service was added: {ServiceName}",
}
_SYSMON_WHAT = {
    1: "A process started, {IntegrityLevel}",
    3: "A connection began, to port {DestinationPort}",
    10: "A process was opened: {GrantedAccess}",
    17: "A named pipe was made",
    18: "A named pipe was opened",
}


def list_events(sysmon: bool = False) -> dict[int, str]:
    """The events that this table has words for, of Windows' own logs or of Sysmon: number and words."""
    table = _SYSMON_WHAT if sysmon else _WHAT
    return {number: re.split(r"[:,] (?:to port )?\{", words)[0] for number, words in table.items()}


class Unfolding(Cell):
    """A cell whose title unfolds below it: all fields of an event."""

    def html(self, element: str = "td", scope: str = "") -> Html:
        """A cell that shows all fields of the record when it is opened."""
        fields = tag("pre", self.title, style="white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0")
        return tag(element, tag("details", tag("summary", self.body), fields), scope=scope)


def events_html(events: Iterable[Event], ids: Iterable[int] = ()) -> str:
    """The events, or those with one of these numbers; a click on what happened unfolds all fields."""
    return page_html(_events(events, ids))


def events_text(events: Iterable[Event], ids: Iterable[int] = (), fields: bool = False) -> str:
    """The text twin of `events_html`; with ``fields`` also every field of every event."""
    chosen = _chosen(events, ids)
    parts = [page_text(_events(chosen, ()))]
    if fields:
        parts += [f"Record {e['RecordNumber']}, event {e['EventID']}\n{all_fields(e)}" for e in chosen]
    return "\n\n".join(parts)


def _chosen(events: Iterable[Event], ids: Iterable[int]) -> list[Event]:
    wanted = set(ids)
    return [event for event in events if not wanted or event["EventID"] in wanted]


def _events(events: Iterable[Event], ids: Iterable[int]) -> Iterator[Block]:
    chosen = _chosen(events, ids)
    if not chosen:
        yield Note("No such events in the log.")
        return
    hosts = sorted({str(event.get("Hostname", "-")) for event in chosen})
    several = len(hosts) > 1
    columns = [
        Column("Time", "106px"),
        *([Column("Machine", "18%")] if several else []),
        Column("Id", "60px" if any(map(is_sysmon, chosen)) else "50px"),
        Column("What happened", "20%" if several else "34%"),
        Column("Who", small="name, logon id"),
        Column("To whom or what"),
    ]
    rows = [_row(event, several) for event in chosen]
    whose = f"{len(hosts)} machines, by time" if several else hosts[0]
    yield Table(
        f"{_channels(chosen)} of {whose} ({count_noun(len(rows), 'event')})", columns, rows, narrowest=720
    )


def _channels(events: list[Event]) -> str:
    sysmon = sum(map(is_sysmon, events))
    if sysmon in (0, len(events)):
        return "Sysmon log" if sysmon else "Security log"
    return "Security and Sysmon logs"


def _row(event: Event, several: bool) -> TableRow:
    """``several`` machines: then each row says on which one it happened."""
    time = str(event.get("TimeCreated", "-"))
    day, _, clock = time.partition("T")
    return TableRow(
        [
            Cell(clock.rstrip("Z")[:_MILLISECONDS] or time, small=day if clock else ""),
            *([Cell(str(event.get("Hostname", "-")).partition(".")[0])] if several else []),
            Cell(str(event["EventID"]), small="Sysmon" if is_sysmon(event) else ""),
            Unfolding(describe_event(event), title=all_fields(event)),
            who(event),
            target(event),
        ]
    )


def describe_event(event: Event) -> str:
    """The event in plain words."""
    words = (_SYSMON_WHAT if is_sysmon(event) else _WHAT).get(int(event["EventID"]), "Another event")
    values = {name: " ".join(str(value).split()) for name, value in event.items()}
    said = words.format_map(_Fields(values, logon=_logon(values.get("LogonType", ""))))
    failed = event["EventID"] not in (4625, 4771) and event.get("Keywords") == _FAILED
    return f"{said}; refused" if failed else said


class _Fields(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "-"


def _logon(number: str) -> str:
    if not number.isdecimal() or int(number) not in set(LogonType):
        return f"type {number}" if number else "type not told"
    return f"{LogonType(int(number)).name.lower().replace('_', ' ')}, type {number}"


def _person(event: Event, prefix: str) -> Cell | None:
    name, luid = event.get(f"{prefix}UserName", "-"), event.get(f"{prefix}LogonId", "")
    if name in ("-", ""):
        return None
    domain = event.get(f"{prefix}DomainName", "-")
    return Cell(f"{domain}\\{name}" if domain not in ("-", "") else str(name), small=str(luid))


def who(event: Event) -> Cell:
    """Who did it: the session an event names first; for Sysmon the user and the program."""
    if is_sysmon(event):
        user = str(event.get("SourceUser") or event.get("User") or "-")
        image = str(event.get("SourceImage") or event.get("Image") or "-")
        return Cell(user, small=str(event.get("LogonId") or image.rpartition("\\")[2]))
    return _person(event, "Subject") or _person(event, "Target") or Cell("-")


def target(event: Event) -> Cell:
    """What the event is about: an object, a program, a share, or another account."""
    if is_sysmon(event):
        return _sysmon_target(event)
    if event["EventID"] in (4624, 4625, 4627, 4648, 4703):
        return _person(event, "Target") or Cell("-")
    if event["EventID"] == 4672:
        return Cell("itself")
    for field, small in (
        ("NewProcessName", "NewProcessId"),
        ("ObjectName", "HandleId"),
        ("ShareName", "RelativeTargetName"),
        ("ServiceName", "TargetUserName"),
        ("ProcessName", "ProcessId"),
    ):
        if event.get(field, "-") not in ("-", ""):
            return Cell(str(event[field]), small=str(event.get(small, "")))
    return _person(event, "Target") or Cell("-")


def _sysmon_target(event: Event) -> Cell:
    for field, small in (
        ("TargetImage", "TargetUser"),
        ("DestinationIp", ""),
        ("PipeName", ""),
        ("Image", "ParentImage"),
    ):
        if event.get(field, "-") not in ("-", ""):
            return Cell(str(event[field]), small=str(event.get(small, "")).rpartition("\\")[2])
    return Cell("-")


def all_fields(event: Event) -> str:
    """Every field of the event, one a line; lists in one field on one line."""
    return "\n".join(f"{name}: {_one_line(value)}" for name, value in event.items())


def _one_line(value: object) -> str:
    return ", ".join(line.strip() for line in str(value).splitlines() if line.strip()) or "-"
