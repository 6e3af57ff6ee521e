"""The access explorer without a browser: the question it holds, and the knobs that change it."""

import asyncio
import re
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tokenlab import OBJECT_TYPES, access_check
from tokenlab.real import from_whoami
from tokenlab.values import DIRECTORY, EVENT_LOG, FILE, KEY, SERVICE, Sid
from tokenlab.worlds.astro import ASTRO_SID
from tokenlab.worlds.objects import HOSTS_FILE, LSA_KEY, OBJECTS, WINDOWS_UPDATE_SERVICE
from tokenlab.worlds.tokens import COSMO, NOVA_ELEVATED, SYSTEM, TOKENS, ReadyToken

pytest.importorskip("ipywidgets")

from tokenlab.view.widgets import access_explorer
from tokenlab.view.widgets.access_explorer import OWN, PASTE
from tokenlab.view.widgets.exploration import Exploration, mask_from_text, quick_masks

READ, WRITE = 0x120089, 0x120116
WHOAMI = (
    "User Name   SID\n=========== ========================\nastro\\pixel S-1-5-21-7-7-7-1300\n\n"
    "Everyone Well-known group S-1-1-0 Mandatory group, Enabled by default, Enabled group\n"
    "BUILTIN\\Administrators Alias S-1-5-32-544 Enabled by default, Enabled group, Group owner\n"
    "Mandatory Label\\High Mandatory Level Label S-1-16-12288\n"
)


def explore(token=COSMO, sddl=HOSTS_FILE.sddl, object_type=FILE, desired=READ):
    return Exploration(token, sddl, object_type, desired)


def pasted(python):
    """The decision that the code makes in a cell of its own."""
    names: dict[str, Any] = {}
    exec(python, names)
    return names["decision"]


# What is pasted


def test_the_explorer_takes_what_icacls_and_other_tools_print():
    cacls = "C:\\x BUILTIN\\Users:(RX)\n     NT AUTHORITY\\SYSTEM:(F)"
    now = explore(sddl=cacls)
    assert now.decision.granted and any("O:SYG:SY" in note for note in now.sddl_notes)
    assert pasted(now.python) == now.decision
    assert any("made up" in note for note in explore(sddl="C:\\x ASTRO\\x:(F)").sddl_notes)
    shown = explore(sddl="C:\\> sc sdshow x\n\nD:(A;;FA;;;BU)")
    assert shown.decision.granted and "is not" not in shown.sddl_error
    assert "expected" in explore(sddl="nothing of the kind").sddl_error


# The question


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.name)
@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: thing.name)
def test_the_python_it_shows_makes_the_same_decision(token, thing):
    for mask in quick_masks(thing.object_type).values():
        now = explore(token, thing.sddl, thing.object_type, mask)
        assert str(pasted(now.python)) == str(now.decision)
        assert now.decision == access_check(token.context, thing.descriptor, mask, thing.object_type)


@pytest.mark.parametrize("text", [WHOAMI, WHOAMI.replace("\n", "\r\n"), WHOAMI + '"""', "\n\n" + WHOAMI])
def test_the_python_for_a_pasted_whoami_can_be_pasted_too(text):
    now = explore(text, desired=WRITE)
    assert now.decision.granted
    assert pasted(now.python) == now.decision
    assert now.context == from_whoami(text)


def test_the_python_names_what_was_assumed():
    now = explore(sddl="D:(A;;FR;;;DA)")
    assert f"'O:SYG:SYD:(A;;FR;;;{ASTRO_SID}-512)'" in now.python
    assert pasted(now.python) == now.decision


@pytest.mark.parametrize(
    ("sddl", "said", "whole"),
    [
        # sc sdshow and the channelAccess of a log that nobody changed have no O: and no G:
        ("D:(A;;FR;;;BU)", "no owner and no group, as sc sdshow does: O:SYG:SY", "O:SYG:SYD:(A;;FR;;;BU)"),
        ("\r\nD:(A;;FR;;;BU)\r\n", "O:SYG:SY", "O:SYG:SYD:(A;;FR;;;BU)"),
        ("O:BAD:(A;;FR;;;BU)", "names no group, as sc sdshow does: G:SY", "O:BAG:SYD:(A;;FR;;;BU)"),
        ("G:BUD:(A;;FR;;;BU)", "names no owner, as sc sdshow does: O:SY", "O:SYG:BUD:(A;;FR;;;BU)"),
        ("O:SYG:SY", "Without a DACL everybody gets everything", "O:SYG:SY"),
        ("O:SYG:DAD:", f"the token's domain, {ASTRO_SID}", f"O:SYG:{ASTRO_SID}-512D:"),
    ],
)
def test_what_is_assumed_of_a_descriptor_is_said(sddl, said, whole):
    now = explore(sddl=sddl)
    assert said in " ".join(now.sddl_notes)
    assert str(now.descriptor) == whole


def test_nothing_is_assumed_where_all_is_written():
    assert explore(sddl="O:SYG:SYD:(A;;FR;;;BU)").sddl_notes == ()


@pytest.mark.parametrize(
    ("sddl", "marked"),
    [
        ("O:SYG:SYD:(A;;FQ;;;BU)", "FQ"),
        ("O:SYG:SYD:(A;;FR;;;QQ)", "QQ"),
        ("O:SYG:SYD:(Q;;FR;;;BU)", "Q;"),
        ("channelAccess: O:SY", "ch"),
        ("O:SYG:DAD:(A;;FQ;;;BU)", "FQ"),  # not DA, which the token's domain explains
    ],
)
def test_a_mistake_is_marked_at_its_place(sddl, marked):
    now = explore(sddl=sddl)
    assert now.descriptor is None
    assert now.decision is None
    _, text, mark = now.sddl_error.splitlines()
    assert text[mark.index("^") :].startswith(marked)


def test_an_alias_of_a_domain_needs_a_token_of_one():
    assert "relative to a domain" in explore(SYSTEM, "O:DAG:DAD:").sddl_error


@pytest.mark.parametrize(("token", "word"), [("", "Paste"), ("  \n", "Paste"), ("hello", "whoami")])
def test_a_text_that_is_no_token_is_answered_in_words(token, word):
    now = explore(token)
    assert word in now.token_error
    assert now.decision is None


def test_an_empty_text_is_no_descriptor_that_lets_everybody_in():
    now = explore(sddl=" \n")
    assert "Paste the SDDL" in now.sddl_error
    assert now.decision is None


@pytest.mark.parametrize(
    ("text", "mask"),
    [("0x1F01FF", 0x1F01FF), (" 131072 ", 0x20000), ("0", 0), ("0xffffffff", 0xFFFFFFFF), ("0b11", 3)],
)
def test_a_mask_is_read_as_people_write_it(text, mask):
    assert mask_from_text(text) == mask


@pytest.mark.parametrize("text", ["", "1F01FF", "-1", "0x100000000", "READ"])
def test_what_is_no_mask_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"is not an access mask: expected .* for example 0x120089"):
        mask_from_text(text)


def test_quick_masks_are_what_generic_rights_stand_for():
    assert quick_masks(FILE) == {
        "Read": 0x120089,
        "Write": 0x120116,
        "Execute": 0x1200A0,
        "Full control": 0x1F01FF,
        "Maximum allowed": 0x02000000,
    }
    assert "Traverse" in quick_masks(DIRECTORY)
    assert "Execute" not in quick_masks(EVENT_LOG), "there is nothing to execute in a log"


# The knobs


@pytest.fixture
def explorer():
    return access_explorer()


def knob(explorer, label):
    """The knob with this label or on this button."""
    found = [widget for widget in inside(explorer) if getattr(widget, "description", None) == label]
    assert len(found) == 1, f"{len(found)} knobs are called {label}"
    return found[0]


def inside(widget):
    for child in getattr(widget, "children", ()):
        yield child
        yield from inside(child)


def choose(explorer, label, name):
    chosen = knob(explorer, label)
    chosen.value = dict(chosen.options)[name]


def shown(explorer):
    """Everything that the HTML parts say, hidden or not."""
    return "\n".join(w.value for w in inside(explorer) if type(w).__name__ == "HTML")


def test_it_starts_with_a_question_and_an_answer(explorer):
    assert repr(explorer) == "<Access explorer: 0x120116 to a file, refused>"
    assert "STATUS_ACCESS_DENIED" in shown(explorer)


def test_its_text_is_the_same_in_every_run():
    texts = {access_explorer()._repr_mimebundle_()["text/plain"] for _ in range(2)}
    assert texts == {"<Access explorer: 0x120116 to a file, refused>"}


def test_a_question_can_be_given():
    explorer = access_explorer(NOVA_ELEVATED, "D:(A;;GA;;;BA)", 0xF01FF, SERVICE)
    assert repr(explorer) == "<Access explorer: 0xf01ff to a service, granted>"
    assert knob(explorer, "Object").label == OWN
    assert knob(explorer, "Its type").label == "service"
    explorer = access_explorer(WHOAMI, LSA_KEY.sddl, object_type=KEY)
    assert knob(explorer, "Token").label == PASTE
    assert knob(explorer, "Object").label == LSA_KEY.name
    assert knob(explorer, "Output of whoami /all").value == WHOAMI


def test_every_knob_has_a_label_or_a_text(explorer):
    operable = [w for w in inside(explorer) if hasattr(w, "disabled")]
    assert len(operable) > 30
    for widget in operable:
        assert widget.description
        width = getattr(widget.style, "description_width", None)
        assert width in (None, "", "initial", "60px"), f"{widget.description} may be cut off"


def test_boxes_and_mask_move_together(explorer):
    knob(explorer, "WRITE_DATA").value = False
    assert knob(explorer, "Mask").value == "0x120114"
    knob(explorer, "Mask").value = "0x3"
    assert [knob(explorer, name).value for name in ("READ_DATA", "WRITE_DATA", "DELETE")] == [
        True,
        True,
        False,
    ]
    knob(explorer, "Read").click()
    assert knob(explorer, "Mask").value == "0x120089"
    assert repr(explorer).endswith("granted>")


def test_a_mask_that_is_none_is_said_and_changes_nothing(explorer):
    before = explorer.exploration
    knob(explorer, "Mask").value = "everything"
    assert "&#x27;everything&#x27; is not an access mask" in shown(explorer)
    assert explorer.exploration is before
    knob(explorer, "Read").click()
    assert "not an access mask" not in shown(explorer)


def test_an_object_brings_its_descriptor_and_its_type(explorer):
    choose(explorer, "Object", WINDOWS_UPDATE_SERVICE.name)
    assert knob(explorer, "SDDL").value == WINDOWS_UPDATE_SERVICE.sddl
    assert knob(explorer, "Its type").value == SERVICE
    assert knob(explorer, "QUERY_CONFIG").value
    assert WINDOWS_UPDATE_SERVICE.note.split(";")[0] in shown(explorer).replace("<wbr>", "")
    assert explorer.exploration == explore(COSMO, WINDOWS_UPDATE_SERVICE.sddl, SERVICE, SERVICE.mapping.read)


def test_a_descriptor_that_is_typed_is_ones_own_until_it_is_a_ready_one(explorer):
    knob(explorer, "SDDL").value = "D:(A;;FA;;;WD)"
    assert knob(explorer, "Object").label == OWN
    assert repr(explorer).endswith("granted>")
    knob(explorer, "SDDL").value = HOSTS_FILE.sddl
    assert knob(explorer, "Object").label == HOSTS_FILE.name
    choose(explorer, "Its type", "key")
    assert knob(explorer, "Object").label == OWN, "the hosts file is no key"


def test_a_mistake_keeps_the_last_answer_greyed_and_stops_the_walk(explorer):
    knob(explorer, "Back").click()
    answer = explorer._answer.value
    knob(explorer, "SDDL").value = "D:(A;;F"
    assert explorer._answer.value == answer
    assert "tl-stale" in explorer._answer._dom_classes
    assert all(knob(explorer, name).disabled for name in ("First", "Back", "Forward", "Last", "Play", "Step"))
    assert repr(explorer).endswith("no answer yet>")
    knob(explorer, "SDDL").value = "D:(A;;FA;;;WD)"
    assert "tl-stale" not in explorer._answer._dom_classes
    assert not knob(explorer, "Step").disabled


def test_a_pasted_token_is_asked_for_and_read(explorer):
    text = knob(explorer, "Output of whoami /all")
    assert text.layout.display == "none"
    choose(explorer, "Token", PASTE)
    assert text.layout.display != "none"
    assert "Paste what" in shown(explorer)
    text.value = WHOAMI
    assert repr(explorer).endswith("granted>")
    choose(explorer, "Token", COSMO.name)
    assert repr(explorer).endswith("refused>")
    choose(explorer, "Token", PASTE)
    assert repr(explorer).endswith("granted>"), "what was pasted is still there"


def test_text_of_the_learner_stays_text(explorer):
    choose(explorer, "Token", PASTE)
    knob(explorer, "Output of whoami /all").value = WHOAMI.replace("pixel", "<b>pixel")
    knob(explorer, "SDDL").value = "D:(A;;<script>;;;WD)"
    assert "<script>" not in shown(explorer)
    assert "<b>pixel" not in shown(explorer)


def test_the_walk_goes_step_by_step_and_stays_in_its_bounds(explorer):
    step = knob(explorer, "Step")
    last = len(explorer.exploration.decision.steps)
    assert (step.value, step.max) == (last, last)
    places = []
    for name in ("Forward", "Back", "First", "Back", "Forward", "Last"):
        knob(explorer, name).click()
        places.append(step.value)
    assert places == [last, last - 1, 1, 1, 2, last]


def test_each_step_lights_its_line_of_the_dacl(explorer):
    knob(explorer, "Descriptor and matrix").value = True
    lit = []
    for step in explorer.exploration.decision.steps:
        knob(explorer, "Step").value = step.number
        _, lit_row, after = explorer._descriptor.value.partition('<tr class="lit"')
        lit.append(re.search(r"\(A;.*?\)", after)[0] if lit_row else "")
    assert lit == ["", *map(str, HOSTS_FILE.descriptor.dacl), "", ""]


def test_hidden_details_are_not_drawn(explorer):
    knob(explorer, "Read").click()
    assert (explorer._descriptor.value, explorer._matrix.value) == ("", "")


def test_another_question_builds_no_widget_anew_unless_the_type_changes(explorer):
    before = list(map(id, inside(explorer)))
    knob(explorer, "Read").click()
    choose(explorer, "Token", SYSTEM.name)
    knob(explorer, "SDDL").value = "D:(A;;FA;;;WD)"
    assert list(map(id, inside(explorer))) == before
    choose(explorer, "Its type", "service")
    assert list(map(id, inside(explorer))) != before


def test_only_what_changed_is_drawn_again(explorer):
    drawn = []
    for widget in inside(explorer):
        if type(widget).__name__ == "HTML":
            widget.observe(lambda change: drawn.append(change["owner"]), "value")
    knob(explorer, "Read").click()
    assert set(drawn) == {explorer._answer, explorer._mask_says, explorer._python}
    drawn.clear()
    knob(explorer, "Back").click()
    assert drawn == [explorer._answer]


@pytest.mark.parametrize("name", OBJECT_TYPES)
def test_every_type_of_object_has_a_box_for_every_right(explorer, name):
    choose(explorer, "Its type", "thread")
    choose(explorer, "Its type", name)
    kind = OBJECT_TYPES[name]
    names = [right for _, right in kind.describe(kind.mapping.all)]
    assert [box.description for box in explorer._rights.children] == [*names, "ACCESS_SYSTEM_SECURITY"]
    assert knob(explorer, "Mask").value == f"{kind.mapping.read:#x}"


# Playing


def test_play_walks_from_the_first_step_to_the_verdict(explorer):
    explorer.seconds_a_step = 0
    seen = []
    knob(explorer, "Step").observe(lambda change: seen.append(change["new"]), "value")

    async def play():
        knob(explorer, "Play").click()
        await explorer._playing

    asyncio.run(play())
    assert seen == list(range(1, 9))
    assert knob(explorer, "Play").icon == "play"


@pytest.mark.parametrize("press", ["Stop", "Read"])
def test_play_stops_when_told_and_when_the_question_changes(explorer, press):
    async def play():
        knob(explorer, "Play").click()
        await asyncio.sleep(0)
        knob(explorer, press).click()
        await asyncio.wait([explorer._playing])

    asyncio.run(play())
    assert explorer._playing.cancelled()
    assert knob(explorer, "Play").icon == "play"


def test_a_ready_token_and_object_say_who_and_what_they_are():
    for token, thing in product(TOKENS, OBJECTS):
        now = explore(token, thing.sddl, thing.object_type)
        assert now.token_notes[0] == token.note
        assert now.sddl_notes == (thing.note,)
        assert token.name.partition(",")[0] in now.token_summary


def test_a_token_of_ones_own_is_one_of_the_choices():
    context = replace(TOKENS[0].context, restricted_sids=(Sid("S-1-5-32-545"),))
    explorer = access_explorer(ReadyToken("mine", context, "made here"), "O:SYG:SYD:(A;;FR;;;BU)", 0x1)
    assert explorer.exploration.decision.granted and "mine" in str(explorer.exploration.python)
    assert "restricted to 1 SID" in explorer.exploration.token_summary
