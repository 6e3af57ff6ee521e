"""Which Windows a machine runs: what Microsoft changed in the defaults that decide about logons and tokens.

Each row of the table stands for a release with the updates of one month, because some defaults came with an
update and not with a release. Sources, all on Microsoft Learn or support.microsoft.com:

- ``lsa_protection``: "Configure added LSA protection", *Automatic enablement*; "What's new in Windows 11,
  version 24H2". Both speak of clients.
- ``credential_guard``: "Credential Guard overview", *Default enablement*.
- ``ntlm_v1``: "Windows 11, version 24H2: removed features"; ``ntlm_auditing``: KB5064479.
- ``logon_event_version``: records of Windows 11 and of a preview of Server 2025.
- ``kerberos_event_version``: "4768(S, F)", version 2 with the update of January 14, 2025.
- ``rc4_by_default``: controllers of Windows Server 2025 issue no ticket-granting ticket by RC4 ("What's new
  in Windows Server 2025"). Nor a service ticket for an account that says nothing, since the updates of
  April 14, 2026 (CVE-2026-20833, KB5073381: DefaultDomainSupportedEncTypes is 0x18, AES only).
- ``administrator_protection``: "Administrator protection" (a policy, off by default).
- ``impersonation_tracing``: the provider Microsoft-Windows-Threat-Intelligence, events 33, 34 and 36.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WindowsRelease:
    """A release of Windows with the updates up to a month, and what it does by default."""

    name: str
    build: int
    updates: str
    """The month of the last update, ``2026-10``."""
    server: bool = False
    lsa_protection: bool = False
    """Whether lsass.exe starts as a protected process (RunAsPPL)."""
    credential_guard: bool = False
    """Whether Credential Guard starts, where hardware and licence allow it: see `guards`."""
    ntlm_v1: bool = True
    """Whether NTLMv1 is still there to be used."""
    ntlm_auditing: bool = False
    """Whether NTLM's own log names process and reason (events 4020 to 4033)."""
    logon_event_version: int = 2
    """Of 4624; version 3 says whether a desktop came by Remote Credential Guard."""
    kerberos_event_version: int = 1
    """Of 4768 and 4769; version 2 tells the encryption types of client, account and service."""
    rc4_by_default: bool = True
    """Whether a controller issues tickets by RC4: the first one, or any for an account that says nothing."""
    administrator_protection: bool = False
    """Whether the policy of this name can be switched on."""
    impersonation_tracing: bool = False
    """Whether a protected consumer of the threat intelligence trace is told of impersonations."""

    @classmethod
    def find(cls, name: WindowsRelease | str) -> WindowsRelease:
        """The release of this name, ``Windows 11 24H2``. Raises KeyError for one not in the table."""
        if isinstance(name, cls):
            return name
        if name not in RELEASES:
            raise KeyError(f"{name!r} is not in the table of releases: expected one of {', '.join(RELEASES)}")
        return RELEASES[str(name)]

    def guards(self, *, member: bool, controller: bool = False) -> bool:
        """True if Credential Guard is on by default: on servers in a domain only, on no controller."""
        return self.credential_guard and not controller and (member or not self.server)

    def __str__(self) -> str:
        return self.name


WINDOWS_10_1809 = WindowsRelease("Windows 10 1809", 17763, "2020-09")
WINDOWS_SERVER_2019 = WindowsRelease("Windows Server 2019", 17763, "2020-09", server=True)
WINDOWS_11_22H2 = WindowsRelease(
    "Windows 11 22H2", 22621, "2023-10", lsa_protection=True, credential_guard=True
)
WINDOWS_11_24H2 = WindowsRelease(
    "Windows 11 24H2",
    26100,
    "2026-10",
    lsa_protection=True,
    credential_guard=True,
    ntlm_v1=False,
    ntlm_auditing=True,
    logon_event_version=3,
    kerberos_event_version=2,
    rc4_by_default=False,
    administrator_protection=True,
    impersonation_tracing=True,
)
WINDOWS_SERVER_2025 = WindowsRelease(
    "Windows Server 2025",
    26100,
    "2026-10",
    server=True,
    credential_guard=True,
    ntlm_v1=False,
    ntlm_auditing=True,
    logon_event_version=3,
    kerberos_event_version=2,
    rc4_by_default=False,
    impersonation_tracing=True,
)
RELEASES: dict[str, WindowsRelease] = {
    one.name: one
    for one in (
        WINDOWS_10_1809,
        WINDOWS_SERVER_2019,
        WINDOWS_11_22H2,
        WINDOWS_11_24H2,
        WINDOWS_SERVER_2025,
    )
}
