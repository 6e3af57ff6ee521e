"""Parts of exercises about access checks: the model decides, the exercise asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tokenlab.security import AccessDecision, SecurityDescriptor
from tokenlab.security.check.flips import smallest_flip
from tokenlab.security.descriptor.sddl_reader import SddlError
from tokenlab.teach.answers import AnswerError
from tokenlab.teach.exercise import Choice
from tokenlab.teach.misconceptions import Misconception
from tokenlab.values import Sid

GRANTED, REFUSED = "granted", "refused"


def decided(
    name: str,
    prompt: str,
    decision: AccessDecision,
    belief: Misconception | None = None,
    points: int = 1,
) -> Choice:
    """``granted`` or ``refused``, as the decision says; ``belief`` is behind the other answer."""
    right, other = (GRANTED, REFUSED) if decision.granted else (REFUSED, GRANTED)
    wrong: Mapping[str, Misconception] = {other: belief} if belief else {}

    def flip() -> str:
        found = smallest_flip(decision)
        return str(found) if found else ""

    return Choice(name, prompt, (GRANTED, REFUSED), right, why(decision), wrong, flip, points)


def why(decision: AccessDecision) -> str:
    """What decided, in a sentence for each reason: ``READ_DATA: granted by ACE 2 ...``."""
    rights = decision.object_type.rights
    told: dict[str, int] = {}
    for bit, reason in decision.reasons.items():
        if decision.granted or not reason.granted:
            told[str(reason)] = told.get(str(reason), 0) | bit
    said = "; ".join(f"{rights(bits)!s}: {reason}" for reason, bits in told.items())
    return f"{GRANTED if decision.granted else REFUSED}. {said}" if said else str(decision.steps[-1].text)


def read_descriptor(owner: Sid | str) -> Any:
    """A reader of answers such as ``D:(A;;FR;;;BU)``: SDDL, with this owner and group where it names none."""

    def read(text: object) -> SecurityDescriptor:
        if type(text) is not str:
            raise AnswerError("expected SDDL as text, for example 'D:(A;;FR;;;BU)'")
        try:
            found = SecurityDescriptor.from_sddl(text.strip())
        except SddlError as wrong:
            raise AnswerError(f"this is no SDDL: {wrong}") from None
        owner_of = Sid(owner)
        return replace(found, owner=found.owner or owner_of, group=found.group or owner_of)

    return read
