r"""Where the objects of a machine are found: by drive, by key, by pipe, by service."""

from __future__ import annotations

from functools import cached_property

from tokenlab.security import SecurityContext
from tokenlab.system import default_objects
from tokenlab.system.errors import AccessDenied, Refusal, Win32Error
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.objects import NamedPipe, ObjectTree, Service, StoredObject

_KERNEL = {
    "GLOBAL": r"\BaseNamedObjects",
    "LOCAL": r"\BaseNamedObjects",
    "WINDOWSTATIONS": r"\Windows\WindowStations",
}
"""Folders of the object namespace; who sits at the machine has those of session 1."""
_LONG_NAMES = {"HKEY_LOCAL_MACHINE": "HKLM", "HKEY_USERS": "HKU", "HKEY_CURRENT_USER": "HKCU"}


class Namespace:
    """The files, keys, pipes and services of one machine, made when somebody first looks."""

    def __init__(self, system: SecurityContext) -> None:
        self._system = system
        self.kernel: dict[str, StoredObject] = {}
        """Kernel objects with a name, by path in small letters."""

    @cached_property
    def files(self) -> ObjectTree:
        """The drive C:."""
        return default_objects.files(self._system)

    @cached_property
    def local_machine(self) -> ObjectTree:
        """HKEY_LOCAL_MACHINE."""
        return default_objects.local_machine(self._system)

    @cached_property
    def users(self) -> ObjectTree:
        """HKEY_USERS."""
        return default_objects.users(self._system)

    @cached_property
    def services(self) -> dict[str, Service]:
        """The services, by name."""
        return default_objects.services()

    @cached_property
    def pipes(self) -> dict[str, NamedPipe]:
        """The named pipes, by path in small letters."""
        return default_objects.pipes()

    def resolve(self, path: str, session: LogonSession | None = None) -> str:
        """The path without what only this logon session knows: its drive letters, HKCU, where its names of
        kernel objects lie.

        Raises `Refusal` 3 for a drive that the session does not have.
        """
        root, separator, rest = path.partition("\\")
        root = _LONG_NAMES.get(root.upper(), root.upper())
        if root == "HKCU" and session is not None:
            root = rf"HKU\{session.user}"
        elif root in _KERNEL:
            session_of = session is not None and session.logon_type.is_interactive and root != "GLOBAL"
            root = ("\\Sessions\\1" if session_of else "") + _KERNEL[root]
        elif root.endswith(":") and root != "C:":
            drives = {} if session is None else session.drives
            if root not in drives:
                raise Refusal(Win32Error.PATH_NOT_FOUND, f"this logon session has no drive {root}")
            root = drives[root]
        return f"{root}{separator}{rest}"

    def tree(self, path: str) -> ObjectTree:
        """The tree that a resolved path belongs to. Raises `Refusal` 3."""
        root = path.partition("\\")[0].upper()
        if root == "C:":
            return self.files
        if root == "HKLM":
            return self.local_machine
        if root == "HKU":
            return self.users
        raise Refusal(
            Win32Error.PATH_NOT_FOUND,
            rf"{path} leads nowhere: expected C:\..., HKLM\... or \\.\pipe\...",
        )

    def find(self, path: str, session: LogonSession | None = None) -> StoredObject:
        """The object at a path. Raises `Refusal` 2 or 3 where there is nothing."""
        path = self.resolve(path, session)
        if path.lower().startswith("\\\\.\\pipe\\"):
            found: StoredObject | None = self.pipes.get(path.lower())
        elif path.startswith("\\"):
            found = self.kernel.get(path.lower())
        else:
            found = self.tree(path).find(path)
        if found is None:
            raise Refusal(Win32Error.FILE_NOT_FOUND, f"{path} does not exist")
        return found

    def add_pipe(self, pipe: NamedPipe) -> NamedPipe:
        """A pipe that is served from now on. Raises `Refusal` 5 if another process serves it already."""
        known = self.pipes.get(pipe.name.lower())
        if known is not None and known.server is not pipe.server:
            raise AccessDenied(f"{pipe.name} is served by another process")
        self.pipes[pipe.name.lower()] = pipe
        return pipe

    def add_service(self, name: str, image: str, account: str) -> Service:
        """A service that is there from now on, with the descriptor that Windows gives a new one."""
        self.services[name] = default_objects.new_service(name, image, account)
        return self.services[name]

    def service(self, name: str) -> Service:
        """The service with this name. Raises `Refusal` 1060."""
        for known, service in self.services.items():
            if known.lower() == name.lower():
                return service
        raise Refusal(Win32Error.SERVICE_DOES_NOT_EXIST, f"there is no service {name}")
