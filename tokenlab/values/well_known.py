"""SIDs that mean the same on every Windows ([MS-DTYP] 2.4.2.4)."""

from __future__ import annotations

from typing import NamedTuple

from tokenlab.values.sid import Sid
from tokenlab.values.sid_names import ABSOLUTE


class WellKnownSid(NamedTuple):
    """A SID that means the same everywhere."""

    sid: Sid
    alias: str | None
    name: str


WELL_KNOWN = tuple(WellKnownSid(Sid(sid), alias, name) for alias, sid, name in ABSOLUTE)
ALIASES: dict[str, Sid] = {row.alias: row.sid for row in WELL_KNOWN if row.alias}

NULL_SID = Sid("S-1-0-0")
EVERYONE = Sid("S-1-1-0")
LOCAL = Sid("S-1-2-0")
CONSOLE_LOGON = Sid("S-1-2-1")
CREATOR_OWNER = Sid("S-1-3-0")
CREATOR_GROUP = Sid("S-1-3-1")
OWNER_RIGHTS = Sid("S-1-3-4")
NETWORK = Sid("S-1-5-2")
BATCH = Sid("S-1-5-3")
INTERACTIVE = Sid("S-1-5-4")
SERVICE = Sid("S-1-5-6")
ANONYMOUS = Sid("S-1-5-7")
PRINCIPAL_SELF = Sid("S-1-5-10")
AUTHENTICATED_USERS = Sid("S-1-5-11")
RESTRICTED = Sid("S-1-5-12")
REMOTE_INTERACTIVE = Sid("S-1-5-14")
THIS_ORGANIZATION = Sid("S-1-5-15")
IUSR = Sid("S-1-5-17")
LOCAL_SYSTEM = Sid("S-1-5-18")
LOCAL_SERVICE = Sid("S-1-5-19")
NETWORK_SERVICE = Sid("S-1-5-20")
WRITE_RESTRICTED = Sid("S-1-5-33")
NTLM_AUTHENTICATION = Sid("S-1-5-64-10")
WINDOW_MANAGER_GROUP = Sid("S-1-5-90-0")
LOCAL_ACCOUNT = Sid("S-1-5-113")
LOCAL_ACCOUNT_AND_ADMINISTRATOR = Sid("S-1-5-114")
ADMINISTRATORS = Sid("S-1-5-32-544")
USERS = Sid("S-1-5-32-545")
GUESTS = Sid("S-1-5-32-546")
BACKUP_OPERATORS = Sid("S-1-5-32-551")
REMOTE_DESKTOP_USERS = Sid("S-1-5-32-555")
ALL_APPLICATION_PACKAGES = Sid("S-1-15-2-1")
ALL_RESTRICTED_APPLICATION_PACKAGES = Sid("S-1-15-2-2")
AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY = Sid("S-1-18-1")
SERVICE_ASSERTED_IDENTITY = Sid("S-1-18-2")
