r"""What four tokens say: a plain user, one administrator before and after UAC, and the machine itself.

The people sit at the desk of ASTRO, where the model logged them on; tests compare the tokens with real ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tokenlab.security import SecurityContext
from tokenlab.system import Token
from tokenlab.values import Sid
from tokenlab.worlds.astro import ASTRO_SID, DESK, PASSWORDS, astro

DOMAIN_ADMINS = Sid(f"{ASTRO_SID}-512")
DOMAIN_USERS = Sid(f"{ASTRO_SID}-513")
DENIED_RODC_REPLICATION = Sid(f"{ASTRO_SID}-572")

_desk = astro().machine(DESK)
_cosmo, _nova = (_desk.log_on(rf"ASTRO\{name}", password) for name, password in PASSWORDS.items())


def _logon_sid(token: Token) -> Sid:
    assert token.session is not None and token.session.logon_sid is not None
    return token.session.logon_sid


def _full(token: Token) -> Token:
    """The elevated half, as LSA made it."""
    assert token.session is not None and token.session.linked is not None
    assert token.session.linked.first_token is not None
    return token.session.linked.first_token


COSMO_SID, COSMO_LOGON_SID = _cosmo.context.user, _logon_sid(_cosmo)
NOVA_SID, NOVA_LOGON_SID = _nova.context.user, _logon_sid(_nova)
NAMES: dict[str, str] = {**_cosmo.context.names, **_nova.context.names}


def name_of(sid: Sid | str) -> str:
    r"""The name of a SID in the domain ASTRO (``ASTRO\cosmo``) or on every Windows; else the SID itself."""
    sid = Sid(sid)
    return NAMES.get(sid) or sid.label


@dataclass(frozen=True)
class ReadyToken:
    """A context with a name, and a note on who would have it."""

    name: str
    context: SecurityContext
    note: str


def _ready(name: str, token: Token, note: str) -> ReadyToken:
    return ReadyToken(name, replace(token.context, names=NAMES), note)


COSMO = _ready(r"ASTRO\cosmo", _cosmo, "A plain user of the domain, logged on at the keyboard.")
NOVA_FILTERED = _ready(
    r"ASTRO\nova, filtered",
    _nova,
    "An administrator as UAC starts her programs: her powerful groups only deny, few privileges.",
)
NOVA_ELEVATED = _ready(
    r"ASTRO\nova, elevated",
    _full(_nova),
    "The same person after 'Run as administrator': most of her privileges are there, but disabled.",
)
SYSTEM = _ready(
    r"NT AUTHORITY\SYSTEM",
    _desk.system_token,
    "The machine itself: what a service that runs as LocalSystem holds.",
)

TOKENS: tuple[ReadyToken, ...] = (COSMO, NOVA_FILTERED, NOVA_ELEVATED, SYSTEM)
