"""Restricted and write-restricted tokens: a second yes is needed. D: Microsoft documents it; F: Forshaw."""

from typing import NamedTuple

USER = "S-1-5-21-1-2-3-1000"
STAFF = "S-1-5-21-1-2-3-3000"
EVERYONE, USERS, WRITE_RESTRICTED = "S-1-1-0", "S-1-5-32-545", "S-1-5-33"

GRANTED_BY, NOT_GRANTED, NULL_DACL, EMPTY_DACL = 1801, 1805, 1806, 1807


class Case(NamedTuple):
    """Who (arguments of SecurityContext), to what (SDDL), wanting what, gets what, and why."""

    name: str
    token: dict
    sddl: str
    desired: int
    granted: bool
    reasons: dict  # right -> reason code
    source: str
    kind: str = "file"
    more: tuple = ()  # other arguments of access_check, as pairs


def who(*groups, **more):
    return {"user": USER, "groups": (EVERYONE, *groups), **more}


CASES = [
    Case(
        "a restricted token needs a second yes",
        who(USERS, restricted_sids=[EVERYONE]),
        "O:SYG:SYD:(A;;FA;;;BU)",
        0x1,
        False,
        {0x1: NOT_GRANTED},
        "[MS-DTYP] 2.5.3.2, D",
    ),
    Case(
        "and gets it from lines for its restricting SIDs",
        who(USERS, restricted_sids=[EVERYONE]),
        "O:SYG:SYD:(A;;FA;;;BU)(A;;FR;;;WD)",
        0x1,
        True,
        {0x1: GRANTED_BY},
        "[MS-DTYP] 2.5.3.2, D",
    ),
    Case(
        "restricting SIDs alone give nothing",
        who(restricted_sids=[STAFF]),
        f"O:SYG:SYD:(A;;FA;;;{STAFF})",
        0x1,
        False,
        {0x1: NOT_GRANTED},
        "[MS-DTYP] 2.5.3.2, D",
    ),
    Case(
        "a restricted owner is no owner unless restricted to himself",
        who(restricted_sids=[EVERYONE]),
        f"O:{USER}G:SYD:",
        0x40000,
        False,
        {0x40000: EMPTY_DACL},
        "WSI ch. 7, F",
    ),
    Case(
        "a NULL DACL passes both passes",
        who(restricted_sids=[STAFF]),
        "O:SYG:SYD:NO_ACCESS_CONTROL",
        0x1,
        True,
        {0x1: NULL_DACL},
        "WSI ch. 7, F",
    ),
    Case(
        "a write-restricted token reads by its groups",
        who(USERS, restricted_sids=[WRITE_RESTRICTED], write_restricted=True),
        "O:SYG:SYD:(A;;FA;;;BU)",
        0x1,
        True,
        {0x1: GRANTED_BY},
        "WSI ch. 7, F",
    ),
    Case(
        "and writes only with a second yes",
        who(USERS, restricted_sids=[WRITE_RESTRICTED], write_restricted=True),
        "O:SYG:SYD:(A;;FA;;;BU)",
        0x2,
        False,
        {0x2: NOT_GRANTED},
        "WSI ch. 7, F",
    ),
]
