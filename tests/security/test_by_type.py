"""Parts of directory objects: property sets, properties, rights. [MS-ADTS] 5.1.3.3; AccessCheckByType."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.security.strategies import GROUPS, USERS
from tokenlab.security import Ace, AceType, Acl, NtStatus, SecurityContext, SecurityDescriptor, access_check
from tokenlab.security.check.by_type import TypeNode, access_check_by_type
from tokenlab.security.condition.infix import parse
from tokenlab.security.condition.postfix import encode
from tokenlab.values import DIRECTORY_OBJECT, DirectoryServiceRights

# [MS-ADTS] 6.1.1.1 and the schema: the class user, a property set and its properties, an extended right
USER_CLASS = "bf967aba-0de6-11d0-a285-00aa003049e2"
GENERAL = "59ba2f42-79a2-11d0-9020-00c04fc2d3cf"
DISPLAY_NAME, DESCRIPTION = "bf967953-0de6-11d0-a285-00aa003049e2", "bf967950-0de6-11d0-a285-00aa003049e2"
RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
TREE = TypeNode.from_list(
    [
        (0, USER_CLASS, "user"),
        (1, GENERAL, "General Information"),
        (2, DISPLAY_NAME, "displayName"),
        (2, DESCRIPTION, "description"),
        (1, RESET_PASSWORD, "Reset Password"),
    ]
)
HELPDESK = SecurityContext("S-1-5-21-1-2-3-1000", ["S-1-1-0"])
WRITE, CONTROL = DirectoryServiceRights.WRITE_PROPERTY, DirectoryServiceRights.CONTROL_ACCESS
NAMES = [node.name for node in TREE]


def decide(dacl, desired=WRITE, tree=TREE, context=HELPDESK):
    return access_check_by_type(context, SecurityDescriptor.from_sddl(f"O:SYG:SYD:{dacl}"), desired, tree)


def granted(dacl, desired=WRITE):
    """The names of the nodes that are granted."""
    return [node.name for node, status, _ in decide(dacl, desired).results() if status is NtStatus.SUCCESS]


@pytest.mark.parametrize(
    ("dacl", "names"),
    [
        ("(A;;WP;;;WD)", NAMES),
        (f"(OA;;WP;{USER_CLASS};;WD)", NAMES),
        (f"(OA;;WP;{GENERAL};;WD)", ["General Information", "displayName", "description"]),
        (f"(OA;;WP;{DISPLAY_NAME};;WD)", ["displayName"]),
        # all siblings are granted, so what they make up is
        (
            f"(OA;;WP;{DISPLAY_NAME};;WD)(OA;;WP;{DESCRIPTION};;WD)",
            ["General Information", "displayName", "description"],
        ),
        (f"(OA;;WP;{GENERAL};;WD)(OA;;WP;{RESET_PASSWORD};;WD)", NAMES),
        # a deny of one part is one of all that holds it
        (f"(OD;;WP;{DISPLAY_NAME};;WD)(A;;WP;;;WD)", ["description", "Reset Password"]),
        (f"(OD;;WP;{GENERAL};;WD)(A;;WP;;;WD)", ["Reset Password"]),
        # order counts here as well
        (f"(A;;WP;;;WD)(OD;;WP;{DISPLAY_NAME};;WD)", NAMES),
        ("(OA;;WP;11111111-2222-3333-4444-555555555555;;WD)", []),
        (f"(OA;;RP;{GENERAL};;WD)", []),
        (f"(OA;;WP;{GENERAL};;SY)", []),
        ("", []),
    ],
)
def test_which_parts_are_granted(dacl, names):
    assert granted(dacl) == names
    assert bool(decide(dacl)) is (names == NAMES)


def test_an_extended_right_is_a_part_too():
    assert granted(f"(OA;;CR;{RESET_PASSWORD};;WD)", CONTROL) == ["Reset Password"]


def test_without_a_list_a_line_about_one_part_grants_nothing_and_denies_everything():
    allow = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(OA;;WP;{GENERAL};;WD)")
    deny = SecurityDescriptor.from_sddl(f"O:SYG:SYD:(OD;;WP;{GENERAL};;WD)(A;;WP;;;WD)")
    assert not access_check(HELPDESK, allow, WRITE, DIRECTORY_OBJECT)
    assert not access_check(HELPDESK, deny, WRITE, DIRECTORY_OBJECT)


def test_the_result_list_says_what_the_maximum_is_for_each_part():
    decision = decide(f"(OA;;RPWP;{GENERAL};;WD)(A;;RP;;;WD)", DirectoryServiceRights.MAXIMUM_ALLOWED)
    masks = {node.name: mask for node, _, mask in decision.results()}
    assert masks["displayName"] == 0x30 and masks["Reset Password"] == masks["user"] == 0x10


def test_each_part_has_its_explained_decision():
    decision = decide(f"(OD;;WP;{DISPLAY_NAME};;WD)(A;;WP;;;WD)")
    assert decision.parts[UUID(DISPLAY_NAME)].reasons[WRITE].code == 1802
    assert decision.parts[UUID(DESCRIPTION)].reasons[WRITE].code == 1801
    assert decision.status is NtStatus.ACCESS_DENIED


# --- laws, against a telling of the rule that knows no walk ----------------------------------------

guids = st.sampled_from([None, *(node.guid for node in TREE), UUID(int=7)])
lines = st.lists(
    st.builds(
        Ace,
        st.sampled_from([AceType.ACCESS_ALLOWED_OBJECT, AceType.ACCESS_DENIED_OBJECT]),
        st.just(0),
        st.sampled_from([0x10, 0x20, 0x30, 0x100]),
        st.sampled_from([*USERS, *GROUPS]),
        guids,
    ),
    max_size=6,
)
PATHS = {
    DISPLAY_NAME: (USER_CLASS, GENERAL, DISPLAY_NAME),
    DESCRIPTION: (USER_CLASS, GENERAL, DESCRIPTION),
    RESET_PASSWORD: (USER_CLASS, RESET_PASSWORD),
}


def first_word(aces, right, path):
    """What the first line says that is about this part, or about what it is part of."""
    for ace in aces:
        about = ace.object_type is None or str(ace.object_type) in path
        if about and ace.mask & right and (ace.sid in (HELPDESK.user, "S-1-1-0")):
            return ace.type is AceType.ACCESS_ALLOWED_OBJECT
    return False


@given(lines, st.sampled_from([0x10, 0x20, 0x100]))
def test_a_part_is_granted_as_the_first_line_about_it_says(aces, right):
    descriptor = SecurityDescriptor("S-1-5-18", "S-1-5-18", Acl(aces))
    decision = access_check_by_type(HELPDESK, descriptor, right, TREE)
    for guid, path in PATHS.items():
        assert bool(decision.parts[UUID(guid)]) is first_word(aces, right, path)
    general = first_word(aces, right, PATHS[DISPLAY_NAME]) and first_word(aces, right, PATHS[DESCRIPTION])
    assert bool(decision.find_granted(TREE.children[0])) is general
    assert bool(decision) is (general and first_word(aces, right, PATHS[RESET_PASSWORD]))


# --- lists of types ----------------------------------------------------------------------------------


def test_a_list_is_read_as_a_tree():
    rows = [
        (0, USER_CLASS, "user"),
        (1, GENERAL, "set"),
        (2, DISPLAY_NAME, "one"),
        (1, RESET_PASSWORD, "right"),
    ]
    tree = TypeNode.from_list(rows)
    assert [(node.name, [child.name for child in node.children]) for node in tree] == [
        ("user", ["set", "right"]),
        ("set", ["one"]),
        ("one", []),
        ("right", []),
    ]
    assert tree.guid == UUID(USER_CLASS) and TypeNode.from_list(rows[:1]).children == ()
    deepest = TypeNode.from_list([(level, USER_CLASS, str(level)) for level in range(5)])
    assert [node.name for node in deepest] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("levels", "reason"),
    [
        ([], "begins with level 0"),
        ([1], "begins with level 0"),
        ([0, 0], "has it once"),
        ([0, 1, 0], "has it once"),
        ([0, 2], "named 1: level 2 cannot follow level 0"),
        ([0, 1, 3], "named 2: level 3 cannot follow level 1"),
        ([0, 1, -1], "named 2: level -1 cannot follow level 1"),
        ([0, 1, 2, 3, 4, 5], "named 5: level 5 cannot follow level 4"),
    ],
)
def test_a_list_that_is_no_tree_is_refused(levels, reason):
    """ERROR_INVALID_PARAMETER of AccessCheckByType (ReactOS tests, NtAccessCheckByType)."""
    with pytest.raises(ValueError, match=reason):
        TypeNode.from_list([(level, USER_CLASS, f"named {place}") for place, level in enumerate(levels)])


def test_a_node_without_a_name_is_told_by_its_level():
    with pytest.raises(ValueError, match="2: level 2 cannot follow level 0"):
        TypeNode.from_list([(0, USER_CLASS, ""), (2, GENERAL, "")])


@pytest.mark.parametrize("place", [0, 1])
def test_one_refused_part_is_enough(place):
    part = (DISPLAY_NAME, DESCRIPTION)[place]
    tree = TypeNode.from_list([(0, USER_CLASS, ""), (1, DISPLAY_NAME, ""), (1, DESCRIPTION, "")])
    decision = decide(f"(OA;;WP;{part};;WD)", tree=tree)
    assert decision.status is NtStatus.ACCESS_DENIED
    assert decision.granted_access == 0 and decision.find_granted(tree.children[place]) == WRITE
    assert [status for _, status, _ in decision.results()][1 + place] is NtStatus.SUCCESS


def test_what_was_asked_before_does_not_matter():
    """A DACL keeps what was worked out of it, once for each way to ask."""
    text = f"O:SYG:SYD:(OD;;WP;{DISPLAY_NAME};;WD)(OA;;CR;{RESET_PASSWORD};;WD)(A;;WP;;;WD)"
    plain, typed = [], []
    for order in ("pt", "tp", "ptpt"):
        descriptor = SecurityDescriptor.from_sddl(text)
        for way in order:
            if way == "p":
                either = [
                    access_check(HELPDESK, descriptor, one, DIRECTORY_OBJECT) for one in (WRITE, CONTROL)
                ]
                plain.append([decision.granted for decision in either])
            else:
                typed.append([decide_on(descriptor, one) for one in (WRITE, CONTROL)])
    assert all(one == plain[0] for one in plain) and all(one == typed[0] for one in typed)
    assert plain[0] == [False, False]


def decide_on(descriptor, desired):
    results = access_check_by_type(HELPDESK, descriptor, desired, TREE).results()
    return [(node.name, status) for node, status, _ in results]


def test_a_condition_counts_for_every_part_if_its_line_names_none():
    true, false = "(Member_of {SID(WD)})", "(Member_of {SID(BA)})"
    assert granted(f"(XA;;WP;;;WD;{true})") == NAMES
    assert granted(f"(XA;;WP;;;WD;{false})") == []


def test_a_deny_line_about_a_part_denies_where_the_whole_is_asked_for():
    """[MS-DTYP] 2.5.3.2: without a list of types."""
    line = Ace(
        AceType.ACCESS_DENIED_CALLBACK_OBJECT,
        0,
        WRITE,
        "S-1-1-0",
        UUID(DISPLAY_NAME),
        data=encode_condition(),
    )
    descriptor = SecurityDescriptor("S-1-5-18", "S-1-5-18", Acl([line, Ace.allow("S-1-1-0", WRITE)]))
    assert not access_check(HELPDESK, descriptor, WRITE, DIRECTORY_OBJECT)


def encode_condition():
    return encode(parse("(Member_of {SID(WD)})")[0])
