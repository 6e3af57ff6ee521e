"""What the words mean: SIDs, LUIDs, privileges, access masks."""

from tokenlab.values.luid import (
    ANONYMOUS_LUID,
    LOCAL_SERVICE_LUID,
    NETWORK_SERVICE_LUID,
    SYSTEM_LUID,
    Luid,
    LuidSource,
)
from tokenlab.values.privilege import PRIVILEGES, Privilege, PrivilegeAttributes
from tokenlab.values.rights import (
    ACCESS_SYSTEM_SECURITY,
    DIRECTORY,
    DIRECTORY_OBJECT,
    EVENT_LOG,
    FILE,
    GENERIC_ALL,
    GENERIC_EXECUTE,
    GENERIC_READ,
    GENERIC_WRITE,
    KEY,
    MAXIMUM_ALLOWED,
    OBJECT_TYPES,
    PIPE,
    PROCESS,
    SERVICE,
    SERVICE_MANAGER,
    SHARE,
    THREAD,
    TOKEN,
    AccessRights,
    DirectoryRights,
    DirectoryServiceRights,
    EventLogRights,
    FileRights,
    GenericMapping,
    KeyRights,
    ObjectType,
    PipeRights,
    ProcessRights,
    ServiceManagerRights,
    ServiceRights,
    ThreadRights,
    TokenRights,
)
from tokenlab.values.sid import IntegrityLevel, Sid, SidError

__all__ = [name for name in dir() if not name.startswith("_")]
