"""The key distribution centre: proof of a key in, tickets out.

[RFC 4120] for AS, TGS and AP; [MS-KILE] for forwarding; [MS-SFU] 3.2.5 for S4U2self and S4U2proxy. No
cryptography: a key is the account's password here, and a sealed ticket says whose key it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import IntEnum

from tokenlab.network import wire_events
from tokenlab.network.domain import Domain
from tokenlab.network.message import ProtocolMessage
from tokenlab.network.ticket import Ticket, TicketFlags
from tokenlab.system import Account, Machine
from tokenlab.system.identity import KERBEROS, identity_of

FORWARDED = "0x60810010"
"""Options of a request for a ticket-granting ticket that is to be given away."""
LIFETIME, PROTECTED_LIFETIME = timedelta(hours=10), timedelta(hours=4)
_FIRST = TicketFlags.INITIAL | TicketFlags.PRE_AUTHENT | TicketFlags.RENEWABLE


class KerberosCode(IntEnum):
    """[RFC 4120] 7.5.9; the failure codes of 4768, 4769 and 4771."""

    KDC_ERR_C_PRINCIPAL_UNKNOWN = 0x6
    KDC_ERR_S_PRINCIPAL_UNKNOWN = 0x7
    KDC_ERR_BADOPTION = 0xD
    KDC_ERR_ETYPE_NOSUPP = 0xE
    KDC_ERR_CLIENT_REVOKED = 0x12
    KDC_ERR_PREAUTH_FAILED = 0x18
    KRB_AP_ERR_TKT_EXPIRED = 0x20
    KRB_AP_ERR_NOT_US = 0x23
    KRB_AP_ERR_MODIFIED = 0x29


class KerberosError(Exception):
    """The KDC, or the service, said no: the code, and the rule in a sentence."""

    def __init__(self, code: KerberosCode, reason: str) -> None:
        super().__init__(f"{code.name} ({code:#x}): {reason}")
        self.code, self.reason = code, reason


class Kdc:
    """The Kerberos service of a domain controller. ``messages`` is what was said so far, oldest first;
    ``asked_by`` is told the client's name before each request."""

    def __init__(self, domain: Domain, controller: Machine) -> None:
        self.domain, self.controller = domain, controller
        self.events = wire_events.KdcEvents(domain, controller)
        self.messages: list[ProtocolMessage] = []
        self.asked_by: Callable[[str], None] = lambda client: None

    # AS -----------------------------------------------------------------------------------------------

    def authenticate(
        self,
        name: str,
        key: str | None,
        client: str,
        address: str = "-",
        *,
        encryption: str = wire_events.AES,
        options: str = wire_events.BY_WINDOWS,
    ) -> Ticket:
        """AS exchange: who can use the account's key gets a ticket-granting ticket. Event 4768, or 4771.

        ``encryption`` and ``options`` are only told to the log: Windows asks for AES, with options of its
        own; tools that hold nothing but the hash ask for RC4.
        Raises `KerberosError`.
        """
        account = self.domain.directory.find(name)
        self._say(client, "AS-REQ", f"I am {name}; here is the time, sealed with my key")
        if account is None:
            code = KerberosCode.KDC_ERR_C_PRINCIPAL_UNKNOWN
            self.events.write_4768(name, None, address, code, options=options)
            raise self._error(client, code, f"there is no account {name}")
        if not account.enabled:
            code = KerberosCode.KDC_ERR_CLIENT_REVOKED
            self.events.write_4768(name, account, address, code, options=options)
            raise self._error(client, code, f"{name} is disabled")
        if key != account.password:
            self.events.write_4771(account, address, options)
            raise self._error(client, KerberosCode.KDC_ERR_PREAUTH_FAILED, f"that is not the key of {name}")
        if encryption == wire_events.RC4 and not self.controller.release.rc4_by_default:
            code = KerberosCode.KDC_ERR_ETYPE_NOSUPP
            self.events.write_4768(name, account, address, code, options=options, asked=encryption)
            raise self._error(client, code, "only RC4 was offered: it gives no first ticket by that")
        self.events.write_4768(name, account, address, encryption=encryption, options=options)
        ticket = self._granting(account)
        self._answer(client, "AS-REP", "a ticket-granting ticket, and its session key", ticket)
        return ticket

    def first_ticket(self, name: str, since: datetime, client: str, address: str) -> Ticket:
        """The ticket that a member of Protected Users got when logging on, ``since`` then: event 4768.

        Four hours, not renewable ([MS-KILE] 3.3.5.7, "Protected Users security group").
        """
        account = self.domain.account(name)
        ticket = self.authenticate(name, account.password, client, address)
        return replace(ticket, expires=since + PROTECTED_LIFETIME)

    # TGS ----------------------------------------------------------------------------------------------

    def ticket(self, granting: Ticket, service: str, client: str, address: str = "-") -> Ticket:
        """TGS exchange: a ticket for one service. Event 4769. Raises `KerberosError`."""
        self._say(client, "TGS-REQ", f"my TGT, and the name {service}")
        self._check(granting, client)
        owner = self.domain.service_account(service)
        if owner is None:
            self.events.write_4769(granting.client, service, None, address, "0x7")
            code = KerberosCode.KDC_ERR_S_PRINCIPAL_UNKNOWN
            raise self._error(client, code, self.domain.why_no_owner(service))
        ticket = self._for_service(granting, service, owner)
        self.events.write_4769(granting.client, service, owner, address)
        self._answer(client, "TGS-REP", f"a ticket that only {owner.name} can read", ticket)
        return ticket

    def forward(self, granting: Ticket, client: str, address: str = "-") -> Ticket:
        """A second TGT, to be given away. Raises KDC_ERR_BADOPTION for one that is not forwardable."""
        self._say(client, "TGS-REQ", "my TGT: another one, please, that a server may use for me")
        self._check(granting, client)
        if not granting.forwardable:
            reason = f"the TGT of {granting.client.name} is not forwardable"
            self.events.write_4769(granting.client, granting.service, None, address, "0xd", options=FORWARDED)
            raise self._error(client, KerberosCode.KDC_ERR_BADOPTION, reason)
        owner = self.domain.account("krbtgt")
        self.events.write_4769(granting.client, granting.service, owner, address, options=FORWARDED)
        ticket = replace(granting, flags=granting.flags | TicketFlags.FORWARDED)
        self._answer(client, "TGS-REP", "a forwarded TGT", ticket)
        return ticket

    # S4U ----------------------------------------------------------------------------------------------

    def for_self(self, granting: Ticket, user: str, client: str) -> Ticket:
        """S4U2self: a ticket *to* the service that asks, in the name of a user who never showed a key.

        Anybody may ask. It is forwardable for a service trusted for any protocol, or one without a list of
        services at all ([MS-SFU] 3.2.5.1.2), and never for a user who cannot be delegated.
        """
        self._say(client, "TGS-REQ (S4U2self)", f"my TGT: a ticket to me for {user}")
        self._check(granting, client)
        account, service = self.domain.account(user), self.domain.account(granting.client.name)
        settings = self.domain.delegation(service)
        free = settings.any_protocol or not settings.to
        allowed = free and not self.domain.why_not_delegated(account)
        ticket = Ticket(
            identity_of(account, self.domain.directory, KERBEROS, s4u=True),
            service.name,
            service.name,
            TicketFlags.FORWARDABLE if allowed else TicketFlags(0),
            self._until(account),
        )
        self.events.write_4769(ticket.client, service.name, service, "-")
        kind = "forwardable" if allowed else "not forwardable"
        self._answer(client, "TGS-REP", f"a ticket of {user} to {service.name}, {kind}", ticket)
        return ticket

    def on_behalf(self, granting: Ticket, evidence: Ticket, service: str, client: str) -> Ticket:
        """S4U2proxy: a ticket for another service, in the name of the client whose ticket is the evidence.

        [MS-SFU] 3.2.5.2: the service must be in the caller's list and the evidence forwardable, or else the
        service's own account must name the caller (resource-based). Raises KDC_ERR_BADOPTION.
        """
        self._say(client, "TGS-REQ (S4U2proxy)", f"my TGT, {evidence.client.name}'s ticket, and {service}")
        self._check(granting, client)
        caller = self.domain.account(granting.client.name)
        owner = self.domain.service_account(service)
        if owner is None:
            self.events.write_4769(evidence.client, service, None, "-", "0x7", transited=caller.name)
            code = KerberosCode.KDC_ERR_S_PRINCIPAL_UNKNOWN
            raise self._error(client, code, self.domain.why_no_owner(service))
        why = self._why_not_on_behalf(caller, owner, evidence, service)
        if why:
            self.events.write_4769(evidence.client, service, owner, "-", "0xd", transited=caller.name)
            raise self._error(client, KerberosCode.KDC_ERR_BADOPTION, why)
        ticket = replace(
            evidence, service=service, key_of=owner.name, transited=(*evidence.transited, caller.name)
        )
        self.events.write_4769(evidence.client, service, owner, "-", transited=caller.name)
        self._answer(client, "TGS-REP", f"a ticket of {evidence.client.name} for {service}", ticket)
        return ticket

    def _why_not_on_behalf(self, caller: Account, owner: Account, evidence: Ticket, service: str) -> str:
        if evidence.key_of != caller.name:
            return f"the evidence is a ticket to {evidence.key_of}, not to {caller.name}"
        user = self.domain.account(evidence.client.name)
        if why := self.domain.why_not_delegated(user):
            return why
        if self.domain.lists_service(caller, service) and evidence.forwardable:
            return ""
        if self.domain.may_act_on_behalf(owner, caller):
            return ""
        if self.domain.lists_service(caller, service):
            return f"the ticket of {user.name} to {caller.name} is not forwardable"
        return f"{caller.name} may not delegate to {service}, and {owner.name} does not name {caller.name}"

    # AP -----------------------------------------------------------------------------------------------

    def accept(self, ticket: Ticket, account: str, service: str) -> None:
        """AP exchange, at the service: can this account use this ticket? Raises `KerberosError`."""
        if ticket.key_of.lower() != account.lower():
            reason = f"the ticket is sealed for {ticket.key_of}; the service runs as {account}"
            raise KerberosError(KerberosCode.KRB_AP_ERR_MODIFIED, reason)
        if ticket.service.lower() != service.lower():
            raise KerberosError(
                KerberosCode.KRB_AP_ERR_NOT_US, f"this is {service}; the ticket is for {ticket.service}"
            )
        if self.time() > ticket.expires:
            raise KerberosError(KerberosCode.KRB_AP_ERR_TKT_EXPIRED, f"it was good until {ticket.expires}")

    def time(self) -> datetime:
        """The controller's clock, which decides how long a ticket lasts."""
        return datetime.fromisoformat(self.controller.clock.now())

    # The pieces ---------------------------------------------------------------------------------------

    def _granting(self, account: Account) -> Ticket:
        flags = _FIRST
        if not self.domain.why_not_delegated(account):
            flags |= TicketFlags.FORWARDABLE
        if self.domain.is_protected(account):
            flags &= ~TicketFlags.RENEWABLE
        identity = identity_of(account, self.domain.directory, KERBEROS)
        return Ticket(identity, f"krbtgt/{self.domain.realm}", "krbtgt", flags, self._until(account))

    def _for_service(self, granting: Ticket, service: str, owner: Account) -> Ticket:
        flags = granting.flags & ~(TicketFlags.INITIAL | TicketFlags.OK_AS_DELEGATE)
        if self.domain.delegation(owner).unconstrained:
            flags |= TicketFlags.OK_AS_DELEGATE
        return replace(granting, service=service, key_of=owner.name, flags=flags)

    def _until(self, account: Account) -> datetime:
        return self.time() + (PROTECTED_LIFETIME if self.domain.is_protected(account) else LIFETIME)

    def _check(self, granting: Ticket, client: str) -> None:
        if not granting.is_granting:
            reason = f"a ticket for {granting.service} is no ticket-granting ticket"
            raise self._error(client, KerberosCode.KRB_AP_ERR_NOT_US, reason)
        if self.time() > granting.expires:
            self.events.write_4769(granting.client, granting.service, None, "-", "0x20")
            reason = f"the TGT of {granting.client.name} was good until {granting.expires}"
            raise self._error(client, KerberosCode.KRB_AP_ERR_TKT_EXPIRED, reason)

    def _say(self, client: str, name: str, text: str) -> None:
        self.asked_by(client)
        self.messages.append(ProtocolMessage(client, self.controller.name, name, text))

    def _answer(self, client: str, name: str, text: str, ticket: Ticket) -> None:
        self.messages.append(ProtocolMessage(self.controller.name, client, name, text, (ticket.name,)))

    def _error(self, client: str, code: KerberosCode, reason: str) -> KerberosError:
        self.messages.append(
            ProtocolMessage(self.controller.name, client, "KRB-ERROR", f"{code.name}: {reason}")
        )
        return KerberosError(code, reason)
