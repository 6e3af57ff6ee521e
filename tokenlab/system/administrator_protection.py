r"""Administrator protection: who elevates works as somebody else, in a logon of its own.

Windows 11 24H2 and 25H2 since KB5120998 (August 2026), off by default; a first release in October 2025 was
taken back. "Administrator protection" on Microsoft Learn: each administrator has a hidden local account that
the system manages; it gets a new token for each elevation, and loses it when the program ends. Microsoft
counts the way to it as a security boundary, which it never said of UAC's two halves.

Simplified: the sixteen characters of the account's name come from the administrator's SID; the events are
those of any interactive logon that SYSTEM asked for, without a password.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from tokenlab.security import GroupAttributes
from tokenlab.system.accounts import Account, AccountDatabase
from tokenlab.system.default_objects import add_profile
from tokenlab.system.event_log import EventProgram
from tokenlab.system.identity import NTLM, identity_of
from tokenlab.system.logon_type import LogonType
from tokenlab.system.lsa import Lsa
from tokenlab.system.namespace import Namespace
from tokenlab.system.origin import Origin
from tokenlab.system.token import Token
from tokenlab.values.well_known import ADMINISTRATORS


class ElevatingMachine(Protocol):
    """What elevation needs of a machine: where accounts, sessions and profiles are made."""

    sam: AccountDatabase
    lsa: Lsa
    objects: Namespace

    @property
    def system_token(self) -> Token: ...


def may_elevate(token: Token) -> bool:
    """True for an administrator's everyday token: Administrators is in it, for deny only."""
    return any(
        group.sid == ADMINISTRATORS and group.attributes & GroupAttributes.USE_FOR_DENY_ONLY
        for group in token.context.groups
    )


def find_hidden_account(machine: ElevatingMachine, administrator: Token) -> Account:
    """The account that stands in for this administrator, ``ADMIN_...``: made when first needed, then kept."""
    from hashlib import sha1  # it loads OpenSSL

    digest = sha1(administrator.context.user.encode(), usedforsecurity=False).hexdigest()
    name = f"ADMIN_{digest[:16]}"
    account = machine.sam.find(name)
    # It has no password: no text that can be typed is this one
    return account or machine.sam.add_user(name, f"\0{digest}", "Administrators")


def log_on_elevated(machine: ElevatingMachine, administrator: Token, prompt: EventProgram) -> Token:
    """A new logon of the hidden account: its own SID, session, profile; nothing to show elsewhere.

    ``prompt`` is the program that asked, consent.exe.
    """
    account = find_hidden_account(machine, administrator)
    identity = replace(identity_of(account, machine.sam, NTLM, s4u=True), system_managed=True)
    origin = machine.lsa.describe_origin(Origin(machine.system_token, prompt), LogonType.INTERACTIVE, NTLM)
    token = machine.lsa.admit(identity, LogonType.INTERACTIVE, origin)
    objects = machine.objects
    add_profile(objects.files, objects.users, account.name, account.sid, machine.system_token.context)
    return token
