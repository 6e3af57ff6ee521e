"""What the access explorer explores, without its knobs: a token, a descriptor, a question, an answer.

Each part may be wrong while somebody types; then it says so, and there is no answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from tokenlab.real import (
    DescriptorTextError,
    ReadDescriptor,
    WhoamiError,
    from_whoami,
    read_descriptor,
)
from tokenlab.security import AccessDecision, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.descriptor.sddl import SddlError
from tokenlab.values import DIRECTORY, MAXIMUM_ALLOWED, ObjectType, Sid
from tokenlab.values.well_known import LOCAL_SYSTEM
from tokenlab.worlds import tokens
from tokenlab.worlds.objects import OBJECTS, RealObject
from tokenlab.worlds.tokens import ReadyToken

NO_TOKEN = "Paste what `whoami /all` prints."
NO_SDDL = "Paste the SDDL of an object, for example O:BAG:SYD:(A;;FA;;;BA)."
_LIKE_SDDL = re.compile(r"\s*[OGDS]:")


@dataclass(frozen=True)
class Exploration:
    """A question to the access check, as the texts and knobs of the explorer have it.

    ``token`` is a ready token, or the text of ``whoami /all``. Nothing here raises for bad text: the parts
    say what is wrong in `token_error` and `sddl_error`, and `decision` is None.
    """

    token: ReadyToken | str
    sddl: str
    object_type: ObjectType
    desired: int

    # The token

    @cached_property
    def _token(self) -> SecurityContext | str:
        if isinstance(self.token, ReadyToken):
            return self.token.context
        if not self.token.strip():
            return NO_TOKEN
        try:
            return from_whoami(self.token)
        except WhoamiError as error:
            return str(error)

    @property
    def context(self) -> SecurityContext | None:
        """The context that asks; None while there is no valid one."""
        return self._token if isinstance(self._token, SecurityContext) else None

    @property
    def token_error(self) -> str:
        """What is wrong with the pasted text; empty if nothing is."""
        return self._token if isinstance(self._token, str) else ""

    @property
    def token_summary(self) -> str:
        """The token in a line; empty if there is none."""
        context = self.context
        if context is None:
            return ""
        deny_only = sum(group.deny_only for group in context.groups)
        groups = f"{sum(group.enabled for group in context.groups)} groups"
        only = len(context.restricted_sids)
        return " · ".join(
            [
                context.user_label,
                f"integrity {context.integrity.label.rpartition(chr(92))[2]}",
                f"{groups} and {deny_only} for deny only" if deny_only else groups,
                *([f"restricted to {only} SID{'s' * (only > 1)}"] if only else []),
                f"{len(context.enabled_privileges)} of {len(context.privileges)} privileges enabled",
            ]
        )

    @property
    def token_notes(self) -> tuple[str, ...]:
        """Who would have the ready token, or what the pasted text left open."""
        note = (self.token.note,) if isinstance(self.token, ReadyToken) else ()
        return note + (self.context.notes if self.context else ())

    # The descriptor

    @cached_property
    def _parsed(self) -> SecurityDescriptor | str:
        if not self.sddl.strip():
            return NO_SDDL
        try:
            return SecurityDescriptor.from_sddl(self.sddl, self._domain)
        except SddlError as error:
            return self._pasted(error)

    def _pasted(self, error: SddlError) -> SecurityDescriptor | str:
        """What other tools print: icacls, Get-Acl, a prompt before the SDDL; else what is wrong with it."""
        try:
            return read_descriptor(self.sddl, self.context)
        except DescriptorTextError as other:
            one_line = "\n" not in self.sddl.strip()
            return str(error) if one_line or _LIKE_SDDL.match(self.sddl) else str(other)

    @cached_property
    def _domain(self) -> Sid | None:
        """The token's domain, where the SDDL has aliases such as DA, whose SIDs depend on it."""
        try:
            SecurityDescriptor.from_sddl(self.sddl)
        except SddlError:
            return self.context.user.domain if self.context else None
        return None

    @property
    def sddl_error(self) -> str:
        """What is wrong with the SDDL, with a mark at the place; empty if nothing is."""
        return self._parsed if isinstance(self._parsed, str) else ""

    @cached_property
    def descriptor(self) -> SecurityDescriptor | None:
        """The descriptor, its owner and group filled in where the text has none."""
        parsed = self._parsed
        if isinstance(parsed, str):
            return None
        owner, group = parsed.owner or LOCAL_SYSTEM, parsed.group or LOCAL_SYSTEM
        return SecurityDescriptor(owner, group, parsed.dacl, parsed.sacl, parsed.control)

    @property
    def sddl_notes(self) -> tuple[str, ...]:
        """What had to be assumed about the descriptor, and what is easily overlooked in it."""
        parsed = self._parsed
        if isinstance(parsed, str):
            return ()
        parts = (("O:SY", "owner", parsed.owner), ("G:SY", "group", parsed.group))
        missing = [(sddl, word) for sddl, word, sid in parts if sid is None]
        notes = []
        if isinstance(parsed, ReadDescriptor):
            notes += [note for note in parsed.notes if "names no" not in note]
        if missing:
            words = " and no ".join(word for _, word in missing)
            assumed = "".join(sddl for sddl, _ in missing)
            notes.append(
                f"The text names no {words}, as sc sdshow does: {assumed} (Local System) is assumed."
            )
        if not parsed.dacl_present:
            notes.append("The text has no D: part. Without a DACL everybody gets everything.")
        if self._domain:
            notes.append(f"Aliases such as DA are taken from the token's domain, {self._domain}.")
        thing = ready_object(self.sddl, self.object_type)
        return (*notes, thing.note) if thing else tuple(notes)

    # The answer

    @cached_property
    def decision(self) -> AccessDecision | None:
        """The answer, if both sides can be read."""
        if self.context is None or self.descriptor is None:
            return None
        return access_check(self.context, self.descriptor, self.desired, self.object_type)

    @property
    def python(self) -> str:
        """The Python that asks the same; paste it into a cell."""
        sddl = self.descriptor.to_sddl() if self.descriptor else self.sddl
        if isinstance(self.token, ReadyToken) and not (name := _constant(self.token)):
            source, token = (
                f"# my_token: {self.token.name}, as it was given to this explorer",
                "my_token.context",
            )
        elif isinstance(self.token, ReadyToken):
            source, token = "from tokenlab.worlds import tokens", f"tokens.{name}.context"
        else:
            source, token = "from tokenlab.real import from_whoami", f"from_whoami({_literal(self.token)})"
        kind = f"OBJECT_TYPES[{self.object_type.name!r}]"
        return "\n".join(
            [
                "from tokenlab import OBJECT_TYPES, SecurityDescriptor, access_check",
                source,
                "from tokenlab.view import show",
                "",
                f"token = {token}",
                f"descriptor = SecurityDescriptor.from_sddl({sddl!r})",
                f"decision = access_check(token, descriptor, {self.desired:#x}, {kind})",
                "show(decision)",
            ]
        )


def _constant(token: ReadyToken) -> str:
    """The name of a ready token in `tokenlab.worlds.tokens`: ``COSMO``; empty for one of somebody's own."""
    return next((name for name, value in vars(tokens).items() if value == token), "")


def _literal(text: str) -> str:
    """A text of many lines as somebody would write it in Python."""
    return repr(text) if '"""' in text else f'r"""\n{text.strip()}\n"""'


def ready_object(sddl: str, object_type: ObjectType) -> RealObject | None:
    """The ready object that has this descriptor."""
    return next((x for x in OBJECTS if x.sddl == sddl and x.object_type == object_type), None)


def quick_masks(object_type: ObjectType) -> dict[str, int]:
    """The masks behind the quick buttons: what generic rights stand for, and the most there is."""
    mapping = object_type.mapping
    masks = {
        "Read": mapping.read,
        "Write": mapping.write,
        "Traverse" if object_type == DIRECTORY else "Execute": mapping.execute,
        "Full control": mapping.all,
        "Maximum allowed": MAXIMUM_ALLOWED,
    }
    return {name: mask for name, mask in masks.items() if mask}


def mask_from_text(text: str) -> int:
    """A mask as somebody types it, ``0x1f01ff`` or ``131072``. Raises ValueError, with a sentence."""
    try:
        mask = int(text.strip(), 0)
    except ValueError:
        mask = -1
    if not 0 <= mask <= 0xFFFFFFFF:
        raise ValueError(f"{text!r} is not an access mask: expected 0 to 0xffffffff, for example 0x120089")
    return mask
