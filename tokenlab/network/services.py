"""What listens on a machine: each service has a name, an account whose key it holds, and a way to serve.

Most serve on a thread that impersonates the client; WinRM, SSH and Remote Desktop start a process that
*runs as* the client.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import ClassVar

from tokenlab.network import wire_events
from tokenlab.security import AccessDecision, SecurityDescriptor, access_check
from tokenlab.security.check.question import type_of
from tokenlab.system import AccessDenied, LogonType, Machine, Process, Thread, Token
from tokenlab.system.identity import Identity
from tokenlab.system.opening import BY_CREATE_FILE
from tokenlab.system.origin import Origin
from tokenlab.values import FILE, FileRights, Sid
from tokenlab.values.well_known import ADMINISTRATORS

READ_ALL = "O:SYG:SYD:(A;;0x1200a9;;;WD)"
"""What a new share grants: Everyone may read."""
REMOTE_MANAGEMENT = "O:NSG:BAD:P(A;;GA;;;BA)(A;;GA;;;S-1-5-32-580)"
SYSTEM = r"NT AUTHORITY\SYSTEM"
VIRTUAL_USERS = "WinRM Virtual Users"


class AuthenticationMechanism(Enum):
    """How a client proves who it is."""

    NEGOTIATE = "Negotiate: Kerberos or NTLM"
    BASIC = "Basic: the password itself, under TLS"
    CREDSSP = "CredSSP: Negotiate, and then the password for the server to keep"
    REMOTE_DESKTOP = "Remote Desktop: the password, for the server to keep"
    RESTRICTED_ADMIN = "Remote Desktop, Restricted Admin: Negotiate only"
    REMOTE_GUARD = "Remote Desktop, Remote Credential Guard: asks back at the client"
    KEY = "SSH with a public key: no password at all (S4U)"
    PASSWORD = "SSH with a password"

    @property
    def negotiates(self) -> bool:
        """True where Kerberos or NTLM proves who comes."""
        return self in (
            AuthenticationMechanism.NEGOTIATE,
            AuthenticationMechanism.CREDSSP,
            AuthenticationMechanism.RESTRICTED_ADMIN,
            AuthenticationMechanism.REMOTE_GUARD,
        )


@dataclass(eq=False)
class RemoteService:
    """A service of a machine. ``account`` is whom it runs as: SYSTEM, a pool, a domain account."""

    machine: Machine
    account: str = SYSTEM
    descriptor: SecurityDescriptor | str | None = None
    image: str = field(default="svchost.exe", repr=False)

    kind: ClassVar[str] = "RPC"
    spn_class: ClassVar[str] = "RPCSS"
    ways: ClassVar[tuple[AuthenticationMechanism, ...]] = (AuthenticationMechanism.NEGOTIATE,)
    runs_as_client: ClassVar[bool] = False
    port: ClassVar[int] = 135
    takes_anonymous: ClassVar[bool] = False
    refuses_anonymous_itself: ClassVar[bool] = False
    """Whether a client without a name gets as far as the service, which then says no."""
    denied: ClassVar[tuple[int, str]] = (5, "ERROR_ACCESS_DENIED")
    asks_for: ClassVar[int] = FileRights.GENERIC_ALL
    """What a client must have by the service's own descriptor."""
    canonical: ClassVar[bool] = False
    """Whether its clients follow an alias (CNAME) to the host's own name before they ask for a ticket."""

    @property
    def name(self) -> str:
        """What it is, and where: ``RPC on SRV1``."""
        return f"{self.kind} on {self.machine.name}"

    @property
    def key_account(self) -> str:
        """Whose key it holds: its own account's in the domain, else the machine's."""
        authority, _, user = self.account.rpartition("\\")
        domain = self.machine.domain
        own = domain is not None and authority.upper() == domain.name
        return user if own else f"{self.machine.name}$"

    def spn(self, host: str) -> str:
        """The name that a client asks a ticket for."""
        return f"{self.spn_class}/{host}"

    @cached_property
    def process(self) -> Process:
        """The process that serves."""
        machine = self.machine
        if self.account == SYSTEM:
            token = machine.system_token.duplicate()
        else:
            authority, _, user = self.account.rpartition("\\")
            domain = machine.domain
            known = domain.find(user) if domain is not None and authority.upper() == domain.name else None
            typed = known is not None and known.retrieved_by is None  # nobody types a managed account's
            password = known.password if known and typed else None
            token = machine.log_on(self.account, password, LogonType.SERVICE)
        return machine.processes.new(machine.full_path(self.image), token)

    def serve(self, token: Token) -> Thread:
        """A thread that acts for the client: it impersonates, or its process runs as the client."""
        if self.runs_as_client:
            return self.process.start_as_user(token, self.host_image).thread
        thread = self.process.new_thread()
        thread.impersonate(token)
        return thread

    @property
    def host_image(self) -> str:
        """The program in which a visitor arrives."""
        return self.image

    def check(self, token: Token, address: str) -> AccessDecision | None:
        """May this client in? None where the service has no descriptor of its own."""
        if self.descriptor is None:
            return None
        return access_check(token.context, _parsed(self.descriptor), self.asks_for)


@dataclass(eq=False)
class Rpc(RemoteService):
    """An RPC server; its client is impersonated by ``RpcImpersonateClient``."""


@dataclass(eq=False)
class SmbShare(RemoteService):
    """A shared folder: the share's descriptor *and* the file's must both grant."""

    descriptor: SecurityDescriptor | str | None = READ_ALL
    share: str = "data"
    path: str = r"C:\data"
    kind: ClassVar[str] = "SMB"
    port: ClassVar[int] = 445
    spn_class: ClassVar[str] = "cifs"
    takes_anonymous: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The UNC path of the share: ``\\\\SRV1\\files``."""
        return rf"\\{self.machine.name}\{self.share}"

    def check(self, token: Token, address: str) -> AccessDecision | None:
        """Reach the share: event 5140, and its descriptor must let something be read."""
        wire_events.write_5140(self.machine, token, self.share, self.path, address)
        assert self.descriptor is not None
        return access_check(token.context, _parsed(self.descriptor), FileRights.READ_DATA)

    def open(
        self, thread: Thread, file: str, desired: int, address: str = "-", *, backup: bool = False
    ) -> object:
        """Open a file for the client: first by the share (event 5145), then by the file. Gives the handle.

        With ``backup`` the client asks for backup semantics: SeBackupPrivilege then opens the file, which a
        token from the network has enabled if it has it at all. It does not open the share.
        Raises `AccessDenied` with the decision of whichever refused.
        """
        assert self.descriptor is not None
        token = thread.effective_token
        asked = type_of(desired, FILE).mapping.map(desired) | BY_CREATE_FILE
        decision = access_check(token.context, _parsed(self.descriptor), asked)
        wire_events.write_5145(self.machine, token, self.share, self.path, address, file, decision)
        if not decision.granted:
            raise AccessDenied(f"the permissions of {self.name} refuse", decision)
        return thread.open(f"{self.path}\\{file}", desired, backup=backup)


@dataclass(eq=False)
class RemotePipe(SmbShare):
    r"""A named pipe over the network: ``\\server\pipe\name``, reached by way of IPC$."""

    descriptor: SecurityDescriptor | str | None = "O:SYG:SYD:(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x12019f;;;AU)"
    share: str = "IPC$"
    path: str = ""
    kind: ClassVar[str] = "pipe"


@dataclass(eq=False)
class WinRm(RemoteService):
    """PowerShell remoting: wsmprovhost.exe runs as the client.

    With ``virtual_account`` it is an endpoint of JEA: the host runs as an account made for this session, an
    administrator of this machine, which goes out to others as the machine.
    """

    descriptor: SecurityDescriptor | str | None = REMOTE_MANAGEMENT
    virtual_account: bool = False
    asks_for: ClassVar[int] = FileRights.GENERIC_READ | FileRights.GENERIC_EXECUTE
    kind: ClassVar[str] = "WinRM"
    port: ClassVar[int] = 5985
    spn_class: ClassVar[str] = "HTTP"
    ways: ClassVar[tuple[AuthenticationMechanism, ...]] = (
        AuthenticationMechanism.NEGOTIATE,
        AuthenticationMechanism.CREDSSP,
        AuthenticationMechanism.BASIC,
    )
    runs_as_client: ClassVar[bool] = True

    @property
    def host_image(self) -> str:
        """The host of remote PowerShell; one runs for each visitor."""
        return "wsmprovhost.exe"

    def serve(self, token: Token) -> Thread:
        """The host's thread; of JEA's virtual account where the endpoint has one."""
        return super().serve(virtual_account(self.machine, token) if self.virtual_account else token)


@dataclass(eq=False)
class Http(RemoteService):
    """A site of IIS with Windows authentication: an application pool's process serves. Where the
    pool runs as a domain account, the site's name must be registered to that account."""

    account: str = r"IIS APPPOOL\DefaultAppPool"
    image: str = field(default=r"C:\Windows\System32\inetsrv\w3wp.exe", repr=False)
    kind: ClassVar[str] = "HTTP"
    port: ClassVar[int] = 80
    spn_class: ClassVar[str] = "HTTP"
    ways: ClassVar[tuple[AuthenticationMechanism, ...]] = (
        AuthenticationMechanism.NEGOTIATE,
        AuthenticationMechanism.BASIC,
    )
    canonical: ClassVar[bool] = True
    denied: ClassVar[tuple[int, str]] = (401, "HTTP 401 Unauthorized")


@dataclass(eq=False)
class Ldap(RemoteService):
    """The directory of a controller, asked over LDAP; lsass.exe serves it."""

    kind: ClassVar[str] = "LDAP"
    port: ClassVar[int] = 389
    spn_class: ClassVar[str] = "ldap"

    @cached_property
    def process(self) -> Process:
        """lsass.exe of the controller."""
        return self.machine.process("lsass.exe")


@dataclass(eq=False)
class SqlServer(RemoteService):
    """SQL Server; a linked server is its thread's connection to another one, as the client."""

    account: str = r"NT SERVICE\MSSQLSERVER"
    image: str = field(default=r"C:\Program Files\Microsoft SQL Server\sqlservr.exe", repr=False)
    kind: ClassVar[str] = "SQL Server"
    port: ClassVar[int] = 1433
    refuses_anonymous_itself: ClassVar[bool] = True
    spn_class: ClassVar[str] = "MSSQLSvc"
    canonical: ClassVar[bool] = True
    denied: ClassVar[tuple[int, str]] = (18456, "Login failed for user 'NT AUTHORITY\\ANONYMOUS LOGON'")

    def spn(self, host: str) -> str:
        """The service principal name, with the port that SQL Server adds."""
        return f"{self.spn_class}/{host}:1433"


@dataclass(eq=False)
class RemoteDesktop(RemoteService):
    """Remote Desktop: a desktop of the client on the server."""

    kind: ClassVar[str] = "RDP"
    port: ClassVar[int] = 3389
    spn_class: ClassVar[str] = "TERMSRV"
    ways: ClassVar[tuple[AuthenticationMechanism, ...]] = (
        AuthenticationMechanism.REMOTE_DESKTOP,
        AuthenticationMechanism.RESTRICTED_ADMIN,
        AuthenticationMechanism.REMOTE_GUARD,
    )
    runs_as_client: ClassVar[bool] = True

    @property
    def host_image(self) -> str:
        """The shell of the desktop."""
        return "explorer.exe"


@dataclass(eq=False)
class Ssh(RemoteService):
    """OpenSSH for Windows: a shell that runs as the client."""

    image: str = field(default=r"C:\Windows\System32\OpenSSH\sshd.exe", repr=False)
    kind: ClassVar[str] = "SSH"
    port: ClassVar[int] = 22
    spn_class: ClassVar[str] = "host"
    ways: ClassVar[tuple[AuthenticationMechanism, ...]] = (
        AuthenticationMechanism.KEY,
        AuthenticationMechanism.PASSWORD,
    )
    runs_as_client: ClassVar[bool] = True

    @property
    def host_image(self) -> str:
        """The visitor's command line."""
        return "cmd.exe"


def virtual_account(machine: Machine, client: Token) -> Token:
    r"""A logon of ``WinRM Virtual Users\WinRM VA_1_ASTRO_cosmo``, S-1-5-94-1: an administrator of the machine
    whose session goes out as the machine's account ("JEA Security Considerations")."""
    session = client.session
    assert session is not None
    number = 1 + sum(one.domain == VIRTUAL_USERS for one in machine.sessions)
    name = f"WinRM VA_{number}_{session.domain}_{session.user_name}"
    sid = Sid(f"S-1-5-94-{number}")
    who = Identity(sid, name, VIRTUAL_USERS, groups=(ADMINISTRATORS,), virtual=True)
    who = replace(who, names={sid: rf"{VIRTUAL_USERS}\{name}"})
    origin = machine.lsa.describe_origin(Origin(machine.system_token), LogonType.BATCH, who.package)
    return machine.lsa.admit(who, LogonType.BATCH, origin)


def _parsed(descriptor: SecurityDescriptor | str) -> SecurityDescriptor:
    return SecurityDescriptor.from_sddl(descriptor) if isinstance(descriptor, str) else descriptor
