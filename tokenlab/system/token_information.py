"""What can be asked of a token: ``GetTokenInformation`` and its classes.

The names are those of ``TOKEN_INFORMATION_CLASS`` (winnt.h); the page of the same name on Microsoft Learn
says what each answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from tokenlab.security import GroupAttributes, PrivilegeState, SecurityContext, TokenGroup
from tokenlab.security.context import Claims, TokenMandatoryPolicy
from tokenlab.system.errors import Refusal, Win32Error
from tokenlab.system.token_types import ElevationType, ImpersonationLevel, TokenType
from tokenlab.values import Luid, Sid


class QueriedToken(Protocol):
    """What of a token is asked here."""

    context: SecurityContext
    token_id: Luid
    authentication_id: Luid
    modified_id: Luid
    parent_id: Luid
    origin: Luid
    token_type: TokenType
    level: ImpersonationLevel | None
    elevation_type: ElevationType
    elevated: bool
    source: str
    session_id: int

    @property
    def is_restricted(self) -> bool: ...

    def linked_token(self, caller: SecurityContext | None = None) -> Any: ...


class TokenStatistics(NamedTuple):
    """``TOKEN_STATISTICS``: the names of the token, and a few counts."""

    token_id: Luid
    authentication_id: Luid
    token_type: TokenType
    impersonation_level: ImpersonationLevel | None
    group_count: int
    privilege_count: int
    modified_id: Luid


class TokenGroupsAndPrivileges(NamedTuple):
    """``TOKEN_GROUPS_AND_PRIVILEGES``: the user is the first of ``sids``, with no attributes."""

    sids: tuple[TokenGroup, ...]
    restricted_sids: tuple[TokenGroup, ...]
    privileges: tuple[PrivilegeState, ...]
    authentication_id: Luid


class TokenAccessInformation(NamedTuple):
    """``TOKEN_ACCESS_INFORMATION``: all that an access check looks at. Windows gives the lists as hashes, to
    be found quickly; here they are lists."""

    sids: tuple[TokenGroup, ...]
    restricted_sids: tuple[TokenGroup, ...]
    privileges: tuple[PrivilegeState, ...]
    authentication_id: Luid
    token_type: TokenType
    impersonation_level: ImpersonationLevel | None
    mandatory_policy: TokenMandatoryPolicy
    package_sid: Sid | None
    capabilities: tuple[TokenGroup, ...]
    trust_level_sid: Sid | None


def _level(token: QueriedToken) -> ImpersonationLevel:
    if token.level is None:
        raise Refusal(Win32Error.INVALID_PARAMETER, "a primary token has no impersonation level")
    return token.level


def _label(token: QueriedToken) -> TokenGroup:
    enabled = GroupAttributes.INTEGRITY | GroupAttributes.INTEGRITY_ENABLED
    return TokenGroup(Sid(token.context.integrity), enabled)


def _logon_sid(token: QueriedToken) -> Sid | None:
    marks = GroupAttributes.LOGON_ID
    found = (group.sid for group in token.context.groups if group.attributes & marks == marks)
    return next(found, None)


def _restricted_sids(token: QueriedToken) -> tuple[TokenGroup, ...]:
    """Restricting SIDs are shown as plain groups: mandatory, enabled by default, enabled."""
    return tuple(TokenGroup(sid) for sid in token.context.restricted_sids)


def _package(token: QueriedToken) -> Sid | None:
    return token.context.app.package if token.context.app else None


def _capabilities(token: QueriedToken) -> tuple[TokenGroup, ...]:
    app = token.context.app
    return tuple(TokenGroup(sid, GroupAttributes.ENABLED) for sid in app.capabilities) if app else ()


def _all_sids(token: QueriedToken) -> tuple[TokenGroup, ...]:
    only_denies = GroupAttributes.USE_FOR_DENY_ONLY if token.context.user_deny_only else GroupAttributes(0)
    return (TokenGroup(token.context.user, only_denies), *token.context.groups)


def _groups_and_privileges(token: QueriedToken) -> TokenGroupsAndPrivileges:
    privileges = token.context.privileges
    return TokenGroupsAndPrivileges(
        _all_sids(token), _restricted_sids(token), privileges, token.authentication_id
    )


def _access_information(token: QueriedToken) -> TokenAccessInformation:
    return TokenAccessInformation(
        *_groups_and_privileges(token),
        token.token_type,
        token.level,
        token.context.mandatory_policy,
        _package(token),
        _capabilities(token),
        token.context.trust,
    )


def _claims(token: QueriedToken) -> Claims:
    return token.context.claims or Claims()


def _statistics(token: QueriedToken) -> TokenStatistics:
    groups, privileges = token.context.groups, token.context.privileges
    return TokenStatistics(
        token.token_id,
        token.authentication_id,
        token.token_type,
        token.level,
        len(groups),
        len(privileges),
        token.modified_id,
    )


def _has_restrictions(token: QueriedToken) -> bool:
    """Filtered in any way: by UAC, or by CreateRestrictedToken."""
    return token.is_restricted or token.elevation_type is ElevationType.LIMITED or bool(token.parent_id)


CLASSES: dict[str, Callable[[QueriedToken], Any]] = {
    "TokenUser": lambda token: token.context.user,
    "TokenGroups": lambda token: token.context.groups,
    "TokenPrivileges": lambda token: token.context.privileges,
    "TokenOwner": lambda token: token.context.owner,
    "TokenPrimaryGroup": lambda token: token.context.primary_group,
    "TokenDefaultDacl": lambda token: token.context.default_dacl,
    "TokenSource": lambda token: token.source,
    "TokenType": lambda token: token.token_type,
    "TokenImpersonationLevel": _level,
    "TokenStatistics": _statistics,
    "TokenRestrictedSids": _restricted_sids,
    "TokenIsRestricted": lambda token: token.is_restricted,
    "TokenSessionId": lambda token: token.session_id,
    "TokenOrigin": lambda token: token.origin,
    "TokenElevationType": lambda token: token.elevation_type,
    "TokenElevation": lambda token: token.elevated,
    "TokenHasRestrictions": _has_restrictions,
    "TokenIntegrityLevel": _label,
    "TokenMandatoryPolicy": lambda token: token.context.mandatory_policy,
    "TokenLogonSid": _logon_sid,
    "TokenGroupsAndPrivileges": _groups_and_privileges,
    "TokenAccessInformation": _access_information,
    "TokenUIAccess": lambda token: False,  # no program here has a manifest that asks for it
    "TokenIsAppContainer": lambda token: token.context.app is not None,
    "TokenIsLessPrivilegedAppContainer": lambda token: bool(
        token.context.app and token.context.app.less_privileged
    ),
    "TokenAppContainerSid": _package,
    "TokenCapabilities": _capabilities,
    "TokenProcessTrustLevel": lambda token: token.context.trust,
    "TokenUserClaimAttributes": lambda token: _claims(token).user,
    "TokenDeviceClaimAttributes": lambda token: _claims(token).device,
    "TokenDeviceGroups": lambda token: _claims(token).device_groups,
}
NOT_MODELLED = frozenset(
    f"Token{name}"
    for name in (
        *("SandBoxInert", "AuditPolicy", "SessionReference", "VirtualizationAllowed", "BnoIsolation"),
        *("VirtualizationEnabled", "AppContainerNumber", "RestrictedUserClaimAttributes", "IsSandboxed"),
        *("RestrictedDeviceClaimAttributes", "RestrictedDeviceGroups", "SecurityAttributes"),
        *("PrivateNameSpace", "SingletonAttributes", "ChildProcessFlags"),
    )
)
"""Classes of winnt.h about what this model has not got."""


def query(token: QueriedToken, information_class: str, caller: SecurityContext) -> Any:
    """What ``GetTokenInformation`` answers. Raises `Refusal` 87, KeyError for an unknown class."""
    if information_class == "TokenLinkedToken":
        return token.linked_token(caller)
    if information_class in NOT_MODELLED:
        raise KeyError(f"Windows answers to {information_class}, this model does not: see docs/fidelity.md")
    if information_class not in CLASSES:
        raise KeyError(
            f"{information_class!r} is not a class of token information: expected a name such as TokenGroups"
        )
    return CLASSES[information_class](token)
