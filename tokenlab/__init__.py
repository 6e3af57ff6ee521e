"""How Windows decides who may do what, as a small machine in Python.

In reading order: the question and its answer, who asks, what is asked for, a machine that asks and is asked,
and `worlds`, which are ready-made. Everything that a lesson needs of the model besides stands in its own
package: `tokenlab.security`, `tokenlab.system`, `tokenlab.network` and so on, down to `tokenlab.values`.

>>> cosmo = SecurityContext("S-1-5-21-1-2-3-1104")
>>> memo = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")
>>> print(access_check(cosmo, memo, FileRights.WRITE_DATA))
1. Asked for WRITE_DATA (0x2).
2. ACE 1 (A;;FR;;;WD): passed by, because the token does not hold Everyone.
3. The walk is over; what nothing granted: WRITE_DATA (0x2).
4. Refused: STATUS_ACCESS_DENIED (Win32 error 5).

Two names are plain values. `MAXIMUM_ALLOWED` asks for as much as there is, and `OBJECT_TYPES` has the rights
to each type of object by its name:

>>> everyone = cosmo.with_group("S-1-1-0")
>>> print(FileRights(granted_access(everyone, memo, MAXIMUM_ALLOWED)))
READ_DATA | READ_EA | READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE
>>> OBJECT_TYPES["key"].rights(0x1)
KeyRights.QUERY_VALUE
"""

from typing import TYPE_CHECKING, Any

from tokenlab.security import (
    AccessDecision,
    Ace,
    Acl,
    SecurityContext,
    SecurityDescriptor,
    access_check,
    granted_access,
    new_object_descriptor,
)
from tokenlab.security.check.flips import smallest_flip
from tokenlab.security.check.survey import survey
from tokenlab.system import (
    AccessDenied,
    ImpersonationLevel,
    LogonType,
    Machine,
    Refusal,
    RestrictFlags,
    TokenType,
)
from tokenlab.values import (
    MAXIMUM_ALLOWED,
    OBJECT_TYPES,
    DirectoryServiceRights,
    FileRights,
    IntegrityLevel,
    KeyRights,
    Privilege,
    ProcessRights,
    Sid,
    TokenRights,
)

if TYPE_CHECKING:
    from tokenlab import worlds

__version__ = "1.0.0"

__all__ = [
    "access_check",
    "granted_access",
    "MAXIMUM_ALLOWED",
    "AccessDecision",
    "smallest_flip",
    "survey",
    "SecurityContext",
    "Sid",
    "Privilege",
    "IntegrityLevel",
    "SecurityDescriptor",
    "Acl",
    "Ace",
    "new_object_descriptor",
    "OBJECT_TYPES",
    "FileRights",
    "KeyRights",
    "ProcessRights",
    "TokenRights",
    "DirectoryServiceRights",
    "Machine",
    "LogonType",
    "TokenType",
    "ImpersonationLevel",
    "RestrictFlags",
    "Refusal",
    "AccessDenied",
    "worlds",
]


def __getattr__(name: str) -> Any:
    """`worlds` comes when it is first asked for: it brings the network along."""
    if name != "worlds":
        raise AttributeError(f"module 'tokenlab' has no attribute {name!r}")
    from importlib import import_module

    return import_module("tokenlab.worlds")
