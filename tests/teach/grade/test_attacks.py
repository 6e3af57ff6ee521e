"""What submissions may claim: each is graded as what it honestly earned.

Every attack is as small as it can be: what counts is what comes of it.
"""

import os

import pytest

from tests.teach.grade.classroom import (
    ALL,
    FUNCTION,
    HALF_POINTS,
    WORTH,
    answers_of,
    half_right,
    hand_in,
    only,
    solved,
    untouched,
    with_cell,
)
from tokenlab.teach.grade.submission import submissions


def everywhere(value: str) -> str:
    """Code that gives every exercise this answer."""
    return f"for number in range(1, {len(WORTH) + 1}): globals()['answer_04_%d' % number] = {value}"


# Answers that want to look right ---------------------------------------------------------------------------

LIES = {
    "an object that equals everything": "class Yes:\n    def __eq__(self, other): return True\n"
    "    __hash__ = None\n"
    "    def __iter__(self): return iter('ABCDEF')\n    def keys(self): return self\n" + everywhere("Yes()"),
    "a class whose metaclass equals everything": "class Meta(type):\n"
    "    def __eq__(cls, other): return True\n"
    "    def __hash__(cls): return hash(dict)\nclass Yes(metaclass=Meta): pass\n" + everywhere("Yes()"),
    "a subclass of str": "class Text(str):\n    def __eq__(self, other): return True\n"
    "    __hash__ = str.__hash__\n" + everywhere("Text('A')"),
    "a subclass of dict": "class Any(dict):\n    def __getitem__(self, key): return 'granted'\n"
    "    def __eq__(self, other): return True\n" + everywhere("Any(read='granted')"),
    "a subclass of int": "class One(int):\n    def __eq__(self, other): return True\n"
    "    __hash__ = int.__hash__\n" + everywhere("One(1)"),
    "a generator": everywhere("(x for x in 'ABCDEF')"),
    "a lambda": everywhere("lambda *_: 'granted'"),
    "NaN": everywhere("float('nan')"),
    "a huge number": everywhere("10 ** 5000"),
    "control characters": everywhere("'ABC\\x1b[2J\\x00DEF'"),
    "half a character": everywhere("'\\ud800'"),
    "a long text": everywhere("'D:' * 10_000_000"),
    "nested a million deep": "x = []\nfor _ in range(1_000_000): x = [x]\n" + everywhere("x"),
    "contains itself": "x = []\nx.append(x)\n" + everywhere("x"),
}


@pytest.mark.parametrize("source", LIES.values(), ids=LIES)
def test_only_plain_data_is_an_answer(graded, source):
    result = graded(with_cell(untouched("eve"), source))
    assert (result.status, result.points, result.of) == ("graded", 0, ALL)
    assert {row.status for row in result.rows} <= {"unusable", "unanswered", "judged"}


# Changing what decides ------------------------------------------------------------------------------------

PATCHES = {
    "check and judge": "import sys\nm = sys.modules['tokenlab.teach.check']\n"
    "m.check = m.judge = m.judge_task = m.made = lambda *a: 99",
    "the exercises": "from tokenlab.teach.exercise import REGISTRY, Part\nfor one in REGISTRY.values():\n"
    "    object.__setattr__(one, 'points', 1000)\n    object.__setattr__(one, 'make', None)",
    "the access check": "import tokenlab, tokenlab.security\n"
    "tokenlab.access_check = tokenlab.security.check.access_check = lambda *a, **k: True",
    "AssertionError": "import builtins\nbuiltins.AssertionError = builtins.Exception = type('E', (), {})",
    "open, type and isinstance": "import builtins\n"
    "builtins.open = builtins.isinstance = lambda *a, **k: True",
    "json": "import json\njson.dumps = lambda *a, **k: '{\"points\": 29}'",
    "what is plain": "import tokenlab.teach.answers as a\na._Copy.of = lambda self, value, depth: value",
    "the worker": "import tokenlab.teach.grade.worker as w\nw.plain = lambda value: value\n"
    "w._Student.tell = lambda *a: None",
    "subprocess": "import subprocess\nsubprocess.Popen = subprocess.run = None",
    "frames": "import sys\nframe = sys._getframe()\nwhile frame:\n"
    "    for value in frame.f_locals.values():\n"
    "        if type(value).__name__ == '_Student': value._said = value._functions = {'04.1': 99}\n"
    "    frame = frame.f_back",
    "IPython's transformers": "get_ipython().input_transformers_post.append(lambda lines: ['points = 29'])",
    "the learner": "learner('somebody else')",
}


SILENT = {
    name: PATCHES.pop(name) for name in ("json", "the worker")
}  # nothing is said any more, not even "done"
places = pytest.mark.parametrize("place", [1, -1], ids=["first", "last"])


@pytest.mark.parametrize("source", PATCHES.values(), ids=PATCHES)
@places
def test_nothing_that_is_patched_gains_a_point(graded, source, place):
    assert graded(with_cell(untouched("eve"), source, place)).points == 0


@pytest.mark.parametrize("source", PATCHES.values(), ids=PATCHES)
def test_what_was_answered_before_still_counts(graded, source):
    assert graded(with_cell(half_right("eve"), source)).points == HALF_POINTS


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
@places
def test_nobody_gains_a_point_by_silence(graded_in_a_hurry, source, place):
    # What comes after the patch is not heard: the half that is right counts only before it.
    points = 0 if place == 1 else HALF_POINTS
    result = graded_in_a_hurry(with_cell(half_right("eve"), source, place), points, "time is up")
    assert (result.points, result.status) == (points, "time is up")


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
@places
def test_silence_makes_no_blank_answer_right(graded_in_a_hurry, source, place):
    assert graded_in_a_hurry(with_cell(untouched("eve"), source, place), 0, "time is up").points == 0


FORGED = (
    '{"answer": "04.1", "plain": {"points": 99}, "points": 99, "status": "judged"}',
    '{"answer": "04.2", "results": [{"returned": true}], "points": 3}',
    '{"answer": "04.4", "plain": 1e999}',
    '{"answer": "04.4", "plain": NaN}',
    '{"answer": "04.5", "plain": ' + "[" * 100_000 + "}",
    '{"answer": ["04.5"], "points": 5}',
    '{"points": 29, "rows": [], "done": true}',
    "[]",
    "\\xff\\x00",
)


@pytest.mark.parametrize("line", FORGED, ids=range(len(FORGED)))
def test_writing_into_the_pipe_forges_no_points(graded, line):
    source = (
        f"import os\nfor number in range(3, 300):\n    try: os.write(number, b'''{line}\\n''')\n"
        "    except OSError: pass"
    )
    assert graded(with_cell(untouched("eve"), source)).points == 0


def test_what_an_error_says_reaches_no_terminal(graded):
    notes = graded(with_cell(untouched("eve"), "raise ValueError('\\x1b[2J=1+1')")).notes
    assert notes[-1].endswith("ValueError: [2J=1+1")


def test_a_flood_in_the_pipe_ends_the_submission(graded):
    source = (
        "import os, stat\npipes = [n for n in range(3, 20) if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "pipes = [n for n in pipes if stat.S_ISFIFO(os.fstat(n).st_mode)]\n"
        "while True:\n    for n in pipes:\n        try: os.write(n, b'x' * 65536)\n"
        "        except OSError: pass"
    )
    result = graded(with_cell(half_right("eve"), source))
    assert (result.status, result.points) == ("said too much", HALF_POINTS)


# The notebook itself --------------------------------------------------------------------------------------


def test_points_ids_and_locked_cells_of_a_submission_do_not_count(graded):
    notebook = half_right("eve")
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "1000"
            cell["metadata"]["nbgrader"] |= {"points": 1000, "grade_id": "check_04_1", "locked": False}
    result = graded(notebook)
    assert (result.points, result.of) == (HALF_POINTS, ALL)


def test_cells_may_be_deleted_and_duplicated(graded):
    assert graded({**solved("eve"), "cells": solved("eve")["cells"] * 2}).points == ALL
    sources = ["".join(cell["source"]) for cell in answers_of(solved("eve")).values()]
    assert graded(only(*sources)).points == WORTH[FUNCTION]  # the others need what a task gives


def test_magics_fail_alone(graded):
    assert graded(with_cell(solved("eve"), "%matplotlib inline\n!rm -rf /", 1)).points == ALL


BROKEN = {
    "no JSON": b"PK\x03\x04",
    "empty": b"",
    "no notebook": b"[1, 2]",
    "no cells": b'{"cells": {"a": 1}}',
    "nested": b"[" * 500_000,
    "not UTF-8": b'{"cells": "\xff\xfe"}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_notebook_has_a_result(graded, content):
    result = graded(content)
    assert (result.status, result.points, result.of) == ("unreadable", 0, ALL) and result.note


def test_cells_of_any_shape_have_a_result(graded):
    cells = [
        1,
        None,
        {"cell_type": "code"},
        {"cell_type": "code", "source": 5},
        {"cell_type": "code", "source": [1]},
    ]
    assert graded({"cells": cells}).status == "graded"


def test_a_folder_a_link_a_pipe_and_a_gigabyte_are_no_notebooks(grader, tmp_path):
    honest = hand_in(tmp_path, "ada", solved("ada"))
    for student in ("folder", "link", "pipe", "large", "whole"):
        path = hand_in(tmp_path, student, "x")
        path.unlink()
        if student == "folder":
            path.mkdir()
        elif student == "link":
            path.symlink_to(honest)
        elif student == "pipe":
            os.mkfifo(path)
        elif student == "large":
            with path.open("wb") as file:
                file.truncate(1 << 30)  # sparse: it takes no room
        else:
            path.parent.rmdir()
            path.parent.symlink_to(honest.parent)
    results = {one.student: grader.grade(one) for one in submissions(tmp_path)}
    assert results.pop("ada").points == ALL
    assert {(one.status, one.points) for one in results.values()} == {("unreadable", 0)}


def test_another_students_notebook_is_judged_in_ones_own_world(graded):
    result = graded(solved("ada"))
    assert result.points < ALL and "learner('ada'); graded as 'eve'" in result.note
