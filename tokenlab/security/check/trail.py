"""What an access check writes down while it decides.

One algorithm, and a record: a check that nobody wants explained writes into `UNRECORDED`, which stays empty.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, MutableSequence
from sys import maxsize
from typing import NamedTuple

from tokenlab.security.check.rule import Effect, Rule
from tokenlab.security.descriptor.ace import Ace


class ConditionPart(NamedTuple):
    """A condition, or a part of one, with its value: true, false, or None for unknown. ``because`` says what
    was found where it ends."""

    text: str
    value: bool | None
    parts: tuple[ConditionPart, ...] = ()
    because: str = ""

    @property
    def word(self) -> str:
        """``true``, ``false`` or ``unknown``."""
        return "unknown" if self.value is None else str(self.value).lower()

    def __str__(self) -> str:
        return f"{self.text} is {self.word}" + (f": {self.because}" if self.because else "")


Finding = tuple[Rule, int, int, Ace | ConditionPart | str | None]
"""What a check finds: the rule, the rights it decided, the place of the ACE in the DACL (or -1), and by what
else: an ACE that is not in the DACL, a condition with its value, the name of a privilege or of a rule."""
NO_PLACE = -1  # of a finding that is about no ACE of the DACL
READ_TO_THE_END: Finding = (Rule.ACE_PASSED_BY, 0, maxsize, None)
"""A pass came to the end of the DACL."""

Record = MutableSequence[Finding]
UNRECORDED: Record = deque(maxlen=0)
"""For a check that nobody wants explained: whatever is written into it, it stays empty."""


def complete(record: Iterable[Finding], aces: int) -> Iterator[Finding]:
    """The findings with what they imply: the ACEs between them matched nothing, and at the end nothing
    granted what no rule had refused or left."""
    read = refused = 0
    for finding in record:
        rule, rights, place, by = finding
        for passed_by in range(read, min(place, aces)):
            yield Rule.ACE_PASSED_BY, 0, passed_by, None
        read = place + 1
        if rule is Rule.NOTHING_GRANTS:
            if rights & ~refused or not refused:
                yield rule, rights & ~refused, place, by
        elif place < aces:
            yield finding
        if rule.effect in (Effect.REFUSES, Effect.LEAVES):
            refused |= rights
