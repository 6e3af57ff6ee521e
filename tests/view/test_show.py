"""One function for every picture."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.view.pages import DECISIONS, HOSTS, USER, Page
from tokenlab import IntegrityLevel, Sid
from tokenlab.values import FILE, KEY
from tokenlab.view import Picture, show
from tokenlab.view.tables import decision_text, descriptor_text, matrix_text
from tokenlab.worlds.incident import incident

VALUES: dict[str, tuple[Any, str]] = {
    "descriptor": (HOSTS, "Effective rights to this file"),
    "context": (USER, "Who asks"),
    "decision": (DECISIONS["granted"], "Granted: 0x120089"),
    "object type": (KEY, "QUERY_VALUE"),
    "sid": (Sid("S-1-5-18"), "NT AUTHORITY\\SYSTEM"),
    "integrity level": (IntegrityLevel.HIGH, "S-1-16-12288"),
    "acl": (HOSTS.dacl, "(A;;FA;;;BA)"),
    "ace": (HOSTS.dacl.aces[0] if HOSTS.dacl else None, "(A;;FA;;;SY)"),
}


@pytest.mark.parametrize("name", VALUES)
def test_every_value_has_a_picture_and_its_text_twin(name: str) -> None:
    value, words = VALUES[name]
    picture = show(value)
    page = Page(picture._repr_html_())
    assert words in page.visible
    assert words in repr(picture)
    assert picture._repr_mimebundle_() == {"text/html": picture._repr_html_(), "text/plain": repr(picture)}
    assert page.count("style") == 1


def test_options_reach_the_picture() -> None:
    decision = DECISIONS["granted in part"]
    assert repr(show(decision, upto=3)) == decision_text(decision, 3)
    assert repr(show(HOSTS, object_type=KEY, highlight=1)) == (
        descriptor_text(HOSTS, KEY, 1) + "\n\n" + matrix_text(HOSTS, KEY)
    )
    assert "cosmo" in repr(show(HOSTS, contexts={"cosmo": USER}))


def test_a_decision_can_be_a_figure_with_a_text_of_its_own() -> None:
    picture = show(DECISIONS["granted"], figure=True)
    assert picture.html.startswith("<svg")
    assert "Who asks: the token" in repr(picture) and "Verdict\n  ✓ Granted" in repr(picture)


@pytest.mark.parametrize("value", [None, 5, "O:SYG:SYD:", [FILE]])
def test_an_unknown_value_is_refused_with_what_can_be_shown(value: object) -> None:
    with pytest.raises(TypeError, match=r"expected a SecurityDescriptor, .* for example show\("):
        show(value)


def test_a_picture_is_a_value() -> None:
    assert show(HOSTS) == show(HOSTS)
    assert isinstance(show(HOSTS), Picture)


def test_showing_needs_no_notebook() -> None:
    """`-I -S` leaves out every installed package, IPython with them."""
    root = Path(__file__).resolve().parents[2]
    code = f"import sys; sys.path.append({str(root)!r})\n" + (
        "from tokenlab import SecurityDescriptor\nfrom tokenlab.view import show\n"
        "print(show(SecurityDescriptor.from_sddl('O:SYG:SYD:')))\n"
    )
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8"
    )
    assert bare.returncode == 0, bare.stderr
    assert "The DACL is empty" in bare.stdout


def test_an_incident_is_a_drawing_and_a_row_for_each_step() -> None:
    day = incident("restricted")
    picture = show(day)
    for step in day.steps:
        assert step.time in picture.text and step.time in picture.html
    assert "<svg" in picture.html and "It ends on MISTAKENOT-SRV2, at 11:55" in picture.text
    assert "did not go" not in picture.text and "archive" in show(incident("disabled")).text
