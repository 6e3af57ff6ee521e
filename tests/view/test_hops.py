"""Pictures of connections: who arrived, where the credentials stop, what lies where; and the bench."""

import re
from html import unescape

import pytest

from tests.network.scene import NOVA, PASSWORDS, Scene
from tokenlab.network import SmbShare
from tokenlab.view import show
from tokenlab.view.hop_matrix import hop_matrix
from tokenlab.view.hops import chain_figure, holds
from tokenlab.view.widgets import DoubleHopBench
from tokenlab.view.widgets.double_hop_bench import smallest_change
from tokenlab.worlds.double_hop import WAYS, double_hop


def test_the_chain_says_where_the_credentials_stop():
    tried = double_hop("WinRM, Kerberos")
    picture = show([tried.first, tried.second])
    for words in (
        "MISTAKENOT-WS-1",
        "MISTAKENOT-SRV1",
        "MISTAKENOT-SRV2",
        "anonymous",
        "nothing for the wire",
    ):
        assert words in picture.html
    assert "The credentials stop on MISTAKENOT-SRV1" in picture.text
    assert str(tried.second.refusal.code) in picture.text and "as the user" in picture.text


def test_a_chain_that_holds_shows_what_was_handed_on():
    tried = double_hop("web, Kerberos", "unconstrained")
    assert "a forwarded TGT of cosmo" in show([tried.first, tried.second]).html
    assert "The credentials stop" not in show([tried.first, tried.second]).text


def pictured(outcomes):
    """What the drawing says was shown, for each hop."""
    found = re.findall(r"<text([^>]*)>([^<]*)</text>", chain_figure(outcomes))
    texts = [(attributes, unescape(text)) for attributes, text in found if text not in "✓✗–∅"]
    shown = []
    for place, (_, text) in enumerate(texts):
        if text == "shows":
            rest = texts[place + 1 :]
            ends = (n for n, (how, word) in enumerate(rest) if "head" in how or word[0] in "✓✗–∅")
            shown.append(" ".join(word for _, word in rest[: next(ends)]).replace("\\ ", "\\"))
    return shown


def borrowed(how):
    """One visit with something that is not one's own: lesson 13."""
    scene = Scene()
    desk = scene.at_desk()
    if how == "a ticket":
        stolen = scene.network.ask_tgt(scene.desk, "nova", PASSWORDS[NOVA])
        scene.network.inject(desk.effective_token.session, stolen)
    elif how == "a service ticket":
        kdc = scene.network.kdc
        stolen = kdc.ticket(kdc.authenticate("nova", PASSWORDS[NOVA], "WS"), "cifs/A", "WS")
        scene.network.inject(desk.effective_token.session, stolen)
    else:
        password = PASSWORDS[NOVA] if how == "a name and password" else "x"
        desk = desk.process.start_with_logon(NOVA, password, "cmd.exe", net_only=True).thread
    if how == "a hash":
        scene.network.change_key(desk.effective_token.session, "ASTRO", "nova", PASSWORDS[NOVA])
    return [scene.network.connect(desk, SmbShare(scene.a))]


BORROWED = {
    "a ticket": "a cached TGT of nova",
    "a service ticket": r"a ticket for cifs/A of ASTRO\nova",
    "a name and password": "the password of nova",
    "a hash": "the NT hash of nova",
}


@pytest.mark.parametrize("how", BORROWED)
def test_the_picture_of_a_borrowed_identity_names_what_was_shown(how):
    """It said "the password of cosmo" where nova's ticket was shown."""
    (visit,) = outcomes = borrowed(how)
    assert visit.who == NOVA and visit.why == BORROWED[how]
    assert pictured(outcomes) == [BORROWED[how]]
    assert "of cosmo" not in chain_figure(outcomes)


@pytest.mark.parametrize("fix", ["none", "unconstrained", "any protocol"])
@pytest.mark.parametrize("way", WAYS)
def test_drawing_and_table_tell_the_same_of_every_hop(way, fix):
    """A law: what the drawing says was shown is what the table says; what a new session is said to hold is
    what the next hop from it shows, unless the controller was asked for a ticket."""
    tried = double_hop(way, fix)
    outcomes = [one for one in (tried.first, tried.second) if one is not None]
    said = pictured(outcomes)
    assert len(said) == len(outcomes)
    for outcome, words in zip(outcomes, said, strict=True):
        assert outcome.why.startswith(words.removesuffix("…").rstrip()) and len(words) > 15
    rows = {"".join(one.why.split()) for one in outcomes}
    told = "".join(show(outcomes).text.split())
    assert all(row[:20] in told for row in rows)
    if len(outcomes) == 2 and tried.first.leaves:
        assert tried.second.why == tried.first.leaves.why
        assert holds(tried.first)[0] in (tried.second.why, "requests go back to the client")
    elif len(outcomes) == 2:
        assert holds(tried.first)[0] == "nothing for the wire"
        assert "holds no credentials" in tried.second.why or "asked for by" in tried.second.why


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
    row = next(line for line in picture.text.splitlines() if "MISTAKENOT-SRV1" in line)
    assert "password" in row and "password" in picture.html
    assert "nothing" in next(line for line in picture.text.splitlines() if "MISTAKENOT-DC-1" in line)


def test_the_matrix_has_a_cell_for_each_way_and_fix():
    picture = hop_matrix(ways=["WinRM, Kerberos", "SSH, key"], fixes=["none", "resource-based"])
    rows = re.findall(r"<tr.*?</tr>", picture.html)
    assert len(rows) == 3 and "user" in rows[1] and rows[2].count("anonymous") >= 2
    assert "3 for a person" in picture.text and "✓ user (1 + 2)" in picture.text


# The bench


def test_the_bench_tries_what_is_chosen():
    bench = DoubleHopBench()
    assert "anonymous" in bench._says.value
    bench._fix.value = "resource-based"
    assert "user" in bench._says.value and bench.tried.letter == "U"
    bench._hop.value = "SQL Server"
    assert bench.tried.hop == "SQL Server"
    for way in WAYS:
        bench._way.value = way
        assert bench.tried.way == way and repr(bench)


def test_the_bench_names_the_smallest_change_both_ways():
    assert "let the user arrive: coming by 'RDP, Remote Credential Guard'" in smallest_change(
        double_hop("WinRM, Kerberos")
    )
    assert "keep the user from arriving: the fix 'none'" in smallest_change(
        double_hop("web, Kerberos", "unconstrained")
    )


def test_the_smallest_change_is_worked_out_when_somebody_asks_and_goes_with_the_next_choice():
    bench = DoubleHopBench()
    assert bench._change.value == ""
    bench._show_change()
    assert "The smallest change that would let the user arrive" in bench._change.value
    bench._fix.value = "sensitive"
    assert bench._change.value == ""


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
    assert "MISTAKENOT-SRV2" in DoubleHopBench(way)._chain.value
