"""Something that Windows may refuse: try it, and keep what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from tokenlab.network import KerberosError
from tokenlab.system import Refusal

Value = TypeVar("Value")


class AttemptResult(Generic[Value]):
    """What came of a try: true if it worked. ``str()`` is Windows' answer."""

    def __init__(self, value: Value | None, refusal: Refusal | KerberosError | None) -> None:
        self._value, self.refusal = value, refusal

    def __bool__(self) -> bool:
        return self.refusal is None

    @property
    def value(self) -> Value:
        """What it gave. Raises the `Refusal` if it was refused."""
        if self.refusal is not None:
            raise self.refusal
        return self._value  # type: ignore[return-value]

    @property
    def error(self) -> int | None:
        """The number of the refusal, a Win32 error or one of Kerberos; None if it worked."""
        return None if self.refusal is None else int(self.refusal.code)

    def __str__(self) -> str:
        return "It worked." if self.refusal is None else f"Refused: {self.refusal}"

    __repr__ = __str__


def attempt(act: Callable[[], Value]) -> AttemptResult[Value]:
    """Do it, and keep a `Refusal` or `KerberosError` instead of raising it; other errors are raised."""
    try:
        return AttemptResult(act(), None)
    except (Refusal, KerberosError) as refusal:
        return AttemptResult(None, refusal)
