"""A learner's world depends on the name alone."""

import subprocess
import sys

import pytest

from tokenlab.teach import cast
from tokenlab.teach.variant import Stream, Variant


def told(name: str) -> list:
    stream = Variant(name).stream("04.1")
    people, groups = stream.people(3), stream.groups(2)
    return [
        *map(str, people),
        *(one.sid for one in groups),
        *stream.hosts(2),
        stream.file(),
        stream.number(0, 10**6),
    ]


def test_the_same_name_gives_the_same_world_in_another_process():
    script = "from tests.teach.test_variant import told; print(told('jdoe'))"
    found = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert found == {f"{told('jdoe')}\n"}


def test_what_the_first_choices_are_for_jdoe():
    """Frozen: a change here changes the worlds that learners are in the middle of."""
    stream = Variant("jdoe").stream("04.1")
    assert [stream.number(1, 1000) for _ in range(4)] == FIRST_OF_JDOE


FIRST_OF_JDOE = [567, 6, 3, 589]


def test_a_name_may_be_written_in_any_case_and_with_spaces_around():
    assert told("JDoe ") == told("jdoe") != told("jroe")


@pytest.mark.parametrize("name", ["", " " * 200, "x" * 101, "a\nb", 7, None, "\x00"])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match="such as 'jdoe'"):
        Variant(name)


def test_picks_are_different_and_shuffles_lose_nothing():
    stream = Stream("seed")
    for _ in range(200):
        assert len(set(stream.picks(range(10), 4))) == 4
        assert sorted(stream.shuffled("abcdef")) == list("abcdef")
        assert 3 <= stream.number(3, 5) <= 5


def test_every_number_comes_up():
    stream = Stream("seed")
    assert {stream.number(1, 6) for _ in range(500)} == {1, 2, 3, 4, 5, 6}
    assert 150 < sum(stream.chance() for _ in range(400)) < 250


def test_people_of_one_domain_have_its_sid_and_each_their_own():
    stream = Stream("seed")
    domain = stream.domain()
    everyone = [*stream.people(5, domain), *stream.groups(5, domain)]
    assert {one.sid.domain for one in everyone} == {domain.sid} and len({one.sid for one in everyone}) == 10


def test_the_cast_has_no_name_twice():
    for names in (cast.PEOPLE, cast.GROUPS, cast.DOMAINS, cast.HOSTS, cast.FOLDERS, cast.FILES):
        assert len(set(names)) == len(names)
        assert all(len(name) <= 15 for name in names), "a NetBIOS name has at most 15 characters"
