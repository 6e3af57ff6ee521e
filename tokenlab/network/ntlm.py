"""NTLM: a challenge, and an answer that only the password's hash can give. [MS-NLMP], [MS-APDS] 3.1.

The server cannot check the answer to a domain account's challenge itself: it asks the controller. Nothing
that the server gets can be shown to a third machine; so NTLM has nothing to delegate.
"""

from __future__ import annotations

from tokenlab.network.domain import Domain
from tokenlab.network.message import ProtocolMessage
from tokenlab.network.negotiate import is_address
from tokenlab.network.outbound import OutboundCredentials
from tokenlab.system import Account, AccountDatabase, Machine, Win32Error
from tokenlab.system.authentication import find_failure
from tokenlab.system.identity import NTLM, Identity, identity_of
from tokenlab.system.logon_events import (
    ERROR_OF,
    NO_CONTROLLER,
    UNKNOWN_USER,
    LogonFailure,
    write_validation,
)

LOOPBACK = LogonFailure(
    "0xc000006d", "0x0", "%%2304", "a machine takes no answer from itself by a strange name"
)
RESTRICTED = LogonFailure("0xc000006e", "0x0", "%%2304", "the account is restricted: no NTLM")


class NtlmError(Exception):
    """The answer was wrong, or NTLM is not for this account."""

    def __init__(self, failure: LogonFailure, reason: str = "") -> None:
        super().__init__(reason or failure.sentence)
        self.failure = failure
        restricted = failure is RESTRICTED
        default = Win32Error.ACCOUNT_RESTRICTION if restricted else Win32Error.LOGON_FAILURE
        self.code = ERROR_OF.get(failure, default)


def check_loopback(client: Machine, server: Machine, host: str) -> None:
    """A machine takes no NTLM from itself under a name that is not its own: it could be its own answer that
    somebody sent back (KB896861). Raises `NtlmError`; the Security log then has no sub status."""
    own = {server.name.lower(), "localhost"}
    if client is not server or server.policy.disable_loopback_check or is_address(host):
        return
    if host.partition(".")[0].lower() in own:
        return
    if host.lower() not in map(str.lower, server.policy.back_connection_host_names):
        raise NtlmError(LOOPBACK, f"{host} is not the name of {server.name}: the loopback check refuses")


def exchange(
    client: Machine, server: Machine, shown: OutboundCredentials, domain: Domain, controller: Machine
) -> tuple[Identity, list[ProtocolMessage]]:
    """The three messages, and the pass-through to the machine that has the account. Raises `NtlmError`."""
    messages = [
        ProtocolMessage(client.name, server.name, "NEGOTIATE", "I can speak NTLM"),
        ProtocolMessage(server.name, client.name, "CHALLENGE", "a number to answer"),
        ProtocolMessage(
            client.name, server.name, "AUTHENTICATE", rf"{shown.domain}\{shown.user}, and the answer"
        ),
    ]
    in_domain = domain.directory.is_named(shown.domain) and server.domain is not None
    database = domain.directory if in_domain else server.sam
    judge = controller if database is domain.directory else server
    if judge is not server:
        name = "NetrLogonSamLogonEx"
        messages.append(
            ProtocolMessage(server.name, judge.name, name, "the challenge, and the answer: are they it?")
        )
    if judge is controller and not domain.directory.available:
        raise NtlmError(NO_CONTROLLER)
    account = _judge(judge, database, client, shown, domain)
    if judge is not server:
        messages.append(
            ProtocolMessage(judge.name, server.name, "reply", f"yes, {account.name}; and the groups")
        )
    return identity_of(account, database, NTLM), messages


def _judge(
    judge: Machine, database: AccountDatabase, client: Machine, shown: OutboundCredentials, domain: Domain
) -> Account:
    """The account whose answer this is, on the machine that knows its password: event 4776."""
    account = database.find(shown.user)
    failure = find_failure(account, account is not None and shown.key != account.password, NTLM)
    if account is not None and failure is None and database is domain.directory:
        failure = RESTRICTED if domain.is_protected(account) else None
    status = "0x0" if failure is None else failure.status if failure is RESTRICTED else failure.sub_status
    write_validation(judge.log, shown.user, client.name, status)
    if account is None:
        raise NtlmError(UNKNOWN_USER)
    if failure is not None:
        why = f"{account.name} is in Protected Users: no NTLM" if failure is RESTRICTED else ""
        raise NtlmError(failure, why)
    return account
