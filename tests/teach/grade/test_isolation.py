"""What stands between a student's code and the machine, tried from inside, as root and as an ordinary user.

Each attempt of `HARMFUL` was made by a submission once: what counts is that nothing outside was changed or
read, that the run goes on, and that the neighbours get exactly what they earned.
"""

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT, require
from tests.teach.grade.classroom import ALL, HALF_POINTS, half_right, hand_in, rows, solved, with_cell
from tests.teach.grade.conftest import left_running, sandboxed
from tokenlab.teach.grade import __main__ as command
from tokenlab.teach.grade import seccomp
from tokenlab.teach.grade.doctor import ATTEMPTS, try_all
from tokenlab.teach.grade.grader import Grader
from tokenlab.teach.grade.isolation import ContainerEngine, NoIsolation, Unprotected, find_isolation, works
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.grade.submission import submissions

linux = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")
SYSTEM_PYTHON = "/usr/bin/python3"
NOBODY = 65534

# Code, given the path of somebody else's notebook, a socket of the teacher's and a process of theirs.
HARMFUL = {
    "a session bus": "s = socket.socket(socket.AF_UNIX)\ns.connect({bus!r})\ns.send(b'x')",
    "a bus after the audit hooks": "import gc, ctypes\nctypes.CDLL(None)\n"
    "a, b = socket.socketpair()\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
    "s.sendto(b'x', {bus!r})",
    "chmod of another's file": "os.chmod({notebook!r}, 0)",
    "chmod from a folder that is open": "d = os.open('/', os.O_RDONLY)\n"
    "os.chmod({notebook!r}.lstrip('/'), 0, dir_fd=d)",
    "limits of another process": "resource.prlimit({process}, resource.RLIMIT_CPU, (0, 0))",
    "the scheduler": "os.sched_setaffinity({process}, [0])\n"
    "os.sched_setscheduler({process}, os.SCHED_IDLE, os.sched_param(0))",
    "priority of all": "os.setpriority(os.PRIO_USER, os.getuid(), 19)",
    "a signal through a pidfd": "fd = os.pidfd_open({process})\nsignal.pidfd_send_signal(fd, 9)",
    "signals to everybody": "signal.signal(15, signal.SIG_IGN)\nos.kill(-1, 15)",
    "folders that change into links": "for n in range(200):\n    os.mkdir('a%d' % n)\n"
    "for n in range(2000):\n    m = n % 200\n    os.rename('a%d' % m, 'b')\n    os.symlink('/', 'a%d' % m)\n"
    "    os.unlink('a%d' % m)\n    os.rename('b', 'a%d' % m)",
    "paths too long to count": "for _ in range(400):\n    os.mkdir('x' * 200)\n    os.chdir('x' * 200)\n"
    "open('big', 'wb').write(bytes(15 << 20))",
    "files that have no name": "kept = []\nfor n in range(40):\n"
    "    f = open('x', 'w+b')\n    os.unlink('x')\n    f.write(bytes(8 << 20))\n    kept.append(f)",
    "a folder without the right to read": "os.mkdir('dark')\nopen('dark/x', 'w').write('x')\n"
    "os.chmod('dark', 0)",
    "memory that stays": "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    "assert libc.shmget(4711, 1 << 29, 0o1666) < 0",
    "a file in memory": "fd = os.memfd_create('x')\nfor _ in range(200): os.write(fd, bytes(8 << 20))",
    "a key ring": "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
    "assert libc.syscall({add_key}, b'user', b'left', b'x', 1, -5) < 0",
    "solutions": "print(open({solutions!r}).read())",
    "a terminal": "import fcntl\nfcntl.ioctl(open('/dev/tty'), 0x5412, b'x')",
    "settings of the kernel": "open('/proc/sys/kernel/core_pattern', 'w').write('|/x')",
    "the process above": "open('/proc/1/mem', 'r+b').write(b'x')",
    "lines nested 950 deep": "for n in range(3, 20):\n"
    "    try: os.write(n, b'{{\"answer\": \"04.1\", \"plain\": ' + b'[' * 950 + b']' * 950 + b'}}\\n')\n"
    "    except OSError: pass",
    "a bomb": "def child():\n    while True:\n        try: os.fork()\n        except OSError: break\n"
    "    import time; time.sleep(60)\nif os.fork() == 0: child()",
}  # fmt: skip
BEGIN = "import os, resource, signal, socket\n"


@linux
def test_the_doctor_finds_nothing_that_gets_through():
    outcome = try_all(find_isolation())
    assert outcome == dict.fromkeys(ATTEMPTS, False)


def test_the_doctor_notices_where_nothing_protects():
    """Else it would prove nothing."""
    outcome = try_all(Unprotected())
    assert outcome["read a file of yours"] and outcome["see processes of yours"]


@linux
def test_every_refused_call_is_refused_inside_and_python_needs_none(tmp_path):
    source = (
        "import ctypes\nfrom tokenlab.teach.grade.seccomp import REFUSED\n"
        f"column = {os.uname().machine != 'x86_64'!r}\nlibc, open_ = ctypes.CDLL(None, use_errno=True), []\n"
        "for name, numbers in REFUSED.items():\n    ctypes.set_errno(0)\n"
        "    libc.syscall(numbers[column], 0, 0, 0, 0, 0)\n"
        "    if ctypes.get_errno() != 1: open_.append(name)\n"
        "libc.syscall(56 if not column else 220, 0x10000000 | 17, 0, 0, 0, 0)\n"
        "if ctypes.get_errno() != 1: open_.append('clone')\n"
        "learner(' '.join(open_) or 'all refused')"
    )
    require(seccomp.program(), "a filter for this architecture")
    hand_in(tmp_path, "eve", with_cell(half_right("eve"), source))
    grader = Grader()
    [result] = map(grader.grade, submissions(tmp_path))
    grader.close()
    assert "learner('all refused')" in result.note and result.points == HALF_POINTS


@linux
def test_a_process_is_seen_while_it_lives_and_gone_after():
    """Else the tests that nothing is left running would prove nothing."""
    isolation = find_isolation()
    assert left_running() == []  # the one that was tried to find it may take a moment to end
    child = isolation.start(SubmissionLimits())
    give_up = time.monotonic() + 60
    while not (seen := sandboxed()) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert seen
    child.close()
    assert left_running() == []


def test_a_filter_has_both_architectures_and_none_for_others():
    assert len(seccomp.program("x86_64")) == len(seccomp.program("aarch64")) > 8 * len(seccomp.REFUSED)
    assert seccomp.program("riscv64") == b""


def grade_as(user: int, folder: Path, package: Path) -> subprocess.CompletedProcess[str]:
    """The command as a teacher would give it, with the system's Python."""
    line = [SYSTEM_PYTHON, "-m", "tokenlab.teach.grade", str(folder / "submitted")]
    line += ["--out", str(folder / "grades.csv"), "--feedback", str(folder / "feedback"), "--jobs", "2"]
    options: dict[str, Any] = {"user": user, "group": user, "extra_groups": []} if user != os.getuid() else {}
    return subprocess.run(
        line,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(package), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        **options,
    )


@pytest.fixture(params=["root", "an ordinary user"])
def teacher(request):
    """A user id, and a folder that is theirs, with a copy of the package they can read."""
    require(shutil.which("bwrap"), "bubblewrap (apt install bubblewrap)")
    require(Path(SYSTEM_PYTHON).exists(), SYSTEM_PYTHON)
    user = {"root": 0, "an ordinary user": os.getuid() or NOBODY}[request.param]
    if user == 0 and os.getuid() != 0:
        pytest.skip("this is no root")
    with tempfile.TemporaryDirectory(prefix="tokenlab-class-") as name:
        folder = Path(name)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "tokenlab", folder / "package" / "tokenlab", ignore=skip)
        yield user, folder


@linux
@pytest.mark.slow
def test_a_class_with_every_harmful_notebook_is_graded_as_if_they_were_not_there(teacher):
    user, folder = teacher
    other = hand_in(folder / "submitted", "00-ada", solved("00-ada"))
    bus = str(folder / "bus")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(bus)
        server.listen()
        server.setblocking(False)
        os.chmod(bus, 0o777)
        things = {
            "bus": bus,
            "notebook": str(other),
            "process": os.getpid(),
            "add_key": 248 if os.uname().machine == "x86_64" else 217,
            "solutions": str(ROOT / "solutions" / "04_access_check" / "04_access_check.ipynb"),
        }
        for number, source in enumerate(HARMFUL.values(), 1):
            eve, ada = f"{number:02}-eve", f"{number:02}-neighbour"
            attack = BEGIN + source.format(**things)
            hand_in(folder / "submitted", eve, with_cell(half_right(eve), attack))
            hand_in(folder / "submitted", ada, solved(ada))
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)
        before = {path: path.read_bytes() for path in folder.rglob("*.ipynb")}
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in before}
        limits = resource_limits()
        run = grade_as(user, folder, folder / "package")
        assert run.returncode == 0, run.stderr
        with pytest.raises(BlockingIOError):  # nobody called
            server.accept()
    assert {path: path.read_bytes() for path in before} == before
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in before} == modes
    assert resource_limits() == limits
    told = {row["student"]: row for row in rows(folder / "grades_summary.csv")}
    for number, name in enumerate(HARMFUL, 1):
        assert told[f"{number:02}-neighbour"]["points"] == str(ALL), name
        assert told[f"{number:02}-eve"]["points"] == str(HALF_POINTS), (name, told[f"{number:02}-eve"])
        assert told[f"{number:02}-eve"]["status"] != "not graded", name


def resource_limits() -> list[tuple[int, int]]:
    import resource

    return [resource.getrlimit(kind) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)]


# Where there is no bubblewrap -----------------------------------------------------------------------------


def test_without_any_isolation_the_run_refuses_and_says_what_could_happen(tmp_path, monkeypatch, capsys):
    hand_in(tmp_path / "submitted", "ada", solved("ada"))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    line = [str(tmp_path / "submitted"), "--out", str(tmp_path / "grades.csv")]
    assert command.main(line) == 2
    said = capsys.readouterr().err
    assert "could read, change and send away" in said and "--unsafe" in said and "bubblewrap" in said
    assert not (tmp_path / "grades.csv").exists()
    assert command.main(["--doctor"]) == 2
    assert command.main([*line, "--unsafe"]) == 0
    assert "nothing but limits" in capsys.readouterr().err
    assert [row["points"] for row in rows(tmp_path / "grades_summary.csv")] == [str(ALL)]


def test_a_bwrap_that_does_not_start_is_not_trusted(tmp_path, monkeypatch):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoIsolation, match="bwrap does not start here"):
        find_isolation()


FAKE_CONTAINER = """#!{python}
import json, os, sys
with open({told!r}, "a") as file: print(json.dumps(sys.argv[1:]), file=file)
if sys.argv[1] != "run": sys.exit()
code = sys.argv[sys.argv.index("-c") + 1].replace("/course", {root!r})
os.execv(sys.executable, [sys.executable, "-I", "-c", code, "0"])
"""


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a script")
@pytest.mark.parametrize("program", ["podman", "docker"])
def test_a_container_has_no_network_no_rights_and_the_package_alone_and_is_ended(tmp_path, program):
    """What it is told; a stand-in runs the process, because a real one needs an image."""
    fake, told = tmp_path / program, tmp_path / "told"
    fake.write_text(FAKE_CONTAINER.format(python=sys.executable, told=str(told), root=str(ROOT)))
    fake.chmod(0o755)
    assert works(ContainerEngine(str(fake)))
    options, end = map(json.loads, told.read_text(encoding="utf-8").splitlines())
    assert options[0] == "run"
    for wanted in ("--network=none", "--read-only", "--cap-drop=ALL", "--pull=never", "--interactive"):
        assert wanted in options
    assert ("--read-only-tmpfs=false" in options) == (program == "podman")
    assert end == ["kill", options[options.index("--name") + 1]]  # it is no child of the command
    mounted = [option for option in options if option.startswith(("--volume", "--mount", "-v"))]
    assert mounted == [f"--volume={ROOT / 'tokenlab'}:/course/tokenlab:ro"]
