r"""What a new Windows has: some of its files, keys and services, with the descriptors it gives them.

Seen with ``icacls C:\`` and ``icacls C:\Windows``, ``Get-Acl HKLM:\SOFTWARE`` and ``sc sdshow`` on Windows
10; only what lessons use is here, and lines for apps (AC, S-1-15-...) are left out of the folders.
"""

from __future__ import annotations

from tokenlab.security import SecurityContext, SecurityDescriptor, new_object_descriptor
from tokenlab.system.objects import Container, File, Folder, Key, NamedPipe, ObjectTree, Service, StoredObject
from tokenlab.values import Sid

TRUSTED_INSTALLER = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

_TI = f"O:{TRUSTED_INSTALLER}G:{TRUSTED_INSTALLER}"
_DRIVE = (
    f"{_TI}D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)"
)
_WINDOWS = (
    f"{_TI}D:PAI(A;OICIIO;GA;;;CO)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;BA)(A;;0x1301bf;;;BA)"
    f"(A;OICIIO;GXGR;;;BU)(A;;0x1200a9;;;BU)(A;CIIO;GA;;;{TRUSTED_INSTALLER})(A;;FA;;;{TRUSTED_INSTALLER})"
)
_SYSTEM_FILE = (
    f"{_TI}D:PAI(A;;0x1200a9;;;SY)(A;;0x1200a9;;;BA)(A;;0x1200a9;;;BU)(A;;FA;;;{TRUSTED_INSTALLER})"
)
_ETC = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
_HOSTS = (
    "O:SYG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;0x1200a9;;;AC)"
    "(A;ID;0x1200a9;;;S-1-15-2-2)"
)
_USERS = (
    "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)"
    "(A;;0x1200a9;;;WD)(A;OICIIO;GXGR;;;WD)"
)
# PowerShell/Win32-OpenSSH#2417: at the machine, a service, a task (S-1-5-3), but nobody from the network
_PUBLIC = (
    "O:SYG:SYD:PAI(A;OICI;FA;;;BA)(A;OICIIO;FA;;;CO)(A;OICI;FA;;;SY)(A;OICIIO;0x1301ff;;;IU)(A;;0x1200af;;;IU)"
    "(A;OICIIO;0x1301ff;;;SU)(A;;0x1200af;;;SU)(A;OICIIO;0x1301ff;;;S-1-5-3)(A;;0x1200af;;;S-1-5-3)"
)
_PROFILE = "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{user})"
_LOW = "O:{user}G:{user}D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;{user})S:(ML;OICI;NW;;;LW)"

# A path, and its descriptor; where there is none, SYSTEM has made it and it inherits.
_FOLDERS = {
    r"C:\Windows": _WINDOWS,
    r"C:\Windows\System32": _WINDOWS,
    r"C:\Windows\System32\config": "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)",
    r"C:\Windows\System32\drivers": _WINDOWS,
    r"C:\Windows\System32\drivers\etc": _ETC,
    r"C:\Program Files": _WINDOWS,
    r"C:\Users": _USERS,
    r"C:\Users\Public": _PUBLIC,
    r"C:\Temp": None,
}
_FILES = {
    r"C:\Windows\explorer.exe": _SYSTEM_FILE,
    r"C:\Windows\System32\cmd.exe": _SYSTEM_FILE,
    r"C:\Windows\System32\notepad.exe": _SYSTEM_FILE,
    r"C:\Windows\System32\config\SAM": None,
    r"C:\Windows\System32\drivers\etc\hosts": _HOSTS,
}
_KEYS = {
    r"HKLM\SAM": "O:BAG:SYD:PAI(A;CI;KA;;;SY)(A;CI;RCWD;;;BA)",
    r"HKLM\SECURITY": "O:BAG:SYD:PAI(A;CI;KA;;;SY)(A;CI;RCWD;;;BA)",
    r"HKLM\SOFTWARE": "O:SYG:SYD:PAI(A;CI;KR;;;BU)(A;CI;KA;;;BA)(A;CI;KA;;;SY)(A;CIIO;KA;;;CO)",
    r"HKLM\SYSTEM": "O:BAG:SYD:PAI(A;CI;KR;;;BU)(A;CI;KA;;;BA)(A;CI;KA;;;SY)(A;CIIO;KA;;;CO)",
    r"HKLM\SYSTEM\CurrentControlSet": None,
    r"HKLM\SYSTEM\CurrentControlSet\Control": None,
    r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa": None,
}
_MACHINE_KEY = "O:BAG:SYD:PAI(A;CI;KR;;;WD)(A;CI;KA;;;BA)(A;CI;KA;;;SY)(A;CI;KR;;;RC)"
_USER_KEY = "O:BAG:SYD:PAI(A;CI;KA;;;{user})(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;RC)"

_SERVICE = (
    "O:SYG:SYD:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLOCRRC;;;IU)"
    "(A;;CCLCSWLOCRRC;;;SU)S:(AU;FA;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;WD)"
)
_UPDATE = (
    "O:SYG:SYD:(A;;CCLCSWRPLORC;;;AU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)"
)
_SYSTEM_ACCOUNT = "LocalSystem"
_SERVICES = (
    ("wuauserv", _UPDATE, r"C:\Windows\System32\svchost.exe -k netsvcs -p", _SYSTEM_ACCOUNT),
    ("Spooler", _SERVICE, r"C:\Windows\System32\spoolsv.exe", _SYSTEM_ACCOUNT),
    ("EventLog", _SERVICE, r"C:\Windows\System32\svchost.exe -k LocalService", "LocalService"),
    ("Dnscache", _SERVICE, r"C:\Windows\System32\svchost.exe -k NetworkService", "NetworkService"),
)
# Everybody may connect; only administrators and SYSTEM may make another instance of it
_PIPE = "O:SYG:SYD:(A;;0x12019b;;;WD)(A;;FA;;;BA)(A;;FA;;;SY)"
_PIPES = (r"\\.\pipe\spoolss", r"\\.\pipe\lsass", r"\\.\pipe\svcctl")


def files(system: SecurityContext) -> ObjectTree:
    """The drive C: of a new machine."""
    tree = ObjectTree(Folder("C:", _descriptor(_DRIVE)), File, Folder)
    for path, sddl in _FOLDERS.items():
        add(tree, path, system, container=True, explicit=sddl)
    for path, sddl in _FILES.items():
        add(tree, path, system, explicit=sddl)
    hosts = tree.find(r"C:\Windows\System32\drivers\etc\hosts")
    assert isinstance(hosts, File)
    hosts.content = "127.0.0.1 localhost\n"
    return tree


def local_machine(system: SecurityContext) -> ObjectTree:
    """HKEY_LOCAL_MACHINE of a new machine."""
    tree = ObjectTree(Key("HKLM", _descriptor(_MACHINE_KEY)), Key, Key)
    for path, sddl in _KEYS.items():
        add(tree, path, system, container=True, explicit=sddl)
    return tree


def users(system: SecurityContext) -> ObjectTree:
    """HKEY_USERS: the hives of the people who have logged on."""
    return ObjectTree(Key("HKU", _descriptor(_MACHINE_KEY)), Key, Key)


def services() -> dict[str, Service]:
    """Some services of a new machine, by name."""
    return {
        name: Service(name, _descriptor(sddl), image, account) for name, sddl, image, account in _SERVICES
    }


def new_service(name: str, image: str, account: str) -> Service:
    """A service that somebody has just added."""
    return Service(name, _descriptor(_SERVICE), image, account)


def pipes() -> dict[str, NamedPipe]:
    """Some named pipes of a new machine, by path."""
    return {path.lower(): NamedPipe(path, _descriptor(_PIPE)) for path in _PIPES}


def add_profile(files: ObjectTree, hives: ObjectTree, name: str, user: Sid, system: SecurityContext) -> None:
    """What the first logon of a person leaves: a folder, one of Low integrity in it, and a hive."""
    folder = rf"C:\Users\{name}"
    if files.find(folder) is None:
        add(files, folder, system, container=True, explicit=_PROFILE.format(user=user))
        add(files, rf"{folder}\Documents", system, container=True)
        add(files, rf"{folder}\LocalLow", system, container=True, explicit=_LOW.format(user=user))
    if hives.find(rf"HKU\{user}") is None:
        add(hives, rf"HKU\{user}", system, container=True, explicit=_USER_KEY.format(user=user))
        add(hives, rf"HKU\{user}\Software", system, container=True)


def add(
    tree: ObjectTree,
    path: str,
    creator: SecurityContext,
    *,
    container: bool = False,
    explicit: SecurityDescriptor | str | None = None,
) -> StoredObject:
    """Put a new object into the tree; what protects it is what Windows would give it.

    Raises KeyError if there is nothing to put it into.
    """
    above, _, _ = path.rpartition("\\")
    parent = tree.find(above)
    if not isinstance(parent, Container):
        raise KeyError(f"{above} does not exist: create it first")
    kind = tree.container if container else tree.leaf
    if isinstance(explicit, str):
        return kind(path, _descriptor(explicit), parent)
    descriptor = new_object_descriptor(
        parent.descriptor, creator, explicit, container=container, object_type=kind.object_type
    )
    return kind(path, descriptor, parent)


def _descriptor(sddl: str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(sddl)
