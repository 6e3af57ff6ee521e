"""What the Security log tells of a logon: who, how, from where, with what.

Fields and order are those of real records. "4624(S)", "4625(F)", "4627(S)", "4634(S)", "4647(S)", "4648(S)"
and "4672(S)" on Microsoft Learn explain them.
"""

from __future__ import annotations

from typing import NamedTuple

from tokenlab.security import GroupAttributes
from tokenlab.system.errors import Win32Error
from tokenlab.system.event_log import (
    IMPERSONATION_LEVELS,
    NO_GUID,
    NOBODY,
    EventSubject,
    SecurityLog,
    lines,
    yes_or_no,
)
from tokenlab.system.identity import KERBEROS, Identity
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.logon_type import CredentialKind, LogonType
from tokenlab.system.origin import LoggedOrigin
from tokenlab.system.policy import privilege
from tokenlab.system.token import Token
from tokenlab.values.guid import guid_of
from tokenlab.values.well_known import NULL_SID

# "4672(S)" names them; SeDelegateSessionUserImpersonate is in every real one since Windows 10
SPECIAL_PRIVILEGES = frozenset(
    map(
        privilege,
        (
            *("Tcb", "Backup", "CreateToken", "Debug", "EnableDelegation", "Audit", "Impersonate"),
            *("LoadDriver", "Security", "SystemEnvironment", "AssignPrimaryToken", "Restore"),
            *("TakeOwnership", "DelegateSessionUserImpersonate"),
        ),
    )
)


class LogonFailure(NamedTuple):
    """Why a logon failed: the NTSTATUS codes of 4625 ([MS-ERREF] 2.3.1), and its message number."""

    status: str
    sub_status: str
    reason: str
    sentence: str


UNKNOWN_USER = LogonFailure("0xc000006d", "0xc0000064", "%%2313", "unknown user name or bad password")
WRONG_PASSWORD = LogonFailure("0xc000006d", "0xc000006a", "%%2313", "unknown user name or bad password")
DISABLED = LogonFailure("0xc000006e", "0xc0000072", "%%2310", "the account is disabled")
NOT_GRANTED = LogonFailure("0xc000015b", "0x0", "%%2308", "this type of logon has not been granted here")
NO_CONTROLLER = LogonFailure(
    "0xc000005e", "0x0", "%%2304", "no domain controller answers, and no verifier was left"
)

ERROR_OF = {
    UNKNOWN_USER: Win32Error.LOGON_FAILURE,
    WRONG_PASSWORD: Win32Error.LOGON_FAILURE,
    DISABLED: Win32Error.ACCOUNT_DISABLED,
    NOT_GRANTED: Win32Error.LOGON_TYPE_NOT_GRANTED,
    NO_CONTROLLER: Win32Error.NO_LOGON_SERVERS,
}


def write_success(
    log: SecurityLog,
    identity: Identity,
    logon_type: LogonType,
    sessions: list[LogonSession],
    tokens: list[Token],
    origin: LoggedOrigin,
) -> None:
    """4624 and 4627 for each session, 4672 where the token has special privileges.

    Real logs put 4672 first for what came over the network, and last otherwise.
    """
    pairs = list(zip(sessions, tokens, strict=True))
    first = origin.subject is NOBODY
    if first:
        for session, token in pairs:
            _write_special(log, identity, session, token)
    for session, token in pairs:
        _write_logon(log, identity, logon_type, session, token, origin)
    if not first:
        for session, token in pairs:
            _write_special(log, identity, session, token)


def write_failure(
    log: SecurityLog,
    name: str,
    domain: str,
    logon_type: LogonType,
    failure: LogonFailure,
    origin: LoggedOrigin,
) -> None:
    """4625: the name that was tried, and why it was not let in."""
    log.append(
        4625,
        **origin.fields(),
        TargetUserSid=str(NULL_SID),
        TargetUserName=name,
        TargetDomainName=domain,
        Status=failure.status,
        FailureReason=failure.reason,
        SubStatus=failure.sub_status,
        LogonType=str(int(logon_type)),
    )


def write_validation(log: SecurityLog, name: str, workstation: str, status: str = "0x0") -> None:
    """4776: NTLM's answer, or a password, was compared by the machine that has the account: the controller,
    or a member with its own SAM. ``status`` is an NTSTATUS."""
    log.append(
        4776,
        PackageName="MICROSOFT_AUTHENTICATION_PACKAGE_V1_0",
        TargetUserName=name,
        Workstation=workstation,
        Status=status,
    )


def write_explicit(log: SecurityLog, identity: Identity, origin: LoggedOrigin) -> None:
    """4648: somebody gave the name and the password of an account."""
    log.append(
        4648,
        **origin.subject.fields(),
        **origin.program.fields(),
        LogonGuid=NO_GUID,
        TargetUserName=identity.name,
        TargetDomainName=identity.domain,
        TargetLogonGuid=NO_GUID,
        TargetServerName="localhost",
        TargetInfo="localhost",
        IpAddress=origin.address,
        IpPort=origin.port,
    )


def write_logoff(log: SecurityLog, session: LogonSession) -> None:
    """4634: the session has ended."""
    fields = session.subject.fields("Target")
    log.append(4634, **fields, LogonType=str(int(session.logon_type)))


def write_user_logoff(log: SecurityLog, session: LogonSession) -> None:
    """4647: a person chose to leave; 4634 follows when the last token is gone."""
    log.append(4647, **session.subject.fields("Target"))


def _write_logon(
    log: SecurityLog,
    identity: Identity,
    logon_type: LogonType,
    session: LogonSession,
    token: Token,
    origin: LoggedOrigin,
) -> None:
    over_the_network = origin.subject is NOBODY
    target = EventSubject(token.context.user, identity.name, identity.domain, session.authentication_id)
    shown = target.fields("Target")
    if over_the_network and origin.package == KERBEROS:
        shown["TargetDomainName"] = identity.dns_domain.upper()
    new = logon_type is LogonType.NEW_CREDENTIALS
    level = 2 if token.level is None else int(token.level)
    has_guid = identity.package == KERBEROS and identity.fixed_session is None and not new
    log.append(
        4624,
        **origin.fields(),
        **shown,
        LogonType=str(int(logon_type)),
        LogonGuid=guid_of(log.computer + str(target.logon_id)) if has_guid else NO_GUID,
        ImpersonationLevel=IMPERSONATION_LEVELS[level],
        **_desktop(session, log.logon_version),
        TargetOutboundUserName=session.credentials.user_name if new else "-",
        TargetOutboundDomainName=session.credentials.domain if new else "-",
        VirtualAccount=yes_or_no(identity.virtual),
        TargetLinkedLogonId=str(session.linked_id),
        ElevatedToken=yes_or_no(token.elevated),
    )
    marks = GroupAttributes.LOGON_ID  # the logon SID is in the token, but not in the list
    listed = [group.sid for group in token.context.groups if group.attributes & marks != marks]
    log.append(
        4627,
        **origin.subject.fields(),
        **shown,
        LogonType=str(int(logon_type)),
        EventIdx="1",
        EventCountTotal="1",
        GroupMembership="".join(f"\r\n\t\t%{{{sid}}}" for sid in (*listed, token.context.integrity)),
    )


def _desktop(session: LogonSession, version: int) -> dict[str, str]:
    """Only Remote Desktop says how; by Restricted Admin the session has the machine's account."""
    how, kind = {"RestrictedAdminMode": "-", "RemoteCredentialGuard": "-"}, session.credentials.kind
    if session.logon_type is LogonType.REMOTE_INTERACTIVE:
        how["RestrictedAdminMode"] = yes_or_no(kind is CredentialKind.MACHINE)
        how["RemoteCredentialGuard"] = yes_or_no(kind is CredentialKind.REDIRECTED)
    if version < 3:
        del how["RemoteCredentialGuard"]
    return how


def _write_special(log: SecurityLog, identity: Identity, session: LogonSession, token: Token) -> None:
    special = [one.privilege for one in token.context.privileges if one.privilege in SPECIAL_PRIVILEGES]
    if special:
        who = EventSubject(token.context.user, identity.name, identity.domain, session.authentication_id)
        log.append(4672, **who.fields(), PrivilegeList=lines(special))
