"""The check for a part of a directory object: a property set, a property, an extended right.

The parts of an object form a tree. A line with a GUID is about that part and all below it; what all parts
below a node are granted, the node is granted. ``AccessCheckByType`` and ``AccessCheckByTypeResultList`` on
Microsoft Learn; [MS-DTYP] 2.5.3.2; [MS-ADTS] 5.1.3.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import UUID

from tokenlab.security.check.access_check import decide
from tokenlab.security.check.decision import AccessDecision
from tokenlab.security.check.question import check_question, type_of
from tokenlab.security.check.trail import Finding
from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.security.status import NtStatus
from tokenlab.values import DIRECTORY_OBJECT, ObjectType, Sid

DEEPEST = 4  # ACCESS_OBJECT_GUID 0 to ACCESS_PROPERTY_GUID and two more: winnt.h


@dataclass(frozen=True)
class TypeNode:
    """A part of a directory object: its GUID, a name for people, and the parts it consists of."""

    guid: UUID
    name: str = ""
    children: tuple[TypeNode, ...] = ()

    @classmethod
    def from_list(cls, rows: Iterable[tuple[int, UUID | str, str]]) -> TypeNode:
        """The tree that a list of (level, GUID, name) means (``OBJECT_TYPE_LIST``).

        Raises ValueError unless it begins with the only node of level 0, leaves no level out and goes no
        deeper than level 4: where Windows answers ERROR_INVALID_PARAMETER.
        """
        todo = list(rows)
        if not todo or todo[0][0] != 0 or any(level == 0 for level, _, _ in todo[1:]):
            raise ValueError("an object type list begins with level 0, and has it once: (0, guid, 'user')")
        for (above, _, _), (level, _, name) in pairwise(todo):
            if not 1 <= level <= min(above + 1, DEEPEST):
                raise ValueError(f"{name or level}: level {level} cannot follow level {above}")
        return cls._read(todo)

    @classmethod
    def _read(cls, rows: list[tuple[int, UUID | str, str]]) -> TypeNode:
        level, guid, name = rows.pop(0)
        children = []
        while rows and rows[0][0] > level:
            children.append(cls._read(rows))
        return cls(UUID(str(guid)), name, tuple(children))

    def __iter__(self) -> Iterator[TypeNode]:
        """This node and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child


@dataclass(frozen=True)
class TypedDecision:
    """The answer for every part; true if all that was asked for is granted for the whole object.

    ``parts`` are the decisions for those parts that consist of no others.
    """

    tree: TypeNode
    desired: int
    parts: dict[UUID, AccessDecision] = field(repr=False)

    @property
    def granted(self) -> bool:
        """True if every part is granted."""
        return all(self.parts.values())

    def __bool__(self) -> bool:
        return self.granted

    @property
    def status(self) -> NtStatus:
        """What ``AccessCheckByType`` says."""
        return next((one.status for one in self.parts.values() if not one), NtStatus.SUCCESS)

    @property
    def granted_access(self) -> int:
        """The mask for the whole object: what all its parts are granted."""
        return self.find_granted(self.tree)

    def find_granted(self, node: TypeNode) -> int:
        """The mask for one node: what all parts below it are granted."""
        if node.children:
            granted = self.find_granted(node.children[0])
            for child in node.children[1:]:
                granted &= self.find_granted(child)
            return granted
        return self.parts[node.guid].granted_access

    def results(self) -> list[tuple[TypeNode, NtStatus, int]]:
        """What ``AccessCheckByTypeResultList`` says: a status and a mask for every node."""
        return [(node, self._status(node), self.find_granted(node)) for node in self.tree]

    def _status(self, node: TypeNode) -> NtStatus:
        if not node.children:
            return self.parts[node.guid].status
        return next((one for one in map(self._status, node.children) if one), NtStatus.SUCCESS)


def access_check_by_type(
    context: SecurityContext,
    descriptor: SecurityDescriptor,
    desired: int,
    tree: TypeNode,
    object_type: ObjectType | None = None,
    *,
    principal_self: Sid | str | None = None,
) -> TypedDecision:
    """May this context have these rights to these parts of a directory object?

    ``tree`` says what the object consists of. Arguments and errors are those of `access_check`; a plain
    number asks for rights to a directory object.
    """
    kind = type_of(desired, object_type, DIRECTORY_OBJECT)
    mapped = kind.mapping.map(check_question(context, descriptor, desired))
    parts = {}
    for guid, path in _leaves(tree, frozenset()):
        record: list[Finding] = []
        status, granted = decide(context, descriptor, mapped, kind, principal_self, record, path)
        parts[guid] = AccessDecision(context, descriptor, kind, mapped, status, granted, record)
    return TypedDecision(tree, mapped, parts)


def _leaves(node: TypeNode, above: frozenset[UUID]) -> Iterator[tuple[UUID, frozenset[UUID]]]:
    """The parts that consist of no others, each with all that it is part of."""
    path = above | {node.guid}
    if not node.children:
        yield node.guid, path
    for child in node.children:
        yield from _leaves(child, path)
