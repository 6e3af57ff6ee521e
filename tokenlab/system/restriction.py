"""What a restricted token says: fewer groups, fewer privileges, a second list that must agree.

"Restricted Tokens" and ``CreateRestrictedToken`` on Microsoft Learn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tokenlab.security import GroupAttributes, SecurityContext, TokenGroup
from tokenlab.system.token_types import RestrictFlags
from tokenlab.system.uac import filter_context
from tokenlab.values import Sid
from tokenlab.values.well_known import NULL_SID

_COUNTS = GroupAttributes.MANDATORY | GroupAttributes.ENABLED_BY_DEFAULT | GroupAttributes.ENABLED


def restrict(
    context: SecurityContext,
    disable: Iterable[str] = (),
    delete: Iterable[str] = (),
    restrict_to: Iterable[str] = (),
    flags: int = 0,
) -> SecurityContext:
    """The weaker context. What names something that is not there is passed over.

    LUA_TOKEN filters as UAC does. A context that has restricting SIDs keeps only those that are named
    again; if that leaves none, NULL SID stays, which nobody grants anything.
    """
    if flags & RestrictFlags.LUA_TOKEN:
        context = filter_context(context)
    disabled, deleted = set(disable), {str(name) for name in delete}
    if flags & RestrictFlags.DISABLE_MAX_PRIVILEGE:
        deleted = {str(state.privilege) for state in context.privileges} - {"SeChangeNotifyPrivilege"}
    return replace(
        context,
        groups=tuple(_deny_only(group) if group.sid in disabled else group for group in context.groups),
        privileges=tuple(state for state in context.privileges if state.privilege not in deleted),
        user_deny_only=context.user_deny_only or context.user in disabled,
        restricted_sids=_restricted_sids(context, restrict_to),
        write_restricted=context.write_restricted or bool(flags & RestrictFlags.WRITE_RESTRICTED),
    )


def _restricted_sids(context: SecurityContext, restrict_to: Iterable[str]) -> tuple[Sid, ...]:
    only = tuple(dict.fromkeys(map(Sid, restrict_to)))
    if not only or not context.restricted_sids:
        return only or context.restricted_sids
    return tuple(sid for sid in only if sid in context.restricted_sids) or (NULL_SID,)


def _deny_only(group: TokenGroup) -> TokenGroup:
    return TokenGroup(group.sid, group.attributes & ~_COUNTS | GroupAttributes.USE_FOR_DENY_ONLY)
