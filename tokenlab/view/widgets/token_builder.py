"""The token builder: put a context together, see its card, and take away the Python that makes it."""

from __future__ import annotations

from typing import Any

from tokenlab.security import SecurityContext
from tokenlab.values import IntegrityLevel
from tokenlab.values import well_known as known
from tokenlab.view import tables
from tokenlab.view.behaviour import Behaviour, TextBox
from tokenlab.view.markup import tag
from tokenlab.view.widgets import knobs
from tokenlab.worlds.tokens import COSMO_SID, DOMAIN_ADMINS, DOMAIN_USERS, NAMES, NOVA_SID

ABSENT, ENABLED, DENY_ONLY, DISABLED = "not there", "enabled", "deny only", "disabled"
_ATTRIBUTES = {ENABLED: 0x7, DENY_ONLY: 0x10, DISABLED: 0x0}
PRESENT = "present"

USERS = (
    (r"ASTRO\cosmo", str(COSMO_SID)),
    (r"ASTRO\nova", str(NOVA_SID)),
    (known.LOCAL_SYSTEM.label, str(known.LOCAL_SYSTEM)),
)
GROUPS = (
    known.EVERYONE,
    known.AUTHENTICATED_USERS,
    known.USERS,
    known.ADMINISTRATORS,
    DOMAIN_USERS,
    DOMAIN_ADMINS,
)
PRIVILEGES = (
    "SeChangeNotifyPrivilege",
    "SeBackupPrivilege",
    "SeDebugPrivilege",
    "SeImpersonatePrivilege",
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
)
LEVELS = ("low", "medium", "high", "system")


class TokenBuilder(TextBox):
    """Knobs for user, groups, privileges and integrity; `context` is what they make."""

    def __init__(self) -> None:
        self.context = SecurityContext(USERS[0][1])
        self._user = knobs.choice("User", list(USERS), USERS[0][1])
        self._level = knobs.choice("Integrity", [(one.capitalize(), one) for one in LEVELS], "medium")
        self._groups = {sid: self._state(NAMES.get(sid, sid.label), _GROUP_STATES) for sid in GROUPS}
        for sid in (known.EVERYONE, known.AUTHENTICATED_USERS, known.USERS):
            self._groups[sid].value = ENABLED
        self._privileges = {name: self._state(name, (ABSENT, PRESENT, ENABLED)) for name in PRIVILEGES}
        self._privileges["SeChangeNotifyPrivilege"].value = ENABLED
        self._python, self._card = knobs.answer(), knobs.answer()
        chosen = (self._user, self._level, *self._groups.values(), *self._privileges.values())
        for knob in chosen:
            knob.observe(self._show, "value")
        self._behaviour = Behaviour(chosen)
        made = [
            knobs.heading("Who"),
            self._user,
            self._level,
            knobs.heading("Groups"),
            *self._groups.values(),
            knobs.heading("Privileges"),
            *self._privileges.values(),
        ]
        shown = [knobs.heading("The Python that makes it"), self._python, self._card]
        super().__init__([knobs.style(), self._behaviour, knobs.columns(made, shown)])
        self.add_class("tl-explorer")
        self._show()

    def __repr__(self) -> str:
        return f"<Token builder: {self.python}>"

    @property
    def python(self) -> str:
        """Python that can be pasted: it makes the same context."""
        groups = [f"({str(sid)!r}, {_ATTRIBUTES[knob.value]:#x})" for sid, knob in self._chosen(self._groups)]
        states = {PRESENT: 0, ENABLED: 3}
        privileges = [f"({name!r}, {states[knob.value]})" for name, knob in self._chosen(self._privileges)]
        parts = [repr(self._user.value), f"[{', '.join(groups)}]", f"[{', '.join(privileges)}]"]
        return f"SecurityContext({', '.join(parts)}, integrity={self._level.value!r})"

    def _state(self, label: str, states: tuple[str, ...]) -> Any:
        made = knobs.menu(label, list(states), ABSENT)
        made.style.description_width = "52%"
        return made

    @staticmethod
    def _chosen(some: dict[Any, Any]) -> list[tuple[Any, Any]]:
        return [(name, knob) for name, knob in some.items() if knob.value != ABSENT]

    def _show(self, _: object = None) -> None:
        self.context = SecurityContext(
            self._user.value,
            [(sid, _ATTRIBUTES[knob.value]) for sid, knob in self._chosen(self._groups)],
            [(name, 3 if knob.value == ENABLED else 0) for name, knob in self._chosen(self._privileges)],
            integrity=IntegrityLevel(self._level.value),
            names=NAMES,
        )
        self._python.value = tag("pre", self.python, tabindex=0, aria_label="Python")
        self._card.value = tables.context_html(self.context)
        self._behaviour.answer()


_GROUP_STATES = (ABSENT, ENABLED, DENY_ONLY, DISABLED)


def token_builder() -> TokenBuilder:
    """A widget that builds a security context; `TokenBuilder.context` is the result."""
    return TokenBuilder()
