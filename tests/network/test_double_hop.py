"""The truth table of the second hop: way of arriving x kind of hop x delegation setting.

Typed by hand from the rules. Sources: "Kerberos Constrained Delegation Overview", "Protected Users Security
Group", "Remote Credential Guard", "Making the second hop in PowerShell Remoting", LogonUserW (logon types)
on Microsoft Learn; [MS-SFU] 3.2.5.1.2 and 3.2.5.2.
"""

from collections.abc import Callable

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tokenlab.network import (
    Arrival,
    AuthenticationMechanism,
    ConnectionOutcome,
    Http,
    RemoteDesktop,
    SmbShare,
    SqlServer,
    Ssh,
    WinRm,
)
from tokenlab.system import LogonType, Thread

SETTINGS = (
    "none",
    "unconstrained",
    "kerberos only",
    "any protocol",
    "resource-based",
    "sensitive",
    "protected",
)
"""Sensitive and protected users meet all four settings at once."""

LETTER = {Arrival.AS_USER: "U", Arrival.AS_MACHINE: "M", Arrival.ANONYMOUS: "A", Arrival.NOBODY: "x"}

# A letter a setting, in the order of SETTINGS: User, Machine, Anonymous, x refused, - never got to A.
#                     to a share   by address   SQL Server   IIS
TABLE = {
    "smb kerberos":   ("AUUUUAA", "AAAAAAA", "AUAAUAA", "xUxxUxx"),
    "smb ntlm":       ("AAAUUA-", "AAAAAA-", "AAAAUA-", "xxxxUx-"),
    "iis kerberos":   ("AUUUUAA", "AAAAAAA", "AUAAUAA", "xUxxUxx"),
    "iis ntlm":       ("AAAUUA-", "AAAAAA-", "AAAAUA-", "xxxxUx-"),
    "iis basic":      ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "winrm kerberos": ("AUAAUAA", "AAAAAAA", "AUAAUAA", "xUxxUxx"),
    "winrm ntlm":     ("AAAAAA-", "AAAAAA-", "AAAAAA-", "xxxxxx-"),
    "winrm credssp":  ("UUUUUU-", "UUUUUU-", "UUUUUU-", "UUUUUU-"),
    "winrm basic":    ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "rdp":            ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "rdp restricted": ("MMMMMMM", "MMMMMMM", "MMMMMMM", "MMMMMMM"),
    "rdp guard":      ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "ssh key":        ("AAAAAAA", "AAAAAAA", "AAAAAAA", "xxxxxxx"),
    "ssh password":   ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "task s4u":       ("AAAAAAA", "AAAAAAA", "AAAAAAA", "xxxxxxx"),
    "task password":  ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "netonly on A":   ("UUUUUUU", "UUUUUUx", "UUUUUUU", "UUUUUUU"),
    "system":         ("MMMMMMM", "MMMMMMM", "MMMMMMM", "MMMMMMM"),
    "network service": ("MMMMMMM", "MMMMMMM", "MMMMMMM", "MMMMMMM"),
    "local service":  ("AAAAAAA", "AAAAAAA", "AAAAAAA", "xxxxxxx"),
}  # fmt: skip
HOPS = ("share", "address", "sql", "iis")


def by_wire(
    service: type, way: AuthenticationMechanism, host: str = "A"
) -> Callable[[Scene, Thread], Thread | None]:
    def arrive(scene: Scene, desk: Thread) -> Thread | None:
        outcome: ConnectionOutcome = scene.network.connect(desk, service(scene.a), way=way, host=host)
        return outcome.thread

    return arrive


def by_service(account: str) -> Callable[[Scene, Thread], Thread | None]:
    def arrive(scene: Scene, desk: Thread) -> Thread | None:
        token = scene.a.log_on(rf"NT AUTHORITY\{account}", None, LogonType.SERVICE)
        return scene.a.processes.new("svchost.exe", token).thread

    return arrive


def by_task(password: bool) -> Callable[[Scene, Thread], Thread | None]:
    def arrive(scene: Scene, desk: Thread) -> Thread | None:
        scene.a.sam.add_members("Administrators", scene.account("cosmo").sid)  # may log on as a batch job
        return scene.a.run_task("cmd.exe", COSMO, PASSWORDS[COSMO] if password else None).thread

    return arrive


def by_netonly(scene: Scene, desk: Thread) -> Thread | None:
    shell = scene.a.start("explorer.exe", scene.a.log_on(NOVA, PASSWORDS[NOVA]))
    return shell.start_with_logon(COSMO, PASSWORDS[COSMO], "cmd.exe", net_only=True).thread


def by_restricted_admin(scene: Scene, desk: Thread) -> Thread | None:
    scene.a.policy.disable_restricted_admin = False
    scene.a.sam.add_members("Administrators", scene.account("cosmo").sid)
    return by_wire(RemoteDesktop, AuthenticationMechanism.RESTRICTED_ADMIN)(scene, desk)


def by_remote_guard(scene: Scene, desk: Thread) -> Thread | None:
    scene.a.policy.disable_restricted_admin = False
    return by_wire(RemoteDesktop, AuthenticationMechanism.REMOTE_GUARD)(scene, desk)


WAYS = {
    "smb kerberos": by_wire(SmbShare, AuthenticationMechanism.NEGOTIATE),
    "smb ntlm": by_wire(SmbShare, AuthenticationMechanism.NEGOTIATE, "10.0.0.3"),
    "iis kerberos": by_wire(Http, AuthenticationMechanism.NEGOTIATE),
    "iis ntlm": by_wire(Http, AuthenticationMechanism.NEGOTIATE, "10.0.0.3"),
    "iis basic": by_wire(Http, AuthenticationMechanism.BASIC),
    "winrm kerberos": by_wire(WinRm, AuthenticationMechanism.NEGOTIATE),
    "winrm ntlm": by_wire(WinRm, AuthenticationMechanism.NEGOTIATE, "10.0.0.3"),
    "winrm credssp": by_wire(WinRm, AuthenticationMechanism.CREDSSP),
    "winrm basic": by_wire(WinRm, AuthenticationMechanism.BASIC),
    "rdp": by_wire(RemoteDesktop, AuthenticationMechanism.REMOTE_DESKTOP),
    "rdp restricted": by_restricted_admin,
    "rdp guard": by_remote_guard,
    "ssh key": by_wire(Ssh, AuthenticationMechanism.KEY),
    "ssh password": by_wire(Ssh, AuthenticationMechanism.PASSWORD),
    "task s4u": by_task(password=False),
    "task password": by_task(password=True),
    "netonly on A": by_netonly,
    "system": by_service("SYSTEM"),
    "network service": by_service("NETWORK SERVICE"),
    "local service": by_service("LOCAL SERVICE"),
}


def settle(scene: Scene, setting: str) -> None:
    everything = setting in ("sensitive", "protected")
    a, b, cosmo = scene.account("A$"), scene.account("B$"), scene.account("cosmo")
    settings = scene.domain.delegation(a)
    settings.unconstrained = everything or setting == "unconstrained"
    if everything or setting in ("kerberos only", "any protocol"):
        settings.to = frozenset({"cifs/B"})
        settings.any_protocol = setting != "kerberos only"
    if everything or setting == "resource-based":
        scene.domain.allow_on_behalf(b, a)
    cosmo.sensitive = setting == "sensitive"
    if setting == "protected":
        scene.directory.add_members("Protected Users", cosmo.sid)


CASES = [
    pytest.param(way, hop, setting, letters[number], id=f"{way}, to {hop}, {setting}")
    for way, row in TABLE.items()
    for hop, letters in zip(HOPS, row, strict=True)
    for number, setting in enumerate(SETTINGS)
]


@pytest.mark.parametrize(("way", "hop", "setting", "expected"), CASES)
def test_the_second_hop_arrives_as_the_table_says(way: str, hop: str, setting: str, expected: str) -> None:
    scene = Scene()
    settle(scene, setting)
    targets = {"sql": SqlServer, "iis": Http}
    target = scene.network.offer(targets.get(hop, SmbShare)(scene.b))
    thread = WAYS[way](scene, scene.at_desk())
    if thread is None:
        assert expected == "-"
        return
    outcome = scene.network.connect(thread, target, host="10.0.0.4" if hop == "address" else "B")
    assert LETTER[outcome.arrival] == expected, outcome
