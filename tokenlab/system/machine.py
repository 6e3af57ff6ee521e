"""A machine: its accounts, its policy, its LSA, its log, its objects, its processes. It owns one of each."""

from __future__ import annotations

from tokenlab.system import apps, nobodys_logons, process_creation
from tokenlab.system.accounts import Account, AccountDatabase
from tokenlab.system.boot import boot, service_account
from tokenlab.system.clock import Clock
from tokenlab.system.default_objects import add_profile
from tokenlab.system.directory import Directory
from tokenlab.system.event_log import SYSTEM32, EventLog, SecurityLog, SystemLog
from tokenlab.system.logon_session import LogonSession
from tokenlab.system.logon_type import LogonType
from tokenlab.system.lsa import Lsa
from tokenlab.system.namespace import Namespace
from tokenlab.system.observing import observe
from tokenlab.system.origin import HERE, Origin
from tokenlab.system.policy import LocalPolicy
from tokenlab.system.process import Process, ProcessTable
from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_SERVER_2019, WindowsRelease
from tokenlab.system.sam import Sam
from tokenlab.system.sysmon import SysmonLog
from tokenlab.system.token import Token
from tokenlab.values import Luid, LuidSource, Sid
from tokenlab.values.well_known import ADMINISTRATORS, GUESTS, USERS

DEFAULT_SID = Sid("S-1-5-21-1708537768-854245398-2146804243")

MOST_LETTERS = 15  # of a NetBIOS name


class Machine:
    """A Windows machine: alone, or a member (or a controller) of the domain whose directory is given.

    ``policy`` holds rights and the settings of UAC. Two machines of one world need two ``sid``. ``release``
    is a `WindowsRelease` or its name; it decides with which settings a new machine starts. Without one a
    machine runs Windows 10 1809, a controller Windows Server 2019. Raises ValueError for a name that is
    longer than NetBIOS takes (Name computers, domains, sites, and OUs).

    >>> desk = Machine("WS-1")
    >>> account = desk.sam.add_user("cosmo", "open the pod bay doors")
    >>> process = desk.start("cmd.exe", desk.log_on("cosmo", "open the pod bay doors"))
    >>> process.token.context.user == account.sid
    True
    """

    def __init__(
        self,
        name: str,
        domain: Directory | None = None,
        *,
        sid: Sid | str = DEFAULT_SID,
        controller: bool = False,
        clock: Clock | None = None,
        release: WindowsRelease | str | None = None,
    ) -> None:
        if not 0 < len(name) <= MOST_LETTERS:
            raise ValueError(
                f"{name!r} is no name of a machine: expected 1 to {MOST_LETTERS} letters, for example 'SRV1'"
            )
        if controller and domain is None:
            raise ValueError(f"{name} cannot be a controller of no domain: give it one with domain=")
        self.release = WindowsRelease.find(
            release or (WINDOWS_SERVER_2019 if controller else WINDOWS_10_1809)
        )
        self.name = name.upper()
        self.domain = domain
        self.clock = clock or Clock()
        self.luids = LuidSource(0x1A2B3)
        suffix = f".{domain.dns_name}" if domain else ""
        self.log = SecurityLog(f"{self.name}{suffix}", self.clock)
        self.system_log = SystemLog(f"{self.name}{suffix}", self.clock)
        self.policy = LocalPolicy.of_a_controller() if controller else LocalPolicy.of_a_client()
        self.log.logon_version = self.release.logon_event_version
        self.policy.release = self.release
        self.policy.lsa_protection = self.release.lsa_protection
        self.policy.credential_guard = self.release.guards(member=domain is not None, controller=controller)
        self.sam: AccountDatabase = Sam(self.name, sid)
        if controller and domain is not None:
            self.sam = domain
        elif domain is not None:
            self._join(domain)
        if domain is not None and domain.find(f"{self.name}$") is None:
            domain.add_computer(self.name, controller=controller)
        self.sysmon: SysmonLog | None = None
        self._processes: ProcessTable | None = None
        self.lsa = Lsa(self.name, self.sam, domain, self.policy, self.luids, self.log)
        self.objects = Namespace(self.lsa.system_token.context)

    @property
    def account(self) -> Account | None:
        """The account of the machine itself, ``WS-1$``; None where it is in no domain."""
        return self.domain.find(f"{self.name}$") if self.domain is not None else None

    @property
    def system_token(self) -> Token:
        """The token that Windows itself runs with."""
        return self.lsa.system_token

    def install_sysmon(self) -> SysmonLog:
        """Have Sysmon write down what the Security log has no event for, from now on; gives its log."""
        if self.sysmon is None:
            self.sysmon = SysmonLog(self.log.computer, self.clock)
        return self.sysmon

    @property
    def logs(self) -> tuple[EventLog, ...]:
        """The channels of this machine: the Security log, and Sysmon's if it is installed."""
        return (self.log,) if self.sysmon is None else (self.log, self.sysmon)

    @property
    def sessions(self) -> tuple[LogonSession, ...]:
        """The logon sessions that are alive, oldest first (``LsaEnumerateLogonSessions``)."""
        return tuple(self.lsa.sessions.values())

    def session(self, authentication_id: int) -> LogonSession:
        """The session with this LUID. Raises KeyError."""
        return self.lsa.sessions[Luid(authentication_id)]

    def log_on(
        self,
        name: str,
        password: str | None = None,
        logon_type: LogonType = LogonType.INTERACTIVE,
        origin: Origin = HERE,
        *,
        package: str = "",
    ) -> Token:
        r"""Log ``ASTRO\cosmo`` on (``LogonUser``) and give the token; see `Lsa.log_on`. Raises `Refusal`.

        A program of the machine logs somebody on by `Process.log_on`.
        """
        return self.lsa.log_on(name, password, logon_type, origin, package=package)

    @observe("log off")
    def log_off(self, token: Token) -> None:
        """End the logon that this token stands for, with all that runs on its desktop or under it.

        Raises `Refusal` 1312 where that cannot be: nothing has ended then.
        """
        self.lsa.log_off(token, self._end_processes)

    def prepare_desktop(self, number: int = 1) -> tuple[Process, ...]:
        """What Windows does for a desktop session before anybody logs on: DWM-1 and UMFD-1 log on. A machine
        does not show that by itself here. See `nobodys_logons.prepare_desktop`."""
        return nobodys_logons.prepare_desktop(self, number)

    # Programs -----------------------------------------------------------------------------------------

    @property
    def processes(self) -> ProcessTable:
        """What is running; what Windows itself starts is there from the first look on."""
        if self._processes is None:
            self._processes = ProcessTable(self)  # the first processes look there for their numbers
            boot(self, self._processes)
        return self._processes

    def process(self, name: str) -> Process:
        """The oldest running process of this image, ``lsass.exe``. Raises KeyError."""
        for process in self.processes:
            if process.name.lower() == name.lower():
                return process
        raise KeyError(f"{name} is not running on {self.name}")

    def full_path(self, image: str) -> str:
        """Where a program lies, if only its name is given."""
        if "\\" in image:
            return image
        return rf"C:\Windows\{image}" if image.lower() == "explorer.exe" else SYSTEM32 + image

    @observe("start")
    def start(self, image: str, token: Token) -> Process:
        """Start a program for the account that this token stands for, as Windows does.

        For a person at the machine winlogon.exe starts userinit.exe by ``CreateProcessAsUser``, and that the
        shell; for others svchost.exe does. The first time a person gets a profile: a folder, a hive.
        """
        if token.session is None or not token.session.logon_type.is_interactive:
            return process_creation.create_as_user(self.process("svchost.exe"), token, image)
        session, objects = token.session, self.objects
        add_profile(objects.files, objects.users, session.user_name, session.user, self.system_token.context)
        userinit = process_creation.create_as_user(self.process("winlogon.exe"), token, "userinit.exe")
        shell = userinit.start(image)
        userinit.exit()
        return shell

    @observe("start")
    def start_service(self, name: str) -> Process:
        """Start a service: services.exe logs its account on (type 5) and starts its program, with no other
        privileges than the service asks for."""
        service = self.objects.service(name)
        parent = self.process("services.exe")
        origin = Origin(program=parent.program)
        token = self.log_on(service_account(service.account), None, LogonType.SERVICE, origin)
        if service.privileges is not None:
            held = {str(state.privilege) for state in token.context.privileges}
            whole, token = token, token.restrict(delete=held - service.privileges)
            whole.close()
        return self._start_once(parent, token, service.image)

    @observe("start")
    def run_task(self, image: str, account: str, password: str | None = None) -> Process:
        """Run a scheduled task: the Schedule service logs its account on (type 4), by S4U without a
        password."""
        parent = self.process("svchost.exe")
        origin = Origin(self.system_token, parent.program)
        token = self.log_on(account, password, LogonType.BATCH, origin)
        return self._start_once(parent, token, image)

    def create_by_wmi(self, client: Token, image: str) -> Process:
        """``Win32_Process.Create``: the client's token, but a child of the provider's host, WmiPrvSE.exe."""
        return process_creation.create_as_user(self.process("WmiPrvSE.exe"), client, image)

    def activate(self, client: Token, image: str, family_name: str = "") -> Process:
        """Start a packaged app, or a COM server, for its client: a child of svchost.exe (DcomLaunch). See
        `apps.activate`."""
        return apps.activate(self, client, image, family_name)

    def _start_once(self, parent: Process, token: Token, image: str) -> Process:
        child = process_creation.create_as_user(parent, token, image)
        token.close()
        return child

    def _end_processes(self, ended: tuple[LogonSession, ...]) -> None:
        if self._processes is not None:
            for process in reversed(tuple(self.processes)):
                if process.desktop in ended or process.token.session in ended:
                    process.exit()

    def _join(self, domain: Directory) -> None:
        """What joining a domain changes in the SAM."""
        for group, rid in ((ADMINISTRATORS, 512), (USERS, 513), (GUESTS, 514)):
            self.sam.add_members(group, f"{domain.sid}-{rid}")

    def __repr__(self) -> str:
        of = f" of {self.domain.name}" if self.domain else ""
        return f"<Machine {self.name}{of}, {len(self.lsa.sessions)} logon sessions>"
