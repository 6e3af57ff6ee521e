"""What lies between machines: a domain, tickets, services, and what the wire shows of a logon session."""

from tokenlab.network.domain import Delegation, Domain
from tokenlab.network.exposure import (
    Exposed,
    Exposure,
    Playable,
    exposed_on,
    exposure,
    measure,
    playable_from,
)
from tokenlab.network.kerberos import Kdc, KerberosCode, KerberosError
from tokenlab.network.message import Message, knowledge
from tokenlab.network.network import Network
from tokenlab.network.outcome import Arrival, NetworkRefusal, Outcome
from tokenlab.network.services import (
    Http,
    Ldap,
    RemoteDesktop,
    RemotePipe,
    Rpc,
    Service,
    SmbShare,
    SqlServer,
    Ssh,
    Way,
    WinRm,
)
from tokenlab.network.ticket import Ticket, TicketCache, TicketFlags

__all__ = [
    "Arrival",
    "Delegation",
    "Domain",
    "Exposed",
    "Exposure",
    "Http",
    "Kdc",
    "KerberosCode",
    "KerberosError",
    "Ldap",
    "Message",
    "Network",
    "NetworkRefusal",
    "Outcome",
    "Playable",
    "RemoteDesktop",
    "RemotePipe",
    "Rpc",
    "Service",
    "SmbShare",
    "SqlServer",
    "Ssh",
    "Ticket",
    "TicketCache",
    "TicketFlags",
    "Way",
    "WinRm",
    "exposed_on",
    "exposure",
    "knowledge",
    "measure",
    "playable_from",
]
