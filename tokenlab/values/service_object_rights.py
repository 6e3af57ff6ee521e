"""The rights to what services keep and check themselves: WMI namespaces, printers, COM applications, tasks.

"Namespace Access Rights Constants" (wbemcli.h), [MS-RPRN] 2.2.3.1 (winspool.h), "Access Control Lists for
COM" (objbase.h) on Microsoft Learn. Of tasks [MS-TSCH] 3.2.5.4 says read, write and execute access; their
descriptors have masks of files. What generic rights stand for is documented for printers and files only.
"""

from __future__ import annotations

from tokenlab.values.access_mask import AccessRights, GenericMapping, ObjectType


class WmiNamespaceRights(AccessRights):
    """Rights to a WMI namespace, such as ``root\\cimv2``."""

    ENABLE = 0x0001
    METHOD_EXECUTE = 0x0002
    FULL_WRITE_REP = 0x0004
    PARTIAL_WRITE_REP = 0x0008
    WRITE_PROVIDER = 0x0010
    REMOTE_ACCESS = 0x0020
    RIGHT_SUBSCRIBE = 0x0040
    RIGHT_PUBLISH = 0x0080
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
    ALL_ACCESS = 0x0006003F


class PrinterRights(AccessRights):
    """Rights to a printer; two of them are for the jobs in its queue."""

    ADMINISTER = 0x0004
    USE = 0x0008
    JOB_ADMINISTER = 0x0010
    JOB_READ = 0x0020
    MANAGE_LIMITED = 0x0040
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
    ALL_ACCESS = 0x000F000C


class ComRights(AccessRights):
    """Rights to a COM application: to start and activate it, or to call it; from here, or from elsewhere.

    Launch permissions use all five, access permissions the first three. EXECUTE is in every ACE.
    """

    EXECUTE = 0x0001
    EXECUTE_LOCAL = 0x0002
    EXECUTE_REMOTE = 0x0004
    ACTIVATE_LOCAL = 0x0008
    ACTIVATE_REMOTE = 0x0010
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
    ALL_ACCESS = 0x0000001F


class TaskRights(AccessRights):
    """Rights to a scheduled task: those of a file, as the Task Scheduler understands them."""

    READ_DATA = 0x0001
    WRITE_DATA = 0x0002
    APPEND_DATA = 0x0004
    READ_EA = 0x0008
    WRITE_EA = 0x0010
    EXECUTE = 0x0020
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
    ALL_ACCESS = 0x001F01FF


WMI_NAMESPACE = ObjectType(
    "WMI namespace", WmiNamespaceRights, GenericMapping(0x20001, 0x2001C, 0x20002, 0x6003F)
)
PRINTER = ObjectType("printer", PrinterRights, GenericMapping(0x20008, 0x20008, 0x20008, 0xF000C))
COM_APPLICATION = ObjectType("COM application", ComRights, GenericMapping(0x1, 0x1, 0x1, 0x1F))
TASK = ObjectType("task", TaskRights, GenericMapping(0x120089, 0x120116, 0x1200A0, 0x1F01FF))
