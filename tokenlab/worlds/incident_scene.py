r"""The stage of an incident: who plays, where, with which files; what can be fixed before the day begins.

All names, SIDs and passwords are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tokenlab.network import Http, SmbShare
from tokenlab.security import SecurityDescriptor
from tokenlab.system import Machine
from tokenlab.system.objects import File
from tokenlab.system.release import WINDOWS_10_1809, WINDOWS_SERVER_2019
from tokenlab.values import Sid
from tokenlab.worlds.astro import ASTRO_SID
from tokenlab.worlds.world import MachinePlan, build

ALL = 0x1F01FF
AUDIT = "S:(AU;SAFA;FR;;;WD)"
RECORDS = r"C:\records"

FIXES = {
    "none": "nothing is changed",
    "script": "the script is for administrators and its own account only",
    "operator": "the service account is a Backup Operator of the first server, no administrator",
    "no network": "the service account may log on to the first server as a service only",
    "disabled": "the service account is disabled",
    "restricted": "the administrator's desktops come by Restricted Admin",
    "guard": "the administrator's desktops come by Remote Credential Guard",
    "log off": "the administrator logs off when she is done",
    "sensitive": "the administrator is sensitive and cannot be delegated",
    "protected": "the administrator is in Protected Users",
    "lsa": "lsass.exe of the first server is a protected process (LSA protection)",
    "untrusted": "the first server is not trusted for delegation",
    "resource": "the first server is not trusted, but the second's account names it (resource-based)",
    "secret": "the secret has no entry for Administrators",
}

CAUSES = {
    "desktop": "the administrator has a desktop open on the first server",
    "delegation": "the first server is trusted for delegation, and the administrator visits its web site",
}

BORROWING = {
    "netonly": "new credentials: a window that goes out as another account",
    "runas": "a logon of that account at the desk",
    "ticket": "a ticket, asked for with the account's key",
}


@dataclass(frozen=True)
class IncidentCast:
    """Who plays, and where. ``machines`` are the controller, the user's desk, the first and the second
    server, the administrator's desk; ``reader`` is whom one entry too many of the script lets in,
    ``place`` where that entry stands; ``visits`` is how often the user looks at the second server in the
    morning."""

    domain: str = "ASTRO"
    sid: Sid = ASTRO_SID
    user: str = "cosmo"
    admin: str = "nova"
    service: str = "svc-archive"
    machines: tuple[str, str, str, str, str] = (
        "MISTAKENOT-DC-1",
        "MISTAKENOT-WS-1",
        "MISTAKENOT-SRV1",
        "MISTAKENOT-SRV2",
        "MISTAKENOT-WS-2",
    )
    script: str = "deploy.cmd"
    secret: str = "launch-codes.txt"
    reader: str = "AU"
    place: int = 3
    visits: int = 0

    def full(self, name: str) -> str:
        r"""``ASTRO\cosmo``."""
        return rf"{self.domain}\{name}"

    def places(self) -> Iterator[MachinePlan]:
        """The machines with their SIDs, and which Windows each runs."""
        desk, server = WINDOWS_10_1809, WINDOWS_SERVER_2019
        yield MachinePlan(self.machines[0], self.sid, server)
        releases = (server, desk, server, server, desk)
        for number, name in enumerate(self.machines[1:], 1):
            yield MachinePlan(
                name, f"S-1-5-21-{number}70853776-{number}5424539-{number}14680424", releases[number]
            )

    def password(self, name: str) -> str:
        """The password of one of them."""
        known = {self.user: "open the pod bay doors", self.admin: "two roads diverged"}
        return known.get(name, "nightly at two")


class IncidentScene:
    """The network on the morning before: machines, accounts, files, shares; nobody has logged on yet.

    Desks run Windows 10 1809, servers Windows Server 2019.

    Raises KeyError for a fix or a cause that is none.
    """

    def __init__(self, cast: IncidentCast, cause: str, fix: str) -> None:
        FIXES[fix], CAUSES[cause]
        self.cast, self.cause, self.fix = cast, cause, fix
        self.world = build(
            cast.domain,
            cast.sid,
            {name: cast.password(name) for name in (cast.user, cast.admin, cast.service)},
            cast.places(),
            administrators=(cast.admin,),
        )
        self.controller, self.desk, self.first, self.second, self.away = self.world.machines.values()
        self.network, self.clock = self.world.network, self.world.clock
        domain = self.network.domain
        self.service, nova = domain.account(cast.service), domain.account(cast.admin)
        self.first.policy.lsa_protection = fix == "lsa"  # before it first starts a process
        for machine in self.world.machines.values():
            machine.install_sysmon()
        self._accounts(nova.sid)
        self._files()
        self.site = Http(self.first)
        self.data = SmbShare(self.first, descriptor="O:SYG:SYD:(A;;FA;;;WD)")
        self.share = SmbShare(self.second)
        if fix == "sensitive":
            nova.sensitive = True
        if fix == "protected":
            domain.directory.add_members("Protected Users", nova.sid)
        self.first.policy.disable_restricted_admin = fix not in ("restricted", "guard")
        account = domain.account(f"{self.first.name}$")
        trusted = cause == "delegation" and fix not in ("untrusted", "resource")
        domain.delegation(account).unconstrained = trusted
        if fix == "resource":
            domain.allow_on_behalf(domain.account(f"{self.second.name}$"), account)

    def _accounts(self, admin: Sid) -> None:
        """What the service account may do on the first server, where it runs the archive."""
        account, first = self.service, self.first
        account.enabled = self.fix != "disabled"
        group = "Backup Operators" if self.fix == "operator" else "Administrators"
        first.sam.add_members(group, account.sid)
        first.policy.grant(account.sid, "SeServiceLogonRight")
        if self.fix == "no network":
            first.policy.grant(account.sid, "SeDenyNetworkLogonRight")

    def _files(self) -> None:
        svc = self.service.sid
        everyday = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)"
        ours = "(A;;FA;;;SY)(A;;FA;;;BA)"
        lines = ["(A;;FA;;;SY)", "(A;;FA;;;BA)", f"(A;;FR;;;{svc})"]
        if self.fix != "script":
            lines.insert(self.cast.place, f"(A;;FR;;;{self.cast.reader})")
        by_system = self.first.process("svchost.exe")
        for path in (r"C:\data", RECORDS):
            sddl = everyday if path == r"C:\data" else "D:P(A;OICI;FA;;;SY)"
            by_system.create(path, ALL, container=True, descriptor=f"O:BAG:SY{sddl}").close()
        self.script = _file(self.first, rf"C:\data\{self.cast.script}", f"D:P{''.join(lines)}{AUDIT}")
        _file(self.first, rf"{RECORDS}\ledger.txt", "D:P(A;;FA;;;SY)")
        self.second.process("svchost.exe").create(
            r"C:\data", ALL, container=True, descriptor=f"O:BAG:SY{everyday}"
        ).close()
        _file(self.second, r"C:\data\journal.txt", f"D:P{ours}(A;;FR;;;{svc})")
        administrators = "" if self.fix == "secret" else "(A;;FA;;;BA)"
        self.secret = _file(
            self.second, rf"C:\data\{self.cast.secret}", f"D:P(A;;FA;;;SY){administrators}{AUDIT}"
        )


def _file(machine: Machine, path: str, sddl: str) -> File:
    """A file that was there before the log began: its audit entries come last."""
    dacl, audit, rest = sddl.partition("S:")
    handle = machine.process("svchost.exe").create(path, ALL, descriptor=f"O:BAG:SY{dacl}")
    handle.close()
    made = handle.object
    assert isinstance(made, File)
    made.content = f"what is in {path}"
    if audit:
        made.descriptor = SecurityDescriptor.from_sddl(f"O:BAG:SY{dacl}{audit}{rest}")
    return made
