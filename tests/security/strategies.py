"""What laws are tried on: contexts and descriptors of few SIDs and few rights, so that they meet."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from hypothesis import strategies as st

from tokenlab.security import (
    Ace,
    AceFlags,
    AceType,
    Acl,
    ControlFlags,
    SecurityContext,
    SecurityDescriptor,
)
from tokenlab.security.condition.claims import ClaimType, ResourceAttribute
from tokenlab.security.condition.infix import parse
from tokenlab.security.condition.postfix import encode
from tokenlab.security.context import AppContainer, Claims
from tokenlab.values import (
    DIRECTORY_OBJECT,
    FILE,
    KEY,
    MAXIMUM_ALLOWED,
    PROCESS,
    TOKEN,
    IntegrityLevel,
    ObjectType,
    Sid,
)

USERS = ["S-1-5-21-1-2-3-1000", "S-1-5-21-1-2-3-1001"]
GROUPS = ["S-1-1-0", "S-1-5-11", "S-1-5-32-544", "S-1-5-32-545"]
OWNER_RIGHTS, CREATOR_OWNER, SELF = "S-1-3-4", "S-1-3-0", "S-1-5-10"
PRIVILEGES = [
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
    "SeRelabelPrivilege",
    "SeRestorePrivilege",
    "SeBackupPrivilege",
]
LEVELS = [0x0, 0x1000, 0x2000, 0x2100, 0x3000, 0x4000]
GUIDS = [UUID("bf967aba-0de6-11d0-a285-00aa003049e2"), UUID("ab721a53-1e2f-11d0-9819-00aa0040529b")]
PACKAGE, CAPABILITY, ALL_PACKAGES = "S-1-15-2-1-2-3-4-5-6-7", "S-1-15-3-1", "S-1-15-2-1"
ALL_RESTRICTED_PACKAGES = "S-1-15-2-2"
APP = AppContainer(Sid(PACKAGE), (Sid(CAPABILITY),))
TRUSTS = [None, "S-1-19-512-1536", "S-1-19-512-4096", "S-1-19-1024-1536"]
CLAIMS = Claims(user=(ResourceAttribute("level", ClaimType.INT64, (3,)),))
TRUTH = {
    encode(parse("(@User.level == 3)")[0]): True,
    encode(parse("(@User.level == 4)")[0]): False,
    encode(parse("(@User.nothing == 4)")[0]): None,
    b"artx": None,
}
"""Conditions as Windows stores them, and their truth for somebody with these claims."""
ENABLED, DISABLED, DENY_ONLY = 0x7, 0x0, 0x10


class Case(NamedTuple):
    """A question for the check."""

    context: SecurityContext
    descriptor: SecurityDescriptor
    desired: int
    object_type: ObjectType
    principal_self: str | None


def some_of(items: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(items), unique=True)


sids = st.sampled_from(USERS + GROUPS)
people = st.sampled_from(USERS + GROUPS + [OWNER_RIGHTS, CREATOR_OWNER, SELF])
trustees = st.one_of(
    people, people, people, st.sampled_from([PACKAGE, CAPABILITY, ALL_PACKAGES, ALL_RESTRICTED_PACKAGES])
)
rights = st.sampled_from([1 << bit for bit in (0, 1, 2, 5, 6, 10, 16, 17, 18, 19, 20)])
masks = st.one_of(
    rights,
    st.lists(rights, min_size=1, max_size=4).map(lambda some: sum(set(some))),
    st.sampled_from([0, 0x120089, 0x120116, 0x1F01FF, 0x60000, 0x1000001, 1 << 28, 1 << 30, 1 << 31]),
)
object_types = st.sampled_from([FILE, KEY, PROCESS, TOKEN, DIRECTORY_OBJECT])
inheritance = st.sampled_from([AceFlags(bits) for bits in (0, 0, 0, 0x03, 0x0B, 0x08, 0x10)])
whole_lines = st.builds(
    Ace, st.sampled_from([AceType.ACCESS_ALLOWED, AceType.ACCESS_DENIED]), inheritance, masks, trustees
)
allow_lines = st.builds(Ace.allow, trustees, masks, inheritance)
object_lines = st.builds(
    Ace,
    st.sampled_from([AceType.ACCESS_ALLOWED_OBJECT, AceType.ACCESS_DENIED_OBJECT]),
    inheritance,
    masks,
    trustees,
    st.none() | st.sampled_from(GUIDS),
    st.none() | st.sampled_from(GUIDS),
)
conditions = st.sampled_from(list(TRUTH))
callback_lines = st.builds(
    Ace,
    st.sampled_from(
        [
            AceType.ACCESS_ALLOWED_CALLBACK,
            AceType.ACCESS_DENIED_CALLBACK,
            AceType.ACCESS_ALLOWED_CALLBACK_OBJECT,
            AceType.ACCESS_DENIED_CALLBACK_OBJECT,
        ]
    ),
    inheritance,
    masks,
    trustees,
    data=conditions,
)
lines = st.one_of(whole_lines, whole_lines, whole_lines, whole_lines, object_lines, callback_lines)
dacls = st.builds(Acl, st.lists(lines, max_size=8))

label_lines = st.builds(
    Ace,
    st.just(AceType.SYSTEM_MANDATORY_LABEL),
    inheritance,
    st.integers(0, 7),
    st.sampled_from(LEVELS).map(lambda level: f"S-1-16-{level}"),
)
trust_lines = st.builds(
    Ace, st.just(AceType.SYSTEM_PROCESS_TRUST_LABEL), inheritance, masks, st.sampled_from(TRUSTS[1:])
)
filter_lines = st.builds(
    Ace, st.just(AceType.SYSTEM_ACCESS_FILTER), inheritance, masks, st.just("S-1-1-0"), data=conditions
)
audit_lines = st.builds(
    Ace, st.just(AceType.SYSTEM_AUDIT), st.sampled_from([0x40, 0x80, 0xC0]), masks, trustees
)
sacls = st.builds(Acl, st.lists(st.one_of(label_lines, audit_lines, trust_lines, filter_lines), max_size=3))

groups = st.lists(
    st.tuples(st.sampled_from(GROUPS), st.sampled_from([ENABLED, ENABLED, DISABLED, DENY_ONLY])),
    unique_by=lambda group: group[0],
)
privileges = st.lists(
    st.tuples(st.sampled_from(PRIVILEGES), st.sampled_from([0, 2, 3])),
    unique_by=lambda privilege: privilege[0],
    max_size=3,
)
contexts = st.builds(
    SecurityContext,
    user=st.sampled_from(USERS),
    groups=groups,
    privileges=privileges,
    integrity=st.sampled_from([0x2000, *LEVELS]).map(IntegrityLevel),
    user_deny_only=st.sampled_from([False, False, False, True]),
    mandatory_policy=st.sampled_from([1, 1, 3, 0]),
    restricted_sids=st.one_of(st.just([]), st.just([]), some_of(USERS + GROUPS)),
    write_restricted=st.booleans(),
    claims=st.sampled_from([CLAIMS, CLAIMS, None]),
    app=st.sampled_from([*[None] * 6, APP, APP._replace(less_privileged=True)]),
    trust=st.sampled_from(TRUSTS),
)
plain_contexts = st.builds(
    SecurityContext,
    user=st.sampled_from(USERS),
    groups=groups,
    privileges=privileges,
    integrity=st.sampled_from([0x2000, *LEVELS]).map(IntegrityLevel),
    user_deny_only=st.sampled_from([False, False, False, True]),
    mandatory_policy=st.sampled_from([1, 1, 3, 0]),
)
plain_descriptors = st.builds(
    SecurityDescriptor,
    owner=sids.map(Sid),
    group=sids.map(Sid),
    dacl=st.builds(Acl, st.lists(whole_lines, max_size=8)),
    sacl=st.none() | st.builds(Acl, st.lists(label_lines, max_size=1)),
)
descriptors = st.builds(
    SecurityDescriptor,
    owner=sids.map(Sid),
    group=sids.map(Sid),
    dacl=st.one_of(dacls, dacls, dacls, st.none()),
    sacl=st.one_of(st.none(), st.none(), sacls),
    control=st.sampled_from([0, int(ControlFlags.DACL_PRESENT)]),
)
named_rights = masks.map(lambda mask: mask & ~MAXIMUM_ALLOWED)
desired = st.one_of(
    named_rights,
    named_rights,
    named_rights.map(lambda mask: mask | MAXIMUM_ALLOWED),
    st.just(MAXIMUM_ALLOWED),
)
cases = st.builds(
    Case,
    contexts,
    descriptors,
    desired,
    object_types,
    st.none() | st.sampled_from(USERS),
)
