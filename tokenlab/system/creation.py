"""Making an object: what a creator may ask of it, and which handle comes back.

The descriptor is `security.new_object_descriptor`; here is who may choose an owner, a SACL or a label for it.
"Security Descriptors for New Objects" and "Mandatory Integrity Control" on Microsoft Learn; Wine's tests of
``CreateFile`` and ``RegCreateKeyEx``; Forshaw, listings 6-29 and 6-30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenlab.security import AceType, SecurityContext, SecurityDescriptor, new_object_descriptor
from tokenlab.system import default_objects, object_events
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.handle import Handle, check_owner
from tokenlab.system.handle_kinds import HANDLES
from tokenlab.system.objects import Desktop, Folder, KernelObject, Section, Securable
from tokenlab.system.opening import MAXIMUM_ALLOWED, SYSTEM_SECURITY, check_access, check_way, map_request
from tokenlab.values import DirectoryRights, KeyRights, WindowStationRights

if TYPE_CHECKING:
    from tokenlab.system.thread import Thread

_AUDITS = frozenset(kind for kind in AceType if "AUDIT" in kind.name or "ALARM" in kind.name)


def create_stored(
    thread: Thread, path: str, desired: int, container: bool, descriptor: SecurityDescriptor | str | None
) -> Handle:
    """Make a file, folder or key; see `Thread.create`.

    Raises `Refusal`: 183 where there is one already, 5 where an access check refuses, 2 or 3 without the
    folder, 1314 without a privilege that it takes.
    """
    machine, session = thread.process.machine, thread.effective_token.session
    folder, _, _ = path.rpartition("\\")
    parent = machine.objects.find(folder, session)
    check_way(thread, parent)
    add = DirectoryRights.ADD_SUBDIRECTORY if container else DirectoryRights.ADD_FILE
    check_access(thread, parent, add if isinstance(parent, Folder) else KeyRights.CREATE_SUB_KEY)
    path = machine.objects.resolve(path, session)
    tree = machine.objects.tree(path)
    if tree.find(path) is not None:
        raise Refusal(Win32Error.ALREADY_EXISTS, f"{path} is there already")
    explicit = choose_descriptor(thread.context, descriptor)
    check_sacl_right(thread, desired)
    made = default_objects.add(tree, path, thread.context, container=container, explicit=explicit)
    return first_handle(thread, made, desired)


def create_kernel_object(
    thread: Thread,
    kind: type[KernelObject],
    name: str,
    desired: int | None,
    descriptor: SecurityDescriptor | str | None,
) -> Handle:
    """Make one; see `Thread.create_object`.

    Raises `Refusal`: 183 where there is one already, 5 where an access check refuses, 1314 without a
    privilege that it takes; ValueError for what is no name.
    """
    root, _, rest = name.partition("\\")
    root = root.upper()
    if root not in kind.roots or rest.count("\\") != kind.example.count("\\") - 1 or not rest:
        what = kind.object_type.name
        raise ValueError(f"{name!r} is no name for a {what}: expected for example {kind.example}")
    context, objects = thread.context, thread.process.machine.objects
    if kind is Section and root == "GLOBAL" and thread.process.desktop is not None:
        check_privilege(context, "SeCreateGlobalPrivilege", "a section for all sessions, made at a desktop,")
    station = None
    if kind is Desktop:
        station = objects.find(name.rpartition("\\")[0], thread.effective_token.session)
        check_access(thread, station, WindowStationRights.CREATEDESKTOP)
    path = objects.resolve(name, thread.effective_token.session)
    if path.lower() in objects.kernel:
        raise Refusal(Win32Error.ALREADY_EXISTS, f"{path} is there already")
    explicit = choose_descriptor(context, descriptor)
    wanted = kind.object_type.mapping.all if desired is None else desired
    check_sacl_right(thread, wanted)
    above = None if station is None else station.descriptor
    made = kind(path, new_object_descriptor(above, context, explicit, object_type=kind.object_type))
    objects.kernel[path.lower()] = made
    return first_handle(thread, made, wanted)


def choose_descriptor(
    context: SecurityContext, descriptor: SecurityDescriptor | str | None
) -> SecurityDescriptor | None:
    """The descriptor that a creator wishes for, if this token may.

    Raises `Refusal` 1307 for an owner that it may not name, 1314 for an audit entry without
    SeSecurityPrivilege and for a label above its own level without SeRelabelPrivilege.
    """
    if isinstance(descriptor, str):
        descriptor = SecurityDescriptor.from_sddl(descriptor)
    if descriptor is None:
        return None
    if descriptor.owner is not None:
        check_owner(context, descriptor.owner)
    if any(ace.type in _AUDITS for ace in descriptor.sacl or ()):
        check_privilege(context, "SeSecurityPrivilege", "a SACL with audit entries")
    labels = [ace for ace in descriptor.sacl or () if ace.type is AceType.SYSTEM_MANDATORY_LABEL]
    if any(ace.sid.rid > context.level for ace in labels):
        own = context.integrity.name or context.integrity
        check_privilege(context, "SeRelabelPrivilege", f"a label above {own}")
    return descriptor


def check_privilege(context: SecurityContext, privilege: str, wish: str) -> None:
    """Raises `Refusal` 1314 if the privilege is not enabled."""
    if not context.has_privilege(privilege):
        raise Refusal(Win32Error.PRIVILEGE_NOT_HELD, f"{wish} takes {privilege}, enabled")


def check_sacl_right(thread: Thread, desired: int) -> None:
    """ACCESS_SYSTEM_SECURITY takes its privilege at a creation, too. Raises `Refusal` 1314."""
    if desired & SYSTEM_SECURITY:
        check_privilege(thread.context, "SeSecurityPrivilege", "ACCESS_SYSTEM_SECURITY")


def first_handle(thread: Thread, made: Securable, desired: int) -> Handle:
    """The creator's handle: what was asked for, whatever the new descriptor says; all for MAXIMUM_ALLOWED."""
    kind, wanted = made.object_type, map_request(made, desired)
    if wanted & MAXIMUM_ALLOWED:
        wanted = wanted & ~MAXIMUM_ALLOWED | kind.mapping.all
    rights = kind.rights(kind.with_brought(wanted))
    handle = HANDLES.get(kind.name, Handle)(thread.process, 0, made, rights, thread=thread)
    if desired & SYSTEM_SECURITY:
        object_events.write_privilege_use(thread, "SeSecurityPrivilege", made, SYSTEM_SECURITY)
    return thread.process.handles.add(handle)
