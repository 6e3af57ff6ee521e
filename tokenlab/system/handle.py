"""Handles: what an open gives, and what is asked from then on.

Windows asks the descriptor once, when an object is opened. The handle remembers the rights that were
granted, and every use looks there and nowhere else. "Handles and Objects" on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tokenlab.security import AccessDecision, SecurityContext, SecurityDescriptor
from tokenlab.security.check.audit import audit_aces
from tokenlab.security.check.question import type_of
from tokenlab.security.inheritance import with_mapped_rights
from tokenlab.system import object_events
from tokenlab.system.errors import AccessDenied, Refusal, Win32Error
from tokenlab.system.objects import KernelObject, Securable
from tokenlab.system.observing import observe
from tokenlab.values import DIRECTORY, FILE, ProcessRights, Sid
from tokenlab.values.access_mask import AccessRights

if TYPE_CHECKING:
    from tokenlab.system.process import Process
    from tokenlab.system.thread import Thread

READ_CONTROL, WRITE_DAC, WRITE_OWNER = 0x20000, 0x40000, 0x80000


@dataclass(eq=False)
class Handle:
    """A number in the handle table of one process, which stands for an object and for rights to it.

    ``value`` is 4, 8, 12 ...; ``granted_access`` the rights it carries. ``decision`` is the access check
    behind it (None if none was needed), ``privileges`` the rights that privileges gave outside of it;
    ``thread`` the one that opened it, and that events name as the user (None: the first of the process).
    """

    process: Process = field(repr=False)
    value: int
    object: Securable
    granted_access: AccessRights
    inheritable: bool = False
    decision: AccessDecision | None = field(default=None, repr=False)
    privileges: dict[str, int] = field(default_factory=dict, repr=False)
    closed: bool = False
    thread: Thread | None = field(default=None, repr=False)

    @observe("use")
    def use(self, right: int) -> None:
        """What every operation begins with. Raises `AccessDenied` if the handle lacks the right; the
        object's descriptor, and who asks, no longer matter. Event 4663 where that right is audited."""
        if self.closed:
            raise Refusal(Win32Error.INVALID_HANDLE, f"handle {self.value:#x} was closed")
        if missing := right & ~self.granted_access:
            names = self.object.object_type.rights
            raise AccessDenied(
                f"handle {self.value:#x} to {self.object.name} carries {self.granted_access!s}, "
                f"not {names(missing)!s}"
            )
        object_events.write_use(self, right)

    @observe("close handle")
    def close(self) -> None:
        """Give it up; the object and other handles to it stay."""
        if self.closed:
            return
        self.closed = True
        self.process.handles.discard(self)
        machine, target = self.process.machine, self.object
        if isinstance(target, KernelObject) and not any(
            other.object is target for process in machine.processes for other in process.handles
        ):
            machine.objects.kernel.pop(target.name.lower(), None)  # this was the last handle
        rights = int(self.granted_access)
        if audit_aces(self.process.token.context, self.object.descriptor, rights, success=True):
            object_events.write_close(self)

    @observe("duplicate handle")
    def duplicate(self, into: Process | None = None, desired: int | None = None) -> Handle:
        """Another handle to the same object (``DuplicateHandle``), in this process or another.

        The copy carries the same rights, or fewer. It is not checked who the other process is: its
        holder may use it. Rights that this handle lacks need a new access check, and a handle to a file
        cannot get more at all ("DuplicateHandle", Remarks). Raises `Refusal` 5 for that, and `AccessDenied`
        if this process may not put handles into the other one (PROCESS_DUP_HANDLE).
        """
        into = into or self.process
        if into is not self.process:
            self.process.open(into, ProcessRights.DUP_HANDLE).close()
        rights = self.object.object_type.rights
        if desired is None:
            granted = self.granted_access
        else:
            kind = type_of(desired, self.object.object_type)
            granted = rights(kind.with_brought(kind.mapping.map(desired)))
            if more := granted & ~self.granted_access:
                if self.object.object_type in (FILE, DIRECTORY):
                    reason = f"a handle to a file cannot be duplicated with more rights: {rights(more)!s}"
                    raise Refusal(Win32Error.ACCESS_DENIED, reason)
                return into.open(self.object, desired)
        return into.handles.add(replace(self, process=into, value=0, granted_access=granted, thread=None))

    @property
    def descriptor(self) -> SecurityDescriptor:
        """The object's descriptor (``GetSecurityInfo``); needs READ_CONTROL."""
        self.use(READ_CONTROL)
        return self.object.descriptor

    @observe("set dacl")
    def set_dacl(self, descriptor: SecurityDescriptor | str) -> None:
        """Replace the DACL by that of a descriptor or of a text in SDDL; needs WRITE_DAC.

        Handles that are open keep the rights they carry.
        """
        self.use(WRITE_DAC)
        new = SecurityDescriptor.from_sddl(descriptor) if isinstance(descriptor, str) else descriptor
        mapped = with_mapped_rights(new, self.object.object_type)
        old = self.object.descriptor
        dacl_bits = 0x1404 | 0x0008  # present, defaulted, protected, auto-inherited
        control = old.control & ~dacl_bits | mapped.control & dacl_bits
        self.object.descriptor = replace(old, dacl=mapped.dacl, control=control)

    def set_owner(self, owner: Sid | str) -> None:
        """Give the object another owner; needs WRITE_OWNER.

        Only the user or an owner group of the caller's token, unless SeRestorePrivilege is enabled: else
        `Refusal` 1307.
        """
        self.use(WRITE_OWNER)
        owner = Sid(owner)
        check_owner(self.process.thread.context, owner)
        self.object.descriptor = replace(self.object.descriptor, owner=owner)

    def explain(self) -> str:
        """Why it was granted: what privileges gave outside the access check, then the check itself."""
        rights = self.object.object_type.rights
        lines = [f"{name} gives {rights(mask)!s}: no check." for name, mask in self.privileges.items()]
        if self.decision is not None:
            lines.append(str(self.decision))
        return "\n".join(lines)

    def __repr__(self) -> str:
        state = " (closed)" if self.closed else ""
        return f"<Handle {self.value:#x} to {self.object.name}: {self.granted_access!s}{state}>"


def check_owner(context: SecurityContext, owner: Sid) -> None:
    """Only the user and groups that may own can be named as owner, unless SeRestorePrivilege is enabled.

    Raises `Refusal` 1307. "SetSecurityInfo" and [MS-DTYP] 2.5.3.4.
    """
    may_own = {context.user, *(one.sid for one in context.groups if one.attributes & 0x8)}
    if owner not in may_own and not context.has_privilege("SeRestorePrivilege"):
        raise Refusal(Win32Error.INVALID_OWNER, f"{context.name_of(owner)} may not be made owner")


class HandleTable:
    """The handles of one process, by their values."""

    def __init__(self) -> None:
        self._handles: dict[int, Handle] = {}
        self._next = 4

    def add(self, handle: Handle) -> Handle:
        """Put a handle into the next free place."""
        handle.value = self._next
        return self.put(handle)

    def put(self, handle: Handle) -> Handle:
        """Put a handle into the place that its value names."""
        self._handles[handle.value] = handle
        self._next = max(self._next, handle.value + 4)
        return handle

    def discard(self, handle: Handle) -> None:
        """Take a handle out."""
        self._handles.pop(handle.value, None)

    def __getitem__(self, value: int) -> Handle:
        if value not in self._handles:
            raise Refusal(Win32Error.INVALID_HANDLE, f"there is no handle {value:#x} in this process")
        return self._handles[value]

    def __iter__(self) -> Iterator[Handle]:
        return iter(tuple(self._handles.values()))

    def __len__(self) -> int:
        return len(self._handles)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "no handles"
