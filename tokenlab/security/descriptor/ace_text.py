"""One ACE as SDDL text, as Windows writes it ([MS-DTYP] 2.5.1): aliases, rights as letters where letters say
all, flags in one order."""

from __future__ import annotations

from tokenlab.security.descriptor.ace_fields import CONDITIONAL_TYPES, AceFields, AceType
from tokenlab.security.descriptor.sddl_letters import (
    BIT_CODES,
    BITS_WITH_CODE,
    CODE_OF_MASK,
    CODE_OF_TYPE,
    FLAG_CODES,
    LABEL_CODES,
    NEVER_WRITTEN,
)
from tokenlab.values import Sid
from tokenlab.values.sid_names import ALIAS_OF, DOMAIN_ALIAS_OF


def format_ace(ace: AceFields, domain: Sid | str | None = None) -> str:
    """One ACE in parentheses, as Windows writes it. Raises ValueError where its type has no SDDL."""
    code = CODE_OF_TYPE.get(ace.type)
    if code is None:
        raise ValueError(f"an ACE of the type {ace.type.name} has no SDDL; its bytes say it")

    def sid(value: Sid) -> str:
        return format_sid(value, domain)

    flags = "".join(letters for letters, bit in FLAG_CODES.items() if ace.flags & bit)
    fields = [code, flags, format_mask(ace.mask, ace.type)]
    fields += [str(guid) if guid else "" for guid in (ace.object_type, ace.inherited_object_type)]
    fields.append(sid(ace.sid))
    if ace.type in CONDITIONAL_TYPES:
        from tokenlab.security.condition import infix  # 8 ms to load, and most descriptors have none

        fields.append(infix.format_condition(infix.decode(ace.data), sid))
    elif ace.type is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
        from tokenlab.security.condition import claims

        fields.append(claims.format_resource_attribute(claims.decode(ace.data), sid))
    return f"({';'.join(fields)})"


def format_mask(mask: int, kind: AceType = AceType.ACCESS_ALLOWED) -> str:
    """``FA`` for 0x1f01ff, ``CCDC`` for 0x3, ``0x1200a9`` where letters cannot say it all."""
    if kind is AceType.SYSTEM_MANDATORY_LABEL and mask <= 0x7:
        return "".join(code for code, bit in LABEL_CODES.items() if mask & bit)
    if mask in CODE_OF_MASK:
        return CODE_OF_MASK[mask]
    if mask & ~BITS_WITH_CODE:
        return f"{mask:#x}"
    return "".join(code for code, bit in BIT_CODES.items() if mask & bit)


def format_sid(sid: Sid, domain: Sid | str | None = None) -> str:
    """``BA``, ``DA`` if it belongs to ``domain``, else the numbers."""
    if alias := ALIAS_OF.get(sid):
        return alias
    if domain is not None and sid.domain == domain:
        alias = DOMAIN_ALIAS_OF.get(sid.rid)
        if alias and alias not in NEVER_WRITTEN:
            return alias
    return str(sid)
