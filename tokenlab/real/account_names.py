"""Names of accounts, as print-outs show them, back to SIDs.

What is the same on every machine is known, also in the languages of public print-outs. Others come from a
mapping or a token that is given; what stays unknown gets a SID that is made up, and marked.
"""

from __future__ import annotations

from collections.abc import Mapping

from tokenlab.real.made_up import MadeUpSids
from tokenlab.real.words import SERVICE_ACCOUNTS, without_accents
from tokenlab.security import SecurityContext
from tokenlab.values import Sid, SidError
from tokenlab.values.sid_names import NAMES

_TRANSLATED = {
    "S-1-1-0": r"jeder|tout le monde|todos",
    "S-1-3-0": r"ersteller-besitzer|createur proprietaire",
    "S-1-5-4": r"nt-autoritat\interaktiv|autorite nt\interactif",
    "S-1-5-6": r"nt-autoritat\dienst|autorite nt\service|nt authority\servicio",
    "S-1-5-11": r"nt-autoritat\authentifizierte benutzer|autorite nt\utilisateurs authentifies|"
    r"nt authority\usuarios autentificados",
    "S-1-5-32-544": r"vordefiniert\administratoren|builtin\administrateurs|builtin\administradores",
    "S-1-5-32-545": r"vordefiniert\benutzer|builtin\utilisateurs|builtin\usuarios",
}
_KNOWN: dict[str, Sid] = {
    **{without_accents(name): Sid(sid) for sid, name in NAMES.items()},
    **{name: Sid(sid) for sid, names in _TRANSLATED.items() for name in names.split("|")},
    **SERVICE_ACCOUNTS,
}

NameSource = Mapping[str, str] | SecurityContext | None
"""Where names come from: SIDs by name, or a token, which names its own."""


class AccountNames:
    """SIDs by name; ``made_up`` has those that nobody knows."""

    def __init__(self, source: NameSource = None) -> None:
        if isinstance(source, SecurityContext):
            source = {name: sid for sid, name in source.names.items()}
        self._given = {without_accents(name): Sid(sid) for name, sid in (source or {}).items()}
        self.made_up = MadeUpSids()
        self.missing: dict[str, Sid] = {}

    def find(self, name: str) -> Sid | None:
        """The SID of a name, which may be a SID itself, with or without icacls' ``*``; None if unknown."""
        if name.lstrip("*").startswith("S-1-"):
            try:
                return Sid(name.lstrip("*"))
            except SidError:
                return None
        plain = without_accents(name.strip())
        if plain in self._given:
            return self._given[plain]
        if plain in _KNOWN:
            return _KNOWN[plain]
        tail = [sid for other, sid in self._given.items() if other.rpartition("\\")[2] == plain]
        return tail[0] if len(tail) == 1 else None

    def sid(self, name: str) -> Sid:
        """The SID of a name, made up if need be."""
        found = self.find(name)
        if found is None:
            found = self.missing[name] = self.made_up.sid(name)
        return found

    def list_made_up(self) -> dict[str, str]:
        """The names of SIDs that were made up since `missing` was cleared, by SID."""
        return {sid: self.made_up.names[sid] for sid in self.missing.values()}

    def notes(self) -> list[str]:
        """What had to be made up."""
        return [
            f"{name!r} has no SID here: {sid}, made up, stands for it, so that no token matches. "
            f"Give it: names={{{name!r}: 'S-1-5-21-...'}}, or the token that holds it."
            for name, sid in self.missing.items()
        ]
