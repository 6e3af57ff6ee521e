"""The rights to kernel objects with a name: semaphores, sections, window stations, desktops.

"Synchronization Object Security and Access Rights", "File Mapping Security and Access Rights", "Window
Station Security and Access Rights" and "Desktop Security and Access Rights" on Microsoft Learn. Generic
rights: the last two pages, which are about what belongs to the person at the machine; of the others Wine's
tests of handles, which run on real Windows.
"""

from __future__ import annotations

from tokenlab.values.access_mask import AccessRights, GenericMapping, ObjectType


class SemaphoreRights(AccessRights):
    """Rights to a semaphore."""

    QUERY_STATE = 0x0001
    MODIFY_STATE = 0x0002
    DELETE = 0x00010000
    READ_CONTROL = 0x00020000
    WRITE_DAC = 0x00040000
    WRITE_OWNER = 0x00080000
    SYNCHRONIZE = 0x00100000
    ACCESS_SYSTEM_SECURITY = 0x01000000
    MAXIMUM_ALLOWED = 0x02000000
    GENERIC_ALL = 0x10000000
    GENERIC_EXECUTE = 0x20000000
    GENERIC_WRITE = 0x40000000
    GENERIC_READ = 0x80000000
    ALL_ACCESS = 0x001F0003


class SectionRights(AccessRights):
    """Rights to a section: memory that several processes can map (``CreateFileMapping``)."""

    QUERY = 0x0001
    MAP_WRITE = 0x0002
    MAP_READ = 0x0004
    MAP_EXECUTE = 0x0008
    EXTEND_SIZE = 0x0010
    DELETE = 0x00010000
    READ_CONTROL = 0x00020000
    WRITE_DAC = 0x00040000
    WRITE_OWNER = 0x00080000
    ACCESS_SYSTEM_SECURITY = 0x01000000
    MAXIMUM_ALLOWED = 0x02000000
    GENERIC_ALL = 0x10000000
    GENERIC_EXECUTE = 0x20000000
    GENERIC_WRITE = 0x40000000
    GENERIC_READ = 0x80000000
    ALL_ACCESS = 0x000F001F


class WindowStationRights(AccessRights):
    """Rights to a window station: a clipboard and some desktops. ``WinSta0`` is the one with a screen."""

    ENUMDESKTOPS = 0x0001
    READATTRIBUTES = 0x0002
    ACCESSCLIPBOARD = 0x0004
    CREATEDESKTOP = 0x0008
    WRITEATTRIBUTES = 0x0010
    ACCESSGLOBALATOMS = 0x0020
    EXITWINDOWS = 0x0040
    ENUMERATE = 0x0100
    READSCREEN = 0x0200
    DELETE = 0x00010000
    READ_CONTROL = 0x00020000
    WRITE_DAC = 0x00040000
    WRITE_OWNER = 0x00080000
    ACCESS_SYSTEM_SECURITY = 0x01000000
    MAXIMUM_ALLOWED = 0x02000000
    GENERIC_ALL = 0x10000000
    GENERIC_EXECUTE = 0x20000000
    GENERIC_WRITE = 0x40000000
    GENERIC_READ = 0x80000000
    ALL_ACCESS = 0x000F037F


class DesktopRights(AccessRights):
    """Rights to a desktop: windows, menus and hooks."""

    READOBJECTS = 0x0001
    CREATEWINDOW = 0x0002
    CREATEMENU = 0x0004
    HOOKCONTROL = 0x0008
    JOURNALRECORD = 0x0010
    JOURNALPLAYBACK = 0x0020
    ENUMERATE = 0x0040
    WRITEOBJECTS = 0x0080
    SWITCHDESKTOP = 0x0100
    DELETE = 0x00010000
    READ_CONTROL = 0x00020000
    WRITE_DAC = 0x00040000
    WRITE_OWNER = 0x00080000
    ACCESS_SYSTEM_SECURITY = 0x01000000
    MAXIMUM_ALLOWED = 0x02000000
    GENERIC_ALL = 0x10000000
    GENERIC_EXECUTE = 0x20000000
    GENERIC_WRITE = 0x40000000
    GENERIC_READ = 0x80000000
    ALL_ACCESS = 0x000F01FF


SEMAPHORE = ObjectType("semaphore", SemaphoreRights, GenericMapping(0x20001, 0x20002, 0x120000, 0x1F0003))
SECTION = ObjectType("section", SectionRights, GenericMapping(0x20005, 0x20002, 0x20008, 0xF001F))
WINDOW_STATION = ObjectType(
    "window station", WindowStationRights, GenericMapping(0x20303, 0x2001C, 0x20060, 0xF037F)
)
DESKTOP = ObjectType("desktop", DesktopRights, GenericMapping(0x20041, 0x200BE, 0x20100, 0xF01FF))
