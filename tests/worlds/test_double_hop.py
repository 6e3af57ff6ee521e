"""The bench of the double hop: every combination as the truth table has it, each with its price."""

import pytest

from tests.network.test_double_hop import TABLE
from tokenlab.worlds import double_hop as bench
from tokenlab.worlds.double_hop import FIXES, HOPS, WAYS, double_hop, single_changes

SAME_WAY = {
    "share, Kerberos": "smb kerberos",
    "share, NTLM": "smb ntlm",
    "web, Kerberos": "iis kerberos",
    "web, NTLM": "iis ntlm",
    "web, Basic": "iis basic",
    "WinRM, Kerberos": "winrm kerberos",
    "WinRM, NTLM": "winrm ntlm",
    "WinRM, CredSSP": "winrm credssp",
    "Remote Desktop": "rdp",
    "RDP, Restricted Admin": "rdp restricted",
    "RDP, Remote Credential Guard": "rdp guard",
    "SSH, key": "ssh key",
    "SSH, password": "ssh password",
    "task, no password": "task s4u",
    "task, password": "task password",
    "runas /netonly there": "netonly on A",
    "service, SYSTEM": "system",
    "service, NETWORK SERVICE": "network service",
    "service, LOCAL SERVICE": "local service",
}
PLACE = {"share": 0, "SQL Server": 2, "web": 3}


@pytest.mark.parametrize("hop", HOPS)
@pytest.mark.parametrize("way", WAYS)
def test_the_bench_answers_as_the_truth_table_says(way, hop):
    letters = TABLE[SAME_WAY[way]][PLACE[hop]]
    assert "".join(double_hop(way, fix, hop).letter for fix in FIXES) == letters


@pytest.mark.parametrize(
    ("way", "fix", "lies", "playable"),
    [
        ("WinRM, Kerberos", "none", 0, 0),
        ("web, Kerberos", "unconstrained", 3, 0),
        ("web, Kerberos", "Kerberos only", 1, 0),
        ("web, NTLM", "any protocol", 1, 2),
        ("web, Kerberos", "resource-based", 1, 2),
        ("web, Kerberos", "protected", 0, 1),  # nova still can be played; cosmo cannot
        ("WinRM, CredSSP", "none", 6, 0),
        ("Remote Desktop", "none", 6, 0),
        ("RDP, Remote Credential Guard", "none", 0, 0),
        ("RDP, Restricted Admin", "none", 0, 0),
        ("SSH, key", "none", 0, 0),
    ],
)
def test_exposure_is_two_numbers(way, fix, lies, playable):
    """3 a password, 2 a ticket-granting ticket, 1 a service ticket; and people. [MS-SFU] 3.1.5.2.4, 5.1."""
    tried = double_hop(way, fix)
    assert tried.exposure == (lies, playable)
    assert len({(one.person, one.at) for one in tried.playable}) == playable


def test_the_smallest_change_is_tried_and_exposes_least():
    changes = single_changes(double_hop("WinRM, Kerberos"))
    assert (changes[0].fix, changes[0].letter, changes[0].exposure) == (
        "none",
        "U",
        (0, 0),
    )
    assert changes[0].way == "RDP, Remote Credential Guard"
    assert [one.exposure for one in changes] == sorted(one.exposure for one in changes)
    for one in changes:
        again = double_hop(one.way, one.fix, one.hop)
        assert again.letter == "U" and (one.way == "WinRM, Kerberos") is not (one.fix == "none")


def test_a_success_one_would_rather_prevent_is_changed_too():
    changes = single_changes(double_hop("web, Kerberos", "unconstrained"), "A")
    assert {one.fix for one in changes if one.way == "web, Kerberos"} == {"none", "sensitive", "protected"}


@pytest.mark.parametrize(
    "names", [("no such way", "none", "share"), ("SSH, key", "?", "share"), ("SSH, key", "none", "?")]
)
def test_a_wrong_name_is_an_error(names):
    with pytest.raises(KeyError):
        double_hop(*names)


def test_each_combination_is_a_world_of_its_own():
    one, other = double_hop(), double_hop()
    assert one.world is not other.world and str(one) == str(other)
    assert bench.machines(one)[0].name == "MISTAKENOT-WS-1"
