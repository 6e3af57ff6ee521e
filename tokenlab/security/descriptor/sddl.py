"""Security descriptors as text: SDDL, both ways ([MS-DTYP] 2.5.1).

`sddl_reader` reads, `ace_text` writes an ACE; here is what puts a descriptor together.
"""

from __future__ import annotations

from tokenlab.security.descriptor.ace_text import format_ace, format_mask, format_sid
from tokenlab.security.descriptor.parts import ControlFlags, DescriptorParts
from tokenlab.security.descriptor.sddl_letters import ACL_CONTROL, NO_ACCESS_CONTROL
from tokenlab.security.descriptor.sddl_reader import SddlError, parse
from tokenlab.values import Sid

__all__ = ["SddlError", "format_ace", "format_descriptor", "format_mask", "format_sid", "parse"]


def format_descriptor(parts: DescriptorParts, domain: Sid | str | None = None) -> str:
    """The SDDL that Windows writes for it. Raises ValueError where a part has no SDDL."""
    found = []
    if parts.owner is not None:
        found.append(f"O:{format_sid(parts.owner, domain)}")
    if parts.group is not None:
        found.append(f"G:{format_sid(parts.group, domain)}")
    control = int(parts.control)
    for letter, acl, present, bits in (
        ("D", parts.dacl, ControlFlags.DACL_PRESENT, control),
        ("S", parts.sacl, ControlFlags.SACL_PRESENT, control >> 1),
    ):
        if control & present:
            flags = "".join(code for code, bit in ACL_CONTROL.items() if bits & bit)
            aces = NO_ACCESS_CONTROL if acl is None else "".join(format_ace(ace, domain) for ace in acl)
            found.append(f"{letter}:{flags}{aces}")
    return "".join(found)
