"""Descriptors: text and bytes against the text and bytes of real Windows."""

from __future__ import annotations

import re

from tests.conformance.comparison import Comparison, Row, rows
from tokenlab.security import SecurityDescriptor
from tokenlab.security.descriptor.sddl import SddlError

MACHINE = "S-1-5-21-2457507606-2709100691-398136650"  # the machine that made the rows with LA and LG
ORDINARY, CONDITIONAL = "vectors/sddl_ordinary.json", "vectors/sddl_conditional.json"

# An ACE without rights, as the rows show it: (A;OICI;;;;AU).
_WITHOUT_RIGHTS = re.compile(r"\(([AD]);([A-Z]*);;;;")


def from_text(text: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(text, MACHINE)


def text_to_bytes(row: Row) -> tuple[object, object]:
    return from_text(row["sddl"]).to_bytes().hex(), row["hex"]


def bytes_to_bytes(row: Row) -> tuple[object, object]:
    return SecurityDescriptor.from_bytes(bytes.fromhex(row["hex"])).to_bytes().hex(), row["hex"]


def bytes_to_text(row: Row) -> tuple[object, object]:
    return SecurityDescriptor.from_bytes(bytes.fromhex(row["hex"])).to_sddl(MACHINE), row["sddl"]


def bytes_to_text_to_bytes(row: Row) -> tuple[object, object]:
    text = SecurityDescriptor.from_bytes(bytes.fromhex(row["hex"])).to_sddl(MACHINE)
    return from_text(text).to_bytes().hex(), row["hex"]


def canonical_text(row: Row) -> tuple[object, object]:
    return from_text(row["in"]).to_sddl(MACHINE), row["out"]


def refused(row: Row) -> tuple[object, object]:
    return _verdict(row["in"]), "refused"


def accepted_or_refused(row: Row) -> tuple[object, object]:
    """With the first mask, where the row has one."""
    windows = ("read" if row["ok"] else "refused", row.get("first_ace_mask"))
    if "first_ace_mask" not in row:
        return (_verdict(row["sddl"]), None), windows
    dacl = from_text(row["sddl"]).dacl
    assert dacl is not None
    return ("read", dacl[0].mask), windows


def _verdict(text: str) -> str:
    try:
        from_text(text)
    except SddlError:
        return "refused"
    return "read"


def with_object_types(text: str) -> str:
    """The text with every ACE that has no rights turned into an object ACE: (OA;OICI;;;;AU)."""
    return _WITHOUT_RIGHTS.sub(r"(O\1;\2;;;;", text)


def was_object_ace(row: Row) -> str | None:
    dacl = SecurityDescriptor.from_bytes(bytes.fromhex(row["hex"])).dacl
    if dacl and dacl.slack and "(O" not in row["sddl"]:
        return (
            "the text lost an O: its bytes were made from (OA;...) or (OD;...) without a GUID, "
            "for which Windows reserves 4 bytes and takes ACL revision 4"
        )
    return None


def wrong_revision(row: Row) -> str | None:
    if row["revision"] != 1:
        return "the row is about the argument StringSDRevision of the Win32 function, which the model lacks"
    return None


def event_text(row: Row) -> tuple[object, object]:
    """Text from an event, read and written again."""
    domain = domain_of(row)
    return SecurityDescriptor.from_sddl(row["sddl"], domain).to_sddl(domain), row["sddl"]


def event_bytes(row: Row) -> tuple[object, object]:
    """Text from an event, through bytes, and written again."""
    domain = domain_of(row)
    data = SecurityDescriptor.from_sddl(row["sddl"], domain).to_bytes()
    return SecurityDescriptor.from_bytes(data).to_sddl(domain), row["sddl"]


def domain_of(row: Row) -> str:
    """To what the aliases in an event are relative: of a directory object (event 5136) to its domain, whose
    SIDs the text names; else to the machine, whose SID no event tells."""
    found = re.search(r"S-1-5-21-\d+-\d+-\d+", row["sddl"])
    return found[0] if found and row["event_id"] == 5136 else "S-1-5-21-1-2-3"


def object_ace_without_guid(row: Row) -> str | None:
    if re.search(r"\(O[AD];[A-Z]*;[A-Z]*;;;", row["sddl"]):
        return (
            "a domain controller found an object ACE without a GUID in bytes and wrote (OA;...); "
            "read as text, that is a plain (A;...)"
        )
    return None


COMPARISONS = (
    Comparison("SDDL to bytes", rows(ORDINARY), 3572, text_to_bytes, was_object_ace),
    Comparison("bytes to the same bytes", rows(ORDINARY), 3572, bytes_to_bytes),
    Comparison("bytes to SDDL", rows(ORDINARY), 3572, bytes_to_text),
    Comparison("SDDL with conditions and attributes to bytes", rows(CONDITIONAL), 216, text_to_bytes),
    Comparison(
        "bytes with conditions and attributes to the same bytes", rows(CONDITIONAL), 216, bytes_to_bytes
    ),
    Comparison(
        "bytes with conditions and attributes to SDDL and back",
        rows(CONDITIONAL),
        216,
        bytes_to_text_to_bytes,
    ),
    Comparison(
        "SDDL to the SDDL that Windows writes", rows("vectors/sddl_canonical.json"), 92, canonical_text
    ),
    Comparison("SDDL that Windows refuses", rows("vectors/sddl_rejected.json"), 24, refused),
    Comparison(
        "SDDL that Win32 reads or refuses",
        rows("vectors/sddl_win32_errors.json"),
        35,
        accepted_or_refused,
        wrong_revision,
    ),
    Comparison(
        "SDDL in real events, read and written again",
        rows("real/sddl_from_events.json"),
        27,
        event_text,
        object_ace_without_guid,
    ),
    Comparison(
        "SDDL in real events, through bytes",
        rows("real/sddl_from_events.json"),
        27,
        event_bytes,
        object_ace_without_guid,
    ),
)
