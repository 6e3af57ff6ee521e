"""Logons as their events tell them: those of real machines, and those of the model's own log."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support import load_json
from tokenlab.system import SecurityLog


@dataclass(frozen=True)
class Logon:
    """One logon, as its events tell it."""

    type: int
    user: str
    package: str
    process: str
    groups: tuple[str, ...]
    integrity: int
    elevated: bool
    linked: bool
    level: str
    outbound: bool
    special: frozenset[str] | None
    """Event 4672; None where the record does not say whether there was one."""

    def has(self, *rids: int) -> bool:
        """True if a group of a domain or machine with one of these RIDs is in it."""
        return any(sid.startswith("S-1-5-21-") and int(sid.rpartition("-")[2]) in rids for sid in self.groups)


def split(groups: list[str]) -> tuple[tuple[str, ...], int]:
    """The groups and the label of a 4627: in 23 real ones the label is not the last entry."""
    (label,) = (sid for sid in groups if sid.startswith("S-1-16-"))
    return tuple(sid for sid in groups if sid != label), int(label.rpartition("-")[2])


LEVELS = {"Imp": "%%1833", "Deleg": "%%1840", "Ident": "%%1832"}


def recorded() -> list[Logon]:
    """Every row of both files."""
    found = []
    for row in load_json("vectors/logon_events.json"):
        groups, integrity = split(row["groups"])
        found.append(
            Logon(
                row["logon_type"],
                row["user_sid"],
                row["package"],
                row["logon_process"].strip(),
                groups,
                integrity,
                row["elevated"] == "Y",
                row["linked"] != "0x0",
                LEVELS[row["imp_level"]],
                row["outbound"] != "-",
                None,
            )
        )
    for row in load_json("real/logon_tokens.json"):
        groups, integrity = split(row["groups"])
        found.append(
            Logon(
                int(row["logon_type"]),
                row["user_sid"],
                row["auth_package"],
                row["logon_process"].strip(),
                groups,
                integrity,
                row["elevated"] == "%%1842",
                row["linked_logon_id"] != "0x0",
                row["impersonation_level"],
                row["outbound_user"] != "-",
                frozenset(row.get("privileges_4672", ())),
            )
        )
    return found


def told_by(log: SecurityLog) -> list[Logon]:
    """The same from the model's log."""
    special = {e["SubjectLogonId"]: e["PrivilegeList"].split() for e in log.events(4672)}
    members = {e["TargetLogonId"]: e["GroupMembership"] for e in log.events(4627)}
    found = []
    for event in log.events(4624):
        listed = members[event["TargetLogonId"]].replace("%{", "").replace("}", "").split()
        groups, integrity = split(listed)
        found.append(
            Logon(
                int(event["LogonType"]),
                event["TargetUserSid"],
                event["AuthenticationPackageName"],
                event["LogonProcessName"].strip(),
                groups,
                integrity,
                event["ElevatedToken"] == "%%1842",
                event["TargetLinkedLogonId"] != "0x0",
                event["ImpersonationLevel"],
                event["TargetOutboundUserName"] != "-",
                frozenset(special.get(event["TargetLogonId"], ())),
            )
        )
    return found
