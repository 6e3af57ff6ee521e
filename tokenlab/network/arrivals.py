"""The other end: a new session for the account that was authenticated, and what the protocol leaves in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tokenlab.network.message import Message
from tokenlab.network.outbound import Outbound
from tokenlab.network.outcome import Outcome
from tokenlab.network.services import Service, Way
from tokenlab.network.ticket import Ticket
from tokenlab.system import (
    CredentialKind,
    Credentials,
    ErrorCode,
    ImpersonationLevel,
    LogonType,
    Refusal,
    Thread,
    Token,
)
from tokenlab.system.accounts import GroupScope
from tokenlab.system.identity import KERBEROS, NTLM, Identity
from tokenlab.system.logon_type import NO_CREDENTIALS
from tokenlab.values.well_known import ADMINISTRATORS

if TYPE_CHECKING:
    from tokenlab.network.network import Network


def admit(
    service: Service,
    way: Way,
    identity: Identity,
    package: str,
    shown: Outbound,
    outcome: Outcome,
    network: Network,
    forwarded: Ticket | None = None,
) -> Token:
    """Let in whom Kerberos or NTLM proved. Raises `Refusal` 1385."""
    server, client = service.machine, outcome.client
    desktop = way in (Way.RESTRICTED_ADMIN, Way.REMOTE_GUARD)
    logon_type = LogonType.REMOTE_INTERACTIVE if desktop else LogonType.NETWORK
    if desktop and server.policy.disable_restricted_admin:
        why = f"{server.name} takes no desktop without its credentials: DisableRestrictedAdmin is not 0 there"
        raise Refusal(ErrorCode.ACCESS_DENIED, why)
    if way is Way.RESTRICTED_ADMIN:
        require_administrator(service, identity)
    if way is Way.REMOTE_GUARD and package != KERBEROS:
        raise Refusal(ErrorCode.ACCESS_DENIED, "Remote Credential Guard comes by Kerberos only")
    if way is Way.CREDSSP and network.domain.is_protected(network.domain.account(identity.name)):
        why = f"{identity.name} is in Protected Users: the client keeps no password that CredSSP could send"
        raise Refusal(ErrorCode.NO_SUCH_LOGON_SESSION, why)
    if way is Way.CREDSSP and client.policy.credential_guard and not shown.given:
        why = "Credential Guard gives CredSSP no saved password: it has to be typed"
        raise Refusal(ErrorCode.NO_SUCH_LOGON_SESSION, why)
    credentials = left_behind(way, identity, shown, server.name, forwarded)
    if way is Way.CREDSSP:
        outcome.messages += (password_message(client.name, server.name, shown),)
    address = "-" if service.spn_class == "HTTP" else network.address(client)  # http.sys does not tell LSA
    workstation = client.name if package == NTLM else "-"
    origin = server.lsa.origin(logon_type, package, address=address, workstation=workstation)
    token = server.lsa.admit(
        replace(identity, package=package, password=None),
        logon_type,
        origin,
        level=ImpersonationLevel.DELEGATION if forwarded else ImpersonationLevel.IMPERSONATION,
        credentials=credentials,
    )
    if way is Way.REMOTE_GUARD and token.session is not None and outcome.session is not None:
        for session in filter(None, (token.session, token.session.linked)):
            network.caches.home[session] = (client, outcome.session)
    return token


def left_behind(
    way: Way, identity: Identity, shown: Outbound, server: str, forwarded: Ticket | None
) -> Credentials:
    """What this way of coming in leaves in the server's LSA."""
    if way is Way.CREDSSP:
        if shown.password is None:
            raise Refusal(
                ErrorCode.NO_SUCH_LOGON_SESSION, "CredSSP needs the password, and there is none here"
            )
        return Credentials(CredentialKind.PASSWORD, shown.domain, shown.user, shown.password)
    if way is Way.RESTRICTED_ADMIN:
        return Credentials(CredentialKind.MACHINE, identity.domain, f"{server}$")
    if way is Way.REMOTE_GUARD:
        return Credentials(CredentialKind.REDIRECTED, identity.domain, identity.name)
    if forwarded is not None:
        return Credentials(CredentialKind.TICKETS, identity.domain, identity.name)
    return NO_CREDENTIALS


def require_administrator(service: Service, identity: Identity) -> None:
    """Restricted Admin is for administrators of the server only ("RDP: Restricted Admin mode")."""
    sids = [identity.sid, *identity.groups, *identity.domain_local]
    if ADMINISTRATORS not in service.machine.sam.groups_of(sids, GroupScope.ALIAS):
        raise Refusal(
            ErrorCode.ACCESS_DENIED, f"{identity.name} is no administrator of {service.machine.name}"
        )


def admit_otherwise(
    thread: Thread, service: Service, way: Way, shown: Outbound, address: str
) -> tuple[Token, tuple[Message, ...]]:
    """A password that the server gets to see, or an SSH key. Raises `Refusal` 1326, 1385."""
    server, client = service.machine, thread.process.machine.name
    name = rf"{shown.domain}\{shown.user}"
    if way is Way.KEY:
        message = Message(client, server.name, "publickey", f"{shown.user}, signed with the private key")
        token = server.log_on(
            name,
            None,
            LogonType.NETWORK,
            caller=server.system_token,
            program=service.process.program,
            address=address,
        )
        return token, (message,)
    secret = shown.password or shown.typed
    if secret is None:
        raise Refusal(ErrorCode.LOGON_FAILURE, f"{way.name} needs a password: {shown.why}")
    desktop = way is Way.REMOTE_DESKTOP
    logon_type = LogonType.REMOTE_INTERACTIVE if desktop else LogonType.NETWORK_CLEARTEXT
    caller = server.system_token if way is Way.PASSWORD else None  # sshd.exe calls LogonUser itself
    token = server.log_on(
        name,
        secret,
        logon_type,
        caller=caller,
        program=None if desktop else service.process.program,
        address=address,
        workstation=client,
    )
    return token, (password_message(client, server.name, shown),)


def password_message(client: str, server: str, shown: Outbound) -> Message:
    secret = rf"password of {shown.domain}\{shown.user}"
    return Message(client, server, "password", f"the password of {shown.user}, under TLS", (secret,))
