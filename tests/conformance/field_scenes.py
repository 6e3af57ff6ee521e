"""What people asked about networks, sessions and objects, played in the model.

A function for each ``n*.py`` of ``../shared/field``, with its name; each asserts what the thread reports.
"""

from __future__ import annotations

import pytest

from tokenlab import worlds
from tokenlab.network import (
    Arrival,
    AuthenticationMechanism,
    ConnectionOutcome,
    Http,
    RemoteService,
    Rpc,
    SmbShare,
    SqlServer,
    Ssh,
    WinRm,
)
from tokenlab.security import GroupAttributes, SecurityContext, SecurityDescriptor, new_object_descriptor
from tokenlab.system import LogonType, Machine, Process, Refusal, Thread, TokenType
from tokenlab.values import DirectoryRights, FileRights, IntegrityLevel, KeyRights
from tokenlab.values.well_known import ADMINISTRATORS, AUTHENTICATED_USERS, INTERACTIVE, NETWORK

COSMO, PASSWORD = r"ASTRO\cosmo", "open the pod bay doors"
FIRST, SECOND = "MISTAKENOT-SRV1", "MISTAKENOT-SRV2"
PILOT, HIS_PASSWORD = rf"{FIRST}\pilot2", "ad astra"


class Scene:
    """The domain ASTRO: a desk, two servers, and cosmo's shell at the desk."""

    def __init__(self) -> None:
        self.world = worlds.astro()
        self.network, self.domain = self.world.network, self.world.network.domain
        self.desk, self.first, self.second = map(self.world.machine, ("MISTAKENOT-WS-1", FIRST, SECOND))
        self.shell = self.desk.start("explorer.exe", self.desk.log_on(COSMO, PASSWORD))

    def reach(self, service: RemoteService, **more: object) -> ConnectionOutcome:
        """cosmo goes from his desk to a service."""
        return self.network.connect(self.shell.thread, service, **more)  # type: ignore[arg-type]

    def hop(self, thread: Thread) -> ConnectionOutcome:
        return self.network.connect(thread, SmbShare(self.second))

    def with_local_administrator(self) -> Scene:
        self.first.sam.add_user("pilot2", HIS_PASSWORD, "Administrators")
        return self


def refusal(action: object, *arguments: object, **more: object) -> int:
    with pytest.raises(Refusal) as caught:
        action(*arguments, **more)  # type: ignore[operator]
    return int(caught.value.code)


# Names and tickets -----------------------------------------------------------------------------------


def n03() -> None:
    """An alias without a service principal name: NTLM, and no second hop; with one: Kerberos."""
    scene = Scene()
    server = scene.domain.account(f"{FIRST}$")
    scene.domain.delegation(server).unconstrained = True
    one = scene.reach(Http(scene.first), host="intranet")
    assert one.package == "NTLM"
    assert scene.hop(one.thread).arrival is Arrival.ANONYMOUS
    scene.domain.register(server, "HTTP/intranet")
    one = scene.reach(Http(scene.first), host="intranet")
    assert one.package == "Kerberos"
    assert scene.hop(one.thread).arrival is Arrival.AS_USER


def n03b() -> None:
    """SQL Server by an alias: the client asks DNS for the host behind it, so its name is used."""
    scene = Scene()
    scene.network.alias("sqldev01", scene.first)
    outcome = scene.reach(scene.network.offer(SqlServer(scene.first)), host="sqldev01")
    assert outcome.package == "Kerberos"


def n04() -> None:
    """Two accounts with one service principal name: the controller gives no ticket."""
    scene = Scene()
    scene.world.domain.add_user("websvc", "spun silk")
    scene.domain.register(scene.domain.account("websvc"), f"HOST/{FIRST}", look_first=False)
    assert scene.reach(SmbShare(scene.first)).package == "NTLM"


def n06() -> None:
    """A web server that does not impersonate: the database sees the machine."""
    scene = Scene()
    site = Http(scene.first)
    scene.reach(site)
    outcome = scene.network.connect(site.process.thread, scene.network.offer(SqlServer(scene.second)))
    assert (outcome.arrival, outcome.who) == (Arrival.AS_MACHINE, rf"ASTRO\{FIRST}$")


def n07() -> None:
    """Within RunImpersonated the user goes on; after it, the pool."""
    scene = Scene()
    scene.domain.delegation(scene.domain.account(f"{FIRST}$")).unconstrained = True
    one = scene.reach(Http(scene.first))
    assert scene.hop(one.thread).who == COSMO
    one.thread.revert()
    assert scene.hop(one.thread).who == rf"ASTRO\{FIRST}$"


def n19() -> None:
    """A linked server: delegation of the service's account to MSSQLSvc of the second lets it hop."""
    scene = Scene()
    for machine, name in ((scene.first, "sql1"), (scene.second, "sql2")):
        machine.policy.grant(scene.world.domain.add_user(name, f"by {name}").sid, "SeServiceLogonRight")
    first = scene.network.offer(SqlServer(scene.first, account=r"ASTRO\sql1"))
    second = scene.network.offer(SqlServer(scene.second, account=r"ASTRO\sql2"))
    one = scene.reach(first)
    assert scene.network.connect(one.thread, second).arrival is Arrival.ANONYMOUS
    scene.domain.delegation(scene.domain.account("sql1")).to = frozenset({f"MSSQLSvc/{SECOND}:1433"})
    one = scene.reach(first)
    assert scene.network.connect(one.thread, second).who == COSMO


def n31() -> None:
    """Resource-based delegation: GENERIC_ALL is not mapped; a descriptor without a group is good."""
    scene = Scene()
    sid = scene.domain.account(f"{FIRST}$").sid
    found = []
    for sddl in (f"O:BAG:BAD:(A;;GA;;;{sid})", f"O:BAD:(A;;0xf01ff;;;{sid})"):
        descriptor = SecurityDescriptor.from_sddl(sddl)
        scene.domain.delegation(scene.domain.account(f"{SECOND}$")).from_others = descriptor
        found.append(scene.hop(scene.reach(Http(scene.first)).thread).arrival)
    assert found == [Arrival.ANONYMOUS, Arrival.AS_USER]


def n45() -> None:
    """A shell by SSH with a key is S4U: the machine's own delegation does not serve it."""
    scene = Scene()
    settings = scene.domain.delegation(scene.domain.account(f"{FIRST}$"))
    settings.to, settings.any_protocol = frozenset({f"cifs/{SECOND}"}), True
    shell = scene.reach(Ssh(scene.first), way=AuthenticationMechanism.KEY)
    assert scene.hop(shell.thread).arrival is Arrival.ANONYMOUS


# Sessions and their drives ---------------------------------------------------------------------------


def n01() -> None:
    """A group managed service account: a task and a service under one have credentials of their own."""
    scene = Scene()
    account = scene.world.domain.add_managed_account("svc$")
    scene.first.policy.grant(account.sid, "SeBatchLogonRight", "SeServiceLogonRight")
    task = scene.first.run_task("cmd.exe", r"ASTRO\svc$", None)
    assert scene.hop(task.thread).who == r"ASTRO\svc$"
    service = RemoteService(scene.first, account=r"ASTRO\svc$")
    assert scene.hop(service.process.thread).who == r"ASTRO\svc$"
    assert refusal(scene.first.log_on, r"ASTRO\svc$", "", LogonType.BATCH) == 1326
    assert refusal(scene.shell.start_with_logon, r"ASTRO\svc$", "", "cmd.exe", net_only=True)


def n10() -> None:
    """EnableLinkedConnections=1: both halves of an administrator see a drive that one of them maps."""
    scene = Scene()
    scene.desk.policy.enable_linked_connections = True
    shell = scene.desk.start("explorer.exe", scene.desk.log_on("pilot", "per aspera"))
    elevated = shell.elevate("cmd.exe")
    shell.map_drive("Z:", rf"\\{FIRST}\data")
    assert elevated.drives == shell.drives == {"Z:": rf"\\{FIRST}\data"}


def n11() -> None:
    """A drive that an elevated shell maps is not seen by Explorer."""
    scene = Scene()
    shell = scene.desk.start("explorer.exe", scene.desk.log_on("pilot", "per aspera"))
    elevated = shell.elevate("cmd.exe")
    elevated.map_drive("Z:", rf"\\{FIRST}\data")
    assert (list(elevated.drives), list(shell.drives)) == (["Z:"], [])


def n12() -> None:
    """A service does not see the drives of a user: the path is not found."""
    scene = Scene()
    scene.shell.map_drive("P:", rf"\\{FIRST}\data")
    service = scene.desk.start_service("Spooler")
    assert refusal(service.open, r"P:\x.txt", FileRights.READ_DATA) == 3


def n14() -> None:
    """An administrator by SSH is elevated, a local one too, by key and by password."""
    scene = Scene().with_local_administrator()
    for more in (
        {"way": AuthenticationMechanism.PASSWORD, "password": HIS_PASSWORD},
        {"way": AuthenticationMechanism.KEY},
    ):
        token = scene.reach(Ssh(scene.first), name=PILOT, **more).token
        assert token is not None
        assert token.context.integrity == IntegrityLevel.HIGH
        assert ADMINISTRATORS in token.context


def n14b() -> None:
    """A local administrator by WinRM is refused unless LocalAccountTokenFilterPolicy is 1."""
    scene = Scene().with_local_administrator()
    assert scene.reach(WinRm(scene.first), name=PILOT, password=HIS_PASSWORD).refusal is not None
    scene.first.policy.local_account_token_filter_policy = True
    assert scene.reach(WinRm(scene.first), name=PILOT, password=HIS_PASSWORD).refusal is None


def n15b() -> None:
    """WinRM asks for read and execute, not for full control: GXGR is enough."""
    scene = Scene()
    service = WinRm(scene.first, descriptor="O:NSG:BAD:P(A;;GA;;;BA)(A;;GXGR;;;AU)")
    assert scene.reach(service).refusal is None


def n23() -> None:
    """Without the right to log on: 1385."""
    scene = Scene()
    scene.desk.policy.revoke("S-1-5-32-545", "SeInteractiveLogonRight")
    assert refusal(scene.desk.log_on, "laika", "first in orbit") == 1385


def n24() -> None:
    """A Backup Operator reads HKLM\\SAM over the network: a network logon's privileges are enabled."""
    scene = Scene()
    scene.first.sam.add_members("Backup Operators", scene.world.domain.find("cosmo").sid)
    thread = scene.reach(Rpc(scene.first)).thread
    assert refusal(thread.open, r"HKLM\SAM", KeyRights.READ) == 5
    thread.open(r"HKLM\SAM", KeyRights.READ, backup=True)


def n30() -> None:
    """Deny access from the network to Local account: local accounts are refused, those of the domain not."""
    scene = Scene().with_local_administrator()
    scene.first.policy.grant("S-1-5-113", "SeDenyNetworkLogonRight")
    local = scene.reach(SmbShare(scene.first), name=PILOT, password=HIS_PASSWORD)
    assert local.refusal is not None and int(local.refusal.code) == 1385
    assert scene.reach(SmbShare(scene.first)).refusal is None


def n34() -> None:
    """By SSH the token has NETWORK, and no INTERACTIVE."""
    token = Scene().reach(Ssh(Scene().first), way=AuthenticationMechanism.PASSWORD).token
    assert token is not None
    assert (NETWORK in token.context, INTERACTIVE in token.context) == (True, False)


def n35() -> None:
    """IUSR is S-1-5-17: SERVICE is for deny only in its token."""
    token = Scene().first.log_on(r"NT AUTHORITY\IUSR", None, LogonType.SERVICE)
    assert token.context.user == "S-1-5-17"
    (service,) = [group for group in token.context.groups if group.sid == "S-1-5-6"]
    assert service.attributes & GroupAttributes.USE_FOR_DENY_ONLY


# Processes and objects -------------------------------------------------------------------------------


def n17() -> None:
    """A service with SeImpersonatePrivilege whose pipe SYSTEM opens may start a program as SYSTEM."""
    machine = Scene().first
    service = _local_service(machine)
    pipe = r"\\.\pipe\potato\pipe\spoolss"
    service.create_pipe(pipe, "O:LSG:SYD:(A;;FA;;;WD)")
    client = machine.process("services.exe").connect(pipe)
    client.send("hello")
    service.thread.impersonate_client(client)
    token = service.thread.token
    assert token is not None
    child = service.start_with_token(token.duplicate(TokenType.PRIMARY), "cmd.exe")
    assert child.token.context.user == "S-1-5-18"


def n27() -> None:
    """A program whose file has a Low label runs at Low."""
    scene = Scene()
    path = r"C:\Users\cosmo\Documents\tool.exe"
    label = "D:(A;;FA;;;WD)S:(ML;;NW;;;LW)"
    scene.shell.create(path, FileRights.ALL_ACCESS, descriptor=label).close()
    assert scene.shell.start(path).token.context.integrity == IntegrityLevel.LOW


def n28() -> None:
    r"""``C:\Users\Public``: INTERACTIVE, BATCH and SERVICE may write there, NETWORK may not."""
    scene = Scene()
    server = scene.first
    server.policy.grant(scene.world.domain.find("cosmo").sid, "SeBatchLogonRight")
    console = server.start("explorer.exe", server.log_on(COSMO, PASSWORD))
    task, service = server.run_task("cmd.exe", COSMO, PASSWORD), _local_service(server)
    for number, process in enumerate((console, task, service)):
        process.create(rf"C:\Users\Public\{number}.txt", FileRights.WRITE_DATA).close()
    shell = scene.reach(Ssh(server), way=AuthenticationMechanism.KEY).thread
    assert refusal(shell.create, r"C:\Users\Public\x.txt", FileRights.WRITE_DATA) == 5


def n38a() -> None:
    """Below ``C:\\`` a new folder has two ACEs for Authenticated Users: for itself, and for what it lends."""
    root = (
        "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
        "(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)"
    )
    user = SecurityContext("S-1-5-21-7-7-7-1104", ["S-1-1-0", "S-1-5-32-545", AUTHENTICATED_USERS])
    folder = new_object_descriptor(SecurityDescriptor.from_sddl(root), user, container=True)
    assert folder.dacl is not None
    aces = [str(ace) for ace in folder.dacl if ace.sid == AUTHENTICATED_USERS]
    assert aces == ["(A;ID;0x1301bf;;;AU)", "(A;OICIIOID;SDGXGWGR;;;AU)"]


def n38d() -> None:
    """An inheritable GENERIC_ALL becomes two ACEs on a folder: mapped, and inherit-only as it was."""
    user = SecurityContext("S-1-5-21-7-7-7-1104")
    parent = SecurityDescriptor.from_sddl(f"O:{user.user}G:SYD:P(A;OICI;GA;;;{user.user})")
    folder = new_object_descriptor(parent, user, container=True)
    assert list(map(str, folder.dacl or ())) == [f"(A;;FA;;;{user.user})", f"(A;OICIIO;GA;;;{user.user})"]


def n40() -> None:
    """Read on the share and full control on the folder: the share refuses the write."""
    scene = Scene()
    system = scene.first.process("services.exe")
    system.create(
        r"C:\data", DirectoryRights.ALL_ACCESS, container=True, descriptor="O:BAG:SYD:P(A;OICI;FA;;;WD)"
    ).close()
    system.create(r"C:\data\a.txt", FileRights.ALL_ACCESS).close()
    share = SmbShare(scene.first)
    thread = scene.reach(share).thread
    share.open(thread, "a.txt", FileRights.READ_DATA)
    with pytest.raises(Refusal, match=r"the permissions of \\\\MISTAKENOT-SRV1\\data refuse"):
        share.open(thread, "a.txt", FileRights.WRITE_DATA)


def _local_service(machine: Machine) -> Process:
    token = machine.log_on(r"NT AUTHORITY\LOCAL SERVICE", None, LogonType.SERVICE)
    return machine.processes.new(machine.full_path("svchost.exe"), token)


SCENES = {
    f"{scene.__name__}.py": scene
    for scene in (
        n01, n03, n03b, n04, n06, n07, n10, n11, n12, n14, n14b, n15b, n17, n19, n23, n24, n27, n28, n30,
        n31, n34, n35, n38a, n38d, n40, n45,
    )
}  # fmt: skip
