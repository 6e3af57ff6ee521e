"""Services: who gets in, as whom they serve, what the log has of it. 5140(S), 5145(S) on Microsoft Learn."""

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tokenlab.network import (
    Arrival,
    AuthenticationMechanism,
    RemoteDesktop,
    RemotePipe,
    RemoteService,
    Rpc,
    SmbShare,
    Ssh,
    WinRm,
    exposure,
)
from tokenlab.system import AccessDenied, ElevationType, LogonType, Refusal, default_objects
from tokenlab.system.event_log import NO, YES
from tokenlab.values import FileRights, IntegrityLevel
from tokenlab.values.well_known import ADMINISTRATORS

FOLDER, FILE = r"C:\data", "plan.txt"


@pytest.fixture
def scene():
    return Scene()


def with_file(scene, dacl):
    """A share on A with one file in it."""
    files, system = scene.a.objects.files, scene.a.system_token.context
    default_objects.add(files, FOLDER, system, container=True, explicit="O:SYG:SYD:P(A;OICI;FA;;;WD)")
    default_objects.add(files, rf"{FOLDER}\{FILE}", system, explicit=f"O:SYG:SYD:P{dacl}")
    return SmbShare(scene.a, descriptor="O:BAG:SYD:(A;;0x1200a9;;;WD)", path=FOLDER)


@pytest.mark.parametrize(
    ("file_dacl", "desired", "refused_by"),
    [
        ("(A;;FA;;;AU)", FileRights.READ_DATA, None),
        ("(A;;FA;;;AU)", FileRights.WRITE_DATA, "share"),
        ("(A;;FA;;;SY)", FileRights.READ_DATA, "file"),
        ("(A;;FA;;;SY)", FileRights.WRITE_DATA, "share"),
    ],
)
def test_share_and_file_must_both_grant(scene, file_dacl, desired, refused_by):
    share = with_file(scene, file_dacl)
    thread = scene.network.connect(scene.at_desk(), share).thread
    if refused_by is None:
        assert share.open(thread, FILE, desired).granted_access == desired | 0x100080
        return
    with pytest.raises(AccessDenied) as refusal:
        share.open(thread, FILE, desired)
    assert ("permissions of" in refusal.value.reason) is (refused_by == "share")


def test_reaching_a_share_and_asking_for_a_file_are_two_events(scene):
    share = with_file(scene, "(A;;FA;;;AU)")
    outcome = scene.network.connect(scene.at_desk(), share)
    share.open(outcome.thread, FILE, FileRights.READ_DATA, "10.0.0.2")
    reached, asked = scene.a.log.events(5140, 5145)
    assert (reached["EventID"], reached["ShareName"]) == (5140, r"\\*\data")
    assert (asked["EventID"], asked["RelativeTargetName"], asked["AccessMask"]) == (5145, FILE, "0x100081")
    session = outcome.token.session
    assert reached["SubjectLogonId"] == asked["SubjectLogonId"] == str(session.authentication_id)


def test_the_servers_own_rights_never_leak_into_the_answer(scene):
    """The service is SYSTEM, which may open the file; its client may not."""
    share = with_file(scene, "(A;;FA;;;SY)")
    thread = scene.network.connect(scene.at_desk(), share).thread
    assert thread.process.token.context.user == "S-1-5-18"
    assert thread.context.user_label == COSMO
    with pytest.raises(AccessDenied):
        thread.open(rf"{FOLDER}\{FILE}", FileRights.READ_DATA)


def test_remoting_runs_a_process_as_the_user_and_a_share_a_thread(scene):
    remoting = scene.network.connect(scene.at_desk(), WinRm(scene.a)).thread
    assert remoting.token is None and remoting.process.name == "wsmprovhost.exe"
    share = scene.network.connect(scene.at_desk(), SmbShare(scene.a)).thread
    assert share.token is not None and share.process.token.context.user == "S-1-5-18"


def test_each_connection_is_a_new_session_on_the_server(scene):
    desk = scene.at_desk()
    outcomes = [scene.network.connect(desk, Rpc(scene.a)) for _ in range(2)]
    ids = {outcome.token.authentication_id for outcome in outcomes}
    assert len(ids) == 2
    assert all(outcome.token.session.logon_type is LogonType.NETWORK for outcome in outcomes)
    for outcome in outcomes:
        outcome.close()
    assert not [one for one in scene.a.sessions if one.authentication_id in ids]
    assert len(scene.a.log.events(4634)) == 2


def test_a_key_logs_on_without_a_password_and_a_password_with_one(scene):
    key = scene.network.connect(scene.at_desk(), Ssh(scene.a), way=AuthenticationMechanism.KEY).token.session
    password = scene.network.connect(
        scene.at_desk(), Ssh(scene.a), way=AuthenticationMechanism.PASSWORD
    ).token.session
    assert not key.credentials and password.credentials.user_name == "cosmo"
    assert password.logon_type is LogonType.NETWORK_CLEARTEXT


def test_a_pipe_is_reached_by_way_of_the_share_for_pipes(scene):
    outcome = scene.network.connect(scene.at_desk(), RemotePipe(scene.a))
    assert outcome.ok and scene.a.log.events(5140)[-1]["ShareName"] == r"\\*\IPC$"


def test_a_service_is_not_asked_in_a_way_it_does_not_speak(scene):
    with pytest.raises(ValueError, match="does not speak KEY"):
        scene.network.connect(scene.at_desk(), SmbShare(scene.a), way=AuthenticationMechanism.KEY)


def test_a_desktop_by_restricted_admin_says_so_in_its_logon() -> None:
    said = {}
    for way in (AuthenticationMechanism.REMOTE_DESKTOP, AuthenticationMechanism.RESTRICTED_ADMIN):
        scene = Scene()
        scene.a.policy.disable_restricted_admin = False
        assert scene.network.connect(scene.at_desk(NOVA), RemoteDesktop(scene.a), way=way).ok
        said[way] = {event["RestrictedAdminMode"] for event in scene.a.log.events(4624)}
    assert said == {
        AuthenticationMechanism.REMOTE_DESKTOP: {NO},
        AuthenticationMechanism.RESTRICTED_ADMIN: {YES},
    }


@pytest.mark.parametrize(
    "way", [AuthenticationMechanism.RESTRICTED_ADMIN, AuthenticationMechanism.REMOTE_GUARD]
)
def test_a_server_takes_desktops_without_credentials_only_where_that_is_switched_on(way) -> None:
    """Policy CSP, RemoteHostAllowsDelegationOfNonExportableCredentials: not configured means neither."""
    scene = Scene()
    refused = scene.network.connect(scene.at_desk(NOVA), RemoteDesktop(scene.a), way=way).refusal
    assert refused is not None and "DisableRestrictedAdmin" in refused.missing
    scene.a.policy.disable_restricted_admin = False
    assert scene.network.connect(scene.at_desk(NOVA), RemoteDesktop(scene.a), way=way).ok


@pytest.mark.parametrize(
    "way", [AuthenticationMechanism.REMOTE_DESKTOP, AuthenticationMechanism.RESTRICTED_ADMIN]
)
@pytest.mark.parametrize("host", ["A", "10.0.0.3"])
def test_restricted_admin_can_be_entered_with_a_hash_and_an_ordinary_desktop_cannot(way, host) -> None:
    """GhostPack/RestrictedAdmin: it "introduced the ability to pass-the-hash to RDP"."""
    scene = Scene()
    scene.a.policy.disable_restricted_admin = False
    child = scene.at_desk().process.start_with_logon(NOVA, "x", "cmd.exe", net_only=True)
    scene.network.change_key(child.token.session, "ASTRO", "nova", PASSWORDS[NOVA])
    visit = scene.network.connect(child.thread, RemoteDesktop(scene.a), way=way, host=host)
    assert visit.ok is (way is AuthenticationMechanism.RESTRICTED_ADMIN)
    assert visit.who == (NOVA if visit.ok else "")


@pytest.mark.parametrize(
    ("rights", "let_in"), [("GA", True), ("GXGR", True), ("GR", False), ("GX", False), ("GW", False)]
)
def test_remoting_needs_read_and_execute_and_not_full_control(rights, let_in) -> None:
    """diyan/pywinrm#275: add Invoke; #83: winrm configSDDL default."""
    scene = Scene()
    group = scene.a.sam.add_group("Operators", scene.account("cosmo").sid)
    door = WinRm(scene.a, descriptor=f"O:NSG:BAD:P(A;;GA;;;BA)(A;;{rights};;;{group.sid})")
    assert scene.network.connect(scene.at_desk(), door).ok is let_in


def test_jea_runs_as_an_account_of_its_own_and_goes_out_as_the_machine() -> None:
    """ "JEA Security Considerations": a local administrator here, the local computer's account elsewhere; the
    name as its transcripts have it, S-1-5-94-n."""
    scene = Scene()
    remote = scene.network.connect(scene.at_desk(), WinRm(scene.a, virtual_account=True))
    token = remote.thread.process.token
    assert remote.who == COSMO and token.context.user == "S-1-5-94-1"
    assert token.context.user_label == r"WinRM Virtual Users\WinRM VA_1_ASTRO_cosmo"
    assert ADMINISTRATORS in token.context and token.elevated
    assert scene.network.connect(remote.thread, SmbShare(scene.b)).who == r"ASTRO\A$"
    assert remote.leaves.why == "the account of A"
    again = scene.network.connect(scene.at_desk(), WinRm(scene.a, virtual_account=True))
    assert again.thread.process.token.context.user == "S-1-5-94-2"


@pytest.mark.parametrize("operator", [True, False])
def test_backup_intent_over_a_share_opens_what_the_privilege_opens(operator) -> None:
    """PowerShell/PowerShell#13348: privileges are enabled in a network logon; the share must still grant."""
    scene = Scene()
    if operator:
        scene.a.sam.add_members("Backup Operators", scene.account("cosmo").sid)
    share = with_file(scene, "(A;;FA;;;SY)")
    thread = scene.network.connect(scene.at_desk(), share).thread
    with pytest.raises(AccessDenied):
        share.open(thread, FILE, FileRights.READ_DATA)
    if operator:
        assert share.open(thread, FILE, FileRights.READ_DATA, backup=True).granted_access
        with pytest.raises(AccessDenied, match="permissions of"):
            share.open(thread, FILE, FileRights.WRITE_DATA, backup=True)
    else:
        with pytest.raises(AccessDenied):
            share.open(thread, FILE, FileRights.READ_DATA, backup=True)


@pytest.mark.parametrize("way", [AuthenticationMechanism.KEY, AuthenticationMechanism.PASSWORD])
@pytest.mark.parametrize("who", ["pilot", NOVA])
def test_by_ssh_an_administrator_is_elevated_a_local_one_too(way, who) -> None:
    """PowerShell/Win32-OpenSSH#1713: "All admin user network connections are elevated." sshd.exe logs them on
    itself, and a program's own LogonUser is not filtered (RunasCs: type 8 has "no UAC limitations")."""
    scene = Scene()
    scene.a.sam.add_user("pilot", "per aspera", "Administrators")
    name, password = (NOVA, PASSWORDS[NOVA]) if who == NOVA else (r"A\pilot", "per aspera")
    shell = scene.network.connect(scene.at_desk(), Ssh(scene.a), way=way, name=name, password=password)
    token = shell.thread.process.token
    assert token.elevated and token.elevation_type is ElevationType.DEFAULT
    assert token.context.integrity == IntegrityLevel.HIGH
    remoting = scene.network.connect(scene.at_desk(), WinRm(scene.a), name=name, password=password)
    assert remoting.ok is (who == NOVA)  # over the network a local administrator is filtered, and refused


def test_a_service_under_a_managed_account_goes_out_as_that_account() -> None:
    """Group managed service accounts: the machine gets the password from the controller; a machine that may
    not get it cannot start the service."""
    scene = Scene()
    managed = scene.directory.add_managed_account("svc-archive$", scene.account("A$").sid)
    for machine in (scene.a, scene.b):
        machine.policy.grant(managed.sid, "SeServiceLogonRight")
    archive = RemoteService(scene.a, account=r"ASTRO\svc-archive$")
    visit = scene.network.connect(archive.process.thread, SmbShare(scene.b))
    assert (visit.who, visit.arrival) == (r"ASTRO\svc-archive$", Arrival.AS_USER)
    assert r"ASTRO\svc-archive$" in {one.owner for one in exposure(scene.network)["A"]}
    with pytest.raises(Refusal):
        RemoteService(scene.b, account=r"ASTRO\svc-archive$").process  # noqa: B018


def test_who_arrives_is_told_by_sids_and_not_by_printed_names(scene):
    """The well-known name belongs to S-1-5-7 ([MS-DTYP] 2.4.2.4); a domain can give it to an account, too."""
    scene.directory.add_user("ANONYMOUS LOGON", "not me")
    named_so = scene.network.connect(
        scene.at_desk(), SmbShare(scene.a), name=r"ASTRO\ANONYMOUS LOGON", password="not me"
    )
    assert named_so.ok and named_so.arrival is Arrival.AS_USER


def test_the_account_of_the_clients_machine_arrives_as_the_machine_and_another_ones_as_a_user(scene):
    scene.directory.add_managed_account("svc")
    shown = {}
    for name in ("WS$", "B$", "svc$"):
        account = scene.account(name)
        shown[name] = scene.network.connect(
            scene.at_desk(), SmbShare(scene.a), name=rf"ASTRO\{name}", password=account.password
        ).arrival
    assert shown == {"WS$": Arrival.AS_MACHINE, "B$": Arrival.AS_USER, "svc$": Arrival.AS_USER}


def test_a_local_administrator_may_hand_the_password_over_by_credssp(scene):
    """Protected Users is of a domain ("Protected Users security group"): a local account is not in it."""
    scene.a.sam.add_user("bob", "build it", "Administrators")
    scene.a.policy.local_account_token_filter_policy = True
    outcome = scene.network.connect(
        scene.at_desk(),
        WinRm(scene.a),
        way=AuthenticationMechanism.CREDSSP,
        name=r"A\bob",
        password="build it",
    )
    assert outcome.ok and outcome.token is not None and outcome.token.session is not None
    assert outcome.token.session.credentials.secret == "build it"


def test_a_refused_desktop_starts_nothing_on_the_server(scene):
    before = len(tuple(scene.a.processes))
    outcome = scene.network.connect(
        scene.at_desk(), RemoteDesktop(scene.a), name=COSMO, password="not the one"
    )
    assert outcome.refusal is not None and outcome.refusal.code == 1326
    assert len(tuple(scene.a.processes)) == before
