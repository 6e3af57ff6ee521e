"""Access checks and inheritance: verdicts, masks, reasons and new descriptors of real Windows."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.conformance.comparison import Comparison, Row, rows
from tests.support import shared_file
from tokenlab.security import (
    AccessDecision,
    Ace,
    AceFlags,
    Acl,
    ControlFlags,
    SecurityContext,
    SecurityDescriptor,
    TokenGroup,
    access_check,
    granted_access,
    new_object_descriptor,
    store_descriptor,
)
from tokenlab.security.condition.claims import ClaimFlags, ClaimType, ResourceAttribute
from tokenlab.security.context import Claims
from tokenlab.values import FILE, OBJECT_TYPES, Sid
from tokenlab.values.well_known import LOCAL_SYSTEM

# --- verdicts ------------------------------------------------------------------------------------


def decide(row: Row) -> AccessDecision:
    context = SecurityContext(row["user_sid"], row["group_sids"], row["privileges"])
    descriptor = SecurityDescriptor.from_sddl(row["sddl"])
    object_type = OBJECT_TYPES[row.get("mapping", "file")]
    raw = row.get("raw_generic", False)
    decision = access_check(context, descriptor, int(row["desired"], 16), object_type, premapped=raw)
    if not raw:
        fast = granted_access(context, descriptor, int(row["desired"], 16), object_type)
        assert fast == decision.granted_access
    return decision


def verdict(row: Row) -> tuple[object, object]:
    """The verdict; where the row has them the mask, the status, and how many privileges were used."""
    decision = decide(row)
    model: list[object] = [decision.granted]
    windows: list[object] = [row["expect"] == "granted"]
    if "mask" in row:
        model.append(decision.granted_access)
        windows.append(int(row["mask"], 16))
    if "status" in row:
        is_nt = row["status"].startswith("0x")
        model.append(f"0x{decision.status:X}" if is_nt else int(decision.win32_error))
        windows.append(row["status"] if is_nt else int(re.findall(r"\((\d+)\)", row["status"])[0]))
    if "privs_used" in row:
        model.append(len({reason.privilege for reason in decision.reasons.values() if reason.privilege}))
        windows.append(row["privs_used"])
    return model, windows


# --- verdicts with conditions ---------------------------------------------------------------------

NO_DACL = "where there is no DACL Samba, whose test this is, refuses; Windows grants (Wine, test_AccessCheck)"

ClaimValue = int | str | list["ClaimValue"] | dict[str, "ClaimValue"]


def claim(name: str, value: ClaimValue) -> ResourceAttribute:
    """A claim as the rows write it: a value or several; ``{"cs": ...}`` is one that minds the case."""
    flags = ClaimFlags.NONE
    if isinstance(value, dict):
        flags, value = ClaimFlags.VALUE_CASE_SENSITIVE, value["cs"]
    values = value if isinstance(value, list) else [value]
    if all(isinstance(one, int) for one in values):
        return ResourceAttribute(name, ClaimType.INT64, tuple(values), flags)  # type: ignore[arg-type]
    texts = [str(one) for one in values]
    if texts and all(text.startswith("S-1-") for text in texts):
        return ResourceAttribute(name, ClaimType.SID, tuple(map(Sid, texts)), flags)
    return ResourceAttribute(name, ClaimType.STRING, tuple(texts), flags)


def conditional(row: Row) -> tuple[object, object]:
    """The verdict where lines have conditions on groups, claims and resource attributes."""
    claims = Claims(
        user=tuple(claim(*one) for one in row.get("user_claims", {}).items()),
        device=tuple(claim(*one) for one in row.get("device_claims", {}).items()),
        device_groups=tuple(TokenGroup(Sid(sid)) for sid in row.get("device_sids", ())),
    )
    context = SecurityContext(row["user_sid"] or "S-1-0-0", row["group_sids"], claims=claims)
    descriptor = SecurityDescriptor.from_sddl(row["sddl"])
    descriptor = replace(descriptor, owner=descriptor.owner or LOCAL_SYSTEM, group=LOCAL_SYSTEM)
    decision = access_check(context, descriptor, row["desired"])
    assert granted_access(context, descriptor, row["desired"]) == decision.granted_access
    assert str(decision)
    return decision.granted, row["expect"] == "granted"


# --- the reasons in events 4656 and 5145 ---------------------------------------------------------

# Message numbers of rights to a file, as Security events name them.
FILE_RIGHTS = {
    1537: 0x10000,
    1538: 0x20000,
    1539: 0x40000,
    1540: 0x80000,
    1541: 0x100000,
    1542: 0x1000000,
    4416: 0x1,
    4417: 0x2,
    4418: 0x4,
    4419: 0x8,
    4420: 0x10,
    4421: 0x20,
    4422: 0x40,
    4423: 0x80,
    4424: 0x100,
}
BY_ACE, BY_OWNERSHIP, BY_PARENT = 1801, 1804, 1811
_REASON = re.compile(r"%%(\d+):\s+%%(\d+)(?:\s+D:(\([^)]*\)))?")
_STRANGER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"  # TrustedInstaller
_AUDIT_SUCCESS, _AUDIT_FAILURE = 0x20000000000000, 0x10000000000000


def event_reasons(row: Row) -> dict[int, tuple[int, str | None]]:
    """For each right in the event, its reason code and the ACE's text."""
    return {
        FILE_RIGHTS[int(right)]: (int(code), ace or None)
        for right, code, ace in _REASON.findall(row["AccessReason"])
    }


def event_decision(row: Row) -> AccessDecision:
    """The check that the event reports, as far as it names its parts.

    The DACL and the parent folder's hold the ACEs that the event names; the token the SIDs they name. The
    subject owns the object where the event says so.
    """
    reasons = event_reasons(row).values()
    lines = list(dict.fromkeys(ace for code, ace in reasons if code == BY_ACE and ace))
    above = list(dict.fromkeys(ace for code, ace in reasons if code == BY_PARENT and ace))
    owner = row["SubjectUserSid"] if any(code == BY_OWNERSHIP for code, _ in reasons) else _STRANGER
    descriptor = SecurityDescriptor.from_sddl(f"O:{owner}G:SYD:{''.join(lines)}")
    parent = SecurityDescriptor.from_sddl(f"O:{_STRANGER}G:SYD:{''.join(above)}") if above else None
    named = {ace.sid for acl in (descriptor.dacl, parent and parent.dacl) for ace in acl or ()}
    context = SecurityContext(row["SubjectUserSid"], named - {row["SubjectUserSid"]})
    return access_check(context, descriptor, int(row["AccessMask"], 16), FILE, parent=parent)


def access_reasons(row: Row) -> tuple[object, object]:
    """Right by right the code and the ACE; and whether it was a success, where the event says so."""
    decision = event_decision(row)
    model = {
        bit: (int(reason.code), None if reason.ace is None else str(reason.ace))
        for bit, reason in decision.reasons.items()
    }
    success: object = None
    if "Keywords" in row:
        success = bool(row["Keywords"] & _AUDIT_SUCCESS)
        assert success is not bool(row["Keywords"] & _AUDIT_FAILURE)
    return (model, decision.granted if success is not None else None), (event_reasons(row), success)


# --- inheritance ---------------------------------------------------------------------------------

_OWNER = "S-1-5-21-0-0-0-1000"
_DEFAULT = Acl([Ace.allow(_OWNER, 0x1F01FF), Ace.allow(LOCAL_SYSTEM, 0x1F01FF)])
_CREATOR = SecurityContext(_OWNER, ["S-1-1-0"], default_dacl=_DEFAULT)


def inherited(row: Row) -> tuple[object, object]:
    """The DACL of a new file and of a new folder below a parent with the row's ACEs."""
    parent = SecurityDescriptor(
        LOCAL_SYSTEM, LOCAL_SYSTEM, Acl(Ace.allow(*fields(ace)) for ace in row["parent_dacl"])
    )
    children = [new_object_descriptor(parent, _CREATOR, container=folder).dacl for folder in (False, True)]
    return children, [
        _DEFAULT if aces == "default" else Acl(Ace.allow(*fields(ace)) for ace in aces)
        for aces in (row["child_file_dacl"], row["child_dir_dacl"])
    ]


def fields(ace: list[object]) -> tuple[str, int, int]:
    sid, mask, flags = ace
    assert isinstance(mask, int) and isinstance(flags, int)
    return _OWNER if sid == "<owner>" else str(sid), mask, flags


def control_flags(row: Row) -> tuple[object, object]:
    """Which control flags are read back after they were set, and what a child gets of them."""
    asked = row["set"]
    control = sum(bit for name, bit in (("AI", 0x400), ("AR", 0x100), ("P", 0x1000)) if asked[name])
    flags = AceFlags(0x03 | (0x10 if asked["ace_ID"] else 0))
    set_on_object = SecurityDescriptor(
        LOCAL_SYSTEM, LOCAL_SYSTEM, Acl([Ace.allow(_OWNER, 0x1F01FF, flags)]), control=ControlFlags(control)
    )
    stored = store_descriptor(set_on_object)
    child = new_object_descriptor(stored, _CREATOR)
    assert stored.dacl is not None and child.dacl is not None
    back = {name: bool(stored.control & bit) for name, bit in (("AI", 0x400), ("AR", 0x100), ("P", 0x1000))}
    back["ace_ID"] = stored.dacl[0].inherited
    below = {"AI": bool(child.control & 0x400), "ace_flags": int(child.dacl[0].flags)}
    return (back, below), (row["read_back"], row["child_file"])


# --- tokens --------------------------------------------------------------------------------------

PRINTOUTS = ("filtered_administrator", "iis_apppool_service", "local_system")


def printouts() -> list[Row]:
    return [shared_file(f"real/whoami/{name}.txt").read_text(encoding="utf-8") for name in PRINTOUTS]


def everything_in_the_printout(row: Row) -> tuple[object, object]:
    """Every SID and every privilege with its state; what each attribute means, tests/real says."""
    from tokenlab.real import from_whoami

    context = from_whoami(row)
    sids = map(str, [context.user, *(group.sid for group in context.groups), context.integrity])
    states = {str(state.privilege): state.enabled for state in context.privileges}
    printed = {name: state == "Enabled" for name, state in re.findall(r"(Se\w+).*\s(Enabled|Disabled)", row)}
    return (sorted(sids), states), (sorted(re.findall(r"S-1-[\d-]+\d", row)), printed)


COMPARISONS = (
    Comparison(
        "access checks with known verdict, mask and status", rows("vectors/access_core.json"), 109, verdict
    ),
    Comparison(
        "random access checks on which two others agree", rows("vectors/access_random.json"), 500, verdict
    ),
    Comparison(
        "access checks with conditions and claims",
        rows("vectors/access_conditional.json"),
        78,
        conditional,
        lambda row: None if row["sddl"] else NO_DACL,
    ),
    Comparison(
        "events 4656 and 5145: the reason for every right",
        rows("real/access_reason_events.json"),
        19,
        access_reasons,
    ),
    Comparison(
        "what files and folders inherit", rows("vectors/inheritance_ntfs.json", "table"), 16, inherited
    ),
    Comparison(
        "control flags kept and passed on", rows("vectors/inheritance_ntfs.json", "flags"), 15, control_flags
    ),
    Comparison("printouts of whoami /all", printouts, 3, everything_in_the_printout),
)
