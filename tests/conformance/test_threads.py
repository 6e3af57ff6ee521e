"""What people asked in public threads, and what they saw: played in the model.

A row is the thread's number, who asks for what, and the answer that was reported there. Names, SIDs and
paths are made up; the facts are the threads'.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conformance.field_scenes import (
    COSMO,
    FIRST,
    HIS_PASSWORD,
    PASSWORD,
    PILOT,
    SECOND,
    Scene,
    refusal,
)
from tokenlab.network import Arrival, AuthenticationMechanism, KerberosError, SmbShare, Ssh, WinRm
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, new_object_descriptor
from tokenlab.security.context import AppContainer
from tokenlab.system import ImpersonationLevel, LogonType, Machine, Process, TokenType
from tokenlab.system.release import WINDOWS_SERVER_2025
from tokenlab.values import (
    FILE,
    PIPE,
    FileRights,
    IntegrityLevel,
    ObjectType,
    PipeRights,
    ProcessRights,
    ServiceRights,
    Sid,
)

ME, OTHER = "S-1-5-21-7-7-7-1104", "S-1-5-21-7-7-7-1105"
GROUPS = ("S-1-1-0", "S-1-5-32-545", "S-1-5-11")
PACKAGE = Sid("S-1-15-2-1-2-3-4-5-6-7")
CAPABILITY = Sid("S-1-5-21-8-8-8-5001")
USER = SecurityContext(ME, GROUPS)
ADMINISTRATOR = SecurityContext(ME, (*GROUPS, "S-1-5-32-544"), integrity="high")
LOW = SecurityContext(ME, GROUPS, integrity="low")
APP = SecurityContext(ME, GROUPS, integrity="low", app=AppContainer(PACKAGE))
LPAC = SecurityContext(ME, GROUPS, integrity="low", app=AppContainer(PACKAGE, (), True))
JAILED = SecurityContext(ME, GROUPS, restricted_sids=(CAPABILITY,))
WRITE_JAILED = SecurityContext(ME, GROUPS, restricted_sids=(CAPABILITY,), write_restricted=True)
LOOSE_JAIL = SecurityContext(ME, GROUPS, restricted_sids=(CAPABILITY, Sid("S-1-1-0")), write_restricted=True)

VIRTUAL_ACCOUNT = SecurityContext("S-1-5-80-1-2-3-4-5", (*GROUPS, "S-1-5-6"))

READ, WRITE, DELETE = FileRights.READ_DATA, FileRights.WRITE_DATA, FileRights.DELETE
WRITE_DAC, WRITE_OWNER = FileRights.WRITE_DAC, FileRights.WRITE_OWNER
PROGRAM = "O:SYG:SYD:(A;;0x1200a9;;;BU)(A;;FA;;;SY)(A;;FA;;;BA)"
MINE = f"O:{ME}G:SYD:(A;;FA;;;{ME})"
HIGH_PIPE = f"O:{ME}G:SYD:P(A;;FA;;;{ME})S:(ML;;NW;;;HI)"
PROFILE = f"O:SYG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;{ME})"
SPEAK_BOTH_WAYS = PipeRights.GENERIC_READ | PipeRights.GENERIC_WRITE

CHECKS: list[tuple[str, SecurityContext, str, int, ObjectType, bool]] = [
    # icacls /deny *S-1-1-0:(OI)(CI)(DE,DC): nobody deletes, an administrator neither; reading goes on
    ("SigmaHQ/sigma#3244", ADMINISTRATOR, "O:BAG:SYD:(D;OICI;0x10040;;;WD)(A;;FA;;;BA)", DELETE, FILE, False),
    ("SigmaHQ/sigma#3244", ADMINISTRATOR, "O:BAG:SYD:(D;OICI;0x10040;;;WD)(A;;FA;;;BA)", READ, FILE, True),
    # an ACE for CREATOR OWNER on a file gives its owner nothing
    ("dechamps/LGTVDeviceListener#3", USER, f"O:{ME}G:SYD:(A;;FA;;;CO)", READ, FILE, False),
    ("dechamps/LGTVDeviceListener#3", USER, f"O:{ME}G:SYD:(A;;FA;;;CO)", WRITE_DAC, FILE, True),
    # OWNER RIGHTS with READ_CONTROL alone: the owner may not change the DACL any more
    ("OpenCoven/coven#984", USER, f"O:{ME}G:SYD:(A;;0x1301bf;;;{ME})(A;;RC;;;OW)", WRITE_DAC, FILE, False),
    ("OpenCoven/coven#984", USER, f"O:{ME}G:SYD:(A;;0x1301bf;;;{ME})(A;;RC;;;OW)", WRITE, FILE, True),
    # owning a thing is no right to write its owner
    ("microsoft/winget-cli#5282", USER, f"O:{ME}G:SYD:(A;;0x1301bf;;;BU)", WRITE_OWNER, FILE, False),
    ("microsoft/winget-cli#5282", USER, f"O:{ME}G:SYD:(A;;0x1301bf;;;BU)", WRITE_DAC, FILE, True),
    # NUL for an app: refused before there is an ACE for ALL APPLICATION PACKAGES, granted with it
    ("microsoft/win32-app-isolation#73", APP, "O:BAG:SYD:(A;;FA;;;WD)", WRITE, FILE, False),
    ("microsoft/win32-app-isolation#73", APP, "O:BAG:SYD:(A;;FA;;;WD)(A;;FA;;;AC)", WRITE, FILE, True),
    # an app that is less privileged needs S-1-15-2-2; for that one python.exe did not start
    ("LeGambiArt/arapuca#80", APP, PROGRAM + "(A;;0x1200a9;;;AC)", READ, FILE, True),
    ("LeGambiArt/arapuca#80", LPAC, PROGRAM + "(A;;0x1200a9;;;AC)", READ, FILE, False),
    ("forderud/RunInSandbox#15", LPAC, PROGRAM + "(A;;0x1000a1;;;S-1-15-2-2)", READ, FILE, True),
    # a pipe of an elevated program with a High label: medium clients are refused as they open it
    (
        "amanthanvi/noctty#185",
        USER,
        HIGH_PIPE,
        SPEAK_BOTH_WAYS,
        PIPE,
        False,
    ),
    (
        "amanthanvi/noctty#185",
        USER,
        HIGH_PIPE,
        PipeRights.GENERIC_WRITE,
        PIPE,
        False,
    ),
    (
        "amanthanvi/noctty#185",
        ADMINISTRATOR,
        HIGH_PIPE,
        SPEAK_BOTH_WAYS,
        PIPE,
        True,
    ),
    # Low: no write outside of folders with a Low label; reading goes on
    ("MedicalUltrasound/Image3dAPI#118", LOW, MINE, WRITE, FILE, False),
    ("MedicalUltrasound/Image3dAPI#118", LOW, MINE, READ, FILE, True),
    (
        "MedicalUltrasound/Image3dAPI#118",
        LOW,
        f"{MINE}S:(ML;;NW;;;LW)",
        WRITE,
        FILE,
        True,
    ),
    # a restricted token that holds only a capability starts no program of Windows; write-restricted it does
    ("Gitlawb/zero#1005", JAILED, PROGRAM, READ, FILE, False),
    ("Gitlawb/zero#1005", WRITE_JAILED, PROGRAM, READ, FILE, True),
    # with Everyone among the restricting SIDs a folder that everybody may write is no wall; without it is one
    ("Gitlawb/zero#865", LOOSE_JAIL, "O:SYG:SYD:(A;;FA;;;WD)", WRITE, FILE, True),
    ("Gitlawb/zero#865", WRITE_JAILED, "O:SYG:SYD:(A;;FA;;;WD)", WRITE, FILE, False),
    ("Gitlawb/zero#865", WRITE_JAILED, f"O:SYG:SYD:(A;;FA;;;WD)(A;;FA;;;{CAPABILITY})", WRITE, FILE, True),
    # a service's virtual account below a profile: only SYSTEM, Administrators and the user are named there
    ("erikdarlingdata/PerformanceMonitor#2198", VIRTUAL_ACCOUNT, PROFILE, READ, FILE, False),
]


@pytest.mark.parametrize(
    ("source", "who", "sddl", "right", "kind", "granted"),
    CHECKS,
    ids=[f"{row[0]}-{number}" for number, row in enumerate(CHECKS)],
)
def test_a_descriptor_decides_as_the_thread_reports(
    source: str, who: SecurityContext, sddl: str, right: int, kind: ObjectType, granted: bool
) -> None:
    assert access_check(who, SecurityDescriptor.from_sddl(sddl), right, kind).granted is granted


# --- played ------------------------------------------------------------------------------------------


def administrative_share(machine: Machine) -> SmbShare:
    return SmbShare(machine, descriptor="O:BAG:SYD:(A;;FA;;;BA)", share="C$", path="C:")


def service(machine: Machine, name: str) -> Process:
    token = machine.log_on(rf"NT AUTHORITY\{name}", None, LogonType.SERVICE)
    return machine.processes.new(machine.full_path("svchost.exe"), token)


def as_administrator(scene: Scene) -> Process:
    scene.desk.sam.add_user("boss", "made up", "Administrators")
    return scene.desk.start("explorer.exe", scene.desk.log_on(r".\boss", "made up")).elevate("cmd.exe")


def t01() -> None:
    """nccgroup/redsnarf#6, NetExec#20: over the network only RID 500 of the local administrators is one."""
    scene = Scene().with_local_administrator()
    share = administrative_share(scene.first)
    account = scene.first.sam.find("Administrator")
    assert account is not None
    account.enabled, account.password = True, "made up"
    built_in = scene.reach(share, name=rf"{FIRST}\Administrator", password="made up")
    other = scene.reach(share, name=PILOT, password=HIS_PASSWORD)
    assert built_in.ok and other.refusal is not None and int(other.refusal.code) == 5


def t02() -> None:
    """awsmhacks/CrackMapExtreme#9, jborean93/pypsexec#13: LocalAccountTokenFilterPolicy = 1 lets it in."""
    scene = Scene().with_local_administrator()
    scene.first.policy.local_account_token_filter_policy = True
    assert scene.reach(administrative_share(scene.first), name=PILOT, password=HIS_PASSWORD).ok


def t03() -> None:
    """awsmhacks/CrackMapExtreme#9: an administrator of the domain needs no such setting."""
    scene = Scene()
    scene.first.sam.add_members("Administrators", scene.world.domain.find("cosmo").sid)
    assert scene.reach(administrative_share(scene.first)).ok


def t04() -> None:
    """mattjohnsonpint/SimpleImpersonation#33, #51: an account of the server is unknown to LogonUser here
    (1326); with NewCredentials the share is reached as it."""
    scene = Scene().with_local_administrator()
    assert refusal(scene.shell.log_on, PILOT, HIS_PASSWORD, LogonType.NETWORK) == 1326
    scene.shell.impersonate(scene.shell.log_on(PILOT, HIS_PASSWORD, LogonType.NEW_CREDENTIALS))
    outcome = scene.reach(SmbShare(scene.first), host=scene.network.address(scene.first))
    assert (outcome.who, outcome.package) == (PILOT, "NTLM")


def t05() -> None:
    """dotnet/runtime#77637: under runas /netonly a local file is opened as the caller, the share as the
    other account."""
    scene = Scene()
    scene.world.domain.add_user("temp", "made up")
    path = r"C:\Users\cosmo\Documents\mine.txt"
    scene.shell.create(path, FileRights.ALL_ACCESS).close()
    child = scene.shell.start_with_logon(r"ASTRO\temp", "made up", "cmd.exe", net_only=True)
    child.open(path, FileRights.READ_DATA).close()
    assert scene.hop(child.thread).who == r"ASTRO\temp"


def t06() -> None:
    """dahall/TaskScheduler#480, creativeprojects/resticprofile#594: S4U has local resources only."""
    scene = Scene()
    scene.first.policy.grant(scene.world.domain.find("cosmo").sid, "SeBatchLogonRight")
    task = scene.first.run_task("cmd.exe", COSMO, None)
    assert scene.hop(task.thread).arrival is Arrival.ANONYMOUS


def t07() -> None:
    """dahall/TaskScheduler#705, bnosac/taskscheduleR#44: with the password stored the task goes out as the
    user."""
    scene = Scene()
    scene.first.policy.grant(scene.world.domain.find("cosmo").sid, "SeBatchLogonRight")
    assert scene.hop(scene.first.run_task("cmd.exe", COSMO, PASSWORD).thread).who == COSMO


def t08() -> None:
    """winsw/winsw#323: LocalSystem and NetworkService go out as the machine, LocalService as nobody."""
    scene = Scene()
    system = scene.first.process("services.exe").thread
    assert scene.hop(system).who == rf"ASTRO\{FIRST}$"
    assert scene.hop(service(scene.first, "NETWORK SERVICE").thread).who == rf"ASTRO\{FIRST}$"
    assert scene.hop(service(scene.first, "LOCAL SERVICE").thread).arrival is Arrival.ANONYMOUS


def t09() -> None:
    """winsw/winsw#872: NETWORK SERVICE may not open its own service to change it."""
    machine = Scene().first
    host, own = service(machine, "NETWORK SERVICE"), machine.objects.service("Dnscache")
    assert refusal(host.open, own, ServiceRights.CHANGE_CONFIG) == 5
    host.open(own, ServiceRights.QUERY_STATUS).close()


def t10() -> None:
    """diyan/pywinrm#225, ansible.windows#383, AutomatedLab#1084: a second hop from remoting is anonymous."""
    scene = Scene()
    scene.first.sam.add_members("Remote Management Users", scene.world.domain.find("cosmo").sid)
    for host in (FIRST, scene.network.address(scene.first)):
        assert scene.hop(scene.reach(WinRm(scene.first), host=host).thread).arrival is Arrival.ANONYMOUS


def t11() -> None:
    """jborean93/omi#18, Azure/aksArc#22: CredSSP sends name and password, and the hop arrives."""
    scene = Scene()
    scene.first.sam.add_members("Remote Management Users", scene.world.domain.find("cosmo").sid)
    way = AuthenticationMechanism.CREDSSP
    shell = scene.reach(WinRm(scene.first), way=way, name=COSMO, password=PASSWORD)
    assert scene.hop(shell.thread).who == COSMO


def t12() -> None:
    """diyan/pywinrm#58: Kerberos with a forwarded ticket makes the hop."""
    scene = Scene()
    scene.first.sam.add_members("Remote Management Users", scene.world.domain.find("cosmo").sid)
    scene.domain.delegation(scene.domain.account(f"{FIRST}$")).unconstrained = True
    assert scene.hop(scene.reach(WinRm(scene.first)).thread).who == COSMO


def t13() -> None:
    """dataplat/dbatools#316: HTTP/host belongs to another service's account: WinRM's ticket is not for it."""
    scene = Scene()
    scene.world.domain.add_user("ssrs", "made up")
    scene.domain.register(scene.domain.account("ssrs"), f"HTTP/{FIRST}")
    outcome = scene.reach(WinRm(scene.first))
    assert outcome.refusal is not None and outcome.refusal.name == "KRB_AP_ERR_MODIFIED"


def t14() -> None:
    """PowerShell/Win32-OpenSSH#1638, pseymour/MakeMeAdmin#96: without the right to a network logon 1385,
    and 0xc000015b in the 4625."""
    scene = Scene()
    scene.first.policy.grant(scene.world.domain.find("cosmo").sid, "SeDenyNetworkLogonRight")
    outcome = scene.reach(Ssh(scene.first), way=AuthenticationMechanism.KEY)
    assert outcome.refusal is not None and int(outcome.refusal.code) == 1385
    assert scene.first.log.where(4625)[-1]["Status"] == "0xc000015b"


def t15() -> None:
    """community.windows#290: an account that was set for a service without the right: 1385 at its start."""
    scene = Scene()
    scene.first.objects.add_service("backup", "backup.exe", COSMO)
    assert refusal(scene.first.log_on, COSMO, PASSWORD, LogonType.SERVICE) == 1385


def t16() -> None:
    """alphaleonis/AlphaFS#428, kopia/kopia#4670: SeBackupPrivilege is there and disabled until enabled."""
    shell = as_administrator(Scene())
    path = r"C:\Temp\x.txt"
    system = shell.machine.process("services.exe")
    system.create(path, FileRights.ALL_ACCESS, descriptor="O:SYG:SYD:P(A;;FA;;;SY)").close()
    assert refusal(shell.open, path, READ, backup=True) == 5
    shell.token.adjust_privileges({"SeBackupPrivilege": 2})
    assert refusal(shell.open, path, READ) == 5  # golang/go#23312, dotnet/corefx#31645: the flag is needed
    shell.open(path, READ, backup=True).close()


def t17() -> None:
    """MicrosoftDocs/win32#195: ACCESS_SYSTEM_SECURITY also by SeBackup or SeRestore in an open for backup."""
    shell = as_administrator(Scene())
    path = r"C:\Windows\System32\drivers\etc\hosts"
    assert refusal(shell.open, path, FileRights.ACCESS_SYSTEM_SECURITY, backup=True) == 1314
    for name in ("SeBackupPrivilege", "SeRestorePrivilege"):
        shell.token.adjust_privileges({name: 2})
        shell.open(path, FileRights.ACCESS_SYSTEM_SECURITY, backup=True).close()
        shell.token.adjust_privileges({name: 0})


def t18() -> None:
    """Isilon/isilon_sdk_python#51, ansible/ansible#20555: an owner cannot be given to somebody else without
    SeRestorePrivilege: 1307."""
    scene = Scene()
    path = r"C:\Users\cosmo\Documents\mine.txt"
    handle = scene.shell.create(path, FileRights.ALL_ACCESS)
    assert refusal(handle.set_owner, OTHER) == 1307
    shell = as_administrator(scene)
    other = shell.create(r"C:\Temp\y.txt", FileRights.ALL_ACCESS)
    assert refusal(other.set_owner, "S-1-5-18") == 1307
    shell.token.adjust_privileges({"SeRestorePrivilege": 2})
    other.set_owner("S-1-5-18")


def t19() -> None:
    """jupyterhub-winlocalprocessspawner#4, jborean93/ProcessEx#1, uiaccess#1: an elevated administrator has
    no SeAssignPrimaryTokenPrivilege: CreateProcessAsUser is 1314, CreateProcessWithToken and WithLogon
    work."""
    scene = Scene()
    shell = as_administrator(scene)
    token = shell.log_on(COSMO, PASSWORD)
    assert refusal(shell.start_as_user, token, "cmd.exe") == 1314
    assert shell.start_with_token(token, "cmd.exe").token.context.user == token.context.user
    assert shell.start_with_logon(COSMO, PASSWORD, "cmd.exe").token.context.user == token.context.user


def t20() -> None:
    """S3cur3Th1sSh1t/SharpNamedPipePTH#5: CreateProcessWithToken needs SeImpersonatePrivilege, which a plain
    user lacks."""
    scene = Scene()
    token = scene.shell.log_on("laika", "first in orbit")
    assert refusal(scene.shell.start_with_token, token, "cmd.exe") == 1314


def _client(scene: Scene, server: Process) -> object:
    server.create_pipe(r"\\.\pipe\meet", "D:(A;;FA;;;WD)")
    return scene.desk.process("services.exe").connect(r"\\.\pipe\meet")


def t21() -> None:
    """dotnet/corefx#37676: a client cannot be impersonated before something was read from it: 1368."""
    scene = Scene()
    shell = as_administrator(scene)
    connection = _client(scene, shell)
    assert refusal(shell.thread.impersonate_client, connection) == 1368
    connection.send("hello")  # type: ignore[attr-defined]
    shell.thread.impersonate_client(connection)  # type: ignore[arg-type]
    assert shell.thread.context.user == "S-1-5-18"


def t22() -> None:
    """wh0amitz/PetitPotato#3, Prepouce/CoercedPotato#1: without SeImpersonatePrivilege the call succeeds, the
    token can be opened, and no primary token is made of it: 1346."""
    scene = Scene()
    connection = _client(scene, scene.shell)
    connection.send("hello")  # type: ignore[attr-defined]
    assert scene.shell.thread.impersonate_client(connection) is ImpersonationLevel.IDENTIFICATION  # type: ignore[arg-type]
    token = scene.shell.thread.open_token().token
    assert refusal(token.duplicate, TokenType.PRIMARY) == 1346


def t23() -> None:
    """rapid7/metasploit-payloads#538: a thread at Identification is refused every open (1346) until it
    reverts."""
    scene = Scene()
    connection = _client(scene, scene.shell)
    connection.send("hello")  # type: ignore[attr-defined]
    scene.shell.thread.impersonate_client(connection)  # type: ignore[arg-type]
    path = r"C:\Windows\System32\drivers\etc\hosts"
    assert refusal(scene.shell.thread.open, path, READ) == 1346
    scene.shell.thread.revert()
    scene.shell.thread.open(path, READ).close()


def t24() -> None:
    """zodiacon/sysrun#1, decoder-it/psgetsystem#1: an elevated shell opens a process of SYSTEM only with
    SeDebugPrivilege enabled."""
    shell = as_administrator(Scene())
    target = shell.machine.process("winlogon.exe")
    assert refusal(shell.open, target, ProcessRights.ALL_ACCESS) == 5
    shell.token.adjust_privileges({"SeDebugPrivilege": 2})
    shell.open(target, ProcessRights.ALL_ACCESS).close()


def t25() -> None:
    """skelsec/pypykatz#64: a protected lsass.exe is closed to SeDebugPrivilege, its image's name is not."""
    machine = Machine("WS-9")
    machine.policy.lsa_protection = True
    machine.sam.add_user("boss", "made up", "Administrators")
    shell = machine.start("explorer.exe", machine.log_on("boss", "made up")).elevate("cmd.exe")
    shell.token.adjust_privileges({"SeDebugPrivilege": 2})
    lsass = machine.process("lsass.exe")
    assert refusal(shell.open, lsass, ProcessRights.VM_READ) == 5
    shell.open(lsass, ProcessRights.QUERY_LIMITED_INFORMATION).close()


def t26() -> None:
    """jayotterbein/FFXIV-Zoom-Hack#46: a user that lacks SeDebugPrivilege is told 1300 as it enables it."""
    shell = Scene().shell
    assert int(shell.token.adjust_privileges({"SeDebugPrivilege": 2}).error) == 1300


def t27() -> None:
    """gerardog/gsudo#115, #265, wezterm#4123, windirstat#127: the elevated half is another session, and does
    not see the drives of the first."""
    scene = Scene()
    shell = scene.desk.start("explorer.exe", scene.desk.log_on("pilot", "per aspera"))
    shell.map_drive("G:", rf"\\{FIRST}\data")
    elevated = shell.elevate("cmd.exe")
    assert elevated.token.authentication_id != shell.token.authentication_id
    assert elevated.token.context.user == shell.token.context.user
    assert "G:" not in elevated.drives
    assert refusal(elevated.open, r"G:\x.txt", READ) == 3


def t28() -> None:
    """ropnop/kerbrute#42: RC4 alone is refused with KDC_ERR_ETYPE_NOSUPP where the controller has none."""
    scene = Scene()
    scene.network.controller.release = WINDOWS_SERVER_2025
    with pytest.raises(KerberosError) as failed:
        scene.network.ask_tgt(scene.desk, "cosmo", PASSWORD)
    assert failed.value.code.name == "KDC_ERR_ETYPE_NOSUPP"


def t29() -> None:
    """cea-sec/gmsad#7: a disabled group managed account: KDC_ERR_CLIENT_REVOKED."""
    scene = Scene()
    scene.world.domain.add_managed_account("farm$").enabled = False
    with pytest.raises(KerberosError) as failed:
        scene.network.kdc.authenticate("farm$", "x", "WS")
    assert failed.value.code.name == "KDC_ERR_CLIENT_REVOKED"


def t30() -> None:
    """PowerShell/Win32-OpenSSH#306: a service of SYSTEM that does not ask for SeAssignPrimaryTokenPrivilege
    has none: CreateProcessAsUser is 1314."""
    scene = Scene()
    asked = frozenset({"SeChangeNotifyPrivilege", "SeTcbPrivilege"})
    scene.first.objects.service("Spooler").privileges = asked
    host = scene.first.start_service("Spooler")
    assert refusal(host.start_as_user, host.log_on(COSMO, PASSWORD), "cmd.exe") == 1314


def t31() -> None:
    """antonioCoco/RunasCs#7: CreateProcessWithLogon logs on with type 2, so the right to it is needed."""
    scene = Scene()
    laika = scene.desk.sam.find("laika")
    assert laika is not None
    scene.desk.policy.grant(laika.sid, "SeDenyInteractiveLogonRight")
    assert refusal(scene.shell.start_with_logon, r".\laika", "first in orbit", "cmd.exe") == 1385
    assert scene.shell.start_with_logon(r".\laika", "first in orbit", "cmd.exe", net_only=True)


def t32() -> None:
    """mattjohnsonpint/SimpleImpersonation#12: a password that is wrong is 1326 for a program, too."""
    scene = Scene()
    assert refusal(scene.shell.log_on, COSMO, "wrong", LogonType.NETWORK) == 1326


def t33() -> None:
    """rupor-github/wsl-ssh-agent#20: an open of a file that a label closes says so in its 4656: WriteData
    was denied by the integrity check, and all else is unchecked."""
    scene = Scene()
    path = r"C:\Users\cosmo\Documents\agent.lock"
    sddl = "D:(A;;FA;;;WD)S:(ML;;NW;;;ME)(AU;FA;FA;;;WD)"
    system = scene.desk.process("services.exe")
    system.token.adjust_privileges({"SeSecurityPrivilege": 2})
    system.create(path, FileRights.ALL_ACCESS, descriptor=sddl).close()
    low = scene.shell.token.duplicate(TokenType.PRIMARY)
    low.set_integrity(IntegrityLevel.LOW)
    child = scene.shell.start_as_user(low, "agent.exe")
    assert refusal(child.open, path, FileRights.GENERIC_WRITE) == 5
    reasons = scene.desk.log.where(4656)[-1]["AccessReason"].split()
    rights = ("%%1538:", "%%1541:", "%%4417:", "%%4418:", "%%4420:", "%%4423:", "%%4424:")
    assert reasons == [
        word for right in rights for word in (right, "%%1803" if right == "%%4417:" else "%%1809")
    ]


def t34() -> None:
    """Microsoft's sample CppCreateLowIntegrityProcess: a plain program starts a copy of its own token at
    Low by CreateProcessAsUser, without a privilege."""
    shell = Scene().shell
    low = shell.token.duplicate(TokenType.PRIMARY)
    low.set_integrity(IntegrityLevel.LOW)
    assert shell.start_as_user(low, "cmd.exe").token.context.integrity == IntegrityLevel.LOW


def t35() -> None:
    """MicrosoftDocs/windows-itpro-docs#10176: what a plain user starts has elevation type 1, too."""
    scene = Scene()
    scene.shell.start("notepad.exe")
    assert scene.desk.log.where(4688)[-1]["TokenElevationType"] == "%%1936"


def t36() -> None:
    """krb5/krb5#1225: the ticket of S4U2self is forwardable if the service has no list of services at all, or
    may use any protocol; with a list for Kerberos only it is not."""
    scene = Scene()
    kdc, server = scene.network.kdc, scene.domain.account(f"{FIRST}$")
    granting, settings = (
        kdc.authenticate(server.name, server.password, FIRST),
        scene.domain.delegation(server),
    )
    assert kdc.for_self(granting, "cosmo", FIRST).forwardable
    settings.to = frozenset({f"cifs/{SECOND}"})
    assert not kdc.for_self(granting, "cosmo", FIRST).forwardable
    settings.any_protocol = True
    assert kdc.for_self(granting, "cosmo", FIRST).forwardable


def t37() -> None:
    """cfalta/adsec#4, fortra/impacket#1183: S4U2proxy with a ticket that is not forwardable is
    KDC_ERR_BADOPTION; with one that a second service gets by resource-based delegation it succeeds."""
    scene = Scene()
    kdc, domain = scene.network.kdc, scene.domain
    first, other = domain.account(f"{FIRST}$"), domain.account("MISTAKENOT-WS-1$")
    domain.delegation(first).to = frozenset({f"cifs/{SECOND}"})
    granting = kdc.authenticate(first.name, first.password, FIRST)
    with pytest.raises(KerberosError) as failed:
        kdc.on_behalf(granting, kdc.for_self(granting, "cosmo", FIRST), f"cifs/{SECOND}", FIRST)
    assert failed.value.code.name == "KDC_ERR_BADOPTION"
    domain.allow_on_behalf(first, other)
    second = kdc.authenticate(other.name, other.password, "MISTAKENOT-WS-1")
    evidence = kdc.on_behalf(
        second, kdc.for_self(second, "cosmo", "MISTAKENOT-WS-1"), f"cifs/{FIRST}", "MISTAKENOT-WS-1"
    )
    assert kdc.on_behalf(granting, evidence, f"cifs/{SECOND}", FIRST).client.name == "cosmo"


def t38() -> None:
    """AlmondOffSec/PassTheCert#3: with caller and target the wrong way round it is KDC_ERR_BADOPTION."""
    scene = Scene()
    kdc, domain = scene.network.kdc, scene.domain
    first, target = domain.account(f"{FIRST}$"), domain.account(f"{SECOND}$")
    domain.allow_on_behalf(first, target)
    granting = kdc.authenticate(first.name, first.password, FIRST)
    evidence = kdc.for_self(granting, "cosmo", FIRST)
    with pytest.raises(KerberosError) as failed:
        kdc.on_behalf(granting, evidence, f"cifs/{SECOND}", FIRST)
    assert failed.value.code.name == "KDC_ERR_BADOPTION"
    domain.allow_on_behalf(target, first)
    assert kdc.on_behalf(granting, evidence, f"cifs/{SECOND}", FIRST).client.name == "cosmo"


def t39() -> None:
    """Continuum-AI-Corp/OrcaReplay#96: an explicit ACE for Users stays when inheritance is cut off, and is
    passed on to what is made in the folder."""
    aces = f"(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;FA;;;{ME})(A;OICI;FA;;;BU)"
    folder = SecurityDescriptor.from_sddl(f"O:{ME}G:SYD:PAI{aces}")
    made = new_object_descriptor(folder, USER)
    passed_on = ["(A;ID;FA;;;BA)", "(A;ID;FA;;;SY)", f"(A;ID;FA;;;{ME})", "(A;ID;FA;;;BU)"]
    assert list(map(str, made.dacl or ())) == passed_on
    stranger = SecurityContext(OTHER, GROUPS)
    assert access_check(stranger, folder, READ, FILE) and access_check(stranger, made, READ, FILE)


SCENES: dict[str, Callable[[], None]] = {
    f"{name} {(scene.__doc__ or '').partition(':')[0]}": scene
    for name, scene in sorted(globals().items())
    if name[:1] == "t" and name[1:].isdigit()
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_thread_played_in_the_model_ends_as_it_was_reported(scene: Callable[[], None]) -> None:
    scene()
