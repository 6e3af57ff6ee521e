"""What a server is called: aliases, names that two accounts have, a machine that calls itself."""

import pytest

from tests.network.scene import COSMO, PASSWORDS, Scene
from tokenlab.network import AuthenticationMechanism, Http, KerberosError, SmbShare, SqlServer, WinRm
from tokenlab.system import Win32Error
from tokenlab.system.identity import KERBEROS, NTLM


@pytest.mark.parametrize(
    ("service", "package"),
    [
        (SqlServer, KERBEROS),  # dataplat/dbatools#670: the SPN of the A record is enough
        (Http, KERBEROS),  # Chromium, Firefox: the SPN is made of the canonical name
        (SmbShare, NTLM),  # dataplat/dbatools#500: a share needs an SPN of the alias
        (WinRm, NTLM),
    ],
)
def test_web_and_database_clients_follow_an_alias_to_the_name_of_the_host(service, package):
    scene = Scene()
    scene.network.alias("nickname", scene.a)
    visit = scene.network.connect(scene.at_desk(), scene.network.offer(service(scene.a)), host="nickname")
    assert (visit.package, visit.who) == (package, COSMO)


def test_a_name_of_the_alias_alone_is_not_asked_for():
    """CSS-Identity/ADFS-Diag#33: the browser asks for the host that the alias leads to, and the site's own
    account, which has the alias' name, cannot read that ticket."""
    scene = Scene()
    account = scene.account("svc-web")
    scene.a.policy.grant(account.sid, "SeServiceLogonRight")
    scene.domain.register(account, "HTTP/portal")
    site = Http(scene.a, account=r"ASTRO\svc-web")
    assert scene.network.connect(scene.at_desk(), site, host="portal").package == KERBEROS
    scene.network.alias("portal", scene.a)
    refused = scene.network.connect(scene.at_desk(), site, host="portal").refusal
    assert refused is not None and refused.name == "KRB_AP_ERR_MODIFIED"


def test_a_share_by_an_alias_is_kerberos_once_the_alias_is_registered():
    """genotrance/px#110: a client that asks for the name that was typed gets no ticket for an alias."""
    scene = Scene()
    scene.network.alias("files", scene.a)
    assert scene.network.connect(scene.at_desk(), SmbShare(scene.a), host="files").package == NTLM
    scene.domain.register(scene.account("A$"), "cifs/files")
    assert scene.network.connect(scene.at_desk(), SmbShare(scene.a), host="files").package == KERBEROS


def test_a_name_that_two_accounts_have_gets_no_ticket_and_the_client_takes_ntlm():
    """AskDS, "Kerberos Authentication problems, SPN issues, Part 2": the controller answers as if nobody had
    the name, writes event 11, and the site is reached by NTLM. Event 11, KDCEVENT_NAME_NOT_UNIQUE."""
    scene = Scene()
    web, machine = scene.account("svc-web"), scene.account("A$")
    scene.domain.register(web, "HTTP/A", look_first=False)
    scene.domain.register(machine, "HTTP/A", look_first=False)
    desk = scene.at_desk()
    visit = scene.network.connect(desk, Http(scene.a))
    assert (visit.package, visit.who) == (NTLM, COSMO)
    assert visit.why_package == "more than one account has the service principal name HTTP/A: svc-web, A$"
    kdc = scene.network.kdc
    with pytest.raises(KerberosError, match="KDC_ERR_S_PRINCIPAL_UNKNOWN"):
        kdc.ticket(kdc.authenticate("cosmo", PASSWORDS[COSMO], "WS"), "HTTP/A", "WS")
    scene.domain.unregister("HTTP/A", web)
    assert scene.network.connect(scene.at_desk(), Http(scene.a)).package == KERBEROS


def test_setspn_looks_first():
    scene = Scene()
    with pytest.raises(ValueError, match=r"belongs to A\$"):
        scene.domain.register(scene.account("svc-web"), "HOST/A")
    assert scene.domain.owners("cifs/A") == (scene.account("A$"),)


@pytest.mark.parametrize(
    ("host", "let_in"),
    [("A", True), ("A.astro.example", True), ("localhost", True), ("portal", False), ("127.0.0.1", True)],
)
def test_a_machine_takes_no_ntlm_from_itself_under_a_strange_name(host, let_in):
    """KB896861: 401.1 at the server itself only, and a failed logon without a sub status."""
    scene = Scene()
    at_server = scene.a.start("explorer.exe", scene.a.log_on(COSMO, PASSWORDS[COSMO])).thread
    visit = scene.network.connect(at_server, Http(scene.a), host=host)
    assert visit.ok is let_in
    if not let_in:
        assert visit.refusal.code == Win32Error.LOGON_FAILURE
        failed = scene.a.log.events(4625)[-1]
        assert (failed["Status"], failed["SubStatus"]) == ("0xc000006d", "0x0")
        assert scene.network.connect(scene.at_desk(), Http(scene.a), host=host).ok


@pytest.mark.parametrize("how", ["DisableLoopbackCheck", "BackConnectionHostNames"])
def test_two_settings_let_a_machine_call_itself_by_a_strange_name(how):
    scene = Scene()
    if how == "DisableLoopbackCheck":
        scene.a.policy.disable_loopback_check = True
    else:
        scene.a.policy.back_connection_host_names = frozenset({"Portal"})
    at_server = scene.a.start("explorer.exe", scene.a.log_on(COSMO, PASSWORDS[COSMO])).thread
    assert scene.network.connect(at_server, Http(scene.a), host="portal").ok


def test_credssp_basic_and_desktops_need_the_password_and_not_its_hash():
    scene = Scene()
    child = scene.at_desk().process.start_with_logon(COSMO, "x", "cmd.exe", net_only=True)
    scene.network.change_key(child.token.session, "ASTRO", "cosmo", PASSWORDS[COSMO])
    refused = scene.network.connect(child.thread, Http(scene.a), way=AuthenticationMechanism.BASIC).refusal
    assert refused is not None and refused.code == Win32Error.LOGON_FAILURE
    assert "NT hash" in refused.missing


def test_a_ticket_that_is_there_already_is_used_whatever_happened_to_the_name():
    scene = Scene()
    desk = scene.at_desk()
    assert scene.network.connect(desk, Http(scene.a)).package == KERBEROS
    for account in ("svc-web", "A$"):
        scene.domain.register(scene.account(account), "HTTP/A", look_first=False)
    assert scene.network.connect(desk, Http(scene.a)).package == KERBEROS
    scene.network.tickets(desk.effective_token.session).purge()  # klist purge
    assert scene.network.connect(desk, Http(scene.a)).package == NTLM
