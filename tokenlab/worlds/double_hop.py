"""The double hop as a bench: how the user reached the first server, which fix is on, what the second hop is.

Each combination is a world of its own, made anew: desk, first server, second server, controller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tokenlab.network import (
    Arrival,
    AuthenticationMechanism,
    ConnectionOutcome,
    ExposedSecret,
    Exposure,
    Http,
    PlayableIdentity,
    RemoteDesktop,
    RemoteService,
    SmbShare,
    SqlServer,
    Ssh,
    WinRm,
    exposure,
    find_playable,
    measure,
)
from tokenlab.system import LogonType, Machine, Thread
from tokenlab.worlds.astro import DESK, SERVERS, astro
from tokenlab.worlds.world import World

PASSWORD = "open the pod bay doors"
NOVA = (r"ASTRO\nova", "two roads diverged")
USER = r"ASTRO\cosmo"


@dataclass(frozen=True)
class FirstHop:
    """A way to the first server: how it is done, and whom it leaves there."""

    name: str
    words: str
    arrive: Callable[[World, Thread], tuple[ConnectionOutcome | None, Thread | None]]


def _by_wire(
    service: type[RemoteService], way: AuthenticationMechanism | None = None, *, by_address: bool = False
) -> Callable[..., object]:
    """The service's usual way, unless one is named."""

    def arrive(world: World, desk: Thread) -> tuple[ConnectionOutcome, Thread | None]:
        first = world.machine(SERVERS[0])
        host = world.network.address(first) if by_address else first.name
        outcome = world.network.connect(desk, service(first), way=way, host=host)
        return outcome, outcome.thread

    return arrive


def _by_desktop(way: AuthenticationMechanism) -> Callable[..., object]:
    """A desktop that leaves nothing: the server must take it, and Restricted Admin is for administrators."""

    def arrive(world: World, desk: Thread) -> tuple[ConnectionOutcome | None, Thread | None]:
        first = world.machine(SERVERS[0])
        first.policy.disable_restricted_admin = False
        if way is AuthenticationMechanism.RESTRICTED_ADMIN:
            first.sam.add_members("Administrators", desk.context.user)
        return _by_wire(RemoteDesktop, way)(world, desk)  # type: ignore[return-value]

    return arrive


def _by_task(password: str | None) -> Callable[..., object]:
    def arrive(world: World, desk: Thread) -> tuple[None, Thread]:
        first = world.machine(SERVERS[0])
        first.policy.grant(desk.context.user, "SeBatchLogonRight")
        return None, first.run_task("cmd.exe", USER, password).thread

    return arrive


def _net_only(world: World, desk: Thread) -> tuple[None, Thread]:
    first = world.machine(SERVERS[0])
    shell = first.start("explorer.exe", first.log_on(*NOVA))
    return None, shell.start_with_logon(USER, PASSWORD, "cmd.exe", net_only=True).thread


def _by_service(account: str) -> Callable[..., object]:
    def arrive(world: World, desk: Thread) -> tuple[None, Thread]:
        first = world.machine(SERVERS[0])
        token = first.log_on(rf"NT AUTHORITY\{account}", None, LogonType.SERVICE)
        return None, first.processes.new(first.full_path("svchost.exe"), token).thread

    return arrive


_ROWS: tuple[tuple[str, str, Callable[..., object]], ...] = (
    ("share, Kerberos", "a file share, by name", _by_wire(SmbShare)),
    ("share, NTLM", "a file share, by address", _by_wire(SmbShare, by_address=True)),
    ("web, Kerberos", "a web site with Windows authentication", _by_wire(Http)),
    ("web, NTLM", "the same, by address", _by_wire(Http, by_address=True)),
    ("web, Basic", "a web site that asks for the password", _by_wire(Http, AuthenticationMechanism.BASIC)),
    ("WinRM, Kerberos", "PowerShell remoting, by name", _by_wire(WinRm)),
    ("WinRM, NTLM", "PowerShell remoting, by address", _by_wire(WinRm, by_address=True)),
    (
        "WinRM, CredSSP",
        "PowerShell remoting that hands the password on",
        _by_wire(WinRm, AuthenticationMechanism.CREDSSP),
    ),
    ("Remote Desktop", "a desktop on the server", _by_wire(RemoteDesktop)),
    (
        "RDP, Restricted Admin",
        "the same, by a proof alone",
        _by_desktop(AuthenticationMechanism.RESTRICTED_ADMIN),
    ),
    (
        "RDP, Remote Credential Guard",
        "the same, requests sent back",
        _by_desktop(AuthenticationMechanism.REMOTE_GUARD),
    ),
    ("SSH, key", "a shell by a key pair", _by_wire(Ssh, AuthenticationMechanism.KEY)),
    ("SSH, password", "a shell by a password", _by_wire(Ssh, AuthenticationMechanism.PASSWORD)),
    ("task, no password", "a scheduled task by S4U", _by_task(None)),
    ("task, password", "a scheduled task with its password stored", _by_task(PASSWORD)),
    ("runas /netonly there", "new credentials, given on the server", _net_only),
    ("service, SYSTEM", "the server's own service", _by_service("SYSTEM")),
    ("service, NETWORK SERVICE", "the server's own service", _by_service("NETWORK SERVICE")),
    ("service, LOCAL SERVICE", "the server's own service", _by_service("LOCAL SERVICE")),
)
WAYS = {name: FirstHop(name, words, arrive) for name, words, arrive in _ROWS}  # type: ignore[arg-type]

FIXES = {
    "none": "nothing is set",
    "unconstrained": "the first server's account is trusted for delegation to any service",
    "Kerberos only": "the first server's account lists the second one's share",
    "any protocol": "the same, and it may vouch for users that came otherwise",
    "resource-based": "the second server's account names the first one's",
    "sensitive": "all of these, but the user cannot be delegated",
    "protected": "all of these, but the user is in Protected Users",
}
HOPS: dict[str, type[RemoteService]] = {"share": SmbShare, "SQL Server": SqlServer, "web": Http}


_LETTERS = {
    Arrival.AS_USER: "U",
    Arrival.AS_MACHINE: "M",
    Arrival.ANONYMOUS: "A",
    Arrival.NOBODY: "x",
}


@dataclass(frozen=True)
class DoubleHop:
    """One combination, tried: both connections, the world after them, and what lies open in it.

    ``exposed`` are the secrets of people that lie on the two servers, ``playable`` the people whom SYSTEM
    there can be at another machine without their visit. ``first`` is None where the user is on the first
    server without a connection; ``second`` where they never got there.
    """

    way: str
    fix: str
    hop: str
    world: World
    first: ConnectionOutcome | None
    second: ConnectionOutcome | None
    exposed: tuple[ExposedSecret, ...]
    playable: tuple[PlayableIdentity, ...]

    @property
    def exposure(self) -> Exposure:
        """The two numbers of both servers: see `tokenlab.network.measure`."""
        return measure(self.world.network, map(self.world.machine, SERVERS))

    @property
    def arrival(self) -> Arrival | None:
        """As whom the second server sees them; None if they never left the desk."""
        return None if self.second is None else self.second.arrival

    @property
    def letter(self) -> str:
        """U as the user, M as the machine, A anonymous, x refused, - never got to the first server."""
        if self.second is None:
            return "-"
        return _LETTERS[self.second.arrival]

    def __str__(self) -> str:
        told = self.second or self.first
        return f"{self.way}, {self.fix}, to {self.hop}: {told}"


def double_hop(
    way: str = "WinRM, Kerberos",
    fix: str = "none",
    hop: str = "share",
    releases: tuple[str, str] = ("Windows 10 1809", "Windows Server 2019"),
) -> DoubleHop:
    """Try one combination in a new world: desk and servers run ``releases``.

    Names: `WAYS`, `FIXES`, `HOPS`, and those of `tokenlab.system.release.RELEASES`. Raises KeyError, or
    ValueError for a release that is none.
    """
    arriving, target = WAYS[way], HOPS[hop]
    world = astro(client=releases[0], server=releases[1])
    set_fix(world, fix)
    desk = world.machine(DESK)
    shell = desk.start("explorer.exe", desk.log_on(USER, PASSWORD)).thread
    service = world.network.offer(target(world.machine(SERVERS[1])))
    first, thread = arriving.arrive(world, shell)
    second = None if thread is None else world.network.connect(thread, service)
    lies = exposure(world.network)
    plays = (find_playable(world.network, world.machine(name)) for name in SERVERS)
    return DoubleHop(
        way,
        fix,
        hop,
        world,
        first,
        second,
        tuple(one for name in SERVERS for one in lies[name]),
        tuple(one for found in plays for one in found),
    )


def single_changes(tried: DoubleHop, letter: str = "U") -> list[DoubleHop]:
    """All single changes after which one arrives so (U, M, A or x): another fix, or another way to come.

    The least exposure comes first (what lies there, then who can be played); of equals a setting before
    another way of coming, which every user would have to learn. Each is tried. Without an entry no single
    change is enough.
    """
    settings = [double_hop(tried.way, fix, tried.hop) for fix in FIXES if fix != tried.fix]
    others = [double_hop(way, tried.fix, tried.hop) for way in WAYS if way != tried.way]
    found = [one for one in (*settings, *others) if one.letter == letter]
    return sorted(found, key=lambda one: (one.exposure, one.fix == tried.fix))


def set_fix(world: World, fix: str) -> None:
    """Set what this fix sets. Raises KeyError for an unknown name."""
    FIXES[fix]
    domain = world.network.domain
    one, two = (domain.account(f"{name}$") for name in SERVERS)
    settings, everything = domain.delegation(one), fix in ("sensitive", "protected")
    settings.unconstrained = everything or fix == "unconstrained"
    if everything or fix in ("Kerberos only", "any protocol"):
        settings.to = frozenset({f"cifs/{SERVERS[1]}"})
        settings.any_protocol = fix != "Kerberos only"
    if everything or fix == "resource-based":
        domain.allow_on_behalf(two, one)
    user = domain.account("cosmo")
    user.sensitive = fix == "sensitive"
    if fix == "protected":
        world.domain.add_members("Protected Users", user.sid)


def machines(tried: DoubleHop) -> tuple[Machine, Machine, Machine, Machine]:
    """Desk, first server, second server, controller."""
    controller = tried.world.network.controller
    return (tried.world.machine(DESK), *(tried.world.machine(name) for name in SERVERS), controller)  # type: ignore[return-value]
