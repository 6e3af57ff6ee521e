"""An access control list: ACEs in the order in which they are read ([MS-DTYP] 2.4.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import OBJECT_ACE_TYPES

ACL_REVISION = 2
ACL_REVISION_DS = 4  # needed as soon as one ACE carries GUIDs


class _DerivedAcl:
    prepared: dict[object, Any]
    """What the access check worked out for this list, once."""


@dataclass(frozen=True, init=False)
class Acl(_DerivedAcl):
    """ACEs, first to last. Windows never sorts them: a deny below an allow stays below it.

    ``revision`` is 2, or 4 where an object ACE needs it; 0 (the default) chooses. ``slack`` are bytes
    behind the last ACE that belong to the list: Windows reserves 4 for ``(OA;...)`` that names no GUID.

    >>> from tokenlab import Ace
    >>> acl = Acl([Ace.deny("S-1-1-0", 0x2), Ace.allow("S-1-1-0", 0x3)])
    >>> print(acl[0], len(acl))
    (D;;DC;;;WD) 2
    """

    aces: tuple[Ace, ...]
    revision: int
    slack: bytes

    def __init__(self, aces: Iterable[Ace] = (), revision: int = 0, slack: bytes = b"") -> None:
        lines = tuple(aces)
        if not revision:
            objects = any(ace.type in OBJECT_ACE_TYPES for ace in lines)
            revision = ACL_REVISION_DS if objects else ACL_REVISION
        values = self.__dict__  # a frozen dataclass is filled once, here
        values["aces"] = lines
        values["revision"] = revision
        values["slack"] = slack
        values["prepared"] = {}

    def __iter__(self) -> Iterator[Ace]:
        return iter(self.aces)

    def __len__(self) -> int:
        return len(self.aces)

    def __getitem__(self, index: int) -> Ace:
        return self.aces[index]

    def __add__(self, more: Iterable[Ace]) -> Acl:
        return Acl((*self.aces, *more))

    def __str__(self) -> str:
        return "".join(map(str, self.aces))

    def __repr__(self) -> str:
        return f"Acl([{', '.join(map(repr, self.aces))}])"

    @property
    def is_canonical(self) -> bool:
        """True if explicit denies come first, explicit allows next, and inherited entries last.

        That is the order Windows' tools write; the check reads whatever order there is.
        """
        ranks = [2 if ace.inherited else 0 if ace.is_deny else 1 for ace in self.aces]
        return ranks == sorted(ranks)
