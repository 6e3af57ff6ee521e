r"""One bad day in a small network: ordinary work, an intrusion, and the logs of both.

``incident()`` plays the day; ``incident("log off")`` plays it again with one thing fixed. Nothing is assumed
of the outcome: each step is tried in the model, and the first that Windows refuses ends the intrusion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast as as_type

from tokenlab.network import (
    AuthenticationMechanism,
    ConnectionOutcome,
    KerberosError,
    RemoteDesktop,
    SmbShare,
    WinRm,
    measure,
)
from tokenlab.system import LogonType, Machine, Process, Refusal, Token
from tokenlab.system.handle_kinds import FileHandle, ProcessHandle
from tokenlab.system.origin import Origin
from tokenlab.values import FileRights, KeyRights, ProcessRights, TokenRights
from tokenlab.values.privilege import PrivilegeAttributes
from tokenlab.worlds.incident_scene import BORROWING, RECORDS, IncidentCast, IncidentScene
from tokenlab.worlds.incident_story import Incident, IncidentStep

READ = FileRights.READ_DATA
_LOOK = ProcessRights.QUERY_INFORMATION | ProcessRights.VM_READ
_ENABLED = PrivilegeAttributes.ENABLED
_WAYS = {
    "restricted": AuthenticationMechanism.RESTRICTED_ADMIN,
    "guard": AuthenticationMechanism.REMOTE_GUARD,
}
_SETTING = r"HKLM\SYSTEM\CurrentControlSet\Control"


def incident(
    fix: str = "none", *, cause: str = "desktop", borrowing: str = "netonly", cast: IncidentCast | None = None
) -> Incident:
    """Play the day. Names: `incident_scene.FIXES`, `CAUSES`, `BORROWING`. Raises KeyError for others."""
    BORROWING[borrowing]
    return _Day(IncidentScene(cast or IncidentCast(), cause, fix), borrowing).play()


class _Day:
    """The script of the day; what happens is written into ``story``."""

    def __init__(self, scene: IncidentScene, borrowing: str) -> None:
        self.scene, self.cast, self.network = scene, scene.cast, scene.network
        self.story = Incident(scene, borrowing)
        self.taken: Callable[[Process], Token] | None = None

    def play(self) -> Incident:
        self._morning()
        self.story.exposure = measure(self.network, [self.scene.first])
        self._intrusion()
        self._afternoon()
        return self.story

    # Ordinary work ------------------------------------------------------------------------------------

    def _morning(self) -> None:
        scene, cast = self.scene, self.cast
        self._work("08:05", "archive", self._archive)
        scene.clock.wait_until("08:30")
        self.explorer = scene.desk.start("explorer.exe", self._log_on(scene.desk, cast.user))
        self._work("08:40", "report", self._report)
        scene.clock.wait_until("09:00")
        self.her_shell = scene.away.start("explorer.exe", self._log_on(scene.away, cast.admin))
        self._work("09:20", "administer", self._administer)
        if scene.cause == "delegation":
            self._work("11:15", "site", self._visit_site)

    def _archive(self) -> None:
        """The service: it reads the records by its privilege, its script, and the journal elsewhere."""
        first, name = self.scene.first, self.cast.service
        services = first.process("services.exe")
        token = first.log_on(
            self.cast.full(name),
            self.cast.password(name),
            LogonType.SERVICE,
            origin=Origin(program=services.program),
        )
        job = services.start_as_user(token, r"C:\Program Files\Archive\archive.exe")
        token.close()
        job.token.adjust_privileges({"SeBackupPrivilege": _ENABLED}, job.program)
        job.open(rf"{RECORDS}\ledger.txt", READ, backup=True).close()
        job.open(self.scene.script, READ).close()
        visit = self.network.connect(job.thread, self.scene.share)
        self._open(visit, "journal.txt").close()
        visit.close()

    def _report(self) -> None:
        visit = self.network.connect(self.explorer.thread, self.scene.data)
        assert visit.thread is not None
        visit.thread.create(r"C:\data\report.txt", FileRights.ALL_ACCESS).close()
        visit.close()
        for _ in range(self.cast.visits):
            self.network.connect(self.explorer.thread, self.scene.share).close()

    def _administer(self) -> None:
        """A setting of the first server: from a desktop there, or by remoting."""
        scene = self.scene
        if scene.cause != "desktop":
            remote = self._arrive(self.network.connect(self.her_shell.thread, WinRm(scene.first)))
            remote.open(_SETTING, KeyRights.SET_VALUE).close()
            remote.exit()
            return
        way = _WAYS.get(scene.fix, AuthenticationMechanism.REMOTE_DESKTOP)
        desktop = self._arrive(
            self.network.connect(self.her_shell.thread, RemoteDesktop(scene.first), way=way)
        )
        console = desktop.elevate("mmc.exe")
        console.open(_SETTING, KeyRights.SET_VALUE).close()
        if scene.fix == "log off":
            scene.first.log_off(desktop.token)
        else:
            self.taken = lambda host: self._of_process(host, console)

    def _visit_site(self) -> None:
        visit = self.network.connect(self.her_shell.thread, self.scene.site)
        self._arrive(visit)
        self.taken = lambda host: self._of_client(host, visit)

    # The intrusion ------------------------------------------------------------------------------------

    def _intrusion(self) -> None:
        """Step by step, until Windows refuses one that is needed."""
        scene, cast = self.scene, self.cast
        desk, first, second = scene.desk.name, scene.first.name, scene.second.name
        user, service, admin = cast.user, cast.service, cast.admin
        for time, key, machine, to, who, what, do in (
            ("11:38", "program", desk, "", user, "starts a program from a mail", self._start_program),
            ("11:41", "script", desk, first, user, f"reads {cast.script}", self._read_script),
            ("11:44", "borrow", desk, "", user, f"borrows {service}", self._borrow),
            ("11:46", "try", desk, second, service, f"asks for {cast.secret}", self._try),
            ("11:48", "enter", desk, first, service, "enters by remoting", self._enter),
            ("11:50", "hop", first, second, service, "tries to go on", self._hop),
            ("11:52", "look", first, "", service, "reads the memory of lsass.exe", self._look),
            ("11:53", "token", first, "", service, f"takes a token of {admin}", self._take),
            ("11:54", "out", first, second, admin, "goes on", self._go_out),
            ("11:55", "read", first, second, admin, f"reads {cast.secret}", self._read),
            ("12:20", "repair", second, "", admin, "takes the entry away", self._repair),
            ("12:30", "read on", first, second, admin, "reads it again", self._read_on),
        ):
            if key == "repair":
                self._work(time, key, do)
                continue
            went = self._step(time, key, machine, to, who, what, do)
            if not went and key in self.story.needed:
                return

    def _start_program(self) -> str:
        self.program = self.explorer.start(rf"C:\Users\{self.cast.user}\Downloads\viewer.exe")
        return "a child has a copy of its parent's token"

    def _read_script(self) -> str:
        visit = self.network.connect(self.program.thread, self.scene.data)
        handle = self.story.handles["script"] = self._open(visit, self.cast.script, self.scene.data)
        handle.read()
        handle.close()
        visit.close()
        assert handle.decision is not None
        return str(handle.decision.reasons[READ])

    def _borrow(self) -> str:
        name = self.cast.service
        full, password = self.cast.full(name), self.cast.password(name)
        if self.story.borrowing == "ticket":
            self.window = self.program.start("cmd.exe")
            assert self.window.token.session is not None
            ticket = self.network.ask_tgt(self.scene.desk, name, password, by=self.program)
            self.network.inject(self.window.token.session, ticket)
            return "who has the key is the account"
        net_only = self.story.borrowing == "netonly"
        self.window = self.program.start_with_logon(full, password, "cmd.exe", net_only=net_only)
        return "new credentials are checked by nobody" if net_only else "users may log on at a desk"

    def _try(self) -> str:
        visit = self.network.connect(self.window.thread, self.scene.share)
        try:
            return f"handle {self._open(visit, self.cast.secret).value:#x}"
        finally:
            visit.close()

    def _enter(self) -> str:
        self.host = self._arrive(self.network.connect(self.window.thread, WinRm(self.scene.first)))
        return "administrators may enter"

    def _hop(self) -> str:
        self.story.hop = self.network.connect(self.host.thread, self.scene.share)
        self._arrive(self.story.hop)
        return self.story.hop.why

    def _look(self) -> str:
        """Whose sessions are there? The SACL of lsass.exe asks for reading its memory to be written down."""
        lsass = as_type(ProcessHandle, self.host.open(self.scene.first.process("lsass.exe"), _LOOK))
        lsass.read_memory()
        lsass.close()
        return "SeDebugPrivilege, enabled in every network logon that holds it, opens any process"

    def _take(self) -> str:
        """By a privilege into another process, to a token in it; then a thread wears that."""
        if self.taken is None:
            raise _Stopped(f"no process of {self.cast.admin} is there")
        self.story.token = self.taken(self.host)
        self.host.thread.impersonate(self.story.token)
        return "SeDebugPrivilege opens the process, SeImpersonatePrivilege lets a thread carry the token"

    def _of_process(self, host: Process, process: Process) -> Token:
        opened = as_type(ProcessHandle, host.open(process, ProcessRights.QUERY_INFORMATION))
        return opened.open_token(TokenRights.QUERY | TokenRights.DUPLICATE).duplicate_token()

    def _of_client(self, host: Process, visit: ConnectionOutcome) -> Token:
        """A server holds handles to its clients' tokens; who may duplicate its handles has them too."""
        host.open(self.scene.site.process, ProcessRights.DUP_HANDLE).close()
        assert visit.token is not None
        return visit.token

    def _go_out(self) -> str:
        out = self.story.out = self.network.connect(self.host.thread, self.scene.share)
        self._arrive(out)
        return out.why

    def _read(self) -> str:
        assert self.story.out is not None
        handle = self.story.handles["read"] = self._open(self.story.out, self.cast.secret)
        handle.read()
        assert handle.decision is not None
        return str(handle.decision.reasons[READ])

    def _read_on(self) -> str:
        self.story.handles["read"].read()
        return "the handle keeps what it was given"

    # The afternoon ------------------------------------------------------------------------------------

    def _repair(self) -> str:
        """The administrator, at the second server itself, takes away the entry that let it be read."""
        second, cast = self.scene.second, self.cast
        shell = second.start("explorer.exe", self._log_on(second, cast.admin))
        handle = shell.elevate("mmc.exe").open(self.scene.secret, 0x60000)
        handle.set_dacl("D:P(A;;FA;;;SY)")
        handle.close()
        return "WRITE_DAC"

    def _afternoon(self) -> None:
        self.scene.clock.wait_until("17:00")
        self.scene.desk.log_off(self.explorer.token)

    # Helpers ------------------------------------------------------------------------------------------

    def _work(self, time: str, name: str, do: Callable[[], object]) -> None:
        """A piece of ordinary work, and whether it went."""
        self.scene.clock.wait_until(time)
        try:
            do()
        except (Refusal, _Stopped):
            self.story.ordinary[name] = False
        else:
            self.story.ordinary[name] = True

    def _step(
        self, time: str, key: str, machine: str, to: str, who: str, what: str, do: Callable[[], str]
    ) -> bool:
        """A step of the intruder: tried, and written down with its reason."""
        self.scene.clock.wait_until(time)
        try:
            why, went = do(), True
        except (Refusal, KerberosError, _Stopped) as refused:
            why, went = str(refused), False
        if key in ("out", "read", "read on") and self.story.out is not None:
            who = self.story.out.who.rpartition("\\")[2]
        self.story.steps.append(IncidentStep(key, time, machine, to, who, what, went, why))
        return went

    def _log_on(self, machine: Machine, name: str) -> Token:
        return machine.log_on(self.cast.full(name), self.cast.password(name))

    def _arrive(self, outcome: ConnectionOutcome) -> Process:
        """The process that serves the one who arrived. Raises `_Stopped` if nobody did."""
        if no := outcome.refusal:
            raise _Stopped(f"{outcome.arrival.value}: {outcome.why.partition(';')[0]}: {no.name} ({no.code})")
        assert outcome.thread is not None
        return outcome.thread.process

    def _open(self, visit: ConnectionOutcome, file: str, share: SmbShare | None = None) -> FileHandle:
        self._arrive(visit)
        assert visit.thread is not None
        address = self.network.address(visit.client)
        share = share or self.scene.share
        return as_type(FileHandle, share.open(visit.thread, file, READ, address))


class _Stopped(Exception):
    """A connection that was refused, or nothing to take."""
