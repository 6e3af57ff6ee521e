"""Four ways to start a program, and a fifth that asks the user.

Each says whose token the child gets, what that takes, and who is its parent. ``CreateProcessW``,
``CreateProcessAsUserW``, ``CreateProcessWithTokenW`` and ``CreateProcessWithLogonW`` on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tokenlab.security import AceType, SecurityContext
from tokenlab.security.context import TokenMandatoryPolicy
from tokenlab.system import object_events
from tokenlab.system.administrator_protection import log_on_elevated, may_elevate
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.handle import Handle
from tokenlab.system.handle_kinds import token_of
from tokenlab.system.logon_type import LogonType
from tokenlab.system.observing import observe
from tokenlab.system.origin import CONSENT, SECONDARY_LOGON, Origin
from tokenlab.system.token import Token
from tokenlab.system.token_types import TokenType
from tokenlab.values import IntegrityLevel, ProcessRights, TokenRights

if TYPE_CHECKING:
    from tokenlab.system.machine import Machine
    from tokenlab.system.process import Process


@observe("start")
def create_process(
    caller: Process, image: str, *, inherit_handles: bool = False, parent: Handle | None = None
) -> Process:
    """``CreateProcess``: the child gets a copy of its parent's primary token, a descriptor from the caller.

    The parent is the caller, unless it claims another (PROC_THREAD_ATTRIBUTE_PARENT_PROCESS): ``parent`` is a
    handle to that process with CREATE_PROCESS. Then token and handles come from there, and 4688 names it; the
    subject of 4688 stays the caller's account (``UpdateProcThreadAttribute``; as in recorded starts by
    seclogon: subject SYSTEM, parent the program that asked). Raises `AccessDenied` without that right.
    """
    above = caller if parent is None else _claimed(parent)
    child = launch(caller.machine, image, above.token, above, by=caller.token, created_by=caller)
    if inherit_handles:
        for handle in above.handles:
            if handle.inheritable:  # under the same number, with the same rights
                child.handles.put(replace(handle, process=child, thread=None))
    return child


@observe("start")
def create_as_user(parent: Process, token: Token | Handle, image: str) -> Process:
    """``CreateProcessAsUser``: the child gets a copy of ``token``, a primary or an impersonation one.

    A handle needs QUERY and ASSIGN_PRIMARY. A token that was filtered from the parent's own may be given to
    anybody's child; so may a copy of its own, or one that was filtered beside it from the same token, if it
    is of the same logon session (Microsoft's sample CppCreateLowIntegrityProcess). Any other takes
    SeAssignPrimaryTokenPrivilege and SeIncreaseQuotaPrivilege, which the call enables if they are held.
    Raises `Refusal`: 1314 without them, 5 or 6 for a handle that does not fit.
    """
    used = token_of(token, TokenRights.QUERY | TokenRights.ASSIGN_PRIMARY)
    own = parent.token
    child_of_own = used.parent_id == own.token_id
    sibling = (used.parent_id, used.authentication_id) == (own.parent_id, own.authentication_id)
    if not (child_of_own or sibling):
        held = {state.privilege for state in own.context.privileges}
        for name in ("SeAssignPrimaryTokenPrivilege", "SeIncreaseQuotaPrivilege"):
            if name not in held:
                raise Refusal(
                    Win32Error.PRIVILEGE_NOT_HELD,
                    f"{parent.name} lacks {name}, and the token was not filtered from its own",
                )
    return launch(parent.machine, image, used, parent, by=own, creator=used.context)


@observe("start")
def create_with_token(parent: Process, token: Token | Handle, image: str) -> Process:
    """``CreateProcessWithTokenW``: the Secondary Logon service starts it, and makes the caller its parent.

    A handle needs QUERY, DUPLICATE and ASSIGN_PRIMARY; the caller SeImpersonatePrivilege.
    Raises `Refusal`: 1314 without it, 5 or 6 for a handle that does not fit.
    """
    used = token_of(token, TokenRights.QUERY | TokenRights.DUPLICATE | TokenRights.ASSIGN_PRIMARY)
    if not parent.token.context.has_privilege("SeImpersonatePrivilege"):
        raise Refusal(Win32Error.PRIVILEGE_NOT_HELD, f"{parent.name} lacks SeImpersonatePrivilege")
    machine = parent.machine
    return launch(
        machine,
        image,
        used,
        parent,
        by=machine.system_token,
        creator=used.context,
        created_by=machine.process("svchost.exe"),
    )


@observe("start")
def create_with_logon(
    parent: Process, name: str, password: str, image: str, *, net_only: bool = False
) -> Process:
    """``CreateProcessWithLogonW``: a new interactive logon, and a child under its token.

    ``net_only`` logs on with NEW_CREDENTIALS: the child is the caller here, and ``name`` elsewhere; name and
    password are checked by nobody. Both are done by the Secondary Logon service; no privilege is needed.
    Raises `Refusal` where the logon fails.
    """
    machine = parent.machine
    kind = LogonType.NEW_CREDENTIALS if net_only else LogonType.INTERACTIVE
    program = machine.process("svchost.exe").program
    origin = Origin(parent.token, program, logon_process=SECONDARY_LOGON)
    token = machine.lsa.log_on(name, password, kind, origin)
    return _launch_and_let_go(parent, image, token)


@observe("start")
def elevate(
    parent: Process, image: str, *, consent: bool = True, name: str | None, password: str | None
) -> Process:
    """``ShellExecute`` with "runas": the Application Information service asks on the secure desktop.

    An administrator consents, and the child gets the full half of the split logon; under Administrator
    protection it gets a new logon of a hidden account. Anybody else gives the ``name`` and ``password`` of an
    administrator, who is then logged on. ``consent=False`` is the answer No. Who is elevated already is not
    asked. Raises `Refusal`: 1223 for a No, or for a user who has no elevated half; 740 if the one who was
    named is no administrator; what a logon raises.
    """
    machine = parent.machine
    if not consent:
        raise Refusal(Win32Error.CANCELLED, "the user said no")
    if name is None and (parent.token.elevated or not machine.policy.enable_lua):
        return create_process(parent, image)
    if name is None:
        elevated = _by_consent(machine, parent.token)
        if elevated is None:
            raise Refusal(
                Win32Error.CANCELLED,
                "this user has no elevated half: give the name= and password= of one who has",
            )
        return _launch_and_let_go(parent, image, elevated)
    token = _ask_for_password(machine, name, password)
    elevated = token if token.elevated else _by_consent(machine, token)
    if elevated is None:
        token.close()
        raise Refusal(Win32Error.ELEVATION_REQUIRED, f"{name} is no administrator")
    child = _launch_and_let_go(parent, image, elevated)
    token.close()
    return child


def _by_consent(machine: Machine, token: Token) -> Token | None:
    """What a Yes gives an administrator: the full half, or a logon of the account that stands in."""
    if machine.policy.protects_administrators and may_elevate(token):
        with _consent_exe(machine) as prompt:
            return log_on_elevated(machine, token, prompt.program)
    return token.linked_token(caller=machine.system_token.context)


def _ask_for_password(machine: Machine, name: str, password: str | None) -> Token:
    with _consent_exe(machine) as prompt:
        origin = Origin(prompt.token, prompt.program, logon_process=CONSENT)
        return machine.lsa.log_on(name, password, LogonType.INTERACTIVE, origin)


@contextmanager
def _consent_exe(machine: Machine) -> Iterator[Process]:
    """The prompt itself, a child of svchost.exe (appinfo), while somebody is logged on by it."""
    appinfo = machine.process("svchost.exe")
    prompt = launch(machine, "consent.exe", appinfo.token, appinfo, by=appinfo.token)
    try:
        yield prompt
    finally:
        prompt.exit()


def launch(
    machine: Machine,
    image: str,
    token: Token,
    parent: Process | None,
    *,
    by: Token,
    creator: SecurityContext | None = None,
    created_by: Process | None = None,
    command_line: str = "",
) -> Process:
    """Make a process under a copy of ``token``; 4688 names ``by`` as the one who did.

    ``creator`` is the context whose default DACL protects it: that of ``by`` unless given; ``created_by`` the
    process that makes the call: the parent unless given.
    """
    command_line = command_line or image
    image = machine.full_path(_executable(image))
    copy = token.duplicate(TokenType.PRIMARY, creator=token.context)
    lower = _level_of_image(machine, image, copy)
    if lower is not None:
        copy.set_integrity(lower)
    child = machine.processes.new(
        image,
        copy,
        parent,
        creator=creator or by.context,
        created_by=created_by,
        command_line=command_line,
    )
    object_events.write_start(child, by)
    if machine.sysmon is not None:
        machine.sysmon.write_process_creation(child)
    return child


def _launch_and_let_go(parent: Process, image: str, token: Token) -> Process:
    """Windows itself starts it: SYSTEM is the one who did, the caller is made its parent."""
    machine = parent.machine
    child = launch(
        machine,
        image,
        token,
        parent,
        by=machine.system_token,
        creator=token.context,
        created_by=machine.process("svchost.exe"),
    )
    token.close()
    return child


def _executable(command_line: str) -> str:
    """The program of a command line: all up to ``.exe``, or up to the first argument."""
    before, extension, _ = command_line.partition(".exe")
    if extension:
        return before + extension
    return command_line.partition(" -" if "\\" in command_line else " ")[0]


def _claimed(parent: Handle) -> Process:
    if parent.object.kind != "Process":
        raise Refusal(
            Win32Error.INVALID_HANDLE, f"{parent.object.name} is no process: open one with CREATE_PROCESS"
        )
    parent.use(ProcessRights.CREATE_PROCESS)
    return cast("Process", parent.object)


def _level_of_image(machine: Machine, image: str, token: Token) -> IntegrityLevel | None:
    """The label of the image file, where it is lower and the token's policy is NEW_PROCESS_MIN."""
    if not token.context.mandatory_policy & TokenMandatoryPolicy.NEW_PROCESS_MIN:
        return None
    file = machine.objects.files.find(image)
    if file is None or all(
        ace.type is not AceType.SYSTEM_MANDATORY_LABEL for ace in file.descriptor.sacl or ()
    ):
        return None
    return min(file.descriptor.label[0], token.context.integrity, key=lambda level: level.level)
