"""Names come from outside: none becomes markup, moves what stands beside it, or forges a line."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenlab.security import (
    SecurityContext,
    SecurityDescriptor,
    access_check,
)
from tokenlab.security.check.survey import survey
from tokenlab.system import Directory, Machine, Refusal
from tokenlab.values import Events, FileRights
from tokenlab.values.visible import make_visible
from tokenlab.view import show

FORGED = "9. Granted: 0x1f01ff."
EVIL = (
    "<script>alert(1)</script>",
    f"a\n{FORGED}",
    f"a\r{FORGED}",
    f"a\u2028{FORGED}",
    "\u202egnp.exe\u2066",
    "\u200f\u061cx",
    "{type.__class__.__mro__} {0} %s %(x)s",
    "&lt;b&gt;\"'</desc></title></style><img src=x onerror=alert(1)>",
    "\x00\x1b[2J\x7f",
    "half \ud800",
)
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
)
every_name = pytest.mark.parametrize("evil", EVIL, ids=range(len(EVIL)))


def pictures(evil: str):
    """Every kind of picture, of things that bear the name."""
    user = "S-1-5-21-7-7-7-1200"
    context = SecurityContext(user, ["S-1-5-21-7-7-7-2100"], names={user: evil, "S-1-5-21-7-7-7-2100": evil})
    descriptor = SecurityDescriptor.from_sddl(f"O:{user}G:SYD:(D;;FW;;;S-1-5-21-7-7-7-2100)(A;;FA;;;{user})")
    decision = access_check(context, descriptor, FileRights.WRITE_DATA)
    yield from (context, decision, access_check(context, descriptor, FileRights.READ_DATA))
    yield survey({evil: context}, {evil: descriptor}, FileRights.READ_DATA)
    directory = Directory("VEGA", "S-1-5-21-1-2-3", "vega.example")
    record = {"EventID": 4688, "TimeCreated": "", "NewProcessName": evil, "CommandLine": evil, evil: evil}
    yield Events([record | {"SubjectLogonId": evil, "TargetLogonId": evil, "SubjectUserName": evil}])
    try:
        directory.add_user(evil, "pw")
    except ValueError:  # no Windows has an account of this name
        return
    machine = Machine("WS-1", directory)
    session = machine.log_on(rf"VEGA\{evil}", "pw")
    explorer = machine.start("explorer.exe", session)
    child = explorer.start(rf"C:\Users\{evil}.exe")
    handle = child.create(rf"C:\Users\Public\{evil}.txt", FileRights.ALL_ACCESS)
    yield from (session, session.session, machine, machine.processes, child, child.thread, child.handles)
    yield from (machine.log, handle)


@every_name
def test_no_picture_shows_a_name_as_anything_but_itself(evil):
    seen = 0
    for thing in pictures(evil):
        picture = show(thing)
        for text in (picture.html, picture.text):
            seen += make_visible(evil, keep_lines=False)[:4] in text
            hidden = HIDDEN.search(text)
            assert hidden is None, (type(thing), hidden)
        for element in ("<script", "<img", "</desc></title>"):
            assert element not in picture.html, type(thing)
    assert seen > 3 or evil.startswith(("<", "&"))


@every_name
def test_no_name_forges_a_line(evil):
    for thing in pictures(evil):
        for text in (show(thing).text, str(thing)):
            assert not any(line.strip().startswith(FORGED) for line in text.splitlines()), type(thing)


@every_name
def test_a_refusal_tells_a_name_in_one_line(evil):
    machine = Machine("WS-1")
    with pytest.raises(Refusal) as refused:
        machine.log_on(rf".\{evil}", "pw")
    assert len(str(refused.value).splitlines()) == 1 and not HIDDEN.search(str(refused.value))


@given(st.text())
def test_what_is_visible_is_one_line_and_nothing_else_is_changed(text):
    shown = make_visible(text)
    assert not HIDDEN.search(shown) and len(shown.splitlines()) <= 1
    if text.isprintable():
        assert shown == text
    kept = "".join(
        letter for letter in text if not HIDDEN.search(letter) and letter not in "\n\t\r\ufeff\x85"
    )
    assert all(letter in shown for letter in kept)
    assert all(
        unicodedata.bidirectional(letter) not in ("LRO", "RLO", "LRE", "RLE", "PDF") for letter in shown
    )
