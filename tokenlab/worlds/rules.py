"""Detection rules for what is done with tokens and logons, each with the header that Sigma asks of a rule.

A rule reads a log and gives the events it would raise an alert for. What it needs, what else it fires for and
what it cannot see belong to it: "Sigma rules specification", *logsource definition* and *falsepositives*.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tokenlab.values import Event, Events

Rule = Callable[[Events], Iterable[Event]]
Said = tuple[Mapping[str, Any], ...] | str
"""What Sigma says of a rule: its documents without their headers, or why it has no words for it."""

SYSTEM32 = "C:\\Windows\\System32\\"
STARTERS = tuple(f"{SYSTEM32}{name}.exe" for name in ("runas", "winlogon", "services", "svchost"))
"""What starts programs under another logon all day. Of 399 real starts of that kind 289 are by svchost.exe:
who trusts it does not see 72 % of them."""

_TARGET, _NOBODY = "TargetLogonId", ("0x0", "-", "")
_PROCESSES = 'Audit "Process Creation" (off by default)'
_LOGONS = 'Audit "Logon" (on by default)'


@dataclass(frozen=True)
class DetectionRule:
    """A rule that can be called with a log. ``technique`` is ATT&CK's number; ``needs`` is what must be
    switched on; ``false_positives`` are known ones, ``blind_spots`` what it cannot see."""

    title: str
    technique: str
    needs: str
    false_positives: str
    blind_spots: str
    find: Rule = field(repr=False)
    sigma: Said = field(default="", repr=False, kw_only=True)

    def __call__(self, log: Events) -> Iterable[Event]:
        """The events to raise an alert for."""
        return self.find(log)


def type_9() -> DetectionRule:
    """Every logon of type 9."""
    return DetectionRule(
        "Logon with new credentials",
        "T1550",
        _LOGONS,
        "runas /netonly, backup and deployment programs: all legitimate remote administration of this kind",
        "a stolen token and a stolen ticket make no logon",
        lambda log: log.where(4624, LogonType="9"),
        sigma=(_selects({"EventID": 4624, "LogonType": 9}),),
    )


def type_9_by_parent(known: Collection[str]) -> DetectionRule:
    """A logon of type 9 whose program was started by a parent that is not known."""

    def find(log: Events) -> list[Event]:
        pairs = log.where(4624, LogonType="9").join(log.where(4688), "TargetLogonId")
        return [logon for logon, start in pairs if not _is_in(start["ParentProcessName"], known)]

    return DetectionRule(
        "New credentials for a program of an unknown parent",
        "T1134.002",
        f"{_LOGONS}; {_PROCESSES}",
        "a new administration tool that is not in the list yet",
        "a program that logs on by itself starts no process; a start from a known, or a claimed, parent",
        find,
        sigma=(
            {"name": "logon"} | _selects({"EventID": 4624, "LogonType": 9}),
            {"name": "start"} | _selects({"EventID": 4688}, ParentProcessName=known),
            _both("logon", "start", "TargetLogonId"),
        ),
    )


def type_9_by_itself(known: Collection[str]) -> DetectionRule:
    """A logon of type 9 that a program made itself (``LogonUser``): no 4688 follows."""

    def find(log: Events) -> list[Event]:
        logons = log.where(4624, LogonType="9")
        asked = (logon for logon in logons if logon.get("LogonProcessName", "").strip().lower() == "advapi")
        return [logon for logon in asked if not _is_in(logon["ProcessName"], known)]

    return DetectionRule(
        "New credentials by a program itself",
        "T1134.003",
        _LOGONS,
        "backup agents, deployment tools, web servers with a fixed account for a share",
        "runas and its like (seclogo); code inside a known program",
        find,
        sigma=(
            _selects(
                {"EventID": 4624, "LogonType": 9, "LogonProcessName": ["Advapi", "Advapi  "]},
                ProcessName=known,
            ),
        ),
    )


def other_logon(known: Collection[str]) -> DetectionRule:
    """A program under another logon than its creator's, by a parent that is not known.

    Left out is what a user elevates: by consent the new logon is linked to the parent's own, by a password
    a 4648 of consent.exe names it. (Who started it is SYSTEM in both cases, as in a theft.)
    """

    def find(log: Events) -> list[Event]:
        linked = {_session(logon): logon.get("TargetLinkedLogonId", "-") for logon in log.where(4624)}
        consents = log.where(4648, ProcessName=f"{SYSTEM32}consent.exe")
        asked = {(one["Hostname"], one["TargetUserName"].lower()) for one in consents}
        runs_as: dict[tuple[str, str], str] = {}  # machine and process id: its logon id
        found = []
        for start in log.where(4688):
            host, other = start["Hostname"], start[_TARGET] not in _NOBODY
            parents = runs_as.get((host, start.get("ProcessId", "-")), "")
            runs_as[host, start.get("NewProcessId", "-")] = start[_TARGET if other else "SubjectLogonId"]
            own_half = linked.get(_session(start)) == parents != ""
            consented = (host, start["TargetUserName"].lower()) in asked
            if other and not own_half and not consented and not _is_in(start["ParentProcessName"], known):
                found.append(start)
        return found

    return DetectionRule(
        "A program under a logon that is not its creator's",
        "T1134.002",
        f"{_PROCESSES}; {_LOGONS}",
        "WMI's provider host, launchers, parts of Windows: 5, 2 and 5 of 16 alerts in 145 recordings",
        "a token on a thread; a start from svchost.exe or another trusted parent; a claimed parent; a bypass "
        "of UAC, which takes the user's own other half; the user of a consent prompt, from then on",
        find,
        sigma="it follows a parent's process id to the parent's own start, and its logon to the linked one; "
        "a correlation of Sigma's ties events whose fields are equal, one step",
    )


def ticket_without_first() -> DetectionRule:
    """A service ticket that was asked for from an address that never got that user's first ticket."""

    def find(log: Events) -> list[Event]:
        first = {_asker(event) for event in log.where(4768, Status="0x0")}
        first |= {_asker(event) for event in log.where(4770)}  # renewed: the first one is older than the log
        return [
            ticket
            for ticket in log.where(4769, TransmittedServices="-")
            if not _asker(ticket)[0].endswith("$") and _asker(ticket) not in first
        ]

    return DetectionRule(
        "A service ticket without a first ticket",
        "T1550.003",
        'Audit "Kerberos Authentication Service" and "Kerberos Service Ticket Operations" on controllers, '
        "seven days back: so long a ticket can be renewed",
        "a laptop that changed its address; a server that uses a forwarded ticket (a 4769 for krbtgt with "
        "TicketOptions 0x60810010 tells of one)",
        "a ticket used from the machine it was stolen on; a service ticket that is passed: it needs no 4769",
        find,
        sigma="it takes cosmo and cosmo@ASTRO.EXAMPLE for one name, and looks seven days back for a first "
        "ticket that is not there; a correlation of Sigma's ties events by equal fields",
    )


def unusual_options() -> DetectionRule:
    """A first ticket that was asked for with other options than Windows'."""
    return DetectionRule(
        "A first ticket with options that Windows does not use",
        "T1550.002",
        'Audit "Kerberos Authentication Service" on all controllers',
        "clients that are no Windows: Linux, macOS, Java",
        "a tool that asks with 0x40810010 as Windows does (13 of 13 real ones)",
        lambda log: [event for event in log.where(4768) if event["TicketOptions"] != "0x40810010"],
        sigma=(_selects({"EventID": 4768}, TicketOptions=["0x40810010"]),),
    )


def port_88() -> DetectionRule:
    """Somebody else than lsass.exe speaks Kerberos."""
    return DetectionRule(
        "Kerberos by another program than lsass.exe",
        "T1558",
        "Sysmon, with a configuration that asks for event 3; or Filtering Platform Connection (5156)",
        "Java, some browsers and Tomcat bring a Kerberos of their own",
        "code inside lsass.exe; a tool that has Windows ask for it",
        lambda log: [
            flow
            for flow in log.where(3, DestinationPort="88", Initiated="true")
            if not _is_in(flow["Image"], (f"{SYSTEM32}lsass.exe",))
        ],
        sigma=(
            _selects(
                {"DestinationPort": 88, "Initiated": "true"},
                {"product": "windows", "category": "network_connection"},
                Image=[f"{SYSTEM32}lsass.exe"],
            ),
        ),
    )


def opened_process(known: Collection[str]) -> DetectionRule:
    """A process of another user was opened so far that its token can be asked for."""

    def find(log: Events) -> list[Event]:
        return [
            access
            for access in log.where(10)
            if int(access["GrantedAccess"], 16) & _TO_A_TOKEN
            and access["SourceUser"] != access["TargetUser"]
            and not _is_in(access["SourceImage"], known)
        ]

    return DetectionRule(
        "A process of another user was opened",
        "T1134.001",
        "Sysmon, with a configuration that asks for event 10",
        "Task Manager, monitoring; of lsass.exe WMI (0x1400), .NET's Process class by remoting (0x101400)",
        "a server whose client came by itself has its token without an open; wearing a token has no event",
        find,
        sigma="it asks for one bit of GrantedAccess; Sigma compares texts and numbers, so each mask that has "
        "the bit would have to be listed",
    )


_TO_A_TOKEN = 0x400 | 0x40
"""QUERY_INFORMATION, DUP_HANDLE. QUERY_LIMITED_INFORMATION (0x1000) would do, but all programs ask for it."""


SECURITY = {"product": "windows", "service": "security"}


def _selects(
    selection: Mapping[str, Any], source: Mapping[str, str] = SECURITY, **known: Collection[str]
) -> dict[str, Any]:
    """A document of Sigma: these values, and none of the known ones."""
    detection: dict[str, Any] = {"selection": dict(selection)}
    left_out = {name: sorted(values) for name, values in known.items() if values}
    if left_out:
        detection["filter"] = left_out
    detection["condition"] = "selection and not filter" if left_out else "selection"
    return {"logsource": dict(source), "detection": detection}


def _both(first: str, second: str, field: str) -> dict[str, Any]:
    """A correlation: both on one machine, with the same value. Sigma asks for a window of time."""
    by = ["Computer", field]
    return {"correlation": {"type": "temporal", "rules": [first, second], "group-by": by, "timespan": "1h"}}


def _is_in(path: str, known: Collection[str]) -> bool:
    """Whole paths are compared: anybody can call a program runas.exe."""
    return path.lower() in {one.lower() for one in known}


def _session(event: Event) -> tuple[str, str]:
    return str(event["Hostname"]), str(event["TargetLogonId"]).lower()


def _asker(event: Event) -> tuple[str, str]:
    return str(event["TargetUserName"]).partition("@")[0].lower(), str(event["IpAddress"])
