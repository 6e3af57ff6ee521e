"""What keeps a student's process from everything else: bubblewrap, a container, or nothing at all.

`find_isolation` takes the first that works on this machine, which it learns by trying. In the first two
the process sees Python, this package (neither can be changed) and an empty folder of fixed size. It has no
network, no other processes, no home, no sockets, no other submission.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from tokenlab.teach.grade import seccomp
from tokenlab.teach.grade.child import ROOT, StudentProcess, python_code
from tokenlab.teach.grade.limits import SubmissionLimits
from tokenlab.teach.own_exercises import VARIABLE, own_folder

FOLDER = "/home/student"  # in the sandbox
GRADER = "TOKENLAB_GRADER"  # there, the number of the process that started it
IMAGE = f"python:{sys.version_info.major}.{sys.version_info.minor}-slim"
_FIRST_USER = 0x40000000  # far above any system's accounts
_FIRST_USER_OF_CONTAINERS = 60578  # 606 that systemd leaves to nobody ("Users, Groups, UIDs and GIDs")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/etc/localtime")
_TOP = ("/lib", "/lib64", "/lib32")
_SHARED_PREFIXES = ("/", "/usr", "/usr/local")
_ENVIRONMENT = {
    **dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), FOLDER),
    "LANG": "C.UTF-8",
    "MPLBACKEND": "Agg",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


class NoIsolation(RuntimeError):
    """Nothing on this machine can keep a student's code away from the rest of it."""


class Isolation(Protocol):
    """A kind of isolation; ``str()`` says which, in a few words."""

    def start(self, limits: SubmissionLimits) -> StudentProcess:
        """A new process, waiting for its job. Raises OSError."""


class Bubblewrap:
    """Namespaces of its own for each process, by ``bwrap`` 0.8 or later, and a seccomp filter.

    An ordinary user's process has a user namespace too; root's becomes a user that nobody else is.
    """

    def __init__(self) -> None:
        self._users = itertools.count()

    def __str__(self) -> str:
        return "bubblewrap" + (", seccomp" if seccomp.program() else "") + (", a cgroup" if _scope() else "")

    def start(self, limits: SubmissionLimits) -> StudentProcess:
        """A process of its own for one submission, within these limits. Raises OSError."""
        rules, writer = os.pipe()
        os.write(writer, seccomp.program())
        os.close(writer)
        user = _FIRST_USER + os.getpid() % (1 << 22) * 64 + next(self._users) % 64 if _is_root() else 0
        try:
            return StudentProcess.start(
                [*_scope(), "bwrap", *self._options(limits, rules), "--", *_python(str(user))],
                limits,
                environment=dict(os.environ) if _scope() else {"PATH": os.environ.get("PATH", os.defpath)},
                inherited=[rules],
            )
        finally:
            os.close(rules)

    def _options(self, limits: SubmissionLimits, rules: int) -> Iterator[str]:
        yield from (
            "--unshare-ipc",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-uts",
            "--unshare-cgroup-try",
        )
        yield from ("--hostname", "sandbox", "--die-with-parent", "--new-session", "--cap-drop", "ALL")
        if _is_root():  # the process gives these two up when it becomes somebody else
            yield from ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
        else:
            yield from ("--unshare-user", "--disable-userns")
        yield "--clearenv"
        for name, value in (_ENVIRONMENT | _own() | {GRADER: str(os.getpid())}).items():
            yield from ("--setenv", name, value)
        for path in _TOP:
            if os.path.islink(path):
                yield from ("--symlink", os.readlink(path), path)
            elif os.path.isdir(path):
                yield from ("--ro-bind", path, path)
        for folder in _parents(visible()):  # else they are root's alone
            yield from ("--perms", "0755", "--dir", folder)
        for path in visible():
            yield from ("--ro-bind-try", path, path)
        yield from ("--proc", "/proc", "--dev", "/dev")
        yield from ("--perms", "1777", "--size", str(limits.folder), "--tmpfs", FOLDER, "--chdir", FOLDER)
        for path in ("/proc", "/dev", "/"):
            yield from ("--remount-ro", path)
        if seccomp.program():
            yield from ("--seccomp", str(rules))


class ContainerEngine:
    """``podman`` or ``docker``, with the image `IMAGE`, which must be there already."""

    def __init__(self, program: str) -> None:
        self._program, self._count = program, itertools.count()

    def __str__(self) -> str:
        return f"{Path(self._program).name} without a network"

    def start(self, limits: SubmissionLimits) -> StudentProcess:
        """A container for one submission, within these limits. Raises OSError."""
        package = Path(ROOT) / "tokenlab"
        number = next(self._count)
        user, name = _FIRST_USER_OF_CONTAINERS + number % 600, f"tokenlab-{os.getpid()}-{id(self)}-{number}"
        options = [
            *(
                "--name",
                name,
                "--rm",
                "--interactive",
                "--pull=never",
                "--network=none",
                "--read-only",
                "--cap-drop=ALL",
            ),
            *("--security-opt=no-new-privileges", f"--user={user}:{user}", "--workdir", FOLDER),
            # else they ask for more than a container without CAP_SYS_RESOURCE may raise
            *("--ulimit=nofile=256:256", "--ulimit=nproc=1024:1024"),
            *(self._of_podman(limits) if Path(self._program).name == "podman" else ()),
            f"--memory={limits.memory}",
            f"--pids-limit={limits.processes}",
            f"--tmpfs={FOLDER}:size={limits.folder},mode=1777",
            f"--volume={package}:/course/tokenlab:ro",
            *(f"--volume={folder}:/course/my_exercises:ro" for folder in _own().values()),
            *(f"--env={name}={value}" for name, value in _ENVIRONMENT.items()),
        ]
        code = python_code("worker").replace(repr(ROOT), repr("/course"))
        command = [self._program, "run", *options, IMAGE, "python", "-I", "-c", code, "0"]
        return StudentProcess.start(command, limits, lambda: self._end(name))

    def _of_podman(self, limits: SubmissionLimits) -> Iterator[str]:
        yield "--read-only-tmpfs=false"  # else folders in memory, of any size, can be written
        yield f"--timeout={round(limits.seconds + limits.asking_seconds) + 60}"  # if the grader is killed

    def _end(self, name: str) -> None:
        """The container is no child of the command that started it, and would live on."""
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run([self._program, "kill", name], capture_output=True, timeout=60, check=False)


class Unprotected:
    """A process like any other of the teacher's, with limits on its resources: ``--unsafe``."""

    def __str__(self) -> str:
        return "nothing but limits on time and resources"

    def start(self, limits: SubmissionLimits) -> StudentProcess:
        """A plain process, which a submission can leave: only for trusted ones. Raises OSError."""
        folder = tempfile.mkdtemp(prefix="tokenlab-")
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        places = dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR"), folder)
        return StudentProcess.start(
            [sys.executable, "-I", "-c", python_code("worker"), "0", folder],
            limits,
            lambda: shutil.rmtree(folder, ignore_errors=True),
            environment=kept | _ENVIRONMENT | _own() | places,
        )


def find_isolation(unsafe: bool = False) -> Isolation:
    """The best isolation that works here. Raises `NoIsolation`, unless ``unsafe``."""
    why = []
    for program, make in (
        ("bwrap", lambda path: Bubblewrap()),
        ("podman", ContainerEngine),
        ("docker", ContainerEngine),
    ):
        path = shutil.which(program)
        if not path:
            continue
        candidate: Isolation = make(path)
        if works(candidate):
            return candidate
        why.append(f"{program} does not start here")
    if unsafe:
        return Unprotected()
    raise NoIsolation(
        f"Student code is not run: nothing isolates it ({', '.join(why) or 'no bwrap, podman, docker'}), "
        "so it could read, change and send away all that you can. Install bubblewrap 0.8 or later (Linux), "
        f"or podman or docker with the image {IMAGE}; or add --unsafe for notebooks that you have read."
    )


def works(isolation: Isolation) -> bool:
    """True if a process starts in it and answers."""
    limits = SubmissionLimits()
    try:
        child = isolation.start(limits)
    except OSError:
        return False
    try:
        child.send(b'{"cells": [], "learner": "nobody", "answers": {}, "asked": [], "limits": {}}\n')
        said = child.lines.next(60)
        return said is not None and "learner" in said
    except (OSError, ValueError, TimeoutError):
        return False
    finally:
        child.close()


def visible() -> list[str]:
    """What an import may need: Python's folders, the system's libraries, this package, own exercises."""
    package = os.path.join(ROOT, "tokenlab")
    base = os.path.realpath(sys.base_prefix)
    python = [os.path.realpath(sys.executable)] if base in _SHARED_PREFIXES else [base]
    return [*_LIBRARIES, *python, *_packages(), package, *_own().values()]


def _own() -> dict[str, str]:
    """The variable that names a teacher's own exercises, if there are any."""
    folder = own_folder()
    return {} if folder is None else {VARIABLE: str(folder)}


def _parents(paths: list[str]) -> list[str]:
    """The folders above these paths, from the top down."""
    found = {str(parent) for path in paths for parent in Path(path).parents}
    return sorted(found - {"/"})


@cache
def _packages() -> list[str]:
    paths = sysconfig.get_paths()
    found = {paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"]}
    found |= {path for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    return sorted(os.path.realpath(path) for path in found if os.path.isdir(path))


def _python(user: str) -> list[str]:
    """The program itself, not an environment's link to it: what the link leads over is not visible."""
    return [os.path.realpath(sys.executable), "-I", "-c", python_code("worker", *_packages()), user]


@cache
def _scope() -> tuple[str, ...]:
    """A cgroup for each process where systemd hands them out: it counts memory that no other limit does."""
    if _is_root() or not shutil.which("systemd-run"):
        return ()
    limits = SubmissionLimits()
    command = (
        *("systemd-run", "--user", "--scope", "--quiet", "--collect"),
        *("-p", f"MemoryMax={limits.memory}", "-p", "MemorySwapMax=0"),
        *("-p", f"TasksMax={limits.processes + 8}"),
    )
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if tried.returncode == 0 else ()


def _is_root() -> bool:
    return hasattr(os, "getuid") and os.getuid() == 0
