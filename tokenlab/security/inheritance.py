"""How a new file or folder gets its descriptor, and what of a descriptor an object keeps.

[MS-DTYP] 2.5.3.4; ``CreatePrivateObjectSecurityEx`` and "ACE Inheritance Rules" on Microsoft Learn.
Samba's smb2.acls INHERITANCE and INHERITFLAGS, asserted on real Windows, hold it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import AceFlags, AceType, MandatoryPolicy
from tokenlab.security.descriptor.acl import Acl
from tokenlab.security.descriptor.parts import ControlFlags
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import FILE, GenericMapping, IntegrityLevel, ObjectType, Sid
from tokenlab.values.well_known import CREATOR_GROUP, CREATOR_OWNER

_OI, _CI, _NP = AceFlags.OBJECT_INHERIT, AceFlags.CONTAINER_INHERIT, AceFlags.NO_PROPAGATE_INHERIT
_IO, _ID = AceFlags.INHERIT_ONLY, AceFlags.INHERITED
_INHERITANCE = _OI | _CI | _NP | _IO


def new_object_descriptor(
    parent: SecurityDescriptor | None,
    creator: SecurityContext,
    explicit: SecurityDescriptor | None = None,
    *,
    container: bool = False,
    object_type: ObjectType = FILE,
) -> SecurityDescriptor:
    """The descriptor of a new object.

    Owner and group come from ``explicit``, else from the creator's token. The DACL is the explicit one,
    unless that is only a default and the parent has something to pass on; else what the parent passes
    on; else the default DACL of the token. Without a label, what a creator below Medium makes is labelled
    with the creator's level. ``container`` says whether it is a folder.

    >>> folder = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;OICI;FR;;;WD)")
    >>> new_object_descriptor(folder, SecurityContext("S-1-5-18")).to_sddl()
    'O:SYG:SYD:(A;;FR;;;WD)'
    """
    explicit = explicit or SecurityDescriptor()
    owner = explicit.owner or creator.owner
    group = explicit.group or creator.primary_group
    control = explicit.control & (ControlFlags.DACL_PROTECTED | ControlFlags.SACL_PROTECTED)

    def passed_on(acl: Acl | None, automatic: ControlFlags) -> tuple[Acl | None, ControlFlags]:
        aces = [] if acl is None else list(inherit_aces(acl, owner, group, container, object_type.mapping))
        mark = _ID if automatic else AceFlags(0)
        inherited = Acl(ace.with_flags(ace.flags | mark) for ace in aces)
        return (inherited, automatic) if aces else (None, ControlFlags(0))

    above = parent or SecurityDescriptor()
    dacl, sacl = explicit.dacl, explicit.sacl
    defaulted = bool(explicit.control & ControlFlags.DACL_DEFAULTED)
    if not explicit.dacl_present or (defaulted and not control & ControlFlags.DACL_PROTECTED):
        inherited, automatic = passed_on(above.dacl, above.control & ControlFlags.DACL_AUTO_INHERITED)
        control |= automatic
        if inherited is not None:
            dacl = inherited
        elif not explicit.dacl_present:
            dacl = creator.default_dacl
    if sacl is None and not explicit.control & ControlFlags.SACL_PRESENT:
        sacl, automatic = passed_on(above.sacl, above.control & ControlFlags.SACL_AUTO_INHERITED)
        control |= automatic
    if creator.level < IntegrityLevel.MEDIUM.level:
        sacl = _with_label(sacl, creator.integrity)
    present = ControlFlags.DACL_PRESENT | ControlFlags.SACL_PRESENT
    control |= explicit.control & present  # a NULL list is present, too
    new = SecurityDescriptor(owner, group, dacl, sacl, control)
    return with_mapped_rights(new, object_type)


def _with_label(sacl: Acl | None, level: IntegrityLevel) -> Acl:
    """The same list, labelled unless it is so. "Mandatory Integrity Control"; Forshaw, ch. 6."""
    aces = list(sacl or ())
    if not any(ace.type is AceType.SYSTEM_MANDATORY_LABEL and not ace.inherit_only for ace in aces):
        aces.append(Ace(AceType.SYSTEM_MANDATORY_LABEL, 0, MandatoryPolicy.NO_WRITE_UP, level))
    return Acl(aces)


def inherit_aces(
    parent: Acl, owner: Sid, group: Sid, container: bool, mapping: GenericMapping
) -> Iterator[Ace]:
    """What a child takes from the ACL of its parent, in order; without the mark INHERITED."""
    for ace in parent:
        for_children = ace.flags & (_OI | _CI)
        bare = ace.flags & ~(_INHERITANCE | _ID)
        if not container:
            if ace.flags & _OI:
                yield _for_this_object(ace, owner, group, mapping).with_flags(bare)
        elif ace.flags & _CI:
            effective = _for_this_object(ace, owner, group, mapping)
            if ace.flags & _NP:
                yield effective.with_flags(bare)
            elif effective == ace:  # nothing to fill in: one line serves the folder and what comes below
                yield ace.with_flags(bare | for_children)
            else:
                yield effective.with_flags(bare)
                yield ace.with_flags(bare | for_children | _IO)
        elif ace.flags & _OI and not ace.flags & _NP:  # only files below will use it
            yield ace.with_flags(bare | _OI | _IO)


def _for_this_object(ace: Ace, owner: Sid, group: Sid, mapping: GenericMapping) -> Ace:
    """The line as it counts for the child itself: creators named, generic rights mapped."""
    sid = {CREATOR_OWNER: owner, CREATOR_GROUP: group}.get(ace.sid, ace.sid)
    mask = ace.mask if ace.type is AceType.SYSTEM_MANDATORY_LABEL else mapping.map(ace.mask)
    return ace._replace(sid=sid, mask=mask)


def with_mapped_rights(descriptor: SecurityDescriptor, object_type: ObjectType) -> SecurityDescriptor:
    """The descriptor as an object keeps it: generic rights of effective entries become specific ones.

    Entries that only wait for children keep theirs, because a child may be of another type.
    """

    def mapped(acl: Acl | None) -> Acl | None:
        if acl is None:
            return None
        lines = (
            ace if ace.inherit_only else ace._replace(mask=object_type.mapping.map(ace.mask)) for ace in acl
        )
        return Acl(lines, acl.revision, acl.slack)

    return replace(descriptor, dacl=mapped(descriptor.dacl))


def store_descriptor(descriptor: SecurityDescriptor, object_type: ObjectType = FILE) -> SecurityDescriptor:
    """What is read back after this descriptor was set on an object.

    AUTO_INHERITED stays only if AUTO_INHERIT_REQ came with it; the request itself is never stored.
    """
    control = int(descriptor.control)
    for request, result in ((0x0100, 0x0400), (0x0200, 0x0800)):  # of the DACL, of the SACL
        if not control & request:
            control &= ~result
        control &= ~request
    return with_mapped_rights(replace(descriptor, control=ControlFlags(control)), object_type)
