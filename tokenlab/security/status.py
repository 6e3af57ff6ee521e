"""What an access check and a machine answer with: an NTSTATUS, and the Win32 error it becomes.

Numbers: [MS-ERREF] 2.3.1 (NTSTATUS) and 2.2 (Win32 error codes). The kernel answers with the first;
``GetLastError`` shows the second, which is what people search the web for.
"""

from enum import IntEnum


class Win32Error(IntEnum):
    """What ``GetLastError`` returns ([MS-ERREF] 2.2): after an access check, or any other call."""

    SUCCESS = 0
    FILE_NOT_FOUND = 2
    PATH_NOT_FOUND = 3
    ACCESS_DENIED = 5
    INVALID_HANDLE = 6
    ALREADY_ASSIGNED = 85
    INVALID_PARAMETER = 87
    ALREADY_EXISTS = 183
    CANT_ENABLE_DENY_ONLY = 629
    ELEVATION_REQUIRED = 740
    NO_TOKEN = 1008
    SERVICE_DOES_NOT_EXIST = 1060
    SERVICE_EXISTS = 1073
    CANCELLED = 1223
    NOT_ALL_ASSIGNED = 1300
    INVALID_OWNER = 1307
    INVALID_PRIMARY_GROUP = 1308
    NO_IMPERSONATION_TOKEN = 1309
    CANT_DISABLE_MANDATORY = 1310
    NO_LOGON_SERVERS = 1311
    NO_SUCH_LOGON_SESSION = 1312
    NO_SUCH_PRIVILEGE = 1313
    PRIVILEGE_NOT_HELD = 1314
    LOGON_FAILURE = 1326
    ACCOUNT_RESTRICTION = 1327
    INVALID_LOGON_HOURS = 1328
    ACCOUNT_DISABLED = 1331
    INVALID_SECURITY_DESCR = 1338
    BAD_IMPERSONATION_LEVEL = 1346
    CANT_OPEN_ANONYMOUS = 1347
    BAD_TOKEN_TYPE = 1349
    GENERIC_NOT_MAPPED = 1360
    CANNOT_IMPERSONATE = 1368
    LOGON_NOT_GRANTED = 1380
    LOGON_TYPE_NOT_GRANTED = 1385
    SOURCE_DOMAIN_IN_FOREST = 8534
    SRC_SID_EXISTS_IN_FOREST = 8539

    @property
    def means(self) -> str:
        """The error in plain words."""
        return _MEANS[self]

    def __str__(self) -> str:
        return f"ERROR_{self.name}"


_MEANS = {
    Win32Error.SUCCESS: "done",
    Win32Error.FILE_NOT_FOUND: "no object has this name",
    Win32Error.PATH_NOT_FOUND: "a folder on the way is missing",
    Win32Error.ACCESS_DENIED: "an access check refused",
    Win32Error.INVALID_HANDLE: "no open handle has this number",
    Win32Error.ALREADY_ASSIGNED: "the drive letter is in use",
    Win32Error.INVALID_PARAMETER: "an argument does not fit the call",
    Win32Error.ALREADY_EXISTS: "an object has this name already",
    Win32Error.CANT_ENABLE_DENY_ONLY: "a group that is deny only cannot be enabled",
    Win32Error.ELEVATION_REQUIRED: "the program asks for the full token of an administrator",
    Win32Error.NO_TOKEN: "the thread does not impersonate",
    Win32Error.SERVICE_DOES_NOT_EXIST: "no service has this name",
    Win32Error.SERVICE_EXISTS: "a service has this name already",
    Win32Error.CANCELLED: "the user said no at the prompt",
    Win32Error.NOT_ALL_ASSIGNED: "the call worked, but the token does not hold every privilege it named",
    Win32Error.INVALID_OWNER: "the token may not give this SID as an owner",
    Win32Error.INVALID_PRIMARY_GROUP: "the token may not give this SID as a primary group",
    Win32Error.NO_IMPERSONATION_TOKEN: "an impersonation token was needed, and a primary one was given",
    Win32Error.CANT_DISABLE_MANDATORY: "a mandatory group cannot be disabled",
    Win32Error.NO_LOGON_SERVERS: "no domain controller answers",
    Win32Error.NO_SUCH_LOGON_SESSION: "the logon session has ended, or has no such credentials",
    Win32Error.NO_SUCH_PRIVILEGE: "no privilege has this name",
    Win32Error.PRIVILEGE_NOT_HELD: "a privilege is missing, or disabled",
    Win32Error.LOGON_FAILURE: "the name or the password is wrong",
    Win32Error.ACCOUNT_RESTRICTION: "a rule of the account forbids this logon",
    Win32Error.INVALID_LOGON_HOURS: "the account may not log on at this hour",
    Win32Error.ACCOUNT_DISABLED: "the account is disabled",
    Win32Error.INVALID_SECURITY_DESCR: "the security descriptor lacks a part that is needed",
    Win32Error.BAD_IMPERSONATION_LEVEL: "the impersonation level is too low",
    Win32Error.CANT_OPEN_ANONYMOUS: "a token of level Anonymous cannot be opened",
    Win32Error.BAD_TOKEN_TYPE: "the call needs the other type of token",
    Win32Error.GENERIC_NOT_MAPPED: "a generic bit was left that no right stands for",
    Win32Error.CANNOT_IMPERSONATE: "nobody has sent anything through the pipe yet",
    Win32Error.LOGON_NOT_GRANTED: "the account may not log on in this way here",
    Win32Error.LOGON_TYPE_NOT_GRANTED: "the account lacks the right to this logon type here",
    Win32Error.SOURCE_DOMAIN_IN_FOREST: "SID history: the source domain is in the same forest",
    Win32Error.SRC_SID_EXISTS_IN_FOREST: "SID history: the forest has this SID already",
}


class NtStatus(IntEnum):
    """What the kernel answers ([MS-ERREF] 2.3.1)."""

    SUCCESS = 0x00000000
    ACCESS_DENIED = 0xC0000022
    PRIVILEGE_NOT_HELD = 0xC0000061
    INVALID_SECURITY_DESCR = 0xC0000079
    GENERIC_NOT_MAPPED = 0xC00000E6

    @property
    def win32_error(self) -> Win32Error:
        """The same result as ``GetLastError`` tells it."""
        return Win32Error[self.name]

    def __str__(self) -> str:
        return "STATUS_" + self.name
