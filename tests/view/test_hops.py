"""Pictures of connections: who arrived, where the credentials stop, what lies where; and the bench."""

import re

import pytest

from tokenlab.view import show
from tokenlab.view.hop_matrix import hop_matrix
from tokenlab.view.widgets import DoubleHopBench
from tokenlab.view.widgets.double_hop_bench import smallest_change
from tokenlab.worlds.double_hop import WAYS, double_hop


def test_the_chain_says_where_the_credentials_stop():
    tried = double_hop("WinRM, Kerberos")
    picture = show([tried.first, tried.second])
    for words in (
        "MISTAKENOT-WS-1",
        "MISTAKENOT-SRV-1",
        "MISTAKENOT-SRV-2",
        "anonymous",
        "nothing for the wire",
    ):
        assert words in picture.html
    assert "The credentials stop on MISTAKENOT-SRV-1" in picture.text
    assert str(tried.second.refusal.code) in picture.text and "as the user" in picture.text


def test_a_chain_that_holds_shows_what_was_handed_on():
    tried = double_hop("web, Kerberos", "unconstrained")
    assert "a forwarded TGT of cosmo" in show([tried.first, tried.second]).html
    assert "The credentials stop" not in show([tried.first, tried.second]).text


def test_every_message_is_in_the_chart_and_in_its_twin():
    outcome = double_hop("web, Kerberos", "unconstrained").first
    picture = show(outcome)
    for message in outcome.messages:
        assert message.name in picture.html and message.text in picture.text
    quiet = show(outcome, messages=False)
    assert "AS-REQ" not in quiet.text and "AS-REQ" not in quiet.html


def test_the_network_says_what_lies_where():
    tried = double_hop("WinRM, CredSSP")
    picture = show(tried.world.network)
    row = next(line for line in picture.text.splitlines() if "MISTAKENOT-SRV-1" in line)
    assert "password" in row and "password" in picture.html
    assert "nothing" in next(line for line in picture.text.splitlines() if "MISTAKENOT-DC-1" in line)


def test_the_matrix_has_a_cell_for_each_way_and_mend():
    picture = hop_matrix(ways=["WinRM, Kerberos", "SSH, key"], mends=["none", "resource-based"])
    rows = re.findall(r"<tr.*?</tr>", picture.html)
    assert len(rows) == 3 and "user" in rows[1] and rows[2].count("anonymous") >= 2
    assert "3 for a person" in picture.text and "✓ user (1 + 2)" in picture.text


# The bench


def test_the_bench_tries_what_is_chosen():
    bench = DoubleHopBench()
    assert "anonymous" in bench._says.value
    bench._mend.value = "resource-based"
    assert "user" in bench._says.value and bench.tried.letter == "U"
    bench._hop.value = "SQL Server"
    assert bench.tried.hop == "SQL Server"
    for way in WAYS:
        bench._way.value = way
        assert bench.tried.way == way and repr(bench)


def test_the_bench_names_the_smallest_change_both_ways():
    assert "let the user arrive: coming by 'RDP, Credential Guard'" in smallest_change(
        double_hop("WinRM, Kerberos")
    )
    assert "keep the user from arriving: the fix 'none'" in smallest_change(
        double_hop("web, Kerberos", "unconstrained")
    )
    assert "The smallest change" in DoubleHopBench()._says.value


def test_the_messages_are_stepped_forth_and_back():
    bench = DoubleHopBench("web, Kerberos", "unconstrained")
    total = len(bench.steps)
    assert total > 8 and bench.step == 0
    bench._go(3)
    assert bench._wire.value.count('class="dead"') == total - 3
    bench._go(999)
    assert bench.step == total and 'class="dead"' not in bench._wire.value
    bench._go(-1)
    assert bench.step == 0


def test_the_bench_has_a_text_twin():
    bench = DoubleHopBench()
    bench._go(2)
    text = bench._repr_mimebundle_()["text/plain"]
    assert (
        "WinRM, Kerberos" in text
        and "2. MISTAKENOT-DC-1 AS-REP" in text
        and "3." not in text.split("AS-REP")[1]
    )


@pytest.mark.parametrize("way", ["task, no password", "service, SYSTEM"])
def test_a_way_without_a_connection_is_drawn_too(way):
    assert "MISTAKENOT-SRV-2" in DoubleHopBench(way)._chain.value
