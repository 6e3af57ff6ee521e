"""What a release changes on the wire: Credential Guard, NTLM's own log, RC4. Sources stand in
`tokenlab.system.release`, and "Credential Guard: considerations" on Microsoft Learn."""

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS
from tokenlab import worlds
from tokenlab.network import (
    Arrival,
    AuthenticationMechanism,
    Http,
    KerberosError,
    RemoteDesktop,
    SmbShare,
    WinRm,
    exposure,
)
from tokenlab.system.identity import NTLM

OLD = ("Windows 10 1809", "Windows Server 2019")
NEW = ("Windows 11 24H2", "Windows Server 2025")
FIRST, SECOND = "MISTAKENOT-SRV1", "MISTAKENOT-SRV2"


class Day:
    """The domain ASTRO on one pair of releases, cosmo at his desk."""

    def __init__(self, client, server):
        self.world = worlds.astro(client=client, server=server)
        self.network = self.world.network
        self.desk, self.first, self.second = map(self.world.machine, ("MISTAKENOT-WS-1", FIRST, SECOND))
        self.shell = self.desk.start("explorer.exe", self.desk.log_on(COSMO, PASSWORDS[COSMO]))

    def account(self, name):
        return self.network.domain.account(name)

    def hop(self, service, **more):
        first = self.network.connect(self.shell.thread, service, **more)
        return first, None if first.thread is None else self.network.connect(
            first.thread, SmbShare(self.second)
        )


@pytest.mark.parametrize(("releases", "arrives"), [(OLD, Arrival.AS_USER), (NEW, Arrival.ANONYMOUS)])
def test_a_client_with_credential_guard_gives_away_no_ticket_granting_ticket(releases, arrives):
    day = Day(*releases)
    day.network.domain.delegation(day.account(f"{FIRST}$")).unconstrained = True
    _, second = day.hop(Http(day.first))
    assert second.arrival is arrives
    assert ("TGT" in {one.kind for one in exposure(day.network)[FIRST]}) is (arrives is Arrival.AS_USER)


@pytest.mark.parametrize("releases", [OLD, NEW])
def test_constrained_and_resource_based_delegation_do_not_mind_credential_guard(releases):
    for setting in ("list", "target"):
        day = Day(*releases)
        if setting == "list":
            day.network.domain.delegation(day.account(f"{FIRST}$")).to = frozenset({f"cifs/{SECOND}"})
        else:
            day.network.domain.allow_on_behalf(day.account(f"{SECOND}$"), day.account(f"{FIRST}$"))
        assert day.hop(Http(day.first))[1].arrival is Arrival.AS_USER


def test_credssp_gets_a_typed_password_from_credential_guard_and_no_saved_one():
    day = Day(*NEW)
    saved, _ = day.hop(WinRm(day.first), way=AuthenticationMechanism.CREDSSP)
    assert saved.refusal is not None and "Credential Guard" in saved.refusal.missing
    typed, second = day.hop(
        WinRm(day.first), way=AuthenticationMechanism.CREDSSP, name=COSMO, password=PASSWORDS[COSMO]
    )
    assert typed.ok and second.arrival is Arrival.AS_USER


@pytest.mark.parametrize(("releases", "kinds"), [(OLD, {"password", "TGT"}), (NEW, set())])
def test_what_lies_in_a_desktop_cannot_be_carried_off_from_credential_guard(releases, kinds):
    """It can still be used there: the second hop works."""
    day = Day(*releases)
    _, second = day.hop(RemoteDesktop(day.first))
    assert second.arrival is Arrival.AS_USER
    assert {one.kind for one in exposure(day.network)[FIRST]} - {"service ticket"} == kinds


@pytest.mark.parametrize(("releases", "there"), [(OLD, False), (NEW, True)])
def test_ntlm_has_a_log_of_its_own_that_names_process_and_reason(releases, there):
    day = Day(*releases)
    visit = day.network.connect(day.shell.thread, SmbShare(day.first), host=day.network.address(day.first))
    logs = [day.network.ntlm_log(machine) for machine in (day.desk, day.first)]
    assert visit.package == NTLM and [log is not None for log in logs] == [there, there]
    if there:
        (client,), (server,) = (list(log) for log in logs)
        told = ("EventID", "ProcessName", "Username", "TargetService", "NtlmUsageId", "NtlmUsageReason")
        assert [client[name] for name in told] == [
            4021, "explorer", "cosmo", "cifs/10.0.0.3", "10", "The target name contains an IP address.",
        ]  # fmt: skip
        assert (server["EventID"], server["RemoteClientMachine"]) == (4023, "MISTAKENOT-WS-1")


@pytest.mark.parametrize(("releases", "granted"), [(OLD, True), (NEW, False)])
def test_a_controller_of_today_issues_no_ticket_granting_ticket_by_rc4(releases, granted):
    """*What's new in Windows Server 2025*: no ticket-granting ticket by RC4 any more."""
    day = Day(*releases)
    log = day.network.controller.log
    if granted:
        day.network.ask_tgt(day.desk, "nova", PASSWORDS[NOVA])
        assert log.events(4768)[-1]["TicketEncryptionType"] == "0x17"
        assert "ClientAdvertizedEncryptionTypes" not in log.events(4768)[-1]
        return
    with pytest.raises(KerberosError, match="KDC_ERR_ETYPE_NOSUPP"):
        day.network.ask_tgt(day.desk, "nova", PASSWORDS[NOVA])
    day.network.connect(day.shell.thread, SmbShare(day.first))
    for number in (4768, 4769):  # what Windows itself asks for
        assert log.events(number)[-1]["ClientAdvertizedEncryptionTypes"].startswith("AES256")
    asked = log.where(4768, TargetUserName="nova")[-1]
    assert (asked["Status"], asked["TicketEncryptionType"]) == ("0xe", "0xffffffff")
    assert asked["ClientAdvertizedEncryptionTypes"] == "RC4-HMAC-NT"
