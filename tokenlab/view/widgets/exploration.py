"""What the access explorer explores, without its knobs: a token, a descriptor, a question, an answer.

Each part may be wrong while somebody types; then it says so, and there is no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tokenlab.real import WhoamiError, from_whoami
from tokenlab.security import AccessDecision, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.sddl import SddlError
from tokenlab.values import OBJECT_TYPES, ObjectType
from tokenlab.values.well_known import LOCAL_SYSTEM
from tokenlab.worlds.objects import OBJECTS, RealObject
from tokenlab.worlds.tokens import TOKENS, ReadyToken

NO_OWNER = "No owner or group in the text, as sc and wevtutil print it: O:SYG:SY (Local System) is assumed."


@dataclass(frozen=True)
class Exploration:
    """A question to the access check, as the texts and knobs of the explorer have it.

    ``token`` is a ready token, or the text of ``whoami /all``. Nothing here raises for bad text: the parts
    say what is wrong in `token_error` and `sddl_error`, and `decision` is None.
    """

    token: ReadyToken | str
    sddl: str
    kind: str
    desired: int

    @property
    def object_type(self) -> ObjectType:
        return OBJECT_TYPES[self.kind]

    @cached_property
    def _token(self) -> SecurityContext | str:
        if isinstance(self.token, ReadyToken):
            return self.token.context
        if not self.token.strip():
            return "Paste what `whoami /all` prints."
        try:
            return from_whoami(self.token)
        except WhoamiError as error:
            return str(error)

    @property
    def context(self) -> SecurityContext | None:
        return self._token if isinstance(self._token, SecurityContext) else None

    @property
    def token_error(self) -> str:
        """What is wrong with the pasted text; empty if nothing is."""
        return self._token if isinstance(self._token, str) else ""

    @cached_property
    def _parsed(self) -> SecurityDescriptor | SddlError:
        try:
            return SecurityDescriptor.from_sddl(self.sddl)
        except SddlError as error:
            return error

    @property
    def sddl_error(self) -> SddlError | None:
        """What is wrong with the SDDL, and where."""
        return self._parsed if isinstance(self._parsed, SddlError) else None

    @property
    def assumption(self) -> str:
        """What had to be assumed about the descriptor; empty if nothing."""
        parsed = self._parsed
        incomplete = isinstance(parsed, SecurityDescriptor) and not (parsed.owner and parsed.group)
        return NO_OWNER if incomplete else ""

    @cached_property
    def descriptor(self) -> SecurityDescriptor | None:
        """The descriptor, its owner and group filled in where the text has none."""
        parsed = self._parsed
        if isinstance(parsed, SddlError):
            return None
        owner, group = parsed.owner or LOCAL_SYSTEM, parsed.group or LOCAL_SYSTEM
        return SecurityDescriptor(owner, group, parsed.dacl, parsed.sacl, parsed.control)

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
        lines = ["from tokenlab import OBJECT_TYPES, SecurityDescriptor, access_check"]
        if isinstance(self.token, ReadyToken):
            lines.append("from tokenlab.worlds.tokens import TOKENS")
            token = f"next(token.context for token in TOKENS if token.name == {self.token.name!r})"
        else:
            lines.append("from tokenlab.real import from_whoami")
            token = f"from_whoami({self.token!r})"
        return "\n".join(
            [
                *lines,
                "",
                f"token = {token}",
                f"descriptor = SecurityDescriptor.from_sddl({sddl!r})",
                f"decision = access_check(token, descriptor, {self.desired:#x}, OBJECT_TYPES[{self.kind!r}])",
                "print(decision)",
            ]
        )


def ready_tokens() -> tuple[ReadyToken, ...]:
    """The tokens to choose from."""
    return TOKENS


def ready_objects() -> tuple[RealObject, ...]:
    """The objects to choose from."""
    return OBJECTS


def quick_masks(object_type: ObjectType) -> dict[str, int]:
    """The masks behind the quick buttons: what generic rights stand for, and the most there is."""
    mapping = object_type.mapping
    return {
        "Read": mapping.read,
        "Write": mapping.write,
        "Execute": mapping.execute,
        "Full control": mapping.all,
        "Maximum allowed": 0x02000000,
    }


def mask_from_text(text: str) -> int | None:
    """A mask as somebody types it, ``0x1f01ff`` or ``131072``; None if it is none."""
    try:
        mask = int(text.strip(), 0)
    except ValueError:
        return None
    return mask if 0 <= mask <= 0xFFFFFFFF else None
