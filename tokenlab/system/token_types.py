"""What kinds of tokens there are, and what an adjustment answers (winnt.h)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import NamedTuple

from tokenlab.system.errors import Win32Error


class TokenType(IntEnum):
    """``TOKEN_TYPE``: a primary token belongs to a process, an impersonation token to a thread.

    >>> TokenType(1), TokenType(2)
    (<TokenType.PRIMARY: 1>, <TokenType.IMPERSONATION: 2>)
    """

    PRIMARY = 1
    IMPERSONATION = 2


class ImpersonationLevel(IntEnum):
    """``SECURITY_IMPERSONATION_LEVEL``: how far a server may go with a client's token.

    >>> list(ImpersonationLevel)[2], ImpersonationLevel.IDENTIFICATION < ImpersonationLevel.IMPERSONATION
    (<ImpersonationLevel.IMPERSONATION: 2>, True)
    """

    ANONYMOUS = 0
    IDENTIFICATION = 1
    IMPERSONATION = 2
    DELEGATION = 3


class ElevationType(IntEnum):
    """``TOKEN_ELEVATION_TYPE``: whether UAC split this logon, and which half this is."""

    DEFAULT = 1
    FULL = 2
    LIMITED = 3


class RestrictFlags(IntFlag):
    """Flags of ``CreateRestrictedToken``.

    >>> RestrictFlags.LUA_TOKEN | RestrictFlags.WRITE_RESTRICTED
    <RestrictFlags.LUA_TOKEN|WRITE_RESTRICTED: 12>
    """

    DISABLE_MAX_PRIVILEGE = 0x1
    SANDBOX_INERT = 0x2
    LUA_TOKEN = 0x4
    WRITE_RESTRICTED = 0x8


class AdjustmentResult(NamedTuple):
    """What an adjustment did. It succeeds even where ``error`` is 1300: not all of it was possible."""

    previous: Mapping[str, int]
    error: Win32Error

    def __bool__(self) -> bool:
        """True if everything asked for was done: what callers forget to look at."""
        return self.error is Win32Error.SUCCESS
