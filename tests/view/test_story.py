"""The living picture: what happened in the model, a step at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.view.test_diagrams import SVG, drawn_width
from tokenlab import FileRights, ImpersonationLevel, Machine, TokenType, worlds
from tokenlab.network import Http, SmbShare, WinRm
from tokenlab.system import Refusal
from tokenlab.view import record, show
from tokenlab.view.story.drawing import WIDTH, StoryStage, moment_text
from tokenlab.view.story.scene import MachineZone, WireReach

HOSTS = r"C:\Windows\System32\drivers\etc\hosts"
COSMO, NOVA = (r"ASTRO\cosmo", "open the pod bay doors"), (r"ASTRO\nova", "two roads diverged")


class Day:
    """A small world and what can be done in it."""

    def __init__(self) -> None:
        astro = worlds.astro()
        self.network = astro.network
        self.desk, self.first, self.second = (
            astro.machine(f"MISTAKENOT-{name}") for name in ("WS-1", "SRV1", "SRV2")
        )
        self.token = self.desk.log_on(*COSMO)
        self.shell = self.desk.start("explorer.exe", self.token)
        self.service = self.desk.process("svchost.exe").new_thread()
        self.thread = self.shell.thread

    def machines(self) -> tuple[Machine, ...]:
        return self.desk, self.first, self.second

    DEEDS: dict[str, Callable[[Day], object]] = {
        "nova logs on": lambda day: day.desk.log_on(*NOVA),
        "a wrong password": lambda day: day.desk.log_on(NOVA[0], "wrong"),
        "write": lambda day: day.shell.open(HOSTS, FileRights.WRITE_DATA),
        "read": lambda day: day.shell.open(HOSTS, FileRights.READ_DATA).use(FileRights.READ_DATA),
        "open lsass": lambda day: day.shell.open(day.desk.process("lsass.exe"), 0x10),
        "start": lambda day: day.shell.start("notepad.exe"),
        "impersonate": lambda day: day.service.impersonate(day.token),
        "identify": lambda day: day.service.set_token(
            day.token.duplicate(TokenType.IMPERSONATION, ImpersonationLevel.IDENTIFICATION)
        ),
        "open as the client": lambda day: day.service.open(HOSTS, FileRights.WRITE_DATA),
        "revert": lambda day: day.service.revert(),
        "enable": lambda day: day.token.adjust_privileges({"SeShutdownPrivilege": True}),
        "enable what is not there": lambda day: day.token.adjust_privileges({"SeDebugPrivilege": True}),
        "duplicate": lambda day: day.token.duplicate(),
        "close": lambda day: day.token.close(),
        "exit": lambda day: day.shell.exit(),
        "remoting": lambda day: setattr(
            day, "thread", day.network.connect(day.thread, WinRm(day.first)).thread or day.thread
        ),
        "share": lambda day: day.network.connect(day.thread, SmbShare(day.second)),
        "web": lambda day: day.network.connect(day.shell.thread, Http(day.first)),
        "hang up": lambda day: day.network.connect(day.shell.thread, WinRm(day.first)).close(),
        "wrong password given": lambda day: day.network.connect(
            day.thread, SmbShare(day.second), name=NOVA[0], password="wrong"
        ),
        "password given": lambda day: day.network.connect(
            day.thread, SmbShare(day.second), name=NOVA[0], password=NOVA[1]
        ),
    }

    def do(self, names: list[str]) -> list[str]:
        """What came of each, as the learner sees it."""
        said = []
        for name in names:
            try:
                said.append(repr(self.DEEDS[name](self)))
            except Refusal as refused:
                said.append(str(refused))
        return said


def double_hop():
    day = Day()
    with record(*day.machines(), title="The double hop") as story:
        remote = day.network.connect(day.shell.thread, WinRm(day.first))
        day.network.connect(remote.thread, SmbShare(day.second))
    return story


def everything():
    day = Day()
    with record() as story:
        day.do(list(day.DEEDS))
    return story


STORIES = {"the double hop": double_hop(), "everything": everything()}


def sentences(story) -> list[str]:
    return [f"{step.mark.sign} {step.sentence}" for step in story.steps]


# What is told -------------------------------------------------------------------------------------------


def test_the_failing_hop_is_seen_on_the_second_server():
    story = STORIES["the double hop"]
    called, came = story.steps[-2:]
    assert called.sentence.endswith("and that has nothing to show.")
    (wire,) = [wire for wire in called.wires.values() if wire.start == "MISTAKENOT-SRV1"]
    assert wire.reach is WireReach.UNDERWAY and not wire.shown
    (wire,) = [wire for wire in came.wires.values() if wire.start == "MISTAKENOT-SRV1"]
    assert wire.reach is WireReach.REFUSED and "ANONYMOUS LOGON is refused" in wire.came
    server = [box for box in came.boxes.values() if box.machine == "MISTAKENOT-SRV2"]
    assert {box.zone for box in server} == {MachineZone.SESSIONS, MachineZone.OBJECTS}
    words = " ".join(map(str, server))
    assert "ANONYMOUS LOGON" in words and "ERROR_ACCESS_DENIED (5)" in words
    assert "because session ② on MISTAKENOT-SRV1 had nothing to show" in words
    assert not [box for box in called.boxes.values() if box.machine == "MISTAKENOT-SRV2"]


def test_a_password_that_is_refused_was_shown():
    day = Day()
    with record() as story:
        day.do(["wrong password given"])
    called, came = sentences(story)
    assert called.startswith("✓") and "a name and a password given by the program" in called
    assert came.startswith("✗ Nobody arrives")


def test_a_program_that_starts_carries_a_copy_for_the_same_session():
    day = Day()
    with record() as story:
        day.shell.start("notepad.exe")
    (sentence,) = sentences(story)
    child = day.shell.children[0]
    assert f"token {child.token.token_id}, a copy of its own" in sentence and "session ①" in sentence


def test_a_thread_that_impersonates_is_drawn_with_the_session_of_its_client():
    day = Day()
    with record() as story:
        day.do(["impersonate", "open as the client", "revert"])
    asks = story.steps[1].boxes[day.service.process]
    carried = [item for item in asks.items if "impersonates" in item.text]
    assert [item.sign for item in carried] == [
        box.sign
        for box in story.steps[1].boxes.values()
        if box.zone is MachineZone.SESSIONS and "cosmo" in str(box)
    ]
    assert "as ASTRO\\cosmo" in story.steps[1].sentence and story.steps[1].mark.sign == "✗"
    assert not [item for item in story.steps[2].boxes[day.service.process].items if "imperson" in item.text]


def test_a_level_that_only_identifies_is_no_success():
    day = Day()
    with record() as story:
        day.do(["identify"])
    assert sentences(story)[-1].startswith("✗") and "it can open nothing" in sentences(story)[-1]


def test_a_privilege_that_is_not_there_changes_nothing():
    """AdjustTokenPrivileges succeeds with 1300 (oshi/oshi#1372)."""
    day = Day()
    with record() as story:
        day.do(["enable what is not there", "enable"])
    assert sentences(story)[0].startswith("✗ SeDebugPrivilege: not in token")
    assert "SeShutdownPrivilege is enabled" in sentences(story)[1]


def test_a_session_ends_with_its_last_token():
    day = Day()
    with record() as story:
        day.do(["exit", "close"])
    assert "session ① ends" in sentences(story)[-1]
    ended = [box for box in story.steps[-1].boxes.values() if box.zone is MachineZone.SESSIONS]
    assert [box.ended for box in ended] == [True]


def test_what_was_made_in_a_step_is_not_there_before():
    day = Day()
    with record() as story:
        day.do(["read", "nova logs on"])
    first, second = ([str(box) for box in step.boxes.values()] for step in story.steps[1:])
    assert not any("nova" in words for words in first) and any("nova" in words for words in second)
    assert day.shell in story.steps[0].boxes  # it was there always


def test_what_is_called_inside_another_call_is_no_step_of_its_own():
    day = Day()
    with record() as story:
        day.network.connect(day.shell.thread, WinRm(day.first))
    assert len(story.steps) == 2  # neither the logon at the server nor the start of wsmprovhost.exe


def test_a_second_block_goes_on_with_the_story():
    day = Day()
    story = record(title="Two cells")
    assert str(story) == "Two cells: nothing yet." and "nothing yet" in story._repr_html_()
    for name in ("read", "write"):
        with story:
            day.do([name])
        day.do([name])  # not watched
    assert [step.mark.sign for step in story.steps] == ["✓", "✓", "✗"]


def test_show_draws_a_story_too():
    story = STORIES["the double hop"]
    assert show(story).text == str(story) and "tl-story" in show(story).html


# Laws ---------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.lists(st.sampled_from(list(Day.DEEDS)), max_size=8))
def test_watching_changes_nothing(names: list[str]):
    watched, alone = Day(), Day()
    with record() as story:
        said = watched.do(names)
        str(story)
    assert said == alone.do(names)
    assert watched.desk.luids.next() == alone.desk.luids.next()
    assert_drawn_well(story)


@pytest.mark.parametrize("name", STORIES)
def test_every_moment_is_drawn_well(name: str):
    assert_drawn_well(STORIES[name])


def assert_drawn_well(story) -> None:
    if not story.steps:
        return
    stage = StoryStage(story.machines, story.steps)
    for step in stage.steps:
        root = ElementTree.fromstring(stage.svg(step))
        drawn = [(int(e.get("x", "0")), e.text or "", e.get("text-anchor")) for e in root.iter(f"{SVG}text")]
        for x, text, anchor in drawn:
            assert "…" not in text
            assert anchor or x + drawn_width(text) <= WIDTH, text
        assert words_of(" ".join(text for _, text, _ in drawn)) >= words_of(moment_text(step))
        places = [stage.places[key] for key in step.boxes]
        for one in places:
            assert one.x >= 0 and one.x + one.width <= WIDTH and one.y + one.height <= stage.bottom
            assert not any(overlap(one, other) for other in places if other is not one)


def words_of(text: str) -> set[str]:
    """Letters and digits that stand together, whatever breaks a line."""
    return set(re.findall(r"[A-Za-z0-9①-⑳]+", text)) - {"ended"}


def overlap(one, other) -> bool:
    return max(one.x, other.x) < min(one.x + one.width, other.x + other.width) and max(one.y, other.y) < min(
        one.y + one.height, other.y + other.height
    )


@pytest.mark.parametrize("name", STORIES)
def test_a_drawing_says_nothing_that_its_text_does_not(name: str):
    """And the other way round, above: so a reader of either knows the same."""
    story = STORIES[name]
    stage = StoryStage(story.machines, story.steps)
    headings = {zone.value for zone in MachineZone} | set(story.machines)
    for step in stage.steps:
        root = ElementTree.fromstring(stage.svg(step))
        drawn = " ".join(e.text or "" for e in root.iter(f"{SVG}text"))
        assert words_of(drawn) <= words_of(" ".join([moment_text(step), *headings]))


@pytest.mark.parametrize("name", STORIES)
def test_nothing_moves_from_step_to_step(name: str):
    story = STORIES[name]
    sizes = {
        re.search(r'viewBox="([^"]*)"', svg).group(1)
        for svg in map(StoryStage(story.machines, story.steps).svg, story.steps)
    }
    assert len(sizes) == 1


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_played_without_a_script(name: str):
    html, story = STORIES[name]._repr_html_(), STORIES[name]
    assert "<script" not in html and " on" not in re.sub(r">[^<]*<", "><", re.sub(r'"[^"]*"', '""', html))
    labels = re.findall(r'<input type="radio"[^>]*aria-label="([^"]*)"', html)
    assert len(labels) == len(story.steps) + 1
    for step, label in zip(story.steps, labels, strict=False):
        assert step.sentence in unescape(label)
    assert html.count("checked=") == 1 and "<form" not in html
    assert html.count('data-lm-suppress-shortcuts="true"') == len(labels), "JupyterLab hears no key of it"
    assert re.search(r"prefers-reduced-motion: reduce\) \{ .tl-story > input.tl-play \{ display: none", html)
    assert html == STORIES[name]._repr_html_()


def test_names_stand_for_sids_and_numbers_for_programs_of_one_name():
    day = Day()
    other = day.desk.start("explorer.exe", day.desk.log_on(*NOVA))
    with record() as story:
        diary = other.create(r"C:\Users\nova\diary.txt", FileRights.ALL_ACCESS)
        diary.set_dacl(f"D:(A;;FA;;;{day.token.context.user})(A;;FA;;;{other.token.context.user})")
        day.shell.open(r"C:\Users\nova\diary.txt", FileRights.READ_DATA)
    assert f"explorer.exe ({day.shell.pid:#x}) asks, as ASTRO\\cosmo" in story.steps[-1].sentence
    assert "allow cosmo: ALL_ACCESS; allow nova: ALL_ACCESS" in str(story)


def test_an_ace_names_everybody_who_runs_a_program_on_the_machine_before_they_act():
    day = Day()
    laika = day.desk.start("explorer.exe", day.desk.log_on(r".\laika", "first in orbit"))
    note = day.shell.create(r"C:\Users\cosmo\note.txt", FileRights.ALL_ACCESS)
    with record(day.desk) as story:
        note.set_dacl(f"D:(A;;FR;;;{laika.token.context.user})")
    assert "allow laika: READ" in show(story).text


def test_of_several_threads_the_one_that_asks_is_named():
    day = Day()
    first, second = day.shell.thread, day.shell.new_thread()
    with record() as story:
        second.open(HOSTS, FileRights.READ_DATA)
    assert story.steps[0].sentence.startswith(f"Thread {second.tid:#x} of explorer.exe asks")
    assert first is not second


def test_a_ticket_of_somebody_else_is_seen_in_the_session():
    """Pass the ticket: the session keeps its own credentials beside it."""
    day = Day()
    kdc = day.network.kdc
    stolen = kdc.ticket(kdc.authenticate("nova", NOVA[1], "WS"), "cifs/MISTAKENOT-SRV2", "WS")
    with record() as story:
        day.network.inject(day.token.session, stolen)
        day.do(["share"])
    assert any(
        r"and a ticket for cifs/MISTAKENOT-SRV2 of ASTRO\nova" in str(box)
        for box in story.steps[0].boxes.values()
    )
    assert r"of ASTRO\nova" in story.steps[1].sentence
