"""Who can reach what: one question, put for many contexts to many descriptors at once.

A loop over all pairs is slow. Here a *set of contexts* is one integer, a bit for each context, and for
each SID it is known who holds it. Then an entry of a DACL decides for everybody in a few operations on
integers. What sets cannot decide (conditions, restricted tokens, apps ...) goes to the access check itself,
so that the answer is always what `access_check` would say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from tokenlab.security.check.access_check import access_check, granted_access
from tokenlab.security.check.decision import AccessDecision
from tokenlab.security.check.limits import find_rights_below, is_below
from tokenlab.security.check.question import check_question, type_of
from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import AceFlags, AceType
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import ACCESS_SYSTEM_SECURITY, MAXIMUM_ALLOWED, ObjectType
from tokenlab.values.well_known import OWNER_RIGHTS

READ_CONTROL, WRITE_DAC, WRITE_OWNER, GENERIC = 0x20000, 0x40000, 0x80000, 0xF0000000
INHERIT_ONLY = 0x08
BLOCK = 1000  # descriptors between two reports of progress
KEPT = 100_000  # descriptors whose answers are kept, in case they come again

_ALLOWED, _DENIED, _NO_FLAGS = AceType.ACCESS_ALLOWED, AceType.ACCESS_DENIED, AceFlags(0)
_and = int.__and__
_EVERYBODY = -1  # all bits

Line = tuple[bool, int, int]  # whether it allows, its mask, those it concerns
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Survey:
    """The answers: for each object, the set of those who have all the rights that were asked for.

    ``sets`` holds an integer for each object: bit 0 is the first context. Iterating gives the pairs of name
    and object that are granted.
    """

    contexts: Mapping[str, SecurityContext]
    descriptors: Mapping[str, SecurityDescriptor]
    desired: int
    object_type: ObjectType
    sets: dict[str, int] = field(repr=False)

    def who(self, path: str) -> list[str]:
        """The names of those who have the rights to this object."""
        found = self.sets[path]
        return [name for place, name in enumerate(self.contexts) if found >> place & 1]

    def what(self, name: str) -> list[str]:
        """The objects to which this name has the rights."""
        bit = 1 << list(self.contexts).index(name)
        return [path for path, found in self.sets.items() if found & bit]

    def grants(self, name: str, path: str) -> bool:
        """The answer for one pair."""
        return bool(self.sets[path] >> list(self.contexts).index(name) & 1)

    def why(self, name: str, path: str) -> AccessDecision:
        """The explained decision for one pair: which line gave or refused what."""
        return access_check(self.contexts[name], self.descriptors[path], self.desired, self.object_type)

    def through(self, name: str, path: str) -> list[Ace]:
        """The lines through which a name has the rights, in their order; none if it has them otherwise."""
        reasons = self.why(name, path).reasons.values()
        return list(dict.fromkeys(why.ace for why in reasons if why.granted and why.ace is not None))

    @property
    def without_owner(self) -> list[str]:
        """The objects that nobody reaches because their descriptor names no owner or no group.

        Windows refuses to check these (1338). Where the text left them out, as ``sc sdshow`` does, give
        them: ``SecurityDescriptor.from_sddl(text, owner="SY", group="SY")``.
        """
        return [path for path in self.sets if not self.descriptors[path].complete]

    @property
    def pairs(self) -> int:
        """How many answers there are."""
        return len(self.contexts) * len(self.sets)

    @property
    def granted_pairs(self) -> int:
        """How many of them are yes."""
        return sum(found.bit_count() for found in self.sets.values())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for path in self.sets:
            for name in self.who(path):
                yield name, path

    def __repr__(self) -> str:
        rights = self.object_type.rights(self.desired)
        lost = len(self.without_owner)
        told = f"; {lost:,} of {len(self.sets):,} objects name no owner or group: nobody" if lost else ""
        return f"<Survey {rights!s}: {self.granted_pairs:,} of {self.pairs:,} pairs{told}>"


def survey(
    contexts: Mapping[str, SecurityContext],
    descriptors: Mapping[str, SecurityDescriptor] | Iterable[tuple[str, SecurityDescriptor]],
    desired: int,
    object_type: ObjectType | None = None,
    *,
    progress: Progress | None = None,
) -> Survey:
    """Put one question for all contexts to all descriptors: who has *all* these rights to what?

    ``contexts`` and ``descriptors`` are named: ``{"cosmo": context}``, ``{"C:\\\\Temp": descriptor}``.
    ``progress`` is called with the number of descriptors done, every thousand and at the end. A descriptor
    object that comes again is decided once. Without ``object_type`` it is the type whose rights are asked
    for.

    >>> from tokenlab import FileRights
    >>> people = {"cosmo": SecurityContext("S-1-5-21-1-2-3-1104", ["S-1-1-0"])}
    >>> things = {"memo": SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)")}
    >>> survey(people, things, FileRights.READ_DATA).who("memo")
    ['cosmo']

    Raises ValueError for MAXIMUM_ALLOWED: a survey asks for rights by name.
    """
    named = dict(descriptors)
    crowd = Crowd(contexts.values(), desired, object_type)
    sets: dict[str, int] = {}
    for count, (path, found) in enumerate(crowd.answers(named.items()), 1):
        sets[path] = found
        if progress is not None and (count % BLOCK == 0 or count == len(named)):
            progress(count)
    return Survey(contexts, named, crowd.desired, crowd.object_type, sets)


class Crowd:
    """Many contexts that ask for the same rights. A set of them is an integer, one bit each."""

    def __init__(
        self, contexts: Iterable[SecurityContext], desired: int, object_type: ObjectType | None = None
    ) -> None:
        self.contexts = tuple(contexts)
        for context in self.contexts[:1]:
            check_question(context, SecurityDescriptor(), desired)
        self.object_type = type_of(desired, object_type)
        self.desired = self.object_type.mapping.map(desired)
        if self.desired & MAXIMUM_ALLOWED or not self.desired:
            raise ValueError(
                f"{self.desired:#x} names no rights: expected a mask without MAXIMUM_ALLOWED, for example 0x1"
            )
        self.one_by_one = 0
        """Those whom sets cannot decide: restricted tokens and apps."""
        self.allow: dict[str, int] = {}
        self.deny: dict[str, int] = {}
        self.levels: dict[tuple[int, int], int] = {}
        self._hold = {name: self._holders(name) for name in _PRIVILEGES}
        self._read()
        self.by_lines = self.desired & ~ACCESS_SYSTEM_SECURITY

    def _read(self) -> None:
        """Who holds which SID: once for all lines."""
        for place, context in enumerate(self.contexts):
            bit = 1 << place
            if context.restricted or context.app:
                self.one_by_one |= bit
            for sid in context.enabled_sids:
                self.allow[sid] = self.allow.get(sid, 0) | bit
            for sid in context.deny_sids:
                self.deny[sid] = self.deny.get(sid, 0) | bit

    def _holders(self, privilege: str) -> int:
        return sum(1 << n for n, context in enumerate(self.contexts) if context.has_privilege(privilege))

    def answers(self, descriptors: Iterable[tuple[str, SecurityDescriptor]]) -> Iterator[tuple[str, int]]:
        """Each name with the set of those who are granted all the rights, one after the other.

        For estates larger than memory: nothing is kept but the last hundred thousand descriptors.
        """
        known: dict[int, tuple[SecurityDescriptor, int]] = {}
        for path, descriptor in descriptors:
            kept = known.get(id(descriptor))
            if kept is None:
                if len(known) >= KEPT:
                    known.clear()
                # The descriptor is kept with its answer, for the id of one that is gone comes again.
                kept = known[id(descriptor)] = descriptor, self.find_granted(descriptor)
            yield path, kept[1]

    def find_granted(self, descriptor: SecurityDescriptor) -> int:
        """The set of those who are granted all the rights."""
        if descriptor.owner is None or descriptor.group is None:
            return 0
        read = None if descriptor.limited else self._lines(descriptor)
        if read is None:
            return self._ask(_EVERYBODY, descriptor)
        inside = self._high_enough(descriptor)
        if self.desired & ACCESS_SYSTEM_SECURITY:
            inside &= self._hold["SeSecurityPrivilege"]
        if descriptor.dacl is not None and self.by_lines and inside:
            inside = self._by_lines(inside, *read)
        if self.one_by_one:
            inside = inside & ~self.one_by_one | self._ask(self.one_by_one, descriptor)
        return inside

    def _lines(self, descriptor: SecurityDescriptor) -> tuple[list[Line], int] | None:
        """The lines that concern somebody and a right in question, each with those it concerns; and the
        owners who have what owners have. None if a line has a condition, or is about a part of the object."""
        allow, deny, wanted, mapped = self.allow, self.deny, self.by_lines, self.object_type.mapping.map
        owners = owning = allow.get(str(descriptor.owner), 0)
        lines: list[Line] = []
        for kind, flags, mask, sid, *_ in descriptor.dacl or ():
            is_allow = kind is _ALLOWED
            if not is_allow and kind is not _DENIED:
                return None
            if flags is not _NO_FLAGS and _and(flags, INHERIT_ONLY):
                continue
            if sid == OWNER_RIGHTS:
                holders, owning = owners, 0
            else:
                holders = (allow if is_allow else deny).get(sid, 0)
            if holders:
                mask = (mapped(mask) if mask & GENERIC else mask) & wanted
                if mask:
                    lines.append((is_allow, mask, holders))
        return lines, owning

    def _by_lines(self, inside: int, lines: list[Line], owning: int) -> int:
        """Who is granted by the DACL, by owning the object, or by a privilege: the first line that
        mentions a right decides it, for each class of rights that always come together."""
        for rights in _classes(self.by_lines, frozenset([mask for _, mask, _ in lines])):
            granted = owning if rights & (READ_CONTROL | WRITE_DAC) else 0
            if rights & WRITE_OWNER:
                granted = self._hold["SeTakeOwnershipPrivilege"] | self._hold["SeRelabelPrivilege"]
            still_open = inside & ~granted
            for is_allow, mask, holders in lines:
                if mask & rights:
                    matching = holders & still_open
                    if matching:
                        still_open ^= matching
                        if is_allow:
                            granted |= matching
                        if not still_open:
                            break
            inside &= granted
            if not inside:
                break
        return inside

    def _high_enough(self, descriptor: SecurityDescriptor) -> int:
        """Those from whom the label keeps none of the rights; worked out once for each label."""
        level, policy = descriptor.level, int(descriptor.label[1])
        found = self.levels.get((level, policy))
        if found is None:
            found = 0
            for place, context in enumerate(self.contexts):
                kept = 0
                if is_below(context, descriptor):
                    kept = self.desired & ~find_rights_below(context, descriptor, self.object_type.mapping)
                if not kept:
                    found |= 1 << place
            self.levels[level, policy] = found
        return found

    def _ask(self, some: int, descriptor: SecurityDescriptor) -> int:
        """The access check, one by one."""
        found = 0
        for place, context in enumerate(self.contexts):
            if some >> place & 1 and granted_access(context, descriptor, self.desired, self.object_type):
                found |= 1 << place
        return found


_PRIVILEGES = ("SeSecurityPrivilege", "SeTakeOwnershipPrivilege", "SeRelabelPrivilege")


@lru_cache(maxsize=4096)
def _classes(rights: int, masks: frozenset[int]) -> tuple[int, ...]:
    """The rights, in groups that no line and no rule takes apart."""
    classes = [rights]
    for mask in (READ_CONTROL | WRITE_DAC, WRITE_OWNER, *masks):
        classes = [part for one in classes for part in (one & mask, one & ~mask) if part]
    return tuple(classes)
