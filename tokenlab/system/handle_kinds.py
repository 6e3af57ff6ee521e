"""What can be done through a handle, by the type of the object; each operation names the right it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tokenlab.security import Acl
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.handle import Handle
from tokenlab.system.lsa_secrets import memory_of_lsass
from tokenlab.system.objects import Container, File, Folder, Key, Service
from tokenlab.system.token import Token
from tokenlab.system.token_types import AdjustmentResult, ImpersonationLevel, RestrictFlags, TokenType
from tokenlab.values import (
    DirectoryRights,
    FileRights,
    IntegrityLevel,
    KeyRights,
    Privilege,
    ProcessRights,
    ServiceRights,
    TokenRights,
)

if TYPE_CHECKING:
    from tokenlab.system.process import Process
    from tokenlab.system.thread import Thread


class FileHandle(Handle):
    """A handle to a file."""

    object: File

    def read(self) -> str:
        """What is in the file (READ_DATA)."""
        self.use(FileRights.READ_DATA)
        return self.object.content

    def write(self, text: str) -> None:
        """Put other text into the file (WRITE_DATA)."""
        self.use(FileRights.WRITE_DATA)
        self.object.content = text

    def append(self, text: str) -> None:
        """Add text at the end (APPEND_DATA)."""
        self.use(FileRights.APPEND_DATA)
        self.object.content += text

    def delete(self) -> None:
        """Remove the file (DELETE)."""
        self.use(FileRights.DELETE)
        _remove(self.object)


class FolderHandle(Handle):
    """A handle to a folder."""

    object: Folder

    def names(self) -> list[str]:
        """What the folder holds (LIST_DIRECTORY)."""
        self.use(DirectoryRights.LIST_DIRECTORY)
        return [child.name.rpartition("\\")[2] for child in self.object]


class KeyHandle(Handle):
    """A handle to a registry key."""

    object: Key

    def query_value(self, name: str) -> str:
        """The value with this name (QUERY_VALUE). Raises `Refusal` 2 if there is none."""
        self.use(KeyRights.QUERY_VALUE)
        if name not in self.object.values:
            raise Refusal(Win32Error.FILE_NOT_FOUND, f"{self.object.name} has no value {name!r}")
        return self.object.values[name]

    def set_value(self, name: str, value: str) -> None:
        """Set a value (SET_VALUE)."""
        self.use(KeyRights.SET_VALUE)
        self.object.values[name] = value


class ServiceHandle(Handle):
    """A handle to a service, as the service control manager gives it."""

    object: Service

    def start(self) -> Process:
        """Start it (START). Its process runs under the service's account, not the caller's."""
        self.use(ServiceRights.START)
        return self.process.machine.start_service(self.object.name)

    def require_privileges(self, names: Iterable[str]) -> None:
        """Name the privileges that it needs (CHANGE_CONFIG): from its next start on its process has no others
        but SeChangeNotifyPrivilege (``SERVICE_REQUIRED_PRIVILEGES_INFO``)."""
        self.use(ServiceRights.CHANGE_CONFIG)
        wanted = ("SeChangeNotifyPrivilege", *names)
        self.object.privileges = frozenset(str(Privilege(name)) for name in wanted)


class ProcessHandle(Handle):
    """A handle to a process."""

    object: Process

    def terminate(self) -> None:
        """End it (TERMINATE)."""
        self.use(ProcessRights.TERMINATE)
        self.object.exit()

    def read_memory(self) -> str:
        """Look into its memory (VM_READ): here only a sentence that says whose it is, and what lies there."""
        self.use(ProcessRights.VM_READ)
        if self.object.name == "lsass.exe":
            return memory_of_lsass(self.object.machine)
        return f"the memory of {self.object.name}"

    def open_token(self, desired: int = TokenRights.QUERY) -> TokenHandle:
        """Open its primary token (``OpenProcessToken``): QUERY_LIMITED_INFORMATION here, and the token's own
        descriptor must grant what is desired."""
        if not self.granted_access & ProcessRights.QUERY_INFORMATION:
            self.use(ProcessRights.QUERY_LIMITED_INFORMATION)
        return cast(TokenHandle, self.process.open(self.object.token, desired))


class ThreadHandle(Handle):
    """A handle to a thread."""

    object: Thread


class TokenHandle(Handle):
    """A handle to a token: each call asks the handle for its right, then does it."""

    object: Token

    @property
    def token(self) -> Token:
        """The token that the handle is for."""
        return self.object

    def query(self, information_class: str) -> Any:
        """QUERY (QUERY_SOURCE for TokenSource); see `Token.query`."""
        source = information_class == "TokenSource"
        self.use(TokenRights.QUERY_SOURCE if source else TokenRights.QUERY)
        return self.object.query(information_class, self.process.thread.context)

    def adjust_privileges(self, changes: Mapping[str, int]) -> AdjustmentResult:
        """ADJUST_PRIVILEGES; see `Token.adjust_privileges`."""
        self.use(TokenRights.ADJUST_PRIVILEGES)
        return self.object.adjust_privileges(changes, self.process.program)

    def adjust_groups(
        self, changes: Mapping[str, bool] | None = None, *, reset: bool = False
    ) -> AdjustmentResult:
        """ADJUST_GROUPS; see `Token.adjust_groups`."""
        self.use(TokenRights.ADJUST_GROUPS)
        return self.object.adjust_groups(changes, reset=reset)

    def set_default_dacl(self, dacl: Acl | None) -> None:
        """ADJUST_DEFAULT; so do owner, primary group and integrity level."""
        self.use(TokenRights.ADJUST_DEFAULT)
        self.object.set_default_dacl(dacl)

    def set_owner_of_new_objects(self, sid: str) -> None:
        """ADJUST_DEFAULT; see `Token.set_owner`."""
        self.use(TokenRights.ADJUST_DEFAULT)
        self.object.set_owner(sid)

    def set_integrity(self, level: IntegrityLevel | str | int) -> None:
        """ADJUST_DEFAULT; see `Token.set_integrity`."""
        self.use(TokenRights.ADJUST_DEFAULT)
        self.object.set_integrity(level)

    def set_session_id(self, session_id: int) -> None:
        """ADJUST_SESSIONID (and ADJUST_DEFAULT); see `Token.set_session_id`."""
        self.use(TokenRights.ADJUST_DEFAULT | TokenRights.ADJUST_SESSIONID)
        self.object.set_session_id(session_id, self.process.thread.context)

    def duplicate_token(
        self,
        token_type: TokenType = TokenType.PRIMARY,
        level: ImpersonationLevel | None = None,
        effective_only: bool = False,
    ) -> Token:
        """DUPLICATE; see `Token.duplicate`. (`duplicate` itself copies the handle, not the token.)"""
        self.use(TokenRights.DUPLICATE)
        return self.object.duplicate(token_type, level, effective_only, self.process.thread.context)

    def restrict(
        self,
        disable: Iterable[str] = (),
        delete: Iterable[str] = (),
        restrict_to: Iterable[str] = (),
        flags: RestrictFlags | int = 0,
    ) -> Token:
        """DUPLICATE; see `Token.restrict`."""
        self.use(TokenRights.DUPLICATE)
        return self.object.restrict(disable, delete, restrict_to, flags)


HANDLES: dict[str, type[Handle]] = {
    "file": FileHandle,
    "folder": FolderHandle,
    "key": KeyHandle,
    "service": ServiceHandle,
    "process": ProcessHandle,
    "thread": ThreadHandle,
    "token": TokenHandle,
}
"""By the name of the object's type."""


def token_of(token: Token | Handle, rights: int) -> Token:
    """The token that a call is given: by a handle, which must carry these rights, or as such.

    Raises `Refusal`: 6 for a handle to something else, 5 without the rights.
    """
    if isinstance(token, Token):
        return token
    token.use(rights)
    if not isinstance(token.object, Token):
        raise Refusal(Win32Error.INVALID_HANDLE, f"{token.object.name} is not a token")
    return token.object


def _remove(target: File) -> None:
    parent: Container | None = target.parent
    if parent is not None:
        parent.children.pop(target.name.rpartition("\\")[2].lower(), None)
