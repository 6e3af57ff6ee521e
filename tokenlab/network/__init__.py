"""What lies between machines: a domain, tickets, services, and what the wire shows of a logon session."""

from tokenlab.network.domain import Delegation, Domain
from tokenlab.network.exposure import (
    ExposedSecret,
    Exposure,
    PlayableIdentity,
    exposure,
    find_exposed,
    find_playable,
    measure,
)
from tokenlab.network.kerberos import Kdc, KerberosCode, KerberosError
from tokenlab.network.message import ProtocolMessage, knowledge
from tokenlab.network.network import Network
from tokenlab.network.outcome import Arrival, ConnectionOutcome, NetworkRefusal
from tokenlab.network.services import (
    AuthenticationMechanism,
    Http,
    Ldap,
    RemoteDesktop,
    RemotePipe,
    RemoteService,
    Rpc,
    SmbShare,
    SqlServer,
    Ssh,
    WinRm,
)
from tokenlab.network.ticket import Ticket, TicketCache, TicketFlags

__all__ = [
    "Arrival",
    "Delegation",
    "Domain",
    "ExposedSecret",
    "Exposure",
    "Http",
    "Kdc",
    "KerberosCode",
    "KerberosError",
    "Ldap",
    "ProtocolMessage",
    "Network",
    "NetworkRefusal",
    "ConnectionOutcome",
    "PlayableIdentity",
    "RemoteDesktop",
    "RemotePipe",
    "Rpc",
    "RemoteService",
    "SmbShare",
    "SqlServer",
    "Ssh",
    "Ticket",
    "TicketCache",
    "TicketFlags",
    "AuthenticationMechanism",
    "WinRm",
    "find_exposed",
    "exposure",
    "knowledge",
    "measure",
    "find_playable",
]
