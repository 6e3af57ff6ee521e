"""A service without its client's credentials asks the controller to vouch for the client: S4U.

[MS-SFU]; "Kerberos Constrained Delegation Overview" on Microsoft Learn.
"""

from __future__ import annotations

from tokenlab.network.domain import Domain
from tokenlab.network.kerberos import Kdc, KerberosCode, KerberosError
from tokenlab.network.outbound import OutboundCredentials, TicketCaches, of_machine, of_session
from tokenlab.network.ticket import Ticket
from tokenlab.system import ImpersonationLevel, LogonType, Thread
from tokenlab.system.identity import KERBEROS


def ticket_for_client(thread: Thread, spn: str, domain: Domain, kdc: Kdc, caches: TicketCaches) -> Ticket:
    """A ticket for ``spn`` in the name of the client that this thread serves. Raises `KerberosError`.

    The account of the *process* asks. Where the process runs as the client it has no account of its own to
    ask with: the machine asks, and only the target's own settings (resource-based) help.
    """
    session = thread.effective_token.session
    if session is None or session.logon_type is not LogonType.NETWORK or session.package not in _WIRE:
        raise KerberosError(KerberosCode.KDC_ERR_BADOPTION, "there is no client who came by the network")
    level = thread.effective_token.level
    if level is not None and level < ImpersonationLevel.IMPERSONATION:
        raise KerberosError(KerberosCode.KDC_ERR_BADOPTION, f"the client allows {level.name} only")
    machine = thread.process.machine
    asks, own_account = _asks(thread, domain, caches)
    if asks.user == "":
        raise KerberosError(KerberosCode.KDC_ERR_BADOPTION, f"nobody can ask: {asks.why}")
    evidence = caches.of(session).evidence
    if evidence is None and not own_account:
        raise KerberosError(
            KerberosCode.KDC_ERR_BADOPTION, "the client brought no ticket, and the process runs as the client"
        )
    granting = asks.granting or kdc.authenticate(asks.user, asks.key, machine.name)
    if evidence is None:
        _check_transition(domain, asks.user, spn)
        evidence = kdc.for_self(granting, session.user_name, machine.name)
    if not own_account and not _named_by_target(domain, asks.user, spn):
        raise KerberosError(
            KerberosCode.KDC_ERR_BADOPTION,
            f"the process runs as {session.user_name}, not as a service that may delegate; "
            f"the account of {spn} does not name {asks.user}",
        )
    ticket = kdc.on_behalf(granting, evidence, spn, machine.name)
    caches.of(session).services[spn.lower()] = ticket  # the server holds it now: [MS-SFU] 3.1.5.2.4
    return ticket


_WIRE = (KERBEROS, "NTLM")


def _asks(thread: Thread, domain: Domain, caches: TicketCaches) -> tuple[OutboundCredentials, bool]:
    machine, session = thread.process.machine, thread.process.token.session
    if thread.token is None or session is None:
        return of_machine(machine, domain), False
    return of_session(machine, session, domain, caches), True


def _check_transition(domain: Domain, caller: str, spn: str) -> None:
    """Without a ticket of the client, S4U2self must come first: any protocol, or resource-based."""
    if domain.delegation(domain.account(caller)).any_protocol or _named_by_target(domain, caller, spn):
        return
    raise KerberosError(
        KerberosCode.KDC_ERR_BADOPTION,
        f"the client came by NTLM, and {caller} is not trusted for any protocol",
    )


def _named_by_target(domain: Domain, caller: str, spn: str) -> bool:
    owner = domain.service_account(spn)
    return owner is not None and domain.may_act_on_behalf(owner, domain.account(caller))
