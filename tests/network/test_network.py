"""Who arrives, with what level, and what the logs tell."""

import pytest

from tests.network.scene import COSMO, NOVA, PASSWORDS, Scene
from tokenlab.network import Arrival, Http, Rpc, SmbShare, WinRm
from tokenlab.security import SecurityDescriptor
from tokenlab.system import ImpersonationLevel, LogonType, Win32Error
from tokenlab.system.origin import Origin


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize(
    ("trusted", "level", "told"),
    [(False, ImpersonationLevel.IMPERSONATION, "%%1833"), (True, ImpersonationLevel.DELEGATION, "%%1840")],
)
def test_a_forwarded_ticket_shows_as_level_delegation(
    scene: Scene, trusted: bool, level: ImpersonationLevel, told: str
) -> None:
    scene.domain.delegation(scene.account("A$")).unconstrained = trusted
    outcome = scene.network.connect(scene.at_desk(), Rpc(scene.a))
    assert outcome.token is not None and outcome.token.level is level
    assert scene.a.log.events(4624)[-1]["ImpersonationLevel"] == told


def test_the_effective_token_goes_out_and_not_that_of_the_process(scene: Scene) -> None:
    thread = scene.at_desk()
    thread.impersonate(
        scene.desk.log_on(
            NOVA, PASSWORDS[NOVA], LogonType.INTERACTIVE, origin=Origin(caller=thread.process.token)
        )
    )
    assert scene.network.connect(thread, SmbShare(scene.a)).who == NOVA
    thread.revert()
    assert scene.network.connect(thread, SmbShare(scene.a)).who == COSMO


def test_identification_is_not_enough_to_go_out(scene: Scene) -> None:
    thread = scene.at_desk()
    thread.impersonate_self(ImpersonationLevel.IDENTIFICATION)
    assert scene.network.connect(thread, SmbShare(scene.a)).arrival is not Arrival.AS_USER


def test_a_group_may_be_named_by_the_target(scene: Scene) -> None:
    """Resource-based delegation is an access check: the caller's groups count."""
    group = scene.directory.add_group("Front ends", scene.account("A$").sid)
    scene.domain.allow_on_behalf(scene.account("B$"), group)
    assert scene.domain.may_act_on_behalf(scene.account("B$"), scene.account("A$"))
    assert not scene.domain.may_act_on_behalf(scene.account("B$"), scene.account("DC$"))


@pytest.mark.parametrize(
    ("descriptor", "may"),
    [
        ("O:BAG:BAD:(A;;0xf01ff;;;{0})", True),
        ("O:BAD:(A;;0xf01ff;;;{0})", True),  # Extension-Kit#146 writes it so, and it works
        ("O:BAG:BAD:(A;;GA;;;{0})", False),  # Adaptix-Framework/Extension-Kit#146: KDC_ERR_BADOPTION
        ("O:BAG:BAD:(A;;GAGRGWGX;;;{0})", False),
        ("O:BAG:BAD:(D;;0xf01ff;;;{0})(A;;0xf01ff;;;WD)", False),
    ],
)
def test_nobody_maps_generic_rights_in_the_attribute_of_the_target(
    scene: Scene, descriptor: str, may: bool
) -> None:
    """GENERIC_ALL (0x10000000) there grants nothing; a descriptor without a group is accepted."""
    kept = SecurityDescriptor.from_sddl(descriptor.format(scene.account("A$").sid))
    scene.domain.delegation(scene.account("B$")).from_others = kept
    first = scene.network.connect(scene.at_desk(), Http(scene.a))
    assert first.thread is not None
    hop = scene.network.connect(first.thread, SmbShare(scene.b))
    assert (hop.arrival is Arrival.AS_USER) is may
    assert ("KDC_ERR_BADOPTION" in hop.why) is not may


def test_only_those_who_may_manage_a_machine_get_in_by_remoting(scene: Scene) -> None:
    scene.a.sam.remove_members("Remote Management Users", scene.account("cosmo").sid)
    outcome = scene.network.connect(scene.at_desk(), WinRm(scene.a))
    assert outcome.refusal is not None and outcome.refusal.code == 5


def test_a_local_account_works_where_the_other_machine_has_it_too(scene: Scene) -> None:
    for machine in (scene.desk, scene.a):
        machine.sam.add_user("pilot", "per aspera")
    thread = scene.desk.start("explorer.exe", scene.desk.log_on(r"WS\pilot", "per aspera")).thread
    there = scene.network.connect(thread, SmbShare(scene.a))
    assert (there.who, there.package) == (r"A\pilot", "NTLM")
    assert scene.a.log.events(4776)[-1]["TargetUserName"] == "pilot"  # its own SAM was asked
    elsewhere = scene.network.connect(thread, SmbShare(scene.b))
    assert elsewhere.refusal is not None and elsewhere.refusal.code == 1326


def test_constrained_delegation_leaves_the_service_in_the_event(scene: Scene) -> None:
    scene.domain.delegation(scene.account("A$")).to = frozenset({"cifs/B"})
    first = scene.network.connect(scene.at_desk(), Http(scene.a))
    assert first.thread is not None
    assert scene.network.connect(first.thread, SmbShare(scene.b)).who == COSMO
    assert scene.controller.log.events(4769)[-1]["TransmittedServices"] == "A$"


def test_who_was_let_in_by_a_verifier_arrives_as_the_user_once_a_controller_answers(scene: Scene) -> None:
    """The password was typed, so the session has it; while no controller answers, nobody can check it."""
    scene.desk.log_off(scene.desk.log_on(COSMO, PASSWORDS[COSMO]))
    scene.directory.available = False
    token = scene.desk.log_on(COSMO, PASSWORDS[COSMO])
    assert token.session is not None and token.session.logon_type is LogonType.CACHED_INTERACTIVE
    shell = scene.desk.start("explorer.exe", token).thread
    refused = scene.network.connect(shell, SmbShare(scene.a)).refusal
    assert refused is not None and refused.code == Win32Error.NO_LOGON_SERVERS
    scene.directory.available = True
    assert scene.network.connect(shell, SmbShare(scene.a)).who == COSMO
    scene.directory.available = False
    again = scene.network.connect(shell, SmbShare(scene.a))  # the ticket for A is still good
    assert (again.who, again.package) == (COSMO, "Kerberos")
    assert not scene.network.connect(shell, SmbShare(scene.b)).ok
