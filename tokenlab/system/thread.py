"""Threads: who really does things, and sometimes as someone else.

A thread acts under its process's token, unless it carries one of its own: then it impersonates. "Client
Impersonation" on Microsoft Learn.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from tokenlab.security import (
    Ace,
    AceType,
    Acl,
    MandatoryPolicy,
    SecurityContext,
    SecurityDescriptor,
    new_object_descriptor,
)
from tokenlab.system import process_creation
from tokenlab.system.creation import create_kernel_object, create_stored
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.handle import Handle
from tokenlab.system.handle_kinds import TokenHandle, token_of
from tokenlab.system.impersonation import Connection, ImpersonationCall, why_not
from tokenlab.system.objects import KernelObject, NamedPipe, Securable
from tokenlab.system.observing import observe
from tokenlab.system.opening import open_object
from tokenlab.system.token import Token
from tokenlab.system.token_types import ImpersonationLevel, TokenType
from tokenlab.values import (
    THREAD,
    IntegrityLevel,
    ObjectType,
    PipeRights,
    Sid,
    TokenRights,
)

if TYPE_CHECKING:
    from tokenlab.system.process import Process


class Thread:
    """A thread of a process. ``token`` is what it impersonates with, None while it is just itself.

    ``capped_because`` says why Windows lowered the last impersonation to IDENTIFICATION; empty if not.
    """

    kind = "Thread"
    object_type: ObjectType = THREAD

    def __init__(self, process: Process, tid: int) -> None:
        self.process, self.tid = process, tid
        self.token: Token | None = None
        self._owns_token = False
        self.capped_because = ""
        self.descriptor = protection(process.token, process.token.context, THREAD)

    @property
    def name(self) -> str:
        """What the thread is called: its number, and the process."""
        return f"thread {self.tid} of {self.process.name}"

    @property
    def effective_token(self) -> Token:
        """The token that counts: its own while it impersonates, else that of its process."""
        return self.token or self.process.token

    @property
    def context(self) -> SecurityContext:
        """What the effective token says."""
        return self.effective_token.context

    # Being someone else -------------------------------------------------------------------------------

    @observe("impersonate")
    def impersonate(self, token: Token | Handle) -> ImpersonationLevel:
        """Be the holder of a token (``ImpersonateLoggedOnUser``); the level that came of it.

        A primary token is duplicated at IMPERSONATION. A handle needs QUERY, and DUPLICATE for a primary,
        IMPERSONATE for an impersonation token. Windows says nothing if it lowers the level: compare.
        """
        primary = token_of(token, 0).level is None
        second = TokenRights.DUPLICATE if primary else TokenRights.IMPERSONATE
        used = token_of(token, TokenRights.QUERY | second)
        if primary:
            used = used.duplicate(TokenType.IMPERSONATION, creator=self.process.token.context)
        return self._take(used, made_here=primary)

    @observe("impersonate")
    def set_token(self, token: Token | Handle) -> ImpersonationLevel:
        """Carry this very token (``SetThreadToken``): other threads may share it, and its changes.

        A handle needs IMPERSONATE. Raises `Refusal` 1349 for a primary token.
        """
        used = token_of(token, TokenRights.IMPERSONATE)
        if used.level is None:
            raise Refusal(Win32Error.BAD_TOKEN_TYPE, "a thread carries impersonation tokens only")
        return self._take(used)

    @observe("impersonate")
    def impersonate_self(
        self, level: ImpersonationLevel = ImpersonationLevel.IMPERSONATION
    ) -> ImpersonationLevel:
        """Carry a copy of the process's token (``ImpersonateSelf``), to adjust it for this thread only."""
        copy = self.process.token.duplicate(TokenType.IMPERSONATION, level)
        return self._take(copy, made_here=True)

    @observe("impersonate")
    def impersonate_client(self, connection: Connection) -> ImpersonationLevel:
        """Be the client (``ImpersonateNamedPipeClient``, ``RpcImpersonateClient``, ``CoImpersonateClient``).

        Raises `Refusal` 1368 before the first message of a pipe, 5 if it is another process's client.
        """
        if connection.server is not self.process:
            raise Refusal(Win32Error.INVALID_HANDLE, f"that client is connected to {connection.server.name}")
        return self._take(connection.token_for_server())

    @observe("impersonate")
    def impersonate_anonymous(self) -> ImpersonationLevel:
        """Be nobody (``ImpersonateAnonymousToken``)."""
        return self._take(self.process.machine.lsa.anonymous_token(), made_here=True)

    @observe("revert")
    def revert(self) -> None:
        """Be the process again (``RevertToSelf``)."""
        if self.token is not None and self._owns_token:
            self.token.close()
        self.token, self.capped_because = None, ""

    def _take(self, token: Token, made_here: bool = False) -> ImpersonationLevel:
        why = why_not(self.process.token, token)
        if why:
            copy = token.duplicate(
                TokenType.IMPERSONATION, ImpersonationLevel.IDENTIFICATION, creator=self.process.token.context
            )
            if made_here:
                token.close()
            token, made_here = copy, True
        self.revert()
        self.token, self.capped_because, self._owns_token = token, why, made_here
        assert token.level is not None
        return token.level

    # Opening and making things ------------------------------------------------------------------------

    @observe("open")
    def open(
        self, target: Securable | str, desired: int, *, backup: bool = False, exactly: bool = False
    ) -> Handle:
        r"""Open an object, and get a handle to it (``CreateFile``, ``RegOpenKeyEx``, ``OpenProcess`` ...).

        ``target`` is an object or a path: ``C:\Temp``, ``HKLM\SOFTWARE``, ``\\.\pipe\spoolss``.
        ``backup`` opens for backup (FILE_FLAG_BACKUP_SEMANTICS): the only way in which SeBackupPrivilege and
        SeRestorePrivilege help with a file. ``exactly`` asks for these rights and no others, as
        ``NtOpenFile`` and ``SetNamedSecurityInfo`` do; ``CreateFile`` adds two for every file.

        Raises `AccessDenied` with its decision, `Refusal` 2 or 3 where there is nothing, 1346 for a thread
        below IMPERSONATION.
        """
        return open_object(self, target, desired, backup=backup, exactly=exactly)

    @observe("create")
    def create(
        self,
        path: str,
        desired: int,
        *,
        container: bool = False,
        descriptor: SecurityDescriptor | str | None = None,
    ) -> Handle:
        """Make a file, folder or key, and open it (``CreateFile``, ``RegCreateKeyEx``).

        The one who makes it gets the handle that was asked for, with all rights for MAXIMUM_ALLOWED; what the
        new descriptor says counts from the next open on. Raises `AccessDenied` where the folder lets nothing
        be added, `Refusal` 183 where the name is taken, 1307 and 1314 for what `creation.chosen` says.
        """
        return create_stored(self, path, desired, container, descriptor)

    def create_object(
        self,
        kind: type[KernelObject],
        name: str,
        desired: int | None = None,
        *,
        descriptor: SecurityDescriptor | str | None = None,
    ) -> Handle:
        r"""Make a semaphore, section, window station or desktop (``CreateSemaphore`` ...), and open it.

        ``name`` is ``Global\gate``, ``Local\gate``, ``WindowStations\Lab`` or ``WindowStations\Lab\Default``;
        ``desired`` None is every right. Without a descriptor the default DACL of the token protects it, a
        desktop also what its window station passes on. Raises ValueError for another name, `Refusal` 183
        where it is taken, 1314 for a ``Global`` section made at a desktop without SeCreateGlobalPrivilege.
        """
        return create_kernel_object(self, kind, name, desired, descriptor)

    def connect(
        self,
        to: str | Process,
        level: ImpersonationLevel | None = None,
        call: ImpersonationCall | None = None,
    ) -> Connection:
        r"""Connect to a server of this machine: to its pipe (a path), or to the process by RPC or COM.

        ``level`` is how far the server may go (``SECURITY_SQOS_PRESENT``); see
        `ImpersonationCall.usual_level`. Raises `AccessDenied` by the pipe's descriptor, `Refusal` 1346 if
        this thread cannot grant so much.
        """
        if isinstance(to, str):
            handle = self.open(to, PipeRights.GENERIC_READ | PipeRights.GENERIC_WRITE)
            server, call = cast(NamedPipe, handle.object).server, ImpersonationCall.PIPE
            if server is None:
                raise Refusal(Win32Error.FILE_NOT_FOUND, f"nobody serves {to}")
            if (sysmon := self.process.machine.sysmon) is not None:
                sysmon.write_pipe_connection(self.process, to)
        else:
            server, call = to, call or ImpersonationCall.RPC
        level = call.usual_level if level is None else level
        token = self.effective_token.duplicate(TokenType.IMPERSONATION, level)
        return Connection(server, token, call)

    def open_token(self, desired: int = TokenRights.QUERY) -> TokenHandle:
        """The token that this thread carries (``OpenThreadToken``).

        Raises `Refusal` 1008 if it carries none, 1347 if that is an anonymous one.
        """
        if self.token is None:
            raise Refusal(Win32Error.NO_TOKEN, "this thread does not impersonate")
        if self.token.level is ImpersonationLevel.ANONYMOUS:
            raise Refusal(Win32Error.CANT_OPEN_ANONYMOUS, "an anonymous token cannot be opened")
        current, self.token = self.token, None  # opened as the process: OpenAsSelf
        try:
            return cast(TokenHandle, self.open(current, desired))
        finally:
            self.token = current

    @property
    def drives(self) -> dict[str, str]:
        """The drive letters of its effective token's logon session, and what they stand for."""
        session = self.effective_token.session
        return {} if session is None else session.drives

    def map_drive(self, letter: str, target: str) -> None:
        r"""Let ``Z:`` stand for ``\\server\share`` or a folder, for this logon session (``net use``).

        With EnableLinkedConnections a share is mapped for the linked session too, where its letter is free.
        Raises `Refusal` 85 where the letter is in use.
        """
        if letter.upper() in self.drives or letter.upper() == "C:":
            raise Refusal(Win32Error.ALREADY_ASSIGNED, f"{letter.upper()} is in use in this logon session")
        self.drives[letter.upper()] = target
        session = self.effective_token.session
        linked = session.linked if session is not None else None
        both = self.process.machine.policy.enable_linked_connections and target.startswith(r"\\")
        if linked is not None and both:
            linked.drives.setdefault(letter.upper(), target)

    def start(self, image: str, *, inherit_handles: bool = False, parent: Handle | None = None) -> Process:
        """Start a program (``CreateProcess``): under a copy of the *process's* token, also while this thread
        impersonates; or of the ``parent``'s, if it claims one. See `process_creation.create_process`."""
        return process_creation.create_process(
            self.process, image, inherit_handles=inherit_handles, parent=parent
        )

    def __repr__(self) -> str:
        who = self.context.user_label
        as_whom = "" if self.token is None else f", impersonating {who}"
        return f"<Thread {self.tid} of {self.process.name}{as_whom}>"


def protection(token: Token, creator: SecurityContext, object_type: ObjectType) -> SecurityDescriptor:
    """What protects a new process or thread: the default DACL of the token that made it, and a label that
    keeps lower levels from writing and from reading. Forshaw, table 6-5."""
    owner, group, dacl = creator.owner, creator.primary_group, creator.default_dacl
    return _protection(owner, group, dacl, token.context.integrity, object_type)


@lru_cache(maxsize=1024)  # a world starts thousands of processes and threads, for a few people
def _protection(
    owner: Sid, group: Sid, dacl: Acl | None, level: IntegrityLevel, object_type: ObjectType
) -> SecurityDescriptor:
    creator = SecurityContext(owner, owner=owner, primary_group=group, default_dacl=dacl)
    policy = MandatoryPolicy.NO_WRITE_UP | MandatoryPolicy.NO_READ_UP
    label = Ace(AceType.SYSTEM_MANDATORY_LABEL, 0, policy, level)
    made = new_object_descriptor(None, creator, object_type=object_type)
    return replace(made, sacl=Acl([label]))
