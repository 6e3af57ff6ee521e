"""The grader as the attacks meet it: one for all of them, in a hurry."""

import os
import time
from pathlib import Path

import pytest

from tests.support import require
from tests.teach.grade.classroom import hand_in
from tokenlab.teach.grade import conversation
from tokenlab.teach.grade.grader import Grader
from tokenlab.teach.grade.isolation import GRADER, NoIsolation, find_isolation
from tokenlab.teach.grade.limits import Limits
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import submissions


@pytest.fixture(scope="session")
def isolation():
    """What keeps student code apart here; found once."""
    try:
        return find_isolation()
    except NoIsolation as error:
        return str(error)


@pytest.fixture(autouse=True)
def isolated(isolation):
    """Most of these tests run submissions."""
    require(not isinstance(isolation, str), f"isolation for student code: {isolation}")


QUICK = Limits(seconds=3, cell_seconds=1.2, question_seconds=0.3, asking_seconds=2)


@pytest.fixture(scope="module")
def grader():
    """One for all: an attack must not harm those after it either."""
    was, conversation.GRACE = conversation.GRACE, 0.5
    grader = Grader(QUICK)
    yield grader
    grader.close()
    conversation.GRACE = was


@pytest.fixture
def graded(grader, tmp_path):
    """Hand in a notebook as eve, and have it graded; nothing may be left running."""

    def grade(content, student: str = "eve") -> Result:
        hand_in(tmp_path / "submitted", student, content)
        [one] = [one for one in submissions(tmp_path / "submitted") if one.student == student]
        result = grader.grade(one)
        assert left_running() == []
        return result

    return grade


def left_running() -> list[int]:
    """Processes of our sandboxes that live, once the kernel has had time to end them."""
    give_up = time.monotonic() + 20
    while (found := sandboxed()) and time.monotonic() < give_up:
        time.sleep(0.02)
    return found


def sandboxed() -> list[int]:
    """Processes of our sandboxes that live now."""
    mark, found = f"{GRADER}={os.getpid()}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found
