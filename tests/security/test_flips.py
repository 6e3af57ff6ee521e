"""The smallest change that flips a decision: tried by applying it."""

import pytest
from hypothesis import given, settings

from tests.security.strategies import Case, cases
from tokenlab import FileRights
from tokenlab.security import SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.check.central_policy import CentralPolicy, CentralRule
from tokenlab.security.check.flips import flips, smallest_flip
from tokenlab.values import KeyRights, Sid

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
            f"Move ACE 1 (D;;FR;;;{GROUP}) to the end",
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
        (decide("O:SYG:SYD:(A;;FR;;;WD)"), "Take ACE 1 (A;;FR;;;WD) out of the DACL"),
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
    out = by_words[f"Take ACE 1 (D;;FR;;;{GROUP}) out of the DACL"]
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


READS = "READ_DATA | READ_EA | READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE"
WRITES = "APPEND_DATA | WRITE_EA | DELETE_CHILD | WRITE_ATTRIBUTES | DELETE | WRITE_DAC | WRITE_OWNER"
ALL = str(FileRights.ALL_ACCESS)
LABEL = "Mandatory Label\\"


@pytest.mark.parametrize(
    ("decision", "found"),
    [
        (
            decide("O:SYG:SYD:(A;;FR;;;WD)", READ | WRITE, privileges=["SeDebugPrivilege"]),
            [
                ("Ask only for READ_DATA", 1, ()),
                (f"Put (A;;DC;;;{USER}) first into the DACL", 2, ()),
            ],
        ),
        (
            decide(
                "O:SYG:SYD:",
                FileRights.WRITE_OWNER,
                privileges=[("SeTakeOwnershipPrivilege", 0), ("SeDebugPrivilege", 0)],
            ),
            [
                ("Enable SeTakeOwnershipPrivilege, which the token holds", 1, ()),
                (f"Put (A;;WO;;;{USER}) first into the DACL", 2, ()),
                ("Give the token SeRelabelPrivilege, enabled", 3, ()),
            ],
        ),
        (
            decide(f"O:SYG:SYD:(D;;FR;;;{GROUP})(A;;FA;;;{USER})(A;;FR;;;WD)(D;IO;FR;;;{OTHER})"),
            [
                (f"Put (A;;CC;;;{USER}) first into the DACL", 2, ()),
                (f"Take ACE 1 (D;;FR;;;{GROUP}) out of the DACL", 2, (f"staff gains {READS}",)),
                (f"Move ACE 1 (D;;FR;;;{GROUP}) to the end", 2, (f"staff gains {READS}",)),
            ],
        ),
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)", WRITE, integrity="low"),
            [
                (f"Label the object {LABEL}Low Mandatory Level", 2, ()),
                (
                    f"Raise the token to {LABEL}Medium Mandatory Level",
                    3,
                    (
                        f"here also {WRITES}",
                        "it counts for every other object too",
                    ),
                ),
            ],
        ),
        (
            decide(f"O:SYG:SYD:(A;;FA;;;{USER})(D;;FR;;;BG)(A;;FR;;;{OTHER})", restricted_sids=[OTHER]),
            [
                (f"Take ACE 1 (A;;FA;;;{USER}) out of the DACL", 2, ()),
                (f"Put (D;;CC;;;{USER}) first into the DACL", 2, ()),
                (f"Take ACE 3 (A;;FR;;;{OTHER}) out of the DACL", 2, (f"crew loses {READS}",)),
            ],
        ),
        (
            decide(
                f"O:SYG:SYD:(A;;FR;;;{OTHER})(D;;FR;;;BG)(A;IO;FR;;;BU)(A;;FR;;;{USER})",
                READ,
                user_deny_only=True,
                groups=["S-1-1-0", (OTHER, 0x10)],
            ),
            [
                (
                    "Let crew be enabled in the token",
                    3,
                    (
                        "here also READ_EA | READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE",
                        "it counts for every other object too",
                    ),
                ),
            ],
        ),
        (
            decide("O:SYG:SYD:NO_ACCESS_CONTROL", READ, privileges=["SeTakeOwnershipPrivilege"]),
            [
                ("Give the object an empty DACL", 2, (f"Everyone else loses {ALL}",)),
                (f"Put (D;;CC;;;{USER}) first into the DACL", 2, (f"Everyone else loses {ALL}",)),
            ],
        ),
        (
            decide(f"O:SYG:SYD:(A;;FR;;;{GROUP})(A;IO;FR;;;WD)", groups=["S-1-1-0", GROUP, (OTHER, 0x10)]),
            [
                (f"Put (D;;CC;;;{USER}) first into the DACL", 2, ()),
                (f"Take ACE 1 (A;;FR;;;{GROUP}) out of the DACL", 2, (f"staff loses {READS}",)),
                ("Take the user out of staff", 3, ("it counts for every other object too",)),
            ],
        ),
        (
            decide(
                "O:SYG:SYD:(A;;FA;;;WD)",
                FileRights.WRITE_OWNER,
                integrity="high",
                privileges=["SeTakeOwnershipPrivilege", ("SeSecurityPrivilege", 0)],
            ),
            [
                (
                    f"Label the object {LABEL}System Mandatory Level",
                    2,
                    (f"Everyone else loses WRITE_DATA | {WRITES}",),
                ),
                (
                    f"Lower the token to {LABEL}Low Mandatory Level",
                    3,
                    ("it counts for every other object too",),
                ),
                (
                    f"Lower the token to {LABEL}Untrusted Mandatory Level",
                    3,
                    ("it counts for every other object too",),
                ),
            ],
        ),
        (
            decide(
                "O:SYG:SYD:",
                FileRights.ACCESS_SYSTEM_SECURITY,
                privileges=["SeSecurityPrivilege"],
                integrity="untrusted",
            ),
            [
                (f"Label the object {LABEL}Untrusted Mandatory Level", 2, ()),
                (
                    f"Raise the token to {LABEL}Medium Mandatory Level",
                    3,
                    ("it counts for every other object too",),
                ),
            ],
        ),
        (
            decide(f"O:SYG:SYD:(A;;FR;;;{USER})(D;;FW;;;WD)", FileRights.MAXIMUM_ALLOWED),
            [
                (f"Take ACE 1 (A;;FR;;;{USER}) out of the DACL", 2, ()),
                (f"Put (D;;0xffffff;;;{USER}) first into the DACL", 2, ()),
            ],
        ),
    ],
)
def test_exactly_these_changes_flip_it_in_this_order(decision, found):
    """With what each costs, and what else it does."""
    assert [(flip.words, flip.cost, flip.side_effects) for flip in flips(decision)] == found


def test_a_change_is_told_in_a_sentence_with_what_else_it_does():
    (first, *_, last) = flips(decide("O:SYG:SYD:(A;;FA;;;WD)", WRITE, integrity="low"))
    assert str(first) == f"Label the object {LABEL}Low Mandatory Level."
    assert str(last).startswith(f"Raise the token to {LABEL}Medium Mandatory Level. Side effects: here also ")
    assert str(last).endswith(f"here also {WRITES}; it counts for every other object too.")


@pytest.mark.parametrize(
    ("decision", "found"),
    [
        (
            decide(f"O:SYG:SYD:(A;;FA;;;{USER})(A;;FR;;;BU)(D;;FR;;;BG)", restricted_sids=[OTHER]),
            [
                ("Add sue to the restricting SIDs", 3),
                ("Add BUILTIN\\Users to the restricting SIDs", 3),
                ("Take the restricting SIDs away", 3),
            ],
        ),
        (
            decide(f"O:SYG:SYD:(A;;FR;;;{GROUP})(A;;FR;;;{USER})"),
            [(f"Put (D;;CC;;;{USER}) first into the DACL", 2)],
        ),
        (
            decide("O:SYG:SYD:(A;;FA;;;WD)", WRITE),
            [
                (f"Put (D;;DC;;;{USER}) first into the DACL", 2),
                ("Take ACE 1 (A;;FA;;;WD) out of the DACL", 2),
                (f"Label the object {LABEL}High Mandatory Level", 2),
                ("Take the user out of Everyone", 3),
                (f"Lower the token to {LABEL}Low Mandatory Level", 3),
                (f"Lower the token to {LABEL}Untrusted Mandatory Level", 3),
            ],
        ),
        (
            decide("O:SYG:SYD:", FileRights.ACCESS_SYSTEM_SECURITY, privileges=["SeSecurityPrivilege"]),
            [
                ("Disable SeSecurityPrivilege", 1),
                (f"Label the object {LABEL}High Mandatory Level", 2),
                (f"Lower the token to {LABEL}Low Mandatory Level", 3),
                (f"Lower the token to {LABEL}Untrusted Mandatory Level", 3),
            ],
        ),
        # a line for OWNER RIGHTS takes from the owner what it does not allow
        (
            decide(f"O:{USER}G:SYD:(A;;FR;;;OW)", FileRights.WRITE_DAC),
            [
                (f"Put (A;;WD;;;{USER}) first into the DACL", 2),
                ("Take ACE 1 (A;;FR;;;OW) out of the DACL", 2),
            ],
        ),
    ],
)
def test_exactly_these_are_found(decision, found):
    assert [(flip.words, flip.cost) for flip in flips(decision)] == found


def test_a_new_label_leaves_the_rest_of_the_sacl_alone():
    refused = decide("O:SYG:SYD:(A;;FA;;;WD)S:(AU;SA;FA;;;WD)(ML;;NW;;;HI)", WRITE)
    label = {flip.words: flip for flip in flips(refused)}[f"Label the object {LABEL}Medium Mandatory Level"]
    assert str(label.decision.descriptor.sacl) == "(ML;;NW;;;ME)(AU;SA;FA;;;WD)"


def test_a_member_of_the_owner_reads_the_dacl_whatever_it_says():
    """[MS-DTYP] 2.5.3.2: the owner's two rights come before any line."""
    visitor = SecurityContext("S-1-5-21-7-7-7-1302", ["S-1-1-0"])
    closed = SecurityDescriptor.from_sddl("O:BAG:SYD:(D;;FA;;;BA)")
    found = flips(access_check(visitor, closed, FileRights.READ_CONTROL))
    assert "Make the user a member of BUILTIN\\Administrators" in [flip.words for flip in found]


def test_a_change_is_tried_with_the_same_folder_and_policies():
    """No single change of token or object opens what a central rule refuses to everybody."""
    policy = "S-1-17-1-2-3"
    rules = {policy: CentralPolicy(Sid(policy), (CentralRule("nobody", "D:"),))}
    file = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(A;;FA;;;WD)S:(SP;;;;;{policy})")
    context = SecurityContext(USER, ["S-1-1-0"], names=NAMES)
    assert flips(access_check(context, file, READ, policies=rules)) == []
    folder = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FA;;;WD)")
    lent = access_check(context, SecurityDescriptor.from_sddl("O:SYG:SYD:"), 0x10000, parent=folder)
    assert lent and "Take ACE" not in str(smallest_flip(lent))
    own = access_check(
        context, SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;SD;;;WD)"), 0x10000, parent=folder
    )
    assert not any(flip.words.startswith("Take ACE 1") for flip in flips(own)), "the folder gives it too"


def test_the_type_of_object_counts_in_every_try():
    """All that there is, is asked of a key where the decision was about a key."""
    context = SecurityContext(USER, ["S-1-1-0"], names=NAMES)
    descriptor = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;GR;;;WD)")
    decision = access_check(context, descriptor, KeyRights.READ | KeyRights.SET_VALUE)
    words = str(smallest_flip(decision))
    assert words.startswith("Ask only for QUERY_VALUE | ENUMERATE_SUB_KEYS | NOTIFY | READ_CONTROL")
