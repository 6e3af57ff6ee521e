"""Processes: a running program, its primary token, its threads and its handles.

The primary token is charged for all that a process does. "Processes and Threads" on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from tokenlab.security import (
    SecurityContext,
    SecurityDescriptor,
    new_object_descriptor,
)
from tokenlab.system import nobodys_logons, object_events, process_creation
from tokenlab.system.creation import choose_descriptor
from tokenlab.system.event_log import EventProgram
from tokenlab.system.handle import Handle, HandleTable
from tokenlab.system.handle_kinds import ServiceHandle, TokenHandle
from tokenlab.system.impersonation import Connection, ImpersonationCall
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.logon_type import LogonType
from tokenlab.system.objects import KernelObject, NamedPipe, Securable
from tokenlab.system.observing import observe
from tokenlab.system.origin import Origin
from tokenlab.system.service_manager import create_service
from tokenlab.system.thread import Thread, protection
from tokenlab.system.token import Token
from tokenlab.system.token_types import ImpersonationLevel
from tokenlab.system.windows_programs import FIRST_ID, ID_STEP
from tokenlab.values import (
    PIPE,
    PROCESS,
    ObjectType,
    TokenRights,
)

if TYPE_CHECKING:
    from tokenlab.system.machine import Machine


class Process:
    """A running program: its token, its threads, its handles.

    ``parent`` is the process that the child, the tree and event 4688 name; ``created_by`` the one that made
    the call. They differ where a parent was claimed, as Windows itself does for runas and UAC: then only the
    kernel's own trace knows the caller (ETW, Microsoft-Windows-Kernel-Process: the process id in the event's
    header).
    ``desktop`` is the logon session of the person in front of whom it runs, None in the background: when
    that person logs off, it ends, with any token.
    What it does itself (`open`, `start`, `impersonate` ...) its first thread does; see `Thread`.
    """

    kind = "Process"
    object_type: ObjectType = PROCESS

    def __init__(
        self,
        machine: Machine,
        image: str,
        token: Token,
        parent: Process | None = None,
        *,
        creator: SecurityContext | None = None,
        created_by: Process | None = None,
        protected: bool = False,
        command_line: str = "",
    ) -> None:
        self.machine, self.image, self.token, self.parent = machine, image, token, parent
        self.created_by = created_by or parent
        self.command_line, self.protected = command_line or image, protected
        self.pid = machine.processes.next_id()
        self.alive, self.exit_status = True, 0
        self.handles = HandleTable()
        above = parent.desktop if parent is not None else None
        self.desktop: LogonSession | None = above or _desktop(token)
        self.descriptor = protection(token, creator or token.context, PROCESS)
        self.threads = [Thread(self, machine.processes.next_id())]

    @property
    def name(self) -> str:
        """The image without its folder: ``explorer.exe``."""
        return self.image.rpartition("\\")[2]

    @property
    def thread(self) -> Thread:
        """The first thread."""
        return self.threads[0]

    @property
    def program(self) -> EventProgram:
        """This process as events name it."""
        return EventProgram(self.pid, self.image)

    @property
    def children(self) -> tuple[Process, ...]:
        """The living processes whose parent this is."""
        return tuple(process for process in self.machine.processes if process.parent is self)

    def new_thread(self) -> Thread:
        """One more thread. It begins as the process, whatever the others impersonate."""
        thread = Thread(self, self.machine.processes.next_id())
        self.threads.append(thread)
        return thread

    @observe("exit")
    def exit(self, status: int = 0) -> None:
        """End it: handles and tokens are given up; event 4689. Children live on."""
        if not self.alive:
            return
        self.alive, self.exit_status = False, status
        object_events.write_exit(self, status)
        for handle in self.handles:
            handle.close()
        for thread in self.threads:
            thread.revert()
        self.token.close()
        self.machine.processes.remove(self)

    # What the first thread does -----------------------------------------------------------------------

    def open(
        self, target: Securable | str, desired: int, *, backup: bool = False, exactly: bool = False
    ) -> Handle:
        """See `Thread.open`."""
        return self.thread.open(target, desired, backup=backup, exactly=exactly)

    def create(
        self,
        path: str,
        desired: int,
        *,
        container: bool = False,
        descriptor: SecurityDescriptor | str | None = None,
    ) -> Handle:
        """See `Thread.create`."""
        return self.thread.create(path, desired, container=container, descriptor=descriptor)

    def create_object(
        self,
        kind: type[KernelObject],
        name: str,
        desired: int | None = None,
        *,
        descriptor: SecurityDescriptor | str | None = None,
    ) -> Handle:
        """See `Thread.create_object`."""
        return self.thread.create_object(kind, name, desired, descriptor=descriptor)

    def impersonate(self, token: Token | Handle) -> ImpersonationLevel:
        """See `Thread.impersonate`."""
        return self.thread.impersonate(token)

    def revert(self) -> None:
        """See `Thread.revert`."""
        self.thread.revert()

    def connect(
        self,
        to: str | Process,
        level: ImpersonationLevel | None = None,
        call: ImpersonationCall | None = None,
    ) -> Connection:
        """See `Thread.connect`."""
        return self.thread.connect(to, level, call)

    @property
    def drives(self) -> dict[str, str]:
        """See `Thread.drives`."""
        return self.thread.drives

    def map_drive(self, letter: str, target: str) -> None:
        """See `Thread.map_drive`."""
        self.thread.map_drive(letter, target)

    def open_token(self, desired: int = TokenRights.ALL_ACCESS) -> TokenHandle:
        """A handle to its own primary token (``OpenProcessToken`` on itself)."""
        return cast(TokenHandle, self.open(self.token, desired))

    def create_pipe(self, path: str, descriptor: SecurityDescriptor | str | None = None) -> NamedPipe:
        r"""Serve a named pipe, ``\\.\pipe\guestbook`` (``CreateNamedPipe``).

        Without a descriptor SYSTEM, administrators and the maker get everything, Everyone and ANONYMOUS may
        read. Raises `Refusal` 1307 and 1314 for what `creation.chosen` says.
        """
        context = self.thread.context
        if descriptor is None:
            who = context.owner
            descriptor = f"D:(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;{who})(A;;FR;;;WD)(A;;FR;;;AN)"
        own = new_object_descriptor(None, context, choose_descriptor(context, descriptor), object_type=PIPE)
        pipe = self.machine.objects.add_pipe(NamedPipe(path, own, server=self))
        if self.machine.sysmon is not None:
            self.machine.sysmon.write_pipe_creation(self, path)
        return pipe

    def create_service(self, name: str, image: str, account: str = "LocalSystem") -> ServiceHandle:
        """Add a service to this machine. See `service_manager.create_service`."""
        return create_service(self.thread, name, image, account)

    def log_on(self, name: str, password: str | None, logon_type: LogonType = LogonType.INTERACTIVE) -> Token:
        """``LogonUser``, called by this program itself: a token, and events that name this process.

        No program is started; of type NEW_CREDENTIALS the 4624 names ``Advapi  `` as its logon process, where
        that of ``runas /netonly`` (`start_with_logon`) names ``seclogo``. Raises `Refusal`.
        """
        return self.machine.log_on(name, password, logon_type, Origin(self.token, self.program))

    def context_of(self, name: str) -> Token:
        """``AuthzInitializeContextFromSid``: what the token of this user would say, for looking only; a 4624
        of type 3 by ``Authz``. See `nobodys_logons.context_of`."""
        return nobodys_logons.context_of(self, name)

    # Starting other programs --------------------------------------------------------------------------

    def start(self, image: str, *, inherit_handles: bool = False, parent: Handle | None = None) -> Process:
        """See `Thread.start`."""
        return self.thread.start(image, inherit_handles=inherit_handles, parent=parent)

    def start_as_user(self, token: Token | Handle, image: str) -> Process:
        """``CreateProcessAsUser``: under a copy of this token. See `process_creation.create_as_user`."""
        return process_creation.create_as_user(self, token, image)

    def start_with_token(self, token: Token | Handle, image: str) -> Process:
        """``CreateProcessWithTokenW``: the same by way of the Secondary Logon service. See
        `process_creation.create_with_token`."""
        return process_creation.create_with_token(self, token, image)

    def start_with_logon(self, name: str, password: str, image: str, *, net_only: bool = False) -> Process:
        """``CreateProcessWithLogonW``: ``runas``, or ``runas /netonly``. See
        `process_creation.create_with_logon`."""
        return process_creation.create_with_logon(self, name, password, image, net_only=net_only)

    def elevate(
        self, image: str, *, consent: bool = True, name: str | None = None, password: str | None = None
    ) -> Process:
        """ "Run as administrator": UAC asks, the learner answers. See `process_creation.elevate`."""
        return process_creation.elevate(self, image, consent=consent, name=name, password=password)

    def __repr__(self) -> str:
        who = self.token.context.user_label
        return f"<Process {self.pid} {self.name} of {who}{'' if self.alive else ', ended'}>"


class ProcessTable:
    """What runs on a machine, oldest first. Processes and threads share their numbers."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._running: dict[int, Process] = {}
        self._next = FIRST_ID

    def next_id(self) -> int:
        """The next number for a process or thread: a multiple of 4."""
        self._next += ID_STEP
        return self._next - ID_STEP

    def new(
        self,
        image: str,
        token: Token,
        parent: Process | None = None,
        *,
        creator: SecurityContext | None = None,
        created_by: Process | None = None,
        protected: bool = False,
        command_line: str = "",
    ) -> Process:
        """A process begins to run; see `Process`."""
        process = Process(
            self.machine,
            image,
            token,
            parent,
            creator=creator,
            created_by=created_by,
            protected=protected,
            command_line=command_line,
        )
        self._running[process.pid] = process
        return process

    def remove(self, process: Process) -> None:
        """A process has ended."""
        self._running.pop(process.pid, None)

    def __getitem__(self, pid: int) -> Process:
        return self._running[pid]

    def __iter__(self) -> Iterator[Process]:
        return iter(tuple(self._running.values()))

    def __len__(self) -> int:
        return len(self._running)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self))


def _desktop(token: Token) -> LogonSession | None:
    session = token.session
    return session if session is not None and session.logon_type.is_interactive else None
