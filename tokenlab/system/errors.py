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

    def __str__(self) -> str:
        return f"ERROR_{self.name}"


class Refusal(Exception):
    """Windows said no: the code, and the rule in a sentence."""

    def __init__(self, code: ErrorCode, reason: str, decision: AccessDecision | None = None) -> None:
        super().__init__(f"{code} ({code:d}): {visible(reason)}")
        self.code, self.reason, self.decision = code, reason, decision

    @property
    def win32_error(self) -> int:
        """What ``GetLastError`` returns."""
        return int(self.code)


class AccessDenied(Refusal):
    """Error 5: an access check refused. ``decision`` says which rule decided which right."""

    def __init__(self, reason: str, decision: AccessDecision | None = None) -> None:
        super().__init__(ErrorCode.ACCESS_DENIED, reason, decision)
