"""What submissions may do to the machine and to others: nothing that lasts, and nothing for points.

Every attack is as small as it can be: what counts is what comes of it.
"""

import os

import pytest

from tests.teach.grade.classroom import (
    ALL,
    FUNCTION,
    HALF_POINTS,
    answers_of,
    half_right,
    hand_in,
    solved,
    untouched,
    with_cell,
)

# Not ending, and ending too early -------------------------------------------------------------------------

ENDINGS = {
    "sys.exit": ("import sys\nsys.exit(0)", "graded"),
    "KeyboardInterrupt": ("raise KeyboardInterrupt", "graded"),
    "os._exit": ("import os\nos._exit(0)", "ended early"),
    "os.abort": ("import os\nos.abort()", "ended early"),
    "a fault in C": ("import faulthandler\nfaulthandler._sigsegv()", "ended early"),
    "recursion": ("def f(): f()\nf()", "graded"),
    "a pipe that is closed": ("import os\nos.closerange(3, 300)", "ended early"),
    "10 GB of memory": ("x = bytearray(10 << 30)", "graded"),
    "memory bit by bit": ("x = []\nwhile True: x.append(bytearray(1 << 22))", "graded"),
    "1 GB of output": ("line = 'x' * (1 << 20)\nfor _ in range(1024): print(line)", "graded"),
    "reading input": ("input()", "graded"),
    "a huge file": ("with open('big', 'wb') as f:\n    while True: f.write(bytes(1 << 20))", "graded"),
    "many empty files": ("import time\nfor n in range(20_000): open(str(n), 'w').close()\ntime.sleep(1)", ""),
    "folders in folders": (
        "import os, time\nfor n in range(1500):\n    os.mkdir('f')\n    os.chdir('f')\ntime.sleep(0.3)",
        "graded",
    ),
    "many files": (
        "import time\nfor n in range(8): open(str(n), 'wb').write(bytes(15 << 20))\ntime.sleep(1)",
        "graded",  # the folder is full: that is the submission's own trouble
    ),
}


ENDLESS = {
    "a loop": ("while True: pass", "graded"),
    "one that catches nearly all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "",
    ),
    "signals ignored": (
        "import signal\nfor s in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):\n"
        "    signal.signal(s, signal.SIG_IGN)\n"
        "while True: pass",
        "time is up",
    ),
}


@pytest.mark.parametrize(("source", "status"), ENDINGS.values(), ids=ENDINGS)
def test_what_was_answered_counts_however_it_ends(graded, source, status):
    result = graded(with_cell(half_right("eve"), source))
    assert result.status == (status or result.status)
    assert result.points == HALF_POINTS


@pytest.mark.parametrize(("source", "status"), ENDLESS.values(), ids=ENDLESS)
def test_what_was_answered_counts_when_it_does_not_end(graded_in_a_hurry, source, status):
    result = graded_in_a_hurry(with_cell(half_right("eve"), source), HALF_POINTS, status)
    assert result.status == (status or result.status)
    assert result.points == HALF_POINTS


def test_a_cell_that_takes_too_long_does_not_stop_the_next(graded_in_a_hurry):
    assert graded_in_a_hurry(with_cell(solved("eve"), "while True: pass", 1), ALL).points == ALL


def test_a_process_that_ended_before_it_answered_has_no_points(graded):
    assert graded(with_cell(solved("eve"), "import os\nos._exit(0)", 1)).points == 0


# Leaving something behind
FORK = """
import os, time
def fork(do):
    if os.fork() == 0:
        try:
            do()
        finally:
            os._exit(0)
"""
CHILDREN = {
    "a child": "def child(): time.sleep(60)\nfork(child)",
    "one in a session of its own": "def child():\n    os.setsid()\n    time.sleep(60)\nfork(child)",
    "a bomb": "def child():\n    os.setsid()\n    for _ in range(4):\n        try: fork(child)\n"
    "        except OSError: pass\n    time.sleep(60)\nfork(child)",
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("end", ["", "\nos._exit(0)"], ids=["stays", "goes"])
@pytest.mark.parametrize("source", CHILDREN.values(), ids=CHILDREN)
def test_no_process_is_left_running(graded, source, end):
    assert graded(with_cell(half_right("eve"), FORK + source + end)).points == HALF_POINTS


def test_the_fork_of_these_tests_works(graded):
    """Else they would prove nothing: the child writes the answer into the pipe."""
    source = (
        FORK
        + "def child():\n"
        + "    for number in range(3, 20):\n"
        + '        try: os.write(number, b\'{"learner": "a child"}\\n\')\n'
        + "        except OSError: pass\n"
        + "fork(child)\n"
        + "time.sleep(0.5)\nos._exit(0)"
    )
    assert "a child" in graded(with_cell(untouched("eve"), source)).note


# Other people's files -------------------------------------------------------------------------------------

READS = (
    "open({path!r}).read()",
    "__import__('os').fdopen(__import__('os').open({path!r}, 0)).read()",
    "(__import__('os').symlink({path!r}, 'link'), open('link').read())",
    "str(__import__('os').listdir({folder!r}))",
    "[open(p + '/environ', 'rb').read().index(b'PATH=') for p in __import__('glob').glob('/proc/[0-9]*')]",
)
CHANGES = (
    "open({path!r}, 'w')",
    "open({path!r}, 'a').write('x')",
    "__import__('os').remove({path!r})",
    "__import__('os').rename({path!r}, 'mine')",
    "__import__('os').link({path!r}, 'mine')",
    "__import__('os').truncate({path!r}, 0)",
    "__import__('os').chmod({path!r}, 0)",
    "__import__('shutil').rmtree({folder!r})",
    "open({folder!r} + '/new', 'w')",
)


@pytest.mark.parametrize("source", READS + CHANGES)
def test_other_peoples_files_are_neither_read_nor_changed(graded, tmp_path, source):
    path = hand_in(tmp_path / "submitted", "ada", solved("ada"))
    content, source = path.read_bytes(), source.format(path=str(path), folder=str(path.parent))
    result = graded(
        with_cell(untouched("eve"), f"learner('nobody read it')\nx = {source}\nlearner('it was read')")
    )
    assert "nobody read it" in result.note and "it was read" not in result.note
    assert path.read_bytes() == content and os.listdir(path.parent) == [path.name]


def test_the_environment_is_clean(graded, monkeypatch):
    monkeypatch.setenv("TOKENLAB_SECRET", "token")
    source = "import os\nlearner(os.getcwd() + ' ' + os.environ.get('TOKENLAB_SECRET', 'clean'))"
    note = graded(with_cell(untouched("eve"), source)).note
    assert note.partition("learner('")[2].partition("')")[0] == "/home/student clean"


# Answers that are functions -------------------------------------------------------------------------------

MAY = "".join(answers_of(solved("eve"))["04.6"]["source"])
FUNCTIONS = {
    "a constant True": ("answer_04_6 = lambda *_: True", 0),
    "a constant False": ("answer_04_6 = lambda *_: False", 0),
    "an object that equals everything": ("class Yes:\n    def __eq__(s, o): return True\n"
                                         "answer_04_6 = lambda *_: Yes()", 0),
    "1 for True": (MAY + "\nanswer_04_6 = lambda *a: int(may(*a))", 0),
    "no function": ("answer_04_6 = True", 0),
    "raises SystemExit": ("import sys\nanswer_04_6 = lambda *_: sys.exit()", 0),
    "ends the process": ("import os\nanswer_04_6 = lambda *_: os._exit(0)", 0),
    "counts its calls": ("n = 0\ndef answer_04_6(*a):\n    global n\n    n += 1\n"
                         "    return n % 2 == 0", None),
    "prints a lot": (MAY + "\ndef answer_04_6(*a):\n    print('x' * 1_000_000)\n    return may(*a)", 1),
    "changes its arguments": (MAY + "\ndef answer_04_6(sids, owner, dacl, desired):\n"
                              "    found = may(sids, owner, dacl, desired)\n    sids.clear()\n"
                              "    return found", 1),
    "an object that can be called": (MAY + "\nclass C:\n    def __call__(s, *a): return may(*a)\n"
                                     "answer_04_6 = C()", 1),
}  # fmt: skip

SLOW_FUNCTIONS = {
    "sleeps": "import time\nanswer_04_6 = lambda *_: time.sleep(60)",
    "sleeps through alarms": "import signal\nsignal.signal = None\nsignal.setitimer = lambda *a: None\n"
    "def answer_04_6(*a):\n    while True: pass",
}


@pytest.mark.parametrize(("source", "points"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_function_earns_what_it_returns(graded, source, points):
    result = graded(with_cell(half_right("eve"), source))
    own = next(row for row in result.rows if row.exercise == FUNCTION)
    assert result.points - own.points == HALF_POINTS
    assert own.points < own.of if points is None else own.points == points * own.of


@pytest.mark.parametrize("source", SLOW_FUNCTIONS.values(), ids=SLOW_FUNCTIONS)
def test_a_function_that_does_not_return_earns_nothing_and_costs_no_other_answer(graded_in_a_hurry, source):
    result = graded_in_a_hurry(with_cell(half_right("eve"), source), HALF_POINTS)
    own = next(row for row in result.rows if row.exercise == FUNCTION)
    assert (own.points, result.points) == (0, HALF_POINTS)


def test_those_who_come_after_all_this_get_what_they_earned(graded):
    result = graded(solved("ada"), "ada")
    assert (result.status, result.points, result.notes) == ("graded", ALL, ())
