"""Every view on one page in a real browser: hostile names stay names, and nobody is shut out."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import chromium, faults, screenshot
from tests.view.pages import DECISIONS, DESCRIPTORS, USER
from tests.view.test_hostile_names import EVIL, HIDDEN, pictures
from tests.view.test_log_pictures import DAY
from tests.view.test_survey_map import estate
from tokenlab import SecurityDescriptor
from tokenlab.network import Network
from tokenlab.values import DIRECTORY_OBJECT, FILE, Sid
from tokenlab.view import record, show
from tokenlab.view.hop_matrix import hop_matrix
from tokenlab.worlds.double_hop import NOVA, double_hop
from tokenlab.worlds.incident import incident
from tokenlab.worlds.rules import port_88

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = "n" * 4000
TEX = "$x^2$ \\(y\\) `z` *w* [a](javascript:alert(1))"
NAMES = (*EVIL, "{x.__class__}", LONG, TEX)


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    with chromium(width=900, height=800) as page:
        yield page


def put(page: Any, parts: list[str]) -> None:
    """A page of these pictures, each in a section; `window.ran` tells that a script of theirs ran."""
    sections = "".join(f"<section aria-label='picture {n}'>{part}</section>" for n, part in enumerate(parts))
    page.goto("about:blank")
    page.set_content(
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Views</title>"
        "<script>window.ran = 0; window.alert = () => { window.ran += 1; };</script></head>"
        f"<body><main><h1>Views</h1>{sections}</main></body></html>"
    )


def every_view() -> list[str]:
    tried = double_hop("web, Kerberos", "unconstrained")
    found: list[Any] = [show(decision) for decision in DECISIONS.values()]
    found += [show(decision, figure=True) for decision in DECISIONS.values()]
    for sddl, kind in DESCRIPTORS.values():
        found.append(show(SecurityDescriptor.from_sddl(sddl), object_type=kind))
    machine, network = tried.world.machine("MISTAKENOT-SRV1"), tried.world.network
    assert isinstance(network, Network)
    found += [show(one) for one in (USER, FILE, DIRECTORY_OBJECT, Sid("S-1-5-32-544"), network, machine)]
    found += [show([tried.first, tried.second]), show(machine.processes), show(machine.log), hop_matrix()]
    found += [show(process.thread) for process in list(machine.processes)[:1]]
    found.append(show(machine.log, threads=True))
    found += [show(incident()), show(DAY), show(DAY.judge(port_88())), show(estate(50, 20))]
    found += [show(SecurityDescriptor.from_sddl(sddl), parts=True) for sddl, _ in DESCRIPTORS.values()]
    with record(machine, title="A logon") as story:
        token = machine.log_on(*NOVA)
        machine.start("explorer.exe", token)
    found += [show(machine, logon=token), show(token), show(token.session)]
    return [*(picture._repr_html_() for picture in found), story._repr_html_()]


def test_no_name_becomes_an_element_a_script_or_an_override(page):
    """Control and bidi characters, tags, format strings, TeX and a name without an end, in every view."""
    put(page, [show(thing)._repr_html_() for evil in NAMES for thing in pictures(evil)])
    assert page.evaluate("() => window.ran") == 0
    found = page.evaluate(
        """() => {
            const all = [...document.querySelectorAll('main *')];
            return {elements: [...new Set(all.map(x => x.tagName))],
                    attributes: [...new Set(all.flatMap(x => x.getAttributeNames()))],
                    values: all.flatMap(
                        x => x.getAttributeNames().map(name => x.getAttribute(name))).join(' '),
                    text: document.querySelector('main').textContent,
                    width: document.documentElement.scrollWidth};
        }"""
    )
    assert not set(found["elements"]) & {"SCRIPT", "IMG", "IFRAME", "A", "OBJECT", "LINK", "FORM"}
    assert not [name for name in found["attributes"] if name.startswith("on") or name in ("href", "src")]
    assert not HIDDEN.search(found["text"].replace("\n", " "))
    assert not HIDDEN.search(found["values"].replace("\n", " "))
    assert found["width"] <= 900, "the longest name scrolls in its own place"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_any_view(page, scheme):
    page.emulate_media(color_scheme=scheme)
    put(page, every_view())
    if scheme == "dark":
        page.add_style_tag(content="body { background: #111; color: #eee; }")
    screenshot(page, f"views-{scheme}")
    assert faults(page) == []


def test_no_view_has_small_letters_or_scrolls_the_page_at_900(page):
    put(page, every_view())
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 900
    small = page.evaluate(
        """() => [...document.querySelectorAll('section *')].filter(
            one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim())
        ).map(one => {
            const scale = one.getScreenCTM ? one.getScreenCTM().a : 1;
            return [parseFloat(getComputedStyle(one).fontSize) * scale, one.textContent.slice(0, 40),
                    one.closest('section').getAttribute('aria-label')];
        }).filter(([size]) => size && size < 10)"""
    )
    assert small == []
