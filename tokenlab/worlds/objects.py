r"""Six objects with the descriptor that a default Windows gives them.

Each says where its descriptor can be read, on which Windows, and what the print-out leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tokenlab.security import SecurityDescriptor
from tokenlab.values.rights import EVENT_LOG, FILE, KEY, PROCESS, SERVICE, SHARE, ObjectType
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
    source="",
    note="",
)

SPOOLER_SERVICE = RealObject(
    name="Spooler (Print Spooler)",
    object_type=SERVICE,
    sddl="O:SYG:SYD:(A;;CCLCSWLOCRRC;;;AU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWRPWPDTLOCRRC;;;SY)"
    "S:(AU;FA;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)",
    source="",
    note="",
)

SOFTWARE_KEY = RealObject(
    name=r"HKLM\SOFTWARE",
    object_type=KEY,
    sddl="O:SYG:SYD:PAI(A;CIIO;KA;;;CO)(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU)(A;CI;KR;;;AC)",
    source="",
    note="",
)

NOTEPAD_PROCESS = RealObject(
    name="notepad.exe of ASTRO\\cosmo",
    object_type=PROCESS,
    sddl=f"O:{COSMO_SID}G:{DOMAIN_USERS}D:(A;;0x1fffff;;;{COSMO_SID})(A;;0x1fffff;;;SY)"
    f"(A;;0x121411;;;{COSMO_LOGON_SID})S:(ML;;NWNR;;;ME)",
    source="",
    note="",
)

PUBLIC_SHARE = RealObject(
    name=r"\\MISTAKENOT-WS-1\Public",
    object_type=SHARE,
    sddl=f"O:BAG:{DOMAIN_USERS}D:(A;;0x1200a9;;;WD)",
    source="",
    note="",
)

SECURITY_LOG = RealObject(
    name="Security (event log channel)",
    object_type=EVENT_LOG,
    sddl="O:BAG:SYD:(A;;CCLCSDRCWDWO;;;SY)(A;;CCLC;;;BA)(A;;CC;;;ER)",
    source="",
    note="",
)

OBJECTS: tuple[RealObject, ...] = (
    HOSTS_FILE,
    SPOOLER_SERVICE,
    SOFTWARE_KEY,
    NOTEPAD_PROCESS,
    PUBLIC_SHARE,
    SECURITY_LOG,
)
