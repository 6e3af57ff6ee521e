"""A large class, with a bit of everything; killed in the middle and started again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.teach.grade.classroom import (
    ALL,
    ASSIGNMENT,
    HALF_POINTS,
    WORTH,
    half_right,
    hand_in,
    only,
    rows,
    solved,
    untouched,
    with_cell,
)
from tokenlab.teach.grade.journal import Journal

SIZE = 150  # the last run grades more than 64: sandboxes take their user ids for the second time
CLOSE = "import os\nos.closerange(3, 300)"
KINDS = (
    (solved, ALL, "graded"),
    (half_right, HALF_POINTS, "graded"),
    (untouched, 0, "graded"),
    (lambda student: b"{broken", 0, "unreadable"),
    (lambda student: with_cell(half_right(student), "import os\nos._exit(3)"), HALF_POINTS, "ended early"),
    (lambda student: with_cell(solved(student), "import os\nos._exit(3)", 1), 0, "ended early"),
    (lambda student: with_cell(half_right(student), CLOSE), HALF_POINTS, "ended early"),
    (lambda student: with_cell(half_right(student), "x = bytearray(10 << 30)"), HALF_POINTS, "graded"),
    (lambda student: only("import sys\nsys.modules.clear()", "answer_04_1 = object()"), 0, ""),
    (solved, ALL, "graded"),
)  # fmt: skip


def grade(folder, *options):
    line = [sys.executable, "-m", "tokenlab.teach.grade", str(folder / "submitted")]
    return subprocess.Popen(
        [*line, "--out", str(folder / "grades.csv"), "--jobs", "2", *options],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=None if os.name == "nt" else hear_interrupts,
    )


def hear_interrupts() -> None:
    """A process that a shell starts in the background ignores Ctrl+C, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def journal(folder) -> list[dict]:
    """Its whole lines."""
    file = folder / "grades.csv.journal"
    content = file.read_text(encoding="utf-8") if file.exists() else ""
    return [json.loads(line) for line in content.splitlines() if line.startswith("{") and line.endswith("}")]


def children(pid: int) -> list[int]:
    """Where /proc says so."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in found for child in file.read_text().split()]


def lives(pid: int) -> bool:
    """False for one that has ended, also while nobody has taken note of that."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return False
    return "State:\tZ" not in status


def wait_for(folder, count: int) -> None:
    end = time.monotonic() + 900
    while len(journal(folder)) < count:
        assert time.monotonic() < end, "no progress"
        time.sleep(0.05)


def kill_after(folder, count: int) -> list[dict]:
    """Start a run and kill it when so many are graded; the journal once its helpers have seen that it is
    gone."""
    run = grade(folder)
    wait_for(folder, count)
    helpers = children(run.pid)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    end = time.monotonic() + 300
    while any(map(lives, helpers)):
        assert time.monotonic() < end, "left running"
        time.sleep(0.1)
    return journal(folder)


@pytest.mark.slow
def test_a_large_class_is_graded_and_nothing_is_lost_when_the_run_is_killed_twice(tmp_path):
    expected = {}
    for number in range(SIZE):
        make, points, status = KINDS[number % len(KINDS)]
        student = f"student{number:03}"
        hand_in(tmp_path / "submitted", student, make(student))
        expected[student] = (points, status)

    first = kill_after(tmp_path, SIZE // 4)
    before = kill_after(tmp_path, SIZE // 2)
    assert SIZE // 4 <= len(first) < len(before) < SIZE and before[: len(first)] == first

    with (tmp_path / "grades.csv.journal").open("ab") as file:
        file.write(b'{"key": "half a li')  # as if it had been killed while writing
    run = grade(tmp_path, "--feedback", str(tmp_path / "feedback"))
    said = run.communicate(timeout=900)[1]
    assert run.returncode == 0, said
    assert f"{SIZE} submissions, {SIZE - len(before)} to grade" in said

    summary = rows(tmp_path / "grades_summary.csv")
    assert [row["student"] for row in summary] == sorted(expected)
    for row in summary:
        points, status = expected[row["student"]]
        assert (row["student"], int(row["points"]), row["of"]) == (row["student"], points, str(ALL))
        assert row["status"] == (status or row["status"])
    grades = rows(tmp_path / "grades.csv")
    assert len(grades) == SIZE * len(WORTH) == len({(row["student"], row["exercise"]) for row in grades})
    assert len(list((tmp_path / "feedback").glob(f"*/{ASSIGNMENT}.txt"))) == SIZE

    again = grade(tmp_path)
    assert f"{SIZE} submissions, 0 to grade" in again.communicate(timeout=900)[1]


def test_a_run_that_is_interrupted_leaves_valid_files_and_goes_on(tmp_path):
    for number in range(40):  # all but two take so long that the run cannot be over when the signal comes
        wait = "import time; time.sleep(5)" if number > 1 else "pass"
        hand_in(tmp_path / "submitted", f"s{number:02}", with_cell(untouched("x"), wait))
    run = grade(tmp_path)
    wait_for(tmp_path, 2)
    run.send_signal(signal.SIGINT)
    said = run.communicate(timeout=900)[1]
    assert run.returncode == 130 and "goes on from here" in said
    done = rows(tmp_path / "grades_summary.csv")
    assert 2 <= len(done) < 40 and len(done) == len(journal(tmp_path))


@pytest.mark.skipif(os.name == "nt", reason="no locks there")
def test_two_runs_do_not_write_the_same_grades(tmp_path):
    hand_in(tmp_path / "submitted", "ada", untouched("ada"))
    first = Journal(tmp_path / "grades.csv.journal")  # as another run keeps it
    try:
        second = grade(tmp_path)
        assert "another run is writing" in second.communicate(timeout=900)[1] and second.returncode == 2
    finally:
        first.close()
