"""Files and folders that no honest notebook has: each has a row that says why, and nobody else notices.

None of these is an attack (`test_attacks.py`, `test_isolation.py`): they come from mail, editors, phones and
other courses.
"""

import json
import os
import shutil
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.teach.grade.classroom import ALL, ASSIGNMENT, hand_in, only, rows, solved
from tokenlab.teach.grade import __main__ as command
from tokenlab.teach.grade.limits import NOTEBOOK

SOLVED = json.dumps(solved("x"))
NAMES = {  # of students: points, and the status
    "-rf": (ALL, "graded"),
    "=cmd|' !A0": (ALL, "graded"),
    "a,b;c": (ALL, "graded"),
    "a\\b": (ALL, "graded"),
    "<b>": (ALL, "graded"),
    "%s{0}$(id)`id`": (ALL, "graded"),
    "\N{GRINNING FACE} \N{LATIN SMALL LIGATURE FFI}": (ALL, "graded"),
    "a\nb": (0, "unreadable"),
    "\x1b[2J": (0, "unreadable"),
    "\u202eada": (0, "unreadable"),
    "\u200b": (0, "unreadable"),
    "x" * 200: (0, "unreadable"),
}
CONTENTS: dict[str, tuple[str | bytes | dict, str]] = {
    "nothing": (b"", "unreadable"),
    "blanks": (b" \r\n ", "unreadable"),
    "null": (b"null", "unreadable"),
    "a page of the web": (b"<!DOCTYPE html><html>Sign in</html>", "unreadable"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "unreadable"),
    "a conflict of git": (b'<<<<<<< HEAD\n{"cells": []}\n=======\n', "unreadable"),
    "a script": (b"answer_04_1 = 'A'\n", "unreadable"),
    "a zip archive": (b"PK\x03\x04" + bytes(60), "unreadable"),
    "half a notebook": (SOLVED[: len(SOLVED) // 2], "unreadable"),
    "two notebooks": (SOLVED + SOLVED, "unreadable"),
    "a list around it": (f"[{SOLVED}]", "unreadable"),
    "format 3": (b'{"worksheets": [{"cells": []}], "nbformat": 3}', "unreadable"),
    "cells that are no list": (b'{"cells": "all"}', "unreadable"),
    "too many cells": ({"cells": [{"cell_type": "code", "source": "1"}] * 2001}, "unreadable"),
    "a byte too many": (SOLVED.ljust(NOTEBOOK + 1), "unreadable"),
    "the greatest size": (SOLVED.ljust(NOTEBOOK), "graded"),
    "UTF-16": (SOLVED.encode("utf-16"), "graded"),
    "UTF-8 with a mark": (SOLVED.encode("utf-8-sig"), "graded"),
    "Latin-1": ('{"cells": [{"cell_type": "code", "source": "x = \'é\'"}]}'.encode("latin-1"), "unreadable"),
    "no cell": ({"cells": []}, "graded"),
    "NaN": ('{"x": NaN, ' + SOLVED[1:], "graded"),
    "a number of 5,000 digits": ('{"x": ' + "9" * 5000 + ", " + SOLVED[1:], "unreadable"),
    "keys that stand twice": ('{"cells": [], ' + SOLVED[1:], "graded"),
    "half a character in a cell": (only("x = '\ud800'"), "graded"),
    "NUL in a cell": (only("x = 1\0"), "graded"),
    "a cell of spaces and form feeds": (only(" \f\n\t"), "graded"),
    "line ends of other systems": (SOLVED.replace("\\n", "\\r\\n"), "graded"),
    "tabs and blanks mixed": (only("if 1:\n\tx = 1\n        y = 2"), "graded"),
    "a cell of 200,000 lines": (only("x = 1\n" * 200_000), "graded"),
    "brackets nested deep in a cell": (only("x = " + "(" * 5000 + ")" * 5000), "graded"),
    "await outside of a function": (only("await x"), "graded"),
}


def fifo(path: Path) -> None:
    os.mkfifo(path)


def bound(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def file_for_folder(path: Path) -> None:
    shutil.rmtree(path.parent)
    path.parent.write_text("x")


PLACES: dict[str, Callable[[Path], object]] = {  # the first six cannot be read, the others are not there
    "a folder": lambda path: path.mkdir(),
    "a pipe": fifo,
    "a socket": bound,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("/nowhere"),
    "a link to zeros without end": lambda path: path.symlink_to("/dev/zero"),
    "a copy that Jupyter kept": lambda path: hand_in(path.parent, ".ipynb_checkpoints", SOLVED),
    "nothing": lambda path: None,
    "not even a folder": lambda path: shutil.rmtree(path.parent),
    "a file for the folder": file_for_folder,
}


def summary(folder: Path) -> dict[str, tuple[int, str]]:
    line = [str(folder / "submitted"), "--out", str(folder / "g.csv"), "--feedback", str(folder / "feedback")]
    assert command.main([*line, "--assignment", ASSIGNMENT, "--jobs", "2"]) == 0
    return {row["student"]: (int(row["points"]), row["status"]) for row in rows(folder / "g_summary.csv")}


def neighbours(folder: Path) -> dict[str, tuple[int, str]]:
    """The first and the last of all, who are honest, and what they get."""
    hand_in(folder / "submitted", "00", solved("00"))
    hand_in(folder / "submitted", "zz", solved("zz"))
    return {"00": (ALL, "graded"), "zz": (ALL, "graded")}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_is_a_learners_name_or_the_row_says_why_not(tmp_path):
    honest = neighbours(tmp_path)
    for name in NAMES:
        hand_in(tmp_path / "submitted", name, solved(name))
    told = summary(tmp_path)
    assert {name: told[name] for name in honest} == honest
    assert sorted(status for _, status in told.values()) == sorted(
        status for _, status in [*NAMES.values(), *honest.values()]
    )
    assert sum(points for points, _ in told.values()) == ALL * (2 + 7)


def test_any_content_has_a_row_and_costs_no_neighbour_a_point(tmp_path):
    honest = neighbours(tmp_path)
    for number, (content, _) in enumerate(CONTENTS.values(), 1):
        hand_in(tmp_path / "submitted", f"{number:02}", content)
    told = summary(tmp_path)
    assert {name: told[name] for name in honest} == honest
    for number, (kind, (_, status)) in enumerate(CONTENTS.items(), 1):
        assert (kind, told[f"{number:02}"][1]) == (kind, status)


@pytest.mark.skipif(os.name == "nt", reason="pipes, sockets and links")
def test_whatever_stands_where_a_notebook_should_has_a_row_and_costs_no_neighbour_a_point(tmp_path):
    honest = neighbours(tmp_path)
    for number, make in enumerate(PLACES.values(), 1):
        path = hand_in(tmp_path / "submitted", f"{number:02}", "x")
        path.unlink()
        make(path)
    told = summary(tmp_path)
    expected = {
        kind: "unreadable" if number <= 6 else "nothing handed in" for number, kind in enumerate(PLACES, 1)
    }
    assert told == honest | {f"{n:02}": (0, status) for n, status in enumerate(expected.values(), 1)}
