"""The thread stage without a browser: the picture, and the knobs."""

import asyncio

import pytest

from tests.system.scene import COSMO, DIARY, LAIKA, desk, shell
from tests.view.pages import Page
from tokenlab import FileRights
from tokenlab.system import ImpersonationLevel
from tokenlab.view import show
from tokenlab.view.thread_picture import thread_html, thread_text

pytest.importorskip("ipywidgets")

from tokenlab.view.widgets import ThreadStage, TwoThreads
from tokenlab.view.widgets.thread_stage import BECOME_SYSTEM, service_account_scene, service_scene
from tokenlab.view.widgets.two_threads import own_tokens, shared_token


def pressed(stage, text):
    """Press the button that says this."""

    def find(box):
        for child in getattr(box, "children", ()):
            if getattr(child, "description", "") == text and hasattr(child, "click"):
                return child
            if found := find(child):
                return found
        return None

    find(stage).click()
    return stage.scene.story[-1] if stage.scene.story else ""


def test_the_token_that_counts_is_the_one_that_is_lit():
    scene = service_scene()
    page = Page(thread_html(scene.thread))
    assert "✓ Primary token of svchost.exe" in page.visible
    scene.impersonate("cosmo")
    page = Page(thread_html(scene.thread))
    assert "✓ Impersonation token of the thread: counts" in page.visible
    assert "✓ Primary token" not in page.visible
    assert sum(values.get("class") == "lit" for _, values in page.tags) == 1


def test_the_text_says_who_opens_and_who_a_child_would_be():
    scene = service_scene()
    scene.impersonate("laika")
    text = thread_text(scene.thread)
    assert "An open asks with\n  MISTAKENOT-WS-1\\laika" in text
    assert "A child process would be\n  NT AUTHORITY\\SYSTEM" in text
    assert repr(show(scene.thread)) == text


def test_a_restricted_token_is_told_from_another_of_the_same_user():
    program = shell(desk(), COSMO)
    assert "restricted" not in thread_text(program.thread)
    child = program.start_as_user(program.token.restrict(restrict_to=["S-1-0-0"]), "renderer.exe")
    assert "restricted to 1 SID\n" in thread_text(child.thread)


def test_a_cap_is_told_in_picture_and_text():
    machine = desk()
    process = shell(machine, COSMO)
    assert process.impersonate(machine.log_on(*LAIKA)) is ImpersonationLevel.IDENTIFICATION
    assert "capped: it is another user's token" in thread_text(process.thread)
    assert "capped: it is another user's token" in Page(thread_html(process.thread)).visible


@pytest.mark.parametrize("level", ImpersonationLevel)
def test_the_stage_is_as_high_with_every_token(level):
    scene = service_scene()
    before = thread_html(scene.thread).split('height="')[1].split('"')[0]
    scene.impersonate("cosmo", level)
    assert f'height="{before}"' in thread_html(scene.thread)


def test_buttons_do_what_they_say():
    stage = ThreadStage()
    assert "✓ a handle" in pressed(stage, "Open to read")
    stage._client.value = "laika"
    assert "it got IMPERSONATION" in pressed(stage, "Impersonate")
    refused = pressed(stage, "Open to read")
    assert "ERROR_ACCESS_DENIED (5)" in refused
    assert "to MISTAKENOT-WS-1\\laika, READ is not granted" in refused
    assert "runs as NT AUTHORITY\\SYSTEM" in pressed(stage, "Start a child")
    assert "the thread is NT AUTHORITY\\SYSTEM again" in pressed(stage, "Revert")
    stage._level.value = ImpersonationLevel.IDENTIFICATION
    pressed(stage, "Impersonate")
    assert "1346" in pressed(stage, "Open to write")
    assert refused in repr(stage)


def test_the_script_steps_to_its_end_and_begins_anew():
    stage = ThreadStage()
    for _ in stage.script:
        pressed(stage, "Next step")
    first = list(stage.scene.story)
    assert stage._next.disabled
    pressed(stage, "From the start")
    assert stage.scene.story == []
    for _ in stage.script:
        pressed(stage, "Next step")
    assert stage.scene.story == first


def test_playing_runs_the_script_and_can_be_stopped():
    async def play():
        stage = ThreadStage()
        stage.seconds_a_step = 0
        pressed(stage, "Play")
        await asyncio.sleep(0)
        assert stage._play.description == "Stop"
        await stage._playing
        assert stage.place == len(stage.script)
        assert stage._play.description == "Play"
        stage.seconds_a_step = 60
        pressed(stage, "Play")
        await asyncio.sleep(0)
        pressed(stage, "Stop")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (stage.place, stage._play.description) == (1, "Play")

    asyncio.run(play())


def test_a_stage_of_ones_own():
    def make():
        scene = service_scene()
        return type(scene)(scene.thread, scene.clients, {"my diary": DIARY})

    stage = ThreadStage(make, script=[("Open it", lambda scene: scene.open("my diary", FileRights.WRITE))])
    assert "Open my diary to write: ✓" in pressed(stage, "Next step")
    assert "The script is over." in stage._script_says.value


# Two threads


def told_in_order(make, order):
    threads = TwoThreads(make)
    for name in order:
        threads._buttons[name].click()
    return threads


@pytest.mark.parametrize(("order", "refused"), [("AAB", False), ("ABA", True), ("BAA", False)])
def test_with_one_token_the_order_decides_whether_a_is_let_in(order, refused):
    """The race of lesson 10: all threads see what is done to the token they share."""
    threads = told_in_order(shared_token, order)
    assert [done.refused for done in threads.story if "lsass" in done.what] == [refused]
    assert f"In this order: {order}" in repr(threads)
    assert all(button.disabled for button in threads._buttons.values())


@pytest.mark.parametrize("order", ["AAB", "ABA", "BAA"])
def test_with_a_token_each_every_order_lets_a_in(order):
    threads = told_in_order(own_tokens, order)
    assert not any(done.refused for done in threads.story)


def test_two_threads_can_begin_anew_and_keep_their_rows():
    threads = told_in_order(shared_token, "AB")
    rows = threads._picture.value.count("<tr")
    pressed_again = [child for child in threads.children[2].children if "start" in child.description]
    pressed_again[0].click()
    assert threads.order == ""
    assert threads._picture.value.count("<tr") == rows
    Page(threads._picture.value)


def test_a_service_account_is_system_for_a_while_and_its_child_is_not():
    """The level that the client grants and SeImpersonatePrivilege decide; a child is the process's."""
    stage = ThreadStage(service_account_scene, BECOME_SYSTEM)
    for _ in BECOME_SYSTEM:
        pressed(stage, "Next step")
    first, look, still, become, opened, child, over = stage.scene.story
    assert "ERROR_ACCESS_DENIED" in first
    assert "it got IDENTIFICATION" in look and "1346" in still
    assert "it got IMPERSONATION" in become and r"as NT AUTHORITY\SYSTEM" in opened
    assert r"runs as NT AUTHORITY\LOCAL SERVICE" in child and r"NT AUTHORITY\LOCAL SERVICE again" in over
