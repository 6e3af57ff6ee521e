"""The lines of a security descriptor, cut out of the bytes and the text that Windows made of it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

CALLBACK_ACES = frozenset({0x09, 0x0A, 0x0B, 0x0C})
RESOURCE_ATTRIBUTE_ACE = 0x12

_CALLBACK_HEAD = re.compile(r"\((?:XA|XD|ZA|XU)(?:;[^;()]*){5};", re.IGNORECASE)
_RESOURCE_HEAD = re.compile(r"\(RA(?:;[^;()]*){5};", re.IGNORECASE)


def data_of_aces(descriptor: bytes, types: frozenset[int]) -> list[bytes]:
    """What stands behind the SID of each ACE of these types: SACL first, then DACL."""
    return [
        ace[16 + 4 * ace[9] :]  # header 4, mask 4, SID 8 and 4 for each of its numbers
        for offset in struct.unpack_from("<II", descriptor, 12)
        if offset
        for ace in _aces(descriptor, offset)
        if ace[0] in types
    ]


def _aces(descriptor: bytes, offset: int) -> Iterator[bytes]:
    (count,) = struct.unpack_from("<H", descriptor, offset + 4)
    offset += 8
    for _ in range(count):
        (size,) = struct.unpack_from("<H", descriptor, offset + 2)
        yield descriptor[offset : offset + size]
        offset += size


def conditions_in(sddl: str) -> list[int]:
    """Where the conditions of callback ACEs begin in the text."""
    return [found.end() for found in _CALLBACK_HEAD.finditer(sddl)]


def resource_attributes_in(sddl: str) -> list[int]:
    """Where the attributes of resource attribute ACEs begin in the text."""
    return [found.end() for found in _RESOURCE_HEAD.finditer(sddl)]
