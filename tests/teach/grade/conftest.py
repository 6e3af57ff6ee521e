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
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import submissions


@pytest.fixture(scope="session")
def isolation():
    """What keeps student code apart here; found once."""
    try:
        return find_isolation()
    except NoIsolation as error:
        return str(error)


def _require_one(isolation) -> None:
    require(not isinstance(isolation, str), f"isolation for student code: {isolation}")


@pytest.fixture(autouse=True)
def isolated(isolation):
    """Most of these tests run submissions."""
    _require_one(isolation)


@pytest.fixture(scope="module")
def grader(isolation):
    """One for all: an attack must not harm those after it either. It is made before `isolated` could skip."""
    _require_one(isolation)
    grader = Grader()
    yield grader
    grader.close()


@pytest.fixture
def graded(grader, tmp_path):
    """Hand in a notebook as eve, and have it graded; nothing may be left running."""

    def grade(content, student: str = "eve", by: Grader = grader) -> Result:
        hand_in(tmp_path / "submitted", student, content)
        [one] = [one for one in submissions(tmp_path / "submitted") if one.student == student]
        result = by.grade(one)
        assert left_running() == []
        return result

    return grade


@pytest.fixture
def graded_in_a_hurry(graded, monkeypatch):
    """The same for what only a limit ends. Where a machine is too slow for short limits, longer ones are
    tried: what has to hold must hold with some."""

    def grade(content, points: int, status: str = "") -> Result:
        for patience in (1, 5, 25):
            monkeypatch.setattr(conversation, "GRACE", 0.5 * patience)
            hurried = Grader(SubmissionLimits(3 * patience, 1.2 * patience, 0.3 * patience, 2 * patience))
            result = graded(content, by=hurried)
            hurried.close()
            if result.points == points and result.status == (status or result.status):
                break
        return result

    return grade


def left_running() -> list[int]:
    """Processes of our sandboxes that live, once the kernel has had time to end them."""
    give_up = time.monotonic() + 120
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
