"""Locally unique identifiers: 64 bits, unique on one machine until it restarts ([MS-DTYP] 2.3.7)."""

from __future__ import annotations


class Luid(int):
    """The name of a logon session or a token on one machine; printed in hex, as Windows does."""

    __slots__ = ()

    def __new__(cls, value: int) -> Luid:
        if not 0 <= value < 2**64:
            raise ValueError(f"{value} is not a LUID: expected 64 bits, for example 0x3e7 (SYSTEM's session)")
        return super().__new__(cls, value)

    def __str__(self) -> str:
        return f"{int(self):#x}"

    def __repr__(self) -> str:
        return f"Luid({int(self):#x})"


# Logon sessions with a fixed name (ntifs.h, [MS-DTYP] does not list them)
SYSTEM_LUID = Luid(0x3E7)
ANONYMOUS_LUID = Luid(0x3E6)
LOCAL_SERVICE_LUID = Luid(0x3E5)
NETWORK_SERVICE_LUID = Luid(0x3E4)


class LuidSource:
    """Hands out LUIDs, counting up from a fixed start, so that every run prints the same."""

    def __init__(self, start: int = 0x10000) -> None:
        self._next = start

    def next(self) -> Luid:
        """A LUID that this source has not given out before."""
        luid = Luid(self._next)
        self._next += 1
        return luid
