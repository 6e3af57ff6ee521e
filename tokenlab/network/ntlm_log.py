"""NTLM's own log, of releases that have it: which program spoke NTLM, to whom, and why not Kerberos.

Microsoft-Windows-NTLM/Operational since Windows 11 24H2 and Server 2025 ("Overview of NTLM auditing
enhancements", KB5064479): 4021 at the client, 4023 at the server. Field names, and the reasons 1 and 10, are
those of real records; Microsoft's table has more reasons, whose numbers stand as ``-`` here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tokenlab.network.negotiate import is_address
from tokenlab.system import Machine, Thread
from tokenlab.system.event_log import EventLog

if TYPE_CHECKING:
    from tokenlab.network.outbound import OutboundCredentials

BY_ADDRESS = ("10", "The target name contains an IP address.")


class NtlmLog(EventLog):
    """The NTLM channel of one machine: see `Network.ntlm_log`."""

    channel, provider = "Microsoft-Windows-NTLM/Operational", "Microsoft-Windows-NTLM"


def write_client(log: NtlmLog, thread: Thread, shown: OutboundCredentials, spn: str, reason: str) -> None:
    """4021: this machine attempted to authenticate to a remote resource by NTLM."""
    process = thread.process
    number, words = BY_ADDRESS if is_address(spn.partition("/")[2].partition(":")[0]) else ("-", reason)
    log.append(
        4021,
        ProcessName=process.name.removesuffix(".exe"),
        ProcessPID=f"{process.pid:#x}",
        Username=shown.user,
        DomainName=shown.domain,
        TargetService=spn,
        NtlmUsageId=number,
        NtlmUsageReason=words,
        NtlmVersion="NTLMv2",
    )


def write_server(log: NtlmLog, client: Machine, address: str, shown: OutboundCredentials) -> None:
    """4023: a remote client used NTLM to authenticate to this machine."""
    log.append(
        4023,
        Username=shown.user,
        DomainName=shown.domain,
        RemoteClientMachine=client.name,
        ClientIP=address,
        NtlmVersion="NTLMv2",
    )
