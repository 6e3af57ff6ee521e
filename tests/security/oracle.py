"""The rules of the access check, told a second time: slowly, and for each right on its own.

There is no walk, no mask arithmetic and nothing of the model's own working here; only the fields of a
context and a descriptor, and the rules of [MS-DTYP] 2.5.3 with Windows' corrections (see the tables in
`cases`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.security.strategies import TRUTH
from tokenlab.security import Ace, Acl, SecurityContext, SecurityDescriptor
from tokenlab.values import FILE, ObjectType

ACCESS_SYSTEM_SECURITY, MAXIMUM_ALLOWED = 1 << 24, 1 << 25
DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE = (1 << bit for bit in range(16, 21))
OWNER_RIGHTS, SELF = "S-1-3-4", "S-1-5-10"

# Types of ACE ([MS-DTYP] 2.4.4.1)
ALLOWED, DENIED, ALLOWED_OBJECT, DENIED_OBJECT = 0x00, 0x01, 0x05, 0x06
ALLOWED_CALLBACK, ALLOWED_CALLBACK_OBJECT = 0x09, 0x0B
DENIED_CALLBACK, DENIED_CALLBACK_OBJECT, MANDATORY_LABEL = 0x0A, 0x0C, 0x11
TRUST_LABEL, ACCESS_FILTER = 0x14, 0x15
INHERIT_ONLY = 0x08

Counts = Callable[[str], bool]


def answer(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    object_type: ObjectType = FILE,
    principal_self: str | None = None,
) -> tuple[int, int]:
    """The NTSTATUS, and the mask that is granted."""
    if descriptor.owner is None or descriptor.group is None:
        return 0xC0000079, 0
    desired = mapped(desired, object_type)
    named = [right for right in rights_of(desired) if right != MAXIMUM_ALLOWED]
    question = Question(context, descriptor, object_type, principal_self)
    if any(question.kept_away(right) for right in named):
        return 0xC0000022, 0
    if ACCESS_SYSTEM_SECURITY in named and not enabled(context, "SeSecurityPrivilege"):
        return 0xC0000061, 0
    if not all(question.grants(right, by_name=True) for right in named):
        return 0xC0000022, 0
    granted = set(named)
    if desired & MAXIMUM_ALLOWED:
        granted.update(right for right in rights_of(0xFFFFFF) if question.grants(right, by_name=False))
    return (0, sum(granted)) if granted else (0xC0000022, 0)


def rights_of(mask: int) -> Iterator[int]:
    return (1 << bit for bit in range(32) if mask >> bit & 1)


def mapped(mask: int, object_type: ObjectType) -> int:
    """Generic rights are abbreviations."""
    kinds = object_type.mapping
    for bit, kind in ((31, kinds.read), (30, kinds.write), (29, kinds.execute), (28, kinds.all)):
        if mask >> bit & 1:
            mask = mask - (1 << bit) | kind
    return mask


def enabled(context: SecurityContext, privilege: str) -> bool:
    return any(state.privilege == privilege and state.attributes & 2 for state in context.privileges)


class Question:
    """One context, one object: what about this right?"""

    def __init__(
        self,
        context: SecurityContext,
        descriptor: SecurityDescriptor,
        object_type: ObjectType,
        principal_self: str | None,
    ) -> None:
        self.context, self.descriptor, self.object_type = context, descriptor, object_type
        self.principal_self = principal_self
        self.lines = [ace for ace in descriptor.dacl or () if not ace.flags & INHERIT_ONLY]

    def kept_away(self, right: int) -> bool:
        """True if a trust label, a filter or the mandatory label keeps the right from this context."""
        sacl = [ace for ace in self.descriptor.sacl or () if not ace.flags & INHERIT_ONLY]
        labels = [ace for ace in sacl if ace.type == TRUST_LABEL]
        filters = [ace for ace in sacl if ace.type == ACCESS_FILTER and self.truth(ace) is not True]
        limits = [ace for ace in labels[:1] if not self.trusted(ace)] + filters
        names_it = [mapped(ace.mask, self.object_type) & right for ace in limits]
        return self.above(right) or (right != ACCESS_SYSTEM_SECURITY and not all(names_it))

    def trusted(self, label: Ace) -> bool:
        mine = [int(part) for part in (self.context.trust or "S-1-19-0-0").split("-")[3:]]
        needed = [int(part) for part in label.sid.split("-")[3:]]
        return mine[0] >= needed[0] and mine[1] >= needed[1]

    def truth(self, ace: Ace) -> bool | None:
        """Without claims nothing is known."""
        return TRUTH[ace.data] if self.context.claims else None

    def above(self, right: int) -> bool:
        """True if the object is of a higher level, and its label keeps the right from lower ones.

        A right is open if one of its classes is. A label without no-write-up leaves open what is in no class,
        too; an app is stopped by levels above Medium only.
        """
        level, policy = label(descriptor=self.descriptor)
        if not self.context.mandatory_policy & 1 or self.context.integrity.rid >= level:
            return False
        if self.context.app and level <= 0x2000:
            return False
        if right == WRITE_OWNER and enabled(self.context, "SeRelabelPrivilege"):
            return False
        closed = {kind for bit, kind in ((1, "write"), (2, "read"), (4, "execute")) if policy & bit}
        kinds = self.kinds(right)
        if kinds - closed:
            return False
        return bool(kinds) or "write" in closed or not right & self.object_type.mapping.all

    def kinds(self, right: int) -> set[str]:
        """Reading, executing what is not read, writing: [MS-DTYP] 2.4.4.13."""
        mapping = self.object_type.mapping
        reads = right == READ_CONTROL or right & mapping.read
        executes = right == SYNCHRONIZE or (right & mapping.execute and not right & mapping.read)
        writes = right in (DELETE, WRITE_DAC, WRITE_OWNER) or right & mapping.write
        return {kind for kind, is_it in (("read", reads), ("execute", executes), ("write", writes)) if is_it}

    def grants(self, right: int, *, by_name: bool) -> bool:
        """True if the right is granted; some are only to those who ask for it by its name."""
        if self.kept_away(right):
            return False
        if right == ACCESS_SYSTEM_SECURITY:
            return by_name and enabled(self.context, "SeSecurityPrivilege")
        if right == WRITE_OWNER and by_name:
            privileges = ("SeTakeOwnershipPrivilege", "SeRelabelPrivilege")
            if any(enabled(self.context, privilege) for privilege in privileges):
                return True
        if self.descriptor.dacl is None:
            return not self.context.app and (by_name or bool(right & self.object_type.mapping.all))
        if self.context.app and not self.decides(right, self.is_the_apps, self.is_the_apps):
            return False
        if right in (READ_CONTROL, WRITE_DAC) and self.owns():
            return True
        if not self.decides(right, self.allows, self.denies):
            return False
        return not self.must_be_granted_twice(right) or self.decides(right, self.restricts, self.restricts)

    def owns(self) -> bool:
        """True if the owner's own rights count."""
        owner = str(self.descriptor.owner)
        restricted = self.context.restricted_sids
        return (
            self.holds(owner)
            and (not restricted or owner in restricted)
            and not any(ace.sid == OWNER_RIGHTS for ace in self.lines)
        )

    def decides(self, right: int, allows: Counts, denies: Counts) -> bool:
        """The first line that matches and mentions the right decides it."""
        for ace in self.lines:
            if mapped(ace.mask, self.object_type) & right:
                if self.is_deny(ace) and denies(ace.sid):
                    return False
                if self.is_allow(ace) and allows(ace.sid):
                    return True
        return False

    def must_be_granted_twice(self, right: int) -> bool:
        if not self.context.restricted_sids:
            return False
        kinds = self.object_type.mapping
        writes = bool(right & kinds.write) and not right & (kinds.read | kinds.execute)
        return not self.context.write_restricted or writes or right in (DELETE, WRITE_DAC, WRITE_OWNER)

    # Whom a SID in a line means, and whether he counts.

    def meant(self, sid: str) -> str:
        if sid == OWNER_RIGHTS:
            return str(self.descriptor.owner)
        if sid == SELF and self.principal_self is not None:
            return self.principal_self
        return sid

    def allows(self, sid: str) -> bool:
        return self.holds(self.meant(sid))

    def denies(self, sid: str) -> bool:
        return self.holds(self.meant(sid)) or self.holds_for_deny_only(self.meant(sid))

    def restricts(self, sid: str) -> bool:
        return self.meant(sid) in self.context.restricted_sids

    def is_the_apps(self, sid: str) -> bool:
        app = self.context.app
        assert app is not None
        everybody = ("S-1-15-2-2",) if app.less_privileged else ("S-1-15-2-1", "S-1-15-2-2")
        return self.meant(sid) in (app.package, *app.capabilities, *everybody)

    def is_allow(self, ace: Ace) -> bool:
        """A condition must be true."""
        if ace.type in (ALLOWED_CALLBACK, ALLOWED_CALLBACK_OBJECT):
            return ace.object_type is None and self.truth(ace) is True
        return ace.type == ALLOWED or (ace.type == ALLOWED_OBJECT and ace.object_type is None)

    def is_deny(self, ace: Ace) -> bool:
        """A doubt denies, and so does a line about one property."""
        if ace.type in (DENIED_CALLBACK, DENIED_CALLBACK_OBJECT):
            return self.truth(ace) is not False
        return ace.type in (DENIED, DENIED_OBJECT)

    def holds(self, sid: str) -> bool:
        if sid == self.context.user and not self.context.user_deny_only:
            return True
        return any(g.sid == sid and g.attributes & 0x14 == 0x04 for g in self.context.groups)

    def holds_for_deny_only(self, sid: str) -> bool:
        return sid == self.context.user or any(
            group.sid == sid and group.attributes & 0x10 for group in self.context.groups
        )


def label(descriptor: SecurityDescriptor) -> tuple[int, int]:
    """The level and the policy of the object: Medium and no-write-up if it says nothing."""
    for ace in descriptor.sacl or Acl():
        if ace.type == MANDATORY_LABEL and not ace.flags & INHERIT_ONLY:
            return int(ace.sid.split("-")[-1]), ace.mask
    return 0x2000, 1
