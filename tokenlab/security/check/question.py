"""Is this a question for the access check at all? What it is asked with, looked at before it begins."""

from __future__ import annotations

from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor
from tokenlab.values import FILE, OBJECT_TYPES, AccessRights, ObjectType

_TYPE_OF = {kind.rights: kind for kind in reversed(OBJECT_TYPES.values())}


def check_question(context: object, descriptor: object, desired: int) -> int:
    """The mask as a plain number. Raises TypeError and ValueError for what is no question."""
    _expect(context, SecurityContext, "SecurityContext('S-1-5-18')")
    _expect(descriptor, SecurityDescriptor, "SecurityDescriptor.from_sddl('O:SYG:SYD:')")
    mask = int(desired)
    if not 0 <= mask <= 0xFFFFFFFF:
        raise ValueError(f"{mask:#x} is not an access mask: expected 32 bits, for example 0x120089")
    return mask


def type_of(desired: int, object_type: ObjectType | None = None, default: ObjectType = FILE) -> ObjectType:
    """The type of object that is asked about: the one given, else the one whose rights are asked for, else,
    for a plain number, the default.

    Raises ValueError for the rights of another type; types that share all their numbers (files, folders,
    pipes and shares) may be asked for with each other's names. TypeError if it is no type at all.
    """
    rights = type(desired) if isinstance(desired, AccessRights) else None
    own = None if rights is None else _TYPE_OF.get(rights)
    if object_type is None:
        if rights is not None and own is None:
            raise ValueError(f"{desired!r} are rights of a type of your own: give it as object_type=")
        return own or default
    _expect(object_type, ObjectType, "OBJECT_TYPES['file']")
    if rights in (None, object_type.rights) or (own and own.mapping == object_type.mapping):
        return object_type
    names = own.name if own else f"type with {type(desired).__name__}"
    raise ValueError(
        f"{desired!r} are rights to a {names}, the object is a {object_type.name}: expected "
        f"{object_type.rights.__name__}, for example {object_type.rights.__name__}(0x20000)"
    )


def _expect(argument: object, kind: type, example: str) -> None:
    if not isinstance(argument, kind):
        raise TypeError(f"{argument!r} is no {kind.__name__}: expected one, for example {example}")
