"""The other end: a new session for the account that was authenticated, and what the protocol leaves in it."""

from __future__ import annotations

from dataclasses import replace

from tokenlab.network.attempt import ConnectionAttempt
from tokenlab.network.message import ProtocolMessage
from tokenlab.network.outbound import OutboundCredentials
from tokenlab.network.services import AuthenticationMechanism
from tokenlab.network.ticket import Ticket
from tokenlab.system import (
    CredentialKind,
    Credentials,
    ImpersonationLevel,
    LogonType,
    Machine,
    Refusal,
    Token,
    Win32Error,
)
from tokenlab.system.accounts import GroupScope
from tokenlab.system.identity import KERBEROS, NTLM, Identity
from tokenlab.system.logon_type import NO_CREDENTIALS
from tokenlab.system.origin import Origin
from tokenlab.values.well_known import ADMINISTRATORS


def admit(attempt: ConnectionAttempt, identity: Identity, forwarded: Ticket | None = None) -> Token:
    """Let in whom Kerberos or NTLM proved. Raises `Refusal` 5, 1312, 1385."""
    way, server, package = attempt.way, attempt.server, attempt.outcome.package
    _require(attempt, identity)
    credentials = leave_credentials(attempt, identity, forwarded)
    if way is AuthenticationMechanism.CREDSSP:
        attempt.say(password_message(attempt))
    desktop = way in (AuthenticationMechanism.RESTRICTED_ADMIN, AuthenticationMechanism.REMOTE_GUARD)
    logon_type = LogonType.REMOTE_INTERACTIVE if desktop else LogonType.NETWORK
    address = "-" if attempt.service.spn_class == "HTTP" else attempt.address  # http.sys does not tell LSA
    origin = Origin(address=address, workstation=attempt.client.name if package == NTLM else "-")
    return server.lsa.admit(
        replace(identity, package=package, password=None),
        logon_type,
        server.lsa.describe_origin(origin, logon_type, package),
        level=ImpersonationLevel.DELEGATION if forwarded else ImpersonationLevel.IMPERSONATION,
        credentials=credentials,
    )


def _require(attempt: ConnectionAttempt, identity: Identity) -> None:
    """What this way of coming in asks for besides the proof. Raises `Refusal`."""
    way, server, client = attempt.way, attempt.server, attempt.client
    desktop = way in (AuthenticationMechanism.RESTRICTED_ADMIN, AuthenticationMechanism.REMOTE_GUARD)
    if desktop and server.policy.disable_restricted_admin:
        why = f"{server.name} takes no desktop without its credentials: DisableRestrictedAdmin is not 0 there"
        raise Refusal(Win32Error.ACCESS_DENIED, why)
    if way is AuthenticationMechanism.RESTRICTED_ADMIN:
        require_administrator(server, identity)
    if way is AuthenticationMechanism.REMOTE_GUARD and attempt.outcome.package != KERBEROS:
        raise Refusal(Win32Error.ACCESS_DENIED, "Remote Credential Guard comes by Kerberos only")
    if way is AuthenticationMechanism.CREDSSP and identity.is_protected:
        why = f"{identity.name} is in Protected Users: the client keeps no password that CredSSP could send"
        raise Refusal(Win32Error.NO_SUCH_LOGON_SESSION, why)
    if way is AuthenticationMechanism.CREDSSP and client.policy.credential_guard and not attempt.shown.given:
        why = "Credential Guard gives CredSSP no saved password: it has to be typed"
        raise Refusal(Win32Error.NO_SUCH_LOGON_SESSION, why)


def leave_credentials(
    attempt: ConnectionAttempt, identity: Identity, forwarded: Ticket | None
) -> Credentials:
    """What this way of coming in leaves in the server's LSA.

    Raises `Refusal` 1312 where CredSSP has no password to send.
    """
    way, shown = attempt.way, attempt.shown
    if way is AuthenticationMechanism.CREDSSP:
        if shown.password is None:
            raise Refusal(
                Win32Error.NO_SUCH_LOGON_SESSION, "CredSSP needs the password, and there is none here"
            )
        return Credentials(CredentialKind.PASSWORD, shown.domain, shown.user, shown.password)
    if way is AuthenticationMechanism.RESTRICTED_ADMIN:
        return Credentials(CredentialKind.MACHINE, identity.domain, f"{attempt.server.name}$")
    if way is AuthenticationMechanism.REMOTE_GUARD:
        return Credentials(CredentialKind.REDIRECTED, identity.domain, identity.name)
    if forwarded is not None:
        return Credentials(CredentialKind.TICKETS, identity.domain, identity.name)
    return NO_CREDENTIALS


def require_administrator(server: Machine, identity: Identity) -> None:
    """Restricted Admin is for administrators of the server only ("RDP: Restricted Admin mode").

    Raises `Refusal` 5 for anybody else.
    """
    sids = [identity.sid, *identity.groups, *identity.domain_local]
    if ADMINISTRATORS not in server.sam.groups_of(sids, GroupScope.ALIAS):
        raise Refusal(Win32Error.ACCESS_DENIED, f"{identity.name} is no administrator of {server.name}")


def admit_otherwise(attempt: ConnectionAttempt) -> Token:
    """A password that the server gets to see, or an SSH key. Raises `Refusal` 1326, 1385."""
    way, server, shown = attempt.way, attempt.server, attempt.shown
    name, client = rf"{shown.domain}\{shown.user}", attempt.client.name
    if way is AuthenticationMechanism.KEY:
        origin = Origin(server.system_token, attempt.service.process.program, attempt.address)
        token = server.log_on(name, None, LogonType.NETWORK, origin)
        text = f"{shown.user}, signed with the private key"
        attempt.say(ProtocolMessage(client, server.name, "publickey", text))
        return token
    secret = shown.password or shown.typed
    if secret is None:
        raise Refusal(Win32Error.LOGON_FAILURE, f"{way.name} needs a password: {shown.why}")
    logon_type, origin = LogonType.NETWORK_CLEARTEXT, Origin(address=attempt.address, workstation=client)
    if way is AuthenticationMechanism.REMOTE_DESKTOP:
        logon_type = LogonType.REMOTE_INTERACTIVE
    else:
        # sshd.exe calls LogonUser itself
        caller = server.system_token if way is AuthenticationMechanism.PASSWORD else None
        origin = replace(origin, caller=caller, program=attempt.service.process.program)
    token = server.log_on(name, secret, logon_type, origin)
    attempt.say(password_message(attempt))
    return token


def password_message(attempt: ConnectionAttempt) -> ProtocolMessage:
    """The password itself on the wire: what SSH with a password and CredSSP send."""
    shown: OutboundCredentials = attempt.shown
    secret = rf"password of {shown.domain}\{shown.user}"
    text = f"the password of {shown.user}, under TLS"
    return ProtocolMessage(attempt.client.name, attempt.server.name, "password", text, (secret,))
