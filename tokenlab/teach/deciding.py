"""Parts of exercises about access checks: the model decides, the exercise asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tokenlab.security import AccessDecision, SecurityDescriptor, access_check
from tokenlab.security.check.flips import smallest_flip
from tokenlab.security.check.rule import Rule
from tokenlab.security.descriptor.sddl_reader import SddlError
from tokenlab.teach.answers import AnswerError
from tokenlab.values import IntegrityLevel, Sid
from tokenlab.values.well_known import LOCAL_SYSTEM

NO_DACL, OWNER = "granted: there is no DACL", "granted: it is a right of the owner"
EMPTY, LABEL = "refused: the DACL is empty", "refused by the label"
SEVERAL, NOBODY = "granted by several ACEs", "refused: no ACE allows it"
PHRASES = {
    Rule.NO_DACL: NO_DACL,
    Rule.OWNERSHIP: OWNER,
    Rule.EMPTY_DACL: EMPTY,
    Rule.INTEGRITY: LABEL,
    Rule.NOTHING_GRANTS: NOBODY,
}


def outcome(decision: AccessDecision) -> str:
    """What decides, in a phrase: ``granted by ACE 2``, ``refused by the label``."""
    reasons = [one for one in decision.reasons.values() if one.granted is decision.granted]
    if decision.granted and len(set(reasons)) > 1:
        return SEVERAL
    reason = reasons[0]
    verdict = "granted" if decision.granted else "refused"
    return f"{verdict} by ACE {reason.place + 1}" if reason.place is not None else PHRASES[reason.rule]


def outcomes(aces: int) -> list[str]:
    """The phrases that can come of a DACL of so many ACEs."""
    by_ace = [
        f"{verdict} by ACE {place}" for verdict in ("granted", "refused") for place in range(1, aces + 1)
    ]
    return [*by_ace, LABEL, NOBODY]


def pose(decision: AccessDecision, prompt: str = "") -> dict[str, Any]:
    """The names of a part that asks what decides (`decision`, `beliefs`, `prompt`)."""
    return {"decision": decision, "beliefs": answer_by_belief(decision), "prompt": prompt}


def answer_by_belief(decision: AccessDecision) -> dict[str, str]:
    """Other outcomes, each with the belief from which it follows."""
    context, descriptor, right = decision.context, decision.descriptor, decision.desired
    found = dict(_believed_of_aces(decision))
    if descriptor.dacl is None or not len(descriptor.dacl):
        found |= {NO_DACL: "null-is-empty", EMPTY: "null-is-empty"}
    if descriptor.owner == context.user and not decision.granted:
        found[OWNER] = "owner-may-all"
    by_dacl = access_check(
        replace(context, integrity=IntegrityLevel.SYSTEM), descriptor.with_owner(LOCAL_SYSTEM), right
    )
    found[outcome(by_dacl)] = "dacl-is-all"
    found.pop(outcome(decision), None)
    return found


def _believed_of_aces(decision: AccessDecision) -> Iterator[tuple[str, str]]:
    refused_by_ace = outcome(decision).startswith("refused by ACE")
    for place, ace in enumerate(decision.descriptor.dacl or (), 1):
        names = ace.mask & decision.desired
        if ace.sid not in decision.context:
            belief = "other-peoples-lines" if names else ""
        elif ace.is_deny:
            belief = "deny-always-wins" if names else "rights-are-one"
        else:
            belief = "allow-beats-deny" if names == decision.desired and refused_by_ace else ""
        if belief:
            yield f"{'refused' if ace.is_deny else 'granted'} by ACE {place}", belief


def flip_of(decision: AccessDecision) -> str:
    """The smallest change that would have turned it round."""
    found = smallest_flip(decision)
    return str(found) if found else ""


def why(decision: AccessDecision) -> str:
    """What decided, in a sentence for each reason: ``READ_DATA: granted by ACE 2 ...``."""
    rights = decision.object_type.rights
    told: dict[str, int] = {}
    for bit, reason in decision.reasons.items():
        if decision.granted or not reason.granted:
            told[str(reason)] = told.get(str(reason), 0) | bit
    said = "; ".join(f"{rights(bits)!s}: {reason}" for reason, bits in told.items())
    return f"{'granted' if decision.granted else 'refused'}. {said}" if said else str(decision.steps[-1].text)


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
