"""User Account Control: the weaker half of an administrator's logon.

Which groups and privileges make a logon worth splitting, and what is left of them: "How User Account
Control works" on Microsoft Learn, and the UAC chapter of *New Technologies for Windows Vista*.
"""

from __future__ import annotations

from dataclasses import replace

from tokenlab.security import GroupAttributes, SecurityContext, TokenGroup
from tokenlab.system.identity import Identity
from tokenlab.system.logon_type import LogonType
from tokenlab.system.policy import LocalPolicy
from tokenlab.values import IntegrityLevel, Sid
from tokenlab.values.well_known import LOCAL_ACCOUNT_AND_ADMINISTRATOR

# BUILTIN\...: Administrators, Power Users, Account, Server, Print, Backup Operators, Pre-Windows 2000
# Compatible Access, Network Configuration Operators, Cryptographic Operators
_BUILTIN_RIDS = frozenset({544, 547, 548, 549, 550, 551, 554, 556, 569})
# Of a domain: Domain Admins, Domain Controllers, Cert Publishers, Schema Admins, Enterprise Admins,
# Group Policy Creator Owners, RAS and IAS Servers
_DOMAIN_RIDS = frozenset({512, 516, 517, 518, 519, 520, 553})

STANDARD_PRIVILEGES = frozenset(
    f"Se{name}Privilege" for name in ["ChangeNotify", "Shutdown", "Undock", "IncreaseWorkingSet", "TimeZone"]
)
_POWERFUL_NAMES = (
    "CreateToken",
    "Tcb",
    "TakeOwnership",
    "Backup",
    "Restore",
    "Debug",
    "Impersonate",
    "Relabel",
)
POWERFUL_PRIVILEGES = frozenset(f"Se{name}Privilege" for name in _POWERFUL_NAMES)


def is_powerful_group(sid: Sid) -> bool:
    """True if UAC takes this group away."""
    if sid.startswith("S-1-5-32-"):
        return sid.rid in _BUILTIN_RIDS
    if sid.domain is not None:
        return sid.rid in _DOMAIN_RIDS
    return sid == LOCAL_ACCOUNT_AND_ADMINISTRATOR


def needs_filter(context: SecurityContext) -> bool:
    """True if the holder is an administrator of some kind: by a group, or by a privilege."""
    return any(is_powerful_group(group.sid) and group.enabled for group in context.groups) or any(
        state.privilege in POWERFUL_PRIVILEGES for state in context.privileges
    )


def halves(
    context: SecurityContext,
    identity: Identity,
    logon_type: LogonType,
    policy: LocalPolicy,
    by_program: bool = False,
) -> list[SecurityContext]:
    """The contexts that a logon gets: one, or the full and the limited one.

    A person at the machine is split. Over the network nobody is; but a *local* administrator who comes by it
    (not one whom a program of this machine logs on itself, as sshd.exe does) is let in with the limited
    context alone, unless LocalAccountTokenFilterPolicy says otherwise. Under Administrator
    protection a person has the limited context alone, and the account that stands in for them the full one.
    """
    exempt = identity.is_built_in_administrator and not policy.filter_administrator_token
    if not policy.enable_lua or exempt or not needs_filter(context):
        return [context]
    if logon_type.is_interactive and policy.protects_administrators:
        return [context if identity.system_managed else filter_context(context)]
    if logon_type.is_interactive:
        return [context, filter_context(context)]
    remote = logon_type.is_network and not by_program
    if remote and identity.local and not policy.local_account_token_filter_policy:
        return [filter_context(context)]
    return [context]


def filter_context(context: SecurityContext) -> SecurityContext:
    """What is left: powerful groups for deny only, few privileges, at most Medium integrity.

    Who is in a powerful group keeps only the five privileges of every user; who has only powerful
    privileges loses just those. New objects belong to the user again, no longer to Administrators.
    """
    powerful = {group.sid for group in context.groups if is_powerful_group(group.sid)}
    privileges = tuple(
        state
        for state in context.privileges
        if (
            state.privilege in STANDARD_PRIVILEGES if powerful else state.privilege not in POWERFUL_PRIVILEGES
        )
    )
    owner = context.user if context.owner in powerful else context.owner
    dacl = context.default_dacl
    if dacl is not None:
        dacl = type(dacl)(ace._replace(sid=context.user) if ace.sid in powerful else ace for ace in dacl)
    return replace(
        context,
        groups=tuple(_deny_only(group) if group.sid in powerful else group for group in context.groups),
        privileges=privileges,
        integrity=min(context.integrity, IntegrityLevel.MEDIUM, key=lambda level: level.level),
        owner=owner,
        default_dacl=dacl,
    )


def _deny_only(group: TokenGroup) -> TokenGroup:
    return TokenGroup(group.sid, GroupAttributes.USE_FOR_DENY_ONLY)
