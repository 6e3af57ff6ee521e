r"""Six objects with the descriptor that a default Windows gives them.

Each says where its descriptor can be read, on which Windows, and what the print-out leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tokenlab.security import SecurityDescriptor
from tokenlab.values import EVENT_LOG, FILE, KEY, PROCESS, SERVICE, SHARE, ObjectType
from tokenlab.worlds.tokens import COSMO_LOGON_SID, COSMO_SID, DOMAIN_USERS


@dataclass(frozen=True)
class RealObject:
    """A securable object: what it is, its descriptor as SDDL, and where that was seen."""

    name: str
    object_type: ObjectType
    sddl: str
    source: str
    note: str

    @cached_property
    def descriptor(self) -> SecurityDescriptor:
        """The descriptor that the SDDL names."""
        return SecurityDescriptor.from_sddl(self.sddl)


HOSTS_FILE = RealObject(
    name=r"C:\Windows\System32\drivers\etc\hosts",
    object_type=FILE,
    sddl="O:SYG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1200a9;;;AC)"
    "(A;ID;0x1200a9;;;S-1-15-2-2)",
    source="Windows 10 or 11: `(Get-Acl ...).Sddl` in issue 12058 of microsoft/terminal on GitHub (2022)",
    note="Every line is inherited (ID) from the folder. There is no label: Windows takes Medium.",
)

WINDOWS_UPDATE_SERVICE = RealObject(
    name="wuauserv (Windows Update)",
    object_type=SERVICE,
    sddl="O:SYG:SYD:(A;;CCLCSWRPLORC;;;AU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)"
    "(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)",
    source="Windows 10 21H1: `sc sdshow wuauserv` in issue 10076 of MicrosoftDocs/windows-itpro-docs on "
    "GitHub",
    note="`sc sdshow` prints neither owner nor group; services belong to SYSTEM. Everybody who has logged on "
    "may start it (RP); stop (WP) and change it (DC) only Administrators and SYSTEM.",
)

LSA_KEY = RealObject(
    name=r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa",
    object_type=KEY,
    sddl="O:SYG:SYD:PAI(A;CIIO;KA;;;CO)(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)(A;CI;KR;;;AC)"
    "(A;CI;KR;;;S-1-15-3-1024-1065365936-1281604716-3511738428-1654721687-432734479-3232135806-4053264122-"
    "3456934681)S:AI",
    source="Windows 10: `Get-Acl` in registry/lsa.md of OTRF/Set-AuditRule on GitHub",
    note="The line for CREATOR OWNER is inherit-only (IO): a pattern for subkeys, which grants nothing here. "
    "The long SID is a capability of apps; Windows 10 has it since 1809 and gives it no name.",
)

NOTEPAD_PROCESS = RealObject(
    name=r"notepad.exe of ASTRO\cosmo",
    object_type=PROCESS,
    sddl=f"O:{COSMO_SID}G:{DOMAIN_USERS}D:(A;;0x1fffff;;;{COSMO_SID})(A;;0x1fffff;;;SY)"
    f"(A;;0x121411;;;{COSMO_LOGON_SID})S:(ML;;NWNR;;;ME)",
    source="Windows 11: SdDumper/README.md of daem0nc0re/TangledWinExec on GitHub, with cosmo's SIDs; the "
    "label after Forshaw, Windows Security Internals, table 6-5 (a process gets NW and NR)",
    note="The default DACL of cosmo's token, its generic rights mapped. Administrators are not in it: they "
    "come in by SeDebugPrivilege, which OpenProcess looks at itself, outside the access check.",
)

PUBLIC_SHARE = RealObject(
    name=r"\\MISTAKENOT-WS-1\Public",
    object_type=SHARE,
    sddl=f"O:BAG:{DOMAIN_USERS}D:(A;;0x1200a9;;;WD)",
    source="Windows Server: a share before it is changed, OldSD of an event 5143 in "
    "mdecrevoisier/EVTX-to-MITRE-Attack on GitHub, here with ASTRO's Domain Users",
    note="What a new share gets: Everyone reads. The files behind it have descriptors of their own, and both "
    "must grant.",
)

SECURITY_LOG = RealObject(
    name="Security (event log channel)",
    object_type=EVENT_LOG,
    sddl="O:BAG:SYD:(A;;CCLCSDRCWDWO;;;SY)(A;;CCLC;;;BA)(A;;CC;;;ER)",
    source="Windows on an Azure VM: `wevtutil get-log Security` in 'Debug PowerShell scripts run by Custom "
    "Script Extension or Run Command', Microsoft Learn, where NETWORK SERVICE has been given a line too",
    note="CC is read, DC write, LC clear. Nobody may write: what this log says comes from the LSA alone.",
)

OBJECTS: tuple[RealObject, ...] = (
    HOSTS_FILE,
    WINDOWS_UPDATE_SERVICE,
    LSA_KEY,
    NOTEPAD_PROCESS,
    PUBLIC_SHARE,
    SECURITY_LOG,
)
