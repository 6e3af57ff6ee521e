"""The smallest change that flips a decision: tried by applying it."""

import pytest
from hypothesis import given, settings

from tests.security.strategies import Case, cases
from tokenlab import FileRights
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.flips import flips, smallest_flip

USER, GROUP, OTHER = "S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-2000", "S-1-5-21-1-2-3-2001"
NAMES = {USER: "sue", GROUP: "staff", OTHER: "crew"}
READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA


def decide(sddl, desired=READ, **who):
    context = SecurityContext(USER, who.pop("groups", ["S-1-1-0", GROUP]), names=NAMES, **who)
    return access_check(context, SecurityDescriptor.from_sddl(sddl), desired)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        # asked for too much: COVERAGE's "smallest mask that does the job"
        (decide("O:SYG:SYD:(A;;FR;;;WD)", READ | WRITE), "Ask only for READ_DATA"),
        # the privilege is there, and disabled
        (
            decide("O:SYG:SYD:", FileRights.WRITE_OWNER, privileges=[("SeTakeOwnershipPrivilege", 0)]),
            "Enable SeTakeOwnershipPrivilege, which the token holds",
        ),
        # a deny line stands in the way
        (
            decide(f"O:SYG:SYD:(D;;FR;;;{GROUP})(A;;FA;;;{USER})"),
            f"Move line 1 (D;;FR;;;{GROUP}) to the end",
        ),
        # nobody said yes
        (decide(f"O:SYG:SYD:(A;;FA;;;{OTHER})"), f"Put (A;;CC;;;{USER}) first into the DACL"),
        (decide(f"O:SYG:SYD:(A;;FA;;;{OTHER})"), "Make the user a member of crew"),
        # deny-only
        (
            decide(f"O:SYG:SYD:(A;;FA;;;{OTHER})", groups=["S-1-1-0", (OTHER, 0x10)]),
            "Let crew be enabled in the token",
        ),
        # integrity
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)", WRITE, integrity="low"),
            "Raise the token to Mandatory Label\\Medium Mandatory Level",
        ),
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)", WRITE, integrity="low"),
            "Label the object Mandatory Label\\Low Mandatory Level",
        ),
        # restricted
        (
            decide(f"O:SYG:SYD:(A;;FA;;;{USER})", restricted_sids=[OTHER]),
            "Add sue to the restricting SIDs",
        ),
        # and the other way round
        (decide("O:SYG:SYD:(A;;FR;;;WD)"), "Take line 1 (A;;FR;;;WD) out of the DACL"),
        (decide("O:SYG:SYD:NO_ACCESS_CONTROL"), "Give the object an empty DACL"),
        (decide(f"O:SYG:SYD:(A;;FR;;;{GROUP})"), "Take the user out of staff"),
    ],
)
def test_a_change_that_flips_it_is_found(decision, words):
    assert words in [flip.words for flip in flips(decision)]


def test_the_smallest_comes_first_and_says_what_else_it_does():
    refused = decide(f"O:SYG:SYD:(D;;FR;;;{GROUP})(A;;FA;;;{USER})(A;;FR;;;WD)")
    first = smallest_flip(refused)
    assert first.decision.granted and first.cost == 2
    by_words = {flip.words: flip for flip in flips(refused)}
    out = by_words[f"Take line 1 (D;;FR;;;{GROUP}) out of the DACL"]
    assert any(effect.startswith("staff gains READ_DATA") for effect in out.side_effects)
    assert str(out).endswith(".") and "Side effects" in str(out)


def test_the_label_of_the_object_is_replaced_not_added_to():
    refused = decide("O:SYG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;HI)", WRITE)
    found = {flip.words: flip for flip in flips(refused)}
    label = found["Label the object Mandatory Label\\Medium Mandatory Level"]
    assert str(label.decision.descriptor.sacl) == "(ML;;NW;;;ME)"


def test_where_no_single_change_helps_there_is_none():
    both = decide(f"O:SYG:SYD:(A;;FR;;;{OTHER})", READ | FileRights.ACCESS_SYSTEM_SECURITY)
    assert smallest_flip(both) is None


@settings(max_examples=150, deadline=None)
@given(cases)
def test_every_flip_flips(case: Case):
    decision = access_check(case.context, case.descriptor, case.desired, case.object_type)
    found = flips(decision)
    assert [flip.cost for flip in found] == sorted(flip.cost for flip in found)
    for flip in found:
        changed = flip.decision
        again = access_check(changed.context, changed.descriptor, changed.desired, case.object_type)
        assert again.granted is changed.granted is not decision.granted
        assert flip.words and len({one.words for one in found}) == len(found)
