"""The survey says, for every pair, what the access check says."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.security.strategies import (
    contexts,
    descriptors,
    named_rights,
    object_types,
    plain_contexts,
    plain_descriptors,
)
from tokenlab import FileRights
from tokenlab.security import Ace, Acl, SecurityContext, SecurityDescriptor, granted_access
from tokenlab.security.check import survey as survey_module
from tokenlab.security.check.survey import Crowd, survey
from tokenlab.values import FILE, PROCESS, Sid

READ, WRITE = FileRights.READ_DATA, FileRights.WRITE_DATA
SUE = SecurityContext("S-1-5-21-1-2-3-1000", ["S-1-1-0"])
ADMIN = SecurityContext("S-1-5-21-1-2-3-1001", ["S-1-1-0", "S-1-5-32-544"], ["SeTakeOwnershipPrivilege"])
PEOPLE = {"sue": SUE, "admin": ADMIN}
THINGS = {
    "memo": SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;FR;;;WD)(A;;FA;;;BA)"),
    "hers": SecurityDescriptor.from_sddl(f"O:{SUE.user}G:SYD:"),
    "open": SecurityDescriptor.from_sddl("O:SYG:SYD:NO_ACCESS_CONTROL"),
    "none": SecurityDescriptor(),
}


def test_who_and_what():
    found = survey(PEOPLE, THINGS, WRITE)
    assert found.who("memo") == ["admin"] and found.who("open") == ["sue", "admin"]
    assert found.what("admin") == ["memo", "open"] and found.who("none") == []
    assert found.grants("admin", "memo") and not found.grants("sue", "memo")
    assert list(found) == [("admin", "memo"), ("sue", "open"), ("admin", "open")]
    assert (found.pairs, found.granted_pairs) == (8, 3)
    assert repr(found) == "<Survey WRITE_DATA: 3 of 8 pairs; 1 of 4 objects name no owner or group: nobody>"


def test_each_answer_can_be_explained():
    found = survey(PEOPLE, THINGS, READ)
    assert found.through("admin", "memo") == [Ace.allow("S-1-1-0", FileRights.READ)]
    assert found.through("sue", "open") == []
    assert not found.why("sue", "hers")
    assert survey(PEOPLE, THINGS, FileRights.WRITE_DAC).who("hers") == ["sue"]


def test_a_privilege_beats_the_dacl_for_the_owner_right():
    assert survey(PEOPLE, THINGS, FileRights.WRITE_OWNER).who("hers") == ["admin"]


def test_generic_rights_are_asked_for_as_those_of_the_type():
    assert survey(PEOPLE, THINGS, 0x80000000).who("memo") == ["sue", "admin"]


@pytest.mark.parametrize("desired", [0, FileRights.MAXIMUM_ALLOWED, READ | FileRights.MAXIMUM_ALLOWED])
def test_a_survey_asks_for_rights_by_name(desired):
    with pytest.raises(ValueError, match="names no rights"):
        survey(PEOPLE, THINGS, desired)


def test_progress_is_told_every_thousand_and_at_the_end():
    told: list[int] = []
    things = {f"file {n}": THINGS["memo"] for n in range(2500)}
    assert survey(PEOPLE, things, READ, progress=told.append).granted_pairs == 5000
    assert told == [1000, 2000, 2500]


def test_progress_is_told_of_a_single_one_too():
    told: list[int] = []
    survey(PEOPLE, {"memo": THINGS["memo"]}, READ, progress=told.append)
    assert told == [1]


def test_a_survey_of_other_objects_is_explained_as_such():
    """0x200 is SET_INFORMATION of a process: its generic write, and nothing of a file's."""
    things = {"it": SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;GW;;;WD)")}
    found = survey(PEOPLE, things, 0x200, PROCESS)
    assert found.who("it") == ["sue", "admin"] and found.why("sue", "it").object_type is PROCESS
    assert found.through("sue", "it")


def test_a_descriptor_that_comes_again_is_decided_once(monkeypatch):
    asked = []
    real = Crowd.find_granted

    def granted(self, one):
        asked.append(one)
        return real(self, one)

    monkeypatch.setattr(Crowd, "find_granted", granted)
    survey(PEOPLE, {"a": THINGS["memo"], "b": THINGS["memo"], "c": THINGS["open"]}, READ)
    assert len(asked) == 2


def test_an_estate_larger_than_memory_is_answered_one_by_one(monkeypatch):
    """A descriptor that is gone does not answer for the next one in its place."""
    monkeypatch.setattr(survey_module, "KEPT", 20)
    crowd = Crowd(PEOPLE.values(), READ, FILE)
    system, lists = (
        Sid("S-1-5-18"),
        [Acl([Ace.allow("S-1-1-0", READ)]), Acl(), Acl([Ace.allow("S-1-5-32-544", 1)])],
    )
    fresh = ((str(n), SecurityDescriptor(system, system, lists[n % 3])) for n in range(120))
    assert [found for _, found in crowd.answers(fresh)] == [0b11, 0, 0b10] * 40


def test_nobody_and_nothing_are_surveyed_too():
    assert survey({}, THINGS, READ).granted_pairs == 0
    assert survey(PEOPLE, {}, READ).pairs == 0


def agrees(people, things, desired, object_type):
    """For every pair, the survey says what the check says."""
    found = survey(
        {str(n): one for n, one in enumerate(people)},
        {str(n): one for n, one in enumerate(things)},
        desired,
        object_type,
    )
    for i, context in enumerate(people):
        for j, descriptor in enumerate(things):
            granted = bool(granted_access(context, descriptor, desired, object_type))
            assert found.grants(str(i), str(j)) is granted


@settings(max_examples=8 * settings.default.max_examples)
@given(
    st.lists(plain_contexts, min_size=3, max_size=6),
    st.lists(plain_descriptors, min_size=1, max_size=3),
    named_rights.filter(bool),
    object_types,
)
def test_sets_alone_say_what_the_check_says(people, things, desired, object_type):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Crowd, "_ask", None)  # no pair here is a case for the check itself
        agrees(people, things, desired, object_type)


@settings(max_examples=3 * settings.default.max_examples)
@given(
    st.lists(contexts, min_size=1, max_size=4),
    st.lists(descriptors, min_size=1, max_size=3),
    named_rights.filter(bool),
    object_types,
)
def test_a_survey_says_what_the_check_says(people, things, desired, object_type):
    agrees(people, things, desired, object_type)


def test_a_thousand_contexts_and_real_looking_lists():
    rng = random.Random(7)
    sids = [f"S-1-5-21-1-2-3-{n}" for n in range(1000, 1200)]
    people = {f"p{n}": SecurityContext(rng.choice(sids), rng.sample(sids, 20)) for n in range(1000)}
    masks = [0x1F01FF, 0x1301BF, 0x1200A9, 0x120089, 0x2, 0x10000]
    things = {
        f"f{n}": SecurityDescriptor(
            rng.choice(sids),
            sids[0],
            Acl(
                rng.choice([Ace.allow, Ace.allow, Ace.deny])(rng.choice(sids), rng.choice(masks))
                for _ in range(12)
            ),
        )
        for n in range(20)
    }
    found = survey(people, things, READ | WRITE)
    for path, descriptor in things.items():
        assert set(found.who(path)) == {
            name for name, context in people.items() if granted_access(context, descriptor, READ | WRITE)
        }


@pytest.mark.parametrize(
    ("sddl", "desired", "who"),
    [
        ("O:SYD:(A;;FA;;;WD)", READ, []),  # without a group it is no descriptor
        ("G:SYD:(A;;FA;;;WD)", READ, []),
        ("O:SYG:SYD:(A;;FA;;;WD)", FileRights.ACCESS_SYSTEM_SECURITY, []),  # takes a privilege
        ("O:SYG:SYD:(A;;FA;;;WD)", FileRights.ACCESS_SYSTEM_SECURITY | READ, []),
        (f"O:{SUE.user}G:SYD:", FileRights.WRITE_DAC, ["sue"]),
        (f"O:{SUE.user}G:SYD:(A;;FR;;;OW)", FileRights.WRITE_DAC, []),  # says what owners have
        (f"O:{SUE.user}G:SYD:(A;;FR;;;OW)", READ, ["sue"]),
        ("O:SYG:SYD:(A;;FR;;;OW)", READ, []),  # nobody here holds the owner
        ("O:SYG:SYD:(XA;;FA;;;WD;(Member_of {SID(BA)}))", READ, ["admin"]),
        ("O:SYG:SYD:(A;;GR;;;WD)(A;IO;FA;;;WD)", READ, ["sue", "admin"]),
        ("O:SYG:SYD:(A;IO;FA;;;WD)", READ, []),
    ],
)
def test_who_has_what(sddl, desired, who):
    assert survey(PEOPLE, {"it": SecurityDescriptor.from_sddl(sddl)}, desired).who("it") == who


LOW = SecurityContext(
    SUE.user,
    ["S-1-1-0", ("S-1-5-32-544", 0x10)],
    [("SeSecurityPrivilege", 3), ("SeTakeOwnershipPrivilege", 3)],
    integrity="low",
)
"""Sue's program of low integrity: two privileges enabled, Administrators for deny only."""
CROWD = {"low": LOW, "sue": SUE, "admin": ADMIN}


@pytest.mark.parametrize(
    ("sddl", "desired", "who"),
    [
        # A deny-only group is denied, and is not allowed.
        ("O:SYG:SYD:(D;;FA;;;BA)(A;;FA;;;WD)", READ, ["sue"]),
        ("O:SYG:SYD:(A;;FA;;;BA)", READ, ["admin"]),
        # The label counts beside privileges and ownership: the object is Medium, as it says nothing.
        ("O:SYG:SYD:(A;;FA;;;WD)", FileRights.ACCESS_SYSTEM_SECURITY, []),
        ("O:SYG:SYD:(A;;FA;;;WD)S:(ML;;NW;;;LW)", FileRights.ACCESS_SYSTEM_SECURITY, ["low"]),
        (f"O:{SUE.user}G:SYD:", FileRights.WRITE_DAC, ["sue"]),
        (f"O:{SUE.user}G:SYD:S:(ML;;NW;;;LW)", FileRights.WRITE_DAC, ["low", "sue"]),
        ("O:SYG:SYD:", FileRights.WRITE_OWNER, ["admin"]),
        ("O:SYG:SYD:S:(ML;;NW;;;LW)", FileRights.WRITE_OWNER, ["low", "admin"]),
        # All that is asked for, not only the last of it.
        (f"O:{SUE.user}G:SYD:", READ | FileRights.WRITE_DAC, []),
        (f"O:{SUE.user}G:SYD:(A;;FR;;;WD)", READ | FileRights.WRITE_DAC, ["sue"]),
        ("O:SYG:SYD:(A;;FR;;;WD)", READ | FileRights.WRITE_OWNER, ["admin"]),
        ("O:SYG:SYD:(A;;WD;;;WD)", READ | FileRights.WRITE_OWNER, []),
        # What limits an object for some goes to the check itself.
        ("O:SYG:SYD:(A;;FA;;;WD)S:(TL;;FR;;;S-1-19-512-1536)", WRITE, []),
        ("O:SYG:SYD:(A;;FA;;;WD)S:(TL;;FA;;;S-1-19-512-1536)", WRITE, ["sue", "admin"]),
    ],
)
def test_who_of_a_crowd_has_what(sddl, desired, who):
    descriptor = SecurityDescriptor.from_sddl(sddl)
    assert survey(CROWD, {"it": descriptor}, desired).who("it") == who
    for name, context in CROWD.items():
        assert bool(granted_access(context, descriptor, desired)) is (name in who)
