"""Logons of type 2 and 3 that are nobody's: of the window manager, of the font driver, and of a question.

Each desktop session has an account for its window manager, DWM-1, and one for its font driver, UMFD-1; they
go out as the machine ("Virtual accounts"; real events 4624: type 2, the first a System and Medium pair, the
second Medium). And a service may ask what a user's token *would* say: that is a logon of type 3 by S4U that
nobody made (``AuthzInitializeContextFromSid``).

Simplified: the privileges of DWM-1, and which program of Windows asks for which logon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenlab.system import process_creation
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.identity import (
    FONT_DRIVER_HOST,
    KERBEROS,
    NEGOTIATE,
    WINDOW_MANAGER,
    Identity,
    identity_of,
)
from tokenlab.system.logon_type import LogonType
from tokenlab.system.object_events import subject
from tokenlab.system.origin import LoggedOrigin
from tokenlab.system.token import Token
from tokenlab.system.token_types import ImpersonationLevel
from tokenlab.values import Sid
from tokenlab.values.well_known import WINDOW_MANAGER_GROUP

if TYPE_CHECKING:
    from tokenlab.system.machine import Machine
    from tokenlab.system.process import Process

AUTHZ = "Authz   "


def prepare_desktop(machine: Machine, number: int = 1) -> tuple[Process, ...]:
    """What Windows does for a desktop session before anybody logs on there: fontdrvhost.exe, and dwm.exe.

    Session 0 has no desktop that anybody sees, and only a font driver. Gives the two processes, or the one.
    """
    umfd, dwm = Sid(f"S-1-5-96-0-{number}"), Sid(f"S-1-5-90-0-{number}")
    fonts = Identity(umfd, f"UMFD-{number}", FONT_DRIVER_HOST, virtual=True)
    if number == 0:
        return (_start(machine, "wininit.exe", fonts, "fontdrvhost.exe", number),)
    windows = Identity(dwm, f"DWM-{number}", WINDOW_MANAGER, groups=(WINDOW_MANAGER_GROUP,), virtual=True)
    return (
        _start(machine, "winlogon.exe", fonts, "fontdrvhost.exe", number),
        _start(machine, "winlogon.exe", windows, "dwm.exe", number),
    )


def context_of(process: Process, name: str) -> Token:
    """What the token of this domain user would say, asked by a service (``AuthzInitializeContextFromSid``).

    A logon of type 3 by the logon process ``Authz``, at the level Identification: good for looking only.
    Raises `Refusal` 1326 for who is no account of the domain.
    """
    machine = process.machine
    domain, user = machine.lsa.authentication.split(name)
    directory = machine.domain
    account = directory.find(user) if directory is not None and domain.upper() == directory.name else None
    if account is None or directory is None:
        raise Refusal(Win32Error.LOGON_FAILURE, f"{name} is no account of the domain: Kerberos cannot vouch")
    origin = LoggedOrigin(
        subject(process.token),
        process.token.authentication_id,
        AUTHZ,
        process.program,
        KERBEROS,
        machine.name,
    )
    identity = identity_of(account, directory, KERBEROS, s4u=True)
    level = ImpersonationLevel.IDENTIFICATION
    return machine.lsa.admit(identity, LogonType.NETWORK, origin, level=level, by_program=True)


def _start(machine: Machine, by: str, who: Identity, image: str, number: int) -> Process:
    parent, system = machine.process(by), machine.system_token
    origin = LoggedOrigin(subject(system), system.authentication_id, "Advapi  ", parent.program, NEGOTIATE)
    token = machine.lsa.admit(who, LogonType.INTERACTIVE, origin)
    full = token.linked_token(system.context) or token
    full.session_id = number
    process = process_creation.create_as_user(parent, full, image)
    for one in {token, full}:
        one.close()
    return process
