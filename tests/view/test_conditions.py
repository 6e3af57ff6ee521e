"""Trees: of conditions with their values, of the parts of a directory object with their rights."""

from tests.security.test_by_type import DISPLAY_NAME, HELPDESK, TREE, WRITE
from tests.security.test_evaluation import CONTEXT
from tokenlab.security import SecurityDescriptor, access_check
from tokenlab.security.check.by_type import access_check_by_type
from tokenlab.view import show

TEXT = '(XA;;0x1;;;BU;(@User.level >= 2 && (@User.missing == 1 || @User.title == "x")))'


def decide():
    return access_check(CONTEXT, SecurityDescriptor.from_sddl(f"O:SYG:SYD:{TEXT}"), 1)


def test_a_condition_is_drawn_with_the_value_of_each_part():
    picture = show(decide().steps[1].condition)
    for words in ("unknown", "true", "there is no @User.missing", "@User.level is 3"):
        assert words in picture.text and words in picture.html
    lines = [line for line in picture.text.splitlines() if "└" in line]
    assert len(lines) == 4 and lines[0].index("└") < lines[2].index("└")


def test_a_decision_shows_the_conditions_it_came_upon():
    text = show(decide()).text
    assert "ACE 1 (step 2): its condition" in text and "there is no @User.missing" in text
    assert (
        "its condition" not in show(access_check(CONTEXT, SecurityDescriptor.from_sddl("O:SYG:SYD:"), 1)).text
    )


def test_the_parts_of_an_object_are_drawn_with_what_each_is_granted():
    descriptor = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(OD;;WP;{DISPLAY_NAME};;WD)(A;;WP;;;WD)")
    picture = show(access_check_by_type(HELPDESK, descriptor, WRITE, TREE))
    rows = {
        line.split("  ")[1].strip(" └\N{NO-BREAK SPACE}"): line for line in picture.text.splitlines()[2:-2]
    }
    assert "denied" in rows["displayName"] and "granted" in rows["description"]
    assert "denied" in rows["user"] and "its parts" in rows["user"]
    assert DISPLAY_NAME in picture.html
