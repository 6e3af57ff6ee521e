"""Negotiate: Kerberos if it can, NTLM if it must. [MS-SPNG]; "Microsoft Negotiate" on Microsoft Learn."""

from __future__ import annotations

from tokenlab.network.domain import Domain
from tokenlab.network.outbound import OutboundCredentials
from tokenlab.system.identity import KERBEROS, NTLM


def choose(host: str, spn: str, shown: OutboundCredentials, domain: Domain) -> tuple[str, str]:
    """The package, and why: the first rule that fits."""
    if is_address(host):
        return NTLM, f"{host} is an address: Kerberos needs a name"
    if shown.user and not domain.directory.is_named(shown.domain):
        return NTLM, rf"{shown.domain}\{shown.user} is no account of {domain.directory.name}"
    if domain.service_account(spn) is None:
        return NTLM, domain.why_no_owner(spn)
    return KERBEROS, f"{spn} is known to the domain"


def is_address(host: str) -> bool:
    """Is it 192.0.2.7, not a name?"""
    from ipaddress import ip_address  # a millisecond of each start

    try:
        ip_address(host)
    except ValueError:
        return False
    return True
