"""What Ansible's ``ansible.windows.win_whoami`` returns: a token as JSON, with the words of winnt.h."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tokenlab.security import GroupAttributes, SecurityContext
from tokenlab.values import PRIVILEGES, IntegrityLevel, PrivilegeAttributes, Sid, SidError
from tokenlab.values.well_known import ADMINISTRATORS

_ATTRIBUTES = {
    "mandatory": GroupAttributes.MANDATORY,
    "enabledbydefault": GroupAttributes.ENABLED_BY_DEFAULT,
    "enabled": GroupAttributes.ENABLED,
    "owner": GroupAttributes.OWNER,
    "usefordenyonly": GroupAttributes.USE_FOR_DENY_ONLY,
    "integrity": GroupAttributes.INTEGRITY,
    "integrityenabled": GroupAttributes.INTEGRITY_ENABLED,
    "resource": GroupAttributes.RESOURCE,
    "logonid": GroupAttributes.LOGON_ID,
}
_EXPECTED = "expected what ansible.windows.win_whoami returns: account, groups, label and privileges"


class TokenJsonError(ValueError):
    """This JSON is no token."""


def read_json(text: str, notes: list[str]) -> SecurityContext:
    """The token in the JSON that begins somewhere in this text. Raises `TokenJsonError`."""
    try:
        found, _ = json.JSONDecoder().raw_decode(text, text.index("{"))
    except (ValueError, RecursionError) as error:
        raise TokenJsonError(f"no JSON that can be read ({error!s:.80}): {_EXPECTED}") from None
    row = next(
        (one for one in _objects(found) if isinstance(one.get("account"), dict) and "groups" in one), None
    )
    if row is None:
        raise TokenJsonError(f"the JSON has no account and groups: {_EXPECTED}")
    try:
        return _context(row, notes)
    except (SidError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise TokenJsonError(f"the JSON cannot be read ({error!s:.120}): {_EXPECTED}") from None


def _objects(value: Any, deep: int = 0) -> Iterator[dict[str, Any]]:
    """The object, and those in it: ``register`` and ``debug`` wrap a result."""
    if isinstance(value, dict) and deep < 5:
        yield value
        for one in value.values():
            yield from _objects(one, deep + 1)


def _context(row: dict[str, Any], notes: list[str]) -> SecurityContext:
    groups = {Sid(one["sid"]): _attributes(one, notes) for one in row["groups"]}
    user, label = Sid(row["account"]["sid"]), row.get("label") or {}
    if "sid" not in label:
        notes.append("No integrity level is shown: Medium is assumed.")
    owner = None
    if groups.get(ADMINISTRATORS, 0) & 0x0C == GroupAttributes.OWNER | GroupAttributes.ENABLED:
        owner = ADMINISTRATORS
        notes.append("Administrators may own objects (Owner), so new objects are taken to be theirs.")
    return SecurityContext(
        user,
        groups.items(),
        list(_privileges(row.get("privileges") or {}, notes)),
        IntegrityLevel(label.get("sid", IntegrityLevel.MEDIUM)),
        owner=owner,
        notes=notes,
        names={Sid(one["sid"]): _name(one) for one in (row["account"], *row["groups"]) if _name(one)},
    )


def _name(account: dict[str, Any]) -> str:
    sid = Sid(account["sid"])
    if sid.name is not None and sid.domain is None:
        return ""
    return "\\".join(str(account[part]) for part in ("domain_name", "account_name") if account.get(part))


def _attributes(group: dict[str, Any], notes: list[str]) -> int:
    found = 0
    for word in group["attributes"]:
        bit = _ATTRIBUTES.get(re.sub(r"[^a-z]", "", str(word).lower()))
        if bit is None:
            notes.append(f"{word!r}, of {group['sid']}, is no known attribute, and left out.")
        else:
            found |= bit
    return found


def _privileges(states: dict[str, Any], notes: list[str]) -> Iterator[tuple[str, PrivilegeAttributes]]:
    for name, state in states.items():
        if name not in PRIVILEGES:
            notes.append(f"Left out: {name!r} is no privilege known here.")
        elif state == "removed":
            notes.append(f"{name} was removed from the token.")
        else:
            on = str(state).startswith("enabled")
            if not on and state != "disabled":
                notes.append(f"No state can be read for {name}: Disabled is assumed.")
            yield name, PrivilegeAttributes.ENABLED if on else PrivilegeAttributes(0)
