"""The grader as the attacks meet it: one for all of them, in a hurry."""

from pathlib import Path

import pytest

from tests.teach.grade.classroom import hand_in
from tokenlab.teach.grade import conversation
from tokenlab.teach.grade.grader import Grader
from tokenlab.teach.grade.limits import Limits
from tokenlab.teach.grade.result import Result
from tokenlab.teach.grade.submission import submissions

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
        assert left_running(grader) == []
        return result

    return grade


def left_running(grader: Grader) -> list[int]:
    """Processes whose parent is the one that student processes are born of."""
    zygote = getattr(grader._nursery, "_process", None)
    if zygote is None or not Path("/proc/self/stat").exists():
        return []
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == zygote.pid or (fields[1] == "1" and status.stat().st_uid >= 0x40000000):
            found.append(int(status.parent.name))
    return found
