"""The rights to files, keys, processes, services and their like, and what generic rights stand for there.

Names and numbers: winnt.h, winsvc.h, evntprov/evt headers; for directory objects [MS-ADTS] 5.1.3.2. What one
right of a process or thread brings along: "Process Security and Access Rights", "Thread Security and Access
Rights"; Wine's tests of handles, which run on real Windows.
"""

from __future__ import annotations

from tokenlab.values.access_mask import AccessRights, GenericMapping, ObjectType
from tokenlab.values.kernel_rights import DESKTOP, SECTION, SEMAPHORE, WINDOW_STATION
from tokenlab.values.service_object_rights import COM_APPLICATION, PRINTER, TASK, WMI_NAMESPACE


class FileRights(AccessRights):
    """Rights to a file ("File Access Rights Constants"; "File Security and Access Rights").

    >>> FileRights.READ_DATA | FileRights.WRITE_DATA
    FileRights.READ_DATA | FileRights.WRITE_DATA
    >>> hex(FileRights.ALL_ACCESS)
    '0x1f01ff'
    """

    READ_DATA = 0x0001
    WRITE_DATA = 0x0002
    APPEND_DATA = 0x0004
    READ_EA = 0x0008
    WRITE_EA = 0x0010
    EXECUTE_FILE = 0x0020
    DELETE_CHILD = 0x0040
    READ_ATTRIBUTES = 0x0080
    WRITE_ATTRIBUTES = 0x0100
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
    READ = 0x00120089
    WRITE = 0x00120116
    EXECUTE = 0x001200A0
    MODIFY = 0x001301BF
    ALL_ACCESS = 0x001F01FF


class DirectoryRights(AccessRights):
    """The same bits, as a folder understands them."""

    LIST_DIRECTORY = 0x0001
    ADD_FILE = 0x0002
    ADD_SUBDIRECTORY = 0x0004
    READ_EA = 0x0008
    WRITE_EA = 0x0010
    TRAVERSE = 0x0020
    DELETE_CHILD = 0x0040
    READ_ATTRIBUTES = 0x0080
    WRITE_ATTRIBUTES = 0x0100
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
    READ = 0x00120089
    WRITE = 0x00120116
    EXECUTE = 0x001200A0
    ALL_ACCESS = 0x001F01FF


class PipeRights(AccessRights):
    """The same bits, as a named pipe understands them."""

    READ_DATA = 0x0001
    WRITE_DATA = 0x0002
    CREATE_PIPE_INSTANCE = 0x0004
    READ_EA = 0x0008
    WRITE_EA = 0x0010
    READ_ATTRIBUTES = 0x0080
    WRITE_ATTRIBUTES = 0x0100
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
    ALL_ACCESS = 0x001F01FF


class KeyRights(AccessRights):
    """Rights to a registry key ("Registry Key Security and Access Rights").

    >>> hex(KeyRights.QUERY_VALUE | KeyRights.SET_VALUE)
    '0x3'
    """

    QUERY_VALUE = 0x0001
    SET_VALUE = 0x0002
    CREATE_SUB_KEY = 0x0004
    ENUMERATE_SUB_KEYS = 0x0008
    NOTIFY = 0x0010
    CREATE_LINK = 0x0020
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
    READ = 0x00020019
    WRITE = 0x00020006
    ALL_ACCESS = 0x000F003F


class ProcessRights(AccessRights):
    """Rights to a process ("Process Security and Access Rights").

    >>> hex(ProcessRights.VM_READ)
    '0x10'
    """

    TERMINATE = 0x0001
    CREATE_THREAD = 0x0002
    SET_SESSIONID = 0x0004
    VM_OPERATION = 0x0008
    VM_READ = 0x0010
    VM_WRITE = 0x0020
    DUP_HANDLE = 0x0040
    CREATE_PROCESS = 0x0080
    SET_QUOTA = 0x0100
    SET_INFORMATION = 0x0200
    QUERY_INFORMATION = 0x0400
    SUSPEND_RESUME = 0x0800
    QUERY_LIMITED_INFORMATION = 0x1000
    SET_LIMITED_INFORMATION = 0x2000
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
    ALL_ACCESS = 0x001FFFFF


class ThreadRights(AccessRights):
    """Rights to a thread."""

    TERMINATE = 0x0001
    SUSPEND_RESUME = 0x0002
    ALERT = 0x0004
    GET_CONTEXT = 0x0008
    SET_CONTEXT = 0x0010
    SET_INFORMATION = 0x0020
    QUERY_INFORMATION = 0x0040
    SET_THREAD_TOKEN = 0x0080
    IMPERSONATE = 0x0100
    DIRECT_IMPERSONATION = 0x0200
    SET_LIMITED_INFORMATION = 0x0400
    QUERY_LIMITED_INFORMATION = 0x0800
    RESUME = 0x1000
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
    ALL_ACCESS = 0x001FFFFF


class TokenRights(AccessRights):
    """Rights to an access token, which is an object too ("Access Rights for Access-Token Objects").

    >>> TokenRights(0xA)
    TokenRights.DUPLICATE | TokenRights.QUERY
    """

    ASSIGN_PRIMARY = 0x0001
    DUPLICATE = 0x0002
    IMPERSONATE = 0x0004
    QUERY = 0x0008
    QUERY_SOURCE = 0x0010
    ADJUST_PRIVILEGES = 0x0020
    ADJUST_GROUPS = 0x0040
    ADJUST_DEFAULT = 0x0080
    ADJUST_SESSIONID = 0x0100
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


class ServiceRights(AccessRights):
    """Rights to a service."""

    QUERY_CONFIG = 0x0001
    CHANGE_CONFIG = 0x0002
    QUERY_STATUS = 0x0004
    ENUMERATE_DEPENDENTS = 0x0008
    START = 0x0010
    STOP = 0x0020
    PAUSE_CONTINUE = 0x0040
    INTERROGATE = 0x0080
    USER_DEFINED_CONTROL = 0x0100
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


class ServiceManagerRights(AccessRights):
    """Rights to the service control manager."""

    CONNECT = 0x0001
    CREATE_SERVICE = 0x0002
    ENUMERATE_SERVICE = 0x0004
    LOCK = 0x0008
    QUERY_LOCK_STATUS = 0x0010
    MODIFY_BOOT_CONFIG = 0x0020
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
    ALL_ACCESS = 0x000F003F


class DirectoryServiceRights(AccessRights):
    """Rights to an object of Active Directory ([MS-ADTS] 5.1.3.2).

    >>> hex(DirectoryServiceRights.CONTROL_ACCESS)
    '0x100'
    """

    CREATE_CHILD = 0x0001
    DELETE_CHILD = 0x0002
    LIST_CHILDREN = 0x0004
    SELF_WRITE = 0x0008
    READ_PROPERTY = 0x0010
    WRITE_PROPERTY = 0x0020
    DELETE_TREE = 0x0040
    LIST_OBJECT = 0x0080
    CONTROL_ACCESS = 0x0100
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


class EventLogRights(AccessRights):
    """Rights to a channel of the event log ("Eventlog Key", CustomSD, on Microsoft Learn)."""

    READ_EVENTS = 0x0001
    WRITE_EVENTS = 0x0002
    CLEAR = 0x0004
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
    ALL_ACCESS = 0x000F0007


_FILE_MAPPING = GenericMapping(0x120089, 0x120116, 0x1200A0, 0x1F01FF)

FILE = ObjectType("file", FileRights, _FILE_MAPPING)
DIRECTORY = ObjectType("folder", DirectoryRights, _FILE_MAPPING)
SHARE = ObjectType("share", FileRights, _FILE_MAPPING)
PIPE = ObjectType("pipe", PipeRights, _FILE_MAPPING)
KEY = ObjectType("key", KeyRights, GenericMapping(0x20019, 0x20006, 0x20019, 0xF003F))
PROCESS = ObjectType(
    "process",
    ProcessRights,
    GenericMapping(0x20410, 0x20BEA, 0x121001, 0x1FFFFF),
    brings=(
        (ProcessRights.QUERY_INFORMATION, ProcessRights.QUERY_LIMITED_INFORMATION),
        (ProcessRights.SET_INFORMATION, ProcessRights.SET_LIMITED_INFORMATION),
        (ProcessRights.VM_OPERATION | ProcessRights.VM_WRITE, ProcessRights.QUERY_LIMITED_INFORMATION),
    ),
)
THREAD = ObjectType(
    "thread",
    ThreadRights,
    GenericMapping(0x20048, 0x20437, 0x121800, 0x1FFFFF),
    brings=(
        (ThreadRights.QUERY_INFORMATION, ThreadRights.QUERY_LIMITED_INFORMATION),
        (ThreadRights.SET_INFORMATION, ThreadRights.SET_LIMITED_INFORMATION),
    ),
)
TOKEN = ObjectType("token", TokenRights, GenericMapping(0x2001A, 0x201E0, 0x20005, 0xF01FF))
SERVICE = ObjectType("service", ServiceRights, GenericMapping(0x2008D, 0x20002, 0x20170, 0xF01FF))
SERVICE_MANAGER = ObjectType(
    "service manager", ServiceManagerRights, GenericMapping(0x20014, 0x20022, 0x20009, 0xF003F)
)
DIRECTORY_OBJECT = ObjectType(
    "directory object", DirectoryServiceRights, GenericMapping(0x20094, 0x20028, 0x20004, 0xF01FF)
)
EVENT_LOG = ObjectType("event log", EventLogRights, GenericMapping(0x1, 0x2, 0x0, 0xF0007))

OBJECT_TYPES = {
    kind.name: kind
    for kind in (
        FILE,
        DIRECTORY,
        KEY,
        PROCESS,
        THREAD,
        TOKEN,
        SERVICE,
        SERVICE_MANAGER,
        PIPE,
        SHARE,
        DIRECTORY_OBJECT,
        EVENT_LOG,
        SEMAPHORE,
        SECTION,
        WINDOW_STATION,
        DESKTOP,
        WMI_NAMESPACE,
        PRINTER,
        COM_APPLICATION,
        TASK,
    )
}
