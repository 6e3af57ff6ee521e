"""Processes as a tree, each with its token."""

import re

from tests.system.scene import COSMO, NOVA, desk, shell
from tests.view.pages import Page
from tokenlab.system import Machine, Process
from tokenlab.view import show
from tokenlab.view.process_tree import CLAIMED, processes_html, processes_text


def crowd() -> tuple[Machine, Process, Process]:
    machine = desk()
    cosmo = shell(machine, COSMO)
    child = cosmo.start("notepad.exe")
    shell(machine, NOVA).elevate("cmd.exe")
    return machine, cosmo, child


def row(text: str, words: str) -> str:
    return next(line for line in text.splitlines() if words in line)


def test_every_process_has_a_line_below_its_parent() -> None:
    machine, _, _ = crowd()
    text = processes_text(machine.processes)
    lines = text.splitlines()
    for process in machine.processes:
        assert sum(process.name in line and f" {process.pid} " in line for line in lines) == 1
    names = re.findall(r"\w+\.exe", text)
    assert names.index("services.exe") > names.index("wininit.exe")
    assert "└─notepad.exe" in text
    assert "✗" not in text
    assert max(map(len, lines)) <= 112


def test_copies_have_ids_of_their_own_and_the_sign_of_one_session() -> None:
    machine, cosmo, child = crowd()
    text = processes_text(machine.processes)
    above, below = row(text, f" {cosmo.pid} "), row(text, "notepad.exe")
    assert str(cosmo.token.token_id) in above
    assert str(child.token.token_id) in below
    assert above.split()[-2:] == below.split()[-2:]
    sign = above.split()[-2]
    assert row(text, f"  {sign} {cosmo.token.authentication_id}  ").split()[-2:] == [
        f"{cosmo.token.token_id},",
        str(child.token.token_id),
    ]


def test_the_halves_of_uac_are_two_sessions() -> None:
    machine, _, _ = crowd()
    text = processes_text(machine.processes)
    full = row(text, "cmd.exe")
    assert "High" in full
    assert "full, elevated" in full
    limited = next(line for line in text.splitlines() if "limited" in line)
    assert "Medium" in limited
    assert limited.split()[-2] != full.split()[-2]


def test_a_thread_that_impersonates_stands_below_its_process() -> None:
    machine, cosmo, _ = crowd()
    service = machine.process("svchost.exe")
    service.impersonate(cosmo.token)
    text = processes_text(machine.processes)
    thread = row(text, "⤷ thread")
    assert "ASTRO\\cosmo" in thread
    assert str(service.thread.effective_token.token_id) in thread
    service.revert()
    assert "⤷" not in processes_text(machine.processes)


def test_a_process_alone_is_shown_with_those_below_it() -> None:
    _, cosmo, child = crowd()
    page = Page(show(cosmo)._repr_html_())
    assert child.name in page.visible
    assert "services.exe" not in page.visible
    assert "System" not in repr(show(cosmo)).split("\n\n")[0]


def test_a_session_or_a_process_can_be_lit() -> None:
    machine, cosmo, child = crowd()
    lit = [line for line in processes_text(cosmo, child).splitlines() if line.startswith(">")]
    assert len(lit) == 1
    html = processes_html(machine.processes, cosmo.token.authentication_id)
    assert html.count('class="lit"') == 2


def test_the_ended_are_gone_and_their_children_stay() -> None:
    machine, cosmo, child = crowd()
    cosmo.exit()
    text = processes_text(machine.processes)
    assert f" {cosmo.pid} " not in text
    assert f"  {child.name}" in text
    assert "explorer.exe (ended)" in processes_text(cosmo)


def test_where_a_parent_was_claimed_the_tree_says_who_made_the_call() -> None:
    machine, cosmo, child = crowd()
    text = processes_text(machine.processes)
    assert "(by" in row(text, "└─cmd.exe")  # svchost.exe: the Application Information service
    assert "(by" not in row(text, child.name) + row(text, f" {cosmo.pid} ")
    assert CLAIMED in text and CLAIMED not in processes_text(cosmo)
    assert "by svchost.exe" in Page(show(machine.processes)._repr_html_()).visible


def test_an_app_is_marked_as_one() -> None:
    machine, cosmo, _ = crowd()
    machine.activate(cosmo.token, "Calculator.exe", "Microsoft.WindowsCalculator_8wekyb3d8bbwe")
    text = processes_text(machine.processes)
    assert text.count("Low (app)") == text.count("(app)") == 1
