"""The rules of the access check: one table, in the order in which the check comes to them.

What a rule does, the reason code that Windows gives it, the gate of the pictures that it belongs to, and the
sentences in which it is told: all that anybody says about a rule is said here.
"""

from __future__ import annotations

from enum import Enum, IntEnum, auto


class ReasonCode(IntEnum):
    """Why a right was granted or not, as events 4656 and 5145 number it, with its words."""

    words: str

    def __new__(cls, number: int, words: str) -> ReasonCode:
        code = int.__new__(cls, number)
        code._value_ = number
        code.words = words
        return code

    GRANTED_BY = 1801, "granted by {}"
    DENIED_BY = 1802, "denied by {}"
    DENIED_BY_INTEGRITY = 1803, "denied by the integrity check"
    GRANTED_BY_OWNERSHIP = 1804, "granted by ownership"
    NOT_GRANTED = 1805, "not granted"
    GRANTED_BY_NULL_DACL = 1806, "granted: there is no DACL"
    DENIED_BY_EMPTY_DACL = 1807, "denied: the DACL is empty"
    MISSING_PRIVILEGE = 1810, "not granted: {} is missing or disabled"
    GRANTED_BY_PARENT = 1811, "granted by the parent folder's {}"
    NOT_GRANTED_BY_CENTRAL_RULE = 1814, "not granted by a rule of the central access policy"
    NOT_GRANTED_TO_APPS = 1830, "not granted to apps: there is no DACL that names them"


class Effect(Enum):
    """What a rule does to the rights that it is about."""

    GRANTS = auto()
    REFUSES = auto()
    ASKS_AGAIN = auto()
    """Takes back what was granted so far: a further pass must grant it once more."""
    LEAVES = auto()
    """Neither: nothing granted them."""


_C, _E = ReasonCode, Effect


class Rule(Enum):
    """What decides, or is passed by, in a step of the check.

    ``gate`` and ``heading`` are what pictures and tables call it. ``sentence`` is filled in with the
    `CheckStep` that it tells; ``idle`` takes its place where the rule decided no right.
    """

    def __init__(
        self, code: ReasonCode, effect: Effect, gate: str, heading: str, sentence: str, idle: str = ""
    ) -> None:
        self.code = code
        self.effect = effect
        self.gate = gate
        self.heading = heading
        self.sentence = sentence
        self.idle = idle or sentence

    PARENT = (
        _C.GRANTED_BY_PARENT,
        _E.GRANTS,
        "Parent folder",
        "Parent folder",
        "Parent folder: its {0.by} gives {0.words}.",
    )
    TRUST = (
        _C.NOT_GRANTED,
        _E.REFUSES,
        "Trust label",
        "Trust label",
        "Trust label {0.by}: the token is less trusted. Refused before all else: {0.words}.",
    )
    FILTER = (
        _C.NOT_GRANTED,
        _E.REFUSES,
        "Access filter",
        "Access filter",
        "Access filter: {0.by}. Refused before the DACL is read: {0.words}.",
    )
    INTEGRITY = (
        _C.DENIED_BY_INTEGRITY,
        _E.REFUSES,
        "Integrity",
        "Integrity",
        "Integrity: {0.level} is below {0.label}, and the label says {0.policy}. "
        "Refused before the DACL is read: {0.words}.",
    )
    PRIVILEGE = (
        _C.GRANTED_BY,
        _E.GRANTS,
        "Privileges",
        "Privilege",
        "Privilege: {0.by} is enabled and gives {0.words}.",
    )
    PRIVILEGE_MISSING = (
        _C.MISSING_PRIVILEGE,
        _E.REFUSES,
        "Privileges",
        "Privilege",
        "Privilege: {0.words} needs {0.by}, enabled. No ACE can give it.",
    )
    OWNERSHIP = (
        _C.GRANTED_BY_OWNERSHIP,
        _E.GRANTS,
        "Owner",
        "Owner",
        "Owner: the token holds {0.owner}; an owner has {0.words}.",
    )
    NO_DACL = (
        _C.GRANTED_BY_NULL_DACL,
        _E.GRANTS,
        "DACL",
        "DACL",
        "No DACL: everybody gets everything, so also {0.words}.",
    )
    NOT_FOR_APPS = (
        _C.NOT_GRANTED_TO_APPS,
        _E.REFUSES,
        "DACL",
        "DACL",
        "No DACL: everybody gets everything, but no app gets {0.words}.",
    )
    ACE_PASSED_BY = (
        _C.NOT_GRANTED,
        _E.LEAVES,
        "DACL",
        "ACE",
        "passed by, because {0.why_passed_by}.",
    )
    ACE_ALLOWS = (
        _C.GRANTED_BY,
        _E.GRANTS,
        "DACL",
        "ACE",
        "{0.trustee} matches; the ACE allows {0.words}.{0.its_condition}",
        "{0.trustee} matches, but each right that the ACE allows is already decided or was not asked for."
        "{0.its_condition}",
    )
    ACE_DENIES = (
        _C.DENIED_BY,
        _E.REFUSES,
        "DACL",
        "ACE",
        "{0.trustee} matches; the ACE denies {0.words}.{0.its_condition}",
        "{0.trustee} matches, but each right that the ACE denies is already decided or was not asked for."
        "{0.its_condition}",
    )
    SECOND_PASS = (
        _C.NOT_GRANTED,
        _E.ASKS_AGAIN,
        "DACL",
        "Second pass",
        "The token is restricted: a second pass, in which only its restricting SIDs count, must grant again "
        "{0.words}.",
    )
    PACKAGE_PASS = (
        _C.NOT_GRANTED,
        _E.ASKS_AGAIN,
        "DACL",
        "App's pass",
        "The token is an app's: a pass in which only its package and capabilities count must grant again "
        "{0.words}.",
    )
    EMPTY_DACL = (
        _C.DENIED_BY_EMPTY_DACL,
        _E.LEAVES,
        "DACL",
        "DACL",
        "The DACL is empty: nobody gets {0.words}.",
    )
    NOTHING_GRANTS = (
        _C.NOT_GRANTED,
        _E.LEAVES,
        "DACL",
        "End of DACL",
        "The walk is over; what nothing granted: {0.words}.",
    )
    CENTRAL_RULE = (
        _C.NOT_GRANTED_BY_CENTRAL_RULE,
        _E.REFUSES,
        "Central rule",
        "Central rule",
        "Central access rule {0.by!r}: it does not grant {0.words}.",
        "Central access rule {0.by!r}: it grants all that is granted so far.",
    )
