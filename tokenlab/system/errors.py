"""A refusal by Windows: no mistake of the learner, but an answer with a number.

The numbers are Win32 error codes ([MS-ERREF] 2.2); what ``GetLastError`` returns.
"""

from __future__ import annotations

from tokenlab.security import AccessDecision
from tokenlab.security.status import Win32Error as Win32Error
from tokenlab.values.visible import make_visible


class Refusal(Exception):
    """Windows said no: the code, and the rule in a sentence.

    >>> print(Refusal(Win32Error.LOGON_FAILURE, "the password is wrong"))
    ERROR_LOGON_FAILURE (1326): the password is wrong
    """

    def __init__(self, code: Win32Error, reason: str, decision: AccessDecision | None = None) -> None:
        super().__init__(f"{code} ({code:d}): {make_visible(reason)}")
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
        super().__init__(Win32Error.ACCESS_DENIED, reason, decision)
