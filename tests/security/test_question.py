"""What a question says of itself: a rights flag knows its type of object."""

from __future__ import annotations

from enum import unique
from itertools import product

import pytest

from tokenlab.security import SecurityContext, SecurityDescriptor, access_check, granted_access
from tokenlab.security.check.by_type import TypeNode, access_check_by_type
from tokenlab.security.check.question import type_of
from tokenlab.security.check.survey import survey
from tokenlab.values import (
    DIRECTORY,
    DIRECTORY_OBJECT,
    FILE,
    KEY,
    OBJECT_TYPES,
    PIPE,
    SERVICE,
    AccessRights,
    FileRights,
    GenericMapping,
    KeyRights,
    ObjectType,
    ServiceRights,
)

ANYBODY = SecurityContext("S-1-5-21-1-2-3-1000", ["S-1-1-0"])
OPEN = SecurityDescriptor.from_sddl("O:SYG:SYD:(A;;KA;;;WD)")
TREE = TypeNode.from_list([(0, "bf967aba-0de6-11d0-a285-00aa003049e2", "user")])


def test_generic_rights_to_a_key_mean_those_of_a_key() -> None:
    decision = access_check(ANYBODY, OPEN, KeyRights.GENERIC_ALL)
    assert decision.object_type is KEY and decision.granted_access == 0xF003F
    assert granted_access(ANYBODY, OPEN, KeyRights.GENERIC_ALL) == 0xF003F
    assert survey({"a": ANYBODY}, {"b": OPEN}, KeyRights.GENERIC_ALL).object_type is KEY
    assert not access_check(ANYBODY, OPEN, 0x10000000), "a plain number is about a file"


@pytest.mark.parametrize("kind", OBJECT_TYPES.values(), ids=lambda kind: kind.name)
def test_a_flag_tells_its_type(kind: ObjectType) -> None:
    told = type_of(kind.rights(0x20000))
    assert (told.rights, told.mapping) == (kind.rights, kind.mapping)


@pytest.mark.parametrize(
    ("one", "other"),
    list(product(OBJECT_TYPES.values(), repeat=2)),
    ids=lambda kind: kind.name.replace(" ", "-"),
)
def test_rights_of_another_type_are_refused_unless_all_their_numbers_are_the_same(
    one: ObjectType, other: ObjectType
) -> None:
    if one.mapping == other.mapping:
        assert type_of(one.rights(0x1), other) is other
    else:
        with pytest.raises(
            ValueError, match=f"the object is a {other.name}: expected {other.rights.__name__}"
        ):
            type_of(one.rights(0x1), other)


def test_every_way_to_ask_refuses_a_mismatch() -> None:
    wrong = KeyRights.GENERIC_READ
    for ask in (access_check, granted_access):
        with pytest.raises(ValueError, match="rights to a key, the object is a service"):
            ask(ANYBODY, OPEN, wrong, SERVICE)
    with pytest.raises(ValueError, match="the object is a service"):
        survey({"a": ANYBODY}, {"b": OPEN}, wrong, SERVICE)
    with pytest.raises(ValueError, match="the object is a directory object"):
        access_check_by_type(ANYBODY, OPEN, wrong, TREE, DIRECTORY_OBJECT)


def test_files_folders_and_pipes_share_their_numbers() -> None:
    for kind in (FILE, DIRECTORY, PIPE):
        assert access_check(ANYBODY, OPEN, FileRights.READ_DATA, kind).object_type is kind


def test_a_type_of_ones_own_is_given_with_its_rights() -> None:
    @unique
    class LampRights(AccessRights):
        LIGHT = 0x1

    lamp = ObjectType("lamp", LampRights, GenericMapping(0x1, 0x1, 0x1, 0x1))
    assert access_check(ANYBODY, OPEN, LampRights.LIGHT, lamp)
    with pytest.raises(ValueError, match="a type of your own"):
        access_check(ANYBODY, OPEN, LampRights.LIGHT)
    with pytest.raises(ValueError, match="type with LampRights, the object is a file"):
        access_check(ANYBODY, OPEN, LampRights.LIGHT, FILE)
    with pytest.raises(ValueError, match="the object is a lamp"):
        access_check(ANYBODY, OPEN, ServiceRights.START, lamp)
