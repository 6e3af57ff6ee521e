"""Machines that can reach each other. A connection shows the credentials of the session that the thread's
effective token points to, and makes a new session at the other end.

"Windows Authentication Concepts" and "Windows logon scenarios" on Microsoft Learn.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tokenlab.network import flows, negotiate, ntlm, ntlm_log, wire_events
from tokenlab.network.arrivals import admit, admit_otherwise
from tokenlab.network.delegation import ticket_for_client
from tokenlab.network.domain import Domain
from tokenlab.network.kerberos import Kdc, KerberosError
from tokenlab.network.message import Message
from tokenlab.network.names import Names
from tokenlab.network.ntlm_log import NtlmLog
from tokenlab.network.outbound import Caches, Outbound, of_session, outbound
from tokenlab.network.outcome import NetworkRefusal, Outcome
from tokenlab.network.services import Service, Way
from tokenlab.network.ticket import Ticket, TicketCache, TicketFlags
from tokenlab.system import ErrorCode, LogonSession, Machine, Process, Refusal, Thread, Token
from tokenlab.system.identity import KERBEROS, NTLM
from tokenlab.system.logon_events import write_failure
from tokenlab.system.logon_type import LogonType
from tokenlab.system.observing import observed


class Network(Names):
    """Machines by name, one domain, its controller, and all ticket caches."""

    def __init__(self, domain: Domain, controller: Machine) -> None:
        super().__init__(domain)
        self.controller = controller
        self._ntlm_logs: dict[str, NtlmLog] = {}
        self.services: list[Service] = []
        self.caches = Caches()
        self.kdc = Kdc(domain, controller)
        self._tool: Process | None = None  # who asks for a ticket, if not lsass.exe
        self.kdc.asked_by = self._ticket_asked
        self.add(controller)
        account = domain.account(f"{controller.name}$")
        domain.delegation(account).unconstrained = True
        domain.register(
            account, *(f"ldap/{host}" for host in (controller.name, f"{controller.name}.{self.dns_name}"))
        )

    def offer(self, service: Service) -> Service:
        """Let a service listen; SQL Server registers its own name, as it does when it starts."""
        self.services.append(service)
        if service.spn_class == "MSSQLSvc" and service.machine.domain is not None:
            account, host = self.domain.account(service.key_account), service.machine.name
            self.domain.register(account, service.spn(host), service.spn(f"{host}.{self.dns_name}"))
        return service

    def ntlm_log(self, machine: Machine) -> NtlmLog | None:
        """NTLM's own log of a machine; None where the release has none that names process and reason."""
        if not machine.release.ntlm_auditing:
            return None
        return self._ntlm_logs.setdefault(machine.name, NtlmLog(machine.log.computer, machine.clock))

    def tickets(self, session: LogonSession) -> TicketCache:
        """The tickets of a session (``klist``)."""
        return self.caches.of(session)

    # Connecting ---------------------------------------------------------------------------------------

    @observed("connect")
    def connect(
        self,
        thread: Thread,
        service: Service,
        *,
        host: str = "",
        way: Way | None = None,
        name: str = "",
        password: str | None = None,
    ) -> Outcome:
        r"""Connect to a service, as the account that the thread's effective token can prove.

        ``host`` is what the client calls the server: its name, or an address. With ``name`` and
        ``password`` a program gives credentials itself: event 4648. What Windows refuses is an outcome too:
        see `Outcome.refusal`.
        """
        way = way or service.ways[0]
        if way not in service.ways:
            raise ValueError(f"{service.kind} does not speak {way.name}: one of {service.ways}")
        host = host or service.machine.name
        first = len(self.kdc.messages)
        outcome = Outcome(thread.process.machine, thread.effective_token.session, service)
        shown = self._shown(thread, service, host, name, password)
        outcome.why, outcome.proves = shown.why, bool(shown)
        flows.write_visit(self, thread, service)
        try:
            outcome.token = self._arrive(thread, service, host, way, shown, outcome)
        except Refusal as refused:
            self._refuse(outcome, service.machine, refused.reason, int(refused.code), str(refused.code))
        except KerberosError as failed:
            self._refuse(outcome, self.controller, failed.reason, int(failed.code), failed.code.name)
        outcome.messages = (*self.kdc.messages[first:], *outcome.messages)
        if outcome.token is not None:
            self._serve(outcome)
        return outcome

    def _shown(
        self, thread: Thread, service: Service, host: str, name: str, password: str | None
    ) -> Outbound:
        if not name:
            return outbound(thread, self.domain, self.caches)
        domain, user = thread.process.machine.lsa.authentication.split(name)
        wire_events.write_4648(thread, user, domain, host, service.spn(host))
        why = f"a name and a password given by the program: {name}"
        return Outbound(why, domain, user, password, TicketCache(), given=True)

    def _arrive(
        self, thread: Thread, service: Service, host: str, way: Way, shown: Outbound, outcome: Outcome
    ) -> Token:
        if way not in (Way.NEGOTIATE, Way.CREDSSP, Way.RESTRICTED_ADMIN, Way.REMOTE_GUARD):
            held = shown.without_tickets
            outcome.why = held.why
            token, messages = admit_otherwise(thread, service, way, held, self.address(outcome.client))
            outcome.messages = messages
            return token
        spn = service.spn(self.asked_host(host, service))
        outcome.package, reason = negotiate.choose(host, spn, shown, self.domain)
        if self._kept(spn, shown) is not None:
            outcome.package = KERBEROS
        elif not self.domain.directory.available:
            outcome.package, reason = NTLM, "no controller answers"
        if outcome.package == KERBEROS:
            ticket, forwarded = self._ticket(thread, spn, way, shown, outcome)
            if ticket is not None:
                return self._by_kerberos(service, way, ticket, forwarded, shown, outcome)
        outcome.package = NTLM
        if shown:
            outcome.why = shown.without_tickets.why
            outcome.why_package = reason
            self._audit_ntlm(thread, service, shown.without_tickets, spn, reason)
        return self._by_ntlm(service, way, shown.without_tickets, outcome, host)

    # Kerberos -----------------------------------------------------------------------------------------

    def _ticket(
        self, thread: Thread, spn: str, way: Way, shown: Outbound, outcome: Outcome
    ) -> tuple[Ticket | None, Ticket | None]:
        """A ticket for the service, and the TGT that goes with it; none where there is nothing to show."""
        client, ticket = outcome.client, self._kept(spn, shown)
        if not shown:
            try:
                ticket = ticket or ticket_for_client(thread, spn, self.domain, self.kdc, self.caches)
            except KerberosError as failed:
                outcome.why = f"{shown.why}; {failed}"
                return None, None
        assert shown.cache is not None
        if ticket is None:
            granting = self._granting(shown, client)
            ticket = self.kdc.ticket(granting, spn, client.name, self.address(client))
            shown.cache.services[spn.lower()] = ticket
        elif ticket.client.name.lower() != shown.user.lower():
            outcome.why = f"a {ticket.name}" + "".join(f", asked for by {one}" for one in ticket.transited)
        trusted = TicketFlags.OK_AS_DELEGATE in ticket.flags
        guarded = client.policy.credential_guard  # no TGT leaves a client that has Credential Guard
        if not (shown and trusted and way is Way.NEGOTIATE and self.domain.directory.available) or guarded:
            return ticket, None
        granting = self._granting(shown, client)
        if not granting.forwardable:
            return ticket, None
        return ticket, self.kdc.forward(granting, client.name, self.address(client))

    def _kept(self, spn: str, shown: Outbound) -> Ticket | None:
        """A ticket for this service that the session has already, and that is still good."""
        ticket = None if shown.cache is None else shown.cache.services.get(spn.lower())
        return None if ticket is None or self.kdc.time() > ticket.expires else ticket

    def _granting(self, shown: Outbound, client: Machine) -> Ticket:
        held = shown.granting
        if held is not None and (shown.key is None or self.kdc.time() <= held.expires):
            return held
        if shown.first is not None:
            since = datetime.fromisoformat(shown.first.logon_time)
            granting = self.kdc.first_ticket(shown.user, since, client.name, self.address(client))
            self.caches.put_first(shown.first, granting)
            return granting
        encryption = wire_events.RC4 if shown.only_hash else wire_events.AES
        granting = self.kdc.authenticate(
            shown.user, shown.key, client.name, self.address(client), encryption=encryption
        )
        assert shown.cache is not None
        shown.cache.granting = granting
        return granting

    def _by_kerberos(
        self,
        service: Service,
        way: Way,
        ticket: Ticket,
        forwarded: Ticket | None,
        shown: Outbound,
        outcome: Outcome,
    ) -> Token:
        names = (ticket.name,) if forwarded is None else (ticket.name, f"forwarded {forwarded.name}")
        outcome.messages = (
            Message(outcome.client.name, service.machine.name, "AP-REQ", f"{ticket.service}", names),
        )
        self.kdc.accept(ticket, service.key_account, ticket.service)
        token = admit(service, way, ticket.client, KERBEROS, shown, outcome, self, forwarded)
        assert token.session is not None
        self.tickets(token.session).evidence = ticket
        self.tickets(token.session).granting = forwarded
        return token

    # NTLM ---------------------------------------------------------------------------------------------

    def _by_ntlm(self, service: Service, way: Way, shown: Outbound, outcome: Outcome, host: str) -> Token:
        server, client = service.machine, outcome.client
        address = self.address(client)
        if shown.key is None and shown.user:
            raise Refusal(ErrorCode.ACCESS_DENIED, f"{shown.why}, so NTLM has nothing to answer with")
        if shown.key is None:
            if not service.takes_anonymous and service.kind != "SQL Server":
                raise Refusal(
                    ErrorCode.ACCESS_DENIED, f"{outcome.why}; {service.kind} lets nobody in unnamed"
                )
            return server.lsa.log_on_anonymously(address, client.name)
        try:
            ntlm.check_loopback(client, server, host)
            identity, messages = ntlm.exchange(client, server, shown, self.domain, self.controller)
        except ntlm.NtlmFailed as failed:
            origin = server.lsa.origin(LogonType.NETWORK, NTLM, address=address, workstation=client.name)
            write_failure(server.log, shown.user, shown.domain, LogonType.NETWORK, failed.failure, origin)
            raise Refusal(failed.code, str(failed)) from None
        outcome.messages = tuple(messages)
        return admit(service, way, identity, NTLM, shown, outcome, self)

    def _audit_ntlm(self, thread: Thread, service: Service, shown: Outbound, spn: str, reason: str) -> None:
        client = thread.process.machine
        if (log := self.ntlm_log(client)) is not None:
            ntlm_log.write_client(log, thread, shown, spn, reason)
        if (log := self.ntlm_log(service.machine)) is not None:
            ntlm_log.write_server(log, client, self.address(client), shown)

    # Serving ------------------------------------------------------------------------------------------

    def _serve(self, outcome: Outcome) -> None:
        service, token = outcome.service, outcome.token
        assert token is not None and token.session is not None
        outcome.leaves = of_session(service.machine, token.session, self.domain, self.caches)
        decision = service.check(token, self.address(outcome.client))
        anonymous = outcome.who.endswith("ANONYMOUS LOGON")
        if (anonymous and not service.takes_anonymous) or (decision is not None and not decision.granted):
            who = f"{outcome.who} may not: {outcome.why}" if anonymous else f"{outcome.who} may not"
            code, name = service.denied
            self._refuse(outcome, service.machine, who, code, name)
            return
        outcome.thread = service.serve(token)
        session = outcome.thread.effective_token.session
        if session is not None and session is not token.session:  # JEA: the host is somebody else
            outcome.leaves = of_session(service.machine, session, self.domain, self.caches)

    def _refuse(self, outcome: Outcome, machine: Machine, missing: str, code: int, name: str) -> None:
        outcome.refusal = NetworkRefusal(machine.name, outcome.session, missing, code, name)

    # Tickets as things --------------------------------------------------------------------------------

    def ask_tgt(
        self, machine: Machine, name: str, key: str, *, by: Process | None = None, aes: bool = False
    ) -> Ticket:
        """A TGT for the account whose key one has (overpass the hash): event 4768, and no logon.

        The key is the NT hash, which is the key of RC4, or with ``aes`` that of AES. ``by`` is the program
        that speaks to the controller, past lsass.exe: Sysmon's event 3 names it.
        """
        address = self.address(machine)
        self._tool = by
        try:
            return self.kdc.authenticate(
                name,
                key,
                machine.name,
                address,
                encryption=wire_events.AES if aes else wire_events.RC4,
                options=wire_events.BY_TOOL,
            )
        finally:
            self._tool = None

    def _ticket_asked(self, client: str) -> None:
        if client in self.machines:
            flows.write_kerberos(self, self.machines[client], self._tool)

    @observed("inject")
    def inject(self, session: LogonSession, ticket: Ticket) -> None:
        """Put a ticket into a session (pass the ticket): tokens stay as they are, the wire changes."""
        cache = self.tickets(session)
        if ticket.is_granting:
            cache.purge()
            cache.granting = ticket
        else:
            cache.services[ticket.service.lower()] = ticket

    @observed("change key")
    def change_key(self, session: LogonSession, domain: str, user: str, key: str) -> None:
        """Write other credentials into a session (pass the hash): its token stays what it is.

        The key is the NT hash, not the password: what sends the password itself does not work with it.
        """
        session.credentials = replace(session.credentials, domain=domain, user_name=user, secret=key)
        self.caches.hashes.add(session)
        self.tickets(session).purge()
