"""A refusal by Windows: no mistake of the learner, but an answer with a number.

The numbers are Win32 error codes ([MS-ERREF] 2.2); what ``GetLastError`` returns.
"""

from __future__ import annotations

from enum import IntEnum

from tokenlab.security import AccessDecision
from tokenlab.values.visible import visible


class ErrorCode(IntEnum):
    """Win32 error codes that the machine answers with."""

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
    ErrorCode.SUCCESS: "done",
    ErrorCode.FILE_NOT_FOUND: "no object has this name",
    ErrorCode.PATH_NOT_FOUND: "a folder on the way is missing",
    ErrorCode.ACCESS_DENIED: "an access check refused",
    ErrorCode.INVALID_HANDLE: "no open handle has this number",
    ErrorCode.ALREADY_ASSIGNED: "the drive letter is in use",
    ErrorCode.INVALID_PARAMETER: "an argument does not fit the call",
    ErrorCode.ALREADY_EXISTS: "an object has this name already",
    ErrorCode.CANT_ENABLE_DENY_ONLY: "a group that is deny only cannot be enabled",
    ErrorCode.ELEVATION_REQUIRED: "the program asks for the full token of an administrator",
    ErrorCode.NO_TOKEN: "the thread does not impersonate",
    ErrorCode.SERVICE_DOES_NOT_EXIST: "no service has this name",
    ErrorCode.SERVICE_EXISTS: "a service has this name already",
    ErrorCode.CANCELLED: "the user said no at the prompt",
    ErrorCode.NOT_ALL_ASSIGNED: "the call worked, but the token does not hold every privilege it named",
    ErrorCode.INVALID_OWNER: "the token may not give this SID as an owner",
    ErrorCode.INVALID_PRIMARY_GROUP: "the token may not give this SID as a primary group",
    ErrorCode.NO_IMPERSONATION_TOKEN: "an impersonation token was needed, and a primary one was given",
    ErrorCode.CANT_DISABLE_MANDATORY: "a mandatory group cannot be disabled",
    ErrorCode.NO_LOGON_SERVERS: "no domain controller answers",
    ErrorCode.NO_SUCH_LOGON_SESSION: "the logon session has ended, or has no such credentials",
    ErrorCode.NO_SUCH_PRIVILEGE: "no privilege has this name",
    ErrorCode.PRIVILEGE_NOT_HELD: "a privilege is missing, or disabled",
    ErrorCode.LOGON_FAILURE: "the name or the password is wrong",
    ErrorCode.ACCOUNT_RESTRICTION: "a rule of the account forbids this logon",
    ErrorCode.INVALID_LOGON_HOURS: "the account may not log on at this hour",
    ErrorCode.ACCOUNT_DISABLED: "the account is disabled",
    ErrorCode.INVALID_SECURITY_DESCR: "the security descriptor lacks a part that is needed",
    ErrorCode.BAD_IMPERSONATION_LEVEL: "the impersonation level is too low",
    ErrorCode.CANT_OPEN_ANONYMOUS: "a token of level Anonymous cannot be opened",
    ErrorCode.BAD_TOKEN_TYPE: "the call needs the other type of token",
    ErrorCode.CANNOT_IMPERSONATE: "nobody has sent anything through the pipe yet",
    ErrorCode.LOGON_NOT_GRANTED: "the account may not log on in this way here",
    ErrorCode.LOGON_TYPE_NOT_GRANTED: "the account lacks the right to this logon type here",
    ErrorCode.SOURCE_DOMAIN_IN_FOREST: "SID history: the source domain is in the same forest",
    ErrorCode.SRC_SID_EXISTS_IN_FOREST: "SID history: the forest has this SID already",
}


class Refusal(Exception):
    """Windows said no: the code, and the rule in a sentence.

    >>> print(Refusal(ErrorCode.LOGON_FAILURE, "the password is wrong"))
    ERROR_LOGON_FAILURE (1326): the password is wrong
    """

    def __init__(self, code: ErrorCode, reason: str, decision: AccessDecision | None = None) -> None:
        super().__init__(f"{code} ({code:d}): {visible(reason)}")
        self.code, self.reason, self.decision = code, reason, decision

    @property
    def win32_error(self) -> int:
        """What ``GetLastError`` returns."""
        return int(self.code)


class AccessDenied(Refusal):
    """Error 5: an access check refused. ``decision`` says which rule decided which right.

    >>> AccessDenied("an ACE denies").win32_error
    5
    """

    def __init__(self, reason: str, decision: AccessDecision | None = None) -> None:
        super().__init__(ErrorCode.ACCESS_DENIED, reason, decision)
