r"""A day at ASTRO: much honest work, and seven attacks among it. A log to try rules on.

``ASTRO\nova`` and ``ASTRO\pulsar`` are Domain Admins. For everyday work nova is ``ASTRO\stella``, and borrows
nova's name with ``runas /netonly``. Sysmon runs on all machines. All names and passwords are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from tokenlab.network import Ldap, SmbShare, WinRm
from tokenlab.system import LogonType, Machine, Process, Refusal, Token
from tokenlab.system.handle_kinds import ProcessHandle
from tokenlab.values import FileRights, ProcessRights, TokenRights
from tokenlab.values.privilege import PrivilegeAttributes
from tokenlab.worlds.astro import CONTROLLER, DESK, SERVERS, astro
from tokenlab.worlds.labelled_log import Chronicle, LabelledLog
from tokenlab.worlds.world import World

COSMO, NOVA, PULSAR, STELLA, BACKUP = (
    rf"ASTRO\{name}" for name in ("cosmo", "nova", "pulsar", "stella", "svc-backup")
)
PASSWORDS = {
    COSMO: "open the pod bay doors",
    NOVA: "two roads diverged",
    PULSAR: "once every second",
    STELLA: "second star to the right",
    BACKUP: "nightly, at two",
}
AGENT = r"C:\Program Files\Backup\agent.exe"
DOWNLOAD = r"C:\Users\cosmo\Downloads\update.exe"
TICKETS = r"C:\Users\cosmo\Downloads\tickets.exe"


class BusyDay:
    """The people and machines of the day, and what they do; each method is a story."""

    def __init__(self, world: World) -> None:
        self.network = world.network
        self.desk, self.first, self.second = map(world.machine, (DESK, *SERVERS))
        self.clock = world.clock
        world.domain.add_user("stella", PASSWORDS[STELLA])
        world.domain.add_user("pulsar", PASSWORDS[PULSAR], "Domain Admins")
        account = world.domain.add_user("svc-backup", PASSWORDS[BACKUP])
        self.desk.sam.add_members("Backup Operators", account.sid)  # may log on as a batch job
        self.share, self.directory = SmbShare(self.first), Ldap(world.machine(CONTROLLER))
        self.shells: dict[str, Process] = {}

    # Work ---------------------------------------------------------------------------------------------

    def cosmo_arrives(self) -> None:
        """Cosmo logs on at his desk, and connects to a share."""
        shell = self._shell(COSMO, self.desk)
        shell.start("notepad.exe")
        self.network.connect(shell.thread, self.share)

    def stella_arrives(self) -> None:
        """Stella logs on."""
        self._shell(STELLA, self.desk).start("outlook.exe")

    def stella_mistypes(self) -> None:
        """Stella mistypes her password when she unlocks the screen."""
        try:
            self.desk.log_on(STELLA, "second star to the left", LogonType.UNLOCK)
        except Refusal:
            self.desk.log_on(STELLA, PASSWORDS[STELLA], LogonType.UNLOCK).close()

    def stella_borrows(self) -> None:
        """Stella uses ``runas /netonly`` with nova's password, as she may."""
        runas = self.shells[STELLA].start("runas.exe")
        window = runas.start_with_logon(NOVA, PASSWORDS[NOVA], "mmc.exe", net_only=True)
        runas.exit()
        self.network.connect(window.thread, self.directory)
        window.exit()

    def stella_becomes_nova(self) -> None:
        """Stella uses ``runas`` as nova."""
        runas = self.shells[STELLA].start("runas.exe")
        runas.start_with_logon(NOVA, PASSWORDS[NOVA], "cmd.exe").exit()
        runas.exit()

    def backup_runs(self) -> None:
        """A backup agent runs as a task and logs on with other credentials for the network."""
        agent = self.desk.run_task(AGENT, BACKUP, PASSWORDS[BACKUP])
        agent.log_on(r"VAULT\backup", "for the vault", LogonType.NEW_CREDENTIALS).close()
        agent.exit()

    def pilot_elevates(self) -> None:
        """A local administrator elevates Task Manager, which enables SeDebugPrivilege, and looks around."""
        token = self.desk.log_on("pilot", "per aspera")
        manager = self.desk.start("explorer.exe", token).elevate("taskmgr.exe")
        enabled = {"SeDebugPrivilege": PrivilegeAttributes.ENABLED}
        manager.token.adjust_privileges(enabled, manager.program)
        for process in self.desk.processes:
            if not process.protected:
                manager.open(process, ProcessRights.QUERY_LIMITED_INFORMATION).close()
        manager.open(self.shells[STELLA], ProcessRights.QUERY_INFORMATION).close()
        manager.exit()
        self.desk.log_off(token)

    def stella_installs(self) -> None:
        """Stella gives an administrator's password at the prompt."""
        self.shells[STELLA].elevate("setup.exe", name="pilot", password="per aspera").exit()

    def pulsar_administers(self) -> None:
        """A domain administrator logs on at one server, and connects to the other one and to a share."""
        shell = self._shell(PULSAR, self.second)
        self.console = shell.elevate("mmc.exe")
        self.network.connect(shell.thread, WinRm(self.first))
        self.network.connect(shell.thread, self.share)

    def service_starts(self) -> None:
        """A service starts."""
        self.first.start_service("Spooler")

    # Attacks -------------------------------------------------------------------------------------------

    def download_borrows(self) -> None:
        """Attack: a downloaded program starts another one with stolen credentials for the network."""
        program = self.shells[COSMO].start(DOWNLOAD)
        window = program.start_with_logon(NOVA, PASSWORDS[NOVA], "cmd.exe", net_only=True)
        self.network.connect(window.thread, self.share)

    def download_logs_on(self) -> None:
        """Attack: it logs on itself, and works with the new token."""
        program = self.shells[COSMO].start(DOWNLOAD)
        token = program.log_on(NOVA, PASSWORDS[NOVA], LogonType.NEW_CREDENTIALS)
        program.impersonate(token)
        self.network.connect(program.thread, self.share)
        program.revert()
        program.exit()

    def hash_is_passed(self) -> None:
        """Attack: a stolen hash is put into a new session (overpass the hash)."""
        powershell = self.shells[COSMO].start(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe")
        window = powershell.start_with_logon(NOVA, "x", "cmd.exe", net_only=True)
        assert window.token.session is not None
        self.network.change_key(window.token.session, "ASTRO", "nova", PASSWORDS[NOVA])
        address = self.network.address(self.second)
        self.network.connect(window.thread, SmbShare(self.second), host=address)

    def ticket_is_passed(self) -> None:
        """Attack: a stolen ticket is put into the own session."""
        mine, stolen = self.shells[COSMO].token.session, self.shells[PULSAR].token.session
        assert mine is not None and stolen is not None
        granting = self.network.tickets(stolen).granting
        assert granting is not None
        self.network.inject(mine, granting)
        self.network.connect(self.shells[COSMO].thread, self.share)
        self.network.tickets(mine).purge()

    def key_is_used(self) -> None:
        """Attack: a ticket is asked for with a stolen key."""
        mine, tool = self.shells[COSMO].token.session, self.shells[COSMO].start(TICKETS)
        assert mine is not None
        self.network.inject(mine, self.network.ask_tgt(self.desk, "nova", PASSWORDS[NOVA], by=tool))
        self.network.connect(self.shells[COSMO].thread, self.share)
        self.network.tickets(mine).purge()

    def stolen_token_starts(self) -> None:
        """Attack: a service starts a program with a stolen token."""
        self._spooler.start_as_user(self._stolen(self.console), "cmd.exe").start("whoami.exe")

    def stolen_token_is_worn(self) -> None:
        """Attack: a service impersonates with a stolen token."""
        spooler = self._spooler
        spooler.impersonate(self._stolen(self.shells[PULSAR]))
        spooler.open(r"C:\Windows\System32\drivers\etc\hosts", FileRights.READ_DATA).close()
        self.network.connect(spooler.thread, self.share)
        spooler.revert()

    # Parts --------------------------------------------------------------------------------------------

    def _shell(self, person: str, machine: Machine) -> Process:
        self.shells[person] = machine.start("explorer.exe", machine.log_on(person, PASSWORDS[person]))
        return self.shells[person]

    def _stolen(self, process: Process) -> Token:
        """The token of a process on the second server: opened, and duplicated."""
        handle = cast(ProcessHandle, self._spooler.open(process, ProcessRights.QUERY_INFORMATION))
        return handle.open_token(TokenRights.QUERY | TokenRights.DUPLICATE).duplicate_token()

    @property
    def _spooler(self) -> Process:
        """A service on the second server that somebody has taken over; it started when the machine did."""
        return self.second.process("spoolsv.exe")


STORIES: tuple[tuple[Callable[[BusyDay], None], str, str, str], ...] = (
    (
        BusyDay.cosmo_arrives,
        "",
        "cosmo logs on and opens a share",
        "4624 type 2; 4768, 4769, 4624 type 3",
    ),
    (BusyDay.stella_arrives, "", "stella logs on", "4624 type 2"),
    (BusyDay.pulsar_administers, "", "pulsar works on SRV2 and remotes to SRV1", "4688 by svchost.exe"),
    (BusyDay.stella_borrows, "", "stella borrows nova's name: runas /netonly", "4624 type 9, by runas.exe"),
    (
        BusyDay.backup_runs,
        "",
        "the backup program logs on to its vault",
        "4624 type 9, Advapi, by agent.exe itself; no 4688",
    ),
    (BusyDay.download_borrows, "T1134.002", "a download borrows nova's name", "4624 type 9, by update.exe"),
    (BusyDay.stella_mistypes, "", "stella mistypes her password", "4625 and 4771, then 4624 type 7"),
    (BusyDay.service_starts, "", "a service starts on SRV1", "4624 type 5"),
    (
        BusyDay.stolen_token_starts,
        "T1134.002",
        "a stolen token starts a program on SRV2",
        "4688 with pulsar's full half, by spoolsv.exe; Sysmon 10 before",
    ),
    (
        BusyDay.pilot_elevates,
        "",
        "pilot elevates the Task Manager",
        "4688 with the other half of the parent's logon; Sysmon 10",
    ),
    (
        BusyDay.hash_is_passed,
        "T1550.002",
        "a hash is put into a session",
        "4624 type 9, by powershell.exe",
    ),
    (BusyDay.stella_becomes_nova, "", "stella becomes nova: runas", "4648, 4624 type 2"),
    (
        BusyDay.ticket_is_passed,
        "T1550.003",
        "pulsar's ticket is put into cosmo's session",
        "4769 from the desk, with no 4768 from there",
    ),
    (
        BusyDay.download_logs_on,
        "T1134.003",
        "a download logs on as nova by itself",
        "4624 type 9, Advapi, by update.exe itself; no 4688",
    ),
    (
        BusyDay.stella_installs,
        "",
        "stella installs a program with pilot's password",
        "4648 by consent.exe, 4688 under pilot's logon",
    ),
    (
        BusyDay.key_is_used,
        "T1550.002",
        "a tool asks for nova's ticket with her hash",
        "Sysmon 3 to port 88; 4768 with RC4 and other options",
    ),
    (BusyDay.stella_borrows, "", "stella borrows nova's name again", "4624 type 9, by runas.exe"),
    (
        BusyDay.stolen_token_is_worn,
        "T1134.001",
        "a stolen token is worn by a thread on SRV2",
        "of the wearing nothing; Sysmon 10 of the open before",
    ),
)
"""In their order: what is done, its technique or "" for work, its title, what it leaves."""


def busy_day() -> LabelledLog:
    """One day at the desk, two servers and the controller: eleven stories of work, seven attacks."""
    world = astro()
    for machine in world.machines.values():
        machine.install_sysmon()
    day = BusyDay(world)
    day.second.start_service("Spooler")
    machines = (world.machine(CONTROLLER), day.desk, day.first, day.second)
    chronicle = Chronicle(log for machine in machines for log in machine.logs)
    for act, technique, title, leaves in STORIES:
        world.clock.pass_time(minutes=23)
        chronicle.tell(title, partial(act, day), technique, leaves)
    return chronicle.label()
