"""Which entries of a SACL want an access to be written down. [MS-DTYP] 2.4.4.10 and 2.5.3.4."""

from __future__ import annotations

from tokenlab.security.context import SecurityContext
from tokenlab.security.descriptor.ace import Ace
from tokenlab.security.descriptor.ace_fields import AceFlags, AceType
from tokenlab.security.descriptor.security_descriptor import SecurityDescriptor


def audit_aces(
    context: SecurityContext, descriptor: SecurityDescriptor, rights: int, *, success: bool
) -> tuple[Ace, ...]:
    """The audit entries that fire for these rights: those granted, or those asked for in vain.

    An entry counts for every SID that a deny entry could match, one for deny only too.
    """
    wanted = AceFlags.SUCCESSFUL_ACCESS if success else AceFlags.FAILED_ACCESS
    return tuple(
        ace
        for ace in descriptor.sacl or ()
        if ace.type is AceType.SYSTEM_AUDIT
        and ace.flags & wanted
        and ace.mask & rights
        and not ace.inherit_only
        and ace.sid in context.deny_sids
    )
