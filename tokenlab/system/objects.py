"""Things that can be opened: files, folders, registry keys, services, named pipes, kernel objects.

Whatever has a name, a type and a security descriptor is securable; processes, threads and tokens are too.
"Securable Objects" on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol

from tokenlab.security import SecurityDescriptor
from tokenlab.system.actors import RunningProcess
from tokenlab.values import (
    DESKTOP,
    DIRECTORY,
    FILE,
    KEY,
    PIPE,
    SECTION,
    SEMAPHORE,
    SERVICE,
    WINDOW_STATION,
    ObjectType,
)


class Securable(Protocol):
    """What a handle can point to: ``kind`` is what events call its type."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def object_type(self) -> ObjectType: ...
    @property
    def descriptor(self) -> SecurityDescriptor: ...
    @descriptor.setter
    def descriptor(self, descriptor: SecurityDescriptor) -> None: ...


class StoredObject:
    """An object that stays where it is when nobody uses it. ``parent`` is the folder or key that holds it."""

    kind: ClassVar[str]
    object_type: ClassVar[ObjectType]

    def __init__(self, name: str, descriptor: SecurityDescriptor, parent: Container | None = None) -> None:
        self.name, self.descriptor, self.parent = name, descriptor, parent
        if parent is not None:
            parent.children[name.rpartition("\\")[2].lower()] = self

    @property
    def folders_above(self) -> tuple[Container, ...]:
        """Everything that holds it, the root first."""
        above = self.parent
        return () if above is None else (*above.folders_above, above)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Container(StoredObject):
    """An object with others in it; ``leaf`` is the class of those that hold nothing themselves."""

    def __init__(self, name: str, descriptor: SecurityDescriptor, parent: Container | None = None) -> None:
        super().__init__(name, descriptor, parent)
        self.children: dict[str, StoredObject] = {}

    def __iter__(self) -> Iterator[StoredObject]:
        return iter(self.children.values())


class File(StoredObject):
    """A file and what is written in it."""

    kind, object_type = "File", FILE

    def __init__(self, name: str, descriptor: SecurityDescriptor, parent: Container | None = None) -> None:
        super().__init__(name, descriptor, parent)
        self.content = ""


class Folder(Container):
    """A directory."""

    kind, object_type = "File", DIRECTORY


class Key(Container):
    """A registry key and its values."""

    kind, object_type = "Key", KEY

    def __init__(self, name: str, descriptor: SecurityDescriptor, parent: Container | None = None) -> None:
        super().__init__(name, descriptor, parent)
        self.values: dict[str, str] = {}


class Service(StoredObject):
    """A Windows service: an image, and the account that it runs under.

    ``privileges`` are those that it asks for (``sc privs``): its process gets no others. None: all that its
    account has.
    """

    kind, object_type = "SERVICE OBJECT", SERVICE

    def __init__(self, name: str, descriptor: SecurityDescriptor, image: str, account: str) -> None:
        super().__init__(name, descriptor)
        self.image, self.account = image, account
        self.privileges: frozenset[str] | None = None


class NamedPipe(StoredObject):
    r"""A named pipe, ``\\.\pipe\spoolss``: a place where clients of this or another machine are served."""

    kind, object_type = "File", PIPE

    def __init__(
        self, name: str, descriptor: SecurityDescriptor, server: RunningProcess | None = None
    ) -> None:
        super().__init__(name, descriptor)
        self.server = server


class KernelObject(StoredObject):
    r"""A kernel object with a name; it is there as long as somebody holds a handle to it.

    ``Global\gate`` is for everybody on the machine, ``Local\gate`` for one session; window stations have
    desktops below. "Kernel object namespaces" on Microsoft Learn.
    """

    roots: ClassVar[tuple[str, ...]] = ("GLOBAL", "LOCAL")
    example: ClassVar[str] = r"Global\gate"


class Semaphore(KernelObject):
    """A counter that threads wait for."""

    kind, object_type = "Semaphore", SEMAPHORE


class Section(KernelObject):
    """Memory that several processes map (``CreateFileMapping``)."""

    kind, object_type = "Section", SECTION


class WindowStation(KernelObject):
    """A clipboard and some desktops; ``WinSta0`` is the one with screen and keyboard."""

    kind, object_type = "WindowStation", WINDOW_STATION
    roots, example = ("WINDOWSTATIONS",), r"WindowStations\WinSta0"


class Desktop(KernelObject):
    """Windows, menus and hooks; it belongs to a window station."""

    kind, object_type = "Desktop", DESKTOP
    roots, example = ("WINDOWSTATIONS",), r"WindowStations\WinSta0\Default"


class ObjectTree:
    r"""Objects under one root, by path: the files below ``C:``, the keys below ``HKLM``."""

    def __init__(self, root: Container, leaf: type[StoredObject], container: type[Container]) -> None:
        self.root, self.leaf, self.container = root, leaf, container

    def find(self, path: str) -> StoredObject | None:
        """The object at this path, whatever the case; None if there is none."""
        found: StoredObject | None = self.root
        for part in path.split("\\")[1:]:
            if part:
                found = found.children.get(part.lower()) if isinstance(found, Container) else None
        return found

    def __iter__(self) -> Iterator[StoredObject]:
        """Every object, a container before what it holds."""
        todo: list[StoredObject] = [self.root]
        while todo:
            yield (found := todo.pop(0))
            if isinstance(found, Container):
                todo[:0] = found
