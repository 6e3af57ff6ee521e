"""LUIDs: 64 bits, printed in hex, counted up."""

import pytest

from tokenlab.values import (
    ANONYMOUS_LUID,
    LOCAL_SERVICE_LUID,
    NETWORK_SERVICE_LUID,
    SYSTEM_LUID,
    Luid,
    LuidSource,
)


def test_a_luid_prints_as_windows_prints_it():
    assert str(SYSTEM_LUID) == "0x3e7" and repr(SYSTEM_LUID) == "Luid(0x3e7)" and SYSTEM_LUID == 999


def test_the_sessions_of_the_machine_itself_have_fixed_names():  # ntifs.h, SYSTEM_LUID and others
    assert (ANONYMOUS_LUID, LOCAL_SERVICE_LUID, NETWORK_SERVICE_LUID) == (0x3E6, 0x3E5, 0x3E4)


def test_a_source_counts_up_and_starts_the_same_every_time():
    one, other = LuidSource(), LuidSource()
    assert [one.next() for _ in range(3)] == [other.next() for _ in range(3)]
    assert len({one.next() for _ in range(100)}) == 100


@pytest.mark.parametrize("value", [-1, 2**64])
def test_64_bits_and_no_more(value):
    with pytest.raises(ValueError, match="64 bits"):
        Luid(value)
