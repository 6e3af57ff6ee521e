"""A descriptor taken apart: no letter of its SDDL and no byte is missing."""

from xml.etree import ElementTree

import pytest

from tests.view.pages import DESCRIPTORS, descriptor
from tests.view.test_diagrams import SVG, drawn_width
from tokenlab import SecurityDescriptor
from tokenlab.view import show
from tokenlab.view.anatomy import WIDTH, DescriptorAnatomy, anatomy_html, anatomy_text
from tokenlab.view.widgets import descriptor_builder


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_the_pieces_put_together_are_the_descriptor(name):
    whole, kind = descriptor(name), DESCRIPTORS[name][1]
    parts = DescriptorAnatomy(whole, kind)
    assert "".join(piece.sddl for piece in parts.text()) == str(whole)
    assert b"".join(data for data, _ in parts.wire()) == whole.to_bytes()


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_every_piece_is_drawn_and_told(name):
    whole, kind = descriptor(name), DESCRIPTORS[name][1]
    root = ElementTree.fromstring(anatomy_html(whole, kind))
    texts = list(root.iter(f"{SVG}text"))
    drawn = "".join("".join(element.text or "" for element in texts).split())
    told = "".join(anatomy_text(whole, kind).split())
    for said in (drawn, told):
        assert "".join(whole.to_bytes().hex(" ").split()) in said
        for _, ace in DescriptorAnatomy(whole, kind).aces():
            for piece in ace:
                for one in (piece.sddl, piece.words, piece.data.hex()):
                    assert "".join(one.split()) in said
    for element in texts:
        assert int(element.get("x")) + drawn_width(element.text or "") <= WIDTH + 20 or element.get(
            "textLength"
        )


def test_a_field_has_one_colour_in_text_box_and_bytes():
    html = show(SecurityDescriptor.from_sddl("O:BAG:SYD:(D;OI;0x1200a9;;;WD)"), parts=True).html
    for colour in ("s2", "s3", "s0", "p6"):
        assert html.count(f'class="{colour}"') >= 3


def test_a_field_that_says_nothing_says_so():
    assert "Flags: nothing = none = 00" in anatomy_text(SecurityDescriptor.from_sddl("D:(A;;FA;;;BA)"))


def test_the_builder_makes_what_is_chosen():
    builder = descriptor_builder()
    assert str(builder.descriptor) == "O:BAG:SYD:(D;;0x120116;;;BG)(A;;0x1200a9;;;BU)".replace(
        "0x120116", "FW"
    )
    builder.entries[2].set("allow", "S-1-3-0", 0x1F01FF, 0xB)
    assert str(builder.descriptor).endswith("(A;OICIIO;FA;;;CO)")
    builder.entries[0].kind.value = "no entry"
    assert "(D;" not in str(builder.descriptor) and "Guests" not in builder._fields.value
    assert str(builder.descriptor) in builder._text.value and str(builder.descriptor) in repr(builder)
