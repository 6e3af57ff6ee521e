"""Names and aliases of SIDs that mean the same on every Windows, and of RIDs that mean the same in every
domain, as plain text: `Sid` looks its name up here, `well_known` makes SIDs of it.

[MS-DTYP] 2.4.2.4 (well-known SIDs), "SID strings" (sddl.h) and "Well-known SIDs" on Microsoft Learn.
Columns: SDDL alias or ``-``, SID or RID, the name that Windows shows.
"""

_ABSOLUTE = r"""
-  S-1-0-0 NULL SID
WD S-1-1-0 Everyone
-  S-1-2-0 LOCAL
-  S-1-2-1 CONSOLE LOGON
CO S-1-3-0 CREATOR OWNER
CG S-1-3-1 CREATOR GROUP
-  S-1-3-2 CREATOR OWNER SERVER
-  S-1-3-3 CREATOR GROUP SERVER
OW S-1-3-4 OWNER RIGHTS
-  S-1-5-1 NT AUTHORITY\DIALUP
NU S-1-5-2 NT AUTHORITY\NETWORK
-  S-1-5-3 NT AUTHORITY\BATCH
IU S-1-5-4 NT AUTHORITY\INTERACTIVE
SU S-1-5-6 NT AUTHORITY\SERVICE
AN S-1-5-7 NT AUTHORITY\ANONYMOUS LOGON
-  S-1-5-8 NT AUTHORITY\PROXY
ED S-1-5-9 NT AUTHORITY\ENTERPRISE DOMAIN CONTROLLERS
PS S-1-5-10 NT AUTHORITY\SELF
AU S-1-5-11 NT AUTHORITY\Authenticated Users
RC S-1-5-12 NT AUTHORITY\RESTRICTED
-  S-1-5-13 NT AUTHORITY\TERMINAL SERVER USER
-  S-1-5-14 NT AUTHORITY\REMOTE INTERACTIVE LOGON
-  S-1-5-15 NT AUTHORITY\This Organization
-  S-1-5-17 NT AUTHORITY\IUSR
SY S-1-5-18 NT AUTHORITY\SYSTEM
LS S-1-5-19 NT AUTHORITY\LOCAL SERVICE
NS S-1-5-20 NT AUTHORITY\NETWORK SERVICE
WR S-1-5-33 NT AUTHORITY\WRITE RESTRICTED
-  S-1-5-64-10 NT AUTHORITY\NTLM Authentication
-  S-1-5-64-14 NT AUTHORITY\SChannel Authentication
-  S-1-5-64-21 NT AUTHORITY\Digest Authentication
-  S-1-5-65-1 NT AUTHORITY\This Organization Certificate
-  S-1-5-80-0 NT SERVICE\ALL SERVICES
-  S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464 NT SERVICE\TrustedInstaller
-  S-1-5-83-0 NT VIRTUAL MACHINE\Virtual Machines
UD S-1-5-84-0-0-0-0-0 NT AUTHORITY\USER MODE DRIVERS
-  S-1-5-90-0 Window Manager\Window Manager Group
-  S-1-5-96-0 Font Driver Host
-  S-1-5-113 NT AUTHORITY\Local account
-  S-1-5-114 NT AUTHORITY\Local account and member of Administrators group
-  S-1-5-1000 NT AUTHORITY\Other Organization
BA S-1-5-32-544 BUILTIN\Administrators
BU S-1-5-32-545 BUILTIN\Users
BG S-1-5-32-546 BUILTIN\Guests
PU S-1-5-32-547 BUILTIN\Power Users
AO S-1-5-32-548 BUILTIN\Account Operators
SO S-1-5-32-549 BUILTIN\Server Operators
PO S-1-5-32-550 BUILTIN\Print Operators
BO S-1-5-32-551 BUILTIN\Backup Operators
RE S-1-5-32-552 BUILTIN\Replicator
RU S-1-5-32-554 BUILTIN\Pre-Windows 2000 Compatible Access
RD S-1-5-32-555 BUILTIN\Remote Desktop Users
NO S-1-5-32-556 BUILTIN\Network Configuration Operators
-  S-1-5-32-557 BUILTIN\Incoming Forest Trust Builders
MU S-1-5-32-558 BUILTIN\Performance Monitor Users
LU S-1-5-32-559 BUILTIN\Performance Log Users
-  S-1-5-32-560 BUILTIN\Windows Authorization Access Group
-  S-1-5-32-561 BUILTIN\Terminal Server License Servers
-  S-1-5-32-562 BUILTIN\Distributed COM Users
IS S-1-5-32-568 BUILTIN\IIS_IUSRS
CY S-1-5-32-569 BUILTIN\Cryptographic Operators
ER S-1-5-32-573 BUILTIN\Event Log Readers
CD S-1-5-32-574 BUILTIN\Certificate Service DCOM Access
RA S-1-5-32-575 BUILTIN\RDS Remote Access Servers
ES S-1-5-32-576 BUILTIN\RDS Endpoint Servers
MS S-1-5-32-577 BUILTIN\RDS Management Servers
HA S-1-5-32-578 BUILTIN\Hyper-V Administrators
AA S-1-5-32-579 BUILTIN\Access Control Assistance Operators
RM S-1-5-32-580 BUILTIN\Remote Management Users
-  S-1-5-32-581 BUILTIN\System Managed Accounts Group
-  S-1-5-32-582 BUILTIN\Storage Replica Administrators
-  S-1-5-32-583 BUILTIN\Device Owners
HO S-1-5-32-584 BUILTIN\User Mode Hardware Operators
AC S-1-15-2-1 APPLICATION PACKAGE AUTHORITY\ALL APPLICATION PACKAGES
-  S-1-15-2-2 APPLICATION PACKAGE AUTHORITY\ALL RESTRICTED APPLICATION PACKAGES
-  S-1-16-0 Mandatory Label\Untrusted Mandatory Level
LW S-1-16-4096 Mandatory Label\Low Mandatory Level
ME S-1-16-8192 Mandatory Label\Medium Mandatory Level
MP S-1-16-8448 Mandatory Label\Medium Plus Mandatory Level
HI S-1-16-12288 Mandatory Label\High Mandatory Level
SI S-1-16-16384 Mandatory Label\System Mandatory Level
-  S-1-16-20480 Mandatory Label\Protected Process Mandatory Level
AS S-1-18-1 Authentication authority asserted identity
SS S-1-18-2 Service asserted identity
-  S-1-18-3 Fresh public key identity
-  S-1-18-4 Key trust identity
-  S-1-18-5 MFA key property
-  S-1-18-6 Attested key property
"""

_IN_A_DOMAIN = """
RO 498 Enterprise Read-only Domain Controllers
LA 500 Administrator
LG 501 Guest
-  502 krbtgt
-  503 DefaultAccount
-  504 WDAGUtilityAccount
DA 512 Domain Admins
DU 513 Domain Users
DG 514 Domain Guests
DC 515 Domain Computers
DD 516 Domain Controllers
CA 517 Cert Publishers
SA 518 Schema Admins
EA 519 Enterprise Admins
PA 520 Group Policy Creator Owners
-  521 Read-only Domain Controllers
CN 522 Cloneable Domain Controllers
AP 525 Protected Users
KA 526 Key Admins
EK 527 Enterprise Key Admins
RS 553 RAS and IAS Servers
-  571 Allowed RODC Password Replication Group
-  572 Denied RODC Password Replication Group
"""


def _rows(table: str) -> list[list[str]]:
    return [line.split(maxsplit=2) for line in table.strip().splitlines()]


ABSOLUTE = tuple((alias if alias != "-" else None, sid, name) for alias, sid, name in _rows(_ABSOLUTE))
ALIAS_OF: dict[str, str] = {sid: alias for alias, sid, _ in ABSOLUTE if alias}
NAMES: dict[str, str] = {sid: name for _, sid, name in ABSOLUTE}
DOMAIN_ALIASES: dict[str, int] = {a: int(rid) for a, rid, _ in _rows(_IN_A_DOMAIN) if a != "-"}
DOMAIN_ALIAS_OF: dict[int, str] = {rid: alias for alias, rid in DOMAIN_ALIASES.items()}
DOMAIN_NAMES: dict[int, str] = {int(rid): name for _, rid, name in _rows(_IN_A_DOMAIN)}
