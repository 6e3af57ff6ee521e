"""The descriptor builder: put entries together, and see text, fields and bytes of what they make."""

from __future__ import annotations

import ipywidgets as widgets

from tokenlab.security import Ace, AceFlags, Acl, SecurityDescriptor
from tokenlab.values import FileRights
from tokenlab.values import well_known as known
from tokenlab.view import tables
from tokenlab.view.anatomy import anatomy_html, anatomy_text
from tokenlab.view.behaviour import Behaviour, TextBox
from tokenlab.view.markup import tag
from tokenlab.view.widgets import knobs

NOTHING, ALLOW, DENY = "no entry", "allow", "deny"
ENTRIES = 4
OWNERS = (("Administrators", str(known.ADMINISTRATORS)), ("SYSTEM", str(known.LOCAL_SYSTEM)))
PEOPLE = (
    ("Everyone", str(known.EVERYONE)),
    ("Users", str(known.USERS)),
    ("Guests", str(known.GUESTS)),
    ("Administrators", str(known.ADMINISTRATORS)),
    ("SYSTEM", str(known.LOCAL_SYSTEM)),
    ("CREATOR OWNER", str(known.CREATOR_OWNER)),
)
RIGHTS = (
    ("read", int(FileRights.READ)),
    ("read and run", int(FileRights.READ | FileRights.EXECUTE)),
    ("write", int(FileRights.WRITE)),
    ("modify", int(FileRights.MODIFY)),
    ("everything", int(FileRights.ALL_ACCESS)),
)
WHERE = (
    ("this object", 0),
    ("it, and files below", int(AceFlags.OBJECT_INHERIT)),
    ("it, and folders below", int(AceFlags.CONTAINER_INHERIT)),
    ("it, and all below", int(AceFlags.OBJECT_INHERIT | AceFlags.CONTAINER_INHERIT)),
    (
        "only what is below",
        int(AceFlags.OBJECT_INHERIT | AceFlags.CONTAINER_INHERIT | AceFlags.INHERIT_ONLY),
    ),
)


class AceKnobs:
    """The knobs of one ACE."""

    def __init__(self, number: int) -> None:
        self.kind = knobs.menu(f"Entry {number}", [NOTHING, ALLOW, DENY], NOTHING)
        self.who = knobs.menu("for", list(PEOPLE), PEOPLE[0][1])
        self.rights = knobs.menu("rights", list(RIGHTS), RIGHTS[0][1])
        self.where = knobs.menu("holds for", list(WHERE), 0)
        self.knobs = (self.kind, self.who, self.rights, self.where)

    def set(self, kind: str, who: str, rights: int, where: int = 0) -> None:
        """Choose all four."""
        self.kind.value, self.who.value, self.rights.value, self.where.value = kind, who, rights, where

    @property
    def ace(self) -> Ace | None:
        """What is chosen; None for no entry."""
        if self.kind.value == NOTHING:
            return None
        make = Ace.allow if self.kind.value == ALLOW else Ace.deny
        return make(self.who.value, self.rights.value, self.where.value)


class DescriptorBuilder(TextBox):
    """Knobs for an owner and some entries, in their order; `descriptor` is what they make."""

    def __init__(self) -> None:
        self._owner = knobs.choice("Owner", list(OWNERS), OWNERS[0][1])
        self.entries = [AceKnobs(number) for number in range(1, ENTRIES + 1)]
        self.entries[0].set(DENY, str(known.GUESTS), int(FileRights.WRITE))
        self.entries[1].set(ALLOW, str(known.USERS), int(FileRights.READ | FileRights.EXECUTE))
        chosen = [self._owner, *(knob for entry in self.entries for knob in entry.knobs)]
        for knob in chosen:
            knob.observe(self._show, "value")
        self._text, self._fields, self._gets = knobs.answer(), knobs.answer(), knobs.answer()
        self._behaviour = Behaviour(chosen)
        made = [knobs.heading("Who owns it, and its entries in their order"), self._owner]
        entries = widgets.Box([widgets.VBox(list(entry.knobs)) for entry in self.entries])
        entries.add_class("tl-pairs")
        made.append(entries)
        shown = [knobs.heading("What they make"), self._text, self._fields, self._gets]
        super().__init__([knobs.style(), self._behaviour, knobs.columns(made, shown, drawn=True)])
        self.add_class("tl-explorer")
        self._show()

    @property
    def descriptor(self) -> SecurityDescriptor:
        """The security descriptor that is chosen."""
        aces = [ace for entry in self.entries if (ace := entry.ace) is not None]
        return SecurityDescriptor(self._owner.value, str(known.LOCAL_SYSTEM), Acl(aces))

    def __repr__(self) -> str:
        return f"<Descriptor builder: {self.descriptor}>\n{anatomy_text(self.descriptor)}"

    def _show(self, _: object = None) -> None:
        made = self.descriptor
        self._text.value = tag("pre", str(made), tabindex=0, aria_label="SDDL")
        self._fields.value = anatomy_html(made)
        self._gets.value = tables.matrix_html(made)
        self._behaviour.answer()


def descriptor_builder() -> DescriptorBuilder:
    """A widget that builds a security descriptor of a file; `DescriptorBuilder.descriptor` is the result."""
    return DescriptorBuilder()
