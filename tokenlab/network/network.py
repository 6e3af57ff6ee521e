"""Machines that can reach each other. A connection shows the credentials of the session that the thread's
effective token points to, and makes a new session at the other end.

"Windows Authentication Concepts" and "Windows logon scenarios" on Microsoft Learn.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from tokenlab.network import flows, negotiate, ntlm, ntlm_log, wire_events
from tokenlab.network.arrivals import admit, admit_otherwise
from tokenlab.network.attempt import ConnectionAttempt
from tokenlab.network.delegation import ticket_for_client
from tokenlab.network.domain import Domain
from tokenlab.network.kerberos import Kdc, KerberosError
from tokenlab.network.message import ProtocolMessage
from tokenlab.network.names import HostNames
from tokenlab.network.ntlm_log import NtlmLog
from tokenlab.network.outbound import OutboundCredentials, TicketCaches, find_outbound, of_session
from tokenlab.network.outcome import Arrival, ConnectionOutcome, NetworkRefusal
from tokenlab.network.services import AuthenticationMechanism, RemoteService
from tokenlab.network.ticket import Ticket, TicketCache, TicketFlags
from tokenlab.system import LogonSession, Machine, Process, Refusal, Thread, Token, Win32Error
from tokenlab.system.accounts import RefusedPassword
from tokenlab.system.identity import KERBEROS, NTLM
from tokenlab.system.logon_events import write_failure, write_validation
from tokenlab.system.logon_type import LogonType
from tokenlab.system.observing import observe
from tokenlab.system.origin import Origin


class Network(HostNames):
    """Machines by name, one domain, its controller, and all ticket caches."""

    def __init__(self, domain: Domain, controller: Machine) -> None:
        super().__init__(domain)
        self.controller = controller
        self._ntlm_logs: dict[str, NtlmLog] = {}
        self.services: list[RemoteService] = []
        self.caches = TicketCaches()
        self.kdc = Kdc(domain, controller)
        self._tool: Process | None = None  # who asks for a ticket, if not lsass.exe
        self.kdc.asked_by = self._ticket_asked
        domain.directory.on_refusal = self.refuse_password
        self.add(controller)
        account = domain.account(f"{controller.name}$")
        domain.delegation(account).unconstrained = True
        domain.register(
            account, *(f"ldap/{host}" for host in (controller.name, f"{controller.name}.{self.dns_name}"))
        )

    def offer(self, service: RemoteService) -> RemoteService:
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

    @observe("connect")
    def connect(
        self,
        thread: Thread,
        service: RemoteService,
        *,
        host: str = "",
        way: AuthenticationMechanism | None = None,
        name: str = "",
        password: str | None = None,
    ) -> ConnectionOutcome:
        r"""Connect to a service, as the account that the thread's effective token can prove.

        ``host`` is what the client calls the server: its name, or an address. With ``name`` and
        ``password`` a program gives credentials itself: event 4648. What Windows refuses is an outcome too:
        see `ConnectionOutcome.refusal`.
        Raises ValueError for a way that the service does not speak.
        """
        way = way or service.ways[0]
        if way not in service.ways:
            raise ValueError(f"{service.kind} does not speak {way.name}: one of {service.ways}")
        first = len(self.kdc.messages)
        attempt = self._attempt(thread, service, way, host or service.machine.name, name, password)
        outcome = attempt.outcome
        flows.write_visit(self, thread, service)
        try:
            outcome.token = self._arrive(attempt)
        except Refusal as refused:
            self._refuse(outcome, service.machine, refused.reason, int(refused.code), str(refused.code))
        except KerberosError as failed:
            self._refuse(outcome, self.controller, failed.reason, int(failed.code), failed.code.name)
        outcome.messages = (*self.kdc.messages[first:], *outcome.messages)
        if outcome.token is not None:
            self._serve(outcome)
        return outcome

    def _attempt(
        self,
        thread: Thread,
        service: RemoteService,
        way: AuthenticationMechanism,
        host: str,
        name: str,
        password: str | None,
    ) -> ConnectionAttempt:
        """What the thread shows: what its session has, or the name and the password that are given."""
        client = thread.process.machine
        if name:
            domain, user = client.lsa.authentication.split(name)
            wire_events.write_4648(thread, user, domain, host, service.spn(host))
            why = f"a name and a password given by the program: {name}"
            shown = OutboundCredentials(why, domain, user, password, TicketCache(), given=True)
        else:
            shown = find_outbound(thread, self.domain, self.caches)
        outcome = ConnectionOutcome(
            client, thread.effective_token.session, service, why=shown.why, proves=bool(shown)
        )
        spn = service.spn(self.find_host(host, service))
        return ConnectionAttempt(thread, service, way, host, spn, self.address(client), shown, outcome)

    def _arrive(self, attempt: ConnectionAttempt) -> Token:
        outcome = attempt.outcome
        if not attempt.way.negotiates:
            attempt.drop_tickets()
            return admit_otherwise(attempt)
        outcome.package, reason = self._package(attempt)
        if outcome.package == KERBEROS:
            ticket = self._ticket(attempt)
            if ticket is not None:
                return self._by_kerberos(attempt, ticket)
            outcome.package = NTLM
        if attempt.shown:
            outcome.why_package = reason
            self._audit_ntlm(attempt, reason)
        attempt.drop_tickets()
        return self._by_ntlm(attempt)

    def _package(self, attempt: ConnectionAttempt) -> tuple[str, str]:
        """Kerberos or NTLM, and why: a ticket that is there already needs no controller."""
        package, reason = negotiate.choose(attempt.host, attempt.spn, attempt.shown, self.domain)
        if self._kept(attempt) is not None:
            return KERBEROS, reason
        if not self.domain.directory.available:
            return NTLM, "no controller answers"
        return package, reason

    # Kerberos -----------------------------------------------------------------------------------------

    def _ticket(self, attempt: ConnectionAttempt) -> Ticket | None:
        """A ticket for the service; none where there is nothing to show."""
        shown, outcome, ticket = attempt.shown, attempt.outcome, self._kept(attempt)
        if not shown:
            try:
                ticket = ticket or ticket_for_client(
                    attempt.thread, attempt.spn, self.domain, self.kdc, self.caches
                )
            except KerberosError as failed:
                outcome.why = f"{shown.why}; {failed}"
                return None
        if ticket is None:
            assert shown.cache is not None
            granting = self._granting(attempt)
            ticket = self.kdc.ticket(granting, attempt.spn, attempt.client.name, attempt.address)
            shown.cache.services[attempt.spn.lower()] = ticket
        elif ticket.client.name.lower() != shown.user.lower():
            outcome.why = f"a {ticket.name}" + "".join(f", asked for by {one}" for one in ticket.transited)
        return ticket

    def _kept(self, attempt: ConnectionAttempt) -> Ticket | None:
        """A ticket for this service that the session has already, and that is still good."""
        cache = attempt.shown.cache
        ticket = None if cache is None else cache.services.get(attempt.spn.lower())
        return None if ticket is None or self.kdc.time() > ticket.expires else ticket

    def _granting(self, attempt: ConnectionAttempt) -> Ticket:
        shown, client, address = attempt.shown, attempt.client.name, attempt.address
        held = shown.granting
        if held is not None and (shown.key is None or self.kdc.time() <= held.expires):
            return held
        if shown.first is not None:
            since = datetime.fromisoformat(shown.first.logon_time)
            granting = self.kdc.first_ticket(shown.user, since, client, address)
            self.caches.put_first(shown.first, granting)
            return granting
        encryption = wire_events.RC4 if shown.only_hash else wire_events.AES
        granting = self.kdc.authenticate(shown.user, shown.key, client, address, encryption=encryption)
        assert shown.cache is not None
        shown.cache.granting = granting
        return granting

    def _forwarded(self, attempt: ConnectionAttempt, ticket: Ticket) -> Ticket | None:
        """The TGT that goes along with a ticket, to a service that may delegate to any other."""
        trusted = TicketFlags.OK_AS_DELEGATE in ticket.flags
        guarded = attempt.client.policy.credential_guard  # no TGT leaves a client that has Credential Guard
        if not (attempt.shown and trusted and attempt.way is AuthenticationMechanism.NEGOTIATE) or guarded:
            return None
        if not self.domain.directory.available:
            return None
        granting = self._granting(attempt)
        if not granting.forwardable:
            return None
        return self.kdc.forward(granting, attempt.client.name, attempt.address)

    def _by_kerberos(self, attempt: ConnectionAttempt, ticket: Ticket) -> Token:
        client, server = attempt.client, attempt.server
        forwarded = self._forwarded(attempt, ticket)
        names = (ticket.name,) if forwarded is None else (ticket.name, f"forwarded {forwarded.name}")
        attempt.say(ProtocolMessage(client.name, server.name, "AP-REQ", ticket.service, names))
        self.kdc.accept(ticket, attempt.service.key_account, ticket.service)
        token = admit(attempt, ticket.client, forwarded)
        assert token.session is not None
        self.tickets(token.session).evidence = ticket
        self.tickets(token.session).granting = forwarded
        asks_back = attempt.outcome.session if attempt.way is AuthenticationMechanism.REMOTE_GUARD else None
        if asks_back is not None:
            for session in filter(None, (token.session, token.session.linked)):
                self.caches.home[session] = (client, asks_back)
        return token

    # NTLM ---------------------------------------------------------------------------------------------

    def _by_ntlm(self, attempt: ConnectionAttempt) -> Token:
        server, client, shown = attempt.server, attempt.client, attempt.shown
        origin = Origin(address=attempt.address, workstation=client.name)
        if shown.key is None and shown.user:
            raise Refusal(Win32Error.ACCESS_DENIED, f"{shown.why}, so NTLM has nothing to answer with")
        if shown.key is None:
            service = attempt.service
            if not (service.takes_anonymous or service.refuses_anonymous_itself):
                why = f"{attempt.outcome.why}; {service.kind} lets nobody in unnamed"
                raise Refusal(Win32Error.ACCESS_DENIED, why)
            return server.lsa.log_on_anonymously(origin)
        try:
            ntlm.check_loopback(client, server, attempt.host)
            identity, messages = ntlm.exchange(client, server, shown, self.domain, self.controller)
        except ntlm.NtlmError as failed:
            logged = server.lsa.describe_origin(origin, LogonType.NETWORK, NTLM)
            write_failure(server.log, shown.user, shown.domain, LogonType.NETWORK, failed.failure, logged)
            raise Refusal(failed.code, str(failed)) from None
        attempt.say(*messages)
        return admit(attempt, identity)

    def _audit_ntlm(self, attempt: ConnectionAttempt, reason: str) -> None:
        client, shown = attempt.client, attempt.shown.without_tickets
        if (log := self.ntlm_log(client)) is not None:
            ntlm_log.write_client(log, attempt.thread, shown, attempt.spn, reason)
        if (log := self.ntlm_log(attempt.server)) is not None:
            ntlm_log.write_server(log, client, attempt.address, shown)

    # Serving ------------------------------------------------------------------------------------------

    def _serve(self, outcome: ConnectionOutcome) -> None:
        service, token = outcome.service, outcome.token
        assert token is not None and token.session is not None
        outcome.leaves = of_session(service.machine, token.session, self.domain, self.caches)
        decision = service.check(token, self.address(outcome.client))
        anonymous = outcome.arrival is Arrival.ANONYMOUS
        if (anonymous and not service.takes_anonymous) or (decision is not None and not decision.granted):
            who = f"{outcome.who} may not: {outcome.why}" if anonymous else f"{outcome.who} may not"
            code, name = service.denied
            self._refuse(outcome, service.machine, who, code, name)
            return
        outcome.thread = service.serve(token)
        session = outcome.thread.effective_token.session
        if session is not None and session is not token.session:  # JEA: the host is somebody else
            outcome.leaves = of_session(service.machine, session, self.domain, self.caches)

    def _refuse(
        self, outcome: ConnectionOutcome, machine: Machine, missing: str, code: int, name: str
    ) -> None:
        outcome.refusal = NetworkRefusal(machine.name, outcome.session, missing, code, name)

    def refuse_password(self, tried: RefusedPassword) -> None:
        """What a refused logon at one of the machines leaves on the controller: Kerberos asks for a first
        ticket (4771, or 4768 with a failure code), and after its answer nobody asks by NTLM; NTLM 4776."""
        if tried.package != KERBEROS:
            write_validation(self.controller.log, tried.name, tried.workstation, tried.status)
            return
        address = self._addresses.get(tried.workstation.upper(), "-")
        with suppress(KerberosError):
            self.kdc.authenticate(tried.name, tried.password, tried.workstation, address)

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
            flows.write_kerberos(self, self.machines[client], self.controller, self._tool)

    @observe("inject")
    def inject(self, session: LogonSession, ticket: Ticket) -> None:
        """Put a ticket into a session (pass the ticket): tokens stay as they are, the wire changes."""
        cache = self.tickets(session)
        if ticket.is_granting:
            cache.purge()
            cache.granting = ticket
        else:
            cache.services[ticket.service.lower()] = ticket

    @observe("change key")
    def change_key(self, session: LogonSession, domain: str, user: str, key: str) -> None:
        """Write other credentials into a session (pass the hash): its token stays what it is.

        The key is the NT hash, not the password: what sends the password itself does not work with it.
        """
        session.credentials = replace(session.credentials, domain=domain, user_name=user, secret=key)
        self.caches.hashes.add(session)
        self.tickets(session).purge()
