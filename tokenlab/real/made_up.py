"""SIDs for what a text names but does not show: marked, so that nobody takes them for real.

They lie below S-1-5-21-0-0-0, a domain that nobody has, and their names say so.
"""

from __future__ import annotations

import re

from tokenlab.values import Sid

DOMAIN = "S-1-5-21-0-0-0"
_FIRST_RID = 900_001  # far above what is the same in every domain
_LONGEST = 200  # letters; no SID is longer
_HIDDEN = re.compile(r"S-1-(?:5|12|15)-[^\s\"|;,]*[^-\d\s][^\s\"|;,]*")


class MadeUpSids:
    """The same SID for the same name or hidden SID; `names` has the names of all."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._of: dict[object, Sid] = {}

    def sid(self, name: str, key: object = None, rid: int | None = None) -> Sid:
        """A SID for this name, which is told with a mark. ``rid`` is taken if the text shows it."""
        key = name.casefold() if key is None else key
        if key not in self._of:
            number = _FIRST_RID + len(self._of) if rid is None else rid
            found = Sid(f"{DOMAIN}-{number}")
            if found in self.names:  # another hidden domain shows the same RID
                found = Sid(f"{DOMAIN}-{_FIRST_RID + len(self._of)}")
            self._of[key] = found
            self.names[found] = f"{name} (SID made up)"
        return self._of[key]


def is_hidden(text: str) -> bool:
    """True for a SID of which somebody hid a part: ``S-1-5-21-xx``, ``S-1-5-21-****-1001``."""
    return len(text) <= _LONGEST and _HIDDEN.fullmatch(text) is not None


def read_visible_rid(text: str) -> int | None:
    """The RID that a hidden SID still shows: 1001 of ``S-1-5-21-****-1001``."""
    last = text.rpartition("-")[2]
    return int(last) if last.isdecimal() and 3 <= len(last) <= 9 else None
