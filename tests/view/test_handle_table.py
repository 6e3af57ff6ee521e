"""The table of a process's handles, and what Windows would say today."""

from tests.system.scene import COSMO, DIARY, LAIKA, desk, elevated, shell
from tests.view.pages import Page
from tokenlab import Ace, Acl, FileRights, ProcessRights
from tokenlab.system import Handle, ImpersonationLevel, Process
from tokenlab.view import show
from tokenlab.view.handle_table import ask_again, handles_html, handles_text

CLOSED_TO_HIM = "O:SYG:SYD:P(A;;FA;;;SY)"


def with_diary() -> tuple[Process, Handle]:
    process = shell(desk(), COSMO)
    return process, process.create(DIARY, FileRights.ALL_ACCESS)


def test_a_handle_keeps_what_its_holder_would_not_get_today() -> None:
    process, handle = with_diary()
    assert ask_again(handle)[0].word == "granted"
    handle.set_dacl(CLOSED_TO_HIM)
    mark, why = ask_again(handle)
    assert mark.word == "denied"
    assert "missing now" in why
    assert "WRITE_DATA" in why
    text = repr(show(process.handles))
    assert "ALL_ACCESS (0x1f01ff)" in text
    assert "✗ denied" in text


def test_value_object_type_and_inheritance_are_told() -> None:
    process, handle = with_diary()
    handle.inheritable = True
    text = " ".join(handles_text(process.handles).split())
    for words in ("0x4", "file", "yes", "by ASTRO\\cosmo", "Windows asked once"):
        assert words in text
    page = Page(handles_html(process.handles))
    assert page.count("tr") == 1 + len(process.handles)
    assert DIARY in page.visible


def test_asking_again_opens_nothing_and_writes_no_event() -> None:
    process, _ = with_diary()
    lsass = elevated(process.machine, "SeDebugPrivilege")
    lsass.open(process.machine.process("lsass.exe"), ProcessRights.VM_READ)
    events, handles = len(process.machine.log), len(lsass.handles)
    assert "by SeDebugPrivilege, without a check" in Page(handles_html(lsass.handles)).visible
    assert (len(process.machine.log), len(lsass.handles)) == (events, handles)


def test_a_privilege_turned_off_since_would_not_help_today() -> None:
    admin = elevated(desk(), "SeDebugPrivilege")
    handle = admin.open(admin.machine.process("winlogon.exe"), ProcessRights.VM_READ)
    admin.token.disable_all_privileges()
    assert ask_again(handle)[0].word == "denied"


def test_it_is_the_first_thread_as_it_is_now_who_would_ask() -> None:
    process, handle = with_diary()
    laika = process.machine.log_on(*LAIKA)
    process.impersonate(laika)
    assert process.thread.effective_token.level is ImpersonationLevel.IDENTIFICATION
    assert ask_again(handle)[1] == "a thread at level IDENTIFICATION can open nothing"


def test_a_right_that_came_along_is_not_asked_for_again() -> None:
    process = shell(desk(), COSMO)
    child = process.start("notepad.exe")
    only = Ace.allow(process.token.context.user, ProcessRights.QUERY_INFORMATION)
    child.descriptor = child.descriptor.with_dacl(Acl([only]))
    handle = process.open(child, ProcessRights.QUERY_INFORMATION)
    assert int(handle.granted_access) == 0x1400
    assert ask_again(handle)[0].word == "granted"


def test_no_handles_are_said_and_one_handle_can_be_shown() -> None:
    process = shell(desk(), COSMO)
    assert repr(show(process.handles)) == "No handles: nothing is open."
    handle = process.create(DIARY, FileRights.READ)
    assert repr(show(handle)) == repr(show(process.handles))
