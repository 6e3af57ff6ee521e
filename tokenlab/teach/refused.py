"""A refusal that is expected: it is shown, and the notebook goes on."""

from __future__ import annotations

from types import TracebackType

from tokenlab.network import KerberosCode, KerberosError
from tokenlab.security import AccessDecision
from tokenlab.system import Refusal, Win32Error


class refused:  # read as a sentence: with refused(): ...
    """``with refused():`` prints Windows' answer to what is tried inside: a program's, or a controller's.

    Afterwards ``code`` is the error, ``reason`` the sentence, and ``decision`` the access check that said
    no, if one did. Raises AssertionError if nothing was refused: the lesson would tell an untruth.
    """

    code: Win32Error | KerberosCode
    reason: str
    decision: AccessDecision | None

    def __enter__(self) -> refused:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None:
            raise AssertionError("nothing was refused here")
        if not isinstance(error, Refusal | KerberosError):
            return False
        self.code, self.reason = error.code, error.reason
        self.decision = error.decision if isinstance(error, Refusal) else None
        print(f"Refused: {error}")
        return True
