"""Security descriptors as bytes: the self-relative form, both ways ([MS-DTYP] 2.4.6).

Everything is little-endian, except the authority of a SID. Windows lays a descriptor out as header, SACL,
DACL, owner, group; any order is read, that one is written.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING

from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import OBJECT_ACE_TYPES, AceFlags, AceType
from tokenlab.security.descriptor.acl import ACL_REVISION, ACL_REVISION_DS, Acl
from tokenlab.security.descriptor.parts import ControlFlags, DescriptorParts
from tokenlab.values import ParseError, Sid, SidError

if TYPE_CHECKING:
    from uuid import UUID

_HEADER = Struct("<BBHIIII")  # revision, resource manager control, control, owner, group, SACL, DACL
_ACL = Struct("<BBHHH")  # revision, 0, size, count, 0
_ACE = Struct("<BBHI")  # type, flags, size, mask
_OBJECT_FLAGS = Struct("<I")  # 1: object type present, 2: inherited object type present


class WireError(ParseError):
    """Bytes that are no self-relative security descriptor, with the offset where they stop making sense."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason, column=offset + 1, message=f"{reason} (at byte {offset:#x})")
        self.offset = offset


def encode(parts: DescriptorParts) -> bytes:
    """Self-relative bytes. Raises `WireError` if an ACL would not fit into 64 KiB."""
    body = b""
    offsets = []
    for part in (
        b"" if parts.sacl is None else encode_acl(parts.sacl),
        b"" if parts.dacl is None else encode_acl(parts.dacl),
        b"" if parts.owner is None else parts.owner.to_bytes(),
        b"" if parts.group is None else parts.group.to_bytes(),
    ):
        offsets.append(_HEADER.size + len(body) if part else 0)
        body += part
    sacl, dacl, owner, group = offsets
    control = int(parts.control | ControlFlags.SELF_RELATIVE)
    header = _HEADER.pack(1, parts.resource_manager_control, control, owner, group, sacl, dacl)
    return header + body


def encode_acl(acl: Acl) -> bytes:
    """An ACL with its header ([MS-DTYP] 2.4.5). Raises `WireError` beyond 64 KiB."""
    body = b"".join(encode_ace(ace) for ace in acl) + acl.slack
    size = _ACL.size + len(body)
    if size > 0xFFFF:
        raise WireError(f"an ACL of {size} bytes does not fit: the size field has 16 bits, 65535 at most", 0)
    return _ACL.pack(acl.revision, 0, size, len(acl), 0) + body


def encode_ace(ace: Ace) -> bytes:
    """One ACE with its header ([MS-DTYP] 2.4.4). Raises `WireError` beyond 64 KiB."""
    guids = b""
    if ace.type in OBJECT_ACE_TYPES:
        guids = _OBJECT_FLAGS.pack(bool(ace.object_type) | bool(ace.inherited_object_type) << 1)
        guids += b"".join(guid.bytes_le for guid in (ace.object_type, ace.inherited_object_type) if guid)
    body = guids + ace.sid.to_bytes() + ace.data
    size = _ACE.size + len(body)
    if size % 4 or size > 0xFFFF:
        raise WireError(f"an ACE of {size} bytes cannot be: sizes are multiples of 4, 65532 at most", 0)
    return _ACE.pack(ace.type, ace.flags, size, ace.mask) + body


def decode(data: bytes) -> DescriptorParts:
    """The parts of the descriptor in these bytes. Raises `WireError`, which names the offset."""
    data = bytes(data)
    if len(data) < _HEADER.size:
        raise WireError(f"{len(data)} bytes are no security descriptor: its header alone has 20", len(data))
    revision, resource_manager, control, owner, group, sacl, dacl = _HEADER.unpack_from(data)
    if revision != 1:
        raise WireError(f"revision {revision} is unknown: expected 1", 0)
    if not control & ControlFlags.SELF_RELATIVE:
        raise WireError("not self-relative: expected the control bit 0x8000", 2)
    return DescriptorParts(
        _decode_sid(data, owner, len(data)) if owner else None,
        _decode_sid(data, group, len(data)) if group else None,
        decode_acl(data, dacl) if dacl and control & ControlFlags.DACL_PRESENT else None,
        decode_acl(data, sacl) if sacl and control & ControlFlags.SACL_PRESENT else None,
        ControlFlags(control),
        resource_manager,
    )


def decode_acl(data: bytes, offset: int = 0) -> Acl:
    """The ACL at this offset. Raises `WireError`."""
    if offset + _ACL.size > len(data):
        raise WireError("no room for an ACL here", offset)
    revision, _, size, count, _ = _ACL.unpack_from(data, offset)
    if revision not in (ACL_REVISION, 3, ACL_REVISION_DS):
        raise WireError(f"ACL revision {revision} is unknown: expected 2 or 4", offset)
    end = offset + size
    if size < _ACL.size or end > len(data):
        raise WireError(f"an ACL of {size} bytes does not fit here", offset + 2)
    aces = []
    at = offset + _ACL.size
    for _ in range(count):
        ace, at = _decode_ace(data, at, end)
        aces.append(ace)
    return Acl(aces, revision, data[at:end])


def _decode_ace(data: bytes, offset: int, limit: int) -> tuple[Ace, int]:
    if offset + _ACE.size > limit:
        raise WireError("the ACL ends before its last ACE", offset)
    kind, flags, size, mask = _ACE.unpack_from(data, offset)
    end = offset + size
    if size % 4 or size < _ACE.size or end > limit:
        raise WireError(f"an ACE of {size} bytes does not fit here", offset + 2)
    try:
        kind = AceType(kind)
    except ValueError:
        raise WireError(f"{kind:#x} is not a type of ACE that stands in a descriptor", offset) from None
    at = offset + _ACE.size
    guids: list[UUID | None] = [None, None]
    if kind in OBJECT_ACE_TYPES:
        if at + 4 > end:
            raise WireError("the ACE ends before its object flags", at)
        (present,) = _OBJECT_FLAGS.unpack_from(data, at)
        if present > 3:
            raise WireError(f"object flags {present:#x} are unknown: expected 0 to 3", at)
        at += 4
        for which in (0, 1):
            if present & 1 << which:
                if at + 16 > end:
                    raise WireError("the ACE ends before its GUID", at)
                from uuid import UUID  # most descriptors have none

                guids[which] = UUID(bytes_le=data[at : at + 16])
                at += 16
    sid = _decode_sid(data, at, end)
    rest = data[at + 8 + 4 * data[at + 1] : end]
    return Ace(kind, AceFlags(flags), mask, sid, guids[0], guids[1], rest), end


def _decode_sid(data: bytes, offset: int, limit: int) -> Sid:
    if offset + 8 > limit or offset + 8 + 4 * data[offset + 1] > limit:
        raise WireError("no room for a SID here", offset)
    try:
        return Sid.from_bytes(data[offset : offset + 8 + 4 * data[offset + 1]])
    except SidError as error:
        raise WireError(str(error), offset) from None
