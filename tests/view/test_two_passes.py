"""The check of a restricted token, both passes side by side."""

import pytest

from tests.view.pages import DECISIONS, DOMAIN, Page
from tokenlab import FileRights, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security import AccessDecision
from tokenlab.security.context import AppContainer
from tokenlab.values import Sid
from tokenlab.view import show
from tokenlab.view.two_passes import LAW, Passes, two_passes_html, two_passes_text

COSMO = f"{DOMAIN}-1104"
ASKED = FileRights.READ | FileRights.WRITE_DATA


def decision(
    sddl: str = f"O:SYG:SYD:(A;;FA;;;{COSMO})(A;;FR;;;BU)",
    desired: int = ASKED,
    write_restricted: bool = False,
    restricted_sids: tuple[str, ...] = ("S-1-5-32-545", "S-1-5-12"),
) -> AccessDecision:
    context = SecurityContext(
        COSMO,
        ["S-1-1-0", "S-1-5-32-545", "S-1-5-12"],
        restricted_sids=restricted_sids,
        write_restricted=write_restricted,
    )
    return access_check(context, SecurityDescriptor.from_sddl(sddl), desired)


def row(text: str, start: str) -> str:
    return next(" ".join(line.split()) for line in text.splitlines() if line.strip().startswith(f"{start} "))


def test_what_only_the_first_pass_grants_is_not_granted() -> None:
    text = two_passes_text(decision())
    assert row(text, "WRITE_DATA") == "WRITE_DATA ✓ granted ∅ not granted ∅ not granted"
    assert row(text, "READ_DATA") == "READ_DATA ✓ granted ✓ granted ✓ granted"
    assert row(text, "> Still missing") == "> Still missing at the end ✓ nothing ∅ WRITE_DATA"
    assert text.endswith(LAW)


def test_a_write_restricted_token_needs_the_second_pass_for_writing_only() -> None:
    text = two_passes_text(decision(write_restricted=True))
    assert "not needed: it does not write" in row(text, "READ_DATA")
    assert row(text, "WRITE_DATA").endswith("∅ not granted ∅ not granted")
    reading = decision(f"O:SYG:SYD:(A;;FR;;;{COSMO})", FileRights.READ, write_restricted=True)
    assert reading.granted
    assert "none of these rights writes" in Page(two_passes_html(reading)).visible


def test_what_the_first_pass_refuses_is_not_asked_again() -> None:
    text = two_passes_text(decision("O:SYG:SYD:(A;;FR;;;SY)", FileRights.READ))
    assert "not read" in text
    assert row(text, "READ_DATA") == "READ_DATA ∅ not granted not asked ∅ not granted"


CASES = {
    "both": decision(f"O:SYG:SYD:(A;;FA;;;{COSMO})(A;;FA;;;BU)"),
    "first only": decision(),
    "second only": decision("O:SYG:SYD:(A;;FR;;;SY)(A;;FA;;;BU)", restricted_sids=("S-1-5-18",)),
    "write restricted": decision(write_restricted=True),
    "denied": decision("O:SYG:SYD:(D;;FW;;;BU)(A;;FA;;;WD)"),
    "denied in the second": decision("O:SYG:SYD:(D;;FW;;;AN)(A;;FA;;;WD)", restricted_sids=("S-1-5-7",)),
    "the most there is": decision(desired=FileRights.MAXIMUM_ALLOWED),
    "owner": decision(f"O:{COSMO}G:SYD:(A;;FA;;;BU)", FileRights.WRITE_DAC | FileRights.READ),
    "NULL DACL": decision("O:SYG:SYD:NO_ACCESS_CONTROL"),
    "no owner": decision("D:(A;;FA;;;WD)"),
    "empty DACL": decision("O:SYG:SYD:"),
    "integrity": decision("O:SYG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;HI)"),
}


@pytest.mark.parametrize("name", CASES)
def test_both_together_are_what_the_check_answers(name: str) -> None:
    """The column Both is the decision's; passes 1 and 2 must explain it."""
    case = CASES[name]
    passes = Passes(case)
    twice = passes.granted_first & (~passes.asked_again | passes.granted_second)
    for bit, reason in case.reasons.items():
        if case.descriptor.dacl:
            assert reason.granted is bool(bit & (twice | passes.outside)), hex(bit)


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_sound_and_fits(name: str) -> None:
    page = Page(two_passes_html(CASES[name]))
    assert page.count("table") >= 1
    assert max(map(len, two_passes_text(CASES[name]).splitlines())) <= 112
    show(CASES[name], figure=True)
    show(CASES[name], upto=2)


def test_show_takes_it_for_restricted_tokens_only() -> None:
    assert "Pass 2" in repr(show(decision()))
    assert "Pass 2" not in repr(show(decision(), passes=False))
    assert "Second pass" in repr(show(decision(), passes=False))
    assert "Pass 2" not in repr(show(DECISIONS["granted"]))


def test_an_apps_check_is_drawn_in_two_passes_too():
    """The package and its capabilities are asked again, for what ownership gave as well."""
    package = "S-1-15-2-1-2-3-4-5-6-7"
    owner = "S-1-5-21-1-2-3-1000"
    context = SecurityContext(owner, ["S-1-1-0"], app=AppContainer(Sid(package)))
    descriptor = SecurityDescriptor.from_sddl(f"O:{owner}G:SYD:(A;;FR;;;WD)(A;;FR;;;{package})(A;;FW;;;WD)")
    for desired, granted in ((FileRights.READ_DATA, True), (FileRights.WRITE_DATA, False), (0x40000, False)):
        decision = access_check(context, descriptor, desired)
        picture = show(decision)
        assert decision.granted is granted
        assert "The DACL, read twice" in picture.text and "an app gets a right only if" in picture.text
        name = str(FileRights(desired))
        row = next(line for line in picture.text.splitlines() if line.split()[:1] == [name])
        assert row.rstrip().endswith("✓ granted" if granted else "∅ not granted")
        assert package in picture.html
